//! What somebody is to do about a message that was given up on, in words.

use contracts::repairs::{RepairStage, RepairTask};

use crate::Repair;

/// Nothing for what is closed.
pub(crate) fn of(repair: &Repair) -> Option<RepairTask> {
    let (service, message) = (&repair.service, type_of(&repair.subject));
    let (code, what, todo) = match repair.stage {
        RepairStage::Parked if repair.may_redrive().is_err() => (
            "message_parked",
            format!("{service} could not handle {message} ({}), and it is not kept whole.", repair.reason),
            "See in the order's log what is missing, settle it by hand, then discard the message with a note.",
        ),
        RepairStage::Parked if repair.reaction == "unreadable" => (
            "message_parked",
            format!("{service} could not read {message} ({}).", repair.reason),
            "Find out who sent it. Put it back once a version is deployed that can read it, or discard it.",
        ),
        RepairStage::Parked => (
            "message_parked",
            format!("{service} gave up on {message} ({}); the story stands still there.", repair.reason),
            "Mend what the reason says, then put the message back; discard it only if nothing is to come of it.",
        ),
        RepairStage::Redriven => (
            "message_redriven",
            format!("{message} was put back for {service} and has not come back yet."),
            "Wait a moment. If it stays, see whether the service is running (`campusg doctor`); a deadline waits for its time.",
        ),
        RepairStage::Settled | RepairStage::Discarded => return None,
    };
    Some(RepairTask {
        repair_id: repair.id,
        order_id: repair.order_id,
        code: code.to_owned(),
        since: repair.since,
        what,
        todo: todo.to_owned(),
    })
}

/// `orders.placed.v1` of `orders.placed.v1.ord_….7`, or as much of it as there is.
fn type_of(subject: &str) -> String {
    let tokens = if subject.starts_with("intent.") { 4 } else { 3 };
    let name: Vec<&str> = subject.split('.').take(tokens).collect();
    if subject.is_empty() { "a message".to_owned() } else { name.join(".") }
}
