//! Money on its way back to the card.

use serde_json::json;

use crate::client::Client;

#[tokio::test]
async fn a_charge_is_refunded_in_parts_until_nothing_is_left() {
    let client = Client::new().await;
    let (intent, charge) = client.captured("pm_card_visa").await;
    let form = [("charge", charge.as_str()), ("amount", "250"), ("metadata[order_id]", "ord_1")];
    let first = client.post("/v1/refunds", &form).await;
    assert_eq!((&first.body["status"], &first.body["amount"]), (&json!("succeeded"), &json!(250)));
    assert_eq!(first.body["payment_intent"], intent.as_str());
    let seen = client.get(&format!("/v1/charges/{charge}")).await.body;
    assert_eq!((&seen["amount_refunded"], &seen["refunded"]), (&json!(250), &json!(false)));

    let too_much = client.post("/v1/refunds", &[("payment_intent", &intent), ("amount", "1001")]).await;
    too_much.assert_refused(400, "invalid_request_error");
    assert_eq!(too_much.body["error"]["param"], "amount");
    let rest = client.post("/v1/refunds", &[("payment_intent", &intent), ("reason", "requested_by_customer")]).await;
    assert_eq!(rest.body["amount"], 1000);
    assert_eq!(client.get(&format!("/v1/charges/{charge}")).await.body["refunded"], true);
    client.post("/v1/refunds", &[("charge", &charge)]).await.assert_refused(400, "charge_already_refunded");

    for query in [format!("charge={charge}"), format!("payment_intent={intent}")] {
        let list = client.get(&format!("/v1/refunds?{query}")).await.body;
        assert_eq!(list["data"], json!([rest.body, first.body]));
    }
    assert_eq!(client.get(&format!("/v1/refunds/{}", rest.id())).await.body, rest.body);
    let summary = client.summary().await;
    assert_eq!((&summary["refunds_count"], &summary["refunds_amount"]), (&json!(2), &json!(1250)));
    let told = client.event_types().await;
    assert_eq!(told.iter().filter(|kind| *kind == "refund.created").count(), 2);
    assert_eq!(told.iter().filter(|kind| *kind == "charge.refunded").count(), 2);
}

#[tokio::test]
async fn after_a_partial_capture_only_that_part_can_be_refunded() {
    let client = Client::new().await;
    let intent = client.hold("pm_card_visa", "1250").await.id();
    client.post(&format!("/v1/payment_intents/{intent}/capture"), &[("amount_to_capture", "900")]).await.id();
    let form = [("payment_intent", intent.as_str()), ("amount", "901")];
    client.post("/v1/refunds", &form).await.assert_refused(400, "invalid_request_error");
    assert_eq!(client.post("/v1/refunds", &form[..1]).await.body["amount"], 900);
}

#[tokio::test]
async fn what_was_not_taken_is_not_given_back() {
    let client = Client::new().await;
    let hold = client.hold("pm_card_visa", "1250").await;
    let charge = hold.body["latest_charge"].as_str().expect("a charge");
    for form in [[("payment_intent", hold.id().as_str())], [("charge", charge)]] {
        client.post("/v1/refunds", &form).await.assert_refused(400, "payment_intent_unexpected_state");
    }
    client.post("/v1/refunds", &[]).await.assert_refused(400, "parameter_missing");
    let (_, charge) = client.captured("pm_card_visa").await;
    for also in ["reverse_transfer", "refund_application_fee"] {
        let refused = client.post("/v1/refunds", &[("charge", &charge), (also, "true")]).await;
        refused.assert_refused(400, "invalid_request_error");
    }
    client.post("/v1/refunds", &[("charge", &charge), ("reverse_transfer", "false")]).await.id();
}

#[tokio::test]
async fn a_refund_may_fail_later_and_its_money_comes_back() {
    let client = Client::new().await;
    let (_, charge) = client.captured("pm_card_refundFail").await;
    let refund = client.post("/v1/refunds", &[("charge", &charge)]).await;
    assert_eq!(refund.body["status"], "succeeded");
    client.advance_clock(10).await;
    let failed = client.get(&format!("/v1/refunds/{}", refund.id())).await.body;
    assert_eq!((&failed["status"], &failed["failure_reason"]), (&json!("failed"), &json!("lost_or_stolen_card")));
    assert_eq!(client.event_types().await.last().map(String::as_str), Some("refund.failed"));
    let summary = client.summary().await;
    assert_eq!((&summary["refunds_count"], &summary["refunds_amount"]), (&json!(0), &json!(0)));
    assert_eq!(client.get("/v1/balance").await.body["pending"][0]["amount"], 1157, "as before the refund");
}

#[tokio::test]
async fn a_test_may_let_any_refund_fail_once() {
    let client = Client::new().await;
    let (_, charge) = client.captured("pm_card_visa").await;
    let refund = client.post("/v1/refunds", &[("charge", &charge), ("amount", "250")]).await.id();
    for _ in 0..2 {
        let failed = client.put(&format!("/refunds/{refund}"), json!({ "status": "failed" })).await;
        assert_eq!(failed.body["status"], "failed");
    }
    assert_eq!(client.get("/v1/balance").await.body["pending"][0]["amount"], 1157);
    assert_eq!(client.post("/v1/refunds", &[("charge", &charge)]).await.body["amount"], 1250);
}

#[tokio::test]
async fn people_act_in_the_dashboard_without_our_metadata() {
    let client = Client::new().await;
    let (intent, _) = client.captured("pm_card_visa").await;
    let by_hand = |path: &'static str, body| client.order(reqwest::Method::POST, path, body);
    let refund = by_hand("/dashboard/refund", json!({ "payment_intent": intent, "amount": 50 })).await;
    assert_eq!((&refund.body["amount"], &refund.body["metadata"]), (&json!(50), &json!({})));
    let held = client.hold("pm_card_visa", "500").await.id();
    let canceled = by_hand("/dashboard/cancel", json!({ "payment_intent": held })).await;
    assert_eq!(canceled.body["status"], "canceled");
    let held = client.hold("pm_card_visa", "500").await.id();
    let captured = by_hand("/dashboard/capture", json!({ "payment_intent": held, "amount": 400 })).await;
    assert_eq!(captured.body["amount_received"], 400);
    by_hand("/dashboard/refund", json!({ "payment_intent": "pi_none" })).await.assert_refused(404, "resource_missing");
}
