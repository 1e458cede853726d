//! A cardholder asks the bank for the money.

use reqwest::Method;
use serde_json::json;

use crate::client::Client;

#[tokio::test]
async fn the_disputed_card_is_disputed_as_soon_as_the_money_is_taken() {
    let client = Client::new().await;
    let hold = client.hold("pm_card_createDispute", "1250").await;
    assert_eq!(client.get("/v1/disputes").await.body["data"], json!([]));
    client.post(&format!("/v1/payment_intents/{}/capture", hold.id()), &[]).await.id();
    let list = client.get(&format!("/v1/disputes?payment_intent={}", hold.id())).await.body;
    let dispute = &list["data"][0];
    assert_eq!((&dispute["status"], &dispute["amount"]), (&json!("needs_response"), &json!(1250)));
    let withdrawn = &dispute["balance_transactions"][0];
    assert_eq!((&withdrawn["amount"], &withdrawn["fee"]), (&json!(-1250), &json!(1500)));
    let charge = dispute["charge"].as_str().expect("a charge");
    assert_eq!(client.get(&format!("/v1/charges/{charge}")).await.body["disputed"], true);
    client.post("/v1/refunds", &[("charge", charge)]).await.assert_refused(400, "charge_disputed");
    let books = client.get("/sandbox/books").await.body;
    assert_eq!((&books["ord_1"]["disputed"], &books["ord_1"]["fees"]), (&json!(1250), &json!(1593)));
}

#[tokio::test]
async fn a_dispute_that_is_won_brings_the_money_back_without_the_fee() {
    let client = Client::new().await;
    let (intent, charge) = client.captured("pm_card_visa").await;
    let objection = json!({ "payment_intent": intent, "amount": 500, "reason": "product_not_received" });
    let dispute = client.order(Method::POST, "/disputes", objection).await;
    assert_eq!((&dispute.body["amount"], &dispute.body["reason"]), (&json!(500), &json!("product_not_received")));
    let path = format!("/disputes/{}", dispute.id());
    for _ in 0..2 {
        let won = client.put(&path, json!({ "status": "won" })).await;
        assert_eq!(won.body["status"], "won");
        assert_eq!(won.body["balance_transactions"].as_array().map(Vec::len), Some(2));
    }
    assert_eq!(client.put(&path, json!({ "status": "lost" })).await.status, 400);
    assert_eq!(client.get("/v1/balance").await.body["pending"][0]["amount"], 1157 - 1500);
    client.post("/v1/refunds", &[("charge", &charge)]).await.id();
    let summary = client.summary().await;
    assert_eq!((&summary["disputes_count"], &summary["disputes_amount"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn a_dispute_is_lost_by_giving_in() {
    let client = Client::new().await;
    let (_, charge) = client.captured("pm_card_visa").await;
    let dispute = client.order(Method::POST, "/disputes", json!({ "charge": charge })).await.id();
    let closed = client.post(&format!("/v1/disputes/{dispute}/close"), &[]).await;
    assert_eq!(closed.body["status"], "lost");
    assert_eq!(client.get(&format!("/v1/disputes/{dispute}")).await.body, closed.body);
    let told = client.event_types().await;
    let of_dispute: Vec<&str> = told.iter().filter_map(|kind| kind.strip_prefix("charge.dispute.")).collect();
    assert_eq!(of_dispute, ["created", "funds_withdrawn", "closed"]);
    assert_eq!(client.summary().await["disputes_amount"], 1250);
}

#[tokio::test]
async fn what_was_not_taken_cannot_be_disputed() {
    let client = Client::new().await;
    let hold = client.hold("pm_card_visa", "1250").await;
    let body = json!({ "charge": hold.body["latest_charge"] });
    assert_eq!(client.order(Method::POST, "/disputes", body).await.status, 400);
}
