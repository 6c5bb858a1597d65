//! Key stores: other HSMs that keys can live in, named by the configuration and taken into use here.

use std::sync::Arc;

use kit::api::{
    ANY_TEXT, Access, Audit, Call, Failure, Field, Kind, Method, NAME, Operation, Reply, Route,
    TraceKind,
};
use kit::db::{Row, Value};
use kit::id;
use kit::sql;
use serde_json::json;

use super::{ROW, given};
use crate::fields::PROJECT_ID;
use crate::state::State;
use crate::{Kms, access, choices};

const ALIAS: Field = Field::new(
    "keystore_alias",
    Kind::Text {
        min: 1,
        max: 255,
        of: NAME,
    },
    308,
);
const CLUSTER: Field = Field::new(
    "hsm_cluster_id",
    Kind::Text {
        min: 1,
        max: 64,
        of: ANY_TEXT,
    },
    308,
);
const CLUSTER_TOO: Field = Field::new(
    "cluster_id",
    Kind::Text {
        min: 1,
        max: 64,
        of: ANY_TEXT,
    },
    308,
);
const TYPE: Field = Field::new(
    "keystore_type",
    Kind::Choice(&["DHSM", "CDMS", "DEFAULT"]),
    308,
);
const ID: Field = Field::new(
    "keystore_id",
    Kind::Text {
        min: 1,
        max: 64,
        of: ANY_TEXT,
    },
    8003,
);
const LIMIT: Field = Field::new(
    "limit",
    Kind::Int {
        min: 1,
        max: choices::KEYSTORES_PAGE.1,
    },
    1601,
);
const OFFSET: Field = Field::new(
    "offset",
    Kind::Int {
        min: 0,
        max: i64::MAX,
    },
    1603,
);

const fn traced(name: &'static str) -> Option<Audit> {
    Some(Audit {
        name,
        resource: "keystore",
        about: Some("keystore_id"),
        kind: TraceKind::Management,
    })
}

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "create-keystore",
            summary: "Takes an HSM of the configuration into use as a key store.",
            path: "/v1.0/{project_id}/keystores",
            takes: &[
                PROJECT_ID.path(),
                ALIAS.required(),
                CLUSTER.optional(),
                CLUSTER_TOO.optional(),
                TYPE.optional(),
            ],
            gives: &[given("keystore", "object")],
            actions: &["kms:keystore:create"],
            audit: traced("createKeystore"),
            ..ROW
        },
        run: create,
    },
    Route {
        operation: Operation {
            name: "list-keystores",
            summary: "Lists the key stores of the project.",
            method: Method::Get,
            path: "/v1.0/{project_id}/keystores",
            takes: &[PROJECT_ID.path(), LIMIT.query(), OFFSET.query()],
            gives: &[given("total", "integer"), given("keystores", "array")],
            actions: &["kms:keystore:list"],
            ..ROW
        },
        run: list,
    },
    Route {
        operation: Operation {
            name: "show-keystore",
            summary: "Shows a key store.",
            method: Method::Get,
            path: "/v1.0/{project_id}/keystores/{keystore_id}",
            takes: &[PROJECT_ID.path(), ID.path()],
            gives: &[given("keystore", "object")],
            actions: &["kms:keystore:get"],
            access: Access::Project,
            ..ROW
        },
        run: show,
    },
    Route {
        operation: Operation {
            name: "delete-keystore",
            summary: "Gives a key store up that holds no key.",
            method: Method::Delete,
            path: "/v1.0/{project_id}/keystores/{keystore_id}",
            takes: &[PROJECT_ID.path(), ID.path()],
            actions: &["kms:keystore:delete"],
            audit: traced("deleteKeystore"),
            ..ROW
        },
        run: delete,
    },
    Route {
        operation: Operation {
            name: "enable-keystore",
            summary: "Switches a key store on.",
            path: "/v1.0/{project_id}/keystores/{keystore_id}/enable",
            takes: &[PROJECT_ID.path(), ID.path()],
            gives: &[given("keystore", "object")],
            actions: &["kms:keystore:enable"],
            audit: traced("enableKeystore"),
            ..ROW
        },
        run: |_, call| switch(call, State::Enabled),
    },
    Route {
        operation: Operation {
            name: "disable-keystore",
            summary: "Switches a key store off: its keys cannot be used until it is on again.",
            path: "/v1.0/{project_id}/keystores/{keystore_id}/disable",
            takes: &[PROJECT_ID.path(), ID.path()],
            gives: &[given("keystore", "object")],
            actions: &["kms:keystore:disable"],
            audit: traced("disableKeystore"),
            ..ROW
        },
        run: |_, call| switch(call, State::Disabled),
    },
];

fn describe(row: &Row) -> Result<serde_json::Value, Failure> {
    Ok(json!({
        "keystore_id": row.text("keystore_id")?,
        "domain_id": row.text("account_id")?,
        "keystore_alias": row.text("name")?,
        "keystore_type": row.text("kind")?,
        "hsm_cluster_id": row.text("cluster_id")?,
        "cluster_id": row.text("cluster_id")?,
        "keystore_state": row.int("state")?.to_string(),
        "create_time": row.int("created_ms")?.to_string(),
    }))
}

fn create(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let caller = call.caller()?;
    let account_id = caller.account_id.as_str();
    let cluster = call
        .args
        .text(&CLUSTER)
        .or_else(|| call.args.text(&CLUSTER_TOO))
        .ok_or_else(|| Failure::field(204, CLUSTER.name))?;
    if !kms.vault.offers(cluster, caller) {
        return Err(Failure::because(
            308,
            format_args!("The configuration of this server names no HSM cluster {cluster}."),
        ));
    }
    let keystore_id = id::uuid();
    let name = call.args.need(&ALIAS)?;
    call.change(|tx| {
        let written = tx.execute(
            sql!("insert_keystore"),
            &[
                Value::from(keystore_id.as_str()),
                Value::from(account_id),
                Value::from(call.project_id),
                Value::from(name),
                Value::from(call.args.text(&TYPE).unwrap_or("DHSM")),
                Value::from(cluster),
                Value::from(State::Enabled.number()),
                Value::from(call.now_ms),
            ],
        )?;
        if written == 0 {
            return Err(Failure::refused(1104));
        }
        let info = json!({"keystore_id": keystore_id, "domain_id": account_id});
        Ok(Reply::new(json!({"keystore": info})).about(&keystore_id, name))
    })
}

fn list(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let rows = call.db.read(|tx| {
        Ok::<_, Failure>(tx.rows(sql!("select_keystores"), &[Value::from(call.project_id)])?)
    })?;
    let size = |field, default| {
        usize::try_from(call.args.int(field).unwrap_or(default)).unwrap_or(usize::MAX)
    };
    let shown: Vec<_> = rows
        .iter()
        .skip(size(&OFFSET, 0))
        .take(size(&LIMIT, choices::KEYSTORES_PAGE.0))
        .map(describe)
        .collect::<Result<_, _>>()?;
    Ok(Reply::new(json!({"total": rows.len(), "keystores": shown})))
}

/// The two values that name a key store of the project.
fn named<'a>(call: &'a Call<'_>) -> Result<[Value; 2], Failure> {
    let id: &'a str = call.args.need(&ID)?;
    Ok([Value::from(id), Value::from(call.project_id)])
}

fn show(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let row = call.db.read(|tx| {
        tx.row(sql!("select_keystore"), &named(call)?)?
            .ok_or_else(|| Failure::refused(8003))
    })?;
    Ok(Reply::new(json!({"keystore": describe(&row)?})))
}

fn delete(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    call.change(|tx| {
        tx.row(sql!("select_keystore"), &named(call)?)?
            .ok_or_else(|| Failure::refused(8003))?;
        let used = tx.row(
            sql!("select_key_of_keystore"),
            &[Value::from(call.args.need(&ID)?)],
        )?;
        if used.is_some() {
            return Err(Failure::because(
                308,
                "The key store holds keys: delete them first.",
            ));
        }
        tx.execute(sql!("delete_keystore"), &named(call)?)?;
        Ok(Reply::empty())
    })
}

fn switch(call: &Call<'_>, state: State) -> Result<Reply, Failure> {
    access::project(call)?;
    call.change(|tx| {
        let [id, project] = named(call)?;
        let done = tx.execute(
            sql!("switch_keystore"),
            &[id, project, Value::from(state.number())],
        )?;
        if done == 0 {
            return Err(Failure::refused(8003));
        }
        let id = call.args.need(&ID)?;
        let info = json!({"keystore_id": id, "keystore_state": state.text()});
        Ok(Reply::new(json!({"keystore": info})))
    })
}
