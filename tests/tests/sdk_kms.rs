//! The official SDKs against the key service, the accounts and the audit: groups of claims written in their languages.

#![forbid(unsafe_code)]

use std::time::Duration;

use tests::{Chain, Node, Partition, Python, Run, Server};

/// How long a group of claims may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// Gives a client the server's address and the access keys, and lets it run to a good end.
fn against_a_server(client: Run) {
    let chain = Chain::start();
    let server = Server::start(&chain.token(Partition::Compat));
    server
        .client_environment()
        .iter()
        .fold(client.patience(PATIENCE), |client, (name, value)| {
            client.env(name, value)
        })
        .succeed();
}

/// Runs one group of `tests/sdk` on a server of its own.
fn group(name: &str) {
    against_a_server(Python::with_sdks().script("run.py").arg(name));
}

#[test]
fn the_signer_of_the_raw_claims_gives_the_known_answers() {
    Python::with_sdks()
        .script("run.py")
        .arg("offline.signer")
        .succeed();
}

#[test]
fn the_whole_story_is_told_with_the_official_sdks_alone() {
    against_a_server(Python::with_sdks().script("acceptance.py"));
}

#[test]
fn a_round_is_played_with_the_sdk_for_node() {
    against_a_server(Node::with_sdk().script("round.mjs"));
}

/// One test per group, so that a failure is named.
macro_rules! groups {
    ($($test:ident: $group:literal,)*) => {
        $(
            #[test]
            fn $test() {
                group($group);
            }
        )*
    };
}

groups! {
    kms_lifecycle: "kms.lifecycle",
    kms_listing: "kms.listing",
    kms_types_on_the_wire: "kms.wire_types",
    kms_members: "kms.members",
    kms_states: "kms.states",
    kms_kinds: "kms.kinds",
    kms_data_keys: "kms.data_keys",
    kms_small_data: "kms.small_data",
    kms_reencryption: "kms.reencryption",
    kms_signatures: "kms.signatures",
    kms_macs: "kms.macs",
    kms_agreement: "kms.agreement",
    kms_pairs: "kms.pairs",
    kms_imports: "kms.import_material",
    kms_imports_with_openssl: "kms.import_openssl",
    kms_rotation: "kms.rotation",
    kms_grants: "kms.grants",
    kms_aliases: "kms.aliases",
    kms_tags: "kms.tags",
    kms_tag_search: "kms.tag_search",
    kms_default_keys: "kms.default_keys",
    kms_stores_and_quotas: "kms.stores",
    kms_quota_of_keys: "kms.quota",
    wire_bodies: "wire.bodies",
    wire_paths: "wire.paths",
    wire_signatures: "wire.signatures",
    wire_tokens: "wire.tokens",
    iam_lookup: "iam.lookup",
    iam_administration: "iam.administration",
    iam_permissions: "iam.permissions",
    iam_policies: "iam.policies",
    iam_roles: "iam.roles",
    cts_traces: "cts.traces",
    ces_metrics: "ces.metrics",
    clock_rotation: "clock.rotation",
    clock_deletion: "clock.deletion",
    clock_expiry: "clock.expiry",
}
