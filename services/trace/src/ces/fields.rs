//! The members that the operations take.

use kit::api::{ANY_TEXT, Field, Kind, Member, Place};

use crate::catalogue::{CONTENT, PARAMETER};
use crate::choices::{METRICS_MAX, MOMENTS_MS};

const TEXT: Kind = Kind::Text {
    min: 1,
    max: 256,
    of: ANY_TEXT,
};
const MOMENT: Kind = Kind::Int {
    min: MOMENTS_MS.0,
    max: MOMENTS_MS.1,
};
const FILTERS: Kind = Kind::Choice(&["average", "variance", "min", "max", "sum"]);
const PERIOD_KIND: Kind = Kind::Int {
    min: 1,
    max: 86_400,
};

/// The project of the path.
pub(super) const PROJECT_ID: Field = Field::new("project_id", TEXT, PARAMETER);
/// The namespace.
pub(super) const NAMESPACE: Field = Field::new("namespace", TEXT, PARAMETER);
/// The metric.
pub(super) const METRIC_NAME: Field = Field::new("metric_name", TEXT, PARAMETER);
/// The first dimension: `key_id,<id>`.
pub(super) const DIM: Field = Field::new("dim.0", TEXT, PARAMETER);
/// Further dimensions, which no metric has.
pub(super) const OTHER_DIMS: &[Field] = &[
    Field::new("dim.1", TEXT, PARAMETER),
    Field::new("dim.2", TEXT, PARAMETER),
    Field::new("dim.3", TEXT, PARAMETER),
];
/// The marker of the page before.
pub(super) const START: Field = Field::new("start", TEXT, PARAMETER);
/// How many metrics a page has.
pub(super) const LIMIT: Field = Field::new("limit", Kind::Int { min: 1, max: 1_000 }, PARAMETER);
/// In which order metrics come.
pub(super) const ORDER: Field = Field::new("order", Kind::Choice(&["asc", "desc"]), PARAMETER);
/// What is told of the samples of a period.
pub(super) const FILTER: Field = Field::new("filter", FILTERS, PARAMETER);
/// The length of a period, in seconds.
pub(super) const PERIOD: Field = Field::new("period", PERIOD_KIND, PARAMETER);
/// The first moment.
pub(super) const FROM: Field = Field::new("from", MOMENT, PARAMETER);
/// The moment after the last.
pub(super) const TO: Field = Field::new("to", MOMENT, PARAMETER);

const METRICS_KIND: Kind = Kind::List {
    of: &Kind::Object,
    min: 1,
    max: METRICS_MAX,
};
/// The metrics of a batch.
pub(super) const METRICS: Field = Field::new("metrics", METRICS_KIND, CONTENT);
/// [`FILTER`] in a body.
pub(super) const BODY_FILTER: Field = Field::new("filter", FILTERS, CONTENT);
/// [`PERIOD`] in a body.
pub(super) const BODY_PERIOD: Field = Field::new("period", PERIOD_KIND, CONTENT);
/// [`FROM`] in a body.
pub(super) const BODY_FROM: Field = Field::new("from", MOMENT, CONTENT);
/// [`TO`] in a body.
pub(super) const BODY_TO: Field = Field::new("to", MOMENT, CONTENT);

/// A member of the query that must be there.
pub(super) const fn needed(field: Field) -> Member {
    Member {
        field,
        required: true,
        place: Place::Query,
    }
}
