//! What Stripe says of an order's money by webhook. Facts come doubled, late and in any order: what is known changes
//! nothing, nothing goes backwards, and what comes too early is kept (predecessor.md B13, B19).

use chassis::{Change, Cx, Fault};
use contracts::payments::{FactRecalled, HoldLost, PaymentCaptured, PaymentDisputed, RecordStripeEvent, StripeFact};
use contracts::{Cents, Currency, Principal};
use jiff::Timestamp;

use crate::change::also;
use crate::hold::{authorized, declined};
use crate::ledger::Source;
use crate::payment::{Dispute, No, Payment, Stage, Standing};
use crate::refusal::Refusal;
use crate::stripe::{Captured, Refund};
use crate::trouble::TroubleKind;

/// Who brings facts: the platform's own webhook.
const WEBHOOK: &str = "stripe";

pub(crate) fn only_stripe(principal: &Principal) -> Result<(), Refusal> {
    match principal {
        Principal::System(name) if name == WEBHOOK => Ok(()),
        Principal::System(_) | Principal::User(_) | Principal::Operator(_) | Principal::Finance(_) => {
            Err(Refusal::NotAllowed)
        }
    }
}

/// Records a fact. One about something that is not known yet is kept until it is.
pub(crate) fn record_stripe_event(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    event: RecordStripeEvent,
) -> Result<Change<Payment>, Refusal> {
    only_stripe(&cx.principal)?;
    let mut payment = payment.unwrap_or_else(|| Payment::new(event.order_id, Currency::default()));
    if !payment.knows(&event.fact) {
        return Ok(if payment.keep_for_later(event.fact) { Change::to(payment) } else { Change::none() });
    }
    Ok(ripe(apply(cx.now, payment, event.fact)))
}

/// Says so if facts that came early can be recorded by now: everything that makes something known ends with this.
pub(crate) fn ripe(change: Change<Payment>) -> Change<Payment> {
    let recalled = change.state().filter(|payment| payment.early.iter().any(|fact| payment.knows(fact)));
    let recalled = recalled.map(|payment| FactRecalled { order_id: payment.order_id });
    also(change, recalled)
}

/// Records a fact that came early, one at a time.
pub(crate) fn record_recalled(
    cx: &Cx<'_>,
    payment: Option<Payment>,
    _: FactRecalled,
) -> Result<Change<Payment>, Fault> {
    let Some(mut payment) = payment else { return Ok(Change::none()) };
    let Some(at) = payment.early.iter().position(|fact| payment.knows(fact)) else { return Ok(Change::none()) };
    let fact = payment.early.remove(at);
    let without = payment.clone();
    let change = apply(cx.now, payment, fact);
    Ok(ripe(if change.state().is_some() { change } else { Change::to(without) }))
}

impl Payment {
    /// Whether it was not kept already. Of a payment that never came to be there is nothing to keep: its bank had said no
    /// before its PaymentIntent was known.
    fn keep_for_later(&mut self, fact: StripeFact) -> bool {
        let known = self.early.contains(&fact);
        let of_nothing = matches!(fact, StripeFact::Failed { .. }) && self.stage() != Stage::Void;
        if known || of_nothing {
            return false;
        }
        self.early.push(fact);
        true
    }
}

fn apply(now: Timestamp, payment: Payment, fact: StripeFact) -> Change<Payment> {
    match fact {
        StripeFact::Held { payment_intent, capturable_cents } => held(now, payment, &payment_intent, capturable_cents),
        StripeFact::Failed { payment_intent, code, message } => failed(payment, &payment_intent, No { code, message }),
        StripeFact::Canceled { payment_intent, reason } => canceled(now, payment, &payment_intent, reason),
        StripeFact::Captured { payment_intent, charge, captured_cents } => {
            captured(now, payment, &Captured { payment_intent, charge, captured_cents, fee_cents: None })
        }
        StripeFact::Refunded { payment_intent, refund: id, amount_cents, status } => {
            refunded(now, payment, &payment_intent, &Refund { id, amount_cents, status })
        }
        StripeFact::Disputed { payment_intent, dispute: id, amount_cents, status } => {
            disputed(now, payment, &payment_intent, &Told { id, amount_cents, status })
        }
        StripeFact::Reversed { transfer, reversals } => {
            let mut payment = payment;
            let mut reversed_cents = Cents(0);
            for reversal in &reversals {
                payment.set_aside(&transfer, reversal);
                if payment.now_reversed(now, &transfer, reversal).is_new() {
                    reversed_cents = reversed_cents + reversal.amount_cents;
                }
            }
            match payment.reversed_event(reversed_cents) {
                Some(said) => Change::to(payment).say(said),
                None => Change::none(),
            }
        }
    }
}

fn held(now: Timestamp, mut payment: Payment, payment_intent: &str, held_cents: Cents) -> Change<Payment> {
    let main = payment.holds.first().is_some_and(|hold| hold.payment_intent == payment_intent);
    match (payment.now_held(now, payment_intent, held_cents).is_new(), main) {
        (true, true) => {
            // A second card may hold what the first one did not; whether it is still wanted, orders says.
            payment.declined = None;
            authorized(now, payment, held_cents)
        }
        (true, false) => Change::to(payment),
        (false, _) => Change::none(),
    }
}

fn failed(mut payment: Payment, payment_intent: &str, no: No) -> Change<Payment> {
    let Some(hold) = payment.holds.iter_mut().find(|hold| hold.payment_intent == payment_intent) else {
        return Change::none();
    };
    match hold.standing {
        Standing::Waiting { .. } => {
            hold.standing = Standing::Failed;
            declined(payment, no)
        }
        Standing::Failed | Standing::Held | Standing::Released | Standing::Captured(_) => Change::none(),
    }
}

fn canceled(now: Timestamp, mut payment: Payment, payment_intent: &str, reason: Option<String>) -> Change<Payment> {
    let Some(hold) = payment.holds.iter().find(|hold| hold.payment_intent == payment_intent) else {
        return Change::none();
    };
    let was = hold.standing.clone();
    let held_cents = payment.now_released(now, payment_intent);
    let order_id = payment.order_id;
    match was {
        Standing::Waiting { .. } => declined(payment, canceled_at_stripe()),
        Standing::Failed => Change::to(payment),
        // Stripe had not let go of it when the order ended, and now it is gone.
        Standing::Held if payment.over_since.is_some() => {
            payment.drop_settled_troubles();
            Change::to(payment)
        }
        Standing::Held => {
            payment.raise(now, TroubleKind::HoldLost, reason.as_deref().unwrap_or("canceled"));
            Change::to(payment).say(HoldLost { order_id, held_cents })
        }
        Standing::Released | Standing::Captured(_) => Change::none(),
    }
}

fn canceled_at_stripe() -> No {
    No { code: "canceled".to_owned(), message: "The payment was called off at the bank.".to_owned() }
}

fn captured(now: Timestamp, mut payment: Payment, captured: &Captured) -> Change<Payment> {
    let waited = payment.holds.first().is_some_and(|hold| matches!(hold.standing, Standing::Waiting { .. }));
    if !payment.now_captured(now, captured).is_new() {
        return Change::none();
    }
    if payment.over_since.is_some() {
        payment.raise(now, TroubleKind::RefundFailed, "captured_when_over");
        payment.drop_settled_troubles();
    }
    let captured_cents = captured.captured_cents;
    let said = PaymentCaptured { order_id: payment.order_id, captured_cents };
    // Its holding was not told yet: whoever waits for it hears of it now.
    let change = if waited { authorized(now, payment, captured_cents) } else { Change::to(payment) };
    change.say(said)
}

fn refunded(now: Timestamp, mut payment: Payment, payment_intent: &str, refund: &Refund) -> Change<Payment> {
    if !payment.charges().iter().any(|(known, _)| *known == payment_intent) {
        return Change::none();
    }
    match refund.status.as_str() {
        "pending" | "succeeded" => {
            if !payment.now_refunded(now, payment_intent, refund, None).is_new() {
                return Change::none();
            }
            payment.drop_settled_troubles();
            let said = payment.refunded_event(refund.amount_cents);
            also(Change::to(payment), said)
        }
        "failed" | "canceled" => {
            // A task says so, and the audit, whether or not it was known: whose money it is has heard of the refund, and hears
            // of the next one.
            if !payment.refund_came_back(now, payment_intent, &refund.id, refund.amount_cents).is_new() {
                return Change::none();
            }
            let code = format!("refund_{}", refund.status);
            if payment.overtaken_cents() > Cents(0) {
                // Under its old key Stripe would answer as if it had arrived.
                payment.tries.overtaken += 1;
                payment.raise(now, TroubleKind::TakenTooMuch, &code);
            } else {
                payment.raise(now, TroubleKind::RefundFailed, &code);
            }
            payment.drop_settled_troubles();
            let again = payment.promise_again(now);
            again.into_iter().fold(Change::to(payment), Change::promise)
        }
        // Stripe adds states; one that is neither done nor over moves no money.
        _ => Change::none(),
    }
}

/// What Stripe says of a dispute.
struct Told {
    id: String,
    amount_cents: Cents,
    status: String,
}

/// Where a dispute's status leaves the money, by <https://docs.stripe.com/api/disputes/object#dispute_object-status>.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standoff {
    /// An inquiry: the bank asks, and takes nothing.
    Asked,
    /// The bank has taken the money.
    Taken,
    /// It is over, and the money stays or is back.
    Won,
    /// It is over, and the money is gone.
    Lost,
}

fn standoff(status: &str) -> Standoff {
    match status {
        "won" | "warning_closed" | "prevented" => Standoff::Won,
        "lost" => Standoff::Lost,
        asked if asked.starts_with("warning_") => Standoff::Asked,
        _ => Standoff::Taken,
    }
}

/// How far a dispute has come: it never goes back, though what is told of it may.
fn rank(status: &str) -> u8 {
    match (status, standoff(status)) {
        ("warning_needs_response", _) => 0,
        (_, Standoff::Asked) => 1,
        // An inquiry that was closed may yet become a dispute.
        ("warning_closed", _) => 2,
        ("needs_response", _) => 3,
        (_, Standoff::Taken) => 4,
        (_, Standoff::Won | Standoff::Lost) => 5,
    }
}

fn disputed(now: Timestamp, mut payment: Payment, payment_intent: &str, told: &Told) -> Change<Payment> {
    let known = payment.disputes.iter().find(|dispute| dispute.id == told.id);
    let late = known.is_some_and(|known| rank(&told.status) <= rank(&known.status));
    let ours = payment.charges().iter().any(|(known, _)| *known == payment_intent);
    if late || !ours {
        return Change::none();
    }
    let mut dispute = known.cloned().unwrap_or_else(|| Dispute {
        id: told.id.clone(),
        amount_cents: told.amount_cents,
        status: String::new(),
        withdrawn_cents: Cents(0),
        fee_cents: Cents(0),
    });
    dispute.status.clone_from(&told.status);
    payment.move_disputed(now, &mut dispute);
    payment.disputes.retain(|other| other.id != dispute.id);
    payment.disputes.push(dispute);
    payment.raise_disputes(now);
    let said =
        PaymentDisputed { order_id: payment.order_id, disputed_cents: told.amount_cents, status: told.status.clone() };
    Change::to(payment).say(said)
}

impl Payment {
    fn move_disputed(&mut self, now: Timestamp, dispute: &mut Dispute) {
        let id = dispute.id.clone();
        let source = Source { at: now, stripe_id: &id };
        match standoff(&dispute.status) {
            Standoff::Taken | Standoff::Lost if dispute.withdrawn_cents == Cents(0) => {
                self.ledger.dispute(source, dispute.amount_cents);
                dispute.withdrawn_cents = dispute.amount_cents;
            }
            Standoff::Won => {
                self.ledger.dispute_won(source, dispute.withdrawn_cents);
                dispute.withdrawn_cents = Cents(0);
            }
            Standoff::Taken | Standoff::Lost | Standoff::Asked => {}
        }
        self.level(now);
    }

    /// A task as long as one of them is open.
    fn raise_disputes(&mut self, now: Timestamp) {
        let open = self.disputes.iter().find(|dispute| match standoff(&dispute.status) {
            Standoff::Asked | Standoff::Taken => true,
            Standoff::Won | Standoff::Lost => false,
        });
        match open.map(|dispute| dispute.status.clone()) {
            Some(status) => self.raise(now, TroubleKind::Disputed, &status),
            None => self.settle_trouble(TroubleKind::Disputed),
        }
    }
}
