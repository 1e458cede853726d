//! What happens by itself when time passes.

use serde_json::json;

use crate::client::Client;

const DAY: u32 = 24 * 60 * 60;

#[tokio::test]
async fn a_hold_lapses_after_a_week_and_is_not_captured_then() {
    let client = Client::new().await;
    let intent = client.hold("pm_card_visa", "1250").await;
    let path = format!("/v1/payment_intents/{}", intent.id());
    client.advance_clock(7 * DAY - 60).await;
    assert_eq!(client.get(&path).await.body["status"], "requires_capture");
    client.advance_clock(120).await;
    let refused = client.post(&format!("{path}/capture"), &[]).await;
    refused.assert_refused(400, "payment_intent_unexpected_state");
    let lapsed = client.get(&path).await.body;
    assert_eq!((&lapsed["status"], &lapsed["cancellation_reason"]), (&json!("canceled"), &json!("automatic")));
    let types = client.event_types().await;
    assert!(types.ends_with(&["charge.expired".to_owned(), "payment_intent.canceled".to_owned()]), "{types:?}");
    assert_eq!(client.summary().await["open_holds_count"], 0);
}

#[tokio::test]
async fn a_hold_that_was_captured_or_released_does_not_lapse() {
    let client = Client::new().await;
    let (captured, _) = client.captured("pm_card_visa").await;
    let released = client.hold("pm_card_visa", "1250").await.id();
    client.post(&format!("/v1/payment_intents/{released}/cancel"), &[]).await.id();
    client.advance_clock(8 * DAY).await;
    assert_eq!(client.get(&format!("/v1/payment_intents/{captured}")).await.body["status"], "succeeded");
    let released = client.get(&format!("/v1/payment_intents/{released}")).await.body;
    assert_eq!(released["cancellation_reason"], json!(null));
    assert!(!client.event_types().await.contains(&"charge.expired".to_owned()));
}

#[tokio::test]
async fn a_key_is_new_again_after_a_day() {
    let client = Client::new().await;
    let first = client.post_with_key("k", "/v1/customers", &[]).await;
    assert!(client.post_with_key("k", "/v1/customers", &[]).await.replayed);
    client.advance_clock(DAY).await;
    let later = client.post_with_key("k", "/v1/customers", &[("name", "Ada")]).await;
    assert!(!later.replayed);
    assert_ne!(first.id(), later.id());
}
