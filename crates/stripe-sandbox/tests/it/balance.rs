//! Every movement of money is a balance transaction, and an order's books are right to the cent.

use serde_json::{Value, json};
use stripe_sandbox::Options;

use crate::client::Client;

async fn transactions(client: &Client, query: &str) -> Vec<Value> {
    let list = client.get(&format!("/v1/balance_transactions?{query}")).await.body;
    list["data"].as_array().expect("transactions").clone()
}

#[tokio::test]
async fn a_capture_is_booked_with_what_stripe_takes() {
    let client = Client::new().await;
    let (intent, charge) = client.captured("pm_card_visa").await;
    let path = format!("/v1/payment_intents/{intent}?expand[]=latest_charge.balance_transaction");
    let expanded = client.get(&path).await.body;
    let transaction = &expanded["latest_charge"]["balance_transaction"];
    let figures = (&transaction["amount"], &transaction["fee"], &transaction["net"], &transaction["type"]);
    // 3.4 % of 12.50 is 0.425, rounded half up 0.43; and 0.50.
    assert_eq!(figures, (&json!(1250), &json!(93), &json!(1157), &json!("charge")));
    assert_eq!(transaction["fee_details"][0]["amount"], 93);
    assert_eq!(transaction["source"], charge.as_str());

    let of_charge = client.get(&format!("/v1/charges/{charge}?expand[0]=balance_transaction")).await.body;
    assert_eq!(of_charge["balance_transaction"], *transaction);
    assert_eq!(transactions(&client, &format!("source={charge}")).await, std::slice::from_ref(transaction));
    let id = transaction["id"].as_str().expect("an id");
    assert_eq!(client.get(&format!("/v1/balance_transactions/{id}")).await.body, *transaction);
    assert_eq!(client.get("/v1/balance").await.body["pending"][0]["amount"], 1157);
}

#[tokio::test]
async fn a_hold_is_not_booked_and_fees_may_be_none() {
    let options = Options { fee_basis_points: 0, fee_fixed_cents: 0, ..Options::default() };
    let client = Client::with(options).await;
    let held = client.hold("pm_card_visa", "1250").await;
    assert_eq!(transactions(&client, "").await, Vec::<Value>::new());
    let capture = format!("/v1/payment_intents/{}/capture", held.id());
    let captured = client.post(&capture, &[("expand[]", "latest_charge.balance_transaction")]).await.body;
    let transaction = &captured["latest_charge"]["balance_transaction"];
    assert_eq!((&transaction["fee"], &transaction["fee_details"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn only_what_is_known_can_be_expanded_and_nothing_happens_otherwise() {
    let client = Client::new().await;
    let refused = client.post("/v1/customers", &[("expand[]", "default_source")]).await;
    refused.assert_refused(400, "invalid_request_error");
    assert_eq!(client.summary().await["customers"], 0);
    client.hold("pm_card_visa", "1250").await.id();
    let list = client.get("/v1/payment_intents?expand[]=data.latest_charge").await.body;
    assert_eq!(list["data"][0]["latest_charge"]["object"], "charge");
}

#[tokio::test]
async fn an_orders_books_add_up() {
    let client = Client::new().await;
    let (intent, charge) = client.captured("pm_card_visa").await;
    let form = [
        ("amount", "1000"),
        ("currency", "usd"),
        ("destination", "acct_ready_ada"),
        ("source_transaction", charge.as_str()),
    ];
    let transfer = client.post("/v1/transfers", &form).await.id();
    client.post(&format!("/v1/transfers/{transfer}/reversals"), &[("amount", "400")]).await.id();
    client.post("/v1/refunds", &[("payment_intent", &intent), ("amount", "250")]).await.id();
    client.hold("pm_card_visa", "700").await.id();

    let books = client.get("/sandbox/books").await.body;
    let expected = json!({
        "held": 700, "captured": 1250, "refunded": 250, "transferred": 1000, "reversed": 400, "fees": 93, "disputed": 0,
    });
    assert_eq!(books, json!({ "ord_1": expected }));
    let by_type: Vec<Value> = transactions(&client, "").await.iter().map(|it| json!([it["type"], it["net"]])).collect();
    let expected =
        [json!(["refund", -250]), json!(["transfer_refund", 400]), json!(["transfer", -1000]), json!(["charge", 1157])];
    assert_eq!(by_type, expected);
    assert_eq!(transactions(&client, "type=transfer").await.len(), 1);
    assert_eq!(transactions(&client, "created[gt]=99999999999").await.len(), 0);
    let balance = client.get("/v1/balance").await.body;
    assert_eq!((&balance["pending"][0]["amount"], &balance["available"][0]["amount"]), (&json!(-93), &json!(400)));
}
