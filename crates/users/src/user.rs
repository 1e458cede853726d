//! The rules about people. Pure: old state and message in; new state and events out.

use chassis::{Change, Cx, Entity, Fault};
use contracts::orders::{OrderClaimed, OrderDelivered, OrderPlaced};
use contracts::payments::{CardKept, PayoutAccountOpened};
use contracts::users::{
    CardAdded, CardRef, PayeeResolved, PayeeUnavailable, PayerProblem, PayerResolved, PayerUnavailable,
    PayoutAccountReady, PayoutRef, PayoutRequested, RegisterUser, Role, RunnerApproved, RunnerProblem, RunnerRejected,
    UserRegistered, UserView,
};
use contracts::{Principal, Text, UserId};
use serde::{Deserialize, Serialize};

use crate::store;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What to call them.
    pub name: Text<100>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// The card that is charged.
    pub card: Option<CardRef>,
    /// Where they are paid.
    pub payout: Option<PayoutRef>,
}

/// Why users says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody gives themselves a role.
    #[error("Only the platform registers people.")]
    NotAllowed,
}

impl chassis::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
        }
    }
}

/// What an event's rule returns.
pub type Reaction = Result<Change<User>, Fault>;

/// Makes a person known; again with other words, changes the words.
///
/// # Errors
/// When somebody else than the platform asks.
pub fn register(cx: &Cx<'_>, user: Option<User>, intent: RegisterUser) -> Result<Change<User>, Refusal> {
    match cx.principal {
        Principal::System(_) => {}
        Principal::User(_) => return Err(Refusal::NotAllowed),
    }
    let RegisterUser { user_id, name, roles, payment_method, wants_payouts } = intent;
    let known = user.unwrap_or_else(|| User {
        id: user_id,
        name: name.clone(),
        roles: roles.clone(),
        card: None,
        payout: None,
    });
    let (needs_card, needs_account) = (known.card.is_none(), known.payout.is_none());
    let mut change = Change::to(User { name, roles: roles.clone(), ..known }).say(UserRegistered { user_id, roles });
    if let Some(payment_method) = payment_method.filter(|_| needs_card) {
        change = change.say(CardAdded { user_id, payment_method });
    }
    if wants_payouts && needs_account {
        change = change.say(PayoutRequested { user_id });
    }
    Ok(change)
}

/// Their card is at Stripe: it is charged from now on.
///
/// # Errors
/// When nobody knows this person.
pub fn use_card(_: &Cx<'_>, user: Option<User>, kept: CardKept) -> Reaction {
    let user = known(user)?;
    Ok(Change::to(User { card: Some(kept.card), ..user }))
}

/// Their payout account is open.
///
/// # Errors
/// When nobody knows this person.
pub fn use_payout_account(_: &Cx<'_>, user: Option<User>, opened: PayoutAccountOpened) -> Reaction {
    let user = known(user)?;
    let ready = PayoutAccountReady { user_id: user.id, account: opened.account.clone() };
    Ok(Change::to(User { payout: Some(opened.account), ..user }).say(ready))
}

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
    let Some(user) = user else { return problem(PayerProblem::Unknown) };
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
    let problem = match user {
        None => Some(RunnerProblem::Unknown),
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

/// Where is the runner to be paid?
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
        None => Change::none().say(PayeeUnavailable { order_id, runner_id }),
    })
}

fn known(user: Option<User>) -> Result<User, Fault> {
    user.ok_or_else(|| Fault::give_up("nobody knows this person"))
}

impl Entity for User {
    type Id = UserId;
    type Table = store::table::Entity;
    type View = UserView;

    fn id(&self) -> UserId {
        self.id
    }

    fn view(&self, version: u64, _: &Principal) -> UserView {
        UserView {
            user_id: self.id,
            name: self.name.clone(),
            roles: self.roles.clone(),
            can_pay: self.card.is_some(),
            can_be_paid: self.payout.is_some(),
            version,
        }
    }
}

#[cfg(test)]
mod tests {
    use chassis::Sealer;
    use contracts::Message as _;
    use jiff::Timestamp;

    use super::*;

    fn ask<R>(principal: Principal, rule: impl FnOnce(&Cx<'_>) -> R) -> R {
        let sealer = Sealer::from_hex(&"0".repeat(64)).expect("a key");
        rule(&Cx::for_test(Timestamp::UNIX_EPOCH, principal, &sealer))
    }

    fn users() -> Principal {
        Principal::System("orders".into())
    }

    fn ray(payout: bool, roles: &[Role]) -> User {
        User {
            id: OrderClaimed::sample().claimed_by,
            name: Text::new("Ray").expect("a name"),
            roles: roles.to_vec(),
            card: None,
            payout: payout.then(|| PayoutRef("acct_1".into())),
        }
    }

    #[track_caller]
    fn check_claim(user: Option<User>, expected: Option<RunnerProblem>) {
        let change = ask(users(), |cx| check_runner(cx, user, OrderClaimed::sample())).expect("an answer");
        let said = change.said();
        match expected {
            None => assert_eq!(change.types(), ["users.runner_approved.v1"]),
            Some(problem) => {
                assert_eq!(change.types(), ["users.runner_rejected.v1"]);
                assert_eq!(said[0].1["problem"], serde_json::to_value(problem).expect("a name"));
            }
        }
    }

    #[test]
    fn only_a_runner_who_can_be_paid_may_deliver() {
        check_claim(Some(ray(true, &[Role::Runner])), None);
        check_claim(Some(ray(false, &[Role::Runner])), Some(RunnerProblem::NoPayoutAccount));
        check_claim(Some(ray(true, &[Role::Customer])), Some(RunnerProblem::NotARunner));
        check_claim(None, Some(RunnerProblem::Unknown));
    }

    #[test]
    fn a_customer_without_a_card_cannot_pay() {
        let change = ask(users(), |cx| resolve_payer(cx, Some(ray(true, &[])), OrderPlaced::sample()));
        assert_eq!(change.expect("an answer").types(), ["users.payer_unavailable.v1"]);
    }

    #[test]
    fn nobody_registers_themselves() {
        let intent = RegisterUser::sample();
        let refused = ask(Principal::User(intent.user_id), |cx| register(cx, None, intent));
        assert_eq!(refused.err(), Some(Refusal::NotAllowed));
    }

    #[test]
    fn registering_again_does_not_ask_for_a_second_account() {
        let intent = RegisterUser { wants_payouts: true, payment_method: None, ..RegisterUser::sample() };
        let seed = || Principal::System("seed".into());
        let first = ask(seed(), |cx| register(cx, None, intent.clone())).expect("registered");
        assert_eq!(first.types(), ["users.registered.v1", "users.payout_requested.v1"]);
        let again = ask(seed(), |cx| register(cx, Some(ray(true, &[])), intent)).expect("registered");
        assert_eq!(again.types(), ["users.registered.v1"]);
    }
}
