//! What of a delivered order's money there is still to move.

use contracts::{Cents, UserId};

use crate::payment::{Charge, Hold, No, Payment, Share, Standing};

/// What to take of a hold; nothing of one that is not needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taking {
    pub(crate) payment_intent: String,
    pub(crate) amount_cents: Cents,
}

/// What is still to be taken: of the first hold first, and of the others what is still needed.
pub(crate) fn takings(payment: &Payment) -> Result<Vec<Taking>, No> {
    let mut needed = payment.payee.as_ref().map_or(Cents(0), |payee| payee.total_cents);
    if needed <= Cents(0) {
        // An amount that nobody named must not let go of what a delivery has earned.
        return Err(No { code: "no_amount".to_owned(), message: "Nobody said how much to take.".to_owned() });
    }
    let mut takings = Vec::new();
    for hold in &payment.holds {
        match &hold.standing {
            Standing::Captured(charge) => needed = (needed - charge.captured_cents).max(Cents(0)),
            Standing::Held => {
                let amount_cents = needed.min(hold.amount_cents);
                needed = needed - amount_cents;
                takings.push(Taking { payment_intent: hold.payment_intent.clone(), amount_cents });
            }
            Standing::Waiting { .. } | Standing::Failed | Standing::Released => {}
        }
    }
    if needed > Cents(0) { Err(not_enough(payment)) } else { Ok(takings) }
}

fn not_enough(payment: &Payment) -> No {
    let message = format!("Only {} cents are held.", payment.held_cents().0);
    No { code: "not_enough_held".to_owned(), message }
}

/// A part of what goes to the runner, and the charge that it is paid from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payout {
    pub(crate) charge: String,
    pub(crate) share: Share,
    pub(crate) runner_id: UserId,
    pub(crate) amount_cents: Cents,
}

/// What is still to be sent: Stripe refuses a transfer beyond the charge that it is paid from.
pub(crate) fn payouts(payment: &Payment) -> Vec<Payout> {
    let mut payouts = Vec::new();
    if let Some(payee) = &payment.payee {
        let mut due = payment.due_cents();
        for charge in payment.holds.iter().filter_map(Hold::charge) {
            let amount_cents = due.min(charge.captured_cents - sent_from(payment, charge));
            if amount_cents > Cents(0) {
                due = due - amount_cents;
                let (charge, runner_id) = (charge.id.clone(), payee.runner_id);
                payouts.push(Payout { charge, share: Share::Payout, runner_id, amount_cents });
            }
        }
    }
    payouts.extend(tip_payout(payment));
    payouts.extend(return_of(payment));
    payouts
}

/// The tip, if it was charged and is not with the runner.
pub(crate) fn tip_payout(payment: &Payment) -> Option<Payout> {
    let tip = payment.tip.as_ref()?;
    let amount_cents = payment.tip_due_cents();
    let (charge, runner_id) = (tip.charge.id.clone(), tip.runner_id);
    (amount_cents > Cents(0)).then_some(Payout { charge, share: Share::Tip, runner_id, amount_cents })
}

/// What was taken back from the runner for a refund that did not succeed.
fn return_of(payment: &Payment) -> Option<Payout> {
    let amount_cents = payment.owed_back_cents();
    let charge = return_charge(payment)?;
    let runner_id = payment.runner_id()?;
    (amount_cents > Cents(0)).then_some(Payout { charge, share: Share::Back, runner_id, amount_cents })
}

/// The charge that is named for what is sent back to the runner.
pub(crate) fn return_charge(payment: &Payment) -> Option<String> {
    let reversed = payment.transfers.iter().find(|sent| sent.reversed_cents() > Cents(0));
    let from = reversed.or(payment.transfers.first()).map(|sent| sent.charge.clone());
    // Who was paid less instead has no transfer of which it was taken back.
    from.or_else(|| Some(payment.charges().first()?.1.id.clone()))
}

fn sent_from(payment: &Payment, charge: &Charge) -> Cents {
    let of_charge = payment.transfers.iter().filter(|sent| sent.charge == charge.id && sent.share != Share::Back);
    of_charge.map(|sent| sent.amount_cents).sum()
}
