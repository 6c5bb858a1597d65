//! Who calls: the account, the user, and what they may do.

use serde_json::{Value, json};

/// How a caller proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A permanent access key.
    AccessKey,
    /// A temporary access key with its security token.
    Temporary,
    /// An IAM token.
    Token,
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account (domain).
    pub account_id: String,
    /// The account's name.
    pub account_name: String,
    /// The user.
    pub user_id: String,
    /// The user's name.
    pub user_name: String,
    /// Whether the user is the account's own (root) user, who may do everything in the account.
    pub is_root: bool,
    /// The project that a token is scoped to; access keys reach every project of their account.
    pub project_id: Option<String>,
    /// The access key, if one was used.
    pub access_key_id: Option<String>,
    /// How they proved it.
    pub credential: Credential,
}

impl Caller {
    /// Describes the caller for an audit trace.
    #[must_use]
    pub fn describe(&self) -> Value {
        json!({
            "id": self.user_id,
            "name": self.user_name,
            "user_name": self.user_name,
            "domain": {"id": self.account_id, "name": self.account_name},
            "account_id": self.account_id,
            "access_key_id": self.access_key_id.as_deref().unwrap_or_default(),
            "principal_id": self.user_id,
            "principal_urn": format!("iam::{}:user:{}", self.account_id, self.user_name),
            "principal_is_root_user": if self.is_root { "true" } else { "false" },
            "type": "User",
        })
    }
}
