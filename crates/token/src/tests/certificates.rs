//! Certificates: what follows from their value, and what may be said of them.

use ck::{AttributeType as A, Rv};

use crate::tests::bench::{Bench, Client, FALSE, Got, SO_PIN, TRUE, ulong};

/// A certificate made by OpenSSL 3, as in the tests of `mech`, where what it says is compared with what OpenSSL says.
const CERTIFICATE: &str = "\
         308201af30820154a003020102020500c0ffee01300a06082a8648ce3d0403023034310b300906035504061302444531\
         0c300a060355040a0c034465773117301506035504030c0e6c656166206f6620612074657374301e170d323631313237\
         3032343830365a170d3336313132343032343830365a3034310b3009060355040613024445310c300a060355040a0c03\
         4465773117301506035504030c0e6c656166206f66206120746573743059301306072a8648ce3d020106082a8648ce3d\
         03010703420004700e24b2c73c09c03e7385225411725779ed375583b15426e04768ffd65feeec623030ddb875f31dd4\
         7170c7fc2fce659406fd8c94e4b6262bbe1d3f5bce028da3533051301d0603551d0e041604145ad4ee9cd60751fbc02d\
         681ba8b9c0adb222d44d301f0603551d230418301680145ad4ee9cd60751fbc02d681ba8b9c0adb222d44d300f060355\
         1d130101ff040530030101ff300a06082a8648ce3d0403020349003046022100f2c295fbbdadba7aa11ed908e5896674\
         5683e0f79072600dcb3ccf26203810e2022100bff21dd78bb6aa39b58df9d2054969df8cfee5a4eac86dc72e9e0d085c\
         d613d8";

/// Makes a certificate: the least there is, and what `more` says.
fn create(client: &Client, session: u64, value: &[u8], more: &[(A, &[u8])]) -> Got<u64> {
    let (class, kind) = (ulong(1), ulong(0));
    let mut template: Vec<(A, &[u8])> = vec![
        (A::CLASS, &class),
        (A::CERTIFICATE_TYPE, &kind),
        (A::SUBJECT, b"0"),
        (A::VALUE, value),
    ];
    template.extend_from_slice(more);
    client.create(session, &template)
}

#[test]
fn what_follows_from_the_value_is_there() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let value = hex::decode(CERTIFICATE).unwrap();
    let object = create(&client, session, &value, &[]).unwrap();
    let get = |id| client.get(session, object, id).unwrap();
    assert_eq!(get(A::CHECK_VALUE), [0x50, 0x53, 0xe1]);
    // The standard leaves these to the application, and empty without it.
    for id in [
        A::ISSUER,
        A::SERIAL_NUMBER,
        A::ID,
        A::URL,
        A::START_DATE,
        A::END_DATE,
        A::PUBLIC_KEY_INFO,
    ] {
        assert_eq!(get(id), [0; 0], "{id}");
    }
    assert_eq!(get(A::CERTIFICATE_CATEGORY), ulong(0));
    assert_eq!(get(A::TRUSTED), FALSE);
}

#[test]
fn a_template_may_repeat_what_follows_or_leave_it_empty() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let value = hex::decode(CERTIFICATE).unwrap();
    let with = |id, given: &[u8]| {
        let object = create(&client, session, &value, &[(id, given)])?;
        client.get(session, object, id)
    };
    assert_eq!(
        with(A::CHECK_VALUE, &[0x50, 0x53, 0xe1]).unwrap(),
        [0x50, 0x53, 0xe1]
    );
    for id in [
        A::CHECK_VALUE,
        A::START_DATE,
        A::END_DATE,
        A::PUBLIC_KEY_INFO,
    ] {
        assert_eq!(with(id, b""), Ok(Vec::new()), "{id}");
    }
    let info = value
        .windows(2)
        .position(|pair| pair == [0x30, 0x59])
        .unwrap();
    let info = &value[info..info + 91];
    assert_eq!(with(A::PUBLIC_KEY_INFO, info), Ok(info.to_vec()));
    assert_eq!(with(A::START_DATE, b"20300101"), Ok(b"20300101".to_vec()));
    for (id, wrong) in [
        (A::CHECK_VALUE, &b"abc"[..]),
        (A::PUBLIC_KEY_INFO, b"0"),
        (A::START_DATE, b"20301301"),
        (A::END_DATE, b"20300132"),
        (A::END_DATE, b"20300100"),
    ] {
        assert_eq!(with(id, wrong), Err(Rv::ATTRIBUTE_VALUE_INVALID), "{id}");
    }
}

#[test]
fn a_certificate_is_here_or_elsewhere() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let empty = create(&client, session, b"", &[]);
    assert_eq!(empty, Err(Rv::ATTRIBUTE_VALUE_INVALID));
    let elsewhere: [(A, &[u8]); 3] = [
        (A::URL, b"https://example.org/ca.cer"),
        (A::HASH_OF_SUBJECT_PUBLIC_KEY, &[1; 20]),
        (A::HASH_OF_ISSUER_PUBLIC_KEY, &[2; 20]),
    ];
    // Who has no certificate at hand needs to know whose it is.
    for value in [b"".as_slice(), b"no DER"] {
        let hashless = create(&client, session, value, &elsewhere[..2]);
        assert_eq!(hashless, Err(Rv::TEMPLATE_INCOMPLETE));
        let mut empty = elsewhere;
        empty[1].1 = b"";
        let empty = create(&client, session, value, &empty);
        assert_eq!(empty, Err(Rv::ATTRIBUTE_VALUE_INVALID));
    }
    let elsewhere = create(&client, session, b"", &elsewhere);
    let check = client.get(session, elsewhere.unwrap(), A::CHECK_VALUE);
    assert_eq!(check, Ok(Vec::new()));
    // What cannot be read is kept all the same.
    let odd = create(&client, session, b"no DER", &[]).unwrap();
    assert_eq!(client.get(session, odd, A::CHECK_VALUE).unwrap().len(), 3);
}

#[test]
fn a_trusted_certificate_is_changed_by_the_security_officer_alone() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let value = hex::decode(CERTIFICATE).unwrap();
    let token: [(A, &[u8]); 2] = [(A::TOKEN, TRUE), (A::ID, b"1")];
    let object = create(&client, session, &value, &token).unwrap();
    let trust = [(A::TRUSTED, TRUE)];
    assert_eq!(
        client.set(session, object, &trust),
        Err(Rv::ATTRIBUTE_READ_ONLY)
    );
    client.logout(session).unwrap();
    client.login(session, 0, SO_PIN).unwrap();
    assert_eq!(client.set(session, object, &trust), Ok(()));
    assert_eq!(client.set(session, object, &[(A::ID, b"2")]), Ok(()));
    client.logout(session).unwrap();
    client
        .login(session, 1, crate::tests::bench::USER_PIN)
        .unwrap();
    let set = client.set(session, object, &[(A::ID, b"3")]);
    assert_eq!(set, Err(Rv::ACTION_PROHIBITED));
    assert_eq!(client.get(session, object, A::ID).unwrap(), b"2");
}
