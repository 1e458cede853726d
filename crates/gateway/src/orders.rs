//! Orders: placing, reading, calling off. What the runner does is in `delivery`, what comes after in `aftermath`.

use std::sync::Arc;
use std::time::Duration;

use chassis::telemetry;
use contracts::orders::{CancelOrder, GetOrder, ListOrders, PlaceOrder, Side, Status};
use contracts::quote::{Quote, SealedQuote};
use contracts::users::Role;
use contracts::{MessageId, OrderId, Refused};
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use tokio::time::Instant;

use crate::Shared;
use crate::acting::{Act, Acted, Receipt, decided};
use crate::auth::{Caller, SignedIn};
use crate::body::{Body, OptionalBody};
use crate::docs::Tag;
use crate::idempotency::{OptionalKey, RequiredKey, wait};
use crate::money::{self, Purse};
use crate::problem::{Documented, Failure, Problem};
use crate::quotes::text;
use crate::refusals::{
    AWAY, AWAY_REPEAT, INTERNAL, INVALID_OR_REUSED, MEDIA_TYPE, NOT_FOUND, PAGING, PARKED, Row, TOO_LARGE,
    UNAUTHENTICATED, UNREADABLE, UNREADABLE_OR_NO_KEY,
};
use crate::scalars::Ref;
use crate::views::{Order, StatusName};
use crate::waiting::{News, Watch};

/// Rows of a page when nobody says how many.
pub(crate) const PAGE: u32 = 20;

/// Which quote to order on.
#[derive(Debug, Object)]
pub(crate) struct NewOrder {
    /// From `POST /api/v1/quotes`, unread and unchanged.
    #[oai(validator(min_length = 1, max_length = 49152))]
    quote_id: String,
}

/// How placing was received.
#[derive(ApiResponse)]
pub(crate) enum Placed {
    /// Stored. The same key has the same answer, however often it is sent.
    #[oai(status = 202)]
    Stored(Json<Receipt>, #[oai(header = "Location")] String),
}

/// Why, if the customer likes to say.
#[derive(Debug, Object)]
pub(crate) struct Cancel {
    /// In the customer's words.
    #[oai(validator(min_length = 1, max_length = 200))]
    reason: Option<String>,
}

/// On which side of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Side", rename_all = "lowercase", remote = "Side")]
pub(crate) enum SideName {
    /// Orders that the caller placed.
    Customer,
    /// Orders that the caller delivers or delivered.
    Runner,
}

/// One page.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct OrderPage {
    /// Newest first.
    orders: Vec<Order>,
    /// The `cursor` of the next page; absent on the last one.
    next: Option<String>,
}

pub(crate) struct Placing;

impl Documented for Placing {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE_OR_NO_KEY,
        UNAUTHENTICATED,
        (403, "`forbidden`: not a customer; `not_your_quote`, `not_a_person`"),
        (409, "`quote_expired`, or a rule's own code"),
        TOO_LARGE,
        MEDIA_TYPE,
        (422, "`invalid_field` (see `pointer`), `bad_quote`, `idempotency_key_reused`"),
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [Row] = &[PAGING, UNAUTHENTICATED, INTERNAL, AWAY];
}

pub(crate) struct Getting;

impl Documented for Getting {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, NOT_FOUND, INTERNAL, AWAY];
}

pub(crate) struct Cancelling;

impl Documented for Cancelling {
    const PROBLEMS: &'static [Row] = &[
        UNREADABLE,
        UNAUTHENTICATED,
        (403, "`not_your_order`, `not_allowed`, to those who may see the order"),
        NOT_FOUND,
        (409, "`runner_has_it`, `already_delivered`, `closed`; `GET /api/v1/policy` has the whole table"),
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID_OR_REUSED,
        PARKED,
        AWAY_REPEAT,
    ];
}

pub(crate) struct OrdersApi;

#[OpenApi(tag = "Tag::Orders")]
impl OrdersApi {
    /// Place an order
    ///
    /// For customers. Answers as soon as the order is stored; with `Prefer: wait=N`, when its payment is secured or has
    /// failed, but after N seconds at the latest.
    #[oai(path = "/api/v1/orders", method = "post", operation_id = "placeOrder")]
    async fn place(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Chosen by the client, one per order; repeat it when repeating the request.
        #[oai(name = "Idempotency-Key")]
        key: RequiredKey,
        /// `wait=N`: seconds to wait for the payment.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        Body(order): Body<NewOrder>,
    ) -> Result<Placed, Failure<Placing>> {
        caller.must_be(Role::Customer)?;
        let id = key.message_id(&caller.principal(), "orders.place");
        let wait = wait(prefer.0.as_deref(), &shared.settings);
        let (order_id, status) = place(shared, &caller, id, SealedQuote(order.quote_id), wait).await?;
        let receipt = Receipt { order_id: Ref(order_id), status: Some(status.into()) };
        Ok(Placed::Stored(Json(receipt), format!("/api/v1/orders/{order_id}")))
    }

    /// My orders
    ///
    /// Those that the caller placed or delivers.
    #[oai(path = "/api/v1/orders", method = "get", operation_id = "listOrders")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Only those on this side; both when absent.
        role: Query<Option<SideName>>,
        /// Only those that stand here.
        status: Query<Option<StatusName>>,
        /// Only those that have this in an item's or the store's name; upper and lower case are the same.
        #[oai(validator(max_length = 100))]
        q: Query<Option<String>>,
        /// The `next` of the page before.
        #[oai(validator(min_length = 1, max_length = 200))]
        cursor: Query<Option<String>>,
        /// At most this many; 20 when absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
    ) -> Result<Json<OrderPage>, Failure<Listing>> {
        // A search box that nothing was typed into is no search.
        let typed = q.0.filter(|typed| !typed.trim().is_empty());
        let question = ListOrders {
            viewer: caller.viewer(),
            side: role.0.map(Into::into),
            status: status.0.map(Into::into),
            text: typed.as_deref().map(|typed| parameter("q", typed)).transpose()?,
            cursor: cursor.0,
            limit: limit.0.unwrap_or(PAGE),
        };
        let page = shared.ask(&question).await??;
        Ok(Json(OrderPage { orders: page.orders.into_iter().map(Into::into).collect(), next: page.next }))
    }

    /// One order
    ///
    /// With its money, unless payments is away for a moment: an order can be read all the same.
    #[oai(path = "/api/v1/orders/:id", method = "get", operation_id = "getOrder")]
    async fn get(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
    ) -> Result<Json<Order>, Failure<Getting>> {
        telemetry::join_story(&id.0.0);
        let question = GetOrder { order_id: id.0.0, viewer: caller.viewer() };
        let (view, money) = tokio::join!(shared.ask(&question), money::glance(shared, &caller, id.0.0));
        let mut order = Order::from(view??);
        if let Some(money) = money {
            let is_theirs = order.customer_id.0 == caller.user_id;
            order.authenticate_url = money.action_url.clone().filter(|_| is_theirs);
            order.money = Some(Purse::from(&money));
        }
        Ok(Json(order))
    }

    /// Call an order off
    ///
    /// For its customer, as the policy allows: `GET /api/v1/policy`.
    #[oai(path = "/api/v1/orders/:id/cancel", method = "post", operation_id = "cancelOrder")]
    async fn cancel(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the verdict.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
        OptionalBody(cancel): OptionalBody<Cancel>,
    ) -> Result<Acted, Failure<Cancelling>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.cancel");
        let note = cancel.reason.as_deref().map(|reason| text("/reason", reason)).transpose()?;
        Ok(act.answer(message_id, &CancelOrder { order_id: act.order_id, note }).await?)
    }
}

/// Stores an order. The order's id follows from the request's, so that a repeat is the same order.
async fn place(
    shared: &Shared,
    caller: &Caller,
    id: MessageId,
    quote: SealedQuote,
    wait: Option<Duration>,
) -> Result<(OrderId, Status), Problem> {
    let order_id: OrderId = id.derive("order");
    check_quote(shared, caller, order_id, &quote).await?;
    telemetry::begin_story("order", &order_id);
    telemetry::join_story(&order_id);
    shared.connected().await?;
    let deadline = Instant::now() + wait.unwrap_or_default();
    let mut watch = Watch::start(shared, order_id, caller.viewer());
    let verdict_within = wait.unwrap_or(Duration::from_millis(shared.settings.place_wait_ms));
    let intended = shared.bus.intend(&caller.principal(), id, &PlaceOrder { order_id, quote }, verdict_within).await?;
    let status = match decided(intended)? {
        Some(view) => view.status,
        None => Status::Pending,
    };
    if status != Status::Pending || wait.unwrap_or_default().is_zero() {
        return Ok((order_id, status));
    }
    let moved_on = watch.until(deadline, |news| {
        let status = match news {
            News::Event(heard) => heard.about.status,
            News::Seen(view) => view.ok()?.status,
        };
        (status != Status::Pending).then_some(status)
    });
    Ok((order_id, moved_on.await.unwrap_or(Status::Pending)))
}

/// Looks at the quote before anything is stored, so that a client learns at once what is wrong with it. The owner looks
/// again: its word counts.
async fn check_quote(shared: &Shared, caller: &Caller, order_id: OrderId, sealed: &SealedQuote) -> Result<(), Problem> {
    let quote: Quote = shared.sealer.open("quo", &sealed.0).map_err(|_| {
        let problem = Problem::from(Refused::new("bad_quote", "This quote was not made here, or was changed since."));
        problem.at("/quote_id")
    })?;
    if quote.customer_id != caller.user_id {
        return Err(Refused::new("not_your_quote", "This quote was made for somebody else.").into());
    }
    if shared.clock.now() <= quote.valid_until {
        return Ok(());
    }
    // Too late for a new order, but this may be the repeat of one that was in time.
    match shared.ask(&GetOrder { order_id, viewer: caller.viewer() }).await? {
        Ok(_) => Ok(()),
        Err(_) => Err(Refused::new("quote_expired", "This quote is too old; ask for a new one.").into()),
    }
}

/// What people typed into the address, as the contracts have it.
fn parameter<const MAX: usize>(name: &str, typed: &str) -> Result<contracts::Text<MAX>, Problem> {
    contracts::Text::new(typed).map_err(|bad| Problem::invalid_parameter(name, bad))
}
