//! Who calls: the account, the user, and what they may do.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::clock::{self, Fraction};
use crate::policy::{Context, Decision, Named, Policy, Question, decide, mentions};

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

/// Where a policy that is attached to somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In the services of the whole account, such as IAM.
    Account,
    /// In the services of this project.
    Project(String),
    /// In the services of every project of the account.
    Projects,
}

impl Scope {
    /// Tells whether the policy holds in a project; an empty identifier is the account.
    #[must_use]
    pub fn holds_in(&self, project_id: &str) -> bool {
        match self {
            Self::Account => project_id.is_empty(),
            Self::Project(id) => id == project_id,
            Self::Projects => !project_id.is_empty(),
        }
    }
}

/// A policy that is attached to somebody.
#[derive(Clone, Debug)]
pub struct Attached {
    /// Where it holds.
    pub scope: Scope,
    /// The policy.
    pub policy: Arc<Named<Policy>>,
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
    /// The project that a token, or the temporary access key that it made, is scoped to; other access keys reach every
    /// project of their account.
    pub project_id: Option<String>,
    /// The access key, if one was used.
    pub access_key_id: Option<String>,
    /// How they proved it.
    pub credential: Credential,
    /// Whether they proved it with a second factor too.
    pub mfa: bool,
    /// What they may do, unless they are the root user.
    pub policies: Arc<[Attached]>,
}

impl Caller {
    /// Decides a call in a project, or in the account where `project_id` is empty.
    #[must_use]
    pub fn decide(&self, project_id: &str, question: &Question<'_>) -> Decision {
        if self.is_root {
            return Decision::ADMINISTRATOR;
        }
        decide(self.policies_in(project_id), question)
    }

    /// Tells whether an operation may be allowed at all, before its resource is known.
    #[must_use]
    pub fn mentions(&self, project_id: &str, actions: &[&str]) -> bool {
        self.is_root || mentions(self.policies_in(project_id), actions)
    }

    /// Makes the context of a call with what is known of the caller and of the request; what is known of the resource
    /// comes from the service.
    #[must_use]
    pub fn context(&self, now_ms: i64, source_ip: &str) -> Context {
        let mut context = Context::new()
            .with("g:UserName", &*self.user_name)
            .with("g:UserId", &*self.user_id)
            .with("g:DomainName", &*self.account_name)
            .with("g:DomainId", &*self.account_id)
            .with("g:PrincipalAccount", &*self.account_id)
            .with("g:PrincipalId", &*self.user_id)
            .with("g:PrincipalType", "User")
            .with("g:PrincipalIsRootUser", self.is_root.to_string())
            .with("g:MFAPresent", self.mfa.to_string());
        if let Some(now) = clock::rfc3339(now_ms, Fraction::Millis) {
            context.add("g:CurrentTime", now);
        }
        if !source_ip.is_empty() {
            context.add("g:SourceIp", source_ip);
        }
        context
    }

    fn policies_in(&self, project_id: &str) -> impl Iterator<Item = &Named<Policy>> {
        let held = self.policies.iter();
        held.filter(move |attached| attached.scope.holds_in(project_id))
            .map(|attached| &*attached.policy)
    }

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
            "invoked_by": [],
            "session_context": {
                "attributes": {"mfa_authenticated": if self.mfa { "true" } else { "false" }},
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::system;

    fn caller(is_root: bool, policies: &[(Scope, &str)]) -> Caller {
        let attached = policies.iter().map(|(scope, name)| Attached {
            scope: scope.clone(),
            policy: system::policy(system::by_name(name).unwrap().id).unwrap(),
        });
        Caller {
            account_id: "a".to_owned(),
            account_name: "acct".to_owned(),
            user_id: "u".to_owned(),
            user_name: "alice".to_owned(),
            is_root,
            project_id: None,
            access_key_id: None,
            credential: Credential::AccessKey,
            mfa: false,
            policies: attached.collect(),
        }
    }

    fn may(caller: &Caller, project_id: &str, action: &str) -> bool {
        let context = caller.context(1_737_633_600_000, "10.0.0.1");
        let question = Question {
            actions: &[action],
            resource: None,
            context: &context,
        };
        let allowed = caller.decide(project_id, &question).is_allowed();
        assert_eq!(allowed, caller.mentions(project_id, &[action]));
        allowed
    }

    #[test]
    fn a_policy_holds_where_it_is_attached() {
        let keys = "KMS CMKFullAccess";
        let cases = [
            (Scope::Account, [true, false, false]),
            (Scope::Project("p1".to_owned()), [false, true, false]),
            (Scope::Projects, [false, true, true]),
        ];
        for (scope, expected) in cases {
            let caller = caller(false, &[(scope, keys)]);
            let found = ["", "p1", "p2"].map(|project| may(&caller, project, "kms:cmk:create"));
            assert_eq!(found, expected, "{:?}", caller.policies);
        }
    }

    #[test]
    fn the_root_user_needs_no_policy_and_others_do() {
        assert!(may(&caller(true, &[]), "p1", "iam:users:createUser"));
        assert!(!may(&caller(false, &[]), "p1", "kms:cmk:list"));
    }
}
