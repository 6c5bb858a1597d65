//! `dew-mgmt access-cert`: the certificates by which agents are let in.

use std::fs;

use proto::admin::{AccessCertificate, Command, Reply};
use serde_json::{Value, json};

use crate::Error;
use crate::bundle::Bundle;
use crate::cli::{AccessCertCommand, AccessCertIssue};
use crate::connection::Connection;
use crate::output::{Output, table, time};
use crate::settings::Settings;

pub(super) fn execute(
    command: AccessCertCommand,
    settings: &Settings,
    output: &Output,
) -> Result<(), Error> {
    match command {
        AccessCertCommand::Issue(issue) => make(issue, settings, output),
        AccessCertCommand::List => list(settings, output),
        AccessCertCommand::Revoke { serial_or_name } => {
            let done = format!("access certificate {serial_or_name} is revoked");
            Connection::open(settings)?
                .order(&Command::AccessCertificateRevoke { serial_or_name })?;
            output.done(&done)
        }
    }
}

fn make(issue: AccessCertIssue, settings: &Settings, output: &Output) -> Result<(), Error> {
    let AccessCertIssue {
        name,
        partitions,
        out,
        hours,
    } = issue;
    let ca = settings.ca()?;
    let ca_pem = fs::read(ca).map_err(Error::file("read", ca))?;
    let mut connection = Connection::open(settings)?;
    let bundle = Bundle::begin(&out, &name)?;
    let request = bundle.request().to_vec();
    let command = Command::AccessCertificateIssue {
        name: name.clone(),
        partitions,
        request,
        hours,
    };
    let Reply::AccessCertificate { chain_pem, serial } = connection.command(&command)? else {
        return Err(Error::UnexpectedReply);
    };
    bundle.complete(
        &chain_pem,
        &ca_pem,
        &settings.address()?,
        settings.server_name(),
    )?;
    let config = out.join("agent.toml").display().to_string();
    let value = json!({ "name": name, "serial": serial, "config": config });
    let text = format!(
        "access certificate {name}, serial {serial}, is issued; copy the folder to the node and \
         run there: dew-agent --config {config}"
    );
    output.show(&value, &text)
}

fn list(settings: &Settings, output: &Output) -> Result<(), Error> {
    let Reply::AccessCertificates(certificates) =
        Connection::open(settings)?.command(&Command::AccessCertificateList)?
    else {
        return Err(Error::UnexpectedReply);
    };
    let value: Value = certificates.iter().map(to_json).collect();
    let rows = certificates.iter().map(|certificate| {
        [
            certificate.name.clone(),
            certificate.serial.clone(),
            certificate.partitions.join(", "),
            time(certificate.not_after),
            if certificate.revoked {
                "revoked"
            } else {
                "valid"
            }
            .to_owned(),
        ]
    });
    let header = ["NAME", "SERIAL", "PARTITIONS", "ENDS", "STATE"];
    output.show(
        &value,
        &table(header, rows, "there are no access certificates"),
    )
}

fn to_json(certificate: &AccessCertificate) -> Value {
    json!({
        "name": certificate.name,
        "serial": certificate.serial,
        "partitions": certificate.partitions,
        "not_after": time(certificate.not_after),
        "revoked": certificate.revoked,
    })
}
