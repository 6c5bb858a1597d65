//! Secrets and MACs of TLS 1.2 (RFC 5246, 5, 6.3, 7.4.9 and 8.1; RFC 5705; RFC 7627; PKCS#11 3.1, Mechanisms 6.40).

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::{AttributeType, Digest, MechanismType, Params};
use zeroize::Zeroizing;

use crate::accumulator::Accumulator;
use crate::ffi::tls_prf;
use crate::key::LONGEST_SECRET;
use crate::{Error, Key, Signer, Verifier, param};

/// The length of a master secret, and of the secret before it that RSA carries.
pub(crate) const SECRET_LEN: usize = 48;
/// The length of what either side draws.
const RANDOM_LEN: usize = 32;
/// The longest MAC: a digest, the longest that a cipher suite has.
const LONGEST_MAC: usize = 64;
/// The longest key of a cipher.
const LONGEST_KEY: usize = 32;
/// The longest initialisation vector: a block.
const LONGEST_VECTOR: usize = 16;
/// The longest message of a MAC, which is a digest of the handshake: the two of TLS 1.1, and some room.
const LONGEST_MESSAGE: usize = 512;

const MASTER: &[u8] = b"master secret";
const EXTENDED_MASTER: &[u8] = b"extended master secret";
const KEY_EXPANSION: &[u8] = b"key expansion";
const SERVER_FINISHED: &[u8] = b"server finished";
const CLIENT_FINISHED: &[u8] = b"client finished";

/// The labels that the protocol itself uses: what is exported must not be anything of its own (RFC 5705, 4).
const OWN_LABELS: [&[u8]; 5] = [
    MASTER,
    EXTENDED_MASTER,
    KEY_EXPANSION,
    SERVER_FINISHED,
    CLIENT_FINISHED,
];

/// Finds the hash function of the pseudorandom function: SHA-256 or a stronger one (RFC 5246, 5).
fn hash(id: MechanismType) -> Result<Digest, Error> {
    match param::digest(id)? {
        digest @ (Digest::Sha256 | Digest::Sha384 | Digest::Sha512) => Ok(digest),
        _ => Err(Error::MechanismParamInvalid),
    }
}

/// Checks what both sides have drawn, and puts it together.
fn randoms(client: &[u8], server: &[u8]) -> Result<Vec<u8>, Error> {
    if client.len() != RANDOM_LEN || server.len() != RANDOM_LEN {
        return Err(Error::MechanismParamInvalid);
    }
    Ok([client, server].concat())
}

/// Which master secret is derived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// Whether RSA carried the secret before it.
    pub(crate) carried: bool,
    /// Whether it is bound to its handshake.
    pub(crate) extended: bool,
}

/// Derives a master secret. Of what RSA carried (`carried`) the length is known, and the version is told to a caller that
/// asks; what Diffie-Hellman agreed on has neither.
pub(crate) fn derive_master(
    Kind { carried, extended }: Kind,
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (digest, label, seed, version) = match *params {
        Params::TlsMaster {
            digest,
            client_random,
            server_random,
            version,
        } if !extended => {
            let seed = randoms(client_random, server_random)?;
            (digest, MASTER, seed, version)
        }
        Params::TlsExtendedMaster {
            digest,
            session_hash,
            version,
        } if !session_hash.is_empty() => (digest, EXTENDED_MASTER, session_hash.to_vec(), version),
        _ => return Err(Error::MechanismParamInvalid),
    };
    let digest = hash(digest)?;
    if version && !carried {
        return Err(Error::MechanismParamInvalid);
    }
    let secret = key.generic_secret()?;
    if wanted.is_some_and(|len| len != SECRET_LEN) || (carried && secret.len() != SECRET_LEN) {
        return Err(Error::KeySizeRange);
    }
    Ok(tls_prf(digest, secret, label, [&seed, &[]], SECRET_LEN)?)
}

/// Derives what an application exports from a connection.
pub(crate) fn derive_exported(
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let Params::TlsExport {
        digest,
        label,
        client_random,
        server_random,
        context,
    } = *params
    else {
        return Err(Error::MechanismParamInvalid);
    };
    let digest = hash(digest)?;
    let seed = randoms(client_random, server_random)?;
    if label.is_empty() || OWN_LABELS.iter().any(|own| label.starts_with(own)) {
        return Err(Error::MechanismParamInvalid);
    }
    let context = match context {
        None => Vec::new(),
        Some(context) => {
            let len = u16::try_from(context.len()).map_err(|_| Error::MechanismParamInvalid)?;
            [&len.to_be_bytes(), context].concat()
        }
    };
    let secret = key.generic_secret()?;
    let len = wanted.ok_or(Error::TemplateIncomplete(AttributeType::VALUE_LEN))?;
    if !(1..=LONGEST_SECRET).contains(&len) {
        return Err(Error::KeySizeRange);
    }
    Ok(tls_prf(digest, secret, label, [&seed, &context], len)?)
}

/// Returns the version of the protocol that the secret which RSA carried begins with.
///
/// # Errors
///
/// The key is no such secret.
pub fn tls_version(key: &Key) -> Result<[u8; 2], Error> {
    let version = key.generic_secret()?.first_chunk();
    version.copied().ok_or(Error::KeySizeRange)
}

/// How long the parts of a key block are, in bytes; there are two of each, the client's first (RFC 5246, 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyBlock {
    /// Each key of a MAC.
    pub mac: usize,
    /// Each key of a cipher.
    pub key: usize,
    /// Each initialisation vector.
    pub vector: usize,
}

impl KeyBlock {
    /// Reads the lengths from a parameter; without `vectors`, whatever it says of them does not count (6.40).
    ///
    /// # Errors
    ///
    /// The parameter is another, or has lengths that no cipher suite has.
    pub fn new(vectors: bool, params: &Params<'_>) -> Result<Self, Error> {
        let Params::TlsKeys {
            mac_bits,
            key_bits,
            vector_bits,
            ..
        } = *params
        else {
            return Err(Error::MechanismParamInvalid);
        };
        let vector_bits = if vectors { vector_bits } else { 0 };
        let bytes = |bits: u64, longest: usize| match usize::try_from(bits / 8) {
            Ok(bytes) if bytes <= longest && bits.is_multiple_of(8) => Ok(bytes),
            _ => Err(Error::MechanismParamInvalid),
        };
        let block = Self {
            mac: bytes(mac_bits, LONGEST_MAC)?,
            key: bytes(key_bits, LONGEST_KEY)?,
            vector: bytes(vector_bits, LONGEST_VECTOR)?,
        };
        // Vectors without keys would be key material in the clear.
        if block.mac + block.key == 0 || (block.vector > 0 && block.key == 0) {
            return Err(Error::MechanismParamInvalid);
        }
        Ok(block)
    }

    /// The length of all parts together.
    #[must_use]
    pub const fn total(self) -> usize {
        2 * (self.mac + self.key + self.vector)
    }
}

/// Derives the keys of a connection, one after the other.
pub(crate) fn derive_keys(
    vectors: bool,
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let len = KeyBlock::new(vectors, params)?.total();
    let Params::TlsKeys {
        digest,
        client_random,
        server_random,
        ..
    } = *params
    else {
        return Err(Error::MechanismParamInvalid);
    };
    let digest = hash(digest)?;
    randoms(client_random, server_random)?;
    let secret = key.generic_secret()?;
    if wanted.is_some_and(|wanted| wanted != len) {
        return Err(Error::KeySizeRange);
    }
    let seed = [server_random, client_random];
    Ok(tls_prf(digest, secret, KEY_EXPANSION, seed, len)?)
}

/// Makes the secret that RSA carries: the version of the protocol that the client asked for, and what is drawn.
pub(crate) fn generate_pre_master(
    params: &Params<'_>,
    wanted: Option<u64>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let Params::Bytes(version @ [_, _]) = *params else {
        return Err(Error::MechanismParamInvalid);
    };
    if wanted.is_some_and(|len| usize::try_from(len) != Ok(SECRET_LEN)) {
        return Err(Error::KeySizeRange);
    }
    let mut secret = Zeroizing::new(vec![0; SECRET_LEN]);
    let (start, rest) = secret.split_at_mut(version.len());
    start.copy_from_slice(version);
    crate::random(rest)?;
    Ok(secret)
}

/// The MAC that ends a handshake, in the making or under scrutiny.
pub(crate) struct Finished {
    key: Arc<Key>,
    digest: Digest,
    label: &'static [u8],
    len: usize,
    message: Accumulator,
}

impl Finished {
    /// Starts a MAC.
    pub(crate) fn new(params: &Params<'_>, key: &Arc<Key>) -> Result<Self, Error> {
        let Params::TlsMac { digest, len, side } = *params else {
            return Err(Error::MechanismParamInvalid);
        };
        let label = match side {
            1 => SERVER_FINISHED,
            2 => CLIENT_FINISHED,
            _ => return Err(Error::MechanismParamInvalid),
        };
        key.generic_secret()?;
        Ok(Self {
            key: Arc::clone(key),
            digest: hash(digest)?,
            label,
            len: param::mac_len(&Params::Length(len), LONGEST_MAC)?,
            message: Accumulator::growing(LONGEST_MESSAGE, Error::DataLenRange),
        })
    }

    fn mac(self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let message = self.message.finish()?;
        let secret = self.key.generic_secret()?;
        let seed = [message.as_slice(), &[]];
        Ok(tls_prf(self.digest, secret, self.label, seed, self.len)?)
    }
}

impl Signer for Finished {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.message.update(part)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        Ok(self.mac()?.to_vec())
    }

    fn output_len(&self) -> usize {
        self.len
    }
}

impl Verifier for Finished {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.message.update(part)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        if signature.len() != self.len {
            return Err(Error::SignatureLenRange);
        }
        verify_slices_are_equal(&self.mac()?, signature).map_err(|_| Error::SignatureInvalid)
    }
}
