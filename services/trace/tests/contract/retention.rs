//! Old traces go.

use super::house::{DAY_MS, NOON_MS, OTHER_PROJECT, PROJECT, Work, on_both, root};

#[test]
fn traces_older_than_seven_days_go_and_no_others() {
    on_both(|house| {
        let (alice, eve) = (root("acct", "alice"), root("evil", "eve"));
        let start_ms = NOON_MS - 7 * DAY_MS;
        for time_ms in [start_ms - DAY_MS, start_ms - 1, start_ms, NOON_MS] {
            house.work(&alice, time_ms, PROJECT, Work::encrypt("k1"));
            house.work(&eve, time_ms, OTHER_PROJECT, Work::encrypt("k2"));
        }
        assert_eq!(trace::forget(&house.db, NOON_MS), Ok(4));
        assert_eq!(trace::forget(&house.db, NOON_MS), Ok(0));
        let left = house
            .db
            .read(|tx| tx.rows("SELECT time_ms FROM trail ORDER BY time_ms", &[]));
        let left: Vec<i64> = left
            .unwrap()
            .iter()
            .map(|row| row.int("time_ms").unwrap())
            .collect();
        assert_eq!(left, [start_ms, start_ms, NOON_MS, NOON_MS]);
    });
}
