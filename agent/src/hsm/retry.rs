//! When to connect again: soon, then ever later, and at once when somebody waits for it.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use transport::tls;

use crate::timing::Timing;

/// The waits between attempts: each twice the last, with a random part, so that many agents do not come back to a
/// restarted HSM all at once.
pub(super) struct Retry {
    timing: Timing,
    delay: Duration,
}

impl Retry {
    /// Starts with the shortest wait.
    pub(super) const fn new(timing: Timing) -> Self {
        Self {
            timing,
            delay: timing.retry_min,
        }
    }

    /// Goes back to the shortest wait, after a success.
    pub(super) const fn reset(&mut self) {
        self.delay = self.timing.retry_min;
    }

    /// Waits after a failure; `wanted` cuts the wait short, but not below the minimum.
    pub(super) async fn wait<F: Future<Output = ()>>(&mut self, wanted: impl FnOnce() -> F) {
        let failed = Instant::now();
        let until = failed + self.next_delay(random_fraction());
        let wanted_later = async {
            wanted().await;
            sleep_until(failed + self.timing.retry_min).await;
        };
        tokio::select! {
            () = sleep_until(until) => {}
            () = wanted_later => {}
        }
    }

    /// Gives a wait between half of the current delay and all of it, and doubles the delay.
    fn next_delay(&mut self, fraction: f64) -> Duration {
        let delay = self.delay;
        self.delay = delay.saturating_mul(2).min(self.timing.retry_max);
        delay
            .mul_f64(0.5 + fraction / 2.0)
            .max(self.timing.retry_min)
    }
}

/// Gives a number from 0 to 1; a system without random numbers gets no jitter.
fn random_fraction() -> f64 {
    let mut byte = [u8::MAX];
    let _ = tls::provider().secure_random.fill(&mut byte);
    f64::from(byte[0]) / f64::from(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest() {
        let mut retry = Retry::new(Timing::default());
        let delays: Vec<_> = (0..8).map(|_| retry.next_delay(1.0).as_millis()).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
        retry.reset();
        assert_eq!(retry.next_delay(1.0).as_millis(), 100);
    }

    #[test]
    fn jitter_takes_off_at_most_half() {
        let mut retry = Retry::new(Timing::default());
        retry.delay = Duration::from_secs(4);
        assert_eq!(retry.next_delay(0.0), Duration::from_secs(2));
    }

    /// Waits once with a delay of an hour, and returns for how long.
    async fn waited(wanted: impl Future<Output = ()>) -> Duration {
        let timing = Timing {
            retry_max: Duration::from_secs(3600),
            ..Timing::default()
        };
        let mut retry = Retry {
            timing,
            delay: timing.retry_max,
        };
        let start = Instant::now();
        retry.wait(|| wanted).await;
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_cuts_the_wait_short_but_not_below_the_shortest() {
        let at_once = waited(std::future::ready(())).await.as_millis();
        assert!((100..110).contains(&at_once), "{at_once} ms");
        let later = waited(tokio::time::sleep(Duration::from_secs(5)))
            .await
            .as_millis();
        assert!((5_000..5_010).contains(&later), "{later} ms");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_call_the_wait_is_whole() {
        assert!(waited(std::future::pending()).await >= Duration::from_secs(1800));
    }
}
