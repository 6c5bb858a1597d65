//! One trace, as the contract writes it.

use kit::db::{Error, Row};
use serde_json::{Map, Value, json};

use crate::choices::TRACKER;

/// The members that a record keeps together in one column, all of them texts.
const DETAILS: &[&str] = &[
    "request",
    "response",
    "source_ip",
    "request_id",
    "endpoint",
    "resource_url",
    "operation_id",
    "api_version",
    "message",
];

/// A trace.
pub(crate) struct Trace {
    /// Its identifier.
    pub(crate) id: String,
    /// When it happened, in milliseconds after 1970.
    pub(crate) time_ms: i64,
    members: Map<String, Value>,
}

impl Trace {
    /// Reads a row of `select_traces`.
    pub(crate) fn of_row(row: &Row) -> Result<Self, Error> {
        let id = row.text("trace_id")?;
        let time_ms = row.int("time_ms")?;
        let (account_id, scope) = (row.text("account_id")?, row.text("project_id")?);
        // What belongs to no project stands under its account.
        let project_id = if scope == account_id {
            String::new()
        } else {
            scope
        };
        let mut members = Map::new();
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        add("trace_id", id.as_str().into());
        add("trace_name", row.text("name")?.into());
        add("trace_type", row.text("source")?.into());
        add("trace_rating", row.text("rating")?.into());
        add("event_type", row.text("kind")?.into());
        add("tracker_name", TRACKER.into());
        add("service_type", row.text("service")?.into());
        add("resource_type", row.text("resource_type")?.into());
        add("resource_id", row.text("resource_id")?.into());
        add("resource_name", row.text("resource_name")?.into());
        add(
            "enterprise_project_id",
            row.text("enterprise_project")?.into(),
        );
        add("project_id", project_id.into());
        add("domain_id", account_id.into());
        add("code", row.int("status")?.to_string().into());
        add("time", time_ms.into());
        add("record_time", time_ms.into());
        add("location_info", "".into());
        // It has a value only where the resource is another account's.
        add("resource_account_id", "".into());
        let details = details(&row.text("details")?);
        for &name in DETAILS {
            add(
                name,
                details
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .into(),
            );
        }
        add(
            "read_only",
            details
                .get("read_only")
                .is_some_and(|flag| flag == true)
                .into(),
        );
        add(
            "user",
            details.get("user").cloned().unwrap_or_else(|| json!({})),
        );
        Ok(Self {
            id,
            time_ms,
            members,
        })
    }

    /// Returns a member as the text of a cell.
    pub(crate) fn cell(&self, name: &str) -> &str {
        let member = match name {
            "user" => self
                .members
                .get("user")
                .and_then(|user| user.get("user_name")),
            name => self.members.get(name),
        };
        member.and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the whole trace.
    pub(crate) fn into_json(self) -> Value {
        Value::Object(self.members)
    }
}

fn details(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}
