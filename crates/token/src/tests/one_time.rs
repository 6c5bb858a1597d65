//! One-time passwords (Mechanisms 6.57), of a counter and of the time.

use ck::{AttributeType as A, MechanismType as M, ObjectClass, OneTime, Params, Rv};
use proto::Call;
use proto::shape::Room;

use crate::tests::bench::{Bench, Client, FALSE, Got, Out, TRUE, Template, class, ulong};

const SEED: &[u8] = b"12345678901234567890";
/// RFC 4226, appendix D.
const COUNTED: [&[u8]; 10] = [
    b"755224", b"287082", b"359152", b"969429", b"338314", b"254676", b"287922", b"162583",
    b"399871", b"520489",
];
const NONE: OneTime<'static> = OneTime {
    counter: None,
    time: None,
    length: None,
    format: None,
    flags: 0,
};

fn import(client: &Client, session: u64, more: &Template<'_>) -> Got<u64> {
    let template: [(A, &[u8]); 3] = [
        (A::CLASS, &class(ObjectClass::OTP_KEY)),
        (A::KEY_TYPE, &[0x23, 0, 0, 0, 0, 0, 0, 0]),
        (A::VALUE, SEED),
    ];
    client.create(session, &[&template[..], more].concat())
}

/// Makes a password, and gives it with what stands beside it.
fn make(client: &Client, session: u64, key: u64, params: OneTime<'_>) -> Got<(Vec<u8>, Vec<u8>)> {
    let mechanism = Some((M::HOTP, Params::Otp(params)));
    client.init(Call::SignInit, session, mechanism, key)?;
    let bytes = client.output(Call::Sign, session, b"")?;
    let digits = bytes[32];
    let (password, beside) = bytes[64..].split_at(digits.into());
    Ok((password.to_vec(), beside.to_vec()))
}

fn accept(
    client: &Client,
    session: u64,
    key: u64,
    params: OneTime<'_>,
    password: &[u8],
) -> Got<()> {
    let mechanism = Some((M::HOTP, Params::Otp(params)));
    client.init(Call::VerifyInit, session, mechanism, key)?;
    client.verify(session, b"", password)
}

#[test]
fn each_password_moves_the_counter_on_for_good() {
    let mut bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let key = import(&client, session, &[(A::TOKEN, TRUE), (A::LABEL, b"otp")]).unwrap();
    for (count, expected) in COUNTED[..4].iter().enumerate() {
        let (password, counter) = make(&client, session, key, NONE).unwrap();
        assert_eq!(password, *expected);
        assert_eq!(counter, [0, 0, 0, 0, 0, 0, 0, u8::try_from(count).unwrap()]);
    }
    bench.restart();
    let client = bench.client();
    let session = client.open_user();
    let key = client.find(session, &[(A::LABEL, b"otp")]).unwrap()[0];
    let counter = client.get(session, key, A::OTP_COUNTER);
    assert_eq!(counter, Ok(vec![0, 0, 0, 0, 0, 0, 0, 4]));
    let (password, _) = make(&client, session, key, NONE).unwrap();
    assert_eq!(password, COUNTED[4]);
}

#[test]
fn whoever_asks_for_the_length_moves_nothing() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let key = import(&client, session, &[]).unwrap();
    client
        .init(Call::SignInit, session, Some((M::HOTP, Params::None)), key)
        .unwrap();
    for (room, rv) in [
        (Room::Query, Rv::OK),
        (Room::Items(77), Rv::BUFFER_TOO_SMALL),
    ] {
        let found = client.run(Call::Sign, session, b"", room);
        assert_eq!(found, (rv, Out::Length(78)));
    }
    let (rv, out) = client.run(Call::SignFinal, session, b"", Room::Items(78));
    let Out::Bytes(bytes) = out else {
        panic!("{rv} and nothing");
    };
    assert_eq!(bytes[64..70], *COUNTED[0]);
    let after = client.output(Call::SignFinal, session, b"");
    assert_eq!(after, Err(Rv::OPERATION_NOT_INITIALIZED));
}

#[test]
fn a_password_is_accepted_once_and_a_little_ahead() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let key = import(&client, session, &[]).unwrap();
    let accept = |password| accept(&client, session, key, NONE, password);
    assert_eq!(accept(COUNTED[2]), Ok(()));
    for old in &COUNTED[..3] {
        assert_eq!(accept(old), Err(Rv::SIGNATURE_INVALID));
    }
    assert_eq!(accept(COUNTED[9]), Ok(()));
    let counter = client.get(session, key, A::OTP_COUNTER);
    assert_eq!(counter, Ok(vec![0, 0, 0, 0, 0, 0, 0, 10]));
    assert_eq!(accept(b"75522"), Err(Rv::SIGNATURE_LEN_RANGE));
    // The eleventh is too far ahead.
    let fresh = import(
        &client,
        session,
        &[(A::OTP_COUNTER, &u64::MAX.to_be_bytes())],
    )
    .unwrap();
    let exhausted = make(&client, session, fresh, NONE);
    assert_eq!(exhausted, Err(Rv::KEY_EXHAUSTED));
    let behind = import(&client, session, &[]).unwrap();
    let tenth = super::one_time::accept(&client, session, behind, NONE, COUNTED[9]);
    assert_eq!(tenth, Ok(()));
}

/// RFC 6238, appendix B.
#[test]
fn the_time_stands_for_the_counter_where_the_key_has_it_so() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let timed: [(A, &[u8]); 3] = [
        (A::OTP_LENGTH, &ulong(8)),
        (A::OTP_TIME_INTERVAL, &ulong(30)),
        (A::OTP_TIME_REQUIREMENT, &ulong(1)),
    ];
    let key = import(&client, session, &timed).unwrap();
    let at = |time: &'static [u8]| OneTime {
        time: Some(time),
        ..NONE
    };
    let known: [(&'static [u8], &[u8]); 6] = [
        (b"19700101000059", b"94287082"),
        (b"20050318015829", b"07081804"),
        (b"20050318015831", b"14050471"),
        (b"20090213233130", b"89005924"),
        (b"20330518033320", b"69279037"),
        (b"26031011113320", b"65353130"),
    ];
    for (time, expected) in known {
        let found = make(&client, session, key, at(time)).unwrap();
        assert_eq!(found, (expected.to_vec(), time.to_vec()));
    }
    // Making one moves nothing; accepting one does.
    let accept = |time, password| accept(&client, session, key, at(time), password);
    assert_eq!(accept(known[1].0, known[1].1), Ok(()));
    assert_eq!(accept(known[1].0, known[1].1), Err(Rv::SIGNATURE_INVALID));
    assert_eq!(accept(known[0].0, known[0].1), Err(Rv::SIGNATURE_INVALID));
    assert_eq!(accept(known[2].0, known[2].1), Ok(()));
    for wrong in [
        &b"20050229000000"[..],
        b"20051301000000",
        b"20050101240000",
        b"20050101006000",
        b"2005010100000",
        b"2005010100000x",
        b"19691231235959",
    ] {
        let found = make(
            &client,
            session,
            key,
            OneTime {
                time: Some(wrong),
                ..NONE
            },
        );
        assert_eq!(found, Err(Rv::MECHANISM_PARAM_INVALID));
    }
}

#[test]
fn the_clock_of_the_token_is_the_time_and_may_be_off_by_a_step() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let timed: [(A, &[u8]); 2] = [
        (A::OTP_TIME_INTERVAL, &ulong(30)),
        (A::OTP_TIME_REQUIREMENT, &ulong(1)),
    ];
    let key = import(&client, session, &timed).unwrap();
    // The bench's clock stands at 20 seconds past 22:13 on the fourteenth of November 2023.
    let (now, beside) = make(&client, session, key, NONE).unwrap();
    assert_eq!(beside, b"20231114221320");
    let at = |time| {
        let params = OneTime {
            time: Some(time),
            ..NONE
        };
        make(&client, session, key, params).unwrap().0
    };
    assert_eq!(at(b"20231114221329"), now);
    let (early, before, after) = (
        at(b"20231114221229"),
        at(b"20231114221259"),
        at(b"20231114221331"),
    );
    let accept = |password: &[u8]| accept(&client, session, key, NONE, password);
    assert_eq!(accept(&early), Err(Rv::SIGNATURE_INVALID));
    assert_eq!(accept(&before), Ok(()));
    assert_eq!(accept(&now), Ok(()));
    assert_eq!(accept(&now), Err(Rv::SIGNATURE_INVALID));
    assert_eq!(accept(&after), Ok(()));
    assert_eq!(accept(&after), Err(Rv::SIGNATURE_INVALID));
}

#[test]
fn a_counter_of_the_callers_is_taken_where_the_key_has_it_so() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let given = OneTime {
        counter: Some(&[0, 0, 0, 0, 0, 0, 0, 7]),
        ..NONE
    };
    let own = import(&client, session, &[]).unwrap();
    assert_eq!(make(&client, session, own, given).unwrap().0, COUNTED[0]);
    let (optional, mandatory) = (ulong(1), ulong(2));
    let free = import(&client, session, &[(A::OTP_COUNTER_REQUIREMENT, &optional)]).unwrap();
    assert_eq!(make(&client, session, free, given).unwrap().0, COUNTED[7]);
    assert_eq!(make(&client, session, free, NONE).unwrap().0, COUNTED[0]);
    let bound = import(
        &client,
        session,
        &[(A::OTP_COUNTER_REQUIREMENT, &mandatory)],
    )
    .unwrap();
    assert_eq!(make(&client, session, bound, given).unwrap().0, COUNTED[7]);
    assert_eq!(
        make(&client, session, bound, NONE),
        Err(Rv::MECHANISM_PARAM_INVALID)
    );
}

#[test]
fn a_password_of_a_counter_of_the_callers_is_accepted_once() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let optional = ulong(1);
    let key = import(&client, session, &[(A::OTP_COUNTER_REQUIREMENT, &optional)]).unwrap();
    let accept = |counter: u8, password| {
        let counter = [0, 0, 0, 0, 0, 0, 0, counter];
        let given = OneTime {
            counter: Some(&counter),
            ..NONE
        };
        accept(&client, session, key, given, password)
    };
    assert_eq!(accept(7, COUNTED[6]), Err(Rv::SIGNATURE_INVALID));
    assert_eq!(accept(7, COUNTED[7]), Ok(()));
    for old in [6, 7] {
        assert_eq!(
            accept(old, COUNTED[usize::from(old)]),
            Err(Rv::SIGNATURE_INVALID)
        );
    }
    assert_eq!(accept(8, COUNTED[8]), Ok(()));
}

#[test]
fn what_there_is_not_is_refused() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let key = import(&client, session, &[]).unwrap();
    let long = OneTime {
        length: Some(8),
        ..NONE
    };
    assert_eq!(make(&client, session, key, long).unwrap().0, b"84755224");
    for params in [
        OneTime {
            length: Some(9),
            ..NONE
        },
        OneTime {
            format: Some(1),
            ..NONE
        },
        // The next password, and none of the token's counter.
        OneTime { flags: 1, ..NONE },
        OneTime { flags: 4, ..NONE },
    ] {
        let found = make(&client, session, key, params);
        assert_eq!(found, Err(Rv::MECHANISM_PARAM_INVALID));
    }
    let (one, two, nine) = (ulong(1), ulong(3), ulong(9));
    for (id, value) in [
        (A::OTP_FORMAT, &one[..]),
        (A::OTP_LENGTH, &nine),
        (A::OTP_TIME_INTERVAL, &ulong(0)),
        (A::OTP_PIN_REQUIREMENT, &one),
        (A::OTP_CHALLENGE_REQUIREMENT, &one),
        (A::OTP_TIME_REQUIREMENT, &two),
        (A::OTP_COUNTER, &[0; 7]),
    ] {
        let found = import(&client, session, &[(id, value)]);
        assert_eq!(found, Err(Rv::ATTRIBUTE_VALUE_INVALID), "{id}");
    }
    let both = [
        (A::OTP_COUNTER_REQUIREMENT, &one[..]),
        (A::OTP_TIME_REQUIREMENT, &one),
    ];
    assert_eq!(
        import(&client, session, &both),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
    assert_eq!(
        client.set(session, key, &[(A::OTP_COUNTER, &[0; 8])]),
        Err(Rv::ATTRIBUTE_READ_ONLY)
    );
    let hotp = Some((M::HOTP, Params::None));
    client.init(Call::SignInit, session, hotp, key).unwrap();
    assert_eq!(
        client.output(Call::Sign, session, b"data"),
        Err(Rv::DATA_INVALID)
    );
    client.init(Call::SignInit, session, hotp, key).unwrap();
    assert_eq!(
        client.output(Call::SignUpdate, session, b"data"),
        Err(Rv::DATA_INVALID)
    );
    // Nothing else is done with such a key, and no other key does this.
    let hmac = Some((M::SHA_1_HMAC, Params::None));
    let found = client.init(Call::SignInit, session, hmac, key);
    assert_eq!(found, Err(Rv::KEY_TYPE_INCONSISTENT));
    let aes = client.generate_aes(session, &[(A::SIGN, TRUE)]).unwrap();
    let found = client.init(Call::SignInit, session, hotp, aes);
    assert_eq!(found, Err(Rv::KEY_TYPE_INCONSISTENT));
}

#[test]
fn keys_are_made_in_both_profiles() {
    for bench in [Bench::compat(), Bench::strict()] {
        let client = bench.client();
        let session = client.open_user();
        let key = client.generate(session, M::HOTP_KEY_GEN, &[]).unwrap();
        let get = |id| client.get(session, key, id).unwrap();
        assert_eq!(get(A::CLASS), ulong(ObjectClass::OTP_KEY.0));
        assert_eq!(get(A::VALUE_LEN), ulong(20));
        assert_eq!(get(A::OTP_LENGTH), ulong(6));
        assert_eq!(get(A::OTP_COUNTER), [0; 8]);
        assert_eq!(get(A::LOCAL), TRUE);
        assert_eq!([get(A::SIGN), get(A::VERIFY)], [TRUE, TRUE]);
        assert_eq!(get(A::ENCRYPT), FALSE);
        let first = make(&client, session, key, NONE).unwrap();
        let second = make(&client, session, key, NONE).unwrap();
        assert_ne!(first, second);
    }
}
