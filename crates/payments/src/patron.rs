//! What a person has at Stripe: a customer with cards, an account to be paid on, and pages to fill in.

use std::collections::BTreeSet;

use chassis::Entity;
use contracts::users::{CardRef, PayoutRef};
use contracts::{OrderId, Principal, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Private;
use crate::refusal::Refusal;
use crate::store::patrons as store;

/// A person as Stripe knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patron {
    /// Who.
    pub user_id: UserId,
    /// Stripe's customer.
    pub customer: Option<String>,
    /// Oldest first.
    pub cards: Vec<Card>,
    /// The payment method that is charged.
    pub default: Option<String>,
    /// Payment methods that are to be taken away at Stripe.
    pub leaving: BTreeSet<String>,
    /// Where they are paid.
    pub account: Option<Account>,
    /// The newest page to set up a card on.
    pub card_page: Option<Page>,
    /// The newest page of the payout account.
    pub onboarding_page: Option<Page>,
    /// Pages that were asked for.
    pub asked: Asked,
    /// Orders whose payout waits for the account.
    pub held: BTreeSet<OrderId>,
}

/// A card, as its owner recognises it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Stripe's payment method.
    pub payment_method: String,
    /// `visa`, `mastercard`, ….
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: u32,
    /// Four digits.
    pub exp_year: u32,
}

/// A Connect account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Stripe's id.
    pub id: PayoutRef,
    /// Whether money can be transferred to it.
    pub payable: bool,
    /// When Stripe last said so by webhook. An answer to a call of ours does not count: it would shut out a webhook that
    /// was sent just before, and says something newer.
    pub at: Option<Timestamp>,
}

/// A page of Stripe's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The how manyeth.
    pub number: u32,
    /// Where; for its owner alone.
    pub url: Private,
    /// Until when it can be used.
    pub until: Timestamp,
}

/// Counts pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// To set up a card.
    pub card_pages: u32,
    /// Of the payout account.
    pub onboarding_pages: u32,
}

impl Patron {
    /// Somebody of whom Stripe knows nothing yet.
    #[must_use]
    pub fn new(user_id: UserId) -> Self {
        Self {
            user_id,
            customer: None,
            cards: Vec::new(),
            default: None,
            leaving: BTreeSet::new(),
            account: None,
            card_page: None,
            onboarding_page: None,
            asked: Asked::default(),
            held: BTreeSet::new(),
        }
    }

    pub(crate) fn or_new(patron: Option<Self>, user_id: UserId) -> Self {
        patron.unwrap_or_else(|| Self::new(user_id))
    }

    /// Where Stripe keeps one of their cards.
    #[must_use]
    pub fn card(&self, payment_method: &str) -> Option<CardRef> {
        let customer = self.customer.clone()?;
        let card = self.cards.iter().find(|card| card.payment_method == payment_method)?;
        Some(CardRef { customer, payment_method: card.payment_method.clone() })
    }

    /// Whether money can be sent to them.
    #[must_use]
    pub fn is_payable(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.payable)
    }
}

/// Only people themselves set up cards and accounts.
pub(crate) fn only(user_id: UserId, principal: &Principal) -> Result<(), Refusal> {
    if principal.user() == Some(user_id) { Ok(()) } else { Err(Refusal::NotAllowed) }
}

/// What somebody who asked for a page may see: which one to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PatronView {
    /// The newest page to set up a card on that was asked for.
    pub card_page: u32,
    /// The newest page of the payout account that was asked for.
    pub onboarding_page: u32,
}

impl Entity for Patron {
    type Id = UserId;
    type Table = store::Entity;
    type View = PatronView;

    fn id(&self) -> UserId {
        self.user_id
    }

    fn view(&self, _: u64, _: &Principal) -> PatronView {
        PatronView { card_page: self.asked.card_pages, onboarding_page: self.asked.onboarding_pages }
    }
}
