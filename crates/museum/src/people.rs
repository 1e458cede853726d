//! Who is on the stage, what they do there, and what holds after every story, whatever happened in it.

use chassis::Sealer;
use chassis::rehearsal::Ending;
use contracts::orders::{AcceptOrder, AdvanceOrder, AskQuote, CancelOrder, PlaceOrder, Status, Step, WithdrawOrder};
use contracts::quote::{Quote, SealedQuote};
use contracts::users::{RegisterUser, Role};
use contracts::{Cents, MessageId, OrderId, Principal, Question, Text, UserId};
use orders::policy::Policy;
use orders::{Order, quote};
use payments::{Account, Payment};
use serde_json::Value;

use crate::stage::{FEE_CENTS, Stage};

/// What a check found: nothing wrong, or what.
pub type Seen = Result<(), String>;

/// What an errand of the stories is estimated at.
pub const ITEMS: Cents = Cents(890);
/// What its runner earns, with the tip.
pub const EARNS: Cents = Cents(300);

/// Fails with these words unless it is so.
///
/// # Errors
/// When it is not so.
pub fn hold(so: bool, otherwise: impl FnOnce() -> String) -> Seen {
    if so { Ok(()) } else { Err(otherwise()) }
}

/// Fails unless the two are equal.
///
/// # Errors
/// When they are not.
pub fn equal<T: PartialEq + std::fmt::Debug>(what: &str, is: T, should_be: T) -> Seen {
    hold(is == should_be, || format!("{what} is {is:?}, not {should_be:?}"))
}

/// Somebody by their name.
#[must_use]
pub fn user(name: &str) -> UserId {
    UserId::of_subject("museum", name)
}

/// Somebody who acts for themselves.
#[must_use]
pub fn person(name: &str) -> Principal {
    Principal::User(user(name))
}

/// An operator, in their office.
#[must_use]
pub fn olga() -> Principal {
    Principal::Operator(user("olga"))
}

/// Somebody of finance, in their office.
#[must_use]
pub fn fay() -> Principal {
    Principal::Finance(user("fay"))
}

/// The order of most stories.
#[must_use]
pub fn order_id() -> OrderId {
    MessageId::of_stored("MUSEUM", 1).derive("order")
}

impl Stage {
    /// `alice` orders with her card, `ray` and `rio` deliver.
    pub fn with_people(&mut self) {
        self.with_card("pm_card_visa");
        self.enters("ray", vec![Role::Runner], None, true);
        self.enters("rio", vec![Role::Runner], None, true);
    }

    /// `alice` has this card.
    pub fn with_card(&mut self, card: &str) {
        self.enters("alice", vec![Role::Customer, Role::Runner], Some(card), true);
    }

    /// Somebody becomes known.
    ///
    /// # Panics
    /// When a name is too long.
    pub fn enters(&mut self, name: &str, roles: Vec<Role>, card: Option<&str>, wants_payouts: bool) {
        let known = RegisterUser {
            user_id: user(name),
            name: Text::new(name).expect("a short name"),
            roles,
            payment_method: card.map(str::to_owned),
            wants_payouts,
            payout_account: None,
        };
        let _ = self.ask(&Principal::System("seed".to_owned()), &known);
    }

    /// The server's own words about the basket of `customer`.
    ///
    /// # Panics
    /// When it has no price.
    #[must_use]
    pub fn quoted(&self, customer: &str) -> Quote {
        let policy = Policy {
            version: 1,
            platform_fee_basis_points: 0,
            platform_fee_fixed_cents: Cents(FEE_CENTS),
            errand_buffer_basis_points: 2_000,
            delivery_fee_cents: Cents(200),
        };
        let basket = AskQuote { customer_id: user(customer), tip_cents: Some(Cents(100)), ..AskQuote::sample() };
        quote::price(&policy, basket, None, self.now).expect("a price")
    }

    /// `alice` orders.
    pub fn place(&mut self) -> Ending {
        let quoted = self.quoted("alice");
        self.place_on("alice", sealed(&quoted))
    }

    /// Somebody orders on a quote.
    pub fn place_on(&mut self, who: &str, quote: String) -> Ending {
        let order_id = order_id();
        self.ask(&person(who), &PlaceOrder { order_id, quote: SealedQuote(quote) })
    }

    /// Somebody accepts it.
    pub fn accept(&mut self, who: &str) -> Ending {
        self.ask(&person(who), &AcceptOrder { order_id: order_id() })
    }

    /// Somebody gives it back.
    pub fn withdraw(&mut self, who: &str) -> Ending {
        self.ask(&person(who), &WithdrawOrder { order_id: order_id() })
    }

    /// Somebody calls it off.
    pub fn cancel(&mut self, who: &Principal) -> Ending {
        self.ask(who, &CancelOrder { order_id: order_id(), note: None })
    }

    /// Somebody buys it, for what the receipt says.
    pub fn buy(&mut self, who: &str, receipt_cents: Cents) -> Ending {
        self.advance_to(who, Step::Placed, None, Some(receipt_cents))
    }

    /// Somebody takes a step.
    pub fn advance_to(&mut self, who: &str, to: Step, pin: Option<String>, receipt_cents: Option<Cents>) -> Ending {
        self.ask(&person(who), &AdvanceOrder { order_id: order_id(), to, pin, receipt_cents, occurred_at: None })
    }

    /// `ray` has it, bought it for this, and is on the way.
    pub fn bring(&mut self, receipt_cents: Cents) {
        self.accept("ray");
        self.buy("ray", receipt_cents);
        self.advance_to("ray", Step::OnTheWay, None, None);
    }

    /// `ray` hands it over.
    pub fn hand_over(&mut self) -> Ending {
        let pin = self.order_now().map(|order| order.pin);
        self.advance_to("ray", Step::Delivered, pin, None)
    }

    /// Ordered, brought, delivered and paid for, as far as it goes.
    pub fn carry(&mut self) {
        self.with_people();
        self.place();
        self.bring(ITEMS);
        self.hand_over();
    }

    /// The order, if it is one by now.
    #[must_use]
    pub fn order_now(&self) -> Option<Order> {
        self.kept("orders", 0, &order_id().to_string())
    }

    /// Its money.
    #[must_use]
    pub fn payment(&self) -> Option<Payment> {
        self.kept("payments", 0, &order_id().to_string())
    }

    /// What Stripe knows of the order's money.
    #[must_use]
    pub fn book(&self, field: &str) -> Cents {
        Cents(self.look("books")[order_id().to_string()][field].as_i64().unwrap_or_default())
    }

    /// The first PaymentIntent.
    #[must_use]
    pub fn payment_intent(&self) -> String {
        let payment = self.payment();
        payment.and_then(|payment| Some(payment.holds.first()?.payment_intent.clone())).unwrap_or_default()
    }

    /// Where it stands.
    ///
    /// # Errors
    /// When it stands elsewhere.
    pub fn stands(&self, status: Status) -> Seen {
        equal("the order", self.order_now().map(|order| order.status()), Some(status))
    }

    /// What holds after every story: Stripe's books are ours, an order that is over has its money settled, and one that is not
    /// has a deadline or a task.
    ///
    /// # Errors
    /// With what does not hold.
    pub fn sound(&self) -> Seen {
        hold(self.parked.is_empty(), || format!("parked: {}", self.parked.join("; ")))?;
        let books = self.look("books");
        for payment in self.all::<Payment>("payments", 0) {
            balanced(&payment, &books[payment.order_id.to_string()])?;
        }
        for order in self.all::<Order>("orders", 0) {
            let payment: Option<Payment> = self.kept("payments", 0, &order.id.to_string());
            let book = &books[order.id.to_string()];
            settled(&order, book)?;
            let task = payment.is_some_and(|payment| !payment.troubles.is_empty());
            let waits = order.is_over() || task || self.has_deadline(&order.id.to_string());
            hold(waits, || format!("an order stands at {:?} with neither deadline nor task", order.status()))?;
        }
        Ok(())
    }
}

/// A quote as the platform seals it.
///
/// # Panics
/// When it cannot be written.
#[must_use]
pub fn sealed(quoted: &Quote) -> String {
    Sealer::from_hex(&"7".repeat(64)).expect("a key").seal(quote::SEAL, quoted).expect("a seal")
}

fn balanced(payment: &Payment, book: &Value) -> Seen {
    let audit = payments::mutants::audited(payment);
    let wrong: Vec<_> = audit.checks.iter().filter(|check| !check.ok).collect();
    hold(wrong.is_empty(), || format!("the audit says {wrong:?}"))?;
    let stripes = |field: &str| Cents(book[field].as_i64().unwrap_or_default());
    let balance = |account| payment.ledger.balance(account);
    equal("held, by our books,", balance(Account::Held), stripes("held"))?;
    equal("captured, by our books,", payment.captured_cents(), stripes("captured"))?;
    equal("refunded, by our books,", payment.refunded_cents(), stripes("refunded"))?;
    equal("with the runner, by our books,", balance(Account::Runner), stripes("transferred") - stripes("reversed"))
}

fn settled(order: &Order, book: &Value) -> Seen {
    let of = |field: &str| book[field].as_i64().unwrap_or_default();
    match order.status() {
        Status::Cancelled => {
            equal("held for a cancelled order", of("held"), 0)?;
            equal("kept of a cancelled order", of("captured") - of("refunded"), 0)?;
            equal("with the runner of a cancelled order", of("transferred") - of("reversed"), 0)
        }
        Status::Completed => {
            equal("held for a completed order", of("held"), 0)?;
            hold(of("captured") > 0 && of("transferred") > 0, || "a completed order moved no money".to_owned())
        }
        Status::Pending
        | Status::ActionRequired
        | Status::Created
        | Status::Claimed
        | Status::Accepted
        | Status::Placed
        | Status::OnTheWay
        | Status::Delivered => Ok(()),
    }
}
