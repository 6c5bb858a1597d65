//! Grants: what a user or an account may do with one key, whatever its policies say.

use std::sync::Arc;

use kit::api::{Args, Call, Failure, Operation, Reply, Route};
use kit::db::{Row, Tx, Value};
use kit::id;
use kit::sql;
use serde_json::json;

use super::listing::Page;
use super::{ROW, given, management, text};
use crate::access::Right;
use crate::fields::{
    GRANT_ID, GRANT_NAME, GRANTEE, GRANTEE_TYPE, KEY_ID, LIMIT, MARKER, OPERATIONS, PROJECT_ID,
    RETIRING, SEQUENCE,
};
use crate::key::Key;
use crate::{Kms, access, choices};

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "create-grant",
            summary: "Lets a user or an account do something with a key.",
            path: "/v1.0/{project_id}/kms/create-grant",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                GRANTEE.required(),
                OPERATIONS.required(),
                SEQUENCE.optional(),
                GRANT_NAME.optional(),
                RETIRING.optional(),
                GRANTEE_TYPE.optional(),
            ],
            checks: &[more_than_granting],
            gives: &[text("grant_id")],
            actions: &["kms:grant:create", "kms:cmk:createGrant"],
            grant: Some("create-grant"),
            audit: management("createGrant"),
            ..ROW
        },
        run: create,
    },
    Route {
        operation: Operation {
            name: "revoke-grant",
            summary: "Takes a grant back, as the owner of the key.",
            path: "/v1.0/{project_id}/kms/revoke-grant",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                GRANT_ID.required(),
                SEQUENCE.optional(),
            ],
            actions: &["kms:grant:revoke", "kms:cmk:revokeGrant"],
            audit: management("revokeGrant"),
            ..ROW
        },
        run: revoke,
    },
    Route {
        operation: Operation {
            name: "retire-grant",
            summary: "Gives a grant back, as one who may retire it.",
            path: "/v1.0/{project_id}/kms/retire-grant",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                GRANT_ID.required(),
                SEQUENCE.optional(),
            ],
            actions: &["kms:grant:retire", "kms:cmk:retireGrant"],
            grant: Some("retire-grant"),
            audit: management("retireGrant"),
            ..ROW
        },
        run: retire,
    },
    Route {
        operation: Operation {
            name: "list-grants",
            summary: "Lists the grants of a key, newest first.",
            path: "/v1.0/{project_id}/kms/list-grants",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                SEQUENCE.optional(),
                LIMIT.optional(),
                MARKER.optional(),
            ],
            gives: LISTED,
            actions: &["kms:grant:list", "kms:cmk:listGrants"],
            ..ROW
        },
        run: list,
    },
    Route {
        operation: Operation {
            name: "list-retirable-grants",
            summary: "Lists the grants that the caller may retire, newest first.",
            path: "/v1.0/{project_id}/kms/list-retirable-grants",
            takes: &[
                PROJECT_ID.path(),
                SEQUENCE.optional(),
                LIMIT.optional(),
                MARKER.optional(),
            ],
            gives: LISTED,
            actions: &["kms:grant:list", "kms:cmk:listRetirableGrants"],
            ..ROW
        },
        run: list_retirable,
    },
];

const LISTED: &[kit::api::Given] = &[
    given("grants", "array"),
    text("next_marker"),
    text("truncated"),
    given("total", "integer"),
];

/// Lists the operations that a request wants to grant.
fn wanted(args: &Args) -> Vec<&str> {
    args.list(&OPERATIONS)
        .iter()
        .filter_map(|item| item.as_str())
        .collect()
}

/// Checks that a grant lets do more than grant on.
fn more_than_granting(args: &Args) -> Result<(), Failure> {
    let operations = wanted(args);
    if !operations.is_empty() && operations.iter().all(|name| *name == "create-grant") {
        return Err(Failure::refused(2401));
    }
    Ok(())
}

/// A grant.
struct Grant {
    id: String,
    key_id: String,
    grantee: String,
    grantee_type: String,
    operations: String,
    name: String,
    issuer: String,
    retiring: String,
    created_ms: i64,
}

impl Grant {
    fn of_row(row: &Row) -> Result<Self, Failure> {
        Ok(Self {
            id: row.text("grant_id")?,
            key_id: row.text("key_id")?,
            grantee: row.text("grantee")?,
            grantee_type: row.text("grantee_type")?,
            operations: row.text("operations")?,
            name: row.text("name")?,
            issuer: row.text("issuer")?,
            retiring: row.text("retiring")?,
            created_ms: row.int("created_ms")?,
        })
    }

    fn permits(&self, operation: &str) -> bool {
        self.operations.split(',').any(|name| name == operation)
    }

    fn describe(&self) -> serde_json::Value {
        json!({
            "key_id": self.key_id,
            "grant_id": self.id,
            "grantee_principal": self.grantee,
            "grantee_principal_type": self.grantee_type,
            "operations": self.operations.split(',').collect::<Vec<_>>(),
            "issuing_principal": self.issuer,
            "creation_date": self.created_ms.to_string(),
            "name": self.name,
            "retiring_principal": self.retiring,
        })
    }

    fn insert(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        tx.execute(
            sql!("insert_grant"),
            &[
                Value::from(self.id.as_str()),
                Value::from(self.key_id.as_str()),
                Value::from(self.grantee.as_str()),
                Value::from(self.grantee_type.as_str()),
                Value::from(self.operations.as_str()),
                Value::from(self.name.as_str()),
                Value::from(self.issuer.as_str()),
                Value::from(self.retiring.as_str()),
                Value::from(self.created_ms),
            ],
        )?;
        Ok(())
    }
}

fn create(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let mut operations = wanted(&call.args);
    operations.sort_unstable();
    operations.dedup();
    let text = |field| call.args.text(field).unwrap_or_default().to_owned();
    let grant = Grant {
        id: id::hex64(),
        key_id: text(&KEY_ID),
        grantee: text(&GRANTEE),
        grantee_type: call
            .args
            .text(&GRANTEE_TYPE)
            .unwrap_or(choices::GRANTEE_TYPE)
            .to_owned(),
        operations: operations.join(","),
        name: text(&GRANT_NAME),
        issuer: caller.user_id.clone(),
        retiring: text(&RETIRING),
        created_ms: call.now_ms,
    };
    call.change(|tx| {
        let key = access::key(tx, call, &grant.key_id)?;
        key.refuse_default()?;
        key.state.use_material()?;
        refuse_more_than_held(tx, call, &key, &operations)?;
        let count = tx.count(sql!("count_grants"), &[Value::from(key.id.as_str())])?;
        if count >= choices::GRANTS_MAX {
            return Err(Failure::refused(2404));
        }
        grant.insert(tx)?;
        Ok(Reply::new(json!({"grant_id": grant.id})).on(key.subject()))
    })
}

/// Refuses a grantee of another account or without the permission of its own who grants more than it holds.
fn refuse_more_than_held(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    key: &Key,
    operations: &[&str],
) -> Result<(), Failure> {
    let caller = call.caller()?;
    if access::may_by_policy(tx, call, key, call.operation.actions)? {
        return Ok(());
    }
    let held = access::granted_operations(tx, &key.id, caller)?;
    if operations
        .iter()
        .all(|wanted| held.iter().any(|name| name == wanted))
    {
        Ok(())
    } else {
        Err(Failure::because(
            2403,
            "A grantee grants only operations that it holds itself.",
        ))
    }
}

/// Reads the grant that a request names, of the key that it names.
fn find(tx: &mut Tx<'_>, call: &Call<'_>, key: &Key) -> Result<Grant, Failure> {
    let wanted = call.args.need(&GRANT_ID)?.to_ascii_lowercase();
    let row = tx
        .row(sql!("select_grant"), &[Value::from(wanted)])?
        .ok_or_else(|| Failure::refused(2501))?;
    let grant = Grant::of_row(&row)?;
    if grant.key_id == key.id {
        return Ok(grant);
    }
    // That there is such a grant is told to the account whose key it is of, and to no other.
    let other = Key::load(tx, &grant.key_id, call.now_ms)?;
    let is_own = other.is_some_and(|other| other.account_id == key.account_id);
    Err(Failure::refused(if is_own { 2502 } else { 2501 }))
}

fn delete(tx: &mut Tx<'_>, grant: &Grant) -> Result<(), Failure> {
    tx.execute(sql!("delete_grant"), &[Value::from(grant.id.as_str())])?;
    Ok(())
}

fn revoke(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    call.change(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY_ID)?)?;
        let grant = find(tx, call, &key)?;
        delete(tx, &grant)?;
        Ok(Reply::empty().on(key.subject()))
    })
}

fn retire(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    call.change(|tx| {
        let key_id = call.args.need(&KEY_ID)?;
        let row = tx.row(
            sql!("select_grant"),
            &[Value::from(call.args.need(&GRANT_ID)?.to_ascii_lowercase())],
        )?;
        let grant = row.map(|row| Grant::of_row(&row)).transpose()?;
        // Who may retire a grant need not be able to see its key in any other way.
        let retirable = grant
            .as_ref()
            .filter(|grant| grant.key_id == key_id && may_retire(grant, caller));
        let Some(grant) = retirable else {
            let key = access::key(tx, call, key_id)?;
            find(tx, call, &key)?;
            return Err(access::not_permitted(call, caller));
        };
        let key = Key::load(tx, key_id, call.now_ms)?.ok_or_else(|| Failure::refused(207))?;
        access::refuse_denied(tx, call, &key, Right::of(call))?;
        delete(tx, grant)?;
        Ok(Reply::empty().on(key.subject()))
    })
}

/// The issuer, the one named for it, and a grantee whose grant lets it.
fn may_retire(grant: &Grant, caller: &kit::caller::Caller) -> bool {
    let is_grantee = match grant.grantee_type.as_str() {
        "domain" => grant.grantee == caller.account_id,
        _ => grant.grantee == caller.user_id,
    };
    grant.issuer == caller.user_id
        || grant.retiring == caller.user_id
        || (is_grantee && grant.permits("retire-grant"))
}

fn list(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let page = Page::of(call);
    let (key, rows) = call.db.read(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY_ID)?)?;
        let rows = tx.rows(sql!("select_grants"), &[Value::from(key.id.as_str())])?;
        Ok::<_, Failure>((key, rows))
    })?;
    let size = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    let shown = rows.iter().skip(size(page.offset)).take(size(page.limit));
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    Ok(listed(shown, &page, total)?.on(key.subject()))
}

fn list_retirable(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let caller = call.caller()?;
    let page = Page::of(call);
    // The statements say what `may_retire` says.
    let who = [
        Value::from(caller.user_id.as_str()),
        Value::from(caller.account_id.as_str()),
    ];
    let (rows, total) = call.db.read(|tx| {
        let total = tx.count(sql!("count_retirable_grants"), &who)?;
        let mut values = who.to_vec();
        values.extend([Value::from(page.limit), Value::from(page.offset)]);
        let rows = tx.rows(sql!("select_retirable_grants"), &values)?;
        Ok::<_, Failure>((rows, total))
    })?;
    listed(rows.iter(), &page, total)
}

/// Writes a page of so many grants in all.
fn listed<'a>(
    rows: impl Iterator<Item = &'a Row>,
    page: &Page,
    total: i64,
) -> Result<Reply, Failure> {
    let shown: Vec<_> = rows
        .map(|row| Ok(Grant::of_row(row)?.describe()))
        .collect::<Result<_, Failure>>()?;
    let (next_marker, truncated) = page.next(total);
    Ok(Reply::new(json!({
        "grants": shown,
        "next_marker": next_marker,
        "truncated": truncated,
        "total": total,
    })))
}
