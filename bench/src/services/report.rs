//! The figures as a table, and as JSON.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use comfy_table::Table;

use super::Row;

/// What stands where moto has no figure.
const NONE: &str = "n/a";

/// Prints the table, and writes the JSON where it is wanted.
pub(crate) fn show(rows: &[Row], json: Option<&Path>) -> Result<()> {
    let mut table = Table::new();
    table.set_header([
        "operation",
        "clients",
        "Dew req/s",
        "p50 ms",
        "p99 ms",
        "moto req/s",
        "p50 ms",
        "p99 ms",
        "Dew / moto",
    ]);
    for row in rows {
        let mut cells = vec![row.operation.title().to_owned(), row.clients.to_string()];
        for figures in [Some(row.dew), row.moto] {
            match figures {
                Some(figures) => cells.extend([
                    format!("{:.0}", figures.per_second),
                    format!("{:.2}", figures.p50_us / 1e3),
                    format!("{:.2}", figures.p99_us / 1e3),
                ]),
                None => cells.extend([NONE, NONE, NONE].map(str::to_owned)),
            }
        }
        cells.push(
            row.ratio
                .map_or_else(|| NONE.to_owned(), |ratio| format!("{ratio:.1}")),
        );
        table.add_row(cells);
    }
    writeln!(std::io::stdout(), "{table}")?;
    if let Some(path) = json {
        let text = serde_json::to_vec_pretty(rows)?;
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
