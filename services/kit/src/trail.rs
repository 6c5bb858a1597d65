//! Audit records: what a trace keeps of a request, and the one place that writes it.
//!
//! A record is written in the transaction of the change that it tells of. The service of audit traces reads them.

use serde_json::{Map, Value, json};

use crate::api::{Audit, Call, Operation, Rendered, Reply, Subject, TraceKind};
use crate::caller::Caller;
use crate::db::{Error, Migration, Tx, Value as Sql};
use crate::{id, sql};

/// The table of records.
pub const MIGRATIONS: &[Migration] = &[Migration {
    service: "trail",
    number: 1,
    sql: include_str!("../migrations/0001_trail.sql"),
}];

/// The longest request or response that a record keeps, in bytes: longer ones lose their members' values.
const TEXT_BYTES_MAX: usize = 8_192;

/// The longest name of a resource that a record takes from a request: an alias's URN fits.
const RESOURCE_CHARS_MAX: usize = 400;

/// How a request ended.
#[derive(Clone, Copy)]
pub enum Outcome<'a> {
    /// It was done.
    Done(&'a Reply),
    /// It was refused, or failed.
    Failed(&'a Rendered),
}

/// An audit record.
#[derive(Clone, Debug)]
pub struct Record {
    /// The identifier of the trace.
    pub trace_id: String,
    /// When the request came, in milliseconds after 1970.
    pub time_ms: i64,
    /// The project, or empty for what belongs to the whole account.
    pub project_id: String,
    /// The account whose trace it is.
    pub account_id: String,
    /// The trace's name, such as `createKey`.
    pub name: &'static str,
    /// Whether it tells of management or of the use of data.
    pub kind: TraceKind,
    /// `ApiCall` or `SystemAction`.
    pub source: &'static str,
    /// The service, such as `KMS`.
    pub service: &'static str,
    /// The type of the resource.
    pub resource_type: &'static str,
    /// The identifier of the resource, or empty.
    pub resource_id: String,
    /// The name of the resource, or empty.
    pub resource_name: String,
    /// The enterprise project of the resource, or empty.
    pub enterprise_project: String,
    /// The user's name, or `system`.
    pub user_name: String,
    /// The access key, or empty.
    pub access_key_id: String,
    /// The HTTP status.
    pub status: u16,
    /// The members that are only shown and never searched for.
    pub details: Value,
}

impl Record {
    /// Makes the record of a request.
    #[must_use]
    pub fn of_call(call: &Call<'_>, audit: Audit, caller: &Caller, outcome: Outcome<'_>) -> Self {
        let operation = call.operation;
        let (status, response, resource, enterprise_project, reason) = match outcome {
            Outcome::Done(reply) => (
                reply.status.unwrap_or(operation.status),
                masked_reply(operation, &reply.body),
                reply.resource.clone(),
                reply.enterprise_project.as_str(),
                "",
            ),
            Outcome::Failed(rendered) => {
                let code = rendered.code.as_str();
                (rendered.status, rendered.body.clone(), None, "", code)
            }
        };
        let (resource_id, resource_name) =
            resource.unwrap_or_else(|| (named(call, audit), String::new()));
        let request = Value::Object(call.args.masked(operation.takes));
        let (method, url) = (operation.method.name(), call.origin.raw_path.as_str());
        Self {
            trace_id: id::uuid_at(call.now_ms),
            time_ms: call.now_ms,
            project_id: call.project_id.to_owned(),
            account_id: caller.account_id.clone(),
            name: audit.name,
            kind: audit.kind,
            source: "ApiCall",
            service: call.service,
            resource_type: audit.resource,
            resource_id,
            resource_name,
            enterprise_project: enterprise_project.to_owned(),
            user_name: caller.user_name.clone(),
            access_key_id: caller.access_key_id.clone().unwrap_or_default(),
            status,
            details: json!({
                "user": caller.describe(),
                "request": short(&request),
                "response": short(&response),
                "source_ip": call.origin.source_ip,
                "request_id": call.origin.request_id,
                "endpoint": call.origin.host,
                "resource_url": url,
                "operation_id": operation.name,
                "api_version": operation.path.split('/').nth(1),
                "read_only": operation.only_reads(),
                "message": format!("{}, Method: {method} Url={url}, Reason:{reason}", audit.name),
            }),
        }
    }

    /// Tells whether the record stands where the owner of a resource looks.
    #[must_use]
    pub fn is_with(&self, subject: &Subject) -> bool {
        self.account_id == subject.account_id && self.project_id == subject.project_id
    }

    /// Makes the same record for the owner of a resource that somebody else used.
    #[must_use]
    pub fn for_owner(&self, subject: &Subject) -> Self {
        Self {
            trace_id: id::uuid_at(self.time_ms),
            project_id: subject.project_id.clone(),
            account_id: subject.account_id.clone(),
            resource_id: subject.id.clone(),
            resource_name: subject.name.clone(),
            enterprise_project: subject.enterprise_project.clone(),
            ..self.clone()
        }
    }

    /// Takes out how another account calls the resource that the record is about.
    pub fn hide_names(&mut self, subjects: &[Subject]) {
        let is_foreign = subjects
            .iter()
            .any(|subject| subject.id == self.resource_id && subject.account_id != self.account_id);
        if is_foreign {
            self.resource_name.clear();
            self.enterprise_project.clear();
        }
    }

    /// Makes the record of something that the system itself did, such as a rotation that was due.
    #[must_use]
    pub fn of_system(
        service: &'static str,
        name: &'static str,
        resource_type: &'static str,
        time_ms: i64,
        owner: (&str, &str),
        resource: (&str, &str),
    ) -> Self {
        let (account_id, project_id) = owner;
        let (resource_id, resource_name) = resource;
        Self {
            trace_id: id::uuid_at(time_ms),
            time_ms,
            project_id: project_id.to_owned(),
            account_id: account_id.to_owned(),
            name,
            kind: TraceKind::Management,
            source: "SystemAction",
            service,
            resource_type,
            resource_id: resource_id.to_owned(),
            resource_name: resource_name.to_owned(),
            enterprise_project: String::new(),
            user_name: "system".to_owned(),
            access_key_id: String::new(),
            status: 200,
            details: json!({
                "user": {
                    "name": "system",
                    "user_name": "system",
                    "account_id": account_id,
                    "domain": {"id": account_id},
                    "type": "System",
                },
            }),
        }
    }

    /// `normal`, `warning` or `incident`, by the status.
    #[must_use]
    pub const fn rating(&self) -> &'static str {
        match self.status {
            0..400 => "normal",
            400..500 => "warning",
            _ => "incident",
        }
    }
}

/// The resource that the request names.
fn named(call: &Call<'_>, audit: Audit) -> String {
    audit
        .about
        .and_then(|name| {
            let members = call.operation.takes.iter();
            let member = members
                .into_iter()
                .find(|member| member.field.name == name)?;
            call.args.text(&member.field)
        })
        .unwrap_or_default()
        .chars()
        .take(RESOURCE_CHARS_MAX)
        .collect()
}

/// A reply's body with its secret members masked.
fn masked_reply(operation: &Operation, body: &Value) -> Value {
    let Value::Object(members) = body else {
        return Value::Null;
    };
    let masked: Map<String, Value> = members
        .iter()
        .map(|(name, value)| {
            let secret = operation
                .gives
                .iter()
                .any(|given| given.secret && given.name == name);
            let shown = if secret {
                Value::from("***")
            } else {
                value.clone()
            };
            (name.clone(), shown)
        })
        .collect();
    Value::Object(masked)
}

/// A value as text, or a note that it was too long.
fn short(value: &Value) -> String {
    if value.is_null() {
        return String::new();
    }
    let text = value.to_string();
    if text.len() <= TEXT_BYTES_MAX {
        text
    } else {
        json!({"omitted_bytes": text.len()}).to_string()
    }
}

/// Writes a record.
///
/// # Errors
/// The database does not take it.
pub fn append(tx: &mut Tx<'_>, record: &Record) -> Result<(), Error> {
    let kind = match record.kind {
        TraceKind::Data => "data",
        TraceKind::Management => "system",
    };
    // What belongs to no project stands under its account, so that one index finds both.
    let scope = if record.project_id.is_empty() {
        &record.account_id
    } else {
        &record.project_id
    };
    tx.execute(
        sql!("append_trace"),
        &[
            Sql::from(record.trace_id.as_str()),
            Sql::from(record.time_ms),
            Sql::from(scope.as_str()),
            Sql::from(record.account_id.as_str()),
            Sql::from(record.name),
            Sql::from(kind),
            Sql::from(record.source),
            Sql::from(record.rating()),
            Sql::from(record.service),
            Sql::from(record.resource_type),
            Sql::from(record.resource_id.as_str()),
            Sql::from(record.resource_name.as_str()),
            Sql::from(record.enterprise_project.as_str()),
            Sql::from(record.user_name.as_str()),
            Sql::from(record.access_key_id.as_str()),
            Sql::from(i64::from(record.status)),
            Sql::from(record.details.to_string()),
        ],
    )?;
    Ok(())
}
