//! What a page of each list costs, by what the databases say of it over ten thousand orders, and that paging leaves nothing out.

use chassis::database;
use sea_orm::{Condition, DatabaseConnection, DbBackend};

use super::*;
use crate::migrations;

/// Alice is on either side of a tenth of them, three of all were placed at each moment, and few are on offer, have a task or
/// are late.
const ORDERS: &str = "\
    INSERT INTO orders (id, version, state, status, customer_id, runner_id, placed_at, opened_at, words, task, task_since, \
        waits_until) \
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) \
    SELECT 'ord_' || i, 1, '{}', CASE WHEN i % 50 = 1 THEN 'CREATED' ELSE 'COMPLETED' END, \
        CASE WHEN i % 10 = 0 THEN '{alice}' ELSE 'usr_' || (i % 97) END, \
        CASE WHEN i % 10 = 5 THEN '{alice}' WHEN i % 50 = 1 THEN NULL ELSE 'usr_' || (i % 89) END, \
        i / 3, i / 3, 'noodles ' || i, CASE WHEN i % 100 = 7 THEN 'overdue' END, CASE WHEN i % 100 = 7 THEN i END, \
        CASE WHEN i % 1000 = 3 THEN NULL WHEN i % 100 = 1 THEN i ELSE 9223372036854775807 END FROM n";

fn alice() -> UserId {
    UserId::of_subject("test", "alice")
}

async fn filled() -> Vec<DatabaseConnection> {
    let databases = database::for_test("orders", migrations::all).await.expect("databases");
    for db in &databases {
        db.execute_unprepared(&ORDERS.replace("{alice}", &alice().to_string())).await.expect("orders");
        db.execute_unprepared("ANALYZE").await.expect("statistics");
    }
    databases
}

fn wanted(side: Option<Side>) -> Wanted<'static> {
    Wanted { person: alice(), side, status: None, text: None }
}

#[track_caller]
fn served_by_an_index(plan: &[String], what: &str) {
    for step in plan {
        let reads_all = step.contains("Seq Scan") || step.contains("SCAN") && !step.contains("USING");
        assert!(!reads_all && !step.contains("Sort") && !step.contains("TEMP B-TREE"), "{what}: {plan:#?}");
    }
}

#[tokio::test]
async fn a_page_reads_a_page_and_sorts_nothing() {
    for db in filled().await {
        let later: Place = (1_500, "ord_4500".to_owned());
        for after in [None, Some(&later)] {
            let mut queries = pages(&wanted(None), after, 21);
            queries.extend([offers(alice(), after, 21), tasks(21)]);
            queries.extend(still(500, 21));
            for query in queries {
                let plan = page::plan(&db, &query).await.expect("a plan");
                served_by_an_index(&plan, &sea_orm::QueryTrait::build(&query, DbBackend::Sqlite).to_string());
            }
        }
        if db.get_database_backend() == DbBackend::Postgres {
            for query in pages(&wanted(None), Some(&later), 21).iter().chain([&offers(alice(), Some(&later), 21)]) {
                let plan = page::plan(&db, query).await.expect("a plan");
                let begins_there = |step: &String| step.contains("Index Cond") && step.contains("ROW(");
                assert!(plan.iter().any(begins_there), "what was read already is read again: {plan:#?}");
            }
        }
    }
}

#[tokio::test]
async fn page_by_page_one_sees_every_order_once_newest_first() {
    for db in filled().await {
        for side in [None, Some(Side::Customer), Some(Side::Runner)] {
            let mut theirs = Condition::any();
            for (of, column) in [(Side::Customer, Column::CustomerId), (Side::Runner, Column::RunnerId)] {
                if side.is_none_or(|side| side == of) {
                    theirs = theirs.add(column.eq(alice().to_string()));
                }
            }
            let all = Entity::find().filter(theirs).order_by_desc(Column::PlacedAt).order_by_desc(Column::Id);
            let all: Vec<_> = all.all(&db).await.expect("rows").into_iter().map(|row| row.id).collect();
            assert_eq!(all.len(), if side.is_some() { 1_000 } else { 2_000 });
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = rows_of_person(&db, &wanted(side), after.as_ref(), 190).await.expect("a page");
                let Some(last) = page.last() else { break };
                after = Some((last.placed_at, last.id.clone()));
                seen.extend(page.into_iter().map(|row| row.id));
            }
            assert_eq!(seen, all, "{side:?}");
        }
    }
}

#[tokio::test]
async fn who_is_on_both_sides_of_an_order_sees_it_once() {
    for db in filled().await {
        let both = format!("UPDATE orders SET runner_id = customer_id WHERE customer_id = '{}'", alice());
        db.execute_unprepared(&both).await.expect("updated");
        let page = rows_of_person(&db, &wanted(None), None, 50).await.expect("a page");
        let mut ids: Vec<_> = page.iter().map(|row| &row.id).collect();
        ids.dedup();
        assert_eq!((page.len(), ids.len()), (50, 50));
    }
}

#[tokio::test]
async fn a_page_is_of_what_was_asked_for() {
    for db in filled().await {
        let text = Wanted { text: Some("Noodles 99"), ..wanted(None) };
        let found = rows_of_person(&db, &text, None, 100).await.expect("a page");
        // 99, and from 990 and 9900 on: those that end in 0 or 5.
        assert_eq!(found.len(), 22);
        let open = Wanted { status: Some(Status::Created), ..wanted(None) };
        assert_eq!(rows_of_person(&db, &open, None, 100).await.expect("a page").len(), 0);
    }
}
