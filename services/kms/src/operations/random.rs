//! Random data from the HSM.

use std::sync::Arc;

use kit::api::{Audit, Call, Failure, Operation, Reply, Route, TraceKind};
use serde_json::json;

use super::{ROW, secret};
use crate::fields::{PROJECT_ID, RANDOM_LENGTH, SEQUENCE, whole_bytes};
use crate::{Kms, access, vault};

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[Route {
    operation: Operation {
        name: "gen-random",
        summary: "Draws 8 to 8,192 random bits in the HSM.",
        path: "/v1.0/{project_id}/kms/gen-random",
        takes: &[
            PROJECT_ID.path(),
            RANDOM_LENGTH.required(),
            SEQUENCE.optional(),
        ],
        checks: &[whole_bytes],
        gives: &[secret("random_data")],
        actions: &["kms:cmk:generate", "kms::generateRandom"],
        audit: Some(Audit {
            name: "genRandom",
            resource: "RNG",
            about: None,
            kind: TraceKind::Management,
        }),
        read_only: true,
        ..ROW
    },
    run: draw,
}];

fn draw(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let bits = call
        .args
        .int(&RANDOM_LENGTH)
        .and_then(|bits| usize::try_from(bits).ok())
        .ok_or_else(|| Failure::refused(1801))?;
    let bytes = kms.vault.random(bits / 8).map_err(vault::fault)?;
    Ok(Reply::new(
        json!({"random_data": hex::encode_upper(&*bytes)}),
    ))
}
