//! What an event of the log says to those who listen: read once and worded once, however many hear it.
//!
//! Everybody hears what names them. Most events of payments name nobody; those are heard through the orders that they move.

use std::sync::OnceLock;

use bytes::Bytes;
use chassis::FeedItem;
use contracts::notifications::Told;
use contracts::orders::About;
use contracts::{Message, OrderId, UserId};
use poem::web::sse;
use poem_openapi::types::ToJSON;
use poem_openapi::{Enum, Object, Union};
use serde::Deserialize;

use crate::notifications::NewsName;
use crate::scalars::{Ref, Time};
use crate::views::StatusName;

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
pub(crate) fn subjects() -> Vec<String> {
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

/// Says that too much was missed.
pub(crate) fn reset() -> Bytes {
    let reset = StreamData::Reset(Reset {});
    sse::Event::message(reset.to_json_string()).event_type("reset").to_string().into()
}

/// What any event of an order says, as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Heard {
    #[serde(flatten)]
    pub(crate) about: About,
    #[serde(default)]
    pub(crate) claimed_by: Option<UserId>,
    #[serde(default)]
    pub(crate) was_claimed_by: Option<UserId>,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl Heard {
    /// Who takes part in the order, now or until a moment ago. Somebody may be named twice.
    fn parties(&self) -> [Option<UserId>; 4] {
        [Some(self.about.customer_id), self.about.runner_id, self.claimed_by, self.was_claimed_by]
    }
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

/// What an event says, as far as anybody may hear it.
enum Reading {
    /// Of an order. What cannot be read may still be about an offer: that stands in its name.
    Order(Option<Heard>),
    Notification(Told),
    Money(Named),
    /// Nobody hears of it here.
    Nothing,
}

impl Reading {
    fn of(item: &FeedItem) -> Self {
        let read_money = || serde_json::from_slice(&item.payload).ok().map(Self::Money);
        let read_told = || serde_json::from_slice(&item.payload).ok().map(Self::Notification);
        let reading = match item.type_name.split('.').next().unwrap_or_default() {
            "orders" => Some(Self::Order(serde_json::from_slice(&item.payload).ok())),
            "notifications" if item.type_name == Told::type_name() => read_told(),
            "payments" if ABOUT_MONEY.contains(&item.type_name.as_str()) => read_money(),
            _ => None,
        };
        reading.unwrap_or(Self::Nothing)
    }
}

/// Somebody who listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listener {
    /// Who.
    pub(crate) user_id: UserId,
    /// Whether they deliver, and so hear of offers.
    pub(crate) runner: bool,
    /// Of whose orders they hear.
    pub(crate) scope: Scope,
}

/// How much of an event one listener hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// All that it says, but for the offer.
    News,
    /// Of other people's orders a runner learns nothing but whether they can be had.
    Offer,
    /// Both, one after the other.
    Both,
}

/// An event in the words of an event stream.
struct Words {
    /// The news, and behind them the offer; each may be empty. Everybody's share is a part of it.
    text: Bytes,
    /// Where the offer begins.
    offer_at: usize,
}

/// One event of the log, shared by all who hear of it.
pub(crate) struct Event {
    item: FeedItem,
    story: Option<OrderId>,
    reading: OnceLock<Reading>,
    words: OnceLock<Words>,
}

impl Event {
    pub(crate) fn new(item: FeedItem) -> Self {
        let story = item.correlation.parse().ok();
        Self { item, story, reading: OnceLock::new(), words: OnceLock::new() }
    }

    /// Its place in the log.
    pub(crate) fn sequence(&self) -> u64 {
        self.item.sequence
    }

    /// `orders.placed.v1`.
    pub(crate) fn type_name(&self) -> &str {
        &self.item.type_name
    }

    /// Its JSON.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.item.payload
    }

    /// The order whose story it belongs to.
    pub(crate) fn story(&self) -> Option<OrderId> {
        self.story
    }

    /// What it says about an order, if it is an order's.
    pub(crate) fn heard(&self) -> Option<&Heard> {
        match self.reading() {
            Reading::Order(heard) => heard.as_ref(),
            Reading::Notification(_) | Reading::Money(_) | Reading::Nothing => None,
        }
    }

    /// Whom it names and concerns. Somebody may be named twice.
    pub(crate) fn named(&self) -> impl Iterator<Item = UserId> {
        let named = match self.reading() {
            Reading::Order(heard) => heard.as_ref().map(Heard::parties).unwrap_or_default(),
            Reading::Notification(told) => [Some(told.user_id), None, None, None],
            Reading::Money(named) => [named.customer_id, named.runner_id, None, None],
            Reading::Nothing => [None; 4],
        };
        named.into_iter().flatten()
    }

    /// The order that is on offer with it, or is not any more.
    pub(crate) fn offer(&self) -> Option<OrderId> {
        self.story.filter(|_| ABOUT_OFFERS.contains(&self.type_name()))
    }

    /// What this listener may know of it: the one place that says so.
    pub(crate) fn share_of(&self, listener: &Listener) -> Option<Share> {
        let Reading::Order(heard) = self.reading() else {
            return self.named().any(|named| named == listener.user_id).then_some(Share::News);
        };
        let mine = listener.scope == Scope::All || self.named().any(|named| named == listener.user_id);
        let news = heard.as_ref().filter(|_| mine);
        // Nobody delivers to themselves.
        let own_order = news.is_some_and(|heard| heard.about.customer_id == listener.user_id);
        let offer = self.offer().filter(|_| listener.runner && !own_order);
        match (news, offer) {
            (Some(_), Some(_)) => Some(Share::Both),
            (Some(_), None) => Some(Share::News),
            (None, Some(_)) => Some(Share::Offer),
            (None, None) => None,
        }
    }

    /// So much of it as an event stream says it. The bytes are the same ones for everybody.
    pub(crate) fn words(&self, share: Share) -> Bytes {
        let Words { text, offer_at } = self.words.get_or_init(|| self.put_into_words());
        match share {
            Share::News => text.slice(..*offer_at),
            Share::Offer => text.slice(*offer_at..),
            Share::Both => text.clone(),
        }
    }

    fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| Reading::of(&self.item))
    }

    fn put_into_words(&self) -> Words {
        let mut text = self.news().map(|(kind, data)| self.say(kind, &data)).unwrap_or_default();
        let offer_at = text.len();
        if let Some(order_id) = self.offer() {
            let open = matches!(self.type_name(), "orders.opened.v1" | "orders.reopened.v1");
            text.push_str(&self.say("offer", &StreamData::Offer(OfferNews { order_id: Ref(order_id), open })));
        }
        Words { text: text.into(), offer_at }
    }

    fn news(&self) -> Option<(&'static str, StreamData)> {
        match self.reading() {
            Reading::Order(heard) => {
                let about = &heard.as_ref()?.about;
                let news = OrderNews {
                    order_id: Ref(about.order_id),
                    status: about.status.into(),
                    version: about.version,
                    at: Time(about.at),
                    kind: self.item.type_name.clone(),
                };
                Some(("order", StreamData::Order(news)))
            }
            Reading::Notification(told) => {
                let news = NotificationNews { order_id: Ref(told.order_id), news: told.news.into(), at: Time(told.at) };
                Some(("notification", StreamData::Notification(news)))
            }
            Reading::Money(named) => {
                let news = MoneyNews { order_id: Ref(named.order_id), kind: self.item.type_name.clone() };
                Some(("money", StreamData::Money(news)))
            }
            Reading::Nothing => None,
        }
    }

    fn say(&self, kind: &str, data: &StreamData) -> String {
        sse::Event::message(data.to_json_string()).event_type(kind).id(self.item.sequence.to_string()).to_string()
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    /// A message as the log has it, at this place.
    pub(crate) fn item<M: Message>(sequence: u64, message: &M) -> FeedItem {
        FeedItem {
            sequence,
            stored_at: jiff::Timestamp::UNIX_EPOCH,
            type_name: M::type_name(),
            correlation: message.key().to_string(),
            payload: serde_json::to_vec(message).expect("JSON"),
        }
    }

    pub(crate) fn customer(user_id: UserId) -> Listener {
        Listener { user_id, runner: false, scope: Scope::Own }
    }

    pub(crate) fn runner(user_id: UserId) -> Listener {
        Listener { runner: true, ..customer(user_id) }
    }

    pub(crate) fn office(user_id: UserId) -> Listener {
        Listener { scope: Scope::All, ..customer(user_id) }
    }
}

#[cfg(test)]
mod tests {
    use contracts::orders::{OrderClaimed, OrderDeparted, OrderOpened};
    use contracts::payments::{PaymentReleased, PayoutSent};

    use super::samples::{customer, item, office, runner};
    use super::*;

    fn event<M: Message>(sequence: u64, message: &M) -> Event {
        Event::new(item(sequence, message))
    }

    fn said(listener: Listener, event: &Event) -> String {
        let share = event.share_of(&listener);
        share.map(|share| String::from_utf8(event.words(share).to_vec()).expect("text")).unwrap_or_default()
    }

    #[test]
    fn a_customer_hears_everything_about_their_order_and_no_offer_of_it() {
        let opened = OrderOpened::sample();
        let heard = said(runner(opened.about.customer_id), &event(7, &opened));
        assert!(heard.starts_with("id: 7\nevent: order\ndata: {"), "{heard}");
        assert!(heard.contains("\"type\":\"orders.opened.v1\"") && heard.contains("\"CREATED\""), "{heard}");
        assert_eq!(heard.matches("event: ").count(), 1, "{heard}");
    }

    #[test]
    fn a_runner_hears_of_other_peoples_orders_only_whether_they_can_be_had() {
        let (opened, rio) = (OrderOpened::sample(), UserId::of_subject("dev", "rio"));
        let offer =
            format!("id: 7\nevent: offer\ndata: {{\"open\":true,\"order_id\":\"{}\"}}\n\n", opened.about.order_id);
        assert_eq!(said(runner(rio), &event(7, &opened)), offer);
        assert_eq!(said(runner(rio), &event(8, &OrderDeparted::sample())), "");
        assert_eq!(said(customer(rio), &event(7, &opened)), "");
    }

    #[test]
    fn the_runner_who_claimed_it_hears_both() {
        let ray = UserId::of_subject("dev", "ray");
        let claimed = OrderClaimed { claimed_by: ray, ..OrderClaimed::sample() };
        let heard = said(runner(ray), &event(9, &claimed));
        let (order, offer) = heard.split_once("\n\n").expect("two");
        assert!(order.contains("event: order") && offer.contains("\"open\":false"), "{heard}");
    }

    #[test]
    fn the_office_hears_of_everybodys_orders_but_of_nobody_elses_money_and_inbox() {
        let fay = office(UserId::of_subject("dev", "fay"));
        assert!(said(fay, &event(1, &OrderDeparted::sample())).contains("event: order"));
        assert_eq!(said(fay, &event(2, &PayoutSent::sample())), "");
        assert_eq!(said(fay, &event(3, &Told::sample())), "");
        assert_eq!(said(fay, &event(4, &PaymentReleased::sample())), "");
    }

    #[test]
    fn an_offer_is_heard_of_even_where_the_order_cannot_be_read() {
        let order_id = OrderOpened::sample().about.order_id;
        let unreadable = Event::new(FeedItem {
            sequence: 7,
            stored_at: jiff::Timestamp::UNIX_EPOCH,
            type_name: OrderOpened::type_name(),
            correlation: order_id.to_string(),
            payload: b"{".to_vec(),
        });
        let rio = UserId::of_subject("dev", "rio");
        assert_eq!(unreadable.share_of(&runner(rio)), Some(Share::Offer));
        assert_eq!(unreadable.share_of(&office(rio)), None);
        assert_eq!(unreadable.named().count(), 0);
    }
}
