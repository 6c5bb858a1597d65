//! Random calls, some of them wild: the module answers all with codes of the standard and goes on serving.

use super::still_serves;
use crate::c::names;
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, fail};
use crate::random::Player;

/// How many games there are; each has its own process, so that one crash does not hide another.
const GAMES: u64 = 8;

/// One case for each game.
pub(super) fn cases() -> Vec<Case> {
    let games = (0..GAMES).map(|game| {
        let requirement = format!("Random calls of game {game} all come back with return codes of the standard.");
        case(format!("robustness.random.{game}"), spec("5.1"), requirement)
            .should()
            .solo()
            .deadline(120)
            .explain("The calls follow from --seed and the number of the game; --rounds says how many there are.")
            .run(move |cx| play(cx, game))
    });
    games.collect()
}

fn play(cx: &mut Context<'_>, game: u64) -> Outcome {
    let seed = cx.target.seed.wrapping_mul(GAMES).wrapping_add(game);
    let mut player = Player::new(cx.c, cx.slot, seed, true);
    player.begin();
    for _ in 0..cx.target.rounds / GAMES {
        let step = player.play();
        let known = step.rv.starts_with("CKR_") && step.rv != "CKR_GENERAL_ERROR";
        if !known && !is_vendor(&step.rv) {
            return fail(
                format!("{} of {} names what was wrong", step.function, step.call),
                step.rv,
            );
        }
    }
    player.end();
    still_serves(cx)
}

/// Tells whether a code that the standard does not know is of the vendor's own range.
fn is_vendor(rv: &str) -> bool {
    let number = rv
        .strip_prefix("0x")
        .and_then(|digits| u64::from_str_radix(digits, 16).ok());
    debug_assert!(
        names::number(names::RETURN_CODES, rv).is_none() || rv == "CKR_GENERAL_ERROR",
        "only unknown codes are asked about"
    );
    number.is_some_and(|number| number & cryptoki_sys::CKR_VENDOR_DEFINED != 0)
}
