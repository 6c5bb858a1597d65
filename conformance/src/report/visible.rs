//! A module's strings made harmless to look at.
//!
//! A label may hold an escape sequence that repaints the terminal, a NUL that ends a string early, or a mark that turns
//! the direction of the text around it. Each form of the report escapes what is special in that form; what is special
//! everywhere is written out here, so that it is seen instead of obeyed.

use std::fmt::Write as _;

use super::model::{
    CaseResult, Clause, Difference, Differential, Measurement, Mechanism, Module, Profile, Report,
    Token,
};

/// Copies a report with every character written out that would act instead of being shown.
#[must_use]
pub fn report(report: &Report) -> Report {
    let mut copy = report.clone();
    clean_report(&mut copy);
    copy
}

/// Writes out characters that act instead of being shown; a line feed and a tab become one space.
#[must_use]
pub fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(' '),
            acting if acts(acting) => {
                write!(shown, "\\u{{{:x}}}", u32::from(acting)).expect("a string takes all text");
            }
            shown_as_it_is => shown.push(shown_as_it_is),
        }
    }
    shown
}

/// Tells whether a character does something to its surroundings: control characters, marks of direction, invisible
/// characters, separators of lines, and what no text may hold.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            u32::from(character),
            0x00ad
                | 0x061c
                | 0x180e
                | 0x200b..=0x200f
                | 0x2028..=0x202e
                | 0x2060..=0x206f
                | 0xfeff
                | 0xfff9..=0xfffb
                | 0xe0000..=0xe007f
        )
        || u32::from(character) & 0xfffe == 0xfffe
}

fn clean(field: &mut String) {
    if field.chars().any(acts) {
        *field = text(field);
    }
}

fn clean_all(fields: &mut [String]) {
    fields.iter_mut().for_each(clean);
}

// Each structure is taken apart with all of its fields, so that a new one is not forgotten: it does not compile.

fn clean_report(report: &mut Report) {
    let Report {
        format: _,
        suite,
        started,
        seconds: _,
        command,
        module,
        results,
        profiles,
        performance,
        differential,
    } = report;
    [suite, started, command].into_iter().for_each(clean);
    clean_module(module);
    results.iter_mut().for_each(clean_result);
    profiles.iter_mut().for_each(clean_profile);
    performance.iter_mut().for_each(clean_measurement);
    differential.iter_mut().for_each(clean_differential);
}

fn clean_module(module: &mut Module) {
    let Module {
        name,
        path,
        manufacturer,
        description,
        library_version,
        cryptoki_version,
        interfaces,
        slot: _,
        token,
        mechanisms,
    } = module;
    [name, path, manufacturer, description]
        .into_iter()
        .for_each(clean);
    [library_version, cryptoki_version]
        .into_iter()
        .for_each(clean);
    clean_all(interfaces);
    let Token {
        label,
        manufacturer,
        model,
        serial,
        flags,
    } = token;
    [label, manufacturer, model, serial]
        .into_iter()
        .for_each(clean);
    clean_all(flags);
    for mechanism in mechanisms {
        let Mechanism {
            name,
            min: _,
            max: _,
            flags,
        } = mechanism;
        clean(name);
        clean_all(flags);
    }
}

fn clean_result(result: &mut CaseResult) {
    let CaseResult {
        case,
        requirement,
        section,
        level: _,
        verdict: _,
        expected,
        got,
        note,
        calls,
        vectors: _,
        milliseconds: _,
    } = result;
    [case, requirement, section, expected, got, note]
        .into_iter()
        .for_each(clean);
    clean_all(calls);
}

fn clean_profile(profile: &mut Profile) {
    let Profile {
        name,
        id,
        claimed: _,
        met: _,
        clauses,
    } = profile;
    [name, id].into_iter().for_each(clean);
    for clause in clauses {
        let Clause {
            section,
            requirement,
            verdict: _,
            cases,
        } = clause;
        [section, requirement].into_iter().for_each(clean);
        clean_all(cases);
    }
}

fn clean_measurement(measurement: &mut Measurement) {
    let Measurement {
        mechanism,
        operation,
        key_bits: _,
        threads: _,
        bytes: _,
        per_second: _,
        p50_us: _,
        p99_us: _,
    } = measurement;
    [mechanism, operation].into_iter().for_each(clean);
}

fn clean_differential(differential: &mut Differential) {
    let Differential {
        other,
        seed: _,
        calls: _,
        same: _,
        differences,
    } = differential;
    clean(other);
    for difference in differences {
        let Difference {
            function,
            this,
            other,
            count: _,
            explanation,
            example,
        } = difference;
        [function, this, other, explanation, example]
            .into_iter()
            .for_each(clean);
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_acts_is_written_out() {
        assert_eq!(text("a\x1b[31mb"), "a\\u{1b}[31mb");
        assert_eq!(text("a\0b"), "a\\u{0}b");
        assert_eq!(text("left\u{202e}thgir"), "left\\u{202e}thgir");
        assert_eq!(text("a\u{ffff}"), "a\\u{ffff}");
        assert_eq!(text("a\u{9b}31mb"), "a\\u{9b}31mb");
    }

    #[test]
    fn a_line_stays_a_line() {
        assert_eq!(text("one\ntwo\tthree"), "one two three");
    }

    #[test]
    fn what_is_only_shown_stays() {
        let words = "Grüße, 令牌 <b> & \"§5.6.1\" 🔑";
        assert_eq!(text(words), words);
    }
}
