//! What happens, as it happens: one event stream per signed-in client (predecessor.md B40 polled instead).
//!
//! Everybody hears what names them. Most events of payments name nobody; those are heard through the orders that they move.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chassis::FeedItem;
use contracts::notifications::Told;
use contracts::users::Role;
use contracts::{Id, Message, OrderId, UserId};
use futures::stream;
use poem::web::Data;
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Response};
use poem_openapi::param::{Header, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi, Union};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::Shared;
use crate::auth::{Caller, SignedInForStream};
use crate::docs::Tag;
use crate::notifications::NewsName;
use crate::problem::{Documented, Failure};
use crate::refusals::{PARAMETER, Row, UNAUTHENTICATED};
use crate::scalars::{Ref, Time};
use crate::views::StatusName;
use crate::waiting::Heard;

/// How often something is said, if only a comment.
pub(crate) const PING: Duration = Duration::from_secs(15);
/// How soon a client that lost its stream should come back, in milliseconds.
const COME_BACK_MS: u64 = 1_000;
/// The events after which somebody else's order may be on offer or not.
const ABOUT_OFFERS: [&str; 5] =
    ["orders.opened.v1", "orders.claimed.v1", "orders.reopened.v1", "orders.accepted.v1", "orders.cancelled.v1"];

/// The events of payments that name whose money it is.
const ABOUT_MONEY: [&str; 7] = [
    "payments.paid_out.v1",
    "payments.payout_held.v1",
    "payments.payout_reversed.v1",
    "payments.payout_returned.v1",
    "payments.refunded.v1",
    "payments.tip_paid.v1",
    "payments.tip_declined.v1",
];
/// What is heard for operators alone, who wait for it.
const REFUND_FAILED: &str = "payments.refund_failed.v1";

/// What is to be heard of the log.
pub(crate) fn heard() -> Vec<String> {
    let money = ABOUT_MONEY.iter().chain([&REFUND_FAILED]).map(|kind| format!("{kind}.>"));
    ["orders.>", "notifications.>"].into_iter().map(str::to_owned).chain(money).collect()
}

/// Whose events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum Scope {
    /// Those of the caller.
    #[default]
    Own,
    /// Those of everybody's orders, for operators and finance.
    All,
}

/// `event: order`: something happened to an order that the caller has a part in.
#[derive(Clone, Debug, Object)]
pub(crate) struct OrderNews {
    /// The order.
    order_id: Ref<OrderId>,
    /// Where it stands now.
    status: StatusName,
    /// Its version with this in it. What a client has read at this version or later is newer.
    version: u64,
    /// When.
    at: Time,
    /// What happened, for example `orders.opened.v1`.
    #[oai(rename = "type")]
    kind: String,
}

/// `event: offer`, for runners: an order has come on offer or is gone.
#[derive(Clone, Debug, Object)]
pub(crate) struct OfferNews {
    /// The order.
    order_id: Ref<OrderId>,
    /// Whether it is on offer.
    open: bool,
}

/// `event: notification`: the caller was told something. `GET /api/v1/notifications` has it.
#[derive(Clone, Debug, Object)]
pub(crate) struct NotificationNews {
    /// About which order.
    order_id: Ref<OrderId>,
    /// What.
    news: NewsName,
    /// When it happened.
    at: Time,
}

/// `event: money`: money of the caller's has moved, or could not. The order and the wallet have the figures.
#[derive(Clone, Debug, Object)]
pub(crate) struct MoneyNews {
    /// The order.
    order_id: Ref<OrderId>,
    /// What happened, for example `payments.paid_out.v1`.
    #[oai(rename = "type")]
    kind: String,
}

/// `event: reset`: too much was missed. Read everything anew; what comes from here on is complete.
#[derive(Clone, Debug, Object)]
pub(crate) struct Reset {}

/// The data of one event.
#[derive(Clone, Debug, Union)]
pub(crate) enum StreamData {
    Order(OrderNews),
    Offer(OfferNews),
    Notification(NotificationNews),
    Money(MoneyNews),
    Reset(Reset),
}

/// An event stream, documented by the data of its events.
pub(crate) struct Events(SSE);

impl IntoResponse for Events {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl ApiResponse for Events {
    fn meta() -> MetaResponses {
        let schema = MetaSchema {
            items: Some(Box::new(StreamData::schema_ref())),
            ..MetaSchema::new_with_format("array", "event-stream")
        };
        let schema = MetaSchemaRef::Inline(Box::new(schema));
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Events, each with its place in the log as `id`; a comment every 15 seconds.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType { content_type: "text/event-stream", schema }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        StreamData::register(registry);
    }
}

pub(crate) struct Streaming;

impl Documented for Streaming {
    const PROBLEMS: &'static [Row] = &[
        PARAMETER,
        UNAUTHENTICATED,
        (403, "`forbidden`: everybody's orders are for operators and finance"),
        (503, "`keys_away`"),
    ];
}

/// The people that an event of payments may name.
#[derive(Deserialize)]
struct Named {
    order_id: OrderId,
    #[serde(default)]
    customer_id: Option<UserId>,
    #[serde(default)]
    runner_id: Option<UserId>,
}

pub(crate) struct StreamApi;

#[OpenApi(tag = "Tag::Stream")]
impl StreamApi {
    /// Listen
    ///
    /// Server-sent events. `order` for every event of an order that the caller has a part in, `offer` for runners whenever
    /// an order comes on offer or is gone, `notification` for whatever the caller is told, `money` when money of theirs has
    /// moved, `reset` when too much was missed. Ends when the token does.
    #[oai(path = "/api/v1/stream", method = "get", operation_id = "stream")]
    async fn stream(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        caller: SignedInForStream,
        /// The `id` of the last event that was seen; what came after it is sent first.
        #[oai(name = "Last-Event-ID", validator(maximum(value = "9007199254740991")))]
        last_event_id: Header<Option<u64>>,
        /// `all`, for operators and finance: the events of everybody's orders.
        scope: Query<Option<Scope>>,
    ) -> Result<Events, Failure<Streaming>> {
        let (caller, scope) = (caller.caller(), scope.0.unwrap_or_default());
        if scope == Scope::All {
            caller.office()?;
        }
        Ok(listen(Arc::clone(shared), caller, scope, last_event_id.0))
    }
}

fn listen(shared: Arc<Shared>, caller: Caller, scope: Scope, last: Option<u64>) -> Events {
    let mut ear = Ear::new(&shared, caller, scope, last);
    // Said at once, so that the client knows that it is connected.
    ear.said.push_front(Event::retry(COME_BACK_MS));
    let over = {
        let shared = Arc::clone(&shared);
        let expires_at = ear.caller.expires_at;
        async move {
            tokio::select! {
                () = shared.shutdown.soft() => {}
                () = shared.clock.sleep_until(expires_at) => {}
            }
        }
    };
    let events = stream::unfold((ear, shared), |(mut ear, shared)| async move {
        let event = ear.next(&shared).await?;
        Some((event, (ear, shared)))
    });
    Events(SSE::new(futures::StreamExt::take_until(events, Box::pin(over))).keep_alive(PING))
}

/// One listener.
struct Ear {
    caller: Caller,
    scope: Scope,
    /// What events that name the caller contain: the digits of their id.
    name: String,
    /// The last place in the log that was looked at.
    last: Option<u64>,
    /// Still to be sent.
    said: VecDeque<Event>,
    live: Receiver<Arc<FeedItem>>,
}

impl Ear {
    fn new(shared: &Shared, caller: Caller, scope: Scope, last: Option<u64>) -> Self {
        let name = caller.user_id.uuid().simple().to_string();
        let mut ear = Self { caller, scope, name, last, said: VecDeque::new(), live: shared.feed.subscribe() };
        if last.is_some() {
            ear.resume(shared);
        }
        ear
    }

    /// Says what was missed, or that it is too much.
    fn resume(&mut self, shared: &Shared) {
        let missed = self.last.and_then(|last| shared.feed.resume(last).ok());
        match missed {
            Some((missed, live)) => {
                self.live = live;
                for item in missed {
                    self.hear(&item);
                }
            }
            None => {
                self.live = shared.feed.subscribe();
                let reset = StreamData::Reset(Reset {});
                self.said.push_back(Event::message(reset.to_json_string()).event_type("reset"));
            }
        }
    }

    async fn next(&mut self, shared: &Shared) -> Option<Event> {
        loop {
            if let Some(event) = self.said.pop_front() {
                return Some(event);
            }
            match self.live.recv().await {
                Ok(item) => self.hear(&item),
                Err(RecvError::Lagged(_)) => self.resume(shared),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Takes from one event what the caller may know.
    fn hear(&mut self, item: &FeedItem) {
        if self.last.is_some_and(|last| item.sequence <= last) {
            return;
        }
        self.last = Some(item.sequence);
        // Most events are other people's. Looking for the name is much cheaper than reading the event.
        let named = std::str::from_utf8(&item.payload).is_ok_and(|text| text.contains(&self.name));
        match item.type_name.split('.').next().unwrap_or_default() {
            "orders" => self.hear_order(item, named),
            "notifications" if named => self.hear_notification(item),
            "payments" if named => self.hear_money(item),
            _ => {}
        }
    }

    fn hear_order(&mut self, item: &FeedItem, named: bool) {
        let heard = (named || self.scope == Scope::All).then(|| Heard::read(item)).flatten();
        let mine = heard.filter(|heard| self.scope == Scope::All || heard.concerns(self.caller.user_id));
        let own_order = mine.as_ref().is_some_and(|heard| heard.about.customer_id == self.caller.user_id);
        if let Some(heard) = mine {
            let news = OrderNews {
                order_id: Ref(heard.about.order_id),
                status: heard.about.status.into(),
                version: heard.about.version,
                at: Time(heard.about.at),
                kind: item.type_name.clone(),
            };
            self.say(item.sequence, "order", &StreamData::Order(news));
        }
        if self.caller.is(Role::Runner) && !own_order {
            self.hear_offer(item);
        }
    }

    fn hear_notification(&mut self, item: &FeedItem) {
        let told = serde_json::from_slice::<Told>(&item.payload).ok().filter(|_| item.type_name == Told::type_name());
        let Some(told) = told.filter(|told| told.user_id == self.caller.user_id) else { return };
        let news = NotificationNews { order_id: Ref(told.order_id), news: told.news.into(), at: Time(told.at) };
        self.say(item.sequence, "notification", &StreamData::Notification(news));
    }

    fn hear_money(&mut self, item: &FeedItem) {
        let about_money = ABOUT_MONEY.contains(&item.type_name.as_str());
        let named = serde_json::from_slice::<Named>(&item.payload).ok().filter(|_| about_money);
        let whose = |named: &Named| [named.customer_id, named.runner_id].contains(&Some(self.caller.user_id));
        let Some(named) = named.filter(whose) else { return };
        let news = MoneyNews { order_id: Ref(named.order_id), kind: item.type_name.clone() };
        self.say(item.sequence, "money", &StreamData::Money(news));
    }

    /// Of other people's orders a runner learns nothing but whether they can be had.
    fn hear_offer(&mut self, item: &FeedItem) {
        let about_offers = ABOUT_OFFERS.contains(&item.type_name.as_str());
        let Some(order_id) = item.correlation.parse().ok().filter(|_| about_offers) else { return };
        let open = matches!(item.type_name.as_str(), "orders.opened.v1" | "orders.reopened.v1");
        self.say(item.sequence, "offer", &StreamData::Offer(OfferNews { order_id: Ref(order_id), open }));
    }

    fn say(&mut self, sequence: u64, kind: &str, data: &StreamData) {
        self.said.push_back(Event::message(data.to_json_string()).event_type(kind).id(sequence.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use contracts::Message;
    use contracts::orders::{OrderClaimed, OrderDeparted, OrderOpened};
    use contracts::{Id, UserId};
    use jiff::Timestamp;
    use tokio::sync::broadcast;

    use super::*;

    fn ear(user_id: UserId, roles: &[Role]) -> Ear {
        let caller = Caller { user_id, roles: roles.to_vec(), expires_at: Timestamp::MAX };
        let name = user_id.uuid().simple().to_string();
        Ear { caller, scope: Scope::Own, name, last: None, said: VecDeque::new(), live: broadcast::channel(1).1 }
    }

    fn item<M: Message>(sequence: u64, event: &M) -> FeedItem {
        FeedItem {
            sequence,
            type_name: M::type_name(),
            correlation: event.key().to_string(),
            payload: serde_json::to_vec(event).expect("JSON"),
        }
    }

    fn said(mut ear: Ear, item: &FeedItem) -> Vec<String> {
        ear.hear(item);
        // The same place in the log again says nothing new.
        ear.hear(item);
        ear.said.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_customer_hears_everything_about_their_order_and_no_offer_of_it() {
        let opened = OrderOpened::sample();
        let heard = said(ear(opened.about.customer_id, &[Role::Customer, Role::Runner]), &item(7, &opened));
        assert_eq!(heard.len(), 1);
        assert!(heard[0].starts_with("id: 7\nevent: order\ndata: {"), "{heard:?}");
        assert!(heard[0].contains("\"type\":\"orders.opened.v1\"") && heard[0].contains("\"CREATED\""), "{heard:?}");
    }

    #[test]
    fn a_runner_hears_of_other_peoples_orders_only_whether_they_can_be_had() {
        let (opened, rio) = (OrderOpened::sample(), UserId::of_subject("dev", "rio"));
        let heard = said(ear(rio, &[Role::Runner]), &item(7, &opened));
        let offer =
            format!("id: 7\nevent: offer\ndata: {{\"open\":true,\"order_id\":\"{}\"}}\n\n", opened.about.order_id);
        assert_eq!(heard, [offer]);
        assert_eq!(said(ear(rio, &[Role::Runner]), &item(8, &OrderDeparted::sample())), [""; 0]);
        assert_eq!(said(ear(rio, &[Role::Customer]), &item(7, &opened)), [""; 0]);
    }

    #[test]
    fn the_runner_who_claimed_it_hears_both() {
        let ray = UserId::of_subject("dev", "ray");
        let claimed = OrderClaimed { claimed_by: ray, ..OrderClaimed::sample() };
        let heard = said(ear(ray, &[Role::Runner]), &item(9, &claimed));
        assert_eq!(heard.len(), 2);
        assert!(heard[0].contains("event: order") && heard[1].contains("\"open\":false"), "{heard:?}");
    }
}
