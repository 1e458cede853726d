//! Who sells food, and what: price lists, read by everybody and set by operators.

use std::sync::Arc;

use contracts::orders::{self as told, GetMenu, ListVendors, PublishMenu};
use contracts::{Cents, Refused, VendorId, place};
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::Shared;
use crate::acting::{Word, ask_for, patience};
use crate::auth::SignedIn;
use crate::body::Body;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::problem::{Documented, Failure, Problem};
use crate::quotes::text;
use crate::refusals::{AWAY, AWAY_REPEAT, INTERNAL, MEDIA_TYPE, PARKED, Row, TOO_LARGE, UNAUTHENTICATED, UNREADABLE};
use crate::scalars::Ref;
use crate::views::{CurrencyName, Store};

/// One who sells.
#[derive(Debug, Object)]
pub(crate) struct Vendor {
    /// Who.
    vendor_id: Ref<VendorId>,
    /// Where.
    store: Store,
    /// Whether they take orders now.
    open: bool,
}

impl From<told::Vendor> for Vendor {
    fn from(vendor: told::Vendor) -> Self {
        Self { vendor_id: Ref(vendor.vendor_id), store: vendor.store.into(), open: vendor.open }
    }
}

/// All who sell.
#[derive(Debug, Object)]
pub(crate) struct Vendors {
    /// By name.
    vendors: Vec<Vendor>,
}

/// One thing on a price list.
#[derive(Debug, Object)]
pub(crate) struct MenuItem {
    /// The vendor's own, stable name for it.
    #[oai(validator(min_length = 1, max_length = 50))]
    item_id: String,
    /// What people call it.
    #[oai(validator(min_length = 1, max_length = 100))]
    name: String,
    /// The price of one.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    price_cents: i64,
    /// Whether it can be had today.
    available: bool,
}

impl From<told::MenuItem> for MenuItem {
    fn from(item: told::MenuItem) -> Self {
        Self {
            item_id: item.item_id.to_string(),
            name: item.name.to_string(),
            price_cents: item.price_cents.0,
            available: item.available,
        }
    }
}

/// A price list.
#[derive(Debug, Object)]
pub(crate) struct Menu {
    /// Whose.
    vendor: Vendor,
    /// In the vendor's own order.
    items: Vec<MenuItem>,
    /// In what.
    currency: CurrencyName,
    /// Counts the changes.
    version: u64,
}

impl From<told::Menu> for Menu {
    fn from(menu: told::Menu) -> Self {
        Self {
            vendor: menu.vendor.into(),
            items: menu.items.into_iter().map(Into::into).collect(),
            currency: menu.currency.into(),
            version: menu.version,
        }
    }
}

/// A whole price list, to be set.
#[derive(Debug, Object)]
pub(crate) struct NewMenu {
    /// Where the vendor is.
    store: Store,
    /// Whether they take orders now.
    open: bool,
    /// In the order in which they are shown.
    #[oai(validator(max_items = 500))]
    items: Vec<MenuItem>,
}

/// What became of a price list.
#[derive(ApiResponse)]
pub(crate) enum Published {
    /// Done: the price list as it is now.
    #[oai(status = 200)]
    Done(Json<Menu>),
    /// Stored, but not decided within the time to wait. It will be.
    #[oai(status = 202)]
    Stored,
}

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, INTERNAL, AWAY];
}

pub(crate) struct Reading;

impl Documented for Reading {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, (404, "`not_found`"), INTERNAL, AWAY];
}

pub(crate) struct Publishing;

impl Documented for Publishing {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`forbidden`: not an operator; `suspended`; `not_allowed`"),
        (404, "`not_found`"),
        TOO_LARGE,
        MEDIA_TYPE,
        (422, "`invalid_field` (see `pointer`), `bad_menu`, `idempotency_key_reused`"),
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct VendorsApi;

#[OpenApi]
impl VendorsApi {
    /// Who sells food
    #[oai(path = "/api/v1/vendors", method = "get", operation_id = "listVendors", tag = "Tag::Orders")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        _caller: SignedIn,
    ) -> Result<Json<Vendors>, Failure<Listing>> {
        let vendors = shared.ask(&ListVendors {}).await??.vendors;
        Ok(Json(Vendors { vendors: vendors.into_iter().map(Into::into).collect() }))
    }

    /// A vendor's price list
    #[oai(path = "/api/v1/vendors/:id/menu", method = "get", operation_id = "getMenu", tag = "Tag::Orders")]
    async fn menu(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        _caller: SignedIn,
        /// The vendor.
        id: Path<Ref<VendorId>>,
    ) -> Result<Json<Menu>, Failure<Reading>> {
        let menu = shared.ask(&GetMenu { vendor_id: id.0.0 }).await??;
        Ok(Json(menu.into()))
    }

    /// Set a vendor's price list
    ///
    /// For operators. The whole list at once; a vendor that nobody knew is known from then on.
    #[oai(path = "/api/v1/vendors/:id/menu", method = "put", operation_id = "publishMenu", tag = "Tag::Operations")]
    async fn publish(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The vendor.
        id: Path<Ref<VendorId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(menu): Body<NewMenu>,
    ) -> Result<Published, Failure<Publishing>> {
        let principal = shared.in_office(caller.operator()).await?;
        let message_id = key.message_id(&principal, "orders.publish_menu");
        let intent = list(id.0.0, &menu)?;
        let deadline = patience(prefer.0.as_deref(), &shared.settings);
        let word = ask_for(shared, &principal, message_id, &intent, deadline).await?;
        match word {
            Word::Pending => Ok(Published::Stored),
            Word::Done(_) => Ok(Published::Done(Json(shared.ask(&GetMenu { vendor_id: id.0.0 }).await??.into()))),
        }
    }
}

fn list(vendor_id: VendorId, menu: &NewMenu) -> Result<PublishMenu, Problem> {
    let items = menu.items.iter().enumerate().map(|(n, item)| {
        Ok(told::MenuItem {
            item_id: text(&format!("/items/{n}/item_id"), &item.item_id)?,
            name: text(&format!("/items/{n}/name"), &item.name)?,
            price_cents: Cents(item.price_cents),
            available: item.available,
        })
    });
    Ok(PublishMenu {
        vendor_id,
        store: store("/store", &menu.store)?,
        open: menu.open,
        items: items.collect::<Result<_, Problem>>()?,
    })
}

/// A store, as the contracts have it.
pub(crate) fn store(pointer: &str, store: &Store) -> Result<place::Store, Problem> {
    Ok(place::Store {
        name: text(&format!("{pointer}/name"), &store.name)?,
        location: text(&format!("{pointer}/location"), &store.location)?,
    })
}

/// Where a vendor is.
pub(crate) async fn store_of(shared: &Shared, vendor_id: VendorId) -> Result<Result<place::Store, Refused>, Problem> {
    Ok(shared.ask(&GetMenu { vendor_id }).await?.map(|menu| menu.vendor.store))
}
