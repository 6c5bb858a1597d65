//! Operations.

use broken_module::Function::{self, *};
use cryptoki_sys::*;

use super::{F, T, aes, create, user, word};
use crate::client::{Client, address, bytes, mechanism, say};

/// Tries a family of functions: started, started again, asked, ended; in one part and in many.
fn family(
    p11: &Client,
    session: usize,
    functions: [Function; 4],
    key: Option<usize>,
    kind: usize,
    data: &[u8],
) {
    let [init, at_once, update, last] = functions;
    let mut start = vec![session, kind];
    start.extend(key);
    let [place, length] = bytes(data);
    p11.call(init, &start);
    p11.call(init, &start);
    p11.output(at_once, &[session, place, length]);
    p11.output(at_once, &[session, place, length]);
    p11.call(init, &start);
    if [DigestUpdate, SignUpdate].contains(&update) {
        p11.call(update, &[session, place, length]);
    } else {
        p11.output(update, &[session, place, length]);
    }
    p11.output(last, &[session]);
    p11.output(last, &[session]);
}

pub(crate) fn operations(p11: &Client, slot: usize) {
    let session = user(p11, slot);
    let key = aes(
        p11,
        session,
        &[
            (CKA_ENCRYPT, T),
            (CKA_DECRYPT, T),
            (CKA_SIGN, T),
            (CKA_VERIFY, T),
        ],
    );
    let (class, generic) = (word(CKO_SECRET_KEY), word(CKK_GENERIC_SECRET));
    let mac = create(
        p11,
        session,
        &[
            (CKA_CLASS, &class),
            (CKA_KEY_TYPE, &generic),
            (CKA_VALUE, &[7; 32]),
            (CKA_SIGN, T),
            (CKA_VERIFY, T),
        ],
    );
    let (cbc, hmac) = (
        mechanism(CKM_AES_CBC, &[9; 16]),
        mechanism(CKM_SHA256_HMAC, &[]),
    );
    families(p11, session, [key, mac], [cbc, hmac]);
    tag(p11, session, key);
    refused(p11, session, cbc, hmac, key);
    verify(p11, session, hmac, mac);
    p11.call(CloseAllSessions, &[slot]);
}

fn families(p11: &Client, session: usize, [key, mac]: [usize; 2], [cbc, hmac]: [usize; 2]) {
    const ENCRYPT: [Function; 4] = [EncryptInit, Encrypt, EncryptUpdate, EncryptFinal];
    const DECRYPT: [Function; 4] = [DecryptInit, Decrypt, DecryptUpdate, DecryptFinal];
    const DIGEST: [Function; 4] = [DigestInit, Digest, DigestUpdate, DigestFinal];
    const SIGN: [Function; 4] = [SignInit, Sign, SignUpdate, SignFinal];
    for data in [&[3; 32][..], &[3; 20]] {
        family(p11, session, ENCRYPT, Some(key), cbc, data);
        family(p11, session, DECRYPT, Some(key), cbc, data);
    }
    family(
        p11,
        session,
        DIGEST,
        None,
        mechanism(CKM_SHA256, &[]),
        b"data",
    );
    family(p11, session, SIGN, Some(mac), hmac, b"data");
}

/// Decrypts what has a wrong tag.
fn tag(p11: &Client, session: usize, key: usize) {
    let mut gcm = [0usize; 6];
    gcm[..3].copy_from_slice(&[
        [9u8; 16].to_vec().leak().as_ptr().expose_provenance(),
        12,
        96,
    ]);
    gcm[5] = 128;
    let gcm: Vec<u8> = gcm.iter().flat_map(|word| word.to_ne_bytes()).collect();
    p11.call(DecryptInit, &[session, mechanism(CKM_AES_GCM, &gcm), key]);
    let [place, length] = bytes(&[5; 40]);
    let (mut buffer, mut room) = ([0u8; 64], 64);
    p11.call(
        Decrypt,
        &[
            session,
            place,
            length,
            buffer.as_mut_ptr().expose_provenance(),
            address(&mut room),
        ],
    );
    say(&format!("    {room}"));
}

/// Starts what cannot be started.
fn refused(p11: &Client, session: usize, cbc: usize, hmac: usize, key: usize) {
    p11.call(EncryptInit, &[session, mechanism(CKM_AES_CBC, &[]), key]);
    p11.call(EncryptInit, &[session, mechanism(0x8000_1234, &[]), key]);
    p11.call(SignInit, &[session, hmac, 999]);
    p11.call(SignInit, &[session, hmac, key]);
    let idle = aes(p11, session, &[(CKA_ENCRYPT, F), (CKA_DECRYPT, F)]);
    p11.call(EncryptInit, &[session, cbc, idle]);
    p11.call(DecryptInit, &[session, cbc, idle]);
}

fn verify(p11: &Client, session: usize, hmac: usize, mac: usize) {
    let ([data, length], mut right) = (bytes(b"data"), [0u8; 32]);
    let mut room = 32;
    p11.call(SignInit, &[session, hmac, mac]);
    p11.call(
        Sign,
        &[
            session,
            data,
            length,
            right.as_mut_ptr().expose_provenance(),
            address(&mut room),
        ],
    );
    for signature in [&right[..], &[1; 32], &[1; 31]] {
        let [place, size] = bytes(signature);
        p11.call(VerifyInit, &[session, hmac, mac]);
        p11.call(VerifyInit, &[session, hmac, mac]);
        p11.call(Verify, &[session, data, length, place, size]);
        p11.call(Verify, &[session, data, length, place, size]);
        p11.call(VerifyInit, &[session, hmac, mac]);
        p11.call(VerifyUpdate, &[session, data, length]);
        p11.call(VerifyFinal, &[session, place, size]);
    }
}
