//! The management tracker of a project.

use kit::api::{
    Audit, Call, Failure, Field, Given, Kind, Method, Operation, Reply, Route, TraceKind,
};
use kit::db::{Row, Tx, Value};
use kit::id;
use kit::sql;
use serde_json::{Value as Json, json};

use super::{Cts, ROW};
use crate::catalogue::{
    BODY, NO_PERMISSION, NO_TRACKER, QUERY, STORAGE, TRACKER_NAME as WRONG_NAME, TRACKER_STATUS,
    TRACKER_TYPE as WRONG_TYPE,
};
use crate::choices::{EXCLUDABLE, TRACKER};
use crate::filter::{PROJECT_ID, TRACKER_NAME};
use crate::permit::permit;

const TYPES: Kind = Kind::Choice(&["system", "data"]);
const TYPE_FILTER: Field = Field::new("tracker_type", TYPES, QUERY);
const TYPE: Field = Field::new("tracker_type", TYPES, WRONG_TYPE);
const NAME: Field = Field::new("tracker_name", TRACKER_NAME.kind, WRONG_NAME);
const STATUS: Field = Field::new(
    "status",
    Kind::Choice(&["enabled", "disabled"]),
    TRACKER_STATUS,
);
const SELECTOR: Field = Field::new("management_event_selector", Kind::Object, BODY);
const STORED_IN: Field = Field::new("obs_info", Kind::Object, BODY);

pub(super) static ROUTES: &[Route<Cts>] = &[
    Route {
        operation: Operation {
            name: "list-trackers",
            summary: "Shows the trackers of the project: the one for management traces.",
            method: Method::Get,
            path: "/v3/{project_id}/trackers",
            takes: &[PROJECT_ID.path(), TRACKER_NAME.query(), TYPE_FILTER.query()],
            gives: &[Given::open("trackers", "array")],
            actions: &["cts:tracker:list"],
            ..ROW
        },
        run: list,
    },
    Route {
        operation: Operation {
            name: "update-tracker",
            summary: "Sets which services a tracker leaves out of the files that it writes.",
            method: Method::Put,
            path: "/v3/{project_id}/tracker",
            takes: &[
                PROJECT_ID.path(),
                TYPE.required(),
                NAME.required(),
                STATUS.optional(),
                SELECTOR.optional(),
                STORED_IN.optional(),
            ],
            actions: &["cts:tracker:update"],
            audit: Some(Audit {
                name: "updateTracker",
                resource: "tracker",
                about: Some(NAME.name),
                kind: TraceKind::Management,
            }),
            ..ROW
        },
        run: update,
    },
];

/// Finds the tracker, which is there from the first moment that somebody looks.
fn load(tx: &mut Tx<'_>, project_id: &str) -> Result<Option<Row>, Failure> {
    Ok(tx.row(sql!("select_tracker"), &[Value::from(project_id)])?)
}

fn ensure(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Failure> {
    let values = [
        Value::from(call.project_id),
        Value::from(id::uuid()),
        Value::from(call.now_ms),
    ];
    tx.execute(sql!("insert_tracker"), &values)?;
    Ok(())
}

fn list(_: &Cts, call: &Call<'_>) -> Result<Reply, Failure> {
    permit(call, NO_PERMISSION)?;
    let asked = |field| call.args.text(field).is_none_or(|text| text == TRACKER);
    if !asked(&TRACKER_NAME) || !asked(&TYPE_FILTER) {
        return Ok(Reply::new(json!({"trackers": []})));
    }
    let mut row = call.db.read(|tx| load(tx, call.project_id))?;
    if row.is_none() {
        row = call.db.write(|tx| {
            ensure(tx, call)?;
            load(tx, call.project_id)
        })?;
    }
    let row = row.ok_or_else(|| Failure::internal("a tracker that was just made is not there"))?;
    Ok(Reply::new(json!({"trackers": [describe(&row, call)?]})))
}

fn describe(row: &Row, call: &Call<'_>) -> Result<Json, Failure> {
    let excluded = row.text("exclude_service")?;
    let excluded: Json = serde_json::from_str(&excluded).map_err(Failure::internal)?;
    Ok(json!({
        "id": row.text("tracker_id")?,
        "tracker_name": TRACKER,
        "tracker_type": TRACKER,
        "status": row.text("status")?,
        "project_id": call.project_id,
        "domain_id": call.caller()?.account_id,
        "create_time": row.int("created_ms")?,
        "management_event_selector": {"exclude_service": excluded},
        // Traces are not written to any storage but the database.
        "obs_info": {},
    }))
}

fn update(_: &Cts, call: &Call<'_>) -> Result<Reply, Failure> {
    permit(call, NO_PERMISSION)?;
    if call.args.text(&TYPE) != Some(TRACKER) {
        return Err(Failure::refused(NO_TRACKER));
    }
    if call.args.text(&NAME) != Some(TRACKER) {
        return Err(Failure::refused(WRONG_NAME));
    }
    let bucket = call
        .args
        .object(&STORED_IN)
        .and_then(|info| info.get("bucket_name"));
    if bucket.is_some_and(|name| name != "") {
        let why = "This server keeps traces in its database and has no other storage.";
        return Err(Failure::because(STORAGE, why));
    }
    let excluded = excluded(call)?;
    call.change(|tx| {
        ensure(tx, call)?;
        let values = [
            Value::from(call.project_id),
            Value::from(call.args.text(&STATUS)),
            Value::from(excluded.clone()),
        ];
        tx.execute(sql!("update_tracker"), &values)?;
        Ok(Reply::empty().about("", TRACKER))
    })
}

/// Reads which services are left out, as the text that is stored.
fn excluded(call: &Call<'_>) -> Result<Option<String>, Failure> {
    let Some(selector) = call.args.object(&SELECTOR) else {
        return Ok(None);
    };
    let wrong = || Failure::field(BODY, "exclude_service");
    let listed = match selector.get("exclude_service") {
        None | Some(Json::Null) => &[][..],
        Some(list) => list.as_array().ok_or_else(wrong)?,
    };
    let is_known = |name: &Json| name.as_str().is_some_and(|name| EXCLUDABLE.contains(&name));
    if listed.len() > EXCLUDABLE.len() || !listed.iter().all(is_known) {
        return Err(wrong());
    }
    Ok(Some(json!(listed).to_string()))
}
