//! Key derivation by a pseudorandom function, block by block (SP 800-108, 4; PKCS#11 3.1, Mechanisms 6.42).

use ck::{Algorithm, AttributeType, Digest, MOST_PIECES, MechanismType, Params, Piece, Width};
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
                digest: Digest::Md5,
                ..
            }) => Err(Error::MechanismParamInvalid),
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

/// How the blocks hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Each is told by its number (4.1).
    Counter,
    /// Each is made of the one before as well (4.2).
    Feedback,
    /// Each is made of a block of another chain as well (4.3).
    DoublePipeline,
}

/// Derives a secret of `wanted` bytes.
pub(crate) fn derive(
    mode: Mode,
    params: &Params<'_>,
    key: &Key,
    wanted: Option<usize>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (function, chain) = start(mode, params, key)?;
    let len = wanted.ok_or(Error::TemplateIncomplete(AttributeType::VALUE_LEN))?;
    let mut secrets = chain.derive(&function, &[len])?;
    secrets.pop().ok_or(Error::KeySizeRange)
}

/// Derives several secrets, each of which begins with a block.
pub(crate) fn derive_several(
    mode: Mode,
    params: &Params<'_>,
    key: &Key,
    lens: &[usize],
) -> Result<Vec<Zeroizing<Vec<u8>>>, Error> {
    let (function, chain) = start(mode, params, key)?;
    chain.derive(&function, lens)
}

/// Reads the parameters.
fn start<'a, 'k>(
    mode: Mode,
    params: &Params<'a>,
    key: &'k Key,
) -> Result<(Function<'k>, Chain<'a>), Error> {
    let (function, vector, pieces) = match (mode, *params) {
        (Mode::Counter | Mode::DoublePipeline, Params::CounterKdf { function, pieces }) => {
            (function, &[][..], pieces)
        }
        (
            Mode::Feedback,
            Params::FeedbackKdf {
                function,
                vector,
                pieces,
            },
        ) => (function, vector, pieces),
        _ => return Err(Error::MechanismParamInvalid),
    };
    check(mode, &pieces)?;
    let chain = Chain {
        mode,
        vector,
        pieces,
    };
    Ok((Function::new(function, key)?, chain))
}

/// Blocks that hang together.
struct Chain<'a> {
    mode: Mode,
    vector: &'a [u8],
    pieces: [Piece<'a>; MOST_PIECES],
}

impl Chain<'_> {
    fn derive(
        &self,
        function: &Function<'_>,
        lens: &[usize],
    ) -> Result<Vec<Zeroizing<Vec<u8>>>, Error> {
        let fits = |len: &usize| (1..=LONGEST_SECRET).contains(len);
        if !lens.iter().all(fits) {
            return Err(Error::KeySizeRange);
        }
        let size = function.len();
        let blocks: usize = lens.iter().map(|len| len.div_ceil(size)).sum();
        let stream = self.stream(function, blocks, (lens.iter().sum(), blocks * size))?;
        let mut rest = stream.as_slice();
        let secrets = lens.iter().map(|len| {
            let (blocks, others) = rest.split_at(len.next_multiple_of(size));
            rest = others;
            Zeroizing::new(blocks[..*len].to_vec())
        });
        Ok(secrets.collect())
    }

    /// Computes so many blocks. Of the lengths one is that of the keys, and one that of whole blocks.
    fn stream(
        &self,
        function: &Function<'_>,
        blocks: usize,
        lengths: (usize, usize),
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut last = Zeroizing::new(self.vector.to_vec());
        if self.mode == Mode::DoublePipeline {
            // The other chain starts with what stays the same.
            let fixed = self.pieces.map(|piece| match piece {
                Piece::Block | Piece::Counter(_) => Piece::Absent,
                other => other,
            });
            last = input(&fixed, 0, &[], lengths)?;
        }
        // Room for all of it at once: a buffer that grows leaves copies behind.
        let mut output = Zeroizing::new(Vec::with_capacity(lengths.1));
        for counter in (1_u64..).take(blocks) {
            if self.mode == Mode::DoublePipeline {
                last = function.block(&last)?;
            }
            let block = function.block(&input(&self.pieces, counter, &last, lengths)?)?;
            output.extend_from_slice(&block);
            if self.mode == Mode::Feedback {
                last = block;
            }
        }
        Ok(output)
    }
}

/// Checks that there is one piece that differs from block to block as the mode has it, and no other twice.
fn check(mode: Mode, pieces: &[Piece<'_>]) -> Result<(), Error> {
    let count =
        |wanted: fn(&Piece<'_>) -> bool| pieces.iter().filter(|piece| wanted(piece)).count();
    let counters = count(|piece| matches!(piece, Piece::Counter(_)));
    let blocks = count(|piece| matches!(piece, Piece::Block));
    let lengths = count(|piece| matches!(piece, Piece::Length { .. }));
    let fits = match mode {
        Mode::Counter => counters == 1 && blocks == 0,
        Mode::Feedback | Mode::DoublePipeline => counters <= 1 && blocks == 1,
    };
    if fits && lengths <= 1 {
        Ok(())
    } else {
        Err(Error::MechanismParamInvalid)
    }
}

/// Writes what the function is given for one block. Of the lengths one is that of the key, and one that of whole blocks.
fn input(
    pieces: &[Piece<'_>],
    counter: u64,
    last: &[u8],
    (key_len, blocks_len): (usize, usize),
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let bytes = pieces.iter().map(|piece| match piece {
        Piece::Bytes(bytes) => bytes.len(),
        _ => size_of::<u64>(),
    });
    // Room for all of it at once, since blocks are secret.
    let mut input = Zeroizing::new(Vec::with_capacity(last.len() + bytes.sum::<usize>()));
    for piece in pieces {
        match *piece {
            Piece::Absent => {}
            Piece::Block => input.extend_from_slice(last),
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
