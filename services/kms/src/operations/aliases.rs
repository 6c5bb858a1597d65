//! Aliases: further names of a key, unique in their account, which can move from one key to another.

use std::sync::Arc;

use kit::api::{Call, Failure, Method, Operation, Reply, Route};
use kit::clock::{Fraction, SECOND_MS, rfc3339};
use kit::db::{Row, Tx, Value};
use kit::sql;
use serde_json::json;

use super::{CMK, ROW, given, management, text};
use crate::fields::{
    ALIAS, ALIAS_LIMIT, ALIAS_MARKER, ALIASES, KEY_FILTER, KEY_ID, PROJECT_ID, TARGET_KEY_ID,
};
use crate::key::Key;
use crate::state::State;
use crate::{Kms, access, choices};

const SHOWN: &[kit::api::Given] = &[
    text("domain_id"),
    text("key_id"),
    text("alias"),
    text("alias_urn"),
    text("create_time"),
    text("update_time"),
];

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "create-alias",
            summary: "Gives a key a further name.",
            path: "/v1.0/{project_id}/kms/aliases",
            takes: &[PROJECT_ID.path(), KEY_ID.required(), ALIAS.required()],
            gives: SHOWN,
            status: 201,
            actions: &["kms:alias:create"],
            audit: management("createAlias"),
            ..ROW
        },
        run: create,
    },
    Route {
        operation: Operation {
            name: "delete-alias",
            summary: "Takes names from a key.",
            method: Method::Delete,
            path: "/v1.0/{project_id}/kms/aliases",
            takes: &[PROJECT_ID.path(), KEY_ID.required(), ALIASES.required()],
            status: 204,
            actions: &["kms:alias:delete"],
            audit: management("deleteAlias"),
            ..ROW
        },
        run: delete,
    },
    Route {
        operation: Operation {
            name: "associate-alias",
            summary: "Moves a name to another key.",
            path: "/v1.0/{project_id}/kms/alias/associate",
            takes: &[
                PROJECT_ID.path(),
                ALIAS.required(),
                TARGET_KEY_ID.required(),
            ],
            gives: SHOWN,
            actions: &["kms:alias:associate"],
            audit: Some(kit::api::Audit {
                name: "associateAlias",
                resource: CMK,
                about: Some("target_key_id"),
                kind: kit::api::TraceKind::Management,
            }),
            ..ROW
        },
        run: associate,
    },
    Route {
        operation: Operation {
            name: "list-aliases",
            summary: "Lists the names of a key, or of all keys of the project.",
            method: Method::Get,
            path: "/v1.0/{project_id}/kms/aliases",
            takes: &[
                PROJECT_ID.path(),
                KEY_FILTER.query(),
                ALIAS_LIMIT.query(),
                ALIAS_MARKER.query(),
            ],
            gives: &[given("aliases", "array"), given("page_info", "object")],
            actions: &["kms:alias:list"],
            ..ROW
        },
        run: list,
    },
];

/// The name without the prefix that clients may write.
fn bare(given: &str) -> &str {
    given.strip_prefix("alias/").unwrap_or(given)
}

fn describe(row: &Row, region: &str) -> Result<serde_json::Value, Failure> {
    let account_id = row.text("account_id")?;
    let urn = format!("kms:{region}:{account_id}:alias:{}", row.text("alias")?);
    Ok(json!({
        "domain_id": account_id,
        "key_id": row.text("key_id")?,
        "alias": row.text("given")?,
        "alias_urn": urn,
        "create_time": moment(row.int("created_ms")?),
        "update_time": moment(row.int("updated_ms")?),
    }))
}

/// Writes a moment as `2024-04-01T00:00:00Z`.
fn moment(unix_ms: i64) -> String {
    let whole_ms = unix_ms - unix_ms.rem_euclid(SECOND_MS);
    rfc3339(whole_ms, Fraction::Shortest).unwrap_or_default()
}

/// Finds the key that is to be named, in a state in which names change.
fn nameable(tx: &mut Tx<'_>, call: &Call<'_>, given: &str) -> Result<Key, Failure> {
    let key = access::key(tx, call, given)?;
    key.refuse_default()?;
    key.state
        .among(&[State::Enabled, State::Disabled, State::PendingImport])?;
    Ok(key)
}

/// Refuses a change after which the key has too many names.
fn refuse_too_many(tx: &mut Tx<'_>, key: &Key) -> Result<(), Failure> {
    let count = tx.count(sql!("count_aliases"), &[Value::from(key.id.as_str())])?;
    if count > choices::ALIASES_MAX {
        return Err(Failure::because(
            choices::ALIAS_RULE,
            format_args!("A key has at most {} aliases.", choices::ALIASES_MAX),
        ));
    }
    Ok(())
}

fn create(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let given = call.args.need(&ALIAS)?;
    if bare(given).is_empty() {
        return Err(Failure::field(choices::ALIAS_RULE, ALIAS.name));
    }
    call.change(|tx| {
        let key = nameable(tx, call, call.args.need(&KEY_ID)?)?;
        let row = tx.row(
            sql!("insert_alias"),
            &[
                Value::from(key.account_id.as_str()),
                Value::from(bare(given)),
                Value::from(given),
                Value::from(call.project_id),
                Value::from(key.id.as_str()),
                Value::from(call.now_ms),
            ],
        )?;
        let row = row.ok_or_else(|| Failure::refused(choices::DUPLICATE_ALIAS))?;
        refuse_too_many(tx, &key)?;
        Ok(Reply::new(describe(&row, call.region)?).on(key.subject()))
    })
}

fn unknown(alias: &str) -> Failure {
    Failure::because(
        choices::ALIAS_RULE,
        format_args!("There is no alias {alias} of this key."),
    )
}

fn delete(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    call.change(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY_ID)?)?;
        for alias in call
            .args
            .list(&ALIASES)
            .iter()
            .filter_map(|item| item.as_str())
        {
            let gone = tx.execute(
                sql!("delete_alias"),
                &[
                    Value::from(key.account_id.as_str()),
                    Value::from(bare(alias)),
                    Value::from(key.id.as_str()),
                ],
            )?;
            if gone == 0 {
                return Err(unknown(alias));
            }
        }
        Ok(Reply::none().on(key.subject()))
    })
}

fn associate(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let alias = call.args.need(&ALIAS)?;
    call.change(|tx| {
        let key = nameable(tx, call, call.args.need(&TARGET_KEY_ID)?)?;
        let named = [
            Value::from(key.account_id.as_str()),
            Value::from(bare(alias)),
        ];
        let row = tx.row(sql!("select_alias"), &named)?;
        let row = row.ok_or_else(|| unknown(alias))?;
        // It is taken from a key as well: whoever may not name that one must not turn its users to another.
        access::key(tx, call, &row.text("key_id")?)?;
        let row = tx.row(
            sql!("move_alias"),
            &[
                Value::from(key.account_id.as_str()),
                Value::from(bare(alias)),
                Value::from(call.project_id),
                Value::from(key.id.as_str()),
                Value::from(call.now_ms),
            ],
        )?;
        let row = row.ok_or_else(|| unknown(alias))?;
        refuse_too_many(tx, &key)?;
        Ok(Reply::new(describe(&row, call.region)?).on(key.subject()))
    })
}

fn list(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let limit = call
        .args
        .int(&ALIAS_LIMIT)
        .unwrap_or(choices::ALIASES_PAGE.0);
    let marker = call.args.text(&ALIAS_MARKER).unwrap_or_default();
    let rows = call.db.read(|tx| {
        let key = match call.args.text(&KEY_FILTER) {
            None => {
                access::project(call)?;
                None
            }
            Some(id) => Some(access::key(tx, call, id)?),
        };
        let wanted = key.as_ref().map_or("", |key| key.id.as_str());
        Ok::<_, Failure>(tx.rows(
            sql!("list_aliases"),
            &[
                Value::from(call.project_id),
                Value::from(wanted),
                Value::from(marker),
                Value::from(limit + 1),
            ],
        )?)
    })?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let next_marker = match rows.get(limit) {
        Some(_) => rows[limit - 1].text("alias")?,
        None => String::new(),
    };
    let shown: Vec<_> = rows
        .iter()
        .take(limit)
        .map(|row| describe(row, call.region))
        .collect::<Result<_, _>>()?;
    let page_info = json!({"next_marker": next_marker, "current_count": shown.len()});
    Ok(Reply::new(
        json!({"aliases": shown, "page_info": page_info}),
    ))
}
