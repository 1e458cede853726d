//! Messages of one entity are handled in the order of the log, whatever happens in between.

use crate::fixture::{Db, What, World, counter, key, send, service};

testkit::on_both! {
    an_entitys_messages_keep_their_order,
    an_entitys_messages_keep_their_order_through_crashes,
    calls_about_one_entity_are_made_in_order,
}

const STEPS: u32 = 25;
const ENTITIES: u128 = 20;

async fn an_entitys_messages_keep_their_order(db: Db) {
    let world = World::of(db).only(service).with("dispatcher.lanes", 4).start().await;
    for step in 0..STEPS {
        for n in 0..ENTITIES {
            send(&world, key(n), step, What::Step).await;
        }
    }
    check(&world).await;
    world.end().await;
}

async fn an_entitys_messages_keep_their_order_through_crashes(db: Db) {
    let mut world = World::of(db).only(service).start().await;
    for step in 0..STEPS {
        for n in 0..ENTITIES {
            send(&world, key(n), step, What::Step).await;
        }
        if step % 5 == 0 {
            world.kill_services().await;
            world.start_services().await;
        }
    }
    check(&world).await;
    world.end().await;
}

async fn check(world: &World) {
    world.settle().await;
    for n in 0..ENTITIES {
        assert_eq!(counter(world, key(n)).await.steps, (0..STEPS).collect::<Vec<_>>());
    }
}

async fn calls_about_one_entity_are_made_in_order(db: Db) {
    // Batches smaller than what waits, and calls that fail now and then: nobody overtakes.
    let world = World::of(db).only(service).with("dispatcher.batch", 4).with("dispatcher.retry_first_ms", 5);
    let mut world = world.start_without_services().await;
    for step in 0..STEPS {
        for n in 0..3 {
            send(&world, key(n), step, if step % 7 == 3 { What::Flaky } else { What::Fetch }).await;
        }
    }
    world.start_services().await;
    world.settle().await;
    for n in 0..3 {
        assert_eq!(counter(&world, key(n)).await.recorded, (0..STEPS).collect::<Vec<_>>());
    }
    world.end().await;
}
