//! The life of a hold: made, declined, captured, released.

use serde_json::json;

use crate::client::Client;

#[tokio::test]
async fn a_hold_takes_no_money_until_it_is_captured() {
    let client = Client::new().await;
    let hold = client.hold("pm_card_visa", "1250").await;
    assert_eq!(hold.body["status"], "requires_capture");
    assert_eq!(hold.body["amount_capturable"], 1250);
    assert_eq!(hold.body["metadata"], json!({ "order_id": "ord_1" }));
    assert!(hold.request_id.starts_with("req_"));
    assert_eq!(client.summary().await["open_holds_amount"], 1250);

    let captured = client.post(&format!("/v1/payment_intents/{}/capture", hold.id()), &[]).await;
    assert_eq!(captured.body["status"], "succeeded");
    assert_eq!(captured.body["amount_received"], 1250);
    let summary = client.summary().await;
    assert_eq!(summary["captured_amount"], 1250);
    assert_eq!(summary["open_holds_count"], 0);
}

#[tokio::test]
async fn a_hold_is_captured_once() {
    let client = Client::new().await;
    let capture = format!("/v1/payment_intents/{}/capture", client.hold("pm_card_visa", "1250").await.id());
    assert_eq!(client.post(&capture, &[]).await.status, 200);
    let again = client.post(&capture, &[]).await;
    again.assert_refused(400, "payment_intent_unexpected_state");
    assert_eq!(again.body["error"]["payment_intent"]["status"], "succeeded");
    assert_eq!(client.summary().await["captured_amount"], 1250);
}

#[tokio::test]
async fn a_capture_may_take_less_than_the_hold_but_not_more() {
    let client = Client::new().await;
    let capture = format!("/v1/payment_intents/{}/capture", client.hold("pm_card_mastercard", "1250").await.id());
    client.post(&capture, &[("amount_to_capture", "1251")]).await.assert_refused(400, "amount_too_large");
    client.post(&capture, &[("amount_to_capture", "0")]).await.assert_refused(400, "parameter_invalid_integer");
    let captured = client.post(&capture, &[("amount_to_capture", "900")]).await;
    assert_eq!(captured.body["amount_received"], 900);
    assert_eq!(captured.body["amount_capturable"], 0);
}

#[tokio::test]
async fn a_released_hold_is_neither_captured_nor_released_again() {
    let client = Client::new().await;
    let intent = client.hold("pm_card_visa", "1250").await.id();
    let cancel = format!("/v1/payment_intents/{intent}/cancel");
    let canceled = client.post(&cancel, &[("cancellation_reason", "abandoned")]).await;
    assert_eq!(canceled.body["status"], "canceled");
    assert_eq!(canceled.body["cancellation_reason"], "abandoned");
    client.post(&cancel, &[]).await.assert_refused(400, "payment_intent_unexpected_state");
    let capture = client.post(&format!("/v1/payment_intents/{intent}/capture"), &[]).await;
    capture.assert_refused(400, "payment_intent_unexpected_state");
    let summary = client.summary().await;
    assert_eq!((&summary["canceled_count"], &summary["open_holds_count"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn a_captured_payment_cannot_be_cancelled() {
    let client = Client::new().await;
    let intent = client.hold("pm_card_visa", "1250").await.id();
    client.post(&format!("/v1/payment_intents/{intent}/capture"), &[]).await.id();
    let cancel = client.post(&format!("/v1/payment_intents/{intent}/cancel"), &[]).await;
    cancel.assert_refused(400, "payment_intent_unexpected_state");
    assert_eq!(client.summary().await["captured_amount"], 1250);
}

#[tokio::test]
async fn a_declined_card_answers_402_with_the_payment_intent_that_has_no_hold() {
    for (card, code, decline_code) in [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ] {
        let client = Client::new().await;
        let form = [("amount", "1250"), ("currency", "usd"), ("payment_method", card), ("confirm", "true")];
        let declined = client.post("/v1/payment_intents", &form).await;
        declined.assert_refused(402, code);
        let error = &declined.body["error"];
        assert_eq!(error["type"], "card_error");
        assert_eq!(error["decline_code"], decline_code);
        assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
        assert_eq!(error["payment_intent"]["last_payment_error"]["decline_code"], decline_code);
        assert_eq!(client.summary().await["open_holds_count"], 0);
    }
}

#[tokio::test]
async fn a_card_that_is_declined_cannot_be_attached_except_the_one_made_for_it() {
    let client = Client::new().await;
    let customer = client.post("/v1/customers", &[]).await.id();
    let attach = "/v1/payment_methods/pm_card_chargeDeclinedInsufficientFunds/attach";
    let refused = client.post(attach, &[("customer", &customer)]).await;
    refused.assert_refused(402, "card_declined");
    assert_eq!(refused.body["error"]["decline_code"], "insufficient_funds");
    client.hold("pm_card_chargeCustomerFail", "1250").await.assert_refused(402, "card_declined");
}

#[tokio::test]
async fn a_card_that_asks_for_its_holder_is_declined_while_the_holder_is_away() {
    let client = Client::new().await;
    let away = client.hold("pm_card_authenticationRequired", "1250").await;
    away.assert_refused(402, "authentication_required");
    let form = [
        ("amount", "1250"),
        ("currency", "usd"),
        ("payment_method", "pm_card_authenticationRequired"),
        ("confirm", "true"),
    ];
    let present = client.post("/v1/payment_intents", &form).await;
    assert_eq!(present.body["status"], "requires_action");
    assert_eq!(present.body["next_action"]["type"], "use_stripe_sdk");
}

#[tokio::test]
async fn payment_intents_are_listed_by_customer_newest_first() {
    let client = Client::new().await;
    let first = client.hold("pm_card_visa", "100").await;
    let customer = first.body["customer"].as_str().expect("a customer");
    let method = first.body["payment_method"].as_str().expect("a payment method");
    let second = client.post("/v1/payment_intents", &crate::client::hold_form(customer, method, "200")).await;
    client.hold("pm_card_visa", "300").await.id();

    let page = client.get(&format!("/v1/payment_intents?customer={customer}&limit=1")).await.body;
    assert_eq!((&page["data"][0]["id"], &page["has_more"]), (&second.body["id"], &json!(true)));
    let after = second.id();
    let rest = client.get(&format!("/v1/payment_intents?customer={customer}&starting_after={after}")).await.body;
    assert_eq!((&rest["data"][0]["id"], &rest["has_more"]), (&first.body["id"], &json!(false)));
    assert_eq!(rest["data"].as_array().map(Vec::len), Some(1));
}
