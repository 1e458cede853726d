//! An integrator: publishes people's intents on the broker's subjects and hears from the log what became of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chassis::{Bus, BusError, Feed, FeedItem, Intended, Shutdown};
use contracts::orders::{AcceptOrder, AdvanceOrder, AskQuote, GetOrder, PlaceOrder, Status, Step, Viewer};
use contracts::quote::SealedQuote;
use contracts::{Cents, Intent, MessageId, OrderId, Principal, Question, UserId, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::bench::crowd::Failure;

/// How long anything may take that was asked for.
const PATIENCE: Duration = Duration::from_secs(40);

/// One connection on which everybody's intents go out and all events of orders come in.
pub(super) struct Integrator {
    bus: Bus,
    waiting: Waiting,
    ears: JoinHandle<()>,
    shutdown: Shutdown,
}

type Waiting = Arc<Mutex<HashMap<OrderId, Wait>>>;

/// Somebody waits until an order is past these.
struct Wait {
    passing: &'static [Status],
    tell: oneshot::Sender<(Status, Instant)>,
}

/// What every event of an order has.
#[derive(Deserialize)]
struct Heard {
    order_id: OrderId,
    status: Status,
}

impl Drop for Integrator {
    fn drop(&mut self) {
        self.shutdown.soften();
        self.ears.abort();
    }
}

impl Integrator {
    /// Listens from now on.
    pub(super) fn listening(bus: Bus) -> Self {
        let (shutdown, waiting) = (Shutdown::new(), Waiting::default());
        let feed = Feed::start(bus.clone(), vec!["orders.>".to_owned()], shutdown.clone());
        let ears = tokio::spawn(listen(feed.subscribe(), Arc::clone(&waiting)));
        Self { bus, waiting, ears, shutdown }
    }

    /// Has a basket priced; as the gateway's clients write one.
    pub(super) async fn quote(&self, customer: UserId, mut basket: Value) -> Result<SealedQuote, Failure> {
        basket["customer_id"] = json!(customer);
        let question: AskQuote = serde_json::from_value(basket).map_err(|error| Failure(format!("quote: {error}")))?;
        Ok(self.ask("quote", &question).await?.sealed)
    }

    /// Places an order, and says when it was heard of as CREATED.
    pub(super) async fn place(
        &self,
        customer: UserId,
        quote: SealedQuote,
        key: &str,
    ) -> Result<(OrderId, Instant), Failure> {
        let principal = Principal::User(customer);
        let id = MessageId::of_request(&principal, "orders.place", key);
        let order_id: OrderId = id.derive("order");
        let created = self.hear_of(order_id, &[Status::Pending]);
        self.publish("place", &principal, id, &PlaceOrder { order_id, quote }).await?;
        Ok((order_id, self.heard("place", order_id, created, Status::Created).await?))
    }

    /// Accepts an order, and says when it was heard of as ACCEPTED.
    pub(super) async fn accept(&self, runner: UserId, order_id: OrderId, key: &str) -> Result<Instant, Failure> {
        let principal = Principal::User(runner);
        let id = MessageId::of_request(&principal, "orders.accept", key).about(order_id);
        let accepted = self.hear_of(order_id, &[Status::Claimed]);
        self.publish("accept", &principal, id, &AcceptOrder { order_id }).await?;
        self.heard("accept", order_id, accepted, Status::Accepted).await
    }

    /// What the customer shows at the door.
    pub(super) async fn pin(&self, customer: UserId, order_id: OrderId) -> Result<Option<String>, Failure> {
        let viewer = Viewer { user_id: customer, operator: false };
        Ok(self.ask("read", &GetOrder { order_id, viewer }).await?.handover_pin)
    }

    /// Takes a step, and waits for the verdict.
    pub(super) async fn advance(
        &self,
        runner: UserId,
        order_id: OrderId,
        to: Step,
        receipt_cents: Option<i64>,
        key: &str,
    ) -> Result<(), Failure> {
        let principal = Principal::User(runner);
        let id = MessageId::of_request(&principal, "orders.advance", &format!("{key}-{to:?}")).about(order_id);
        let intent =
            AdvanceOrder { order_id, to, pin: None, receipt_cents: receipt_cents.map(Cents), occurred_at: None };
        let what = format!("{to:?}");
        match self.bus.intend(&principal, id, &intent, PATIENCE).await.map_err(|error| lost(&what, &error))? {
            Intended::Decided(Verdict::Done { .. }) => Ok(()),
            Intended::Decided(Verdict::Refused(refused)) => Err(Failure(format!("{what}: {}", refused.code))),
            Intended::Decided(Verdict::Parked { .. }) => Err(Failure(format!("{what}: parked"))),
            Intended::Stored => Err(Failure(format!("{what}: no verdict in time"))),
        }
    }

    /// Hands over, and says when the order was heard of as COMPLETED.
    pub(super) async fn deliver(
        &self,
        runner: UserId,
        order_id: OrderId,
        pin: Option<String>,
        key: &str,
    ) -> Result<Instant, Failure> {
        let principal = Principal::User(runner);
        let id = MessageId::of_request(&principal, "orders.advance", &format!("{key}-{:?}", Step::Delivered))
            .about(order_id);
        let completed = self.hear_of(order_id, &[Status::OnTheWay, Status::Delivered]);
        let intent = AdvanceOrder { order_id, to: Step::Delivered, pin, receipt_cents: None, occurred_at: None };
        self.publish("DELIVERED", &principal, id, &intent).await?;
        self.heard("deliver", order_id, completed, Status::Completed).await
    }

    async fn publish<I: Intent>(
        &self,
        what: &str,
        principal: &Principal,
        id: MessageId,
        intent: &I,
    ) -> Result<(), Failure> {
        match self.bus.intend(principal, id, intent, Duration::ZERO).await.map_err(|error| lost(what, &error))? {
            Intended::Stored | Intended::Decided(Verdict::Done { .. }) => Ok(()),
            Intended::Decided(Verdict::Refused(refused)) => Err(Failure(format!("{what}: {}", refused.code))),
            Intended::Decided(Verdict::Parked { .. }) => Err(Failure(format!("{what}: parked"))),
        }
    }

    async fn ask<Q: Question>(&self, what: &str, question: &Q) -> Result<Q::Answer, Failure> {
        let answer = self.bus.ask(question).await.map_err(|error| lost(what, &error))?;
        answer.map_err(|refused| Failure(format!("{what}: {}", refused.code)))
    }

    fn hear_of(&self, order_id: OrderId, passing: &'static [Status]) -> oneshot::Receiver<(Status, Instant)> {
        let (tell, told) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(order_id, Wait { passing, tell });
        told
    }

    async fn heard(
        &self,
        what: &str,
        order_id: OrderId,
        told: oneshot::Receiver<(Status, Instant)>,
        expected: Status,
    ) -> Result<Instant, Failure> {
        match timeout(PATIENCE, told).await {
            Ok(Ok((status, at))) if status == expected => Ok(at),
            Ok(Ok((status, _))) => Err(Failure(format!("{what}: {} instead of {}", status.name(), expected.name()))),
            Ok(Err(_)) | Err(_) => {
                self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&order_id);
                Err(Failure(format!("{what}: not heard of as {} within {} s", expected.name(), PATIENCE.as_secs())))
            }
        }
    }
}

fn lost(what: &str, error: &BusError) -> Failure {
    Failure(format!("{what}: {error}"))
}

/// Listens for as long as there is something to hear. Whoever misses an event because we are too slow gives up by themselves.
async fn listen(mut events: broadcast::Receiver<Arc<FeedItem>>, waiting: Waiting) {
    loop {
        match events.recv().await {
            Ok(event) => hear(&event, Instant::now(), &waiting),
            Err(RecvError::Lagged(missed)) => eprintln!("the load generator is too slow: {missed} events missed"),
            Err(RecvError::Closed) => return,
        }
    }
}

fn hear(event: &FeedItem, at: Instant, waiting: &Waiting) {
    let Ok(heard) = serde_json::from_slice::<Heard>(&event.payload) else { return };
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.get(&heard.order_id).is_some_and(|wait| !wait.passing.contains(&heard.status))
        && let Some(wait) = waiting.remove(&heard.order_id)
    {
        // Nobody waits any more when the order had already failed.
        let _ = wait.tell.send((heard.status, at));
    }
}
