//! The metrics that a key has.

use super::KeyTime;

/// What a metric tells.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meter {
    /// How many requests there were about the key.
    Requests(Requests),
    /// How many hours are left until something happens to the key.
    Remaining(fn(&KeyTime) -> Option<i64>),
}

/// Which requests a metric counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Requests {
    /// Every one, whatever its answer.
    All,
    /// Those that used the key and were answered with success.
    Billed,
    /// Those whose traces have one of these names.
    Named(&'static [&'static str]),
}

/// A metric.
#[derive(Clone, Copy, Debug)]
pub(super) struct Metric {
    /// Its name in the contract.
    pub(super) name: &'static str,
    /// What it tells.
    pub(super) meter: Meter,
}

impl Metric {
    /// Finds a metric.
    pub(super) fn by_name(name: &str) -> Option<&'static Self> {
        METRICS.iter().find(|metric| metric.name == name)
    }

    /// Its unit.
    pub(super) const fn unit(&self) -> &'static str {
        match self.meter {
            Meter::Remaining(_) => "hour",
            Meter::Requests(_) => "count",
        }
    }

    /// Tells whether a key has it: requests are counted for enabled, disabled and default keys, so not while the key waits
    /// for its deletion.
    pub(super) fn is_of(&self, key: &KeyTime) -> bool {
        match self.meter {
            Meter::Remaining(until) => until(key).is_some(),
            Meter::Requests(_) => key.deletion_ms.is_none(),
        }
    }
}

const DATA_KEYS: &[&str] = &[
    "createDataKey",
    "createDataKeyWithoutPlaintext",
    "createDatakeyPair",
    "decryptDatakey",
    "encryptDatakey",
];
const DATA: &[&str] = &["decryptData", "encryptData", "reEncrypt"];
const SIGNATURES: &[&str] = &["deriveSharedSecret", "getPublicKey", "sign", "verify"];
const MACS: &[&str] = &["generateMac", "verifyMac"];
const GRANTS: &[&str] = &["createGrant", "retireGrant", "revokeGrant"];
const MATERIAL: &[&str] = &[
    "deleteImportedKeyMaterial",
    "disableKeyRotation",
    "enableKeyRotation",
    "getParametersForImport",
    "importKeyMaterial",
    "rotateKey",
    "updateKeyRotationInterval",
];
const LIFE: &[&str] = &[
    "associateAlias",
    "cancelKeyDeletion",
    "createAlias",
    "createKey",
    "dealUnifiedTags",
    "deleteAlias",
    "disableKey",
    "enableKey",
    "scheduleKeyDeletion",
    "updateKeyAlias",
    "updateKeyDescription",
];
/// The uses of a key that are paid for by the request.
pub(super) const BILLED: &[&[&str]] = &[DATA_KEYS, DATA, SIGNATURES, MACS];

#[rustfmt::skip] // A table reads by its columns.
pub(super) const METRICS: &[Metric] = &[
    Metric { name: "billing_request_count",    meter: Meter::Requests(Requests::Billed) },
    Metric { name: "data_key_request_count",   meter: Meter::Requests(Requests::Named(DATA_KEYS)) },
    Metric { name: "data_request_count",       meter: Meter::Requests(Requests::Named(DATA)) },
    Metric { name: "delkey_remaing_time",      meter: Meter::Remaining(|key| key.deletion_ms) },
    Metric { name: "detail_request_count",     meter: Meter::Requests(Requests::All) },
    Metric { name: "grant_request_count",      meter: Meter::Requests(Requests::Named(GRANTS)) },
    Metric { name: "mac_request_count",        meter: Meter::Requests(Requests::Named(MACS)) },
    Metric { name: "management_request_count", meter: Meter::Requests(Requests::Named(LIFE)) },
    Metric { name: "material_request_count",   meter: Meter::Requests(Requests::Named(MATERIAL)) },
    Metric { name: "matrial_remaing_time",     meter: Meter::Remaining(|key| key.expiration_ms) },
    Metric { name: "signature_request_count",  meter: Meter::Requests(Requests::Named(SIGNATURES)) },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_counts_in_one_group() {
        let mut names: Vec<&str> = METRICS
            .iter()
            .filter_map(|metric| match metric.meter {
                Meter::Requests(Requests::Named(names)) => Some(names),
                _ => None,
            })
            .flatten()
            .copied()
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
