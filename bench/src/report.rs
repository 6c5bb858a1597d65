//! The figures as a table, and as JSON.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use comfy_table::Table;

use crate::rounds::Row;

/// Prints the table, and writes the JSON where it is wanted.
pub(crate) fn show(rows: &[Row], json: Option<&Path>) -> Result<()> {
    let mut table = Table::new();
    table.set_header([
        "operation",
        "threads",
        "Dew op/s",
        "p50 µs",
        "p99 µs",
        "SoftHSM2 op/s",
        "p50 µs",
        "p99 µs",
        "Dew / SoftHSM2",
    ]);
    for row in rows {
        table.add_row([
            row.case.title().to_owned(),
            row.threads.to_string(),
            format!("{:.0}", row.dew.per_second),
            format!("{:.0}", row.dew.p50_us),
            format!("{:.0}", row.dew.p99_us),
            format!("{:.0}", row.softhsm2.per_second),
            format!("{:.0}", row.softhsm2.p50_us),
            format!("{:.0}", row.softhsm2.p99_us),
            format!("{:.2}", row.ratio),
        ]);
    }
    writeln!(std::io::stdout(), "{table}")?;
    if let Some(path) = json {
        let text = serde_json::to_vec_pretty(rows)?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
