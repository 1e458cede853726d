//! What orders reacts to.

use chassis::Service;
use contracts::orders::{
    OrderAccepted, OrderCancelled, OrderClaimed, OrderCompleted, OrderDelivered, OrderDeparted, OrderLateHold,
    OrderOpened, OrderOverdue, OrderPlaced, OrderPurchased, OrderReopened,
};
use contracts::timers::{AcceptanceDeadline, DeliveryDeadline};

use crate::order::{self, Order};
use crate::{migrations, questions};

/// The service.
#[must_use]
pub fn service() -> Service {
    Service::new("orders")
        .entity::<Order>()
        .migrations(migrations::all)
        // forward
        .intent("place", order::place)
        .publishes::<(OrderPlaced,)>()
        .on("open-paid", order::open_paid)
        .publishes::<(OrderOpened, AcceptanceDeadline, OrderLateHold)>()
        .intent("accept", order::accept)
        .publishes::<(OrderClaimed,)>()
        .on("assign", order::assign)
        .publishes::<(OrderAccepted, DeliveryDeadline)>()
        .intent("advance", order::advance)
        .publishes::<(OrderPurchased, OrderDeparted, OrderDelivered)>()
        .on("complete", order::complete)
        .publishes::<(OrderCompleted,)>()
        // back
        .on("cancel-unpaid", order::cancel_unpaid)
        .publishes::<(OrderCancelled,)>()
        .on("cancel-unpayable", order::cancel_unpayable)
        .publishes::<(OrderCancelled,)>()
        .intent("cancel", order::cancel)
        .publishes::<(OrderCancelled,)>()
        .on("expire", order::expire)
        .publishes::<(OrderCancelled,)>()
        .on("reopen", order::reopen)
        .publishes::<(OrderReopened, AcceptanceDeadline, OrderCancelled)>()
        .on("flag-late", order::flag_late)
        .publishes::<(OrderOverdue,)>()
        // waiting for money
        .on("await-payment", order::await_payment)
        .on("await-payout", order::await_payout)
        .on("await-payee", order::await_payee)
        // reads
        .answers("quote", questions::quote)
        .answers("get", questions::get)
        .answers("list", questions::list)
        .answers("offers", questions::offers)
}
