//! Event streams by the thousand: each a socket of its own, read without an HTTP client in between, so that what is measured
//! ends where the bytes arrive.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use chassis::{Clock, Feed, FeedItem, Shutdown};
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::bench::bar::Bar;
use crate::bench::crowd::{Crowd, Person};
use crate::bench::stage::Stage;

/// What comes to listeners of any kind.
const SUBJECTS: [&str; 3] = ["orders.>", "notifications.>", "payments.>"];
/// What every runner hears of everybody's orders (gateway/src/stream.rs).
const ABOUT_OFFERS: [&str; 5] =
    ["orders.opened.v1", "orders.claimed.v1", "orders.reopened.v1", "orders.accepted.v1", "orders.cancelled.v1"];
/// Streams that are opened, and people who sign in, at the same time.
const DOORS: usize = 32;
/// How long one may take to be opened.
const PATIENCE: Duration = Duration::from_secs(60);
/// The numbers below are the crowd's.
const FIRST: u32 = 1_000;

/// Whose stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Somebody's who orders: hears of their own orders.
    Customer,
    /// A runner's who does not deliver now: hears of offers.
    Runner,
}

/// One that arrived: its place in the log, and when.
type Arrival = (u64, Timestamp);

/// One event stream, as far as it was read.
#[derive(Default)]
struct Ear {
    arrivals: Vec<Arrival>,
    resets: u32,
    /// The beginning of a line whose end has not arrived.
    rest: Vec<u8>,
}

impl Ear {
    /// Takes what arrived at this moment. An event is told by its line `id: <place in the log>`.
    fn take(&mut self, bytes: &[u8], at: Timestamp) {
        self.rest.extend_from_slice(bytes);
        let mut start = 0;
        while let Some(length) = self.rest[start..].iter().position(|byte| *byte == b'\n') {
            let line = &self.rest[start..start + length];
            if let Some(id) =
                line.strip_prefix(b"id: ").and_then(|id| std::str::from_utf8(id).ok()?.trim().parse().ok())
            {
                self.arrivals.push((id, at));
            }
            self.resets += u32::from(line == b"event: reset");
            start += length + 1;
        }
        self.rest.drain(..start);
    }
}

/// Everybody who listens.
pub(super) struct Listeners {
    address: String,
    tokens: Vec<(Whose, String)>,
    feed: Feed,
    stored: JoinHandle<anyhow::Result<Vec<Arc<FeedItem>>>>,
    open: JoinSet<(Whose, anyhow::Result<Ear>)>,
    shutdown: Shutdown,
}

/// What they heard.
pub(super) struct Heard {
    /// From the broker's having stored an event of one's own order to its bytes.
    pub(super) own: Vec<Duration>,
    /// The same for what every runner hears of offers.
    pub(super) offers: Vec<Duration>,
    /// Events that somebody should have heard and did not.
    pub(super) missed: u64,
    /// Streams that were told that they had missed something, or ended too early.
    pub(super) broken: u64,
}

impl Listeners {
    /// Signs everybody in: the crowd's customers, `runners` runners, and as many customers who order nothing as there are left.
    pub(super) async fn sign_in(stage: &Stage, crowd: &Crowd, count: u32, runners: u32) -> anyhow::Result<Self> {
        let url = stage.platform.url();
        let mut tokens: Vec<_> =
            crowd.customers.iter().map(|customer| (Whose::Customer, customer.person.token().to_owned())).collect();
        tokens.truncate(count as usize);
        let rest = count.saturating_sub(u32::try_from(tokens.len())?);
        let runners = runners.min(rest);
        let names = (0..rest).map(|number| match number < runners {
            true => (Whose::Runner, format!("runner-{}", FIRST + number)),
            // Without a card, since they buy nothing.
            false => (Whose::Customer, format!("broke-{}", FIRST + number)),
        });
        let http = reqwest::Client::builder().no_proxy().build()?;
        let bar = Bar::new(u64::from(rest), "signed in");
        let signed_in = futures::stream::iter(names).map(async |(whose, name)| {
            let token = Person::token_of(url, &http, &name).await?;
            bar.add(1);
            anyhow::Ok((whose, token))
        });
        tokens.extend(signed_in.buffered(DOORS).try_collect::<Vec<_>>().await?);
        bar.end();
        let shutdown = Shutdown::new();
        let feed = Feed::start(stage.bus.clone(), SUBJECTS.map(str::to_owned).to_vec(), shutdown.clone());
        let stored = tokio::spawn(collect(feed.subscribe(), shutdown.clone()));
        let address = url.strip_prefix("http://").context("an address")?.to_owned();
        Ok(Self { address, tokens, feed, stored, open: JoinSet::new(), shutdown })
    }

    /// Opens all streams. Each has said that it is there when this returns.
    pub(super) async fn open(&mut self) -> anyhow::Result<()> {
        let bar = Bar::new(self.tokens.len() as u64, "streams open");
        let opened = futures::stream::iter(std::mem::take(&mut self.tokens)).map(async |(whose, token)| {
            let opened =
                timeout(PATIENCE, open(&self.address, &token)).await.context("a stream was not opened in time")?;
            bar.add(1);
            anyhow::Ok((whose, opened?))
        });
        let opened: Vec<_> = opened.buffer_unordered(DOORS).try_collect().await?;
        bar.end();
        for (whose, socket) in opened {
            let shutdown = self.shutdown.clone();
            self.open.spawn(async move { (whose, listen(socket, shutdown).await) });
        }
        Ok(())
    }

    /// Closes all of them, and says what was heard.
    pub(super) async fn close(mut self) -> anyhow::Result<Heard> {
        self.shutdown.soften();
        let stored = self.stored.await??;
        drop(self.feed);
        let mut ears = Vec::new();
        while let Some(joined) = self.open.join_next().await {
            ears.push(joined?);
        }
        Ok(judge(&stored, &ears))
    }
}

/// Compares what was stored with what everybody heard.
fn judge(stored: &[Arc<FeedItem>], ears: &[(Whose, anyhow::Result<Ear>)]) -> Heard {
    let at: HashMap<u64, Timestamp> = stored.iter().map(|item| (item.sequence, item.stored_at)).collect();
    let about_offers = |item: &&Arc<FeedItem>| ABOUT_OFFERS.contains(&item.type_name.as_str());
    let offers: HashSet<u64> = stored.iter().filter(about_offers).map(|item| item.sequence).collect();
    let mut heard = Heard { own: Vec::new(), offers: Vec::new(), missed: 0, broken: 0 };
    for (whose, ear) in ears {
        let Ok(ear) = ear else {
            heard.broken += 1;
            continue;
        };
        heard.broken += u64::from(ear.resets > 0);
        let delays = ear.arrivals.iter().filter_map(|(sequence, arrived)| {
            let delay = arrived.duration_since(*at.get(sequence)?);
            // A time stamp of the broker's may be a moment ahead of what this process reads of the same clock.
            Some(Duration::try_from(delay).unwrap_or_default())
        });
        match whose {
            Whose::Customer => heard.own.extend(delays),
            Whose::Runner => {
                heard.offers.extend(delays);
                let known: HashSet<u64> = ear.arrivals.iter().map(|(sequence, _)| *sequence).collect();
                heard.missed += offers.difference(&known).count() as u64;
            }
        }
    }
    heard
}

/// Everything that is stored from now on.
async fn collect(
    mut live: broadcast::Receiver<Arc<FeedItem>>,
    shutdown: Shutdown,
) -> anyhow::Result<Vec<Arc<FeedItem>>> {
    // What is remembered of the time before is not news: nobody listened yet.
    let mut stored = Vec::new();
    let begin = Clock::system().now();
    loop {
        let item = tokio::select! {
            () = shutdown.soft() => return Ok(stored),
            item = live.recv() => item,
        };
        match item {
            Ok(item) if item.stored_at >= begin => stored.push(item),
            Ok(_) => {}
            Err(RecvError::Closed) => return Ok(stored),
            Err(RecvError::Lagged(missed)) => bail!("this process did not keep up with what it heard: {missed} events"),
        }
    }
}

/// Opens one and waits for its first words, with which the gateway says that it listens.
async fn open(address: &str, token: &str) -> anyhow::Result<TcpStream> {
    let mut socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let request = format!(
        "GET /api/v1/stream HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await?;
    let mut said = Vec::new();
    while !said.windows(6).any(|words| words == b"retry:") {
        if socket.read_buf(&mut said).await? == 0 {
            let said = String::from_utf8_lossy(&said);
            return Err(anyhow!("a stream was not opened: {}", said.lines().next().unwrap_or("no answer")));
        }
        if !said.starts_with(b"HTTP/1.1 200") && said.len() > 12 {
            bail!("a stream was not opened: {}", String::from_utf8_lossy(&said).lines().next().unwrap_or_default());
        }
    }
    Ok(socket)
}

async fn listen(mut socket: TcpStream, shutdown: Shutdown) -> anyhow::Result<Ear> {
    let (mut ear, clock) = (Ear::default(), Clock::system());
    let mut buffer = [0; 2_048];
    loop {
        let length = tokio::select! {
            () = shutdown.soft() => return Ok(ear),
            length = socket.read(&mut buffer) => length?,
        };
        if length == 0 {
            bail!("a stream has ended");
        }
        ear.take(&buffer[..length], clock.now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).expect("a time")
    }

    fn item(sequence: u64, type_name: &str) -> Arc<FeedItem> {
        let (type_name, stored_at) = (type_name.to_owned(), at(100));
        Arc::new(FeedItem { sequence, stored_at, type_name, correlation: String::new(), payload: Vec::new() })
    }

    #[test]
    fn events_are_told_by_their_place_in_the_log_however_they_are_cut() {
        let said = b"retry: 1000\n\n2c\r\nid: 7\nevent: order\ndata: {}\n\n\r\nid: 12\nevent: offer\ndata: {}\n\n: ping\n\nevent: reset\ndata: {}\n\n";
        for cut in 1..said.len() {
            let mut ear = Ear::default();
            ear.take(&said[..cut], at(1));
            ear.take(&said[cut..], at(2));
            let places: Vec<u64> = ear.arrivals.iter().map(|(place, _)| *place).collect();
            assert_eq!((places, ear.resets), (vec![7, 12], 1), "cut at {cut}");
        }
    }

    #[test]
    fn an_offer_that_a_runner_did_not_hear_of_is_missed() {
        let stored = [item(1, "orders.opened.v1"), item(2, "orders.placed.v1"), item(3, "orders.claimed.v1")];
        let ear = |arrivals: &[Arrival]| Ok(Ear { arrivals: arrivals.to_vec(), ..Ear::default() });
        let heard = judge(
            &stored,
            &[
                (Whose::Runner, ear(&[(1, at(103)), (3, at(105))])),
                (Whose::Runner, ear(&[(3, at(107))])),
                (Whose::Customer, ear(&[(2, at(101))])),
                (Whose::Customer, Err(anyhow!("it has ended"))),
            ],
        );
        assert_eq!((heard.missed, heard.broken), (1, 1));
        assert_eq!(heard.offers, [3, 5, 7].map(Duration::from_millis));
        assert_eq!(heard.own, [Duration::from_millis(1)]);
    }
}
