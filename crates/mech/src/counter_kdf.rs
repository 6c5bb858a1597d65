//! Key derivation by a pseudorandom function in counter mode (SP 800-108, 4.1; PKCS#11 3.1, Mechanisms 6.42).

use ck::{Algorithm, AttributeType, Digest, MechanismType, Params, Piece, Width};
use zeroize::Zeroizing;

use crate::ffi::{CmacContext, HmacContext};
use crate::key::LONGEST_SECRET;
use crate::{Error, Key};

/// A pseudorandom function with its key.
enum Function<'a> {
    Cmac(&'a [u8]),
    Hmac(Digest, &'a [u8]),
}

impl<'a> Function<'a> {
    fn new(id: MechanismType, key: &'a Key) -> Result<Self, Error> {
        match ck::mechanism(id).map(|row| row.algorithm) {
            Some(Algorithm::AesCmac { general: false }) => Ok(Self::Cmac(key.aes()?)),
            Some(Algorithm::Hmac {
                digest,
                general: false,
            }) => Ok(Self::Hmac(digest, key.hmac(digest)?)),
            _ => Err(Error::MechanismParamInvalid),
        }
    }

    /// The length of a block in bytes.
    const fn len(&self) -> usize {
        match self {
            Self::Cmac(_) => CmacContext::LEN,
            Self::Hmac(digest, _) => digest.len(),
        }
    }

    fn block(&self, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let block = match self {
            Self::Cmac(key) => {
                let mut context = CmacContext::new(key)?;
                context.update(input)?;
                context.finish()?
            }
            Self::Hmac(digest, key) => HmacContext::mac(*digest, key, &[input])?,
        };
        Ok(Zeroizing::new(block))
    }
}

/// Derives a secret of `wanted` bytes.
pub(crate) fn derive(
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let Params::CounterKdf { function, pieces } = *params else {
        return Err(Error::MechanismParamInvalid);
    };
    check(&pieces)?;
    let function = Function::new(function, key)?;
    let len = wanted.ok_or(Error::TemplateIncomplete(AttributeType::VALUE_LEN))?;
    if !(1..=LONGEST_SECRET).contains(&len) {
        return Err(Error::KeySizeRange);
    }
    let blocks = len.div_ceil(function.len());
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut output = Zeroizing::new(Vec::with_capacity(blocks * function.len()));
    for counter in (1_u64..).take(blocks) {
        let input = input(&pieces, counter, len, blocks * function.len())?;
        output.extend_from_slice(&function.block(&input)?);
    }
    output.truncate(len);
    Ok(output)
}

/// Checks that there is one counter, and at most one length.
fn check(pieces: &[Piece<'_>]) -> Result<(), Error> {
    let count =
        |wanted: fn(&Piece<'_>) -> bool| pieces.iter().filter(|piece| wanted(piece)).count();
    let counters = count(|piece| matches!(piece, Piece::Counter(_)));
    let lengths = count(|piece| matches!(piece, Piece::Length { .. }));
    if counters == 1 && lengths <= 1 {
        Ok(())
    } else {
        Err(Error::MechanismParamInvalid)
    }
}

/// Writes what the function is given for one block.
fn input(
    pieces: &[Piece<'_>],
    counter: u64,
    key_len: usize,
    blocks_len: usize,
) -> Result<Vec<u8>, Error> {
    let mut input = Vec::new();
    for piece in pieces {
        match *piece {
            Piece::Absent => {}
            Piece::Bytes(bytes) => input.extend_from_slice(bytes),
            Piece::Counter(width) => write(counter, width, 32, &mut input)?,
            Piece::Length { blocks, width } => {
                let len = if blocks { blocks_len } else { key_len };
                let bits = u64::try_from(8 * len).map_err(|_| Error::KeySizeRange)?;
                write(bits, width, 64, &mut input)?;
            }
        }
    }
    Ok(input)
}

/// Appends a number of 8, 16 ... bits, at most `widest`, which must hold it: a counter never starts over.
fn write(number: u64, width: Width, widest: u64, out: &mut Vec<u8>) -> Result<(), Error> {
    if width.bits == 0 || width.bits > widest || !width.bits.is_multiple_of(8) {
        return Err(Error::MechanismParamInvalid);
    }
    let bytes = number.to_be_bytes();
    let len = usize::try_from(width.bits / 8).map_err(|_| Error::MechanismParamInvalid)?;
    let (rest, kept) = bytes.split_at(bytes.len() - len);
    if rest.iter().any(|byte| *byte != 0) {
        return Err(Error::KeySizeRange);
    }
    let start = out.len();
    out.extend_from_slice(kept);
    if width.little_endian {
        out[start..].reverse();
    }
    Ok(())
}
