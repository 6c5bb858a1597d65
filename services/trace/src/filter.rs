//! Which traces a request asks for, and the statement that finds them.

use std::fmt::Write as _;

use kit::api::{ANY_TEXT, Call, Failure, Field, Kind, Member};
use kit::clock::DAY_MS;
use kit::db::{Tx, Value};
use kit::id;
use kit::sql;

use crate::catalogue::QUERY;
use crate::choices::{DEFAULT_SPAN_MS, MOMENTS_MS, PAGE, TRACKER, WINDOW_MS};
use crate::trace::Trace;

const fn text(name: &'static str) -> Field {
    let kind = Kind::Text {
        min: 0,
        max: 256,
        of: ANY_TEXT,
    };
    Field::new(name, kind, QUERY)
}

const fn int(name: &'static str, min: i64, max: i64) -> Field {
    Field::new(name, Kind::Int { min, max }, QUERY)
}

const fn choice(name: &'static str, choices: &'static [&'static str]) -> Field {
    Field::new(name, Kind::Choice(choices), QUERY)
}

/// The project of the path.
pub(crate) const PROJECT_ID: Field = text("project_id");
/// How many traces a page has.
pub(crate) const LIMIT: Field = int("limit", PAGE.0, PAGE.2);
/// The marker of the page before.
pub(crate) const NEXT: Field = text("next");
/// The format of an exported file.
pub(crate) const FORMAT: Field = choice("format", &["csv", "xlsx"]);
/// The service that traces are of.
pub(crate) const SERVICE_TYPE: Field = text("service_type");
/// The type of the resource that traces are about.
pub(crate) const RESOURCE_TYPE: Field = text("resource_type");
/// The name of a tracker.
pub(crate) const TRACKER_NAME: Field = text("tracker_name");

const TRACE_TYPE: Field = choice("trace_type", &["system", "data"]);
const FROM: Field = int("from", MOMENTS_MS.0, MOMENTS_MS.1);
const TO: Field = int("to", MOMENTS_MS.0, MOMENTS_MS.1);
const TRACE_ID: Field = text("trace_id");
const RESOURCE_ID: Field = text("resource_id");
const RESOURCE_NAME: Field = text("resource_name");
const TRACE_NAME: Field = text("trace_name");
const TRACE_RATING: Field = choice("trace_rating", &["normal", "warning", "incident"]);
const USER: Field = text("user");
const ACCESS_KEY_ID: Field = text("access_key_id");
const ENTERPRISE_PROJECT: Field = text("enterprise_project_id");

/// What a page of traces is asked for with.
pub(crate) static PAGED: &[Member] = &filters(LIMIT, NEXT);
/// What a file of traces is asked for with.
pub(crate) static EXPORTED: &[Member] = &filters(FORMAT, NEXT);

const fn filters(first: Field, second: Field) -> [Member; 17] {
    [
        PROJECT_ID.path(),
        first.query(),
        second.query(),
        TRACE_TYPE.query(),
        FROM.query(),
        TO.query(),
        TRACKER_NAME.query(),
        SERVICE_TYPE.query(),
        RESOURCE_TYPE.query(),
        RESOURCE_ID.query(),
        RESOURCE_NAME.query(),
        TRACE_ID.query(),
        TRACE_NAME.query(),
        TRACE_RATING.query(),
        USER.query(),
        ACCESS_KEY_ID.query(),
        ENTERPRISE_PROJECT.query(),
    ]
}

/// Filters and the columns that they compare. Types are compared without regard to case, as older clients write `cmk`.
#[rustfmt::skip] // A table reads by its columns.
const COLUMNS: &[(Field, &str)] = &[
    (SERVICE_TYPE,       "LOWER(service)"),
    (RESOURCE_TYPE,      "LOWER(resource_type)"),
    (RESOURCE_ID,        "resource_id"),
    (RESOURCE_NAME,      "resource_name"),
    (TRACE_NAME,         "name"),
    (TRACE_RATING,       "rating"),
    (USER,               "user_name"),
    (ACCESS_KEY_ID,      "access_key_id"),
    (ENTERPRISE_PROJECT, "enterprise_project"),
];

/// A statement under the traces of one scope, and the values after those of the scope.
pub(crate) struct Filter {
    conditions: String,
    values: Vec<Value>,
    matches_nothing: bool,
}

impl Filter {
    /// Reads what a request asks for.
    pub(crate) fn of(call: &Call<'_>) -> Result<Self, Failure> {
        // A trace that is exactly at the window's beginning is still there.
        let oldest_ms = call.now_ms - WINDOW_MS;
        if let Some(trace_id) = given(call, &TRACE_ID) {
            let mut filter = Self::between(oldest_ms, call.now_ms + DAY_MS);
            filter.and("trace_id", "=", Value::from(trace_id));
            return Ok(filter);
        }
        let (from_ms, to_ms) = bounds(call)?;
        let mut filter = Self::between(oldest_ms.max(from_ms + 1), to_ms);
        let kind = given(call, &TRACE_TYPE).unwrap_or("system");
        filter.and("kind", "=", Value::from(kind));
        for (field, column) in COLUMNS {
            if let Some(value) = given(call, field) {
                let value = if column.starts_with("LOWER") {
                    value.to_lowercase()
                } else {
                    value.to_owned()
                };
                filter.and(column, "=", Value::from(value));
            }
        }
        if let Some(marker) = given(call, &NEXT) {
            filter.after(marker)?;
        }
        // There is one tracker, and every trace is its.
        filter.matches_nothing = given(call, &TRACKER_NAME).is_some_and(|name| name != TRACKER);
        Ok(filter)
    }

    /// Finds the newest traces of a scope: a project, or the account for what belongs to none.
    pub(crate) fn find(
        &self,
        tx: &mut Tx<'_>,
        scope: (&str, &str),
        limit: i64,
    ) -> Result<Vec<Trace>, Failure> {
        if self.matches_nothing {
            return Ok(Vec::new());
        }
        let mut values = vec![Value::from(scope.0), Value::from(scope.1)];
        values.extend_from_slice(&self.values);
        values.push(Value::from(limit));
        let (select, conditions, last) = (sql!("select_traces"), &self.conditions, values.len());
        let statement =
            format!("{select}{conditions} ORDER BY time_ms DESC, trace_id DESC LIMIT ${last}");
        let rows = tx.rows(&statement, &values)?;
        let traces: Result<_, _> = rows.iter().map(Trace::of_row).collect();
        Ok(traces?)
    }

    /// Starts with the bounds that every statement has: `$3` and `$4`, the second exclusive.
    fn between(from_ms: i64, to_ms: i64) -> Self {
        Self {
            conditions: String::new(),
            values: vec![Value::from(from_ms), Value::from(to_ms)],
            matches_nothing: false,
        }
    }

    fn and(&mut self, column: &str, is: &str, value: Value) {
        self.values.push(value);
        let place = self.values.len() + 2;
        write!(self.conditions, " AND {column} {is} ${place}").expect("a text takes every text");
    }

    /// Goes on after the trace of a marker. Its moment is in it, so it may be gone by now.
    fn after(&mut self, marker: &str) -> Result<(), Failure> {
        let time_ms = id::uuid_time_ms(marker).ok_or_else(|| Failure::field(QUERY, NEXT.name))?;
        self.values.push(Value::from(time_ms));
        self.values.push(Value::from(marker));
        let place = self.values.len() + 2;
        let before = place - 1;
        write!(
            self.conditions,
            " AND (time_ms, trace_id) < (${before}, ${place})"
        )
        .expect("a text takes every text");
        Ok(())
    }
}

/// Returns a filter that is given and not empty.
fn given<'a>(call: &'a Call<'_>, field: &Field) -> Option<&'a str> {
    call.args.text(field).filter(|text| !text.is_empty())
}

/// The bounds of a request, both exclusive. They come as a pair; with one alone, or none, the other is an hour away or now.
fn bounds(call: &Call<'_>) -> Result<(i64, i64), Failure> {
    // What happened in this very millisecond is there to see.
    let to_ms = call.args.int(&TO).unwrap_or(call.now_ms + 1);
    let from_ms = call.args.int(&FROM).unwrap_or(to_ms - 1 - DEFAULT_SPAN_MS);
    if from_ms < to_ms {
        Ok((from_ms, to_ms))
    } else {
        Err(Failure::because(QUERY, "from must be earlier than to."))
    }
}
