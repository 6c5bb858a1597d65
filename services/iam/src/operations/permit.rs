//! Whether a caller may do what they ask.

use kit::api::{Call, Failure};
use kit::caller::Caller;
use kit::policy::{Question, Verdict};

use crate::error::FORBIDDEN;

/// Asks the policies for the operation's own action.
pub(super) fn permit<'a>(call: &'a Call<'_>) -> Result<&'a Caller, Failure> {
    let actions = call.operation.actions;
    match decide(call, actions)? {
        Verdict::Allow => call.caller(),
        Verdict::Deny | Verdict::NoMatch => Err(refused(actions)),
    }
}

/// Asks the policies for an action, but lets everybody act on themselves, unless a policy denies it.
pub(super) fn permit_self<'a>(
    call: &'a Call<'_>,
    actions: &[&str],
    user_id: &str,
) -> Result<&'a Caller, Failure> {
    let caller = call.caller()?;
    match decide(call, actions)? {
        Verdict::Allow => Ok(caller),
        Verdict::NoMatch if caller.user_id == user_id => Ok(caller),
        Verdict::Deny | Verdict::NoMatch => Err(refused(actions)),
    }
}

/// Refuses an account that is not the caller's.
pub(super) fn own_account(caller: &Caller, account_id: &str) -> Result<(), Failure> {
    match caller.account_id == account_id {
        true => Ok(()),
        false => Err(Failure::because(FORBIDDEN, "It is another account.")),
    }
}

fn decide(call: &Call<'_>, actions: &[&str]) -> Result<Verdict, Failure> {
    let caller = call.caller()?;
    let context = caller.context(call.now_ms, &call.origin.source_ip);
    let question = Question {
        actions,
        resource: None,
        context: &context,
    };
    Ok(caller.decide("", &question).verdict)
}

fn refused(actions: &[&str]) -> Failure {
    let action = actions.first().copied().unwrap_or_default();
    let detail = format_args!("Policy doesn't allow {action} to be performed.");
    Failure::because(FORBIDDEN, detail)
}
