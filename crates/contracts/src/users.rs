//! What users decides and says: who people are, whether they can pay, and whether they can be paid.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::timers::sample_order;
use crate::{Cents, Currency, Id, OrderId, Text, UserId};

/// What a person may do. One person may hold several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Orders food.
    Customer,
    /// Delivers food.
    Runner,
    /// Looks after orders that went wrong.
    Operator,
}

/// Where Stripe keeps a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardRef {
    /// Stripe's customer, `cus_…`.
    pub customer: String,
    /// Stripe's payment method, `pm_…`.
    pub payment_method: String,
}

/// Where Stripe pays a person: a Connect account, `acct_…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct PayoutRef(pub String);

/// Makes a person known to the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RegisterUser {
    /// Who.
    pub user_id: UserId,
    /// What to call them.
    pub name: Text<100>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// A payment method at Stripe that they bring along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<String>,
    /// Whether they want to be paid.
    #[serde(default)]
    pub wants_payouts: bool,
}

/// A person is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserRegistered {
    /// Who.
    pub user_id: UserId,
    /// What they may do.
    pub roles: Vec<Role>,
}

/// A person brought a card; it has yet to be kept at Stripe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardAdded {
    /// Whose.
    pub user_id: UserId,
    /// Stripe's payment method.
    pub payment_method: String,
}

/// A person wants to be paid; a Connect account has yet to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutRequested {
    /// Who.
    pub user_id: UserId,
}

/// A person can be paid from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutAccountReady {
    /// Who.
    pub user_id: UserId,
    /// Where.
    pub account: PayoutRef,
}

/// The customer of an order can pay, with this card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayerResolved {
    /// The order.
    pub order_id: OrderId,
    /// Its customer.
    pub customer_id: UserId,
    /// The card to charge.
    pub card: CardRef,
    /// How much to hold.
    pub total_cents: Cents,
    /// In what.
    pub currency: Currency,
}

/// Why a customer cannot pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayerProblem {
    /// No card on file.
    NoPaymentMethod,
    /// Nobody with this id is known.
    Unknown,
}

/// The customer of an order cannot pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayerUnavailable {
    /// The order.
    pub order_id: OrderId,
    /// Its customer.
    pub customer_id: UserId,
    /// Why.
    pub problem: PayerProblem,
}

/// The runner who claimed an order may deliver it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunnerApproved {
    /// The order.
    pub order_id: OrderId,
    /// Who claimed it.
    pub runner_id: UserId,
}

/// Why a runner may not deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunnerProblem {
    /// No payout account, so they could not be paid: predecessor.md B07.
    NoPayoutAccount,
    /// Not a runner.
    NotARunner,
    /// Nobody with this id is known.
    Unknown,
}

/// The runner who claimed an order may not deliver it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunnerRejected {
    /// The order.
    pub order_id: OrderId,
    /// Who claimed it.
    pub runner_id: UserId,
    /// Why.
    pub problem: RunnerProblem,
}

/// The runner of a delivered order can be paid, on this account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayeeResolved {
    /// The order.
    pub order_id: OrderId,
    /// Who is to be paid.
    pub runner_id: UserId,
    /// Where.
    pub account: PayoutRef,
    /// How much to take from the customer.
    pub total_cents: Cents,
    /// How much of it goes to the runner.
    pub payout_cents: Cents,
    /// In what.
    pub currency: Currency,
}

/// The runner of a delivered order cannot be paid yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayeeUnavailable {
    /// The order.
    pub order_id: OrderId,
    /// Who is to be paid.
    pub runner_id: UserId,
}

crate::message::messages! { "users":
    Intent "register" RegisterUser by user_id: UserId,
    Event "registered" UserRegistered by user_id: UserId,
    Event "card_added" CardAdded by user_id: UserId,
    Event "payout_requested" PayoutRequested by user_id: UserId,
    Event "payout_account_ready" PayoutAccountReady by user_id: UserId,
    Event "payer_resolved" PayerResolved by order_id: OrderId,
    Event "payer_unavailable" PayerUnavailable by order_id: OrderId,
    Event "runner_approved" RunnerApproved by order_id: OrderId,
    Event "runner_rejected" RunnerRejected by order_id: OrderId,
    Event "payee_resolved" PayeeResolved by order_id: OrderId,
    Event "payee_unavailable" PayeeUnavailable by order_id: OrderId,
}

/// Who is this? Refused with `not_found` when nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GetUser {
    /// Who.
    pub user_id: UserId,
}

/// A person, as they themselves may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserView {
    /// Who.
    pub user_id: UserId,
    /// What to call them.
    pub name: Text<100>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Whether a card is on file.
    pub can_pay: bool,
    /// Whether a payout account is open.
    pub can_be_paid: bool,
    /// Counts the changes.
    pub version: u64,
}

crate::message::questions! { "users":
    "get" GetUser -> UserView,
}

/// The person that samples speak of.
pub(crate) fn sample_user() -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(0x0198_c2f6_0000_7000_8000_0000_0000_a11c))
}

impl Sample for CardRef {
    fn sample() -> Self {
        Self { customer: "cus_Qx1".into(), payment_method: "pm_1Pq".into() }
    }
}

impl Sample for PayoutRef {
    fn sample() -> Self {
        Self("acct_1Pr".into())
    }
}

impl Sample for RegisterUser {
    fn sample() -> Self {
        Self {
            user_id: sample_user(),
            name: Text::sample(),
            roles: vec![Role::Customer],
            payment_method: Some("pm_card_visa".into()),
            wants_payouts: false,
        }
    }
}

impl Sample for UserRegistered {
    fn sample() -> Self {
        Self { user_id: sample_user(), roles: vec![Role::Customer] }
    }
}

impl Sample for CardAdded {
    fn sample() -> Self {
        Self { user_id: sample_user(), payment_method: "pm_card_visa".into() }
    }
}

impl Sample for PayoutRequested {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for PayoutAccountReady {
    fn sample() -> Self {
        Self { user_id: sample_user(), account: PayoutRef::sample() }
    }
}

impl Sample for PayerResolved {
    fn sample() -> Self {
        Self {
            order_id: sample_order(),
            customer_id: sample_user(),
            card: CardRef::sample(),
            total_cents: Cents(1_090),
            currency: Currency::Sgd,
        }
    }
}

impl Sample for PayerUnavailable {
    fn sample() -> Self {
        Self { order_id: sample_order(), customer_id: sample_user(), problem: PayerProblem::NoPaymentMethod }
    }
}

impl Sample for RunnerApproved {
    fn sample() -> Self {
        Self { order_id: sample_order(), runner_id: sample_user() }
    }
}

impl Sample for RunnerRejected {
    fn sample() -> Self {
        Self { order_id: sample_order(), runner_id: sample_user(), problem: RunnerProblem::NoPayoutAccount }
    }
}

impl Sample for PayeeResolved {
    fn sample() -> Self {
        Self {
            order_id: sample_order(),
            runner_id: sample_user(),
            account: PayoutRef::sample(),
            total_cents: Cents(1_090),
            payout_cents: Cents(1_090),
            currency: Currency::Sgd,
        }
    }
}

impl Sample for PayeeUnavailable {
    fn sample() -> Self {
        Self { order_id: sample_order(), runner_id: sample_user() }
    }
}

impl Sample for GetUser {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}
