//! The page around the sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    Book, Section, attacks, cases, differential, failures, header, matrix, mechanisms, module,
    performance, profiles, reproduce, vectors,
};
use crate::report::words;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What the page may load: nothing but its own style and its own script by their digests, and its own icon. Were a string of
/// a module to slip through as markup, a browser would still not run it.
const POLICY: &str = "default-src 'none'; style-src 'sha256-STYLE'; img-src data:; base-uri 'none'; \
     form-action 'none'; script-src 'sha256-SCRIPT'";

/// A drop, as a file of its own would be asked for over the network.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath \
     fill='%231f6f8b' d='M8 1c3 4 5 6.5 5 9a5 5 0 0 1-10 0c0-2.5 2-5 5-9z'/%3E%3C/svg%3E";

/// Lays out the page.
pub(super) fn page(book: &Book<'_>) -> Markup {
    let sections = sections(book);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="dew-conformance";
                title { "PKCS#11 conformance: " (book.titles.join(" · ")) }
                link rel="icon" href=(ICON);
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip-link href="#content" { "Skip to the content" }
                (contents(&sections))
                main #content {
                    (header::header(book))
                    @for section in &sections {
                        section #(section.id) aria-labelledby={ (section.id) "-title" } {
                            h2 #{ (section.id) "-title" } { (section.title) }
                            (section.body)
                        }
                    }
                    (footer(book))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn sections(book: &Book<'_>) -> Vec<Section> {
    let makers = [
        matrix::section,
        failures::section,
        failures::known,
        attacks::section,
        profiles::section,
        vectors::section,
        performance::section,
        differential::section,
        module::section,
        mechanisms::section,
        cases::section,
        reproduce::section,
    ];
    makers.into_iter().filter_map(|make| make(book)).collect()
}

fn contents(sections: &[Section]) -> Markup {
    html! {
        nav.contents aria-label="Contents" {
            p.brand { "dew-conformance" }
            ul {
                @for section in sections {
                    li {
                        a href={ "#" (section.id) } {
                            (section.title)
                            @if let Some(count) = section.count { " " span.count { (words::grouped(count)) } }
                        }
                    }
                }
            }
        }
    }
}

fn footer(book: &Book<'_>) -> Markup {
    html! {
        footer {
            @for (title, report) in book.columns() {
                p {
                    @if book.several() { (title) ": " }
                    "judged by dew-conformance " (report.suite) ", begun " (words::moment(&report.started)) ", took "
                    (words::duration(report.seconds)) "."
                }
            }
        }
    }
}

fn policy() -> String {
    POLICY
        .replace("SCRIPT", SCRIPT_DIGEST)
        .replace("STYLE", STYLE_DIGEST)
}

/// The SHA-256 of [`SCRIPT`] in Base64, as a policy names it. A test computes it anew.
const SCRIPT_DIGEST: &str = "NO+7sUu72WIRPNlf6ReyxGmZ3yv7hsXoo7qnmxPuKDQ=";

/// The same of [`STYLE`].
const STYLE_DIGEST: &str = "SxErjK8bz3CHv/ac6qCxsj2R4onUdjD8NddQBswtF8A=";

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn the_policy_lets_this_script_run_and_this_style_apply() {
        for (text, expected) in [(SCRIPT, SCRIPT_DIGEST), (STYLE, STYLE_DIGEST)] {
            let digest = digest::digest(&digest::SHA256, text.as_bytes());
            assert_eq!(expected, STANDARD.encode(digest));
        }
    }
}
