//! What the core costs. Figures depend on the machine, so these run only when asked for:
//! `cargo nextest run -p token --release --run-ignored only speed`.

use std::time::Instant;

use ck::AttributeType as A;

use crate::tests::bench::{Bench, DATA, TRUE};

/// Signs per second with so many threads.
fn signs_per_second(bench: &Bench, threads: usize, key: u64) -> f64 {
    const EACH: usize = 10_000;
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let client = bench.client();
                let session = client.open_user();
                for _ in 0..EACH {
                    client.sign_ecdsa(session, key, &[7; 32]).unwrap();
                }
            });
        }
    });
    (EACH * threads) as f64 / start.elapsed().as_secs_f64()
}

#[test]
#[ignore = "measures"]
fn signing_does_not_depend_on_the_number_of_objects() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (_, key) = client.generate_ec(session, &[(A::TOKEN, TRUE)]).unwrap();
    let (one, two) = (
        signs_per_second(&bench, 1, key),
        signs_per_second(&bench, 2, key),
    );
    for _ in 0..10_000 {
        client.create(session, DATA).unwrap();
    }
    let full = signs_per_second(&bench, 2, key);
    eprintln!("P-256: {one:.0}/s one thread, {two:.0}/s two, {full:.0}/s beside 10,000 objects");
    let start = Instant::now();
    for _ in 0..1000 {
        client.find(session, &[(A::LABEL, b"not there")]).unwrap();
    }
    eprintln!("find by label: {:?} each", start.elapsed() / 1000);
    assert!(full > 0.8 * two);
}
