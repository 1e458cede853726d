//! What the table of reactions promises, and what the tables of the database find.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use chassis::{Config, Entity as _, Row};
use contracts::payments::{MovementKind, StripeFact};
use contracts::users::PayeeResolved;
use contracts::{Cents, Kind, MessageId, OrderId};
use jiff::SignedDuration;
use sea_orm::{ActiveModelTrait as _, ConnectionTrait as _, Database, DatabaseConnection, Set};
use sea_orm_migration::SchemaManager;

use super::scene::*;
use crate::hold::{self, Holding};
use crate::payment::{Payee, Payment};
use crate::settlement;
use crate::store::{patrons, payments as store, reconciliations};
use crate::stripe::Refund;
use crate::{Patron, migrations};

// --- reactions -------------------------------------------------------------------------------------------------------

#[test]
fn everything_that_payments_can_say_is_said_and_everything_asked_is_answered() {
    let service = crate::service(&Config::defaults()).expect("a service");
    let said: BTreeSet<String> = service.reactions().iter().flat_map(|reaction| reaction.publishes.clone()).collect();
    for entry in contracts::payments::messages().into_iter().filter(|entry| entry.kind == Kind::Event) {
        let name = format!("{}.{}.v{}", entry.owner, entry.name, entry.version);
        assert!(said.contains(&name), "nobody says {name}");
    }
    let decided: BTreeSet<_> =
        service.reactions().iter().filter(|reaction| reaction.kind == Kind::Intent).map(|row| row.message).collect();
    for entry in contracts::payments::messages().into_iter().filter(|entry| entry.kind == Kind::Intent) {
        assert!(decided.contains(entry.name), "nobody decides on {}", entry.name);
    }
    let answered: BTreeSet<_> = service.questions().into_iter().map(|(name, _)| name).collect();
    for entry in contracts::payments::questions() {
        assert!(answered.contains(entry.name), "nobody answers {}", entry.name);
    }
}

// --- SQL -------------------------------------------------------------------------------------------------------------

/// Databases that were made.
static MADE: AtomicU32 = AtomicU32::new(0);

/// An empty database of its own: on SQLite, and on PostgreSQL where one is at hand.
async fn databases() -> Vec<DatabaseConnection> {
    let mut memory = sea_orm::ConnectOptions::new("sqlite::memory:");
    memory.max_connections(1);
    let mut databases = vec![Database::connect(memory).await.expect("SQLite")];
    if let Ok(server) = std::env::var("CAMPUSG_TEST_POSTGRES") {
        let (server, _) = server.rsplit_once('/').expect("a URL that ends in a database's name");
        let admin = Database::connect(format!("{server}/postgres")).await.expect("PostgreSQL");
        let name = format!("payments_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a new database");
        databases.push(Database::connect(format!("{server}/{name}")).await.expect("PostgreSQL"));
    }
    for db in &databases {
        for migration in migrations::all() {
            migration.up(&SchemaManager::new(db)).await.expect("a table");
        }
    }
    databases
}

async fn save(db: &DatabaseConnection, payment: &Payment) {
    let mut row = Row::<Payment> {
        id: Set(payment.order_id.to_string()),
        version: Set(1),
        state: Set(serde_json::to_string(payment).expect("JSON")),
        ..Default::default()
    };
    payment.index(&mut row);
    row.insert(db).await.expect("a row");
}

fn order(n: u64) -> OrderId {
    MessageId::of_stored("ORDERS", n).derive("order")
}

/// The same payment of another order, some minutes later.
fn of_order(n: u64, payment: Payment) -> Payment {
    let json = serde_json::to_string(&payment).expect("JSON");
    let later = T0 + SignedDuration::from_mins(n.cast_signed());
    let json = json.replace(&order_id().to_string(), &order(n).to_string());
    let json = json.replace(&T0.to_string(), &later.to_string());
    serde_json::from_str(&json).expect("a payment")
}

/// Settled from the order's total and two excesses on top of it.
fn paid_with_two_excesses() -> Payment {
    let second = Holding::Held { payment_intent: "pi_3".into() };
    let first = held_more(Cents(182));
    let payment = state(told(|cx| hold::record_excess(cx, Some(first), excess_agreed(Cents(50)), second)));
    let resolved = PayeeResolved { total_cents: Cents(1_322), payout_cents: Cents(1_200), ..payee() };
    let PayeeResolved { runner_id, account, total_cents, payout_cents, .. } = resolved.clone();
    let payee = Payee { runner_id, account: Some(account), total_cents, payout_cents };
    let settlement = all_settled(&Payment { payee: Some(payee), ..payment.clone() });
    state(told(|cx| settlement::record_settlement(cx, Some(payment), resolved, settlement)))
}

/// The same with ids that no other payment here has.
fn renamed(payment: &Payment) -> Payment {
    let mut json = serde_json::to_string(payment).expect("JSON");
    for (id, other) in [("_1\"", "_4\""), ("_2\"", "_5\""), ("_3\"", "_6\"")] {
        json = json.replace(id, other);
    }
    serde_json::from_str(&json).expect("a payment")
}

#[tokio::test]
async fn an_order_is_found_by_any_of_stripes_ids() {
    for db in databases().await {
        save(&db, &tipped(Cents(200))).await;
        save(&db, &of_order(1, released())).await;
        save(&db, &of_order(2, held_more(Cents(1)))).await;
        save(&db, &of_order(3, renamed(&paid_with_two_excesses()))).await;
        for id in ["pi_9", "ch_1", "tr_1", "tr_9"] {
            assert_eq!(store::find(&db, id).await.expect("an answer"), Some(order_id().to_string()), "{id}");
        }
        assert_eq!(store::find(&db, "pi_2").await.expect("an answer"), Some(order(2).to_string()));
        for id in ["pi_5", "ch_5", "tr_5", "pi_6"] {
            let found = store::find(&db, id).await.expect("an answer");
            assert_eq!(found, Some(order(3).to_string()), "{id}");
        }
        for id in ["pi_", "pi_%", "ch__", "pi_5 ch_4", "pi_7", "", "pi", "nonsense", "re_1"] {
            assert_eq!(store::find(&db, id).await.expect("an answer"), None, "{id}");
        }
    }
}

#[tokio::test]
async fn wallets_are_summed_and_paged() {
    for db in databases().await {
        for (n, payment) in [held(), paid_out(), unpaid(), tipped(Cents(200)), declined()].into_iter().enumerate() {
            save(&db, &of_order(n as u64, payment)).await;
        }
        let spent = store::spent_and_held(&db, user("alice")).await.expect("sums");
        assert_eq!((spent.first, spent.second), (Some(1_090 * 3 + 200), Some(1_090)));
        let earned = store::earned_and_waiting(&db, user("ray")).await.expect("sums");
        assert_eq!((earned.first, earned.second), (Some(1_000 + 1_200), Some(1_000)));
        let nobody = store::spent_and_held(&db, user("mallory")).await.expect("sums");
        assert_eq!((nobody.first, nobody.second), (None, None));
        let first = store::of_person(&db, user("alice"), None, 3).await.expect("a page");
        let ids: Vec<_> = first.iter().map(|(payment, _)| payment.order_id).collect();
        assert_eq!(ids, [order(3), order(2), order(1)], "newest first");
        let after = first.last().map(|(_, place)| place.clone());
        let rest = store::of_person(&db, user("alice"), after, 3).await.expect("a page");
        // The declined one moved no money.
        assert_eq!(rest.iter().map(|(payment, _)| payment.order_id).collect::<Vec<_>>(), [order(0)]);
    }
}

#[tokio::test]
async fn tasks_come_oldest_first_and_go_with_what_happens() {
    for db in databases().await {
        let dispute = StripeFact::Disputed {
            payment_intent: "pi_1".into(),
            dispute: "dp_1".into(),
            amount_cents: TOTAL,
            status: "needs_response".into(),
        };
        let disputed = fact(Some(paid_out()), dispute).state().cloned().expect("a state");
        for (n, payment) in [unpaid(), paid_out(), disputed, held()].into_iter().enumerate() {
            save(&db, &of_order(n as u64, payment)).await;
        }
        let found = store::with_tasks(&db, 10).await.expect("tasks");
        let codes: Vec<_> = found
            .iter()
            .flat_map(|payment| payment.troubles.iter().map(|trouble| trouble.task(payment)))
            .map(|task| (task.order_id, task.code))
            .collect();
        assert_eq!(codes, [(order(0), "payout_held".to_owned()), (order(2), "disputed".to_owned())]);
    }
}

#[tokio::test]
async fn what_is_unconfirmed_is_found_for_every_time_that_was_read() {
    for db in databases().await {
        let hours = |hours: i64| (T0 + SignedDuration::from_hours(hours)).as_millisecond();
        let refund = Refund { id: "re_1".into(), amount_cents: Cents(90), status: "succeeded".into() };
        let mut payment = paid_out();
        let _ = payment.now_refunded(T0 + SignedDuration::from_hours(5), "pi_1", &refund, None);
        save(&db, &payment).await;
        for (period, found) in [((-2, 0), 0), ((-2, 1), 1), ((4, 6), 1), ((6, 8), 0)] {
            let period = (hours(period.0), hours(period.1));
            assert_eq!(store::unconfirmed(&db, period, 10).await.expect("payments").len(), found, "{period:?}");
        }
    }
}

#[tokio::test]
async fn a_table_from_before_gets_the_latest_unconfirmed_moment() {
    for db in databases().await {
        save(&db, &paid_out()).await;
        db.execute_unprepared("ALTER TABLE payments DROP COLUMN unconfirmed_until").await.expect("an older table");
        for migration in migrations::all().into_iter().filter(|migration| migration.name().starts_with("m006")) {
            migration.up(&SchemaManager::new(&db)).await.expect("a column");
        }
        let period = (T0.as_millisecond(), T0.as_millisecond() + 1);
        assert_eq!(store::unconfirmed(&db, period, 10).await.expect("payments").len(), 1);
    }
}

#[tokio::test]
async fn what_was_read_is_what_the_finished_ones_have_read_together() {
    for db in databases().await {
        let days = |days: i64| T0 + SignedDuration::from_hours(24 * days);
        for (n, from, until, finished) in [(0, 0, 2, true), (1, 1, 3, true), (2, 5, 6, true), (3, 3, 5, false)] {
            let row = reconciliations::ActiveModel {
                id: Set(format!("rec_{n}")),
                version: Set(1),
                state: Set("{}".to_owned()),
                begun_at: Set(days(until).as_millisecond()),
                from_at: Set(days(from).as_millisecond()),
                until_at: Set(days(until).as_millisecond()),
                finished_at: Set(finished.then(|| days(until).as_millisecond())),
            };
            row.insert(&db).await.expect("a row");
        }
        let read = reconciliations::read(&db).await.expect("periods");
        assert_eq!(read.periods(), [(days(0), days(3)), (days(5), days(6))]);
    }
}

#[tokio::test]
async fn every_payment_is_audited_page_by_page() {
    for db in databases().await {
        for n in 0..5 {
            save(&db, &of_order(n, paid_out())).await;
        }
        let first = store::page(&db, None, 3).await.expect("a page");
        let rest = store::page(&db, first.last().map(|payment| payment.order_id), 3).await.expect("a page");
        let ids: BTreeSet<_> = first.iter().chain(&rest).map(|payment| payment.order_id).collect();
        assert_eq!((first.len(), rest.len(), ids.len()), (3, 2, 5));
        let kept = store::load(&db, order(1)).await.expect("an answer").expect("a payment");
        assert!(kept.ledger.movements().iter().any(|movement| movement.kind == MovementKind::Payout));
        assert_eq!(patrons::load(&db, user("alice")).await.expect("an answer"), None::<Patron>);
    }
}

#[tokio::test]
async fn a_table_from_before_gets_the_column_for_every_id() {
    for db in databases().await {
        db.execute_unprepared("ALTER TABLE payments DROP COLUMN stripe_ids").await.expect("an older table");
        for migration in migrations::all().into_iter().filter(|migration| migration.name().starts_with("m003")) {
            migration.up(&SchemaManager::new(&db)).await.expect("a column");
        }
        save(&db, &paid_with_two_excesses()).await;
        assert_eq!(store::find(&db, "ch_2").await.expect("an answer"), Some(order_id().to_string()));
    }
}
