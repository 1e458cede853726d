//! The people: who takes part, what each of them sends, and what they hear of their orders.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use contracts::{MessageId, VendorId};
use futures::{StreamExt, TryStreamExt};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

/// How long everybody may take to get a card or a payout account.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long one request may take: longer than the gateway waits at most.
const REQUEST: Duration = Duration::from_secs(40);
/// The longest pause before a request is sent again.
const PAUSE_MAX: Duration = Duration::from_secs(3);
/// The longest that anybody waits because a `Retry-After` says so.
const RETRY_MAX: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(50);
/// How often somebody learns of the same request that it is stored but not decided, before that is as good as no answer.
const UNDECIDED: u32 = 8;
/// What placing an order is called.
pub(crate) const PLACE: &str = "place";
/// People who sign in at the same time.
const DOORS: usize = 16;

/// How much people bear with the platform.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// How often a request is sent before it is given up.
    pub(crate) tries: u32,
    /// How long anybody waits for what should happen by itself.
    pub(crate) waiting: Duration,
}

impl Patience {
    /// With a platform that is well.
    pub(crate) const ORDINARY: Self = Self { tries: 6, waiting: Duration::from_secs(60) };
    /// With one whose parts are killed: nobody gives up before it has had all the time to recover.
    pub(crate) const ANGELIC: Self = Self { tries: 150, waiting: Duration::from_secs(420) };
}

/// Why a request did not end well.
#[derive(Debug)]
pub(crate) enum No {
    /// A rule said no.
    Refused {
        /// What was asked for.
        what: &'static str,
        /// The rule's code.
        code: String,
    },
    /// There was no answer, or none that anybody should get.
    Failed(String),
}

/// What the platform promises of itself, and how it kept it.
pub(crate) struct Promises {
    /// Its OpenAPI description.
    document: Value,
    kept: Mutex<Kept>,
}

/// How the requests of everybody were answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    /// Answers.
    pub(crate) answered: u64,
    /// Requests that were sent again: no answer, or "not now".
    pub(crate) repeated: u64,
    /// Answers that nobody should get, and how many.
    pub(crate) broken: BTreeMap<String, u32>,
}

/// Somebody, signed in.
pub(crate) struct Person {
    http: reqwest::Client,
    url: String,
    token: String,
    promises: Arc<Promises>,
    patience: Patience,
    heard: Heard,
}

/// What somebody has heard of each of their orders last.
#[derive(Default)]
struct Heard(Mutex<HashMap<String, watch::Sender<Option<News>>>>);

/// Something happened to an order.
#[derive(Clone, Debug)]
pub(crate) struct News {
    pub(crate) status: String,
    /// When it was heard.
    pub(crate) at: Instant,
}

/// Everybody who takes part.
pub(crate) struct Cast {
    pub(crate) customers: Vec<Arc<Person>>,
    /// Their cards are declined.
    pub(crate) declined: Vec<Arc<Person>>,
    /// Their banks want to see them.
    pub(crate) secured: Vec<Arc<Person>>,
    /// They have no card.
    pub(crate) broke: Vec<Arc<Person>>,
    pub(crate) runners: Vec<Arc<Person>>,
    pub(crate) operator: Arc<Person>,
    pub(crate) finance: Arc<Person>,
    /// Somebody with a price list.
    pub(crate) vendor: Vendor,
    pub(crate) promises: Arc<Promises>,
    pub(crate) patience: Patience,
}

/// Somebody with a price list.
pub(crate) struct Vendor {
    pub(crate) vendor_id: String,
    /// What can be had today.
    pub(crate) item_ids: Vec<String>,
}

impl Cast {
    /// Signs in `count` customers, as many runners and a few of each other kind, and waits until they can pay and be paid.
    pub(crate) async fn sign_in(url: &str, count: u32, patience: Patience) -> anyhow::Result<Self> {
        // A proxy for the outside has no business here, and where a bank sends people back to is no place for us.
        let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).redirect(reqwest::redirect::Policy::none());
        let http = http.build()?;
        let promises = Arc::new(Promises::of(&http, url).await?);
        let door = Door { http, url: url.to_owned(), promises: Arc::clone(&promises), patience };
        let few = count.div_ceil(8);
        let operator = door.open("olga".to_owned(), |_| true).await?;
        Ok(Self {
            customers: door.crowd("customer", count, can_pay).await?,
            declined: door.crowd("decline", few, can_pay).await?,
            secured: door.crowd("secure", few, can_pay).await?,
            broke: door.crowd("broke", few, |_| true).await?,
            // Two at least, so that one can take what another has given back.
            runners: door.crowd("runner", count.max(2), |me| me["can_be_paid"] == true).await?,
            finance: door.open("fay".to_owned(), |_| true).await?,
            vendor: Vendor::find(&operator).await?,
            operator,
            promises,
            patience,
        })
    }
}

fn can_pay(me: &Value) -> bool {
    me["can_pay"] == true
}

/// Where people sign in.
struct Door {
    http: reqwest::Client,
    url: String,
    promises: Arc<Promises>,
    patience: Patience,
}

impl Door {
    async fn crowd(&self, kind: &str, count: u32, ready: fn(&Value) -> bool) -> anyhow::Result<Vec<Arc<Person>>> {
        let people = (0..count).map(|number| self.open(format!("{kind}-{number}"), ready));
        futures::stream::iter(people).buffered(DOORS).try_collect().await
    }

    async fn open(&self, name: String, ready: fn(&Value) -> bool) -> anyhow::Result<Arc<Person>> {
        let mut person = Person {
            http: self.http.clone(),
            url: self.url.clone(),
            token: String::new(),
            promises: Arc::clone(&self.promises),
            patience: self.patience,
            heard: Heard::default(),
        };
        let signed_in = person.post("sign in", "/api/v1/dev/sign-in", &json!({ "person": name }), "").await;
        let signed_in = signed_in.map_err(|no| anyhow!("{name} cannot sign in by name: {no}"))?;
        signed_in["token"].as_str().context("no token")?.clone_into(&mut person.token);
        let give_up = Instant::now() + PATIENCE;
        // Not found at first: signing in does not wait until users knows them.
        while !matches!(person.get("me", "/api/v1/me").await, Ok(me) if ready(&me)) {
            if Instant::now() > give_up {
                bail!("{name} is not ready after {} s", PATIENCE.as_secs());
            }
            sleep(GLANCE).await;
        }
        // The first stream is opened before the first order is placed, so that nothing is missed.
        let stream = person.listen().await.context("an event stream")?;
        let person = Arc::new(person);
        tokio::spawn(hear_all(Arc::downgrade(&person), stream));
        Ok(person)
    }
}

impl Person {
    /// `GET path`
    pub(crate) async fn get(&self, what: &'static str, path: &str) -> Result<Value, No> {
        self.send(what, &Method::GET, path, None, "").await
    }

    /// `POST path`. The key makes it safe to send it again, which happens when there is no answer.
    pub(crate) async fn post(&self, what: &'static str, path: &str, body: &Value, key: &str) -> Result<Value, No> {
        self.send(what, &Method::POST, path, Some(body), key).await
    }

    /// `PUT path`
    pub(crate) async fn put(&self, what: &'static str, path: &str, body: &Value, key: &str) -> Result<Value, No> {
        self.send(what, &Method::PUT, path, Some(body), key).await
    }

    /// Sends a request and loses the network before the answer.
    pub(crate) async fn post_and_lose(&self, path: &str, body: &Value, key: &str, after: Duration) {
        let request = self.request(&Method::POST, path, Some(body), key);
        lock(&self.promises.kept).repeated += 1;
        drop(timeout(after, request.send()).await);
    }

    /// Does what their bank wants on the page that it shows; anything but a redirect back is an error.
    pub(crate) async fn answer_bank(&self, page: &str, outcome: &str) -> Result<(), No> {
        let answer = self.http.post(page).body(format!("outcome={outcome}")).timeout(REQUEST).send().await;
        match answer {
            Ok(answer) if answer.status() == StatusCode::SEE_OTHER => Ok(()),
            Ok(answer) => Err(No::Failed(format!("the bank's page: {}", answer.status()))),
            Err(_) => Err(No::Failed("the bank's page: no answer".to_owned())),
        }
    }

    /// What they hear of an order from now on; the last news first, if there were any.
    pub(crate) fn hear_of(&self, order_id: &str) -> watch::Receiver<Option<News>> {
        lock(&self.heard.0).entry(order_id.to_owned()).or_default().subscribe()
    }

    fn request(&self, method: &Method, path: &str, body: Option<&Value>, key: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method.clone(), format!("{}{path}", self.url)).timeout(REQUEST);
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        let request = if key.is_empty() { request } else { request.header("Idempotency-Key", key) };
        let request = request.header("Prefer", "wait=30");
        match body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    async fn send(
        &self,
        what: &'static str,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        key: &str,
    ) -> Result<Value, No> {
        let (mut why, mut undecided) = (String::new(), 0);
        for attempt in 0..self.patience.tries {
            if attempt > 0 {
                lock(&self.promises.kept).repeated += 1;
            }
            let pause = Duration::from_millis(100 << attempt.min(5)).min(PAUSE_MAX);
            match self.request(method, path, body, key).send().await {
                Err(error) => {
                    why = format!("{what}: {}", if error.is_timeout() { "no answer in time" } else { "no connection" });
                    sleep(pause).await;
                }
                Ok(answer) if is_not_decided(what, answer.status()) && undecided < UNDECIDED => {
                    undecided += 1;
                    why = format!("{what}: stored, and nobody has said yes or no");
                    sleep(pause).await;
                }
                Ok(answer) if is_not_now(answer.status()) => {
                    why = format!("{what}: {}", answer.status().as_u16());
                    sleep(retry_after(&answer).unwrap_or(pause)).await;
                }
                Ok(answer) => {
                    if is_not_decided(what, answer.status()) {
                        self.promises.broke(&format!("{why}, {undecided} times"));
                    }
                    return self.read(what, method, path, answer).await;
                }
            }
        }
        self.promises.broke(&why);
        Err(No::Failed(format!("{why}, {} times", self.patience.tries)))
    }

    async fn read(&self, what: &'static str, method: &Method, path: &str, answer: Response) -> Result<Value, No> {
        let status = answer.status();
        lock(&self.promises.kept).answered += 1;
        let body: Value = answer.json().await.unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let code = body["code"].as_str().unwrap_or("without a code").to_owned();
        if status.is_client_error() && self.promises.documents(method, path, status, &code) {
            return Err(No::Refused { what, code });
        }
        let broken = if status.is_client_error() { "undocumented " } else { "" };
        let broken = format!("{what}: {broken}{} {code}", status.as_u16());
        self.promises.broke(&broken);
        Err(No::Failed(broken))
    }

    async fn listen(&self) -> reqwest::Result<Response> {
        // No time limit: it is meant to stay open.
        let request = self.http.get(format!("{}/api/v1/stream", self.url)).bearer_auth(&self.token);
        request.send().await?.error_for_status()
    }

    fn hear(&self, event: &str) {
        let Some(data) = event.lines().find_map(|line| line.strip_prefix("data:")) else { return };
        let Ok(data) = serde_json::from_str::<Value>(data) else { return };
        let (Some(order_id), Some(status)) = (data["order_id"].as_str(), data["status"].as_str()) else { return };
        let news = News { status: status.to_owned(), at: Instant::now() };
        lock(&self.heard.0).entry(order_id.to_owned()).or_default().send_replace(Some(news));
    }
}

/// Listens for as long as the person is there. What was said while a lost stream was opened again is missed; whoever waits
/// for it looks for themselves.
async fn hear_all(person: Weak<Person>, mut stream: Response) {
    loop {
        let mut buffer = String::new();
        while let Ok(Some(chunk)) = stream.chunk().await {
            let Some(person) = person.upgrade() else { return };
            buffer.push_str(&String::from_utf8_lossy(&chunk));
            while let Some((event, rest)) = buffer.split_once("\n\n") {
                person.hear(event);
                buffer = rest.to_owned();
            }
        }
        stream = loop {
            let Some(person) = person.upgrade() else { return };
            match person.listen().await {
                Ok(stream) => break stream,
                Err(_) => sleep(GLANCE).await,
            }
        };
    }
}

fn is_not_now(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// It is stored, and nobody has said yes or no yet: whoever asks again under the same key learns it. An order that is stored
/// is placed.
fn is_not_decided(what: &str, status: StatusCode) -> bool {
    status == StatusCode::ACCEPTED && what != PLACE
}

fn retry_after(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_MAX))
}

impl Promises {
    async fn of(http: &reqwest::Client, url: &str) -> anyhow::Result<Self> {
        let answer = http.get(format!("{url}/api/openapi.json")).timeout(REQUEST).send().await;
        let answer = answer.and_then(Response::error_for_status);
        let document = answer.with_context(|| format!("no CampusG answers at {url}"))?.json().await?;
        Ok(Self { document, kept: Mutex::default() })
    }

    /// How they were kept until now.
    pub(crate) fn kept(&self) -> Kept {
        lock(&self.kept).clone()
    }

    fn broke(&self, how: &str) {
        *lock(&self.kept).broken.entry(how.to_owned()).or_default() += 1;
    }

    /// Whether the description says that this operation may be refused like that.
    fn documents(&self, method: &Method, path: &str, status: StatusCode, code: &str) -> bool {
        let operation = &self.document["paths"][template(path)][method.as_str().to_lowercase()];
        let codes = &operation["responses"][status.as_str()]["description"];
        codes.as_str().is_some_and(|codes| codes.contains(&format!("`{code}`")))
    }
}

/// `/api/v1/orders/{id}/accept` of `/api/v1/orders/ord_…/accept`.
fn template(path: &str) -> String {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let is_id = |part: &str| part.starts_with("ord_") || part.starts_with("ven_");
    path.split('/').map(|part| if is_id(part) { "{id}" } else { part }).collect::<Vec<_>>().join("/")
}

impl Vendor {
    /// The first who is open, or one that the operator opens.
    async fn find(operator: &Person) -> anyhow::Result<Self> {
        let fault = |no| anyhow!("price lists: {no}");
        let known = operator.get("vendors", "/api/v1/vendors").await.map_err(fault)?;
        for vendor in known["vendors"].as_array().into_iter().flatten().filter(|vendor| vendor["open"] == true) {
            let vendor_id = vendor["vendor_id"].as_str().unwrap_or_default();
            let menu = operator.get("menu", &format!("/api/v1/vendors/{vendor_id}/menu")).await.map_err(fault)?;
            let items = menu["items"].as_array().into_iter().flatten().filter(|item| item["available"] == true);
            let item_ids: Vec<_> = items.filter_map(|item| item["item_id"].as_str().map(str::to_owned)).collect();
            if !item_ids.is_empty() {
                return Ok(Self { vendor_id: vendor_id.to_owned(), item_ids });
            }
        }
        let vendor_id = MessageId::of_stored("campusg simulate", 1).derive::<VendorId>("vendor").to_string();
        let path = format!("/api/v1/vendors/{vendor_id}/menu");
        operator.put("publish", &path, &menu(), "simulate-menu").await.map_err(fault)?;
        let item_ids = MENU.iter().map(|(item_id, ..)| (*item_id).to_owned()).collect();
        Ok(Self { vendor_id, item_ids })
    }
}

const MENU: [(&str, &str, i64); 4] = [
    ("laksa", "Laksa", 550),
    ("kaya-toast", "Kaya toast set", 480),
    ("teh-tarik", "Teh tarik", 180),
    ("fish-soup", "Sliced fish soup", 650),
];

fn menu() -> Value {
    let items = MENU.map(|(item_id, name, price_cents)| {
        json!({ "item_id": item_id, "name": name, "price_cents": price_cents, "available": true })
    });
    json!({ "store": { "name": "North Spine Kitchen", "location": "North Spine" }, "open": true, "items": items })
}

impl std::fmt::Display for No {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused { what, code } => write!(f, "{what}: refused with {code}"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// Nobody dies holding one of these.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_its_template() {
        assert_eq!(template("/api/v1/orders/ord_0198/accept"), "/api/v1/orders/{id}/accept");
        assert_eq!(template("/api/v1/ops/audit?limit=1000"), "/api/v1/ops/audit");
    }

    #[test]
    fn a_refusal_is_documented_by_its_code_at_its_status() {
        let refusals = json!({ "responses": { "409": { "description": "`own_order`, `closed`" } } });
        let document = json!({ "paths": { "/api/v1/orders/{id}/accept": { "post": refusals } } });
        let promises = Promises { document, kept: Mutex::default() };
        let is = |status, code| promises.documents(&Method::POST, "/api/v1/orders/ord_1/accept", status, code);
        assert!(is(StatusCode::CONFLICT, "closed"));
        assert!(!is(StatusCode::CONFLICT, "clos"));
        assert!(!is(StatusCode::FORBIDDEN, "closed"));
    }
}
