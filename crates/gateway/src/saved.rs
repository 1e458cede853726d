//! Saved orders: a basket kept for another time, and ordered again with two taps.

use std::sync::Arc;

use contracts::orders::{self as told, AskQuote, Basket, DeleteSaved, ListSaved, RenameSaved, SaveBasket};
use contracts::quote;
use contracts::users::Role;
use contracts::{Cents, Refused, SavedId};
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::acting::{Noted, Word, ask_for, note, patience};
use crate::auth::{Caller, SignedIn};
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::{OptionalKey, RequiredKey};
use crate::problem::{Documented, Failure, Problem};
use crate::quotes::{self, BASKET, NewItem, NewPick, NewQuote, Quote, text};
use crate::refusals::{
    AWAY, AWAY_REPEAT, INTERNAL, INVALID_OR_REUSED, MEDIA_TYPE, NOT_FOUND, PARKED, REUSED, Row, TOO_LARGE,
    UNAUTHENTICATED, UNREADABLE, UNREADABLE_OR_NO_KEY,
};
use crate::scalars::{Ref, Time};
use crate::{Shared, vendors};

/// A basket under a name.
#[derive(Debug, Object)]
pub(crate) struct NewSaved {
    /// What to call it.
    #[oai(validator(min_length = 1, max_length = 60))]
    name: String,
    /// What it holds, as for `POST /api/v1/quotes`.
    basket: NewQuote,
}

/// Another name.
#[derive(Debug, Object)]
pub(crate) struct NewName {
    /// What to call it.
    #[oai(validator(min_length = 1, max_length = 60))]
    name: String,
}

/// A saved basket.
#[derive(Debug, Object)]
pub(crate) struct SavedOrder {
    /// Which.
    saved_id: Ref<SavedId>,
    /// What it is called.
    name: String,
    /// When it was saved.
    at: Time,
    /// What it holds.
    basket: NewQuote,
}

impl From<told::Saved> for SavedOrder {
    fn from(saved: told::Saved) -> Self {
        Self {
            saved_id: Ref(saved.saved_id),
            name: saved.name.to_string(),
            at: Time(saved.at),
            basket: saved.basket.into(),
        }
    }
}

impl From<Basket> for NewQuote {
    fn from(basket: Basket) -> Self {
        Self {
            store: Some(basket.store.into()),
            deliver_to: basket.deliver_to.into(),
            items: basket.items.into_iter().map(item).collect(),
            vendor_id: basket.vendor_id.map(Ref),
            picks: basket.picks.into_iter().map(pick).collect(),
            delivery_fee_cents: basket.delivery_fee_cents.map(|cents| cents.0),
            tip_cents: basket.tip_cents.map(|cents| cents.0),
        }
    }
}

fn item(item: quote::Item) -> NewItem {
    NewItem { name: item.name.to_string(), quantity: item.quantity, price_cents: item.price_cents.0 }
}

fn pick(pick: quote::Pick) -> NewPick {
    NewPick { item_id: pick.item_id.to_string(), quantity: pick.quantity }
}

/// All of them.
#[derive(Debug, Object)]
pub(crate) struct SavedOrders {
    /// Newest first.
    saved_orders: Vec<SavedOrder>,
}

/// Which one it became.
#[derive(Debug, Object)]
pub(crate) struct SavedRef {
    /// The same for the same key.
    saved_id: Ref<SavedId>,
}

/// What became of a basket that was to be kept.
#[derive(ApiResponse)]
pub(crate) enum Keeping {
    /// Kept.
    #[oai(status = 201)]
    Kept(Json<SavedRef>),
    /// Stored, but not decided within the time to wait. It will be.
    #[oai(status = 202)]
    Stored(Json<SavedRef>),
}

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, INTERNAL, AWAY];
}

pub(crate) struct Saving;

impl Documented for Saving {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE_OR_NO_KEY,
        UNAUTHENTICATED,
        (403, "`forbidden`: not a customer; `not_allowed`"),
        (409, "`too_many_saved`"),
        TOO_LARGE,
        MEDIA_TYPE,
        (422, "`invalid_field` (see `pointer`), `vendor_unknown`, `idempotency_key_reused`"),
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Renaming;

impl Documented for Renaming {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_allowed`"),
        NOT_FOUND,
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Deleting;

impl Documented for Deleting {
    const PROBLEMS: &'static [Row] =
        &[UNREADABLE, UNAUTHENTICATED, (403, "`not_allowed`"), NOT_FOUND, REUSED, PARKED, AWAY_REPEAT];
}

pub(crate) struct Repricing;

impl Documented for Repricing {
    const PROBLEMS: &'static [Row] =
        &[UNAUTHENTICATED, (403, "`forbidden`: not a customer"), NOT_FOUND, BASKET, INTERNAL, AWAY];
}

pub(crate) struct SavedApi;

#[OpenApi(tag = "Tag::Orders")]
impl SavedApi {
    /// My saved orders
    #[oai(path = "/api/v1/saved-orders", method = "get", operation_id = "listSavedOrders")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
    ) -> Result<Json<SavedOrders>, Failure<Listing>> {
        let saved = shared.ask(&ListSaved { user_id: caller.user_id }).await??.saved;
        Ok(Json(SavedOrders { saved_orders: saved.into_iter().map(Into::into).collect() }))
    }

    /// Save an order for another time
    ///
    /// For customers.
    #[oai(path = "/api/v1/saved-orders", method = "post", operation_id = "saveOrder")]
    async fn save(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Chosen by the client, one per saved order; repeat it when repeating the request.
        #[oai(name = "Idempotency-Key")]
        key: RequiredKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(new): Body<NewSaved>,
    ) -> Result<Keeping, Failure<Saving>> {
        caller.must_be(Role::Customer)?;
        let principal = caller.principal();
        let id = key.message_id(&principal, "orders.save_basket");
        let saved_id: SavedId = id.derive("saved");
        let name = text("/name", &new.name)?;
        let basket = basket(shared, &new.basket).await?;
        let intent = SaveBasket { user_id: caller.user_id, saved_id, name, basket };
        let deadline = patience(prefer.0.as_deref(), &shared.settings);
        let saved = Json(SavedRef { saved_id: Ref(saved_id) });
        match ask_for(shared, &principal, id, &intent, deadline).await? {
            Word::Done(_) => Ok(Keeping::Kept(saved)),
            Word::Pending => Ok(Keeping::Stored(saved)),
        }
    }

    /// Call a saved order something else
    #[oai(path = "/api/v1/saved-orders/:id", method = "patch", operation_id = "renameSavedOrder")]
    async fn rename(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The saved order.
        id: Path<Ref<SavedId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(new): Body<NewName>,
    ) -> Result<Noted, Failure<Renaming>> {
        let principal = caller.principal();
        let message_id = key.message_id(&principal, "orders.rename_saved");
        let intent = RenameSaved { user_id: caller.user_id, saved_id: id.0.0, name: text("/name", &new.name)? };
        Ok(note(shared, &principal, message_id, &intent, prefer.0.as_deref()).await?)
    }

    /// Throw a saved order away
    #[oai(path = "/api/v1/saved-orders/:id", method = "delete", operation_id = "deleteSavedOrder")]
    async fn delete(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The saved order.
        id: Path<Ref<SavedId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
    ) -> Result<Noted, Failure<Deleting>> {
        let principal = caller.principal();
        let message_id = key.message_id(&principal, "orders.delete_saved");
        let intent = DeleteSaved { user_id: caller.user_id, saved_id: id.0.0 };
        Ok(note(shared, &principal, message_id, &intent, prefer.0.as_deref()).await?)
    }

    /// Price a saved order again
    ///
    /// For customers. At today's prices: give the `quote_id` to `POST /api/v1/orders`.
    #[oai(path = "/api/v1/saved-orders/:id/quote", method = "post", operation_id = "quoteSavedOrder")]
    async fn quote(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The saved order.
        id: Path<Ref<SavedId>>,
    ) -> Result<Json<Quote>, Failure<Repricing>> {
        caller.must_be(Role::Customer)?;
        let saved = shared.ask(&ListSaved { user_id: caller.user_id }).await??.saved;
        let saved = saved.into_iter().find(|saved| saved.saved_id == id.0.0).ok_or_else(Problem::not_found)?;
        Ok(Json(quotes::price(shared, &question(&caller, saved.basket)).await?))
    }
}

/// A basket as it is kept. It names the store even if that is a vendor's, so that it can be recognised.
async fn basket(shared: &Shared, new: &NewQuote) -> Result<Basket, Problem> {
    let deliver_to = quotes::deliver_to("/basket/deliver_to", &new.deliver_to)?;
    let items = quotes::items("/basket/items", &new.items)?;
    let picks = quotes::picks("/basket/picks", &new.picks)?;
    let store = match (&new.store, &new.vendor_id) {
        (Some(store), _) => vendors::store("/basket/store", store)?,
        (None, Some(vendor_id)) => vendors::store_of(shared, vendor_id.0).await?.map_err(|_| {
            quotes::refusal(Refused::new("vendor_unknown", "Nobody knows this vendor.")).at("/basket/vendor_id")
        })?,
        (None, None) => return Err(quotes::no_store("/basket/store")),
    };
    Ok(Basket {
        store,
        deliver_to,
        items,
        vendor_id: new.vendor_id.map(|id| id.0),
        picks,
        delivery_fee_cents: new.delivery_fee_cents.map(Cents),
        tip_cents: new.tip_cents.map(Cents),
    })
}

fn question(caller: &Caller, basket: Basket) -> AskQuote {
    AskQuote {
        customer_id: caller.user_id,
        store: basket.store,
        deliver_to: basket.deliver_to,
        items: basket.items,
        vendor_id: basket.vendor_id,
        picks: basket.picks,
        delivery_fee_cents: basket.delivery_fee_cents,
        tip_cents: basket.tip_cents,
    }
}
