//! The OpenAPI document, made of the operation tables.

use kit::api::{Access, Kind, Member, Operation, Place, Service as _};
use serde_json::{Map, Value, json};
use trace::Names;

use crate::keys::Keys;

/// Writes the document of all services as JSON.
pub(crate) fn document() -> String {
    let tables = [
        ("KMS", kms::operations()),
        ("IAM", iam::operations::rows()),
        ("CTS", trace::cts_service(Names::default()).operations()),
        ("CES", trace::ces_service(Box::new(Keys)).operations()),
    ];
    let mut paths = Map::new();
    for (service, operations) in tables {
        for operation in operations {
            let path = paths
                .entry(operation.path)
                .or_insert_with(|| Value::Object(Map::new()));
            let method = operation.method.name().to_ascii_lowercase();
            path[method] = describe(service, operation);
        }
    }
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Dew", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "components": {"securitySchemes": {
            "signature": {"type": "apiKey", "in": "header", "name": "Authorization"},
            "token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"},
        }},
    });
    format!("{document:#}")
}

fn describe(service: &str, operation: &Operation) -> Value {
    let at = |place: Place| {
        let members = operation.takes.iter();
        members.filter(move |member| member.place == place)
    };
    let parameters: Vec<Value> = at(Place::Path)
        .map(|member| parameter(member, "path"))
        .chain(at(Place::Query).map(|member| parameter(member, "query")))
        .collect();
    let gives: Map<String, Value> = operation
        .gives
        .iter()
        .map(|given| (given.name.to_owned(), json!({"type": given.form})))
        .collect();
    let mut answer = json!({"description": "done"});
    if operation.status != 204 {
        answer["content"] = content(&json!({"type": "object", "properties": gives}));
    }
    let mut row = json!({
        "operationId": format!("{}-{}", service.to_ascii_lowercase(), operation.name),
        "tags": [service],
        "summary": operation.summary,
        "parameters": parameters,
        "responses": {operation.status.to_string(): answer},
        "x-dew-actions": operation.actions,
    });
    if let Some(audit) = operation.audit {
        row["x-dew-trace"] = audit.name.into();
    }
    row["security"] = match operation.access {
        Access::Open | Access::Optional => json!([]),
        Access::Caller | Access::Project => json!([{"signature": []}, {"token": []}]),
    };
    let body: Vec<&Member> = at(Place::Body).collect();
    if !body.is_empty() {
        row["requestBody"] = json!({"content": content(&body_schema(&body))});
    }
    row
}

fn content(schema: &Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

fn parameter(member: &Member, place: &str) -> Value {
    json!({
        "name": member.field.name,
        "in": place,
        "required": member.required,
        "schema": schema(&member.field.kind),
    })
}

fn body_schema(members: &[&Member]) -> Value {
    let properties: Map<String, Value> = members
        .iter()
        .map(|member| (member.field.name.to_owned(), schema(&member.field.kind)))
        .collect();
    let required: Vec<&str> = members
        .iter()
        .filter(|member| member.required)
        .map(|member| member.field.name)
        .collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn schema(kind: &Kind) -> Value {
    match kind {
        Kind::Any => json!({}),
        Kind::Base64 { .. } => json!({"type": "string", "format": "byte"}),
        Kind::Choice(choices) => json!({"type": "string", "enum": choices}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Hex { min, max } => {
            json!({"type": "string", "pattern": "^([0-9a-fA-F]{2})*$", "minLength": 2 * min, "maxLength": 2 * max})
        }
        Kind::Int { min, max } => json!({"oneOf": [
            {"type": "integer", "format": "int64", "minimum": min, "maximum": max},
            {"type": "string", "pattern": "^-?[0-9]{1,19}$"},
        ]}),
        Kind::List { of, min, max } => {
            json!({"type": "array", "items": schema(of), "minItems": min, "maxItems": max})
        }
        Kind::Object => json!({"type": "object"}),
        Kind::Text { min, max, of } => json!({
            "type": "string",
            "minLength": min,
            "maxLength": max,
            "pattern": format!("^{}*$", of.class),
        }),
        Kind::Uuid => json!({
            "type": "string",
            "pattern": "^[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}$",
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    #[test]
    fn the_checked_in_document_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let kept = fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept.trim_end() == super::document(),
            "write it anew: dew-server openapi > docs/openapi.json"
        );
    }
}
