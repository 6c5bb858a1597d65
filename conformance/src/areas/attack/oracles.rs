//! Oracles: answers that tell an attacker whether a ciphertext of his making is well padded.

use cryptoki_sys::*;

use super::numbers::Natural;
use super::{Attempt, Halt, Story, resists, weakness};
use crate::c::{Function, Mechanism, Object, Rv, Session};
use crate::case::{Case, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{oaep, sealed};
use crate::keys::{private, rsa_private_parts, secret, unhex};
use crate::known_keys::RSA_2048;

const MILLION: Story = Story {
    does: "sends ciphertexts that he computed from one that he caught, and sees by the answers which are well padded.",
    gains: "the plaintext, or the wrapped key, of the one that he caught, after some tens of thousands of calls.",
    cure: "a badly padded ciphertext gives a plaintext that follows from it and the key, and no error (implicit rejection); or the mechanism is not offered for this use.",
    source: "D. Bleichenbacher, CRYPTO 1998; R. Bardou and others, Efficient Padding Oracle Attacks on Cryptographic Hardware, CRYPTO 2012.",
};

const MANGER: Story = Story {
    does: "sends multiples of a ciphertext that he caught, and sees by the code which are too large and which are only badly padded.",
    gains: "the plaintext after about a thousand calls.",
    cure: "one return code for whatever is wrong with the padding.",
    source: "J. Manger, A Chosen Ciphertext Attack on RSA OAEP, CRYPTO 2001; RFC 8017, section 7.1.2.",
};

const VAUDENAY: Story = Story {
    does: "changes the block before the last and sees by the answer whether the padding is right.",
    gains: "the plaintext, or the wrapped key, byte by byte with at most 256 calls each.",
    cure: "no unwrapping with CKM_AES_CBC_PAD; for data, one code and no more, and authentication before decryption.",
    source: "S. Vaudenay, Security Flaws Induced by CBC Padding, EUROCRYPT 2002; R. Bardou and others, CRYPTO 2012.",
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        weakness("oracle.pkcs1-decrypt", spec("5.10.2"), "C_Decrypt with CKM_RSA_PKCS does not tell whether a ciphertext is well padded.", &MILLION)
            .run(|cx| pkcs1(cx, CKF_DECRYPT, CKA_DECRYPT, decrypted)),
        weakness("oracle.pkcs1-unwrap", spec("5.18.4"), "C_UnwrapKey with CKM_RSA_PKCS does not tell whether a wrapped key is well padded.", &MILLION)
            .run(|cx| pkcs1(cx, CKF_UNWRAP, CKA_UNWRAP, unwrapped)),
        weakness("oracle.oaep-decrypt", spec("5.10.2"), "C_Decrypt with CKM_RSA_PKCS_OAEP has one code for whatever is wrong with the padding.", &MANGER)
            .run(|cx| manger(cx, CKF_DECRYPT, CKA_DECRYPT, decrypted)),
        weakness("oracle.oaep-unwrap", spec("5.18.4"), "C_UnwrapKey with CKM_RSA_PKCS_OAEP has one code for whatever is wrong with the padding.", &MANGER)
            .run(|cx| manger(cx, CKF_UNWRAP, CKA_UNWRAP, unwrapped)),
        weakness("oracle.cbc-pad-decrypt", spec("5.10.2"), "C_Decrypt with CKM_AES_CBC_PAD has one code for whatever is wrong with the padding.", &VAUDENAY)
            .run(cbc_codes),
        weakness("oracle.cbc-pad-unwrap", spec("5.18.4"), "C_UnwrapKey with CKM_AES_CBC_PAD does not tell whether the padding is right.", &VAUDENAY)
            .run(|cx| vaudenay(cx, CKM_AES_CBC_PAD)),
    ]
}

type Ask = fn(&Context<'_>, Session, &Mechanism, Object, &[u8]) -> Rv;

fn decrypted(
    cx: &Context<'_>,
    session: Session,
    mechanism: &Mechanism,
    key: Object,
    sealed: &[u8],
) -> Rv {
    let opened = cx.decrypt_once(session, mechanism, key, sealed);
    Rv::of_result(Function::C_Decrypt, opened)
}

fn unwrapped(
    cx: &Context<'_>,
    session: Session,
    mechanism: &Mechanism,
    key: Object,
    wrapped: &[u8],
) -> Rv {
    let template = secret(CKK_GENERIC_SECRET, &[CKA_SIGN]);
    let (rv, made) = cx.c.unwrap_key(session, mechanism, key, wrapped, &template);
    if rv.is_ok() {
        cx.c.destroy_object(session, made);
    }
    rv
}

/// The known private key, which never leaves and has one usage.
fn holder(cx: &Context<'_>, session: Session, usage: CK_ATTRIBUTE_TYPE) -> Result<Object, Halt> {
    let template = sealed(private(CKK_RSA, &[usage])).and(&rsa_private_parts());
    Ok(cx.import(session, &template)?)
}

/// Encrypts a block with the known public key as it is.
fn raw(block: &[u8]) -> Vec<u8> {
    let modulus = Natural::from_bytes(&unhex(RSA_2048.modulus));
    let sealed = Natural::from_bytes(block).power(&unhex(RSA_2048.public_exponent), &modulus);
    sealed.to_bytes(256)
}

/// A block that is padded well: a type, filler, a zero, 32 bytes.
fn well_padded() -> Vec<u8> {
    let mut block = vec![0x77; 256];
    block[0] = 0;
    block[1] = 2;
    block[223] = 0;
    block
}

/// Blocks each of which breaks one rule of PKCS #1, section 7.2.2.
fn badly_padded() -> Vec<(&'static str, Vec<u8>)> {
    let with = |at: usize, byte| {
        let mut block = well_padded();
        block[at] = byte;
        block
    };
    vec![
        ("a first byte that is not zero", with(0, 1)),
        ("block type 1", with(1, 1)),
        ("block type 0", with(1, 0)),
        ("no end of the filler", with(223, 0x77)),
        ("filler of seven bytes", with(9, 0)),
        ("filler of no bytes", with(2, 0)),
    ]
}

fn pkcs1(cx: &mut Context<'_>, flag: CK_FLAGS, usage: CK_ATTRIBUTE_TYPE, ask: Ask) -> Attempt {
    cx.mechanism(CKM_RSA_PKCS, flag)?;
    let session = cx.session()?;
    let key = holder(cx, session, usage)?;
    let mechanism = Mechanism::new(CKM_RSA_PKCS);
    cx.allowed(ask(cx, session, &mechanism, key, &raw(&well_padded())))?;
    for (what, block) in badly_padded() {
        let rv = ask(cx, session, &mechanism, key, &raw(&block));
        if !rv.is_ok() {
            return Ok(format!("{what} answers {rv}, a well padded block CKR_OK"));
        }
    }
    resists("badly padded blocks answer CKR_OK as well")
}

fn manger(cx: &mut Context<'_>, flag: CK_FLAGS, usage: CK_ATTRIBUTE_TYPE, ask: Ask) -> Attempt {
    cx.mechanism(CKM_RSA_PKCS_OAEP, flag)?;
    let session = cx.session()?;
    let key = holder(cx, session, usage)?;
    let mechanism = oaep(CKM_SHA_1, CKG_MGF1_SHA1);
    let mut block = vec![0x11; 256];
    let mut codes = Vec::new();
    for first in [0, 1, 0x55] {
        block[0] = first;
        codes.push(ask(cx, session, &mechanism, key, &raw(&block)));
    }
    if codes.iter().any(|rv| rv.is_ok()) {
        return not_applicable("badly padded blocks are accepted").map_err(Halt::from);
    }
    if codes.iter().all(|rv| *rv == codes[0]) {
        return resists(format!("{} for each", codes[0]));
    }
    Ok(format!("the codes differ: {codes:?}"))
}

/// Encrypts blocks whose padding is wrong in several ways, and compares the codes.
fn cbc_codes(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_AES_CBC_PAD, CKF_DECRYPT)?;
    cx.mechanism(CKM_AES_CBC, CKF_ENCRYPT)?;
    let session = cx.session()?;
    let key = cx.aes(session, 32, &[CKA_ENCRYPT, CKA_DECRYPT])?;
    let plain = Mechanism::with_bytes(CKM_AES_CBC, &[0; 16]);
    let padded = Mechanism::with_bytes(CKM_AES_CBC_PAD, &[0; 16]);
    let mut codes = Vec::new();
    for (last, other) in [(0, 0), (17, 17), (255, 255), (2, 1), (16, 3), (5, 0)] {
        let mut block = [other; 16];
        block[15] = last;
        let sealed = cx.had(cx.encrypt_once(session, &plain, key, &block))?;
        codes.push(decrypted(cx, session, &padded, key, &sealed));
    }
    if codes.iter().any(|rv| rv.is_ok()) {
        return Ok(format!("padding that is wrong is accepted: {codes:?}"));
    }
    if codes.iter().all(|rv| *rv == codes[0]) {
        return resists(format!("{} for each", codes[0]));
    }
    Ok(format!("the codes differ: {codes:?}"))
}

/// Finds the last byte of a wrapped key by its padding.
fn vaudenay(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Attempt {
    cx.mechanism(kind, CKF_WRAP | CKF_UNWRAP)?;
    let session = cx.session()?;
    let value = [0x5c_u8; 32];
    let template = crate::key_use::wrappable(secret(CKK_GENERIC_SECRET, &[CKA_SIGN]));
    let target = cx.import(session, &template.bytes(CKA_VALUE, &value))?;
    let carrier = cx.forge_aes(session, 32, &secret(CKK_AES, &[CKA_WRAP, CKA_UNWRAP]))?;
    let mechanism = Mechanism::with_bytes(kind, &[0; 16]);
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, carrier, target))?;
    if wrapped.len() < 48 {
        return resists("the wrapped key has no padding of its own");
    }
    // The second block decrypts to the key's second half, masked by the first.
    let block = &wrapped[16..32];
    for guess in 0..=u8::MAX {
        let mut front = [0x3a_u8; 16];
        front[15] = wrapped[15] ^ guess ^ 1;
        let forged = [[0; 16].as_slice(), &front, block].concat();
        let rv = unwrapped(cx, session, &mechanism, carrier, &forged);
        if rv.is_ok() && guess == value[31] {
            return Ok("a byte of a sensitive key was found by its padding".into());
        }
    }
    resists("the answers do not depend on the padding")
}
