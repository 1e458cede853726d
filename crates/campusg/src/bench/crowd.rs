//! The people who order and deliver: what each of them sends, and what they hear on their event streams.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures::{StreamExt, TryStreamExt};
use reqwest::{Method, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// How long everybody may take to get a card or a payout account.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long one request may take: longer than the gateway waits at most.
const REQUEST: Duration = Duration::from_secs(40);
const GLANCE: Duration = Duration::from_millis(50);
/// People who sign in at the same time.
const DOORS: usize = 16;

/// Where an order comes to its end.
const ENDS: [&str; 2] = ["COMPLETED", "CANCELLED"];

/// Why something did not go as it should, short enough to be counted.
#[derive(Clone, Debug)]
pub(super) struct Failure(pub(super) String);

/// Everybody, signed in.
#[derive(Clone)]
pub(super) struct Crowd {
    pub(super) customers: Vec<Arc<Customer>>,
    pub(super) runners: Vec<Arc<Person>>,
}

/// Of an answer, what a load generator needs: the rest is skipped, not read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Answer {
    pub(super) order_id: Option<String>,
    pub(super) status: Option<String>,
    pub(super) quote_id: Option<String>,
    pub(super) handover_pin: Option<String>,
    code: Option<String>,
}

/// A signed-in person.
pub(super) struct Person {
    http: reqwest::Client,
    url: String,
    token: String,
}

/// Somebody who orders, and hears what becomes of it.
pub(super) struct Customer {
    pub(super) person: Arc<Person>,
    waiting: Waiting,
    ears: JoinHandle<()>,
}

impl Drop for Customer {
    fn drop(&mut self) {
        self.ears.abort();
    }
}

/// When an order came to its end, and which.
pub(super) struct End {
    pub(super) at: Instant,
    pub(super) status: String,
}

type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<End>>>>;

impl Crowd {
    /// Signs in `count` customers and `count` runners, and waits until they can pay and be paid.
    pub(super) async fn sign_in(url: &str, count: u32) -> anyhow::Result<Self> {
        // A proxy for the outside has no business between two processes of one machine.
        let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
        let ready = async |kind: &'static str, ready: &'static str| -> anyhow::Result<Vec<Person>> {
            let people = (0..count).map(|number| Person::ready(&http, url, format!("{kind}-{number}"), ready));
            futures::stream::iter(people).buffered(DOORS).try_collect().await
        };
        let customers = ready("customer", "can_pay").await?;
        let runners = ready("runner", "can_be_paid").await?;
        let customers = futures::future::try_join_all(customers.into_iter().map(Customer::listening)).await?;
        Ok(Self {
            customers: customers.into_iter().map(Arc::new).collect(),
            runners: runners.into_iter().map(Arc::new).collect(),
        })
    }
}

impl Person {
    async fn ready(http: &reqwest::Client, url: &str, name: String, ready: &str) -> anyhow::Result<Self> {
        let sign_in = http.post(format!("{url}/api/v1/dev/sign-in")).json(&json!({ "person": name })).timeout(REQUEST);
        let body: Value = sign_in.send().await?.error_for_status()?.json().await?;
        let token = body["token"].as_str().context("no token")?.to_owned();
        let person = Self { http: http.clone(), url: url.to_owned(), token };
        let give_up = Instant::now() + PATIENCE;
        while Instant::now() < give_up {
            // Not found at first: signing in does not wait until users knows them.
            let me: Result<Value, Failure> = person.get("me", "/api/v1/me").await;
            if me.is_ok_and(|me| me[ready] == true) {
                return Ok(person);
            }
            sleep(GLANCE).await;
        }
        bail!("{name} is not ready ({ready}) after {} s", PATIENCE.as_secs())
    }

    /// What they sign their requests with.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// `GET path`, which has to answer 200.
    pub(super) async fn get<T: DeserializeOwned>(&self, what: &str, path: &str) -> Result<T, Failure> {
        self.send(what, self.request(Method::GET, path), 200).await
    }

    /// `POST path`, which has to answer 200.
    pub(super) async fn ask_for(&self, what: &str, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.send(what, self.request(Method::POST, path).json(body), 200).await
    }

    /// Places an order on a quote and waits until it is paid for; the answer has to be 202.
    pub(super) async fn place(&self, quote_id: &str, key: &str) -> Result<Answer, Failure> {
        let request = self.request(Method::POST, "/api/v1/orders").json(&json!({ "quote_id": quote_id }));
        self.send("place", request.header("Idempotency-Key", key), 202).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        request.header("Prefer", "wait=30").timeout(REQUEST)
    }

    async fn send<T: DeserializeOwned>(
        &self,
        what: &str,
        request: reqwest::RequestBuilder,
        expected: u16,
    ) -> Result<T, Failure> {
        let lost = |error: reqwest::Error| {
            let why = if error.is_timeout() { "no answer in time" } else { "the connection failed" };
            Failure(format!("{what}: {why}"))
        };
        let answer = request.send().await.map_err(lost)?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(lost)?;
        if status == expected {
            return serde_json::from_slice(&body).map_err(|error| Failure(format!("{what}: {error}")));
        }
        let problem: Answer = serde_json::from_slice(&body).unwrap_or_default();
        Err(Failure(format!("{what}: {status} {}", problem.code.as_deref().unwrap_or("without a code"))))
    }
}

impl Customer {
    async fn listening(person: Person) -> anyhow::Result<Self> {
        let person = Arc::new(person);
        let waiting = Waiting::default();
        // The first stream is opened before the first order is placed, so that nothing is missed.
        let stream = open(&person).await.context("an event stream")?;
        let ears = tokio::spawn(listen(Arc::clone(&person), stream, Arc::clone(&waiting)));
        Ok(Self { person, waiting, ears })
    }

    /// Resolves when the stream says that this order has come to its end.
    pub(super) fn hear_of(&self, order_id: &str) -> oneshot::Receiver<End> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(order_id.to_owned(), sender);
        receiver
    }
}

async fn open(person: &Person) -> reqwest::Result<Response> {
    // No time limit: it is meant to stay open.
    let request = person.http.get(format!("{}/api/v1/stream", person.url)).bearer_auth(&person.token);
    request.send().await?.error_for_status()
}

/// Listens for as long as the customer is there. What was said while a lost stream was opened again is missed; whoever
/// waits for it looks for themselves.
async fn listen(person: Arc<Person>, mut stream: Response, waiting: Waiting) {
    loop {
        let mut buffer = String::new();
        while let Ok(Some(chunk)) = stream.chunk().await {
            buffer.push_str(&String::from_utf8_lossy(&chunk));
            let at = Instant::now();
            while let Some((event, rest)) = buffer.split_once("\n\n") {
                hear(event, at, &waiting);
                buffer = rest.to_owned();
            }
        }
        stream = loop {
            match open(&person).await {
                Ok(stream) => break stream,
                Err(_) => sleep(GLANCE).await,
            }
        };
    }
}

fn hear(event: &str, at: Instant, waiting: &Waiting) {
    // Most events are not the last of an order: they need not be read.
    if !ENDS.iter().any(|end| event.contains(end)) {
        return;
    }
    let Some(data) = event.lines().find_map(|line| line.strip_prefix("data:")) else { return };
    let Ok(Answer { order_id: Some(order_id), status: Some(status), .. }) = serde_json::from_str(data) else { return };
    if !ENDS.contains(&status.as_str()) {
        return;
    }
    if let Some(sender) = waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&order_id) {
        // Nobody waits any more when the order had already failed.
        drop(sender.send(End { at, status }));
    }
}
