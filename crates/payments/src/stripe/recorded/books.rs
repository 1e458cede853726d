//! What the recorder knows: the objects that its requests made, and Stripe's rules for them. The same requests in the same order
//! make the same objects.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::error_of;

/// The card that pays.
const GOOD_CARD: &str = "pm_card_visa";
/// What Stripe keeps of a charge: in hundredths of a percent, and per charge in cents (<https://stripe.com/en-sg/pricing>).
const FEE_BASIS_POINTS: i64 = 340;
const FEE_CENTS: i64 = 50;
/// Rows of a page when nobody says how many.
const PAGE: usize = 10;

/// An answer, or a refusal with its status.
pub(super) type Answered = Result<Value, (u16, Value)>;

type Form = BTreeMap<String, String>;

/// Everything, by number: `cus_0` is the first customer.
#[derive(Default)]
pub(super) struct Books {
    customers: usize,
    cards: Vec<Card>,
    /// By id, for some bring their own; and whose they are.
    accounts: BTreeMap<String, Option<String>>,
    intents: Vec<Intent>,
    transfers: Vec<Transfer>,
    /// What moved, in the order of time: `txn_0` is the first.
    moves: Vec<Move>,
}

struct Card {
    pays: bool,
    customer: Option<String>,
}

/// A PaymentIntent and its charge.
struct Intent {
    order_id: Box<str>,
    customer: Box<str>,
    amount: i64,
    received: i64,
    /// Of that, what went on to a runner.
    sent: i64,
    manual: bool,
    status: Status,
    at: i64,
    /// Its line in the statement, once it was taken.
    moved: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Held,
    Taken,
    Canceled,
}

struct Transfer {
    order_id: Box<str>,
    runner_id: Box<str>,
    share: Box<str>,
    destination: Box<str>,
    charge: Option<usize>,
    amount: i64,
    at: i64,
}

#[derive(Clone, Copy)]
struct Move {
    what: Moved,
    at: i64,
}

#[derive(Clone, Copy)]
enum Moved {
    Charge(usize),
    Transfer(usize),
}

impl Books {
    /// Does what a request asks for, or says why not. `at` is in seconds since 1970.
    pub(super) fn carry_out(&mut self, method: &str, path: &str, form: &str, at: i64) -> Answered {
        let form = decoded(form);
        let path: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (method, path.as_slice()) {
            ("POST", ["customers"]) => Ok(self.open_customer(at)),
            ("DELETE", ["customers", id]) => Ok(json!({ "id": id, "object": "customer", "deleted": true })),
            ("POST", ["payment_methods", id, "attach"]) => Ok(self.attach(id, &form, at)),
            ("POST", ["payment_methods", id, "detach"]) => self.detach(id, at),
            ("GET", ["payment_methods", id]) => self.card(id, at),
            ("POST", ["accounts"]) => Ok(self.open_account(&form)),
            ("GET", ["accounts", id]) => Ok(self.account(id)),
            ("POST", ["accounts", id]) => Ok(self.label_account(id, &form)),
            ("POST", ["payment_intents"]) => self.take(&form, at),
            ("GET", ["payment_intents"]) => Ok(self.intents_of(&form)),
            ("GET", ["payment_intents", id]) => self.intent(number("pi", id)?),
            ("POST", ["payment_intents", id, "capture"]) => self.capture(number("pi", id)?, &form, at),
            ("POST", ["payment_intents", id, "cancel"]) => self.cancel(number("pi", id)?),
            ("POST", ["transfers"]) => self.transfer(&form, at),
            ("GET", ["transfers"]) => Ok(self.transfers_of(&form)),
            ("GET", ["transfers", id]) => self.transferred(number("tr", id)?),
            ("GET", ["balance_transactions"]) => self.statement(&form),
            _ => Err(invalid(
                404,
                "resource_missing",
                "Payments are only recorded here; this needs Stripe or its sandbox.",
            )),
        }
    }

    // --- people ------------------------------------------------------------------------------------------------------

    fn open_customer(&mut self, at: i64) -> Value {
        self.customers += 1;
        let id = format!("cus_{}", self.customers - 1);
        json!({ "object": "customer", "id": id, "created": at, "livemode": false, "metadata": {} })
    }

    fn attach(&mut self, id: &str, form: &Form, at: i64) -> Value {
        let customer = form.get("customer").cloned();
        let n = match number("pm", id) {
            Ok(n) if n < self.cards.len() => n,
            Ok(_) | Err(_) => {
                self.cards.push(Card { pays: id == GOOD_CARD, customer: None });
                self.cards.len() - 1
            }
        };
        if let Some(card) = self.cards.get_mut(n) {
            card.customer = customer;
        }
        self.card_object(n, at)
    }

    fn detach(&mut self, id: &str, at: i64) -> Answered {
        let n = number("pm", id)?;
        self.cards.get_mut(n).ok_or_else(missing)?.customer = None;
        Ok(self.card_object(n, at))
    }

    fn card(&self, id: &str, at: i64) -> Answered {
        let n = number("pm", id)?;
        if n < self.cards.len() { Ok(self.card_object(n, at)) } else { Err(missing()) }
    }

    fn card_object(&self, n: usize, at: i64) -> Value {
        json!({
            "object": "payment_method", "id": shown("pm", n), "type": "card", "created": at, "livemode": false,
            "billing_details": {}, "metadata": {}, "customer": self.cards.get(n).and_then(|card| card.customer.as_deref()),
            "card": {
                "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2099, "country": "SG", "funding": "credit",
                "display_brand": "visa", "fingerprint": "recorded",
            },
        })
    }

    fn open_account(&mut self, form: &Form) -> Value {
        let id = format!("acct_{}", self.accounts.len());
        self.label_account(&id, form)
    }

    fn label_account(&mut self, id: &str, form: &Form) -> Value {
        self.accounts.insert(id.to_owned(), form.get("metadata[user_id]").cloned());
        self.account(id)
    }

    fn account(&self, id: &str) -> Value {
        let owner = self.accounts.get(id).cloned().flatten();
        let metadata = owner.map_or_else(|| json!({}), |owner| json!({ "user_id": owner }));
        let transfers = if id.starts_with("acct_ready_") { "active" } else { "inactive" };
        json!({ "object": "account", "id": id, "capabilities": { "transfers": transfers }, "metadata": metadata })
    }

    // --- money in ----------------------------------------------------------------------------------------------------

    fn take(&mut self, form: &Form, at: i64) -> Answered {
        let card = number("pm", text(form, "payment_method")).ok().and_then(|n| self.cards.get(n));
        if !card.is_some_and(|card| card.pays && card.customer.as_deref() == Some(text(form, "customer"))) {
            return Err((402, error_of("card_error", "card_declined", "The card was declined.")));
        }
        let manual = text(form, "capture_method") == "manual";
        let (amount, n) = (cents(form, "amount"), self.intents.len());
        self.intents.push(Intent {
            order_id: text(form, "metadata[order_id]").into(),
            customer: text(form, "customer").into(),
            amount,
            received: if manual { 0 } else { amount },
            sent: 0,
            manual,
            status: if manual { Status::Held } else { Status::Taken },
            at,
            moved: None,
        });
        if !manual {
            self.book_charge(n, at);
        }
        self.intent(n)
    }

    fn capture(&mut self, n: usize, form: &Form, at: i64) -> Answered {
        let intent = self.intents.get_mut(n).ok_or_else(missing)?;
        if intent.status != Status::Held {
            return Err(unexpected());
        }
        let amount =
            if form.contains_key("amount_to_capture") { cents(form, "amount_to_capture") } else { intent.amount };
        if amount > intent.amount {
            return Err(invalid(400, "amount_too_large", "More than is held."));
        }
        (intent.status, intent.received) = (Status::Taken, amount);
        self.book_charge(n, at);
        self.intent(n)
    }

    fn book_charge(&mut self, n: usize, at: i64) {
        self.moves.push(Move { what: Moved::Charge(n), at });
        if let Some(intent) = self.intents.get_mut(n) {
            intent.moved = Some(self.moves.len() - 1);
        }
    }

    fn cancel(&mut self, n: usize) -> Answered {
        let intent = self.intents.get_mut(n).ok_or_else(missing)?;
        if intent.status != Status::Held {
            return Err(unexpected());
        }
        intent.status = Status::Canceled;
        self.intent(n)
    }

    fn intent(&self, n: usize) -> Answered {
        let intent = self.intents.get(n).ok_or_else(missing)?;
        let booked = |moved: usize| self.moves.get(moved).map_or(intent.at, |moved| moved.at);
        let status = match intent.status {
            Status::Held => "requires_capture",
            Status::Taken => "succeeded",
            Status::Canceled => "canceled",
        };
        Ok(json!({
            "object": "payment_intent", "id": shown("pi", n), "amount": intent.amount, "status": status,
            "amount_capturable": if intent.status == Status::Held { intent.amount } else { 0 },
            "amount_received": intent.received, "capture_method": if intent.manual { "manual" } else { "automatic" },
            "confirmation_method": "automatic", "created": intent.at, "currency": "sgd", "livemode": false,
            "metadata": { "order_id": intent.order_id }, "payment_method_types": ["card"],
            "latest_charge": intent.moved.map(|moved| {
                let mut charge = charge(n, intent);
                charge["balance_transaction"] = transaction(moved, intent.received, fee(intent.received), "charge", booked(moved));
                charge
            }),
        }))
    }

    fn intents_of(&self, form: &Form) -> Value {
        let of = |n: &usize| self.intents.get(*n).is_some_and(|intent| &*intent.customer == text(form, "customer"));
        let newest = (0..self.intents.len()).rev().filter(of).take(limit(form));
        list(newest.filter_map(|n| self.intent(n).ok()).collect(), false)
    }

    // --- money on its way --------------------------------------------------------------------------------------------

    fn transfer(&mut self, form: &Form, at: i64) -> Answered {
        let charge = number("ch", text(form, "source_transaction"))?;
        let amount = cents(form, "amount");
        let intent = self.intents.get_mut(charge).ok_or_else(missing)?;
        if intent.sent + amount > intent.received {
            return Err(invalid(400, "transfer_too_large", "More than was taken."));
        }
        intent.sent += amount;
        self.transfers.push(Transfer {
            order_id: text(form, "metadata[order_id]").into(),
            runner_id: text(form, "metadata[runner_id]").into(),
            share: text(form, "metadata[share]").into(),
            destination: text(form, "destination").into(),
            charge: Some(charge),
            amount,
            at,
        });
        let n = self.transfers.len() - 1;
        self.moves.push(Move { what: Moved::Transfer(n), at });
        self.transferred(n)
    }

    fn transferred(&self, n: usize) -> Answered {
        let sent = self.transfers.get(n).ok_or_else(missing)?;
        Ok(json!({
            "object": "transfer", "id": shown("tr", n), "amount": sent.amount, "amount_reversed": 0, "created": sent.at,
            "currency": "sgd", "livemode": false, "reversed": false, "reversals": list(Vec::new(), false),
            "metadata": { "order_id": sent.order_id, "runner_id": sent.runner_id, "share": sent.share },
            "transfer_group": sent.order_id, "destination": sent.destination,
            "source_transaction": sent.charge.map(|charge| shown("ch", charge)),
        }))
    }

    fn transfers_of(&self, form: &Form) -> Value {
        let of = |n: &usize| self.transfers.get(*n).is_some_and(|sent| &*sent.order_id == text(form, "transfer_group"));
        let newest = (0..self.transfers.len()).rev().filter(of).take(limit(form));
        list(newest.filter_map(|n| self.transferred(n).ok()).collect(), false)
    }

    // --- the statement -----------------------------------------------------------------------------------------------

    /// What moved, newest first, as `BalanceTransaction`s with their sources.
    fn statement(&self, form: &Form) -> Answered {
        let bound = |name: &str| form.get(name).and_then(|at| at.parse::<i64>().ok());
        let (from, until) = (bound("created[gte]").unwrap_or(i64::MIN), bound("created[lt]").unwrap_or(i64::MAX));
        let before = match form.get("starting_after") {
            Some(id) => number("txn", id)?,
            None => self.moves.len(),
        };
        // A clock may be set back: all of them are looked at.
        let older = self.moves.iter().enumerate().take(before).rev();
        let within = older.filter(|(_, moved)| (from..until).contains(&moved.at));
        let mut rows: Vec<Value> = within.take(limit(form) + 1).map(|(n, moved)| self.moved(n, *moved)).collect();
        let has_more = rows.len() > limit(form);
        rows.truncate(limit(form));
        Ok(list(rows, has_more))
    }

    fn moved(&self, n: usize, Move { what, at }: Move) -> Value {
        let (amount, fee, kind, source) = match what {
            Moved::Charge(number) => {
                let source = self.intents.get(number).map(|intent| (intent.received, charge(number, intent)));
                let (received, source) = source.unwrap_or_default();
                (received, fee(received), "charge", source)
            }
            Moved::Transfer(number) => {
                let amount = self.transfers.get(number).map_or(0, |sent| sent.amount);
                (-amount, 0, "transfer", self.transferred(number).unwrap_or_default())
            }
        };
        let mut line = transaction(n, amount, fee, kind, at);
        line["source"] = source;
        line
    }
}

fn charge(n: usize, intent: &Intent) -> Value {
    json!({
        "object": "charge", "id": shown("ch", n), "amount": intent.amount, "amount_captured": intent.received,
        "amount_refunded": 0, "billing_details": {}, "captured": true, "created": intent.at, "currency": "sgd",
        "disputed": false, "livemode": false, "metadata": { "order_id": intent.order_id }, "paid": true, "refunded": false,
        "status": "succeeded", "payment_intent": shown("pi", n),
    })
}

fn transaction(n: usize, amount: i64, fee: i64, kind: &str, at: i64) -> Value {
    json!({
        "object": "balance_transaction", "id": shown("txn", n), "amount": amount, "available_on": at,
        "balance_type": "payments", "created": at, "currency": "sgd", "fee": fee, "fee_details": [], "net": amount - fee,
        "reporting_category": kind, "status": "available", "type": kind,
    })
}

fn fee(amount: i64) -> i64 {
    amount * FEE_BASIS_POINTS / 10_000 + FEE_CENTS
}

fn list(data: Vec<Value>, has_more: bool) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "url": "/v1" })
}

fn limit(form: &Form) -> usize {
    form.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(PAGE)
}

fn invalid(status: u16, code: &str, message: &str) -> (u16, Value) {
    (status, error_of("invalid_request_error", code, message))
}

fn missing() -> (u16, Value) {
    invalid(404, "resource_missing", "There is no such object.")
}

fn unexpected() -> (u16, Value) {
    invalid(400, "payment_intent_unexpected_state", "It is not where this can be done.")
}

/// The `n`-th of a kind, as long as Stripe's are: `pi_000000000000000000000003`.
fn shown(kind: &str, n: usize) -> String {
    format!("{kind}_{n:024}")
}

/// The number in it.
fn number(kind: &str, id: &str) -> Result<usize, (u16, Value)> {
    let number = id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_'));
    number.and_then(|number| number.parse().ok()).ok_or_else(missing)
}

fn text<'a>(form: &'a Form, name: &str) -> &'a str {
    form.get(name).map_or("", String::as_str)
}

fn cents(form: &Form, name: &str) -> i64 {
    form.get(name).and_then(|amount| amount.parse().ok()).unwrap_or_default()
}

/// `metadata[order_id]=ord_1&amount=5`, whose names and values may be percent-encoded.
pub(super) fn decoded(form: &str) -> Form {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (plain(name), plain(value))).collect()
}

fn plain(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits =
                    [bytes.next(), bytes.next()].map(|digit| digit.and_then(|digit| char::from(digit).to_digit(16)));
                let [Some(high), Some(low)] = digits else { continue };
                plain.extend(u8::try_from(high * 16 + low));
            }
            b'+' => plain.push(b' '),
            other => plain.push(other),
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}
