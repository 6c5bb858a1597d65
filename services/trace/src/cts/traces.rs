//! Listing traces, newest first.

use kit::api::{Call, Failure, Given, Method, Operation, Reply, Route};
use serde_json::{Value as Json, json};

use super::{Cts, ROW};
use crate::catalogue::NO_PERMISSION;
use crate::choices::PAGE;
use crate::filter::{Filter, LIMIT, PAGED};
use crate::permit::{is_allowed_in_account, permit};
use crate::trace::Trace;

/// The names of the action in policies.
pub(super) const LIST: &[&str] = &["cts:trace:list"];

pub(super) static ROUTES: &[Route<Cts>] = &[Route {
    operation: Operation {
        name: "list-traces",
        summary: "Lists traces of the last seven days, newest first.",
        method: Method::Get,
        path: "/v3/{project_id}/traces",
        takes: PAGED,
        gives: &[
            Given::open("traces", "array"),
            Given::open("meta_data", "object"),
        ],
        actions: LIST,
        ..ROW
    },
    run: list,
}];

fn list(_: &Cts, call: &Call<'_>) -> Result<Reply, Failure> {
    permit(call, NO_PERMISSION)?;
    let limit = call.args.int(&LIMIT).unwrap_or(PAGE.1);
    // One more than is shown tells whether there is a page after this one.
    let mut traces = find(call, limit + 1)?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_more = traces.len() > shown;
    traces.truncate(shown);
    let marker = traces
        .last()
        .filter(|_| is_more)
        .map(|last| last.id.clone());
    let traces: Vec<Json> = traces.into_iter().map(Trace::into_json).collect();
    let meta_data = json!({"count": traces.len(), "marker": marker});
    Ok(Reply::new(
        json!({"traces": traces, "meta_data": meta_data}),
    ))
}

/// Finds the newest traces of the project and, for who may see the account's, of what belongs to no project.
pub(super) fn find(call: &Call<'_>, limit: i64) -> Result<Vec<Trace>, Failure> {
    let caller = call.caller()?;
    let account_id = caller.account_id.as_str();
    let filter = Filter::of(call)?;
    let mut scopes = vec![call.project_id];
    if is_allowed_in_account(call)? {
        scopes.push(account_id);
    }
    let mut traces = call.db.read(|tx| {
        let mut traces = Vec::new();
        for scope in &scopes {
            traces.append(&mut filter.find(tx, (scope, account_id), limit)?);
        }
        Ok::<_, Failure>(traces)
    })?;
    traces.sort_by(|a, b| (b.time_ms, &b.id).cmp(&(a.time_ms, &a.id)));
    traces.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(traces)
}
