//! An instance: how it is made, opened, and what it offers to the front.

use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use audit::{Actor, Event, Outcome, Text};
use ck::Rv;
use proto::admin::{State, Status};
use proto::frame::Header;
use proto::shape::{Derived, DerivingMechanism, NumberOut, SessionHandle, Shape};
use proto::{Call, Fault, Reader, Writer, dispatch};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use store::hierarchy::RootKey;
use store::slot::{Cost, RootSlot, SlotKind, SlotName, SlotSecret};
use store::{Batch, Change, Kind, LockedStore, SqliteStore, Store};
use token::{CallId, Caller, Hsm, Keys};
use zeroize::Zeroizing;

use super::Error;
use super::applications::{Held, refusal};
use super::authority::{Authority, sha256};
use super::env::{self, SystemEnv};
use super::register::{AccessRecord, Administrator, Agent, Connected, Register};
use super::roll::Roll;
use super::system::{
    AUTHORITY_ID, AuthorityRecord, INSTANCE_ID, InstanceRecord, System, Write, decode,
};

/// Who a peer is, as its certificate proves.
pub(crate) enum Identity {
    /// A registered administrator.
    Administrator(Administrator),
    /// An agent with an access certificate.
    Agent(Arc<Agent>),
    /// Any UKey, while the HSM is factory-new.
    Claimant(Administrator),
}

/// An opened instance.
pub(crate) struct Core {
    instance: [u8; 16],
    state: AtomicU8,
    started: u64,
    authority: Authority,
    register: Register,
    system: System,
    hsm: Hsm,
    pub(super) applications: AtomicU32,
    /// The applications that may come back.
    pub(super) roll: Roll,
    /// Held while the factory door closes, so that one claim wins.
    claim: Mutex<()>,
    root_slots: Vec<String>,
    warnings: Vec<String>,
}

/// Makes a new instance in an empty store directory, in the Factory state, and gives the certificate (PEM) that agents
/// and administrators are to trust.
pub(crate) fn create(directory: &Path, secret: SlotSecret<'_>) -> Result<String, Error> {
    let root = RootKey::generate()?;
    let (mut instance, mut slot_id) = ([0; 16], [0; 16]);
    mech::random(&mut instance)?;
    mech::random(&mut slot_id)?;
    let now = env::now_ms();
    let label = match secret.kind() {
        SlotKind::KeyFile => "key file",
        SlotKind::Passphrase => "passphrase",
        SlotKind::Quorum => "quorum",
    };
    let name = SlotName {
        instance,
        id: slot_id,
        label,
    };
    let slot = RootSlot::seal(name, secret, Cost::PASSPHRASE, &root)?;
    let (key, certificate) = Authority::generate(&hex::encode(&instance[..4]), now / 1000)?;
    let authority = Authority::open(&key, certificate.clone())?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::create(directory, &root.meta_key())?);
    let system = System::new(Arc::clone(&store), instance, root.system_key());
    store.commit(Batch {
        changes: vec![Change::Put(slot.to_row())],
        event: system_event("root-slot add", Outcome::OK, Some(label.to_owned())),
    })?;
    let writes = [
        Write::new(
            Kind::Instance,
            INSTANCE_ID,
            &InstanceRecord {
                label: String::new(),
                claimed: false,
            },
        )?,
        Write::new(
            Kind::Authority,
            AUTHORITY_ID,
            &AuthorityRecord { key, certificate },
        )?,
    ];
    system.commit(&writes, system_event("hsmd init", Outcome::OK, None))?;
    Ok(authority.certificate_pem())
}

/// What opening an instance takes besides its directory.
pub(crate) struct Opening<'a> {
    /// The secret of one root-key slot.
    pub(crate) secret: SlotSecret<'a>,
    /// What the administrator should know of the process: memory that could not be locked.
    pub(crate) warnings: Vec<String>,
    /// How long an application whose connection broke keeps what it had.
    pub(crate) keep: Duration,
}

impl Core {
    /// Opens the instance: the root key by a slot, the store with all its checks, the registers and the token.
    pub(crate) fn open(directory: &Path, opening: Opening<'_>) -> Result<Self, Error> {
        let locked = LockedStore::open(directory)?;
        let slots = locked.root_slots()?;
        let (root, instance) = open_root(&slots, opening.secret)?;
        let store: Arc<dyn Store> = Arc::new(locked.unlock(&root.meta_key())?);
        let system = System::new(Arc::clone(&store), instance, root.system_key());
        let register = Register::default();
        let (mut record, mut authority) = (None, None);
        for (kind, body) in system.read()? {
            match kind {
                Kind::Instance => record = Some(decode::<InstanceRecord>(&body, "instance")?),
                Kind::Authority => authority = Some(decode::<AuthorityRecord>(&body, "authority")?),
                Kind::Administrator => {
                    register.add_administrator(decode::<Administrator>(&body, "administrator")?);
                }
                Kind::AgentCertificate => {
                    register.add_agent(decode::<AccessRecord>(&body, "access certificate")?);
                }
                _ => {}
            }
        }
        let record = record.ok_or(Error::Record("instance"))?;
        let authority = authority.ok_or(Error::Record("authority"))?;
        let authority = Authority::open(&authority.key, authority.certificate)?;
        let hsm = Hsm::open(Arc::new(SystemEnv), Keys::derive(instance, &root), store)?;
        let mut warnings = opening.warnings;
        warnings.push("rollback: unanchored".to_owned());
        let core = Self {
            instance,
            state: AtomicU8::new(state_number(if record.claimed {
                State::Operational
            } else {
                State::Factory
            })),
            started: env::now_ms() / 1000,
            authority,
            register,
            system,
            hsm,
            applications: AtomicU32::new(0),
            roll: Roll::new(opening.keep),
            claim: Mutex::default(),
            root_slots: slots.iter().map(|slot| slot.label().to_owned()).collect(),
            warnings,
        };
        core.self_test()?;
        Ok(core)
    }

    /// Runs the known-answer tests; a failure puts the HSM into the Error state, in which it computes nothing.
    fn self_test(&self) -> Result<(), Error> {
        let (outcome, detail) = match mech::self_test() {
            Ok(()) => (Outcome::OK, None),
            Err(failure) => {
                tracing::error!(%failure, "self-test failed: nothing is served but status and audit");
                self.state
                    .store(state_number(State::Error), Ordering::Release);
                (
                    Outcome::Returned(Rv::DEVICE_ERROR.0),
                    Some(failure.to_string()),
                )
            }
        };
        self.system
            .commit(&[], system_event("start", outcome, detail))
    }

    /// The instance's identifier.
    pub(crate) fn instance(&self) -> [u8; 16] {
        self.instance
    }

    /// The state it is in.
    pub(crate) fn state(&self) -> State {
        match self.state.load(Ordering::Acquire) {
            0 => State::Factory,
            1 => State::Operational,
            _ => State::Error,
        }
    }

    /// The certificate that agents and administrators trust.
    pub(crate) fn authority_certificate(&self) -> &CertificateDer<'static> {
        self.authority.certificate()
    }

    /// Makes the daemon a key and certificate of its own.
    pub(crate) fn server_certificate(
        &self,
        server_name: &str,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Error> {
        self.authority
            .issue_server(server_name, env::now_ms() / 1000)
    }

    /// The time in seconds since 1970.
    pub(crate) fn now_s(&self) -> u64 {
        env::now_ms() / 1000
    }

    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(super) fn register(&self) -> &Register {
        &self.register
    }

    pub(super) fn system(&self) -> &System {
        &self.system
    }

    pub(super) fn hsm(&self) -> &Hsm {
        &self.hsm
    }

    /// Tells who the holder of a certificate is; nobody, where the registers do not know it.
    ///
    /// That the peer holds the certificate's key is for TLS to prove.
    pub(crate) fn identify(&self, certificate: &[u8]) -> Option<Identity> {
        if let Some(agent) = self.register.agent(&sha256(certificate)) {
            return Some(Identity::Agent(agent));
        }
        let fingerprint = ukey::spki_sha256(certificate).ok()?;
        if let Some(administrator) = self.register.administrator(&fingerprint) {
            return Some(Identity::Administrator(administrator));
        }
        (self.state() == State::Factory).then(|| {
            Identity::Claimant(Administrator {
                fingerprint,
                certificate: certificate.to_vec(),
                role: "device-admin".to_owned(),
            })
        })
    }

    /// Closes the factory door behind its first administrator.
    pub(super) fn claim(
        &self,
        writes: &[Write],
        event: Event,
        administrator: Administrator,
    ) -> Result<(), Error> {
        let _door = self.claim.lock().unwrap_or_else(PoisonError::into_inner);
        if self.state() != State::Factory {
            return Err(Error::Refused(
                "this HSM is claimed already; ask its device administrator".to_owned(),
            ));
        }
        self.system.commit(writes, event)?;
        self.register.add_administrator(administrator);
        self.state
            .store(state_number(State::Operational), Ordering::Release);
        Ok(())
    }

    /// Says how the HSM is.
    pub(crate) fn status(&self) -> Result<Status, Error> {
        let head = self.system.store().head()?;
        Ok(Status {
            instance: self.instance,
            state: self.state(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started: self.started,
            agents: self.register.connected(),
            applications: self.applications.load(Ordering::Relaxed),
            partitions: u32::try_from(self.hsm.partitions().len()).unwrap_or(u32::MAX),
            audit_entries: head.seq,
            root_slots: self.root_slots.clone(),
            warnings: self.warnings.clone(),
        })
    }

    /// Counts an agent as connected until what it gets is dropped.
    pub(crate) fn connect(&self) -> Connected {
        self.register.connect()
    }

    /// Serves one call: gives the payload of its reply, which is the return code and the answers.
    pub(crate) fn call(
        &self,
        agent: &Agent,
        held: &Held,
        header: &Header,
        payload: &[u8],
    ) -> Zeroizing<Vec<u8>> {
        let Some(call) = Call::from_number(header.call) else {
            return refusal(Rv::FUNCTION_NOT_SUPPORTED);
        };
        if self.state() != State::Operational {
            return refusal(Rv::DEVICE_ERROR);
        }
        if agent.is_revoked() || !held.stands() {
            return refusal(Rv::DEVICE_REMOVED);
        }
        let application = &*held.application;
        let id = CallId {
            correlation: header.correlation,
            again: header.kind == proto::frame::Kind::Again,
        };
        let reply = application.once(call, header.session.0, id, |prior| {
            let mut caller = Caller::of_call(&self.hsm, application, id, prior);
            serve(&mut caller, agent, call, header.session, payload)
        });
        reply.unwrap_or_else(|| refusal(Rv::DEVICE_REMOVED))
    }
}

/// Carries one call out, unless it has made its objects before.
fn serve(
    caller: &mut Caller<'_>,
    agent: &Agent,
    call: Call,
    session: SessionHandle,
    payload: &[u8],
) -> Zeroizing<Vec<u8>> {
    let mut reply = Zeroizing::new(vec![0; size_of::<u32>()]);
    let mut writer = Writer::new(&mut reply);
    let outcome = match caller.made_before(call, session) {
        Ok(Some(handles)) => {
            if call == Call::DeriveKey {
                // Derivations that fill in parameters make no keys that are found again.
                DerivingMechanism::write_reply(&Derived::default(), &mut writer);
            }
            for handle in handles {
                NumberOut::reply(&Some(handle), &mut writer);
            }
            Ok(())
        }
        Ok(None) => dispatch(caller, call, Reader::new(session, payload), &mut writer),
        Err(error) => Err(Fault::Failed(error)),
    };
    let rv = match outcome {
        Ok(()) => Rv::OK,
        Err(fault) => {
            explain(call, agent, &fault);
            fault.rv(token::Error::rv)
        }
    };
    let rv = u32::try_from(rv.0).unwrap_or(u32::MAX);
    reply[..size_of::<u32>()].copy_from_slice(&rv.to_le_bytes());
    reply
}

/// Tells the operator why a call failed: the return code alone rarely does.
fn explain(call: Call, agent: &Agent, fault: &Fault<token::Error>) {
    let (call, agent) = (call.row().name, &agent.record.name);
    match fault {
        Fault::Failed(error) => tracing::debug!(call, agent, %error, "call failed"),
        Fault::Malformed(error) => tracing::warn!(call, agent, %error, "call cannot be read"),
        Fault::NotServed => tracing::debug!(call, agent, "call is not served"),
    }
}

/// Opens the root key by whichever slot the secret fits.
fn open_root(slots: &[RootSlot], secret: SlotSecret<'_>) -> Result<(RootKey, [u8; 16]), Error> {
    let mut refusal = None;
    for slot in slots.iter().filter(|slot| slot.kind() == secret.kind()) {
        match slot.open(secret) {
            Ok(root) => return Ok((root, slot.instance())),
            Err(error) => refusal = Some(error),
        }
    }
    Err(match refusal {
        Some(error) => error.into(),
        None => Error::Refused(
            "the store has no root-key slot of the configured kind: set `root` in hsmd.toml to one that it has".to_owned(),
        ),
    })
}

/// Reads and checks the whole audit log of a store that nobody serves.
pub(crate) fn read_audit(
    directory: &Path,
    secret: SlotSecret<'_>,
) -> Result<Vec<audit::Entry>, Error> {
    /// Entries in one read: a few hundred kilobytes.
    const PORTION: usize = 1_000;
    let locked = LockedStore::open(directory)?;
    let (root, _) = open_root(&locked.root_slots()?, secret)?;
    let store = locked.unlock(&root.meta_key())?;
    let mut chain = audit::Chain::default();
    let mut entries = Vec::new();
    loop {
        let portion = store.audit(chain.seq + 1, PORTION)?;
        if portion.is_empty() {
            return Ok(entries);
        }
        for bytes in portion {
            let entry = chain.follow(&bytes).map_err(|why| {
                Error::Refused(format!("audit log: entry {}: {why}", chain.seq + 1))
            })?;
            entries.push(entry);
        }
    }
}

/// What the HSM itself did.
fn system_event(operation: &str, outcome: Outcome, detail: Option<String>) -> Event {
    Event {
        time_ms: env::now_ms(),
        actor: Actor::System,
        agent: None,
        partition: None,
        operation: Text::new(operation),
        object: None,
        outcome,
        detail: detail.map(Text::from),
        signature: None,
    }
}

const fn state_number(state: State) -> u8 {
    match state {
        State::Factory => 0,
        State::Operational => 1,
        State::Error => 2,
    }
}
