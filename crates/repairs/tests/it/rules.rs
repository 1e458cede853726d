//! Each rule, on each stage.

use chassis::{Change, Cx, Entity, PutBack, Sealer};
use contracts::catalogue::Sample;
use contracts::repairs::{
    DiscardMessage, MessageParked, MessageRedriven, MessageSettled, RedriveMessage, RepairStage, RepairView,
};
use contracts::{Principal, UserId};
use jiff::Timestamp;
use repairs::repair::{self, STEPS};
use repairs::{Refusal, Repair};
use serde_json::Value;

const T0: Timestamp = Timestamp::constant(1_772_712_000, 0);

fn olga() -> Principal {
    Principal::Operator(UserId::of_subject("test", "olga"))
}

fn within<R>(who: Principal, rule: impl FnOnce(&Cx<'_>) -> R) -> R {
    let sealer = Sealer::from_hex(&"7".repeat(64)).unwrap();
    rule(&Cx::for_test(T0, who, &sealer))
}

fn parked(redrive: u32, sequence: u64) -> MessageParked {
    MessageParked { redrive, sequence, reason: format!("reason {redrive}"), ..MessageParked::sample() }
}

fn keep(repair: Option<Repair>, parked: MessageParked) -> Change<Repair> {
    within(Principal::System("repairs".into()), |cx| repair::keep(cx, repair, parked)).unwrap()
}

fn settle(repair: Option<Repair>, redrive: u32) -> Change<Repair> {
    let settled = MessageSettled { redrive, ..MessageSettled::sample() };
    within(Principal::System("repairs".into()), |cx| repair::settle(cx, repair, settled)).unwrap()
}

fn redrive(who: Principal, repair: Option<Repair>) -> Result<Change<Repair>, Refusal> {
    within(who, |cx| repair::redrive(cx, repair, RedriveMessage::sample()))
}

fn discard(who: Principal, repair: Option<Repair>) -> Result<Change<Repair>, Refusal> {
    within(who, |cx| repair::discard(cx, repair, DiscardMessage::sample()))
}

fn put_back(repair: Repair, redrive: u32, put_back: PutBack) -> Change<Repair> {
    let redriven = MessageRedriven { redrive, ..MessageRedriven::sample() };
    within(Principal::System("repairs".into()), |cx| repair::put_back(cx, Some(repair), redriven, put_back)).unwrap()
}

#[track_caller]
fn state(change: Change<Repair>) -> Repair {
    change.state().expect("a change").clone()
}

fn view(repair: &Repair) -> RepairView {
    repair.view(1, &olga())
}

fn at(stage: RepairStage) -> Repair {
    let first = state(keep(None, parked(0, 1)));
    match stage {
        RepairStage::Parked => first,
        RepairStage::Redriven => state(redrive(olga(), Some(first)).unwrap()),
        RepairStage::Settled => state(settle(Some(at(RepairStage::Redriven)), 1)),
        RepairStage::Discarded => state(discard(olga(), Some(first)).unwrap()),
    }
}

#[test]
fn what_a_service_gives_up_on_waits_for_somebody() {
    let repair = at(RepairStage::Parked);
    let shown = view(&repair);
    assert_eq!((shown.stage, shown.redrives, shown.sequence), (RepairStage::Parked, 0, 1));
    assert_eq!(shown.history[0].by, "orders/complete");
    assert!(keep(Some(repair), parked(0, 1)).state().is_none(), "the same again");
}

#[test]
fn only_operators_put_back_and_discard() {
    let alice = UserId::of_subject("test", "alice");
    for who in [Principal::User(alice), Principal::Finance(alice), Principal::System("gateway".into())] {
        assert_eq!(redrive(who.clone(), Some(at(RepairStage::Parked))).unwrap_err(), Refusal::NotAllowed);
        assert_eq!(discard(who.clone(), Some(at(RepairStage::Parked))).unwrap_err(), Refusal::NotAllowed);
        // Nor do they learn that there is none.
        assert_eq!(redrive(who, None).unwrap_err(), Refusal::NotAllowed);
    }
    assert!(redrive(Principal::command_line(), Some(at(RepairStage::Parked))).is_ok());
}

#[test]
fn putting_back_and_discarding_at_each_stage() {
    use RepairStage::{Discarded, Parked, Redriven, Settled};
    for (stage, put_back, discarded) in [
        (Parked, Ok(()), Ok(())),
        (Redriven, Err(Refusal::AlreadyRedriven), Ok(())),
        (Settled, Err(Refusal::AlreadySettled), Err(Refusal::AlreadySettled)),
        (Discarded, Ok(()), Err(Refusal::AlreadyDiscarded)),
    ] {
        assert_eq!(redrive(olga(), Some(at(stage))).map(drop), put_back, "{stage:?}");
        assert_eq!(discard(olga(), Some(at(stage))).map(drop), discarded, "{stage:?}");
        // The preview says the same.
        assert_eq!(view(&at(stage)).redrive_refused.is_none(), put_back.is_ok());
        assert_eq!(view(&at(stage)).discard_refused.is_none(), discarded.is_ok());
    }
    assert_eq!(redrive(olga(), None).unwrap_err(), Refusal::NotFound);
    assert_eq!(discard(olga(), None).unwrap_err(), Refusal::NotFound);
}

#[test]
fn putting_back_says_which_message_for_whom_and_the_how_manyeth_time() {
    let change = redrive(olga(), Some(at(RepairStage::Parked))).unwrap();
    let said = change.said();
    let (kind, body): &(String, Value) = &said[0];
    assert_eq!(kind, "repairs.message_redriven.v1");
    assert_eq!((&body["redrive"], &body["service"], &body["sequence"]), (&1.into(), &"orders".into(), &1.into()));
    let step = view(&state(change)).history.pop().unwrap();
    assert_eq!((step.what.as_str(), step.by, step.why.as_str()), ("redriven", olga().to_string(), "Alice"));
}

#[test]
fn what_is_given_up_on_again_comes_back_to_the_same_repair() {
    let again = state(keep(Some(at(RepairStage::Redriven)), parked(1, 5)));
    let shown = view(&again);
    assert_eq!(
        (shown.stage, shown.redrives, shown.sequence, shown.reason.as_str()),
        (RepairStage::Parked, 1, 5, "reason 1")
    );
    let steps: Vec<_> = shown.history.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(steps, ["parked", "redriven", "parked"]);
    let twice = state(redrive(olga(), Some(again)).unwrap());
    assert_eq!(view(&twice).redrives, 2);
    // What was told of an earlier time comes late.
    assert!(keep(Some(twice), parked(1, 5)).state().is_none());
}

#[test]
fn what_was_handled_is_settled_whatever_was_decided_before() {
    assert_eq!(view(&at(RepairStage::Settled)).stage, RepairStage::Settled);
    let given_up_on_waiting = state(discard(olga(), Some(at(RepairStage::Redriven))).unwrap());
    assert_eq!(view(&state(settle(Some(given_up_on_waiting), 1))).stage, RepairStage::Settled);
    assert!(settle(Some(at(RepairStage::Settled)), 1).state().is_none());
    assert!(settle(None, 1).state().is_none());
    for late in [parked(0, 1), parked(1, 9)] {
        assert!(keep(Some(at(RepairStage::Settled)), late).state().is_none());
    }
}

#[test]
fn what_was_discarded_stays_so_until_somebody_puts_it_back() {
    assert!(keep(Some(at(RepairStage::Discarded)), parked(0, 2)).state().is_none());
    let back = state(redrive(olga(), Some(at(RepairStage::Discarded))).unwrap());
    assert_eq!(view(&back).stage, RepairStage::Redriven);
}

#[test]
fn what_is_not_kept_whole_cannot_be_put_back() {
    let large = state(keep(None, MessageParked { left_out: true, ..parked(0, 1) }));
    assert_eq!(redrive(olga(), Some(large.clone())).unwrap_err(), Refusal::PayloadLeftOut);
    assert!(discard(olga(), Some(large)).is_ok());
    let gone = state(put_back(at(RepairStage::Redriven), 1, PutBack::Gone));
    assert_eq!(redrive(olga(), Some(gone)).unwrap_err(), Refusal::PayloadLeftOut);
    assert!(put_back(at(RepairStage::Redriven), 1, PutBack::Stored).state().is_none());
    assert!(put_back(at(RepairStage::Settled), 1, PutBack::Gone).state().is_none());
}

#[test]
fn a_database_that_forgot_learns_again() {
    let repair = state(keep(Some(at(RepairStage::Parked)), parked(3, 30)));
    assert_eq!((view(&repair).redrives, view(&repair).stage), (3, RepairStage::Parked));
}

#[test]
fn a_long_history_keeps_its_newest_steps() {
    let mut repair = at(RepairStage::Parked);
    for n in 1..=STEPS as u32 {
        repair = state(redrive(olga(), Some(repair)).unwrap());
        repair = state(keep(Some(repair), parked(n, u64::from(n) + 1)));
    }
    let history = view(&repair).history;
    assert_eq!((history.len(), history.last().unwrap().why.as_str()), (STEPS, "reason 100"));
}
