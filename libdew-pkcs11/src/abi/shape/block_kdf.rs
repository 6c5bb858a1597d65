//! The parameters of key derivation block by block: structures behind structures.

use ck::{MOST_PIECES, MechanismType, ParamShape, Params, Piece, Width};
use cryptoki_sys::CK_DERIVED_KEY;
use cryptoki_sys::{CK_PRF_DATA_PARAM, CK_SP800_108_COUNTER_FORMAT, CK_SP800_108_KDF_PARAMS};
use cryptoki_sys::{CK_SP800_108_BYTE_ARRAY, CK_SP800_108_ITERATION_VARIABLE};
use cryptoki_sys::{
    CK_SP800_108_DKM_LENGTH, CK_SP800_108_DKM_LENGTH_FORMAT, CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS,
    CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS, CK_ULONG,
};
use cryptoki_sys::{CK_SP800_108_FEEDBACK_KDF_PARAMS, CK_SP800_108_OPTIONAL_COUNTER};
use proto::limits;

use super::mechanism::{pointed, structure};

/// What the iteration variable of a mode is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Variable {
    /// A block, which has no format; a counter may stand beside it.
    Block,
    /// A counter.
    Counter,
}

/// Reads the parameters of the modes without an initialisation vector. Keys that are derived besides travel by themselves.
///
/// # Safety
/// What the structure points to must be the host's, which must keep it as long as the result is used.
pub(super) unsafe fn params<'a>(
    kdf: &CK_SP800_108_KDF_PARAMS,
    variable: Variable,
) -> Option<Params<'a>> {
    // SAFETY: the caller's promise.
    let pieces = unsafe { pieces(kdf.pDataParams, kdf.ulNumberOfDataParams, variable)? };
    Some(Params::CounterKdf {
        function: MechanismType(kdf.prfType),
        pieces,
    })
}

/// Reads the parameters of feedback mode.
///
/// # Safety
/// As for [`params`].
pub(super) unsafe fn feedback<'a>(kdf: &CK_SP800_108_FEEDBACK_KDF_PARAMS) -> Option<Params<'a>> {
    // SAFETY: the caller's promise.
    unsafe {
        Some(Params::FeedbackKdf {
            function: MechanismType(kdf.prfType),
            vector: pointed(kdf.pIV, kdf.ulIVLen, limits::ATTRIBUTE_BYTES)?,
            pieces: pieces(kdf.pDataParams, kdf.ulNumberOfDataParams, Variable::Block)?,
        })
    }
}

/// Reads so many pieces.
///
/// # Safety
/// As for [`params`].
unsafe fn pieces<'a>(
    first: *mut CK_PRF_DATA_PARAM,
    count: CK_ULONG,
    variable: Variable,
) -> Option<[Piece<'a>; MOST_PIECES]> {
    let count = usize::try_from(count)
        .ok()
        .filter(|count| *count <= MOST_PIECES)?;
    let size = size_of::<CK_PRF_DATA_PARAM>();
    let length = CK_ULONG::try_from(count * size).ok()?;
    // SAFETY: the caller's promise.
    let bytes = unsafe { pointed(first.cast(), length, limits::ATTRIBUTE_BYTES)? };
    let mut pieces = [Piece::Absent; MOST_PIECES];
    for (place, bytes) in pieces.iter_mut().zip(bytes.chunks_exact(size)) {
        // SAFETY: the structure is one of C, and the caller's promise covers what it points to.
        *place = unsafe { piece(&structure(bytes)?, variable)? };
    }
    Some(pieces)
}

/// Reads a piece.
///
/// # Safety
/// As for [`params`].
unsafe fn piece<'a>(piece: &CK_PRF_DATA_PARAM, variable: Variable) -> Option<Piece<'a>> {
    // SAFETY: the caller's promise; both structures are of C.
    unsafe {
        let bytes = pointed(
            piece.pValue.cast::<u8>(),
            piece.ulValueLen,
            limits::ATTRIBUTE_BYTES,
        )?;
        match (piece.type_, variable) {
            (CK_SP800_108_BYTE_ARRAY, _) => Some(Piece::Bytes(bytes)),
            (CK_SP800_108_ITERATION_VARIABLE, Variable::Block) => {
                bytes.is_empty().then_some(Piece::Block)
            }
            (CK_SP800_108_ITERATION_VARIABLE, Variable::Counter)
            | (CK_SP800_108_OPTIONAL_COUNTER, Variable::Block) => {
                let format: CK_SP800_108_COUNTER_FORMAT = structure(bytes)?;
                Some(Piece::Counter(Width {
                    bits: format.ulWidthInBits,
                    little_endian: format.bLittleEndian != 0,
                }))
            }
            (CK_SP800_108_DKM_LENGTH, _) => length(&structure(bytes)?),
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

/// Tells where the keys are that are derived besides, and how many.
pub(super) fn more(shape: ParamShape, bytes: &[u8]) -> Option<(*mut CK_DERIVED_KEY, CK_ULONG)> {
    // SAFETY: both structures are of C: numbers and pointers.
    unsafe {
        match shape {
            ParamShape::CounterKdf | ParamShape::DoublePipelineKdf => {
                let kdf: CK_SP800_108_KDF_PARAMS = structure(bytes)?;
                Some((kdf.pAdditionalDerivedKeys, kdf.ulAdditionalDerivedKeys))
            }
            ParamShape::FeedbackKdf => {
                let kdf: CK_SP800_108_FEEDBACK_KDF_PARAMS = structure(bytes)?;
                Some((kdf.pAdditionalDerivedKeys, kdf.ulAdditionalDerivedKeys))
            }
            _ => None,
        }
    }
}
