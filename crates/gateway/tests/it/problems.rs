//! Whatever goes wrong is a problem in the sense of RFC 9457, with a code that programs can go by.

use chassis::Sealer;
use contracts::catalogue::Sample;
use contracts::orders::AskQuote;
use contracts::quote::{Basis, Price, Quote};
use contracts::{Cents, Currency, UserId};
use jiff::SignedDuration;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::desk::{Desk, SEAL_KEY, expect_problem, noon};

fn basket() -> Value {
    json!({
        "store": { "name": "The Deck", "location": "Arts canteen" },
        "deliver_to": { "building": "COM1", "room": "02-01" },
        "items": [{ "name": "Chicken rice", "quantity": 2, "price_cents": 445 }],
    })
}

async fn ask_quote(desk: &Desk, body: &Value) -> Response {
    let alice = desk.token("alice").await;
    desk.post("/api/v1/quotes").bearer_auth(alice).json(body).send().await.expect("sent")
}

fn sealed(customer: &str, minutes: i64) -> String {
    let ask = AskQuote::sample();
    let zero = Cents(0);
    let quote = json!(Quote {
        customer_id: UserId::of_subject("dev", customer),
        store: ask.store,
        deliver_to: ask.deliver_to,
        lines: vec![],
        price: Price {
            items_cents: zero,
            delivery_fee_cents: zero,
            tip_cents: zero,
            platform_fee_cents: zero,
            total_cents: zero,
            payout_cents: zero,
            currency: Currency::Sgd,
            buffer_cents: zero,
            policy: 1,
        },
        basis: Basis::Errand,
        vendor_id: None,
        valid_until: noon() + SignedDuration::from_mins(minutes),
    });
    Sealer::from_hex(SEAL_KEY).expect("a key").seal("quo", &quote).expect("sealed")
}

async fn place(desk: &Desk, quote_id: &str) -> Response {
    let alice = desk.token("alice").await;
    let request = desk.post("/api/v1/orders").bearer_auth(alice).header("idempotency-key", "k-1");
    request.json(&json!({ "quote_id": quote_id })).send().await.expect("sent")
}

#[tokio::test]
async fn an_unknown_route_is_not_found() {
    let desk = Desk::open().await;
    for path in ["/nowhere", "/api/v1", "/api/v1/orders/", "/api/v1/orders/x/y/z", "//", "/%ff"] {
        expect_problem(desk.get(path).send().await.expect("sent"), 404, "not_found").await;
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let desk = Desk::open().await;
    let answer = desk.call(Method::DELETE, "/api/v1/orders").send().await.expect("sent");
    assert_eq!(answer.headers()["allow"], "GET, POST, HEAD");
    expect_problem(answer, 405, "method_not_allowed").await;
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let desk = Desk::open().await;
    for body in ["", "{", "{\"person\": \"alice\"", "\u{0}", "{\"person\": 1e999}"] {
        let request = desk.post("/api/v1/dev/sign-in").header("content-type", "application/json").body(body);
        expect_problem(request.send().await.expect("sent"), 400, "malformed_json").await;
    }
}

#[tokio::test]
async fn another_content_type_is_not_read() {
    let desk = Desk::open().await;
    let request = desk.post("/api/v1/dev/sign-in").header("content-type", "text/plain").body("{}");
    expect_problem(request.send().await.expect("sent"), 415, "unsupported_media_type").await;
    let request = desk.post("/api/v1/dev/sign-in").body("{}");
    expect_problem(request.send().await.expect("sent"), 415, "unsupported_media_type").await;
}

#[tokio::test]
async fn too_large_a_body_is_not_read() {
    let desk = Desk::open().await;
    let body = json!({ "person": "x".repeat(64 * 1024) });
    let answer = desk.post("/api/v1/dev/sign-in").json(&body).send().await.expect("sent");
    expect_problem(answer, 413, "too_large").await;
}

#[tokio::test]
async fn a_wrong_field_is_pointed_at() {
    let desk = Desk::open().await;
    for (pointer, wrong) in [
        ("/store/name", json!(" ")),
        ("/store/name", json!("a\nb")),
        ("/store/name", json!("x".repeat(101))),
        ("/store/name", json!(7)),
        ("/deliver_to/room", Value::Null),
        ("/items", json!("rice")),
        ("/items/0/name", json!("\t")),
        ("/items/0/price_cents", json!(-1)),
        ("/items/0/price_cents", json!(4.45)),
        ("/items/0/quantity", json!(4_294_967_296_u64)),
    ] {
        let mut basket = basket();
        *basket.pointer_mut(pointer).expect("a field") = wrong;
        let problem = expect_problem(ask_quote(&desk, &basket).await, 422, "invalid_field").await;
        assert_eq!(problem["pointer"], pointer, "{problem}");
    }
    let mut basket = basket();
    basket["deliver_to"]["note"] = json!("x".repeat(201));
    let problem = expect_problem(ask_quote(&desk, &basket).await, 422, "invalid_field").await;
    assert_eq!(problem["pointer"], "/deliver_to/note");
    let problem = expect_problem(ask_quote(&desk, &json!([])).await, 422, "invalid_field").await;
    assert_eq!(problem["pointer"], "");
}

#[tokio::test]
async fn a_wrong_parameter_is_named() {
    let desk = Desk::open().await;
    let alice = desk.token("alice").await;
    for query in ["limit=0", "limit=101", "limit=x", "role=chef", "status=created", "cursor="] {
        let request = desk.get(&format!("/api/v1/orders?{query}")).bearer_auth(&alice);
        let problem = expect_problem(request.send().await.expect("sent"), 400, "invalid_parameter").await;
        let name = query.split('=').next().expect("a name");
        assert!(problem["detail"].as_str().expect("a detail").contains(name), "{problem}");
    }
}

#[tokio::test]
async fn an_id_that_cannot_be_is_not_found() {
    let desk = Desk::open().await;
    let alice = desk.token("alice").await;
    for id in ["x", "ord_*", "ord_0198C2F6A1B37C3E8D5F6A7B8C9D0E1F", "usr_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f"] {
        let answer = desk.get(&format!("/api/v1/orders/{id}")).bearer_auth(&alice).send().await.expect("sent");
        expect_problem(answer, 404, "not_found").await;
    }
}

#[tokio::test]
async fn placing_needs_a_proper_key() {
    let desk = Desk::open().await;
    let alice = desk.token("alice").await;
    let request = || desk.post("/api/v1/orders").bearer_auth(&alice).json(&json!({ "quote_id": "quo_x" }));
    expect_problem(request().send().await.expect("sent"), 400, "idempotency_key_required").await;
    let long = "k".repeat(201);
    for key in ["", "two words", "k\u{e9}", long.as_str()] {
        let answer = request().header("idempotency-key", key.as_bytes()).send().await.expect("sent");
        expect_problem(answer, 400, "bad_idempotency_key").await;
    }
    let answer = request().header("idempotency-key", "a").header("idempotency-key", "b").send().await.expect("sent");
    expect_problem(answer, 400, "bad_idempotency_key").await;
}

#[tokio::test]
async fn a_quote_is_looked_at_before_anything_is_stored() {
    let desk = Desk::open().await;
    for broken in ["x", "quo_", "quo_e30.AAAA", &sealed("alice", 5).replacen("quo_e", "quo_f", 1)] {
        let problem = expect_problem(place(&desk, broken).await, 422, "bad_quote").await;
        assert_eq!(problem["pointer"], "/quote_id");
    }
    expect_problem(place(&desk, &sealed("bob", 5)).await, 403, "not_your_quote").await;
    // A good one gets as far as the broker, which is away.
    expect_problem(place(&desk, &sealed("alice", 5)).await, 503, "broker_away").await;
}

#[tokio::test]
async fn without_a_broker_clients_are_told_to_come_back() {
    let desk = Desk::open().await;
    let ray = desk.token("ray").await;
    expect_problem(ask_quote(&desk, &basket()).await, 503, "broker_away").await;
    let order = "/api/v1/orders/ord_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f";
    for path in ["/api/v1/orders", order, "/api/v1/offers"] {
        expect_problem(desk.get(path).bearer_auth(&ray).send().await.expect("sent"), 503, "broker_away").await;
    }
    for step in ["accept", "cancel"] {
        let answer = desk.post(&format!("{order}/{step}")).bearer_auth(&ray).send().await.expect("sent");
        expect_problem(answer, 503, "broker_away").await;
    }
    let request = desk.post(&format!("{order}/advance")).bearer_auth(&ray).json(&json!({ "to": "PLACED" }));
    expect_problem(request.send().await.expect("sent"), 503, "broker_away").await;
}
