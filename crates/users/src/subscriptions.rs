//! What users reacts to.

use chassis::Service;
use contracts::users::{
    CardAdded, PayeeResolved, PayeeUnavailable, PayerResolved, PayerUnavailable, PayoutAccountReady, PayoutRequested,
    RunnerApproved, RunnerRejected, UserClosed, UserRegistered, UserReinstated, UserSuspended,
};

use crate::user::User;
use crate::{identity, means, needs, questions, store};

/// The service.
#[must_use]
pub fn service() -> Service {
    Service::new("users")
        .entity::<User>()
        .migrations(|| vec![store::table::create()])
        // who they are
        .intent("register", identity::register)
        .publishes::<(UserRegistered, CardAdded, PayoutRequested)>()
        .intent("record-identity", identity::record_identity)
        .publishes::<(UserRegistered, UserSuspended, UserReinstated, UserClosed)>()
        .intent("suspend", identity::suspend)
        .publishes::<(UserSuspended,)>()
        .intent("reinstate", identity::reinstate)
        .publishes::<(UserReinstated,)>()
        .intent("set-preferences", identity::set_preferences)
        // how they pay and are paid
        .on("use-card", means::use_card)
        .on("use-chosen-card", means::use_chosen_card)
        .on("drop-card", means::drop_card)
        .on("use-payout-account", means::use_payout_account)
        .publishes::<(PayoutAccountReady,)>()
        .on("drop-payout-account", means::drop_payout_account)
        // orders need them
        .on_by("resolve-payer", needs::payer, needs::resolve_payer)
        .publishes::<(PayerResolved, PayerUnavailable)>()
        .on_by("check-runner", needs::claimer, needs::check_runner)
        .publishes::<(RunnerApproved, RunnerRejected)>()
        .on_by("resolve-payee", needs::payee, needs::resolve_payee)
        .publishes::<(PayeeResolved, PayeeUnavailable)>()
        .on_by("keep-rating", needs::rated, needs::keep_rating)
        // reads
        .answers("get", questions::get)
}
