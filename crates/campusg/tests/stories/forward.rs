//! From "I'm hungry" to "delivered, and everybody paid".

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Builder, Person, World};

crate::stories! {
    an_order_goes_from_placing_to_payout,
    exactly_one_of_two_hundred_runners_wins,
    a_customer_watches_their_order_live,
}

/// What the log tells of an order that went well, in the order of its causes.
const STORY: [&str; 19] = [
    "intent.orders.place.v1",
    "orders.placed.v1",
    "users.payer_resolved.v1",
    "payments.authorized.v1",
    "orders.opened.v1",
    "intent.orders.accept.v1",
    "orders.claimed.v1",
    "users.runner_approved.v1",
    "orders.accepted.v1",
    "intent.orders.advance.v1",
    "orders.purchased.v1",
    "intent.orders.advance.v1",
    "orders.departed.v1",
    "intent.orders.advance.v1",
    "orders.delivered.v1",
    "users.payee_resolved.v1",
    "payments.captured.v1",
    "payments.paid_out.v1",
    "orders.completed.v1",
];

pub(crate) fn statuses(order: &Value) -> Vec<&str> {
    order["timeline"].as_array().unwrap().iter().map(|moment| moment["status"].as_str().unwrap()).collect()
}

/// Carries an order on offer to `DELIVERED`.
pub(crate) async fn deliver(customer: &Person, runner: &Person, order: &str) {
    assert_eq!(runner.accept(order).await.expect(200)["status"], "ACCEPTED");
    assert_eq!(runner.advance(order, "PLACED").await.expect(200)["status"], "PLACED");
    assert_eq!(runner.advance(order, "ON_THE_WAY").await.expect(200)["status"], "ON_THE_WAY");
    let pin = customer.order(order).await["handover_pin"].as_str().unwrap().to_owned();
    assert_eq!(runner.hand_over(order, &pin).await.expect(200)["status"], "DELIVERED");
}

async fn an_order_goes_from_placing_to_payout(world: Builder) {
    let world = world.start().await;
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    let offers = ray.get("/api/v1/offers").await.expect(200);
    assert_eq!(offers["offers"][0]["order_id"], order.as_str());
    assert_eq!(offers["offers"][0]["earns_cents"], 200);
    deliver(&alice, &ray, &order).await;
    world.settle().await;
    let view = alice.order(&order).await;
    assert_eq!(
        statuses(&view),
        ["PENDING", "CREATED", "CLAIMED", "ACCEPTED", "PLACED", "ON_THE_WAY", "DELIVERED", "COMPLETED"]
    );
    let stripe = world.stripe().await;
    assert_eq!((&stripe["captured_count"], &stripe["captured_amount"]), (&json!(1), &json!(1_090)), "{stripe}");
    assert_eq!((&stripe["transfers_count"], &stripe["transfers_amount"]), (&json!(1), &json!(1_090)), "{stripe}");
    assert_eq!(stripe["open_holds_count"], 0, "{stripe}");
    let mut story = world.story(&order).await;
    // What Stripe tells of what it was asked for changes nothing, and what people are told comes at any moment.
    let beside = ["intent.payments.record_stripe_event.v1", "notifications.told.v1"];
    story.retain(|message| !beside.contains(&message.as_str()));
    // Who reads what is committed may ask for the next thing before the event of it is stored, when its sender died in between.
    let sorted = |story: &[&str]| story.iter().map(|one| (*one).to_owned()).partition(|one| one.starts_with("intent."));
    let (intents, events): (Vec<String>, Vec<String>) = sorted(&STORY);
    let (asked, said): (Vec<String>, Vec<String>) = sorted(&story.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((asked, said), (intents, events));
    everything_has_its_cause(&world.person("olga").await, &order, &story).await;
    for (path, person) in [("/api/v1/orders?role=customer", &alice), ("/api/v1/orders?role=runner", &ray)] {
        let list = person.get(path).await.expect(200);
        assert_eq!(list["orders"][0]["order_id"], order.as_str(), "{list}");
    }
    world.end().await;
}

/// The order's part of the log, as its operators read it: the same messages, and each event has its cause among them.
async fn everything_has_its_cause(olga: &Person, order: &str, story: &[String]) {
    let log = olga.get(&format!("/api/v1/ops/orders/{order}/log")).await.expect(200);
    let entries = log["entries"].as_array().unwrap();
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = entries.iter().map(|entry| text(entry, "id")).collect();
    for entry in entries.iter().filter(|entry| entry["sort"] == "event") {
        // A deadline is a message of another stream: what it says has its cause there.
        let is_known = ids.contains(&text(entry, "cause")) || text(entry, "type").starts_with("timers.");
        assert!(is_known, "{entry} has no cause here");
    }
    let intents = entries.iter().filter(|entry| entry["sort"] == "intent" && entry["by"] != "sys_stripe");
    assert!(
        intents.clone().all(|entry| text(entry, "by").starts_with("usr_") && entry.get("body").is_none()),
        "{log:#}"
    );
    assert_eq!(intents.count(), story.iter().filter(|message| message.starts_with("intent.")).count());
}

async fn exactly_one_of_two_hundred_runners_wins(world: Builder) {
    const RUNNERS: usize = 200;
    let world = world.start().await;
    let alice = world.person("alice").await;
    let mut runners = Vec::new();
    for n in 0..RUNNERS {
        runners.push(world.person(&format!("runner-{n}")).await);
    }
    let order = alice.place().await;
    world.settle().await;
    let mut accepts = tokio::task::JoinSet::new();
    for runner in runners {
        let path = format!("/api/v1/orders/{order}/accept");
        // Two hundred at once may be more than a small machine can look up in time: they repeat, as they are told.
        accepts.spawn(async move { runner.insist(Method::POST, &path, "mine", json!({})).await });
    }
    let answers = accepts.join_all().await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    let taken = answers.iter().filter(|a| a.status == 409 && a.body["code"] == "already_taken").count();
    assert_eq!((won, taken), (1, RUNNERS - 1), "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    world.end().await;
}

async fn a_customer_watches_their_order_live(world: Builder) {
    let world = world.start().await;
    let (alice, bob, ray) = (world.person("alice").await, world.person("bob").await, world.person("ray").await);
    let (mut hers, mut his) = (alice.watch(None).await, bob.watch(None).await);
    let order = alice.place().await;
    world.settle().await;
    deliver(&alice, &ray, &order).await;
    let seen = hers.until("COMPLETED").await;
    let statuses: Vec<_> = seen.iter().map(|(_, data)| data["status"].as_str().unwrap()).collect();
    let expected = ["PENDING", "CREATED", "CLAIMED", "ACCEPTED", "PLACED", "ON_THE_WAY", "DELIVERED", "COMPLETED"];
    assert_eq!(statuses, expected);
    // Who comes back is told what they missed, and nobody else is told anything.
    let (second, _) = &seen[1];
    let missed = alice.watch(Some(second)).await.until("COMPLETED").await;
    assert_eq!(missed.len(), expected.len() - 2);
    bob.place().await;
    world.settle().await;
    let his = his.until("CREATED").await;
    assert!(his.iter().all(|(_, data)| data["order_id"] != order.as_str()), "{his:?}");
    world.end().await;
}

/// A whole order from placing to payout, for tests that need one.
pub(crate) async fn carry(world: &World) -> String {
    let (alice, ray) = (world.person("alice").await, world.person("ray").await);
    let order = alice.place().await;
    world.settle().await;
    deliver(&alice, &ray, &order).await;
    world.settle().await;
    order
}
