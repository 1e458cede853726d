//! What somebody can do with an order now, and what that would do. What is listed here may still be refused a moment later;
//! what is not listed would be refused now.

use contracts::orders::{Action, Step};
use contracts::quote::Basis;
use contracts::{Principal, UserId};

use crate::delivering::next;
use crate::order::{Answer, Order, Stage};
use crate::policy::{self, Actor, Decision};

/// Everything that `viewer` can do.
pub(crate) fn of(order: &Order, viewer: &Principal) -> Vec<Action> {
    match viewer {
        Principal::User(id) if *id == order.customer_id => customers(order, *id),
        Principal::User(id) if Some(*id) == order.runner() => runners(order, *id),
        Principal::Operator(id) if !order.is_party(*id) => operators(order),
        Principal::User(_) | Principal::Operator(_) | Principal::Finance(_) | Principal::System(_) => Vec::new(),
    }
}

fn action(action: &str, effect: impl Into<String>) -> Action {
    Action { action: action.to_owned(), effect: effect.into() }
}

fn customers(order: &Order, customer: UserId) -> Vec<Action> {
    let mut actions = Vec::new();
    if matches!(order.stage, Stage::ActionRequired { .. }) {
        actions.push(action("authenticate", "Your bank checks that it is you; then the order goes on offer."));
    }
    if open_question(order) {
        let excess = order.asked.as_ref().map_or(0, |asked| asked.excess_cents.0);
        let more = if excess > 0 { format!(" {} more is held on your card.", amount(excess)) } else { String::new() };
        actions.push(action("answer", format!("Yes: your runner buys it that way.{more} No: they do not.")));
    }
    if matches!(order.stage, Stage::UnderWay { reached: Some(_), .. }) {
        actions.push(action("confirm", "You have it: your card is charged and the runner is paid."));
    }
    actions.extend(cancel(order, Actor::Customer));
    actions.extend(afterwards(order, customer));
    if matches!(order.stage, Stage::Completed { .. }) && order.tip.is_none_or(|tip| tip.paid == Some(false)) {
        actions.push(action("tip", "Your card is charged once more, and all of it goes to the runner."));
    }
    actions
}

fn runners(order: &Order, runner: UserId) -> Vec<Action> {
    let mut actions = Vec::new();
    if let Stage::UnderWay { reached, waits_until, .. } = &order.stage {
        let buys = match order.basis {
            Basis::Errand => "You have bought it; enter what the till receipt says.",
            Basis::Catalogue => "You have it from the counter.",
        };
        let waiting = open_question(order) && reached.is_none();
        match next(*reached).filter(|_| !waiting) {
            Some(Step::Placed) => actions.push(action("advance", buys)),
            Some(Step::OnTheWay) => actions.push(action("advance", "You are on your way to the customer.")),
            Some(Step::Delivered) => {
                actions.push(action("advance", "You hand it over for the customer's PIN; then you are paid."));
            }
            None => {}
        }
        if reached.is_none() {
            if order.basis == Basis::Errand && !waiting {
                actions.push(action("propose", "The customer is asked; they have five minutes to answer."));
            }
            actions.push(action("withdraw", "The order goes back on offer for others."));
        }
        if *reached == Some(Step::OnTheWay) && waits_until.is_none() {
            actions.push(action("arrive", "The customer is told; after ten minutes you may leave it there."));
        }
    }
    if matches!(order.stage, Stage::Claimed { .. }) {
        actions.push(action("withdraw", "The order goes back on offer for others."));
    }
    actions.extend(afterwards(order, runner));
    actions
}

fn operators(order: &Order) -> Vec<Action> {
    let mut actions: Vec<_> = cancel(order, Actor::Operator).into_iter().collect();
    if order.unheld_since.is_some() || order.reports.iter().any(|report| report.resolved.is_none()) {
        actions.push(action("resolve_problem", "What is open is closed with your note."));
    }
    if matches!(order.stage, Stage::Delivered { .. } | Stage::Completed { .. }) {
        actions.push(action(
            "refund",
            "The customer gets money back; the runner's payout is taken back first, or the platform pays.",
        ));
    }
    actions
}

fn cancel(order: &Order, actor: Actor) -> Option<Action> {
    match policy::decide(actor, order) {
        decision @ Decision::Allowed(..) => Some(action("cancel", decision.sentence())),
        Decision::Over | Decision::Refused(_) => None,
    }
}

/// What either side can say.
fn afterwards(order: &Order, person: UserId) -> Vec<Action> {
    let mut actions = Vec::new();
    let delivered = matches!(order.stage, Stage::Delivered { .. } | Stage::Completed { .. });
    if delivered && order.ratings.iter().all(|rating| rating.by != person) {
        actions.push(action("rate", "The other side is told how many stars you gave."));
    }
    let has_runner = order.runner().is_some();
    if has_runner && order.reports.iter().all(|report| report.by != person || report.resolved.is_some()) {
        actions.push(action("report_problem", "An operator looks at the order and answers you."));
    }
    actions
}

fn open_question(order: &Order) -> bool {
    let asked = order.asked.as_ref().is_some_and(|asked| matches!(asked.answer, Answer::Open { .. }));
    asked && matches!(order.stage, Stage::UnderWay { reached: None, .. })
}

fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
