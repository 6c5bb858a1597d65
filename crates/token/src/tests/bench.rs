//! A bench: an HSM with fakes around it, and a client that calls it as a module would.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use crate::{
    Access, Application, CallId, Caller, Env, Error, Hsm, Keys, PinCost, PinHashFailed, Prior,
    Profile, Reach, TokenSetup, argon2id,
};
use audit::{Actor, Entry};
use ck::{AttributeType, MechanismType, ObjectClass, Params, Rv};
use proto::shape::{
    Answer, Attribute, AttributeAnswer, AttributeRequest, Derived, Deriving, MechanismArgument,
    NewKey, ObjectHandle, Room, Sealed, SessionHandle, SlotId, TokenInfo, Ulong,
};
use proto::{Call, Handler};
use store::hierarchy::RootKey;
use store::{MemoryStore, Store};
use zeroize::Zeroizing;

pub(crate) const SO_PIN: &[u8] = b"so-pin-7391";
pub(crate) const USER_PIN: &[u8] = b"user-pin-2846";
pub(crate) const WRONG_PIN: &[u8] = b"not-this-one";

pub(crate) const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// Time that stands still until it is put on, random bytes from a counter, and PIN hashes that are cheap and counted.
#[derive(Default)]
pub(crate) struct FakeEnv {
    drawn: AtomicU64,
    pub(crate) pins_hashed: AtomicUsize,
    /// Days that the clock has been put on.
    pub(crate) days: AtomicU64,
    /// Where the next PIN hash waits twice, so that a test sees what is while it runs.
    pub(crate) halt: Mutex<Option<Arc<Barrier>>>,
}

impl Env for FakeEnv {
    fn now_ms(&self) -> u64 {
        // The fourteenth of November 2023.
        1_700_000_000_000 + self.days.load(Ordering::SeqCst) * 86_400_000
    }

    fn random(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.drawn.fetch_add(1, Ordering::Relaxed) + 1;
            // The mixing step of SplitMix64: numbers that look alike come out unlike.
            let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }

    fn hash_pin(&self, pin: &[u8], salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, PinHashFailed> {
        self.pins_hashed.fetch_add(1, Ordering::SeqCst);
        let halt = self.halt.lock().unwrap().take();
        if let Some(halt) = halt {
            halt.wait();
            halt.wait();
        }
        let cost = PinCost {
            memory_kib: 8,
            passes: 1,
        };
        argon2id(pin, salt, cost)
    }
}

/// An HSM and what is around it.
pub(crate) struct Bench {
    pub(crate) env: Arc<FakeEnv>,
    /// What it is open on, unless a test brings a store of its own.
    pub(crate) store: Arc<MemoryStore>,
    root: RootKey,
    pub(crate) hsm: Arc<Hsm>,
}

impl Bench {
    /// An HSM without partitions.
    pub(crate) fn empty() -> Self {
        let env = Arc::new(FakeEnv::default());
        let store = Arc::new(MemoryStore::new().unwrap());
        let root = RootKey::generate().unwrap();
        let hsm = open(&env, &root, Arc::clone(&store) as Arc<dyn Store>);
        Self {
            env,
            store,
            root,
            hsm,
        }
    }

    /// An HSM without partitions on another store.
    pub(crate) fn on<S: Store + 'static>(store: impl FnOnce(&RootKey) -> S) -> Self {
        let bench = Self::empty();
        bench.on_again(store)
    }

    /// Stops the HSM, and opens it on another store.
    pub(crate) fn on_again<S: Store + 'static>(self, store: impl FnOnce(&RootKey) -> S) -> Self {
        let Self {
            env,
            store: memory,
            root,
            hsm,
        } = self;
        // A store on disk is open once.
        drop(hsm);
        let hsm = open(&env, &root, Arc::new(store(&root)));
        Self {
            env,
            store: memory,
            root,
            hsm,
        }
    }

    /// An HSM with one partition whose token has both PINs.
    pub(crate) fn new(profile: Profile) -> Self {
        let bench = Self::empty();
        bench.add_partition("main", profile);
        bench
    }

    pub(crate) fn compat() -> Self {
        Self::new(Profile::Compat)
    }

    pub(crate) fn strict() -> Self {
        Self::new(Profile::Strict)
    }

    /// Makes a partition with an initialised token and gives its slot.
    pub(crate) fn add_partition(&self, name: &str, profile: Profile) -> u64 {
        let made = self
            .hsm
            .create_partition(name, profile, Actor::System, None)
            .unwrap();
        let setup = TokenSetup {
            label: name,
            so_pin: SO_PIN,
            user_pin: Some(USER_PIN),
        };
        self.hsm.setup_token(name, &setup, Actor::System).unwrap();
        made.slot
    }

    /// Stops the HSM and opens it again on what the store has.
    pub(crate) fn restart(&mut self) {
        let store = Arc::clone(&self.store) as Arc<dyn Store>;
        self.hsm = open(&self.env, &self.root, store);
    }

    /// An application that reaches all partitions.
    pub(crate) fn client(&self) -> Client {
        self.client_with(Reach::All)
    }

    pub(crate) fn client_of(&self, partitions: &[&str]) -> Client {
        let listed = self.hsm.partitions();
        let reached = listed
            .iter()
            .filter(|info| partitions.contains(&info.name.as_str()));
        self.client_with(Reach::Only(reached.map(|info| info.id).collect()))
    }

    fn client_with(&self, reach: Reach) -> Client {
        let access = Access {
            agent: Some("agent-1".to_owned()),
            reach,
        };
        Client {
            hsm: Arc::clone(&self.hsm),
            application: self.hsm.application(access),
            attempt: None,
        }
    }

    /// An application that reaches all partitions and may come back.
    pub(crate) fn returning_client(&self) -> Client {
        let access = Access {
            agent: Some("agent-1".to_owned()),
            reach: Reach::All,
        };
        Client {
            hsm: Arc::clone(&self.hsm),
            application: self.hsm.returning_application(access),
            attempt: None,
        }
    }

    /// The events of the audit log, oldest first.
    pub(crate) fn events(&self) -> Vec<audit::Event> {
        let entries = self.store.audit(1, usize::MAX).unwrap();
        let events = entries
            .iter()
            .map(|bytes| Entry::decode(bytes).unwrap().event);
        events.collect()
    }

    /// The operations and outcomes of the audit log, oldest first.
    pub(crate) fn audit(&self) -> Vec<(String, audit::Outcome)> {
        let events = self.events().into_iter();
        events
            .map(|event| (event.operation.to_string(), event.outcome))
            .collect()
    }

    pub(crate) fn pins_hashed(&self) -> usize {
        self.env.pins_hashed.load(Ordering::SeqCst)
    }
}

fn open(env: &Arc<FakeEnv>, root: &RootKey, store: Arc<dyn Store>) -> Arc<Hsm> {
    let env: Arc<dyn Env> = Arc::clone(env) as Arc<dyn Env>;
    Arc::new(Hsm::open(env, Keys::derive([7; 16], root), store).unwrap())
}

/// What a call gives: a value or a return code.
pub(crate) type Got<T> = Result<T, Rv>;

/// An application.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) hsm: Arc<Hsm>,
    pub(crate) application: Arc<Application>,
    /// Which call its calls are, and what is known of earlier attempts at it.
    pub(crate) attempt: Option<(CallId, Prior)>,
}

pub(crate) type Template<'a> = [(AttributeType, &'a [u8])];

impl Client {
    /// Admits and serves one call, as the dispatcher does.
    pub(crate) fn call<T>(
        &self,
        call: Call,
        session: u64,
        serve: impl FnOnce(&mut Caller<'_>, SessionHandle) -> Result<T, Error>,
    ) -> Got<T> {
        let mut caller = match self.attempt {
            None => Caller::new(&self.hsm, &self.application),
            Some((id, prior)) => Caller::of_call(&self.hsm, &self.application, id, prior),
        };
        let session = SessionHandle(session);
        caller
            .admit(call.row(), session)
            .and_then(|()| serve(&mut caller, session))
            .map_err(|error| error.rv())
    }

    pub(crate) fn close(&self) {
        self.hsm.close(&self.application);
    }

    pub(crate) fn slots(&self) -> Vec<u64> {
        let mut slots = Answer::new(Room::Items(64));
        self.call(Call::GetSlotList, 0, |caller, _| {
            caller.get_slot_list(true, &mut slots)
        })
        .unwrap();
        slots.given().unwrap().clone()
    }

    pub(crate) fn token_info(&self, slot: u64) -> Got<TokenInfo> {
        let mut info = None;
        self.call(Call::GetTokenInfo, 0, |caller, _| {
            caller.get_token_info(SlotId(slot), &mut info)
        })?;
        Ok(info.unwrap())
    }

    pub(crate) fn open_flags(&self, slot: u64, flags: u64) -> Got<u64> {
        let mut session = None;
        self.call(Call::OpenSession, 0, |caller, _| {
            caller.open_session(SlotId(slot), Ulong(flags), (), &mut session)
        })?;
        Ok(session.unwrap())
    }

    /// Opens a read/write session with the first slot.
    pub(crate) fn open(&self) -> u64 {
        self.open_flags(self.slots()[0], 6).unwrap()
    }

    pub(crate) fn open_read_only(&self) -> Got<u64> {
        self.open_flags(self.slots()[0], 4)
    }

    /// Opens a read/write session in which the user is logged in.
    pub(crate) fn open_user(&self) -> u64 {
        let session = self.open();
        self.login(session, 1, USER_PIN).unwrap();
        session
    }

    pub(crate) fn close_session(&self, session: u64) -> Got<()> {
        self.call(Call::CloseSession, session, |caller, session| {
            caller.close_session(session)
        })
    }

    pub(crate) fn state(&self, session: u64) -> Got<u64> {
        let mut info = None;
        self.call(Call::GetSessionInfo, session, |caller, session| {
            caller.get_session_info(session, &mut info)
        })?;
        Ok(info.unwrap().state)
    }

    pub(crate) fn login(&self, session: u64, user: u64, pin: &[u8]) -> Got<()> {
        self.call(Call::Login, session, |caller, session| {
            caller.login(session, Ulong(user), Some(pin))
        })
    }

    pub(crate) fn login_user(&self, session: u64, user: u64, name: &str, pin: &[u8]) -> Got<()> {
        self.call(Call::LoginUser, session, |caller, session| {
            caller.login_user(session, Ulong(user), Some(pin), name.as_bytes())
        })
    }

    pub(crate) fn logout(&self, session: u64) -> Got<()> {
        self.call(Call::Logout, session, |caller, session| {
            caller.logout(session)
        })
    }

    pub(crate) fn init_token(&self, slot: u64, pin: &[u8]) -> Got<()> {
        let label = b"fresh                           ";
        self.call(Call::InitToken, 0, |caller, _| {
            caller.init_token(SlotId(slot), Some(pin), label)
        })
    }

    pub(crate) fn init_pin(&self, session: u64, pin: &[u8]) -> Got<()> {
        self.call(Call::InitPin, session, |caller, session| {
            caller.init_pin(session, Some(pin))
        })
    }

    pub(crate) fn set_pin(&self, session: u64, old: &[u8], new: &[u8]) -> Got<()> {
        self.call(Call::SetPin, session, |caller, session| {
            caller.set_pin(session, Some(old), Some(new))
        })
    }

    pub(crate) fn create(&self, session: u64, template: &Template<'_>) -> Got<u64> {
        let mut object = None;
        self.call(Call::CreateObject, session, |caller, session| {
            caller.create_object(session, &attributes(template), &mut object)
        })?;
        Ok(object.unwrap())
    }

    pub(crate) fn copy(&self, session: u64, object: u64, template: &Template<'_>) -> Got<u64> {
        let mut copy = None;
        self.call(Call::CopyObject, session, |caller, session| {
            caller.copy_object(
                session,
                ObjectHandle(object),
                &attributes(template),
                &mut copy,
            )
        })?;
        Ok(copy.unwrap())
    }

    pub(crate) fn destroy(&self, session: u64, object: u64) -> Got<()> {
        self.call(Call::DestroyObject, session, |caller, session| {
            caller.destroy_object(session, ObjectHandle(object))
        })
    }

    pub(crate) fn set(&self, session: u64, object: u64, template: &Template<'_>) -> Got<()> {
        self.call(Call::SetAttributeValue, session, |caller, session| {
            caller.set_attribute_value(session, ObjectHandle(object), &attributes(template))
        })
    }

    /// Reads attributes with these rooms: the return code and every answer.
    pub(crate) fn read(
        &self,
        session: u64,
        object: u64,
        wanted: &[(AttributeType, Room)],
    ) -> (Rv, Vec<AttributeAnswer>) {
        let mut requests: Vec<_> = wanted
            .iter()
            .map(|(id, room)| AttributeRequest::new(*id, *room, Vec::new()))
            .collect();
        let result = self.call(Call::GetAttributeValue, session, |caller, session| {
            caller.get_attribute_value(session, ObjectHandle(object), &mut requests)
        });
        let answers = requests.into_iter().map(|request| request.answer).collect();
        (result.err().unwrap_or(Rv::OK), answers)
    }

    /// Reads one attribute.
    pub(crate) fn get(&self, session: u64, object: u64, id: AttributeType) -> Got<Vec<u8>> {
        match self.read(session, object, &[(id, Room::Items(65_536))]) {
            (Rv::OK, answers) => match answers.into_iter().next() {
                Some(AttributeAnswer::Value(value)) => Ok(value),
                Some(AttributeAnswer::Template(inner)) if inner.is_empty() => Ok(Vec::new()),
                other => panic!("{other:?}"),
            },
            (rv, _) => Err(rv),
        }
    }

    /// Finds objects that somebody made, and not the token's own besides.
    pub(crate) fn find(&self, session: u64, template: &Template<'_>) -> Got<Vec<u64>> {
        let mut found = self.find_all(session, template)?;
        let made = |handle: &u64| handle & (1 << 48) != 0 || handle & (1 << 47) == 0;
        found.retain(made);
        Ok(found)
    }

    pub(crate) fn find_all(&self, session: u64, template: &Template<'_>) -> Got<Vec<u64>> {
        self.call(Call::FindObjectsInit, session, |caller, session| {
            caller.find_objects_init(session, &attributes(template))
        })?;
        let mut found = Vec::new();
        self.call(Call::FindObjects, session, |caller, session| {
            caller.find_objects(session, (10_000, &mut found))
        })?;
        self.call(Call::FindObjectsFinal, session, |caller, session| {
            caller.find_objects_final(session)
        })?;
        Ok(found)
    }

    pub(crate) fn generate(
        &self,
        session: u64,
        mechanism: MechanismType,
        template: &Template<'_>,
    ) -> Got<u64> {
        self.generate_with(session, (mechanism, Params::None), template)
    }

    pub(crate) fn generate_with(
        &self,
        session: u64,
        (id, params): (MechanismType, Params<'_>),
        template: &Template<'_>,
    ) -> Got<u64> {
        let mut key = None;
        self.call(Call::GenerateKey, session, |caller, session| {
            let argument = Some(MechanismArgument { id, params });
            caller.generate_key(session, argument, &attributes(template), &mut key)
        })?;
        Ok(key.unwrap())
    }

    pub(crate) fn generate_aes(&self, session: u64, template: &Template<'_>) -> Got<u64> {
        let mut whole = vec![(AttributeType::VALUE_LEN, ulong(32))];
        whole.extend(template.iter().map(|(id, value)| (*id, value.to_vec())));
        let whole: Vec<_> = whole
            .iter()
            .map(|(id, value)| (*id, value.as_slice()))
            .collect();
        self.generate(session, MechanismType::AES_KEY_GEN, &whole)
    }

    pub(crate) fn generate_pair(
        &self,
        session: u64,
        mechanism: MechanismType,
        public: &Template<'_>,
        private: &Template<'_>,
    ) -> Got<(u64, u64)> {
        let (mut public_key, mut private_key) = (None, None);
        self.call(Call::GenerateKeyPair, session, |caller, session| {
            let argument = Some(MechanismArgument {
                id: mechanism,
                params: Params::None,
            });
            caller.generate_key_pair(
                session,
                argument,
                &attributes(public),
                &attributes(private),
                &mut public_key,
                &mut private_key,
            )
        })?;
        Ok((public_key.unwrap(), private_key.unwrap()))
    }

    /// Generates a P-256 key pair.
    pub(crate) fn generate_ec(&self, session: u64, private: &Template<'_>) -> Got<(u64, u64)> {
        let public = [(AttributeType::EC_PARAMS, P256)];
        self.generate_pair(session, MechanismType::EC_KEY_PAIR_GEN, &public, private)
    }

    /// Wraps a key with this room for the result.
    pub(crate) fn wrap_into(
        &self,
        session: u64,
        (id, params): (MechanismType, Params<'_>),
        wrapping: u64,
        key: u64,
        room: Room,
    ) -> (Rv, Out) {
        let (rv, out, _) = self.wrap_with_nonce(session, (id, params), (wrapping, key), room);
        (rv, out)
    }

    /// Wraps a key as far as there is room, and gives what comes out in the parameters, too.
    pub(crate) fn wrap_with_nonce(
        &self,
        session: u64,
        (id, params): (MechanismType, Params<'_>),
        (wrapping, key): (u64, u64),
        room: Room,
    ) -> (Rv, Out, Sealed) {
        let (mut answer, mut sealed) = (Answer::new(room), Sealed::default());
        let (wrapping, key) = (ObjectHandle(wrapping), ObjectHandle(key));
        let result = self.call(Call::WrapKey, session, |caller, session| {
            let argument = (Some(MechanismArgument { id, params }), &mut sealed);
            caller.wrap_key(session, argument, wrapping, key, &mut answer)
        });
        (result.err().unwrap_or(Rv::OK), Out::of(&answer), sealed)
    }

    /// Wraps a key.
    pub(crate) fn wrap(
        &self,
        session: u64,
        mechanism: (MechanismType, Params<'_>),
        wrapping: u64,
        key: u64,
    ) -> Got<Vec<u8>> {
        match self.wrap_into(session, mechanism, wrapping, key, Room::Items(1 << 16)) {
            (Rv::OK, Out::Bytes(bytes)) => Ok(bytes),
            (rv, _) => Err(rv),
        }
    }

    /// Unwraps a key.
    pub(crate) fn unwrap(
        &self,
        session: u64,
        (id, params): (MechanismType, Params<'_>),
        unwrapping: u64,
        wrapped: &[u8],
        template: &Template<'_>,
    ) -> Got<u64> {
        let mut key = None;
        self.call(Call::UnwrapKey, session, |caller, session| {
            let argument = Some(MechanismArgument { id, params });
            let unwrapping = ObjectHandle(unwrapping);
            let template = attributes(template);
            caller.unwrap_key(session, argument, unwrapping, wrapped, &template, &mut key)
        })?;
        Ok(key.unwrap())
    }

    /// Derives a key.
    pub(crate) fn derive(
        &self,
        session: u64,
        (id, params): (MechanismType, Params<'_>),
        base: u64,
        template: &Template<'_>,
    ) -> Got<u64> {
        let (mut derived, mut key) = (
            Derived::default(),
            NewKey {
                wanted: true,
                handle: None,
            },
        );
        self.derive_into(
            session,
            (id, params),
            base,
            template,
            (&mut derived, &mut key),
        )?;
        Ok(key.handle.unwrap())
    }

    /// Derives keys, and says what else comes out.
    pub(crate) fn derive_into(
        &self,
        session: u64,
        mechanism: (MechanismType, Params<'_>),
        base: u64,
        template: &Template<'_>,
        out: (&mut Derived, &mut NewKey),
    ) -> Got<()> {
        self.derive_all(session, mechanism, base, &[template], out)
    }

    /// Derives a key of the first template, and others of the others.
    pub(crate) fn derive_all(
        &self,
        session: u64,
        (id, params): (MechanismType, Params<'_>),
        base: u64,
        templates: &[&Template<'_>],
        (derived, key): (&mut Derived, &mut NewKey),
    ) -> Got<()> {
        let mut more: Vec<_> = templates
            .iter()
            .map(|template| attributes(template))
            .collect();
        let first = more.remove(0);
        self.call(Call::DeriveKey, session, |caller, session| {
            let deriving = Deriving {
                mechanism: Some(MechanismArgument { id, params }),
                more: &more,
                derived,
            };
            caller.derive_key(session, deriving, ObjectHandle(base), &first, key)
        })
    }

    /// Starts an operation.
    pub(crate) fn init(
        &self,
        call: Call,
        session: u64,
        mechanism: Option<(MechanismType, Params<'_>)>,
        key: u64,
    ) -> Got<()> {
        let argument = mechanism.map(|(id, params)| MechanismArgument { id, params });
        let key = ObjectHandle(key);
        self.call(call, session, |caller, session| match call {
            Call::EncryptInit => caller.encrypt_init(session, argument, key),
            Call::DecryptInit => caller.decrypt_init(session, argument, key),
            Call::DigestInit => caller.digest_init(session, argument),
            Call::SignInit => caller.sign_init(session, argument, key),
            Call::SignRecoverInit => caller.sign_recover_init(session, argument, key),
            Call::VerifyInit => caller.verify_init(session, argument, key),
            Call::VerifyRecoverInit => caller.verify_recover_init(session, argument, key),
            other => panic!("{other:?} starts nothing"),
        })
    }

    /// Runs a call that takes bytes and gives bytes; the calls that end a multi-part operation take none.
    pub(crate) fn run(&self, call: Call, session: u64, input: &[u8], room: Room) -> (Rv, Out) {
        let mut answer = Answer::new(room);
        let result = self.call(call, session, |caller, session| match call {
            Call::Encrypt => caller.encrypt(session, input, &mut answer),
            Call::EncryptUpdate => caller.encrypt_update(session, input, &mut answer),
            Call::EncryptFinal => caller.encrypt_final(session, &mut answer),
            Call::Decrypt => caller.decrypt(session, input, &mut answer),
            Call::DecryptUpdate => caller.decrypt_update(session, input, &mut answer),
            Call::DecryptFinal => caller.decrypt_final(session, &mut answer),
            Call::Digest => caller.digest(session, input, &mut answer),
            Call::DigestUpdate => caller.digest_update(session, input),
            Call::DigestFinal => caller.digest_final(session, &mut answer),
            Call::Sign => caller.sign(session, input, &mut answer),
            Call::SignUpdate => caller.sign_update(session, input),
            Call::SignFinal => caller.sign_final(session, &mut answer),
            Call::VerifyUpdate => caller.verify_update(session, input),
            Call::SignRecover => caller.sign_recover(session, input, &mut answer),
            Call::VerifyRecover => caller.verify_recover(session, input, &mut answer),
            Call::DigestEncryptUpdate => caller.digest_encrypt_update(session, input, &mut answer),
            Call::DecryptDigestUpdate => caller.decrypt_digest_update(session, input, &mut answer),
            Call::SignEncryptUpdate => caller.sign_encrypt_update(session, input, &mut answer),
            Call::DecryptVerifyUpdate => caller.decrypt_verify_update(session, input, &mut answer),
            Call::GetOperationState => caller.get_operation_state(session, &mut answer),
            Call::VerifySignature => caller.verify_signature(session, input),
            Call::VerifySignatureUpdate => caller.verify_signature_update(session, input),
            Call::VerifySignatureFinal => caller.verify_signature_final(session),
            other => panic!("{other:?} is not such a call"),
        });
        (result.err().unwrap_or(Rv::OK), Out::of(&answer))
    }

    /// Runs such a call with room for whatever comes out.
    pub(crate) fn output(&self, call: Call, session: u64, input: &[u8]) -> Got<Vec<u8>> {
        match self.run(call, session, input, Room::Items(1 << 20)) {
            (Rv::OK, Out::Bytes(bytes)) => Ok(bytes),
            (Rv::OK, _) => Ok(Vec::new()),
            (rv, _) => Err(rv),
        }
    }

    pub(crate) fn verify(&self, session: u64, data: &[u8], signature: &[u8]) -> Got<()> {
        self.call(Call::Verify, session, |caller, session| {
            caller.verify(session, data, signature)
        })
    }

    pub(crate) fn verify_final(&self, session: u64, signature: &[u8]) -> Got<()> {
        self.call(Call::VerifyFinal, session, |caller, session| {
            caller.verify_final(session, signature)
        })
    }

    pub(crate) fn sign_ecdsa(&self, session: u64, key: u64, digest: &[u8]) -> Got<Vec<u8>> {
        self.init(
            Call::SignInit,
            session,
            Some((MechanismType::ECDSA, Params::None)),
            key,
        )?;
        self.output(Call::Sign, session, digest)
    }
}

/// What an output came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Out {
    Bytes(Vec<u8>),
    Length(u64),
    Nothing,
}

impl Out {
    pub(crate) fn of(answer: &Answer<Vec<u8>>) -> Self {
        match (answer.given(), answer.given_length()) {
            (Some(bytes), _) => Self::Bytes(bytes.clone()),
            (None, Some(length)) => Self::Length(length),
            (None, None) => Self::Nothing,
        }
    }
}

pub(crate) fn attributes<'a>(template: &Template<'a>) -> Vec<Attribute<'a>> {
    template
        .iter()
        .map(|(id, value)| Attribute { id: *id, value })
        .collect()
}

pub(crate) const TRUE: &[u8] = &[1];
pub(crate) const FALSE: &[u8] = &[0];

pub(crate) fn ulong(value: u64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

pub(crate) const fn class(class: ObjectClass) -> [u8; 8] {
    class.0.to_le_bytes()
}

/// A template for a data object.
pub(crate) const DATA: &Template<'static> = &[
    (AttributeType::CLASS, &class(ObjectClass::DATA)),
    (AttributeType::TOKEN, TRUE),
    (AttributeType::LABEL, b"notes"),
    (AttributeType::VALUE, b"remember the milk"),
];
