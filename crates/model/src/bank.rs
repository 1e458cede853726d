//! A small Stripe: deterministic but for what the checker lets it answer.
//!
//! It keeps what our calls need (PaymentIntents, transfers, reversals, refunds, answers by idempotency key) and speaks the wire's
//! own JSON, so that the production edge in front of it runs whole. Where Stripe could answer one way or another, the next
//! choice of a *tape* decides; the checker plays every tape.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::Cents;
use contracts::payments::{Reversal, StripeFact};
use payments::stripe::{Answer, Bank, Request};
use serde_json::{Value, json};

/// What Stripe keeps of one order's money.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Books {
    /// By number: `pi_1` is the first.
    pub intents: Vec<Intent>,
    /// `tr_1`, ….
    pub transfers: Vec<Sent>,
    /// `re_1`, ….
    pub refunds: Vec<Back>,
    /// What was answered under which idempotency key.
    answers: BTreeMap<String, Remembered>,
    /// Facts that the webhook has yet to tell.
    pub untold: Vec<Fact>,
}

/// A PaymentIntent and its charge.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Intent {
    /// What it is for: the operation in its idempotency key.
    pub purpose: String,
    /// How much was asked for.
    pub amount: i64,
    /// Whether it is only held at first.
    manual: bool,
    /// Where it stands.
    pub status: Status,
    /// What was taken.
    pub received: i64,
}

/// A PaymentIntent's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The bank said no.
    NeedsMethod,
    /// The bank wants the customer.
    NeedsAction,
    /// Held.
    Held,
    /// Taken.
    Taken,
    /// Let go.
    Canceled,
}

/// A transfer to the runner.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sent {
    /// From which charge, by number; from what the platform has at Stripe if from none.
    pub charge: Option<usize>,
    /// How much.
    pub amount: i64,
    runner: String,
    destination: String,
    /// What was taken back of it, with the occasion.
    pub reversals: Vec<(i64, String)>,
}

/// A refund.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Back {
    /// Of which charge, by number.
    pub charge: usize,
    /// How much.
    pub amount: i64,
    /// On which occasion: the number of the request.
    pub occasion: String,
    /// Whether it came back.
    pub failed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Remembered {
    form: BTreeMap<String, String>,
    status: u16,
    body: String,
}

/// Something that Stripe's webhook tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// `payment_intent.amount_capturable_updated`
    Held(usize),
    /// `payment_intent.payment_failed`
    Failed(usize),
    /// `payment_intent.canceled`, and whether nobody of ours asked for it.
    Canceled(usize, bool),
    /// `payment_intent.succeeded`
    Taken(usize),
    /// `refund.created`, `refund.failed`
    Refunded(usize, bool),
    /// `transfer.reversed`
    Reversed(usize),
}

/// What may go otherwise than asked in a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moods {
    /// The card may be declined, a capture, release, transfer, reversal or refund refused.
    pub refuses: bool,
    /// The bank may want the customer.
    pub asks: bool,
    /// A call may be lost before it was carried out.
    pub loses: bool,
    /// A call may be carried out without our hearing of it.
    pub silent: bool,
}

/// What the next unusual answer may be, and how many of them are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Patience {
    /// Which unusual answers there are.
    pub moods: Moods,
    /// How many may still come.
    pub left: u8,
}

/// What Stripe may do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Yes,
    No,
    Ask,
    Lost,
    Silent,
    SilentAsk,
}

thread_local! {
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

struct Desk {
    books: Books,
    patience: Patience,
    tape: Vec<u8>,
    /// How many alternatives there were at each choice.
    width: Vec<u8>,
    place: usize,
    notes: Vec<String>,
}

/// One way in which Stripe answered everything that a step asked.
pub struct Played<T> {
    /// What the step came to.
    pub result: T,
    /// Stripe's books after it.
    pub books: Books,
    /// Unusual answers that are left.
    pub left: u8,
    /// What Stripe was asked and answered, in words.
    pub notes: Vec<String>,
}

/// Runs a step with every tape, and returns what came of each.
pub fn play<T>(books: &Books, patience: Patience, step: impl Fn() -> T) -> Vec<Played<T>> {
    let mut played = Vec::new();
    let mut tape: Vec<u8> = Vec::new();
    loop {
        let desk =
            Desk { books: books.clone(), patience, tape: tape.clone(), width: Vec::new(), place: 0, notes: Vec::new() };
        DESK.with(|here| *here.borrow_mut() = Some(desk));
        let result = step();
        let Some(desk) = DESK.with(|here| here.borrow_mut().take()) else { return played };
        let Desk { mut books, patience: Patience { left, .. }, width, notes, .. } = desk;
        books.untold.sort();
        books.untold.dedup();
        played.push(Played { result, books, left, notes });
        // The next tape, as an odometer turns: the last choice that has another alternative.
        tape.resize(width.len(), 0);
        while let Some(last) = tape.pop() {
            if last + 1 < width[tape.len()] {
                tape.push(last + 1);
                break;
            }
        }
        if tape.is_empty() {
            return played;
        }
    }
}

/// The end of the line in this process. Each thread has its own desk while it plays a step.
pub struct Teller;

impl Bank for Teller {
    fn answer(&self, request: &Request) -> Answer {
        DESK.with(|here| here.borrow_mut().as_mut().and_then(|desk| desk.answer(request)))
    }
}

type Body = Result<Value, (u16, Value)>;

impl Desk {
    fn choose(&mut self, alternatives: &[Mood]) -> Mood {
        let open = if self.patience.left == 0 { 1 } else { alternatives.len() };
        let choice = self.tape.get(self.place).copied().unwrap_or(0);
        self.place += 1;
        self.width.push(u8::try_from(open).unwrap_or(1));
        let mood = alternatives.get(usize::from(choice)).copied().unwrap_or(Mood::Yes);
        if mood != Mood::Yes {
            self.patience.left = self.patience.left.saturating_sub(1);
        }
        mood
    }

    fn answer(&mut self, request: &Request) -> Answer {
        let form: BTreeMap<String, String> = form(&request.form);
        let asked = format!("{} {}", request.method, request.path);
        if let Some(known) = request.key.as_ref().and_then(|key| self.books.answers.get(key)).cloned() {
            if known.form != form {
                self.notes.push(format!("{asked}: the key was used with other words"));
                let error = json!({ "error": { "type": "idempotency_error", "message": "other words" } });
                return Some((400, error.to_string()));
            }
            self.notes.push(format!("{asked}: as before ({})", known.status));
            return Some((known.status, known.body));
        }
        let mood = self.mood(request, &form);
        if mood == Mood::Lost {
            self.notes.push(format!("{asked}: lost on its way"));
            return None;
        }
        let body = self.carry_out(request, &form, mood);
        let (status, body) = match body {
            Ok(body) => (200, body),
            Err((status, error)) => (status, json!({ "error": error })),
        };
        if let Some(key) = &request.key {
            let remembered = Remembered { form, status, body: body.to_string() };
            self.books.answers.insert(key.clone(), remembered);
        }
        let said = body["error"]["code"].as_str().or(body["status"].as_str()).unwrap_or("done");
        if matches!(mood, Mood::Silent | Mood::SilentAsk) {
            self.notes.push(format!("{asked}: {said}, but the answer is lost"));
            return None;
        }
        self.notes.push(format!("{asked}: {said}"));
        Some((status, body.to_string()))
    }

    /// Which of Stripe's moods make a difference to this request.
    fn mood(&mut self, request: &Request, form: &BTreeMap<String, String>) -> Mood {
        let Moods { refuses, asks, loses, silent } = self.patience.moods;
        let mut moods = vec![Mood::Yes];
        if loses {
            moods.push(Mood::Lost);
        }
        if request.method == "POST" {
            if silent {
                moods.push(Mood::Silent);
            }
            if refuses {
                moods.push(Mood::No);
            }
            if request.path == "/payment_intents" && !form.contains_key("off_session") && asks {
                moods.push(Mood::Ask);
                if silent {
                    moods.push(Mood::SilentAsk);
                }
            }
        }
        self.choose(&moods)
    }

    fn carry_out(&mut self, request: &Request, form: &BTreeMap<String, String>, mood: Mood) -> Body {
        let path: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        let refused = mood == Mood::No;
        match (request.method, path.as_slice()) {
            ("POST", ["payment_intents"]) => self.create(request, form, mood),
            ("GET", ["payment_intents"]) => {
                Ok(list((0..self.books.intents.len()).rev().map(|n| self.intent(n)).collect()))
            }
            ("GET", ["payment_intents", id]) => Ok(self.intent(number(id)?)),
            ("POST", ["payment_intents", id, "capture"]) => {
                self.capture(number(id)?, amount(form, "amount_to_capture"), refused)
            }
            ("POST", ["payment_intents", id, "cancel"]) => self.cancel(number(id)?, refused),
            ("POST", ["transfers"]) => self.transfer(form, refused),
            ("GET", ["transfers"]) => Ok(list((0..self.books.transfers.len()).rev().map(|n| self.sent(n)).collect())),
            ("POST", ["transfers", id, "reversals"]) => self.reverse(number(id)?, form, refused),
            ("GET", ["transfers", id, "reversals"]) => Ok(list(self.reversals(number(id)?))),
            ("POST", ["refunds"]) => self.refund(form, refused),
            ("GET", ["refunds"]) => {
                let of = form.get("charge").map(|id| number(id)).transpose()?;
                let all =
                    self.books.refunds.iter().enumerate().filter(|(_, back)| of.is_none_or(|of| of == back.charge));
                Ok(list(all.map(|(n, _)| self.back(n)).collect()))
            }
            _ => Err(invalid(404, "resource_missing", "the model's Stripe does not know this")),
        }
    }

    fn create(&mut self, request: &Request, form: &BTreeMap<String, String>, mood: Mood) -> Body {
        let manual = form.get("capture_method").is_some_and(|method| method == "manual");
        let purpose = request.key.as_deref().and_then(|key| key.split(':').nth(1)).unwrap_or("unnamed").to_owned();
        let status = match mood {
            Mood::No => Status::NeedsMethod,
            Mood::Ask | Mood::SilentAsk => Status::NeedsAction,
            Mood::Yes | Mood::Silent | Mood::Lost if manual => Status::Held,
            Mood::Yes | Mood::Silent | Mood::Lost => Status::Taken,
        };
        let amount = amount(form, "amount");
        let received = if status == Status::Taken { amount } else { 0 };
        let n = self.books.intents.len();
        self.books.intents.push(Intent { purpose, amount, manual, status, received });
        match status {
            Status::Held => self.books.untold.push(Fact::Held(n)),
            Status::Taken => self.books.untold.push(Fact::Taken(n)),
            Status::NeedsMethod => {
                self.books.untold.push(Fact::Failed(n));
                let mut no = error("card_error", "card_declined", "The card was declined.");
                no["decline_code"] = json!("insufficient_funds");
                return Err((402, no));
            }
            Status::NeedsAction | Status::Canceled => {}
        }
        Ok(self.intent(n))
    }

    fn capture(&mut self, n: usize, amount: i64, refused: bool) -> Body {
        let Some(intent) = self.books.intents.get_mut(n) else { return Err(missing()) };
        if intent.status != Status::Held {
            return Err(unexpected());
        }
        if amount > intent.amount {
            return Err(invalid(400, "amount_too_large", "more than is held"));
        }
        if refused {
            return Err(invalid(400, "charge_not_capturable", "not now"));
        }
        intent.status = Status::Taken;
        intent.received = amount;
        self.books.untold.push(Fact::Taken(n));
        Ok(self.intent(n))
    }

    fn cancel(&mut self, n: usize, refused: bool) -> Body {
        let Some(intent) = self.books.intents.get_mut(n) else { return Err(missing()) };
        if matches!(intent.status, Status::Taken | Status::Canceled) {
            return Err(unexpected());
        }
        if refused {
            return Err(invalid(400, "lock_refused", "not now"));
        }
        intent.status = Status::Canceled;
        self.books.untold.push(Fact::Canceled(n, false));
        Ok(self.intent(n))
    }

    fn transfer(&mut self, form: &BTreeMap<String, String>, refused: bool) -> Body {
        let text = |name: &str| form.get(name).cloned().unwrap_or_default();
        let charge = form.get("source_transaction").map(|charge| number(charge)).transpose()?;
        let amount = amount(form, "amount");
        let of_same = self.books.transfers.iter().filter(|sent| sent.charge == charge);
        let sent: i64 = of_same.map(|sent| sent.amount).sum();
        // Of one charge, what was taken; of none, what came back from the runner and is still there.
        let (room, code) = match charge {
            Some(charge) => match self.books.intents.get(charge) {
                Some(intent) if intent.status == Status::Taken => (intent.received, "transfer_too_large"),
                Some(_) => (0, "transfer_too_large"),
                None => return Err(missing()),
            },
            None => (self.books.transfers.iter().map(Sent::reversed).sum(), "balance_insufficient"),
        };
        if sent + amount > room {
            return Err(invalid(400, code, "more than there is"));
        }
        if refused {
            return Err(invalid(400, "insufficient_capabilities_for_transfer", "the account cannot be paid"));
        }
        let (runner, destination) = (text("metadata[runner_id]"), text("destination"));
        self.books.transfers.push(Sent { charge, amount, runner, destination, reversals: Vec::new() });
        Ok(self.sent(self.books.transfers.len() - 1))
    }

    fn reverse(&mut self, n: usize, form: &BTreeMap<String, String>, refused: bool) -> Body {
        let amount = amount(form, "amount");
        let Some(sent) = self.books.transfers.get_mut(n) else { return Err(missing()) };
        let back = sent.reversed();
        if back + amount > sent.amount {
            return Err(invalid(400, "reversal_too_large", "more than is left of it"));
        }
        if refused {
            return Err(invalid(400, "balance_insufficient", "the account has nothing left"));
        }
        sent.reversals.push((amount, form.get("metadata[occasion]").cloned().unwrap_or_default()));
        self.books.untold.push(Fact::Reversed(n));
        self.reversals(n).pop().ok_or_else(missing)
    }

    fn refund(&mut self, form: &BTreeMap<String, String>, refused: bool) -> Body {
        let charge = number(form.get("charge").map_or("", String::as_str))?;
        let amount = amount(form, "amount");
        let Some(intent) = self.books.intents.get(charge).filter(|intent| intent.status == Status::Taken) else {
            return Err(unexpected());
        };
        if self.books.refunded(charge) + amount > intent.received {
            return Err(invalid(400, "charge_already_refunded", "more than is left of it"));
        }
        if refused {
            return Err(invalid(400, "refund_refused", "not now"));
        }
        let occasion = form.get("metadata[occasion]").cloned().unwrap_or_default();
        self.books.refunds.push(Back { charge, amount, occasion, failed: false });
        let n = self.books.refunds.len() - 1;
        self.books.untold.push(Fact::Refunded(n, false));
        Ok(self.back(n))
    }

    // --- as the wire has it --------------------------------------------------------------------------------------------

    fn intent(&self, n: usize) -> Value {
        let Some(intent) = self.books.intents.get(n) else { return Value::Null };
        let Intent { amount, manual, status, received, .. } = intent;
        let charge = (*status == Status::Taken).then(|| self.charge(n, intent));
        let next = (*status == Status::NeedsAction).then(|| {
            json!({ "type": "redirect_to_url", "redirect_to_url": { "url": format!("http://bank/{n}"), "return_url": "http://here" } })
        });
        json!({
            "object": "payment_intent", "id": format!("pi_{n}"), "amount": amount,
            "amount_capturable": if *status == Status::Held { *amount } else { 0 }, "amount_received": received,
            "capture_method": if *manual { "manual" } else { "automatic" }, "confirmation_method": "automatic",
            "created": 0, "currency": "sgd", "livemode": false, "metadata": { "order_id": crate::cast::order_id() },
            "payment_method_types": ["card"], "status": status.word(), "next_action": next,
            "latest_charge": charge,
        })
    }

    fn charge(&self, n: usize, intent: &Intent) -> Value {
        let refunded = self.books.refunded(n);
        json!({
            "object": "charge", "id": format!("ch_{n}"), "amount": intent.amount, "amount_captured": intent.received,
            "amount_refunded": refunded, "billing_details": {}, "captured": true, "created": 0, "currency": "sgd",
            "disputed": false, "livemode": false, "metadata": {}, "paid": true, "refunded": refunded == intent.received,
            "status": "succeeded",
            "balance_transaction": {
                "object": "balance_transaction", "id": format!("txn_{n}"), "amount": intent.received, "available_on": 0,
                "balance_type": "payments", "created": 0, "currency": "sgd", "fee": FEE, "fee_details": [],
                "net": intent.received - FEE, "reporting_category": "charge", "status": "available", "type": "charge",
            },
        })
    }

    fn sent(&self, n: usize) -> Value {
        let Some(sent) = self.books.transfers.get(n) else { return Value::Null };
        let back = sent.reversed();
        json!({
            "object": "transfer", "id": format!("tr_{n}"), "amount": sent.amount, "amount_reversed": back, "created": 0,
            "currency": "sgd", "livemode": false, "metadata": { "runner_id": sent.runner }, "reversed": back == sent.amount,
            "reversals": list(self.reversals(n)), "source_transaction": sent.charge.map(|charge| format!("ch_{charge}")),
            "destination": sent.destination,
        })
    }

    fn reversals(&self, n: usize) -> Vec<Value> {
        let Some(sent) = self.books.transfers.get(n) else { return Vec::new() };
        let reversal = |(m, (amount, occasion)): (usize, &(i64, String))| {
            json!({
                "object": "transfer_reversal", "id": format!("trr_{n}_{m}"), "amount": amount, "created": 0, "currency": "sgd",
                "transfer": format!("tr_{n}"), "metadata": { "occasion": occasion },
            })
        };
        sent.reversals.iter().enumerate().map(reversal).collect()
    }

    fn back(&self, n: usize) -> Value {
        let Some(back) = self.books.refunds.get(n) else { return Value::Null };
        json!({
            "object": "refund", "id": format!("re_{n}"), "amount": back.amount, "created": 0, "currency": "sgd",
            "charge": format!("ch_{}", back.charge), "payment_intent": format!("pi_{}", back.charge),
            "status": if back.failed { "failed" } else { "succeeded" },
            "metadata": { "occasion": back.occasion },
        })
    }
}

/// What Stripe keeps of each charge.
const FEE: i64 = 30;

impl Books {
    /// Given back of a charge, but for what came back.
    #[must_use]
    pub fn refunded(&self, charge: usize) -> i64 {
        let of = self.refunds.iter().filter(|back| back.charge == charge && !back.failed);
        of.map(|back| back.amount).sum()
    }

    /// Held now.
    #[must_use]
    pub fn held(&self) -> i64 {
        self.intents.iter().filter(|intent| intent.status == Status::Held).map(|intent| intent.amount).sum()
    }

    /// Taken from the customer and not given back.
    #[must_use]
    pub fn kept(&self) -> i64 {
        (0..self.intents.len()).map(|n| self.intents[n].received - self.refunded(n)).sum()
    }

    /// With the runner.
    #[must_use]
    pub fn with_runner(&self) -> i64 {
        self.transfers.iter().map(|sent| sent.amount - sent.reversed()).sum()
    }

    /// The customer answers their bank.
    pub fn authenticate(&mut self, n: usize, convinced: bool) {
        let Some(intent) = self.intents.get_mut(n) else { return };
        if intent.status == Status::NeedsAction {
            intent.status = if convinced { Status::Held } else { Status::NeedsMethod };
            self.tell(if convinced { Fact::Held(n) } else { Fact::Failed(n) });
        }
    }

    /// The bank lets go of a hold by itself.
    pub fn lapse(&mut self, n: usize) {
        let Some(intent) = self.intents.get_mut(n) else { return };
        if intent.status == Status::Held {
            intent.status = Status::Canceled;
            self.tell(Fact::Canceled(n, true));
        }
    }

    /// A refund comes back.
    pub fn bring_back(&mut self, n: usize) {
        let Some(back) = self.refunds.get_mut(n) else { return };
        if !back.failed {
            back.failed = true;
            self.tell(Fact::Refunded(n, true));
        }
    }

    /// Somebody takes a hold in Stripe's dashboard.
    pub fn take_by_hand(&mut self, n: usize) {
        let Some(intent) = self.intents.get_mut(n) else { return };
        if intent.status == Status::Held {
            intent.status = Status::Taken;
            intent.received = intent.amount;
            self.tell(Fact::Taken(n));
        }
    }

    fn tell(&mut self, fact: Fact) {
        self.untold.push(fact);
        self.untold.sort();
        self.untold.dedup();
    }

    /// A fact as the gateway makes it of the webhook's body.
    #[must_use]
    pub fn fact(&self, fact: &Fact) -> StripeFact {
        let of = |n: &usize| format!("pi_{n}");
        let amount = |n: &usize| self.intents.get(*n).map_or(Cents(0), |intent| Cents(intent.amount));
        match fact {
            Fact::Held(n) => StripeFact::Held { payment_intent: of(n), capturable_cents: amount(n) },
            Fact::Failed(n) => StripeFact::Failed {
                payment_intent: of(n),
                code: "insufficient_funds".to_owned(),
                message: "The payment failed.".to_owned(),
            },
            Fact::Canceled(n, by_itself) => {
                StripeFact::Canceled { payment_intent: of(n), reason: by_itself.then(|| "automatic".to_owned()) }
            }
            Fact::Taken(n) => StripeFact::Captured {
                payment_intent: of(n),
                charge: format!("ch_{n}"),
                captured_cents: self.intents.get(*n).map_or(Cents(0), |intent| Cents(intent.received)),
            },
            Fact::Refunded(n, failed) => {
                let back = self.refunds.get(*n);
                StripeFact::Refunded {
                    payment_intent: back.map_or_else(String::new, |back| format!("pi_{}", back.charge)),
                    refund: format!("re_{n}"),
                    amount_cents: back.map_or(Cents(0), |back| Cents(back.amount)),
                    status: if *failed { "failed" } else { "succeeded" }.to_owned(),
                }
            }
            Fact::Reversed(n) => StripeFact::Reversed {
                transfer: format!("tr_{n}"),
                reversals: self.transfers.get(*n).map_or_else(Vec::new, |sent| {
                    let reversal = |(m, (amount, _)): (usize, &(i64, String))| Reversal {
                        id: format!("trr_{n}_{m}"),
                        amount_cents: Cents(*amount),
                    };
                    sent.reversals.iter().enumerate().map(reversal).collect()
                }),
            },
        }
    }
}

impl Sent {
    /// What was taken back of it.
    fn reversed(&self) -> i64 {
        self.reversals.iter().map(|(amount, _)| amount).sum()
    }
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::NeedsMethod => "requires_payment_method",
            Self::NeedsAction => "requires_action",
            Self::Held => "requires_capture",
            Self::Taken => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

/// The teller, as payments wants it.
#[must_use]
pub fn stripe() -> payments::stripe::Stripe {
    payments::stripe::Stripe::here(Arc::new(Teller))
}

fn list(data: Vec<Value>) -> Value {
    json!({ "object": "list", "data": data, "has_more": false, "url": "/v1" })
}

fn error(kind: &str, code: &str, message: &str) -> Value {
    json!({ "type": kind, "code": code, "message": message })
}

fn invalid(status: u16, code: &str, message: &str) -> (u16, Value) {
    (status, error("invalid_request_error", code, message))
}

fn missing() -> (u16, Value) {
    invalid(404, "resource_missing", "there is no such object")
}

fn unexpected() -> (u16, Value) {
    invalid(400, "payment_intent_unexpected_state", "it is not where this can be done")
}

/// The number in `pi_3`, `ch_3`, `tr_3`.
fn number(id: &str) -> Result<usize, (u16, Value)> {
    id.split('_').nth(1).and_then(|number| number.parse().ok()).ok_or_else(missing)
}

fn amount(form: &BTreeMap<String, String>, name: &str) -> i64 {
    form.get(name).and_then(|amount| amount.parse().ok()).unwrap_or_default()
}

/// A form, decoded: `metadata[order_id]=ord_1&amount=5`.
fn form(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                let digits = String::from_utf8_lossy(&digits).into_owned();
                plain.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            b'+' => plain.push(b' '),
            other => plain.push(other),
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}
