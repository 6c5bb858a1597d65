//! Traces as tables: CSV and XLSX.

use kit::clock::{Fraction, rfc3339};
use rust_xlsxwriter::{Format, Workbook};

use crate::trace::Trace;

/// The media type of CSV.
pub(crate) const CSV_TYPE: &str = "text/csv; charset=utf-8";
/// The media type of XLSX.
pub(crate) const XLSX_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The columns: members of a trace. `time` is written for people, in UTC.
pub(crate) const COLUMNS: &[&str] = &[
    "trace_name",
    "time",
    "trace_rating",
    "code",
    "service_type",
    "resource_type",
    "resource_name",
    "resource_id",
    "user",
    "access_key_id",
    "source_ip",
    "trace_type",
    "enterprise_project_id",
    "operation_id",
    "resource_url",
    "request_id",
    "trace_id",
    "message",
    "request",
    "response",
];

/// The longest text of a cell that spreadsheet programs open.
const CELL_MAX: usize = 32_767;

/// Why a table was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The CSV was not written.
    #[error("the CSV file was not written")]
    Csv(#[source] csv::Error),
    /// The XLSX was not written.
    #[error("the XLSX file was not written")]
    Xlsx(#[source] rust_xlsxwriter::XlsxError),
}

/// Writes CSV (RFC 4180).
pub(crate) fn csv(traces: &[Trace]) -> Result<Vec<u8>, Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(Error::Csv)?;
    for trace in traces {
        let cells = COLUMNS.iter().map(|column| harmless(cell(trace, column)));
        writer.write_record(cells).map_err(Error::Csv)?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::Csv(error.into_error().into()))
}

/// Writes XLSX. Every cell is a text, so no program computes what stands in it.
pub(crate) fn xlsx(traces: &[Trace]) -> Result<Vec<u8>, Error> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("traces").map_err(Error::Xlsx)?;
    let bold = Format::new().set_bold();
    for (column, name) in (0..).zip(COLUMNS) {
        sheet
            .write_string_with_format(0, column, *name, &bold)
            .map_err(Error::Xlsx)?;
    }
    for (row, trace) in (1..).zip(traces) {
        for (column, name) in (0..).zip(COLUMNS) {
            let text: String = cell(trace, name).chars().take(CELL_MAX).collect();
            sheet.write_string(row, column, text).map_err(Error::Xlsx)?;
        }
    }
    book.save_to_buffer().map_err(Error::Xlsx)
}

fn cell(trace: &Trace, column: &str) -> String {
    if column == "time" {
        rfc3339(trace.time_ms, Fraction::Shortest).unwrap_or_default()
    } else {
        trace.cell(column).to_owned()
    }
}

/// Puts an apostrophe before what a spreadsheet program would take for a formula: names and requests are anybody's text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell
    }
}
