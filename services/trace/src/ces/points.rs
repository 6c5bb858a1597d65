//! Counting requests, and the time that is left, per period.

use kit::api::{Call, Failure};
use kit::clock::SECOND_MS;
use kit::db::{Row, Value};
use kit::sql;
use serde_json::{Value as Json, json};

use super::Ces;
use super::meter::{BILLED, Meter, Metric, Requests};
use crate::choices::{SAMPLE_MS, WINDOW_MS};

const HOUR_MS: i64 = 3_600 * SECOND_MS;

/// The time that is asked about, cut into periods that begin at full ones.
pub(super) struct Span {
    period_ms: i64,
    from_ms: i64,
    to_ms: i64,
}

/// What is asked.
pub(super) struct Asked<'a> {
    /// The metric.
    pub(super) metric: &'static Metric,
    /// The key.
    pub(super) key_id: &'a str,
    /// `average`, `variance`, `min`, `max` or `sum`.
    pub(super) filter: &'a str,
}

impl Span {
    /// Cuts the time. A period shorter than a sample has the sample's length.
    pub(super) fn new(period_s: i64, from_ms: i64, to_ms: i64) -> Self {
        let period_ms = (period_s * SECOND_MS).max(SAMPLE_MS);
        Self {
            period_ms,
            from_ms: from_ms - from_ms % period_ms,
            to_ms,
        }
    }

    /// Leaves out what is too old to be known and what is yet to come.
    pub(super) fn within_window(mut self, now_ms: i64) -> Self {
        let oldest_ms = now_ms - WINDOW_MS;
        self.from_ms = self.from_ms.max(oldest_ms - oldest_ms % self.period_ms);
        self.to_ms = self.to_ms.min(now_ms + 1).max(self.from_ms);
        self
    }

    /// How many periods there are.
    pub(super) fn periods(&self) -> i64 {
        let whole_ms = self.to_ms - self.from_ms + self.period_ms - 1;
        whole_ms / self.period_ms
    }

    fn has(&self, moment_ms: i64) -> bool {
        (self.from_ms..self.to_ms).contains(&moment_ms)
    }
}

/// Finds the points of a metric, oldest first. A period in which nothing happened has none.
pub(super) fn points(
    ces: &Ces,
    call: &Call<'_>,
    asked: &Asked<'_>,
    span: &Span,
) -> Result<Vec<Json>, Failure> {
    match asked.metric.meter {
        Meter::Remaining(until) => {
            let keys = call
                .db
                .read(|tx| ces.clock.keys(tx, call.project_id, Some(asked.key_id)))?;
            let left = keys
                .first()
                .and_then(until)
                .map(|until_ms| until_ms - call.now_ms);
            // What was left earlier is not known: a deletion may have been planned since.
            let shown = left.filter(|_| span.has(call.now_ms));
            let point = |left_ms: i64| {
                let value = match asked.filter {
                    "variance" => 0.0,
                    _ => float(left_ms.max(0)) / float(HOUR_MS),
                };
                json!({asked.filter: value, "timestamp": call.now_ms - call.now_ms % span.period_ms})
            };
            Ok(shown.map(point).into_iter().collect())
        }
        Meter::Requests(requests) => counted(call, asked, requests, span),
    }
}

fn counted(
    call: &Call<'_>,
    asked: &Asked<'_>,
    requests: Requests,
    span: &Span,
) -> Result<Vec<Json>, Failure> {
    let mut values = vec![
        Value::from(asked.key_id),
        Value::from(call.project_id),
        Value::from(span.from_ms),
        Value::from(span.to_ms),
        Value::from(span.period_ms),
    ];
    let condition = condition(requests, &mut values);
    let (sum, count) = (sql!("sum_periods"), sql!("count_minutes"));
    let statement =
        format!("{sum} FROM ({count}{condition} GROUP BY 1) AS counted GROUP BY 1 ORDER BY 1");
    let rows = call.db.read(|tx| tx.rows(&statement, &values))?;
    rows.iter()
        .map(|row| point(row, asked.filter, span))
        .collect()
}

/// Which requests count, as a condition under the statement, with its values.
fn condition(requests: Requests, values: &mut Vec<Value>) -> String {
    let mut among = |names: &mut dyn Iterator<Item = &'static str>| {
        let mut places = Vec::new();
        for name in names {
            values.push(Value::from(name));
            places.push(format!("${}", values.len()));
        }
        format!(" AND name IN ({})", places.join(", "))
    };
    match requests {
        Requests::All => String::new(),
        Requests::Billed => {
            let names = among(&mut BILLED.iter().copied().flatten().copied());
            format!("{names} AND status >= 200 AND status < 300")
        }
        Requests::Named(names) => among(&mut names.iter().copied()),
    }
}

/// Makes the point of a period. Its samples are the requests of each minute, also of those without any.
fn point(row: &Row, filter: &str, span: &Span) -> Result<Json, Failure> {
    let samples = span.period_ms / SAMPLE_MS;
    let (total, squares) = (row.int("total")?, row.int("squares")?);
    let average = float(total) / float(samples);
    let value = match filter {
        "average" => average,
        "max" => float(row.int("most")?),
        "min" if row.int("minutes")? < samples => 0.0,
        "min" => float(row.int("least")?),
        "variance" => (float(squares) / float(samples) - average * average).max(0.0),
        _ => float(total),
    };
    Ok(json!({filter: value, "timestamp": row.int("period_ms")?}))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and hours are far below 2^53"
)]
const fn float(number: i64) -> f64 {
    number as f64
}
