//! What a runner could take.

use std::sync::Arc;

use contracts::OrderId;
use contracts::orders::{self as told, ListOffers};
use contracts::users::Role;
use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::auth::SignedIn;
use crate::docs::Tag;
use crate::orders::PAGE;
use crate::problem::{Documented, Failure};
use crate::scalars::{Ref, Time};
use crate::views::{CurrencyName, Line, Store};

/// An order as somebody sees it who could deliver it: neither the room nor the customer.
#[derive(Debug, Object)]
pub(crate) struct Offer {
    /// The order.
    order_id: Ref<OrderId>,
    /// Where to buy.
    store: Store,
    /// Where to bring it.
    building: String,
    /// What to buy.
    lines: Vec<Line>,
    /// What the runner earns: delivery fee and tip.
    earns_cents: i64,
    /// What the runner spends at the counter and is paid back.
    spends_cents: i64,
    /// In what.
    currency: CurrencyName,
    /// On offer since.
    since: Time,
    /// On offer until.
    until: Time,
}

impl From<told::Offer> for Offer {
    fn from(offer: told::Offer) -> Self {
        Self {
            order_id: Ref(offer.order_id),
            store: offer.store.into(),
            building: offer.building.to_string(),
            lines: offer.lines.into_iter().map(Into::into).collect(),
            earns_cents: offer.earns_cents.0,
            spends_cents: offer.spends_cents.0,
            currency: offer.currency.into(),
            since: Time(offer.since),
            until: Time(offer.until),
        }
    }
}

/// One page.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct OfferPage {
    /// Who waited longest comes first.
    offers: Vec<Offer>,
    /// The `cursor` of the next page; absent on the last one.
    next: Option<String>,
}

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (400, "`invalid_parameter`, `bad_cursor`"),
        (401, "`unauthenticated`"),
        (403, "`forbidden`: not a runner"),
        (500, "`internal`"),
        (503, "`broker_away`, `service_away`, `keys_away`"),
    ];
}

pub(crate) struct OffersApi;

#[OpenApi(tag = "Tag::Delivery")]
impl OffersApi {
    /// Orders on offer
    ///
    /// For runners. Their own orders are left out.
    #[oai(path = "/api/v1/offers", method = "get", operation_id = "listOffers")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The `next` of the page before.
        #[oai(validator(min_length = 1, max_length = 200))]
        cursor: Query<Option<String>>,
        /// At most this many; 20 when absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
    ) -> Result<Json<OfferPage>, Failure<Listing>> {
        caller.must_be(Role::Runner)?;
        let question = ListOffers { runner_id: caller.user_id, cursor: cursor.0, limit: limit.0.unwrap_or(PAGE) };
        let page = shared.ask(&question).await??;
        Ok(Json(OfferPage { offers: page.offers.into_iter().map(Into::into).collect(), next: page.next }))
    }
}
