//! The operations of the development mode: a clock that moves, and default keys on demand.
//!
//! They are there only where the configuration says `development = true`, and only for an account's administrator.

use kit::api::{
    ANY_TEXT, Access, Call, Catalogue, CatalogueRow, Failure, Field, Form, Given, Kind, Operation,
    Reply, Route, Standing, Table,
};
use kit::clock::{Clock, SECOND_MS};
use kms::{Due, Kms, Owner};
use serde_json::json;
use std::sync::Arc;

use crate::app::App;

/// The longest move at once, in seconds: ten years.
const ADVANCE_MAX_S: i64 = 10 * 366 * 86_400;

const ADVANCE: Field = Field::new(
    "advance_seconds",
    Kind::Int {
        min: 0,
        max: ADVANCE_MAX_S,
    },
    400,
);
const PROJECT_ID: Field = Field::new(
    "project_id",
    Kind::Text {
        min: 1,
        max: 64,
        of: ANY_TEXT,
    },
    400,
);
const SERVICE: Field = Field::new(
    "service",
    Kind::Choice(&["obs", "evs", "ims", "sfs", "rds", "dds", "csms", "kps"]),
    400,
);

/// What the operations work on.
pub(crate) struct Development {
    clock: Clock,
    kms: Arc<Kms>,
    due: Arc<Due>,
}

static CATALOGUE: Catalogue = Catalogue {
    prefix: "DEW",
    form: Form::Flat,
    rows: &[
        CatalogueRow(400, 400, "Invalid parameter."),
        CatalogueRow(403, 403, "Only the account's administrator may do this."),
        CatalogueRow(405, 405, "Request method not supported."),
        CatalogueRow(500, 500, "Internal error."),
        CatalogueRow(503, 503, "Try again later."),
    ],
    standing: Standing {
        too_long: 400,
        method: 405,
        tokens: [403; 3],
        project: 403,
        json: 400,
        missing: 400,
        action: 403,
        internal: 500,
        unavailable: 503,
    },
};

static ROUTES: &[Route<Development>] = &[
    Route {
        operation: Operation {
            name: "advance-clock",
            summary: "Moves the server's clock forward and does what became due.",
            path: "/dew/v1/clock",
            takes: &[ADVANCE.required()],
            gives: &[
                Given::open("now_ms", "integer"),
                Given::open("ahead_ms", "integer"),
                Given::open("work", "object"),
            ],
            access: Access::Caller,
            ..Operation::BLANK
        },
        run: advance,
    },
    Route {
        operation: Operation {
            name: "make-default-key",
            summary: "Makes the default key of a service, as the service itself does when it first needs one.",
            path: "/dew/v1/{project_id}/default-keys",
            takes: &[PROJECT_ID.path(), SERVICE.required()],
            gives: &[Given::open("key_id", "string")],
            ..Operation::BLANK
        },
        run: make_default,
    },
];

/// The service of the development mode.
pub(crate) fn service(app: &App) -> Table<Development> {
    Table {
        name: "DEW",
        catalogue: &CATALOGUE,
        body_bytes_max: 4_096,
        routes: ROUTES.iter().collect(),
        state: Development {
            clock: app.clock.clone(),
            kms: Arc::clone(&app.kms),
            due: Arc::clone(&app.due),
        },
    }
}

fn need_administrator(call: &Call<'_>) -> Result<(), Failure> {
    if call.caller()?.is_root {
        Ok(())
    } else {
        Err(Failure::refused(403))
    }
}

fn advance(state: &Development, call: &Call<'_>) -> Result<Reply, Failure> {
    need_administrator(call)?;
    let seconds = call.args.int(&ADVANCE).unwrap_or_default();
    let ahead_ms = state.clock.advance_ms(seconds * SECOND_MS);
    let work = state.due.run()?;
    Ok(Reply::new(json!({
        "now_ms": state.clock.now_ms(),
        "ahead_ms": ahead_ms,
        "work": {
            "deleted": work.deleted,
            "expired": work.expired,
            "rotated": work.rotated,
            "swept": work.swept,
        },
    })))
}

fn make_default(state: &Development, call: &Call<'_>) -> Result<Reply, Failure> {
    need_administrator(call)?;
    let owner = Owner {
        account_id: &call.caller()?.account_id,
        project_id: call.project_id,
    };
    let service = call.args.need(&SERVICE)?;
    let key_id = kms::ensure_default(&state.kms, call.db, owner, service, call.now_ms)?;
    Ok(Reply::new(json!({"key_id": key_id})))
}
