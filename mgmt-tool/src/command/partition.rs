//! `dew-mgmt partition`: the parts into which an HSM is divided.

use proto::admin::{self, Command, Partition, Reply, Secret, TokenSetup};
use serde_json::{Value, json};
use ukey::Pin;

use crate::Error;
use crate::cli::{PartitionCommand, PartitionCreate, Profile};
use crate::connection::Connection;
use crate::output::{Output, table};
use crate::pin;
use crate::settings::Settings;

pub(super) fn execute(
    command: PartitionCommand,
    settings: &Settings,
    output: &Output,
) -> Result<(), Error> {
    match command {
        PartitionCommand::Create(create) => make(create, settings, output),
        PartitionCommand::List => list(settings, output),
        PartitionCommand::Delete { name, yes } => {
            if !yes {
                let text =
                    format!("every key in {name} would be lost for good; add --yes to do it");
                return Err(Error::Usage(text));
            }
            let mut connection = Connection::open(settings)?;
            connection.order(&Command::PartitionDelete { name: name.clone() })?;
            output.done(&format!("partition {name} is destroyed"))
        }
    }
}

fn make(create: PartitionCreate, settings: &Settings, output: &Output) -> Result<(), Error> {
    let PartitionCreate {
        name,
        profile,
        label,
        so_pin_file,
        pin_file,
    } = create;
    let token = match label {
        None => None,
        Some(label) => {
            let so_pin = pin::chosen(so_pin_file.as_deref(), "PIN of the security officer")?;
            let user_pin = match pin_file {
                Some(file) => Some(secret(&pin::chosen(Some(&file), "PIN of the user")?)),
                None => None,
            };
            Some(TokenSetup {
                label,
                so_pin: secret(&so_pin),
                user_pin,
            })
        }
    };
    let profile = match profile {
        Profile::Compat => admin::Profile::Compat,
        Profile::Strict => admin::Profile::Strict,
    };
    let mut connection = Connection::open(settings)?;
    connection.order(&Command::PartitionCreate {
        name: name.clone(),
        profile,
        token,
    })?;
    output.done(&format!("partition {name} is made"))
}

fn secret(pin: &Pin) -> Secret {
    Secret::new(pin.expose().to_vec())
}

fn list(settings: &Settings, output: &Output) -> Result<(), Error> {
    let Reply::Partitions(partitions) =
        Connection::open(settings)?.command(&Command::PartitionList)?
    else {
        return Err(Error::UnexpectedReply);
    };
    let value: Value = partitions.iter().map(to_json).collect();
    let rows = partitions.iter().map(|partition| {
        [
            partition.name.clone(),
            partition.slot.to_string(),
            profile_name(partition.profile).to_owned(),
            partition
                .label
                .clone()
                .unwrap_or_else(|| "(not initialised)".to_owned()),
            partition.objects.to_string(),
        ]
    });
    let header = ["NAME", "SLOT", "PROFILE", "TOKEN", "OBJECTS"];
    output.show(&value, &table(header, rows, "there are no partitions"))
}

fn to_json(partition: &Partition) -> Value {
    json!({
        "id": hex::encode(partition.id),
        "name": partition.name,
        "slot": partition.slot,
        "profile": profile_name(partition.profile),
        "label": partition.label,
        "objects": partition.objects,
    })
}

fn profile_name(profile: admin::Profile) -> &'static str {
    match profile {
        admin::Profile::Compat => "compat",
        admin::Profile::Strict => "strict",
    }
}
