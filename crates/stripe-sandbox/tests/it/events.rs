//! What happened, in the order in which it did.

use serde_json::json;

use crate::client::{Client, hold_form};

#[tokio::test]
async fn the_life_of_an_order_is_told() {
    let client = Client::new().await;
    let (_, charge) = client.captured("pm_card_visa").await;
    let form = [("charge", charge.as_str()), ("amount", "250")];
    client.post("/v1/refunds", &form).await.id();
    let expected = [
        "customer.created",
        "payment_method.attached",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
    ];
    assert_eq!(client.event_types().await, expected);
    let refunded = &client.get("/v1/events?type=charge.refunded").await.body["data"][0];
    assert_eq!(refunded["data"]["object"]["amount_refunded"], 250);
    assert_eq!(refunded["data"]["previous_attributes"], json!({ "amount_refunded": 0 }));
}

#[tokio::test]
async fn an_event_keeps_its_object_as_it_was_and_names_its_request() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let held = client.post_with_key("ord_1:hold", "/v1/payment_intents", &hold_form(&customer, &method, "1250")).await;
    client.post(&format!("/v1/payment_intents/{}/cancel", held.id()), &[]).await.id();
    let kind = "payment_intent.amount_capturable_updated";
    let event = client.get(&format!("/v1/events?type={kind}")).await.body["data"][0].clone();
    assert_eq!(event["data"]["object"]["status"], "requires_capture");
    assert_eq!(event["request"], json!({ "id": held.request_id, "idempotency_key": "ord_1:hold" }));
    assert_eq!((&event["object"], &event["livemode"]), (&json!("event"), &json!(false)));
    assert!(event.get("account").is_none());
    let id = event["id"].as_str().expect("an id");
    assert_eq!(client.get(&format!("/v1/events/{id}")).await.body, event);
    let two = client.get("/v1/events?types[]=customer.created&types[]=payment_intent.canceled").await.body;
    assert_eq!(two["data"].as_array().map(Vec::len), Some(2));
    let released = client.get("/v1/events?type=charge.refunded").await.body;
    assert_eq!(released["data"][0]["data"]["object"]["captured"], false, "a hold was released, no money moved");
}

#[tokio::test]
async fn what_the_sandbox_notes_for_itself_is_in_no_answer() {
    let client = Client::new().await;
    client.captured("pm_card_visa").await;
    client.hold("pm_card_chargeCustomerFail", "1250").await.assert_refused(402, "card_declined");
    client.account(&[]).await;
    let expanded = "payment_intents?expand[]=data.latest_charge";
    for path in ["events", "charges", "payment_methods/pm_none", "accounts", "customers", expanded] {
        let body = client.get(&format!("/v1/{path}")).await.body.to_string();
        assert!(!body.contains("sandbox_"), "{body}");
    }
}

#[tokio::test]
async fn a_replayed_request_tells_nothing_again() {
    let client = Client::new().await;
    for _ in 0..2 {
        client.post_with_key("k", "/v1/customers", &[]).await.id();
    }
    assert_eq!(client.event_types().await, ["customer.created"]);
}

#[tokio::test]
async fn a_decline_is_told_with_its_charge() {
    let client = Client::new().await;
    client.hold("pm_card_chargeCustomerFail", "1250").await.assert_refused(402, "card_declined");
    let types = client.event_types().await;
    assert!(types.ends_with(&["charge.failed".to_owned(), "payment_intent.payment_failed".to_owned()]), "{types:?}");
}
