//! Paying out of a captured charge.

use serde_json::json;

use crate::client::{Answer, Client};

/// A captured charge of 1250.
async fn captured_charge(client: &Client) -> String {
    let intent = client.hold("pm_card_visa", "1250").await.id();
    let captured = client.post(&format!("/v1/payment_intents/{intent}/capture"), &[]).await;
    captured.body["latest_charge"].as_str().expect("a charge").to_owned()
}

async fn transfer(client: &Client, charge: &str, account: &str, amount: &str) -> Answer {
    let form = [("amount", amount), ("currency", "usd"), ("destination", account), ("source_transaction", charge)];
    client.post("/v1/transfers", &form).await
}

#[tokio::test]
async fn a_captured_charge_pays_the_runner() {
    let client = Client::new().await;
    let charge = captured_charge(&client).await;
    let account = client.account(&[]).await;
    let paid = transfer(&client, &charge, &account, "1000").await;
    assert_eq!(paid.body["destination"], account.as_str());
    assert_eq!(paid.body["source_transaction"], charge.as_str());
    assert_eq!(paid.body["transfer_group"], "ord_1", "taken over from the charge");

    let of_order = client.get("/v1/transfers?transfer_group=ord_1").await.body;
    assert_eq!(of_order["data"], json!([paid.body]));
    let of_another = client.get("/v1/transfers?transfer_group=ord_2").await.body;
    assert_eq!(of_another["data"], json!([]));
    assert_eq!(client.get(&format!("/v1/transfers/{}", paid.id())).await.body, paid.body);
    assert_eq!(client.summary().await["transfers_amount"], 1000);
}

#[tokio::test]
async fn transfers_never_exceed_the_charge_they_come_from() {
    let client = Client::new().await;
    let charge = captured_charge(&client).await;
    let account = client.account(&[]).await;
    transfer(&client, &charge, &account, "1000").await.id();
    transfer(&client, &charge, &account, "251").await.assert_refused(400, "invalid_request_error");
    transfer(&client, &charge, &account, "250").await.id();
    assert_eq!(client.summary().await["transfers_amount"], 1250);
}

#[tokio::test]
async fn a_hold_that_was_not_captured_pays_nobody() {
    let client = Client::new().await;
    let hold = client.hold("pm_card_visa", "1250").await;
    let account = client.account(&[]).await;
    let charge = hold.body["latest_charge"].as_str().expect("a charge");
    transfer(&client, charge, &account, "1000").await.assert_refused(400, "invalid_request_error");
    let unsourced = [("amount", "1000"), ("currency", "usd"), ("destination", account.as_str())];
    client.post("/v1/transfers", &unsourced).await.assert_refused(400, "balance_insufficient");
}

#[tokio::test]
async fn a_restricted_account_is_paid_only_after_it_is_mended() {
    let client = Client::new().await;
    let charge = captured_charge(&client).await;
    let account = client.account(&[("metadata[sandbox]", "restricted")]).await;
    let seen = client.get(&format!("/v1/accounts/{account}")).await.body;
    assert_eq!((&seen["payouts_enabled"], &seen["capabilities"]["transfers"]), (&json!(false), &json!("inactive")));
    transfer(&client, &charge, &account, "1000").await.assert_refused(400, "insufficient_capabilities_for_transfer");

    let mended = client.post(&format!("/v1/accounts/{account}"), &[("metadata[sandbox]", "")]).await.body;
    assert_eq!((&mended["payouts_enabled"], &mended["capabilities"]["transfers"]), (&json!(true), &json!("active")));
    transfer(&client, &charge, &account, "1000").await.id();
}

#[tokio::test]
async fn an_account_that_never_asked_for_transfers_gets_none() {
    let client = Client::new().await;
    let charge = captured_charge(&client).await;
    let account = client.post("/v1/accounts", &[("type", "express")]).await.id();
    transfer(&client, &charge, &account, "1000").await.assert_refused(400, "insufficient_capabilities_for_transfer");
}
