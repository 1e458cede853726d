//! Giving captured money back: from the runner first, then to the customer (predecessor.md B14).

use chassis::{Change, Fault};
use contracts::payments::{Bearer, PaymentRefunded, PayoutReversed, RefundFailed, Reversal};
use contracts::{Cents, OrderId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::books::Borne;
use crate::change::also;
use crate::dues::return_charge;
use crate::fault::{fault, no_or_fault};
use crate::payment::{No, Payment, Sent, Share};
use crate::stripe::{Made, Refund, Stripe};
use crate::trouble::TroubleKind;

/// What to move, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What to take back from the runner first, by transfer.
    pub reversals: Vec<Part>,
    /// What to give back to the customer then, by charge.
    pub refunds: Vec<Part>,
    /// Of what the runner bears, what cannot be taken back because they were not paid yet.
    pub withheld_cents: Cents,
}

/// A part of an amount, and which of Stripe's objects it is taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// A transfer (`tr_…`) or a charge (`ch_…`).
    pub from: String,
    /// How much.
    pub amount_cents: Cents,
}

/// What was moved, and what kept the rest from being moved.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenBack {
    /// By transfer.
    pub(crate) reversals: Vec<(String, Reversal)>,
    /// By charge.
    pub(crate) refunds: Vec<(String, Refund)>,
    pub(crate) failed: Option<No>,
}

/// What is to be said about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    reversed: Option<PayoutReversed>,
    refunded: Option<PaymentRefunded>,
    failed: Option<RefundFailed>,
}

impl Plan {
    /// Everything that was taken, and everything that the runner has.
    pub(crate) fn everything(payment: &Payment) -> Self {
        Self {
            reversals: take(rooms_at_runner(payment), Cents(i64::MAX)),
            ..Self::of_customer(payment, Cents(i64::MAX))
        }
    }

    /// `amount_cents`, as far as it goes borne by `bearer`.
    pub(crate) fn of(payment: &Payment, amount_cents: Cents, bearer: Bearer) -> Self {
        let plan = Self::of_customer(payment, amount_cents);
        match bearer {
            Bearer::Platform => plan,
            Bearer::Runner => {
                // What an earlier try took back without giving it on is not taken back again.
                let wanted = (amount_cents - payment.taken_back_cents).max(Cents(0));
                let reversals = take(rooms_at_runner(payment), wanted);
                let missing = wanted - sum(&reversals);
                Self { reversals, withheld_cents: missing.min(payment.due_cents()), ..plan }
            }
        }
    }

    /// Everything that was taken with one charge, and that the runner has of it.
    pub(crate) fn of_charge(payment: &Payment, charge: &str) -> Self {
        let Self { mut reversals, mut refunds, withheld_cents } = Self::everything(payment);
        let is_from = |id: &str| payment.transfers.iter().any(|sent| sent.id == id && sent.charge == charge);
        reversals.retain(|part| is_from(&part.from));
        refunds.retain(|part| part.from == charge);
        Self { reversals, refunds, withheld_cents }
    }

    /// What was taken beyond what the delivery costs.
    pub(crate) fn of_overtaken(payment: &Payment) -> Self {
        Self::of_holds(payment, payment.overtaken_cents())
    }

    fn of_holds(payment: &Payment, amount_cents: Cents) -> Self {
        let charges = payment.charges();
        let is_hold = |intent: &str| payment.holds.iter().any(|hold| hold.payment_intent == intent);
        let rooms = charges
            .iter()
            .filter(|(payment_intent, _)| is_hold(payment_intent))
            .map(|(payment_intent, charge)| (charge.id.clone(), payment.refundable_cents(payment_intent, charge)));
        Self { refunds: take(rooms.collect(), amount_cents), ..Self::default() }
    }

    fn of_customer(payment: &Payment, amount_cents: Cents) -> Self {
        let charges = payment.charges();
        let rooms = charges
            .iter()
            .map(|(payment_intent, charge)| (charge.id.clone(), payment.refundable_cents(payment_intent, charge)));
        Self { refunds: take(rooms.collect(), amount_cents), ..Self::default() }
    }
}

/// What Stripe has of an order that the books do not know: made, and dead before it could be recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unheard {
    /// Sent to the runner.
    pub(crate) transfers: Vec<Sent>,
    /// Taken back from them for requests that were given up on, by transfer.
    pub(crate) reversals: Vec<(String, Reversal)>,
}

impl Unheard {
    pub(crate) fn is_nothing(&self) -> bool {
        self.transfers.is_empty() && self.reversals.is_empty()
    }
}

/// What a refund has to be planned with. What was taken back for the request `number` itself is none of it: a plan that was
/// begun is carried on with.
pub(crate) async fn unheard(stripe: &Stripe, payment: &Payment, number: u32) -> Result<Unheard, Fault> {
    let made = stripe.transfers_of(payment.order_id).await.map_err(fault)?;
    let given_up = |occasion: &str| occasion.parse().is_ok_and(|of: u32| of < number);
    let mut reversals = Vec::new();
    for sent in &payment.transfers {
        let taken_back = made.iter().filter(|made| made.id == sent.id).flat_map(|made| &made.reversals);
        let taken_back = taken_back.filter(|taken| taken.occasion.as_deref().is_some_and(given_up));
        let unknown = taken_back.filter(|taken| sent.reversals.iter().all(|known| known.id != taken.reversal.id));
        reversals.extend(unknown.map(|taken| (sent.id.clone(), taken.reversal.clone())));
    }
    Ok(Unheard { transfers: unknown_transfers(payment, made, None), reversals })
}

/// The order's transfers that the books do not know: made, and dead before they could be recorded. `runner_id` is whose
/// they are where Stripe does not say.
pub(crate) async fn unheard_transfers(
    stripe: &Stripe,
    payment: &Payment,
    runner_id: Option<UserId>,
) -> Result<Vec<Sent>, Fault> {
    if payment.charges().is_empty() {
        return Ok(Vec::new());
    }
    let made = stripe.transfers_of(payment.order_id).await.map_err(fault)?;
    Ok(unknown_transfers(payment, made, runner_id))
}

fn unknown_transfers(payment: &Payment, made: Vec<Made>, runner_id: Option<UserId>) -> Vec<Sent> {
    let runner_id = payment.runner_id().or(runner_id);
    let tip = payment.tip.as_ref().map(|tip| tip.charge.id.as_str());
    let unknown = |made: Made| {
        let Made { id, source_charge, share, runner_id: named, amount_cents, reversals } = made;
        let charge = match (source_charge, share) {
            // What is paid from a charge that is not known is found once that is.
            (Some(charge), _) => {
                Some(charge).filter(|id| payment.charges().iter().any(|(_, known)| known.id == *id))?
            }
            // Only a return may be paid from what the platform has at Stripe.
            (None, Some(Share::Back)) => return_charge(payment)?,
            (None, Some(Share::Payout | Share::Tip) | None) => return None,
        };
        let by_charge = if tip == Some(charge.as_str()) { Share::Tip } else { Share::Payout };
        let share = share.unwrap_or(by_charge);
        let reversals = reversals.into_iter().map(|taken| taken.reversal).collect();
        let sent = Sent { id, charge, share, runner_id: named.or(runner_id)?, amount_cents, reversals };
        payment.transfers.iter().all(|known| known.id != sent.id).then_some(sent)
    };
    made.into_iter().filter_map(unknown).collect()
}

fn rooms_at_runner(payment: &Payment) -> Vec<(String, Cents)> {
    payment.transfers.iter().map(|sent| (sent.id.clone(), sent.left_cents())).collect()
}

/// Takes an amount out of rooms, the first one first.
fn take(rooms: Vec<(String, Cents)>, amount_cents: Cents) -> Vec<Part> {
    let mut left = amount_cents;
    let mut parts = Vec::new();
    for (from, room) in rooms {
        let part = room.min(left);
        if part > Cents(0) {
            left = left - part;
            parts.push(Part { from, amount_cents: part });
        }
    }
    parts
}

pub(crate) fn sum(parts: &[Part]) -> Cents {
    parts.iter().map(|part| part.amount_cents).sum()
}

/// Does what the plan says, as far as Stripe lets it. `label` tells the occasion from others of the same order, in the
/// idempotency keys and in Stripe's metadata.
pub(crate) async fn carry_out(
    stripe: &Stripe,
    order_id: OrderId,
    plan: &Plan,
    label: &str,
) -> Result<GivenBack, Fault> {
    let mut given = GivenBack::default();
    for Part { from, amount_cents } in &plan.reversals {
        let key = format!("{order_id}:reverse:{label}:{from}");
        match no_or_fault(stripe.reverse(from, *amount_cents, label, &key).await)? {
            Ok(reversal) => given.reversals.push((from.clone(), reversal)),
            Err(no) => return Ok(GivenBack { failed: Some(no), ..given }),
        }
    }
    for Part { from, amount_cents } in &plan.refunds {
        let key = format!("{order_id}:refund:{label}:{from}");
        match no_or_fault(stripe.refund(order_id, from, *amount_cents, label, &key).await)? {
            Ok(refund) => given.refunds.push((from.clone(), refund)),
            Err(no) => return Ok(GivenBack { failed: Some(no), ..given }),
        }
    }
    Ok(given)
}

/// On what terms something was given back.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// Who bears it.
    pub(crate) bearer: Bearer,
    /// What of it they bear by getting less.
    pub(crate) withheld_cents: Cents,
    /// Reversals that are set aside already.
    pub(crate) set_aside: Vec<String>,
    /// What was taken back from the runner for something else.
    pub(crate) kept_cents: Cents,
}

impl Terms {
    pub(crate) fn of(bearer: Bearer) -> Self {
        Self { bearer, withheld_cents: Cents(0), set_aside: Vec::new(), kept_cents: Cents(0) }
    }
}

/// Books what was moved.
pub(crate) fn record(now: Timestamp, payment: &mut Payment, given: &GivenBack, terms: &Terms) -> Told {
    let Terms { bearer, withheld_cents, set_aside, kept_cents } = terms;
    let mut reversed_cents = Cents(0);
    for (transfer, reversal) in &given.reversals {
        if !set_aside.contains(&reversal.id) {
            // Set aside before it is booked, or it would be the platform's for a moment.
            payment.taken_back_cents = payment.taken_back_cents + reversal.amount_cents;
        }
        if payment.now_reversed(now, transfer, reversal).is_new() {
            reversed_cents = reversed_cents + reversal.amount_cents;
        }
    }
    payment.taken_back_cents = payment.taken_back_cents + *withheld_cents;
    let refunded_cents = record_refunds(now, payment, given, Some(Borne { by: *bearer, kept_cents: *kept_cents }));
    payment.level(now);
    match &given.failed {
        Some(no) => payment.raise(now, TroubleKind::RefundFailed, &no.code),
        // Of an order that is over everything is owed: that trouble goes with the last cent.
        None if payment.over_since.is_none() && given.arrives(payment) => {
            payment.settle_trouble(TroubleKind::RefundFailed);
        }
        None => {}
    }
    Told {
        reversed: payment.reversed_event(reversed_cents),
        refunded: payment.refunded_event(refunded_cents),
        failed: given.failed.clone().map(|No { code, message }| {
            let order_id = payment.order_id;
            RefundFailed { order_id, code, message }
        }),
    }
}

/// Books what went to the customer. Returns what of it is news.
pub(crate) fn record_refunds(now: Timestamp, payment: &mut Payment, given: &GivenBack, borne: Option<Borne>) -> Cents {
    let mut refunded_cents = Cents(0);
    for (charge, refund) in &given.refunds {
        let of_charge = payment.charges().into_iter().find(|(_, known)| known.id == *charge);
        let Some(payment_intent) = of_charge.map(|(payment_intent, _)| payment_intent.to_owned()) else { continue };
        if payment.now_refunded(now, &payment_intent, refund, borne).is_new() {
            refunded_cents = refunded_cents + refund.amount_cents;
        }
    }
    refunded_cents
}

impl GivenBack {
    /// Whether the customer gets what was given. A refund that is known to have come back is told again under its old key.
    fn arrives(&self, payment: &Payment) -> bool {
        let known = |id: &str| payment.refunds.iter().any(|known| known.id == id && known.arrives());
        !self.refunds.is_empty() && self.refunds.iter().all(|(_, refund)| known(&refund.id))
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.failed.is_none()
    }
}

impl Payment {
    pub(crate) fn reversed_event(&self, reversed_cents: Cents) -> Option<PayoutReversed> {
        let runner_id: UserId = self.runner_id()?;
        let order_id = self.order_id;
        (reversed_cents > Cents(0)).then_some(PayoutReversed { order_id, runner_id, reversed_cents })
    }

    pub(crate) fn refunded_event(&self, refunded_cents: Cents) -> Option<PaymentRefunded> {
        let (order_id, customer_id) = (self.order_id, self.customer_id()?);
        let total_refunded_cents = self.refunded_cents();
        (refunded_cents > Cents(0)).then_some(PaymentRefunded {
            order_id,
            customer_id,
            refunded_cents,
            total_refunded_cents,
        })
    }
}

impl Told {
    pub(crate) fn say(self, change: Change<Payment>) -> Change<Payment> {
        let change = also(change, self.reversed);
        let change = also(change, self.refunded);
        also(change, self.failed)
    }
}
