//! Key derivation whose parameters are filled in.

use ck::{MechanismType, ParamShape, Rv, mechanism};
use cryptoki_sys::{CK_MECHANISM, CK_TLS12_KEY_MAT_PARAMS, CK_ULONG, CK_VERSION};
use cryptoki_sys::{CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS, CK_TLS12_MASTER_KEY_DERIVE_PARAMS};
use proto::shape::{self, Derived};
use proto::{DecodeError, Reader, Writer, limits};

use super::mechanism::structure;
use super::{CArgument, MechanismIn, OVERFLOW};
use crate::abi::memory::{HostBytes, copy_out};

/// A mechanism that derives: the token may put a version, handles and initialisation vectors into its parameters.
pub(in crate::abi) struct DerivingMechanism(MechanismIn);

impl CArgument for DerivingMechanism {
    type C = *mut CK_MECHANISM;

    unsafe fn read(mechanism: *mut CK_MECHANISM) -> Result<Self, Rv> {
        // SAFETY: the caller's promise.
        unsafe { MechanismIn::read(mechanism) }.map(Self)
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise. Both shapes are written alike.
        unsafe { self.0.encode(writer) };
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let derived = shape::DerivingMechanism::read_reply(reader)?;
        if derived == Derived::default() {
            return Ok(());
        }
        let host = self.0.host().ok_or(OVERFLOW)?;
        // SAFETY: the caller's promise.
        unsafe { fill_in(host, &derived) }.ok_or(OVERFLOW)
    }
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
