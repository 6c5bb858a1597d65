//! `dew traces`: what was done, by whom, and whether it succeeded.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;

use crate::Context;
use crate::client::{Service, query};
use crate::error::Error;
use crate::http::Method;
use crate::input::Out;
use crate::moment::{self, Moment};
use crate::output::{Column, Show};

/// How many traces are asked for at a time: the most that the service gives.
const PAGE: usize = 200;
/// The most traces of an export.
const MAX_EXPORT: usize = 1_000_000;

#[rustfmt::skip] // A table reads by its columns.
const LIST: &[Column] = &[
    Column("TIME",     "time",          Show::Millis),
    Column("TRACE",    "trace_name",    Show::Plain),
    Column("RATING",   "trace_rating",  Show::Plain),
    Column("CODE",     "code",          Show::Plain),
    Column("USER",     "/user/name",    Show::Plain),
    Column("RESOURCE", "resource_id",   Show::Plain),
    Column("FROM",     "source_ip",     Show::Plain),
];

/// The columns of an export, and where their values stand.
#[rustfmt::skip] // A table reads by its columns.
const EXPORT: &[(&str, &str)] = &[
    ("time",          "/time"),
    ("trace_id",      "/trace_id"),
    ("trace_name",    "/trace_name"),
    ("trace_rating",  "/trace_rating"),
    ("code",          "/code"),
    ("user",          "/user/name"),
    ("user_id",       "/user/id"),
    ("access_key_id", "/user/access_key_id"),
    ("service_type",  "/service_type"),
    ("resource_type", "/resource_type"),
    ("resource_id",   "/resource_id"),
    ("resource_name", "/resource_name"),
    ("source_ip",     "/source_ip"),
    ("request_id",    "/request_id"),
    ("message",       "/message"),
];

/// What to do with traces.
#[derive(Debug, Subcommand)]
pub(crate) enum TracesCommand {
    /// Lists traces, newest first.
    List {
        #[command(flatten)]
        filter: Filter,
        /// How many, at most.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=5000))]
        limit: u32,
    },
    /// Writes all traces of a time as a table or as JSON lines.
    Export {
        #[command(flatten)]
        filter: Filter,
        /// In what form.
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
        #[command(flatten)]
        out: Out,
    },
}

/// The form of an export.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values, with a header.
    Csv,
    /// One JSON object per line, with all that the service tells.
    Jsonl,
}

/// Which traces.
#[derive(Debug, Args)]
pub(crate) struct Filter {
    /// From when: a date like 2026-01-31T12:00:00Z, or 30m, 12h, 7d ago. An hour before --to by default.
    #[arg(long, value_name = "WHEN")]
    from: Option<Moment>,
    /// Until when; now by default.
    #[arg(long, value_name = "WHEN")]
    to: Option<Moment>,
    /// Only of this name, such as createKey.
    #[arg(long)]
    name: Option<String>,
    /// Only about the resource of this id.
    #[arg(long, value_name = "ID")]
    resource: Option<String>,
    /// Only by the user of this name.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only of this rating: normal, warning or incident.
    #[arg(long)]
    rating: Option<String>,
    /// Only of this service, such as KMS.
    #[arg(long)]
    service: Option<String>,
    /// Traces of data (encrypting, signing) instead of those of management.
    #[arg(long)]
    data: bool,
}

/// Does what the command line says.
pub(crate) fn execute(command: TracesCommand, context: &Context) -> Result<(), Error> {
    match command {
        TracesCommand::List { filter, limit } => {
            let limit = usize::try_from(limit).unwrap_or(PAGE);
            let reply = read(&filter, limit, context)?;
            let empty = "there are no such traces; --from 7d looks further back";
            context.output.list(&reply, "traces", LIST, empty)
        }
        TracesCommand::Export {
            filter,
            format,
            out,
        } => {
            let reply = read(&filter, MAX_EXPORT, context)?;
            let traces = reply["traces"].as_array().map(Vec::as_slice);
            let traces = traces.unwrap_or_default();
            let bytes = match format {
                Format::Csv => csv(traces)?,
                Format::Jsonl => traces
                    .iter()
                    .map(|trace| format!("{trace}\n"))
                    .collect::<String>()
                    .into_bytes(),
            };
            match out.write(&bytes)? {
                true => Ok(()),
                false => context.output.bytes(&reply, &bytes),
            }
        }
    }
}

/// Reads up to so many traces, page after page; gives the last reply with all of them in it.
fn read(filter: &Filter, limit: usize, context: &Context) -> Result<Value, Error> {
    let (from, to) = filter.times(context);
    let mut found: Vec<Value> = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let page = PAGE.min(limit - found.len()).to_string();
        let parts = [
            (
                "trace_type",
                Some(if filter.data { "data" } else { "system" }),
            ),
            ("limit", Some(page.as_str())),
            ("next", next.as_deref()),
            ("from", from.as_deref()),
            ("to", to.as_deref()),
            ("trace_name", filter.name.as_deref()),
            ("resource_id", filter.resource.as_deref()),
            ("user", filter.user.as_deref()),
            ("trace_rating", filter.rating.as_deref()),
            ("service_type", filter.service.as_deref()),
        ];
        let path = format!("/v3/{{project_id}}/traces{}", query(&parts));
        let mut reply = context
            .client
            .call(Service::Cts, Method::Get, &path, None)?;
        let traces = reply["traces"].as_array_mut().map(std::mem::take);
        let traces = traces.unwrap_or_default();
        let marker = reply.pointer("/meta_data/marker").and_then(Value::as_str);
        let marker = marker
            .map(str::to_owned)
            .filter(|marker| Some(marker) != next.as_ref());
        let is_last = traces.is_empty() || marker.is_none();
        found.extend(traces);
        if is_last || found.len() >= limit {
            reply["traces"] = Value::Array(found);
            return Ok(reply);
        }
        next = marker;
    }
}

impl Filter {
    /// Gives both bounds, or none: the service takes them as a pair.
    fn times(&self, context: &Context) -> (Option<String>, Option<String>) {
        if self.from.is_none() && self.to.is_none() {
            return (None, None);
        }
        let now = context.client.now();
        let to = self.to.map_or(now, |to| to.before(now));
        let hour = time::Duration::hours(1);
        let from = self
            .from
            .map_or_else(|| to.saturating_sub(hour), |from| from.before(now));
        let text = |moment| Some(moment::to_millis(moment).to_string());
        (text(from), text(to))
    }
}

fn csv(traces: &[Value]) -> Result<Vec<u8>, Error> {
    let failed = "write the table";
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(EXPORT.iter().map(|column| column.0))
        .map_err(Error::machine(failed))?;
    for trace in traces {
        let cells = EXPORT
            .iter()
            .map(|(name, place)| match (*name, trace.pointer(place)) {
                ("time", Some(Value::Number(millis))) => {
                    millis.as_i64().map(moment::from_millis).unwrap_or_default()
                }
                (_, Some(Value::String(text))) => harmless(text),
                (_, None | Some(Value::Null)) => String::new(),
                (_, Some(other)) => other.to_string(),
            });
        writer.write_record(cells).map_err(Error::machine(failed))?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::machine(failed)(error.to_string()))
}

/// Keeps a spreadsheet from taking a text for a formula.
fn harmless(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fake::{Fake, PROJECT};

    #[test]
    fn pages_are_asked_for_until_there_are_enough() {
        let fake = Fake::answering(|request| {
            let first = !request.target.contains("next=");
            let count = if first { 200 } else { 50 };
            let marker = if first { "m/1" } else { "m/2" };
            let traces = vec![json!({"trace_id": "t", "time": 0}); count];
            (
                200,
                json!({"traces": traces, "meta_data": {"count": count, "marker": marker}}),
            )
        });
        fake.run("traces list --limit 250 --name createKey --user a&b --from 2023-11-14T22:13:20Z --to 2023-11-14T23:13:20Z")
            .unwrap();
        let received = fake.take();
        let targets: Vec<_> = received
            .iter()
            .map(|request| request.target.clone())
            .collect();
        let times = "from=1700000000000&to=1700003600000&trace_name=createKey&user=a%26b";
        let path = format!("/v3/{PROJECT}/traces?trace_type=system");
        let expected = [
            format!("{path}&limit=200&{times}"),
            format!("{path}&limit=50&next=m%2F1&{times}"),
        ];
        assert_eq!(targets, expected);
    }

    #[test]
    fn the_last_hour_is_left_to_the_service() {
        let fake = Fake::answering(|_| {
            (
                200,
                json!({"traces": [], "meta_data": {"count": 0, "marker": null}}),
            )
        });
        fake.run("traces list --data").unwrap();
        let target = fake.take()[0].target.clone();
        assert_eq!(
            target,
            format!("/v3/{PROJECT}/traces?trace_type=data&limit=50")
        );
    }

    #[test]
    fn a_table_is_quoted_and_cannot_calculate() {
        let traces = [json!({
            "time": 1_700_000_000_000_i64, "trace_id": "t", "trace_name": "createKey", "code": "200",
            "user": {"name": "=cmd()", "id": "u"}, "resource_name": "a,\"b\"",
        })];
        let text = String::from_utf8(csv(&traces).unwrap()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("time,trace_id,trace_name,"));
        // The time is what `date -u -d @1700000000 +%FT%TZ` prints.
        let expected = "2023-11-14T22:13:20Z,t,createKey,,200,'=cmd(),u,,,,,\"a,\"\"b\"\"\",,,";
        assert_eq!(lines[1], expected);
    }
}
