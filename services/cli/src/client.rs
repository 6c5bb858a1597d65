//! One generic call of any service, signed as the SDKs sign.

use std::cell::OnceCell;

use iam::signature::{self, SignedRequest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use time::OffsetDateTime;

use crate::error::{Error, Refusal};
use crate::http::{Answer, Http, Method};
use crate::settings::{Endpoint, Settings};

/// The name under which this client is seen in logs.
const USER_AGENT: &str = concat!("dew/", env!("CARGO_PKG_VERSION"));
/// What is encoded in a path segment and in a query: everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Which service is called; each knows its endpoint and its scope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Service {
    /// Audit traces.
    Cts,
    /// Users and permissions, above projects.
    Iam,
    /// Keys.
    Kms,
}

/// Calls services.
pub(crate) struct Client {
    settings: Settings,
    http: Http,
    now: fn() -> OffsetDateTime,
    project_id: OnceCell<String>,
}

impl Client {
    /// Makes a client; nothing is sent yet.
    pub(crate) fn new(settings: Settings) -> Result<Self, Error> {
        let http = Http::new(&settings)?;
        let project_id = settings.project_id.clone();
        Ok(Self {
            settings,
            http,
            now: OffsetDateTime::now_utc,
            project_id: project_id.map_or_else(OnceCell::new, OnceCell::from),
        })
    }

    /// Tells the time by which requests are signed.
    pub(crate) fn now(&self) -> OffsetDateTime {
        (self.now)()
    }

    /// Calls a service and gives its JSON; an empty answer is an empty object.
    ///
    /// `path` may have a query, and `{project_id}` where the project belongs; it is percent-encoded otherwise.
    pub(crate) fn call(
        &self,
        service: Service,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Error> {
        let (endpoint, scope) = match service {
            Service::Iam => (&self.settings.iam_endpoint, self.domain()),
            Service::Cts | Service::Kms => (&self.settings.endpoint, Some(self.project()?)),
        };
        let target = match path.contains("{project_id}") {
            true => path.replace("{project_id}", &encode(self.project_id()?)),
            false => path.to_owned(),
        };
        let mut headers = vec![("content-type", "application/json".to_owned())];
        headers.extend(scope.map(|(name, id)| (name, id.to_owned())));
        let body = body.map(Value::to_string).unwrap_or_default();
        let answer = self.send(endpoint, method, &target, headers, body.as_bytes())?;
        read(endpoint, &answer)
    }

    /// Gives the account's id, if it is known.
    pub(crate) fn domain_id(&self) -> Option<&str> {
        self.settings.domain_id.as_deref()
    }

    /// Gives the project's id, and looks it up once where the settings have none.
    pub(crate) fn project_id(&self) -> Result<&str, Error> {
        if let Some(id) = self.project_id.get() {
            return Ok(id);
        }
        let found = self.find_project()?;
        Ok(self.project_id.get_or_init(|| found))
    }

    fn domain(&self) -> Option<(&'static str, &str)> {
        Some(("x-domain-id", self.domain_id()?))
    }

    fn project(&self) -> Result<(&'static str, &str), Error> {
        Ok(("x-project-id", self.project_id()?))
    }

    /// Asks IAM for the project of the region, as the SDKs do; without a region there must be one project only.
    fn find_project(&self) -> Result<String, Error> {
        let endpoint = &self.settings.iam_endpoint;
        let target = match &self.settings.region {
            Some(region) => format!("/v3/projects?name={}", encode(region)),
            None => "/v3/projects".to_owned(),
        };
        let answer = self.send(endpoint, Method::Get, &target, Vec::new(), &[])?;
        let reply = read(endpoint, &answer)?;
        let member = |project: &Value, name: &str| project[name].as_str().map(str::to_owned);
        match reply["projects"].as_array().map(Vec::as_slice) {
            Some([project]) => {
                member(project, "id").ok_or_else(|| unexpected(endpoint, "a project without id"))
            }
            Some([]) => Err(Error::usage(
                "the access key has no project there; give --project-id, or another --region",
            )),
            Some(several) => {
                let names: Vec<_> = several
                    .iter()
                    .filter_map(|one| member(one, "name"))
                    .collect();
                let names = names.join(", ");
                Err(Error::Usage(format!(
                    "the access key has several projects: {names}; choose one with --region or --project-id"
                )))
            }
            None => Err(unexpected(endpoint, "no list of projects")),
        }
    }

    /// Signs a request and sends it.
    fn send(
        &self,
        endpoint: &Endpoint,
        method: Method,
        target: &str,
        extra: Vec<(&'static str, String)>,
        body: &[u8],
    ) -> Result<Answer, Error> {
        let credentials = &self.settings.credentials;
        let mut headers = vec![
            ("host", endpoint.host().to_owned()),
            ("user-agent", USER_AGENT.to_owned()),
            ("x-sdk-date", signature::date(self.now())),
        ];
        headers.extend(extra);
        if let Some(token) = &credentials.security_token {
            headers.push(("x-security-token", token.to_string()));
        }
        let names: Vec<_> = headers.iter().map(|header| header.0).collect();
        let mut headers: Vec<_> = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into_bytes()))
            .collect();
        let (raw_path, raw_query) = target.split_once('?').unwrap_or((target, ""));
        let request = SignedRequest {
            method: method.name(),
            raw_path,
            raw_query,
            headers: &headers,
            body,
        };
        let secret = credentials.expose_secret();
        let authorization = signature::sign(&request, &names, &credentials.access_key, secret)
            .map_err(Error::machine("sign the request"))?;
        headers.push(("authorization".to_owned(), authorization.into_bytes()));
        self.http.send(endpoint, method, target, &headers, body)
    }
}

/// Percent-encodes a path segment, or a part of a query.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Writes a query from the parts that are there, with its `?`.
pub(crate) fn query(parts: &[(&str, Option<&str>)]) -> String {
    let pairs: Vec<_> = parts
        .iter()
        .filter_map(|(name, value)| Some(format!("{}={}", encode(name), encode((*value)?))))
        .collect();
    match pairs.is_empty() {
        true => String::new(),
        false => format!("?{}", pairs.join("&")),
    }
}

/// Tells a result from a refusal.
fn read(endpoint: &Endpoint, answer: &Answer) -> Result<Value, Error> {
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    if (200..300).contains(&answer.status) {
        return match json {
            Some(reply) => Ok(reply),
            None if answer.body.is_empty() => Ok(Value::Object(serde_json::Map::new())),
            None => Err(unexpected(endpoint, "a body that is no JSON")),
        };
    }
    if answer.status < 400 {
        let what = format!("HTTP status {}", answer.status);
        return Err(unexpected(endpoint, &what));
    }
    Err(Error::Refused(Box::new(refusal(answer, json.as_ref()))))
}

/// Reads a refusal in any of the forms that the services have: flat, or within `error`.
fn refusal(answer: &Answer, json: Option<&Value>) -> Refusal {
    const FORMS: [[&str; 2]; 3] = [
        ["error_code", "error_msg"],
        ["errorCode", "errorMsg"],
        ["code", "message"],
    ];
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let pair = |object: &Value| {
        FORMS
            .iter()
            .find_map(|[code, message]| Some((text(&object[code])?, text(&object[message])?)))
    };
    let found = json.and_then(|json| pair(json).or_else(|| pair(&json["error"])));
    let status = answer.status;
    let (code, message) = found.unwrap_or_else(|| {
        (
            status.to_string(),
            format!("HTTP status {status} without a reason"),
        )
    });
    Refusal {
        status,
        code,
        message,
        request_id: answer.request_id.clone(),
    }
}

fn unexpected(endpoint: &Endpoint, what: &str) -> Error {
    Error::UnexpectedReply {
        endpoint: endpoint.to_string(),
        what: what.to_owned(),
    }
}

impl Client {
    /// Says that a reply of the services lacks what the contract promises.
    pub(crate) fn lacks(&self, what: &str) -> Error {
        unexpected(&self.settings.endpoint, &format!("{what} is missing"))
    }

    /// Finds a text in a reply.
    pub(crate) fn text<'a>(&self, reply: &'a Value, pointer: &str) -> Result<&'a str, Error> {
        let found = reply.pointer(pointer).and_then(Value::as_str);
        found.ok_or_else(|| self.lacks(pointer))
    }
}

#[cfg(test)]
mod tests;
