//! Messages: each with parameters of its own, in a process that outlives what fails with one of them.

use ck::{AttributeType as A, MechanismType as M, Mgf, Params, Rv};
use proto::shape::{Answer, MechanismArgument, ObjectHandle, Room, Sealed, Ulong};
use proto::{Call, Handler as _};

use crate::tests::bench::{Bench, Client, Got, TRUE, USER_PIN};

const NONCE: &[u8] = &[7; 12];
const DATA: &[u8] = b"a message of some thirty-seven bytes.";
const END: u64 = 1;

/// The parameters of a message.
#[derive(Clone, Copy)]
struct Message<'a> {
    nonce: &'a [u8],
    generator: Mgf,
    fixed_bits: u64,
    data_len: u64,
    tag: &'a [u8],
}

const GIVEN: Message<'static> = Message {
    nonce: NONCE,
    generator: Mgf::NO_GENERATE,
    fixed_bits: 0,
    data_len: 0,
    tag: &[],
};

const DRAWN: Message<'static> = Message {
    generator: Mgf::GENERATE,
    ..GIVEN
};

impl<'a> Message<'a> {
    const fn params(self) -> Params<'a> {
        Params::Aead {
            nonce: self.nonce,
            fixed_bits: self.fixed_bits,
            generator: self.generator,
            data_len: self.data_len,
            aad: &[],
            tag: Some(self.tag),
            tag_bits: 128,
        }
    }
}

/// A session with a key, in which a process may go on.
struct Setting {
    client: Client,
    session: u64,
    key: u64,
}

impl Setting {
    fn new(bench: &Bench) -> Self {
        let client = bench.client();
        let session = client.open_user();
        let key = client.generate_aes(session, &[]).unwrap();
        Self {
            client,
            session,
            key,
        }
    }

    fn start(&self, call: Call, mechanism: M) -> Got<()> {
        let argument = Some(MechanismArgument {
            id: mechanism,
            params: Params::None,
        });
        let key = ObjectHandle(self.key);
        self.client
            .call(call, self.session, |caller, session| match call {
                Call::MessageEncryptInit => caller.message_encrypt_init(session, argument, key),
                Call::MessageDecryptInit => caller.message_decrypt_init(session, argument, key),
                Call::MessageSignInit => caller.message_sign_init(session, argument, key),
                _ => caller.message_verify_init(session, argument, key),
            })
    }

    /// Encrypts a message with this much room, and gives what came out with nonce and tag.
    fn encrypt_into(&self, message: Message<'_>, room: Room) -> Got<(Answer<Vec<u8>>, Sealed)> {
        let (mut answer, mut sealed) = (Answer::new(room), Sealed::default());
        let call = Call::EncryptMessage;
        self.client.call(call, self.session, |caller, session| {
            let parameter = (message.params(), &mut sealed);
            caller.encrypt_message(session, parameter, b"beside", DATA, &mut answer)
        })?;
        Ok((answer, sealed))
    }

    fn encrypt(&self, message: Message<'_>) -> Got<(Vec<u8>, Sealed)> {
        let (answer, sealed) = self.encrypt_into(message, Room::Items(64))?;
        Ok((answer.given().unwrap().clone(), sealed))
    }

    fn decrypt(&self, message: Message<'_>, ciphertext: &[u8]) -> Got<Vec<u8>> {
        let mut answer = Answer::new(Room::Items(64));
        let call = Call::DecryptMessage;
        self.client.call(call, self.session, |caller, session| {
            caller.decrypt_message(
                session,
                message.params(),
                b"beside",
                ciphertext,
                &mut answer,
            )
        })?;
        Ok(answer.given().unwrap().clone())
    }

    fn next(
        &self,
        message: Message<'_>,
        part: &[u8],
        room: u64,
        flags: u64,
    ) -> Got<(Vec<u8>, Sealed)> {
        let (mut answer, mut sealed) = (Answer::new(Room::Items(room)), Sealed::default());
        let call = Call::EncryptMessageNext;
        self.client.call(call, self.session, |caller, session| {
            let parameter = (message.params(), &mut sealed);
            caller.encrypt_message_next(session, parameter, part, &mut answer, Ulong(flags))
        })?;
        Ok((answer.given().unwrap().clone(), sealed))
    }

    fn begin(&self, message: Message<'_>) -> Got<Sealed> {
        let mut sealed = Sealed::default();
        let call = Call::EncryptMessageBegin;
        self.client.call(call, self.session, |caller, session| {
            caller.encrypt_message_begin(session, (message.params(), &mut sealed), b"beside")
        })?;
        Ok(sealed)
    }
}

#[test]
fn each_message_has_a_nonce_of_its_own_and_opens_with_it() {
    for bench in [Bench::compat(), Bench::strict()] {
        let setting = Setting::new(&bench);
        for mechanism in [M::AES_GCM, M::AES_CCM] {
            setting.start(Call::MessageEncryptInit, mechanism).unwrap();
            setting.start(Call::MessageDecryptInit, mechanism).unwrap();
            let mut nonces = Vec::new();
            for _ in 0..4 {
                let (ciphertext, sealed) = setting.encrypt(DRAWN).unwrap();
                assert_eq!(
                    (ciphertext.len(), sealed.nonce.len(), sealed.tag.len()),
                    (37, 12, 16)
                );
                let message = Message {
                    nonce: &sealed.nonce,
                    tag: &sealed.tag,
                    ..GIVEN
                };
                assert_eq!(setting.decrypt(message, &ciphertext), Ok(DATA.to_vec()));
                nonces.push(sealed.nonce);
            }
            nonces.sort();
            nonces.dedup();
            assert_eq!(nonces.len(), 4);
            for call in [Call::MessageEncryptFinal, Call::MessageDecryptFinal] {
                let end =
                    setting
                        .client
                        .call(call, setting.session, |caller, session| match call {
                            Call::MessageEncryptFinal => caller.message_encrypt_final(session),
                            _ => caller.message_decrypt_final(session),
                        });
                assert_eq!(end, Ok(()));
            }
        }
    }
}

#[test]
fn the_callers_nonces_are_for_compat() {
    let (compat, strict) = (Bench::compat(), Bench::strict());
    let setting = Setting::new(&compat);
    setting.start(Call::MessageEncryptInit, M::AES_GCM).unwrap();
    let (_, sealed) = setting.encrypt(GIVEN).unwrap();
    assert_eq!(sealed.nonce, b"", "it is the caller's");
    let setting = Setting::new(&strict);
    setting.start(Call::MessageEncryptInit, M::AES_GCM).unwrap();
    let refused = Err(Rv::MECHANISM_PARAM_INVALID);
    assert_eq!(setting.encrypt(GIVEN).map(drop), refused);
    let half = Message {
        fixed_bits: 32,
        ..DRAWN
    };
    let refused = Err(Rv::MECHANISM_PARAM_INVALID);
    assert_eq!(
        setting.encrypt(half).map(drop),
        refused,
        "64 bits are drawn"
    );
    assert!(setting.encrypt(DRAWN).is_ok(), "the process goes on");
}

#[test]
fn fixed_bits_stay() {
    let bench = Bench::compat();
    let setting = Setting::new(&bench);
    setting.start(Call::MessageEncryptInit, M::AES_GCM).unwrap();
    let half = Message {
        fixed_bits: 32,
        ..DRAWN
    };
    let (_, sealed) = setting.encrypt(half).unwrap();
    assert_eq!(sealed.nonce[..4], NONCE[..4]);
    assert_ne!(sealed.nonce[4..], NONCE[4..]);
    let few = Message {
        fixed_bits: 40,
        ..DRAWN
    };
    let refused = setting.encrypt(few).map(drop);
    assert_eq!(
        refused,
        Err(Rv::MECHANISM_PARAM_INVALID),
        "56 bits are drawn"
    );
    for generator in [Mgf::GENERATE_COUNTER, Mgf::GENERATE_COUNTER_XOR] {
        let counted = Message { generator, ..DRAWN };
        let refused = setting.encrypt(counted).map(drop);
        assert_eq!(refused, Err(Rv::MECHANISM_PARAM_INVALID));
    }
}

#[test]
fn a_changed_message_is_refused_and_the_process_goes_on() {
    let bench = Bench::compat();
    let setting = Setting::new(&bench);
    setting.start(Call::MessageEncryptInit, M::AES_GCM).unwrap();
    setting.start(Call::MessageDecryptInit, M::AES_GCM).unwrap();
    let (ciphertext, sealed) = setting.encrypt(GIVEN).unwrap();
    let good = Message {
        tag: &sealed.tag,
        ..GIVEN
    };
    let mut changed = ciphertext.clone();
    changed[3] ^= 1;
    let failed = Err(Rv::AEAD_DECRYPT_FAILED);
    assert_eq!(setting.decrypt(good, &changed), failed);
    let other = Message {
        nonce: &[8; 12],
        ..good
    };
    assert_eq!(setting.decrypt(other, &ciphertext), failed);
    let short = Message {
        tag: &sealed.tag[..15],
        ..good
    };
    let refused = Err(Rv::MECHANISM_PARAM_INVALID);
    assert_eq!(setting.decrypt(short, &ciphertext), refused);
    assert_eq!(setting.decrypt(good, &ciphertext), Ok(DATA.to_vec()));
}

#[test]
fn a_message_in_parts_is_the_message_in_one() {
    let bench = Bench::compat();
    let setting = Setting::new(&bench);
    setting.start(Call::MessageEncryptInit, M::AES_GCM).unwrap();
    let (whole, whole_sealed) = setting.encrypt(GIVEN).unwrap();
    assert_eq!(setting.begin(GIVEN).unwrap().nonce, b"");
    assert_eq!(setting.begin(GIVEN).map(drop), Err(Rv::OPERATION_ACTIVE));
    assert_eq!(setting.encrypt(GIVEN).map(drop), Err(Rv::OPERATION_ACTIVE));
    let (first, last) = DATA.split_at(20);
    let (mut out, _) = setting.next(GIVEN, first, 64, 0).unwrap();
    let small = setting.next(GIVEN, last, 16, END).map(drop);
    assert_eq!(small, Err(Rv::BUFFER_TOO_SMALL));
    let (rest, sealed) = setting.next(GIVEN, last, 17, END).unwrap();
    out.extend(rest);
    assert_eq!((out, sealed.tag), (whole, whole_sealed.tag));
    let late = setting.next(GIVEN, last, 64, END).map(drop);
    assert_eq!(late, Err(Rv::OPERATION_NOT_INITIALIZED));
    let drawn = setting.begin(DRAWN).unwrap();
    assert_eq!(drawn.nonce.len(), 12, "it is told at the beginning");
    setting.start(Call::MessageDecryptInit, M::AES_CCM).unwrap();
}

#[test]
fn who_asks_for_the_length_gets_no_nonce() {
    let bench = Bench::compat();
    let setting = Setting::new(&bench);
    setting.start(Call::MessageEncryptInit, M::AES_GCM).unwrap();
    let (answer, sealed) = setting.encrypt_into(DRAWN, Room::Query).unwrap();
    assert_eq!(answer.given_length(), Some(37));
    assert_eq!((sealed.nonce.len(), sealed.tag.len()), (0, 0));
}

#[test]
fn a_process_ends_with_the_login_and_is_not_saved() {
    let bench = Bench::compat();
    let setting = Setting::new(&bench);
    let (client, session) = (&setting.client, setting.session);
    setting.start(Call::MessageEncryptInit, M::AES_GCM).unwrap();
    let mut state = Answer::new(Room::Query);
    let saved = client.call(Call::GetOperationState, session, |caller, session| {
        caller.get_operation_state(session, &mut state)
    });
    assert_eq!(saved, Err(Rv::STATE_UNSAVEABLE));
    client.logout(session).unwrap();
    client.login(session, 1, USER_PIN).unwrap();
    let gone = setting.encrypt(DRAWN).map(drop);
    assert_eq!(gone, Err(Rv::OPERATION_NOT_INITIALIZED));
}

#[test]
fn each_message_needs_the_pin_where_the_key_says_so() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let always = [(A::ALWAYS_AUTHENTICATE, TRUE)];
    let (_, key) = client.generate_ec(session, &always).unwrap();
    let setting = Setting {
        client,
        session,
        key,
    };
    setting
        .start(Call::MessageSignInit, M::ECDSA_SHA256)
        .unwrap();
    let sign = || {
        let mut answer = Answer::new(Room::Items(64));
        setting
            .client
            .call(Call::SignMessage, session, |caller, session| {
                caller.sign_message(session, (), DATA, &mut answer)
            })
    };
    assert_eq!(sign(), Err(Rv::USER_NOT_LOGGED_IN));
    for _ in 0..2 {
        setting.client.login(session, 2, USER_PIN).unwrap();
        assert_eq!(sign(), Ok(()));
        assert_eq!(sign(), Err(Rv::USER_NOT_LOGGED_IN));
    }
}

#[test]
fn what_signs_by_a_nonce_of_its_parameter_signs_no_messages() {
    let bench = Bench::compat();
    let setting = Setting::new(&bench);
    let refused = Err(Rv::MECHANISM_INVALID);
    assert_eq!(setting.start(Call::MessageSignInit, M::AES_GMAC), refused);
    assert_eq!(setting.start(Call::MessageEncryptInit, M::AES_CBC), refused);
}
