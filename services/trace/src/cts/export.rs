//! Traces as a file.

use kit::api::{Audit, Call, Failure, Method, Operation, Reply, Route, TraceKind};

use super::traces::{LIST, find};
use super::{Cts, ROW};
use crate::catalogue::NO_PERMISSION;
use crate::choices::EXPORT_MAX;
use crate::filter::{EXPORTED, FORMAT};
use crate::permit::permit;
use crate::sheet;

pub(super) static ROUTES: &[Route<Cts>] = &[Route {
    operation: Operation {
        name: "export-traces",
        summary: "Exports up to 5,000 traces, newest first, as CSV or XLSX.",
        method: Method::Get,
        path: "/v3/{project_id}/traces/export",
        takes: EXPORTED,
        actions: LIST,
        audit: Some(Audit {
            name: "exportTrace",
            resource: "trace",
            about: None,
            kind: TraceKind::Management,
        }),
        ..ROW
    },
    run: export,
}];

fn export(_: &Cts, call: &Call<'_>) -> Result<Reply, Failure> {
    permit(call, NO_PERMISSION)?;
    let traces = find(call, EXPORT_MAX)?;
    let (content_type, name, bytes) = match call.args.text(&FORMAT) {
        Some("xlsx") => (sheet::XLSX_TYPE, "traces.xlsx", sheet::xlsx(&traces)),
        _ => (sheet::CSV_TYPE, "traces.csv", sheet::csv(&traces)),
    };
    let bytes = bytes.map_err(Failure::internal)?;
    let mut reply = Reply::file(content_type, bytes);
    let disposition = format!("attachment; filename=\"{name}\"");
    reply.headers.push(("content-disposition", disposition));
    Ok(reply)
}
