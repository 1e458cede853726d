//! What users decides and says: who people are, whether they can pay, and whether they can be paid.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sample;
use crate::timers::{sample_order, sample_time};
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
    /// Looks after the money.
    Finance,
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
    /// An account at Stripe that they bring along; without one a new one is opened, which needs onboarding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout_account: Option<PayoutRef>,
}

/// Shuts a person out until they are let in again: they can read, but neither order nor deliver. For operators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuspendUser {
    /// Who.
    pub user_id: UserId,
    /// Why.
    pub reason: Text<200>,
}

/// Lets a person in again. For operators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReinstateUser {
    /// Who.
    pub user_id: UserId,
}

/// What an identity provider says of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum IdentityFact {
    /// They exist, and are so; again with other words, changes the words.
    Known {
        /// What to call them.
        name: Text<100>,
        /// What they may do.
        roles: Vec<Role>,
        /// Whether the provider has banned or locked them.
        barred: bool,
    },
    /// They are gone, and want to be forgotten.
    Deleted,
}

/// Records what the identity provider says, in the order of its own times: an older fact than the last one is dropped.
/// Only for the platform's own webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordIdentity {
    /// Who.
    pub user_id: UserId,
    /// When the provider says that it happened, UTC.
    pub at: Timestamp,
    /// What.
    pub fact: IdentityFact,
}

/// Remembers how somebody likes it. Whatever is absent stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetPreferences {
    /// Who; the principal.
    pub user_id: UserId,
    /// The role that they used last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The language that they read, as a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Text<35>>,
    /// Whether they take orders now, as a runner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<bool>,
}

/// How somebody likes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Preferences {
    /// The role that they used last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The language that they read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Text<35>>,
    /// Whether they take orders now, as a runner; nothing said means yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<bool>,
}

/// A person is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserRegistered {
    /// Who.
    pub user_id: UserId,
    /// What they may do.
    pub roles: Vec<Role>,
}

/// A person was shut out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserSuspended {
    /// Who.
    pub user_id: UserId,
}

/// A person was let in again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserReinstated {
    /// Who.
    pub user_id: UserId,
}

/// A person is gone: what Stripe keeps for them is to be forgotten too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserClosed {
    /// Who.
    pub user_id: UserId,
}

/// A person brought a card; it has yet to be kept at Stripe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardAdded {
    /// Whose.
    pub user_id: UserId,
    /// Stripe's payment method.
    pub payment_method: String,
}

/// A person wants to be paid: on the account that they bring, or on one that has yet to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutRequested {
    /// Who.
    pub user_id: UserId,
    /// The account that they bring along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<PayoutRef>,
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
    /// They were shut out.
    Suspended,
    /// Not a customer.
    NotACustomer,
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
    /// They were shut out.
    Suspended,
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
    /// How much to take from the customer all the same.
    #[serde(default)]
    pub total_cents: Cents,
    /// How much of it is for the runner.
    #[serde(default)]
    pub payout_cents: Cents,
    /// In what.
    #[serde(default)]
    pub currency: Currency,
}

crate::message::messages! { "users":
    Intent "register" RegisterUser by user_id: UserId,
    Intent "suspend" SuspendUser by user_id: UserId,
    Intent "reinstate" ReinstateUser by user_id: UserId,
    Intent "record_identity" RecordIdentity by user_id: UserId,
    Intent "set_preferences" SetPreferences by user_id: UserId,
    Event "suspended" UserSuspended by user_id: UserId,
    Event "reinstated" UserReinstated by user_id: UserId,
    Event "closed" UserClosed by user_id: UserId,
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
    /// Whether they were shut out.
    #[serde(default)]
    pub suspended: bool,
    /// How they like it.
    #[serde(default)]
    pub preferences: Preferences,
    /// How often others rated them, and with how many stars altogether.
    #[serde(default)]
    pub ratings: u32,
    /// The sum of the stars.
    #[serde(default)]
    pub stars: u32,
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
            payout_account: None,
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
        Self { user_id: sample_user(), account: None }
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
        Self {
            order_id: sample_order(),
            runner_id: sample_user(),
            total_cents: Cents(1_090),
            payout_cents: Cents(1_090),
            currency: Currency::Sgd,
        }
    }
}

impl Sample for GetUser {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for SuspendUser {
    fn sample() -> Self {
        Self { user_id: sample_user(), reason: Text::sample() }
    }
}

impl Sample for ReinstateUser {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for UserSuspended {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for UserReinstated {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for UserClosed {
    fn sample() -> Self {
        Self { user_id: sample_user() }
    }
}

impl Sample for SetPreferences {
    fn sample() -> Self {
        Self { user_id: sample_user(), role: Some(Role::Runner), language: None, available: None }
    }
}

impl Sample for RecordIdentity {
    fn sample() -> Self {
        Self {
            user_id: sample_user(),
            at: sample_time(),
            fact: IdentityFact::Known { name: Text::sample(), roles: vec![Role::Customer], barred: false },
        }
    }
}
