//! A card is saved for later: over the API, and on the hosted page.

use serde_json::{Value, json};

use crate::client::{Answer, Client};

const SUCCESS: &str = "http://campus.test/saved?session={CHECKOUT_SESSION_ID}";
const BACK: &str = "http://campus.test/cards";

async fn session(client: &Client, customer: &str) -> Answer {
    let form = [
        ("mode", "setup"),
        ("currency", "sgd"),
        ("customer", customer),
        ("success_url", SUCCESS),
        ("cancel_url", BACK),
        ("client_reference_id", "usr_1"),
        ("metadata[user]", "usr_1"),
        ("setup_intent_data[metadata][user]", "usr_1"),
        ("payment_method_types[0]", "card"),
    ];
    client.post("/v1/checkout/sessions", &form).await
}

fn url(session: &Value) -> &str {
    session["url"].as_str().expect("an address")
}

async fn again(client: &Client, session: &Answer) -> Value {
    client.get(&format!("/v1/checkout/sessions/{}", session.id())).await.body
}

async fn cards(client: &Client, customer: &str) -> Value {
    client.get(&format!("/v1/customers/{customer}/payment_methods")).await.body["data"].clone()
}

#[tokio::test]
async fn a_card_is_saved_on_the_hosted_page() {
    let client = Client::new().await;
    let customer = client.post("/v1/customers", &[]).await.id();
    let open = session(&client, &customer).await;
    assert_eq!((&open.body["status"], &open.body["mode"]), (&json!("open"), &json!("setup")));
    let page = client.open(url(&open.body)).await;
    assert!(page.html.contains("name=\"card\"") && page.html.contains("4242424242424242"), "{}", page.html);
    let saved = client.submit(url(&open.body), &[("card", "5555 5555 5555 4444"), ("outcome", "save")]).await;
    saved.assert_leads_to(&SUCCESS.replace("{CHECKOUT_SESSION_ID}", &open.id()));

    let complete = again(&client, &open).await;
    assert_eq!((&complete["status"], &complete["url"]), (&json!("complete"), &json!(null)));
    let intent = complete["setup_intent"].as_str().expect("a setup intent");
    let intent = client.get(&format!("/v1/setup_intents/{intent}")).await.body;
    assert_eq!((&intent["status"], &intent["metadata"]["user"]), (&json!("succeeded"), &json!("usr_1")));
    let cards = cards(&client, &customer).await;
    assert_eq!((&cards[0]["id"], &cards[0]["card"]["last4"]), (&intent["payment_method"], &json!("4444")));
    let told = client.event_types().await;
    let expected = [
        "customer.created",
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
        "checkout.session.completed",
    ];
    assert_eq!(told, expected);
    // Who presses twice goes on, and saves one card.
    let twice = client.submit(url(&open.body), &[("card", "4242424242424242")]).await;
    assert_eq!(twice.status, 303);
    assert_eq!(
        client.get("/v1/events?type=payment_method.attached").await.body["data"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn a_declined_card_says_so_and_leaves_the_page_open() {
    let client = Client::new().await;
    let customer = client.post("/v1/customers", &[]).await.id();
    let open = session(&client, &customer).await;
    for (form, message) in [
        ([("card", "4000000000009995")], "insufficient funds"),
        ([("choice", "4000000000000069")], "has expired"),
        ([("card", "4242424242424241")], "number is incorrect"),
        ([("card", "4111111111111111")], "non test card"),
        ([("card", "")], "number is incorrect"),
    ] {
        let page = client.submit(url(&open.body), &form).await;
        assert_eq!(page.status, 422, "{form:?}");
        assert!(page.html.contains(message), "{}", page.html);
    }
    assert_eq!(again(&client, &open).await["status"], "open");
    assert_eq!(cards(&client, &customer).await, json!([]));
    client.submit(url(&open.body), &[("card", "4242424242424242")]).await;
    assert_eq!(again(&client, &open).await["status"], "complete");
}

#[tokio::test]
async fn a_bank_may_ask_before_a_card_is_saved() {
    let client = Client::new().await;
    let customer = client.post("/v1/customers", &[]).await.id();
    let open = session(&client, &customer).await;
    let card = [("card", "4000002500003155")];
    let page = client.submit(url(&open.body), &card).await;
    assert!(page.status == 200 && page.html.contains("value=\"complete\""), "{}", page.html);
    let failed = client.submit(url(&open.body), &[("outcome", "fail")]).await;
    assert!(failed.status == 422 && failed.html.contains("unable to authenticate"), "{}", failed.html);
    client.submit(url(&open.body), &card).await;
    let done = client.submit(url(&open.body), &[("outcome", "complete")]).await;
    assert_eq!(done.status, 303);

    // Set up, the card is not asked about while its holder is away.
    let method = cards(&client, &customer).await[0]["id"].as_str().expect("a card").to_owned();
    let held = client.post("/v1/payment_intents", &crate::client::hold_form(&customer, &method, "1250")).await;
    assert_eq!(held.body["status"], "requires_capture");
    let attached = client.hold("pm_card_authenticationRequiredOnSetup", "1250").await;
    attached.assert_refused(402, "authentication_required");
}

#[tokio::test]
async fn a_program_may_answer_the_bank_along_with_the_card() {
    let client = Client::new().await;
    let customer = client.post("/v1/customers", &[]).await.id();
    let open = session(&client, &customer).await;
    let form = [("card", "4000000000003220"), ("outcome", "complete")];
    assert_eq!(client.submit(url(&open.body), &form).await.status, 303);
}

#[tokio::test]
async fn who_goes_back_saves_nothing_and_the_session_expires() {
    let client = Client::new().await;
    let customer = client.post("/v1/customers", &[]).await.id();
    let open = session(&client, &customer).await;
    client.submit(url(&open.body), &[("outcome", "back")]).await.assert_leads_to(BACK);
    assert_eq!(again(&client, &open).await["status"], "open");
    client.advance_clock(24 * 60 * 60 + 1).await;
    assert_eq!(again(&client, &open).await["status"], "expired");
    client.open(url(&open.body)).await.assert_leads_to(BACK);
    let told = client.event_types().await;
    assert_eq!(told.last().map(String::as_str), Some("checkout.session.expired"));

    let other = session(&client, &customer).await;
    let expire = format!("/v1/checkout/sessions/{}/expire", other.id());
    assert_eq!(client.post(&expire, &[]).await.body["status"], "expired");
    client.post(&expire, &[]).await.assert_refused(400, "invalid_request_error");
}

#[tokio::test]
async fn a_setup_intent_goes_through_its_states() {
    let client = Client::new().await;
    let customer = client.post("/v1/customers", &[]).await.id();
    let create = |form: Vec<(&'static str, String)>| {
        let (client, customer) = (&client, customer.clone());
        async move {
            let mut form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            form.push(("customer", &customer));
            client.post("/v1/setup_intents", &form).await
        }
    };
    let open = create(vec![]).await;
    assert_eq!(open.body["status"], "requires_payment_method");
    let path = format!("/v1/setup_intents/{}", open.id());
    client.post(&format!("{path}/confirm"), &[]).await.assert_refused(400, "setup_intent_unexpected_state");
    let declined = client.post(&format!("{path}/confirm"), &[("payment_method", "pm_card_chargeDeclined")]).await;
    declined.assert_refused(402, "card_declined");
    assert_eq!(declined.body["error"]["setup_intent"]["status"], "requires_payment_method");
    let done = client.post(&format!("{path}/confirm"), &[("payment_method", "pm_card_visa")]).await;
    assert_eq!(done.body["status"], "succeeded");
    client.post(&format!("{path}/cancel"), &[]).await.assert_refused(400, "setup_intent_unexpected_state");

    let confirm = vec![
        ("confirm", "true".to_owned()),
        ("payment_method", "pm_card_threeDSecure2Required".to_owned()),
        ("return_url", BACK.to_owned()),
    ];
    let asked = create(confirm).await.body;
    let page = asked["next_action"]["redirect_to_url"]["url"].as_str().expect("a page");
    let back = client.submit(page, &[("outcome", "complete")]).await;
    assert!(back.location.is_some_and(|url| url.ends_with("redirect_status=succeeded")));

    let unused = create(vec![]).await.id();
    assert_eq!(client.post(&format!("/v1/setup_intents/{unused}/cancel"), &[]).await.body["status"], "canceled");
    let list = client.get(&format!("/v1/setup_intents?customer={customer}")).await.body;
    assert_eq!(list["data"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_session_needs_a_mode_an_address_and_a_way_to_pay() {
    let client = Client::new().await;
    let whole = [("mode", "setup"), ("currency", "usd"), ("success_url", SUCCESS)];
    client.post("/v1/checkout/sessions", &whole).await.id();
    for left_out in 0..3 {
        let form: Vec<(&str, &str)> =
            whole.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, it)| *it).collect();
        client.post("/v1/checkout/sessions", &form).await.assert_refused(400, "parameter_missing");
    }
    let payment = [("mode", "payment"), ("currency", "usd"), ("success_url", SUCCESS)];
    client.post("/v1/checkout/sessions", &payment).await.assert_refused(400, "invalid_request_error");
}
