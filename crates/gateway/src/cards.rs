//! Cards: set up on a page of Stripe's, so that no number ever comes by here; listed, chosen, taken away.

use std::sync::Arc;

use contracts::payments::{CardView, ChooseCard, ListCards, Page, RemoveCard, SetUpCard};
use contracts::users::Role;
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::acting::{Noted, note};
use crate::auth::SignedIn;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::problem::{Documented, Failure};
use crate::refusals::{AWAY, AWAY_REPEAT, INTERNAL, PARKED, REUSED, Row, UNAUTHENTICATED, UNREADABLE};
use crate::scalars::Time;
use crate::{Shared, pages};

/// A card, as its owner recognises it.
#[derive(Debug, Object)]
pub(crate) struct PaymentMethod {
    /// Its id: Stripe's payment method.
    id: String,
    /// `visa`, `mastercard`, ….
    brand: String,
    /// The last four digits.
    last4: String,
    /// 1 to 12.
    exp_month: u32,
    /// Four digits.
    exp_year: u32,
    /// Whether it is the one that is charged.
    default: bool,
}

impl From<CardView> for PaymentMethod {
    fn from(card: CardView) -> Self {
        Self {
            id: card.payment_method,
            brand: card.brand,
            last4: card.last4,
            exp_month: card.exp_month,
            exp_year: card.exp_year,
            default: card.default,
        }
    }
}

/// A person's cards.
#[derive(Debug, Object)]
pub(crate) struct PaymentMethods {
    /// Oldest first.
    payment_methods: Vec<PaymentMethod>,
}

/// Where a card is set up.
#[derive(Debug, Object)]
pub(crate) struct SetupPage {
    /// Send the person here; Stripe sends them back.
    url: String,
    /// Until when the page can be used.
    until: Time,
}

impl From<Page> for SetupPage {
    fn from(page: Page) -> Self {
        Self { url: page.url, until: Time(page.until) }
    }
}

/// A page, or the promise of one.
#[derive(ApiResponse)]
pub(crate) enum SettingUp {
    /// The page is there.
    #[oai(status = 200)]
    Ready(Json<SetupPage>),
    /// Stored, but Stripe takes longer than the time to wait. Ask for another page in a while.
    #[oai(status = 202)]
    Stored,
}

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, INTERNAL, AWAY];
}

pub(crate) struct Opening;

impl Documented for Opening {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`forbidden`: not a customer; `not_allowed`"),
        REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Handling;

impl Documented for Handling {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_allowed`"),
        (404, "`no_such_card`, also for somebody else's; `not_found`"),
        REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct CardsApi;

#[OpenApi(tag = "Tag::Money")]
impl CardsApi {
    /// My cards
    #[oai(path = "/api/v1/payment-methods", method = "get", operation_id = "listPaymentMethods")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
    ) -> Result<Json<PaymentMethods>, Failure<Listing>> {
        let cards = shared.ask(&ListCards { user_id: caller.user_id }).await??.cards;
        Ok(Json(PaymentMethods { payment_methods: cards.into_iter().map(Into::into).collect() }))
    }

    /// Set up a card
    ///
    /// For customers. Answers with a page of Stripe's on which the card is entered; Stripe tells the platform when that is
    /// done.
    #[oai(path = "/api/v1/payment-methods/setup", method = "post", operation_id = "setUpPaymentMethod")]
    async fn set_up(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the page.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
    ) -> Result<SettingUp, Failure<Opening>> {
        caller.must_be(Role::Customer)?;
        let id = key.message_id(&caller.principal(), "payments.set_up_card");
        let intent = SetUpCard { user_id: caller.user_id };
        let prefer = prefer.0.as_deref();
        let page = pages::new_page(shared, &caller, id, &intent, prefer, |pages| pages.card_setup, "card_page");
        match page.await? {
            Some(page) => Ok(SettingUp::Ready(Json(page.into()))),
            None => Ok(SettingUp::Stored),
        }
    }

    /// Take a card away
    ///
    /// Here and at Stripe. Orders that are paid with it already are not affected.
    #[oai(path = "/api/v1/payment-methods/:id", method = "delete", operation_id = "removePaymentMethod")]
    async fn remove(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The card.
        #[oai(validator(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9_]+$"))]
        id: Path<String>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
    ) -> Result<Noted, Failure<Handling>> {
        let principal = caller.principal();
        let message_id = key.message_id(&principal, "payments.remove_card");
        let intent = RemoveCard { user_id: caller.user_id, payment_method: id.0 };
        Ok(note(shared, &principal, message_id, &intent, prefer.0.as_deref()).await?)
    }

    /// Charge this card from now on
    #[oai(path = "/api/v1/payment-methods/:id/default", method = "put", operation_id = "choosePaymentMethod")]
    async fn choose(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The card.
        #[oai(validator(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9_]+$"))]
        id: Path<String>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
    ) -> Result<Noted, Failure<Handling>> {
        let principal = caller.principal();
        let message_id = key.message_id(&principal, "payments.choose_card");
        let intent = ChooseCard { user_id: caller.user_id, payment_method: id.0 };
        Ok(note(shared, &principal, message_id, &intent, prefer.0.as_deref()).await?)
    }
}
