//! People who use the platform over HTTP, as the web app would.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use contracts::users::GetUser;
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::Answer;
use crate::world::{GLANCE, PATIENCE, STANDSTILL, World};

/// A signed-in person.
#[derive(Clone)]
pub struct Person {
    /// `usr_…`
    pub user_id: String,
    url: String,
    token: String,
    http: reqwest::Client,
    /// Where the world is recorded: the next idempotency key.
    keys: Option<Arc<AtomicU64>>,
}

/// How often somebody who repeats asks in all, and how long they wait before they ask again: for minutes.
const AGAIN: usize = 600;
const PAUSE: Duration = Duration::from_millis(200);

impl World {
    /// Signs in one of the seeded people.
    pub async fn person(&self, name: &str) -> Person {
        let http = reqwest::Client::new();
        let url = self.url();
        let request = http.post(format!("{url}/api/v1/dev/sign-in")).json(&json!({ "person": name }));
        let body = Answer::read(request.send().await.expect("the gateway")).await.expect(200);
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        self.known(&text(&body["user"]["user_id"])).await;
        Person {
            user_id: text(&body["user"]["user_id"]),
            token: text(&body["token"]),
            url,
            http,
            keys: self.keys.clone(),
        }
    }

    /// Waits until users knows somebody, if it is running. What they bring along, such as a card, is registered apart from what they
    /// ask for, and on a busy machine an order may be the first to be handled.
    async fn known(&self, user_id: &str) {
        let user_id = user_id.parse().expect("a user's id");
        let give_up = tokio::time::Instant::now() + STANDSTILL;
        while self.is_running("users") {
            let answer = self.bus.ask(&GetUser { user_id }).await;
            if matches!(answer, Ok(Ok(_))) {
                return;
            }
            if tokio::time::Instant::now() >= give_up {
                panic!("users does not know {user_id}: {answer:?}\n{}", self.lately().await);
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}

/// A basket for 8.90 with the default delivery fee of 2.00.
#[must_use]
pub fn basket() -> Value {
    json!({
        "store": { "name": "Koufu", "location": "Block 7" },
        "deliver_to": { "building": "Library", "room": "3-12", "note": "by the lifts" },
        "items": [{ "name": "Chicken rice", "quantity": 2, "price_cents": 445 }],
    })
}

impl Person {
    /// Sends a request as this person. In a recorded world it has an idempotency key, and is repeated while somebody is away
    /// or, but for an order's placing, has not decided.
    pub async fn request(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let is_keyed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"));
        let key = if method == Method::GET || is_keyed { None } else { self.next_key() };
        let key = key.as_deref().map(|key| ("Idempotency-Key", key));
        let headers: Vec<(&str, &str)> = headers.iter().copied().chain(key).collect();
        let tries = if self.keys.is_some() { AGAIN } else { 1 };
        self.send_up_to(tries, method, path, &headers, body).await
    }

    /// Sends a request as this person under an idempotency key of theirs, and repeats it in any world, as [`Person::request`]
    /// does in a recorded one.
    pub async fn insist(&self, method: Method, path: &str, key: &str, body: Value) -> Answer {
        let headers = [("Idempotency-Key", key), ("Prefer", "wait=30")];
        self.send_up_to(AGAIN, method, path, &headers, Some(body)).await
    }

    async fn send_up_to(
        &self,
        mut tries: usize,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        const AWAY: u16 = 503;
        const UNDECIDED: u16 = 202;
        let is_patient = method != Method::GET && path != "/api/v1/orders";
        loop {
            let answer = self.send(method.clone(), path, headers, body.clone()).await;
            tries -= 1;
            let again = answer.status == AWAY || (answer.status == UNDECIDED && is_patient);
            if !again || tries == 0 {
                return answer;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn next_key(&self) -> Option<String> {
        self.keys.as_ref().map(|keys| format!("recorded-{}", keys.fetch_add(1, Ordering::Relaxed)))
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::read(request.send().await.expect("the gateway")).await
    }

    /// `GET path`
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path, &[], None).await
    }

    /// `POST path`
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.request(Method::POST, path, &[], Some(body)).await
    }

    /// Asks for a quote for the basket and returns its id.
    pub async fn quote(&self, basket: Value) -> String {
        let answer = self.post("/api/v1/quotes", basket).await;
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        answer.body["quote_id"].as_str().expect("a quote_id").to_owned()
    }

    /// Places an order on a quote under an idempotency key.
    pub async fn place_quoted(&self, quote_id: &str, key: &str) -> Answer {
        let body = json!({ "quote_id": quote_id });
        self.request(Method::POST, "/api/v1/orders", &[("Idempotency-Key", key)], Some(body)).await
    }

    /// Orders the basket and returns the order's id.
    pub async fn place(&self) -> String {
        let quote_id = self.quote(basket()).await;
        #[expect(clippy::disallowed_methods, reason = "each order of a test is another one")]
        let key = self.next_key().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        let body = self.place_quoted(&quote_id, &key).await.expect(202);
        body["order_id"].as_str().expect("an order_id").to_owned()
    }

    /// The order as this person sees it.
    pub async fn order(&self, order_id: &str) -> Value {
        self.get(&format!("/api/v1/orders/{order_id}")).await.expect(200)
    }

    /// Waits until this person sees the order at a stage, in a world that cannot settle. Who asks soon after placing it may find
    /// nothing yet: on a busy machine it is accepted before it is handled.
    pub async fn sees(&self, order_id: &str, status: &str) {
        let give_up = tokio::time::Instant::now() + STANDSTILL;
        loop {
            let answer = self.get(&format!("/api/v1/orders/{order_id}")).await;
            if answer.status == 200 && answer.body["status"] == status {
                return;
            }
            assert!(tokio::time::Instant::now() < give_up, "{order_id} is not {status}: {answer:?}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// The order's money: it is absent from an order where payments does not answer at once, which on a busy machine it may not.
    pub async fn money(&self, order_id: &str) -> Value {
        self.get_until(&format!("/api/v1/orders/{order_id}"), |order| !order["money"].is_null()).await["money"].take()
    }

    /// What there is to do for staff, once nobody's tasks are missing: whoever has just died cannot be asked.
    pub async fn tasks(&self) -> Vec<Value> {
        let mut answer = self.get_until("/api/v1/ops/tasks", |answer| answer["missing"] == json!([])).await;
        answer["tasks"].as_array_mut().map(std::mem::take).expect("tasks")
    }

    /// Asks until nothing is left out of the answer for want of somebody to give it.
    async fn get_until(&self, path: &str, is_whole: impl Fn(&Value) -> bool) -> Value {
        let give_up = tokio::time::Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path).await.expect(200);
            if is_whole(&answer) {
                return answer;
            }
            assert!(tokio::time::Instant::now() < give_up, "{path} is not whole: {answer}");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Asks for something about an order, and waits for the verdict as long as the gateway lets anybody wait: how fast it
    /// comes is no test's business.
    pub async fn act(&self, order_id: &str, what: &str, body: Value) -> Answer {
        let path = format!("/api/v1/orders/{order_id}/{what}");
        self.request(Method::POST, &path, &[("Prefer", "wait=30")], Some(body)).await
    }

    /// Accepts an order.
    pub async fn accept(&self, order_id: &str) -> Answer {
        self.act(order_id, "accept", json!({})).await
    }

    /// Takes a step of the delivery. At the till it costs what was estimated.
    pub async fn advance(&self, order_id: &str, to: &str) -> Answer {
        match to {
            "PLACED" => self.buy(order_id, 890).await,
            to => self.act(order_id, "advance", json!({ "to": to })).await,
        }
    }

    /// Buys it, for what the till receipt says.
    pub async fn buy(&self, order_id: &str, receipt_cents: i64) -> Answer {
        self.act(order_id, "advance", json!({ "to": "PLACED", "receipt_cents": receipt_cents })).await
    }

    /// Hands an order over.
    pub async fn hand_over(&self, order_id: &str, pin: &str) -> Answer {
        self.act(order_id, "advance", json!({ "to": "DELIVERED", "pin": pin })).await
    }

    /// Calls an order off.
    pub async fn cancel(&self, order_id: &str) -> Answer {
        self.act(order_id, "cancel", json!({ "reason": "changed my mind" })).await
    }
}

/// A live view, as the web app has it.
pub struct Watch {
    response: reqwest::Response,
    buffer: String,
}

impl Person {
    /// Opens the event stream, after an event that was seen before.
    pub async fn watch(&self, last_event_id: Option<&str>) -> Watch {
        let mut request = self.http.get(format!("{}/api/v1/stream", self.url)).bearer_auth(&self.token);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        let response = request.send().await.expect("the gateway");
        assert_eq!(response.status(), 200);
        Watch { response, buffer: String::new() }
    }
}

impl Watch {
    /// The `order` events, as id and data, up to the one with this status.
    pub async fn until(&mut self, status: &str) -> Vec<(String, Value)> {
        let mut seen = Vec::new();
        loop {
            let (kind, id, data) = self.next().await;
            if kind != "order" {
                continue;
            }
            let last = data["status"] == status;
            seen.push((id, data));
            if last {
                return seen;
            }
        }
    }

    /// The kind of the first event.
    pub async fn first(&mut self) -> String {
        self.next().await.0
    }

    async fn next(&mut self) -> (String, String, Value) {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let field = |name: &str| {
                    let prefix = format!("{name}:");
                    let line = block.lines().find_map(|line| line.strip_prefix(&prefix));
                    line.map(|value| value.trim_start().to_owned()).unwrap_or_default()
                };
                let event = (field("event"), field("id"), serde_json::from_str(&field("data")).unwrap_or_default());
                self.buffer = rest.to_owned();
                if !event.0.is_empty() {
                    return event;
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("an event in time");
            let chunk = chunk.expect("a stream").expect("a stream that goes on");
            self.buffer.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}
