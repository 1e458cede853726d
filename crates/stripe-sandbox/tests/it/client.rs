//! A plain HTTP client that speaks Stripe's form encoding, and the few things every test needs.

use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use stripe_sandbox::{Options, Running, SECRET_KEY, Sandbox};

/// A sandbox of one's own and somebody who calls it.
pub(crate) struct Client {
    pub(crate) sandbox: Running,
    http: reqwest::Client,
}

/// What a browser got.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) html: String,
}

impl Page {
    #[track_caller]
    pub(crate) fn assert_leads_to(&self, url: &str) {
        assert_eq!((self.status.as_u16(), self.location.as_deref()), (303, Some(url)), "{}", self.html);
    }
}

async fn page(request: RequestBuilder) -> Page {
    let response = request.send().await.expect("the sandbox answers");
    let location = response.headers().get("Location").and_then(|value| value.to_str().ok()).map(str::to_owned);
    Page { status: response.status(), location, html: response.text().await.expect("a page") }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) replayed: bool,
    pub(crate) request_id: String,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
        let http = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { sandbox, http }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        send(self.form(path, form)).await
    }

    pub(crate) async fn post_with_key(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        send(self.form(path, form).header("Idempotency-Key", key)).await
    }

    pub(crate) async fn get_with_secret(&self, secret: &str, path: &str) -> Answer {
        send(self.http.get(self.sandbox.url() + path).bearer_auth(secret)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// Gives an order under `/sandbox`.
    pub(crate) async fn order(&self, method: Method, path: &str, body: Value) -> Answer {
        send(self.request(method, &format!("/sandbox{path}")).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.order(Method::PUT, path, body).await
    }

    pub(crate) async fn advance_clock(&self, seconds: u32) {
        self.put("/clock", json!({ "advance_seconds": seconds })).await.body["now"].as_i64().expect("a time");
    }

    /// Opens a hosted page, as a browser does.
    pub(crate) async fn open(&self, url: &str) -> Page {
        page(self.http.get(url)).await
    }

    /// Sends the form of a hosted page.
    pub(crate) async fn submit(&self, url: &str, form: &[(&str, &str)]) -> Page {
        let body = serde_urlencoded::to_string(form).expect("a form");
        page(self.http.post(url).header("Content-Type", "application/x-www-form-urlencoded").body(body)).await
    }

    /// A captured charge of 1250 for the order `ord_1`: its PaymentIntent and its id.
    pub(crate) async fn captured(&self, card: &str) -> (String, String) {
        let intent = self.hold(card, "1250").await.id();
        let captured = self.post(&format!("/v1/payment_intents/{intent}/capture"), &[]).await;
        (intent, captured.body["latest_charge"].as_str().expect("a charge").to_owned())
    }

    /// The types of the events so far, the oldest first.
    pub(crate) async fn event_types(&self) -> Vec<String> {
        let events = self.get("/v1/events?limit=100").await.body;
        let events = events["data"].as_array().expect("events").iter().rev();
        events.map(|event| event["type"].as_str().expect("a type").to_owned()).collect()
    }

    pub(crate) async fn order_fault(&self, fault: Value) {
        let response = self.http.put(self.sandbox.url() + "/sandbox/fault").json(&fault).send().await;
        assert_eq!(response.expect("the sandbox answers").status(), StatusCode::NO_CONTENT);
    }

    pub(crate) async fn clear_faults(&self) {
        let response = self.http.delete(self.sandbox.url() + "/sandbox/fault").send().await;
        assert_eq!(response.expect("the sandbox answers").status(), StatusCode::NO_CONTENT);
    }

    pub(crate) async fn summary(&self) -> Value {
        self.get("/sandbox/summary").await.body
    }

    /// A customer with this test card; their ids.
    pub(crate) async fn customer_with(&self, card: &str) -> (String, String) {
        let customer = self.post("/v1/customers", &[]).await.id();
        let method = self.post(&format!("/v1/payment_methods/{card}/attach"), &[("customer", &customer)]).await.id();
        (customer, method)
    }

    /// Holds `amount` on this test card for the order `ord_1`.
    pub(crate) async fn hold(&self, card: &str, amount: &str) -> Answer {
        let (customer, method) = self.customer_with(card).await;
        self.post("/v1/payment_intents", &hold_form(&customer, &method, amount)).await
    }

    /// An account that asked for transfers.
    pub(crate) async fn account(&self, form: &[(&str, &str)]) -> String {
        let mut form = form.to_vec();
        form.extend([("type", "express"), ("capabilities[transfers][requested]", "true")]);
        self.post("/v1/accounts", &form).await.id()
    }

    fn form(&self, path: &str, form: &[(&str, &str)]) -> RequestBuilder {
        self.request(Method::POST, path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(serde_urlencoded::to_string(form).expect("a form"))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.sandbox.url() + path).bearer_auth(SECRET_KEY)
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body["id"].as_str().expect("an id").to_owned()
    }

    #[track_caller]
    pub(crate) fn assert_refused(&self, status: u16, code: &str) {
        let error = &self.body["error"];
        let found = error["code"].as_str().or(error["type"].as_str());
        assert_eq!((self.status.as_u16(), found), (status, Some(code)), "{}", self.body);
    }
}

/// The parameters of a hold for the order `ord_1`, as payments sends them.
pub(crate) fn hold_form<'a>(customer: &'a str, method: &'a str, amount: &'a str) -> [(&'a str, &'a str); 9] {
    [
        ("amount", amount),
        ("currency", "usd"),
        ("capture_method", "manual"),
        ("confirm", "true"),
        ("off_session", "true"),
        ("customer", customer),
        ("payment_method", method),
        ("transfer_group", "ord_1"),
        ("metadata[order_id]", "ord_1"),
    ]
}

async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the sandbox answers");
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Answer {
        status: response.status(),
        replayed: header("Idempotent-Replayed").as_deref() == Some("true"),
        request_id: header("Request-Id").unwrap_or_default(),
        body: response.json().await.expect("JSON"),
    }
}
