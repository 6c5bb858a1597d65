//! Why a request is refused, and how that is written for the client.

use std::fmt::Display;

use serde_json::{Value, json};

use crate::db;

/// Why an operation did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The request is refused, with a number of the service's catalogue.
    Refused {
        /// The number.
        number: u16,
        /// What is added to the published text, such as the name of the field.
        detail: Option<String>,
    },
    /// Something of ours is broken; the detail goes to the log and never to the client.
    Internal {
        /// What happened, for the log.
        detail: String,
    },
    /// Something that is needed is away for now; trying again later is right.
    Unavailable {
        /// How long to wait, in seconds.
        retry_after_s: u32,
        /// What happened, for the log.
        detail: String,
    },
}

impl Failure {
    /// Refuses with a number of the catalogue.
    #[must_use]
    pub const fn refused(number: u16) -> Self {
        Self::Refused {
            number,
            detail: None,
        }
    }

    /// Refuses with a number of the catalogue, and says more.
    #[must_use]
    pub fn because(number: u16, detail: impl Display) -> Self {
        Self::Refused {
            number,
            detail: Some(detail.to_string()),
        }
    }

    /// Refuses the value of a field.
    #[must_use]
    pub fn field(number: u16, name: &str) -> Self {
        Self::because(number, format_args!("The field {name} is invalid."))
    }

    /// Something of ours is broken.
    #[must_use]
    pub fn internal(detail: impl Display) -> Self {
        Self::Internal {
            detail: detail.to_string(),
        }
    }

    /// Something is away for now.
    #[must_use]
    pub fn unavailable(detail: impl Display) -> Self {
        Self::Unavailable {
            retry_after_s: 1,
            detail: detail.to_string(),
        }
    }

    /// The number, if it is a refusal.
    #[must_use]
    pub const fn number(&self) -> Option<u16> {
        match self {
            Self::Refused { number, .. } => Some(*number),
            Self::Internal { .. } | Self::Unavailable { .. } => None,
        }
    }
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        if error.is_retryable() {
            Self::unavailable(error)
        } else {
            Self::internal(error)
        }
    }
}

/// How a service writes errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{"error_msg":…,"error_code":…,"request_id":…}`, as the gateway does.
    Flat,
    /// `{"error":{"code":401,"message":…,"title":…}}`, as Keystone does.
    Keystone,
    /// `{"code":…,"message":…}`, as the monitoring service does.
    Message,
    /// `{"error":{"error_code":…,"error_msg":…}}`, as KMS does.
    Nested,
}

/// A published error: its number, its HTTP status and its text.
#[derive(Clone, Copy, Debug)]
pub struct CatalogueRow(pub u16, pub u16, pub &'static str);

/// The numbers that the checks before an operation use.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The body is longer than the service takes.
    pub too_long: u16,
    /// The path is known, the method is not.
    pub method: u16,
    /// A token is malformed, unknown, or has expired.
    pub tokens: [u16; 3],
    /// The project of the path is not the caller's.
    pub project: u16,
    /// The body is not a JSON object.
    pub json: u16,
    /// A required member is absent.
    pub missing: u16,
    /// No policy lets the caller do this at all.
    pub action: u16,
    /// Something of ours is broken.
    pub internal: u16,
    /// Something is away for now.
    pub unavailable: u16,
}

/// All errors of a service.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    /// What stands before the number: `KMS` in `KMS.0205`.
    pub prefix: &'static str,
    /// How errors are written.
    pub form: Form,
    /// The published errors, by number.
    pub rows: &'static [CatalogueRow],
    /// The numbers of the checks before an operation.
    pub standing: Standing,
}

/// An error as the client gets it.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The HTTP status.
    pub status: u16,
    /// The code, such as `KMS.0205`.
    pub code: String,
    /// The body.
    pub body: Value,
    /// The value of `Retry-After`, in seconds.
    pub retry_after_s: Option<u32>,
}

impl Catalogue {
    /// Writes a failure for the client.
    #[must_use]
    pub fn render(&self, failure: &Failure, request_id: &str) -> Rendered {
        let (number, detail, retry_after_s) = match failure {
            Failure::Refused { number, detail } => (*number, detail.as_deref(), None),
            Failure::Internal { .. } => (self.standing.internal, None, None),
            Failure::Unavailable { retry_after_s, .. } => {
                (self.standing.unavailable, None, Some(*retry_after_s))
            }
        };
        let (status, published) = self
            .rows
            .iter()
            .find(|row| row.0 == number)
            .map_or((500, "An error without a published text."), |row| {
                (row.1, row.2)
            });
        let message = detail.map_or_else(
            || published.to_owned(),
            |detail| format!("{published} {detail}"),
        );
        let code = format!("{}.{number:04}", self.prefix);
        let body = match self.form {
            Form::Flat => {
                json!({"error_msg": message, "error_code": code, "request_id": request_id})
            }
            Form::Keystone => {
                json!({"error": {"code": status, "message": message, "title": title(status)}})
            }
            Form::Message => json!({"code": code, "message": message}),
            Form::Nested => json!({"error": {"error_code": code, "error_msg": message}}),
        };
        Rendered {
            status,
            code,
            body,
            retry_after_s,
        }
    }
}

/// The name of an HTTP status, as Keystone writes it beside the number.
const fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Payload Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}
