use super::*;
use crate::kind::Kind;

#[test]
fn every_column_is_under_the_tag() {
    let marks = Marks::new(&MetaKey::generate().unwrap());
    let row = Row {
        partition: [1; 16],
        id: [1; 16],
        kind: Kind::PublicObject,
        version: 1,
        sealed: vec![1; 100],
    };
    let tag = marks.tag(&RowDigest::of(&row));
    assert!(marks.tag_matches(&RowDigest::of(&row), &tag));
    let changed = [
        Row {
            partition: [2; 16],
            ..row.clone()
        },
        Row {
            id: [2; 16],
            ..row.clone()
        },
        Row {
            kind: Kind::PrivateObject,
            ..row.clone()
        },
        Row {
            version: 2,
            ..row.clone()
        },
        Row {
            sealed: vec![1; 99],
            ..row.clone()
        },
    ];
    for row in changed {
        assert!(!marks.tag_matches(&RowDigest::of(&row), &tag));
    }
    assert!(!marks.tag_matches(&RowDigest::of(&row), &tag[..31]));
}

#[test]
fn sums_carry_and_borrow_across_limbs() {
    let one = Sum([1, 0, 0, 0]);
    let mut sum = Sum([u64::MAX, u64::MAX, 5, 0]);
    sum.add(&one);
    assert!(sum == Sum([0, 0, 6, 0]));
    sum.subtract(&one);
    assert!(sum == Sum([u64::MAX, u64::MAX, 5, 0]));
    let mut sum = Sum([u64::MAX; 4]);
    sum.add(&one);
    assert!(sum == Sum::default(), "it wraps");
    sum.subtract(&one);
    assert!(sum == Sum([u64::MAX; 4]));
}
