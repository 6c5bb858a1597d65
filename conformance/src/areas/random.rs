//! Random numbers (PKCS#11 3.1 section 5.19).

use cryptoki_sys::{
    CKF_RNG, CKR_ARGUMENTS_BAD, CKR_OK, CKR_RANDOM_NO_RNG, CKR_RANDOM_SEED_NOT_SUPPORTED,
    CKR_SESSION_HANDLE_INVALID,
};

use crate::c::{Arg, Function, Session};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};

/// Lengths around those that generators work in.
const LENGTHS: [usize; 9] = [1, 15, 16, 31, 64, 255, 1000, 4096, 65536];

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [generate(), statistics(), seed()]
        .into_iter()
        .flatten()
        .collect()
}

fn generating(id: &str, requirement: &str) -> Draft {
    case(format!("random.generate.{id}"), spec("5.19.2"), requirement).stage(Stage::Public)
}

fn seeding(id: &str, requirement: &str) -> Draft {
    case(format!("random.seed.{id}"), spec("5.19.1"), requirement).stage(Stage::Public)
}

/// Requires that the token has a generator.
fn generator(cx: &Context<'_>) -> Outcome {
    if cx.facts.token_flags & CKF_RNG == 0 {
        return not_applicable("the token does not set CKF_RNG");
    }
    Ok(())
}

/// Random bytes of a token that has a generator.
fn random(cx: &Context<'_>, session: Session, size: usize) -> Outcome<Vec<u8>> {
    generator(cx)?;
    let (rv, bytes) = cx.c.generate_random(session, size);
    cx.ok(rv)?;
    Ok(bytes)
}

fn generate() -> Vec<Case> {
    let mut cases = vec![
        generating(
            "flag",
            "C_GenerateRandom succeeds where the token sets CKF_RNG, and answers CKR_RANDOM_NO_RNG where it does not.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let has = cx.facts.token_flags & CKF_RNG != 0;
            let code = if has { CKR_OK } else { CKR_RANDOM_NO_RNG };
            cx.expect(cx.c.generate_random(session, 16).0, code)
        }),
        generating("nothing", "C_GenerateRandom of no bytes answers CKR_OK, or CKR_ARGUMENTS_BAD, and writes nothing.").run(|cx| {
            generator(cx)?;
            let session = cx.session()?;
            cx.expect_one_of(cx.c.generate_random(session, 0).0, &[CKR_OK, CKR_ARGUMENTS_BAD])
        }),
        generating("null", "C_GenerateRandom with a null pointer answers CKR_ARGUMENTS_BAD.").run(|cx| {
            generator(cx)?;
            let session = cx.session()?;
            let args = vec![Arg::Number(session.0), Arg::Null, Arg::Number(16)];
            cx.expect(cx.c.call(Function::C_GenerateRandom, args), CKR_ARGUMENTS_BAD)
        }),
        generating("invalid-session", "C_GenerateRandom with a session that was closed answers CKR_SESSION_HANDLE_INVALID.").run(|cx| {
            let session = cx.session()?;
            cx.prepared(cx.c.close_session(session))?;
            cx.expect(cx.c.generate_random(session, 16).0, CKR_SESSION_HANDLE_INVALID)
        }),
        generating("read-only", "C_GenerateRandom works in a read-only session of nobody.").run(|cx| {
            let session = cx.read_only()?;
            random(cx, session, 16).map(drop)
        }),
        generating("logged-in", "C_GenerateRandom works when the user is logged in.").stage(Stage::User).run(|cx| {
            let session = cx.session()?;
            random(cx, session, 16).map(drop)
        }),
        generating("differ", "Two calls of C_GenerateRandom give different bytes.").run(|cx| {
            let session = cx.session()?;
            let (first, second) = (random(cx, session, 32)?, random(cx, session, 32)?);
            cx.check(first != second, "different bytes", hex::encode(first))
        }),
        generating("sessions-differ", "C_GenerateRandom gives different bytes in two sessions.").run(|cx| {
            let (one, other) = (cx.session()?, cx.session()?);
            let (first, second) = (random(cx, one, 32)?, random(cx, other, 32)?);
            cx.check(first != second, "different bytes", hex::encode(first))
        }),
        generating("initialized-again", "C_GenerateRandom does not begin again after C_Finalize and C_Initialize.").stage(Stage::Initialized).run(|cx| {
            let session = cx.session()?;
            let first = random(cx, session, 32)?;
            cx.prepared(cx.c.finalize())?;
            cx.prepared(cx.c.initialize(None))?;
            let session = cx.session()?;
            let second = random(cx, session, 32)?;
            cx.check(first != second, "different bytes", hex::encode(first))
        }),
    ];
    cases.extend(LENGTHS.map(|size| {
        generating(
            &format!("length-{size}"),
            &format!("C_GenerateRandom fills {size} bytes, and none behind them."),
        )
        .run(move |cx| {
            let session = cx.session()?;
            filled(cx, session, size)
        })
    }));
    cases
}

/// Requires that every byte of the buffer is written: each position differs from itself in some of a few calls.
fn filled(cx: &Context<'_>, session: Session, size: usize) -> Outcome {
    // A position that is written is the same in all of 24 calls with a chance of 256^-23.
    const CALLS: usize = 24;
    let first = random(cx, session, size)?;
    let mut constant = vec![true; size];
    for _ in 1..CALLS {
        let next = random(cx, session, size)?;
        for (constant, (one, other)) in constant.iter_mut().zip(first.iter().zip(&next)) {
            *constant &= one == other;
        }
    }
    let stuck = constant.iter().position(|constant| *constant);
    cx.check(
        stuck.is_none(),
        "other bytes in each place",
        format!("the same in place {stuck:?} of all calls"),
    )
}

/// How many bytes the statistics look at.
const SAMPLE: usize = 65536;

/// A case about many random bytes.
fn statistic(id: &str, requirement: &str, judge: fn(&Context<'_>, &[u8]) -> Outcome) -> Case {
    generating(id, requirement)
        .should()
        .explain("A generator that is good fails this once in more than a thousand million runs.")
        .run(move |cx| {
            let session = cx.session()?;
            judge(cx, &random(cx, session, SAMPLE)?)
        })
}

fn statistics() -> Vec<Case> {
    vec![
        statistic(
            "bits",
            "Half of the bits of C_GenerateRandom are ones.",
            |cx, bytes| {
                let ones: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
                // 2^19 bits: the mean is 2^18, the standard deviation 362; 6.5 of them are 2353.
                cx.check(
                    ones.abs_diff(262_144) < 2353,
                    "262144 ones of 524288, give or take 2353",
                    ones.to_string(),
                )
            },
        ),
        statistic(
            "bytes",
            "All bytes of C_GenerateRandom come alike often.",
            |cx, bytes| {
                let mut counts = [0u32; 256];
                for byte in bytes {
                    counts[usize::from(*byte)] += 1;
                }
                // Each is binomial with the mean 256 and the standard deviation 16; eight of them are 128.
                let odd = counts.iter().find(|count| count.abs_diff(256) > 128);
                cx.check(
                    odd.is_none(),
                    "each byte 128 to 384 times",
                    format!("{odd:?} times"),
                )
            },
        ),
        statistic(
            "runs",
            "Bits of C_GenerateRandom change every second time.",
            |cx, bytes| {
                let within: u32 = bytes
                    .iter()
                    .map(|byte| ((byte ^ (byte >> 1)) & 0x7F).count_ones())
                    .sum();
                let between = bytes
                    .windows(2)
                    .filter(|pair| pair[0] & 1 != pair[1] >> 7)
                    .count();
                let changes = within as usize + between;
                // 524287 pairs of neighbours: the mean is half of them, the standard deviation 362; 6.5 of them are 2353.
                cx.check(
                    changes.abs_diff(262_143) < 2354,
                    "262143 changes, give or take 2353",
                    changes.to_string(),
                )
            },
        ),
        statistic(
            "blocks",
            "No sixteen bytes of C_GenerateRandom come twice.",
            |cx, bytes| {
                let mut blocks: Vec<_> = bytes.chunks(16).collect();
                blocks.sort_unstable();
                let twice = blocks.windows(2).find(|pair| pair[0] == pair[1]);
                cx.check(twice.is_none(), "each block once", format!("{twice:?}"))
            },
        ),
    ]
}

fn seed() -> Vec<Case> {
    const SEEDED: &[u64] = &[CKR_OK, CKR_RANDOM_SEED_NOT_SUPPORTED];
    vec![
        seeding("some", "C_SeedRandom answers CKR_OK, or CKR_RANDOM_SEED_NOT_SUPPORTED.").run(|cx| {
            generator(cx)?;
            let session = cx.session()?;
            cx.expect_one_of(cx.c.seed_random(session, b"some seed material"), SEEDED)
        }),
        seeding("much", "C_SeedRandom takes a kilobyte where it takes a seed at all.").run(|cx| {
            generator(cx)?;
            let session = cx.session()?;
            cx.expect_one_of(cx.c.seed_random(session, &[0x5A; 1024]), SEEDED)
        }),
        seeding("null", "C_SeedRandom with a null pointer answers CKR_ARGUMENTS_BAD, or CKR_RANDOM_SEED_NOT_SUPPORTED.").run(|cx| {
            generator(cx)?;
            let session = cx.session()?;
            let args = vec![Arg::Number(session.0), Arg::Null, Arg::Number(16)];
            let rv = cx.c.call(Function::C_SeedRandom, args);
            cx.expect_one_of(rv, &[CKR_ARGUMENTS_BAD, CKR_RANDOM_SEED_NOT_SUPPORTED])
        }),
        seeding("invalid-session", "C_SeedRandom with a session that was closed answers CKR_SESSION_HANDLE_INVALID.").run(|cx| {
            let session = cx.session()?;
            cx.prepared(cx.c.close_session(session))?;
            cx.expect(cx.c.seed_random(session, b"seed"), CKR_SESSION_HANDLE_INVALID)
        }),
        seeding("no-generator", "C_SeedRandom of a token without a generator answers CKR_RANDOM_NO_RNG, or CKR_RANDOM_SEED_NOT_SUPPORTED.").run(|cx| {
            if cx.facts.token_flags & CKF_RNG != 0 {
                return not_applicable("the token sets CKF_RNG");
            }
            let session = cx.session()?;
            let codes = [CKR_RANDOM_NO_RNG, CKR_RANDOM_SEED_NOT_SUPPORTED];
            cx.expect_one_of(cx.c.seed_random(session, b"seed"), &codes)
        }),
        seeding("mixes", "The same seed given twice does not make C_GenerateRandom repeat itself.").run(|cx| {
            let session = cx.session()?;
            let mut drawn = Vec::new();
            for _ in 0..2 {
                cx.prepared(cx.c.seed_random(session, &[7; 32]))?;
                drawn.push(random(cx, session, 32)?);
            }
            cx.check(drawn[0] != drawn[1], "different bytes", hex::encode(&drawn[0]))
        }),
    ]
}
