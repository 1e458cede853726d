//! What users reacts to.

use chassis::Service;
use contracts::users::{
    CardAdded, PayeeResolved, PayeeUnavailable, PayerResolved, PayerUnavailable, PayoutAccountReady, PayoutRequested,
    RunnerApproved, RunnerRejected, UserRegistered,
};

use crate::user::{self, User};
use crate::{questions, store};

/// The service.
#[must_use]
pub fn service() -> Service {
    Service::new("users")
        .entity::<User>()
        .migrations(|| vec![store::table::create()])
        // people
        .intent("register", user::register)
        .publishes::<(UserRegistered, CardAdded, PayoutRequested)>()
        .on("use-card", user::use_card)
        .on("use-payout-account", user::use_payout_account)
        .publishes::<(PayoutAccountReady,)>()
        // orders need them
        .on_by("resolve-payer", user::payer, user::resolve_payer)
        .publishes::<(PayerResolved, PayerUnavailable)>()
        .on_by("check-runner", user::claimer, user::check_runner)
        .publishes::<(RunnerApproved, RunnerRejected)>()
        .on_by("resolve-payee", user::payee, user::resolve_payee)
        .publishes::<(PayeeResolved, PayeeUnavailable)>()
        // reads
        .answers("get", questions::get)
}
