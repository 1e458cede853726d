//! A [`World`] for tests: a real nats-server, a real database per service, a Stripe sandbox, a clock moved by hand, and people.
//!
//! ```no_run
//! # async fn story() {
//! let world = testkit::World::of(testkit::Db::Sqlite).start().await;
//! let alice = world.person("alice").await;
//! let order = alice.place().await;
//! world.settle().await;
//! assert_eq!(alice.order(&order).await["status"], "CREATED");
//! # }
//! ```

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up should stop, loudly")]

mod http;
mod people;
mod record;
mod supervisor;
mod world;

pub use http::Answer;
pub use people::{Person, Watch, basket};
pub use record::{Record, Recorder};
pub use world::{Builder, Db, World};

/// Makes two tests of each story, one per database: `story::on_sqlite` and `story::on_postgres`.
#[macro_export]
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        $(
            mod $story {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_sqlite() {
                    super::$story($crate::Db::Sqlite).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_postgres() {
                    super::$story($crate::Db::Postgres).await;
                }
            }
        )*
    };
}
