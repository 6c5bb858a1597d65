//! A row of the operation table.

use super::member::Member;
use super::{Args, Failure};

/// An HTTP method that the contract uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `DELETE`.
    Delete,
    /// `GET`.
    Get,
    /// `HEAD`.
    Head,
    /// `PATCH`.
    Patch,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
}

impl Method {
    /// The method's name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// Who may come so far that the operation's permissions are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody who can prove who they are.
    Caller,
    /// Everybody.
    Open,
    /// Everybody; those who bring credentials in the headers must prove who they are.
    Optional,
    /// Everybody who can prove who they are and whose account has the project of the path.
    Project,
}

/// Whether a trace tells of management or of the use of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceKind {
    /// The use of keys.
    Data,
    /// Everything else: `system` in the contract.
    Management,
}

/// How an operation is traced.
#[derive(Clone, Copy, Debug)]
pub struct Audit {
    /// The trace's name, as the guide lists it.
    pub name: &'static str,
    /// The type of the resource, such as `CMK`.
    pub resource: &'static str,
    /// The field that names the resource in the request, unless the reply names it.
    pub about: Option<&'static str>,
    /// What it tells of.
    pub kind: TraceKind,
}

/// A member of the answer.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// The name.
    pub name: &'static str,
    /// The JSON type: `string`, `integer`, `boolean`, `object` or `array`.
    pub form: &'static str,
    /// Whether traces mask it.
    pub secret: bool,
}

impl Given {
    /// A member that traces may show.
    #[must_use]
    pub const fn open(name: &'static str, form: &'static str) -> Self {
        Self {
            name,
            form,
            secret: false,
        }
    }

    /// A member that traces mask.
    #[must_use]
    pub const fn secret(name: &'static str, form: &'static str) -> Self {
        Self {
            name,
            form,
            secret: true,
        }
    }
}

/// A check of a request's members that one form alone cannot say, with the number that a breach gets.
pub type Check = fn(&Args) -> Result<(), Failure>;

/// An operation: everything that is known of it without its code.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The name in the contract, unique in its service.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The method.
    pub method: Method,
    /// The path, with parameters between braces.
    pub path: &'static str,
    /// What it takes, in the order in which it is checked.
    pub takes: &'static [Member],
    /// Further checks of what it takes.
    pub checks: &'static [Check],
    /// The members of its answer.
    pub gives: &'static [Given],
    /// The status of success.
    pub status: u16,
    /// Who may come so far.
    pub access: Access,
    /// The names of its action in policies, old and new: one that is allowed is enough. None: no permission is needed.
    pub actions: &'static [&'static str],
    /// What a grant calls it, if a grant can permit it.
    pub grant: Option<&'static str>,
    /// How it is traced; `None` for what only reads.
    pub audit: Option<Audit>,
    /// Whether it changes nothing, for its traces; of `GET` and `HEAD` that is known.
    pub read_only: bool,
}

impl Operation {
    /// A row with nothing but its name, to be completed with `..Operation::BLANK`.
    pub const BLANK: Self = Self {
        name: "",
        summary: "",
        method: Method::Post,
        path: "/",
        takes: &[],
        checks: &[],
        gives: &[],
        status: 200,
        access: Access::Project,
        actions: &[],
        grant: None,
        audit: None,
        read_only: false,
    };

    /// Tells whether it changes nothing.
    #[must_use]
    pub const fn only_reads(&self) -> bool {
        self.read_only || matches!(self.method, Method::Get | Method::Head)
    }
}
