//! The page in a real browser: whole without scripts and on paper, quiet, legible, and no wider than the screen.

use std::path::{Path, PathBuf};
use std::process::Command;

use conformance::report::html;
use conformance::report::model::{Report, Verdict};

use crate::chromium::{Chromium, Tab, View};
use crate::hostile;
use crate::sample::{self, CAREFUL, CARELESS};

const DESK: View = View {
    width: 1280,
    scripts: true,
    dark: false,
};
const WITHOUT_SCRIPTS: View = View {
    scripts: false,
    ..DESK
};
const PHONE: View = View { width: 390, ..DESK };

/// A page in a folder of its own.
struct Page {
    folder: tempfile::TempDir,
    reports: Vec<Report>,
}

impl Page {
    fn of(reports: Vec<Report>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("page.html"), html::render(&reports)).unwrap();
        Self { folder, reports }
    }

    fn alone() -> Self {
        Self::of(vec![sample::report(&CARELESS)])
    }

    fn beside_each_other() -> Self {
        Self::of(vec![sample::report(&CAREFUL), sample::report(&CARELESS)])
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("page.html")
    }
}

/// Says what is wrong with the page as the browser sees it: nothing.
fn check_quiet(tab: &Tab<'_>, page: &Path) {
    assert_eq!(tab.requests(), [format!("file://{}", page.display())]);
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[test]
fn the_page_is_whole_without_scripts() {
    let page = Page::beside_each_other();
    let mut browser = Chromium::start();
    let mut tab = browser.open(&page.path(), WITHOUT_SCRIPTS);
    check_quiet(&tab, &page.path());
    let text = tab.evaluate("document.documentElement.textContent");
    let text = text.as_str().unwrap();
    for result in page.reports.iter().flat_map(|report| &report.results) {
        assert!(text.contains(&result.case), "{} is missing", result.case);
    }
    let filter = tab.evaluate("document.getElementById('filter').childElementCount");
    assert_eq!(filter, 0, "what needs scripts is there without them");
}

#[test]
fn scripts_add_a_filter() {
    let page = Page::alone();
    let failures = page.reports[0].results.iter();
    let failures = failures
        .filter(|result| result.verdict == Verdict::Fail)
        .count();
    let mut browser = Chromium::start();
    let mut tab = browser.open(&page.path(), DESK);
    let shown = tab.evaluate(
        "(() => { const verdict = document.getElementById('filter-verdict'); verdict.value = 'fail';
           verdict.dispatchEvent(new Event('change'));
           return [...document.querySelectorAll('details.area tbody tr')].filter((row) => row.checkVisibility()).length; })()",
    );
    assert_eq!(shown, failures);
    let found = tab.evaluate(
        "(() => { const words = document.getElementById('filter-words'); words.value = 'attack.';
           words.dispatchEvent(new Event('input')); return document.querySelector('.found').textContent; })()",
    );
    assert_eq!(found, "2 cases");
    check_quiet(&tab, &page.path());
}

#[test]
fn no_page_is_wider_than_its_screen() {
    let pages = [
        Page::alone(),
        Page::beside_each_other(),
        Page::of(vec![hostile::report()]),
    ];
    let mut browser = Chromium::start();
    for page in pages {
        for view in [
            DESK,
            PHONE,
            View {
                scripts: false,
                ..PHONE
            },
        ] {
            let mut tab = browser.open(&page.path(), view);
            let width = tab.evaluate(
                "(() => { for (const fold of document.querySelectorAll('details')) fold.open = true;
                   return document.documentElement.scrollWidth; })()",
            );
            assert_eq!(width, view.width, "{view:?}");
        }
    }
}

#[test]
fn paper_shows_what_is_folded() {
    let page = Page::alone();
    let pdf = page.folder.path().join("page.pdf");
    let mut browser = Chromium::start();
    browser.open(&page.path(), WITHOUT_SCRIPTS).print(&pdf);
    let text = text_of(&pdf);
    let pages = text.matches('\u{c}').count();
    assert!((10..80).contains(&pages), "{pages} pages");
    let text = squeezed(&text);
    let report = &page.reports[0];
    for result in &report.results {
        assert!(text.contains(&squeezed(&result.case)), "{}", result.case);
    }
    let failures = report.results.iter();
    for failure in failures.filter(|result| result.verdict == Verdict::Fail) {
        let told = [
            &failure.requirement,
            &failure.expected,
            &failure.got,
            &failure.note,
        ];
        for words in told.into_iter().chain(&failure.calls) {
            assert!(text.contains(&squeezed(words)), "{}: {words}", failure.case);
        }
    }
}

/// Reads a printed page.
fn text_of(pdf: &Path) -> String {
    let output = Command::new("pdftotext").arg(pdf).arg("-").output();
    let output =
        output.expect("pdftotext is there; install it with `sudo apt-get install poppler-utils`");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Takes out all blanks: lines break elsewhere on paper.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .collect()
}

#[test]
fn a_hostile_module_runs_nothing() {
    let page = Page::of(vec![hostile::report(), hostile::report()]);
    let mut browser = Chromium::start();
    let mut tab = browser.open(&page.path(), DESK);
    check_quiet(&tab, &page.path());
    let foreign = "document.querySelectorAll('script').length + document.querySelectorAll('img, iframe, object, [onerror]').length";
    assert_eq!(
        tab.evaluate(foreign),
        1,
        "the page holds its own script alone"
    );
    assert_eq!(tab.evaluate("typeof window.hostile"), "undefined");
}

#[test]
fn links_lead_somewhere_and_tables_have_heads() {
    let page = Page::beside_each_other();
    let mut browser = Chromium::start();
    let mut tab = browser.open(&page.path(), DESK);
    let dangling = "[...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))
        .filter((target) => !document.getElementById(target.slice(1)))";
    assert_eq!(tab.evaluate(dangling), serde_json::json!([]));
    let twice = "[...document.querySelectorAll('[id]')].map((element) => element.id)
        .filter((id, index, all) => all.indexOf(id) !== index)";
    assert_eq!(tab.evaluate(twice), serde_json::json!([]));
    assert_eq!(
        tab.evaluate("document.querySelectorAll('th:not([scope])').length"),
        0
    );
    assert_eq!(tab.evaluate("document.querySelectorAll('h1').length"), 1);
    assert_eq!(tab.evaluate("document.documentElement.lang"), "en");
    let leaps = "[...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1]))
        .filter((level, index, all) => index > 0 && level > all[index - 1] + 1).length";
    assert_eq!(tab.evaluate(leaps), 0, "headings leave out a level");
}

#[test]
fn every_word_stands_out_from_its_ground() {
    let page = Page::beside_each_other();
    let mut browser = Chromium::start();
    for dark in [false, true] {
        let mut tab = browser.open(&page.path(), View { dark, ..DESK });
        let faint = tab.evaluate(FAINT);
        assert_eq!(faint, serde_json::json!([]), "dark: {dark}");
    }
}

/// Finds words with a contrast below 4.5, the measure of WCAG 2 for text: each kind of element once.
const FAINT: &str = r"(() => {
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const part = (value) => { const v = value / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    const [red, green, blue] = numbers(colour);
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      const alpha = numbers(colour)[3];
      if (alpha === undefined || alpha === 1) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  for (const fold of document.querySelectorAll('details')) fold.open = true;
  const faint = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest('script, .skip-link')) continue;
    const style = getComputedStyle(element);
    const [one, other] = [light(element.closest('svg') ? style.fill : style.color), light(ground(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) faint.add(`${element.tagName}.${element.getAttribute('class')} ${contrast.toFixed(2)}`);
  }
  return [...faint];
})()";

#[test]
fn the_page_is_seen_by_day_and_by_night() {
    let pages = [("one", Page::alone()), ("two", Page::beside_each_other())];
    let mut browser = Chromium::start();
    for (name, page) in pages {
        let pictures = [false, true].map(|dark| {
            let mut tab = browser.open(&page.path(), View { dark, ..DESK });
            tab.picture(DESK.width, 900)
        });
        for (picture, light) in pictures.iter().zip(["light", "dark"]) {
            assert_eq!(picture[..8], *b"\x89PNG\r\n\x1a\n");
            assert_eq!(picture[16..24], [[0, 0, 5, 0], [0, 0, 3, 132]].concat());
            // Kept for whoever wants to look.
            let file = format!("report-{name}-{light}.png");
            std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(file), picture).unwrap();
        }
        assert_ne!(pictures[0], pictures[1]);
    }
}
