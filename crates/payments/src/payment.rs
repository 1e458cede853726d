//! The money of one order: held, then captured and paid out, or given back.

use std::sync::Arc;

use chassis::{Change, Cx, Entity, Fault, Row};
use contracts::orders::{OrderCancelled, OrderLateHold};
use contracts::payments::{
    CaptureFailed, PaymentAuthorized, PaymentCaptured, PaymentDeclined, PaymentReleased, PayoutHeld, PayoutSent,
};
use contracts::users::{PayeeResolved, PayerResolved};
use contracts::{Cents, Currency, OrderId, Principal, UserId};
use sea_orm::Set;
use serde::{Deserialize, Serialize};

use crate::store::payments as store;
use crate::stripe::{CallError, Hold, HoldOutcome, Stripe, Transfer};

/// What payments knows of an order's money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Whose money it is.
    pub order_id: OrderId,
    /// How far it has come.
    pub stage: Stage,
}

/// How far an order's money has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Stage {
    /// The order was over before anything was held: nothing will be.
    Void,
    /// The bank said no.
    Declined,
    /// Held.
    Held {
        /// Stripe's PaymentIntent.
        payment_intent: String,
        /// How much.
        held_cents: Cents,
        /// In what.
        currency: Currency,
    },
    /// Given back.
    Released {
        /// Stripe's PaymentIntent.
        payment_intent: String,
    },
    /// Taken from the customer, not yet with the runner.
    Captured {
        /// Stripe's PaymentIntent.
        payment_intent: String,
        /// Stripe's charge.
        charge: String,
        /// How much.
        captured_cents: Cents,
        /// Transfers that Stripe refused: each further try has a key of its own.
        refused_transfers: u32,
    },
    /// With the runner.
    PaidOut {
        /// Stripe's charge.
        charge: String,
        /// Stripe's transfer.
        transfer: String,
        /// Who has it.
        runner_id: UserId,
        /// How much was taken.
        captured_cents: Cents,
        /// How much the runner got.
        paid_cents: Cents,
    },
}

// --- hold ------------------------------------------------------------------------------------------------------------

/// What asking for a hold brought.
#[derive(Clone, Debug)]
pub(crate) enum Holding {
    NotNeeded,
    Held { payment_intent: String },
    Declined { code: String, message: String },
}

pub(crate) async fn hold(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    payer: PayerResolved,
) -> Result<Holding, Fault> {
    let order_id = payer.order_id.to_string();
    match payment.map(|payment| payment.stage) {
        None => ask_for_hold(&stripe, payer).await,
        Some(Stage::Void) => {
            // Over already. But an earlier try may have held the money and died before it could say so: the same key finds
            // that hold, or makes one, and either way it is given back.
            if let Holding::Held { payment_intent } = ask_for_hold(&stripe, payer).await? {
                stripe.release(&payment_intent, &format!("{order_id}:release")).await.map_err(fault)?;
            }
            Ok(Holding::NotNeeded)
        }
        Some(
            Stage::Declined
            | Stage::Held { .. }
            | Stage::Released { .. }
            | Stage::Captured { .. }
            | Stage::PaidOut { .. },
        ) => Ok(Holding::NotNeeded),
    }
}

async fn ask_for_hold(stripe: &Stripe, payer: PayerResolved) -> Result<Holding, Fault> {
    let order_id = payer.order_id.to_string();
    let key = format!("{order_id}:hold");
    let hold = Hold {
        amount_cents: payer.total_cents.0,
        currency: payer.currency.code().to_owned(),
        customer: payer.card.customer,
        payment_method: payer.card.payment_method,
        order_id: order_id.clone(),
    };
    match stripe.hold(hold, &key).await {
        Ok(HoldOutcome::Held { payment_intent }) => Ok(Holding::Held { payment_intent }),
        Ok(HoldOutcome::Declined { code, message }) => Ok(Holding::Declined { code, message }),
        Ok(HoldOutcome::ActionRequired { payment_intent, .. }) => {
            // Until 3-D Secure is built the bank's wish is a no; the intent must not stay open (predecessor.md B18).
            stripe.release(&payment_intent, &format!("{order_id}:release")).await.map_err(fault)?;
            Ok(Holding::Declined {
                code: "authentication_required".to_owned(),
                message: "Your bank wants to check this payment with you, which is not possible yet.".to_owned(),
            })
        }
        Err(CallError::Refused { code, message }) => Ok(Holding::Declined { code, message }),
        Err(error @ CallError::TryAgain(_)) => Err(fault(error)),
    }
}

pub(crate) fn record_hold(
    _: &Cx<'_>,
    _: Option<Payment>,
    payer: PayerResolved,
    holding: Holding,
) -> Result<Change<Payment>, Fault> {
    let PayerResolved { order_id, total_cents: held_cents, currency, .. } = payer;
    Ok(match holding {
        Holding::NotNeeded => Change::none(),
        Holding::Held { payment_intent } => {
            let stage = Stage::Held { payment_intent, held_cents, currency };
            Change::to(Payment { order_id, stage }).say(PaymentAuthorized { order_id, held_cents, currency })
        }
        Holding::Declined { code, message } => {
            Change::to(Payment { order_id, stage: Stage::Declined }).say(PaymentDeclined { order_id, code, message })
        }
    })
}

// --- release ---------------------------------------------------------------------------------------------------------

/// Whether there was something to give back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Release {
    NotNeeded,
    Released,
}

pub(crate) async fn release_cancelled(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    _: OrderCancelled,
) -> Result<Release, Fault> {
    release(stripe, payment).await
}

pub(crate) async fn release_late(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    _: OrderLateHold,
) -> Result<Release, Fault> {
    release(stripe, payment).await
}

async fn release(stripe: Arc<Stripe>, payment: Option<Payment>) -> Result<Release, Fault> {
    let Some(Payment { order_id, stage }) = payment else { return Ok(Release::NotNeeded) };
    match stage {
        Stage::Held { payment_intent, .. } => {
            stripe.release(&payment_intent, &format!("{order_id}:release")).await.map_err(fault)?;
            Ok(Release::Released)
        }
        Stage::Void | Stage::Declined | Stage::Released { .. } => Ok(Release::NotNeeded),
        // No order is cancelled after its delivery, and nothing is captured before.
        Stage::Captured { .. } | Stage::PaidOut { .. } => {
            Err(Fault::give_up("the money of a cancelled order was captured: refund it by hand"))
        }
    }
}

pub(crate) fn record_release(
    _: &Cx<'_>,
    payment: Option<Payment>,
    cancelled: OrderCancelled,
    release: Release,
) -> Result<Change<Payment>, Fault> {
    Ok(released(cancelled.about.order_id, payment, release))
}

pub(crate) fn record_late_release(
    _: &Cx<'_>,
    payment: Option<Payment>,
    late: OrderLateHold,
    release: Release,
) -> Result<Change<Payment>, Fault> {
    Ok(released(late.about.order_id, payment, release))
}

fn released(order_id: OrderId, payment: Option<Payment>, release: Release) -> Change<Payment> {
    match (payment.map(|payment| payment.stage), release) {
        (Some(Stage::Held { payment_intent, held_cents, .. }), Release::Released) => {
            Change::to(Payment { order_id, stage: Stage::Released { payment_intent } })
                .say(PaymentReleased { order_id, released_cents: held_cents })
        }
        // Over before its payer was known: whoever comes now with a payer finds that nothing is wanted any more.
        (None, Release::NotNeeded | Release::Released) => Change::to(Payment { order_id, stage: Stage::Void }),
        (Some(_), Release::NotNeeded | Release::Released) => Change::none(),
    }
}

// --- settle ----------------------------------------------------------------------------------------------------------

/// How far settling came.
#[derive(Clone, Debug)]
pub(crate) enum Settlement {
    NotNeeded,
    CaptureFailed { code: String, message: String },
    PayoutHeld { charge: String, code: String, message: String },
    PaidOut { charge: String, transfer: String },
}

pub(crate) async fn capture_and_transfer(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    payee: PayeeResolved,
) -> Result<Settlement, Fault> {
    let order_id = payee.order_id;
    let (charge, refused) = match payment.map(|payment| payment.stage) {
        Some(Stage::Held { payment_intent, .. }) => {
            let key = format!("{order_id}:capture");
            match stripe.capture(&payment_intent, payee.total_cents.0, &key).await {
                Ok(captured) => (captured.charge, 0),
                Err(CallError::Refused { code, message }) => return Ok(Settlement::CaptureFailed { code, message }),
                Err(error @ CallError::TryAgain(_)) => return Err(fault(error)),
            }
        }
        Some(Stage::Captured { charge, refused_transfers, .. }) => (charge, refused_transfers),
        Some(Stage::PaidOut { .. }) => return Ok(Settlement::NotNeeded),
        Some(Stage::Void | Stage::Declined | Stage::Released { .. }) | None => {
            return Err(Fault::give_up("an order was delivered without a hold behind it"));
        }
    };
    let transfer = Transfer {
        amount_cents: payee.payout_cents.0,
        currency: payee.currency.code().to_owned(),
        destination: payee.account.0,
        source_charge: charge.clone(),
        order_id: order_id.to_string(),
    };
    match stripe.transfer(transfer, &format!("{order_id}:transfer:{refused}")).await {
        Ok(transfer) => Ok(Settlement::PaidOut { charge, transfer }),
        Err(CallError::Refused { code, message }) => Ok(Settlement::PayoutHeld { charge, code, message }),
        Err(error @ CallError::TryAgain(_)) => Err(fault(error)),
    }
}

pub(crate) fn record_settlement(
    _: &Cx<'_>,
    payment: Option<Payment>,
    payee: PayeeResolved,
    settlement: Settlement,
) -> Result<Change<Payment>, Fault> {
    let PayeeResolved { order_id, runner_id, total_cents: captured_cents, payout_cents: paid_cents, .. } = payee;
    let captured = PaymentCaptured { order_id, captured_cents };
    let stage = payment.map(|payment| payment.stage);
    let was_captured = matches!(stage, Some(Stage::Captured { .. }));
    let say_captured = |change: Change<Payment>| if was_captured { change } else { change.say(captured) };
    Ok(match settlement {
        Settlement::NotNeeded => Change::none(),
        Settlement::CaptureFailed { code, message } => Change::none().say(CaptureFailed { order_id, code, message }),
        Settlement::PayoutHeld { charge, code, message } => {
            let (payment_intent, refused_transfers) = match stage {
                Some(Stage::Held { payment_intent, .. }) => (payment_intent, 1),
                Some(Stage::Captured { payment_intent, refused_transfers, .. }) => {
                    (payment_intent, refused_transfers + 1)
                }
                Some(Stage::Void | Stage::Declined | Stage::Released { .. } | Stage::PaidOut { .. }) | None => {
                    return Err(Fault::give_up("a transfer was refused for money that was not held"));
                }
            };
            let stage = Stage::Captured { payment_intent, charge, captured_cents, refused_transfers };
            say_captured(Change::to(Payment { order_id, stage })).say(PayoutHeld { order_id, runner_id, code, message })
        }
        Settlement::PaidOut { charge, transfer } => {
            let stage = Stage::PaidOut { charge, transfer, runner_id, captured_cents, paid_cents };
            let platform_cents = captured_cents - paid_cents;
            say_captured(Change::to(Payment { order_id, stage })).say(PayoutSent {
                order_id,
                runner_id,
                paid_cents,
                platform_cents,
            })
        }
    })
}

/// A call that brought no answer may bring one later; a refusal that nobody foresaw is for an operator.
pub(crate) fn fault(error: CallError) -> Fault {
    match error {
        CallError::TryAgain(_) => Fault::retry(error),
        CallError::Refused { .. } => Fault::give_up(error),
    }
}

impl Entity for Payment {
    type Id = OrderId;
    type Table = store::Entity;
    type View = ();

    fn id(&self) -> OrderId {
        self.order_id
    }

    fn view(&self, _: u64, _: &Principal) {}

    fn index(&self, row: &mut Row<Self>) {
        let stage = match self.stage {
            Stage::Void => "void",
            Stage::Declined => "declined",
            Stage::Held { .. } => "held",
            Stage::Released { .. } => "released",
            Stage::Captured { .. } => "captured",
            Stage::PaidOut { .. } => "paid_out",
        };
        row.stage = Set(stage.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use chassis::Sealer;
    use contracts::Message as _;
    use jiff::Timestamp;

    use super::*;

    fn record<R>(rule: impl FnOnce(&Cx<'_>) -> R) -> R {
        let sealer = Sealer::from_hex(&"0".repeat(64)).expect("a key");
        rule(&Cx::for_test(Timestamp::UNIX_EPOCH, Principal::System("users".into()), &sealer))
    }

    fn payment(stage: Stage) -> Option<Payment> {
        Some(Payment { order_id: PayerResolved::sample().order_id, stage })
    }

    fn held() -> Stage {
        Stage::Held { payment_intent: "pi_1".into(), held_cents: Cents(1_090), currency: Currency::Sgd }
    }

    fn captured(refused_transfers: u32) -> Stage {
        Stage::Captured {
            payment_intent: "pi_1".into(),
            charge: "ch_1".into(),
            captured_cents: Cents(1_090),
            refused_transfers,
        }
    }

    #[track_caller]
    fn check_settlement(before: Stage, settlement: Settlement, after: Option<&str>, says: &[&str]) {
        let change = record(|cx| record_settlement(cx, payment(before), PayeeResolved::sample(), settlement));
        let change = change.expect("recorded");
        let stage = change.state().map(|payment| serde_json::to_value(&payment.stage).expect("JSON"));
        assert_eq!(stage.as_ref().map(|stage| stage["at"].as_str().unwrap_or_default()), after);
        assert_eq!(change.types(), says);
    }

    #[test]
    fn settling_captures_and_pays_out() {
        let paid = Settlement::PaidOut { charge: "ch_1".into(), transfer: "tr_1".into() };
        check_settlement(held(), paid, Some("paid_out"), &["payments.captured.v1", "payments.paid_out.v1"]);
    }

    #[test]
    fn a_refused_transfer_is_never_a_payout() {
        let refused = || Settlement::PayoutHeld { charge: "ch_1".into(), code: "x".into(), message: "y".into() };
        check_settlement(held(), refused(), Some("captured"), &["payments.captured.v1", "payments.payout_held.v1"]);
        check_settlement(captured(1), refused(), Some("captured"), &["payments.payout_held.v1"]);
    }

    #[test]
    fn what_was_captured_before_is_not_captured_twice() {
        let paid = Settlement::PaidOut { charge: "ch_1".into(), transfer: "tr_1".into() };
        check_settlement(captured(1), paid, Some("paid_out"), &["payments.paid_out.v1"]);
    }

    #[test]
    fn a_failed_capture_changes_nothing_and_says_so() {
        let failed = Settlement::CaptureFailed { code: "x".into(), message: "y".into() };
        check_settlement(held(), failed, None, &["payments.capture_failed.v1"]);
    }

    #[track_caller]
    fn check_release(before: Option<Stage>, release: Release, after: Option<Stage>, says: &[&str]) {
        let before = before.and_then(payment);
        let change = record(|cx| record_release(cx, before, OrderCancelled::sample(), release)).expect("recorded");
        assert_eq!(change.state().map(|payment| payment.stage.clone()), after);
        assert_eq!(change.types(), says);
    }

    #[test]
    fn a_cancelled_order_gives_back_what_it_holds_once() {
        let released = Stage::Released { payment_intent: "pi_1".into() };
        check_release(Some(held()), Release::Released, Some(released.clone()), &["payments.released.v1"]);
        check_release(Some(released), Release::NotNeeded, None, &[]);
        check_release(Some(Stage::Declined), Release::NotNeeded, None, &[]);
    }

    #[test]
    fn an_order_cancelled_before_its_payer_was_known_is_never_charged() {
        check_release(None, Release::NotNeeded, Some(Stage::Void), &[]);
    }

    #[tokio::test]
    async fn a_hold_that_nobody_heard_of_is_given_back() {
        use stripe_sandbox::{Options, SECRET_KEY, Sandbox};
        let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
        let stripe = Arc::new(Stripe::new(&sandbox.url(), SECRET_KEY).expect("Stripe"));
        let customer = stripe.open_customer("usr_1", "customer").await.expect("a customer");
        let payment_method = stripe.attach_card(&customer, "pm_card_visa", "card").await.expect("a card");
        let card = contracts::users::CardRef { customer, payment_method };
        let payer = || PayerResolved { card: card.clone(), ..PayerResolved::sample() };
        // Held, and dead before it was recorded; meanwhile the order was cancelled.
        let held = hold(Arc::clone(&stripe), None, payer()).await.expect("an answer");
        assert!(matches!(held, Holding::Held { .. }));
        let again = hold(stripe, payment(Stage::Void), payer()).await.expect("an answer");
        assert!(matches!(again, Holding::NotNeeded));
        let summary = reqwest::get(format!("{}/sandbox/summary", sandbox.url())).await.expect("the sandbox");
        let summary: serde_json::Value = summary.json().await.expect("JSON");
        assert_eq!((&summary["open_holds_count"], &summary["canceled_count"]), (&0.into(), &1.into()), "{summary}");
        sandbox.stop().await;
    }
}
