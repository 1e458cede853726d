//! Faults that other systems have, put into the rules of users on purpose: for the museum (`crates/museum`).

use chassis::service::Rule;
use chassis::{Fault, Service};
use contracts::orders::{OrderClaimed, OrderPlaced};
use contracts::users::{PayoutRef, Role};

use crate::needs;
use crate::user::User;

/// Who is shut out orders all the same.
#[must_use]
pub fn the_suspended_order(service: Service) -> Service {
    service.replacing("resolve-payer", |service| {
        service.on_by("resolve-payer", needs::payer, |cx, user, placed: OrderPlaced| {
            let user = user.map(|user: User| User { suspended: None, barred: false, ..user });
            needs::resolve_payer(cx, user, placed)
        })
    })
}

fn checking(service: Service, wrong: Rule<User, OrderClaimed, Fault>) -> Service {
    service.replacing("check-runner", |service| service.on_by("check-runner", needs::claimer, wrong))
}

/// Who cannot be paid delivers all the same.
#[must_use]
pub fn the_unpayable_deliver(service: Service) -> Service {
    checking(service, |cx, user, claimed| {
        let payout = Some(PayoutRef("acct_none".to_owned()));
        needs::check_runner(cx, user.map(|user| User { payout, ..user }), claimed)
    })
}

/// Who is no runner delivers all the same.
#[must_use]
pub fn anybody_delivers(service: Service) -> Service {
    checking(service, |cx, user, claimed| {
        let roles = vec![Role::Customer, Role::Runner];
        needs::check_runner(cx, user.map(|user| User { roles, ..user }), claimed)
    })
}
