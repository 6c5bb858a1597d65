//! Speed: a figure for each operation, and every number in a table.

use maud::{Markup, html};

use super::plot::{self, Bar, Range};
use super::{Book, Section, parts};
use crate::report::model::Measurement;
use crate::report::words;

/// Lays out what was measured.
pub(super) fn section(book: &Book<'_>) -> Option<Section> {
    let figures = figures(book);
    (!figures.is_empty()).then(|| Section {
        id: "performance",
        title: "Performance",
        count: Some(figures.len()),
        body: html! {
            p.lead {
                "Operations in a second of all threads together, and below them the latency from the median (p50) to what 99 "
                "of 100 calls stay under (p99), on a scale where each line is ten times the one before."
            }
            @if book.several() { (plot::legend(&book.titles)) }
            div.figures { @for figure in &figures { (figure.show()) } }
            details.fold {
                summary { span.name { "All measurements" } }
                (parts::scroll("Measurements", table(book)))
            }
        },
    })
}

/// What is measured: a mechanism, an operation, the key's size, the message's.
type Subject<'a> = (&'a str, &'a str, Option<u64>, u64);

/// The measurements of one operation.
struct Figure<'a> {
    subject: Subject<'a>,
    /// Each with the number of its report.
    points: Vec<(usize, &'a Measurement)>,
}

fn figures<'a>(book: &Book<'a>) -> Vec<Figure<'a>> {
    let mut figures: Vec<Figure<'a>> = Vec::new();
    for (column, report) in book.reports.iter().enumerate() {
        for point in &report.performance {
            let subject = subject(point);
            match figures.iter_mut().find(|figure| figure.subject == subject) {
                Some(figure) => figure.points.push((column, point)),
                None => figures.push(Figure {
                    subject,
                    points: vec![(column, point)],
                }),
            }
        }
    }
    for figure in &mut figures {
        figure
            .points
            .sort_by_key(|(column, point)| (point.threads, *column));
    }
    figures
}

fn subject(point: &Measurement) -> Subject<'_> {
    (
        &point.mechanism,
        &point.operation,
        point.key_bits,
        point.bytes,
    )
}

impl Figure<'_> {
    fn show(&self) -> Markup {
        let (mechanism, operation, key_bits, bytes) = self.subject;
        let bars: Vec<Bar> = self.points.iter().map(Self::bar).collect();
        let ranges: Vec<Range> = self.points.iter().map(Self::range).collect();
        html! {
            figure {
                figcaption {
                    code { (mechanism) }
                    span {
                        (operation)
                        @if let Some(bits) = key_bits { " · " (bits) "\u{a0}bits" }
                        @if bytes > 0 { " · " (words::size(bytes)) }
                    }
                }
                (plot::bars("Operations per second", &bars))
                (plot::ranges("Latency, p50 to p99", &ranges))
            }
        }
    }

    fn bar(point: &(usize, &Measurement)) -> Bar {
        Bar {
            series: point.0,
            label: label(point.1),
            value: point.1.per_second,
        }
    }

    fn range(point: &(usize, &Measurement)) -> Range {
        Range {
            series: point.0,
            label: label(point.1),
            low: point.1.p50_us,
            high: point.1.p99_us,
        }
    }
}

/// Says what sets a measurement apart from the others of its figure.
fn label(point: &Measurement) -> String {
    match point.threads {
        1 => "1 thread".to_owned(),
        threads => format!("{threads} threads"),
    }
}

fn table(book: &Book<'_>) -> Markup {
    let heads = ["key bits", "message", "threads", "per second", "p50", "p99"];
    html! {
        table.list {
            thead {
                tr {
                    @if book.several() { th scope="col" { "module" } }
                    th scope="col" { "mechanism" }
                    th scope="col" { "operation" }
                    @for head in heads { th.number scope="col" { (head) } }
                }
            }
            tbody {
                @for (title, report) in book.columns() {
                    @for point in &report.performance { (line(book, title, point)) }
                }
            }
        }
    }
}

fn line(book: &Book<'_>, title: &str, point: &Measurement) -> Markup {
    html! {
        tr {
            @if book.several() { td { (title) } }
            th scope="row" { code { (point.mechanism) } }
            td { (point.operation) }
            td.number { @if let Some(bits) = point.key_bits { (bits) } @else { "—" } }
            td.number { (words::size(point.bytes)) }
            td.number { (point.threads) }
            td.number { (words::measured(point.per_second)) }
            td.number { (plot::latency(point.p50_us)) }
            td.number { (plot::latency(point.p99_us)) }
        }
    }
}
