//! What an order needs to know of people: who pays, who may deliver, who is paid. And what is left of it: how they were rated.

use chassis::{Change, Cx};
use contracts::UserId;
use contracts::orders::{OrderClaimed, OrderDelivered, OrderPlaced, OrderRated};
use contracts::users::{
    PayeeResolved, PayeeUnavailable, PayerProblem, PayerResolved, PayerUnavailable, Role, RunnerApproved,
    RunnerProblem, RunnerRejected,
};

use crate::user::{Reaction, User};

/// Whom an order's payment is about.
#[must_use]
pub fn payer(placed: &OrderPlaced) -> UserId {
    placed.about.customer_id
}

/// Can the customer pay, and with what?
///
/// # Errors
/// None.
pub fn resolve_payer(_: &Cx<'_>, user: Option<User>, placed: OrderPlaced) -> Reaction {
    let (order_id, customer_id) = (placed.about.order_id, placed.about.customer_id);
    let problem = |problem| Ok(Change::none().say(PayerUnavailable { order_id, customer_id, problem }));
    let Some(user) = still_here(user) else { return problem(PayerProblem::Unknown) };
    if user.is_shut_out() {
        return problem(PayerProblem::Suspended);
    }
    if !user.roles.contains(&Role::Customer) {
        return problem(PayerProblem::NotACustomer);
    }
    let Some(card) = user.card else { return problem(PayerProblem::NoPaymentMethod) };
    let OrderPlaced { total_cents, currency, .. } = placed;
    Ok(Change::none().say(PayerResolved { order_id, customer_id, card, total_cents, currency }))
}

/// Whom a claim is about.
#[must_use]
pub fn claimer(claimed: &OrderClaimed) -> UserId {
    claimed.claimed_by
}

/// May this runner deliver? Only who can be paid afterwards: predecessor.md B07.
///
/// # Errors
/// None.
pub fn check_runner(_: &Cx<'_>, user: Option<User>, claimed: OrderClaimed) -> Reaction {
    let (order_id, runner_id) = (claimed.about.order_id, claimed.claimed_by);
    let problem = match still_here(user) {
        None => Some(RunnerProblem::Unknown),
        Some(user) if user.is_shut_out() => Some(RunnerProblem::Suspended),
        Some(user) if !user.roles.contains(&Role::Runner) => Some(RunnerProblem::NotARunner),
        Some(user) if user.payout.is_none() => Some(RunnerProblem::NoPayoutAccount),
        Some(_) => None,
    };
    Ok(match problem {
        Some(problem) => Change::none().say(RunnerRejected { order_id, runner_id, problem }),
        None => Change::none().say(RunnerApproved { order_id, runner_id }),
    })
}

/// Whom a payout is about.
#[must_use]
pub fn payee(delivered: &OrderDelivered) -> UserId {
    delivered.delivered_by
}

/// Where is the runner to be paid? Also who was shut out meanwhile: they did deliver.
///
/// # Errors
/// None.
pub fn resolve_payee(_: &Cx<'_>, user: Option<User>, delivered: OrderDelivered) -> Reaction {
    let OrderDelivered { about, delivered_by: runner_id, total_cents, payout_cents, currency } = delivered;
    let order_id = about.order_id;
    Ok(match user.and_then(|user| user.payout) {
        Some(account) => {
            Change::none().say(PayeeResolved { order_id, runner_id, account, total_cents, payout_cents, currency })
        }
        None => Change::none().say(PayeeUnavailable { order_id, runner_id, total_cents, payout_cents, currency }),
    })
}

/// Whom a rating is about.
#[must_use]
pub fn rated(rated: &OrderRated) -> UserId {
    rated.of
}

/// Counts a rating. Ratings of one person come in any order, and their sum is the same in all of them.
///
/// # Errors
/// None.
pub fn keep_rating(_: &Cx<'_>, user: Option<User>, rated: OrderRated) -> Reaction {
    let Some(user) = still_here(user) else { return Ok(Change::none()) };
    let ratings = user.ratings.saturating_add(1);
    let stars = user.stars.saturating_add(rated.stars.into());
    Ok(Change::to(User { ratings, stars, ..user }))
}

fn still_here(user: Option<User>) -> Option<User> {
    user.filter(|user| !user.closed)
}
