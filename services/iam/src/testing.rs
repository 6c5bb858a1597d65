//! What the tests of this crate share: a database in memory, an account in it, requests with known signatures.

use std::sync::Arc;

use kit::db::Database;
use zeroize::Zeroizing;

use crate::authentication::Iam;
use crate::password::{Cost, Hasher};
use crate::sealing::{SealError, Sealer};
use crate::signature::SignedRequest;
use crate::store::account::{self, Made, NewAccount};
use crate::store::{access_key, user};

/// The moment of the known answers, 2025-01-23T12:00:00Z.
pub(crate) const NOW_MS: i64 = 1_737_633_600_000;
pub(crate) const ACCESS_KEY: &str = "KATAK000000000EXAMPL";
pub(crate) const SECRET: &[u8] = b"KatSkExample0123456789abcdefghijABCDEFGH";
pub(crate) const PASSWORD: &str = "correct horse 1";
const LIGHT: Cost = Cost {
    memory_kib: 64,
    passes: 1,
};

/// Seals by writing the context before the secret, backwards: no secrecy, but a secret in another place is noticed.
struct Backwards;

impl Sealer for Backwards {
    fn seal(&self, context: &[u8], secret: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(context.iter().chain(secret.iter().rev()).copied().collect())
    }

    fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let secret = sealed.strip_prefix(context);
        let secret = secret.ok_or_else(|| SealError("it was moved".to_owned()))?;
        Ok(Zeroizing::new(secret.iter().rev().copied().collect()))
    }
}

/// A service with one account.
pub(crate) struct World {
    pub(crate) db: Database,
    pub(crate) iam: Arc<Iam>,
    pub(crate) made: Made,
    /// A user without any permission, with the access key of the known answers.
    pub(crate) alice: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let migrations: Vec<_> = [crate::MIGRATIONS, kit::trail::MIGRATIONS].concat();
        Self::over(Database::open("sqlite::memory:", &migrations).unwrap())
    }

    /// Makes the account in a new database.
    pub(crate) fn over(db: Database) -> Self {
        let password = Hasher::new(LIGHT).hash(PASSWORD).unwrap();
        let new = NewAccount {
            name: "acct",
            password: Some(&password),
            project: "cn-north-4",
        };
        let (made, alice) = db
            .write(|tx| {
                let made = account::create(tx, &new, NOW_MS)?;
                let alice = user::New {
                    name: "alice",
                    password: Some(&password),
                    ..user::New::default()
                };
                let alice = user::create(tx, &made.account.id, &alice, NOW_MS)?;
                Ok::<_, crate::error::IamError>((made, alice.id))
            })
            .unwrap();
        let world = Self {
            iam: Arc::new(Iam::new(db.clone(), Arc::new(Backwards), LIGHT)),
            db,
            made,
            alice,
        };
        world.give_access_key(&world.alice);
        world
    }

    /// Another server over the same database.
    pub(crate) fn other_server(&self) -> Iam {
        Iam::new(self.db.clone(), Arc::new(Backwards), LIGHT)
    }

    fn give_access_key(&self, user_id: &str) {
        let sealed = Backwards
            .seal(&access_key::context(ACCESS_KEY), SECRET)
            .unwrap();
        let create = self
            .db
            .write(|tx| access_key::create(tx, user_id, ACCESS_KEY, &sealed, "", NOW_MS));
        create.unwrap();
    }

    pub(crate) fn seal(&self, context: &[u8]) -> Vec<u8> {
        Backwards.seal(context, SECRET).unwrap()
    }

    /// Does something in a transaction.
    pub(crate) fn write<T>(
        &self,
        work: impl FnMut(&mut kit::db::Tx<'_>) -> Result<T, crate::error::IamError>,
    ) -> T {
        self.db.write(work).unwrap()
    }
}

/// Runs a check over both databases, each with the one account.
pub(crate) fn on_both(check: impl Fn(&World)) {
    let migrations = [crate::MIGRATIONS, kit::trail::MIGRATIONS].concat();
    kit::testing::on_both(&migrations, |db| check(&World::over(db.clone())));
}

/// The headers of a request; the rest of it is always the same.
pub(crate) struct Headers(pub(crate) Vec<(String, Vec<u8>)>);

impl Headers {
    pub(crate) fn new(list: &[(&str, &str)]) -> Self {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), value.as_bytes().to_vec());
        Self(list.iter().map(pair).collect())
    }

    /// The third known answer: GET /v3/projects, signed by [`ACCESS_KEY`].
    pub(crate) fn signed() -> Self {
        Self::signed_as("c33ef2c1a621cf85bab2076e0c482dc98ee1c80bfab49b402d22dd00e74f7b2e")
    }

    pub(crate) fn signed_as(signature: &str) -> Self {
        let authorization = format!(
            "SDK-HMAC-SHA256 Access={ACCESS_KEY}, SignedHeaders=host;user-agent;x-sdk-date, Signature={signature}"
        );
        Self::new(&[
            ("Host", "127.0.0.1:8080"),
            ("User-Agent", "kat"),
            ("X-Sdk-Date", "20250123T120000Z"),
            ("Authorization", &authorization),
        ])
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    pub(crate) fn request(&self) -> SignedRequest<'_> {
        SignedRequest {
            method: "GET",
            raw_path: "/v3/projects",
            raw_query: "name=cn-north-4",
            headers: &self.0,
            body: b"",
        }
    }
}
