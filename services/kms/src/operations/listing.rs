//! Listing keys, and counting them.

use std::sync::Arc;

use kit::api::{Access, Call, Failure, Method, Operation, Reply, Route};
use kit::db::Value;
use kit::sql;
use serde_json::json;

use super::{ROW, given, text};
use crate::fields::{
    ENTERPRISE_PROJECT, KEY_STATE, LIMIT, MARKER, PROJECT_ID, SEQUENCE, SPEC_FILTER,
    enterprise_project_filter,
};
use crate::key::Key;
use crate::{Kms, access, choices};

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "list-keys",
            summary: "Lists keys, newest first.",
            path: "/v1.0/{project_id}/kms/list-keys",
            takes: &[
                PROJECT_ID.path(),
                SEQUENCE.optional(),
                LIMIT.optional(),
                MARKER.optional(),
                KEY_STATE.optional(),
                SPEC_FILTER.optional(),
                ENTERPRISE_PROJECT.optional(),
            ],
            checks: &[enterprise_project_filter],
            gives: &[
                given("keys", "array"),
                given("key_details", "array"),
                text("next_marker"),
                text("truncated"),
                given("total", "integer"),
            ],
            actions: &["kms:cmk:list"],
            ..ROW
        },
        run: list,
    },
    Route {
        operation: Operation {
            name: "user-instances",
            summary: "Counts the custom keys of the account.",
            method: Method::Get,
            path: "/v1.0/{project_id}/kms/user-instances",
            takes: &[PROJECT_ID.path()],
            gives: &[given("instance_num", "integer")],
            actions: &["kms:cmk:getInstance"],
            access: Access::Project,
            ..ROW
        },
        run: instances,
    },
    Route {
        operation: Operation {
            name: "user-quotas",
            summary: "Shows the account's quotas and how much of each is used.",
            method: Method::Get,
            path: "/v1.0/{project_id}/kms/user-quotas",
            takes: &[PROJECT_ID.path()],
            gives: &[given("quotas", "object")],
            actions: &["kms:cmk:getQuota"],
            ..ROW
        },
        run: quotas,
    },
];

/// A page of a list that is counted from its beginning.
pub(super) struct Page {
    /// Items before it.
    pub(super) offset: i64,
    /// The most items on it.
    pub(super) limit: i64,
}

impl Page {
    /// Reads what page a request asks for.
    pub(super) fn of(call: &Call<'_>) -> Self {
        Self {
            offset: call.args.int(&MARKER).unwrap_or(0),
            limit: call.args.int(&LIMIT).unwrap_or(choices::KEYS_PAGE.0),
        }
    }

    /// The values of `next_marker` and `truncated` when there are so many items in all.
    pub(super) fn next(&self, total: i64) -> (String, &'static str) {
        let end = self.offset.saturating_add(self.limit);
        if end < total {
            (end.to_string(), "true")
        } else {
            (String::new(), "false")
        }
    }
}

fn list(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let page = Page::of(call);
    // An empty text stands for "any" in the statement.
    let filter = |field, any: &str, default: &str| {
        let given = call.args.text(field).unwrap_or(default);
        Value::from(if given == any { "" } else { given })
    };
    let filters = [
        Value::from(call.project_id),
        filter(&KEY_STATE, "", ""),
        filter(&SPEC_FILTER, "ALL", "AES_256"),
        filter(&ENTERPRISE_PROJECT, "all", "all"),
        Value::from(call.now_ms),
    ];
    let (keys, total) = call.db.read(|tx| {
        let total = tx.count(sql!("count_keys"), &filters)?;
        let mut values = filters.to_vec();
        values.extend([Value::from(page.limit), Value::from(page.offset)]);
        let mut keys = Vec::new();
        for row in tx.rows(sql!("list_keys"), &values)? {
            keys.extend(Key::of_row(&row, call.now_ms)?);
        }
        Ok::<_, Failure>((keys, total))
    })?;
    let (next_marker, truncated) = page.next(total);
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    let details: Vec<_> = keys.iter().map(|key| key.describe(call.region)).collect();
    Ok(Reply::new(json!({
        "keys": ids,
        "key_details": details,
        "next_marker": next_marker,
        "truncated": truncated,
        "total": total,
    })))
}

fn count(call: &Call<'_>) -> Result<i64, Failure> {
    let account_id = call.caller()?.account_id.as_str();
    let values = [Value::from(account_id), Value::from(call.now_ms)];
    call.db
        .read(|tx| Ok(tx.count(sql!("count_keys_of_account"), &values)?))
}

fn instances(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    Ok(Reply::new(json!({"instance_num": count(call)?})))
}

fn quotas(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let keys = json!({"type": "CMK", "used": count(call)?, "quota": kms.settings.keys_max});
    let grants = json!({"type": "grant_per_CMK", "used": 0, "quota": choices::GRANTS_MAX});
    Ok(Reply::new(json!({"quotas": {"resources": [keys, grants]}})))
}
