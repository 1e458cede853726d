//! Who may call what: every operation of the description, by everybody. A new one without a row here fails.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stage::Stage;

/// Who gets in. The first letter of each: nobody, customer, runner, operator, finance.
pub(crate) type Row = (&'static str, &'static str, &'static str);

const EVERYBODY: &str = "ncrof";
const SIGNED_IN: &str = "crof";
const CUSTOMERS: &str = "c";
const RUNNERS: &str = "r";
const OPERATORS: &str = "o";
const OFFICE: &str = "of";

/// Who may, as far as roles go. Whose it is, is the owner's to say.
#[rustfmt::skip]
pub(crate) const MATRIX: &[Row] = &[
    ("GET",    "/healthz",                                 EVERYBODY),
    ("GET",    "/readyz",                                  EVERYBODY),
    ("GET",    "/.well-known/jwks.json",                   EVERYBODY),
    ("POST",   "/webhooks/stripe",                         EVERYBODY),
    ("POST",   "/webhooks/clerk",                          EVERYBODY),
    ("GET",    "/api/v1/config",                           EVERYBODY),
    ("GET",    "/api/v1/policy",                           EVERYBODY),
    ("POST",   "/api/v1/dev/sign-in",                      EVERYBODY),
    ("GET",    "/api/v1/me",                               SIGNED_IN),
    ("PUT",    "/api/v1/me/preferences",                   SIGNED_IN),
    ("GET",    "/api/v1/notifications",                    SIGNED_IN),
    ("POST",   "/api/v1/notifications/read",               SIGNED_IN),
    ("GET",    "/api/v1/stream",                           SIGNED_IN),
    ("GET",    "/api/v1/vendors",                          SIGNED_IN),
    ("GET",    "/api/v1/vendors/{id}/menu",                SIGNED_IN),
    ("PUT",    "/api/v1/vendors/{id}/menu",                OPERATORS),
    ("POST",   "/api/v1/quotes",                           CUSTOMERS),
    ("GET",    "/api/v1/saved-orders",                     SIGNED_IN),
    ("POST",   "/api/v1/saved-orders",                     CUSTOMERS),
    ("PATCH",  "/api/v1/saved-orders/{id}",                SIGNED_IN),
    ("DELETE", "/api/v1/saved-orders/{id}",                SIGNED_IN),
    ("POST",   "/api/v1/saved-orders/{id}/quote",          CUSTOMERS),
    ("GET",    "/api/v1/orders",                           SIGNED_IN),
    ("POST",   "/api/v1/orders",                           CUSTOMERS),
    ("GET",    "/api/v1/orders/{id}",                      SIGNED_IN),
    ("GET",    "/api/v1/orders/{id}/receipt",              SIGNED_IN),
    ("POST",   "/api/v1/orders/{id}/cancel",               SIGNED_IN),
    ("POST",   "/api/v1/orders/{id}/answer",               SIGNED_IN),
    ("POST",   "/api/v1/orders/{id}/confirm",              SIGNED_IN),
    ("POST",   "/api/v1/orders/{id}/problem",              SIGNED_IN),
    ("POST",   "/api/v1/orders/{id}/rate",                 SIGNED_IN),
    ("POST",   "/api/v1/orders/{id}/tip",                  SIGNED_IN),
    ("GET",    "/api/v1/offers",                           RUNNERS),
    ("POST",   "/api/v1/orders/{id}/accept",               RUNNERS),
    ("POST",   "/api/v1/orders/{id}/advance",              SIGNED_IN),
    ("POST",   "/api/v1/orders/{id}/withdraw",             SIGNED_IN),
    ("POST",   "/api/v1/orders/{id}/propose",              SIGNED_IN),
    ("POST",   "/api/v1/orders/{id}/arrive",               SIGNED_IN),
    ("GET",    "/api/v1/payment-methods",                  SIGNED_IN),
    ("POST",   "/api/v1/payment-methods/setup",            CUSTOMERS),
    ("DELETE", "/api/v1/payment-methods/{id}",             SIGNED_IN),
    ("PUT",    "/api/v1/payment-methods/{id}/default",     SIGNED_IN),
    ("GET",    "/api/v1/payout-account",                   SIGNED_IN),
    ("POST",   "/api/v1/payout-account",                   RUNNERS),
    ("GET",    "/api/v1/wallet",                           SIGNED_IN),
    ("GET",    "/api/v1/dashboard",                        SIGNED_IN),
    ("POST",   "/api/v1/ops/orders/{id}/cancel",           OPERATORS),
    ("POST",   "/api/v1/ops/orders/{id}/resolve",          OPERATORS),
    ("POST",   "/api/v1/ops/orders/{id}/refund",           OFFICE),
    ("GET",    "/api/v1/ops/orders/{id}/audit",            OFFICE),
    ("GET",    "/api/v1/ops/orders/{id}/log",              OFFICE),
    ("GET",    "/api/v1/ops/audit",                        OFFICE),
    ("GET",    "/api/v1/ops/tasks",                        OFFICE),
    ("GET",    "/api/v1/ops/audit-log",                    OFFICE),
    ("GET",    "/api/v1/ops/parked",                       OPERATORS),
    ("GET",    "/api/v1/ops/parked/{id}",                  OPERATORS),
    ("POST",   "/api/v1/ops/parked/{id}/redrive",          OPERATORS),
    ("POST",   "/api/v1/ops/parked/{id}/discard",          OPERATORS),
    ("POST",   "/api/v1/ops/parked/redrive",               OPERATORS),
    ("POST",   "/api/v1/ops/parked/discard",               OPERATORS),
    ("POST",   "/api/v1/ops/reconciliations",              OFFICE),
    ("GET",    "/api/v1/ops/reconciliations",              OFFICE),
    ("GET",    "/api/v1/ops/reconciliations/{id}",         OFFICE),
    ("POST",   "/api/v1/ops/users/{id}/suspend",           OPERATORS),
    ("POST",   "/api/v1/ops/users/{id}/reinstate",         OPERATORS),
];

/// Nobody, and one person per role.
pub(crate) const CALLERS: [(char, Option<&str>); 5] =
    [('n', None), ('c', Some("alice")), ('r', Some("ray")), ('o', Some("olga")), ('f', Some("fay"))];

/// Something that has this shape, so that it is the caller and not the body that is refused.
fn example(document: &Value, schema: &Value) -> Value {
    let reference = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    if let Some(name) = reference.and_then(|name| name.rsplit('/').next()) {
        return example(document, &document["components"]["schemas"][name]);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|names| names.first()) {
        return first.clone();
    }
    match schema["type"].as_str().unwrap_or("object") {
        "object" => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = required.iter().filter_map(Value::as_str);
            fields.map(|name| (name.to_owned(), example(document, &schema["properties"][name]))).collect()
        }
        "array" if schema["minItems"].as_u64().is_some_and(|least| least > 0) => {
            json!([example(document, &schema["items"])])
        }
        "array" => json!([]),
        "integer" => schema["minimum"].as_f64().map_or(json!(1), |least| json!(least as i64)),
        "boolean" => json!(true),
        _ => schema["pattern"].as_str().map_or(json!("x"), id),
    }
}

/// `^ord_[0-9a-f]{32}$` → an id.
fn id(pattern: &str) -> Value {
    let prefix = pattern.trim_start_matches('^').split('[').next().unwrap_or_default();
    json!(format!("{prefix}{}", "0".repeat(32)))
}

pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

pub(crate) fn operation(document: &Value, method: &str, path: &str) -> Operation {
    let there = &document["paths"][path][method.to_lowercase()];
    let parameters = there["parameters"].as_array().cloned().unwrap_or_default();
    let named = parameters.iter().find(|parameter| parameter["in"] == "path");
    let value = named.map(|parameter| id(parameter["schema"]["pattern"].as_str().unwrap_or_default()));
    let value = value.as_ref().and_then(Value::as_str).unwrap_or_default().replace(['+', '$', '^'], "");
    let schema = &there["requestBody"]["content"]["application/json"]["schema"];
    Operation {
        method: Method::from_bytes(method.as_bytes()).expect("a method"),
        path: path.replace("{id}", &value),
        body: (!schema.is_null()).then(|| example(document, schema)),
    }
}

#[test]
fn every_operation_has_a_row() {
    let document: Value = serde_json::from_str(&gateway::openapi_json()).expect("JSON");
    let described: BTreeSet<(String, &str)> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().expect("methods").keys().map(move |method| (method.to_uppercase(), path.as_str()))
        })
        .collect();
    let rows: BTreeSet<(String, &str)> = MATRIX.iter().map(|(method, path, _)| ((*method).to_owned(), *path)).collect();
    let missing: Vec<_> = described.difference(&rows).collect();
    let outdated: Vec<_> = rows.difference(&described).collect();
    assert!(
        missing.is_empty() && outdated.is_empty(),
        "without a row: {missing:?}; without an operation: {outdated:?}"
    );
    assert_eq!(rows.len(), MATRIX.len(), "a row is there twice");
}

#[tokio::test]
async fn everybody_gets_in_where_the_matrix_says_and_nowhere_else() {
    let stage = Stage::open_with(|config| config.with("gateway.rate_per_second", 0)).await;
    let document: Value = serde_json::from_str(&gateway::openapi_json()).expect("JSON");
    let mut wrong = Vec::new();
    for (letter, person) in CALLERS {
        let token = match person {
            Some(person) => Some(stage.desk.token(person).await),
            None => None,
        };
        for (method, path, who) in MATRIX {
            let Operation { method, path, body } = operation(&document, method, path);
            let mut request =
                stage.desk.call(method.clone(), &path).header("idempotency-key", "k").header("prefer", "wait=1");
            if let Some(token) = &token {
                request = request.bearer_auth(token);
            }
            if let Some(body) = &body {
                request = request.json(body);
            }
            let answer = request.send().await.expect("sent");
            let status = answer.status();
            let expected = match (who.contains(letter), letter) {
                (true, _) => !status.is_server_error() && ![401, 403].contains(&status.as_u16()),
                (false, 'n') => status == StatusCode::UNAUTHORIZED,
                (false, _) => status == StatusCode::FORBIDDEN,
            };
            if !expected {
                let event_stream = answer.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
                let text = if event_stream { String::new() } else { answer.text().await.expect("a body") };
                wrong.push(format!("{letter} {method} {path}: {status} {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
