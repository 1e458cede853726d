//! The services of one process share a connection to the broker, and each speaks in its own name.

use contracts::envelope;

use crate::fixture::{Db, What, World, key, send, with_a_listener};

testkit::on_both! { who_says_something_on_a_shared_connection_is_named }

async fn who_says_something_on_a_shared_connection_is_named(db: Db) {
    let world = World::of(db).only(with_a_listener).start().await;
    send(&world, key(0), 0, What::Fetch).await;
    world.settle().await;
    let client = async_nats::connect(world.broker_url()).await.expect("a connection");
    let log = async_nats::jetstream::new(client).get_stream("LOG").await.expect("the log");
    for (subjects, source) in [("intent.>", "testkit"), ("users.>", "fixture")] {
        let last = log.get_last_raw_message_by_subject(subjects).await.expect("a message");
        assert_eq!(last.headers.get(envelope::SOURCE).map(|value| value.as_str()), Some(source), "{subjects}");
    }
    world.end().await;
}
