//! Operations per second and latency, by mechanism, threads and message size.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use cryptoki_sys::*;
use serde::{Deserialize, Serialize};

use crate::c::{Function, Mechanism, Object, Out, Rv, Session, Structure, Template, names};
use crate::case::Outcome;
use crate::context::Context;
use crate::keys::{Pair, secret};
use crate::report::model::Measurement;

/// What is measured, and how long.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Plan {
    /// How long each measurement takes.
    pub(crate) seconds: f64,
    /// How many threads, one measurement each.
    pub(crate) threads: Vec<usize>,
}

/// What a thread does its operations with.
struct Worker<'a> {
    cx: &'a Context<'a>,
    session: Session,
    keys: Pair,
    data: &'a [u8],
    /// A signature over the data, once there is one.
    signature: Vec<u8>,
}

/// One operation of a thread: `Err` is a return code that ends the measurement.
type Operation = fn(&mut Worker<'_>) -> Result<(), Rv>;

/// What is measured.
enum What {
    /// A mechanism, which has to be listed with this flag.
    Mechanism(CK_MECHANISM_TYPE, CK_FLAGS),
    /// A function that has no mechanism.
    Function(Function),
}

impl What {
    fn is_listed(&self, cx: &Context<'_>) -> bool {
        match self {
            Self::Mechanism(kind, flag) => cx.mechanism(*kind, *flag).is_ok(),
            Self::Function(function) => cx.c.has(*function),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Mechanism(kind, _) => names::name(names::MECHANISMS, *kind),
            Self::Function(function) => function.to_string(),
        }
    }
}

/// A kind of measurement.
struct Row {
    what: What,
    operation: &'static str,
    key_bits: Option<u64>,
    sizes: &'static [usize],
    /// Makes the objects that the operation uses; the other is invalid where it uses one, both where it uses none.
    keys: fn(&Context<'_>, Session) -> Outcome<Pair>,
    run: Operation,
}

const BLOCKS: &[usize] = &[64, 1024, 65536];
const HASH: &[usize] = &[32];
const NO_DATA: &[usize] = &[0];

/// Makes a row of the table.
const fn row(
    mechanism: CK_MECHANISM_TYPE,
    flag: CK_FLAGS,
    operation: &'static str,
    key_bits: Option<u64>,
    sizes: &'static [usize],
    keys: fn(&Context<'_>, Session) -> Outcome<Pair>,
    run: Operation,
) -> Row {
    Row {
        what: What::Mechanism(mechanism, flag),
        operation,
        key_bits,
        sizes,
        keys,
        run,
    }
}

/// Makes a row of an operation that has no mechanism.
const fn plain(
    function: Function,
    operation: &'static str,
    sizes: &'static [usize],
    run: Operation,
) -> Row {
    Row {
        what: What::Function(function),
        operation,
        key_bits: None,
        sizes,
        keys: no_key,
        run,
    }
}

#[rustfmt::skip] // A table reads by its columns.
const ROWS: &[Row] = &[
    row(CKM_SHA256,          CKF_DIGEST,   "digest",      None,       BLOCKS,  no_key,     digest),
    row(CKM_SHA256_HMAC,     CKF_SIGN,     "sign",        Some(256),  BLOCKS,  secret_key, |one| one.sign(CKM_SHA256_HMAC).map(drop)),
    row(CKM_SHA256_HMAC,     CKF_SIGN,     "sign-verify", Some(256),  BLOCKS,  secret_key, |one| one.sign_verify(CKM_SHA256_HMAC)),
    row(CKM_AES_CBC,         CKF_ENCRYPT,  "encrypt",     Some(256),  BLOCKS,  aes_key,    |one| one.encrypt(&Mechanism::with_bytes(CKM_AES_CBC, &[7; 16]))),
    row(CKM_AES_GCM,         CKF_ENCRYPT,  "encrypt",     Some(256),  BLOCKS,  aes_key,    |one| one.encrypt(&gcm())),
    row(CKM_RSA_PKCS,        CKF_SIGN,     "sign",        Some(2048), HASH,    rsa_keys,   |one| one.sign(CKM_RSA_PKCS).map(drop)),
    row(CKM_RSA_PKCS,        CKF_VERIFY,   "verify",      Some(2048), HASH,    rsa_keys,   |one| one.verify(CKM_RSA_PKCS)),
    row(CKM_SHA256_RSA_PKCS, CKF_SIGN,     "sign",        Some(2048), &[1024], rsa_keys,   |one| one.sign(CKM_SHA256_RSA_PKCS).map(drop)),
    row(CKM_ECDSA,           CKF_SIGN,     "sign",        Some(256),  HASH,    ec_keys,    |one| one.sign(CKM_ECDSA).map(drop)),
    row(CKM_ECDSA,           CKF_VERIFY,   "verify",      Some(256),  HASH,    ec_keys,    |one| one.verify(CKM_ECDSA)),
    row(CKM_AES_KEY_GEN,     CKF_GENERATE, "generate",    Some(256),  NO_DATA, no_key,     generate),
    plain(Function::C_GenerateRandom, "random",     &[32, 1024], random),
    plain(Function::C_FindObjects,    "find",       NO_DATA,     find),
    plain(Function::C_OpenSession,    "open-close", NO_DATA,     open_session),
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
        if !row.what.is_listed(cx) {
            continue;
        }
        // A key that the module does not make leaves the row out: there is nothing to measure.
        let Ok(keys) = (row.keys)(cx, session) else {
            continue;
        };
        for size in row.sizes {
            for threads in &plan.threads {
                measurements.extend(one(cx, row, keys, *size, *threads, plan.seconds));
            }
        }
    }
    Ok(measurements)
}

/// Runs one operation on some threads for some time; none where the module refuses it.
fn one(
    cx: &Context<'_>,
    row: &Row,
    keys: Pair,
    size: usize,
    threads: usize,
    seconds: f64,
) -> Option<Measurement> {
    let data = vec![0x61; size];
    let start = Barrier::new(threads);
    let span = Duration::from_secs_f64(seconds);
    let runs: Option<Vec<(Vec<Duration>, Duration)>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| worker(cx, row, keys, &data, &start, span)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().ok().flatten())
            .collect()
    });
    let runs = runs?;
    let per_second = runs
        .iter()
        .map(|(times, took)| rate(times.len(), *took))
        .sum();
    let mut times: Vec<Duration> = runs.into_iter().flat_map(|(times, _)| times).collect();
    times.sort_unstable();
    Some(Measurement {
        mechanism: row.what.name(),
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
    keys: Pair,
    data: &[u8],
    start: &Barrier,
    span: Duration,
) -> Option<(Vec<Duration>, Duration)> {
    let (rv, session) = cx.c.open_read_write(cx.slot);
    // One that cannot begin still meets the others, who wait for all.
    let mut worker = Worker {
        cx,
        session,
        keys,
        data,
        signature: Vec::new(),
    };
    let warm = rv.is_ok() && (row.run)(&mut worker).is_ok();
    start.wait();
    let began = Instant::now();
    let mut times = Vec::new();
    while warm && (times.is_empty() || began.elapsed() < span) {
        let one = Instant::now();
        if (row.run)(&mut worker).is_err() {
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

/// Returns how many there were in a second; a clock that did not move in between counts its smallest step.
fn rate(count: usize, took: Duration) -> f64 {
    let took = took.max(Duration::from_nanos(1));
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

/// No object.
const NONE: Object = Object(CK_INVALID_HANDLE);

fn no_key(_: &Context<'_>, _: Session) -> Outcome<Pair> {
    Ok(Pair {
        public: NONE,
        private: NONE,
    })
}

/// One key for both directions.
fn alone(key: Object) -> Pair {
    Pair {
        public: key,
        private: key,
    }
}

fn aes_key(cx: &Context<'_>, session: Session) -> Outcome<Pair> {
    cx.aes(session, 32, &[CKA_ENCRYPT]).map(alone)
}

fn secret_key(cx: &Context<'_>, session: Session) -> Outcome<Pair> {
    let usages = [CKA_SIGN, CKA_VERIFY];
    cx.import_secret(session, CKK_GENERIC_SECRET, &[9; 32], &usages)
        .map(alone)
}

fn rsa_keys(cx: &Context<'_>, session: Session) -> Outcome<Pair> {
    cx.rsa(session, &[CKA_VERIFY], &[CKA_SIGN])
}

fn ec_keys(cx: &Context<'_>, session: Session) -> Outcome<Pair> {
    cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])
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

impl Worker<'_> {
    fn sign(&self, kind: CK_MECHANISM_TYPE) -> Result<Vec<u8>, Rv> {
        let c = self.cx.c;
        let mechanism = Mechanism::new(kind);
        done(c.sign_init(self.session, Some(&mechanism), self.keys.private))?;
        let output = c.sign(self.session, self.data, Out::Room(512));
        done(output.rv)?;
        Ok(output.bytes)
    }

    /// Verifies; the signature is made the first time, which is not measured.
    fn verify(&mut self, kind: CK_MECHANISM_TYPE) -> Result<(), Rv> {
        if self.signature.is_empty() {
            self.signature = self.sign(kind)?;
        }
        let c = self.cx.c;
        let mechanism = Mechanism::new(kind);
        done(c.verify_init(self.session, Some(&mechanism), self.keys.public))?;
        done(c.verify(self.session, self.data, &self.signature))
    }

    fn sign_verify(&mut self, kind: CK_MECHANISM_TYPE) -> Result<(), Rv> {
        self.signature = self.sign(kind)?;
        self.verify(kind)
    }

    fn encrypt(&self, mechanism: &Mechanism) -> Result<(), Rv> {
        let c = self.cx.c;
        done(c.encrypt_init(self.session, Some(mechanism), self.keys.private))?;
        let room = Out::Room(self.data.len() + 32);
        done(c.encrypt(self.session, self.data, room).rv)
    }
}

fn digest(one: &mut Worker<'_>) -> Result<(), Rv> {
    let c = one.cx.c;
    done(c.digest_init(one.session, Some(&Mechanism::new(CKM_SHA256))))?;
    done(c.digest(one.session, one.data, Out::Room(32)).rv)
}

fn generate(one: &mut Worker<'_>) -> Result<(), Rv> {
    let c = one.cx.c;
    let template = secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 32);
    let mechanism = Mechanism::new(CKM_AES_KEY_GEN);
    let (rv, key) = c.generate_key(one.session, &mechanism, &template);
    done(rv)?;
    done(c.destroy_object(one.session, key))
}

fn random(one: &mut Worker<'_>) -> Result<(), Rv> {
    let c = one.cx.c;
    done(c.generate_random(one.session, one.data.len()).0)
}

/// Looks for what is not there, among all that is.
fn find(one: &mut Worker<'_>) -> Result<(), Rv> {
    let nothing = Template::class(CKO_SECRET_KEY).text(CKA_LABEL, "dew-conformance: nowhere");
    one.cx.c.find(one.session, &nothing).map(drop)
}

fn open_session(one: &mut Worker<'_>) -> Result<(), Rv> {
    let c = one.cx.c;
    let (rv, session) = c.open_read_only(one.cx.slot);
    done(rv)?;
    done(c.close_session(session))
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

    #[test]
    fn a_rate_is_a_number_whatever_the_clock_says() {
        let half = rate(10, Duration::from_millis(500));
        assert!((half - 20.0).abs() < 1e-9);
        assert!(rate(1, Duration::ZERO).is_finite());
    }
}
