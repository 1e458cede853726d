//! What notifications reacts to. Who is told what of it is in `table`.

use chassis::Service;
use contracts::notifications::Told;
use contracts::orders::{
    OrderAccepted, OrderActionRequired, OrderCancelled, OrderChangeAgreed, OrderChangeProposed, OrderChangeRefused,
    OrderCompleted, OrderDelivered, OrderDeparted, OrderOverdue, OrderProblemReported, OrderProblemResolved,
    OrderPurchased, OrderRated, OrderReopened, OrderRunnerWaits,
};
use contracts::payments::{
    PaymentRefunded, PayoutHeld, PayoutReturned, PayoutReversed, PayoutSent, TipDeclined, TipPaid,
};
use jiff::SignedDuration;

use crate::inbox::{self, Inbox};
use crate::notice::{Notice, tell};
use crate::table::Concerns;
use crate::{questions, store};

/// How long a notice is kept: longer than anybody looks back.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The service.
#[must_use]
pub fn service() -> Service {
    Service::new("notifications")
        .entity::<Notice>()
        .entity::<Inbox>()
        .migrations(store::migrations)
        .forgets(KEPT_FOR, store::forget)
        // what becomes of orders
        .tell::<OrderActionRequired>("tell-action-required")
        .tell::<OrderAccepted>("tell-accepted")
        .tell::<OrderReopened>("tell-reopened")
        .tell::<OrderPurchased>("tell-purchased")
        .tell::<OrderDeparted>("tell-departed")
        .tell::<OrderRunnerWaits>("tell-runner-waits")
        .tell::<OrderChangeProposed>("tell-change-proposed")
        .tell::<OrderChangeAgreed>("tell-change-agreed")
        .tell::<OrderChangeRefused>("tell-change-refused")
        .tell::<OrderOverdue>("tell-overdue")
        .tell::<OrderDelivered>("tell-delivered")
        .tell::<OrderCompleted>("tell-completed")
        .tell::<OrderCancelled>("tell-cancelled")
        .tell::<OrderProblemReported>("tell-problem-reported")
        .tell::<OrderProblemResolved>("tell-problem-resolved")
        .tell::<OrderRated>("tell-rated")
        // money
        .tell::<PayoutSent>("tell-paid-out")
        .tell::<PayoutHeld>("tell-payout-held")
        .tell::<PayoutReversed>("tell-payout-reversed")
        .tell::<PayoutReturned>("tell-payout-returned")
        .tell::<PaymentRefunded>("tell-refunded")
        .tell::<TipPaid>("tell-tip-paid")
        .tell::<TipDeclined>("tell-tip-declined")
        // what people have seen
        .intent("read", inbox::mark_read)
        .on("forget", inbox::forget)
        .answers("list", questions::list)
}

/// A row of this table like all others: the people whom `table` names are told.
trait Tells {
    fn tell<E: Concerns>(self, name: &'static str) -> Self;
}

impl Tells for Service {
    fn tell<E: Concerns>(self, name: &'static str) -> Self {
        self.on_by(name, Notice::of::<E>, tell::<E>).publishes::<(Told,)>()
    }
}
