//! `dew-mgmt hsm` and `dew-mgmt status`: the HSM as a whole.

use proto::admin::{Command, State, Status};
use serde_json::json;

use crate::Error;
use crate::cli::HsmCommand;
use crate::connection::Connection;
use crate::output::{Output, facts, time};
use crate::settings::Settings;

pub(super) fn execute(
    command: HsmCommand,
    settings: &Settings,
    output: &Output,
) -> Result<(), Error> {
    let HsmCommand::Init { label } = command;
    let mut connection = Connection::open(settings)?;
    connection.order(&Command::Claim {
        label: label.clone(),
    })?;
    output.done(&format!(
        "the HSM is called {label} and obeys this UKey; keep a copy of the file"
    ))
}

pub(super) fn status(settings: &Settings, output: &Output) -> Result<(), Error> {
    let status = Connection::open(settings)?.status()?;
    let value = json!({
        "instance": hex::encode(status.instance),
        "state": state_name(status.state),
        "version": status.version,
        "started": time(status.started),
        "agents": status.agents,
        "applications": status.applications,
        "partitions": status.partitions,
        "audit_entries": status.audit_entries,
        "root_slots": status.root_slots,
        "warnings": status.warnings,
    });
    output.show(&value, &text(&status))
}

fn text(status: &Status) -> String {
    let mut lines = vec![
        ("Instance", hex::encode(status.instance)),
        ("State", state_name(status.state).to_owned()),
        ("Version", status.version.clone()),
        ("Started", time(status.started)),
        ("Agents", status.agents.to_string()),
        ("Applications", status.applications.to_string()),
        ("Partitions", status.partitions.to_string()),
        ("Audit entries", status.audit_entries.to_string()),
        ("Root key", status.root_slots.join(", ")),
    ];
    lines.extend(
        status
            .warnings
            .iter()
            .map(|warning| ("Warning", warning.clone())),
    );
    facts(&lines)
}

fn state_name(state: State) -> &'static str {
    match state {
        State::Error => "error",
        State::Factory => "factory",
        State::Operational => "operational",
    }
}
