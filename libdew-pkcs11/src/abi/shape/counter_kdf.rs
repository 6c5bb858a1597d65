//! The parameters of key derivation in counter mode: structures behind structures.

use ck::{MOST_PIECES, MechanismType, Params, Piece, Width};
use cryptoki_sys::{CK_PRF_DATA_PARAM, CK_SP800_108_COUNTER_FORMAT, CK_SP800_108_KDF_PARAMS};
use cryptoki_sys::{CK_SP800_108_BYTE_ARRAY, CK_SP800_108_ITERATION_VARIABLE};
use cryptoki_sys::{
    CK_SP800_108_DKM_LENGTH, CK_SP800_108_DKM_LENGTH_FORMAT, CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS,
    CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS, CK_ULONG,
};
use proto::limits;

use super::mechanism::{pointed, structure};

/// Reads the parameters. Keys that are derived besides are not served.
///
/// # Safety
/// What the structure points to must be the host's, which must keep it as long as the result is used.
pub(super) unsafe fn params<'a>(kdf: &CK_SP800_108_KDF_PARAMS) -> Option<Params<'a>> {
    let count = usize::try_from(kdf.ulNumberOfDataParams).ok()?;
    if kdf.ulAdditionalDerivedKeys != 0 || count > MOST_PIECES {
        return None;
    }
    let size = size_of::<CK_PRF_DATA_PARAM>();
    let length = CK_ULONG::try_from(count * size).ok()?;
    // SAFETY: the caller's promise.
    let bytes = unsafe { pointed(kdf.pDataParams.cast(), length, limits::ATTRIBUTE_BYTES)? };
    let mut pieces = [Piece::Absent; MOST_PIECES];
    for (place, bytes) in pieces.iter_mut().zip(bytes.chunks_exact(size)) {
        // SAFETY: the structure is one of C, and the caller's promise covers what it points to.
        *place = unsafe { piece(&structure(bytes)?)? };
    }
    Some(Params::CounterKdf {
        function: MechanismType(kdf.prfType),
        pieces,
    })
}

/// Reads a piece.
///
/// # Safety
/// As for [`params`].
unsafe fn piece<'a>(piece: &CK_PRF_DATA_PARAM) -> Option<Piece<'a>> {
    // SAFETY: the caller's promise; both structures are of C.
    unsafe {
        let bytes = pointed(
            piece.pValue.cast::<u8>(),
            piece.ulValueLen,
            limits::ATTRIBUTE_BYTES,
        )?;
        match piece.type_ {
            CK_SP800_108_BYTE_ARRAY => Some(Piece::Bytes(bytes)),
            CK_SP800_108_ITERATION_VARIABLE => {
                let format: CK_SP800_108_COUNTER_FORMAT = structure(bytes)?;
                Some(Piece::Counter(Width {
                    bits: format.ulWidthInBits,
                    little_endian: format.bLittleEndian != 0,
                }))
            }
            CK_SP800_108_DKM_LENGTH => length(&structure(bytes)?),
            _ => None,
        }
    }
}

fn length(format: &CK_SP800_108_DKM_LENGTH_FORMAT) -> Option<Piece<'static>> {
    let blocks = match format.dkmLengthMethod {
        CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS => false,
        CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS => true,
        _ => return None,
    };
    let width = Width {
        bits: format.ulWidthInBits,
        little_endian: format.bLittleEndian != 0,
    };
    Some(Piece::Length { blocks, width })
}
