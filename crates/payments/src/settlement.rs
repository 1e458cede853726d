//! Settling a delivered order: the held money is taken, then the runner is paid. What fails is tried again, and never
//! called a success (predecessor.md B07, B08, B64).

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::payments::{
    CaptureFailed, PaymentCaptured, PaymentRefunded, PayoutHeld, PayoutReturned, PayoutSent, SettlementRetried, TipPaid,
};
use contracts::timers::SettleDeadline;
use contracts::users::{PayeeResolved, PayeeUnavailable, PayoutRef};
use contracts::{Cents, OrderId};
use jiff::{SignedDuration, Timestamp};

use crate::change::also;
use crate::dues::{Payout, Taking, payouts, takings};
use crate::facts::ripe;
use crate::fault::{fault, no_or_fault};
use crate::give_back::{self, GivenBack, Plan};
use crate::hold::release_key;
use crate::payment::{Hold, No, Payee, Payment, Sent, Share};
use crate::stripe::{Captured, Stripe, Transfer};
use crate::trouble::TroubleKind;

/// What could not be moved is tried again after this.
pub(crate) const AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// How often it is tried again that soon. After that it is an operator's, and tried once a day all the same.
pub(crate) const RETRIES: u32 = 3;

/// What an operator has as a task is tried again after this.
pub(crate) const SLOWLY: SignedDuration = SignedDuration::from_hours(24);

/// The code of a payout that nobody could try, because the runner has no account.
pub(crate) const NO_ACCOUNT: &str = "no_payout_account";

/// How far settling came.
#[derive(Clone, Debug)]
pub(crate) struct Settlement {
    pub(crate) captured: Vec<Captured>,
    /// PaymentIntents that are cancelled now: not needed, or found to be gone.
    pub(crate) released: Vec<String>,
    pub(crate) sent: Vec<Sent>,
    /// What was taken beyond what the delivery costs, given back to the customer.
    pub(crate) given_back: GivenBack,
    pub(crate) ending: Ending,
}

/// Why settling was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// Something happened that may help.
    News,
    /// Nothing but time has passed.
    Deadline,
}

/// Where settling stopped.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    NotNeeded,
    CaptureFailed(No),
    PayoutHeld(No),
    Settled,
}

// --- effects ---------------------------------------------------------------------------------------------------------

pub(crate) async fn settle(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    payee: PayeeResolved,
) -> Result<Settlement, Fault> {
    work(&stripe, with_payee(payment, &payee)).await
}

pub(crate) async fn settle_unpayable(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    payee: PayeeUnavailable,
) -> Result<Settlement, Fault> {
    work(&stripe, without_account(payment, &payee)).await
}

pub(crate) async fn settle_again(
    stripe: Arc<Stripe>,
    payment: Option<Payment>,
    retried: SettlementRetried,
) -> Result<Settlement, Fault> {
    match payment.and_then(|payment| with_account(payment, retried.account)) {
        Some(payment) => work(&stripe, payment).await,
        None => Ok(Settlement::ending(Ending::NotNeeded)),
    }
}

/// Every step works on a copy that knows the steps before it; what came of them is recorded afterwards, together.
async fn work(stripe: &Stripe, mut payment: Payment) -> Result<Settlement, Fault> {
    let mut done = Settlement::ending(Ending::Settled);
    let settled = payment.paid_out_at.is_some() && !payment.is_unsettled();
    if payment.over_since.is_some() || settled {
        return Ok(Settlement::ending(Ending::NotNeeded));
    }
    if payment.paid_out_at.is_none() {
        capture(stripe, &mut payment, &mut done).await?;
    }
    look_up_fees(stripe, &payment, &mut done).await?;
    if matches!(done.ending, Ending::Settled) {
        let plan = Plan::of_overtaken(&payment);
        let label = format!("overtaken:{}", payment.tries.overtaken);
        done.given_back = give_back::carry_out(stripe, payment.order_id, &plan, &label).await?;
        pay_out(stripe, &payment, &mut done).await?;
    }
    Ok(done)
}

async fn capture(stripe: &Stripe, payment: &mut Payment, done: &mut Settlement) -> Result<(), Fault> {
    let takings = match takings(payment) {
        Ok(takings) => takings,
        Err(no) => {
            done.ending = Ending::CaptureFailed(no);
            return Ok(());
        }
    };
    for Taking { payment_intent, amount_cents } in takings {
        if amount_cents == Cents(0) {
            // Under the same key Stripe would say no again, whatever has changed.
            let key = format!("{}:{}", release_key(payment.order_id, &payment_intent), payment.tries.captures);
            if let Err(no) = no_or_fault(stripe.release(&payment_intent, &key).await)? {
                done.ending = Ending::CaptureFailed(no);
                return Ok(());
            }
            done.released.push(payment_intent);
            continue;
        }
        let key = format!("{}:capture:{payment_intent}:{}", payment.order_id, payment.tries.captures);
        match no_or_fault(stripe.capture(&payment_intent, amount_cents, &key).await)? {
            Ok(captured) => {
                let _ = payment.now_captured(Timestamp::UNIX_EPOCH, &captured);
                done.captured.push(captured);
            }
            Err(no) => {
                if no.code == "payment_intent_canceled" {
                    done.released.push(payment_intent);
                }
                done.ending = Ending::CaptureFailed(no);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A charge that somebody else told of came without Stripe's fee.
async fn look_up_fees(stripe: &Stripe, payment: &Payment, done: &mut Settlement) -> Result<(), Fault> {
    for (payment_intent, charge) in payment.charges() {
        if charge.fee_cents.is_none() {
            done.captured.push(stripe.taken(payment_intent).await.map_err(fault)?);
        }
    }
    Ok(())
}

async fn pay_out(stripe: &Stripe, payment: &Payment, done: &mut Settlement) -> Result<(), Fault> {
    let payouts = payouts(payment);
    let account = payment.payee.as_ref().and_then(|payee| payee.account.clone());
    let Some(account) = account else {
        if !payouts.is_empty() {
            done.ending = Ending::PayoutHeld(no_account());
        }
        return Ok(());
    };
    for payout in payouts {
        match send(stripe, payment, &account, &payout).await? {
            Ok(sent) => done.sent.push(sent),
            Err(no) => {
                done.ending = Ending::PayoutHeld(no);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Sends one part to the runner.
pub(crate) async fn send(
    stripe: &Stripe,
    payment: &Payment,
    account: &PayoutRef,
    payout: &Payout,
) -> Result<Result<Sent, No>, Fault> {
    let Payout { charge, share, runner_id, amount_cents } = payout.clone();
    let transfer = Transfer {
        order_id: payment.order_id,
        amount_cents,
        currency: payment.currency,
        runner_id,
        destination: account.0.clone(),
        source_charge: Some(charge.clone()),
        share,
    };
    let (order_id, tries) = (payment.order_id, payment.tries.payouts);
    let answer = match share {
        Share::Payout | Share::Tip => {
            transfer_once(stripe, payment, &transfer, &format!("{order_id}:transfer:{charge}:{tries}")).await?
        }
        Share::Back => {
            let returns = payment.transfers.iter().filter(|sent| sent.share == Share::Back).count();
            let key = format!("{order_id}:return:{returns}:{tries}");
            match transfer_once(stripe, payment, &transfer, &key).await? {
                Ok(id) => Ok(id),
                // A charge that was paid out already has no room for it: then from what the platform has at Stripe.
                Err(_) => {
                    let transfer = Transfer { source_charge: None, ..transfer };
                    transfer_once(stripe, payment, &transfer, &format!("{key}:balance")).await?
                }
            }
        }
    };
    Ok(answer.map(|id| Sent { id, charge, share, runner_id, amount_cents, reversals: Vec::new() }))
}

async fn transfer_once(
    stripe: &Stripe,
    payment: &Payment,
    transfer: &Transfer,
    key: &str,
) -> Result<Result<String, No>, Fault> {
    if payment.tries.payouts > 0 {
        // A try under another key may have got through without anybody having heard of it.
        let known: Vec<&str> = payment.transfers.iter().map(|sent| sent.id.as_str()).collect();
        if let Some(id) = stripe.find_transfer(transfer, &known).await.map_err(fault)? {
            return Ok(Ok(id));
        }
    }
    no_or_fault(stripe.transfer(transfer, key).await)
}

// --- what is known by now ------------------------------------------------------------------------------------------

fn no_account() -> No {
    No { code: NO_ACCOUNT.to_owned(), message: "The runner has no payout account yet.".to_owned() }
}

fn with_payee(payment: Option<Payment>, resolved: &PayeeResolved) -> Payment {
    let PayeeResolved { order_id, runner_id, account, total_cents, payout_cents, currency } = resolved.clone();
    let payment = payment.unwrap_or_else(|| Payment::new(order_id, currency));
    Payment { currency, payee: Some(Payee { runner_id, account: Some(account), total_cents, payout_cents }), ..payment }
}

fn without_account(payment: Option<Payment>, unavailable: &PayeeUnavailable) -> Payment {
    let PayeeUnavailable { order_id, runner_id, total_cents, payout_cents, currency } = *unavailable;
    let payment = payment.unwrap_or_else(|| Payment::new(order_id, currency));
    Payment { currency, payee: Some(Payee { runner_id, account: None, total_cents, payout_cents }), ..payment }
}

fn with_account(mut payment: Payment, account: Option<PayoutRef>) -> Option<Payment> {
    let payee = payment.payee.as_mut()?;
    payee.account = account.or_else(|| payee.account.take());
    Some(payment)
}

impl Settlement {
    pub(crate) fn ending(ending: Ending) -> Self {
        let given_back = GivenBack::default();
        Self { captured: Vec::new(), released: Vec::new(), sent: Vec::new(), given_back, ending }
    }
}

// --- records ---------------------------------------------------------------------------------------------------------

pub(crate) fn record_settlement(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    payee: PayeeResolved,
    settlement: Settlement,
) -> Result<Change<Payment>, Fault> {
    Ok(record(cx.now, with_payee(payment, &payee), settlement))
}

pub(crate) fn record_unpayable(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    payee: PayeeUnavailable,
    settlement: Settlement,
) -> Result<Change<Payment>, Fault> {
    Ok(record(cx.now, without_account(payment, &payee), settlement))
}

pub(crate) fn record_again(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    retried: SettlementRetried,
    settlement: Settlement,
) -> Result<Change<Payment>, Fault> {
    let payment = payment.and_then(|payment| with_account(payment, retried.account));
    Ok(payment.map_or_else(Change::none, |payment| record(cx.now, payment, settlement)))
}

fn record(now: Timestamp, mut payment: Payment, settlement: Settlement) -> Change<Payment> {
    let Settlement { captured, released, sent, given_back, ending } = settlement;
    let mut told = Told::default();
    let mut was_captured = false;
    let promised = payment.again_at.take().is_some_and(|again_at| again_at <= now);
    let occasion = if promised { Occasion::Deadline } else { Occasion::News };
    for captured in &captured {
        was_captured |= payment.now_captured(now, captured).is_new();
    }
    for payment_intent in &released {
        payment.now_released(now, payment_intent);
    }
    told.refunded = payment.give_overtaken(now, &given_back);
    for sent in sent {
        told.tip_paid = told.tip_paid.or_else(|| tip_paid(payment.order_id, &sent));
        told.returned = told.returned.or_else(|| returned(payment.order_id, &sent));
        let _ = payment.now_sent(now, sent);
    }
    match ending {
        Ending::NotNeeded => return Change::none(),
        Ending::CaptureFailed(no) => payment.capture_failed(now, no, occasion, &mut told),
        Ending::PayoutHeld(no) => {
            told.captured = was_captured.then(|| captured_event(&payment));
            // A runner without an account is paid when they have one: until then there is nothing to try.
            let waits_for_account = no.code == NO_ACCOUNT && payment.overtaken_cents() == Cents(0);
            payment.payout_held(now, no, occasion, &mut told);
            if !waits_for_account {
                told.again = told.again.or_else(|| payment.promise_again(now));
            }
        }
        Ending::Settled => {
            told.captured = was_captured.then(|| captured_event(&payment));
            payment.paid_out(now, &mut told);
            told.again = payment.promise_again(now);
        }
    }
    ripe(told.say(Change::to(payment)))
}

/// What is to be said about a settlement.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) captured: Option<PaymentCaptured>,
    pub(crate) capture_failed: Option<CaptureFailed>,
    pub(crate) paid_out: Option<PayoutSent>,
    pub(crate) payout_held: Option<PayoutHeld>,
    pub(crate) tip_paid: Option<TipPaid>,
    pub(crate) returned: Option<PayoutReturned>,
    pub(crate) refunded: Option<PaymentRefunded>,
    pub(crate) again: Option<SettleDeadline>,
}

impl Told {
    pub(crate) fn say(self, change: Change<Payment>) -> Change<Payment> {
        let change = also(change, self.captured);
        let change = also(change, self.capture_failed);
        let change = also(change, self.paid_out);
        let change = also(change, self.payout_held);
        let change = also(change, self.tip_paid);
        let change = also(change, self.returned);
        let change = also(change, self.refunded);
        match self.again {
            Some(deadline) => change.promise(deadline),
            None => change,
        }
    }
}

impl Payment {
    /// Books what was given back of what nobody had agreed to. What Stripe refuses is a task, and tried again.
    fn give_overtaken(&mut self, now: Timestamp, given: &GivenBack) -> Option<PaymentRefunded> {
        if let Some(no) = &given.failed {
            self.tries.overtaken += 1;
            self.raise(now, TroubleKind::TakenTooMuch, &no.code);
        }
        let refunded_cents = give_back::record_refunds(now, self, given, None);
        self.drop_settled_troubles();
        self.refunded_event(refunded_cents)
    }

    fn capture_failed(&mut self, now: Timestamp, no: No, occasion: Occasion, told: &mut Told) {
        self.tries.captures += 1;
        let tries = self.tries.captures;
        let known = self.has_trouble(TroubleKind::CaptureFailed, &no.code);
        // Where not enough is held any more, trying again cannot help.
        let hopeful = takings(self).is_ok();
        if !hopeful || tries > RETRIES {
            self.raise(now, TroubleKind::CaptureFailed, &no.code);
        }
        told.again = hopeful.then(|| self.try_again(now, tries));
        let No { code, message } = no;
        let said = CaptureFailed { order_id: self.order_id, code, message };
        told.capture_failed = Some(said).filter(|_| occasion.is_told(known, tries));
    }

    pub(crate) fn payout_held(&mut self, now: Timestamp, no: No, occasion: Occasion, told: &mut Told) {
        self.settle_trouble(TroubleKind::CaptureFailed);
        let known = self.has_trouble(TroubleKind::PayoutHeld, &no.code);
        self.raise(now, TroubleKind::PayoutHeld, &no.code);
        // Without an account there is nothing to try; it goes on when there is one.
        if no.code != NO_ACCOUNT {
            self.tries.payouts += 1;
            told.again = Some(self.try_again(now, self.tries.payouts));
        }
        let No { code, message } = no;
        let order_id = self.order_id;
        let said = self.runner_id().map(|runner_id| PayoutHeld { order_id, runner_id, code, message });
        told.payout_held = said.filter(|_| occasion.is_told(known, self.tries.payouts));
    }

    fn paid_out(&mut self, now: Timestamp, told: &mut Told) {
        self.settle_trouble(TroubleKind::CaptureFailed);
        self.settle_trouble(TroubleKind::PayoutHeld);
        self.settle_trouble(TroubleKind::HoldLost);
        let (None, Some(payee)) = (self.paid_out_at, self.payee.clone()) else { return };
        let paid_cents = self.sent_cents(Share::Payout);
        self.paid_out_at = Some(now);
        self.level(now);
        let platform_cents = captured_event(self).captured_cents - paid_cents;
        let (order_id, runner_id) = (self.order_id, payee.runner_id);
        told.paid_out = Some(PayoutSent { order_id, runner_id, paid_cents, platform_cents });
    }

    /// Promises the next try if something is to be tried and nothing is promised.
    pub(crate) fn promise_again(&mut self, now: Timestamp) -> Option<SettleDeadline> {
        let promised = self.again_at.is_some_and(|again_at| again_at > now);
        let owed = self.owed_back_cents() + self.overtaken_cents() > Cents(0);
        (owed && !promised).then(|| self.try_again(now, self.tries.payouts.max(self.tries.overtaken)))
    }

    fn try_again(&mut self, now: Timestamp, tries: u32) -> SettleDeadline {
        let due_at = now + if tries <= RETRIES { AGAIN } else { SLOWLY };
        self.again_at = Some(due_at);
        SettleDeadline { order_id: self.order_id, due_at }
    }
}

impl Occasion {
    /// Whether a failure is worth a word: the same one, day after day, is not.
    fn is_told(self, known: bool, tries: u32) -> bool {
        let slow = self == Self::Deadline && tries > RETRIES + 1;
        !(slow && known)
    }
}

fn captured_event(payment: &Payment) -> PaymentCaptured {
    let captured_cents = payment.holds.iter().filter_map(Hold::charge).map(|charge| charge.captured_cents).sum();
    PaymentCaptured { order_id: payment.order_id, captured_cents }
}

pub(crate) fn tip_paid(order_id: OrderId, sent: &Sent) -> Option<TipPaid> {
    let (runner_id, tip_cents) = (sent.runner_id, sent.amount_cents);
    (sent.share == Share::Tip).then_some(TipPaid { order_id, runner_id, tip_cents })
}

fn returned(order_id: OrderId, sent: &Sent) -> Option<PayoutReturned> {
    let (runner_id, returned_cents) = (sent.runner_id, sent.amount_cents);
    (sent.share == Share::Back).then_some(PayoutReturned { order_id, runner_id, returned_cents })
}
