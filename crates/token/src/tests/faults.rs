//! A commit that fails leaves nothing half done, and the next call is right.

use crate::Profile;
use ck::{AttributeType, Rv};
use store::Fault;

use crate::tests::bench::{Bench, DATA, SO_PIN, TRUE, USER_PIN};

const FAULTS: [Fault; 2] = [Fault::BeforeApplying, Fault::AfterApplying];

/// Makes the commit after `earlier` others fail in both ways and checks the answer, then lets `check` look. At last the
/// HSM is opened again and must agree with what memory had.
fn failing(
    earlier: u64,
    prepare: impl Fn(&Bench) -> u64,
    attempt: impl Fn(&Bench, u64) -> Result<(), Rv>,
    check: impl Fn(&Bench, u64, Fault),
) {
    for fault in FAULTS {
        let mut bench = Bench::compat();
        let prepared = prepare(&bench);
        bench.store.fail_commit(earlier + 1, fault);
        assert_eq!(
            attempt(&bench, prepared),
            Err(Rv::DEVICE_ERROR),
            "{fault:?}"
        );
        check(&bench, prepared, fault);
        let found = |bench: &Bench| {
            let client = bench.client();
            let session = client.open_user();
            client.find(session, &[]).unwrap()
        };
        let before = found(&bench);
        bench.restart();
        assert_eq!(found(&bench), before, "{fault:?}");
    }
}

fn made(bench: &Bench) -> u64 {
    let client = bench.client();
    client.create(client.open(), DATA).unwrap()
}

#[test]
fn creating() {
    for first in [true, false] {
        failing(
            0,
            // The first object of a start also sets serial numbers aside, in the same batch.
            |bench| if first { 0 } else { made(bench) },
            |bench, _| {
                let client = bench.client();
                client.create(client.open(), DATA).map(drop)
            },
            |bench, _, _| {
                let client = bench.client();
                let session = client.open();
                let before = client.find(session, &[]).unwrap();
                let next = client.create(session, DATA).unwrap();
                assert!(!before.contains(&next));
                assert_eq!(client.find(session, &[]).unwrap().len(), before.len() + 1);
            },
        );
    }
}

#[test]
fn generating_a_pair() {
    failing(
        // The two of the login.
        2,
        |_| 0,
        |bench, _| {
            let client = bench.client();
            client
                .generate_ec(client.open_user(), &[(AttributeType::TOKEN, TRUE)])
                .map(drop)
        },
        |bench, _, _| {
            let client = bench.client();
            let session = client.open_user();
            let (_, key) = client
                .generate_ec(session, &[(AttributeType::TOKEN, TRUE)])
                .unwrap();
            assert!(client.sign_ecdsa(session, key, &[1; 32]).is_ok());
        },
    );
}

#[test]
fn changing() {
    let set = |bench: &Bench, object| {
        let client = bench.client();
        client.set(client.open(), object, &[(AttributeType::LABEL, b"other")])
    };
    failing(0, made, set, |bench, object, fault| {
        let client = bench.client();
        let label = client
            .get(client.open(), object, AttributeType::LABEL)
            .unwrap();
        let expected: &[u8] = if fault == Fault::BeforeApplying {
            b"notes"
        } else {
            b"other"
        };
        assert_eq!(label, expected);
        assert_eq!(set(bench, object), Ok(()));
    });
}

#[test]
fn destroying() {
    let destroy = |bench: &Bench, object| {
        let client = bench.client();
        client.destroy(client.open(), object)
    };
    failing(0, made, destroy, |bench, object, fault| {
        let again = destroy(bench, object);
        match fault {
            Fault::BeforeApplying => assert_eq!(again, Ok(())),
            Fault::AfterApplying => assert_eq!(again, Err(Rv::OBJECT_HANDLE_INVALID)),
        }
    });
}

#[test]
fn setting_a_pin() {
    for fault in FAULTS {
        let bench = Bench::compat();
        let client = bench.client();
        let session = client.open();
        // The first commit counts the attempt, the second has the new PIN.
        bench.store.fail_commit(2, fault);
        assert_eq!(
            client.set_pin(session, USER_PIN, b"another-pin"),
            Err(Rv::DEVICE_ERROR)
        );
        let right = if fault == Fault::BeforeApplying {
            USER_PIN
        } else {
            b"another-pin"
        };
        assert_eq!(client.login(session, 1, right), Ok(()), "{fault:?}");
    }
}

#[test]
fn initialising_a_token() {
    for fault in FAULTS {
        let mut bench = Bench::compat();
        let client = bench.client();
        let session = client.open_user();
        client.create(session, DATA).unwrap();
        client.close();
        bench.store.fail_commit(2, fault);
        assert_eq!(bench.client().init_token(1, SO_PIN), Err(Rv::DEVICE_ERROR));
        let kept = usize::from(fault == Fault::BeforeApplying);
        for left in kept..kept + 2 {
            let client = bench.client();
            let session = client.open();
            assert_eq!(client.find(session, &[]).unwrap().len(), left);
            client.create(session, DATA).unwrap();
            bench.restart();
        }
    }
}

#[test]
fn making_and_deleting_a_partition() {
    let actor = || audit::Actor::System;
    for fault in FAULTS {
        let mut bench = Bench::compat();
        let create = |bench: &Bench, name: &str| {
            bench
                .hsm
                .create_partition(name, Profile::Strict, actor(), None)
                .map(drop)
        };
        bench.store.fail_commit(1, fault);
        create(&bench, "two").unwrap_err();
        assert_eq!(
            create(&bench, "two").is_ok(),
            fault == Fault::BeforeApplying
        );
        create(&bench, "three").unwrap();
        bench.store.fail_commit(1, fault);
        bench
            .hsm
            .delete_partition("two", actor(), None)
            .unwrap_err();
        let again = bench.hsm.delete_partition("two", actor(), None);
        assert_eq!(again.is_ok(), fault == Fault::BeforeApplying);
        let before = bench.hsm.partitions();
        bench.restart();
        assert_eq!(bench.hsm.partitions(), before);
        assert_eq!(before.len(), 2);
    }
}
