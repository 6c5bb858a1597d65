//! Signatures, key agreement and encapsulation.

use cryptoki_sys::*;

use super::{read, result, vector};
use crate::c::Mechanism;
use crate::vectors::cavp::{self, Record};
use crate::vectors::curve::Curve;
use crate::vectors::hash::Hash;
use crate::vectors::{Error, Expect, Key, Source, Test, Vector, der, parameter};

/// Reads PKCS#1 v1.5 signatures made with this hash function over keys of `bits` bits.
pub fn rsa_pkcs1(
    source: &Source,
    file: &str,
    hash: &Hash,
    bits: &str,
) -> Result<Vec<Vector>, Error> {
    let kind = hash.rsa.unwrap_or(CKM_RSA_PKCS);
    rsa(source, file, hash, bits, |_| Ok(Mechanism::new(kind)))
}

/// Reads PSS signatures; the salt's length is that of the salt that stands there.
pub fn rsa_pss(source: &Source, file: &str, hash: &Hash, bits: &str) -> Result<Vec<Vector>, Error> {
    let (Some(kind), Some(mask)) = (hash.pss, hash.mask) else {
        return Ok(Vec::new());
    };
    rsa(source, file, hash, bits, |record| {
        let salt = if record.text("SaltVal").is_some() {
            record.bytes("SaltVal")?.len()
        } else {
            0
        };
        Ok(parameter::pss(kind, hash, mask, salt))
    })
}

fn rsa(
    source: &Source,
    file: &str,
    hash: &Hash,
    bits: &str,
    mechanism: impl Fn(&Record) -> Result<Mechanism, Error>,
) -> Result<Vec<Vector>, Error> {
    let mut records = read(source, file)?;
    cavp::carry(&mut records, &["n", "e"]);
    let mut vectors = Vec::new();
    for record in records
        .iter()
        .filter(|record| record.text("S").is_some() && record.any("mod") == Some(bits))
    {
        if record.text("SHAAlg").map(dashed).as_deref() != Some(hash.name) {
            continue;
        }
        let what = Test::Verify {
            key: Key::rsa_public(&record.number("n")?, &record.number("e")?),
            message: record.bytes("Msg")?,
            signature: record.bytes("S")?,
        };
        vectors.push(vector(
            file,
            record,
            result(record),
            mechanism(record)?,
            what,
        ));
    }
    Ok(vectors)
}

/// Writes `SHA256` as `SHA-256`.
fn dashed(name: &str) -> String {
    name.replacen("SHA", "SHA-", 1)
}

/// Which vectors of a file are meant, and how they are signed.
#[derive(Clone, Copy)]
pub enum Choice {
    /// All of this curve or size, signed as digests that are made outside of the module.
    Digests(&'static str),
    /// All of this hash function, signed as messages.
    Messages(&'static Hash),
}

/// Reads ECDSA.
pub fn ecdsa(source: &Source, file: &str, choice: Choice) -> Result<Vec<Vector>, Error> {
    let records = read(source, file)?;
    let mut vectors = Vec::new();
    for record in records.iter().filter(|record| record.text("S").is_some()) {
        let curve = CURVES
            .iter()
            .find(|name| record.has(name))
            .and_then(|name| Curve::named(name));
        let hash = HASHES
            .iter()
            .find(|name| record.has(name))
            .and_then(|name| Hash::named(name));
        let (Some(curve), Some(hash)) = (curve, hash) else {
            continue;
        };
        let Some((kind, message)) = chosen(
            choice,
            curve.name,
            hash,
            CKM_ECDSA,
            hash.ecdsa,
            &record.bytes("Msg")?,
        ) else {
            continue;
        };
        let size = curve.bytes();
        let padded = |key: &str| record.number(key).map(|number| der::padded(&number, size));
        let (x, y, r, s) = (padded("Qx")?, padded("Qy")?, padded("R")?, padded("S")?);
        let (Some(x), Some(y), Some(r), Some(s)) = (x, y, r, s) else {
            continue;
        };
        let what = Test::Verify {
            key: Key::curve_public(curve, &[vec![4], x, y].concat()),
            message,
            signature: [r, s].concat(),
        };
        vectors.push(vector(
            file,
            record,
            result(record),
            Mechanism::new(kind),
            what,
        ));
    }
    Ok(vectors)
}

/// Reads DSA; the heading is `mod = L=2048, N=256, SHA-256`.
pub fn dsa(source: &Source, file: &str, choice: Choice) -> Result<Vec<Vector>, Error> {
    let mut records = read(source, file)?;
    cavp::carry(&mut records, &["P", "Q", "G"]);
    let mut vectors = Vec::new();
    for record in records.iter().filter(|record| record.text("S").is_some()) {
        let Some(hash) = HASHES
            .iter()
            .find(|name| record.has(name))
            .and_then(|name| Hash::named(name))
        else {
            continue;
        };
        let size = record.any("mod").unwrap_or_default();
        let Some((kind, message)) =
            chosen(choice, size, hash, CKM_DSA, hash.dsa, &record.bytes("Msg")?)
        else {
            continue;
        };
        let subprime = record.number("Q")?;
        let length = der::trimmed(&subprime).len();
        let message = if kind == CKM_DSA {
            message[..length.min(message.len())].to_vec()
        } else {
            message
        };
        let padded = |key: &str| {
            record
                .number(key)
                .map(|number| der::padded(&number, length))
        };
        let (Some(r), Some(s)) = (padded("R")?, padded("S")?) else {
            continue;
        };
        let what = Test::Verify {
            key: Key::dsa_public(
                &record.number("P")?,
                &subprime,
                &record.number("G")?,
                &record.number("Y")?,
            ),
            message,
            signature: [r, s].concat(),
        };
        vectors.push(vector(
            file,
            record,
            result(record),
            Mechanism::new(kind),
            what,
        ));
    }
    Ok(vectors)
}

/// The names that headings give to curves and hash functions.
const CURVES: &[&str] = &["P-192", "P-224", "P-256", "P-384", "P-521"];
const HASHES: &[&str] = &["SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"];

fn chosen(
    choice: Choice,
    kind: &str,
    hash: &Hash,
    bare: CK_MECHANISM_TYPE,
    with: Option<CK_MECHANISM_TYPE>,
    message: &[u8],
) -> Option<(CK_MECHANISM_TYPE, Vec<u8>)> {
    match choice {
        Choice::Digests(wanted) if wanted == kind => Some((bare, hash.of(message)?)),
        Choice::Messages(wanted) if wanted.name == hash.name => Some((with?, message.to_vec())),
        _ => None,
    }
}

/// Reads key agreement: the records that say that all is well; in the others it is the answer that was changed.
pub fn ecdh(source: &Source, file: &str, curve: &Curve, set: &str) -> Result<Vec<Vector>, Error> {
    let records = read(source, file)?;
    let mut vectors = Vec::new();
    for record in records
        .iter()
        .filter(|record| record.text("Z").is_some() && result(record) == Expect::Valid)
    {
        if !record.has(set) {
            continue;
        }
        let size = curve.bytes();
        let padded = |key: &str| record.number(key).map(|number| der::padded(&number, size));
        let (x, y, d, z) = (
            padded("QsCAVSx")?,
            padded("QsCAVSy")?,
            padded("dsIUT")?,
            padded("Z")?,
        );
        let (Some(x), Some(y), Some(d), Some(z)) = (x, y, d, z) else {
            continue;
        };
        let mechanism = parameter::ecdh(&[vec![4], x, y].concat());
        let what = Test::Derive {
            key: Key::curve_private(curve, &d),
            secret: z,
        };
        vectors.push(vector(file, record, Expect::Valid, mechanism, what));
    }
    Ok(vectors)
}

/// Reads ML-KEM: decapsulation of what was encapsulated, and of what was not.
pub fn ml_kem(source: &Source, file: &str, set: CK_ULONG) -> Result<Vec<Vector>, Error> {
    let records = read(source, file)?;
    let mut vectors = Vec::new();
    for record in records.iter().filter(|record| record.text("ss").is_some()) {
        let key = Key::parameter_set(CKO_PRIVATE_KEY, CKK_ML_KEM, set, &record.bytes("sk")?);
        for (ciphertext, secret) in [("ct", "ss"), ("ct_n", "ss_n")] {
            let what = Test::Decapsulate {
                key: std::rc::Rc::clone(&key),
                ciphertext: record.bytes(ciphertext)?,
                secret: record.bytes(secret)?,
            };
            vectors.push(vector(
                file,
                record,
                Expect::Valid,
                Mechanism::new(CKM_ML_KEM),
                what,
            ));
        }
    }
    Ok(vectors)
}

/// Reads ML-DSA: signatures without randomness, to make and to verify.
pub fn ml_dsa(source: &Source, file: &str, set: CK_ULONG) -> Result<Vec<Vector>, Error> {
    let records = read(source, file)?;
    let mut vectors = Vec::new();
    for record in records.iter().filter(|record| record.text("sm").is_some()) {
        let message = record.bytes("msg")?;
        let mut signature = record.bytes("sm")?;
        signature.truncate(signature.len().saturating_sub(message.len()));
        let context = record.bytes("ctx")?;
        let (private, public) = (record.bytes("sk")?, record.bytes("pk")?);
        let sign = Test::Sign {
            key: Key::parameter_set(CKO_PRIVATE_KEY, CKK_ML_DSA, set, &private),
            message: message.clone(),
            signature: signature.clone(),
        };
        let mechanism = parameter::ml_dsa(&context, CKH_DETERMINISTIC_REQUIRED);
        vectors.push(vector(file, record, Expect::Valid, mechanism, sign));
        let verify = Test::Verify {
            key: Key::parameter_set(CKO_PUBLIC_KEY, CKK_ML_DSA, set, &public),
            message,
            signature,
        };
        let mechanism = parameter::ml_dsa(&context, CKH_HEDGE_PREFERRED);
        vectors.push(vector(file, record, Expect::Valid, mechanism, verify));
    }
    Ok(vectors)
}
