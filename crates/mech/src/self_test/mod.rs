//! The self-test: a known answer for every family of mechanisms, before any of them is used (FIPS 140-3, 7.10.3).

mod asymmetric;
mod blake2b;
mod chacha;
mod chained;
mod chinese;
mod derivation;
mod finite_field;
mod lattice;
mod modes;
mod slh_dsa;
mod symmetric;

use std::sync::Arc;

use ck::{AttributeType, KeyType, Mechanism, MechanismType, ObjectClass, Params};

use crate::{
    Cipher, Error, Key, decapsulate, decryptor, derive, digester, encryptor, generate_key, random,
    signer, verifier,
};

/// A self-test did not give the known answer: nothing that the module computes may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the self-test of {name} failed: the processor, the memory or this installation is damaged"
)]
pub struct SelfTestFailure {
    /// Which one.
    pub name: &'static str,
}

/// A key of the tests.
#[derive(Clone, Copy)]
enum TestKey {
    /// Both halves, the private one first.
    FieldDsa([&'static [(AttributeType, &'static str)]; 2]),
    Dh(&'static [(AttributeType, &'static str)]),
    Dsa(&'static [(AttributeType, &'static str)]),
    Ec(&'static [(AttributeType, &'static str)]),
    Edwards(&'static [(AttributeType, &'static str)]),
    Kem(&'static [(AttributeType, &'static str)]),
    Montgomery(&'static [(AttributeType, &'static str)]),
    None,
    Rsa,
    Secret(KeyType, &'static str),
    Slh(&'static [(AttributeType, &'static str)]),
    Sm2(&'static [(AttributeType, &'static str)]),
}

/// What is done, and what the answer is compared with.
#[derive(Clone, Copy)]
enum Check {
    /// The input is decapsulated.
    Decapsulate,
    /// The input is decrypted.
    Decrypt,
    /// As many bytes as the answer has are derived.
    Derive,
    /// As many bytes as the answer has are made without a key.
    Generate,
    /// The input is hashed.
    Digest,
    /// The input is encrypted.
    Encrypt,
    /// The MAC of the input is computed.
    Mac,
    /// The input is signed, and the signature, which no two times is the same, is verified.
    Pair,
    /// The input is signed.
    Sign,
    /// The known signature is verified, and one with a wrong bit is refused.
    Verify,
}

/// One known answer; bytes are in hexadecimal digits.
struct KnownAnswer {
    name: &'static str,
    mechanism: MechanismType,
    params: Params<'static>,
    key: TestKey,
    check: Check,
    input: &'static str,
    output: &'static str,
}

/// The random generator has no known answer; it must not repeat itself.
const RANDOM: &str = "the random generator";

fn known_answers() -> impl Iterator<Item = &'static KnownAnswer> {
    [
        symmetric::DIGESTS,
        symmetric::MACS,
        blake2b::HASH_AND_MACS,
        symmetric::CIPHERS,
        modes::MODES,
        chained::CHAINED,
        chacha::CHACHA,
        derivation::DERIVATION,
        chinese::HASH_AND_MACS,
        chinese::CIPHERS,
        chinese::CURVE,
        asymmetric::RSA,
        asymmetric::ECDSA,
        asymmetric::OTHER_CURVES,
        finite_field::AGREEMENT,
        finite_field::SIGNATURE,
        lattice::ENCAPSULATION,
        lattice::SIGNATURE,
        slh_dsa::SIGNATURE,
    ]
    .into_iter()
    .flatten()
}

/// Runs every self-test.
///
/// # Errors
///
/// Names the first test that failed.
pub fn self_test() -> Result<(), SelfTestFailure> {
    self_test_with_fault(None)
}

/// Lists the names of the self-tests.
pub fn self_test_names() -> impl Iterator<Item = &'static str> {
    known_answers().map(|answer| answer.name).chain([RANDOM])
}

/// Runs every self-test, and falsifies what the one named `fault` computed: it must be seen to fail.
///
/// # Errors
///
/// Names the first test that failed.
pub fn self_test_with_fault(fault: Option<&str>) -> Result<(), SelfTestFailure> {
    for answer in known_answers() {
        let falsify = fault == Some(answer.name);
        if !answer.holds(falsify).unwrap_or(false) {
            return Err(SelfTestFailure { name: answer.name });
        }
    }
    if random_repeats(fault == Some(RANDOM)) {
        return Err(SelfTestFailure { name: RANDOM });
    }
    Ok(())
}

/// Tells whether the random generator gives the same bytes twice, or none.
fn random_repeats(falsify: bool) -> bool {
    let (mut first, mut second) = ([0; 32], [0; 32]);
    let drawn = random(&mut first).and_then(|()| random(&mut second));
    if falsify {
        second = first;
    }
    drawn.is_err() || first == second
}

impl KnownAnswer {
    /// Tells whether the mechanism gives the answer.
    fn holds(&self, falsify: bool) -> Result<bool, Error> {
        let row = ck::mechanism(self.mechanism).ok_or(Error::MechanismInvalid)?;
        let (input, expected) = (bytes(self.input), bytes(self.output));
        let (private, public) = (ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY);
        let falsified = |mut bytes: Vec<u8>| {
            if falsify {
                bytes[0] ^= 1;
            }
            bytes
        };
        match self.check {
            Check::Decapsulate => {
                let key = self.key(private)?;
                let secret = decapsulate(row, &self.params, &key, &input, None)?;
                Ok(falsified(secret.to_vec()) == expected)
            }
            Check::Decrypt => {
                let cipher = decryptor(row, &self.params, &self.key(private)?)?;
                Ok(falsified(run(cipher, &input)?) == expected)
            }
            Check::Derive => {
                let len = u64::try_from(expected.len()).ok();
                let secret = derive(row, &self.params, &*self.key(private)?, len)?;
                Ok(falsified(secret.to_vec()) == expected)
            }
            Check::Digest => {
                let mut hash = digester(row, &self.params)?;
                hash.update(&input);
                Ok(falsified(hash.finish()) == expected)
            }
            Check::Encrypt => {
                let cipher = encryptor(row, &self.params, &self.key(public)?)?;
                Ok(falsified(run(cipher, &input)?) == expected)
            }
            Check::Generate => {
                let len = u64::try_from(expected.len()).ok();
                let made = generate_key(row, &self.params, len)?;
                let value = made.first().map(|(_, value)| value.to_vec());
                Ok(falsified(value.unwrap_or_default()) == expected)
            }
            Check::Mac | Check::Sign => Ok(falsified(self.sign(row, &input)?) == expected),
            Check::Pair => {
                let signature = falsified(self.sign(row, &input)?);
                self.verify(row, &input, &signature)
            }
            Check::Verify => {
                let mut forged = expected.clone();
                forged[expected.len() / 2] ^= 1;
                Ok(self.verify(row, &input, &falsified(expected))?
                    && !self.verify(row, &input, &forged)?)
            }
        }
    }

    fn sign(&self, row: &Mechanism, input: &[u8]) -> Result<Vec<u8>, Error> {
        let mut signing = signer(row, &self.params, &self.key(ObjectClass::PRIVATE_KEY)?)?;
        signing.update(input)?;
        signing.finish()
    }

    fn verify(&self, row: &Mechanism, input: &[u8], signature: &[u8]) -> Result<bool, Error> {
        let mut verifying = verifier(row, &self.params, &self.key(ObjectClass::PUBLIC_KEY)?)?;
        verifying.update(input)?;
        match verifying.finish(signature) {
            Ok(()) => Ok(true),
            Err(Error::SignatureInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Parses the key, a secret one or this half of the pair.
    fn key(&self, half: ObjectClass) -> Result<Arc<Key>, Error> {
        let (class, key_type, attributes) = match self.key {
            TestKey::Dh(attributes) => (half, KeyType::DH, attributes),
            TestKey::FieldDsa([private, public]) => match half {
                ObjectClass::PRIVATE_KEY => (half, KeyType::DSA, private),
                _ => (half, KeyType::DSA, public),
            },
            TestKey::Dsa(attributes) => (half, KeyType::ML_DSA, attributes),
            TestKey::Slh(attributes) => (half, KeyType::SLH_DSA, attributes),
            TestKey::Ec(attributes) => (half, KeyType::EC, attributes),
            TestKey::Edwards(attributes) => (half, KeyType::EC_EDWARDS, attributes),
            TestKey::Kem(attributes) => (half, KeyType::ML_KEM, attributes),
            TestKey::Montgomery(attributes) => (half, KeyType::EC_MONTGOMERY, attributes),
            TestKey::None => return Err(Error::KeyTypeInconsistent),
            TestKey::Rsa => (half, KeyType::RSA, &asymmetric::RSA_KEY[..]),
            TestKey::Sm2(attributes) => (half, KeyType::DEW_SM2, attributes),
            TestKey::Secret(key_type, value) => (
                match key_type {
                    KeyType::HOTP => ObjectClass::OTP_KEY,
                    _ => ObjectClass::SECRET_KEY,
                },
                key_type,
                &[(AttributeType::VALUE, value)][..],
            ),
        };
        let values: Vec<_> = attributes
            .iter()
            .map(|(id, value)| (*id, bytes(value)))
            .collect();
        let get = |id| {
            let found = values.iter().find(|(candidate, _)| *candidate == id);
            found.map(|(_, value)| value.as_slice())
        };
        Key::parse(class, key_type, &get).map(Arc::new)
    }
}

/// Runs a cipher over its whole input.
fn run(mut cipher: Box<dyn Cipher>, input: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    cipher.update(input, &mut out)?;
    cipher.finish(&mut out)?;
    Ok(out)
}

/// Decodes hexadecimal digits; anything else ends them, and fails the test that they belong to.
fn bytes(digits: &str) -> Vec<u8> {
    digits
        .as_bytes()
        .chunks_exact(2)
        .map_while(|pair| {
            let text = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(text, 16).ok()
        })
        .collect()
}
