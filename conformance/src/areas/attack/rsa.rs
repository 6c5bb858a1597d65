//! Attacks on RSA keys: weak ones, broken ones, and signatures by decryption.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use cryptoki_sys::*;

use super::numbers::Natural;
use super::weak_keys::{ROCA, RSA_3, RSA_512, WeakKey};
use super::wrapping::Join as _;
use super::{Attempt, Halt, Story, resists, weakness};
use crate::c::{Mechanism, Session, Template};
use crate::case::{Case, spec};
use crate::context::{Context, not_applicable};
use crate::keys::{Pair, private, public, rsa_private_parts, rsa_public_parts, unhex};
use crate::known_keys::RSA_2048;

const ROLES: Story = Story {
    does: "uses one private key both as an oracle for raw RSA and as a key that signs, decrypts or unwraps.",
    gains: "signatures from a key that only decrypts, plaintexts from a key that only signs.",
    cure: "a private key has one use, and CKM_RSA_X_509 is not offered for keys with padding.",
    source: "NIST SP 800-57 part 1, section 5.2; J. Clulow, CHES 2003.",
};

const SMALL: Story = Story {
    does: "makes or imports a key that others then rely on, and factors it or takes roots.",
    gains: "the private key, or messages and signatures without it.",
    cure: "moduli of at least 2,048 bits, odd public exponents above 65,536 (FIPS 186-5, section A.1.1), SHA-2.",
    source: "NIST SP 800-131A; D. Boneh, Twenty Years of Attacks on the RSA Cryptosystem, 1999.",
};

const FAULT: Story = Story {
    does: "imports his victim's key with one wrong value for the Chinese remainder theorem, or waits for a fault, and has it sign once.",
    gains: "a factor of the modulus, as a common divisor of modulus and signature error, and so the private key.",
    cure: "all parts of a private key are checked against each other on import, and each signature before it leaves.",
    source: "D. Boneh, R. DeMillo, R. Lipton, On the Importance of Checking Cryptographic Protocols for Faults, EUROCRYPT 1997.",
};

const FINGERPRINT: Story = Story {
    does: "imports or relies on a key whose primes have the form of CVE-2017-15361.",
    gains: "the factors, by Coppersmith's method, for 2,048 bits in some hundred core-years.",
    cure: "the fingerprint of such moduli is looked for on import.",
    source: "M. Nemec and others, The Return of Coppersmith's Attack, CCS 2017.",
};

pub(super) fn cases() -> Vec<Case> {
    [roles(), made(), imported(), weak()].concat_cases()
}

fn roles() -> Vec<Case> {
    vec![
        weakness(
            "rsa.sign-by-decrypt",
            spec("5.10.2"),
            "A private key that only decrypts does not sign by raw decryption.",
            &ROLES,
        )
        .run(sign_by_decrypt),
        weakness(
            "rsa.decrypt-by-sign",
            spec("5.13.2"),
            "A private key that only signs does not decrypt by raw signatures.",
            &ROLES,
        )
        .run(decrypt_by_sign),
        weakness(
            "rsa.all-usages",
            spec("5.18.2"),
            "No private key signs, decrypts and unwraps.",
            &ROLES,
        )
        .run(|cx| {
            let session = cx.session()?;
            let usages = [CKA_SIGN, CKA_DECRYPT, CKA_UNWRAP];
            let pair = generate(cx, session, 2048, &[1, 0, 1], &usages)?;
            for usage in usages {
                if !cx.flag_of(session, pair.private, usage)? {
                    return resists("the key has fewer usages than were asked for");
                }
            }
            Ok("one private key has all usages".into())
        }),
    ]
}

/// PKCS #1 padding of a SHA-256 digest.
fn padded_digest(message: &[u8]) -> Vec<u8> {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message);
    let mut info = unhex("3031300d060960864801650304020105000420");
    info.extend_from_slice(digest.as_ref());
    let mut block = vec![0xff; 256];
    block[0] = 0;
    block[1] = 1;
    block[255 - info.len()] = 0;
    block[256 - info.len()..].copy_from_slice(&info);
    block
}

fn known_pair(cx: &Context<'_>, session: Session, usage: CK_ATTRIBUTE_TYPE) -> Result<Pair, Halt> {
    let key = private(CKK_RSA, &[usage]).and(&rsa_private_parts());
    let other = public(CKK_RSA, &[]).and(&rsa_public_parts());
    Ok(Pair {
        private: cx.import(session, &key)?,
        public: cx.import(session, &other)?,
    })
}

fn sign_by_decrypt(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_RSA_X_509, CKF_DECRYPT)?;
    let session = cx.session()?;
    let pair = known_pair(cx, session, CKA_DECRYPT)?;
    let message = b"an order that nobody signed";
    let block = padded_digest(message);
    let mechanism = Mechanism::new(CKM_RSA_X_509);
    let signature = cx.let_through(cx.decrypt_once(session, &mechanism, pair.private, &block))?;
    let key = RsaPublicKeyComponents {
        n: unhex(RSA_2048.modulus),
        e: unhex("010001"),
    };
    match key.verify(&RSA_PKCS1_2048_8192_SHA256, message, &signature) {
        Ok(()) => Ok("a signature was forged with a key that only decrypts".into()),
        Err(_) => resists("what came out is no signature"),
    }
}

fn decrypt_by_sign(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_RSA_X_509, CKF_SIGN)?;
    let session = cx.session()?;
    let pair = known_pair(cx, session, CKA_SIGN)?;
    let modulus = Natural::from_bytes(&unhex(RSA_2048.modulus));
    let mut block = vec![0x42; 256];
    block[0] = 0;
    let caught = Natural::from_bytes(&block).power(&unhex("010001"), &modulus);
    let mechanism = Mechanism::new(CKM_RSA_X_509);
    let signed = cx.sign_once(session, &mechanism, pair.private, &caught.to_bytes(256));
    if cx.let_through(signed)? == block {
        return Ok("a ciphertext was decrypted with a key that only signs".into());
    }
    resists("what came out is not the plaintext")
}

/// Makes a key pair by the attacker's wishes.
fn generate(
    cx: &Context<'_>,
    session: Session,
    bits: u64,
    exponent: &[u8],
    usages: &[CK_ATTRIBUTE_TYPE],
) -> Result<Pair, Halt> {
    cx.mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let publics = public(CKK_RSA, &[]).number(CKA_MODULUS_BITS, bits);
    let (rv, public, private) = cx.c.generate_key_pair(
        session,
        &Mechanism::new(CKM_RSA_PKCS_KEY_PAIR_GEN),
        &publics.bytes(CKA_PUBLIC_EXPONENT, exponent),
        &private(CKK_RSA, usages),
    );
    cx.allowed(rv)?;
    Ok(Pair { public, private })
}

fn made() -> Vec<Case> {
    vec![
        weakness(
            "rsa.generate-1024",
            spec("6.1.4"),
            "No RSA key of 1,024 bits is made.",
            &SMALL,
        )
        .run(|cx| {
            let session = cx.session()?;
            generate(cx, session, 1024, &[1, 0, 1], &[CKA_SIGN])?;
            Ok("a key pair of 1,024 bits was made".into())
        }),
        weakness(
            "rsa.generate-512",
            spec("6.1.4"),
            "No RSA key of 512 bits is made.",
            &SMALL,
        )
        .run(|cx| {
            let session = cx.session()?;
            generate(cx, session, 512, &[1, 0, 1], &[CKA_SIGN])?;
            Ok("a key pair of 512 bits was made".into())
        }),
        weakness(
            "rsa.generate-exponent-3",
            spec("6.1.4"),
            "No RSA key with the public exponent 3 is made.",
            &SMALL,
        )
        .run(|cx| exponent(cx, &[3])),
        weakness(
            "rsa.generate-exponent-1",
            spec("6.1.4"),
            "No RSA key with the public exponent 1 is made.",
            &SMALL,
        )
        .run(|cx| exponent(cx, &[1])),
        weakness(
            "rsa.sha1-signature",
            spec("6.1.14"),
            "No RSA key signs with SHA-1.",
            &SMALL,
        )
        .run(|cx| {
            cx.mechanism(CKM_SHA1_RSA_PKCS, CKF_SIGN)?;
            let session = cx.session()?;
            let pair = cx.rsa(session, &[CKA_VERIFY], &[CKA_SIGN])?;
            let mechanism = Mechanism::new(CKM_SHA1_RSA_PKCS);
            cx.let_through(cx.sign_once(session, &mechanism, pair.private, b"data"))?;
            Ok("a signature with SHA-1 was made".into())
        }),
    ]
}

fn exponent(cx: &mut Context<'_>, exponent: &[u8]) -> Attempt {
    let session = cx.session()?;
    let pair = generate(cx, session, 2048, exponent, &[CKA_SIGN])?;
    let got = cx.bytes_of(session, pair.public, CKA_PUBLIC_EXPONENT)?;
    if Natural::from_bytes(&got) == Natural::from_bytes(exponent) {
        return Ok(format!(
            "a key pair with the exponent {} was made",
            exponent[0]
        ));
    }
    resists("the exponent was replaced")
}

fn imported() -> Vec<Case> {
    vec![
        weakness(
            "rsa.broken-crt",
            spec("5.7.1"),
            "A private key whose parts do not fit together makes no signature.",
            &FAULT,
        )
        .run(broken_crt),
        weakness(
            "rsa.import-exponent-1",
            spec("5.7.1"),
            "No RSA public key with the exponent 1 is imported.",
            &SMALL,
        )
        .run(|cx| import_exponent(cx, &[1])),
        weakness(
            "rsa.import-exponent-even",
            spec("5.7.1"),
            "No RSA public key with an even exponent is imported.",
            &SMALL,
        )
        .run(|cx| import_exponent(cx, &[1, 0, 0])),
        weakness(
            "rsa.import-modulus-even",
            spec("5.7.1"),
            "No RSA public key with an even modulus is imported.",
            &SMALL,
        )
        .run(|cx| {
            let mut modulus = unhex(RSA_2048.modulus);
            modulus[255] &= 0xfe;
            let session = cx.session()?;
            let template = public(CKK_RSA, &[CKA_VERIFY]).and(&rsa_public_parts());
            cx.forge(session, &template.bytes(CKA_MODULUS, &modulus))?;
            Ok("a public key that everybody factors was imported".into())
        }),
    ]
}

fn weak() -> Vec<Case> {
    let weak: [(&str, &str, &Story, &'static WeakKey); 3] = [
        (
            "rsa.import-roca",
            "No private key with the fingerprint of CVE-2017-15361 signs.",
            &FINGERPRINT,
            &ROCA,
        ),
        (
            "rsa.import-512",
            "No private key of 512 bits signs.",
            &SMALL,
            &RSA_512,
        ),
        (
            "rsa.import-exponent-3",
            "No private key with the public exponent 3 signs.",
            &SMALL,
            &RSA_3,
        ),
    ];
    weak.into_iter()
        .map(|(name, requirement, story, key)| {
            weakness(name, spec("5.7.1"), requirement, story).run(move |cx| {
                cx.mechanism(CKM_RSA_PKCS, CKF_SIGN)?;
                let session = cx.session()?;
                // A sound key of the same form is taken.
                let sound = private(CKK_RSA, &[CKA_SIGN]).and(&rsa_private_parts());
                cx.import(session, &sound)?;
                let imported =
                    cx.forge(session, &private(CKK_RSA, &[CKA_SIGN]).and(&key.template()))?;
                let signed =
                    cx.sign_once(session, &Mechanism::new(CKM_RSA_PKCS), imported, b"data");
                cx.let_through(signed)?;
                Ok("the weak key signs".into())
            })
        })
        .collect()
}

fn import_exponent(cx: &mut Context<'_>, exponent: &[u8]) -> Attempt {
    let session = cx.session()?;
    let template = public(CKK_RSA, &[CKA_VERIFY]).and(&rsa_public_parts());
    cx.import(session, &template)?;
    cx.forge(session, &template.bytes(CKA_PUBLIC_EXPONENT, exponent))?;
    Ok("a public key that protects nothing was imported".into())
}

/// Imports the known key with one wrong part and factors the modulus with what it signs.
fn broken_crt(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_RSA_PKCS, CKF_SIGN)?;
    let session = cx.session()?;
    let mut part = unhex(RSA_2048.exponent_1);
    part[100] ^= 4;
    let broken = Template::new().bytes(CKA_EXPONENT_1, &part);
    let sound = private(CKK_RSA, &[CKA_SIGN]).and(&rsa_private_parts());
    cx.import(session, &sound)?;
    let key = cx.forge(session, &sound.and(&broken))?;
    let mechanism = Mechanism::new(CKM_RSA_PKCS);
    let signature = cx.let_through(cx.sign_once(session, &mechanism, key, b"data"))?;
    let modulus = Natural::from_bytes(&unhex(RSA_2048.modulus));
    let mut block = vec![0xff; 256];
    block[0] = 0;
    block[1] = 1;
    block[251] = 0;
    block[252..].copy_from_slice(b"data");
    let opened = Natural::from_bytes(&signature).power(&unhex("010001"), &modulus);
    let error = opened.distance(&Natural::from_bytes(&block));
    if error == Natural::from_bytes(&[]) {
        return resists("the broken part is not used: the signature is right");
    }
    let factor = error.common_divisor(&modulus);
    let primes =
        [RSA_2048.prime_1, RSA_2048.prime_2].map(|prime| Natural::from_bytes(&unhex(prime)));
    if primes.contains(&factor) {
        return Ok("the modulus was factored with one signature".into());
    }
    not_applicable("the signature is wrong in another way").map_err(Halt::from)
}
