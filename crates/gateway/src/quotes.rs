//! Prices: the server names them, the customer orders on them.

use std::sync::Arc;

use contracts::orders::{AskQuote, QuoteView};
use contracts::place;
use contracts::quote::Item;
use contracts::users::Role;
use contracts::{Cents, Refused, Text};
use poem::http::StatusCode;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::auth::{Caller, SignedIn};
use crate::body::Body;
use crate::docs::Tag;
use crate::problem::{Documented, Failure, Problem};
use crate::scalars::Time;
use crate::views::{CurrencyName, DeliverTo, Line, Store};

/// The most lines that are looked at; orders may take fewer.
pub(crate) const ITEMS_MAX: usize = 100;
/// The largest amount that is looked at; orders may take less.
pub(crate) const CENTS_MAX: i64 = 100_000_000;

/// What somebody wants bought.
#[derive(Debug, Object)]
pub(crate) struct NewItem {
    /// What it is.
    #[oai(validator(min_length = 1, max_length = 100))]
    name: String,
    /// How many.
    #[oai(validator(minimum(value = "0"), maximum(value = "10000")))]
    quantity: u32,
    /// The price of one, estimated by the customer.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    price_cents: i64,
}

/// A basket to be priced.
#[derive(Debug, Object)]
pub(crate) struct NewQuote {
    /// Where to buy.
    store: Store,
    /// Where to bring it.
    deliver_to: DeliverTo,
    /// What to buy.
    #[oai(validator(max_items = 100))]
    items: Vec<NewItem>,
    /// What the runner shall earn; 2.00 when absent.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    delivery_fee_cents: Option<i64>,
    /// What the runner shall earn on top; nothing when absent.
    #[oai(validator(minimum(value = "0"), maximum(value = "100000000")))]
    tip_cents: Option<i64>,
}

/// What the basket costs, and for how long that holds.
#[derive(Debug, Object)]
pub(crate) struct Quote {
    /// Give it back unread to `POST /api/v1/orders`. Nobody can change it.
    quote_id: String,
    /// Where to buy.
    store: Store,
    /// Where to bring it.
    deliver_to: DeliverTo,
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
    /// What the runner is paid.
    payout_cents: i64,
    /// The currency of all of them.
    currency: CurrencyName,
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
            lines: quote.lines.into_iter().map(Into::into).collect(),
            items_cents: quote.price.items_cents.0,
            delivery_fee_cents: quote.price.delivery_fee_cents.0,
            tip_cents: quote.price.tip_cents.0,
            platform_fee_cents: quote.price.platform_fee_cents.0,
            total_cents: quote.price.total_cents.0,
            payout_cents: quote.price.payout_cents.0,
            currency: quote.price.currency.into(),
            valid_until: Time(quote.valid_until),
        }
    }
}

pub(crate) struct Quoting;

impl Documented for Quoting {
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (400, "`malformed_json`"),
        (401, "`unauthenticated`"),
        (403, "`forbidden`: not a customer"),
        (413, "`too_large`"),
        (415, "`unsupported_media_type`"),
        (
            422,
            "`invalid_field` (see `pointer`), `empty_basket`, `too_many_items`, `quantity_out_of_range`, \
             `price_out_of_range`, `delivery_fee_out_of_range`, `tip_out_of_range`, `total_out_of_range`",
        ),
        (500, "`internal`"),
        (503, "`broker_away`, `service_away`, `keys_away`"),
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
        let answer = shared.ask(&question(&caller, basket)?).await?;
        Ok(Json(answer.map_err(refusal)?.into()))
    }
}

fn question(caller: &Caller, basket: NewQuote) -> Result<AskQuote, Problem> {
    let note = basket.deliver_to.note.as_deref().map(|note| text("/deliver_to/note", note)).transpose()?;
    let items = basket.items.iter().enumerate().map(|(n, item)| {
        let name = text(&format!("/items/{n}/name"), &item.name)?;
        Ok(Item { name, quantity: item.quantity, price_cents: Cents(item.price_cents) })
    });
    Ok(AskQuote {
        customer_id: caller.user_id,
        store: place::Store {
            name: text("/store/name", &basket.store.name)?,
            location: text("/store/location", &basket.store.location)?,
        },
        deliver_to: place::DeliverTo {
            building: text("/deliver_to/building", &basket.deliver_to.building)?,
            room: text("/deliver_to/room", &basket.deliver_to.room)?,
            note,
        },
        items: items.collect::<Result<_, Problem>>()?,
        delivery_fee_cents: basket.delivery_fee_cents.map(Cents),
        tip_cents: basket.tip_cents.map(Cents),
    })
}

/// What people typed, as the contracts have it: trimmed, and without control characters.
pub(crate) fn text<const MAX: usize>(pointer: &str, typed: &str) -> Result<Text<MAX>, Problem> {
    Text::new(typed).map_err(|bad| {
        let detail = bad.to_string();
        Problem::invalid_field(pointer, format!("M{}.", detail.strip_prefix('m').unwrap_or(&detail)))
    })
}

/// A basket that cannot be priced is well-formed but wrong: 422, whatever the rule.
fn refusal(refused: Refused) -> Problem {
    if refused.code == "bad_question" {
        return Problem::internal(refused);
    }
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, refused.code, refused.message)
}
