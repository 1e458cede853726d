//! Faults that other systems have, put into the rules of orders on purpose: for the museum (`crates/museum`), which shows the
//! check that notices each. Most hand the right rule an order, an intent or an asker for which its guard does not hold.

use chassis::change::Refusal as _;
use chassis::defects::read_unchecked;
use chassis::service::Rule;
use chassis::{Change, Cx, Fault, Service};
use contracts::orders::{
    AcceptOrder, AdvanceOrder, AnswerChange, CancelOrder, CancelReason, OrderClaimed, OrderReopened, PlaceOrder, Step,
    WithdrawOrder,
};
use contracts::payments::{PaymentAuthorized, PaymentDeclined, PayoutHeld};
use contracts::quote::{Price, Quote, SealedQuote};
use contracts::timers::AcceptanceElapsed;
use contracts::users::RunnerRejected;
use contracts::{Cents, Event, Intent, OrderId, Principal};

use crate::order::{Order, Ruling, Stage, known};
use crate::refusal::Refusal;
use crate::{claiming, delivering, ending, placing, quote};

fn ruling<M: Intent<Key = OrderId>>(service: Service, name: &'static str, wrong: Rule<Order, M, Refusal>) -> Service {
    service.replacing(name, |service| service.intent(name, wrong))
}

fn reacting<M: Event<Key = OrderId>>(service: Service, name: &'static str, wrong: Rule<Order, M, Fault>) -> Service {
    service.replacing(name, |service| service.on(name, wrong))
}

// --- from a quote to an offer ------------------------------------------------------------------------------------------

/// The price is what the client says that it is.
#[must_use]
pub fn client_names_the_price(service: Service) -> Service {
    ruling::<PlaceOrder>(service, "place", |cx, order, intent| {
        let quote: Quote = read_unchecked(quote::SEAL, &intent.quote.0).ok_or(Refusal::BadQuote)?;
        let sealed = cx.sealer.seal(quote::SEAL, &quote).map_err(|_| Refusal::BadQuote)?;
        placing::place(cx, order, PlaceOrder { quote: SealedQuote(sealed), ..intent })
    })
}

/// A hold that comes late brings a cancelled order back.
#[must_use]
pub fn late_hold_resurrects(service: Service) -> Service {
    reacting::<PaymentAuthorized>(service, "open-paid", |cx, order, authorized| {
        let over = |order: &Order| matches!(order.stage, Stage::Cancelled { .. });
        let order = order.map(|order| if over(&order) { Order { stage: Stage::Pending, ..order } } else { order });
        placing::open_paid(cx, order, authorized)
    })
}

/// A bank's no that comes late ends a live order.
#[must_use]
pub fn late_no_ends_a_live_order(service: Service) -> Service {
    reacting::<PaymentDeclined>(service, "cancel-unpaid", |cx, order, declined| {
        let order = order.map(|order| if order.is_over() { order } else { Order { stage: Stage::Pending, ..order } });
        placing::cancel_unpaid(cx, order, declined)
    })
}

/// The branch for a customer without a card is not reached.
#[must_use]
pub fn nobody_hears_of_a_missing_card(service: Service) -> Service {
    service.without("cancel-unpayable")
}

/// The offer's deadline ends the order, wherever it stands.
#[must_use]
pub fn expiry_without_a_look(service: Service) -> Service {
    reacting::<AcceptanceElapsed>(service, "expire", |cx, order, _| {
        let order = known(order)?;
        Ok(if order.is_over() { Change::none() } else { order.over(cx, CancelReason::Expired) })
    })
}

// --- from an offer to a runner, and back -------------------------------------------------------------------------------

fn accepting(service: Service, wrong: Rule<Order, AcceptOrder, Refusal>) -> Service {
    ruling(service, "accept", wrong)
}

fn claim(cx: &Cx<'_>, order: Order) -> Ruling {
    let runner = cx.principal.user().ok_or(Refusal::NotAPerson)?;
    let order = order.become_(cx, Stage::Claimed { runner_id: runner, until: cx.now + placing::ACCEPTANCE });
    let about = order.about(cx);
    Ok(Change::to(order).say(OrderClaimed { about, claimed_by: runner }))
}

/// Whoever accepts has it, whether or not somebody else does.
#[must_use]
pub fn claim_without_a_look(service: Service) -> Service {
    accepting(service, |cx, order, intent| match order {
        Some(order) if order.runner().is_some() && !order.is_over() => claim(cx, order),
        order => claiming::accept(cx, order, intent),
    })
}

/// A customer delivers to themselves.
#[must_use]
pub fn own_order_is_taken(service: Service) -> Service {
    accepting(service, |cx, order, intent| match order {
        Some(order) if cx.principal.user() == Some(order.customer_id) && order.offer().is_some() => claim(cx, order),
        order => claiming::accept(cx, order, intent),
    })
}

/// An accept is taken after the offer's end, because nobody has ended it yet.
#[must_use]
pub fn overdue_accept_is_taken(service: Service) -> Service {
    accepting(service, |cx, order, intent| match order {
        Some(order) if matches!(order.stage, Stage::Open { until } if cx.said_at > until) => claim(cx, order),
        order => claiming::accept(cx, order, intent),
    })
}

/// The refusal of one runner takes the order from another.
#[must_use]
pub fn refusal_takes_it_from_another(service: Service) -> Service {
    reacting::<RunnerRejected>(service, "reopen", |cx, order, rejected| {
        let runner_id = order.as_ref().and_then(Order::runner).unwrap_or(rejected.runner_id);
        claiming::reopen(cx, order, RunnerRejected { runner_id, ..rejected })
    })
}

fn withdrawing(service: Service, wrong: Rule<Order, WithdrawOrder, Refusal>) -> Service {
    ruling(service, "withdraw", wrong)
}

/// Who gives an order back keeps it all the same.
#[must_use]
pub fn withdrawing_keeps_the_runner(service: Service) -> Service {
    withdrawing(service, |cx, order, intent| {
        claiming::withdraw(cx, order.clone(), intent)?;
        let order = order.ok_or(Refusal::NotFound)?;
        let about = order.about(cx);
        let was_claimed_by = order.runner().ok_or(Refusal::NotTheRunner)?;
        let reason = "withdrawn".to_owned();
        Ok(Change::to(order).say(OrderReopened { about, was_claimed_by, reason, until: None }))
    })
}

/// A runner walks away with the food.
#[must_use]
pub fn withdrawing_with_the_food(service: Service) -> Service {
    withdrawing(service, |cx, order, intent| claiming::withdraw(cx, order.map(as_if_nothing_was_bought), intent))
}

fn as_if_nothing_was_bought(mut order: Order) -> Order {
    if let Stage::UnderWay { reached, .. } = &mut order.stage {
        *reached = None;
    }
    order
}

// --- at the counter, and to the door -----------------------------------------------------------------------------------

/// A yes to more money counts before the bank holds it.
#[must_use]
pub fn yes_without_the_money(service: Service) -> Service {
    ruling::<AnswerChange>(service, "answer", |cx, mut order, intent| {
        if let Some(order) = &mut order
            && let Some(asked) = &mut order.asked
        {
            order.excess_held_cents = order.excess_held_cents + asked.excess_cents;
            asked.excess_cents = Cents(0);
        }
        crate::changes::answer(cx, order, intent)
    })
}

fn advancing(service: Service, wrong: Rule<Order, AdvanceOrder, Refusal>) -> Service {
    ruling(service, "advance", wrong)
}

fn advance_knowing(
    cx: &Cx<'_>,
    order: Option<Order>,
    intent: AdvanceOrder,
    step: Step,
    otherwise: fn(Order, &AdvanceOrder) -> Order,
) -> Ruling {
    let order = order.map(|order| if intent.to == step { otherwise(order, &intent) } else { order });
    delivering::advance(cx, order, intent)
}

/// Anybody moves an order on.
#[must_use]
pub fn anybody_advances(service: Service) -> Service {
    advancing(service, |cx, order, intent| {
        let runner = order.as_ref().and_then(Order::runner).map(Principal::User);
        let cx = Cx { principal: runner.unwrap_or_else(|| cx.principal.clone()), ..*cx };
        delivering::advance(&cx, order, intent)
    })
}

/// Any step follows any other.
#[must_use]
pub fn steps_are_skipped(service: Service) -> Service {
    advancing(service, |cx, mut order, intent| {
        if let Some(Order { stage: Stage::UnderWay { reached, .. }, .. }) = &mut order {
            *reached = match intent.to {
                Step::Placed => None,
                Step::OnTheWay => Some(Step::Placed),
                Step::Delivered => Some(Step::OnTheWay),
            };
        }
        delivering::advance(cx, order, intent)
    })
}

/// The till may take more than is held.
#[must_use]
pub fn any_receipt_will_do(service: Service) -> Service {
    advancing(service, |cx, order, intent| {
        advance_knowing(cx, order, intent, Step::Placed, |order, intent| Order {
            excess_held_cents: intent.receipt_cents.unwrap_or_default(),
            ..order
        })
    })
}

/// The customer pays the estimate, whatever the till said.
#[must_use]
pub fn the_estimate_is_charged(service: Service) -> Service {
    advancing(service, |cx, order, intent| {
        advance_knowing(cx, order, intent, Step::Delivered, |order, _| Order { receipt_cents: None, ..order })
    })
}

/// The platform keeps the runner's tip.
#[must_use]
pub fn the_tip_is_kept(service: Service) -> Service {
    advancing(service, |cx, order, intent| {
        advance_knowing(cx, order, intent, Step::Delivered, |order, _| {
            let platform_fee_cents = order.price.platform_fee_cents + order.price.tip_cents;
            Order { price: Price { platform_fee_cents, ..order.price }, ..order }
        })
    })
}

/// The platform forgets its fee.
#[must_use]
pub fn the_fee_is_lost(service: Service) -> Service {
    advancing(service, |cx, order, intent| {
        advance_knowing(cx, order, intent, Step::Delivered, |order, _| Order {
            price: Price { platform_fee_cents: Cents(0), ..order.price },
            ..order
        })
    })
}

/// Nobody looks at the PIN.
#[must_use]
pub fn any_pin_will_do(service: Service) -> Service {
    advancing(service, |cx, order, intent| {
        let pin = order.as_ref().map(|order| order.pin.clone());
        delivering::advance(cx, order, AdvanceOrder { pin, ..intent })
    })
}

// --- how it ends -------------------------------------------------------------------------------------------------------

fn cancelling(service: Service, wrong: Rule<Order, CancelOrder, Refusal>) -> Service {
    ruling(service, "cancel", wrong)
}

/// A customer calls off for nothing what their runner has bought.
#[must_use]
pub fn cancelled_after_the_purchase(service: Service) -> Service {
    cancelling(service, |cx, order, intent| match order {
        Some(order) if matches!(order.stage, Stage::UnderWay { .. }) => Ok(order.over(cx, CancelReason::Customer)),
        order => ending::cancel(cx, order, intent),
    })
}

/// What is over is called off.
#[must_use]
pub fn terminal_is_not_terminal(service: Service) -> Service {
    cancelling(service, |cx, order, intent| match order {
        Some(order) if matches!(order.stage, Stage::Completed { .. }) => Ok(order.over(cx, CancelReason::Operator)),
        order => ending::cancel(cx, order, intent),
    })
}

/// A refusal is told, and happens all the same.
#[must_use]
pub fn refused_and_done_all_the_same(service: Service) -> Service {
    cancelling(service, |cx, order, intent| match (ending::cancel(cx, order.clone(), intent), order) {
        (Err(refusal), Some(order)) if !order.is_over() && refusal.code() == Refusal::RunnerHasIt.code() => {
            Ok(order.over(cx, CancelReason::Customer).but(&refusal))
        }
        (ruling, _) => ruling,
    })
}

/// An order is complete when its payout was tried.
#[must_use]
pub fn complete_when_tried(service: Service) -> Service {
    reacting::<PayoutHeld>(service, "await-payout", |cx, order, _| {
        let order = known(order)?;
        let Stage::Delivered { runner_id, .. } = order.stage else { return Ok(Change::none()) };
        Ok(Change::to(order.become_(cx, Stage::Completed { runner_id })))
    })
}
