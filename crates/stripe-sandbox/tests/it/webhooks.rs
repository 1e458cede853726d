//! Whoever asked is told of events, signed, until they say that they heard.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::json;
use sha2::Sha256;
use stripe_sandbox::{Options, Webhook};

use crate::client::Client;
use crate::receiver::{Received, Receiver};

const SECRET: &str = "whsec_of_the_test";

/// A sandbox that tells a receiver everything.
async fn told(receiver: &Receiver) -> Client {
    let webhook = Webhook { url: receiver.url().to_owned(), secret: SECRET.to_owned() };
    Client::with(Options { webhook: Some(webhook), ..Options::default() }).await
}

/// Whether it was signed with this secret, checked as Stripe's libraries do.
fn is_signed(received: &Received, secret: &str) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(format!("{}.{}", received.field("t"), received.body).as_bytes());
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    expected == received.field("v1")
}

/// Waits until nothing is left to tell.
async fn settled(client: &Client) {
    tokio::time::timeout(Duration::from_secs(20), async {
        while client.summary().await["undelivered_count"] != 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("an end");
}

async fn pending(client: &Client) -> u64 {
    client.summary().await["undelivered_count"].as_u64().expect("a count")
}

#[tokio::test]
async fn events_are_told_and_signed() {
    let receiver = Receiver::start().await;
    let client = told(&receiver).await;
    let customer = client.post("/v1/customers", &[]).await.id();
    let received = &receiver.received(1).await[0];
    assert_eq!(received.event()["type"], "customer.created");
    assert_eq!(received.event()["data"]["object"]["id"], customer.as_str());
    assert!(is_signed(received, SECRET));
    assert!(!is_signed(received, "whsec_another"));
    settled(&client).await;
    let event = &client.get("/v1/events").await.body["data"][0];
    assert_eq!((&event["id"], &event["pending_webhooks"]), (&received.event()["id"], &json!(0)));
}

#[tokio::test]
async fn a_signature_has_the_time_of_the_sandboxs_clock() {
    let receiver = Receiver::start().await;
    let client = told(&receiver).await;
    client.advance_clock(1_000_000).await;
    client.post("/v1/customers", &[]).await.id();
    let received = &receiver.received(1).await[0];
    let signed_at: i64 = received.field("t").parse().expect("a time");
    let created = received.event()["created"].as_i64().expect("a time");
    assert!((0..60).contains(&(signed_at - created)), "{signed_at} {created}");
}

#[tokio::test]
async fn what_was_refused_is_told_again() {
    let receiver = Receiver::start().await;
    let client = told(&receiver).await;
    receiver.refuse(1);
    client.post("/v1/customers", &[]).await.id();
    let received = receiver.received(2).await;
    assert_eq!(received[0].body, received[1].body);
    settled(&client).await;
    let deliveries = client.get("/sandbox/deliveries").await.body;
    assert_eq!((&deliveries[0]["attempts"], &deliveries[0]["state"]), (&json!(2), &json!("delivered")));
}

#[tokio::test]
async fn what_is_undelivered_survives_a_restart_of_either_side() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = || Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let client = Client::with(options()).await;
    // Nobody listens there.
    client.put("/webhook", json!({ "url": "http://127.0.0.1:9/", "secret": SECRET })).await;
    client.post("/v1/customers", &[]).await.id();
    assert_eq!(pending(&client).await, 1);
    client.sandbox.stop().await;

    let receiver = Receiver::start().await;
    let client = Client::with(options()).await;
    client.put("/webhook", json!({ "url": receiver.url() })).await;
    let received = &receiver.received(1).await[0];
    assert_eq!(received.event()["type"], "customer.created");
    assert!(is_signed(received, SECRET), "the secret is kept");
    settled(&client).await;
}

#[tokio::test]
async fn deliveries_are_kept_back_doubled_and_resent_on_order() {
    let receiver = Receiver::start().await;
    let client = told(&receiver).await;
    client.put("/webhook", json!({ "hold": true })).await;
    client.post("/v1/customers", &[]).await.id();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((receiver.received(0).await.len(), pending(&client).await), (0, 1));
    let settings = client.put("/webhook", json!({ "hold": false, "double": true })).await.body;
    assert_eq!(settings, json!({ "url": receiver.url(), "secret": SECRET, "hold": false, "double": true }));
    let received = receiver.received(2).await;
    assert_eq!(received[0].body, received[1].body);
    settled(&client).await;

    client.put("/webhook", json!({ "double": false })).await;
    let id = received[0].event()["id"].as_str().expect("an id").to_owned();
    let resent = client.order(Method::POST, &format!("/events/{id}/resend"), json!({})).await;
    assert_eq!(resent.body, json!({ "deliveries": 1 }));
    assert_eq!(receiver.received(3).await[2].event()["id"], id.as_str());
    client.order(Method::POST, "/events/evt_none/resend", json!({})).await.assert_refused(404, "resource_missing");
}

#[tokio::test]
async fn an_endpoint_is_told_what_it_asked_for() {
    let receiver = Receiver::start().await;
    let client = Client::new().await;
    let form =
        [("url", receiver.url()), ("enabled_events[]", "customer.deleted"), ("enabled_events[]", "refund.created")];
    let endpoint = client.post("/v1/webhook_endpoints", &form).await;
    let secret = endpoint.body["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("whsec_"));
    let path = format!("/v1/webhook_endpoints/{}", endpoint.id());
    assert!(client.get(&path).await.body.get("secret").is_none(), "shown once");

    let customer = client.post("/v1/customers", &[]).await.id();
    client.delete(&format!("/v1/customers/{customer}")).await;
    let received = receiver.received(1).await;
    assert_eq!(received[0].event()["type"], "customer.deleted");
    assert!(is_signed(&received[0], &secret));
    settled(&client).await;
    assert_eq!(client.delete(&path).await.body["deleted"], true);
    let customer = client.post("/v1/customers", &[]).await.id();
    client.delete(&format!("/v1/customers/{customer}")).await;
    assert_eq!((pending(&client).await, receiver.received(0).await.len()), (0, 1));
}

#[tokio::test]
async fn what_happens_at_connected_accounts_is_told_to_those_who_connect() {
    let (platform, connect) = (Receiver::start().await, Receiver::start().await);
    let client = Client::new().await;
    for (receiver, is_connect) in [(&platform, "false"), (&connect, "true")] {
        let form = [("url", receiver.url()), ("enabled_events[]", "*"), ("connect", is_connect)];
        client.post("/v1/webhook_endpoints", &form).await.id();
    }
    client.put("/accounts/acct_ready_ada", json!({ "transfers": "inactive" })).await;
    client.post("/v1/customers", &[]).await.id();
    assert_eq!(connect.received(1).await[0].event()["account"], "acct_ready_ada");
    assert_eq!(platform.received(1).await[0].event()["type"], "customer.created");
    settled(&client).await;
    assert_eq!((connect.received(0).await.len(), platform.received(0).await.len()), (1, 1));
}
