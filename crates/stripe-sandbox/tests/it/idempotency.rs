//! One key, one effect.

use serde_json::json;

use crate::client::{Client, hold_form};

#[tokio::test]
async fn the_same_request_with_the_same_key_is_executed_once() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let mut form = hold_form(&customer, &method, "1250");
    let first = client.post_with_key("ord_1:hold", "/v1/payment_intents", &form).await;
    form.reverse();
    let again = client.post_with_key("ord_1:hold", "/v1/payment_intents", &form).await;
    assert_eq!(first.body, again.body);
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_ne!(first.request_id, again.request_id);
    assert_eq!(client.summary().await["open_holds_count"], 1);

    let calls = client.get("/sandbox/calls").await.body;
    let last = calls.as_array().and_then(|calls| calls.last()).expect("a call");
    let expected = json!({
        "method": "POST", "path": "/v1/payment_intents", "idempotency_key": "ord_1:hold", "status": 200, "replayed": true,
    });
    assert_eq!(last, &expected);
}

#[tokio::test]
async fn a_key_refuses_other_parameters() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    client.post_with_key("k", "/v1/payment_intents", &hold_form(&customer, &method, "1250")).await.id();
    let other = client.post_with_key("k", "/v1/payment_intents", &hold_form(&customer, &method, "1251")).await;
    other.assert_refused(400, "idempotency_error");
    assert_eq!(client.summary().await["open_holds_amount"], 1250);
}

#[tokio::test]
async fn a_decline_is_replayed_too() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_chargeCustomerFail").await;
    let form = hold_form(&customer, &method, "1250");
    let first = client.post_with_key("k", "/v1/payment_intents", &form).await;
    let again = client.post_with_key("k", "/v1/payment_intents", &form).await;
    again.assert_refused(402, "card_declined");
    assert!(again.replayed);
    assert_eq!(first.body, again.body);
    assert_eq!(client.summary().await["payment_intents"], 1);
}

#[tokio::test]
async fn a_refusal_stays_under_its_key_even_when_its_cause_is_gone() {
    let client = Client::new().await;
    let account = client.account(&[("metadata[sandbox]", "restricted")]).await;
    let intent = client.hold("pm_card_visa", "1250").await.id();
    let captured = client.post(&format!("/v1/payment_intents/{intent}/capture"), &[]).await;
    let charge = captured.body["latest_charge"].as_str().expect("a charge");
    let form =
        [("amount", "1000"), ("currency", "usd"), ("destination", account.as_str()), ("source_transaction", charge)];
    let code = "insufficient_capabilities_for_transfer";
    client.post_with_key("payout:1", "/v1/transfers", &form).await.assert_refused(400, code);
    client.post(&format!("/v1/accounts/{account}"), &[("metadata[sandbox]", "")]).await.id();
    client.post_with_key("payout:1", "/v1/transfers", &form).await.assert_refused(400, code);
    client.post_with_key("payout:2", "/v1/transfers", &form).await.id();
}

#[tokio::test]
async fn a_missing_parameter_does_not_use_up_the_key() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let form = hold_form(&customer, &method, "1250");
    let incomplete = client.post_with_key("k", "/v1/payment_intents", &form[1..]).await;
    incomplete.assert_refused(400, "parameter_missing");
    client.post_with_key("k", "/v1/payment_intents", &form).await.id();
}

#[tokio::test]
async fn a_key_in_use_answers_409() {
    let client = Client::new().await;
    client.order_fault(json!({ "path": "/v1/customers", "mode": "slow", "ms": 1000 })).await;
    let (one, other) =
        tokio::join!(client.post_with_key("k", "/v1/customers", &[]), client.post_with_key("k", "/v1/customers", &[]),);
    let (done, refused) = if one.status == 200 { (one, other) } else { (other, one) };
    refused.assert_refused(409, "idempotency_key_in_use");
    let after = client.post_with_key("k", "/v1/customers", &[]).await;
    assert_eq!((done.id(), true), (after.id(), after.replayed));
}
