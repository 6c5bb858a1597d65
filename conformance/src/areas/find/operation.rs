//! A search as an operation of a session: begun, continued, ended (sections 5.7.7 to 5.7.9).

use cryptoki_sys::*;

use crate::areas::object::kinds::Kind;
use crate::c::{Arg, Function, Mechanism, Object, Out, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;

/// How many objects the larger cases make.
const MANY: usize = 300;

pub(super) fn cases() -> Vec<Case> {
    let topics = [states(), portions(), beside(), meanwhile(), arguments()];
    topics.into_iter().flatten().collect()
}

/// So many data objects with a label of their own.
fn some(cx: &mut Context<'_>, count: usize) -> Outcome<(Session, Template, Vec<Object>)> {
    let session = cx.session()?;
    let by = Template::new().text(CKA_LABEL, &cx.label());
    let made: Outcome<Vec<_>> = (0..count).map(|_| cx.data_object(session, &by)).collect();
    Ok((session, by, made?))
}

fn sorted(mut objects: Vec<Object>) -> Vec<Object> {
    objects.sort_unstable();
    objects
}

fn states() -> Vec<Case> {
    vec![
        objects_without_init(),
        final_without_init(),
        init_twice(),
        final_twice(),
        objects_after_final(),
        final_at_once(),
        refused_init(),
    ]
}

fn objects_without_init() -> Case {
    case(
        "find.state.objects-without-init",
        spec("5.7.8"),
        "C_FindObjects without a search answers CKR_OPERATION_NOT_INITIALIZED.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let rv = cx.c.find_objects(session, 1).rv;
        cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

fn final_without_init() -> Case {
    case(
        "find.state.final-without-init",
        spec("5.7.9"),
        "C_FindObjectsFinal without a search answers CKR_OPERATION_NOT_INITIALIZED.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let rv = cx.c.find_objects_final(session);
        cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

fn init_twice() -> Case {
    case(
        "find.state.init-twice",
        spec("5.7.7"),
        "A second C_FindObjectsInit answers CKR_OPERATION_ACTIVE, and the first search goes on.",
    )
    .run(|cx| {
        let (session, by, objects) = some(cx, 1)?;
        cx.ok(cx.c.find_objects_init(session, &by))?;
        let rv = cx.c.find_objects_init(session, &Template::new());
        cx.expect(rv, CKR_OPERATION_ACTIVE)?;
        let found = cx.c.find_objects(session, 4);
        cx.ok(found.rv)?;
        cx.equal("found", &objects, &found.list)?;
        cx.ok(cx.c.find_objects_final(session))
    })
}

fn final_twice() -> Case {
    case(
        "find.state.final-twice",
        spec("5.7.9"),
        "C_FindObjectsFinal ends the search: a second one answers CKR_OPERATION_NOT_INITIALIZED.",
    )
    .run(|cx| {
        let session = cx.session()?;
        cx.ok(cx.c.find_objects_init(session, &Template::new()))?;
        cx.ok(cx.c.find_objects_final(session))?;
        let rv = cx.c.find_objects_final(session);
        cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

fn objects_after_final() -> Case {
    case(
        "find.state.objects-after-final",
        spec("5.7.8"),
        "C_FindObjects after C_FindObjectsFinal answers CKR_OPERATION_NOT_INITIALIZED.",
    )
    .run(|cx| {
        let session = cx.session()?;
        cx.ok(cx.c.find_objects_init(session, &Template::new()))?;
        cx.ok(cx.c.find_objects_final(session))?;
        let rv = cx.c.find_objects(session, 1).rv;
        cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

fn final_at_once() -> Case {
    case(
        "find.state.final-at-once",
        spec("5.7.9"),
        "A search can be ended before anything was asked of it.",
    )
    .run(|cx| {
        let (session, by, _) = some(cx, 2)?;
        cx.ok(cx.c.find_objects_init(session, &by))?;
        cx.ok(cx.c.find_objects_final(session))?;
        cx.equal(
            "found by a new search",
            &2,
            &cx.matching(session, &by)?.len(),
        )
    })
}

fn refused_init() -> Case {
    case(
        "find.state.refused-init",
        spec("5.7.7"),
        "A C_FindObjectsInit that fails starts no search.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let args = vec![Arg::Number(session.0), Arg::Null, Arg::Number(1)];
        let rv = cx.c.call(Function::C_FindObjectsInit, args);
        cx.expect(rv, CKR_ARGUMENTS_BAD)?;
        let rv = cx.c.find_objects(session, 1).rv;
        cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

fn portions() -> Vec<Case> {
    let sizes = [
        ("one", 1),
        ("two", 2),
        ("seven", 7),
        ("all", 10),
        ("more", 100),
    ];
    let by_size =
        sizes.map(|(name, size)| {
            case(
            format!("find.portion.{name}"),
            spec("5.7.8"),
            "Ten objects come in portions of at most ulMaxObjectCount, each once, and then none.",
        )
        .run(move |cx| {
            let (session, by, objects) = some(cx, 10)?;
            cx.ok(cx.c.find_objects_init(session, &by))?;
            let mut found = Vec::new();
            // Every portion has one at least, or the search is over.
            for _ in 0..=objects.len() {
                let portion = cx.c.find_objects(session, size);
                cx.ok(portion.rv)?;
                let at_most = usize::try_from(portion.count).is_ok_and(|count| count <= size);
                cx.check(at_most, format!("at most {size}"), portion.count.to_string())?;
                found.extend(portion.list);
            }
            let after = cx.c.find_objects(session, size);
            cx.ok(after.rv)?;
            cx.equal("pulObjectCount after the last", &0, &after.count)?;
            cx.ok(cx.c.find_objects_final(session))?;
            cx.equal("found", &sorted(objects), &sorted(found))
        })
        });
    let others = [none_asked(), no_match(), rest_untouched(), three_hundred()];
    by_size.into_iter().chain(others).collect()
}

fn none_asked() -> Case {
    case(
        "find.portion.none-asked",
        spec("5.7.8"),
        "Asking for no handles gives none, and loses none.",
    )
    .should()
    .run(|cx| {
        let (session, by, objects) = some(cx, 3)?;
        cx.ok(cx.c.find_objects_init(session, &by))?;
        let nothing = cx.c.find_objects(session, 0);
        cx.ok(nothing.rv)?;
        cx.equal("pulObjectCount", &0, &nothing.count)?;
        let rest = cx.c.find_objects(session, 10);
        cx.ok(rest.rv)?;
        cx.ok(cx.c.find_objects_final(session))?;
        cx.equal("found then", &sorted(objects), &sorted(rest.list))
    })
}

fn no_match() -> Case {
    case(
        "find.portion.no-match",
        spec("5.7.8"),
        "A search that matches nothing answers CKR_OK and 0.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let by = Template::new().text(CKA_LABEL, &cx.label());
        cx.ok(cx.c.find_objects_init(session, &by))?;
        let found = cx.c.find_objects(session, 10);
        cx.ok(found.rv)?;
        cx.equal("pulObjectCount", &0, &found.count)?;
        cx.ok(cx.c.find_objects_final(session))
    })
}

fn rest_untouched() -> Case {
    case(
        "find.portion.rest-untouched",
        spec("5.7.8"),
        "Room for handles that are not found stays as it was.",
    )
    .should()
    .run(|cx| {
        let (session, by, objects) = some(cx, 2)?;
        cx.ok(cx.c.find_objects_init(session, &by))?;
        let mut handles = [CK_ULONG::MAX; 8];
        let mut count: CK_ULONG = 0;
        let args = vec![
            Arg::Number(session.0),
            Arg::Numbers(&mut handles),
            Arg::Number(8),
            Arg::Place(&mut count),
        ];
        cx.ok(cx.c.call(Function::C_FindObjects, args))?;
        cx.ok(cx.c.find_objects_final(session))?;
        cx.equal("pulObjectCount", &(objects.len() as CK_ULONG), &count)?;
        cx.equal("the rest", &[CK_ULONG::MAX; 6].as_slice(), &&handles[2..])
    })
}

fn three_hundred() -> Case {
    case(
        "find.portion.three-hundred",
        spec("5.7.8"),
        "A search finds three hundred objects with one call.",
    )
    .deadline(120)
    .run(|cx| {
        let (session, by, objects) = some(cx, MANY)?;
        cx.ok(cx.c.find_objects_init(session, &by))?;
        let found = cx.c.find_objects(session, 2 * MANY);
        cx.ok(found.rv)?;
        cx.ok(cx.c.find_objects_final(session))?;
        cx.equal("found", &sorted(objects), &sorted(found.list))
    })
}

/// Searches beside another operation of the session: finds these objects, or is told that an operation is active.
fn search_beside(cx: &Context<'_>, session: Session, by: &Template, objects: &[Object]) -> Outcome {
    match cx.c.find(session, by) {
        Ok(found) => cx.equal("found", &sorted(objects.to_vec()), &sorted(found)),
        Err(rv) => cx.expect(rv, CKR_OPERATION_ACTIVE),
    }
}

/// Why a module may refuse a search beside another operation.
const ONE_AT_A_TIME: &str = "CKR_OPERATION_ACTIVE is an allowed answer: section 5.1.6 gives a search that keeps an encryption from \
                             starting as its example. What must not happen is that one operation breaks the other.";

/// A search beside other operations of the session.
fn beside() -> Vec<Case> {
    vec![
        digest(),
        sign(),
        digest_during_search(),
        read_during_search(),
        two_sessions(),
        closed_session(),
    ]
}

fn digest() -> Case {
    case(
            "find.beside.digest",
            spec("5.1.6"),
            "A search while the session digests works or answers CKR_OPERATION_ACTIVE, and the digest goes on.",
        )
        .explain(ONE_AT_A_TIME)
        .run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            let (session, by, objects) = some(cx, 1)?;
            let digest = Mechanism::new(CKM_SHA256);
            cx.prepared(cx.c.digest_init(session, Some(&digest)))?;
            cx.ok(cx.c.digest_update(session, b"ab"))?;
            search_beside(cx, session, &by, &objects)?;
            cx.ok(cx.c.digest_update(session, b"c"))?;
            let output = cx.c.digest_final(session, Out::Room(32));
            cx.ok(output.rv)?;
            // SHA-256 of "abc": FIPS 180-2, appendix B.1.
            let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
            cx.equal("digest", &expected.to_owned(), &hex::encode(output.bytes))
        })
}

fn sign() -> Case {
    case(
            "find.beside.sign",
            spec("5.1.6"),
            "A search between C_SignInit and C_Sign works or answers CKR_OPERATION_ACTIVE, and the signature is made.",
        )
        .explain(ONE_AT_A_TIME)
        .run(|cx| {
            cx.mechanism(CKM_ECDSA, CKF_SIGN)?;
            let (session, by, objects) = some(cx, 1)?;
            let more = Template::new().flag(CKA_SIGN, true);
            let key = cx.object(session, Kind::named("ec-private"), &more)?;
            let ecdsa = Mechanism::new(CKM_ECDSA);
            cx.prepared(cx.c.sign_init(session, Some(&ecdsa), key))?;
            search_beside(cx, session, &by, &objects)?;
            let output = cx.c.sign(session, &[7; 32], Out::Room(64));
            cx.ok(output.rv)?;
            cx.equal("length of the signature", &64, &output.bytes.len())
        })
}

fn digest_during_search() -> Case {
    case(
            "find.beside.digest-during-search",
            spec("5.1.6"),
            "C_DigestInit during a search works or answers CKR_OPERATION_ACTIVE, and the search goes on.",
        )
        .explain(ONE_AT_A_TIME)
        .run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            let (session, by, objects) = some(cx, 2)?;
            cx.ok(cx.c.find_objects_init(session, &by))?;
            let first = cx.c.find_objects(session, 1);
            cx.ok(first.rv)?;
            let digest = Mechanism::new(CKM_SHA256);
            let rv = cx.c.digest_init(session, Some(&digest));
            cx.expect_one_of(rv, &[CKR_OK, CKR_OPERATION_ACTIVE])?;
            let second = cx.c.find_objects(session, 1);
            cx.ok(second.rv)?;
            cx.ok(cx.c.find_objects_final(session))?;
            let both = first.list.into_iter().chain(second.list).collect();
            cx.equal("found", &sorted(objects), &sorted(both))
        })
}

fn read_during_search() -> Case {
    case(
        "find.beside.read-during-search",
        spec("5.7.7"),
        "Attributes can be read while a search is active, as every application does.",
    )
    .run(|cx| {
        let (session, by, objects) = some(cx, 3)?;
        cx.ok(cx.c.find_objects_init(session, &by))?;
        let mut found = Vec::new();
        for _ in &objects {
            let one = cx.c.find_objects(session, 1);
            cx.ok(one.rv)?;
            for object in one.list {
                cx.read(session, object, CKA_VALUE)?;
                found.push(object);
            }
        }
        cx.ok(cx.c.find_objects_final(session))?;
        cx.equal("found", &sorted(objects), &sorted(found))
    })
}

fn two_sessions() -> Case {
    case(
        "find.beside.two-sessions",
        spec("5.7.7"),
        "Two sessions search at the same time, each its own search.",
    )
    .run(|cx| {
        let (one, by_one, objects_one) = some(cx, 3)?;
        let (two, by_two, objects_two) = some(cx, 3)?;
        cx.ok(cx.c.find_objects_init(one, &by_one))?;
        cx.ok(cx.c.find_objects_init(two, &by_two))?;
        let (mut found_one, mut found_two) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            found_one.extend(cx.c.find_objects(one, 1).list);
            found_two.extend(cx.c.find_objects(two, 1).list);
        }
        cx.ok(cx.c.find_objects_final(one))?;
        cx.ok(cx.c.find_objects_final(two))?;
        cx.equal(
            "found by the first",
            &sorted(objects_one),
            &sorted(found_one),
        )?;
        cx.equal(
            "found by the second",
            &sorted(objects_two),
            &sorted(found_two),
        )
    })
}

fn closed_session() -> Case {
    case(
        "find.beside.closed-session",
        spec("5.6.2"),
        "A session that is closed during a search leaves other searches alone.",
    )
    .run(|cx| {
        let (session, by, objects) = some(cx, 2)?;
        let (rv, other) = cx.c.open_read_write(cx.slot);
        cx.ok(rv)?;
        cx.ok(cx.c.find_objects_init(session, &by))?;
        let begun = cx.c.find_objects_init(other, &by);
        cx.ok(cx.c.close_session(other))?;
        cx.ok(begun)?;
        let found = cx.c.find_objects(session, 10);
        cx.ok(found.rv)?;
        cx.ok(cx.c.find_objects_final(session))?;
        cx.equal("found", &sorted(objects), &sorted(found.list))
    })
}

/// Objects that come and go during the search may be found or not; nothing else may happen.
fn meanwhile() -> Vec<Case> {
    vec![
        case(
            "find.meanwhile.created",
            spec("5.7.7"),
            "A search goes on when a matching object is created meanwhile: all old ones are found.",
        )
        .run(|cx| {
            let (session, by, objects) = some(cx, 3)?;
            cx.ok(cx.c.find_objects_init(session, &by))?;
            let first = cx.c.find_objects(session, 1);
            cx.ok(first.rv)?;
            let new = cx.data_object(session, &by)?;
            let rest = cx.c.find_objects(session, 10);
            cx.ok(rest.rv)?;
            cx.ok(cx.c.find_objects_final(session))?;
            let found = first.list.into_iter().chain(rest.list);
            let old = found.filter(|object| *object != new).collect();
            cx.equal("found of the old", &sorted(objects), &sorted(old))
        }),
        case(
            "find.meanwhile.destroyed",
            spec("5.7.7"),
            "A search goes on when a matching object is destroyed meanwhile: all others are found.",
        )
        .run(|cx| {
            let (session, by, objects) = some(cx, 4)?;
            cx.ok(cx.c.find_objects_init(session, &by))?;
            let first = cx.c.find_objects(session, 1);
            cx.ok(first.rv)?;
            let gone = objects.iter().find(|one| !first.list.contains(one));
            let gone = *gone.unwrap_or(&objects[0]);
            cx.ok(cx.c.destroy_object(session, gone))?;
            let rest = cx.c.find_objects(session, 10);
            cx.ok(rest.rv)?;
            cx.ok(cx.c.find_objects_final(session))?;
            let others = |list: Vec<Object>| {
                sorted(list.into_iter().filter(|object| *object != gone).collect())
            };
            let found = first.list.into_iter().chain(rest.list).collect();
            cx.equal("found of the others", &others(objects), &others(found))
        }),
    ]
}

fn arguments() -> Vec<Case> {
    vec![
        case(
            "find.arguments.null-template",
            spec("5.7.7"),
            "A null template of no attributes finds everything, as a template without attributes does.",
        )
        .run(|cx| {
            let (session, _, objects) = some(cx, 2)?;
            let args = vec![Arg::Number(session.0), Arg::Null, Arg::Number(0)];
            cx.ok(cx.c.call(Function::C_FindObjectsInit, args))?;
            let mut found = Vec::new();
            loop {
                let portion = cx.c.find_objects(session, 100);
                cx.ok(portion.rv)?;
                if portion.list.is_empty() {
                    break;
                }
                found.extend(portion.list);
            }
            cx.ok(cx.c.find_objects_final(session))?;
            let all = objects.iter().all(|object| found.contains(object));
            cx.check(all, "both objects", format!("{found:?}"))
        }),
        case(
            "find.arguments.null-handles",
            spec("5.7.8"),
            "C_FindObjects without room for handles answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let (session, by, _) = some(cx, 1)?;
            cx.ok(cx.c.find_objects_init(session, &by))?;
            let mut count: CK_ULONG = 0;
            let args = vec![
                Arg::Number(session.0),
                Arg::Null,
                Arg::Number(1),
                Arg::Place(&mut count),
            ];
            let rv = cx.c.call(Function::C_FindObjects, args);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
        case(
            "find.arguments.null-count",
            spec("5.7.8"),
            "C_FindObjects without a place for the count answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let (session, by, _) = some(cx, 1)?;
            cx.ok(cx.c.find_objects_init(session, &by))?;
            let mut handles = [0; 4];
            let args = vec![
                Arg::Number(session.0),
                Arg::Numbers(&mut handles),
                Arg::Number(4),
                Arg::Null,
            ];
            let rv = cx.c.call(Function::C_FindObjects, args);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
    ]
    .into_iter()
    .chain(sessions())
    .collect()
}

fn sessions() -> Vec<Case> {
    let nowhere = Session(CK_INVALID_HANDLE);
    vec![
        case(
            "find.arguments.init-session",
            spec("5.1.2"),
            "C_FindObjectsInit in a session that does not exist answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let rv = cx.c.find_objects_init(nowhere, &Template::new());
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
        }),
        case(
            "find.arguments.objects-session",
            spec("5.1.2"),
            "C_FindObjects in a session that does not exist answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let rv = cx.c.find_objects(nowhere, 1).rv;
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
        }),
        case(
            "find.arguments.final-session",
            spec("5.1.2"),
            "C_FindObjectsFinal in a session that does not exist answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let rv = cx.c.find_objects_final(nowhere);
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
        }),
    ]
}
