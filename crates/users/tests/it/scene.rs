//! Who is there, and how a rule is asked.

use chassis::{Change, Cx, Fault, Sealer};
use contracts::users::{CardRef, PayoutRef, Role};
use contracts::{Principal, Text, UserId};
use jiff::Timestamp;
use users::{Refusal, User};

pub(crate) const T0: Timestamp = Timestamp::constant(1_772_712_000, 0);

pub(crate) fn id() -> UserId {
    UserId::of_subject("test", "ada")
}

pub(crate) fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).expect("a text")
}

/// Somebody of whom nothing but their roles is known.
pub(crate) fn ada(roles: &[Role]) -> User {
    User::new(id(), text("Ada"), roles.to_vec())
}

pub(crate) fn card(payment_method: &str) -> CardRef {
    CardRef { customer: "cus_1".into(), payment_method: payment_method.into() }
}

/// Somebody who orders and delivers, can pay and can be paid.
pub(crate) fn whole() -> User {
    let (card, payout) = (Some(card("pm_1")), Some(PayoutRef("acct_1".into())));
    User { card, payout, ..ada(&[Role::Customer, Role::Runner]) }
}

pub(crate) fn suspended(user: User) -> User {
    User { suspended: Some(text("fights")), ..user }
}

pub(crate) fn barred(user: User) -> User {
    User { barred: true, ..user }
}

pub(crate) fn closed() -> User {
    User { closed: true, roles: vec![], card: None, payout: None, recorded_at: Some(T0), ..whole() }
}

pub(crate) fn system(name: &str) -> Principal {
    Principal::System(name.into())
}

pub(crate) fn operator() -> Principal {
    Principal::Operator(UserId::of_subject("test", "olga"))
}

pub(crate) fn finance() -> Principal {
    Principal::Finance(UserId::of_subject("test", "fay"))
}

/// Asks a rule as somebody.
pub(crate) fn ask<R>(principal: Principal, rule: impl FnOnce(&Cx<'_>) -> R) -> R {
    let sealer = Sealer::from_hex(&"0".repeat(64)).expect("a key");
    rule(&Cx::for_test(T0, principal, &sealer))
}

/// Tells a rule what another service said.
pub(crate) fn tell(rule: impl FnOnce(&Cx<'_>) -> Result<Change<User>, Fault>) -> Change<User> {
    ask(system("test"), rule).expect("no fault")
}

/// The state after a change, and what is said, by its name.
#[track_caller]
pub(crate) fn check(change: &Change<User>, state: Option<&User>, says: &[&str]) {
    let said: Vec<String> = change.types().iter().map(|name| name.to_string()).collect();
    let expected: Vec<String> = says.iter().map(|name| format!("users.{name}.v1")).collect();
    assert_eq!((change.state(), said), (state, expected));
}

#[track_caller]
pub(crate) fn check_refused(decision: Result<Change<User>, Refusal>, expected: Refusal) {
    assert_eq!(decision.err(), Some(expected));
}
