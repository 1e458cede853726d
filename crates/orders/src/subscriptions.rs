//! What orders reacts to.

use chassis::{Config, Service};
use contracts::orders::{
    OrderAccepted, OrderActionRequired, OrderCancelled, OrderChangeAgreed, OrderChangeProposed, OrderChangeRefused,
    OrderClaimed, OrderCompleted, OrderDelivered, OrderDeparted, OrderExcessAgreed, OrderLateHold, OrderNoShow,
    OrderOpened, OrderOverdue, OrderPlaced, OrderProblemReported, OrderProblemResolved, OrderPurchased, OrderRated,
    OrderReopened, OrderRunnerWaits, OrderTipAgreed,
};
use contracts::timers::{AcceptanceDeadline, ActionDeadline, ConsentDeadline, DeliveryDeadline, NoShowDeadline};

use crate::menus::{self, PriceList};
use crate::order::Order;
use crate::policy::Policy;
use crate::saved::{self, Shelf};
use crate::{aftermath, changes, claiming, delivering, ending, migrations, placing, questions};

/// The service.
///
/// # Errors
/// When the policy cannot be read from the settings.
#[expect(clippy::too_many_lines, reason = "one table, read from the top to the bottom")]
pub fn service(config: &Config) -> anyhow::Result<Service> {
    let policy: Policy = config.section("policy")?;
    let (fees, told) = (policy.clone(), policy);
    Ok(Service::new("orders")
        .entity::<Order>()
        .entity::<PriceList>()
        .entity::<Shelf>()
        .migrations(migrations::all)
        // from a quote to an offer
        .intent("place", placing::place)
        .publishes::<(OrderPlaced, ActionDeadline)>()
        .on("await-customer", placing::await_customer)
        .publishes::<(OrderActionRequired, ActionDeadline, OrderLateHold)>()
        .on("open-paid", placing::open_paid)
        .publishes::<(OrderOpened, AcceptanceDeadline, OrderLateHold)>()
        .on("cancel-unpaid", placing::cancel_unpaid)
        .publishes::<(OrderCancelled,)>()
        .on("cancel-unpayable", placing::cancel_unpayable)
        .publishes::<(OrderCancelled,)>()
        .on("time-out-action", placing::time_out_action)
        .publishes::<(OrderCancelled,)>()
        .on("expire", placing::expire)
        .publishes::<(OrderCancelled,)>()
        // from an offer to a runner, and back
        .intent("accept", claiming::accept)
        .publishes::<(OrderClaimed,)>()
        .on("assign", claiming::assign)
        .publishes::<(OrderAccepted, DeliveryDeadline)>()
        .on("reopen", claiming::reopen)
        .publishes::<(OrderReopened, AcceptanceDeadline, OrderCancelled)>()
        .intent("withdraw", claiming::withdraw)
        .publishes::<(OrderReopened, AcceptanceDeadline)>()
        // at the counter
        .intent("propose", changes::propose)
        .publishes::<(OrderChangeProposed, ConsentDeadline)>()
        .intent("answer", changes::answer)
        .publishes::<(OrderExcessAgreed, OrderChangeAgreed, OrderChangeRefused)>()
        .on("allow-excess", changes::allow_excess)
        .publishes::<(OrderChangeAgreed,)>()
        .on("refuse-excess", changes::refuse_excess)
        .publishes::<(OrderChangeRefused,)>()
        .on("refuse-unanswered", changes::refuse_unanswered)
        .publishes::<(OrderChangeRefused,)>()
        // to the door
        .intent("advance", delivering::advance)
        .publishes::<(OrderPurchased, OrderDeparted, OrderDelivered, OrderChangeProposed, ConsentDeadline)>()
        .intent("arrive", delivering::arrive)
        .publishes::<(OrderRunnerWaits, NoShowDeadline)>()
        .on("flag-no-show", delivering::flag_no_show)
        .publishes::<(OrderNoShow,)>()
        .intent("confirm", delivering::confirm)
        .publishes::<(OrderDelivered,)>()
        .on("flag-late", delivering::flag_late)
        .publishes::<(OrderOverdue,)>()
        // how it ends
        .intent("cancel", ending::cancel)
        .publishes::<(OrderCancelled,)>()
        .on("end-unheld", ending::end_unheld)
        .publishes::<(OrderCancelled,)>()
        .on("end-stale", ending::end_stale)
        .publishes::<(OrderCancelled, OrderLateHold)>()
        .on("await-payment", ending::await_payment)
        .on("await-payout", ending::await_payout)
        .on("await-payee", ending::await_payee)
        .on("complete", ending::complete)
        .publishes::<(OrderCompleted,)>()
        // words about it
        .intent("report-problem", aftermath::report_problem)
        .publishes::<(OrderProblemReported,)>()
        .intent("resolve-problem", aftermath::resolve_problem)
        .publishes::<(OrderProblemResolved,)>()
        .intent("rate", aftermath::rate)
        .publishes::<(OrderRated,)>()
        .intent("tip", aftermath::tip)
        .publishes::<(OrderTipAgreed,)>()
        .on("note-tip", aftermath::note_tip)
        .on("note-declined-tip", aftermath::note_declined_tip)
        // price lists and saved baskets
        .intent("publish-menu", menus::publish)
        .intent("save-basket", saved::save)
        .intent("rename-saved", saved::rename)
        .intent("delete-saved", saved::delete)
        .on("forget-saved", saved::forget)
        // reads
        .answers("quote", move |reads, ask| questions::quote(fees.clone(), reads, ask))
        .answers("get", questions::get)
        .answers("list", questions::list)
        .answers("offers", questions::offers)
        .answers("tally", questions::tally)
        .answers("policy", move |reads, ask| questions::policy(told.clone(), reads, ask))
        .answers("saved", questions::saved)
        .answers("vendors", questions::vendors)
        .answers("menu", questions::menu)
        .answers("tasks", questions::tasks)
        .answers("standings", questions::standings))
}
