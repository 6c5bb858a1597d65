//! The report as one page of HTML: complete without JavaScript, on paper, and without any other file.
//!
//! Everything is laid out for several modules beside each other; one module is the case of one column. The template
//! escapes every string that is not this program's own, and [`visible::report`] has been over all of them before.

mod attacks;
mod cases;
mod differential;
mod failures;
mod header;
mod matrix;
mod mechanisms;
mod module;
mod page;
mod parts;
mod performance;
mod plot;
mod profiles;
mod reproduce;
mod vectors;

use super::model::Report;
use super::{tally, visible, words};

/// Writes the page of one report, or of several beside each other.
#[must_use]
pub fn render(reports: &[Report]) -> String {
    let reports: Vec<Report> = reports.iter().map(visible::report).collect();
    let book = Book {
        titles: words::titles(&reports),
        areas: tally::areas(&reports),
        reports: &reports,
    };
    page::page(&book).into_string()
}

/// What every section is made from.
struct Book<'a> {
    /// What each module is called, no two alike.
    titles: Vec<String>,
    /// The areas of all reports.
    areas: Vec<&'a str>,
    /// The reports, fit to be shown.
    reports: &'a [Report],
}

impl<'a> Book<'a> {
    /// Returns the reports with their titles.
    fn columns(&self) -> impl Iterator<Item = (&str, &'a Report)> {
        self.titles.iter().map(String::as_str).zip(self.reports)
    }

    /// Tells whether modules stand beside each other, so that each has to be named.
    fn several(&self) -> bool {
        self.reports.len() > 1
    }
}

/// A part of the page with a heading of its own.
struct Section {
    /// Its anchor.
    id: &'static str,
    /// Its heading.
    title: &'static str,
    /// How many things are in it, for the table of contents.
    count: Option<usize>,
    /// What follows the heading.
    body: maud::Markup,
}
