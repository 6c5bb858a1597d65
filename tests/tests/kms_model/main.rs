//! Random lives of keys, on the server and on a reference written from the contract: every answer is compared.
//!
//! The sequences come from a fixed seed; `PROPTEST_CASES` asks for more of them.

#![forbid(unsafe_code)]

mod compare;
mod reference;
mod step;

use std::cell::Cell;

use kit::testing::postgres_url;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use tests::{Chain, Partition, Server, Setup, setting};

/// Sequences on each database where `PROPTEST_CASES` does not say.
const CASES: u32 = 32;

fn run(setup: &Setup) {
    let chain = Chain::start();
    let setup = Setup {
        top: "[quota]\nkeys = 1000000\n".to_owned(),
        ..setup.clone()
    };
    let server = Server::start_as(&chain.token(Partition::Compat), &setup);
    let cases = setting("PROPTEST_CASES").map_or(CASES, |text| text.parse().expect("a number"));
    let config = Config {
        cases,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    // Every sequence, also one that is tried while shrinking, has names of its own.
    let number = Cell::new(0);
    let outcome = runner.run(&step::steps(), |steps| {
        number.set(number.get() + 1);
        compare::run(&server, number.get(), &steps)
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, steps)) => panic!("{reason}\n{steps:#?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

#[test]
fn keys_live_as_the_contract_says_on_sqlite() {
    run(&Setup::default());
}

#[test]
fn keys_live_as_the_contract_says_on_postgresql() {
    run(&Setup::on(postgres_url()));
}
