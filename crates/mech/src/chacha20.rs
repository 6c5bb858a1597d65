//! ChaCha20 (RFC 8439, 2.4; PKCS#11 3.1, Mechanisms 6.58).

use ck::Params;
use zeroize::Zeroizing;

use crate::ffi::chacha20;
use crate::{Cipher, Error, Key};

/// The length of a block of the key stream in bytes.
const BLOCK: usize = 64;
/// How many blocks the library's counter of 32 bits has.
const WRAP: u64 = 1 << 32;

/// An encryption, which is a decryption as well.
pub(crate) struct ChaCha20 {
    key: Zeroizing<[u8; 32]>,
    /// What the state has after the counter's first 32 bits; of a wide counter, the rest is written in front.
    nonce: [u8; 12],
    wide: bool,
    counter: u64,
    /// How many bytes are left until the counter would start over.
    remaining: u128,
    /// What is left of the last block of the key stream.
    rest: Zeroizing<Vec<u8>>,
}

impl ChaCha20 {
    /// Starts the cipher. The parameter is the end of the cipher's state: the counter, its least significant byte first, and
    /// the nonce, in 4 and 12 bytes or in 8 and 8.
    pub(crate) fn new(key: &Key, params: &Params<'_>) -> Result<Self, Error> {
        let Params::Counter {
            counter_bits,
            block,
        } = *params
        else {
            return Err(Error::MechanismParamInvalid);
        };
        let wide = match counter_bits {
            32 => false,
            64 => true,
            _ => return Err(Error::MechanismParamInvalid),
        };
        let state = u128::from_le_bytes(block);
        let mask = if wide { u64::MAX } else { WRAP - 1 };
        let counter =
            u64::try_from(state & u128::from(mask)).map_err(|_| Error::MechanismParamInvalid)?;
        let mut nonce = [0; 12];
        nonce.copy_from_slice(&block[4..]);
        let blocks = u128::from(mask - counter) + 1;
        Ok(Self {
            key: Zeroizing::new(*key.chacha20()?),
            nonce,
            wide,
            counter,
            remaining: blocks * 64,
            rest: Zeroizing::default(),
        })
    }

    /// Adds the key stream from the next block on.
    fn stream(&mut self, input: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut output = Zeroizing::new(vec![0; input.len()]);
        let mut done = 0;
        while done < input.len() {
            // The library does not carry into what is above its own counter.
            let until_wrap = WRAP - self.counter % WRAP;
            let most = usize::try_from(until_wrap)
                .unwrap_or(usize::MAX)
                .saturating_mul(BLOCK);
            let len = most.min(input.len() - done);
            let mut nonce = self.nonce;
            let [low, high] = [self.counter % WRAP, self.counter / WRAP];
            if self.wide {
                nonce[..4].copy_from_slice(&high.to_le_bytes()[..4]);
            }
            let low = u32::try_from(low).expect("a remainder by 2^32 has 32 bits");
            let piece = done..done + len;
            chacha20(
                &self.key,
                &nonce,
                low,
                &input[piece.clone()],
                &mut output[piece],
            );
            let blocks = u64::try_from(len.div_ceil(BLOCK)).unwrap_or(u64::MAX);
            self.counter = self.counter.wrapping_add(blocks);
            done += len;
        }
        output
    }
}

impl Cipher for ChaCha20 {
    fn update(&mut self, part: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let len = u128::try_from(part.len()).map_err(|_| Error::DataLenRange)?;
        self.remaining = self.remaining.checked_sub(len).ok_or(Error::DataLenRange)?;
        let (first, part) = part.split_at(part.len().min(self.rest.len()));
        out.extend(
            first
                .iter()
                .zip(self.rest.iter())
                .map(|(byte, key)| byte ^ key),
        );
        self.rest.drain(..first.len());
        let (whole, last) = part.split_at(part.len() - part.len() % BLOCK);
        out.extend_from_slice(&self.stream(whole));
        if !last.is_empty() {
            let key_stream = self.stream(&[0; BLOCK]);
            out.extend(
                last.iter()
                    .zip(key_stream.iter())
                    .map(|(byte, key)| byte ^ key),
            );
            self.rest = Zeroizing::new(key_stream[last.len()..].to_vec());
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _out: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }

    fn update_len(&self, part_len: usize) -> usize {
        part_len
    }

    fn finish_len(&self) -> usize {
        0
    }

    fn whole_len(&self, len: usize) -> usize {
        len
    }
}
