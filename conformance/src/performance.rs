//! Operations per second and latency, by mechanism, threads and message size.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use cryptoki_sys::*;
use serde::{Deserialize, Serialize};

use crate::c::{Mechanism, Object, Out, Rv, Session, Structure, names};
use crate::case::Outcome;
use crate::context::Context;
use crate::report::model::Measurement;

/// What is measured, and how long.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Plan {
    /// How long each measurement takes.
    pub(crate) seconds: f64,
    /// How many threads, one measurement each.
    pub(crate) threads: Vec<usize>,
}

/// One operation of a thread: `Err` is a return code that ends the measurement.
type Operation = fn(&Context<'_>, Session, Object, &[u8]) -> Result<(), Rv>;

/// A kind of measurement.
struct Row {
    kind: CK_MECHANISM_TYPE,
    flag: CK_FLAGS,
    operation: &'static str,
    key_bits: Option<u64>,
    sizes: &'static [usize],
    key: fn(&Context<'_>, Session) -> Outcome<Object>,
    run: Operation,
}

const BLOCKS: &[usize] = &[64, 1024, 65536];
const HASH: &[usize] = &[32];

#[rustfmt::skip] // A table reads by its columns.
const ROWS: &[Row] = &[
    Row { kind: CKM_SHA256,          flag: CKF_DIGEST,  operation: "digest",  key_bits: None,       sizes: BLOCKS, key: no_key,     run: digest },
    Row { kind: CKM_SHA256_HMAC,     flag: CKF_SIGN,    operation: "sign",    key_bits: Some(256),  sizes: BLOCKS, key: secret_key, run: |cx, session, key, data| sign(cx, session, key, data, CKM_SHA256_HMAC) },
    Row { kind: CKM_AES_CBC,         flag: CKF_ENCRYPT, operation: "encrypt", key_bits: Some(256),  sizes: BLOCKS, key: aes_key,    run: |cx, session, key, data| encrypt(cx, session, key, data, &Mechanism::with_bytes(CKM_AES_CBC, &[7; 16])) },
    Row { kind: CKM_AES_GCM,         flag: CKF_ENCRYPT, operation: "encrypt", key_bits: Some(256),  sizes: BLOCKS, key: aes_key,    run: |cx, session, key, data| encrypt(cx, session, key, data, &gcm()) },
    Row { kind: CKM_RSA_PKCS,        flag: CKF_SIGN,    operation: "sign",    key_bits: Some(2048), sizes: HASH,   key: rsa_key,    run: |cx, session, key, data| sign(cx, session, key, data, CKM_RSA_PKCS) },
    Row { kind: CKM_SHA256_RSA_PKCS, flag: CKF_SIGN,    operation: "sign",    key_bits: Some(2048), sizes: &[1024], key: rsa_key,   run: |cx, session, key, data| sign(cx, session, key, data, CKM_SHA256_RSA_PKCS) },
    Row { kind: CKM_ECDSA,           flag: CKF_SIGN,    operation: "sign",    key_bits: Some(256),  sizes: HASH,   key: ec_key,     run: |cx, session, key, data| sign(cx, session, key, data, CKM_ECDSA) },
    Row { kind: CKM_AES_KEY_GEN,     flag: CKF_GENERATE, operation: "generate", key_bits: Some(256), sizes: &[0],  key: no_key,     run: generate },
];

/// Measures every row that the slot lists.
///
/// # Errors
/// If no session can be opened.
pub(crate) fn measure(cx: &mut Context<'_>, plan: &Plan) -> Outcome<Vec<Measurement>> {
    let session = cx.session()?;
    cx.c.trace().pause();
    let mut measurements = Vec::new();
    for row in ROWS {
        if cx.mechanism(row.kind, row.flag).is_err() {
            continue;
        }
        // A key that the module does not make leaves the row out: there is nothing to measure.
        let Ok(key) = (row.key)(cx, session) else {
            continue;
        };
        for size in row.sizes {
            for threads in &plan.threads {
                measurements.extend(one(cx, row, key, *size, *threads, plan.seconds));
            }
        }
    }
    Ok(measurements)
}

/// Runs one operation on some threads for some time; none where the module refuses it.
fn one(
    cx: &Context<'_>,
    row: &Row,
    key: Object,
    size: usize,
    threads: usize,
    seconds: f64,
) -> Option<Measurement> {
    let data = vec![0x61; size];
    let start = Barrier::new(threads);
    let span = Duration::from_secs_f64(seconds);
    let runs: Option<Vec<(Vec<Duration>, Duration)>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| worker(cx, row, key, &data, &start, span)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().ok().flatten())
            .collect()
    });
    let runs = runs?;
    let per_second = runs
        .iter()
        .map(|(times, took)| count(times.len()) / took.as_secs_f64())
        .sum();
    let mut times: Vec<Duration> = runs.into_iter().flat_map(|(times, _)| times).collect();
    times.sort_unstable();
    Some(Measurement {
        mechanism: names::name(names::MECHANISMS, row.kind),
        operation: row.operation.to_owned(),
        key_bits: row.key_bits,
        threads: u32::try_from(threads).ok()?,
        bytes: u64::try_from(size).ok()?,
        per_second,
        p50_us: percentile(&times, 50)?,
        p99_us: percentile(&times, 99)?,
    })
}

/// Repeats the operation in a session of its own; returns how long each took, and all of them together.
fn worker(
    cx: &Context<'_>,
    row: &Row,
    key: Object,
    data: &[u8],
    start: &Barrier,
    span: Duration,
) -> Option<(Vec<Duration>, Duration)> {
    let (rv, session) = cx.c.open_read_write(cx.slot);
    // One that cannot begin still meets the others, who wait for all.
    let warm = rv.is_ok() && (row.run)(cx, session, key, data).is_ok();
    start.wait();
    let began = Instant::now();
    let mut times = Vec::new();
    while warm && (times.is_empty() || began.elapsed() < span) {
        let one = Instant::now();
        if (row.run)(cx, session, key, data).is_err() {
            return None;
        }
        times.push(one.elapsed());
    }
    let took = began.elapsed();
    cx.c.close_session(session);
    warm.then_some((times, took))
}

/// Returns the time in microseconds that so many of a hundred stay under.
fn percentile(sorted: &[Duration], percent: usize) -> Option<f64> {
    let index = (sorted.len() * percent / 100).min(sorted.len().checked_sub(1)?);
    Some(sorted[index].as_secs_f64() * 1e6)
}

fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

fn no_key(_: &Context<'_>, _: Session) -> Outcome<Object> {
    Ok(Object(0))
}

fn aes_key(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    cx.aes(session, 32, &[CKA_ENCRYPT])
}

fn secret_key(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    cx.import_secret(session, CKK_GENERIC_SECRET, &[9; 32], &[CKA_SIGN])
}

fn rsa_key(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    Ok(cx.rsa(session, &[CKA_VERIFY], &[CKA_SIGN])?.private)
}

fn ec_key(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    Ok(cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])?.private)
}

fn gcm() -> Mechanism {
    Mechanism::with(
        CKM_AES_GCM,
        Structure::new()
            .counted(&[5; 12])
            .number(96)
            .null()
            .number(0)
            .number(128),
    )
}

fn done(rv: Rv) -> Result<(), Rv> {
    if rv.is_ok() { Ok(()) } else { Err(rv) }
}

fn digest(cx: &Context<'_>, session: Session, _: Object, data: &[u8]) -> Result<(), Rv> {
    done(cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256))))?;
    done(cx.c.digest(session, data, Out::Room(32)).rv)
}

fn sign(
    cx: &Context<'_>,
    session: Session,
    key: Object,
    data: &[u8],
    kind: CK_MECHANISM_TYPE,
) -> Result<(), Rv> {
    done(cx.c.sign_init(session, Some(&Mechanism::new(kind)), key))?;
    done(cx.c.sign(session, data, Out::Room(512)).rv)
}

fn encrypt(
    cx: &Context<'_>,
    session: Session,
    key: Object,
    data: &[u8],
    mechanism: &Mechanism,
) -> Result<(), Rv> {
    done(cx.c.encrypt_init(session, Some(mechanism), key))?;
    done(cx.c.encrypt(session, data, Out::Room(data.len() + 32)).rv)
}

fn generate(cx: &Context<'_>, session: Session, _: Object, _: &[u8]) -> Result<(), Rv> {
    let template = crate::keys::secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 32);
    let (rv, key) =
        cx.c.generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), &template);
    done(rv)?;
    done(cx.c.destroy_object(session, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let times: Vec<_> = (1..=200).map(Duration::from_micros).collect();
        assert_eq!(percentile(&times, 50).map(f64::round), Some(101.0));
        assert_eq!(percentile(&times, 99).map(f64::round), Some(199.0));
        assert_eq!(percentile(&times[..1], 99).map(f64::round), Some(1.0));
        assert_eq!(percentile(&[], 99), None);
    }
}
