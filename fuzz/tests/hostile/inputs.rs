//! Inputs: sound ones with faults put in, and plain noise.

use std::time::Duration;

/// How many inputs a target gets as a test: about a second in a debug build.
const INPUTS: u64 = 4_000;

/// The longest plain noise, in bytes.
const NOISE_BYTES: u64 = 512;

/// The most faults put into one sound input.
const FAULTS: u64 = 4;

/// Numbers that lengths and counts break at.
const EDGES: [u8; 6] = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

/// Feeds a target.
pub(super) fn run(name: &str, samples: &[Vec<u8>], target: fn(&[u8])) {
    for sample in samples {
        target(sample);
    }
    match fuzz_seconds() {
        Some(seconds) => fuzz(name, samples, target, seconds),
        None => (0..INPUTS).for_each(|seed| target(&input(samples, &mut Random(seed)))),
    }
}

/// Reads how long fuzzing was asked for.
fn fuzz_seconds() -> Option<u64> {
    let text = std::env::var_os("DEW_FUZZ_SECONDS")?;
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    Some(seconds.expect("DEW_FUZZ_SECONDS is a number of seconds"))
}

/// Half of the time goes to bytes that the engine makes, half to sound inputs with faults that it chooses.
fn fuzz(name: &str, samples: &[Vec<u8>], target: fn(&[u8]), seconds: u64) {
    let half = Duration::from_millis(seconds * 500);
    eprintln!("{name}: {seconds} s");
    bolero::check!()
        .with_test_time(half)
        .for_each(|bytes: &[u8]| target(bytes));
    bolero::check!()
        .with_test_time(half)
        .with_type::<u64>()
        .for_each(|seed: &u64| target(&input(samples, &mut Random(*seed))));
}

/// Makes an input: one in four is noise, the others are a sample with faults.
fn input(samples: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    if samples.is_empty() || random.below(4) == 0 {
        let length = random.below(NOISE_BYTES);
        return (0..length).map(|_| random.byte()).collect();
    }
    let mut bytes = samples[random.index(samples.len())].clone();
    for _ in 0..=random.below(FAULTS) {
        put_fault(&mut bytes, random);
    }
    bytes
}

/// Changes, cuts, repeats or adds bytes at a place by chance.
fn put_fault(bytes: &mut Vec<u8>, random: &mut Random) {
    let place = random.index(bytes.len().max(1)).min(bytes.len());
    match (random.below(5), bytes.get_mut(place)) {
        (0, Some(byte)) => *byte ^= 1 << random.below(8),
        (1, Some(byte)) => *byte = EDGES[random.index(EDGES.len())],
        (2, Some(byte)) => *byte = random.byte(),
        (3, _) => bytes.truncate(place),
        _ => {
            let again = bytes[place..].to_vec();
            bytes.push(random.byte());
            bytes.extend(again);
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same seed gives the same inputs everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn index(&mut self, length: usize) -> usize {
        let limit = u64::try_from(length).expect("a length is at most 64 bits");
        usize::try_from(self.below(limit)).expect("what is below a length is one")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}
