//! Whether a caller may do what they ask.

use kit::api::{Call, Failure};
use kit::policy::Question;

/// Asks the policies for the operation's action, with their conditions; `number` is what a refusal gets.
///
/// # Errors
/// They do not allow it.
pub(crate) fn permit(call: &Call<'_>, number: u16) -> Result<(), Failure> {
    if is_allowed(call, call.project_id)? {
        Ok(())
    } else {
        Err(Failure::refused(number))
    }
}

/// Tells whether the caller may do the same for the whole account, which has traces that belong to no project.
///
/// # Errors
/// Nobody calls.
pub(crate) fn is_allowed_in_account(call: &Call<'_>) -> Result<bool, Failure> {
    is_allowed(call, "")
}

fn is_allowed(call: &Call<'_>, project_id: &str) -> Result<bool, Failure> {
    let caller = call.caller()?;
    let context = caller.context(call.now_ms, &call.origin.source_ip);
    let question = Question {
        actions: call.operation.actions,
        resource: None,
        context: &context,
    };
    Ok(caller.decide(project_id, &question).is_allowed())
}
