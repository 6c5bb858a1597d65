//! The parameters of TLS 1.2.

use ck::{MechanismType, Params};
use cryptoki_sys::CK_SSL3_RANDOM_DATA;
use cryptoki_sys::CK_TLS12_KEY_MAT_PARAMS;
use cryptoki_sys::{CK_TLS_KDF_PARAMS, CK_TLS_MAC_PARAMS};
use cryptoki_sys::{CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS, CK_TLS12_MASTER_KEY_DERIVE_PARAMS};
use proto::limits;

use super::mechanism::pointed;

/// Reads what both sides have drawn.
///
/// # Safety
/// What the structure points to must be the host's, which must keep it as long as the result is used.
unsafe fn randoms<'a>(random: &CK_SSL3_RANDOM_DATA) -> Option<(&'a [u8], &'a [u8])> {
    const LIMIT: usize = limits::ATTRIBUTE_BYTES;
    // SAFETY: the caller's promise.
    unsafe {
        Some((
            pointed(random.pClientRandom, random.ulClientRandomLen, LIMIT)?,
            pointed(random.pServerRandom, random.ulServerRandomLen, LIMIT)?,
        ))
    }
}

/// Reads the parameters of a master secret.
///
/// # Safety
/// As for [`randoms`].
pub(super) unsafe fn master<'a>(master: &CK_TLS12_MASTER_KEY_DERIVE_PARAMS) -> Option<Params<'a>> {
    // SAFETY: the caller's promise.
    let (client_random, server_random) = unsafe { randoms(&master.RandomInfo)? };
    Some(Params::TlsMaster {
        digest: MechanismType(master.prfHashMechanism),
        client_random,
        server_random,
        version: !master.pVersion.is_null(),
    })
}

/// Reads the parameters of a master secret that is bound to its handshake.
///
/// # Safety
/// As for [`randoms`].
pub(super) unsafe fn extended<'a>(
    master: &CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS,
) -> Option<Params<'a>> {
    let length = master.ulSessionHashLen;
    // SAFETY: the caller's promise.
    let session_hash = unsafe { pointed(master.pSessionHash, length, limits::ATTRIBUTE_BYTES)? };
    Some(Params::TlsExtendedMaster {
        digest: MechanismType(master.prfHashMechanism),
        session_hash,
        version: !master.pVersion.is_null(),
    })
}

/// Reads the parameters of what is exported. A context that is there but empty is not the same as none (RFC 5705, 4).
///
/// # Safety
/// As for [`randoms`].
pub(super) unsafe fn export<'a>(kdf: &CK_TLS_KDF_PARAMS) -> Option<Params<'a>> {
    const LIMIT: usize = limits::ATTRIBUTE_BYTES;
    // SAFETY: the caller's promise.
    unsafe {
        let (client_random, server_random) = randoms(&kdf.RandomInfo)?;
        let context = pointed(kdf.pContextData, kdf.ulContextDataLength, LIMIT)?;
        Some(Params::TlsExport {
            digest: MechanismType(kdf.prfMechanism),
            label: pointed(kdf.pLabel, kdf.ulLabelLength, LIMIT)?,
            client_random,
            server_random,
            context: (!kdf.pContextData.is_null()).then_some(context),
        })
    }
}

/// Reads the parameters of the keys of a connection. There is no export grade any more; where initialisation vectors come out,
/// they need their places.
///
/// # Safety
/// As for [`randoms`].
pub(super) unsafe fn keys<'a>(
    kind: MechanismType,
    keys: &CK_TLS12_KEY_MAT_PARAMS,
) -> Option<Params<'a>> {
    if keys.bIsExport != 0 || keys.pReturnedKeyMaterial.is_null() {
        return None;
    }
    let safe = kind == MechanismType::TLS12_KEY_SAFE_DERIVE;
    // SAFETY: the place is not null, and the caller's promise.
    let place = unsafe { keys.pReturnedKeyMaterial.read_unaligned() };
    if !safe && keys.ulIVSizeInBits != 0 && (place.pIVClient.is_null() || place.pIVServer.is_null())
    {
        return None;
    }
    // SAFETY: the caller's promise.
    let (client_random, server_random) = unsafe { randoms(&keys.RandomInfo)? };
    Some(Params::TlsKeys {
        digest: MechanismType(keys.prfHashMechanism),
        client_random,
        server_random,
        mac_bits: keys.ulMacSizeInBits,
        key_bits: keys.ulKeySizeInBits,
        vector_bits: keys.ulIVSizeInBits,
    })
}

/// Reads the parameters of the MAC that ends a handshake.
pub(super) fn mac(mac: CK_TLS_MAC_PARAMS) -> Params<'static> {
    Params::TlsMac {
        digest: MechanismType(mac.prfHashMechanism),
        len: mac.ulMacLength,
        side: mac.ulServerOrClient,
    }
}
