//! Who and what is turned away.

use crate::client::{Client, hold_form};

#[tokio::test]
async fn only_the_secret_key_opens_it() {
    let client = Client::new().await;
    let path = "/v1/customers/cus_1";
    assert_eq!(client.get_with_secret("sk_test_another", path).await.status, 401);
    assert_eq!(client.get(path).await.status, 404);
}

#[tokio::test]
async fn an_unknown_id_is_404_in_the_path_and_400_in_a_parameter() {
    let client = Client::new().await;
    for kind in ["customers", "payment_methods", "payment_intents", "charges", "accounts", "transfers"] {
        client.get(&format!("/v1/{kind}/none")).await.assert_refused(404, "resource_missing");
    }
    for action in ["capture", "cancel"] {
        let path = format!("/v1/payment_intents/none/{action}");
        client.post(&path, &[]).await.assert_refused(404, "resource_missing");
    }
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let holds = [hold_form("none", &method, "1250"), hold_form(&customer, "none", "1250")];
    for form in holds {
        client.post("/v1/payment_intents", &form).await.assert_refused(400, "resource_missing");
    }
    client.get(&format!("/v1/payment_intents/{customer}")).await.assert_refused(404, "resource_missing");
    client.get("/v1/nothing").await.assert_refused(404, "invalid_request_error");
}

#[tokio::test]
async fn amounts_are_whole_and_currencies_are_known() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    for (amount, code) in [
        ("12.50", "parameter_invalid_integer"),
        ("0", "parameter_invalid_integer"),
        ("-5", "parameter_invalid_integer"),
        ("49", "amount_too_small"),
        ("100000000", "amount_too_large"),
    ] {
        client.post("/v1/payment_intents", &hold_form(&customer, &method, amount)).await.assert_refused(400, code);
    }
    for (currency, status) in [("xyz", 400), ("USD", 200)] {
        let mut form = hold_form(&customer, &method, "1250");
        form[1].1 = currency;
        let answer = client.post("/v1/payment_intents", &form).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    }
}

#[tokio::test]
async fn an_unknown_or_missing_parameter_is_named() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let form = hold_form(&customer, &method, "1250");
    let missing = client.post("/v1/payment_intents", &form[1..]).await;
    missing.assert_refused(400, "parameter_missing");
    assert_eq!(missing.body["error"]["param"], "amount");
    let unknown = client.post("/v1/customers", &[("colour", "red")]).await;
    unknown.assert_refused(400, "parameter_unknown");
    assert_eq!(unknown.body["error"]["param"], "colour");
}

#[tokio::test]
async fn nobody_pays_with_another_customers_card() {
    let client = Client::new().await;
    let (_, method) = client.customer_with("pm_card_visa").await;
    let (thief, _) = client.customer_with("pm_card_visa").await;
    let hold = client.post("/v1/payment_intents", &hold_form(&thief, &method, "1250")).await;
    hold.assert_refused(400, "invalid_request_error");
    let attach = client.post(&format!("/v1/payment_methods/{method}/attach"), &[("customer", &thief)]).await;
    attach.assert_refused(400, "payment_method_unexpected_state");
}

#[tokio::test]
async fn a_customers_cards_are_listed() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_mastercard").await;
    client.customer_with("pm_card_visa").await;
    for path in
        [format!("/v1/payment_methods?customer={customer}"), format!("/v1/customers/{customer}/payment_methods")]
    {
        let list = client.get(&path).await.body;
        assert_eq!(list["data"].as_array().map(Vec::len), Some(1), "{list}");
        assert_eq!(list["data"][0]["id"], method.as_str());
        assert_eq!(list["data"][0]["card"]["last4"], "4444");
    }
}
