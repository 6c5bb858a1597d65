//! What the contract leaves to us.

use kit::clock::{DAY_MS, SECOND_MS};

/// How long traces live.
pub(crate) const WINDOW_MS: i64 = 7 * DAY_MS;
/// What a request without bounds sees: the last hour.
pub(crate) const DEFAULT_SPAN_MS: i64 = 3_600 * SECOND_MS;
/// The fewest, usual and most traces on a page.
pub(crate) const PAGE: (i64, i64, i64) = (1, 10, 200);
/// The most traces in an exported file.
pub(crate) const EXPORT_MAX: i64 = 5_000;
/// The moments that have 13 digits, in which the contract writes them.
pub(crate) const MOMENTS_MS: (i64, i64) = (1_000_000_000_000, 9_999_999_999_999);

/// The name and the type of the one tracker.
pub(crate) const TRACKER: &str = "system";
/// The services whose traces can be kept out of a tracker's files.
pub(crate) const EXCLUDABLE: &[&str] = &["KMS"];
/// The longest body: a tracker, or 500 metrics.
pub(crate) const BODY_BYTES_MAX: usize = 256 * 1024;

/// Old traces that go in one transaction, so that none keeps others waiting for long.
pub(crate) const FORGET_BATCH: u64 = 1_000;
/// Old traces that go in one run, so that a run ends.
pub(crate) const FORGET_MAX: u64 = 200_000;

/// The namespace of the metrics, and the dimension that they have.
pub(crate) const NAMESPACE: &str = "SYS.KMS";
/// See [`NAMESPACE`].
pub(crate) const DIMENSION: &str = "key_id";
/// The length of a sample: what a filter such as the average is taken over.
pub(crate) const SAMPLE_MS: i64 = 60 * SECOND_MS;
/// The periods, in seconds; 1 stands for the samples themselves.
pub(crate) const PERIODS_S: &[i64] = &[1, 60, 300, 1_200, 3_600, 14_400, 86_400];
/// The metrics of one request.
pub(crate) const METRICS_MAX: usize = 500;
/// The periods that one request may ask for, over all its metrics: a week of minutes for several keys.
pub(crate) const POINTS_MAX: i64 = 100_000;
