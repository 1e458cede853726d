//! Faults that other systems have, put into the rules and calls of payments on purpose: for the museum (`crates/museum`), which
//! shows the check that notices each.

use std::sync::Arc;

use chassis::change::Refusal as _;
use chassis::service::Record;
use chassis::{Fault, Service};
use contracts::Cents;
use contracts::orders::{OrderCancelled, OrderTipAgreed};
use contracts::payments::{Audit, RecordStripeEvent, RefundPayment, RefundRequested, StripeFact};
use contracts::users::{PayeeResolved, PayerResolved};

use crate::give_back::{self, Plan};
use crate::hold::{self, Holding};
use crate::payment::{Payment, Refunding, Standing};
use crate::refund::{self, Giving};
use crate::release::{self, Release};
use crate::settlement::{self, Ending, Settlement};
use crate::stripe::Stripe;
use crate::subscriptions::with;
use crate::tip::{self, Tipping};
use crate::{Private, facts};

/// What the audit says of an order's books.
#[must_use]
pub fn audited(payment: &Payment) -> Audit {
    crate::audit::audit(payment)
}

// --- holds -------------------------------------------------------------------------------------------------------------

fn holding(service: Service, stripe: &Arc<Stripe>, record: Record<Payment, PayerResolved, Holding>) -> Service {
    service.replacing("authorize", |service| service.effect("authorize", with(stripe, hold::authorize), record))
}

/// The order's row says "authorized" whatever the bank said.
#[must_use]
pub fn authorized_whatever_the_bank_says(service: Service, stripe: &Arc<Stripe>) -> Service {
    holding(service, stripe, |cx, payment, payer, holding| {
        let holding = match holding {
            Holding::Declined(_) => Holding::Held { payment_intent: "pi_none".to_owned() },
            Holding::NotNeeded | Holding::Held { .. } | Holding::ActionRequired { .. } => holding,
        };
        hold::record_hold(cx, payment, payer, holding)
    })
}

/// A bank that asks for its customer counts as a bank that says no, and its question stays open.
#[must_use]
pub fn a_question_is_a_no(service: Service, stripe: &Arc<Stripe>) -> Service {
    holding(service, stripe, |cx, payment, payer, holding| {
        let holding = match holding {
            Holding::ActionRequired { .. } => Holding::Declined(crate::payment::No {
                code: "action_required".to_owned(),
                message: "The bank asks.".to_owned(),
            }),
            Holding::NotNeeded | Holding::Held { .. } | Holding::Declined(_) => holding,
        };
        hold::record_hold(cx, payment, payer, holding)
    })
}

fn releasing<F, Called>(service: Service, call: F) -> Service
where
    F: Fn(Option<Payment>, OrderCancelled) -> Called + Send + Sync + 'static,
    Called: Future<Output = Result<Release, Fault>> + Send + 'static,
{
    service.replacing("release-hold", |service| service.effect("release-hold", call, release::record_release))
}

/// A cancelled order's hold is not let go.
#[must_use]
pub fn a_cancelled_order_keeps_its_hold(service: Service, _: &Arc<Stripe>) -> Service {
    service.without("release-hold")
}

/// A hold that Stripe did not let go is booked as let go.
#[must_use]
pub fn a_failed_release_is_a_release(service: Service, stripe: &Arc<Stripe>) -> Service {
    let release = with(stripe, release::release_cancelled);
    releasing(service, move |payment, cancelled| {
        let holds = payment.iter().flat_map(|payment| &payment.holds).filter(|hold| hold.is_open());
        let released = holds.map(|hold| hold.payment_intent.clone()).collect();
        let releasing = release(payment, cancelled);
        async move {
            let release = releasing.await?;
            Ok(if release.refused.is_empty() { release } else { Release { released, ..Release::default() } })
        }
    })
}

/// Cancelling lets holds go, and gives nothing back of what was taken.
#[must_use]
pub fn cancelling_refunds_nothing(service: Service, stripe: &Arc<Stripe>) -> Service {
    let release = with(stripe, release::release_cancelled);
    releasing(service, move |payment, cancelled| {
        let taken = payment.as_ref().is_some_and(|payment| payment.captured_cents() > Cents(0));
        release(payment.filter(|_| !taken), cancelled)
    })
}

/// Nobody thinks of a hold before the bank lets go of it.
#[must_use]
pub fn holds_lapse_unseen(service: Service, _: &Arc<Stripe>) -> Service {
    service.without("renew-or-release")
}

// --- settling ----------------------------------------------------------------------------------------------------------

fn settling(service: Service, stripe: &Arc<Stripe>, wrong: Record<Payment, PayeeResolved, Settlement>) -> Service {
    service.replacing("settle", |service| service.effect("settle", with(stripe, settlement::settle), wrong))
}

/// A payout that Stripe refused is booked as paid.
#[must_use]
pub fn a_failed_payout_is_a_payout(service: Service, stripe: &Arc<Stripe>) -> Service {
    settling(service, stripe, |cx, payment, payee, settlement| {
        let ending = match settlement.ending {
            Ending::PayoutHeld(_) => Ending::Settled,
            ending @ (Ending::NotNeeded | Ending::CaptureFailed(_) | Ending::Settled) => ending,
        };
        settlement::record_settlement(cx, payment, payee, Settlement { ending, ..settlement })
    })
}

/// A delivery whose money could not be taken is booked as paid.
#[must_use]
pub fn a_failed_capture_is_a_capture(service: Service, stripe: &Arc<Stripe>) -> Service {
    settling(service, stripe, |cx, payment, payee, settlement| {
        let ending = match settlement.ending {
            Ending::CaptureFailed(_) => Ending::Settled,
            ending @ (Ending::NotNeeded | Ending::PayoutHeld(_) | Ending::Settled) => ending,
        };
        settlement::record_settlement(cx, payment, payee, Settlement { ending, ..settlement })
    })
}

/// A payout that goes through is not written down.
#[must_use]
pub fn a_payout_is_not_booked(service: Service, stripe: &Arc<Stripe>) -> Service {
    settling(service, stripe, |cx, payment, payee, mut settlement| {
        settlement.sent.clear();
        settlement::record_settlement(cx, payment, payee, settlement)
    })
}

/// A tip is charged, and its customer told that it was not.
#[must_use]
pub fn a_charged_tip_is_declined(service: Service, stripe: &Arc<Stripe>) -> Service {
    let wrong: Record<Payment, OrderTipAgreed, Tipping> = |cx, payment, agreed, tipping| {
        let tipping = match tipping {
            Tipping::Charged { .. } => Tipping::Declined(crate::payment::No {
                code: "timeout".to_owned(),
                message: "Nobody answered in time.".to_owned(),
            }),
            Tipping::NotNeeded | Tipping::Declined(_) | Tipping::Unwanted { .. } => tipping,
        };
        tip::record_tip(cx, payment, agreed, tipping)
    };
    service.replacing("charge-tip", |service| service.effect("charge-tip", with(stripe, tip::charge_tip), wrong))
}

// --- giving back -------------------------------------------------------------------------------------------------------

fn refunding<Called>(
    service: Service,
    stripe: &Arc<Stripe>,
    call: fn(Arc<Stripe>, Option<Payment>, RefundRequested) -> Called,
) -> Service
where
    Called: Future<Output = Result<Giving, Fault>> + Send + 'static,
{
    service.replacing("refund", |service| service.effect("refund", with(stripe, call), refund::record_refund))
}

fn planned(payment: &mut Option<Payment>) -> Option<&mut Plan> {
    let Refunding { plan, .. } = payment.as_mut()?.refunding.as_mut()?;
    Some(plan)
}

/// The customer gets their money back, and the runner keeps it.
#[must_use]
pub fn a_refund_without_its_reversal(service: Service, stripe: &Arc<Stripe>) -> Service {
    refunding(service, stripe, |stripe, mut payment, requested| {
        if let Some(plan) = planned(&mut payment) {
            plan.reversals.clear();
        }
        refund::give_back(stripe, payment, requested)
    })
}

/// The customer is refunded first, and then it turns out that the runner does not give it back.
#[must_use]
pub fn the_reversal_after_the_refund(service: Service, stripe: &Arc<Stripe>) -> Service {
    refunding(service, stripe, refund_first)
}

async fn refund_first(
    stripe: Arc<Stripe>,
    mut payment: Option<Payment>,
    requested: RefundRequested,
) -> Result<Giving, Fault> {
    let Some(plan) = planned(&mut payment) else { return Ok(Giving::NotUnderWay) };
    let refunds = Plan { refunds: std::mem::take(&mut plan.refunds), ..Plan::default() };
    let label = requested.number.to_string();
    let given = give_back::carry_out(&stripe, requested.order_id, &refunds, &label).await?;
    Ok(match refund::give_back(stripe, payment, requested).await? {
        Giving::Given(mut back) => {
            back.refunds = given.refunds;
            Giving::Given(back)
        }
        giving @ (Giving::NotUnderWay | Giving::Found(_)) => giving,
    })
}

/// What was given back already does not count.
#[must_use]
pub fn refunded_beyond_what_was_taken(service: Service, _: &Arc<Stripe>) -> Service {
    service.replacing("request-refund", |service| {
        service.intent("request-refund", |cx, payment: Option<Payment>, asked: RefundPayment| {
            match refund::refund(cx, payment.clone(), asked.clone()) {
                Err(no) if no.code() == crate::Refusal::AlreadyRefunded.code() => {
                    let payment = payment.map(|payment| Payment { refunds: Vec::new(), ..payment });
                    refund::refund(cx, payment, asked)
                }
                ruling => ruling,
            }
        })
    })
}

// --- what Stripe says --------------------------------------------------------------------------------------------------

fn recording(service: Service, wrong: chassis::service::Rule<Payment, RecordStripeEvent, crate::Refusal>) -> Service {
    service.replacing("record-stripe-event", |service| service.intent("record-stripe-event", wrong))
}

/// What Stripe says twice counts twice.
#[must_use]
pub fn a_webhook_counts_again(service: Service, _: &Arc<Stripe>) -> Service {
    recording(service, |cx, payment, mut event| {
        if let StripeFact::Refunded { refund, .. } = &mut event.fact {
            *refund = format!("{refund}_{}", cx.message_id);
        }
        facts::record_stripe_event(cx, payment, event)
    })
}

/// A failure that Stripe tells late undoes what has succeeded since.
#[must_use]
pub fn a_late_failure_counts(service: Service, _: &Arc<Stripe>) -> Service {
    recording(service, |cx, mut payment, event| {
        if let (Some(payment), StripeFact::Failed { .. }) = (&mut payment, &event.fact) {
            for hold in &mut payment.holds {
                hold.standing = Standing::Waiting { url: Private::new("https://hooks.stripe.com/late") };
            }
        }
        facts::record_stripe_event(cx, payment, event)
    })
}
