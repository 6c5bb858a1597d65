//! A process that forks (PKCS#11 2.20 section 6.6.1, which later versions keep in their usage guide; 3.1 section 3.6 for interfaces that
//! are safe to fork).

use cryptoki_sys::*;

use crate::c::fork::{Child, in_child};
use crate::c::{Mechanism, Module, Out, Rv, Session};
use crate::case::{Case, Draft, Outcome, Stage, case, other};
use crate::context::{Context, fail, not_applicable};
use crate::keys::unhex;

/// SHA-256 of `abc`: FIPS 180-4's example.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// How a child says that it does not get the module.
const REFUSED: &str = "C_Initialize answers";

fn draft(id: &str, requirement: &str) -> Draft {
    let id = format!("thread.fork.{id}");
    case(id, other("PKCS#11 2.20", "6.6.1"), requirement)
        .stage(Stage::Loaded)
        .solo()
        .deadline(60)
}

/// Returns the cases about forks.
pub(super) fn cases() -> Vec<Case> {
    [child(), secrets(), parent()]
        .into_iter()
        .flatten()
        .collect()
}

/// Initialises the module, unless it is safe to fork: then children have what their parents have.
fn initialize(cx: &Context<'_>) -> Outcome {
    let interface = cx.c.library().interface(None, None, 0);
    if let Some(Ok(interface)) = interface
        && interface.flags & CKF_INTERFACE_FORK_SAFE != 0
    {
        return not_applicable(
            "the module's interface is safe to fork, so children keep their parents' state",
        );
    }
    cx.ok(cx.c.initialize(None))
}

/// Initialises the module and logs the user in.
fn log_in(cx: &mut Context<'_>) -> Outcome<Session> {
    let pin = cx.user_pin()?;
    initialize(cx)?;
    let session = cx.session()?;
    cx.prepared(cx.c.login(session, CKU_USER, pin))?;
    Ok(session)
}

/// Runs something in a child and returns what it says.
fn said(work: impl FnOnce() -> String) -> Outcome<String> {
    match in_child(work) {
        Ok(Child::Said(said)) => Ok(said),
        Ok(Child::Died(how)) => fail("a child that returns", how),
        Err(error) => not_applicable(format!("the system gives no child: {error}")),
    }
}

/// Requires that a child says this.
fn says(expected: &str, work: impl FnOnce() -> String) -> Outcome {
    let got = said(work)?;
    if got == expected {
        return Ok(());
    }
    prepared(&got)?;
    fail(format!("the child: {expected}"), got)
}

/// Requires that a child that lived its life got as far as having the module; whether it must is the case `thread.fork.initialize`.
fn prepared(said: &str) -> Outcome {
    if said.starts_with(REFUSED) {
        return not_applicable(format!("cannot be prepared: in the child {said}"));
    }
    Ok(())
}

/// Digests in a new session: `CKR_OK` for the right result.
fn digest(c: &Module, slot: CK_SLOT_ID) -> String {
    let (rv, session) = c.open_read_only(slot);
    if !rv.is_ok() {
        return format!("C_OpenSession answers {rv}");
    }
    let begun = c.digest_init(session, Some(&Mechanism::new(CKM_SHA256)));
    if !begun.is_ok() {
        return format!("C_DigestInit answers {begun}");
    }
    let got = c.digest(session, b"abc", Out::Room(32));
    if got.rv.is_ok() && got.bytes == unhex(ABC) {
        return c.close_session(session).to_string();
    }
    format!("C_Digest answers {} and {}", got.rv, hex::encode(got.bytes))
}

/// Initialises, does something, and finalises: what the first failure answers, else what `work` says.
fn life(c: &Module, work: impl FnOnce() -> String) -> String {
    let rv = c.initialize(None);
    if !rv.is_ok() {
        return format!("{REFUSED} {rv}");
    }
    let said = work();
    let rv = c.finalize();
    if rv.is_ok() {
        said
    } else {
        format!("C_Finalize answers {rv}")
    }
}

fn state(c: &Module, session: Session) -> String {
    let (rv, info) = c.session_info(session);
    if rv.is_ok() {
        crate::c::names::name(crate::c::names::STATES, info.state)
    } else {
        rv.to_string()
    }
}

fn child() -> Vec<Case> {
    vec![
        draft("initialize", "A child of an application may initialise the module for itself.").run(|cx| {
            initialize(cx)?;
            says("CKR_OK", || cx.c.initialize(None).to_string())
        }),
        draft("uninitialized", "A child that has not called C_Initialize is told CKR_CRYPTOKI_NOT_INITIALIZED.")
            .should()
            .explain("The specification leaves what happens undefined, and calls this code the ideal: a child that goes on with its parent's state disturbs it.")
            .run(|cx| {
                initialize(cx)?;
                says(&Rv::new(CKR_CRYPTOKI_NOT_INITIALIZED).to_string(), || cx.c.info().0.to_string())
            }),
        draft("works", "A child that has initialised the module can work with it.").run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            initialize(cx)?;
            let (c, slot) = (cx.c, cx.slot);
            says("CKR_OK", || life(c, || digest(c, slot)))
        }),
        draft("logs-in", "A child that has initialised the module can log its user in.").run(|cx| {
            log_in(cx)?;
            let (c, slot, pin) = (cx.c, cx.slot, cx.user_pin()?);
            says("CKR_OK", || {
                life(c, || {
                    let (_, session) = c.open_read_write(slot);
                    c.login(session, CKU_USER, pin).to_string()
                })
            })
        }),
        draft("sessions", "A parent's session is none of its child's once that has initialised the module.").should().run(|cx| {
            initialize(cx)?;
            let session = cx.session()?;
            let c = cx.c;
            let invalid = Rv::new(CKR_SESSION_HANDLE_INVALID).to_string();
            says(&invalid, || life(c, || c.session_info(session).0.to_string()))
        }),
        draft("several", "Children that come one after the other can all initialise the module and work.").run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            initialize(cx)?;
            let (c, slot) = (cx.c, cx.slot);
            for _ in 0..5 {
                says("CKR_OK", || life(c, || digest(c, slot)))?;
            }
            Ok(())
        }),
        draft("grandchild", "A child's child can initialise the module for itself as well.").run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            initialize(cx)?;
            let (c, slot) = (cx.c, cx.slot);
            says("CKR_OK", || {
                life(c, || match in_child(|| life(c, || digest(c, slot))) {
                    Ok(Child::Said(said)) => said,
                    other => format!("{other:?}"),
                })
            })
        }),
        draft("before", "A process that forks before C_Initialize and its child can both use the module.").run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            let (c, slot) = (cx.c, cx.slot);
            says("CKR_OK", || life(c, || digest(c, slot)))?;
            cx.equal("the parent", &"CKR_OK".to_owned(), &life(c, || digest(c, slot)))
        }),
    ]
}

/// What a child must not have from its parent.
fn secrets() -> Vec<Case> {
    vec![
        draft("login-not-inherited", "A child that has initialised the module is not logged in, though its parent is.").should().run(|cx| {
            log_in(cx)?;
            let (c, slot) = (cx.c, cx.slot);
            says("CKS_RW_PUBLIC_SESSION", || {
                life(c, || {
                    let (_, session) = c.open_read_write(slot);
                    state(c, session)
                })
            })
        }),
        draft("login-not-usable", "A child that has not initialised the module cannot go on as its parent's user.").should().run(|cx| {
            let session = log_in(cx)?;
            let said = said(|| state(cx.c, session))?;
            let user = said.ends_with("USER_FUNCTIONS");
            cx.check(!user, "no session of the user", said)
        }),
        draft("random", "A child and its parent draw different random bytes.").run(|cx| {
            random_differs(cx, |c, slot| {
                life(c, || {
                    let (_, session) = c.open_read_only(slot);
                    hex::encode(c.generate_random(session, 32).1)
                })
            })
        }),
        draft("random-uninitialized", "A child that goes on with its parent's session draws other random bytes than the parent, if any.").run(|cx| {
            initialize(cx)?;
            let session = cx.session()?;
            if cx.facts.token_flags & CKF_RNG == 0 {
                return not_applicable("the token does not set CKF_RNG");
            }
            let c = cx.c;
            let child = said(|| {
                let (rv, bytes) = c.generate_random(session, 32);
                if rv.is_ok() { hex::encode(bytes) } else { rv.to_string() }
            })?;
            let (rv, bytes) = cx.c.generate_random(session, 32);
            cx.ok(rv)?;
            cx.check(child != hex::encode(&bytes), "different bytes", child)
        }),
    ]
}

fn random_differs(cx: &mut Context<'_>, draw: fn(&Module, CK_SLOT_ID) -> String) -> Outcome {
    if cx.facts.token_flags & CKF_RNG == 0 {
        return not_applicable("the token does not set CKF_RNG");
    }
    initialize(cx)?;
    let (c, slot) = (cx.c, cx.slot);
    let first = said(|| draw(c, slot))?;
    let second = said(|| draw(c, slot))?;
    prepared(&first)?;
    let session = cx.session()?;
    let (rv, third) = cx.c.generate_random(session, 32);
    cx.ok(rv)?;
    let all = [first, second, hex::encode(third)];
    let drawn = all.iter().all(|bytes| bytes.len() == 64);
    cx.check(
        drawn,
        "32 bytes in two children and the parent",
        all.join(", "),
    )?;
    let differ = all[0] != all[1] && all[0] != all[2] && all[1] != all[2];
    cx.check(differ, "three times other bytes", all.join(", "))
}

/// What a child must not do to its parent.
fn parent() -> Vec<Case> {
    let untouched = |id: &str, what: &str, work: fn(&Module, CK_SLOT_ID)| {
        draft(
            &format!("parent.{id}"),
            &format!("A parent keeps its session and its login when its child {what}."),
        )
        .run(move |cx| {
            let session = log_in(cx)?;
            let (c, slot) = (cx.c, cx.slot);
            said(|| {
                work(c, slot);
                String::new()
            })?;
            cx.equal(
                "state",
                &"CKS_RW_USER_FUNCTIONS".to_owned(),
                &state(cx.c, session),
            )?;
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            cx.equal("the parent", &"CKR_OK".to_owned(), &digest(cx.c, cx.slot))
        })
    };
    vec![
        untouched("exit", "does nothing and ends", |_, _| {}),
        untouched("initialize", "initialises the module and ends", |c, _| {
            c.initialize(None);
        }),
        untouched("finalize", "initialises and finalises the module", |c, _| {
            c.initialize(None);
            c.finalize();
        }),
        untouched("finalize-only", "finalises the module without having initialised it", |c, _| {
            c.finalize();
        }),
        untouched("close-all", "initialises the module and closes all sessions of the slot", |c, slot| {
            c.initialize(None);
            c.close_all_sessions(slot);
        }),
        untouched("calls", "calls the module without having initialised it", |c, slot| {
            c.info();
            c.token_info(slot);
            c.open_read_only(slot);
        }),
        draft("parent.operation", "A parent goes on with its operation when its child has initialised and finalised the module.").run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            initialize(cx)?;
            let session = cx.session()?;
            cx.prepared(cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256))))?;
            cx.prepared(cx.c.digest_update(session, b"a"))?;
            let (c, slot) = (cx.c, cx.slot);
            said(|| life(c, || digest(c, slot)))?;
            cx.ok(cx.c.digest_update(session, b"bc"))?;
            let digest = cx.c.digest_final(session, Out::Room(32));
            cx.ok(digest.rv)?;
            cx.equal_bytes("SHA-256", &unhex(ABC), &digest.bytes)
        }),
    ]
}
