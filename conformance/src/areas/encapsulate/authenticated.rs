//! C_WrapKeyAuthenticated and C_UnwrapKeyAuthenticated with AES-GCM.

use cryptoki_sys::*;

use crate::areas::wrap::carriers::Payload;
use crate::c::{Mechanism, Object, Out, Session, Structure};
use crate::case::{Case, Outcome, case, spec32};
use crate::context::Context;

pub(super) fn cases() -> Vec<Case> {
    let payloads = [
        Payload::Aes(16),
        Payload::Aes(32),
        Payload::Generic(33),
        Payload::Ec,
    ];
    let trips = payloads.map(|payload| {
        case(
            format!("encapsulate.wrap-authenticated.{}", payload.name()),
            spec32("5.18"),
            "A key that is wrapped and unwrapped with associated data is the same key.",
        )
        .run(move |cx| {
            let wrapped = Wrapped::new(cx, payload)?;
            let (rv, key) = wrapped.open(cx, &wrapped.bytes, &wrapped.tag, b"associated");
            cx.ok(rv)?;
            payload.expect(cx, wrapped.session, key)
        })
    });
    trips.into_iter().chain(changes()).collect()
}

fn changes() -> Vec<Case> {
    vec![
        case(
            "encapsulate.wrap-authenticated.other-data",
            spec32("5.18"),
            "Other associated data is refused.",
        )
        .run(|cx| {
            let wrapped = Wrapped::new(cx, Payload::Aes(32))?;
            let (rv, _) = wrapped.open(cx, &wrapped.bytes, &wrapped.tag, b"other");
            cx.expect_one_of(rv, REFUSED)
        }),
        case(
            "encapsulate.wrap-authenticated.other-tag",
            spec32("5.18"),
            "Another tag is refused.",
        )
        .run(|cx| {
            let wrapped = Wrapped::new(cx, Payload::Aes(32))?;
            let mut tag = wrapped.tag.clone();
            tag[15] ^= 1;
            let (rv, _) = wrapped.open(cx, &wrapped.bytes, &tag, b"associated");
            cx.expect_one_of(rv, REFUSED)
        }),
        case(
            "encapsulate.wrap-authenticated.changed",
            spec32("5.18"),
            "A wrapped key that was changed is refused.",
        )
        .run(|cx| {
            let wrapped = Wrapped::new(cx, Payload::Aes(32))?;
            let mut bytes = wrapped.bytes.clone();
            bytes[3] ^= 1;
            let (rv, _) = wrapped.open(cx, &bytes, &wrapped.tag, b"associated");
            cx.expect_one_of(rv, REFUSED)
        }),
    ]
}

const REFUSED: &[CK_RV] = &[
    CKR_WRAPPED_KEY_INVALID,
    CKR_AEAD_DECRYPT_FAILED,
    CKR_ENCRYPTED_DATA_INVALID,
];

/// A key that was wrapped with associated data.
struct Wrapped {
    session: Session,
    carrier: Object,
    payload: Payload,
    bytes: Vec<u8>,
    tag: Vec<u8>,
}

/// `CK_GCM_MESSAGE_PARAMS` with this tag.
fn message(tag: &[u8]) -> Mechanism {
    let structure = Structure::new()
        .pointer(&[7; 12])
        .number(12)
        .number(0)
        .number(CKG_NO_GENERATE)
        .pointer(tag)
        .number(128);
    Mechanism::with(CKM_AES_GCM, structure)
}

impl Wrapped {
    fn new(cx: &mut Context<'_>, payload: Payload) -> Outcome<Self> {
        cx.mechanism(CKM_AES_GCM, CKF_WRAP | CKF_UNWRAP)?;
        let session = cx.session()?;
        let carrier = cx.aes(session, 32, &[CKA_WRAP, CKA_UNWRAP])?;
        let key = payload.import(cx, session)?;
        let mechanism = message(&[0xff; 16]);
        let output = cx.c.wrap_key_authenticated(
            session,
            &mechanism,
            carrier,
            key,
            b"associated",
            Out::Room(4096),
        );
        cx.ok(output.rv)?;
        let tag = mechanism
            .structure()
            .map(|structure| structure.read(1).to_vec());
        Ok(Self {
            session,
            carrier,
            payload,
            bytes: output.bytes,
            tag: tag.unwrap_or_default(),
        })
    }

    fn open(
        &self,
        cx: &Context<'_>,
        bytes: &[u8],
        tag: &[u8],
        data: &[u8],
    ) -> (crate::c::Rv, Object) {
        cx.c.unwrap_key_authenticated(
            self.session,
            &message(tag),
            self.carrier,
            bytes,
            &self.payload.template(),
            data,
        )
    }
}
