//! `dew-mgmt user`: who logs in to a partition by a name.

use proto::admin::{self, Command, Reply, Secret, User};
use serde_json::{Value, json};

use crate::Error;
use crate::cli::{Duty, UserCommand, UserCreate};
use crate::connection::Connection;
use crate::output::{Output, table};
use crate::pin;
use crate::settings::Settings;

pub(super) fn execute(
    command: UserCommand,
    settings: &Settings,
    output: &Output,
) -> Result<(), Error> {
    match command {
        UserCommand::Create(create) => make(create, settings, output),
        UserCommand::List { partition } => list(partition, settings, output),
        UserCommand::Delete { partition, name } => {
            let done = format!("{name} is no user of {partition} any more");
            let order = Command::UserDelete { partition, name };
            Connection::open(settings)?.order(&order)?;
            output.done(&done)
        }
    }
}

fn make(create: UserCreate, settings: &Settings, output: &Output) -> Result<(), Error> {
    let UserCreate {
        partition,
        name,
        role,
        pin_file,
        user_pin_file,
    } = create;
    let prompt = format!("PIN of the user of {partition}");
    let user_pin = pin::existing(user_pin_file.as_deref(), &prompt)?;
    let pin = pin::chosen(pin_file.as_deref(), &format!("new PIN of {name}"))?;
    let duty = match role {
        Duty::CryptoOfficer => admin::Duty::CryptoOfficer,
        Duty::CryptoUser => admin::Duty::CryptoUser,
    };
    let done = format!("{name} is a {} of {partition}", duty_name(duty));
    let secret = |pin: &ukey::Pin| Secret::new(pin.expose().to_vec());
    Connection::open(settings)?.order(&Command::UserCreate {
        partition,
        name,
        duty,
        pin: secret(&pin),
        user_pin: secret(&user_pin),
    })?;
    output.done(&done)
}

fn list(partition: String, settings: &Settings, output: &Output) -> Result<(), Error> {
    let order = Command::UserList { partition };
    let Reply::Users(users) = Connection::open(settings)?.command(&order)? else {
        return Err(Error::UnexpectedReply);
    };
    let to_json = |user: &User| json!({"name": user.name, "role": duty_name(user.duty), "locked": user.locked});
    let value: Value = users.iter().map(to_json).collect();
    let rows = users.iter().map(|user| {
        let pin = if user.locked { "locked" } else { "good" };
        [
            user.name.clone(),
            duty_name(user.duty).to_owned(),
            pin.to_owned(),
        ]
    });
    let header = ["NAME", "ROLE", "PIN"];
    output.show(&value, &table(header, rows, "there are no named users"))
}

const fn duty_name(duty: admin::Duty) -> &'static str {
    match duty {
        admin::Duty::CryptoOfficer => "crypto-officer",
        admin::Duty::CryptoUser => "crypto-user",
    }
}
