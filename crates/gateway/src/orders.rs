//! Orders: placing, reading, accepting, moving on, calling off.

use std::sync::Arc;
use std::time::Duration;

use chassis::{Intended, telemetry};
use contracts::orders::{
    AcceptOrder, AdvanceOrder, CancelOrder, GetOrder, ListOrders, OrderView, PlaceOrder, Side, Status, Step,
};
use contracts::quote::{Quote, SealedQuote};
use contracts::users::Role;
use contracts::{Intent, MessageId, OrderId, Refused, Verdict};
use poem::http::StatusCode;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use tokio::time::Instant;

use crate::Shared;
use crate::auth::{Caller, SignedIn};
use crate::body::{Body, OptionalBody};
use crate::docs::Tag;
use crate::idempotency::{OptionalKey, RequiredKey, wait};
use crate::problem::{Documented, Failure, Problem};
use crate::quotes::text;
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

/// An order that is stored, or a request about one that is.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Receipt {
    /// The order.
    order_id: Ref<OrderId>,
    /// Where it stands, as far as is known; absent when nobody could tell.
    status: Option<StatusName>,
}

/// How placing was received.
#[derive(ApiResponse)]
pub(crate) enum Placed {
    /// Stored. The same key has the same answer, however often it is sent.
    #[oai(status = 202)]
    Stored(Json<Receipt>, #[oai(header = "Location")] String),
}

/// What became of a request about an order.
#[derive(ApiResponse)]
pub(crate) enum Acted {
    /// Done: the order as it is now.
    #[oai(status = 200)]
    Done(Json<Order>),
    /// Stored, but not decided within the time to wait. It will be.
    #[oai(status = 202)]
    Stored(Json<Receipt>),
}

/// The steps that a runner takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Step", rename_all = "SCREAMING_SNAKE_CASE", remote = "Step")]
pub(crate) enum StepName {
    /// Bought, or ordered at the counter.
    Placed,
    /// On the way to the customer.
    OnTheWay,
    /// Handed over.
    Delivered,
}

/// The next step.
#[derive(Debug, Object)]
pub(crate) struct Advance {
    /// Steps come one after the other.
    to: StepName,
    /// The four digits that the customer shows at the door; needed for `DELIVERED`.
    #[oai(validator(min_length = 1, max_length = 10))]
    pin: Option<String>,
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
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (
            400,
            "`malformed_json`, `bad_request`, `invalid_parameter`, `idempotency_key_required`, `bad_idempotency_key`",
        ),
        (401, "`unauthenticated`"),
        (403, "`forbidden`: not a customer; `not_your_quote`"),
        (409, "`quote_expired`, or a rule's own code"),
        (413, "`too_large`"),
        (415, "`unsupported_media_type`"),
        (422, "`invalid_field` (see `pointer`), `bad_quote`, `idempotency_key_reused`"),
        (500, "`internal`, `parked`"),
        (503, "`broker_away`, `service_away`, `keys_away`: repeat with the same key"),
    ];
}

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (400, "`invalid_parameter`, `bad_cursor`"),
        (401, "`unauthenticated`"),
        (500, "`internal`"),
        (503, "`broker_away`, `service_away`, `keys_away`"),
    ];
}

pub(crate) struct Getting;

impl Documented for Getting {
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (401, "`unauthenticated`"),
        (404, "`not_found`, also for orders that the caller has no part in"),
        (500, "`internal`"),
        (503, "`broker_away`, `service_away`, `keys_away`"),
    ];
}

pub(crate) struct Accepting;

impl Documented for Accepting {
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (400, "`bad_request`, `invalid_parameter`, `bad_idempotency_key`"),
        (401, "`unauthenticated`"),
        (403, "`forbidden`: not a runner"),
        (404, "`not_found`"),
        (
            409,
            "`own_order`, `already_taken`, `not_on_offer`, `past_deadline`, `closed`; when the runner may not deliver: \
             `no_payout_account`, `not_a_runner`, `unknown_runner`, or `claim_lost` on a late repeat",
        ),
        (422, "`idempotency_key_reused`"),
        (500, "`internal`, `parked`"),
        (503, "`broker_away`, `service_away`, `keys_away`: repeat with the same key"),
    ];
}

pub(crate) struct Advancing;

impl Documented for Advancing {
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (400, "`malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key`"),
        (401, "`unauthenticated`"),
        (403, "`not_the_runner`, to those who may see the order"),
        (404, "`not_found`"),
        (409, "`wrong_step`, `pin_required`, `wrong_pin`, `pin_locked` after five wrong ones, `closed`"),
        (413, "`too_large`"),
        (415, "`unsupported_media_type`"),
        (422, "`invalid_field` (see `pointer`), `idempotency_key_reused`"),
        (500, "`internal`, `parked`"),
        (503, "`broker_away`, `service_away`, `keys_away`: repeat with the same key"),
    ];
}

pub(crate) struct Cancelling;

impl Documented for Cancelling {
    const PROBLEMS: &'static [(u16, &'static str)] = &[
        (400, "`malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key`"),
        (401, "`unauthenticated`"),
        (403, "`not_your_order`, to those who may see the order"),
        (404, "`not_found`"),
        (409, "`runner_has_it`, `already_delivered`, `closed`"),
        (413, "`too_large`"),
        (415, "`unsupported_media_type`"),
        (422, "`invalid_field` (see `pointer`), `idempotency_key_reused`"),
        (500, "`internal`, `parked`"),
        (503, "`broker_away`, `service_away`, `keys_away`: repeat with the same key"),
    ];
}

pub(crate) struct OrdersApi;

#[OpenApi]
impl OrdersApi {
    /// Place an order
    ///
    /// For customers. Answers as soon as the order is stored; with `Prefer: wait=N`, when its payment is secured or has
    /// failed, but after N seconds at the latest.
    #[oai(path = "/api/v1/orders", method = "post", operation_id = "placeOrder", tag = "Tag::Orders")]
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
    #[oai(path = "/api/v1/orders", method = "get", operation_id = "listOrders", tag = "Tag::Orders")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Only those on this side; both when absent.
        role: Query<Option<SideName>>,
        /// Only those that stand here.
        status: Query<Option<StatusName>>,
        /// The `next` of the page before.
        #[oai(validator(min_length = 1, max_length = 200))]
        cursor: Query<Option<String>>,
        /// At most this many; 20 when absent.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
    ) -> Result<Json<OrderPage>, Failure<Listing>> {
        let question = ListOrders {
            viewer: caller.viewer(),
            side: role.0.map(Into::into),
            status: status.0.map(Into::into),
            cursor: cursor.0,
            limit: limit.0.unwrap_or(PAGE),
        };
        let page = shared.ask(&question).await??;
        Ok(Json(OrderPage { orders: page.orders.into_iter().map(Into::into).collect(), next: page.next }))
    }

    /// One order
    #[oai(path = "/api/v1/orders/:id", method = "get", operation_id = "getOrder", tag = "Tag::Orders")]
    async fn get(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// The order.
        id: Path<Ref<OrderId>>,
    ) -> Result<Json<Order>, Failure<Getting>> {
        telemetry::join_story(&id.0.0);
        let view = shared.ask(&GetOrder { order_id: id.0.0, viewer: caller.viewer() }).await??;
        Ok(Json(view.into()))
    }

    /// Take an order on offer
    ///
    /// For runners. Whoever comes first has it, if they can be paid for it; the answer waits for both.
    #[oai(path = "/api/v1/orders/:id/accept", method = "post", operation_id = "acceptOrder", tag = "Tag::Delivery")]
    async fn accept(
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
    ) -> Result<Acted, Failure<Accepting>> {
        caller.must_be(Role::Runner)?;
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.accept");
        Ok(act.accept(message_id).await?)
    }

    /// Take the next step of a delivery
    ///
    /// For the order's runner.
    #[oai(path = "/api/v1/orders/:id/advance", method = "post", operation_id = "advanceOrder", tag = "Tag::Delivery")]
    async fn advance(
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
        Body(step): Body<Advance>,
    ) -> Result<Acted, Failure<Advancing>> {
        let act = Act::begin(shared, &caller, id.0.0, prefer.0.as_deref());
        let message_id = key.message_id(&caller.principal(), "orders.advance");
        let intent = AdvanceOrder { order_id: act.order_id, to: step.to.into(), pin: step.pin };
        Ok(act.answer(message_id, &intent).await?)
    }

    /// Call an order off
    ///
    /// For its customer, as long as no runner has it, and again when it is late.
    #[oai(path = "/api/v1/orders/:id/cancel", method = "post", operation_id = "cancelOrder", tag = "Tag::Orders")]
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

/// The view that came with a verdict; nothing when there is no verdict yet.
fn decided(intended: Intended) -> Result<Option<OrderView>, Problem> {
    match intended {
        Intended::Stored => Ok(None),
        Intended::Decided(Verdict::Done { view }) => serde_json::from_value(view).map(Some).map_err(Problem::internal),
        Intended::Decided(Verdict::Refused(refused)) => Err(refused.into()),
        Intended::Decided(Verdict::Parked { reason }) => Err(Problem::parked(&reason)),
    }
}

/// Somebody wants something done to an order, and will wait so long for the verdict.
struct Act<'a> {
    shared: &'a Shared,
    caller: &'a Caller,
    order_id: OrderId,
    deadline: Instant,
}

impl<'a> Act<'a> {
    /// Part of the order's story from here on, and patient for as long as the request asks.
    fn begin(shared: &'a Shared, caller: &'a Caller, order_id: OrderId, prefer: Option<&str>) -> Self {
        telemetry::join_story(&order_id);
        let default = Duration::from_millis(shared.settings.wait_ms.min(shared.settings.wait_max_ms));
        let deadline = Instant::now() + wait(prefer, &shared.settings).unwrap_or(default);
        Self { shared, caller, order_id, deadline }
    }

    /// Asks for it and answers with what became of it.
    async fn answer<I: Intent>(&self, id: MessageId, intent: &I) -> Result<Acted, Problem> {
        match self.intend(id, intent).await? {
            Some(view) => Ok(Acted::Done(Json(view.into()))),
            None => Ok(self.stored().await),
        }
    }

    /// Winning the order is half of it: the other half is whether the runner may deliver, which is users' to say.
    async fn accept(&self, id: MessageId) -> Result<Acted, Problem> {
        let mut watch = Watch::start(self.shared, self.order_id, self.caller.viewer());
        let Some(view) = self.intend(id, &AcceptOrder { order_id: self.order_id }).await? else {
            return Ok(self.stored().await);
        };
        let mut claim = match Claim::seen(&view, self.caller) {
            Claim::Checking => Claim::Checking,
            Claim::Won => return Ok(Acted::Done(Json(view.into()))),
            Claim::Lost(reason) => return Err(reason),
        };
        let mut gone_before = false;
        let judge = |news| Claim::judge(news, self.caller, view.version, &mut gone_before);
        if let Some(verdict) = watch.until(self.deadline, judge).await {
            claim = verdict;
        }
        match claim {
            Claim::Checking => Ok(self.stored().await),
            Claim::Lost(reason) => Err(reason),
            Claim::Won => match self.view().await? {
                Ok(view) => Ok(Acted::Done(Json(view.into()))),
                // It was theirs, and is not any more.
                Err(_) => Err(not_allowed("claim_lost")),
            },
        }
    }

    async fn intend<I: Intent>(&self, id: MessageId, intent: &I) -> Result<Option<OrderView>, Problem> {
        self.shared.connected().await?;
        let wait = self.deadline.saturating_duration_since(Instant::now());
        let intended = self.shared.bus.intend(&self.caller.principal(), id, intent, wait).await?;
        match decided(intended) {
            Err(problem) if matches!(problem.code(), "not_your_order" | "not_the_runner" | "not_found") => {
                Err(self.veil(problem).await)
            }
            decided => decided,
        }
    }

    /// Whoever has no part in an order does not learn that there is one.
    async fn veil(&self, problem: Problem) -> Problem {
        match self.view().await {
            Ok(Ok(_)) => problem,
            Ok(Err(_)) | Err(_) => Problem::not_found(),
        }
    }

    async fn view(&self) -> Result<Result<OrderView, Refused>, Problem> {
        self.shared.ask(&GetOrder { order_id: self.order_id, viewer: self.caller.viewer() }).await
    }

    /// Not decided yet: says where the order stands, if anybody can tell.
    async fn stored(&self) -> Acted {
        let view = tokio::time::timeout(Duration::from_secs(1), self.view()).await;
        let status = view.ok().and_then(Result::ok).and_then(Result::ok).map(|view| view.status.into());
        Acted::Stored(Json(Receipt { order_id: Ref(self.order_id), status }))
    }
}

/// What became of a runner's claim.
enum Claim {
    Checking,
    Won,
    Lost(Problem),
}

impl Claim {
    /// What the news say about the claim that was made in version `claimed` of the order; nothing if it is open still.
    fn judge(news: News, caller: &Caller, claimed: u64, gone_before: &mut bool) -> Option<Self> {
        let claim = match news {
            // Of an earlier claim.
            News::Event(heard) if heard.about.version <= claimed => Self::Checking,
            News::Event(heard) if heard.was_claimed_by == Some(caller.user_id) => {
                Self::Lost(not_allowed(heard.reason.as_deref().unwrap_or("claim_lost")))
            }
            News::Event(heard) if heard.about.runner_id == Some(caller.user_id) => Self::of(heard.about.status),
            News::Event(_) => Self::Checking,
            News::Seen(Ok(view)) => Self::seen(&view, caller),
            // Nobody's any more. The event that says why is on its way, unless this is a repeat and it is forgotten.
            News::Seen(Err(_)) if std::mem::replace(gone_before, true) => Self::Lost(not_allowed("claim_lost")),
            News::Seen(Err(_)) => Self::Checking,
        };
        match claim {
            Self::Checking => None,
            Self::Won | Self::Lost(_) => Some(claim),
        }
    }

    fn seen(view: &OrderView, caller: &Caller) -> Self {
        if view.status == Status::Claimed || view.runner_id == Some(caller.user_id) {
            return Self::of(view.status);
        }
        Self::Checking
    }

    fn of(status: Status) -> Self {
        match status {
            Status::Pending | Status::ActionRequired | Status::Created | Status::Claimed => Self::Checking,
            Status::Accepted | Status::Placed | Status::OnTheWay | Status::Delivered | Status::Completed => Self::Won,
            // Called off while the runner was being checked: there is nothing to buy.
            Status::Cancelled => Self::Lost(Refused::new("closed", "This order is closed.").into()),
        }
    }
}

/// The claim was undone; the code says why.
fn not_allowed(reason: &str) -> Problem {
    let detail = match reason {
        "no_payout_account" => "You cannot be paid yet: open a payout account first. The order is on offer again.",
        "not_a_runner" | "unknown_runner" => "You are not known as a runner. The order is on offer again.",
        _ => "The order could not be given to you; it is on offer again.",
    };
    Problem::new(StatusCode::CONFLICT, reason.to_owned(), detail)
}

#[cfg(test)]
mod tests {
    use contracts::Message;
    use contracts::UserId;
    use contracts::orders::{About, OrderAccepted, OrderReopened};
    use jiff::Timestamp;
    use serde::Serialize;

    use super::*;

    fn ray() -> Caller {
        let user_id = UserId::of_subject("dev", "ray");
        Caller { user_id, roles: vec![Role::Runner], expires_at: Timestamp::MAX }
    }

    fn event(event: &impl Serialize) -> News {
        News::Event(serde_json::from_value(serde_json::to_value(event).expect("JSON")).expect("an event"))
    }

    fn reopened(version: u64, was_claimed_by: UserId) -> News {
        let sample = OrderReopened::sample();
        event(&OrderReopened { about: About { version, ..sample.about }, was_claimed_by, reason: sample.reason })
    }

    fn accepted(version: u64, runner_id: UserId) -> News {
        let sample = OrderAccepted::sample();
        event(&OrderAccepted { about: About { version, runner_id: Some(runner_id), ..sample.about }, ..sample })
    }

    /// `won`, `open`, or the code of the problem, for a claim in version 5.
    fn judge(news: News) -> String {
        match Claim::judge(news, &ray(), 5, &mut false) {
            None | Some(Claim::Checking) => "open".to_owned(),
            Some(Claim::Won) => "won".to_owned(),
            Some(Claim::Lost(problem)) => problem.code().to_owned(),
        }
    }

    #[test]
    fn a_claim_is_won_or_lost_by_the_event_that_answers_it() {
        let rio = UserId::of_subject("dev", "rio");
        assert_eq!(judge(accepted(6, ray().user_id)), "won");
        assert_eq!(judge(reopened(6, ray().user_id)), "no_payout_account");
        assert_eq!(judge(reopened(6, rio)), "open");
        assert_eq!(judge(accepted(8, rio)), "open");
    }

    #[test]
    fn what_became_of_an_earlier_claim_is_no_answer() {
        assert_eq!(judge(reopened(4, ray().user_id)), "open");
    }

    #[test]
    fn an_order_that_is_gone_is_lost_only_at_the_second_look() {
        let gone = || News::Seen(Err(Refused::new("not_found", "")));
        let mut before = false;
        assert!(Claim::judge(gone(), &ray(), 5, &mut before).is_none());
        assert!(matches!(Claim::judge(gone(), &ray(), 5, &mut before), Some(Claim::Lost(_))));
    }
}
