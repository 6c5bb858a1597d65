//! What metrics need to know of keys, from the key service.

use kit::db::{Error, Tx};
use trace::{KeyClock, KeyTime};

/// Asks the key service's tables.
pub(crate) struct Keys;

impl KeyClock for Keys {
    fn keys(
        &self,
        tx: &mut Tx<'_>,
        project_id: &str,
        key_id: Option<&str>,
    ) -> Result<Vec<KeyTime>, Error> {
        let moments = kms::moments(tx, project_id, key_id)?;
        let time = |moment: kms::Moments| KeyTime {
            key_id: moment.key_id,
            deletion_ms: moment.deletion_ms,
            expiration_ms: moment.expiration_ms,
        };
        Ok(moments.into_iter().map(time).collect())
    }
}
