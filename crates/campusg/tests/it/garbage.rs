//! Whatever stands in the log, nobody stumbles over it: messages of every type, nearly right, from nearly everybody and under
//! odd headers are handled, refused or parked whole, and the order that comes behind them goes its way (I8).

use chassis::inspect;
use contracts::{Kind, Principal, UserId, catalogue, partition_of};
use fuzz::{bytes_near, drawn, text};
use proptest::prelude::*;
use testkit::{Db, World};

/// Messages per type; there are about a hundred and fifty.
const PER_TYPE: u32 = 2;

/// Headers as nobody should write them. What cannot stand in a header at all, the broker does not take.
fn header() -> impl Strategy<Value = String> {
    prop_oneof![
        text(),
        Just("msg_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f".to_owned()),
        Just("2026-03-05T12:00:00Z".to_owned()),
        Just("+262142-12-31T23:59:59Z".to_owned()),
        Just("00-0198c2f6a1b37c3e8d5f6a7b8c9d0e1f-00f067aa0ba902b7-01".to_owned()),
    ]
    .prop_map(|typed| typed.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect())
}

/// Who asks: people, offices, parts of the platform, and what is nobody.
fn principal() -> impl Strategy<Value = String> {
    let mia = UserId::of_subject("dev", "mia");
    let known = [Principal::User(mia), Principal::Operator(mia), Principal::Finance(mia)].map(|who| who.to_string());
    let others = ["sys_clerk", "sys_stripe", "sys_seed", "nobody", "usr_", "sys_"].map(str::to_owned);
    prop::sample::select(known.into_iter().chain(others).collect::<Vec<_>>())
}

/// The key that a well-made message of this body would have in its subject.
fn key(body: &serde_json::Value) -> String {
    let found = ["order_id", "user_id", "vendor_id", "runner_id"].iter().find_map(|name| body[name].as_str());
    found.unwrap_or("ord_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_stands_in_the_log_the_next_order_goes_its_way() {
    let quick = World::of(Db::Sqlite).with("dispatcher.retry_first_ms", 1).with("dispatcher.retry_cap_ms", 4);
    let world = quick.start().await;
    let partitions = world.bus.partitions;
    let mut sent = 0;
    for entry in catalogue::all() {
        let name = format!("{}.{}.v{}", entry.owner, entry.name, entry.version);
        let key = key(&entry.sample);
        let partition = partition_of(&key, partitions);
        let headers = (header(), header(), header(), header(), header(), principal());
        for (body, headers) in drawn(PER_TYPE, &(bytes_near(entry.sample.clone()), headers)) {
            let (id, time, correlation, trace, inbox, who) = headers;
            let subject = match entry.kind {
                Kind::Intent => format!("intent.{name}.{who}.{key}.{partition}"),
                Kind::Event => format!("{name}.{key}.{partition}"),
                Kind::Deadline => format!("{name}.{key}"),
                Kind::Question => continue,
            };
            let headers = [
                ("ce-id", id.as_str()),
                ("ce-time", time.as_str()),
                ("correlation-id", correlation.as_str()),
                ("traceparent", trace.as_str()),
                ("verdict-to", inbox.as_str()),
            ];
            inspect::inject(&world.bus, &subject, &headers, &body)
                .await
                .unwrap_or_else(|error| panic!("{subject}: {error}"));
            sent += 1;
        }
    }
    let parked = world.settle_with_parked().await;
    assert!(sent > 200 && !parked.is_empty(), "{sent} sent, {} parked", parked.len());
    for stored in &parked {
        assert!(stored.reason.as_ref().is_some_and(|reason| !reason.is_empty()), "{} for no reason", stored.subject);
    }
    println!("{sent} messages, {} parked", parked.len());
    let alice = world.person("alice").await;
    let order = alice.place().await;
    assert_eq!(world.settle_with_parked().await.len(), parked.len(), "a good message was parked");
    assert_eq!(alice.order(&order).await["status"], "CREATED");
}
