//! Many objects. The size is small unless `DEW_SCALE_OBJECTS` says more (`cargo xtask deep`); what it took is printed.

use std::time::Instant;

use ck::{AttributeType as A, ObjectClass, Rv};
use proto::{Call, Handler};
use store::SqliteStore;

use crate::Profile;
use crate::tests::bench::{Bench, Client, FALSE, Got, TRUE, USER_PIN, attributes, ulong};

/// How many clients make the objects.
const MAKERS: usize = 16;

/// How many objects there are.
#[expect(
    clippy::disallowed_methods,
    reason = "tests that run as long as they are told read it from their environment"
)]
fn size() -> u64 {
    let asked = std::env::var("DEW_SCALE_OBJECTS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(3_000)
}

/// What of this process is in memory, in MiB.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4 / 1024
}

/// Runs a step and says how long it took.
fn step<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    let (took, resident) = (start.elapsed(), resident());
    eprintln!("{what:40} {took:12.1?} {resident:6} MiB");
    result
}

/// Lists what matches a template in pages, and gives how many there are.
fn list(client: &Client, session: u64, template: &[(A, &[u8])]) -> Got<u64> {
    client.call(Call::FindObjectsInit, session, |caller, session| {
        caller.find_objects_init(session, &attributes(template))
    })?;
    let mut count = 0;
    let mut last = 0;
    loop {
        let mut page = Vec::new();
        client.call(Call::FindObjects, session, |caller, session| {
            caller.find_objects(session, (1_000, &mut page))
        })?;
        assert!(page.iter().is_sorted() && page.first().is_none_or(|first| *first > last));
        assert!(page.len() <= 1_000);
        let Some(newest) = page.last() else { break };
        last = *newest;
        count += u64::try_from(page.len()).unwrap();
    }
    client.call(Call::FindObjectsFinal, session, |caller, session| {
        caller.find_objects_final(session)
    })?;
    Ok(count)
}

fn name(number: u64) -> (String, [u8; 8]) {
    (format!("key {number}"), number.to_be_bytes())
}

/// Makes keys in the token, every second one private.
fn make(client: &Client, session: u64, numbers: impl Iterator<Item = u64>) {
    let (class, aes) = (ulong(ObjectClass::SECRET_KEY.0), ulong(0x1f));
    for number in numbers {
        let (label, id) = name(number);
        let private = if number % 2 == 0 { TRUE } else { FALSE };
        let template: [(A, &[u8]); 7] = [
            (A::CLASS, &class),
            (A::KEY_TYPE, &aes),
            (A::TOKEN, TRUE),
            (A::PRIVATE, private),
            (A::LABEL, label.as_bytes()),
            (A::ID, &id),
            (A::VALUE, &[7; 32]),
        ];
        client.create(session, &template).unwrap();
    }
}

/// Finds a thousand of them, each by its label or identifier.
fn find_each(client: &Client, session: u64, count: u64, by: A) {
    for number in (0..count).step_by(usize::try_from(count / 1_000).unwrap()) {
        let (label, id) = name(number);
        let value = if by == A::LABEL {
            label.as_bytes()
        } else {
            &id
        };
        assert_eq!(client.find(session, &[(by, value)]).unwrap().len(), 1);
    }
}

#[test]
fn many_objects_are_found_listed_and_opened_again() {
    let count = size();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("store");
    let bench = Bench::on(|root| SqliteStore::create(&folder, &root.meta_key()).unwrap());
    bench.add_partition("main", Profile::Compat);
    step("made", || {
        // Side by side, so that they share flushes.
        std::thread::scope(|scope| {
            for part in (0..).take(MAKERS) {
                let client = bench.client();
                scope.spawn(move || {
                    let session = client.open_user();
                    make(&client, session, (part..count).step_by(MAKERS));
                    client.close();
                });
            }
        });
    });
    let bench = step("opened again", || {
        bench.on_again(|root| SqliteStore::open(&folder, &root.meta_key()).unwrap())
    });
    let client = bench.client();
    let session = client.open();
    let class = ulong(ObjectClass::SECRET_KEY.0);
    let secrets = [(A::CLASS, class.as_slice())];
    let public = step("listed the public ones", || {
        list(&client, session, &secrets)
    });
    assert_eq!(public, Ok(count / 2));
    step("logged in", || client.login(session, 1, USER_PIN)).unwrap();
    for by in [A::LABEL, A::ID] {
        step(&format!("found 1000 by {by}"), || {
            find_each(&client, session, count, by);
        });
    }
    step("missed 1000 by label", || {
        for _ in 0..1_000 {
            let found = client.find(session, &[(A::LABEL, b"nobody")]);
            assert_eq!(found, Ok(Vec::new()));
        }
    });
    let all = step("listed all by class", || list(&client, session, &secrets));
    assert_eq!(all, Ok(count));
    let deriving = [(A::CLASS, class.as_slice()), (A::DERIVE, TRUE)];
    let none = step("listed none by purpose", || {
        list(&client, session, &deriving)
    });
    assert_eq!(none, Ok(0));
    let found = client.find(session, &[(A::LABEL, b"key 1")]).unwrap();
    assert_eq!(client.destroy(session, found[0]), Ok(()));
    let gone = client.get(session, found[0], A::ID);
    assert_eq!(gone, Err(Rv::OBJECT_HANDLE_INVALID));
}
