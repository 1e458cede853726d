//! What could not be moved is tried again, and a hold does not lapse unnoticed.

use chassis::{Change, Cx, Fault};
use contracts::payments::{HoldLapsing, SettlementRetried};
use contracts::timers::{HoldElapsed, SettleElapsed};

use crate::payment::{Payment, Stage, Tries};
use crate::settlement::RETRIES;

pub(crate) fn retry_settlement(
    _: &Cx<'_>,
    payment: Option<Payment>,
    elapsed: SettleElapsed,
) -> Result<Change<Payment>, Fault> {
    let again = payment.is_some_and(|payment| payment.is_unsettled() && payment.tries.may_go_on());
    let retried = SettlementRetried { order_id: elapsed.order_id, account: None };
    Ok(if again { Change::none().say(retried) } else { Change::none() })
}

impl Tries {
    fn may_go_on(self) -> bool {
        self.captures <= RETRIES && self.payouts <= RETRIES
    }
}

/// A hold near Stripe's limit is taken or given back, never forgotten (predecessor.md B21).
pub(crate) fn renew_or_release(
    _: &Cx<'_>,
    payment: Option<Payment>,
    elapsed: HoldElapsed,
) -> Result<Change<Payment>, Fault> {
    let order_id = elapsed.order_id;
    let held = payment.filter(|payment| payment.stage() == Stage::Held && payment.over_since.is_none());
    Ok(match held.map(|payment| payment.payee) {
        Some(Some(_)) => Change::none().say(SettlementRetried { order_id, account: None }),
        Some(None) => Change::none().say(HoldLapsing { order_id }),
        None => Change::none(),
    })
}
