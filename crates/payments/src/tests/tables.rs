//! What the table of reactions promises, and what the tables of the database find.

use std::collections::BTreeSet;

use chassis::{Config, Entity as _, Row, database, names, page};
use contracts::payments::{MovementKind, StripeFact};
use contracts::users::PayeeResolved;
use contracts::{Cents, Kind, MessageId, OrderId};
use jiff::SignedDuration;
use sea_orm::{ActiveModelTrait as _, ConnectionTrait as _, DatabaseConnection, Set};
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

async fn databases() -> Vec<DatabaseConnection> {
    database::for_test("payments", migrations::all).await.expect("databases")
}

async fn save(db: &DatabaseConnection, payment: &Payment) {
    insert(db, payment).await;
    let id = payment.order_id.to_string();
    let names = payment.names().into_iter().map(|name| (name, id.clone())).collect();
    names::record(db, names).await.expect("names");
}

async fn insert(db: &DatabaseConnection, payment: &Payment) {
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
async fn payments_from_before_are_found_by_any_of_stripes_ids_and_have_fewer_indexes() {
    let before = || migrations::all().into_iter().filter(|migration| migration.name() < "m007").collect();
    for db in database::for_test("payments", before).await.expect("databases") {
        for statement in [
            "ALTER TABLE payments ADD COLUMN charge varchar",
            "CREATE INDEX \"idx-payments-charge\" ON payments (charge)",
            "CREATE INDEX \"idx-payments-task_since\" ON payments (task_since)",
        ] {
            db.execute_unprepared(statement).await.expect("a table from before");
        }
        for (n, payment) in [held(), paid_with_two_excesses()].into_iter().enumerate() {
            insert(&db, &of_order(n as u64, if n == 0 { payment } else { renamed(&payment) })).await;
        }
        assert_eq!(store::find(&db, "ch_5").await.expect("an answer"), None);
        for migration in migrations::all().into_iter().filter(|migration| migration.name() > "m007") {
            migration.up(&SchemaManager::new(&db)).await.expect("names");
        }
        for (id, n) in [("pi_1", 0), ("pi_4", 1), ("pi_6", 1), ("ch_5", 1), ("tr_5", 1)] {
            assert_eq!(store::find(&db, id).await.expect("an answer"), Some(order(n).to_string()), "{id}");
        }
        // It is gone, or this could not be made.
        db.execute_unprepared("CREATE INDEX \"idx-payments-charge\" ON payments (charge)").await.expect("an index");
    }
}

/// Alice is on either side of a tenth of them; in some no money moved, and few have a task.
const PAYMENTS: &str = "\
    INSERT INTO payments (id, version, state, stage, customer_id, runner_id, began_at, held_cents, spent_cents, \
        earned_cents, waiting_cents, task_since, unsound, unconfirmed_since, unconfirmed_until) \
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) \
    SELECT 'ord_' || i, 1, '{}', 'paid', CASE WHEN i % 10 = 0 THEN '{alice}' ELSE 'usr_' || (i % 97) END, \
        CASE WHEN i % 10 = 5 THEN '{alice}' ELSE 'usr_' || (i % 89) END, CASE WHEN i % 20 > 1 THEN i / 3 END, 0, 0, 0, 0, \
        CASE WHEN i % 100 = 7 THEN i END, CASE WHEN i % 1000 = 8 THEN 1 ELSE 0 END, \
        CASE WHEN i % 1000 = 9 THEN i END, CASE WHEN i % 1000 = 9 THEN i END FROM n";

#[tokio::test]
async fn a_page_reads_a_page_and_sorts_nothing() {
    for db in databases().await {
        db.execute_unprepared(&PAYMENTS.replace("{alice}", &user("alice").to_string())).await.expect("payments");
        db.execute_unprepared("ANALYZE").await.expect("statistics");
        let later = (1_500, "ord_4500".to_owned());
        for after in [None, Some(&later)] {
            let pages = store::pages(user("alice"), after, 21);
            for query in pages.iter().chain([&store::tasks(21)]) {
                let plan = page::plan(&db, query).await.expect("a plan");
                for step in &plan {
                    let reads_all = step.contains("Seq Scan") || step.contains("SCAN") && !step.contains("USING");
                    let sorts = step.contains("Sort") || step.contains("TEMP B-TREE");
                    assert!(!reads_all && !sorts, "{after:?}: {plan:#?}");
                }
            }
        }
        let mut seen = 0;
        let mut after = None;
        loop {
            let mut rows = Vec::new();
            for page in store::pages(user("alice"), after.as_ref(), 300) {
                rows.extend(page.all(&db).await.expect("a page"));
            }
            let place = |row: &store::Model| (row.began_at.unwrap_or_default(), row.id.clone());
            let rows = page::newest_of(rows, |row| (row.began_at.unwrap_or_default(), row.id.as_str()), 300);
            let Some(last) = rows.last() else { break };
            assert!(after.as_ref().is_none_or(|after| place(&rows[0]) < *after), "newest first");
            after = Some(place(last));
            seen += rows.len();
        }
        // Half of those that Alice pays for moved no money.
        assert_eq!(seen, 500 + 1_000);
    }
}
