//! Prices: the server names them, the customer orders on them.

use std::sync::Arc;

use contracts::orders::{AskQuote, QuoteView};
use contracts::place;
use contracts::quote::{Item, Pick};
use contracts::users::Role;
use contracts::{Cents, Refused, Text, VendorId};
use poem::http::StatusCode;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::auth::{Caller, SignedIn};
use crate::body::Body;
use crate::docs::Tag;
use crate::problem::{Documented, Failure, Problem};
use crate::refusals::{AWAY, INTERNAL, MALFORMED, MEDIA_TYPE, Row, TOO_LARGE, UNAUTHENTICATED};
use crate::scalars::{Ref, Time};
use crate::views::{BasisName, CurrencyName, DeliverTo, Line, Store};
use crate::{Shared, vendors};

/// The most lines that are looked at; orders may take fewer.
pub(crate) const ITEMS_MAX: usize = 100;
/// The largest amount that is looked at; orders may take less.
pub(crate) const CENTS_MAX: i64 = 100_000_000;

/// Every limit that a basket may break, for the description.
pub(crate) const BASKET: Row = (
    422,
    "`invalid_field` (see `pointer`), `empty_basket`, `too_many_items`, `quantity_out_of_range`, `price_out_of_range`, \
     `delivery_fee_out_of_range`, `tip_out_of_range`, `total_out_of_range`, `basis_mixed`, `vendor_unknown`, \
     `vendor_closed`, `item_unknown`, `item_unavailable`",
);

/// What somebody wants bought.
#[derive(Clone, Debug, Object)]
pub(crate) struct NewItem {
    /// What it is.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) name: String,
    /// How many.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    pub(crate) quantity: u32,
    /// The price of one, estimated by the customer.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    pub(crate) price_cents: i64,
}

/// What somebody picked from a price list; the server knows the price.
#[derive(Clone, Debug, Object)]
pub(crate) struct NewPick {
    /// The list's own name for it.
    #[oai(validator(min_length = 1, max_length = 50))]
    pub(crate) item_id: String,
    /// How many.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    pub(crate) quantity: u32,
}

/// A basket to be priced: an errand (`store` and `items`), or picked from a price list (`vendor_id` and `picks`).
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct NewQuote {
    /// Where to buy; needed unless `vendor_id` says it.
    pub(crate) store: Option<Store>,
    /// Where to bring it.
    pub(crate) deliver_to: DeliverTo,
    /// What to buy, in free text with estimated prices.
    #[oai(default, validator(max_items = 100))]
    pub(crate) items: Vec<NewItem>,
    /// Whose price list the picks are from.
    pub(crate) vendor_id: Option<Ref<VendorId>>,
    /// What to buy, picked from that list.
    #[oai(default, validator(max_items = 100))]
    pub(crate) picks: Vec<NewPick>,
    /// What the runner shall earn; what the policy says when absent.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    pub(crate) delivery_fee_cents: Option<i64>,
    /// What the runner shall earn on top; nothing when absent.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    pub(crate) tip_cents: Option<i64>,
}

/// What the basket costs, and for how long that holds.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Quote {
    /// Give it back unread to `POST /api/v1/orders`. Nobody can change it.
    quote_id: String,
    /// Where to buy.
    store: Store,
    /// Where to bring it.
    deliver_to: DeliverTo,
    /// How the prices came about.
    basis: BasisName,
    /// Whose price list it is, if it is one.
    vendor_id: Option<Ref<VendorId>>,
    /// What to buy.
    lines: Vec<Line>,
    /// The lines' sum.
    items_cents: i64,
    /// What the runner earns for the way.
    delivery_fee_cents: i64,
    /// What the runner earns on top.
    tip_cents: i64,
    /// What the platform keeps.
    platform_fee_cents: i64,
    /// What the customer pays: the sum of the four.
    total_cents: i64,
    /// Held on top, because the till may say more than an estimate; whatever is not spent is let go.
    buffer_cents: i64,
    /// What is held on the card: total and buffer.
    hold_cents: i64,
    /// What the runner is paid.
    payout_cents: i64,
    /// The currency of all of them.
    currency: CurrencyName,
    /// The version of the policy that fees and buffer follow from: `GET /api/v1/policy`.
    policy: u32,
    /// An order asked for after this moment is refused.
    valid_until: Time,
}

impl From<QuoteView> for Quote {
    fn from(view: QuoteView) -> Self {
        let quote = view.quote;
        Self {
            quote_id: view.sealed.0,
            store: quote.store.into(),
            deliver_to: quote.deliver_to.into(),
            basis: quote.basis.into(),
            vendor_id: quote.vendor_id.map(Ref),
            lines: quote.lines.into_iter().map(Into::into).collect(),
            items_cents: quote.price.items_cents.0,
            delivery_fee_cents: quote.price.delivery_fee_cents.0,
            tip_cents: quote.price.tip_cents.0,
            platform_fee_cents: quote.price.platform_fee_cents.0,
            total_cents: quote.price.total_cents.0,
            buffer_cents: quote.price.buffer_cents.0,
            hold_cents: quote.price.hold_cents().0,
            payout_cents: quote.price.payout_cents.0,
            currency: quote.price.currency.into(),
            policy: quote.price.policy,
            valid_until: Time(quote.valid_until),
        }
    }
}

pub(crate) struct Quoting;

impl Documented for Quoting {
    const PROBLEMS: &'static [Row] = &[
        MALFORMED,
        UNAUTHENTICATED,
        (403, "`forbidden`: not a customer"),
        TOO_LARGE,
        MEDIA_TYPE,
        BASKET,
        INTERNAL,
        AWAY,
    ];
}

pub(crate) struct QuotesApi;

#[OpenApi(tag = "Tag::Orders")]
impl QuotesApi {
    /// Price a basket
    ///
    /// For customers. Nothing is stored; ask as often as the basket changes.
    #[oai(path = "/api/v1/quotes", method = "post", operation_id = "quote")]
    async fn quote(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        Body(basket): Body<NewQuote>,
    ) -> Result<Json<Quote>, Failure<Quoting>> {
        caller.must_be(Role::Customer)?;
        Ok(Json(price(shared, &question(&caller, &basket)?).await?))
    }
}

/// What it costs, says orders.
pub(crate) async fn price(shared: &Shared, question: &AskQuote) -> Result<Quote, Problem> {
    Ok(shared.ask(question).await?.map_err(refusal)?.into())
}

fn question(caller: &Caller, basket: &NewQuote) -> Result<AskQuote, Problem> {
    let store = match (&basket.store, &basket.vendor_id) {
        (Some(store), _) => vendors::store("/store", store)?,
        (None, Some(vendor_id)) => vendors_own(vendor_id.0)?,
        (None, None) => return Err(no_store("/store")),
    };
    Ok(AskQuote {
        customer_id: caller.user_id,
        store,
        deliver_to: deliver_to("/deliver_to", &basket.deliver_to)?,
        items: items("/items", &basket.items)?,
        vendor_id: basket.vendor_id.map(|id| id.0),
        picks: picks("/picks", &basket.picks)?,
        delivery_fee_cents: basket.delivery_fee_cents.map(Cents),
        tip_cents: basket.tip_cents.map(Cents),
    })
}

/// An errand to nowhere.
pub(crate) fn no_store(pointer: &str) -> Problem {
    Problem::invalid_field(pointer, "Must be given, unless vendor_id is.")
}

/// Stands where nobody looks: of a price list, orders takes the vendor's own store.
fn vendors_own(vendor_id: VendorId) -> Result<place::Store, Problem> {
    let name: Text<100> = Text::new(&vendor_id.to_string()).map_err(Problem::internal)?;
    Ok(place::Store { name: name.clone(), location: name })
}

/// A place, as the contracts have it.
pub(crate) fn deliver_to(pointer: &str, to: &DeliverTo) -> Result<place::DeliverTo, Problem> {
    Ok(place::DeliverTo {
        building: text(&format!("{pointer}/building"), &to.building)?,
        room: text(&format!("{pointer}/room"), &to.room)?,
        note: to.note.as_deref().map(|note| text(&format!("{pointer}/note"), note)).transpose()?,
    })
}

/// Items, as the contracts have them.
pub(crate) fn items(pointer: &str, items: &[NewItem]) -> Result<Vec<Item>, Problem> {
    let items = items.iter().enumerate().map(|(n, item)| {
        let name = text(&format!("{pointer}/{n}/name"), &item.name)?;
        Ok(Item { name, quantity: item.quantity, price_cents: Cents(item.price_cents) })
    });
    items.collect()
}

/// Picks, as the contracts have them.
pub(crate) fn picks(pointer: &str, picks: &[NewPick]) -> Result<Vec<Pick>, Problem> {
    let picks = picks.iter().enumerate().map(|(n, pick)| {
        let item_id = text(&format!("{pointer}/{n}/item_id"), &pick.item_id)?;
        Ok(Pick { item_id, quantity: pick.quantity })
    });
    picks.collect()
}

/// What people typed, as the contracts have it: trimmed, and without control characters.
pub(crate) fn text<const MAX: usize>(pointer: &str, typed: &str) -> Result<Text<MAX>, Problem> {
    Text::new(typed).map_err(|bad| {
        let detail = bad.to_string();
        Problem::invalid_field(pointer, format!("M{}.", detail.strip_prefix('m').unwrap_or(&detail)))
    })
}

/// A basket that cannot be priced is well-formed but wrong: 422, whatever the rule.
pub(crate) fn refusal(refused: Refused) -> Problem {
    if refused.code == "bad_question" {
        return Problem::internal(refused);
    }
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, refused.code, refused.message)
}
