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

use crate::inbox::{self, Inbox};
use crate::table::{Crier, tell};
use crate::{questions, store};

/// The service.
#[must_use]
pub fn service() -> Service {
    let service = Service::new("notifications")
        .entity::<Crier>()
        .entity::<Inbox>()
        .migrations(|| vec![store::inboxes::create(), store::criers::create()])
        // what people were told
        .on("keep", inbox::keep)
        .intent("read", inbox::mark_read)
        .on("forget", inbox::forget)
        .answers("list", questions::list);
    tell_of_money(tell_of_orders(service))
}

fn tell_of_orders(service: Service) -> Service {
    service
        .on("tell-action-required", tell::<OrderActionRequired>)
        .publishes::<(Told,)>()
        .on("tell-accepted", tell::<OrderAccepted>)
        .publishes::<(Told,)>()
        .on("tell-reopened", tell::<OrderReopened>)
        .publishes::<(Told,)>()
        .on("tell-purchased", tell::<OrderPurchased>)
        .publishes::<(Told,)>()
        .on("tell-departed", tell::<OrderDeparted>)
        .publishes::<(Told,)>()
        .on("tell-runner-waits", tell::<OrderRunnerWaits>)
        .publishes::<(Told,)>()
        .on("tell-change-proposed", tell::<OrderChangeProposed>)
        .publishes::<(Told,)>()
        .on("tell-change-agreed", tell::<OrderChangeAgreed>)
        .publishes::<(Told,)>()
        .on("tell-change-refused", tell::<OrderChangeRefused>)
        .publishes::<(Told,)>()
        .on("tell-overdue", tell::<OrderOverdue>)
        .publishes::<(Told,)>()
        .on("tell-delivered", tell::<OrderDelivered>)
        .publishes::<(Told,)>()
        .on("tell-completed", tell::<OrderCompleted>)
        .publishes::<(Told,)>()
        .on("tell-cancelled", tell::<OrderCancelled>)
        .publishes::<(Told,)>()
        .on("tell-problem-reported", tell::<OrderProblemReported>)
        .publishes::<(Told,)>()
        .on("tell-problem-resolved", tell::<OrderProblemResolved>)
        .publishes::<(Told,)>()
        .on("tell-rated", tell::<OrderRated>)
        .publishes::<(Told,)>()
}

fn tell_of_money(service: Service) -> Service {
    service
        .on("tell-paid-out", tell::<PayoutSent>)
        .publishes::<(Told,)>()
        .on("tell-payout-held", tell::<PayoutHeld>)
        .publishes::<(Told,)>()
        .on("tell-payout-reversed", tell::<PayoutReversed>)
        .publishes::<(Told,)>()
        .on("tell-payout-returned", tell::<PayoutReturned>)
        .publishes::<(Told,)>()
        .on("tell-refunded", tell::<PaymentRefunded>)
        .publishes::<(Told,)>()
        .on("tell-tip-paid", tell::<TipPaid>)
        .publishes::<(Told,)>()
        .on("tell-tip-declined", tell::<TipDeclined>)
        .publishes::<(Told,)>()
}
