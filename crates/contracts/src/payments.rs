//! What payments decides and says: holds, captures, payouts, refunds, and the cards and accounts that they need at Stripe.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::timers::{sample_order, sample_time};
use crate::users::{CardRef, PayoutRef, sample_user};
use crate::{Cents, Currency, OrderId, ReconciliationId, Text, UserId};

mod reads;
mod statements;
pub use reads::*;
pub use statements::*;

// --- intents ---------------------------------------------------------------------------------------------------------

/// Who bears a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bearer {
    /// The runner's payout is taken back first, as far as it goes.
    Runner,
    /// The runner keeps theirs; the platform pays.
    Platform,
}

/// Gives captured money back to the customer. For operators and finance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefundPayment {
    /// The order.
    pub order_id: OrderId,
    /// How much; all that is left when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_cents: Option<Cents>,
    /// Who bears it.
    pub bearer: Bearer,
    /// Why.
    pub reason: Text<200>,
}

/// What Stripe says of an order's money, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum StripeFact {
    /// `payment_intent.amount_capturable_updated`: the money is held.
    Held {
        /// Stripe's PaymentIntent.
        payment_intent: String,
        /// How much can be taken.
        capturable_cents: Cents,
    },
    /// `payment_intent.payment_failed`: the bank said no, or the customer did not authenticate.
    Failed {
        /// Stripe's PaymentIntent.
        payment_intent: String,
        /// Stripe's code.
        code: String,
        /// One sentence for the customer.
        message: String,
    },
    /// `payment_intent.canceled`: the hold is gone.
    Canceled {
        /// Stripe's PaymentIntent.
        payment_intent: String,
        /// Stripe's reason: `automatic` when the hold lapsed.
        reason: Option<String>,
    },
    /// `payment_intent.succeeded`: the money was taken.
    Captured {
        /// Stripe's PaymentIntent.
        payment_intent: String,
        /// Stripe's charge.
        charge: String,
        /// How much was taken.
        captured_cents: Cents,
    },
    /// `refund.created`, `refund.updated`, `refund.failed`.
    Refunded {
        /// Stripe's PaymentIntent.
        payment_intent: String,
        /// Stripe's refund.
        refund: String,
        /// How much.
        amount_cents: Cents,
        /// Stripe's status: `pending`, `succeeded`, `failed`, `canceled`, `requires_action`.
        status: String,
    },
    /// `charge.dispute.created`, `charge.dispute.closed`.
    Disputed {
        /// Stripe's PaymentIntent.
        payment_intent: String,
        /// Stripe's dispute.
        dispute: String,
        /// How much.
        amount_cents: Cents,
        /// Stripe's status: `needs_response`, `under_review`, `won`, `lost`, ….
        status: String,
    },
    /// `transfer.reversed`: every reversal that the transfer has by now.
    Reversed {
        /// Stripe's transfer.
        transfer: String,
        /// Each reversal and its amount.
        reversals: Vec<Reversal>,
    },
}

/// A transfer's reversal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reversal {
    /// Stripe's reversal, `trr_…`.
    pub id: String,
    /// How much.
    pub amount_cents: Cents,
}

/// Records what Stripe says of an order's money. Only for the platform's own webhook, under a message id that follows from
/// Stripe's event id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordStripeEvent {
    /// The order.
    pub order_id: OrderId,
    /// When Stripe says that it happened, UTC.
    pub at: Timestamp,
    /// What.
    pub fact: StripeFact,
}

/// Asks for a page of Stripe's on which a card can be set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetUpCard {
    /// Who; the principal.
    pub user_id: UserId,
}

/// Records that somebody has set up a card on Stripe's page. Only for the platform's own webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordCardSetup {
    /// Who.
    pub user_id: UserId,
    /// Stripe's setup intent.
    pub setup_intent: String,
}

/// Makes a card the one that is charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChooseCard {
    /// Who; the principal.
    pub user_id: UserId,
    /// Stripe's payment method.
    pub payment_method: String,
}

/// Takes a card away, here and at Stripe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemoveCard {
    /// Who; the principal.
    pub user_id: UserId,
    /// Stripe's payment method.
    pub payment_method: String,
}

/// Asks for a page of Stripe's on which a runner opens or completes their payout account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StartOnboarding {
    /// Who; the principal.
    pub user_id: UserId,
}

/// Records what Stripe says of a payout account. Only for the platform's own webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordAccount {
    /// Who.
    pub user_id: UserId,
    /// The account.
    pub account: PayoutRef,
    /// Whether money can be transferred to it.
    pub payable: bool,
    /// When Stripe says so, UTC.
    pub at: Timestamp,
}

// --- events ----------------------------------------------------------------------------------------------------------

/// The customer's money is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentAuthorized {
    /// The order it is held for.
    pub order_id: OrderId,
    /// How much.
    pub held_cents: Cents,
    /// In what.
    pub currency: Currency,
}

/// The bank said no. Nothing is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentDeclined {
    /// The order that was not paid for.
    pub order_id: OrderId,
    /// Stripe's decline code, or its error code where there is none.
    pub code: String,
    /// One sentence for the customer.
    pub message: String,
}

/// The hold is gone: the customer pays nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentReleased {
    /// The order it was held for.
    pub order_id: OrderId,
    /// How much was given back.
    pub released_cents: Cents,
}

/// The held money was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentCaptured {
    /// The order it was held for.
    pub order_id: OrderId,
    /// How much.
    pub captured_cents: Cents,
}

/// The hold could not be taken; it is tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaptureFailed {
    /// The order it was held for.
    pub order_id: OrderId,
    /// Stripe's code.
    pub code: String,
    /// One sentence for an operator.
    pub message: String,
}

/// The runner was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutSent {
    /// The order that was delivered.
    pub order_id: OrderId,
    /// Who was paid.
    pub runner_id: UserId,
    /// How much.
    pub paid_cents: Cents,
    /// What the platform kept of the captured amount.
    pub platform_cents: Cents,
}

/// The money was taken from the customer but could not yet go to the runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutHeld {
    /// The order that was delivered.
    pub order_id: OrderId,
    /// Who is to be paid.
    pub runner_id: UserId,
    /// Stripe's code.
    pub code: String,
    /// One sentence for the runner and for an operator.
    pub message: String,
}

/// The bank wants the customer before it holds the money. Where to send them is told to nobody but them (`payments.money`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentActionRequired {
    /// The order.
    pub order_id: OrderId,
}

/// The hold went away without anybody here having asked for it: it lapsed, or it was cancelled in Stripe's dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldLost {
    /// The order.
    pub order_id: OrderId,
    /// How much was held.
    pub held_cents: Cents,
}

/// A hold is about to lapse and its order was not delivered: the order has to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldLapsing {
    /// The order.
    pub order_id: OrderId,
}

/// The excess that the customer agreed to is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExcessAuthorized {
    /// The order.
    pub order_id: OrderId,
    /// How much more is held now.
    pub excess_cents: Cents,
}

/// The excess could not be held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExcessDeclined {
    /// The order.
    pub order_id: OrderId,
    /// Stripe's code.
    pub code: String,
    /// One sentence for the customer.
    pub message: String,
}

/// Captured money is to be given back: the transfer first, then the refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefundRequested {
    /// The order.
    pub order_id: OrderId,
    /// How much.
    pub amount_cents: Cents,
    /// Who bears it.
    pub bearer: Bearer,
    /// The how manyeth of this order, from 1: part of the idempotency keys.
    pub number: u32,
}

/// Captured money was given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentRefunded {
    /// The order.
    pub order_id: OrderId,
    /// Whose money it was.
    pub customer_id: UserId,
    /// How much this time.
    pub refunded_cents: Cents,
    /// How much altogether.
    pub total_refunded_cents: Cents,
}

/// Captured money could not be given back: a task for an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefundFailed {
    /// The order.
    pub order_id: OrderId,
    /// Stripe's code.
    pub code: String,
    /// One sentence for an operator.
    pub message: String,
}

/// A runner's payout was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutReversed {
    /// The order.
    pub order_id: OrderId,
    /// Who had been paid.
    pub runner_id: UserId,
    /// How much was taken back this time.
    pub reversed_cents: Cents,
}

/// What was taken back from a runner for a refund that did not succeed is with them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutReturned {
    /// The order.
    pub order_id: OrderId,
    /// Who has it.
    pub runner_id: UserId,
    /// How much.
    pub returned_cents: Cents,
}

/// What could not be moved is tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SettlementRetried {
    /// The order.
    pub order_id: OrderId,
    /// Where the runner is paid, if that is known by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<PayoutRef>,
}

/// The tip was charged and is with the runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TipPaid {
    /// The order.
    pub order_id: OrderId,
    /// Who has it.
    pub runner_id: UserId,
    /// How much.
    pub tip_cents: Cents,
}

/// The tip could not be charged; nothing was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TipDeclined {
    /// The order.
    pub order_id: OrderId,
    /// Whose card it was.
    pub customer_id: UserId,
    /// Stripe's code.
    pub code: String,
    /// One sentence for the customer.
    pub message: String,
}

/// The customer's bank takes the money back for now, or has decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentDisputed {
    /// The order.
    pub order_id: OrderId,
    /// How much.
    pub disputed_cents: Cents,
    /// Stripe's status: `needs_response`, `won`, `lost`, ….
    pub status: String,
}

/// What Stripe had told before what it is about was known can be recorded now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactRecalled {
    /// The order.
    pub order_id: OrderId,
}

/// A card can be charged from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardKept {
    /// Whose card it is.
    pub user_id: UserId,
    /// Where Stripe keeps it.
    pub card: CardRef,
}

/// The card could not be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardRefused {
    /// Whose card it is.
    pub user_id: UserId,
    /// Stripe's code.
    pub code: String,
    /// One sentence for the person.
    pub message: String,
}

/// A person can be paid from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutAccountOpened {
    /// Who.
    pub user_id: UserId,
    /// The Connect account.
    pub account: PayoutRef,
}

/// Somebody wants a page on which to set up a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardSetupRequested {
    /// Who.
    pub user_id: UserId,
    /// The how manyeth page, from 1: part of the idempotency key.
    pub number: u32,
}

/// The page is there (`payments.pages`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardSetupReady {
    /// Who.
    pub user_id: UserId,
    /// The how manyeth page.
    pub number: u32,
}

/// Somebody has set up a card on Stripe's page; it has yet to be looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardSetUp {
    /// Who.
    pub user_id: UserId,
    /// Stripe's setup intent.
    pub setup_intent: String,
}

/// Another card is the one that is charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardChosen {
    /// Whose.
    pub user_id: UserId,
    /// Where Stripe keeps it.
    pub card: CardRef,
}

/// A card is to be taken away at Stripe; it is no longer charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardRemovalRequested {
    /// Whose.
    pub user_id: UserId,
    /// Stripe's payment method.
    pub payment_method: String,
}

/// A card is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardRemoved {
    /// Whose.
    pub user_id: UserId,
    /// Stripe's payment method.
    pub payment_method: String,
    /// The card that is charged from now on, if there is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<CardRef>,
}

/// A runner wants a page on which to open or complete their payout account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OnboardingRequested {
    /// Who.
    pub user_id: UserId,
    /// The how manyeth page, from 1: part of the idempotency key.
    pub number: u32,
}

/// The page is there (`payments.pages`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OnboardingReady {
    /// Who.
    pub user_id: UserId,
    /// The how manyeth page.
    pub number: u32,
}

/// A person cannot be paid any more: Stripe wants something of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutAccountClosed {
    /// Who.
    pub user_id: UserId,
}

crate::message::messages! { "payments":
    Intent "refund" RefundPayment by order_id: OrderId,
    Intent "record_stripe_event" RecordStripeEvent by order_id: OrderId,
    Intent "set_up_card" SetUpCard by user_id: UserId,
    Intent "record_card_setup" RecordCardSetup by user_id: UserId,
    Intent "choose_card" ChooseCard by user_id: UserId,
    Intent "remove_card" RemoveCard by user_id: UserId,
    Intent "start_onboarding" StartOnboarding by user_id: UserId,
    Intent "record_account" RecordAccount by user_id: UserId,
    Intent "plan_reconciliation" PlanReconciliation by reconciliation_id: ReconciliationId,
    Intent "reconcile" Reconcile by reconciliation_id: ReconciliationId,
    Event "statement_page_due" StatementPageDue by reconciliation_id: ReconciliationId,
    Event "statement_read" StatementRead by order_id: OrderId,
    Event "reconciled" Reconciled by reconciliation_id: ReconciliationId,
    Event "action_required" PaymentActionRequired by order_id: OrderId,
    Event "hold_lost" HoldLost by order_id: OrderId,
    Event "hold_lapsing" HoldLapsing by order_id: OrderId,
    Event "excess_authorized" ExcessAuthorized by order_id: OrderId,
    Event "excess_declined" ExcessDeclined by order_id: OrderId,
    Event "refund_requested" RefundRequested by order_id: OrderId,
    Event "refunded" PaymentRefunded by order_id: OrderId,
    Event "refund_failed" RefundFailed by order_id: OrderId,
    Event "payout_reversed" PayoutReversed by order_id: OrderId,
    Event "payout_returned" PayoutReturned by order_id: OrderId,
    Event "settlement_retried" SettlementRetried by order_id: OrderId,
    Event "tip_paid" TipPaid by order_id: OrderId,
    Event "tip_declined" TipDeclined by order_id: OrderId,
    Event "fact_recalled" FactRecalled by order_id: OrderId,
    Event "disputed" PaymentDisputed by order_id: OrderId,
    Event "card_setup_requested" CardSetupRequested by user_id: UserId,
    Event "card_setup_ready" CardSetupReady by user_id: UserId,
    Event "card_set_up" CardSetUp by user_id: UserId,
    Event "card_chosen" CardChosen by user_id: UserId,
    Event "card_removal_requested" CardRemovalRequested by user_id: UserId,
    Event "card_removed" CardRemoved by user_id: UserId,
    Event "onboarding_requested" OnboardingRequested by user_id: UserId,
    Event "onboarding_ready" OnboardingReady by user_id: UserId,
    Event "payout_account_closed" PayoutAccountClosed by user_id: UserId,
    Event "authorized" PaymentAuthorized by order_id: OrderId,
    Event "declined" PaymentDeclined by order_id: OrderId,
    Event "released" PaymentReleased by order_id: OrderId,
    Event "captured" PaymentCaptured by order_id: OrderId,
    Event "capture_failed" CaptureFailed by order_id: OrderId,
    Event "paid_out" PayoutSent by order_id: OrderId,
    Event "payout_held" PayoutHeld by order_id: OrderId,
    Event "card_kept" CardKept by user_id: UserId,
    Event "card_refused" CardRefused by user_id: UserId,
    Event "payout_account_opened" PayoutAccountOpened by user_id: UserId,
}

impl Sample for PaymentAuthorized {
    fn sample() -> Self {
        Self { order_id: sample_order(), held_cents: Cents(1_090), currency: Currency::Sgd }
    }
}

impl Sample for PaymentDeclined {
    fn sample() -> Self {
        Self {
            order_id: sample_order(),
            code: "insufficient_funds".into(),
            message: "Your card has insufficient funds.".into(),
        }
    }
}

impl Sample for PaymentReleased {
    fn sample() -> Self {
        Self { order_id: sample_order(), released_cents: Cents(1_090) }
    }
}

impl Sample for PaymentCaptured {
    fn sample() -> Self {
        Self { order_id: sample_order(), captured_cents: Cents(1_090) }
    }
}

impl Sample for CaptureFailed {
    fn sample() -> Self {
        Self {
            order_id: sample_order(),
            code: "charge_expired_for_capture".into(),
            message: "The hold had expired.".into(),
        }
    }
}

impl Sample for PayoutSent {
    fn sample() -> Self {
        Self { order_id: sample_order(), runner_id: sample_user(), paid_cents: Cents(1_090), platform_cents: Cents(0) }
    }
}

impl Sample for PayoutHeld {
    fn sample() -> Self {
        Self {
            order_id: sample_order(),
            runner_id: sample_user(),
            code: "insufficient_capabilities_for_transfer".into(),
            message: "The payout account is not ready.".into(),
        }
    }
}

impl Sample for CardKept {
    fn sample() -> Self {
        Self { user_id: sample_user(), card: CardRef::sample() }
    }
}

impl Sample for CardRefused {
    fn sample() -> Self {
        Self { user_id: sample_user(), code: "card_declined".into(), message: "Your card was declined.".into() }
    }
}

impl Sample for PayoutAccountOpened {
    fn sample() -> Self {
        Self { user_id: sample_user(), account: PayoutRef::sample() }
    }
}

impl Sample for RefundPayment {
    fn sample() -> Self {
        Self { order_id: sample_order(), amount_cents: None, bearer: Bearer::Runner, reason: Text::sample() }
    }
}

impl Sample for RecordStripeEvent {
    fn sample() -> Self {
        Self {
            order_id: sample_order(),
            at: sample_time(),
            fact: StripeFact::Held { payment_intent: "pi_1Pq".into(), capturable_cents: Cents(1_090) },
        }
    }
}

impl Sample for SetUpCard {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for RecordCardSetup {
    fn sample() -> Self {
        Self { user_id: sample_user(), setup_intent: "seti_1Pq".into() }
    }
}

impl Sample for ChooseCard {
    fn sample() -> Self {
        Self { user_id: sample_user(), payment_method: "pm_1Pq".into() }
    }
}

impl Sample for RemoveCard {
    fn sample() -> Self {
        Self { user_id: sample_user(), payment_method: "pm_1Pq".into() }
    }
}

impl Sample for StartOnboarding {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for RecordAccount {
    fn sample() -> Self {
        Self { user_id: sample_user(), account: PayoutRef::sample(), payable: true, at: sample_time() }
    }
}

impl Sample for PaymentActionRequired {
    fn sample() -> Self {
        Self { order_id: sample_order() }
    }
}

impl Sample for HoldLost {
    fn sample() -> Self {
        Self { order_id: sample_order(), held_cents: Cents(1_090) }
    }
}

impl Sample for HoldLapsing {
    fn sample() -> Self {
        Self { order_id: sample_order() }
    }
}

impl Sample for ExcessAuthorized {
    fn sample() -> Self {
        Self { order_id: sample_order(), excess_cents: Cents(182) }
    }
}

impl Sample for ExcessDeclined {
    fn sample() -> Self {
        Self { order_id: sample_order(), code: "card_declined".into(), message: "Your card was declined.".into() }
    }
}

impl Sample for RefundRequested {
    fn sample() -> Self {
        Self { order_id: sample_order(), amount_cents: Cents(1_090), bearer: Bearer::Runner, number: 1 }
    }
}

impl Sample for PaymentRefunded {
    fn sample() -> Self {
        Self {
            order_id: sample_order(),
            customer_id: sample_user(),
            refunded_cents: Cents(1_090),
            total_refunded_cents: Cents(1_090),
        }
    }
}

impl Sample for RefundFailed {
    fn sample() -> Self {
        Self { order_id: sample_order(), code: "charge_disputed".into(), message: "The charge is disputed.".into() }
    }
}

impl Sample for PayoutReversed {
    fn sample() -> Self {
        Self { order_id: sample_order(), runner_id: sample_user(), reversed_cents: Cents(1_090) }
    }
}

impl Sample for PayoutReturned {
    fn sample() -> Self {
        Self { order_id: sample_order(), runner_id: sample_user(), returned_cents: Cents(300) }
    }
}

impl Sample for SettlementRetried {
    fn sample() -> Self {
        Self { order_id: sample_order(), account: None }
    }
}

impl Sample for TipPaid {
    fn sample() -> Self {
        Self { order_id: sample_order(), runner_id: sample_user(), tip_cents: Cents(200) }
    }
}

impl Sample for TipDeclined {
    fn sample() -> Self {
        Self {
            order_id: sample_order(),
            customer_id: sample_user(),
            code: "card_declined".into(),
            message: "Your card was declined.".into(),
        }
    }
}

impl Sample for PaymentDisputed {
    fn sample() -> Self {
        Self { order_id: sample_order(), disputed_cents: Cents(1_090), status: "needs_response".into() }
    }
}

impl Sample for FactRecalled {
    fn sample() -> Self {
        Self { order_id: sample_order() }
    }
}

impl Sample for CardSetupRequested {
    fn sample() -> Self {
        Self { user_id: sample_user(), number: 1 }
    }
}

impl Sample for CardSetupReady {
    fn sample() -> Self {
        Self { user_id: sample_user(), number: 1 }
    }
}

impl Sample for CardSetUp {
    fn sample() -> Self {
        Self { user_id: sample_user(), setup_intent: "seti_1Pq".into() }
    }
}

impl Sample for CardChosen {
    fn sample() -> Self {
        Self { user_id: sample_user(), card: CardRef::sample() }
    }
}

impl Sample for CardRemovalRequested {
    fn sample() -> Self {
        Self { user_id: sample_user(), payment_method: "pm_1Pq".into() }
    }
}

impl Sample for CardRemoved {
    fn sample() -> Self {
        Self { user_id: sample_user(), payment_method: "pm_1Pq".into(), next: None }
    }
}

impl Sample for OnboardingRequested {
    fn sample() -> Self {
        Self { user_id: sample_user(), number: 1 }
    }
}

impl Sample for OnboardingReady {
    fn sample() -> Self {
        Self { user_id: sample_user(), number: 1 }
    }
}

impl Sample for PayoutAccountClosed {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}
