//! What was said so long ago that the broker would not recognise it is looked for before it is said again.

use std::collections::HashMap;
use std::time::Duration;

use chassis::inspect;
use contracts::partition_of;

use crate::fixture::{Db, What, World, alice, key, send, service};

testkit::on_both! { what_was_said_long_ago_is_not_said_again }

pub(crate) const WINDOW: Duration = Duration::from_secs(1);

async fn what_was_said_long_ago_is_not_said_again(db: Db) {
    let window = u64::try_from(WINDOW.as_millis()).expect("small");
    let mut world = World::of(db).only(service).with("nats.duplicate_window_ms", window).start().await;
    for n in 0..20 {
        send(&world, key(n), 0, What::Fetch).await;
    }
    let id = key(20).to_string();
    let spoilt = format!("intent.fixture.add.v1.{}.{}.{id}", partition_of(&id, world.bus.partitions), alice());
    inspect::inject(&world.bus, &spoilt, &[], b"{ not JSON").await.expect("stored");
    assert_eq!(world.settle_with_parked().await.len(), 1);
    let before = inspect::log(&world.bus).await.expect("the log");
    // The broker forgets them; what it recognises is all that this test waits for.
    while is_recognised(&world).await {
        tokio::time::sleep(WINDOW / 4).await;
    }
    world.move_clock(WINDOW.try_into().expect("a second"));
    world.kill_services().await;
    begin_again(&world).await;
    world.start_services().await;
    assert_eq!(world.settle_with_parked().await.len(), 1, "parked again");
    let mut count: HashMap<String, usize> = HashMap::new();
    for stored in inspect::log(&world.bus).await.expect("the log") {
        *count.entry(stored.id).or_default() += 1;
    }
    // What the test itself sent again is there again, and nothing that the service said.
    assert!(
        before.iter().filter(|stored| !stored.causation.is_empty()).all(|stored| count[&stored.id] == 1),
        "{count:?}"
    );
    assert!(before.iter().any(|stored| !stored.causation.is_empty()));
}

/// Has every consumer of the fixture start at the beginning of the log.
async fn begin_again(world: &World) {
    let client = async_nats::connect(world.broker_url()).await.expect("a connection");
    let log = async_nats::jetstream::new(client).get_stream("LOG").await.expect("the log");
    for partition in 0..world.bus.partitions {
        log.reset_consumer(&format!("fixture-{partition}"), Some(1)).await.expect("a consumer that begins again");
    }
}

/// Asks for the same thing again: the broker stores what it does not recognise.
pub(crate) async fn is_recognised(world: &World) -> bool {
    let before = inspect::log_length(&world.bus).await.expect("a length");
    send(world, key(0), 0, What::Fetch).await;
    inspect::log_length(&world.bus).await.expect("a length") == before
}
