//! The administrator's desk: takes the requests of one management connection, checks who signed them, and does them.

use std::sync::Arc;

use audit::{Actor, Event, Outcome, Signature, Text};
use proto::admin::{
    AccessCertificate, Command, Partition, Profile, Reply, Request, Secret, TokenSetup,
    signed_bytes,
};
use store::Kind;
use zeroize::Zeroizing;

use super::authority::sha256;
use super::instance::{Core, Identity};
use super::register::{AccessRecord, Administrator};
use super::system::{INSTANCE_ID, InstanceRecord, Write};
use super::{Error, env};

/// The most entries of the audit log in one reply: some 300 bytes each, well below what a frame holds.
const AUDIT_PAGE: u32 = 10_000;
/// The longest name of a partition or an agent, in bytes.
const NAME_BYTES: usize = 64;

/// One management connection.
pub(crate) struct Desk {
    core: Arc<Core>,
    identity: Identity,
    exporter: Zeroizing<[u8; 32]>,
    nonce: [u8; 32],
    turn: u64,
}

/// Who signed a command, and the signature for the audit log.
struct Signer {
    administrator: Administrator,
    signature: Vec<u8>,
}

impl Desk {
    /// Opens the desk for a peer; `exporter` is the connection's channel binding.
    pub(crate) fn new(
        core: Arc<Core>,
        identity: Identity,
        exporter: [u8; 32],
    ) -> Result<Self, Error> {
        let mut nonce = [0; 32];
        mech::random(&mut nonce)?;
        Ok(Self {
            core,
            identity,
            exporter: Zeroizing::new(exporter),
            nonce,
            turn: 0,
        })
    }

    /// Serves one request; what fails is told in the reply.
    pub(crate) fn serve(&mut self, payload: &[u8]) -> Vec<u8> {
        let reply = match postcard::take_from_bytes(payload) {
            Ok((request, [])) => self.request(request).unwrap_or_else(|error| {
                tracing::warn!(%error, "management request failed");
                Reply::Failed(error.to_string())
            }),
            _ => Reply::Failed(
                "the request cannot be read: use a dew-mgmt of this version".to_owned(),
            ),
        };
        postcard::to_stdvec(&reply).unwrap_or_default()
    }

    fn request(&mut self, request: Request) -> Result<Reply, Error> {
        match request {
            Request::Challenge => Ok(Reply::Challenge {
                instance: self.core.instance(),
                nonce: self.nonce,
            }),
            Request::Status => Ok(Reply::Status(self.core.status()?)),
            Request::Command { command, signature } => {
                let signer = self.check(&command, signature)?;
                let Ok((command, [])) = postcard::take_from_bytes(&command) else {
                    return Err(Error::Refused("the command cannot be read".to_owned()));
                };
                self.command(command, &signer)
            }
        }
    }

    /// Checks the signature of a command; each turn is used up, whatever comes of it.
    fn check(&mut self, command: &[u8], signature: Vec<u8>) -> Result<Signer, Error> {
        let turn = self.turn;
        self.turn += 1;
        let administrator = match &self.identity {
            Identity::Administrator(administrator) => administrator.clone(),
            Identity::Claimant(claimant) => claimant.clone(),
            Identity::Agent(_) => {
                return Err(Error::Refused(
                    "an agent gives no management commands".to_owned(),
                ));
            }
        };
        let instance = self.core.instance();
        let message = signed_bytes(&self.exporter, &instance, &self.nonce, turn, command);
        ukey::verify(&administrator.certificate, &message, &signature).map_err(|_| {
            Error::Refused(
                "the command's signature is not this UKey's, or not for this connection".to_owned(),
            )
        })?;
        Ok(Signer {
            administrator,
            signature,
        })
    }

    fn command(&mut self, command: Command, signer: &Signer) -> Result<Reply, Error> {
        if let Command::Claim { label } = command {
            return self.claim(label, signer);
        }
        if !matches!(self.identity, Identity::Administrator(_)) {
            return Err(Error::Refused(
                "this HSM is not claimed yet: run `dew-mgmt hsm init` first".to_owned(),
            ));
        }
        require_role(&command, &signer.administrator)?;
        match command {
            Command::AccessCertificateIssue {
                name,
                partitions,
                request,
                hours,
            } => self.issue(&name, &partitions, &request, hours, signer),
            Command::AccessCertificateList => Ok(self.access_certificates()),
            Command::AccessCertificateRevoke { serial_or_name } => {
                self.revoke(&serial_or_name, signer)
            }
            Command::AuditRead { from, limit } => {
                let limit = usize::try_from(limit.min(AUDIT_PAGE)).unwrap_or_default();
                Ok(Reply::Audit(self.core.system().store().audit(from, limit)?))
            }
            Command::Claim { .. } => Ok(Reply::Done),
            Command::PartitionCreate {
                name,
                profile,
                token,
            } => self.create_partition(&name, profile, token, signer),
            Command::PartitionDelete { name } => self.delete_partition(&name, signer),
            Command::PartitionList => Ok(Reply::Partitions(self.partitions()?)),
            Command::UserCreate {
                partition,
                name,
                duty,
                pin,
                user_pin,
            } => {
                check_name("name", &name)?;
                let new = token::NewUser {
                    name: &name,
                    duty,
                    pin: pin.expose(),
                    user_pin: user_pin.expose(),
                };
                let hsm = self.core.hsm();
                hsm.create_user(&partition, &new, actor(signer), signature(signer))?;
                Ok(Reply::Done)
            }
            Command::UserDelete { partition, name } => {
                let hsm = self.core.hsm();
                hsm.delete_user(&partition, &name, actor(signer), signature(signer))?;
                Ok(Reply::Done)
            }
            Command::UserList { partition } => Ok(Reply::Users(self.core.hsm().users(&partition)?)),
        }
    }

    /// Closes the factory door: the UKey that signs is the first device administrator.
    fn claim(&mut self, label: String, signer: &Signer) -> Result<Reply, Error> {
        check_name("label", &label)?;
        let record = InstanceRecord {
            label,
            claimed: true,
        };
        let administrator = &signer.administrator;
        let id = truncated(&administrator.fingerprint);
        let writes = [
            Write::new(Kind::Instance, INSTANCE_ID, &record)?,
            Write::new(Kind::Administrator, id, administrator)?,
        ];
        let event = event(
            "hsm init",
            signer,
            None,
            Some(format!("label {}", record.label)),
        );
        self.core.claim(&writes, event, administrator.clone())?;
        self.identity = Identity::Administrator(administrator.clone());
        Ok(Reply::Done)
    }

    fn issue(
        &self,
        name: &str,
        partitions: &[String],
        request: &[u8],
        hours: u32,
        signer: &Signer,
    ) -> Result<Reply, Error> {
        check_name("name", name)?;
        let register = self.core.register();
        if register
            .find_agent(name)
            .is_some_and(|agent| !agent.is_revoked())
        {
            return Err(Error::Refused(format!(
                "an access certificate named {name} is in use: revoke it first, or choose another name"
            )));
        }
        let known = self.core.hsm().partitions();
        let partitions: Vec<[u8; 16]> = partitions
            .iter()
            .map(|wanted| {
                known
                    .iter()
                    .find(|partition| partition.name == *wanted)
                    .map(|found| found.id.0)
                    .ok_or_else(|| {
                        Error::Refused(format!(
                            "there is no partition {wanted}; see `dew-mgmt partition list`"
                        ))
                    })
            })
            .collect::<Result<_, _>>()?;
        if partitions.is_empty() {
            return Err(Error::Refused(
                "name at least one partition that the agent may reach".to_owned(),
            ));
        }
        let issued =
            self.core
                .authority()
                .issue_agent(name, request, hours, env::now_ms() / 1000)?;
        let record = AccessRecord {
            id: truncated(&issued.fingerprint),
            name: name.to_owned(),
            serial: issued.serial.clone(),
            fingerprint: issued.fingerprint,
            partitions,
            not_after: issued.not_after,
            revoked: false,
        };
        let writes = [Write::new(Kind::AgentCertificate, record.id, &record)?];
        let detail = format!("{name}, serial {}", issued.serial);
        self.core.system().commit(
            &writes,
            event("access-cert issue", signer, None, Some(detail)),
        )?;
        register.add_agent(record);
        Ok(Reply::AccessCertificate {
            chain_pem: issued.chain_pem,
            serial: issued.serial,
        })
    }

    fn revoke(&self, serial_or_name: &str, signer: &Signer) -> Result<Reply, Error> {
        let register = self.core.register();
        let agent = register.find_agent(serial_or_name).ok_or_else(|| {
            Error::Refused(format!(
                "there is no access certificate {serial_or_name}; see `dew-mgmt access-cert list`"
            ))
        })?;
        if !agent.is_revoked() {
            let record = AccessRecord {
                revoked: true,
                ..agent.record.clone()
            };
            let writes = [Write::new(Kind::AgentCertificate, record.id, &record)?];
            let detail = format!("{}, serial {}", record.name, record.serial);
            self.core.system().commit(
                &writes,
                event("access-cert revoke", signer, None, Some(detail)),
            )?;
            register.revoke(&agent);
        }
        Ok(Reply::Done)
    }

    fn access_certificates(&self) -> Reply {
        let partitions = self.core.hsm().partitions();
        let name_of = |id: &[u8; 16]| {
            let found = partitions.iter().find(|partition| partition.id.0 == *id);
            found.map_or_else(
                || "(deleted)".to_owned(),
                |partition| partition.name.clone(),
            )
        };
        let agents = self.core.register().agents();
        let list = agents.iter().map(|agent| AccessCertificate {
            name: agent.record.name.clone(),
            serial: agent.record.serial.clone(),
            partitions: agent.record.partitions.iter().map(name_of).collect(),
            not_after: agent.record.not_after,
            revoked: agent.is_revoked(),
        });
        Reply::AccessCertificates(list.collect())
    }

    fn create_partition(
        &self,
        name: &str,
        profile: Profile,
        token: Option<TokenSetup>,
        signer: &Signer,
    ) -> Result<Reply, Error> {
        check_name("name", name)?;
        let hsm = self.core.hsm();
        hsm.create_partition(name, profile, actor(signer), signature(signer))?;
        if let Some(setup) = &token {
            let setup = token::TokenSetup {
                label: &setup.label,
                so_pin: setup.so_pin.expose(),
                user_pin: setup.user_pin.as_ref().map(Secret::expose),
            };
            if let Err(error) = hsm.setup_token(name, &setup, actor(signer)) {
                // Half a partition would only be in the way of the next attempt.
                hsm.delete_partition(name, actor(signer), signature(signer))?;
                return Err(error.into());
            }
        }
        Ok(Reply::Done)
    }

    fn delete_partition(&self, name: &str, signer: &Signer) -> Result<Reply, Error> {
        self.core
            .hsm()
            .delete_partition(name, actor(signer), signature(signer))?;
        Ok(Reply::Done)
    }

    fn partitions(&self) -> Result<Vec<Partition>, Error> {
        let hsm = self.core.hsm();
        let described = |partition: token::PartitionInfo| {
            Ok(Partition {
                objects: u64::try_from(hsm.count_objects(partition.id)?).unwrap_or(u64::MAX),
                id: partition.id.0,
                name: partition.name,
                slot: partition.slot,
                profile: partition.profile,
                label: partition.label,
            })
        };
        hsm.partitions().into_iter().map(described).collect()
    }
}

/// Which roles may give a command: a table, so that nobody has to look for it.
fn require_role(command: &Command, administrator: &Administrator) -> Result<(), Error> {
    const DEVICE_ADMIN: &[&str] = &["device-admin"];
    const READERS: &[&str] = &["device-admin", "auditor", "operator"];
    let allowed = match command {
        Command::AccessCertificateIssue { .. }
        | Command::AccessCertificateRevoke { .. }
        | Command::Claim { .. }
        | Command::PartitionCreate { .. }
        | Command::PartitionDelete { .. }
        | Command::UserCreate { .. }
        | Command::UserDelete { .. } => DEVICE_ADMIN,
        Command::AccessCertificateList
        | Command::AuditRead { .. }
        | Command::PartitionList
        | Command::UserList { .. } => READERS,
    };
    if allowed.contains(&administrator.role.as_str()) {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "a UKey in the role {} may not do this; it takes {}",
        administrator.role,
        allowed.join(" or ")
    )))
}

/// Names are shown in tables and typed in shells: one word, no surprises.
fn check_name(what: &str, name: &str) -> Result<(), Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !name.is_empty() && name.len() <= NAME_BYTES && name.chars().all(plain) {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "the {what} must be 1 to {NAME_BYTES} letters, digits, dots, dashes or underscores"
    )))
}

/// The first half of a fingerprint serves as the identifier of its record.
fn truncated(fingerprint: &[u8; 32]) -> [u8; 16] {
    let mut id = [0; 16];
    id.copy_from_slice(&fingerprint[..16]);
    id
}

/// Who acts, in the audit log's terms.
fn actor(signer: &Signer) -> Actor {
    Actor::Administrator {
        certificate: sha256(&signer.administrator.certificate),
        role: Text::new(&signer.administrator.role),
    }
}

/// What it was signed with, for the audit log.
fn signature(signer: &Signer) -> Option<Signature> {
    Signature::try_from(signer.signature.clone()).ok()
}

/// A successful act of an administrator.
fn event(
    operation: &str,
    signer: &Signer,
    partition: Option<[u8; 16]>,
    detail: Option<String>,
) -> Event {
    Event {
        time_ms: env::now_ms(),
        actor: actor(signer),
        agent: None,
        partition,
        operation: Text::new(operation),
        object: None,
        outcome: Outcome::OK,
        detail: detail.map(Text::from),
        signature: signature(signer),
    }
}
