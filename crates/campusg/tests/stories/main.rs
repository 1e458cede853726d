//! Whole stories over HTTP, on real parts: each on both databases, with every delivery doubled, and as separate processes.

#![expect(clippy::unwrap_used, reason = "tests")]

mod audit;
mod back;
mod bank;
mod corners;
mod counter;
mod crashes;
mod doors;
mod forward;
mod money;
mod news;
mod outage;
mod parked;
mod people;
mod strangers;
mod thanks;
mod trace;

use testkit::{Builder, Db, World};

/// Makes tests of each story, one per way to run the platform.
#[macro_export]
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
        /// The stories of this file.
        pub(crate) fn tales() -> Vec<$crate::crashes::Tale> {
            vec![$($crate::crashes::Tale {
                name: concat!(module_path!(), "::", stringify!($story)),
                tell: |world| Box::pin($story(world)),
            }),*]
        }

        $(
            mod $story {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_sqlite() {
                    super::$story($crate::on(testkit::Db::Sqlite)).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_postgres() {
                    super::$story($crate::on(testkit::Db::Postgres)).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn with_every_delivery_doubled() {
                    super::$story($crate::on(testkit::Db::Postgres).doubled()).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn as_processes() {
                    super::$story($crate::on(testkit::Db::Sqlite).as_processes($crate::CAMPUSG)).await;
                }
            }
        )*
    };
}

/// Everything that was said is what the tables let the services say about its cause.
async fn keeps_to_the_score(world: &World) {
    let services = campusg::registry::services(&chassis::Config::defaults()).unwrap();
    let log = chassis::inspect::log(&world.bus).await.unwrap();
    let departures = campusg::conformance::departures(&services, &log);
    assert!(departures.is_empty(), "{departures:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_may_say_is_a_departure_from_the_score() {
    let world = World::of(Db::Sqlite).start().await;
    let order = forward::carry(&world).await;
    keeps_to_the_score(&world).await;
    let log = chassis::inspect::log(&world.bus).await.unwrap();
    let placed = log.iter().find(|stored| stored.subject.starts_with("orders.placed.")).unwrap();
    // Somebody says that an order is complete because it was placed, and something else for no reason at all.
    for (id, cause) in [("forged-1", placed.id.as_str()), ("forged-2", "")] {
        let subject = format!("orders.completed.v1.0.{order}");
        let headers = [("ce-id", id), ("causation-id", cause), ("correlation-id", order.as_str())];
        chassis::inspect::inject(&world.bus, &subject, &headers, b"{}").await.unwrap();
    }
    let services = campusg::registry::services(&chassis::Config::defaults()).unwrap();
    let log = chassis::inspect::log(&world.bus).await.unwrap();
    let departures = campusg::conformance::departures(&services, &log);
    assert_eq!(departures.len(), 2, "{departures:#?}");
    assert!(departures[0].contains("because of orders.placed.v1, which nobody may"), "{departures:#?}");
    assert!(departures[1].contains("has no cause in the log"), "{departures:#?}");
}

const CAMPUSG: &str = env!("CARGO_BIN_EXE_campusg");

fn on(db: Db) -> Builder {
    World::of(db)
}
