//! Key derivation whose parameters are filled in.

use ck::{MechanismType, ParamShape, Rv, mechanism};
use cryptoki_sys::CK_OBJECT_HANDLE;
use cryptoki_sys::{CK_MECHANISM, CK_TLS12_KEY_MAT_PARAMS, CK_ULONG, CK_VERSION};
use cryptoki_sys::{CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS, CK_TLS12_MASTER_KEY_DERIVE_PARAMS};
use proto::shape::{self, Derived, MOST_KEYS};
use proto::{DecodeError, Reader, Writer, limits};

use super::mechanism::structure;
use super::{CArgument, MechanismIn, OVERFLOW, TemplateIn, block_kdf};
use crate::abi::memory::{HostBytes, copy_out};

/// A mechanism that derives: the token may put a version, handles and initialisation vectors into its parameters.
pub(in crate::abi) struct DerivingMechanism {
    mechanism: MechanismIn,
    /// The keys that are derived besides, with the places of their handles.
    more: Vec<(TemplateIn, *mut CK_OBJECT_HANDLE)>,
}

impl CArgument for DerivingMechanism {
    type C = *mut CK_MECHANISM;

    unsafe fn read(mechanism: *mut CK_MECHANISM) -> Result<Self, Rv> {
        // SAFETY: the caller's promise.
        unsafe {
            let mechanism = MechanismIn::read(mechanism)?;
            let more = mechanism.host().map_or(Ok(Vec::new()), |host| more(host))?;
            Ok(Self { mechanism, more })
        }
    }

    fn size(&self) -> usize {
        let templates = self.more.iter().map(|(template, _)| template.size());
        self.mechanism.size() + size_of::<u32>() + templates.sum::<usize>()
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise. Both shapes write the mechanism alike.
        unsafe {
            self.mechanism.encode(writer);
            writer.count(self.more.len());
            for (template, _) in &self.more {
                template.encode(writer);
            }
        }
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let derived = shape::DerivingMechanism::read_reply(reader)?;
        if derived == Derived::default() {
            return Ok(());
        }
        if !self.more.is_empty() {
            if derived.keys.len() != self.more.len() {
                return Err(OVERFLOW);
            }
            for (handle, (_, place)) in derived.keys.iter().zip(&self.more) {
                // SAFETY: the place is not null, and the host has room for a number there.
                unsafe { place.write_unaligned(*handle) };
            }
            return Ok(());
        }
        let host = self.mechanism.host().ok_or(OVERFLOW)?;
        // SAFETY: the caller's promise.
        unsafe { fill_in(host, &derived) }.ok_or(OVERFLOW)
    }
}

/// Reads the keys that are derived besides. Of a parameter of the wrong length there are none: the token refuses it.
///
/// # Safety
/// The mechanism must be the host's, and what its parameter points to as long as the standard says.
unsafe fn more(host: &CK_MECHANISM) -> Result<Vec<(TemplateIn, *mut CK_OBJECT_HANDLE)>, Rv> {
    const WRONG: Rv = Rv::MECHANISM_PARAM_INVALID;
    let Some(row) = mechanism(MechanismType(host.mechanism)) else {
        return Ok(Vec::new());
    };
    let bytes = HostBytes::new(
        host.pParameter.cast(),
        host.ulParameterLen,
        limits::ATTRIBUTE_BYTES,
        WRONG,
    );
    let Ok(bytes) = bytes else {
        return Ok(Vec::new());
    };
    // SAFETY: the caller's promise.
    let Some((first, count)) = block_kdf::more(row.params, unsafe { bytes.get() }) else {
        return Ok(Vec::new());
    };
    let count = usize::try_from(count).map_err(|_| WRONG)?;
    if count > MOST_KEYS || (first.is_null() && count > 0) {
        return Err(WRONG);
    }
    let key = |index| {
        // SAFETY: the pointer is not null, and the caller answers for as many keys as it says, and for their templates.
        unsafe {
            let key = first.add(index).read_unaligned();
            let template = TemplateIn::read((key.pTemplate, key.ulAttributeCount))?;
            if key.phKey.is_null() {
                return Err(WRONG);
            }
            Ok((template, key.phKey))
        }
    };
    (0..count).map(key).collect()
}

/// Puts what was derived into the structure that the mechanism's row names, where it has room.
///
/// # Safety
/// The mechanism must be the host's, and what its parameter points to as long as the standard says.
unsafe fn fill_in(host: &CK_MECHANISM, derived: &Derived) -> Option<()> {
    let row = mechanism(MechanismType(host.mechanism))?;
    let bytes = HostBytes::new(
        host.pParameter.cast(),
        host.ulParameterLen,
        limits::ATTRIBUTE_BYTES,
        Rv::MECHANISM_PARAM_INVALID,
    );
    // SAFETY: the caller's promise; the structures are numbers and pointers.
    unsafe {
        let bytes = bytes.ok()?.get();
        match row.params {
            ParamShape::TlsMaster => {
                let master: CK_TLS12_MASTER_KEY_DERIVE_PARAMS = structure(bytes)?;
                put_version(master.pVersion, derived.version?)
            }
            ParamShape::TlsExtendedMaster => {
                let master: CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS = structure(bytes)?;
                put_version(master.pVersion, derived.version?)
            }
            ParamShape::TlsKeys => put_keys(&structure(bytes)?, derived),
            _ => None,
        }
    }
}

/// Puts a version of the protocol in its place.
///
/// # Safety
/// The place must be null, or the host's.
unsafe fn put_version(place: *mut CK_VERSION, [major, minor]: [u8; 2]) -> Option<()> {
    if place.is_null() {
        return None;
    }
    // SAFETY: the place is not null, and the caller's promise.
    unsafe { place.write_unaligned(CK_VERSION { major, minor }) };
    Some(())
}

/// Puts the keys and initialisation vectors of a connection in their places.
///
/// # Safety
/// As for [`fill_in`].
unsafe fn put_keys(keys: &CK_TLS12_KEY_MAT_PARAMS, derived: &Derived) -> Option<()> {
    let place = keys.pReturnedKeyMaterial;
    let [client_mac, server_mac, client, server] = derived.keys.as_slice() else {
        return None;
    };
    if place.is_null() {
        return None;
    }
    // SAFETY: the place is not null, and the caller's promise.
    let mut out = unsafe { place.read_unaligned() };
    let len = derived.vectors.len() / 2;
    if len > 0 {
        let room = usize::try_from(keys.ulIVSizeInBits / 8).ok()?;
        if room != len || out.pIVClient.is_null() || out.pIVServer.is_null() {
            return None;
        }
        let (client, server) = derived.vectors.split_at(len);
        // SAFETY: the host has as much room for each vector as it said.
        unsafe {
            copy_out(client, out.pIVClient);
            copy_out(server, out.pIVServer);
        }
    }
    out.hClientMacSecret = *client_mac;
    out.hServerMacSecret = *server_mac;
    out.hClientKey = *client;
    out.hServerKey = *server;
    // SAFETY: as above.
    unsafe { place.write_unaligned(out) };
    Some(())
}

/// The handle of a key that comes out, where the host has a place for it.
pub(in crate::abi) struct KeyPlace(*mut CK_ULONG);

impl CArgument for KeyPlace {
    type C = *mut CK_ULONG;

    unsafe fn read(place: *mut CK_ULONG) -> Result<Self, Rv> {
        Ok(Self(place))
    }

    fn size(&self) -> usize {
        1
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        shape::KeyPlace::encode(!self.0.is_null(), writer);
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        if let Some(handle) = shape::KeyPlace::read_reply(reader)? {
            if self.0.is_null() {
                return Err(OVERFLOW);
            }
            // SAFETY: the pointer is not null, and the host has room for a number there.
            unsafe { self.0.write_unaligned(handle) };
        }
        Ok(())
    }
}
