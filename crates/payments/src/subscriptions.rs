//! What payments reacts to.

use std::sync::Arc;

use chassis::{Config, Service};
use contracts::payments::{
    CaptureFailed, CardChosen, CardKept, CardRefused, CardRemovalRequested, CardRemoved, CardSetUp, CardSetupReady,
    CardSetupRequested, ExcessAuthorized, ExcessDeclined, FactRecalled, HoldLapsing, HoldLost, OnboardingReady,
    OnboardingRequested, PaymentActionRequired, PaymentAuthorized, PaymentCaptured, PaymentDeclined, PaymentDisputed,
    PaymentRefunded, PaymentReleased, PayoutAccountClosed, PayoutAccountOpened, PayoutHeld, PayoutReturned,
    PayoutReversed, PayoutSent, Reconciled, RefundFailed, RefundRequested, SettlementRetried, StatementPageDue,
    StatementRead, TipDeclined, TipPaid,
};
use contracts::timers::{HoldDeadline, ReconciliationDeadline, SettleDeadline};
use serde::Deserialize;

use crate::{Patron, Payment, Reconciliation};
use crate::{
    again, cards, disputes, facts, hold, migrations, payouts, questions, reconciliation, refund, release, settlement,
    stripe::{Recorder, Stripe},
    tip,
};

/// Where people come back to from Stripe's pages when nothing is set.
const PUBLIC_URL: &str = "http://127.0.0.1:8080";

/// `[stripe]`
#[derive(Deserialize)]
struct Settings {
    url: String,
    key: String,
}

/// The service.
///
/// # Errors
/// When Stripe's address or key make no sense.
pub fn service(config: &Config) -> anyhow::Result<Service> {
    let settings: Settings = config.section("stripe")?;
    if let Some(recorder) = Recorder::named(&settings.url, &settings.key, config)? {
        return Ok(service_over(Stripe::here(Arc::new(recorder))));
    }
    let public_url = config.section("gateway.public_url").unwrap_or_else(|_| PUBLIC_URL.to_owned());
    let stripe = Stripe::new(&settings.url, &settings.key, &public_url).map_err(anyhow::Error::from_boxed)?;
    Ok(service_over(stripe))
}

/// The service, with this Stripe.
#[must_use]
pub fn service_over(stripe: Stripe) -> Service {
    let stripe = Arc::new(stripe);
    people(comparing(money(Service::new("payments"), &stripe), &stripe), &stripe)
}

/// An order's money.
fn money(service: Service, stripe: &Arc<Stripe>) -> Service {
    service
        .entity::<Payment>()
        .migrations(migrations::all)
        // forward
        .effect("authorize", with(stripe, hold::authorize), hold::record_hold)
        .publishes::<(PaymentAuthorized, PaymentActionRequired, PaymentDeclined, FactRecalled, HoldDeadline)>()
        .effect("authorize-excess", with(stripe, hold::authorize_excess), hold::record_excess)
        .publishes::<(ExcessAuthorized, ExcessDeclined, FactRecalled)>()
        .effect("settle", with(stripe, settlement::settle), settlement::record_settlement)
        .publishes::<Settling>()
        .effect("settle-unpayable", with(stripe, settlement::settle_unpayable), settlement::record_unpayable)
        .publishes::<Settling>()
        .effect("charge-tip", with(stripe, tip::charge_tip), tip::record_tip)
        .publishes::<(TipPaid, TipDeclined, PayoutHeld, FactRecalled, SettleDeadline)>()
        // again
        .on("retry-settlement", again::retry_settlement)
        .publishes::<(SettlementRetried,)>()
        .on("renew-or-release", again::renew_or_release)
        .publishes::<(SettlementRetried, HoldLapsing)>()
        .effect("settle-again", with(stripe, settlement::settle_again), settlement::record_again)
        .publishes::<Settling>()
        // back
        .effect("release-hold", with(stripe, release::release_cancelled), release::record_release)
        .publishes::<(PaymentReleased, PayoutReversed, PaymentRefunded, RefundFailed, FactRecalled)>()
        .effect("release-late-hold", with(stripe, release::release_late), release::record_late_release)
        .publishes::<(PaymentReleased, PayoutReversed, PaymentRefunded, RefundFailed, FactRecalled)>()
        .intent("request-refund", refund::refund)
        .publishes::<(RefundRequested,)>()
        .effect("refund", with(stripe, refund::give_back), refund::record_refund)
        .publishes::<Refunding>()
        // what Stripe says
        .intent("record-stripe-event", facts::record_stripe_event)
        .publishes::<Facts>()
        .on("record-recalled", facts::record_recalled)
        .publishes::<Facts>()
        .effect("book-dispute-fees", with(stripe, disputes::look_up_fees), disputes::record_fees)
        // reads
        .answers("find", questions::find)
        .answers("money", questions::money)
        .answers("audit", questions::audit)
        .answers("audit_all", questions::audit_all)
        .answers("tasks", questions::tasks)
}

/// The books against Stripe's own.
fn comparing(service: Service, stripe: &Arc<Stripe>) -> Service {
    service
        .entity::<Reconciliation>()
        .intent("plan-reconciliation", reconciliation::plan)
        .publishes::<(ReconciliationDeadline,)>()
        .on("reconcile-daily", reconciliation::reconcile_daily)
        .publishes::<(StatementPageDue, ReconciliationDeadline)>()
        .intent("reconcile", reconciliation::reconcile)
        .publishes::<(StatementPageDue,)>()
        .effect("read-statement", with(stripe, reconciliation::read_page), reconciliation::record_page)
        .publishes::<(StatementRead, StatementPageDue, Reconciled)>()
        .on("keep-statement", reconciliation::keep_statement)
        // reads
        .answers("reconciliation", questions::reconciliation)
        .answers("reconciliations", questions::reconciliations)
        .answers("standings", questions::standings)
}

type Settling = (
    PaymentCaptured,
    CaptureFailed,
    PayoutSent,
    PayoutHeld,
    PayoutReturned,
    PaymentRefunded,
    TipPaid,
    FactRecalled,
    SettleDeadline,
);

type Refunding = (PayoutReversed, PaymentRefunded, RefundFailed, RefundRequested, SettlementRetried, SettleDeadline);

type Facts = (
    PaymentAuthorized,
    PaymentDeclined,
    HoldLost,
    PaymentCaptured,
    PaymentRefunded,
    PaymentDisputed,
    PayoutReversed,
    FactRecalled,
    HoldDeadline,
    SettleDeadline,
);

/// What people have at Stripe.
fn people(service: Service, stripe: &Arc<Stripe>) -> Service {
    service
        .entity::<Patron>()
        // cards
        .effect("keep-card", with(stripe, cards::keep_card), cards::record_card)
        .publishes::<(CardKept, CardRefused)>()
        .intent("set-up-card", cards::set_up_card)
        .publishes::<(CardSetupRequested,)>()
        .effect("open-setup-page", with(stripe, cards::open_setup_page), cards::record_setup_page)
        .publishes::<(CardSetupReady,)>()
        .intent("record-card-setup", cards::record_card_setup)
        .publishes::<(CardSetUp,)>()
        .effect("keep-set-up-card", with(stripe, cards::look_up_card), cards::record_set_up_card)
        .publishes::<(CardKept, CardRefused)>()
        .intent("choose-card", cards::choose_card)
        .publishes::<(CardChosen,)>()
        .intent("remove-card", cards::remove_card)
        .publishes::<(CardRemovalRequested,)>()
        .effect("detach-card", with(stripe, cards::detach_card), cards::record_removal)
        .publishes::<(CardRemoved,)>()
        .effect("forget", with(stripe, cards::forget), cards::record_forgotten)
        // payout accounts
        .effect("open-account", with(stripe, payouts::open_account), payouts::record_account_opened)
        .publishes::<(PayoutAccountOpened, PayoutAccountClosed)>()
        .intent("start-onboarding", payouts::start_onboarding)
        .publishes::<(OnboardingRequested,)>()
        .effect("open-onboarding-page", with(stripe, payouts::open_onboarding_page), payouts::record_onboarding_page)
        .publishes::<(OnboardingReady, PayoutAccountOpened, PayoutAccountClosed)>()
        .intent("record-account", payouts::record_account)
        .publishes::<(PayoutAccountOpened, PayoutAccountClosed)>()
        // payouts that wait for an account
        .on_by("note-held", |held: &PayoutHeld| held.runner_id, payouts::note_held)
        .publishes::<(SettlementRetried,)>()
        .on("retry-held", payouts::retry_held)
        .publishes::<(SettlementRetried,)>()
        // reads
        .answers("wallet", questions::wallet)
        .answers("cards", questions::cards)
        .answers("pages", questions::pages)
}

/// Gives a call its Stripe.
pub(crate) fn with<E, M, Called>(
    stripe: &Arc<Stripe>,
    call: fn(Arc<Stripe>, Option<E>, M) -> Called,
) -> impl Fn(Option<E>, M) -> Called + Send + Sync + 'static
where
    E: 'static,
    M: 'static,
    Called: 'static,
{
    let stripe = Arc::clone(stripe);
    move |entity, message| call(Arc::clone(&stripe), entity, message)
}
