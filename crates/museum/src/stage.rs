//! The platform on a stage: every service's own table, folded as in production, and Stripe's sandbox; the broker, the database
//! and the clock are played here. Whoever calls Stripe dies once after each call, before it can be recorded, and calls again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chassis::rehearsal::{Ending, Handled, Letter, Stored};
use chassis::{Config, Rehearsal, Sealer, Service};
use contracts::{Event, Intent, MessageId, Principal};
use jiff::{SignedDuration, Timestamp};
use payments::stripe::{Answer, Bank, Request, Stripe};
use serde::de::DeserializeOwned;
use serde_json::Value;
use stripe_sandbox::{Options, Running, SECRET_KEY, Sandbox};

use crate::Mutation;

/// When every story begins.
const T0: Timestamp = Timestamp::constant(1_772_712_000, 0);
/// What the platform keeps of each order of the stories: so much that Stripe itself would let a second payout through.
pub const FEE_CENTS: i64 = 1_300;
/// How often somebody tries again before the stage calls it stuck.
const TRIES: usize = 5;

/// Wrong words to Stripe: changes the `n`-th request on its way.
pub type Garble = fn(&mut Request, u64);

/// The line to the sandbox.
struct Line {
    url: String,
    http: reqwest::Client,
    runtime: tokio::runtime::Handle,
    garble: Option<Garble>,
    count: AtomicU64,
}

impl Bank for Line {
    fn answer(&self, request: &Request) -> Answer {
        let mut request = request.clone();
        if let Some(garble) = self.garble {
            garble(&mut request, self.count.fetch_add(1, Ordering::Relaxed));
        }
        self.runtime.block_on(self.send(request)).ok()
    }
}

impl Line {
    async fn send(&self, request: Request) -> reqwest::Result<(u16, String)> {
        let Request { method, path, form, key } = request;
        let url = format!("{}/v1{path}", self.url);
        let sending = match method {
            "GET" => self.http.get(format!("{url}?{form}")),
            "DELETE" => self.http.delete(url),
            _ => self.http.post(url).header("content-type", "application/x-www-form-urlencoded").body(form),
        };
        let sending = match key {
            Some(key) => sending.header("idempotency-key", key),
            None => sending,
        };
        let answer = sending.bearer_auth(SECRET_KEY).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }
}

/// An entity's place: its service's, its kind's, its id.
type Place = (usize, usize, String);

/// The platform on a stage.
pub struct Stage {
    /// What time it is, UTC.
    pub now: Timestamp,
    cast: Vec<Rehearsal>,
    kept: BTreeMap<Place, (u64, String)>,
    log: Vec<(Letter, Timestamp)>,
    read: Vec<usize>,
    away: BTreeSet<&'static str>,
    deadlines: Vec<(Timestamp, Letter)>,
    endings: HashMap<MessageId, Ending>,
    /// What was given up on, in words.
    pub parked: Vec<String>,
    /// The rows of the tables that had something to do: `orders/place`.
    pub rows: BTreeSet<String>,
    line: Arc<Line>,
    sandbox: Option<Running>,
    asked: u64,
}

impl Stage {
    /// An empty stage, with this defect if there is one.
    ///
    /// # Panics
    /// When the platform cannot be put together.
    #[must_use]
    pub fn new(runtime: &tokio::runtime::Runtime, mutation: Option<&Mutation>) -> Self {
        let sandbox = runtime.block_on(Sandbox::start(Options::default())).expect("a sandbox");
        let garble = mutation.and_then(|mutation| match mutation {
            Mutation::Request(garble) => Some(*garble),
            Mutation::Row(..) | Mutation::Missing(..) | Mutation::Call(_) | Mutation::Runtime(_) => None,
        });
        let (http, runtime) = (reqwest::Client::new(), runtime.handle().clone());
        let line = Arc::new(Line { url: sandbox.url(), http, runtime, garble, count: AtomicU64::new(0) });
        let sealer = Sealer::from_hex(&"7".repeat(64)).expect("a key");
        let cast = services(Stripe::here(Arc::clone(&line) as Arc<dyn Bank>), mutation);
        let cast: Vec<_> = cast.into_iter().map(|service| Rehearsal::new(service, sealer.clone())).collect();
        Self {
            now: T0,
            kept: BTreeMap::new(),
            log: Vec::new(),
            read: vec![0; cast.len()],
            cast,
            away: BTreeSet::new(),
            deadlines: Vec::new(),
            endings: HashMap::new(),
            parked: Vec::new(),
            rows: BTreeSet::new(),
            line,
            sandbox: Some(sandbox),
            asked: 0,
        }
    }

    /// Somebody asks for something, and it is waited until everything that follows has happened. How the asking ended.
    pub fn ask<I: Intent>(&mut self, who: &Principal, intent: &I) -> Ending {
        let id = self.send(who, intent);
        self.settle();
        self.endings.get(&id).cloned().unwrap_or(Ending::Retry("nobody has decided".to_owned()))
    }

    /// Somebody asks for something; nothing is waited for.
    pub fn send<I: Intent>(&mut self, who: &Principal, intent: &I) -> MessageId {
        self.publish(intent.subject(who, 1), serde_json::to_string(intent).expect("JSON"))
    }

    /// Something happened that no service of the stage has said.
    pub fn tell<E: Event>(&mut self, event: &E) {
        self.publish(event.subject(1), serde_json::to_string(event).expect("JSON"));
        self.settle();
    }

    fn publish(&mut self, subject: String, payload: String) -> MessageId {
        self.asked += 1;
        let id = MessageId::of_stored("STAGE", self.asked);
        self.log.push((Letter { subject, payload, id }, self.now));
        id
    }

    /// From now on this service reads nothing.
    pub fn leave(&mut self, service: &'static str) {
        self.away.insert(service);
    }

    /// It is back.
    pub fn come_back(&mut self, service: &'static str) {
        self.away.remove(service);
        self.settle();
    }

    /// Time passes, and what is due happens when it is due.
    pub fn advance(&mut self, by: SignedDuration) {
        let then = self.now + by;
        while let Some(next) = self.next_due(then) {
            let (due_at, elapsed) = self.deadlines.remove(next);
            self.now = self.now.max(due_at);
            self.log.push((elapsed, self.now));
            self.settle();
        }
        self.now = then;
    }

    fn next_due(&self, then: Timestamp) -> Option<usize> {
        let due = self.deadlines.iter().enumerate().filter(|(_, (due_at, _))| *due_at <= then);
        due.min_by_key(|(_, (due_at, _))| *due_at).map(|(place, _)| place)
    }

    /// Every service handles what it has not handled.
    pub fn settle(&mut self) {
        loop {
            let waits = |n: &usize| self.read[*n] < self.log.len() && !self.away.contains(self.cast[*n].name());
            let Some(n) = (0..self.cast.len()).find(waits) else { return };
            let (letter, said_at) = self.log[self.read[n]].clone();
            self.read[n] += 1;
            self.handle(n, &letter, said_at);
        }
    }

    fn handle(&mut self, n: usize, letter: &Letter, said_at: Timestamp) {
        let Some(reaction) = self.cast[n].reaction(&letter.subject) else { return };
        let (row, calls) = (format!("{}/{}", self.cast[n].name(), reaction.name), reaction.calls_outside);
        let (shelf, id) = match self.cast[n].about(letter) {
            Ok(about) => about,
            Err(reason) => return self.parked.push(format!("{row}: {reason}")),
        };
        let place = (n, shelf, id);
        self.rows.insert(row.clone());
        if calls {
            // It dies before it can record what came of its call.
            drop(self.rehearse(n, letter, &place, said_at));
        }
        let mut handled = self.rehearse(n, letter, &place, said_at);
        for _ in 1..TRIES {
            if matches!(handled.ending, Ending::Retry(_) | Ending::Away(_)) {
                handled = self.rehearse(n, letter, &place, said_at);
            }
        }
        let Handled { state, says, ending } = handled;
        if let Some(state) = state {
            let version = self.kept.get(&place).map_or(1, |(version, _)| version + 1);
            self.kept.insert(place, (version, state));
        }
        for said in says {
            self.say(said);
        }
        match &ending {
            Ending::Done | Ending::Refused(_) => {}
            Ending::Parked(why) | Ending::Retry(why) | Ending::Away(why) => self.parked.push(format!("{row}: {why}")),
        }
        self.endings.insert(letter.id, ending);
    }

    fn rehearse(&self, n: usize, letter: &Letter, place: &Place, said_at: Timestamp) -> Handled {
        let stored = self.kept.get(place).map(|(version, state)| Stored { version: *version, state });
        self.cast[n].handle(letter, stored, said_at, self.now)
    }

    /// A deadline goes to whoever watches over it, everything else into the log.
    fn say(&mut self, letter: Letter) {
        let is_deadline = letter.subject.starts_with("timers.") && letter.subject.split('.').count() == 4;
        let elapsed = |service: &Rehearsal| service.elapsed(&letter).ok().flatten();
        match self.cast.iter().find_map(elapsed) {
            Some(due) => self.deadlines.push(due),
            None if is_deadline => self.parked.push(format!("nobody watches over {}", letter.subject)),
            None => self.log.push((letter, self.now)),
        }
    }

    /// An entity of a service as it is kept: the `shelf`-th of its kinds.
    #[must_use]
    pub fn kept<E: DeserializeOwned>(&self, service: &str, shelf: usize, id: &str) -> Option<E> {
        let n = self.cast.iter().position(|rehearsal| rehearsal.name() == service)?;
        let (_, state) = self.kept.get(&(n, shelf, id.to_owned()))?;
        serde_json::from_str(state).ok()
    }

    /// Every entity of this kind.
    #[must_use]
    pub fn all<E: DeserializeOwned>(&self, service: &str, shelf: usize) -> Vec<E> {
        let is_it = |(n, of, _): &Place| self.cast[*n].name() == service && *of == shelf;
        let kept = self.kept.iter().filter(|(place, _)| is_it(place));
        kept.filter_map(|(_, (_, state))| serde_json::from_str(state).ok()).collect()
    }

    /// Whether anything is due for this key some time.
    #[must_use]
    pub fn has_deadline(&self, key: &str) -> bool {
        self.deadlines.iter().any(|(_, elapsed)| elapsed.subject.contains(key))
    }

    /// Everything that was asked and said, by subject, in no order: two stories told alike have the same.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let mut told: Vec<_> = self.log.iter().map(|(letter, _)| letter.subject.clone()).collect();
        told.extend(self.deadlines.iter().map(|(_, elapsed)| elapsed.subject.clone()));
        told.sort_unstable();
        told
    }

    /// What of a type was said: its bodies, oldest first.
    #[must_use]
    pub fn said(&self, type_name: &str) -> Vec<Value> {
        let of_it = self.log.iter().filter(|(letter, _)| letter.subject.starts_with(&format!("{type_name}.")));
        of_it.filter_map(|(letter, _)| serde_json::from_str(&letter.payload).ok()).collect()
    }

    /// Asks the sandbox what it knows.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn look(&self, path: &str) -> Value {
        let asking = async {
            let answer = self.line.http.get(format!("{}/sandbox/{path}", self.line.url)).send().await?;
            answer.json().await
        };
        self.line.runtime.block_on(asking).expect("the sandbox")
    }

    /// Has the sandbox do something.
    ///
    /// # Panics
    /// When it does not.
    pub fn order(&self, method: reqwest::Method, path: &str, body: &Value) {
        let url = format!("{}/sandbox/{path}", self.line.url);
        let asking = self.line.http.request(method, url).json(body).send();
        let answer = self.line.runtime.block_on(asking).and_then(reqwest::Response::error_for_status);
        drop(answer.expect("the sandbox does it"));
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            self.line.runtime.block_on(sandbox.stop());
        }
    }
}

/// The platform's services, with this defect if there is one.
///
/// # Panics
/// When a service's settings make no sense.
#[must_use]
pub fn services(stripe: Stripe, mutation: Option<&Mutation>) -> Vec<Service> {
    let config = Config::defaults().with("policy.platform_fee_fixed_cents", FEE_CENTS);
    let calls = Arc::new(stripe.clone());
    let services = vec![
        notifications::service(),
        orders::service(&config).expect("the policy"),
        payments::service_over(stripe),
        timers::service(),
        users::service(),
    ];
    services
        .into_iter()
        .map(|service| match mutation {
            Some(Mutation::Row(of, wrong)) if *of == service.name => wrong(service),
            Some(Mutation::Missing(of, row)) if *of == service.name => service.without(row),
            Some(Mutation::Call(wrong)) if service.name == "payments" => wrong(service, &calls),
            Some(
                Mutation::Row(..)
                | Mutation::Missing(..)
                | Mutation::Call(_)
                | Mutation::Request(_)
                | Mutation::Runtime(_),
            )
            | None => service,
        })
        .collect()
}
