//! 3-D Secure: the bank asks the cardholder, on a page of the sandbox.

use serde_json::{Value, json};

use crate::client::{Answer, Client};

const RETURN_URL: &str = "http://campus.test/back?order=1#top";

/// A payment of 1250 that is tried at once, while the cardholder is there.
async fn pay(client: &Client, card: &str, also: &[(&str, &str)]) -> Answer {
    let mut form = vec![("amount", "1250"), ("currency", "usd"), ("payment_method", card), ("confirm", "true")];
    form.push(("payment_method_types[]", "card"));
    form.extend(also);
    client.post("/v1/payment_intents", &form).await
}

fn page_of(intent: &Value) -> &str {
    assert_eq!(intent["status"], "requires_action", "{intent}");
    assert_eq!(intent["next_action"]["type"], "redirect_to_url");
    intent["next_action"]["redirect_to_url"]["url"].as_str().expect("a page")
}

/// Where the browser comes back to.
fn way_back(intent: &Value, status: &str) -> String {
    let (id, secret) = (&intent["id"], &intent["client_secret"]);
    let (id, secret) = (id.as_str().expect("an id"), secret.as_str().expect("a secret"));
    format!(
        "http://campus.test/back?order=1&payment_intent={id}&payment_intent_client_secret={secret}\
         &redirect_status={status}#top"
    )
}

async fn again(client: &Client, intent: &Value) -> Value {
    client.get(&format!("/v1/payment_intents/{}", intent["id"].as_str().expect("an id"))).await.body
}

#[tokio::test]
async fn a_cardholder_who_agrees_gets_a_hold_and_comes_back() {
    let client = Client::new().await;
    for card in ["pm_card_threeDSecure2Required", "pm_card_authenticationRequired"] {
        let asked = pay(&client, card, &[("capture_method", "manual"), ("return_url", RETURN_URL)]).await.body;
        assert_eq!(asked["next_action"]["redirect_to_url"]["return_url"], RETURN_URL);
        assert_eq!(asked["latest_charge"], json!(null));
        let page = client.open(page_of(&asked)).await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("12.50 USD") && page.html.contains("value=\"complete\""), "{}", page.html);
        // A form that is sent twice changes nothing the second time.
        for _ in 0..2 {
            let page = client.submit(page_of(&asked), &[("outcome", "complete")]).await;
            page.assert_leads_to(&way_back(&asked, "succeeded"));
        }
        let held = again(&client, &asked).await;
        assert_eq!((&held["status"], &held["next_action"]), (&json!("requires_capture"), &json!(null)));
    }
    assert_eq!(client.summary().await["open_holds_amount"], 2500);
}

#[tokio::test]
async fn a_payment_that_needs_no_capture_is_done_with_the_answer() {
    let client = Client::new().await;
    let asked = pay(&client, "pm_card_authenticationRequired", &[("return_url", RETURN_URL)]).await.body;
    client.submit(page_of(&asked), &[("outcome", "complete")]).await;
    assert_eq!(again(&client, &asked).await["status"], "succeeded");
    let types = client.event_types().await;
    let expected =
        ["payment_intent.created", "payment_intent.requires_action", "charge.succeeded", "payment_intent.succeeded"];
    assert_eq!(types, expected);
}

#[tokio::test]
async fn a_cardholder_who_fails_comes_back_to_try_another_card() {
    let client = Client::new().await;
    let asked = pay(&client, "pm_card_threeDSecure2Required", &[("return_url", RETURN_URL)]).await.body;
    let page = client.submit(page_of(&asked), &[("outcome", "fail")]).await;
    page.assert_leads_to(&way_back(&asked, "failed"));
    let failed = again(&client, &asked).await;
    assert_eq!(failed["status"], "requires_payment_method");
    assert_eq!(failed["last_payment_error"]["code"], "payment_intent_authentication_failure");
    assert_eq!(client.event_types().await.last().map(String::as_str), Some("payment_intent.payment_failed"));

    let confirm = format!("/v1/payment_intents/{}/confirm", failed["id"].as_str().expect("an id"));
    client.post(&confirm, &[]).await.assert_refused(400, "payment_intent_unexpected_state");
    let paid = client.post(&confirm, &[("payment_method", "pm_card_visa")]).await;
    assert_eq!((&paid.body["status"], &paid.body["last_payment_error"]), (&json!("succeeded"), &json!(null)));
    client.post(&confirm, &[]).await.assert_refused(400, "payment_intent_unexpected_state");
}

#[tokio::test]
async fn the_page_opens_only_with_its_secret() {
    let client = Client::new().await;
    let asked = pay(&client, "pm_card_authenticationRequired", &[("return_url", RETURN_URL)]).await.body;
    let (page, _) = page_of(&asked).split_once('?').expect("a query");
    assert_eq!(client.open(page).await.status, 404);
    let guessed = client.submit(&format!("{page}?payment_intent_client_secret=x"), &[("outcome", "complete")]).await;
    assert_eq!(guessed.status, 404);
    assert_eq!(again(&client, &asked).await["status"], "requires_action");
}

#[tokio::test]
async fn a_bank_may_still_decline_after_the_answer() {
    let client = Client::new().await;
    let card = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds";
    let asked = pay(&client, card, &[("return_url", RETURN_URL)]).await.body;
    let page = client.submit(page_of(&asked), &[("outcome", "complete")]).await;
    page.assert_leads_to(&way_back(&asked, "failed"));
    assert_eq!(again(&client, &asked).await["last_payment_error"]["decline_code"], "insufficient_funds");
}

#[tokio::test]
async fn a_caller_who_wants_no_questions_gets_a_decline() {
    let client = Client::new().await;
    let quiet = pay(&client, "pm_card_authenticationRequired", &[("error_on_requires_action", "true")]).await;
    quiet.assert_refused(402, "authentication_required");
    assert_eq!(quiet.body["error"]["payment_intent"]["status"], "requires_payment_method");
}

#[tokio::test]
async fn an_abandoned_question_can_be_cancelled_or_asked_again() {
    let client = Client::new().await;
    let asked = pay(&client, "pm_card_authenticationRequired", &[("return_url", RETURN_URL)]).await.body;
    let path = format!("/v1/payment_intents/{}", asked["id"].as_str().expect("an id"));
    let elsewhere = client.post(&format!("{path}/confirm"), &[("return_url", "http://elsewhere.test/")]).await.body;
    assert_eq!(elsewhere["next_action"]["redirect_to_url"]["return_url"], "http://elsewhere.test/");
    assert_eq!(client.post(&format!("{path}/cancel"), &[]).await.body["status"], "canceled");
    let page = client.submit(page_of(&elsewhere), &[("outcome", "complete")]).await;
    assert!(page.location.is_some_and(|url| url.ends_with("redirect_status=failed")), "too late");
}

#[tokio::test]
async fn what_makes_no_sense_together_is_refused() {
    let client = Client::new().await;
    let refused: [&[(&str, &str)]; 4] = [
        &[("return_url", "not an address")],
        &[("payment_method_types[]", "sepa_debit")],
        &[("confirm", "false"), ("return_url", RETURN_URL)],
        &[("off_session", "maybe")],
    ];
    for also in refused {
        let mut form = vec![("amount", "1250"), ("currency", "usd")];
        form.extend(also);
        assert_eq!(client.post("/v1/payment_intents", &form).await.status, 400, "{also:?}");
    }
    let automatic = [
        ("amount", "1250"),
        ("currency", "usd"),
        ("payment_method", "pm_card_visa"),
        ("confirm", "true"),
        ("automatic_payment_methods[enabled]", "true"),
    ];
    client.post("/v1/payment_intents", &automatic).await.assert_refused(400, "invalid_request_error");
    let mut never = automatic.to_vec();
    never.push(("automatic_payment_methods[allow_redirects]", "never"));
    client.post("/v1/payment_intents", &never).await.id();
}

#[tokio::test]
async fn metadata_is_written_over_and_deleted_by_emptiness() {
    let client = Client::new().await;
    let intent = client.hold("pm_card_visa", "1250").await.id();
    let path = format!("/v1/payment_intents/{intent}");
    let updated = client.post(&path, &[("metadata[runner]", "ada"), ("metadata[order_id]", "")]).await;
    assert_eq!(updated.body["metadata"], json!({ "runner": "ada" }));
}
