//! The convention on output of section 5.2, and what it does to wrapping.

use cryptoki_sys::*;

use super::carriers::{CARRIERS, Carrier, Payload, With};
use crate::c::{Mechanism, Object, Out, Session};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;

pub(super) fn cases() -> Vec<Case> {
    CARRIERS
        .iter()
        .filter(|carrier| {
            carrier.with == With::Rsa
                || [CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP, CKM_AES_CBC_PAD].contains(&carrier.kind)
        })
        .flat_map(|carrier| of(*carrier))
        .collect()
}

struct Bench {
    session: Session,
    mechanism: Mechanism,
    wrapping: Object,
    key: Object,
}

impl Bench {
    fn new(cx: &mut Context<'_>, carrier: Carrier) -> Outcome<Self> {
        let mechanism = carrier.mechanism(cx, CKF_WRAP)?;
        let session = cx.session()?;
        let wrapping = carrier.keys(cx, session)?.public;
        let key = Payload::Aes(32).import(cx, session)?;
        Ok(Self {
            session,
            mechanism,
            wrapping,
            key,
        })
    }

    fn wrap(&self, cx: &Context<'_>, out: Out) -> crate::c::Output {
        cx.c.wrap_key(self.session, &self.mechanism, self.wrapping, self.key, out)
    }

    /// The length that the call tells; it has to tell one.
    fn told(&self, cx: &Context<'_>) -> Outcome<usize> {
        let output = self.wrap(cx, Out::Length);
        cx.ok(output.rv)?;
        cx.check(
            (32..4096).contains(&output.length),
            "a length for a key of 32 bytes",
            output.length.to_string(),
        )?;
        Ok(usize::try_from(output.length).expect("it is below 4,096"))
    }
}

fn of(carrier: Carrier) -> Vec<Case> {
    let name = carrier.name;
    let new = |what: &str, requirement: &str| {
        case(
            format!("wrap.{name}.length.{what}"),
            spec("5.2"),
            requirement,
        )
    };
    vec![
        new("enough", "The length that C_WrapKey tells is enough, and no less is told afterwards.").run(move |cx| {
            let bench = Bench::new(cx, carrier)?;
            let told = bench.told(cx)?;
            let output = bench.wrap(cx, Out::Room(told));
            cx.ok(output.rv)?;
            cx.check(output.length <= told as u64 && output.length >= 32, format!("at most {told} bytes"), output.length.to_string())
        }),
        new("too-small", "A buffer that is too small answers CKR_BUFFER_TOO_SMALL, tells the length, and stays untouched.").run(move |cx| {
            let bench = Bench::new(cx, carrier)?;
            let told = bench.told(cx)?;
            let output = bench.wrap(cx, Out::Room(16));
            cx.expect(output.rv, CKR_BUFFER_TOO_SMALL)?;
            cx.check(output.length >= 32 && output.length <= told as u64, format!("at most {told} and enough"), output.length.to_string())?;
            cx.check(!output.touched, "nothing written", "something")?;
            cx.ok(bench.wrap(cx, Out::Room(told)).rv)
        }),
        new("more", "A buffer with room to spare is filled as far as the wrapped key goes.").run(move |cx| {
            let bench = Bench::new(cx, carrier)?;
            let told = bench.told(cx)?;
            let output = bench.wrap(cx, Out::Room(told + 100));
            cx.ok(output.rv)?;
            cx.check(output.length <= told as u64, format!("at most {told} bytes"), output.length.to_string())
        }),
        new("no-place", "C_WrapKey without a place for the length answers CKR_ARGUMENTS_BAD.").run(move |cx| {
            let bench = Bench::new(cx, carrier)?;
            cx.expect(bench.wrap(cx, Out::NoLength).rv, CKR_ARGUMENTS_BAD)
        }),
    ]
}
