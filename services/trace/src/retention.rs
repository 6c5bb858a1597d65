//! Traces older than the window go.

use kit::db::{Database, Error, Value};
use kit::sql;

use crate::choices::{FORGET_BATCH, FORGET_MAX, WINDOW_MS};

/// Deletes traces that are older than seven days, in batches, and returns how many. A run is bounded; what it leaves, the
/// next one finds.
///
/// It goes from project to project, since the index begins with the project: no statement looks at more than it deletes.
///
/// # Errors
/// The database fails; the batches before are kept.
pub fn forget(db: &Database, now_ms: i64) -> Result<u64, Error> {
    let before_ms = now_ms - WINDOW_MS;
    let mut deleted = 0;
    let mut last = String::new();
    while let Some((project_id, oldest_ms)) = after(db, &last)? {
        let mut is_more = oldest_ms < before_ms;
        while is_more {
            let gone = forget_batch(db, &project_id, before_ms)?;
            deleted += gone;
            if deleted >= FORGET_MAX {
                return Ok(deleted);
            }
            is_more = gone == FORGET_BATCH;
        }
        last = project_id;
    }
    Ok(deleted)
}

/// Deletes the oldest traces of a project, not all at once, so that nobody waits long behind it.
fn forget_batch(db: &Database, project_id: &str, before_ms: i64) -> Result<u64, Error> {
    let values = [
        Value::from(project_id),
        Value::from(before_ms),
        Value::from(FORGET_BATCH.cast_signed()),
    ];
    db.write(|tx| tx.execute(sql!("delete_old_traces"), &values))
}

/// The project after this one, and its oldest trace.
fn after(db: &Database, project_id: &str) -> Result<Option<(String, i64)>, Error> {
    let found = db.read(|tx| tx.row(sql!("next_project"), &[Value::from(project_id)]))?;
    let read = |row: kit::db::Row| Ok((row.text("project_id")?, row.int("oldest_ms")?));
    found.map(read).transpose()
}
