//! Plots as SVG in the page: bars, and ranges on a logarithmic scale.

use maud::{Markup, html};

use crate::report::words;

/// How wide a plot is drawn; a phone shows it whole without making its text smaller.
const WIDTH: f64 = 340.0;
/// Where the drawing begins, after the labels.
const LEFT: f64 = 92.0;
/// Where the drawing ends, before the numbers.
const RIGHT: f64 = 272.0;
/// The height of a row.
const ROW: f64 = 18.0;
/// How many decades are named; more would run into each other.
const NAMED_DECADES: i32 = 4;
/// How many colours there are before they begin again.
const COLOURS: usize = 6;

/// A bar.
pub(super) struct Bar {
    /// Whose it is: the number of its colour.
    pub(super) series: usize,
    /// What is measured.
    pub(super) label: String,
    /// How long it is.
    pub(super) value: f64,
}

/// A line from one number to another.
pub(super) struct Range {
    /// Whose it is: the number of its colour.
    pub(super) series: usize,
    /// What is measured.
    pub(super) label: String,
    /// Where it begins, in microseconds.
    pub(super) low: f64,
    /// Where it ends.
    pub(super) high: f64,
}

/// Names the colours.
pub(super) fn legend(titles: &[String]) -> Markup {
    html! {
        ul.legend {
            @for (index, title) in titles.iter().enumerate() {
                li {
                    svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" {
                        rect class=(colour(index)) width="12" height="12" rx="2" {}
                    }
                    " " (title)
                }
            }
        }
    }
}

/// Draws bars below each other, from nothing to the longest.
pub(super) fn bars(title: &str, bars: &[Bar]) -> Markup {
    let longest = bars
        .iter()
        .map(|bar| bar.value)
        .filter(|value| value.is_finite());
    let longest = longest.fold(0.0, f64::max);
    let rows = rows(bars.iter().map(|bar| bar.label.as_str()));
    let length = |bar: &Bar| match bar.value.is_finite() && longest > 0.0 {
        true => bar.value.max(0.0) / longest * (RIGHT - LEFT),
        false => 0.0,
    };
    html! {
        p.axis { (title) }
        svg.plot viewBox={ "0 0 " (WIDTH) " " (rows.height) } width=(WIDTH) height=(rows.height) role="img"
            aria-label=(title) {
            @for (bar, row) in bars.iter().zip(&rows.rows) {
                (label(row))
                rect class=(colour(bar.series)) x=(at(LEFT)) y=(at(row.top + 3.0)) width=(at(length(bar).max(1.0)))
                    height=(at(ROW - 6.0)) rx="1.5" {}
                text.value x=(at(WIDTH)) y=(at(row.base())) text-anchor="end" { (words::measured(bar.value)) }
            }
        }
    }
}

/// Draws ranges below each other, each with a mark at its beginning and its end.
pub(super) fn ranges(title: &str, ranges: &[Range]) -> Markup {
    let rows = rows(ranges.iter().map(|range| range.label.as_str()));
    let Some(scale) = Scale::over(ranges) else {
        return html! {};
    };
    let height = rows.height + 14.0;
    html! {
        p.axis { (title) }
        svg.plot viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) role="img" aria-label=(title) {
            (scale.lines(rows.height))
            @for (range, row) in ranges.iter().zip(&rows.rows) {
                (label(row))
                @if drawable(range) { (mark(&scale, range, row)) }
                text.value x=(at(WIDTH)) y=(at(row.base())) text-anchor="end" { (latency(range.high)) }
            }
        }
    }
}

fn mark(scale: &Scale, range: &Range, row: &Row<'_>) -> Markup {
    let middle = at(row.top + ROW / 2.0);
    let (low, high) = (at(scale.place(range.low)), at(scale.place(range.high)));
    html! {
        g class=(colour(range.series)) {
            line x1=(low) y1=(middle) x2=(high) y2=(middle) {}
            circle cx=(low) cy=(middle) r="4" {}
            circle.end cx=(high) cy=(middle) r="3" {}
        }
    }
}

/// Writes a latency in the unit that suits it.
pub(super) fn latency(microseconds: f64) -> String {
    match microseconds {
        time if !time.is_finite() => "—".to_owned(),
        time if time < 1e3 => format!("{} µs", words::measured(time)),
        time if time < 1e6 => format!("{} ms", words::measured(time / 1e3)),
        time => format!("{} s", words::measured(time / 1e6)),
    }
}

/// Where rows lie.
struct Rows<'a> {
    rows: Vec<Row<'a>>,
    height: f64,
}

/// Where a row lies.
struct Row<'a> {
    top: f64,
    /// Its label; none where it is that of the row above.
    label: Option<&'a str>,
}

impl Row<'_> {
    fn base(&self) -> f64 {
        self.top + ROW - 5.0
    }
}

fn rows<'a>(labels: impl Iterator<Item = &'a str>) -> Rows<'a> {
    let mut rows = Vec::new();
    let mut height = 0.0;
    let mut before = None;
    for label in labels {
        let label = (before != Some(label)).then_some(label);
        before = label.or(before);
        if label.is_some() && height > 0.0 {
            height += 3.0;
        }
        rows.push(Row { top: height, label });
        height += ROW;
    }
    Rows { rows, height }
}

fn label(row: &Row<'_>) -> Markup {
    html! {
        @if let Some(label) = row.label {
            text.label x=(at(LEFT - 8.0)) y=(at(row.base())) text-anchor="end" { (label) }
        }
    }
}

/// A logarithmic scale over whole decades.
struct Scale {
    /// The exponent of ten at its left end.
    first: f64,
    /// The exponent at its right end.
    last: f64,
}

impl Scale {
    /// Makes the scale that holds all ranges; none if there is nothing to hold.
    fn over(ranges: &[Range]) -> Option<Self> {
        let drawn = || ranges.iter().filter(|range| drawable(range));
        drawn().next()?;
        let first = drawn().map(|range| range.low).fold(f64::INFINITY, f64::min);
        let last = drawn().map(|range| range.high).fold(0.0, f64::max);
        let first = first.log10().floor();
        Some(Self {
            first,
            last: last.log10().ceil().max(first + 1.0),
        })
    }

    fn place(&self, value: f64) -> f64 {
        let part = (value.log10() - self.first) / (self.last - self.first);
        LEFT + part.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    /// Draws a line at each decade, and names as many of them as there is room for.
    fn lines(&self, height: f64) -> Markup {
        let decades = self.last - self.first;
        let step = (decades / f64::from(NAMED_DECADES)).ceil();
        let mut exponents = Vec::new();
        let mut exponent = self.first;
        while exponent <= self.last {
            exponents.push(exponent);
            exponent += step;
        }
        html! {
            g.decades {
                @for exponent in exponents {
                    @let x = at(self.place(10f64.powf(exponent)));
                    line x1=(x) y1="0" x2=(x) y2=(at(height)) {}
                    text x=(x) y=(at(height + 11.0)) text-anchor="middle" { (decade(exponent)) }
                }
            }
        }
    }
}

/// Names a power of ten of microseconds: `10 µs`, `1 ms`.
fn decade(exponent: f64) -> String {
    let microseconds = 10f64.powf(exponent);
    match microseconds {
        time if time < 1e3 => format!("{time} µs"),
        time if time < 1e6 => format!("{} ms", time / 1e3),
        time => format!("{} s", time / 1e6),
    }
}

/// Tells whether a range has a place on a logarithmic scale.
fn drawable(range: &Range) -> bool {
    range.low.is_finite() && range.high.is_finite() && range.low > 0.0 && range.high >= range.low
}

fn colour(series: usize) -> String {
    format!("series-{}", series % COLOURS)
}

/// Writes a coordinate.
fn at(coordinate: f64) -> String {
    format!("{coordinate:.1}")
}
