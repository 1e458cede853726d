//! Lists are read in pages, in both directions.

use serde_json::Value;

use crate::client::Client;

async fn page(client: &Client, query: &str) -> (Vec<String>, bool) {
    let list = client.get(&format!("/v1/customers?{query}")).await.body;
    assert_eq!((&list["object"], &list["url"]), (&Value::from("list"), &Value::from("/v1/customers")));
    let names = list["data"].as_array().expect("a list").iter();
    let names = names.map(|customer| customer["name"].as_str().expect("a name").to_owned()).collect();
    (names, list["has_more"].as_bool().expect("a flag"))
}

#[tokio::test]
async fn pages_follow_each_other_forwards_and_backwards() {
    let client = Client::new().await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        ids.push(client.post("/v1/customers", &[("name", name)]).await.id());
    }
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    assert_eq!(page(&client, "limit=2").await, (names(&["e", "d"]), true));
    assert_eq!(page(&client, &format!("limit=2&starting_after={}", ids[3])).await, (names(&["c", "b"]), true));
    assert_eq!(page(&client, &format!("limit=2&starting_after={}", ids[1])).await, (names(&["a"]), false));
    assert_eq!(page(&client, &format!("limit=2&ending_before={}", ids[0])).await, (names(&["c", "b"]), true));
    assert_eq!(page(&client, &format!("limit=2&ending_before={}", ids[2])).await, (names(&["e", "d"]), false));
    let both = client.get(&format!("/v1/customers?starting_after={0}&ending_before={0}", ids[0])).await;
    both.assert_refused(400, "invalid_request_error");
    client.get("/v1/customers?limit=0").await.assert_refused(400, "invalid_request_error");
}

#[tokio::test]
async fn every_list_is_one() {
    let client = Client::new().await;
    for path in [
        "accounts",
        "balance_transactions",
        "charges",
        "checkout/sessions",
        "customers",
        "disputes",
        "events",
        "payment_intents",
        "refunds",
        "setup_intents",
        "transfers",
        "webhook_endpoints",
    ] {
        let list = client.get(&format!("/v1/{path}?limit=1&ending_before=x")).await.body;
        assert_eq!((&list["object"], &list["has_more"]), (&Value::from("list"), &Value::from(false)), "{path}");
        assert_eq!(list["url"], format!("/v1/{path}"));
    }
}
