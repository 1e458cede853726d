//! One order's scene: who plays in it, what they can do, and what is noted of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::simulate::people::{Cast, No, PLACE, Person};
use crate::simulate::time::{NotYet, Time};

/// How often they look when they hear nothing: of money nobody is told.
const LOOK: Duration = Duration::from_millis(100);

/// What somebody pays with.
#[derive(Clone, Copy)]
pub(crate) enum Payer {
    /// A card that works.
    Good,
    /// A card that is declined.
    Declined,
    /// A card whose bank wants to see them.
    Secured,
    /// Nothing.
    Broke,
}

/// Why a story stopped before its end.
pub(crate) enum Stop {
    /// Something was not as it should be.
    Failed(String),
    /// It waits for this deadline, which is somebody else's to bring about.
    Waiting(String),
}

/// How long the three waits of one order took.
#[derive(Clone, Copy, Default)]
pub(crate) struct Waits {
    /// From placing to CREATED: stored, paid for, on offer.
    pub(crate) place: Option<Duration>,
    /// From accepting to ACCEPTED.
    pub(crate) accept: Option<Duration>,
    /// From handing over to COMPLETED: captured, paid out, and said so on the event stream.
    pub(crate) deliver: Option<Duration>,
}

/// One order, and who has to do with it.
pub(crate) struct Scene {
    cast: Arc<Cast>,
    time: Arc<Time>,
    /// What begins the idempotency keys of this order's requests.
    key: String,
    pub(crate) chance: StdRng,
    pub(crate) customer: Arc<Person>,
    pub(crate) runner: Arc<Person>,
    pub(crate) other_runner: Arc<Person>,
    /// Whether every answer gets lost once.
    pub(crate) loses_network: bool,
    /// Once it is placed.
    pub(crate) order_id: Option<String>,
    from_list: bool,
    pub(crate) total_cents: i64,
    pub(crate) estimate_cents: i64,
    pub(crate) spendable_cents: i64,
    /// What the customer pays in the end, but for a tip afterwards.
    pub(crate) final_cents: i64,
    pub(crate) waits: Waits,
    handed_over: Option<Instant>,
    /// Requests so far.
    asked: AtomicU32,
}

const STORES: [(&str, &str); 5] = [
    ("Koufu", "Block 7"),
    ("Canteen 2", "North Hill"),
    ("Prata House", "South Gate"),
    ("Bubble Bar", "The Hive"),
    ("Minimart", "Library"),
];
const BUILDINGS: [&str; 5] = ["Library", "The Arc", "Hall 3", "Lab Tower", "Sports Hub"];
const FOOD: [&str; 6] = ["Chicken rice", "Prata set", "Milk tea", "Mee goreng", "Sandwich", "Fruit cup"];

impl Scene {
    pub(crate) fn new(cast: &Arc<Cast>, time: &Arc<Time>, key: String, payer: Payer, mut chance: StdRng) -> Self {
        let payers = match payer {
            Payer::Good => &cast.customers,
            Payer::Declined => &cast.declined,
            Payer::Secured => &cast.secured,
            Payer::Broke => &cast.broke,
        };
        let customer = Arc::clone(&payers[chance.random_range(0..payers.len())]);
        let runner = chance.random_range(0..cast.runners.len());
        let other = (runner + chance.random_range(1..cast.runners.len())) % cast.runners.len();
        Self {
            cast: Arc::clone(cast),
            time: Arc::clone(time),
            key,
            chance,
            customer,
            runner: Arc::clone(&cast.runners[runner]),
            other_runner: Arc::clone(&cast.runners[other]),
            loses_network: false,
            order_id: None,
            from_list: false,
            total_cents: 0,
            estimate_cents: 0,
            spendable_cents: 0,
            final_cents: 0,
            waits: Waits::default(),
            handed_over: None,
            asked: AtomicU32::new(0),
        }
    }

    // --- the customer ------------------------------------------------------------------------------------------------

    /// Orders an errand that is then on offer.
    pub(crate) async fn order(&mut self) -> Result<(), Stop> {
        self.place_errand("CREATED").await
    }

    /// Orders from a price list.
    pub(crate) async fn order_from_list(&mut self) -> Result<(), Stop> {
        self.from_list = true;
        let deliver_to = self.door();
        let vendor = &self.cast.vendor;
        let item_id = vendor.item_ids.choose(&mut self.chance);
        let picks = [json!({ "item_id": item_id, "quantity": self.chance.random_range(1..=3) })];
        let basket = json!({ "vendor_id": vendor.vendor_id, "deliver_to": deliver_to, "picks": picks });
        self.place(basket, "CREATED").await
    }

    /// Orders an errand, and waits until it stands where it is meant to.
    pub(crate) async fn place_errand(&mut self, status: &str) -> Result<(), Stop> {
        let (name, location) = STORES[self.chance.random_range(0..STORES.len())];
        let items: Vec<Value> = (0..self.chance.random_range(1..=3))
            .map(|_| {
                let name = FOOD[self.chance.random_range(0..FOOD.len())];
                let (quantity, price_cents) =
                    (self.chance.random_range(1..=3), self.chance.random_range(15..=120) * 10);
                json!({ "name": name, "quantity": quantity, "price_cents": price_cents })
            })
            .collect();
        let mut basket = json!({ "store": { "name": name, "location": location }, "items": items });
        basket["deliver_to"] = self.door();
        basket["delivery_fee_cents"] = (self.chance.random_range(3..=9) * 50).into();
        basket["tip_cents"] = (self.chance.random_range(0..=3) * 50).into();
        self.place(basket, status).await
    }

    fn door(&mut self) -> Value {
        let building = BUILDINGS[self.chance.random_range(0..BUILDINGS.len())];
        let room = format!("{}-{:02}", self.chance.random_range(1..=5), self.chance.random_range(1..=40));
        json!({ "building": building, "room": room })
    }

    async fn place(&mut self, basket: Value, status: &str) -> Result<(), Stop> {
        let quote = self.ask(&self.customer.clone(), "quote", "/api/v1/quotes", basket).await?;
        let cents = |name: &str| quote[name].as_i64().unwrap_or_default();
        self.estimate_cents = cents("items_cents");
        self.spendable_cents = self.estimate_cents + cents("buffer_cents");
        self.total_cents = cents("total_cents");
        self.final_cents = self.total_cents;
        let start = Instant::now();
        let order = json!({ "quote_id": quote["quote_id"] });
        let placed = self.ask(&self.customer.clone(), PLACE, "/api/v1/orders", order).await?;
        let waited = start.elapsed();
        self.order_id = placed["order_id"].as_str().map(str::to_owned);
        if placed["status"] == "CREATED" {
            self.waits.place = Some(waited);
        }
        self.until(&format!("{status} after placing"), |order| order["status"] == status).await
    }

    /// The customer does something with their order.
    pub(crate) async fn customers(&self, what: &'static str, body: Value) -> Result<Value, No> {
        self.ask(&self.customer, what, &self.path(what), body).await
    }

    /// Goes to the page that the bank shows.
    pub(crate) async fn answer_bank(&self, outcome: &str) -> Result<(), Stop> {
        // An order can be read while nobody knows of its money, so the page is that of the look that showed it.
        let order = self.seen("the bank's page", |order| order["authenticate_url"].is_string()).await?;
        let page = &order["authenticate_url"];
        Ok(self.customer.answer_bank(page.as_str().unwrap_or_default(), outcome).await?)
    }

    /// What the customer shows at the door.
    pub(crate) async fn pin(&self) -> Result<String, Stop> {
        Ok(self.look().await?["handover_pin"].as_str().unwrap_or_default().to_owned())
    }

    // --- the runner --------------------------------------------------------------------------------------------------

    /// The runner does something with the order.
    pub(crate) async fn runners(&self, what: &'static str, body: Value) -> Result<Value, No> {
        self.ask(&self.runner, what, &self.path(what), body).await
    }

    /// Another runner does.
    pub(crate) async fn others(&self, what: &'static str, body: Value) -> Result<Value, No> {
        self.ask(&self.other_runner, what, &self.path(what), body).await
    }

    /// Takes the order.
    pub(crate) async fn accept(&mut self) -> Result<(), Stop> {
        let start = Instant::now();
        let accepted = self.runners("accept", json!({})).await?;
        self.waits.accept = Some(start.elapsed());
        if accepted["status"] == "ACCEPTED" {
            return Ok(());
        }
        self.until("ACCEPTED", |order| order["status"] == "ACCEPTED").await
    }

    /// From the till to the good end.
    pub(crate) async fn carry(&mut self, receipt_cents: i64) -> Result<(), Stop> {
        self.buy(receipt_cents).await?;
        self.depart().await?;
        let pin = self.pin().await?;
        self.handed_over = Some(Instant::now());
        self.hand_over(Some(&pin)).await?;
        self.completed().await
    }

    /// Pays at the till.
    pub(crate) async fn buy(&mut self, receipt_cents: i64) -> Result<(), Stop> {
        let mut step = json!({ "to": "PLACED" });
        if !self.from_list {
            step["receipt_cents"] = receipt_cents.into();
        }
        self.runners("advance", step).await?;
        self.final_cents = self.total_cents - self.estimate_cents + receipt_cents;
        self.until("PLACED", |order| order["status"] == "PLACED").await
    }

    pub(crate) async fn depart(&self) -> Result<(), Stop> {
        self.runners("advance", json!({ "to": "ON_THE_WAY" })).await?;
        Ok(())
    }

    pub(crate) async fn hand_over(&self, pin: Option<&str>) -> Result<Value, No> {
        let mut step = json!({ "to": "DELIVERED" });
        if let Some(pin) = pin {
            step["pin"] = pin.into();
        }
        self.runners("advance", step).await
    }

    // --- the office --------------------------------------------------------------------------------------------------

    /// An operator does something with the order.
    pub(crate) async fn operators(&self, what: &'static str, body: Value) -> Result<Value, No> {
        self.ask(&self.cast.operator, what, &self.office(what), body).await
    }

    /// Somebody of finance does.
    pub(crate) async fn finances(&self, what: &'static str, body: Value) -> Result<Value, No> {
        self.ask(&self.cast.finance, what, &self.office(what), body).await
    }

    /// The office sees that there is something to do.
    pub(crate) async fn has_task(&self, code: &str) -> Result<(), Stop> {
        let is_it = |task: &Value| task["order_id"].as_str() == self.order_id.as_deref() && task["code"] == code;
        let give_up = Instant::now() + self.cast.patience.waiting;
        loop {
            let tasks = self.cast.operator.get("tasks", "/api/v1/ops/tasks").await?;
            if tasks["tasks"].as_array().is_some_and(|tasks| tasks.iter().any(is_it)) {
                return Ok(());
            }
            // Whoever could not be asked may have it.
            let is_whole = tasks["missing"].as_array().is_none_or(Vec::is_empty);
            if is_whole || Instant::now() > give_up {
                return Err(Stop::Failed(format!("tasks: there is no {code}")));
            }
            sleep(LOOK).await;
        }
    }

    // --- waiting -----------------------------------------------------------------------------------------------------

    /// Waits until the order is as it should be.
    pub(crate) async fn until(&self, what: &str, is: impl Fn(&Value) -> bool) -> Result<(), Stop> {
        self.seen(what, is).await.map(drop)
    }

    /// The order, once it is as it should be: looks at it, and again whenever the customer hears of it.
    async fn seen(&self, what: &str, is: impl Fn(&Value) -> bool) -> Result<Value, Stop> {
        let give_up = Instant::now() + self.cast.patience.waiting;
        let mut news = self.customer.hear_of(self.order_id());
        loop {
            news.mark_unchanged();
            let order = match self.look().await {
                // It is stored, and whoever keeps the orders has been away since.
                Err(No::Refused { code, .. }) if code == "not_found" => Value::Null,
                order => order?,
            };
            if is(&order) {
                return Ok(order);
            }
            if Instant::now() > give_up {
                return Err(Stop::Failed(format!("waited for {what}; it is {}", ending(&order))));
            }
            drop(timeout(LOOK, news.changed()).await);
        }
    }

    /// Waits for the order's deadline, which has to be of this kind, and then for what it does.
    pub(crate) async fn until_due(&self, kind: &str, is: impl Fn(&Value) -> bool) -> Result<(), Stop> {
        let order = self.look().await?;
        let due = &order["deadline"];
        let at = due["at"].as_str().and_then(|at| at.parse::<Timestamp>().ok()).filter(|_| due["kind"] == kind);
        let Some(at) = at else {
            return Err(Stop::Failed(format!("there is no deadline of {kind}: {} and {due}", ending(&order))));
        };
        self.time.sleep_until(at).await.map_err(|NotYet| Stop::Waiting(kind.to_owned()))?;
        self.until(&format!("what follows {kind}"), is).await
    }

    /// Waits until everybody is paid, and notes how long that took.
    pub(crate) async fn completed(&mut self) -> Result<(), Stop> {
        let mut news = self.customer.hear_of(self.order_id());
        let give_up = Instant::now() + LOOK * 20;
        loop {
            let heard = news.borrow_and_update().clone().filter(|news| news.status == "COMPLETED");
            if let Some(heard) = heard {
                self.waits.deliver = self.handed_over.map(|from| heard.at - from);
                return Ok(());
            }
            if timeout_at(give_up, news.changed()).await.is_err() {
                // What is not heard of is looked for.
                return self.until("COMPLETED", |order| order["status"] == "COMPLETED").await;
            }
        }
    }

    /// A rule had to say no, and for this reason.
    #[expect(clippy::unused_self, reason = "reads like its siblings")]
    pub(crate) fn refused(&self, answer: Result<Value, No>, codes: &[&str]) -> Result<(), Stop> {
        match answer {
            Err(No::Refused { code, .. }) if codes.contains(&code.as_str()) => Ok(()),
            Err(no) => Err(no.into()),
            Ok(order) => Err(Stop::Failed(format!("{} instead of a refusal ({})", ending(&order), codes.join(", ")))),
        }
    }

    // --- requests ----------------------------------------------------------------------------------------------------

    /// The order as the customer sees it.
    pub(crate) async fn look(&self) -> Result<Value, No> {
        self.customer.get("look", &format!("/api/v1/orders/{}", self.order_id())).await
    }

    /// Asks for something, under a key of its own.
    async fn ask(&self, who: &Person, what: &'static str, path: &str, body: Value) -> Result<Value, No> {
        let key = format!("{}-{}", self.key, self.asked.fetch_add(1, Ordering::Relaxed));
        if self.loses_network {
            // Before it is sent, on its way, or when it is done already: whatever the moment is.
            let after = Duration::from_millis(1 + self.total_cents.unsigned_abs() % 9);
            who.post_and_lose(path, &body, &key, after).await;
        }
        who.post(what, path, &body, &key).await
    }

    fn path(&self, what: &str) -> String {
        format!("/api/v1/orders/{}/{what}", self.order_id())
    }

    fn office(&self, what: &str) -> String {
        format!("/api/v1/ops/orders/{}/{what}", self.order_id())
    }

    fn order_id(&self) -> &str {
        self.order_id.as_deref().unwrap_or("ord_unknown")
    }
}

/// Where an order stands, with the reason if it is cancelled: `CANCELLED expired`.
pub(crate) fn ending(order: &Value) -> String {
    let text = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
    format!("{} {}", text("status"), text("reason")).trim_end().to_owned()
}
