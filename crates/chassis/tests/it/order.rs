//! Messages of one entity are handled in the order of the log, whatever happens in between.

use crate::fixture::{Db, What, World, counter, key, send, service};

testkit::on_both! {
    an_entitys_messages_keep_their_order,
    an_entitys_messages_keep_their_order_through_crashes,
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
