//! Keys, random numbers and the token.

use broken_module::Function::*;
use cryptoki_sys::*;

use super::{BITS, F, PIN, SO_PIN, T, aes, login, open, read, user, word};
use crate::client::{Client, address, bytes, mechanism, say, size, template};

pub(crate) fn keys(p11: &Client, slot: usize) {
    let session = user(p11, slot);
    let make = mechanism(CKM_AES_KEY_GEN, &[]);
    let (sixteen, bad) = (word(32), word(17));
    for rows in [
        &[
            (CKA_VALUE_LEN, &sixteen[..]),
            (CKA_LABEL, b"made"),
            (CKA_SENSITIVE, T),
        ][..],
        &[],
        &[(CKA_VALUE_LEN, &bad)],
    ] {
        let [place, count] = template(rows);
        let key = p11.number(GenerateKey, &[session, make, place, count]);
        read(p11, session, key, BITS, 8);
        read(p11, session, key, &[CKA_SENSITIVE], 1);
    }
    let made = |session| {
        let [place, count] = template(&[
            (CKA_VALUE_LEN, &sixteen),
            (CKA_SENSITIVE, F),
            (CKA_EXTRACTABLE, T),
        ]);
        p11.number(GenerateKey, &[session, make, place, count])
    };
    let mut values = [[0u8; 32]; 2];
    for value in &mut values {
        let key = made(session);
        let [place, count] = template(&[(CKA_VALUE, &[0; 32])]);
        p11.call(GetAttributeValue, &[session, key, place, count]);
        // SAFETY: the template that was just made, with a value of 32 bytes.
        let attribute = unsafe { &*std::ptr::with_exposed_provenance::<CK_ATTRIBUTE>(place) };
        // SAFETY: as above.
        value.copy_from_slice(unsafe {
            std::slice::from_raw_parts(attribute.pValue.cast::<u8>(), 32)
        });
    }
    say(&format!(
        "    two keys are the same: {}",
        values[0] == values[1]
    ));
    pair(p11, session);
    wraps(p11, session);
    random(p11, session);
    p11.call(CloseAllSessions, &[slot]);
}

fn pair(p11: &Client, session: usize) {
    let bits = word(1024);
    let ([public, public_count], [private, private_count]) = (
        template(&[(CKA_MODULUS_BITS, &bits), (CKA_LABEL, b"public")]),
        template(&[(CKA_LABEL, b"private")]),
    );
    let (mut one, mut other) = (0, 0);
    p11.call(
        GenerateKeyPair,
        &[
            session,
            mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, &[]),
            public,
            public_count,
            private,
            private_count,
            address(&mut one),
            address(&mut other),
        ],
    );
    for key in [one, other] {
        read(
            p11,
            session,
            size(key),
            &[CKA_CLASS, CKA_LABEL, CKA_MODULUS_BITS],
            8,
        );
    }
}

fn wraps(p11: &Client, session: usize) {
    let wrapping = aes(
        p11,
        session,
        &[(CKA_WRAP, T), (CKA_UNWRAP, T), (CKA_DERIVE, T)],
    );
    let idle = aes(
        p11,
        session,
        &[
            (CKA_WRAP, F),
            (CKA_UNWRAP, F),
            (CKA_SIGN, F),
            (CKA_VERIFY, F),
            (CKA_DERIVE, F),
        ],
    );
    let method = mechanism(CKM_AES_KEY_WRAP, &[]);
    let open = aes(p11, session, &[(CKA_EXTRACTABLE, T), (CKA_SENSITIVE, F)]);
    let wrapped = p11.output(WrapKey, &[session, method, wrapping, open]);
    p11.output(WrapKey, &[session, method, idle, open]);
    for row in [(CKA_EXTRACTABLE, F), (CKA_WRAP_WITH_TRUSTED, T)] {
        let kept = aes(p11, session, &[(CKA_EXTRACTABLE, T), row]);
        p11.output(WrapKey, &[session, method, wrapping, kept]);
    }
    let (class, kind) = (word(CKO_SECRET_KEY), word(CKK_AES));
    let [place, count] = template(&[
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &kind),
        (CKA_LABEL, b"label"),
        (CKA_SENSITIVE, T),
        (CKA_EXTRACTABLE, F),
    ]);
    for (key, blob) in [
        (wrapping, &wrapped[..]),
        (idle, &wrapped),
        (wrapping, &[1; 24]),
    ] {
        let [blob, length] = bytes(blob);
        let found = p11.number(
            UnwrapKey,
            &[session, method, key, blob, length, place, count],
        );
        read(p11, session, found, BITS, 8);
        read(p11, session, found, &[CKA_VALUE], 40);
    }
    derives(p11, session, [wrapping, idle]);
}

fn derives(p11: &Client, session: usize, keys: [usize; 2]) {
    let [_, idle] = keys;
    let (class, kind) = (word(CKO_SECRET_KEY), word(CKK_AES));
    let length = word(32);
    let [place, count] = template(&[
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &kind),
        (CKA_LABEL, b"label"),
        (CKA_SENSITIVE, T),
        (CKA_EXTRACTABLE, F),
        (CKA_VALUE_LEN, &length),
    ]);
    let data = [4u8; 32].to_vec().leak();
    let parameter: Vec<u8> = bytes(data)
        .iter()
        .flat_map(|word| word.to_ne_bytes())
        .collect();
    for key in keys {
        let found = p11.number(
            DeriveKey,
            &[
                session,
                mechanism(CKM_AES_ECB_ENCRYPT_DATA, &parameter),
                key,
                place,
                count,
            ],
        );
        read(p11, session, found, BITS, 8);
        let [open, count] = template(&[
            (CKA_CLASS, &class),
            (CKA_KEY_TYPE, &kind),
            (CKA_SENSITIVE, F),
            (CKA_EXTRACTABLE, T),
            (CKA_VALUE_LEN, &length),
        ]);
        let found = p11.number(
            DeriveKey,
            &[
                session,
                mechanism(CKM_AES_ECB_ENCRYPT_DATA, &parameter),
                key,
                open,
                count,
            ],
        );
        read(p11, session, found, &[CKA_VALUE], 40);
    }
    let hmac = mechanism(CKM_AES_CMAC, &[]);
    p11.call(SignInit, &[session, hmac, idle]);
    p11.call(VerifyInit, &[session, hmac, idle]);
}

fn random(p11: &Client, session: usize) {
    for length in [16, 64, 300] {
        let (mut one, mut other) = ([0u8; 302], [0u8; 302]);
        for buffer in [&mut one, &mut other] {
            p11.call(
                GenerateRandom,
                &[session, buffer.as_mut_ptr().expose_provenance(), length],
            );
        }
        let zeros = one[length - 16..length].iter().all(|byte| *byte == 0);
        say(&format!(
            "    same {}, zeros {zeros}, behind {}",
            one == other,
            one[length]
        ));
    }
}

pub(crate) fn tokens(p11: &Client, slot: usize) {
    let session = open(p11, slot, 6);
    let ([pin, length], [wrong, wrong_length]) = (bytes(SO_PIN), bytes(b"87654321"));
    let label = [b'x'; 32].as_ptr().expose_provenance();
    p11.call(InitToken, &[slot, pin, length, label]);
    p11.call(CloseSession, &[session]);
    p11.call(InitToken, &[slot, wrong, wrong_length, label]);
    p11.call(InitToken, &[slot, pin, length, label]);
    let session = open(p11, slot, 6);
    login(p11, session, 1, PIN);
    p11.call(CloseAllSessions, &[slot]);
    p11.call(Finalize, &[0]);
}
