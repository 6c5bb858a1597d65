//! The order of checks that every request goes through, the same for all services.
//!
//! 1 size, 2 authentication, 3 route and method, 4 project, 5 JSON, 6 required members, 7 and 8 formats, 9 permission for
//! the action; then the operation. Every answer has an `X-Request-Id`, and every traced operation a trace before its
//! answer leaves: where the trace cannot be written, the answer is a refusal.

use std::sync::Arc;
use std::time::Instant;

use iam::authentication::{AuthFailure, Iam};
use iam::signature::SignedRequest;
use kit::api::{
    Access, Args, Call, Catalogue, Failure, Form, Matched, Method, Operation, Origin, Rendered,
    Reply, Service, Template, parse_object,
};
use kit::caller::Caller;
use kit::clock::Clock;
use kit::db::Database;
use kit::id;
use kit::sql;
use kit::trail::{self, Outcome};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::metrics::Metrics;

/// The most characters of a path or header that a trace keeps: the contract's longest path, with a tag's key, has fewer.
const TRACED_CHARS_MAX: usize = 2_048;

/// A request as it came over the wire.
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) raw_path: String,
    pub(crate) raw_query: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// The body, or `None` where it was longer than any service takes.
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) source_ip: String,
}

/// An answer.
pub(crate) struct Outgoing {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// A row with where to find its function.
struct Entry {
    template: Template,
    operation: &'static Operation,
    service: usize,
    row: usize,
}

/// What the gate works with.
pub(crate) struct Gate {
    services: Vec<Box<dyn Service>>,
    entries: Vec<Entry>,
    pub(crate) iam: Arc<Iam>,
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    region: String,
    scheme: &'static str,
    is_hsm_up: Box<dyn Fn() -> bool + Send + Sync>,
}

/// What is known of a request when it is answered: for the counters.
struct Known {
    service: &'static str,
    operation: &'static str,
}

/// Where a request goes.
enum Destination<'a> {
    Operation(&'a Entry, Matched),
    OtherMethod(&'a Entry),
    Nowhere,
}

/// The errors of the gateway in front of all services.
static GATEWAY: Catalogue = Catalogue {
    prefix: "APIGW",
    form: Form::Flat,
    rows: &[
        kit::api::CatalogueRow(
            101,
            404,
            "The API does not exist or has not been published in the environment",
        ),
        kit::api::CatalogueRow(301, 401, "Incorrect IAM authentication information"),
        kit::api::CatalogueRow(202, 413, "The request is too large"),
        kit::api::CatalogueRow(500, 500, "Internal error"),
        kit::api::CatalogueRow(503, 503, "The service is temporarily unavailable"),
    ],
    standing: kit::api::Standing {
        too_long: 202,
        method: 101,
        tokens: [301; 3],
        project: 101,
        json: 101,
        missing: 101,
        action: 101,
        internal: 500,
        unavailable: 503,
    },
};

/// Why a request got no further, with the errors it is told in.
struct Stop(&'static Catalogue, Failure);

impl Gate {
    pub(crate) fn new(
        services: Vec<Box<dyn Service>>,
        iam: Arc<Iam>,
        db: Database,
        clock: Clock,
        region: String,
        scheme: &'static str,
        is_hsm_up: Box<dyn Fn() -> bool + Send + Sync>,
    ) -> Self {
        let mut entries = Vec::new();
        for (service, one) in services.iter().enumerate() {
            for (row, operation) in one.operations().into_iter().enumerate() {
                entries.push(Entry {
                    template: Template::new(operation.path),
                    operation,
                    service,
                    row,
                });
            }
        }
        // Of two templates that match a path, the one with more literal parts is meant.
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.template.literals()));
        Self {
            services,
            entries,
            iam,
            db,
            clock,
            metrics: Metrics::new(),
            region,
            scheme,
            is_hsm_up,
        }
    }

    /// Tells whether requests can be served: the database answers, and the HSM does.
    pub(crate) fn is_well(&self) -> bool {
        let answers = self.db.read(|tx| tx.row(sql!("ping"), &[]));
        answers.is_ok() && (self.is_hsm_up)()
    }

    /// The longest body that any service takes, in bytes.
    pub(crate) fn body_bytes_max(&self) -> usize {
        let sizes = self.services.iter().map(|service| service.body_bytes_max());
        sizes.max().unwrap_or_default()
    }

    /// Answers a request.
    pub(crate) fn handle(&self, request: &Incoming) -> Outgoing {
        let started = Instant::now();
        let request_id = id::hex32();
        let (known, mut outgoing) = self.answer(request, &request_id);
        outgoing.headers.push(("x-request-id", request_id));
        self.metrics.count(
            known.service,
            known.operation,
            outgoing.status,
            started.elapsed(),
        );
        outgoing
    }

    fn answer(&self, request: &Incoming, request_id: &str) -> (Known, Outgoing) {
        let destination = self.find(request);
        let (known, catalogue) = match &destination {
            Destination::Operation(entry, _) | Destination::OtherMethod(entry) => {
                let service = &self.services[entry.service];
                let known = Known {
                    service: service.name(),
                    operation: entry.operation.name,
                };
                (known, service.catalogue())
            }
            Destination::Nowhere => (
                Known {
                    service: "none",
                    operation: "none",
                },
                &GATEWAY,
            ),
        };
        let outgoing = match self.pass(request, request_id, destination, catalogue) {
            Ok(outgoing) => outgoing,
            Err(Stop(catalogue, failure)) => {
                log_failure(&failure, request_id, known.operation);
                refusal(&catalogue.render(&failure, request_id))
            }
        };
        (known, outgoing)
    }

    fn find(&self, request: &Incoming) -> Destination<'_> {
        let mut other = None;
        for entry in &self.entries {
            let Some(matched) = entry.template.matches(&request.raw_path) else {
                continue;
            };
            if entry.operation.method.name() == request.method {
                return Destination::Operation(entry, matched);
            }
            other = other.or(Some(entry));
        }
        other.map_or(Destination::Nowhere, Destination::OtherMethod)
    }

    /// Takes a request through the checks and runs its operation.
    fn pass(
        &self,
        request: &Incoming,
        request_id: &str,
        destination: Destination<'_>,
        catalogue: &'static Catalogue,
    ) -> Result<Outgoing, Stop> {
        let stop = |failure| Stop(catalogue, failure);
        let limit = match &destination {
            Destination::Operation(entry, _) => self.services[entry.service].body_bytes_max(),
            _ => self.body_bytes_max(),
        };
        let too_long = || stop(Failure::refused(catalogue.standing.too_long));
        let body = request.body.as_deref().ok_or_else(too_long)?;
        if body.len() > limit {
            return Err(too_long());
        }
        let now_ms = self.clock.now_ms();
        let caller = if is_open(&destination, request) {
            None
        } else {
            Some(self.authenticate(request, body, catalogue)?)
        };
        let (entry, matched) = match destination {
            Destination::Operation(entry, matched) => (entry, matched),
            Destination::OtherMethod(_) => {
                return Err(stop(Failure::refused(catalogue.standing.method)));
            }
            Destination::Nowhere => return Err(Stop(&GATEWAY, Failure::refused(101))),
        };
        let mut call = Call {
            operation: entry.operation,
            service: self.services[entry.service].name(),
            caller: caller.as_ref(),
            project_id: "",
            args: Args::default(),
            now_ms,
            origin: origin(request, request_id, self.scheme),
            region: &self.region,
            db: &self.db,
        };
        let outcome = self
            .fill(&mut call, request, body, &matched, catalogue)
            .and_then(|()| check(&call, catalogue))
            .and_then(|()| self.services[entry.service].run(entry.row, &call));
        self.conclude(&call, outcome, catalogue)
    }

    /// Gives a call its project and its members.
    ///
    /// The trace of a refusal keeps what was there by then. A project that the caller does not reach is not: the trace
    /// stands under the caller's own account.
    fn fill<'a>(
        &self,
        call: &mut Call<'a>,
        request: &Incoming,
        body: &[u8],
        matched: &'a Matched,
        catalogue: &Catalogue,
    ) -> Result<(), Failure> {
        let project_id = matched.get("project_id").unwrap_or_default();
        if let (Access::Project, Some(caller)) = (call.operation.access, call.caller)
            && !self.iam.reaches(caller, project_id)?
        {
            return Err(Failure::refused(catalogue.standing.project));
        }
        call.project_id = project_id;
        let members = parse_object(body)
            .map_err(|detail| Failure::because(catalogue.standing.json, detail))?;
        let query = query_pairs(&request.raw_query);
        call.args = Args::gather(call.operation.takes, members, &query, matched);
        Ok(())
    }

    fn authenticate(
        &self,
        request: &Incoming,
        body: &[u8],
        catalogue: &'static Catalogue,
    ) -> Result<Caller, Stop> {
        let signed = SignedRequest {
            method: &request.method,
            raw_path: &request.raw_path,
            raw_query: &request.raw_query,
            headers: &request.headers,
            body,
        };
        self.iam
            .authenticate_by(&signed, &self.clock)
            .map_err(|failure| unauthenticated(failure, catalogue))
    }

    /// Writes the traces of what has none yet, and the answer.
    fn conclude(
        &self,
        call: &Call<'_>,
        outcome: Result<Reply, Failure>,
        catalogue: &'static Catalogue,
    ) -> Result<Outgoing, Stop> {
        let request_id = call.origin.request_id.as_str();
        match outcome {
            Ok(reply) => {
                if !reply.traced {
                    self.trace(call, Outcome::Done(&reply))
                        .map_err(|failure| Stop(catalogue, failure))?;
                }
                Ok(success(call.operation, reply))
            }
            Err(failure) => {
                log_failure(&failure, request_id, call.operation.name);
                let rendered = catalogue.render(&failure, request_id);
                self.trace(call, Outcome::Failed(&rendered))
                    .map_err(|failure| Stop(catalogue, failure))?;
                Ok(refusal(&rendered))
            }
        }
    }

    fn trace(&self, call: &Call<'_>, outcome: Outcome<'_>) -> Result<(), Failure> {
        let records = call.records(outcome);
        if records.is_empty() {
            return Ok(());
        }
        self.db.append(|tx| {
            records
                .iter()
                .try_for_each(|record| trail::append(tx, record))
        })?;
        Ok(())
    }
}

/// Tells whether a request may go on without anybody vouching for it.
fn is_open(destination: &Destination<'_>, request: &Incoming) -> bool {
    let Destination::Operation(entry, _) = destination else {
        return false;
    };
    match entry.operation.access {
        Access::Open => true,
        Access::Optional => !request.headers.iter().any(|(name, _)| {
            name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("x-auth-token")
        }),
        Access::Caller | Access::Project => false,
    }
}

/// The checks of a request's form and of the permission for its action.
fn check(call: &Call<'_>, catalogue: &Catalogue) -> Result<(), Failure> {
    let takes = call.operation.takes;
    if let Some(name) = call.args.missing(takes) {
        let detail = format!("The field {name} is required.");
        return Err(Failure::because(catalogue.standing.missing, detail));
    }
    // The sequence number comes before all other formats.
    let (sequence, others): (Vec<_>, Vec<_>) = takes
        .iter()
        .copied()
        .partition(|member| member.field.name == "sequence");
    call.args.check(&sequence)?;
    call.args.check(&others)?;
    for check in call.operation.checks {
        check(&call.args)?;
    }
    check_action(call, catalogue)
}

/// Refuses a caller whom no policy lets do this at all. Where a grant can permit it, the operation looks itself.
fn check_action(call: &Call<'_>, catalogue: &Catalogue) -> Result<(), Failure> {
    let (Some(caller), actions) = (call.caller, call.operation.actions) else {
        return Ok(());
    };
    let scope = call.project_id;
    if actions.is_empty() || call.operation.grant.is_some() || caller.mentions(scope, actions) {
        return Ok(());
    }
    Err(Failure::refused(catalogue.standing.action))
}

/// How a request that nobody vouches for is answered.
fn unauthenticated(failure: AuthFailure, catalogue: &'static Catalogue) -> Stop {
    if let Some(message) = failure.gateway_message() {
        let tail = message
            .strip_prefix("Incorrect IAM authentication information")
            .unwrap_or(&message)
            .to_owned();
        return Stop(&GATEWAY, Failure::because(301, tail));
    }
    let [malformed, unknown, expired] = catalogue.standing.tokens;
    match failure {
        AuthFailure::TokenMalformed => Stop(catalogue, Failure::refused(malformed)),
        AuthFailure::TokenUnknown => Stop(catalogue, Failure::refused(unknown)),
        AuthFailure::TokenExpired => Stop(catalogue, Failure::refused(expired)),
        AuthFailure::Internal(error) => Stop(catalogue, error.into()),
        other => Stop(&GATEWAY, Failure::because(301, other)),
    }
}

fn log_failure(failure: &Failure, request_id: &str, operation: &str) {
    match failure {
        Failure::Refused { .. } => {}
        Failure::Internal { detail } => {
            tracing::error!(request_id, operation, detail, "a request failed");
        }
        Failure::Unavailable { detail, .. } => {
            tracing::warn!(
                request_id,
                operation,
                detail,
                "a request must be tried again"
            );
        }
    }
}

/// Splits a query into decoded pairs.
fn query_pairs(raw: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn origin(request: &Incoming, request_id: &str, scheme: &'static str) -> Origin {
    let header = |name: &str| {
        request
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .unwrap_or_default()
    };
    Origin {
        request_id: request_id.to_owned(),
        source_ip: request.source_ip.clone(),
        host: head(&header("host")),
        raw_path: head(&request.raw_path),
        user_agent: head(&header("user-agent")),
        subject_token: header("x-subject-token"),
        scheme,
    }
}

/// The beginning of a text that traces keep: a client must not fill the database with its headers.
fn head(text: &str) -> String {
    text.chars().take(TRACED_CHARS_MAX).collect()
}

fn success(operation: &Operation, reply: Reply) -> Outgoing {
    let mut headers = reply.headers;
    if let Some(raw) = reply.raw {
        headers.push(("content-type", raw.content_type.to_owned()));
        return Outgoing {
            status: reply.status.unwrap_or(operation.status),
            headers,
            body: raw.bytes,
        };
    }
    let body = match &reply.body {
        Value::Null if operation.status == 200 && operation.method != Method::Head => {
            b"{}".to_vec()
        }
        Value::Null => Vec::new(),
        body => body.to_string().into_bytes(),
    };
    if !body.is_empty() {
        headers.push(("content-type", "application/json;charset=utf-8".to_owned()));
    }
    Outgoing {
        status: reply.status.unwrap_or(operation.status),
        headers,
        body,
    }
}

fn refusal(rendered: &Rendered) -> Outgoing {
    let mut headers = vec![("content-type", "application/json;charset=utf-8".to_owned())];
    if let Some(seconds) = rendered.retry_after_s {
        headers.push(("retry-after", seconds.to_string()));
    }
    Outgoing {
        status: rendered.status,
        headers,
        body: rendered.body.to_string().into_bytes(),
    }
}

/// The answer where a thread that handles a request has panicked.
pub(crate) fn broken() -> Outgoing {
    unread(500)
}

/// The answer where there is no memory to read a request.
pub(crate) fn busy() -> Outgoing {
    unread(503)
}

/// An answer to a request that nobody has looked at, or not to its end.
fn unread(number: u16) -> Outgoing {
    let request_id = id::hex32();
    let rendered = GATEWAY.render(&Failure::refused(number), &request_id);
    let mut outgoing = refusal(&rendered);
    outgoing.headers.push(("x-request-id", request_id));
    outgoing
}
