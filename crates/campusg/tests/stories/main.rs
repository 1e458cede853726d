//! Whole stories over HTTP, on real parts: each on both databases, with every delivery doubled, and as separate processes.

#![expect(clippy::unwrap_used, reason = "tests")]

mod back;
mod bank;
mod counter;
mod doors;
mod forward;
mod money;
mod news;
mod outage;
mod people;
mod strangers;
mod thanks;
mod trace;

use testkit::{Builder, Db, World};

/// Makes tests of each story, one per way to run the platform.
#[macro_export]
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
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

const CAMPUSG: &str = env!("CARGO_BIN_EXE_campusg");

fn on(db: Db) -> Builder {
    World::of(db)
}
