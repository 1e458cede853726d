//! Faults on order.

use std::time::Duration;

use serde_json::json;
use stripe_sandbox::SECRET_KEY;

use crate::client::{Client, hold_form};

#[tokio::test]
async fn a_failing_call_does_nothing_and_its_key_stays_free() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let form = hold_form(&customer, &method, "1250");
    client.order_fault(json!({ "path": "/v1/payment_intents", "mode": "fail", "times": 2 })).await;
    for _ in 0..2 {
        client.post_with_key("k", "/v1/payment_intents", &form).await.assert_refused(500, "api_error");
    }
    assert_eq!(client.summary().await["payment_intents"], 0);
    let third = client.post_with_key("k", "/v1/payment_intents", &form).await;
    assert_eq!((third.status.as_u16(), third.replayed), (200, false));
}

#[tokio::test]
async fn a_call_that_timed_out_was_done_and_its_key_replays_the_answer() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let form = hold_form(&customer, &method, "1250");
    client.order_fault(json!({ "path": "/v1/payment_intents", "mode": "timeout_after", "ms": 60_000 })).await;
    let impatient = client.post_with_key("k", "/v1/payment_intents", &form);
    assert!(tokio::time::timeout(Duration::from_millis(300), impatient).await.is_err());
    assert_eq!(client.summary().await["open_holds_count"], 1);
    let again = client.post_with_key("k", "/v1/payment_intents", &form).await;
    assert_eq!((again.body["status"].as_str(), again.replayed), (Some("requires_capture"), true));
    assert_eq!(client.summary().await["open_holds_count"], 1);
}

#[tokio::test]
async fn a_call_that_fails_after_its_work_was_done_and_its_key_replays_the_answer() {
    let client = Client::new().await;
    let (customer, method) = client.customer_with("pm_card_visa").await;
    let form = hold_form(&customer, &method, "1250");
    let fault = json!({ "path": "/v1/payment_intents/**", "method": "POST", "mode": "fail_after", "status": 502 });
    client.order_fault(fault).await;
    client.post_with_key("k", "/v1/payment_intents", &form).await.assert_refused(502, "api_error");
    assert_eq!(client.summary().await["open_holds_count"], 1);
    let again = client.post_with_key("k", "/v1/payment_intents", &form).await;
    assert_eq!((again.body["status"].as_str(), again.replayed), (Some("requires_capture"), true));
}

#[tokio::test]
async fn a_slow_call_is_finished_even_when_the_caller_hangs_up() {
    let client = Client::new().await;
    client.order_fault(json!({ "path": "/v1/customers", "mode": "slow", "ms": 300 })).await;
    let impatient = client.post("/v1/customers", &[]);
    assert!(tokio::time::timeout(Duration::from_millis(100), impatient).await.is_err());
    assert_eq!(client.summary().await["customers"], 0);
    tokio::time::timeout(Duration::from_secs(5), async {
        while client.summary().await["customers"] != 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the customer is opened");
}

#[tokio::test]
async fn a_fault_hits_only_its_path_and_can_be_called_off() {
    let client = Client::new().await;
    let intent = client.hold("pm_card_visa", "1250").await.id();
    let capture = format!("/v1/payment_intents/{intent}/capture");
    let fault = json!({ "path": "/v1/payment_intents/*/capture", "mode": "fail", "status": 429, "times": 9 });
    client.order_fault(fault).await;
    assert_eq!(client.get(&format!("/v1/payment_intents/{intent}")).await.status, 200);
    client.post(&capture, &[]).await.assert_refused(429, "rate_limit");
    client.clear_faults().await;
    client.post(&capture, &[]).await.id();
}

#[tokio::test]
async fn stopping_waits_for_no_fault() {
    let client = Client::new().await;
    client.order_fault(json!({ "path": "/v1/customers", "mode": "slow", "ms": 600_000 })).await;
    let url = client.sandbox.url();
    let hanging =
        tokio::spawn(
            async move { reqwest::Client::new().post(url + "/v1/customers").bearer_auth(SECRET_KEY).send().await },
        );
    tokio::time::sleep(Duration::from_millis(100)).await;
    // Only a guard against hanging: the fault alone would take ten minutes.
    tokio::time::timeout(Duration::from_secs(120), client.sandbox.stop()).await.expect("a sandbox that stops");
    let answer = hanging.await.expect("the caller lives");
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status() == 503));
}
