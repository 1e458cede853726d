//! A tip after the delivery: charged on the customer's card, then sent to the runner.

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::orders::OrderTipAgreed;
use contracts::payments::{Bearer, TipDeclined};
use contracts::users::PayoutRef;
use jiff::Timestamp;

use crate::dues::tip_payout;
use crate::facts::ripe;
use crate::fault::no_or_fault;
use crate::give_back::{self, GivenBack, Plan, Terms, unheard_transfers};
use crate::payment::{No, Payment, Sent, Stage};
use crate::settlement::{NO_ACCOUNT, Occasion, Told, send, tip_paid};
use crate::stripe::{Captured, Stripe, Take};

/// What became of a tip.
#[derive(Clone, Debug)]
pub(crate) enum Tipping {
    NotNeeded,
    Declined(No),
    Charged {
        captured: Captured,
        sent: Result<Sent, No>,
    },
    /// Charged, but the order was refunded or cancelled meanwhile: given back.
    Unwanted {
        captured: Captured,
        found: Vec<Sent>,
        given_back: GivenBack,
    },
}

pub(crate) async fn charge_tip(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    agreed: OrderTipAgreed,
) -> Result<Tipping, Fault> {
    let Some(payment) = payment else { return Ok(Tipping::Declined(nothing_captured())) };
    if payment.tip.is_some() {
        return Ok(Tipping::NotNeeded);
    }
    let card = payment.payer.as_ref().map(|payer| payer.card.clone()).filter(|_| !payment.charges().is_empty());
    let Some(card) = card else { return Ok(Tipping::Declined(nothing_captured())) };
    let OrderTipAgreed { tip_cents: amount_cents, currency, .. } = agreed;
    let take = Take { order_id: payment.order_id, amount_cents, currency, card };
    let key = format!("{}:tip:{}", payment.order_id, payment.tries.tips);
    match no_or_fault(stripe.charge(&take, &key).await)? {
        // Nobody wants it any more. But an earlier try may have charged it and died before it could say so: the same key finds
        // that charge, or makes one, and either way it is given back.
        Ok(captured) if !was_delivered(&payment) => give_tip_back(&stripe, payment, &agreed, captured).await,
        Err(_) if !was_delivered(&payment) => Ok(Tipping::Declined(nothing_captured())),
        Ok(captured) => {
            let sent = send_tip(&stripe, payment, &agreed, &captured).await?;
            Ok(Tipping::Charged { captured, sent })
        }
        Err(no) => Ok(Tipping::Declined(no)),
    }
}

async fn give_tip_back(
    stripe: &Stripe,
    mut payment: Payment,
    agreed: &OrderTipAgreed,
    captured: Captured,
) -> Result<Tipping, Fault> {
    let _ = payment.now_tipped(Timestamp::UNIX_EPOCH, agreed.tipped, &captured);
    let found = unheard_transfers(stripe, &payment, Some(agreed.tipped)).await?;
    for sent in &found {
        let _ = payment.now_found(Timestamp::UNIX_EPOCH, sent.clone());
    }
    let plan = Plan::of_charge(&payment, &captured.charge);
    let given_back = give_back::carry_out(stripe, payment.order_id, &plan, "tip").await?;
    Ok(Tipping::Unwanted { captured, found, given_back })
}

async fn send_tip(
    stripe: &Stripe,
    mut payment: Payment,
    agreed: &OrderTipAgreed,
    captured: &Captured,
) -> Result<Result<Sent, No>, Fault> {
    let account = account_of(&payment, agreed);
    let _ = payment.now_tipped(Timestamp::UNIX_EPOCH, agreed.tipped, captured);
    match (account, tip_payout(&payment)) {
        (Some(account), Some(payout)) => send(stripe, &payment, &account, &payout).await,
        (None, _) | (_, None) => Ok(Err(no_account())),
    }
}

/// Tips go where the payout goes, and to nobody else.
fn account_of(payment: &Payment, agreed: &OrderTipAgreed) -> Option<PayoutRef> {
    let payee = payment.payee.as_ref().filter(|payee| payee.runner_id == agreed.tipped)?;
    payee.account.clone()
}

fn was_delivered(payment: &Payment) -> bool {
    match payment.stage() {
        Stage::Captured | Stage::PaidOut => payment.over_since.is_none(),
        Stage::Void | Stage::Declined | Stage::ActionRequired | Stage::Held | Stage::Released | Stage::Refunded => {
            false
        }
    }
}

pub(crate) fn record_tip(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    agreed: OrderTipAgreed,
    tipping: Tipping,
) -> Result<Change<Payment>, Fault> {
    let order_id = agreed.about.order_id;
    let mut payment = payment.unwrap_or_else(|| Payment::new(order_id, agreed.currency));
    Ok(ripe(match tipping {
        Tipping::NotNeeded => Change::none(),
        Tipping::Declined(No { code, message }) => {
            payment.tries.tips += 1;
            let customer_id = agreed.about.customer_id;
            Change::to(payment).say(TipDeclined { order_id, customer_id, code, message })
        }
        Tipping::Unwanted { captured, found, given_back } => {
            payment.tries.tips += 1;
            let _ = payment.now_tipped(cx.now, agreed.tipped, &captured);
            for sent in found {
                let _ = payment.now_found(cx.now, sent);
            }
            // For the customer it comes to the same as a tip that was declined; what kept it from being so is a task. What was taken
            // back from the runner before is no part of a tip that they do not get.
            let terms = Terms { kept_cents: payment.taken_back_cents, ..Terms::of(Bearer::Runner) };
            drop(give_back::record(cx.now, &mut payment, &given_back, &terms));
            let told = Told { again: payment.promise_again(cx.now), ..Told::default() };
            let (customer_id, No { code, message }) = (agreed.about.customer_id, nothing_captured());
            told.say(Change::to(payment).say(TipDeclined { order_id, customer_id, code, message }))
        }
        Tipping::Charged { captured, sent } => {
            let mut told = Told::default();
            let _ = payment.now_tipped(cx.now, agreed.tipped, &captured);
            match sent {
                Ok(sent) => {
                    told.tip_paid = tip_paid(order_id, &sent);
                    let _ = payment.now_sent(cx.now, sent);
                }
                Err(no) => payment.payout_held(cx.now, no, Occasion::News, &mut told),
            }
            told.say(Change::to(payment))
        }
    }))
}

fn nothing_captured() -> No {
    No { code: "nothing_captured".to_owned(), message: "This order was not paid for, or was refunded.".to_owned() }
}

fn no_account() -> No {
    No { code: NO_ACCOUNT.to_owned(), message: "The runner has no payout account yet.".to_owned() }
}
