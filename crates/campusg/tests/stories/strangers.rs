//! Every intent that there is, asked for by people who have no part in it, past the gateway and straight into the log:
//! nothing changes and nothing is said (predecessor.md B01, B02, B23, B24, B26).

use std::collections::BTreeSet;

use chassis::inspect;
use contracts::catalogue::{self, Entry};
use contracts::{Kind, partition_of};
use serde_json::Value;
use testkit::{Db, Person, World};

/// Replaces the ids of a sample by those of a real order and its customer.
fn about(sample: &Value, order: &str, customer: &Person) -> Value {
    let mut payload = sample.clone();
    for (field, id) in [("order_id", order), ("user_id", &customer.user_id)] {
        if payload.get(field).is_some() {
            payload[field] = id.into();
        }
    }
    payload
}

/// The id that an intent is about.
fn key(payload: &Value) -> &str {
    let fields = ["order_id", "user_id", "vendor_id", "repair_id", "reconciliation_id"];
    let id = fields.iter().find_map(|field| payload[*field].as_str());
    id.expect("an intent about an order, a person, a vendor, a parked message or the books")
}

async fn ask(world: &World, entry: &Entry, payload: &Value, principal: &str) {
    let (owner, name, version) = (entry.owner, entry.name, entry.version);
    let partition = partition_of(key(payload), world.bus.partitions);
    let subject = format!("intent.{owner}.{name}.v{version}.{principal}.{}.{partition}", key(payload));
    let bytes = serde_json::to_vec(payload).unwrap();
    inspect::inject(&world.bus, &subject, &[], &bytes).await.unwrap();
}

/// Everything that was said and asked so far.
async fn log(world: &World) -> Vec<String> {
    inspect::log(&world.bus).await.unwrap().into_iter().map(|stored| stored.subject).collect()
}

fn intents() -> Vec<Entry> {
    catalogue::all().into_iter().filter(|entry| entry.kind == Kind::Intent).collect()
}

/// Asks for everything as each of these principals, and expects that nothing but the asking is in the log afterwards.
async fn nothing_comes_of_it(world: &World, order: &str, alice: &Person, principals: &[String], but: &[&str]) {
    let before = log(world).await.len();
    let mut asked = 0;
    for entry in intents().iter().filter(|entry| !but.contains(&format!("{}.{}", entry.owner, entry.name).as_str())) {
        let payload = about(&entry.sample, order, alice);
        for principal in principals {
            ask(world, entry, &payload, principal).await;
            asked += 1;
        }
    }
    world.settle().await;
    let after = log(world).await;
    let said: BTreeSet<_> = after[before..].iter().filter(|subject| !subject.starts_with("intent.")).collect();
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(after.len(), before + asked);
}

async fn accepted(world: &World) -> (Person, Person, String) {
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    ray.accept(&order).await.expect(200);
    world.settle().await;
    (alice, ray, order)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b01_b02_nothing_comes_of_what_strangers_ask() {
    let world = World::of(Db::Sqlite).start().await;
    let (alice, _, order) = accepted(&world).await;
    let before = alice.order(&order).await;
    let mut strangers = Vec::new();
    for name in ["bob", "rio", "mia", "olga", "fay"] {
        // Also staff, when they ask as a person and not in their office.
        strangers.push(world.person(name).await.user_id);
    }
    nothing_comes_of_it(&world, &order, &alice, &strangers, &[]).await;
    assert_eq!(alice.order(&order).await, before);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_is_no_customer_and_finance_is_no_operator() {
    let world = World::of(Db::Sqlite).start().await;
    let (alice, _, order) = accepted(&world).await;
    let office = |kind: &str, person: &Person| person.user_id.replace("usr_", kind);
    let finance = [office("fin_", &world.person("fay").await)];
    nothing_comes_of_it(&world, &order, &alice, &finance, &["payments.reconcile"]).await;
    let operator = [office("opr_", &world.person("olga").await)];
    // What operators are for; there is nothing to refund and no problem to resolve yet.
    let theirs = ["orders.cancel", "orders.publish_menu", "payments.reconcile", "users.suspend", "users.reinstate"];
    nothing_comes_of_it(&world, &order, &alice, &operator, &theirs).await;
    // A part of the platform that is not meant.
    let parts = ["sys_gateway".to_owned(), "sys_orders".to_owned()];
    let registering = ["users.register", "orders.publish_menu", "users.suspend", "users.reinstate"];
    nothing_comes_of_it(&world, &order, &alice, &parts, &registering).await;
    world.end().await;
}
