//! What payments says: holds, captures, payouts, and the accounts that they need at Stripe.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::timers::sample_order;
use crate::users::{CardRef, PayoutRef, sample_user};
use crate::{Cents, Currency, OrderId, UserId};

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

crate::message::messages! { "payments":
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
