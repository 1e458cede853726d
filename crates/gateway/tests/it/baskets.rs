//! What is ordered, before it is: price lists, quotes, saved orders.

use contracts::orders::{
    AskQuote, DeleteSaved, GetMenu, ListSaved, ListVendors, Menu, PublishMenu, QuoteView, RenameSaved, SaveBasket,
    SavedBaskets, Vendor, Vendors,
};
use contracts::{Principal, Refused, VendorId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::expect_problem;
use crate::orders::order;
use crate::stage::{Stage, expect, user};

const VENDOR: &str = "ven_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f";
const SAVED: &str = "sav_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f";

fn vendor() -> Vendor {
    let vendor_id: VendorId = VENDOR.parse().expect("an id");
    Vendor { vendor_id, store: order().store, open: true }
}

fn menu() -> Menu {
    let items = json!([{ "item_id": "laksa", "name": "Laksa", "price_cents": 620, "available": true }]);
    let menu = json!({ "vendor": vendor(), "items": items, "currency": "sgd", "version": 2 });
    serde_json::from_value(menu).expect("a menu")
}

fn errand() -> Value {
    json!({
        "store": { "name": "The Deck", "location": "Arts canteen" },
        "deliver_to": { "building": "COM1", "room": "02-01" },
        "items": [{ "name": "Rice", "quantity": 2, "price_cents": 445 }],
    })
}

fn picked() -> Value {
    json!({
        "deliver_to": { "building": "COM1", "room": "02-01" },
        "vendor_id": VENDOR,
        "picks": [{ "item_id": "laksa", "quantity": 1 }],
    })
}

/// Quotes whatever is asked, with the store that was asked about.
fn quote(question: AskQuote) -> QuoteView {
    let view = order();
    let quote = json!({
        "customer_id": question.customer_id, "store": question.store, "deliver_to": question.deliver_to,
        "lines": view.lines, "price": view.price, "vendor_id": question.vendor_id,
        "basis": if question.vendor_id.is_some() { "catalogue" } else { "errand" },
        "valid_until": "2026-11-02T12:15:00Z",
    });
    serde_json::from_value(json!({ "sealed": "quo_x", "quote": quote })).expect("a quote")
}

#[tokio::test]
async fn price_lists_are_read_by_everybody_and_set_by_operators() {
    let stage = Stage::open().await;
    stage.answer::<ListVendors>(|_| Ok(Vendors { vendors: vec![vendor()] }));
    stage.answer::<GetMenu>(|_| Ok(menu()));
    let shown = expect(stage.get("ray", "/api/v1/vendors").await, 200).await;
    assert_eq!(shown["vendors"][0]["store"]["name"], "The Deck");
    let path = format!("/api/v1/vendors/{VENDOR}/menu");
    let shown = expect(stage.get("alice", &path).await, 200).await;
    assert_eq!((&shown["items"][0]["item_id"], &shown["version"]), (&json!("laksa"), &json!(2)));
    stage.decide::<PublishMenu>(|_| Ok(Value::Null));
    let new = json!({ "store": errand()["store"], "open": true, "items": shown["items"] });
    assert_eq!(expect(stage.send("olga", Method::PUT, &path, &new).await, 200).await, shown);
    let heard = stage.only::<PublishMenu>();
    assert_eq!(heard.by, Principal::Operator(user("olga")));
    assert_eq!(heard.intent.items[0].price_cents.0, 620);
    expect_problem(stage.send("alice", Method::PUT, &path, &new).await, 403, "forbidden").await;
    stage.decide::<PublishMenu>(|_| Err(Refused::new("bad_menu", "No.")));
    expect_problem(stage.send("olga", Method::PUT, &path, &new).await, 422, "bad_menu").await;
}

#[tokio::test]
async fn a_quote_is_for_an_errand_or_from_a_price_list() {
    let stage = Stage::open().await;
    stage.answer::<AskQuote>(|question| Ok(quote(question)));
    let shown = expect(stage.post("alice", "/api/v1/quotes", &errand()).await, 200).await;
    assert_eq!((&shown["basis"], &shown["buffer_cents"]), (&json!("errand"), &json!(178)));
    assert_eq!((&shown["hold_cents"], &shown["policy"]), (&json!(1_268), &json!(3)));
    let shown = expect(stage.post("alice", "/api/v1/quotes", &picked()).await, 200).await;
    assert_eq!((&shown["basis"], &shown["vendor_id"]), (&json!("catalogue"), &json!(VENDOR)));
    let mut nowhere = picked();
    nowhere["vendor_id"] = Value::Null;
    let problem = expect_problem(stage.post("alice", "/api/v1/quotes", &nowhere).await, 422, "invalid_field").await;
    assert_eq!(problem["pointer"], "/store");
    for code in ["basis_mixed", "vendor_unknown", "vendor_closed", "item_unknown", "item_unavailable"] {
        stage.answer::<AskQuote>(move |_| Err(Refused::new(code, "No.")));
        expect_problem(stage.post("alice", "/api/v1/quotes", &picked()).await, 422, code).await;
    }
}

async fn save(stage: &Stage, body: &Value) -> reqwest::Response {
    let request = stage.call("alice", Method::POST, "/api/v1/saved-orders").await.header("idempotency-key", "s-1");
    request.json(body).send().await.expect("sent")
}

#[tokio::test]
async fn a_basket_is_saved_once_per_key() {
    let stage = Stage::open().await;
    stage.decide::<SaveBasket>(|_| Ok(Value::Null));
    let body = json!({ "name": "Friday", "basket": errand() });
    let first = expect(save(&stage, &body).await, 201).await;
    assert_eq!(expect(save(&stage, &body).await, 201).await, first);
    let heard = stage.only::<SaveBasket>();
    assert_eq!(json!(heard.intent.saved_id), first["saved_id"]);
    assert_eq!(heard.intent.user_id, user("alice"));
    assert_eq!(heard.intent.basket.items[0].quantity, 2);
    let answer = stage.post("alice", "/api/v1/saved-orders", &body).await;
    expect_problem(answer, 400, "idempotency_key_required").await;
}

#[tokio::test]
async fn a_saved_basket_names_the_vendors_store() {
    let stage = Stage::open().await;
    let body = json!({ "name": "Friday", "basket": picked() });
    let problem = expect_problem(save(&stage, &body).await, 422, "vendor_unknown").await;
    assert_eq!(problem["pointer"], "/basket/vendor_id");
    stage.answer::<GetMenu>(|_| Ok(menu()));
    stage.decide::<SaveBasket>(|_| Err(Refused::new("too_many_saved", "No.")));
    expect_problem(save(&stage, &body).await, 409, "too_many_saved").await;
    assert_eq!(stage.only::<SaveBasket>().intent.basket.store, vendor().store);
    let mut wrong = body;
    wrong["basket"]["picks"][0]["item_id"] = json!("\u{1}");
    let problem = expect_problem(save(&stage, &wrong).await, 422, "invalid_field").await;
    assert_eq!(problem["pointer"], "/basket/picks/0/item_id");
}

#[tokio::test]
async fn saved_orders_are_listed_renamed_priced_again_and_thrown_away() {
    let stage = Stage::open().await;
    stage.answer::<ListSaved>(|question| {
        let mut basket = errand();
        basket["tip_cents"] = json!(50);
        let saved = json!([{ "saved_id": SAVED, "name": "Friday", "at": "2026-11-01T12:00:00Z", "basket": basket }]);
        let saved = if question.user_id == user("alice") { saved } else { json!([]) };
        Ok(serde_json::from_value::<SavedBaskets>(json!({ "saved": saved })).expect("baskets"))
    });
    let shown = expect(stage.get("alice", "/api/v1/saved-orders").await, 200).await;
    assert_eq!(shown["saved_orders"][0]["basket"]["tip_cents"], 50);
    let path = format!("/api/v1/saved-orders/{SAVED}");
    stage.answer::<AskQuote>(|question| Ok(quote(question)));
    let quoted = expect(stage.post("alice", &format!("{path}/quote"), &Value::Null).await, 200).await;
    assert_eq!(quoted["quote_id"], "quo_x");
    expect_problem(stage.post("bob", &format!("{path}/quote"), &Value::Null).await, 404, "not_found").await;
    stage.decide::<RenameSaved>(|_| Ok(Value::Null));
    expect(stage.send("alice", Method::PATCH, &path, &json!({ "name": " Monday " })).await, 204).await;
    assert_eq!(stage.only::<RenameSaved>().intent.name.as_str(), "Monday");
    expect_problem(stage.send("alice", Method::DELETE, &path, &Value::Null).await, 404, "not_found").await;
    stage.decide::<DeleteSaved>(|_| Ok(Value::Null));
    expect(stage.send("alice", Method::DELETE, &path, &Value::Null).await, 204).await;
}
