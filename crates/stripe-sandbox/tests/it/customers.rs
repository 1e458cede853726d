//! Customers and their cards.

use serde_json::json;

use crate::client::{Client, hold_form};

#[tokio::test]
async fn a_customer_chooses_a_card_of_their_own() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_amex").await;
    let path = format!("/v1/customers/{customer}");
    let param = "invoice_settings[default_payment_method]";
    let chosen = client.post(&path, &[(param, &method), ("metadata[user]", "usr_1"), ("name", "Ada")]).await.body;
    assert_eq!(chosen["invoice_settings"]["default_payment_method"], method.as_str());
    assert_eq!((&chosen["metadata"], &chosen["name"]), (&json!({ "user": "usr_1" }), &json!("Ada")));
    let (_, others) = client.customer_with("pm_card_visa").await;
    client.post(&path, &[(param, &others)]).await.assert_refused(400, "resource_missing");
    let cleared = client.post(&path, &[(param, ""), ("name", "")]).await.body;
    assert_eq!(
        (&cleared["invoice_settings"]["default_payment_method"], &cleared["name"]),
        (&json!(null), &json!(null))
    );
    let update = &client.get("/v1/events?type=customer.updated").await.body["data"][0];
    assert_eq!(update["data"]["previous_attributes"]["name"], "Ada");
}

#[tokio::test]
async fn a_card_that_was_taken_away_is_used_no_more() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let detach = format!("/v1/payment_methods/{method}/detach");
    assert_eq!(client.post(&detach, &[]).await.body["customer"], json!(null));
    client.post(&detach, &[]).await.assert_refused(400, "payment_method_unexpected_state");
    let attach = client.post(&format!("/v1/payment_methods/{method}/attach"), &[("customer", &customer)]).await;
    attach.assert_refused(400, "payment_method_unexpected_state");
    let hold = client.post("/v1/payment_intents", &hold_form(&customer, &method, "1250")).await;
    hold.assert_refused(400, "payment_method_unexpected_state");
    assert_eq!(client.event_types().await.last().map(String::as_str), Some("payment_method.detached"));
}

#[tokio::test]
async fn a_deleted_customer_is_remembered_as_deleted_and_pays_no_more() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let path = format!("/v1/customers/{customer}");
    let deleted = client.delete(&path).await;
    assert_eq!(deleted.body, json!({ "id": customer, "object": "customer", "deleted": true }));
    assert_eq!(client.get(&path).await.body, deleted.body);
    client.delete(&path).await.assert_refused(404, "resource_missing");
    let hold = client.post("/v1/payment_intents", &hold_form(&customer, &method, "1250")).await;
    hold.assert_refused(400, "resource_missing");
    assert_eq!(client.get(&format!("/v1/payment_methods/{method}")).await.body["customer"], json!(null));
    assert_eq!(client.get("/v1/customers").await.body["data"], json!([]));
    assert_eq!(client.event_types().await.last().map(String::as_str), Some("customer.deleted"));
}
