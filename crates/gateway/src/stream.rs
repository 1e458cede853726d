//! What happens, as it happens: one event stream per signed-in client (predecessor.md B40 polled instead).
//!
//! Without the broker nothing is heard: streams end then, so that nobody takes silence for news, and are resumed afterwards.
//!
//! What an event says, and to whom, is in `news.rs`; how it gets here in `router.rs`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contracts::users::Role;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use poem::web::Data;
use poem::web::sse;
use poem::{Body, IntoResponse, Response};
use poem_openapi::param::{Header, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, OpenApi};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::Shared;
use crate::auth::{Caller, SignedInForStream};
use crate::docs::Tag;
use crate::news::{self, Event, Listener, Scope, StreamData};
use crate::problem::{Documented, Failure};
use crate::refusals::{PARAMETER, Row, UNAUTHENTICATED};
use crate::router::{Fetched, Router, Seat, TooOld};

/// How often something is said, if only a comment.
pub(crate) const PING: Duration = Duration::from_secs(15);
/// How soon a client that lost its stream should come back, in milliseconds.
const COME_BACK_MS: u64 = 1_000;
/// Says that the stream is still there.
const COMMENT: &[u8] = b":\n\n";

/// An event stream, documented by the data of its events.
pub(crate) struct Events(BoxStream<'static, Bytes>);

impl IntoResponse for Events {
    fn into_response(self) -> Response {
        // As poem's own, but that it would copy every event through a buffer of 4 KB that each stream keeps.
        let body = Body::from_bytes_stream(self.0.map(Ok::<_, std::io::Error>));
        Response::builder()
            .content_type("text/event-stream")
            .header("X-Accel-Buffering", "no")
            .header("Cache-Control", "no-cache")
            .body(body)
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
        (503, "`broker_away`, `keys_away`"),
    ];
}

pub(crate) struct StreamApi;

#[OpenApi(tag = "Tag::Stream")]
impl StreamApi {
    /// Listen
    ///
    /// Server-sent events. `order` for every event of an order that the caller has a part in, `offer` for runners whenever
    /// an order comes on offer or is gone, `notification` for whatever the caller is told, `money` when money of theirs has
    /// moved, `reset` when too much was missed. Ends when the token does, and whenever nothing can be heard.
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
        shared.connected().await?;
        Ok(listen(shared, &caller, scope, last_event_id.0))
    }
}

fn listen(shared: &Arc<Shared>, caller: &Caller, scope: Scope, last: Option<u64>) -> Events {
    let listener = Listener { user_id: caller.user_id, runner: caller.is(Role::Runner), scope };
    let ear = Ear::new(&shared.router, listener, last);
    let over = {
        let shared = Arc::clone(shared);
        let expires_at = caller.expires_at;
        async move {
            tokio::select! {
                () = shared.shutdown.soft() => {}
                () = shared.bus.lost() => {}
                () = shared.clock.sleep_until(expires_at) => {}
            }
        }
    };
    // Said at once, so that the client knows that it is connected.
    let welcome = stream::iter([Bytes::from(sse::Event::retry(COME_BACK_MS).to_string())]);
    let events = stream::unfold(ear, async |mut ear| Some((ear.next().await, ear)));
    Events(welcome.chain(events).take_until(Box::pin(over)).boxed())
}

/// One listener.
struct Ear {
    seat: Seat,
    /// The last place in the log that was looked at.
    last: Option<u64>,
    /// Still to be sent, of what was missed.
    said: VecDeque<Bytes>,
    ping: Interval,
}

impl Ear {
    fn new(router: &Arc<Router>, listener: Listener, last: Option<u64>) -> Self {
        let mut ping = interval_at(Instant::now() + PING, PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { seat: router.listen(listener, last), last, said: VecDeque::new(), ping }
    }

    /// The next thing to be sent.
    async fn next(&mut self) -> Bytes {
        loop {
            if let Some(said) = self.said() {
                return said;
            }
            tokio::select! {
                () = self.seat.rung() => {}
                _ = self.ping.tick() => return Bytes::from_static(COMMENT),
            }
        }
    }

    /// The next thing to be sent that is there already.
    fn said(&mut self) -> Option<Bytes> {
        loop {
            if let Some(said) = self.said.pop_front() {
                return Some(said);
            }
            // An idle stream holds no memory for what it said.
            self.said = VecDeque::new();
            match self.seat.fetch() {
                Fetched::Event(event) => {
                    if let Some(said) = self.hear(&event) {
                        return Some(said);
                    }
                }
                Fetched::Behind => self.catch_up(),
                Fetched::Nothing => return None,
            }
        }
    }

    /// Says what was missed, or that it is too much.
    fn catch_up(&mut self) {
        match self.seat.catch_up(self.last) {
            Ok(missed) => {
                for event in missed {
                    let said = self.hear(&event);
                    self.said.extend(said);
                }
            }
            Err(TooOld) => {
                // The place may be one in another log, in which all that comes lies before it.
                self.last = None;
                self.said.push_back(news::reset());
            }
        }
    }

    /// Takes from one event what the listener may know.
    fn hear(&mut self, event: &Event) -> Option<Bytes> {
        if self.last.is_some_and(|last| event.sequence() <= last) {
            return None;
        }
        self.last = Some(event.sequence());
        event.share_of(self.seat.listener()).map(|share| event.words(share))
    }
}

#[cfg(test)]
mod tests {
    use chassis::feed::REMEMBERED;
    use contracts::orders::{About, OrderOpened};
    use contracts::{Message, UserId};

    use super::*;
    use crate::news::samples::{customer, item, office, runner};

    fn alice() -> UserId {
        UserId::of_subject("dev", "alice")
    }

    fn opened(sequence: u64, customer_id: UserId) -> chassis::FeedItem {
        let sample = OrderOpened::sample();
        item(sequence, &OrderOpened { about: About { customer_id, ..sample.about }, ..sample })
    }

    fn router(places: impl IntoIterator<Item = u64>) -> Arc<Router> {
        let router = Arc::<Router>::default();
        places.into_iter().for_each(|sequence| router.take(opened(sequence, alice())));
        router
    }

    /// The places of what is said, 0 for a reset.
    fn heard(ear: &mut Ear) -> Vec<u64> {
        std::iter::from_fn(|| ear.said()).map(|said| place(&said)).collect()
    }

    #[track_caller]
    fn place(said: &Bytes) -> u64 {
        let text = std::str::from_utf8(said).expect("text");
        if text == "event: reset\ndata: {}\n\n" {
            return 0;
        }
        let id = text.strip_prefix("id: ").and_then(|text| text.lines().next());
        id.and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("no place: {text}"))
    }

    #[tokio::test]
    async fn what_is_said_to_several_is_made_once() {
        let router = router([]);
        let mut ears = [customer(alice()), office(alice()), runner(UserId::of_subject("dev", "ray"))]
            .map(|listener| Ear::new(&router, listener, None));
        router.take(opened(7, alice()));
        let [own, office, offer] = ears.each_mut().map(|ear| ear.said().expect("said"));
        assert!(own == office && own.as_ptr() == office.as_ptr());
        assert_eq!(offer.as_ptr() as usize, own.as_ptr() as usize + own.len());
        assert!(ears.iter_mut().all(|ear| ear.said().is_none()));
    }

    #[tokio::test]
    async fn whoever_comes_back_hears_what_they_missed_and_what_comes_meanwhile_once_and_in_order() {
        let router = router(1..=1_000);
        let mut ear = Ear::new(&router, customer(alice()), Some(10));
        let mut places: Vec<u64> = (0..100).filter_map(|_| ear.said()).map(|said| place(&said)).collect();
        // More comes while they are not done with what they missed, and again when they are.
        (1_001..=1_100).for_each(|sequence| router.take(opened(sequence, alice())));
        places.extend(heard(&mut ear));
        router.take(opened(1_101, alice()));
        places.extend(heard(&mut ear));
        assert_eq!(places, (11..=1_101).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_slow_reader_misses_nothing_that_is_remembered() {
        let router = router([]);
        let mut ear = Ear::new(&router, customer(alice()), None);
        (1..=2_000).for_each(|sequence| router.take(opened(sequence, alice())));
        assert_eq!(heard(&mut ear), (1..=2_000).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_when_something_is_forgotten_and_hears_what_comes_then() {
        let router = router([]);
        let mut ear = Ear::new(&router, customer(alice()), None);
        let last = 2 * REMEMBERED as u64;
        (1..=last).for_each(|sequence| router.take(opened(sequence, alice())));
        let places = heard(&mut ear);
        assert_eq!(places.last(), Some(&0), "the last word is the reset");
        assert_eq!(places[..places.len() - 1], (1..places.len() as u64).collect::<Vec<_>>());
        router.take(opened(last + 1, alice()));
        assert_eq!(heard(&mut ear), [last + 1]);
    }

    #[tokio::test]
    async fn other_peoples_events_make_nobody_late() {
        let router = router([]);
        let mut ear = Ear::new(&router, customer(alice()), None);
        router.take(opened(1, alice()));
        (2..=2 * REMEMBERED as u64)
            .for_each(|sequence| router.take(opened(sequence, UserId::of_subject("dev", "bob"))));
        assert_eq!(heard(&mut ear), [1]);
    }

    #[tokio::test]
    async fn a_place_in_another_log_is_reset_and_then_heard_from() {
        let router = router(1..=3);
        let mut ear = Ear::new(&router, customer(alice()), Some(9_000));
        assert_eq!(heard(&mut ear), [0]);
        router.take(opened(4, alice()));
        assert_eq!(heard(&mut ear), [4]);
    }

    #[tokio::test]
    async fn whoever_comes_back_to_an_empty_house_is_told_to_read_anew() {
        let mut ear = Ear::new(&router([]), customer(alice()), Some(7));
        assert_eq!(heard(&mut ear), [0]);
    }

    #[tokio::test]
    async fn an_idle_stream_keeps_nothing_of_what_it_said() {
        let router = router(1..=1_000);
        let mut ear = Ear::new(&router, customer(alice()), Some(1));
        assert_eq!(heard(&mut ear).len(), 999);
        assert_eq!(ear.said.capacity(), 0);
    }
}
