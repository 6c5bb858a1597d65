//! Two operations at a time (PKCS#11 3.1 section 5.17).

use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Out, Output, Session};
use crate::case::{Case, Outcome, Section, case, spec};
use crate::context::{Context, not_applicable};
use crate::operations::mechanisms::pattern;
use crate::operations::parameters::IV;
use crate::operations::peer::{self, Opened};

/// The four functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dual {
    DigestEncrypt,
    DecryptDigest,
    SignEncrypt,
    DecryptVerify,
}

const ALL: [Dual; 4] = [
    Dual::DigestEncrypt,
    Dual::DecryptDigest,
    Dual::SignEncrypt,
    Dual::DecryptVerify,
];

/// How long the data of a case is: whole blocks, in three parts.
const LENGTH: usize = 96;

impl Dual {
    fn function(self) -> &'static str {
        match self {
            Self::DigestEncrypt => "C_DigestEncryptUpdate",
            Self::DecryptDigest => "C_DecryptDigestUpdate",
            Self::SignEncrypt => "C_SignEncryptUpdate",
            Self::DecryptVerify => "C_DecryptVerifyUpdate",
        }
    }

    fn section(self) -> Section {
        spec(match self {
            Self::DigestEncrypt => "5.17.1",
            Self::DecryptDigest => "5.17.2",
            Self::SignEncrypt => "5.17.3",
            Self::DecryptVerify => "5.17.4",
        })
    }

    fn decrypts(self) -> bool {
        matches!(self, Self::DecryptDigest | Self::DecryptVerify)
    }

    fn update(self, cx: &Context<'_>, session: Session, part: &[u8], out: Out) -> Output {
        match self {
            Self::DigestEncrypt => cx.c.digest_encrypt_update(session, part, out),
            Self::DecryptDigest => cx.c.decrypt_digest_update(session, part, out),
            Self::SignEncrypt => cx.c.sign_encrypt_update(session, part, out),
            Self::DecryptVerify => cx.c.decrypt_verify_update(session, part, out),
        }
    }
}

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    ALL.into_iter().flat_map(of).chain([padded()]).collect()
}

fn of(dual: Dual) -> Vec<Case> {
    let function = dual.function();
    let id = |rule: &str| format!("recover.dual.{function}.{rule}");
    vec![
        case(id("both"), dual.section(), format!("{function} gives both operations the data that each would have had alone."))
            .run(move |cx| both(cx, dual)),
        case(id("query"), dual.section(), format!("{function} without a buffer, or with too small a one, gives neither operation anything."))
            .run(move |cx| nothing_passed(cx, dual)),
        case(id("no-cipher"), dual.section(), format!("{function} with only the other operation active answers CKR_OPERATION_NOT_INITIALIZED."))
            .run(move |cx| {
                let setting = Setting::new(cx)?;
                setting.start_other(cx, dual)?;
                let rv = dual.update(cx, setting.session, &[1; 16], Out::Room(64)).rv;
                cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
            }),
        case(id("cipher-only"), dual.section(), format!("{function} with only the cipher active answers CKR_OPERATION_NOT_INITIALIZED."))
            .run(move |cx| {
                let setting = Setting::new(cx)?;
                cx.ok(setting.start_cipher(cx, dual))?;
                let rv = dual.update(cx, setting.session, &[1; 16], Out::Room(64)).rv;
                cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
            }),
        case(id("unstarted"), dual.section(), format!("{function} without any operation answers CKR_OPERATION_NOT_INITIALIZED."))
            .run(move |cx| {
                let session = cx.session()?;
                let rv = dual.update(cx, session, &[1; 16], Out::Room(64)).rv;
                cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
            }),
    ]
}

/// Keys for a cipher and a MAC in one session.
struct Setting {
    session: Session,
    cipher: Object,
    mac: Object,
    data: Vec<u8>,
}

impl Setting {
    fn new(cx: &mut Context<'_>) -> Outcome<Self> {
        cx.mechanism(CKM_AES_CBC, CKF_ENCRYPT | CKF_DECRYPT)?;
        cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
        cx.mechanism(CKM_SHA256_HMAC, CKF_SIGN | CKF_VERIFY)?;
        let session = cx.session()?;
        let cipher =
            cx.import_secret(session, CKK_AES, &pattern(16), &[CKA_ENCRYPT, CKA_DECRYPT])?;
        let mac = cx.import_secret(
            session,
            CKK_GENERIC_SECRET,
            &pattern(64),
            &[CKA_SIGN, CKA_VERIFY],
        )?;
        Ok(Self {
            session,
            cipher,
            mac,
            data: pattern(LENGTH),
        })
    }

    fn start_cipher(&self, cx: &Context<'_>, dual: Dual) -> crate::c::Rv {
        let mechanism = Mechanism::with_bytes(CKM_AES_CBC, &IV);
        if dual.decrypts() {
            cx.c.decrypt_init(self.session, Some(&mechanism), self.cipher)
        } else {
            cx.c.encrypt_init(self.session, Some(&mechanism), self.cipher)
        }
    }

    fn start_other(&self, cx: &Context<'_>, dual: Dual) -> Outcome {
        let hmac = Mechanism::new(CKM_SHA256_HMAC);
        cx.ok(match dual {
            Dual::SignEncrypt => cx.c.sign_init(self.session, Some(&hmac), self.mac),
            Dual::DecryptVerify => cx.c.verify_init(self.session, Some(&hmac), self.mac),
            _ => {
                cx.c.digest_init(self.session, Some(&Mechanism::new(CKM_SHA256)))
            }
        })
    }

    /// Starts both; only a token that sets `CKF_DUAL_CRYPTO_OPERATIONS` has to.
    fn start_both(&self, cx: &Context<'_>, dual: Dual) -> Outcome {
        self.start_other(cx, dual)?;
        let rv = self.start_cipher(cx, dual);
        let promised = cx.facts.token_flags & CKF_DUAL_CRYPTO_OPERATIONS != 0;
        if rv.0 == CKR_OPERATION_ACTIVE && !promised {
            return not_applicable("the token does not work on two operations at a time");
        }
        cx.ok(rv)
    }

    /// Returns what the function is given: the data, or its ciphertext.
    fn input(&self, cx: &Context<'_>, dual: Dual) -> Outcome<Vec<u8>> {
        if !dual.decrypts() {
            return Ok(self.data.clone());
        }
        let mechanism = Mechanism::with_bytes(CKM_AES_CBC, &IV);
        cx.prepared(cx.c.encrypt_init(self.session, Some(&mechanism), self.cipher))?;
        let made = cx.c.encrypt(self.session, &self.data, Out::Room(LENGTH));
        cx.prepared(made.rv)?;
        Ok(made.bytes)
    }

    /// Ends both and compares with what each has to give alone.
    fn end_both(&self, cx: &Context<'_>, dual: Dual, mut given: Vec<u8>) -> Outcome {
        let room = Out::Room(256);
        let last = if dual.decrypts() {
            cx.c.decrypt_final(self.session, room)
        } else {
            cx.c.encrypt_final(self.session, room)
        };
        cx.ok(last.rv)?;
        given.extend(last.bytes);
        let mac = peer::mac(CKM_SHA256_HMAC, &pattern(64), &self.data).expect("it has this MAC");
        match dual {
            Dual::SignEncrypt => {
                let signed = cx.c.sign_final(self.session, room);
                cx.ok(signed.rv)?;
                cx.equal_bytes("the MAC", &mac, &signed.bytes)?;
            }
            Dual::DecryptVerify => cx.ok(cx.c.verify_final(self.session, &mac))?,
            _ => {
                let digest = cx.c.digest_final(self.session, room);
                cx.ok(digest.rv)?;
                cx.equal_bytes("the digest", &peer::sha256(&self.data), &digest.bytes)?;
            }
        }
        if dual.decrypts() {
            return cx.equal_bytes("the plaintext", &self.data, &given);
        }
        match peer::open(CKM_AES_CBC, &pattern(16), &given) {
            Opened::Plain(plain) => {
                cx.equal_bytes("what the ciphertext decrypts to", &self.data, &plain)
            }
            _ => crate::context::fail("a ciphertext of whole blocks", hex::encode(&given)),
        }
    }
}

fn both(cx: &mut Context<'_>, dual: Dual) -> Outcome {
    let setting = Setting::new(cx)?;
    let input = setting.input(cx, dual)?;
    setting.start_both(cx, dual)?;
    let mut given = Vec::new();
    for part in input.chunks(LENGTH / 3) {
        let output = dual.update(cx, setting.session, part, Out::Room(LENGTH));
        cx.ok(output.rv)?;
        given.extend(output.bytes);
    }
    setting.end_both(cx, dual, given)
}

fn nothing_passed(cx: &mut Context<'_>, dual: Dual) -> Outcome {
    let setting = Setting::new(cx)?;
    let input = setting.input(cx, dual)?;
    setting.start_both(cx, dual)?;
    cx.ok(dual.update(cx, setting.session, &input, Out::Length).rv)?;
    let short = dual.update(cx, setting.session, &input, Out::Room(1));
    cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
    let output = dual.update(cx, setting.session, &input, Out::Room(LENGTH));
    cx.ok(output.rv)?;
    setting.end_both(cx, dual, output.bytes)
}

fn padded() -> Case {
    case(
        "recover.dual.C_DecryptDigestUpdate.padded",
        spec("5.17.2"),
        "C_DecryptDigestUpdate with a padding mechanism digests exactly the plaintext that it gives, not what C_DecryptFinal gives later.",
    )
    .run(|cx| {
        let setting = Setting::new(cx)?;
        cx.mechanism(CKM_AES_CBC_PAD, CKF_ENCRYPT | CKF_DECRYPT)?;
        let mechanism = Mechanism::with_bytes(CKM_AES_CBC_PAD, &IV);
        cx.prepared(cx.c.encrypt_init(setting.session, Some(&mechanism), setting.cipher))?;
        let made = cx.c.encrypt(setting.session, &pattern(37), Out::Room(64));
        cx.prepared(made.rv)?;
        setting.start_other(cx, Dual::DecryptDigest)?;
        let rv = cx.c.decrypt_init(setting.session, Some(&mechanism), setting.cipher);
        if rv.0 == CKR_OPERATION_ACTIVE && cx.facts.token_flags & CKF_DUAL_CRYPTO_OPERATIONS == 0 {
            return not_applicable("the token does not work on two operations at a time");
        }
        cx.ok(rv)?;
        let first = cx.c.decrypt_digest_update(setting.session, &made.bytes, Out::Room(64));
        cx.ok(first.rv)?;
        let last = cx.c.decrypt_final(setting.session, Out::Room(64));
        cx.ok(last.rv)?;
        let digest = cx.c.digest_final(setting.session, Out::Room(32));
        cx.ok(digest.rv)?;
        cx.equal_bytes("the digest of what came first", &peer::sha256(&first.bytes), &digest.bytes)?;
        cx.equal_bytes("the plaintext", &pattern(37), &[first.bytes, last.bytes].concat())
    })
}
