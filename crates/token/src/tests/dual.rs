//! Two operations on the same data (5.17).

use ck::{AttributeType as A, MechanismType as M, Params, Rv};
use proto::Call;
use proto::shape::Room;

use crate::tests::bench::{Bench, Client, Got, Out, ulong};

const NONE: Params<'static> = Params::None;
const CBC: (M, Params<'static>) = (M::AES_CBC, Params::Bytes(&[0; 16]));
const DATA: [u8; 48] = [0x5a; 48];

/// One of the four functions.
struct Dual {
    both: Call,
    /// The cipher's first, middle and last call, and the one for all of it.
    cipher: [Call; 4],
    /// The other's first, middle and last call.
    other: [Call; 3],
    mechanism: M,
}

const ENCRYPT: [Call; 4] = [
    Call::EncryptInit,
    Call::EncryptUpdate,
    Call::EncryptFinal,
    Call::Encrypt,
];
const DECRYPT: [Call; 4] = [
    Call::DecryptInit,
    Call::DecryptUpdate,
    Call::DecryptFinal,
    Call::Decrypt,
];
const DIGEST: [Call; 3] = [Call::DigestInit, Call::DigestUpdate, Call::DigestFinal];
const SIGN: [Call; 3] = [Call::SignInit, Call::SignUpdate, Call::SignFinal];
const VERIFY: [Call; 3] = [Call::VerifyInit, Call::VerifyUpdate, Call::VerifyFinal];

const ALL: [Dual; 4] = [
    Dual {
        both: Call::DigestEncryptUpdate,
        cipher: ENCRYPT,
        other: DIGEST,
        mechanism: M::SHA256,
    },
    Dual {
        both: Call::DecryptDigestUpdate,
        cipher: DECRYPT,
        other: DIGEST,
        mechanism: M::SHA256,
    },
    Dual {
        both: Call::SignEncryptUpdate,
        cipher: ENCRYPT,
        other: SIGN,
        mechanism: M::SHA256_HMAC,
    },
    Dual {
        both: Call::DecryptVerifyUpdate,
        cipher: DECRYPT,
        other: VERIFY,
        mechanism: M::SHA256_HMAC,
    },
];

struct Setting {
    client: Client,
    session: u64,
    aes: u64,
    mac: u64,
}

impl Setting {
    fn new(bench: &Bench) -> Self {
        let client = bench.client();
        let session = client.open_user();
        let mac: [(A, &[u8]); 1] = [(A::VALUE_LEN, &ulong(32))];
        Self {
            aes: client.generate_aes(session, &[]).unwrap(),
            mac: client
                .generate(session, M::GENERIC_SECRET_KEY_GEN, &mac)
                .unwrap(),
            client,
            session,
        }
    }

    fn start_cipher(&self, dual: &Dual) -> Got<()> {
        self.client
            .init(dual.cipher[0], self.session, Some(CBC), self.aes)
    }

    fn start_other(&self, dual: &Dual) -> Got<()> {
        let mechanism = Some((dual.mechanism, NONE));
        self.client
            .init(dual.other[0], self.session, mechanism, self.mac)
    }

    fn output(&self, call: Call, input: &[u8]) -> Got<Vec<u8>> {
        self.client.output(call, self.session, input)
    }

    /// What the function is given.
    fn input(&self, dual: &Dual) -> Vec<u8> {
        if dual.cipher == ENCRYPT {
            return DATA.to_vec();
        }
        self.client
            .init(Call::EncryptInit, self.session, Some(CBC), self.aes)
            .unwrap();
        self.output(Call::Encrypt, &DATA).unwrap()
    }

    /// What the cipher gives alone.
    fn alone(&self, dual: &Dual, input: &[u8]) -> Vec<u8> {
        self.start_cipher(dual).unwrap();
        self.output(dual.cipher[3], input).unwrap()
    }

    /// Checks that the other operation was given the plaintext once.
    fn check_other(&self, dual: &Dual, plaintext: &[u8]) {
        let (client, session) = (&self.client, self.session);
        if dual.other == VERIFY {
            let hmac = Some((M::SHA256_HMAC, NONE));
            client
                .init(Call::SignInit, session, hmac, self.mac)
                .unwrap();
            let mac = self.output(Call::Sign, plaintext).unwrap();
            assert_eq!(client.verify_final(session, &mac), Ok(()));
            return;
        }
        let together = self.output(dual.other[2], b"").unwrap();
        self.start_other(dual).unwrap();
        self.output(dual.other[1], plaintext).unwrap();
        let alone = self.output(dual.other[2], b"").unwrap();
        assert_eq!(together, alone, "{:?}", dual.both);
    }
}

#[test]
fn both_are_given_what_each_would_have_had_alone() {
    let bench = Bench::compat();
    let setting = Setting::new(&bench);
    for dual in &ALL {
        let input = setting.input(dual);
        let alone = setting.alone(dual, &input);
        setting.start_cipher(dual).unwrap();
        setting.start_other(dual).unwrap();
        let mut output = Vec::new();
        for part in input.chunks(16) {
            output.extend(setting.output(dual.both, part).unwrap());
        }
        output.extend(setting.output(dual.cipher[2], b"").unwrap());
        assert_eq!(output, alone, "{:?}", dual.both);
        setting.check_other(dual, &DATA);
    }
}

#[test]
fn without_output_nothing_is_passed_on() {
    let bench = Bench::compat();
    let setting = Setting::new(&bench);
    for dual in &ALL {
        let input = setting.input(dual);
        setting.start_cipher(dual).unwrap();
        setting.start_other(dual).unwrap();
        let run = |room| setting.client.run(dual.both, setting.session, &input, room);
        let length = Out::Length(48);
        assert_eq!(run(Room::Query), (Rv::OK, length.clone()));
        assert_eq!(run(Room::Items(1)), (Rv::BUFFER_TOO_SMALL, length));
        let (rv, _) = run(Room::Items(48));
        assert_eq!(rv, Rv::OK, "{:?}", dual.both);
        setting.output(dual.cipher[2], b"").unwrap();
        setting.check_other(dual, &DATA);
    }
}

#[test]
fn one_operation_alone_is_not_enough_and_stays_as_it_is() {
    let bench = Bench::compat();
    let setting = Setting::new(&bench);
    for dual in &ALL {
        let input = setting.input(dual);
        let refused = Err(Rv::OPERATION_NOT_INITIALIZED);
        assert_eq!(setting.output(dual.both, &input), refused);
        setting.start_cipher(dual).unwrap();
        assert_eq!(setting.output(dual.both, &input), refused);
        setting.output(dual.cipher[3], &input).unwrap();
        setting.start_other(dual).unwrap();
        assert_eq!(setting.output(dual.both, &input), refused);
        setting.output(dual.other[1], b"data").unwrap();
        setting.check_other(dual, b"data");
    }
}

#[test]
fn the_token_says_that_it_works_on_two_operations() {
    let bench = Bench::compat();
    let flags = bench.client().token_info(1).unwrap().flags;
    assert_ne!(flags & ck::flags::token::DUAL_CRYPTO_OPERATIONS, 0);
}
