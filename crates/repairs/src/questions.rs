//! What may be read about messages that a service gave up on. Who may is the gateway's to say.

use chassis::page::Place;
use chassis::{Entity, Fault, Reads};
use contracts::repairs::{GetRepair, ListRepairTasks, ListRepairs, RepairPage, RepairStage, RepairTasks, RepairView};
use contracts::{Principal, Refused, RepairId};

use crate::repair::{Refusal, Repair};
use crate::{store, tasks};

const TASKS_MAX: u64 = 500;
/// Newest steps of each history on a page, which has to fit into one answer.
const LISTED_STEPS: usize = 5;

type Answer<T> = Result<Result<T, Refused>, Fault>;

pub(crate) async fn list(reads: Reads, ask: ListRepairs) -> Answer<RepairPage> {
    let Ok(after) = ask.cursor.as_deref().map(read_cursor).transpose() else {
        return Ok(Err(Refused::new("bad_cursor", "This cursor does not come from a page of this list.")));
    };
    let limit = ask.limit.clamp(1, 100);
    let mut found = store::list(&reads.db, &ask, after, u64::from(limit) + 1).await.map_err(Fault::retry)?;
    // The one row too many tells whether there is another page.
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|(_, _, (at, id))| format!("{at}.{id}"));
    let mut repairs: Vec<_> = found.iter().map(|(repair, version, _)| view(repair, *version)).collect();
    for repair in &mut repairs {
        let too_many = repair.history.len().saturating_sub(LISTED_STEPS);
        repair.history.drain(..too_many);
    }
    Ok(Ok(RepairPage { repairs, next }))
}

pub(crate) async fn get(reads: Reads, ask: GetRepair) -> Answer<RepairView> {
    let found = store::load(&reads.db, ask.repair_id).await.map_err(Fault::retry)?;
    Ok(found.map(|(repair, version)| view(&repair, version)).ok_or_else(|| {
        use chassis::Refusal as _;
        Refusal::NotFound.refused()
    }))
}

pub(crate) async fn tasks(reads: Reads, _: ListRepairTasks) -> Answer<RepairTasks> {
    let open = store::open(&reads.db, TASKS_MAX).await.map_err(Fault::retry)?;
    let parked = store::count(&reads.db, RepairStage::Parked).await.map_err(Fault::retry)?;
    let redriven = store::count(&reads.db, RepairStage::Redriven).await.map_err(Fault::retry)?;
    Ok(Ok(RepairTasks { tasks: open.iter().filter_map(tasks::of).collect(), parked, redriven }))
}

/// Whoever may see it at all sees all of it.
fn view(repair: &Repair, version: u64) -> RepairView {
    repair.view(version, &Principal::command_line())
}

fn read_cursor(text: &str) -> Result<Place, ()> {
    let (at, id) = text.split_once('.').ok_or(())?;
    let id: RepairId = id.parse().map_err(drop)?;
    Ok((at.parse().map_err(drop)?, id.to_string()))
}
