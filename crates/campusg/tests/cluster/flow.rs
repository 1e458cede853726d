//! Orders that flow over HTTP whatever happens, by people who do not give up; and what must hold when they are through.

use std::time::Duration;

use campusg::{conformance, overtaking, registry};
use chassis::{Config, inspect};
use contracts::payments::AuditAll;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Person, World, basket};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// How long one order may take while others are killed.
const PATIENCE: Duration = Duration::from_secs(180);
const GLANCE: Duration = Duration::from_millis(100);

/// Orders that are under way.
pub(crate) struct Flow {
    orders: JoinSet<String>,
    count: usize,
}

impl Flow {
    /// Has `count` orders placed, one every `pace`, each of which is carried to its end.
    pub(crate) async fn start(world: &World, count: usize, pace: Duration) -> Self {
        let (alice, ray) = (world.person("alice").await, world.person("ray").await);
        let mut orders = JoinSet::new();
        for n in 0..u32::try_from(count).unwrap() {
            let (alice, ray) = (alice.clone(), ray.clone());
            orders.spawn(async move {
                sleep(pace * n).await;
                carry(&alice, &ray, &format!("order-{n}")).await
            });
        }
        Self { orders, count }
    }

    /// Waits until so many are through.
    pub(crate) async fn until(&mut self, through: usize) {
        while self.orders.len() > self.count - through {
            self.orders.join_next().await.unwrap().unwrap();
        }
    }

    /// Waits until all are through.
    pub(crate) async fn end(mut self) {
        while let Some(order) = self.orders.join_next().await {
            order.unwrap();
        }
    }
}

/// Asks again, under the same key, until the answer is neither "not now" nor lost.
async fn insist(person: &Person, method: Method, path: &str, key: &str, body: Option<Value>) -> Value {
    let give_up = Instant::now() + PATIENCE;
    loop {
        let answer = person.request(method.clone(), path, &[("Idempotency-Key", key)], body.clone()).await;
        if answer.status < 500 && answer.status != 429 {
            return answer.body;
        }
        assert!(Instant::now() < give_up, "{path}: {answer:?}");
        sleep(GLANCE).await;
    }
}

/// One order from the quote to COMPLETED. Whoever is not told what became of a step looks, and takes it again if need be.
async fn carry(customer: &Person, runner: &Person, key: &str) -> String {
    let give_up = Instant::now() + PATIENCE;
    let quote = insist(customer, Method::POST, "/api/v1/quotes", key, Some(basket())).await;
    let body = json!({ "quote_id": quote["quote_id"] });
    let placed = insist(customer, Method::POST, "/api/v1/orders", key, Some(body)).await;
    let order = placed["order_id"].as_str().unwrap_or_else(|| panic!("{placed}")).to_owned();
    let path = format!("/api/v1/orders/{order}");
    loop {
        let view = customer.get(&path).await.body;
        match view["status"].as_str().unwrap_or_default() {
            "CREATED" => drop(runner.accept(&order).await),
            "ACCEPTED" => drop(runner.advance(&order, "PLACED").await),
            "PLACED" => drop(runner.advance(&order, "ON_THE_WAY").await),
            "ON_THE_WAY" => drop(runner.hand_over(&order, view["handover_pin"].as_str().unwrap()).await),
            "COMPLETED" => return order,
            "CANCELLED" => panic!("{view}"),
            _ => sleep(GLANCE).await,
        }
        assert!(Instant::now() < give_up, "{order} is still {view}");
    }
}

/// Settles, and looks at the log, the books and Stripe's: everything acknowledged is there, once and in order.
pub(crate) async fn nothing_lost_nothing_twice(world: &World, orders: usize, acknowledged: &[String]) {
    world.settle().await;
    let log = inspect::log(&world.bus).await.unwrap();
    assert_eq!(overtaking::repetitions(&log), [] as [String; 0]);
    let services = registry::services(&Config::defaults()).unwrap();
    assert_eq!(overtaking::overtakings(&services, &log), [] as [String; 0]);
    assert_eq!(conformance::departures(&services, &log), [] as [String; 0]);
    let known: std::collections::HashSet<&str> = log.iter().map(|stored| stored.id.as_str()).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|id| !known.contains(id.as_str())).collect();
    assert!(lost.is_empty(), "acknowledged, and not in the log: {lost:?}");
    let stripe = world.stripe().await;
    let count = |name: &str| stripe[name].as_u64().unwrap();
    let counts = (count("captured_count"), count("transfers_count"), count("open_holds_count"));
    assert_eq!(counts, (orders as u64, orders as u64, 0), "{stripe}");
    let books = world.bus.ask(&AuditAll { cursor: None, limit: 1_000 }).await.unwrap().unwrap();
    assert!(books.orders == orders as u64 && books.wrong.is_empty(), "{books:?}");
}
