use audit::{Actor, Event, Outcome};

use super::*;

fn login() -> Batch {
    let event = Event {
        time_ms: 1,
        actor: Actor::User,
        agent: None,
        partition: None,
        operation: "C_Login".into(),
        object: None,
        outcome: Outcome::OK,
        detail: None,
        signature: None,
    };
    Batch {
        changes: Vec::new(),
        event,
    }
}

#[test]
fn the_commit_asked_for_fails_and_only_it() {
    let store = MemoryStore::new().unwrap();
    store.fail_commit(3, Fault::BeforeApplying);
    let answers: Vec<_> = (0..5).map(|_| store.commit(login()).is_ok()).collect();
    assert_eq!(answers, [true, true, false, true, true]);
    assert_eq!(store.head().unwrap().seq, 4);
}

#[test]
fn a_fault_after_applying_leaves_the_batch_there() {
    let store = MemoryStore::new().unwrap();
    store.fail_commit(1, Fault::AfterApplying);
    let answer = store.commit(login());
    assert!(
        matches!(answer, Err(StoreError::Interrupted { .. })),
        "{answer:?}"
    );
    assert_eq!(store.head().unwrap().seq, 1);
    assert_eq!(store.audit(1, 10).unwrap().len(), 1);
}
