//! Which versions of the contract this server speaks.

use std::sync::Arc;

use kit::api::{ANY_TEXT, Access, Call, Failure, Field, Kind, Method, Operation, Reply, Route};
use serde_json::{Value, json};

use super::{ROW, given};
use crate::Kms;

const VERSION: Field = Field::new(
    "version_id",
    Kind::Text {
        min: 1,
        max: 8,
        of: ANY_TEXT,
    },
    201,
);

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "list-versions",
            summary: "Lists the versions of the contract.",
            method: Method::Get,
            path: "/",
            gives: &[given("versions", "array")],
            access: Access::Open,
            ..ROW
        },
        run: |_, call| Ok(Reply::new(json!({"versions": [version(call)]}))),
    },
    Route {
        operation: Operation {
            name: "show-version",
            summary: "Shows a version of the contract.",
            method: Method::Get,
            path: "/{version_id}",
            takes: &[VERSION.path()],
            gives: &[given("version", "object")],
            access: Access::Open,
            ..ROW
        },
        run: show,
    },
];

/// The one version that there is.
fn version(call: &Call<'_>) -> Value {
    json!({
        "id": "v1.0",
        "links": [{
            "href": format!("{}://{}/v1.0/", call.origin.scheme, call.origin.host),
            "rel": "self",
        }],
        "version": "",
        "status": "CURRENT",
        "updated": "2016-10-29T00:00:00Z",
        "min_version": "",
    })
}

fn show(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    if call.args.need(&VERSION)? == "v1.0" {
        Ok(Reply::new(json!({"version": version(call)})))
    } else {
        Err(Failure::refused(216))
    }
}
