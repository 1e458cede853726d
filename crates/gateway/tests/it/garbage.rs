//! Fuzz targets over HTTP: bodies, webhooks, cursors, quotes and headers that are nearly right. Every answer is documented,
//! none is our own fault, and the gateway goes on.

use contracts::payments::Reconcile;
use futures::StreamExt;
use fuzz::{altered, bytes_near, drawn, text};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use proptest::prelude::*;
use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use standardwebhooks::Webhook;

use crate::desk::noon;
use crate::issuer::{Issuer, SECRET, sent, user};
use crate::matrix::{CALLERS, MATRIX, Operation, operation};
use crate::stage::Stage;

/// Bodies per operation, webhooks per kind, values per header.
const PER_TARGET: u32 = 25;
/// How many requests are under way at once.
const AT_ONCE: usize = 16;

/// Sends it, and says what is wrong with the answer if it is none of `documented`.
async fn check(what: String, request: RequestBuilder, documented: Vec<u16>) -> Option<String> {
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap_or_default().to_owned());
    let is_problem = kind.as_deref() == Some("application/problem+json");
    if documented.contains(&status.as_u16()) && is_problem == (status.as_u16() >= 400) {
        return None;
    }
    // An event stream has no end.
    let said = if status == StatusCode::OK { String::new() } else { answer.text().await.unwrap_or_default() };
    Some(format!("{what}: {status} {kind:?} {}", said.chars().take(300).collect::<String>()))
}

/// Everything that is wrong with the answers.
async fn wrong<F: Future<Output = Option<String>>>(requests: Vec<F>) -> Vec<String> {
    let answers = futures::stream::iter(requests).buffer_unordered(AT_ONCE);
    answers.filter_map(async |answer| answer).collect().await
}

/// The statuses that the description has for an operation, without those that would be our own fault.
fn documented(document: &Value, method: &str, path: &str) -> Vec<u16> {
    let answers = &document["paths"][path][method.to_lowercase()]["responses"];
    let statuses = answers.as_object().into_iter().flatten().filter_map(|(status, _)| status.parse().ok());
    statuses.filter(|status| *status < 500).collect()
}

#[tokio::test]
async fn every_body_has_a_documented_answer() {
    let stage = Stage::open_with(|config| config.with("gateway.rate_per_second", 0)).await;
    // The stage knows nobody and nothing; whoever asks for a comparison asks about nothing that would have to be known.
    stage.decide::<Reconcile>(|_| Ok(Value::Null));
    let document: Value = serde_json::from_str(&gateway::openapi_json()).expect("JSON");
    let mut requests = Vec::new();
    for (method, path, who) in MATRIX {
        let expected = documented(&document, method, path);
        let caller = CALLERS.iter().find(|(letter, person)| person.is_some() && who.contains(*letter));
        let token = stage.desk.token(caller.and_then(|(_, person)| *person).expect("somebody")).await;
        let Operation { method, path, body } = operation(&document, method, path);
        let Some(body) = body.filter(|_| !path.starts_with("/webhooks")) else { continue };
        for bytes in drawn(PER_TARGET, &bytes_near(body)) {
            let what = format!("{method} {path} {}", String::from_utf8_lossy(&bytes));
            let request = stage.desk.call(method.clone(), &path).bearer_auth(&token).header("prefer", "wait=1");
            let key = format!("key-{}", requests.len());
            let request = request.header("idempotency-key", key).header("content-type", "application/json").body(bytes);
            requests.push(check(what, request, expected.clone()));
        }
    }
    assert!(requests.len() > 400, "{} requests", requests.len());
    let wrong = wrong(requests).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Objects of Stripe's as its webhooks bring them, as far as anybody reads them.
fn stripe_events() -> Vec<Value> {
    let metadata = json!({ "order_id": "ord_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f", "user_id": "usr_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f" });
    let intent = json!({
        "id": "pi_1", "amount_capturable": 1_268, "amount_received": 1_268, "latest_charge": "ch_1", "metadata": metadata,
        "cancellation_reason": "abandoned", "last_payment_error": { "code": "card_declined", "message": "No." },
    });
    let about_charge =
        json!({ "id": "re_1", "amount": 200, "status": "succeeded", "payment_intent": "pi_1", "metadata": metadata });
    let transfer =
        json!({ "id": "tr_1", "metadata": metadata, "reversals": { "data": [{ "id": "trr_1", "amount": 200 }] } });
    let session = json!({ "mode": "setup", "client_reference_id": metadata["user_id"], "setup_intent": "seti_1" });
    let account = json!({ "id": "acct_1", "capabilities": { "transfers": "active" }, "metadata": metadata });
    let kinds = [
        ("payment_intent.amount_capturable_updated", &intent),
        ("payment_intent.payment_failed", &intent),
        ("payment_intent.canceled", &intent),
        ("payment_intent.succeeded", &intent),
        ("refund.created", &about_charge),
        ("charge.dispute.created", &about_charge),
        ("transfer.reversed", &transfer),
        ("checkout.session.completed", &session),
        ("account.updated", &account),
    ];
    let event = |(kind, object): &(&str, &Value)| json!({ "id": "evt_1", "type": kind, "created": 1_793_620_000, "data": { "object": object } });
    kinds.iter().map(event).collect()
}

#[tokio::test]
async fn whatever_stripe_has_signed_is_taken_or_refused() {
    let stage = Stage::open_with(|config| config.with("gateway.rate_per_second", 0)).await;
    let mut requests = Vec::new();
    for event in stripe_events() {
        for bytes in drawn(PER_TARGET, &bytes_near(event)) {
            let at = noon().as_second();
            let mac = Hmac::<Sha256>::new_from_slice(b"whsec_campusg_sandbox").expect("a key");
            let mac = mac.chain_update(format!("{at}.")).chain_update(&bytes).finalize().into_bytes();
            let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
            let what = format!("stripe {}", String::from_utf8_lossy(&bytes));
            let request = stage.desk.post("/webhooks/stripe").header("stripe-signature", format!("t={at},v1={hex}"));
            requests.push(check(what, request.body(bytes), vec![204, 400, 413]));
        }
    }
    for signature in drawn(4 * PER_TARGET, &prop_oneof![text(), "(t=[0-9]{0,20},?|v1=[0-9a-fé]{60,66},?){0,4}"]) {
        let Ok(header) = HeaderValue::from_bytes(signature.as_bytes()) else { continue };
        let request = stage.desk.post("/webhooks/stripe").header("stripe-signature", header).body("{}");
        requests.push(check(format!("signature {signature}"), request, vec![400]));
    }
    let wrong = wrong(requests).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn whatever_clerk_has_signed_is_taken_or_refused() {
    let issuer = Issuer::open().await;
    let desk = issuer.desk().await;
    let webhook = Webhook::new(SECRET).expect("a secret");
    let mut requests = Vec::new();
    for kind in ["user.created", "user.updated", "user.deleted", "session.created"] {
        let sample = serde_json::from_str(&user(kind, "user_1", noon(), &json!({}))).expect("JSON");
        for value in drawn(PER_TARGET, &altered(sample)) {
            let (body, id) = (value.to_string(), format!("msg_{}", requests.len()));
            let signature = webhook.sign(&id, noon().as_second(), body.as_bytes()).expect("a signature");
            let request = sent(&desk, &id, noon(), &body, &signature);
            // There is no broker here: what is good is to be delivered again.
            requests.push(check(format!("clerk {body}"), request, vec![204, 400, 413, 503]));
        }
    }
    for signature in drawn(2 * PER_TARGET, &prop_oneof![text(), "(v1,[A-Za-z0-9+/=]{0,50} ?){0,4}"]) {
        if HeaderValue::from_bytes(signature.as_bytes()).is_ok() {
            let request = sent(&desk, "msg_1", noon(), "{}", &signature);
            requests.push(check(format!("signature {signature}"), request, vec![400]));
        }
    }
    let wrong = wrong(requests).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_header_and_every_cursor_has_a_documented_answer() {
    let stage = Stage::open_with(|config| config.with("gateway.rate_per_second", 0)).await;
    let alice = stage.desk.token("alice").await;
    let mut requests = Vec::new();
    for typed in drawn(4 * PER_TARGET, &prop_oneof![text(), "[0-9]{1,22}", "wait=[0-9]{0,25}", "Bearer [ -~]{0,60}"]) {
        let get = |path: &str| stage.desk.get(path);
        let query = |path: &str, name: &str| {
            let written: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
            get(&format!("{path}?{name}={written}"))
        };
        let mut add = |what: &str, request: RequestBuilder, expected: &[u16]| {
            requests.push(check(format!("{what} {typed:?}"), request, expected.to_vec()));
        };
        add("orders", query("/api/v1/orders", "cursor").bearer_auth(&alice), &[200, 400, 404]);
        add("orders", query("/api/v1/orders", "q").bearer_auth(&alice), &[400, 404]);
        add("wallet", query("/api/v1/wallet", "cursor").bearer_auth(&alice), &[400, 404]);
        add("stream", query("/api/v1/stream", "access_token"), &[401]);
        let Ok(header) = HeaderValue::from_bytes(typed.as_bytes()) else { continue };
        let listen = get("/api/v1/stream").bearer_auth(&alice).header("last-event-id", header.clone());
        add("last event", listen, &[200, 400]);
        add("token", get("/api/v1/me").header("authorization", header.clone()), &[401]);
        let cancel = stage.desk.call(Method::POST, "/api/v1/orders/ord_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f/cancel");
        let cancel = cancel.bearer_auth(&alice).header("prefer", header.clone()).header("idempotency-key", header);
        add("key", cancel, &[400, 404, 422]);
    }
    let wrong = wrong(requests).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
