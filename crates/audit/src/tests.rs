use aws_lc_rs::digest::{SHA256, digest};
use proptest::prelude::*;

use super::*;

fn event(number: u64) -> Event {
    Event {
        time_ms: 1_700_000_000_000 + number,
        actor: Actor::User,
        agent: Some("agent-7".into()),
        partition: Some([3; 16]),
        operation: "C_GenerateKey".into(),
        object: Some([u8::try_from(number % 256).unwrap(); 16]),
        outcome: Outcome::OK,
        detail: None,
        signature: None,
    }
}

fn log(entries: u64) -> (Vec<Vec<u8>>, Chain) {
    let mut chain = Chain::default();
    let bytes = (1..=entries)
        .map(|number| chain.append(&event(number)))
        .collect();
    (bytes, chain)
}

fn first_bad(entries: &[Vec<u8>], expected: Chain) -> u64 {
    verify(entries, Some(expected))
        .expect_err("the log was changed")
        .seq
}

#[test]
fn an_untouched_log_verifies_to_its_head() {
    let (entries, chain) = log(20);
    assert_eq!(verify(&entries, Some(chain)), Ok(chain));
    assert_eq!(verify(&entries, None), Ok(chain));
}

#[test]
fn a_part_verifies_from_the_end_before_it() {
    let (entries, chain) = log(20);
    let half = verify(&entries[..10], None).unwrap();
    assert_eq!(verify_from(half, &entries[10..], Some(chain)), Ok(chain));
    assert_eq!(
        verify_from(half, &entries[11..], Some(chain))
            .unwrap_err()
            .seq,
        11
    );
}

#[test]
fn every_flipped_bit_names_its_entry() {
    let (entries, chain) = log(4);
    for index in 0..entries.len() {
        for bit in 0..entries[index].len() * 8 {
            let mut changed = entries.clone();
            changed[index][bit / 8] ^= 1 << (bit % 8);
            assert_eq!(first_bad(&changed, chain), index as u64 + 1, "bit {bit}");
        }
    }
}

#[test]
fn every_deleted_entry_is_named() {
    let (entries, chain) = log(8);
    for index in 0..entries.len() {
        let mut changed = entries.clone();
        changed.remove(index);
        assert_eq!(first_bad(&changed, chain), index as u64 + 1);
    }
}

#[test]
fn every_swap_names_the_first_of_the_two() {
    let (entries, chain) = log(8);
    for first in 0..entries.len() {
        for second in first + 1..entries.len() {
            let mut changed = entries.clone();
            changed.swap(first, second);
            assert_eq!(first_bad(&changed, chain), first as u64 + 1);
        }
    }
}

#[test]
fn every_cut_names_the_first_missing_entry() {
    let (entries, chain) = log(8);
    for left in 0..entries.len() {
        assert_eq!(
            verify(&entries[..left], Some(chain)),
            Err(Broken {
                seq: left as u64 + 1,
                why: Why::Missing
            })
        );
    }
}

#[test]
fn an_added_entry_is_named() {
    let (mut entries, chain) = log(3);
    let mut longer = chain;
    entries.push(longer.append(&event(4)));
    assert_eq!(
        verify(&entries, Some(chain)),
        Err(Broken {
            seq: 4,
            why: Why::Extra
        })
    );
}

#[test]
fn a_rewritten_tail_is_named() {
    let (entries, chain) = log(3);
    let mut forged = verify(&entries[..2], None).unwrap();
    let last = forged.append(&event(99));
    let changed = [entries[0].clone(), entries[1].clone(), last];
    assert_eq!(
        verify(&changed, Some(chain)),
        Err(Broken {
            seq: 3,
            why: Why::Head
        })
    );
}

#[test]
fn a_rewritten_middle_is_named_where_the_link_breaks() {
    let (mut entries, chain) = log(3);
    let mut forged = verify(&entries[..1], None).unwrap();
    entries[1] = forged.append(&event(99));
    assert_eq!(
        verify(&entries, Some(chain)),
        Err(Broken {
            seq: 3,
            why: Why::Link
        })
    );
}

/// The bytes are written out by hand after the layout, so that a change of layout cannot go unnoticed.
#[test]
fn the_first_entry_has_the_documented_bytes() {
    let event = Event {
        time_ms: 0x0102,
        actor: Actor::System,
        agent: None,
        partition: None,
        operation: "start".into(),
        object: None,
        outcome: Outcome::Returned(0x30),
        detail: Some("ok".into()),
        signature: None,
    };
    let mut body = vec![1, 0, 0, 0, 0, 0, 0, 0, 1];
    body.extend_from_slice(&[0; 32]);
    body.extend_from_slice(&[0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 5]);
    body.extend_from_slice(b"start");
    body.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0x30, 1, 0, 2]);
    body.extend_from_slice(b"ok");
    body.push(0);
    let hash = digest(
        &SHA256,
        &[b"\x00dew/audit/entry/v1".as_slice(), &body].concat(),
    );
    assert_eq!(
        Chain::default().append(&event),
        [&body, hash.as_ref()].concat()
    );
}

#[test]
fn text_is_cut_at_a_character_and_kept_to_one_line() {
    assert_eq!(Text::new("a\nb\0c").as_str(), "a\u{fffd}b\u{fffd}c");
    let long = "é".repeat(TEXT_MAX);
    assert_eq!(Text::new(&long).as_str().len(), TEXT_MAX);
    assert_eq!(Text::new(&format!("a{long}")).as_str().len(), TEXT_MAX - 1);
}

#[test]
fn a_signature_has_a_limit() {
    assert!(Signature::try_from(vec![0; SIGNATURE_MAX]).is_ok());
    assert_eq!(
        Signature::try_from(vec![0; SIGNATURE_MAX + 1]),
        Err(SignatureTooLong {
            length: SIGNATURE_MAX + 1
        })
    );
}

#[test]
fn an_entry_is_one_line_of_json() {
    let mut named = event(1);
    named.actor = Actor::Named("o\"neil\\".into());
    named.detail = Some("two\nlines".into());
    let entry = Chain::default()
        .follow(&Chain::default().append(&named))
        .unwrap();
    let line = entry.to_string();
    let start = "{\"seq\":1,\"time_ms\":1700000000001,\"actor\":\"named\",\"name\":\"o\\\"neil\\\\\",\
                 \"agent\":\"agent-7\",\"partition\":\"03030303030303030303030303030303\",\
                 \"operation\":\"C_GenerateKey\",\"object\":\"01010101010101010101010101010101\",\
                 \"returned\":0,\"detail\":\"two\u{fffd}lines\",\"prev\":\"0000";
    assert!(line.starts_with(start), "{line}");
    assert!(!line.contains('\n') && line.ends_with("\"}"));
}

fn any_text() -> impl Strategy<Value = Text> {
    ".{0,40}".prop_map(Text::from)
}

fn any_actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        Just(Actor::System),
        Just(Actor::Application),
        Just(Actor::User),
        Just(Actor::SecurityOfficer),
        any_text().prop_map(Actor::Named),
        (any::<[u8; 32]>(), any_text())
            .prop_map(|(certificate, role)| Actor::Administrator { certificate, role }),
    ]
}

prop_compose! {
    fn any_event()(
        time_ms in any::<u64>(),
        actor in any_actor(),
        agent in proptest::option::of(any_text()),
        partition in any::<Option<[u8; 16]>>(),
        operation in any_text(),
        object in any::<Option<[u8; 16]>>(),
        outcome in prop_oneof![
            any::<u64>().prop_map(Outcome::Returned),
            any_text().prop_map(Outcome::Failed),
        ],
        detail in proptest::option::of(any_text()),
        signature in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..100)),
    ) -> Event {
        let signature = signature.map(|bytes| Signature::try_from(bytes).unwrap());
        Event { time_ms, actor, agent, partition, operation, object, outcome, detail, signature }
    }
}

proptest! {
    #[test]
    fn every_event_reads_back_as_written(event in any_event()) {
        let bytes = Chain::default().append(&event);
        let entry = Entry::decode(&bytes).unwrap();
        prop_assert_eq!(&entry.event, &event);
        prop_assert_eq!(entry.encode(), bytes);
    }

    #[test]
    fn arbitrary_bytes_never_panic_the_decoder(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let hash = digest(&SHA256, &[b"\x00dew/audit/entry/v1".as_slice(), &body].concat());
        let _ = Entry::decode(&[&body, hash.as_ref()].concat());
        let _ = Entry::decode(&body);
    }
}
