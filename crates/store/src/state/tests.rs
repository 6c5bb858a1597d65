use super::*;
use crate::hierarchy::MetaKey;
use crate::kind::Kind;

fn marks() -> Arc<Marks> {
    Arc::new(Marks::new(&MetaKey::generate().unwrap()))
}

fn row(number: u8) -> Row {
    Row {
        partition: [1; 16],
        id: [number; 16],
        kind: Kind::PublicObject,
        version: 1,
        sealed: vec![number; 100],
    }
}

fn state_of<'a>(marks: &Arc<Marks>, rows: impl IntoIterator<Item = &'a Row>) -> State {
    let mut state = State::new(Arc::clone(marks), 1);
    for (row, place) in rows.into_iter().zip(1..) {
        state.admit(row, &RowDigest::of(row), place);
    }
    state
}

#[test]
fn all_pairwise_swaps_of_200_rows_are_told_apart() {
    let marks = marks();
    let rows: Vec<Row> = (0..200).map(row).collect();
    let tags: Vec<_> = rows
        .iter()
        .map(|row| marks.tag(&RowDigest::of(row)))
        .collect();
    let whole = state_of(&marks, &rows);
    let mark = whole.root_mark();
    assert!(
        state_of(&marks, rows.iter().rev()).root_mark_matches(&mark),
        "order does not matter"
    );
    let mut swapped = state_of(&marks, &rows);
    for first in 0..rows.len() {
        for second in first + 1..rows.len() {
            let exchange = |one: &Row, other: &Row| Row {
                sealed: other.sealed.clone(),
                ..one.clone()
            };
            let one = exchange(&rows[first], &rows[second]);
            let other = exchange(&rows[second], &rows[first]);
            assert!(!marks.tag_matches(&RowDigest::of(&one), &tags[first]));
            assert!(!marks.tag_matches(&RowDigest::of(&one), &tags[second]));
            assert!(!whole.knows(&one) && !whole.knows(&other));
            swapped.apply(&Change::Put(one.clone()));
            swapped.apply(&Change::Put(other.clone()));
            assert!(!swapped.root_mark_matches(&mark), "{first} and {second}");
            swapped.apply(&Change::Put(rows[first].clone()));
            swapped.apply(&Change::Put(rows[second].clone()));
        }
    }
    assert!(
        swapped.root_mark_matches(&mark),
        "and all is well when they are swapped back"
    );
}

#[test]
fn the_root_mark_depends_on_each_part_of_the_state() {
    let marks = marks();
    let mark = |state: &State| state.root_mark();
    let mut state = state_of(&marks, [&row(1), &row(2)]);
    let whole = mark(&state);
    assert_ne!(mark(&state_of(&marks, [&row(1)])), whole, "a row");
    assert_ne!(
        mark(&state_of(&marks, [&row(1), &row(3)])),
        whole,
        "another row"
    );
    state.epoch = 2;
    assert_ne!(mark(&state), whole, "the epoch");
    state.epoch = 1;
    state.chain.seq += 1;
    assert_ne!(mark(&state), whole, "the sequence");
    state.chain.seq -= 1;
    state.chain.head[31] ^= 1;
    assert_ne!(mark(&state), whole, "the audit log's end");
    state.chain.head[31] ^= 1;
    assert_eq!(mark(&state), whole);
    let other = state_of(&self::marks(), [&row(1), &row(2)]);
    assert_ne!(mark(&other), whole, "the key");
}

/// Compares what a state counts with a walk over its rows.
fn check_counts(state: &State) {
    for partition in [[1; 16], [2; 16]] {
        for kind in Kind::ALL.into_iter().map(Some).chain([None]) {
            let walked = state.keys_after(None, Some(partition), kind).count();
            assert_eq!(state.count(partition, kind), walked, "{kind:?}");
        }
    }
}

#[test]
fn rows_are_counted_as_they_come_change_their_kind_and_go() {
    let mut state = state_of(&marks(), &(0..5).map(row).collect::<Vec<_>>());
    check_counts(&state);
    assert_eq!(state.count([1; 16], Some(Kind::PublicObject)), 5);
    let private = |row: Row| Row {
        kind: Kind::PrivateObject,
        version: row.version + 1,
        ..row
    };
    let elsewhere = |row: Row| Row {
        partition: [2; 16],
        ..row
    };
    for change in [
        Change::Put(private(row(0))),
        Change::Put(elsewhere(row(0))),
        Change::Put(private(elsewhere(row(0)))),
        Change::Delete {
            partition: [1; 16],
            id: [1; 16],
        },
    ] {
        state.apply(&change);
        check_counts(&state);
    }
    assert_eq!(state.count([1; 16], None), 4);
    assert_eq!(state.count([1; 16], Some(Kind::PrivateObject)), 1);
    assert!(!state.admit(&row(0), &RowDigest::of(&row(0)), 1), "twice");
    check_counts(&state);
}
