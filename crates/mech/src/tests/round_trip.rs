//! Every row of the mechanism table does what it says, in both directions.

use ck::flags::mechanism as ckf;
use ck::{
    Algorithm, AttributeType, KeyDerivation, KeyType, MECHANISMS, Mechanism, MechanismType,
    ObjectClass, Params, Salt,
};

use super::fixture::{Object, decrypt, encrypt, object, row, sign, verify};
use super::sample::{Keys, Sample, fitting, params};
use crate::derive_beside;
use crate::{
    Encapsulated, Error, PairRequest, decapsulate, derive, digester, encapsulate, encapsulated_len,
    generate_key, generate_pair, recoverer, unwrap, wrap,
};

const MESSAGE: &[u8] = &[0x3c; 96];
const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const SECP256K1: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 10];
const BRAINPOOL_P224: &[u8] = &[6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 5];
const BRAINPOOL_P512: &[u8] = &[6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13];
const SM2: &[u8] = &[6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d];
const P224: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 33];
const X25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x6e];
const ED25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];

#[test]
fn every_mechanism_serves_every_operation_of_its_row() {
    let keys = Keys::new();
    for row in MECHANISMS {
        let mut served = 0;
        for (operations, serve) in OPERATIONS {
            if row.operations.contains(operations) {
                serve(row, &keys);
                served |= operations;
            }
        }
        assert_eq!(
            served, row.operations.0,
            "{}: no test for an operation",
            row.id
        );
    }
}

type Serve = fn(&Mechanism, &Keys);

const OPERATIONS: [(u64, Serve); 9] = [
    (ckf::SIGN | ckf::VERIFY, signs),
    (ckf::SIGN_RECOVER | ckf::VERIFY_RECOVER, recovers),
    (ckf::ENCRYPT | ckf::DECRYPT, encrypts),
    (ckf::WRAP | ckf::UNWRAP, wraps),
    (ckf::DERIVE, derives),
    (ckf::ENCAPSULATE | ckf::DECAPSULATE, encapsulates),
    (ckf::DIGEST, digests),
    (ckf::GENERATE, generates),
    (ckf::GENERATE_KEY_PAIR, generates_pairs),
];

fn recovers(row: &Mechanism, keys: &Keys) {
    let Sample {
        params,
        private,
        public,
    } = keys.sample(row).unwrap();
    let message = fitting(row, MESSAGE.to_vec());
    let signature = sign(row, &params, &private, &[&message]).unwrap();
    let recover = |signature: &[u8]| {
        let mut recovery = recoverer(row, &params, &public).unwrap();
        let mut data = Vec::new();
        recovery.update(signature, &mut data)?;
        recovery.finish(&mut data).map(|()| data)
    };
    assert_eq!(recover(&signature), Ok(message.clone()), "{}", row.id);
    for index in 0..signature.len() {
        let mut forged = signature.clone();
        forged[index] ^= 0x10;
        match row.algorithm {
            // Without padding any number is the signature of another.
            Algorithm::RsaRaw => assert_ne!(recover(&forged).as_ref(), Ok(&message)),
            _ => assert_eq!(recover(&forged), Err(Error::SignatureInvalid), "{}", row.id),
        }
    }
    let short = recover(&signature[1..]);
    assert_eq!(short, Err(Error::SignatureLenRange), "{}", row.id);
}

fn signs(row: &Mechanism, keys: &Keys) {
    let Sample {
        params,
        private,
        public,
    } = keys.sample(row).unwrap();
    let message = fitting(row, MESSAGE.to_vec());
    let signature = sign(row, &params, &private, &[&message]).unwrap();
    verify(row, &params, &public, &[&message], &signature).unwrap();

    let mut other = message.clone();
    other[0] ^= 1;
    let refused = |message: &[u8], signature: &[u8]| {
        verify(row, &params, &public, &[message], signature).unwrap_err()
    };
    assert_eq!(
        refused(&other, &signature),
        Error::SignatureInvalid,
        "{}",
        row.id
    );
    // Every byte, but of signatures of many thousands some of them.
    let step = match signature.len() {
        0..=5_000 => 1,
        long => long / 32,
    };
    for index in (0..signature.len()).step_by(step) {
        let mut forged = signature.clone();
        forged[index] ^= 0x10;
        assert_eq!(
            refused(&message, &forged),
            Error::SignatureInvalid,
            "{}",
            row.id
        );
    }
    let short = &signature[1..];
    assert_eq!(
        refused(&message, short),
        Error::SignatureLenRange,
        "{}",
        row.id
    );
}

fn encrypts(row: &Mechanism, keys: &Keys) {
    let sample = keys.sample(row).unwrap();
    let message = fitting(row, MESSAGE.to_vec());
    let ciphertext = encrypt(row, &sample.params, &sample.public, &[&message]).unwrap();
    assert_ne!(ciphertext, message);
    let plaintext = decrypt(row, &sample.params, &sample.private, &[&ciphertext]).unwrap();
    assert_eq!(plaintext, message, "{}", row.id);
}

fn wraps(row: &Mechanism, keys: &Keys) {
    let sample = keys.sample(row).unwrap();
    let value = fitting(row, MESSAGE.to_vec());
    let wrapped = wrap(row, &sample.params, &sample.public, &value).unwrap();
    let unwrap = |wrapped: &[u8]| unwrap(row, &sample.params, &sample.private, wrapped);
    assert_eq!(*unwrap(&wrapped).unwrap(), value, "{}", row.id);
    let malleable = matches!(
        row.algorithm,
        Algorithm::AesCbc { .. } | Algorithm::Des3Cbc { .. } | Algorithm::RsaPkcs1(_)
    );
    if malleable {
        // What was changed comes out as another key, or as one that nobody made.
        return;
    }
    for index in 0..wrapped.len() {
        let mut forged = wrapped.clone();
        forged[index] ^= 0x20;
        assert_eq!(
            unwrap(&forged),
            Err(Error::EncryptedDataInvalid),
            "{}",
            row.id
        );
    }
    // The ciphertext of GCM has any length.
    let short = match row.algorithm {
        Algorithm::AesGcm => Error::EncryptedDataInvalid,
        _ => Error::EncryptedDataLenRange,
    };
    assert_eq!(unwrap(&wrapped[1..]), Err(short), "{}", row.id);
}

/// What is encapsulated for a public key, the private key decapsulates, and no other length of ciphertext does.
fn encapsulates(row: &Mechanism, keys: &Keys) {
    let sample = keys.encapsulation(row);
    let (params, public, private) = (sample.params, &sample.public, &sample.private);
    let len = encapsulated_len(row, &params, public).unwrap();
    for wanted in [16, 32] {
        let Encapsulated { ciphertext, secret } =
            encapsulate(row, &params, public, Some(wanted)).unwrap();
        assert_eq!(ciphertext.len(), len, "{}", row.id);
        let open = |ciphertext: &[u8]| decapsulate(row, &params, private, ciphertext, Some(wanted));
        assert_eq!(open(&ciphertext).unwrap(), secret, "{}", row.id);
        assert_eq!(secret.len(), usize::try_from(wanted).unwrap());
        let again = encapsulate(row, &params, public, Some(wanted)).unwrap();
        assert!(again.secret != secret && again.ciphertext != ciphertext);
        assert!(open(&ciphertext[1..]).is_err(), "{}", row.id);
        let mut forged = ciphertext.clone();
        forged[len / 2] ^= 1;
        assert!(open(&forged).ok() != Some(secret), "{}", row.id);
    }
    let wrong = Some(Error::KeyFunctionNotPermitted);
    assert_eq!(encapsulate(row, &params, private, Some(32)).err(), wrong);
    let opened = decapsulate(row, &params, public, &vec![0; len], Some(32));
    assert_eq!(opened.err(), wrong);
    for len in [0, u64::MAX] {
        let made = encapsulate(row, &params, public, Some(len)).err();
        assert_eq!(made, Some(Error::KeySizeRange), "{}", row.id);
    }
    let malformed = encapsulate(row, &Params::Malformed, public, Some(32)).err();
    assert_eq!(malformed, Some(Error::MechanismParamInvalid), "{}", row.id);
}

/// Two parties, each with its own private key and the other's public key, come to the same secret.
fn derives(row: &Mechanism, keys: &Keys) {
    match row.algorithm {
        Algorithm::CounterKdf | Algorithm::DoublePipelineKdf | Algorithm::FeedbackKdf => {
            return counts(row, keys);
        }
        Algorithm::Dh => return agrees(row),
        Algorithm::TlsExport => return counts(row, keys),
        Algorithm::TlsMaster { .. } => return masters(row, keys),
        Algorithm::TlsKeys { .. } => return connections(row, keys),
        Algorithm::Hkdf | Algorithm::HkdfData => return expands(row, keys),
        Algorithm::Rearrange(_) => return rearranges(row, keys),
        Algorithm::AesEncryptData { .. } | Algorithm::Des3EncryptData { .. } => {
            return encrypts_data(row, keys);
        }
        Algorithm::Blake2bDerivation { .. }
        | Algorithm::DigestDerivation(_)
        | Algorithm::ShakeDerivation { .. } => {
            return hashes(row, keys);
        }
        _ => {}
    }
    let curves = [
        (P256, KeyType::EC),
        (SECP256K1, KeyType::EC),
        (P224, KeyType::EC),
        (BRAINPOOL_P224, KeyType::EC),
        (BRAINPOOL_P512, KeyType::EC),
        (X25519, KeyType::EC_MONTGOMERY),
    ];
    for (curve, key_type) in curves {
        let request = PairRequest {
            ec_params: Some(curve),
            ..PairRequest::default()
        };
        let generator = super::fixture::row(match key_type {
            KeyType::EC => MechanismType::EC_KEY_PAIR_GEN,
            _ => MechanismType::EC_MONTGOMERY_KEY_PAIR_GEN,
        });
        let party = || {
            let pair = generate_pair(generator, &Params::None, &request).unwrap();
            let [public, private] = [pair.0, pair.1].map(|half| Object::material(&half));
            let point = public.0[&AttributeType::EC_POINT].clone();
            (point, private.key(ObjectClass::PRIVATE_KEY, key_type))
        };
        let ((one_point, one), (other_point, other)) = (party(), party());
        for kdf in [KeyDerivation::NULL, KeyDerivation::SHA384_KDF] {
            let secret = |key, public_data| {
                let params = Params::Ecdh {
                    kdf,
                    shared_data: &[],
                    public_data,
                };
                derive(row, &params, key, Some(20)).unwrap()
            };
            let (ours, theirs) = (secret(&one, &other_point), secret(&other, &one_point));
            assert_eq!(ours.len(), 20);
            assert_eq!(ours, theirs, "{}", row.id);
        }
    }
}

/// Both parties agree, in a group that the token gives.
fn agrees(row: &Mechanism) {
    let (party, other) = (super::dh::party(None), super::dh::party(Some(256)));
    let secret = |key, value| derive(row, &Params::Bytes(value), key, Some(20)).unwrap();
    let (ours, theirs) = (
        secret(&party.key, &other.value),
        secret(&other.key, &party.value),
    );
    assert_eq!((ours.len(), ours), (20, theirs));
}

/// What is derived longer begins with what is derived shorter, where the length is no part of it.
fn counts(row: &Mechanism, keys: &Keys) {
    let sample = keys.sample(row).unwrap();
    let secret = |len| derive(row, &sample.params, &sample.private, Some(len)).unwrap();
    let (short, long) = (secret(40), secret(100));
    assert_eq!(*short, long[..40]);
    assert_ne!(long[..32], long[32..64]);
}

/// All keys of a connection differ, and come to one length.
fn connections(row: &Mechanism, keys: &Keys) {
    let sample = keys.sample(row).unwrap();
    let block = derive(row, &sample.params, &sample.private, None).unwrap();
    let vectors = row.algorithm == Algorithm::TlsKeys { vectors: true };
    assert_eq!(block.len(), if vectors { 104 } else { 72 });
    assert_ne!(block[..20], block[20..40]);
    let longer = derive(row, &sample.params, &sample.private, Some(105));
    assert_eq!(longer, Err(Error::KeySizeRange));
}

/// A master secret has one length.
fn masters(row: &Mechanism, keys: &Keys) {
    let sample = keys.sample(row).unwrap();
    let secret = |len| derive(row, &sample.params, &sample.private, len);
    let whole = secret(None).unwrap();
    assert_eq!(whole.len(), 48);
    assert_eq!(secret(Some(48)).unwrap(), whole);
    for len in [0, 47, 49] {
        assert_eq!(secret(Some(len)), Err(Error::KeySizeRange));
    }
}

/// A shorter secret begins as a longer one, and there are no more bytes than the data has.
fn encrypts_data(row: &Mechanism, keys: &Keys) {
    let sample = keys.sample(row).unwrap();
    let secret = |len| derive(row, &sample.params, &sample.private, len);
    let whole = secret(None).unwrap();
    assert_eq!(whole.len(), 48);
    assert_eq!(secret(Some(20)).unwrap()[..], whole[..20]);
    for len in [0, 49] {
        assert_eq!(secret(Some(len)), Err(Error::KeySizeRange));
    }
}

/// A shorter secret begins as a longer one, and there are no more bytes than those that are moved.
fn rearranges(row: &Mechanism, keys: &Keys) {
    let sample = keys.sample(row).unwrap();
    let secret = |len| {
        let others = [&*sample.public];
        derive_beside(row, &sample.params, &sample.private, &others, len)
    };
    let whole = secret(Some(32)).unwrap();
    assert_eq!(secret(Some(20)).unwrap()[..], whole[..20]);
    for len in [0, 81] {
        assert_eq!(secret(Some(len)), Err(Error::KeySizeRange), "{}", row.id);
    }
}

/// The same key gives the same secret, another key another one.
fn hashes(row: &Mechanism, keys: &Keys) {
    let key = keys.sample(row).unwrap().private;
    let other = super::fixture::secret(KeyType::AES, &[7; 16]);
    let secret = |key: &_, len| derive(row, &Params::None, key, len);
    assert_eq!(secret(&key, Some(16)), secret(&key, Some(16)));
    assert!(secret(&key, Some(16)).is_ok());
    assert_ne!(secret(&key, Some(16)), secret(&other, Some(16)));
    for len in [0, 513] {
        assert_eq!(secret(&key, Some(len)), Err(Error::KeySizeRange));
    }
}

/// What is derived for one purpose is nothing like what is derived for another.
fn expands(row: &Mechanism, keys: &Keys) {
    let key = keys.sample(row).unwrap().private;
    let secret = |info| {
        let params = Params::Hkdf {
            extract: true,
            expand: true,
            digest: MechanismType::SHA256,
            salt: Salt::Bytes(&[]),
            info,
        };
        derive(row, &params, &key, Some(32)).unwrap()
    };
    assert_eq!(secret(b"one"), secret(b"one"));
    assert_ne!(secret(b"one"), secret(b"other"));
}

fn digests(row: &Mechanism, _keys: &Keys) {
    let mut hash = digester(row, &params(row)).unwrap();
    hash.update(MESSAGE);
    let mut copy = hash.duplicate();
    copy.update(b"more");
    assert_eq!(hash.output_len(), copy.output_len());
    let digest = hash.finish();
    assert_eq!(digest.len(), copy.output_len());
    assert_ne!(digest, copy.finish(), "{}", row.id);
}

fn generates(row: &Mechanism, _keys: &Keys) {
    match row.algorithm {
        Algorithm::DhParameterGen => return super::dh::generates_parameters(row),
        Algorithm::DsaParameterGen => return super::dsa::generates_parameters(row),
        _ => {}
    }
    let (least, most) = row.key_sizes.range();
    let len = 32.clamp(least, most);
    let make = || generate_key(row, &params(row), Some(len)).unwrap();
    let (first, second) = (make(), make());
    assert_eq!(first[0].1.len(), usize::try_from(len).unwrap());
    // A password makes the same key each time.
    let same = row.algorithm == Algorithm::Pbkdf2;
    assert_eq!(first[0].1 == second[0].1, same, "{}", row.id);
}

fn generates_pairs(row: &Mechanism, _keys: &Keys) {
    let curve = match row.key_type {
        Some(KeyType::EC_EDWARDS) => ED25519,
        Some(KeyType::DEW_SM2) => SM2,
        Some(KeyType::EC_MONTGOMERY) => X25519,
        _ => P256,
    };
    let group = match row.key_type {
        Some(KeyType::DSA) => object("dsa2048"),
        _ => object("ffdhe2048"),
    };
    let part = |id| group.0.get(&id).map(Vec::as_slice);
    let request = PairRequest {
        modulus_bits: Some(2048),
        public_exponent: None,
        ec_params: Some(curve),
        parameter_set: Some(1),
        prime: part(AttributeType::PRIME),
        subprime: part(AttributeType::SUBPRIME),
        base: part(AttributeType::BASE),
        value_bits: None,
    };
    let (public, private) = generate_pair(row, &params(row), &request).unwrap();
    assert!(!public.is_empty() && !private.is_empty());
}

#[test]
fn one_key_serves_many_threads() {
    let keys = Keys::new();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for id in [MechanismType::SHA256_RSA_PKCS, MechanismType::ECDSA_SHA256] {
                    let sample = keys.sample(row(id)).unwrap();
                    for count in 0_u8..20 {
                        let message = [count; 40];
                        let params = &sample.params;
                        let signature =
                            sign(row(id), params, &sample.private, &[&message]).unwrap();
                        verify(row(id), params, &sample.public, &[&message], &signature).unwrap();
                    }
                }
            });
        }
    });
}
