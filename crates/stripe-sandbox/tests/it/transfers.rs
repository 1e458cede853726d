//! Paying out of a captured charge.

use serde_json::json;

use crate::client::{Answer, Client};

async fn captured_charge(client: &Client) -> String {
    client.captured("pm_card_visa").await.1
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

#[tokio::test]
async fn a_transfer_is_reversed_in_parts_and_never_beyond_itself() {
    let client = Client::new().await;
    let charge = captured_charge(&client).await;
    let account = client.account(&[]).await;
    let id = transfer(&client, &charge, &account, "1000").await.id();
    let reversals = format!("/v1/transfers/{id}/reversals");
    let first = client.post(&reversals, &[("amount", "300"), ("metadata[order_id]", "ord_1")]).await;
    assert_eq!((&first.body["amount"], &first.body["transfer"]), (&json!(300), &json!(id)));
    client.post(&reversals, &[("amount", "701")]).await.assert_refused(400, "invalid_request_error");

    let after = client.get(&format!("/v1/transfers/{id}")).await.body;
    assert_eq!((&after["amount_reversed"], &after["reversed"]), (&json!(300), &json!(false)));
    assert_eq!(after["reversals"]["data"], json!([first.body]));
    let read = client.get(&format!("{reversals}/{}", first.id())).await;
    assert_eq!(read.body, first.body);

    assert_eq!(client.post(&reversals, &[]).await.body["amount"], 700, "the rest");
    client.post(&reversals, &[]).await.assert_refused(400, "invalid_request_error");
    assert_eq!(client.get(&format!("/v1/transfers/{id}")).await.body["reversed"], true);
    assert_eq!(client.get(&reversals).await.body["data"].as_array().map(Vec::len), Some(2));
    let summary = client.summary().await;
    assert_eq!((&summary["reversals_count"], &summary["reversals_amount"]), (&json!(2), &json!(1000)));
    assert!(client.event_types().await.ends_with(&["transfer.reversed".to_owned(), "transfer.reversed".to_owned()]));
}

#[tokio::test]
async fn test_accounts_exist_and_are_paid_or_not_as_their_ids_say() {
    let client = Client::new().await;
    let charge = captured_charge(&client).await;
    transfer(&client, &charge, "acct_ready_ada", "1000").await.id();
    let restricted = transfer(&client, &charge, "acct_restricted_bob", "250").await;
    restricted.assert_refused(400, "insufficient_capabilities_for_transfer");
    transfer(&client, &charge, "acct_unknown", "250").await.assert_refused(400, "resource_missing");
    let seen = client.get("/v1/accounts/acct_restricted_bob").await.body;
    assert_eq!((&seen["payouts_enabled"], &seen["capabilities"]["transfers"]), (&json!(false), &json!("inactive")));
    client.get("/v1/accounts/acct_ready_").await.assert_refused(404, "resource_missing");
}

#[tokio::test]
async fn a_test_may_open_and_close_an_account_for_transfers() {
    let client = Client::new().await;
    let charge = captured_charge(&client).await;
    let account = client.account(&[]).await;
    let path = format!("/accounts/{account}");
    assert_eq!(client.put(&path, json!({ "transfers": "inactive" })).await.body["payouts_enabled"], false);
    transfer(&client, &charge, &account, "1").await.assert_refused(400, "insufficient_capabilities_for_transfer");
    client.put(&path, json!({ "transfers": "active" })).await.id();
    transfer(&client, &charge, &account, "1").await.id();
    let updates = client.get("/v1/events?type=account.updated").await.body;
    let newest = &updates["data"][0];
    assert_eq!(newest["account"], account.as_str(), "it happened at the connected account");
    assert_eq!(newest["data"]["previous_attributes"]["payouts_enabled"], false);
    assert_eq!(updates["data"].as_array().map(Vec::len), Some(2));
}
