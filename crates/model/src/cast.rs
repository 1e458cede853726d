//! Who takes part: one customer, two runners, one operator, one order; and what each of them may ask for.

use chassis::Sealer;
use chassis::rehearsal::Letter;
use contracts::orders::{
    AcceptOrder, AdvanceOrder, AnswerChange, CancelOrder, ConfirmDelivery, PlaceOrder, ProposeChange, Step, TipOrder,
    WithdrawOrder,
};
use contracts::payments::{Bearer, RefundPayment};
use contracts::place::{DeliverTo, Store};
use contracts::quote::{Basis, Line, Price, Quote, SealedQuote};
use contracts::users::{CardRef, PayoutRef, Role};
use contracts::{Cents, Currency, Intent, MessageId, OrderId, Principal, Text, UserId};
use jiff::{SignedDuration, Timestamp};
use users::User;

use crate::scope::Scope;

/// What the customer pays for the food, in cents.
pub const ITEMS: i64 = 1_000;
/// What the runner earns, in cents.
pub const FEE: i64 = 200;
/// What the platform keeps, in cents: so much that a charge has room for a second payout, which is what must not happen.
pub const PLATFORM: i64 = 1_300;
/// What the customer gives on top afterwards, in cents.
pub const TIP: i64 = 150;
/// What an errand's estimate is held with on top, in cents.
pub const BUFFER: i64 = 200;
/// What the till says when it says more than is held, in cents.
pub const TILL: i64 = 1_500;

/// When it all begins.
#[must_use]
pub fn start() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56)
}

/// The order.
#[must_use]
pub fn order_id() -> OrderId {
    id("ord", 1)
}

/// The customer.
#[must_use]
pub fn customer() -> UserId {
    id("usr", 1)
}

/// One of the runners: 0 or 1.
#[must_use]
pub fn runner(number: usize) -> UserId {
    id("usr", 10 + number)
}

/// The operator.
#[must_use]
pub fn operator() -> UserId {
    id("usr", 20)
}

#[expect(clippy::expect_used, reason = "the cast is written down here")]
fn id<I: std::str::FromStr<Err: std::fmt::Debug>>(prefix: &str, number: usize) -> I {
    format!("{prefix}_{number:032x}").parse().expect("an id")
}

#[expect(clippy::expect_used, reason = "the cast is written down here")]
fn text<const N: usize>(text: &str) -> Text<N> {
    Text::new(text).expect("a text")
}

/// The platform's key.
#[must_use]
#[expect(clippy::expect_used, reason = "the cast is written down here")]
pub fn sealer() -> Sealer {
    Sealer::from_hex(&"5".repeat(64)).expect("a key")
}

/// What users knows of everybody when it begins.
#[must_use]
pub fn people(scope: &Scope) -> Vec<User> {
    let mut payer = User::new(customer(), text("Customer"), vec![Role::Customer]);
    payer.card = scope.card.then(|| CardRef { customer: "cus_1".to_owned(), payment_method: "pm_1".to_owned() });
    let runner = |number: usize| {
        let mut user = User::new(runner(number), text("Runner"), vec![Role::Runner]);
        let payable = number == 0 || scope.second_runner_payable;
        user.payout = payable.then(|| PayoutRef(format!("acct_{number}")));
        user
    };
    vec![payer, runner(0), runner(1)]
}

/// Something that somebody may ask for.
pub struct Deed {
    /// Who, in words.
    pub who: &'static str,
    /// What, in words.
    pub what: String,
    /// The intent.
    pub letter: Letter,
    /// How often it may be asked for to any effect.
    pub times: u8,
    /// Which deed has to have been done before it; nothing is lost by that, see [`deeds`].
    pub after: Option<usize>,
}

fn deed<I: Intent>(who: &'static str, what: impl Into<String>, by: Principal, intent: &I, times: u8) -> Deed {
    let what = what.into();
    let payload = serde_json::to_string(intent).unwrap_or_default();
    let id = MessageId::of_request(&by, "model", &what);
    Deed { who, what, letter: Letter { subject: intent.subject(&by, 1), payload, id }, times, after: None }
}

/// Everything that people may ask for in a scope.
///
/// Runners who can both be paid are the same but for their names: the first one to accept is called the first. So the second
/// one's accepting waits for the first one's.
#[must_use]
pub fn deeds(scope: &Scope) -> Vec<Deed> {
    let order_id = order_id();
    let (payer, staff) = (Principal::User(customer()), Principal::Operator(operator()));
    let pin = sealer().pin("handover", &order_id.to_string());
    let mut deeds =
        vec![deed("the customer", "places the order", payer.clone(), &PlaceOrder { order_id, quote: quote(scope) }, 1)];
    if scope.customer_cancels {
        deeds.push(deed("the customer", "cancels", payer.clone(), &CancelOrder { order_id, note: None }, 1));
    }
    if scope.tips {
        let tip_cents = Cents(TIP);
        deeds.push(deed("the customer", "tips", payer.clone(), &TipOrder { order_id, tip_cents }, scope.tip_tries));
    }
    if scope.confirms {
        deeds.push(deed("the customer", "confirms the delivery", payer.clone(), &ConfirmDelivery { order_id }, 1));
    }
    for (number, who) in ["the first runner", "the second runner"].into_iter().enumerate().take(scope.runners) {
        let by = Principal::User(runner(number));
        let mut accept = deed(who, "accepts", by.clone(), &AcceptOrder { order_id }, scope.accepts);
        accept.after = (number == 1 && scope.second_runner_payable)
            .then(|| deeds.iter().position(|deed| deed.what == "accepts"))
            .flatten();
        deeds.push(accept);
        if scope.withdraws > 0 {
            deeds.push(deed(who, "withdraws", by.clone(), &WithdrawOrder { order_id }, scope.withdraws));
        }
        let step = |to, pin, receipt_cents| AdvanceOrder { order_id, to, pin, receipt_cents, occurred_at: None };
        let receipt = scope.errand.then_some(Cents(ITEMS));
        deeds.push(deed(who, "has bought it", by.clone(), &step(Step::Placed, None, receipt), 1));
        if scope.errand {
            let more = step(Step::Placed, None, Some(Cents(TILL)));
            deeds.push(deed(who, "has a till receipt beyond what is held", by.clone(), &more, 2));
            let propose = ProposeChange { order_id, items_cents: Cents(TILL), note: None };
            deeds.push(deed(who, "asks for more", by.clone(), &propose, 1));
        }
        if !scope.confirms {
            deeds.push(deed(who, "sets out", by.clone(), &step(Step::OnTheWay, None, None), 1));
            deeds.push(deed(who, "hands it over", by.clone(), &step(Step::Delivered, Some(pin.clone()), None), 1));
        }
    }
    if scope.errand {
        for agree in [true, false] {
            let what = if agree { "says yes to more" } else { "says no to more" };
            deeds.push(deed("the customer", what, payer.clone(), &AnswerChange { order_id, agree }, 1));
        }
    }
    if scope.operator_cancels {
        deeds.push(deed("the operator", "cancels", staff.clone(), &CancelOrder { order_id, note: None }, 1));
    }
    for (bearer, whose) in [(Bearer::Runner, "the runner's"), (Bearer::Platform, "the platform's")] {
        for amount_cents in &scope.refunds {
            let refund = RefundPayment { order_id, amount_cents: *amount_cents, bearer, reason: text("cold") };
            let share = amount_cents.map_or("everything".to_owned(), |cents| format!("{} cents", cents.0));
            let what = format!("refunds {share} at {whose} cost");
            deeds.push(deed("the operator", what, staff.clone(), &refund, scope.refund_tries));
        }
    }
    deeds
}

fn quote(scope: &Scope) -> SealedQuote {
    let (items_cents, delivery_fee_cents, platform_fee_cents) = (Cents(ITEMS), Cents(FEE), Cents(PLATFORM));
    let total_cents = items_cents + delivery_fee_cents + platform_fee_cents;
    let quote = Quote {
        customer_id: customer(),
        store: Store { name: text("Hall"), location: text("here") },
        deliver_to: DeliverTo { building: text("B"), room: text("1"), note: None },
        lines: vec![Line { name: text("Rice"), quantity: 1, price_cents: items_cents, total_cents: items_cents }],
        price: Price {
            items_cents,
            delivery_fee_cents,
            tip_cents: Cents(0),
            platform_fee_cents,
            total_cents,
            payout_cents: total_cents - platform_fee_cents,
            currency: Currency::default(),
            buffer_cents: if scope.errand { Cents(BUFFER) } else { Cents(0) },
            policy: 1,
        },
        basis: if scope.errand { Basis::Errand } else { Basis::Catalogue },
        vendor_id: None,
        valid_until: start() + SignedDuration::from_mins(15),
    };
    SealedQuote(sealer().seal(orders::quote::SEAL, &quote).unwrap_or_default())
}
