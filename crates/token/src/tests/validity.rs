//! The dates of a key (4.7): in `strict` it protects nothing outside of them.

use std::sync::atomic::Ordering;

use ck::{AttributeType as A, MechanismType as M, Params, Rv};
use proto::Call;

use crate::policy::{Date, Decision, Usage, decide_date};
use crate::tests::bench::{Bench, TRUE, Template, USER_PIN};
use crate::{Attributes, Profile};

const ALL: [Usage; 7] = [
    Usage::Decrypt,
    Usage::Derive,
    Usage::Encrypt,
    Usage::Sign,
    Usage::Unwrap,
    Usage::Verify,
    Usage::Wrap,
];

/// The uses of a key with these dates that are refused on a day, given in milliseconds since 1970.
fn refused(profile: Profile, (start, end): (&str, &str), now_ms: u64) -> Vec<Usage> {
    let mut key = Attributes::default();
    key.set(A::START_DATE, start);
    key.set(A::END_DATE, end);
    let refuses = |usage: &Usage| {
        let decision = decide_date(profile, *usage, &key, Date::of(now_ms));
        decision != Decision::Allow
    };
    ALL.into_iter().filter(refuses).collect()
}

#[test]
fn a_key_protects_from_the_first_day_to_the_last() {
    const PROTECTING: [Usage; 4] = [Usage::Derive, Usage::Encrypt, Usage::Sign, Usage::Wrap];
    const HOUR: u64 = 60 * 60 * 1000;
    // The leap day of 2024 in UTC.
    let day = 1_709_164_800_000;
    for (dates, now_ms, protects) in [
        (("", ""), day, true),
        (("20240229", "20240229"), day, true),
        (("20240229", "20240229"), day + 24 * HOUR - 1, true),
        (("20240229", "20240229"), day - 1, false),
        (("20240229", "20240229"), day + 24 * HOUR, false),
        (("20240301", ""), day, false),
        (("", "20240228"), day, false),
        (("19700101", ""), 0, true),
        (("", "99991231"), u64::MAX, true),
    ] {
        let expected: &[Usage] = if protects { &[] } else { &PROTECTING };
        let found = refused(Profile::Strict, dates, now_ms);
        assert_eq!(found, expected, "{dates:?} {now_ms}");
        assert_eq!(refused(Profile::Compat, dates, now_ms), [], "{dates:?}");
    }
}

/// Days of the calendar, as `date -u -d @SECONDS +%Y%m%d` tells them.
#[test]
fn days_are_written_as_the_calendar_has_them() {
    for (seconds, written) in [
        (0_u64, b"19700101"),
        (86_399, b"19700101"),
        (86_400, b"19700102"),
        (951_782_400, b"20000229"),
        (951_868_800, b"20000301"),
        (1_700_000_000, b"20231114"),
        (1_735_689_599, b"20241231"),
        (4_107_542_400, b"21000301"),
        (253_402_300_799, b"99991231"),
        (253_402_300_800, b"99991231"),
    ] {
        let mut key = Attributes::default();
        key.set(A::START_DATE, *written);
        key.set(A::END_DATE, *written);
        let today = Date::of(seconds * 1000);
        let decision = decide_date(Profile::Strict, Usage::Sign, &key, today);
        assert_eq!(decision, Decision::Allow, "{seconds}");
    }
}

#[test]
fn in_strict_a_key_encrypts_in_its_time_and_decrypts_ever_after() {
    for (bench, outside) in [
        (Bench::compat(), Ok(())),
        (Bench::strict(), Err(Rv::KEY_FUNCTION_NOT_PERMITTED)),
    ] {
        let client = bench.client();
        let session = client.open();
        client.login(session, 1, USER_PIN).unwrap();
        // The clock shows the fourteenth.
        let template: &Template<'_> = &[
            (A::ENCRYPT, TRUE),
            (A::DECRYPT, TRUE),
            (A::START_DATE, b"20231115"),
            (A::END_DATE, b"20231115"),
        ];
        let key = client.generate_aes(session, template).unwrap();
        let run = |init, call| {
            let block = Some((M::AES_ECB, Params::None));
            client.init(init, session, block, key)?;
            client.output(call, session, &[7; 16]).map(drop)
        };
        for expected in [outside, Ok(()), outside] {
            assert_eq!(run(Call::EncryptInit, Call::Encrypt), expected);
            assert_eq!(run(Call::DecryptInit, Call::Decrypt), Ok(()));
            bench.env.days.fetch_add(1, Ordering::SeqCst);
        }
    }
}
