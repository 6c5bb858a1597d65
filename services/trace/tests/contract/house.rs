//! A house for the services: a database, callers, and a service whose requests leave traces.

use std::sync::Arc;

use kit::api::{
    ANY_TEXT, Access, Args, Audit, Call, Failure, Field, Form, Given, Kind, Method, Operation,
    Origin, Rendered, Reply, Route, Service, Standing, Table, Template, TraceKind,
};
use kit::api::{Catalogue, CatalogueRow};
use kit::caller::{Attached, Caller, Credential, Scope};
use kit::db::{Database, Error, Migration, Tx};
use kit::policy::{Named, Policy};
use kit::trail::{self, Outcome};
use serde_json::{Map, Value};
use trace::{KeyClock, KeyTime, Names};

/// 2025-01-23 12:00:00 UTC, a full hour.
pub(crate) const NOON_MS: i64 = 1_737_633_600_000;
pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

pub(crate) const PROJECT: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const OTHER_PROJECT: &str = "fedcba9876543210fedcba9876543210";
pub(crate) const SECRET: &str = "cGxhaW4gdGV4dA==";

/// Checks something on both databases.
pub(crate) fn on_both(check: impl Fn(&House)) {
    let migrations: Vec<Migration> = [trail::MIGRATIONS, trace::MIGRATIONS]
        .into_iter()
        .flatten()
        .copied()
        .collect();
    kit::testing::on_both(&migrations, |db| check(&House::new(db)));
}

/// A database with the services over it.
pub(crate) struct House {
    pub(crate) db: Database,
    cts: Box<dyn Service>,
    ces: Box<dyn Service>,
    works: Box<dyn Service>,
}

/// What a request brings.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
    pub(crate) caller: &'a Caller,
    pub(crate) now_ms: i64,
}

impl House {
    fn new(db: &Database) -> Self {
        let works = Box::new(works());
        let names = Names::default()
            .with_service(&*works)
            .with("KMS", "CMK", "deleteKey");
        Self {
            db: db.clone(),
            cts: Box::new(trace::cts_service(names)),
            ces: Box::new(trace::ces_service(Box::new(Keys))),
            works,
        }
    }

    /// Asks CTS.
    pub(crate) fn cts(&self, request: &Request<'_>) -> Result<Reply, Rendered> {
        self.ask(&*self.cts, request)
    }

    /// Asks CES.
    pub(crate) fn ces(&self, request: &Request<'_>) -> Result<Reply, Rendered> {
        self.ask(&*self.ces, request)
    }

    /// Reads from CTS in the first project.
    pub(crate) fn list(&self, caller: &Caller, now_ms: i64, query: &[(&str, &str)]) -> Value {
        let path = format!("/v3/{PROJECT}/traces");
        self.cts(&get(&path, query, caller, now_ms)).unwrap().body
    }

    /// Lets the working service do something that leaves a trace.
    pub(crate) fn work(&self, caller: &Caller, now_ms: i64, project: &str, work: Work<'_>) {
        let key_id = work.key_id;
        let body = format!(
            r#"{{"key_id":"{key_id}","plain_text":"{SECRET}","note":"{}"}}"#,
            work.note
        );
        let path = format!("/v1.0/{project}/kms/{}", work.operation);
        let request = Request {
            method: Method::Post,
            path: &path,
            query: &[],
            body: &body,
            caller,
            now_ms,
        };
        drop(self.ask(&*self.works, &request));
    }

    /// Does what stands between a request and its operation, as the server does.
    fn ask(&self, service: &dyn Service, request: &Request<'_>) -> Result<Reply, Rendered> {
        let operations = service.operations();
        let (row, matched) = operations
            .iter()
            .enumerate()
            .filter(|(_, operation)| operation.method == request.method)
            .find_map(|(row, it)| Some((row, Template::new(it.path).matches(request.path)?)))
            .expect("there is such an operation");
        let operation = operations[row];
        let query: Vec<(String, String)> = request
            .query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let body = kit::api::parse_object(request.body.as_bytes()).unwrap();
        let call = Call {
            operation,
            service: service.name(),
            caller: Some(request.caller),
            project_id: matched.get("project_id").unwrap_or_default(),
            args: Args::gather(operation.takes, body, &query, &matched),
            now_ms: request.now_ms,
            origin: Origin {
                request_id: "0a0b".to_owned(),
                source_ip: "192.0.2.7".to_owned(),
                host: "localhost:8443".to_owned(),
                raw_path: request.path.to_owned(),
                ..Origin::default()
            },
            region: "eu-west-0",
            db: &self.db,
        };
        let done = checked(&call, service).and_then(|()| service.run(row, &call));
        let outcome = done.map_err(|failure| service.catalogue().render(&failure, "0a0b"));
        let records = match &outcome {
            Ok(reply) if reply.traced => Vec::new(),
            Ok(reply) => call.records(Outcome::Done(reply)),
            Err(rendered) => call.records(Outcome::Failed(rendered)),
        };
        for record in records {
            self.db.append(|tx| trail::append(tx, &record)).unwrap();
        }
        outcome
    }
}

fn checked(call: &Call<'_>, service: &dyn Service) -> Result<(), Failure> {
    let takes = call.operation.takes;
    if let Some(name) = call.args.missing(takes) {
        return Err(Failure::field(service.catalogue().standing.missing, name));
    }
    call.args.check(takes)?;
    call.operation
        .checks
        .iter()
        .try_for_each(|check| check(&call.args))
}

/// A `GET`.
pub(crate) fn get<'a>(
    path: &'a str,
    query: &'a [(&'a str, &'a str)],
    caller: &'a Caller,
    now_ms: i64,
) -> Request<'a> {
    Request {
        method: Method::Get,
        path,
        query,
        body: "",
        caller,
        now_ms,
    }
}

/// The root user of an account, who also has an access key.
pub(crate) fn root(account: &str, user: &str) -> Caller {
    Caller {
        account_id: account.to_owned(),
        account_name: format!("{account}-name"),
        user_id: format!("{user}-id"),
        user_name: user.to_owned(),
        is_root: true,
        project_id: None,
        access_key_id: Some(format!("{user}-AK")),
        credential: Credential::AccessKey,
        mfa: false,
        policies: Arc::new([]),
    }
}

/// A user of an account with a policy.
pub(crate) fn user(account: &str, scope: Scope, policy: &Value) -> Caller {
    let policy = Named {
        name: "test".to_owned(),
        value: Policy::parse(policy).unwrap(),
    };
    Caller {
        is_root: false,
        policies: Arc::new([Attached {
            scope,
            policy: Arc::new(policy),
        }]),
        ..root(account, "clerk")
    }
}

/// Something that leaves a trace.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub(crate) operation: &'a str,
    pub(crate) key_id: &'a str,
    pub(crate) note: &'a str,
}

impl<'a> Work<'a> {
    /// A successful encryption with a key.
    pub(crate) fn encrypt(key_id: &'a str) -> Self {
        Self {
            operation: "encrypt-data",
            key_id,
            note: "",
        }
    }

    /// Another operation.
    pub(crate) fn of(operation: &'a str, key_id: &'a str) -> Self {
        Self {
            operation,
            key_id,
            note: "",
        }
    }
}

const KEY_ID: Field = text("key_id");
const PLAIN_TEXT: Field = text("plain_text").secret();
const NOTE: Field = text("note");
const PROJECT_ID: Field = text("project_id");

const fn text(name: &'static str) -> Field {
    let kind = Kind::Text {
        min: 0,
        max: 1_000,
        of: ANY_TEXT,
    };
    Field::new(name, kind, 1)
}

const WORK: Operation = Operation {
    takes: &[
        PROJECT_ID.path(),
        KEY_ID.required(),
        PLAIN_TEXT.optional(),
        NOTE.optional(),
    ],
    gives: &[
        Given::open("key_id", "string"),
        Given::secret("plain_text", "string"),
    ],
    access: Access::Project,
    ..Operation::BLANK
};

const fn audit(name: &'static str, kind: TraceKind) -> Option<Audit> {
    Some(Audit {
        name,
        resource: "CMK",
        about: Some(KEY_ID.name),
        kind,
    })
}

static ROUTES: [Route<()>; 5] = [
    Route {
        operation: Operation {
            name: "encrypt-data",
            path: "/v1.0/{project_id}/kms/encrypt-data",
            audit: audit("encryptData", TraceKind::Management),
            read_only: true,
            ..WORK
        },
        run: done,
    },
    Route {
        operation: Operation {
            name: "enable-key",
            path: "/v1.0/{project_id}/kms/enable-key",
            audit: audit("enableKey", TraceKind::Management),
            ..WORK
        },
        run: |_, call| call.change(|_| done(&(), call)),
    },
    Route {
        operation: Operation {
            name: "sign",
            path: "/v1.0/{project_id}/kms/sign",
            audit: audit("sign", TraceKind::Management),
            ..WORK
        },
        run: |_, _| Err(Failure::because(2, "It is disabled.")),
    },
    Route {
        operation: Operation {
            name: "verify",
            path: "/v1.0/{project_id}/kms/verify",
            audit: audit("verify", TraceKind::Management),
            ..WORK
        },
        run: |_, _| Err(Failure::internal("broken")),
    },
    Route {
        operation: Operation {
            name: "read-object",
            path: "/v1.0/{project_id}/kms/read-object",
            audit: audit("readObject", TraceKind::Data),
            ..WORK
        },
        run: done,
    },
];

fn done(_: &(), call: &Call<'_>) -> Result<Reply, Failure> {
    let key_id = call.args.need(&KEY_ID)?;
    let mut body = Map::new();
    body.insert("key_id".to_owned(), key_id.into());
    body.insert("plain_text".to_owned(), SECRET.into());
    let name = format!("{}{key_id}/name", call.args.text(&NOTE).unwrap_or_default());
    let reply = Reply::new(Value::Object(body)).about(key_id, &name);
    Ok(reply.within(if key_id == "k2" { "ep2" } else { "0" }))
}

static CATALOGUE: Catalogue = Catalogue {
    prefix: "KMS",
    form: Form::Nested,
    rows: &[
        CatalogueRow(1, 400, "Invalid."),
        CatalogueRow(2, 400, "Refused."),
        CatalogueRow(3, 500, "Broken."),
    ],
    standing: Standing {
        too_long: 1,
        method: 1,
        tokens: [1; 3],
        project: 1,
        json: 1,
        missing: 1,
        action: 1,
        internal: 3,
        unavailable: 3,
    },
};

fn works() -> impl Service {
    Table {
        name: "KMS",
        catalogue: &CATALOGUE,
        body_bytes_max: 1_000,
        routes: ROUTES.iter().collect(),
        state: (),
    }
}

/// The keys `k1`, whose material expires in 36 hours after noon, and `k2`, which will be deleted ten days after noon.
struct Keys;

impl KeyClock for Keys {
    fn keys(
        &self,
        _: &mut Tx<'_>,
        project_id: &str,
        key_id: Option<&str>,
    ) -> Result<Vec<KeyTime>, Error> {
        let mut keys = vec![
            KeyTime {
                key_id: "k1".to_owned(),
                deletion_ms: None,
                expiration_ms: Some(NOON_MS + 36 * HOUR_MS),
            },
            KeyTime {
                key_id: "k2".to_owned(),
                deletion_ms: Some(NOON_MS + 10 * DAY_MS),
                expiration_ms: None,
            },
        ];
        keys.retain(|key| project_id == PROJECT && key_id.is_none_or(|id| id == key.key_id));
        Ok(keys)
    }
}
