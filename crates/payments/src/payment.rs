//! The money of one order: what is held, taken, paid out and given back, and how far that makes it.

use chassis::{Entity, Row};
use contracts::payments::{Bearer, MoneyStage, MoneyView, RefundNote, Reversal, StatementLine, StripeFact};
use contracts::users::{CardRef, PayoutRef};
use contracts::{Cents, Currency, OrderId, Principal, UserId};

use jiff::Timestamp;
use sea_orm::Set;
use serde::{Deserialize, Serialize};

use crate::audit;
use crate::give_back::{Part, Plan};
use crate::store::payments as store;
use crate::trouble::Trouble;
use crate::views::{Side, money_view};
use crate::{Ledger, Private};

/// What payments knows of an order's money. How far it has come follows from its parts: [`Payment::stage`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Whose money it is.
    pub order_id: OrderId,
    /// In what.
    pub currency: Currency,
    /// Who pays, once that is known.
    pub payer: Option<Payer>,
    /// What was held: first the order's total, then what the customer agreed to on top.
    pub holds: Vec<Hold>,
    /// The bank's no.
    pub declined: Option<No>,
    /// Since when the order is over: nothing more is taken for it.
    pub over_since: Option<Timestamp>,
    /// Who is to be paid, once that is known; from then on the payment is being settled.
    pub payee: Option<Payee>,
    /// When the payout was complete.
    pub paid_out_at: Option<Timestamp>,
    /// What the runner does not get, because they bear a refund that was asked for before they were paid.
    pub withheld_cents: Cents,
    /// What was sent to the runner.
    pub transfers: Vec<Sent>,
    /// What the customer gave on top after the delivery.
    pub tip: Option<Tip>,
    /// What was given back, whoever did it.
    pub refunds: Vec<Refunded>,
    /// What staff asked to be given back, and why.
    #[serde(default)]
    pub refund_notes: Vec<RefundNote>,
    /// What is being given back, or what a try left undone.
    pub refunding: Option<Refunding>,
    /// The runner's money that is set aside for a refund that has yet to succeed: it is not asked of them again, and sent back
    /// to them unless a refund that they bear uses it up.
    pub taken_back_cents: Cents,
    /// What banks took back, or want to.
    pub disputes: Vec<Dispute>,
    /// What only a person can settle.
    pub troubles: Vec<Trouble>,
    /// Tries that Stripe refused: each further one has a key of its own.
    pub tries: Tries,
    /// What Stripe told before what it is about was known, oldest first.
    #[serde(default)]
    pub early: Vec<StripeFact>,
    /// What Stripe's own books say of it, oldest first, as far as they were read.
    #[serde(default)]
    pub statement: Vec<StatementLine>,
    /// When what could not be moved is tried again.
    pub again_at: Option<Timestamp>,
    /// Every cent.
    pub ledger: Ledger,
}

/// Who pays, with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// Who.
    pub customer_id: UserId,
    /// With which card.
    pub card: CardRef,
}

/// Who is paid, and how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// Who.
    pub runner_id: UserId,
    /// Where, once that is known.
    pub account: Option<PayoutRef>,
    /// How much to take from the customer.
    pub total_cents: Cents,
    /// How much of it goes to the runner.
    pub payout_cents: Cents,
}

/// A "no" of Stripe's or of a bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct No {
    /// Stripe's code.
    pub code: String,
    /// One sentence.
    pub message: String,
}

/// Money on a customer's card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Stripe's PaymentIntent.
    pub payment_intent: String,
    /// How much was asked for.
    pub amount_cents: Cents,
    /// What became of it.
    pub standing: Standing,
}

/// What became of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Standing {
    /// The bank waits for the customer.
    Waiting {
        /// Where they answer it.
        url: Private,
    },
    /// The customer did not convince the bank. The PaymentIntent is open until it is cancelled.
    Failed,
    /// Held.
    Held,
    /// Let go, or lapsed.
    Released,
    /// Taken.
    Captured(Charge),
}

/// Money that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Stripe's charge.
    pub id: String,
    /// How much.
    pub captured_cents: Cents,
    /// What Stripe keeps of it, once that is known.
    pub fee_cents: Option<Cents>,
}

/// What a transfer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// The delivery.
    Payout,
    /// The tip.
    Tip,
    /// What was taken back for a refund that did not succeed.
    Back,
}

/// Money that was sent to the runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Stripe's transfer.
    pub id: String,
    /// The charge that it was paid from.
    pub charge: String,
    /// What for.
    pub share: Share,
    /// Who has it.
    pub runner_id: UserId,
    /// How much.
    pub amount_cents: Cents,
    /// What was taken back.
    pub reversals: Vec<Reversal>,
}

/// A tip that was charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    /// Who gets it.
    pub runner_id: UserId,
    /// Stripe's PaymentIntent.
    pub payment_intent: String,
    /// Stripe's charge.
    pub charge: Charge,
}

/// Money that was given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// Stripe's refund.
    pub id: String,
    /// Of which payment.
    pub payment_intent: String,
    /// How much.
    pub amount_cents: Cents,
    /// Whether it arrives.
    pub outcome: RefundOutcome,
    /// Who bears it; absent for one that somebody gave in Stripe's dashboard.
    #[serde(default)]
    pub bearer: Option<Bearer>,
    /// What the runner bore of it out of what they had.
    pub runner_cents: Cents,
}

/// Whether a refund arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundOutcome {
    /// Done or under way.
    Given,
    /// It came back.
    Failed,
}

/// A refund that staff asked for. What it takes is settled when it is asked for, so that a second run does the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunding {
    /// The how manyeth.
    pub number: u32,
    /// When it was asked for.
    pub since: Timestamp,
    /// Who bears it.
    pub bearer: Bearer,
    /// What to move.
    pub plan: Plan,
    /// Reversals of the plan that Stripe's webhook told first: what they took back is set aside already.
    #[serde(default)]
    pub set_aside: Vec<String>,
}

impl Refunding {
    /// Whether this is what the plan takes back of a transfer, and nobody has told of that yet.
    fn awaits(&self, sent: &Sent, reversal: &Reversal) -> bool {
        let planned = |part: &Part| part.from == sent.id && part.amount_cents == reversal.amount_cents;
        let told = sent.reversals.iter().any(|known| self.set_aside.contains(&known.id));
        self.bearer == Bearer::Runner && !told && self.plan.reversals.iter().any(planned)
    }
}

/// A payment that the customer does not recognise, or does not accept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Stripe's dispute.
    pub id: String,
    /// How much.
    pub amount_cents: Cents,
    /// Stripe's status.
    pub status: String,
    /// What the bank has taken back by now.
    pub withdrawn_cents: Cents,
    /// What Stripe took for itself because of it.
    pub fee_cents: Cents,
}

/// Counts what Stripe refused, and what was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// Captures.
    pub captures: u32,
    /// Transfers.
    pub payouts: u32,
    /// Excess holds, refused or not.
    pub excesses: u32,
    /// Tips.
    pub tips: u32,
    /// Refunds that staff asked for.
    pub refunds: u32,
    /// Refunds of what was taken beyond what a delivery costs.
    #[serde(default)]
    pub overtaken: u32,
}

/// How far an order's money has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was ever held.
    Void,
    /// The bank said no.
    Declined,
    /// The bank waits for the customer.
    ActionRequired,
    /// Held.
    Held,
    /// Given back before it was taken.
    Released,
    /// Taken from the customer, not yet with the runner.
    Captured,
    /// With the runner.
    PaidOut,
    /// All of it given back after it was taken.
    Refunded,
}

impl Stage {
    /// As the table and readers know it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Declined => "declined",
            Self::ActionRequired => "action_required",
            Self::Held => "held",
            Self::Released => "released",
            Self::Captured => "captured",
            Self::PaidOut => "paid_out",
            Self::Refunded => "refunded",
        }
    }

    pub(crate) fn money_stage(self) -> MoneyStage {
        match self {
            Self::Void => MoneyStage::Nothing,
            Self::Declined => MoneyStage::Declined,
            Self::ActionRequired => MoneyStage::ActionRequired,
            Self::Held => MoneyStage::Held,
            Self::Released => MoneyStage::Released,
            Self::Captured => MoneyStage::Captured,
            Self::PaidOut => MoneyStage::PaidOut,
            Self::Refunded => MoneyStage::Refunded,
        }
    }
}

impl Share {
    /// As Stripe's metadata has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Payout => "payout",
            Self::Tip => "tip",
            Self::Back => "back",
        }
    }

    /// The one that is called so.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Payout, Self::Tip, Self::Back].into_iter().find(|share| share.name() == name)
    }
}

impl Payment {
    /// Before anything happened to it.
    #[must_use]
    pub fn new(order_id: OrderId, currency: Currency) -> Self {
        Self {
            order_id,
            currency,
            payer: None,
            holds: Vec::new(),
            declined: None,
            over_since: None,
            payee: None,
            paid_out_at: None,
            withheld_cents: Cents(0),
            transfers: Vec::new(),
            tip: None,
            refunds: Vec::new(),
            refund_notes: Vec::new(),
            refunding: None,
            taken_back_cents: Cents(0),
            disputes: Vec::new(),
            troubles: Vec::new(),
            tries: Tries::default(),
            early: Vec::new(),
            statement: Vec::new(),
            again_at: None,
            ledger: Ledger::default(),
        }
    }

    /// How far it has come.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match (self.leading_hold().map(|hold| &hold.standing), &self.declined) {
            (None, None) => Stage::Void,
            (None | Some(Standing::Failed | Standing::Released), Some(_)) | (Some(Standing::Failed), None) => {
                Stage::Declined
            }
            (Some(Standing::Waiting { .. }), _) => Stage::ActionRequired,
            (Some(Standing::Held), _) => Stage::Held,
            (Some(Standing::Released), None) => Stage::Released,
            (Some(Standing::Captured(_)), _) if self.is_given_back() => Stage::Refunded,
            (Some(Standing::Captured(_)), _) if self.paid_out_at.is_some() => Stage::PaidOut,
            (Some(Standing::Captured(_)), _) => Stage::Captured,
        }
    }

    /// The hold that says how far it has come: the first one, or what was taken instead of it after it went away.
    fn leading_hold(&self) -> Option<&Hold> {
        let first = self.holds.first()?;
        let gone = first.standing == Standing::Released;
        let taken = self.holds.iter().find(|hold| gone && hold.charge().is_some());
        taken.or(Some(first))
    }

    /// Held now.
    #[must_use]
    pub fn held_cents(&self) -> Cents {
        let held = self.holds.iter().filter(|hold| hold.standing == Standing::Held);
        held.map(|hold| hold.amount_cents).sum()
    }

    /// Taken from the customer, the tip included.
    #[must_use]
    pub fn captured_cents(&self) -> Cents {
        self.charges().iter().map(|(_, charge)| charge.captured_cents).sum()
    }

    /// Given back to the customer.
    #[must_use]
    pub fn refunded_cents(&self) -> Cents {
        self.refunds.iter().filter(|refund| refund.arrives()).map(|refund| refund.amount_cents).sum()
    }

    /// With the runner, the tip included.
    #[must_use]
    pub fn paid_cents(&self) -> Cents {
        self.transfers.iter().map(Sent::left_cents).sum()
    }

    /// What was taken, with its PaymentIntent: the order's total, the excess, the tip.
    #[must_use]
    pub fn charges(&self) -> Vec<(&str, &Charge)> {
        let holds = self.holds.iter().filter_map(|hold| Some((hold.payment_intent.as_str(), hold.charge()?)));
        holds.chain(self.tip.iter().map(|tip| (tip.payment_intent.as_str(), &tip.charge))).collect()
    }

    /// What is left of a charge to give back.
    #[must_use]
    pub fn refundable_cents(&self, payment_intent: &str, charge: &Charge) -> Cents {
        let of_it = self.refunds.iter().filter(|refund| refund.arrives() && refund.payment_intent == payment_intent);
        charge.captured_cents - of_it.map(|refund| refund.amount_cents).sum()
    }

    /// What the runner is to get for the delivery and has not got. Of an order that is over, nothing.
    #[must_use]
    pub fn due_cents(&self) -> Cents {
        let (Some(payee), None, None) = (&self.payee, self.paid_out_at, self.over_since) else { return Cents(0) };
        (payee.payout_cents - self.withheld_cents - self.sent_cents(Share::Payout)).max(Cents(0))
    }

    /// The tip that was charged and is not with the runner. Of an order that is over, nothing.
    #[must_use]
    pub fn tip_due_cents(&self) -> Cents {
        let (Some(tip), None) = (&self.tip, self.over_since) else { return Cents(0) };
        let of_tip =
            self.refunds.iter().filter(|refund| refund.arrives() && refund.payment_intent == tip.payment_intent);
        // What the platform bears, and what the runner has paid already, is not taken from them here.
        let borne = of_tip.map(|refund| match refund.bearer {
            Some(Bearer::Platform) => Cents(0),
            Some(Bearer::Runner) | None => refund.amount_cents - refund.runner_cents,
        });
        let given_back: Cents = borne.sum();
        (tip.charge.captured_cents - given_back - self.sent_cents(Share::Tip)).max(Cents(0))
    }

    /// What was taken back from the runner for a refund that did not succeed: theirs again, unless another try is under way,
    /// or the order is over and the customer is owed all of it.
    #[must_use]
    pub fn owed_back_cents(&self) -> Cents {
        match (self.over_since, &self.refunding) {
            (None, None) => self.taken_back_cents,
            (Some(_), _) | (_, Some(_)) => Cents(0),
        }
    }

    /// What was taken of the holds beyond what the delivery costs, as somebody can in Stripe's dashboard, and was not given
    /// back: nobody's but the customer's.
    #[must_use]
    pub fn overtaken_cents(&self) -> Cents {
        let (Some(payee), None) = (&self.payee, self.over_since) else { return Cents(0) };
        let of_holds = |intent: &str| self.holds.iter().any(|hold| hold.payment_intent == intent);
        let taken: Cents = self.holds.iter().filter_map(Hold::charge).map(|charge| charge.captured_cents).sum();
        let given = self.refunds.iter().filter(|refund| refund.arrives() && of_holds(&refund.payment_intent));
        let given: Cents = given.map(|refund| refund.amount_cents).sum();
        (taken - payee.total_cents - given).max(Cents(0))
    }

    /// Once the payout is complete, the platform has what is nobody else's, and pays what is missing: how that comes about
    /// follows from what happened, not from what happened first. Before, it only pays what is missing.
    pub(crate) fn level(&mut self, at: Timestamp) {
        let left = match self.paid_out_at {
            Some(_) => self.reserved_cents(),
            None => self.ledger.left().max(Cents(0)),
        };
        self.ledger.level(at, left);
    }

    /// What of the money at Stripe is spoken for, so that it is not the platform's: a tip, what was taken back from the
    /// runner, and what they bear of a refund that is under way.
    pub(crate) fn reserved_cents(&self) -> Cents {
        self.tip_due_cents() + self.taken_back_cents + self.withheld_for_request()
    }

    /// What the runner does not get because of a refund that is under way.
    fn withheld_for_request(&self) -> Cents {
        self.refunding.as_ref().map_or(Cents(0), |refunding| refunding.plan.withheld_cents)
    }

    /// What the webhook tells of a refund that is under way, or was given up on, is kept for it: set aside before it is
    /// booked, or it would be the platform's for a moment.
    pub(crate) fn set_aside(&mut self, transfer: &str, reversal: &Reversal) {
        let Some(sent) = self.transfers.iter().find(|sent| sent.id == transfer) else { return };
        let known = sent.reversals.iter().any(|known| known.id == reversal.id);
        if let Some(refunding) = &mut self.refunding
            && !known
            && refunding.awaits(sent, reversal)
        {
            refunding.set_aside.push(reversal.id.clone());
            self.taken_back_cents = self.taken_back_cents + reversal.amount_cents;
        }
    }

    /// What was withheld for a refund that did not succeed is the runner's again; who was paid less meanwhile is not asked
    /// for it again.
    pub(crate) fn withhold_no_longer(&mut self, withheld_cents: Cents) {
        if self.paid_out_at.is_some() {
            self.taken_back_cents = self.taken_back_cents + withheld_cents;
        } else {
            self.withheld_cents = self.withheld_cents - withheld_cents;
        }
    }

    /// What was sent, whatever came back of it.
    #[must_use]
    pub fn sent_cents(&self, share: Share) -> Cents {
        self.transfers.iter().filter(|sent| sent.share == share).map(|sent| sent.amount_cents).sum()
    }

    /// Whether money of a delivered order has yet to be moved, whichever of its holds that money is in.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        let there = self.held_cents() + self.captured_cents() > Cents(0);
        let to_do = self.paid_out_at.is_none()
            || self.tip_due_cents() + self.owed_back_cents() + self.overtaken_cents() > Cents(0);
        there && to_do && self.payee.is_some() && self.over_since.is_none()
    }

    /// Whether the customer has everything back. A runner who is to be paid all the same keeps it from being over.
    fn is_given_back(&self) -> bool {
        self.refunded_cents() >= self.captured_cents() && self.due_cents() == Cents(0)
    }

    /// Who is paid, or tipped.
    #[must_use]
    pub fn runner_id(&self) -> Option<UserId> {
        let payee = self.payee.as_ref().map(|payee| payee.runner_id);
        let tipped = payee.or_else(|| self.tip.as_ref().map(|tip| tip.runner_id));
        tipped.or_else(|| self.transfers.first().map(|sent| sent.runner_id))
    }

    /// Whether what a fact is about is known: the hold, the charge, or the transfer.
    pub(crate) fn knows(&self, fact: &StripeFact) -> bool {
        match fact {
            StripeFact::Held { payment_intent, .. }
            | StripeFact::Failed { payment_intent, .. }
            | StripeFact::Canceled { payment_intent, .. }
            | StripeFact::Captured { payment_intent, .. } => {
                let tips = self.tip.as_ref().map(|tip| &tip.payment_intent);
                self.holds.iter().map(|hold| &hold.payment_intent).chain(tips).any(|known| known == payment_intent)
            }
            StripeFact::Refunded { payment_intent, .. } | StripeFact::Disputed { payment_intent, .. } => {
                self.charges().iter().any(|(known, _)| known == payment_intent)
            }
            StripeFact::Reversed { transfer, .. } => self.transfers.iter().any(|sent| sent.id == *transfer),
        }
    }

    pub(crate) fn customer_id(&self) -> Option<UserId> {
        self.payer.as_ref().map(|payer| payer.customer_id)
    }
}

impl Hold {
    /// What was taken of it, if it was.
    #[must_use]
    pub fn charge(&self) -> Option<&Charge> {
        match &self.standing {
            Standing::Captured(charge) => Some(charge),
            Standing::Waiting { .. } | Standing::Failed | Standing::Held | Standing::Released => None,
        }
    }

    /// Whether Stripe still has something open that has to be cancelled or taken.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.standing {
            Standing::Waiting { .. } | Standing::Failed | Standing::Held => true,
            Standing::Released | Standing::Captured(_) => false,
        }
    }
}

impl Sent {
    /// What was taken back.
    #[must_use]
    pub fn reversed_cents(&self) -> Cents {
        self.reversals.iter().map(|reversal| reversal.amount_cents).sum()
    }

    /// What the runner still has.
    #[must_use]
    pub fn left_cents(&self) -> Cents {
        self.amount_cents - self.reversed_cents()
    }
}

impl Refunded {
    /// Whether the customer gets it.
    #[must_use]
    pub fn arrives(&self) -> bool {
        self.outcome == RefundOutcome::Given
    }
}

impl Entity for Payment {
    type Id = OrderId;
    type Table = store::Entity;
    type View = MoneyView;

    fn id(&self) -> OrderId {
        self.order_id
    }

    fn view(&self, _: u64, viewer: &Principal) -> MoneyView {
        let side = match viewer {
            Principal::User(id) if self.customer_id() == Some(*id) => Side::Customer,
            Principal::User(_) => Side::Runner,
            Principal::Operator(_) | Principal::Finance(_) | Principal::System(_) => Side::Staff,
        };
        money_view(self, side)
    }

    fn index(&self, row: &mut Row<Self>) {
        row.stage = Set(self.stage().name().to_owned());
        row.customer_id = Set(self.customer_id().map(|id| id.to_string()));
        row.runner_id = Set(self.runner_id().map(|id| id.to_string()));
        row.began_at = Set(self.ledger.began().map(Timestamp::as_millisecond));
        row.held_cents = Set(self.held_cents().0);
        row.spent_cents = Set((self.captured_cents() - self.refunded_cents()).0);
        row.earned_cents = Set(self.paid_cents().0);
        row.waiting_cents = Set(self.waiting_cents().0);
        row.unsound = Set(Some(i32::try_from(audit::failures(self).len()).unwrap_or(i32::MAX)));
        row.unconfirmed_since = Set(self.unconfirmed().min().map(Timestamp::as_millisecond));
        row.unconfirmed_until = Set(self.unconfirmed().max().map(Timestamp::as_millisecond));
        row.task_since = Set(self.troubles.first().map(|trouble| trouble.since.as_millisecond()));
    }

    /// Every PaymentIntent, charge and transfer: what Stripe tells of may name no order.
    fn names(&self) -> Vec<String> {
        let intents = self.holds.iter().map(|hold| hold.payment_intent.clone());
        let intents = intents.chain(self.tip.iter().map(|tip| tip.payment_intent.clone()));
        let charges = self.charges().into_iter().map(|(_, charge)| charge.id.clone());
        let transfers = self.transfers.iter().map(|sent| sent.id.clone());
        intents.chain(charges).chain(transfers).collect()
    }
}

impl Payment {
    /// Taken from the customer, and the runner's as soon as it can be sent.
    fn waiting_cents(&self) -> Cents {
        let due = if self.stage() == Stage::Captured { self.due_cents() } else { Cents(0) };
        due + self.tip_due_cents()
    }
}
