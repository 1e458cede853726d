//! What a page of each list costs, by what the databases say of it over ten thousand repairs.

use chassis::database;
use sea_orm::DatabaseConnection;

use super::*;

const REPAIRS: &str = "\
    INSERT INTO repairs (id, version, state, stage, service, reaction, order_id, parked_at) \
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) \
    SELECT 'rep_' || i, 1, '{}', CASE WHEN i % 4 = 1 THEN 'parked' WHEN i % 4 = 2 THEN 'redriven' ELSE 'settled' END, \
        'orders', 'place', 'ord_' || (i % 50), i / 3 FROM n";

async fn filled() -> Vec<DatabaseConnection> {
    let databases = database::for_test("repairs", migrations).await.expect("databases");
    for db in &databases {
        db.execute_unprepared(REPAIRS).await.expect("repairs");
        db.execute_unprepared("ANALYZE").await.expect("statistics");
    }
    databases
}

fn of(stages: &[RepairStage]) -> ListRepairs {
    ListRepairs { stages: stages.to_vec(), ..ListRepairs::default() }
}

#[tokio::test]
async fn a_page_reads_a_page_and_sorts_nothing() {
    for db in filled().await {
        let later: Place = (1_500, "rep_4500".to_owned());
        for after in [None, Some(&later)] {
            for stages in [&[][..], &RepairStage::OPEN, &RepairStage::ALL] {
                for query in pages(&of(stages), after, 21).iter().chain(&open_pages(21)) {
                    let plan = page::plan(&db, query).await.expect("a plan");
                    for step in &plan {
                        let reads_all = step.contains("Seq Scan") || step.contains("SCAN") && !step.contains("USING");
                        let sorts = step.contains("Sort") || step.contains("TEMP B-TREE");
                        assert!(!reads_all && !sorts, "{stages:?} {after:?}: {plan:#?}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn page_by_page_one_sees_every_repair_of_these_stages_once_newest_first() {
    for db in filled().await {
        for (stages, count) in [(&[][..], 10_000), (&RepairStage::OPEN, 5_000), (&[RepairStage::Settled][..], 5_000)] {
            let (mut places, mut after) = (Vec::new(), None);
            loop {
                let page = rows(&db, &of(stages), after.as_ref(), 1_900).await.expect("a page");
                let Some(last) = page.last() else { break };
                after = Some((last.parked_at, last.id.clone()));
                places.extend(page.into_iter().map(|row| (row.parked_at, row.id)));
            }
            assert_eq!(places.len(), count, "{stages:?}");
            assert!(places.is_sorted_by(|one, next| one > next), "{stages:?}");
        }
    }
}
