//! A service: its table, its state, and the functions that its rows name.

use serde_json::Value;

use crate::caller::Caller;

use super::{Call, Catalogue, Failure, Operation};

/// A body that is not JSON.
#[derive(Clone, Debug)]
pub struct Raw {
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub bytes: Vec<u8>,
}

/// A resource with its owner, for traces.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The identifier.
    pub id: String,
    /// The name.
    pub name: String,
    /// The enterprise project, or an empty text.
    pub enterprise_project: String,
    /// The account that owns it.
    pub account_id: String,
    /// The project that it is in.
    pub project_id: String,
}

/// An operation's answer.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Another status than the row's.
    pub status: Option<u16>,
    /// The body; `Null` is none.
    pub body: Value,
    /// The body instead of `body`, where the client gets a file and no JSON. Traces do not show it.
    pub raw: Option<Raw>,
    /// Headers besides the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// The resource that the trace is about: identifier and name.
    pub resource: Option<(String, String)>,
    /// The enterprise project of the resource, or an empty text.
    pub enterprise_project: String,
    /// The resources whose owners are to find a trace, whoever called.
    pub subjects: Vec<Subject>,
    /// Who called, where the operation itself found that out: a sign-in.
    pub actor: Option<Caller>,
    /// Whether the trace is written already, together with the change.
    pub traced: bool,
}

impl Reply {
    /// Answers with a body.
    #[must_use]
    pub fn new(body: Value) -> Self {
        Self {
            body,
            ..Self::default()
        }
    }

    /// Says who called an open operation: the trace is theirs.
    #[must_use]
    pub fn by(mut self, actor: Caller) -> Self {
        self.actor = Some(actor);
        self
    }

    /// Answers with an empty object, which is what clients decode where the contract has no members.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(Value::Object(serde_json::Map::new()))
    }

    /// Answers without a body.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Answers with a file.
    #[must_use]
    pub fn file(content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self {
            raw: Some(Raw {
                content_type,
                bytes,
            }),
            ..Self::default()
        }
    }

    /// Says which enterprise project the resource of the trace belongs to.
    #[must_use]
    pub fn within(mut self, enterprise_project: &str) -> Self {
        enterprise_project.clone_into(&mut self.enterprise_project);
        self
    }

    /// Says what the trace is about.
    #[must_use]
    pub fn about(mut self, id: &str, name: &str) -> Self {
        self.resource = Some((id.to_owned(), name.to_owned()));
        self
    }

    /// Says what the trace is about, and who owns it: an owner who is not the caller gets a trace of its own.
    #[must_use]
    pub fn on(self, subject: Subject) -> Self {
        self.about(&subject.id, &subject.name)
            .within(&subject.enterprise_project)
            .using(subject)
    }

    /// Says what else was used: an owner who is not the caller gets a trace of that too.
    #[must_use]
    pub fn using(mut self, subject: Subject) -> Self {
        if self.subjects.iter().all(|known| known.id != subject.id) {
            self.subjects.push(subject);
        }
        self
    }
}

/// A row with its function.
pub struct Route<S: 'static> {
    /// The row.
    pub operation: Operation,
    /// The function.
    pub run: fn(&S, &Call<'_>) -> Result<Reply, Failure>,
}

/// A service as the program around it sees it.
pub trait Service: Send + Sync {
    /// The name of the service in traces, such as `KMS`.
    fn name(&self) -> &'static str;

    /// Its errors.
    fn catalogue(&self) -> &'static Catalogue;

    /// The longest body that it takes, in bytes.
    fn body_bytes_max(&self) -> usize;

    /// Its rows.
    fn operations(&self) -> Vec<&'static Operation>;

    /// Runs the function of a row.
    ///
    /// # Errors
    /// What the function says; a row that does not exist is an internal error.
    fn run(&self, row: usize, call: &Call<'_>) -> Result<Reply, Failure>;
}

/// A service made of its state and its rows.
pub struct Table<S: 'static> {
    /// The name of the service in traces.
    pub name: &'static str,
    /// Its errors.
    pub catalogue: &'static Catalogue,
    /// The longest body that it takes, in bytes.
    pub body_bytes_max: usize,
    /// Its rows.
    pub routes: Vec<&'static Route<S>>,
    /// What its functions work on.
    pub state: S,
}

impl<S: Send + Sync> Service for Table<S> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn catalogue(&self) -> &'static Catalogue {
        self.catalogue
    }

    fn body_bytes_max(&self) -> usize {
        self.body_bytes_max
    }

    fn operations(&self) -> Vec<&'static Operation> {
        self.routes.iter().map(|route| &route.operation).collect()
    }

    fn run(&self, row: usize, call: &Call<'_>) -> Result<Reply, Failure> {
        let route = self
            .routes
            .get(row)
            .ok_or_else(|| Failure::internal("there is no such row"))?;
        (route.run)(&self.state, call)
    }
}
