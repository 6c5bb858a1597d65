//! Wrapping with the parameters of 3.2, in which the module may make the nonce (`CK_GCM_WRAP_PARAMS`, `CK_CCM_WRAP_PARAMS`).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use cryptoki_sys::*;

use super::carriers::Payload;
use crate::c::function::Version;
use crate::c::{Mechanism, Object, Out, Session, Structure};
use crate::case::{Case, Outcome, case, spec32};
use crate::context::Context;
use crate::key_use::counting_key;
use crate::keys::secret;

const GIVEN: [u8; 12] = [7; 12];
const DATA: &[u8] = b"associated";
/// The length of the key that is wrapped.
const LENGTH: u8 = 32;

pub(super) fn cases() -> Vec<Case> {
    let of = |(kind, name): (CK_MECHANISM_TYPE, &str)| {
        [
            case(
                format!("wrap.nonce.given.{name}"),
                spec32("6.13"),
                "C_WrapKey takes the structure for wrapping with a nonce of the application's, which C_UnwrapKey takes as well.",
            )
            .run(move |cx| {
                let bench = Bench::new(cx, kind)?;
                let (wrapped, nonce) = bench.wrap(cx, CKG_NO_GENERATE)?;
                cx.equal_bytes("the nonce", &GIVEN, &nonce)?;
                bench.expect(cx, &wrapped, &nonce)
            }),
            case(
                format!("wrap.nonce.made.{name}"),
                spec32("6.13"),
                "C_WrapKey with CKG_GENERATE makes another nonce for each key, tells it, and the key unwraps with it.",
            )
            .run(move |cx| {
                let bench = Bench::new(cx, kind)?;
                let (first, one) = bench.wrap(cx, CKG_GENERATE)?;
                let (second, other) = bench.wrap(cx, CKG_GENERATE)?;
                let shown = hex::encode(&other);
                cx.check(one != other && one != GIVEN, "a nonce of its own", shown)?;
                bench.expect(cx, &first, &one)?;
                bench.expect(cx, &second, &other)
            }),
            case(
                format!("wrap.nonce.data.{name}"),
                spec32("6.13"),
                "A wrapped key comes back with the associated data that it was wrapped with, and with no other.",
            )
            .run(move |cx| {
                let bench = Bench::new(cx, kind)?;
                let (wrapped, nonce) = bench.wrap(cx, CKG_NO_GENERATE)?;
                let other = parameters(kind, &nonce, CKG_NO_GENERATE, b"other");
                let (rv, _) = bench.unwrap(cx, &other, &wrapped);
                let codes = [
                    CKR_WRAPPED_KEY_INVALID,
                    CKR_AEAD_DECRYPT_FAILED,
                    CKR_ENCRYPTED_DATA_INVALID,
                ];
                cx.expect_one_of(rv, &codes)
            }),
        ]
    };
    [(CKM_AES_GCM, "aes-gcm"), (CKM_AES_CCM, "aes-ccm")]
        .into_iter()
        .flat_map(of)
        .map(|mut case| {
            case.since = Version::V3_2;
            case
        })
        .collect()
}

/// A mechanism with the structure for wrapping.
fn parameters(
    kind: CK_MECHANISM_TYPE,
    nonce: &[u8],
    generator: CK_GENERATOR_FUNCTION,
    data: &[u8],
) -> Mechanism {
    let ccm = kind == CKM_AES_CCM;
    let start = if ccm {
        Structure::new().number(u64::from(LENGTH))
    } else {
        Structure::new()
    };
    let nonce = start.pointer(nonce).number(12).number(0).number(generator);
    // A tag of 16 bytes, which GCM counts in bits.
    let tag = if ccm { 16 } else { 128 };
    Mechanism::with(kind, nonce.counted(data).number(tag))
}

struct Bench {
    kind: CK_MECHANISM_TYPE,
    session: Session,
    carrier: Object,
    key: Object,
}

impl Bench {
    fn new(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Outcome<Self> {
        cx.mechanism(kind, CKF_WRAP | CKF_UNWRAP)?;
        let session = cx.session()?;
        let carrier = secret(CKK_AES, &[CKA_WRAP, CKA_UNWRAP]);
        let carrier = carrier.bytes(CKA_VALUE, &counting_key(32));
        Ok(Self {
            kind,
            session,
            carrier: cx.import(session, &carrier)?,
            key: Payload::Aes(LENGTH).import(cx, session)?,
        })
    }

    /// Wraps the key; gives what came out, and the nonce as it stands in the parameters then.
    fn wrap(
        &self,
        cx: &Context<'_>,
        generator: CK_GENERATOR_FUNCTION,
    ) -> Outcome<(Vec<u8>, Vec<u8>)> {
        let mechanism = parameters(self.kind, &GIVEN, generator, DATA);
        let out = Out::Room(4096);
        let output =
            cx.c.wrap_key(self.session, &mechanism, self.carrier, self.key, out);
        cx.ok(output.rv)?;
        let nonce = mechanism
            .structure()
            .map(|structure| structure.read(0).to_vec());
        Ok((output.bytes, nonce.unwrap_or_default()))
    }

    fn unwrap(
        &self,
        cx: &Context<'_>,
        mechanism: &Mechanism,
        wrapped: &[u8],
    ) -> (crate::c::Rv, Object) {
        let template = Payload::Aes(LENGTH).template();
        cx.c.unwrap_key(self.session, mechanism, self.carrier, wrapped, &template)
    }

    /// Requires that a wrapped key is the one that was wrapped: by AWS-LC where it has the mechanism, and by unwrapping it.
    fn expect(&self, cx: &Context<'_>, wrapped: &[u8], nonce: &[u8]) -> Outcome {
        if self.kind == CKM_AES_GCM {
            let opened = opened(wrapped, nonce).unwrap_or_default();
            cx.equal_bytes("the wrapped key", &counting_key(LENGTH), &opened)?;
        }
        // Who unwraps has the nonce: whether somebody made it then does not matter.
        let mechanism = parameters(self.kind, nonce, CKG_GENERATE, DATA);
        let (rv, key) = self.unwrap(cx, &mechanism, wrapped);
        cx.ok(rv)?;
        Payload::Aes(LENGTH).expect(cx, self.session, key)
    }
}

/// What AWS-LC opens it to.
fn opened(wrapped: &[u8], nonce: &[u8]) -> Option<Vec<u8>> {
    let key = UnboundKey::new(&AES_256_GCM, &counting_key(32)).ok()?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut bytes = wrapped.to_vec();
    let key = LessSafeKey::new(key);
    let opened = key.open_in_place(nonce, Aad::from(DATA), &mut bytes).ok()?;
    Some(opened.to_vec())
}
