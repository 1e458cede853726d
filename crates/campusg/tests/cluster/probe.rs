//! Measures from outside: how long nothing can be stored, and how long a partition goes unread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chassis::{Bus, Intended};
use contracts::orders::CancelOrder;
use contracts::{Id, MessageId, OrderId, Principal, UserId, partition_of};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(120);

/// An intent about an order that does not exist: it is stored, handled and refused, and changes nothing.
fn question(n: u128) -> (MessageId, CancelOrder) {
    let who = nobody();
    let order_id = OrderId::from_uuid(Uuid::from_u128(n));
    (MessageId::of_request(&who, "probe", &n.to_string()), CancelOrder { order_id, note: None })
}

fn nobody() -> Principal {
    Principal::User(UserId::of_subject("test", "nobody"))
}

/// Stores one message after the other.
pub(crate) struct Storing {
    stop: Arc<AtomicBool>,
    task: JoinHandle<(Vec<String>, Duration)>,
}

impl Storing {
    /// Starts. `from` keeps several of them in one world apart.
    pub(crate) fn start(bus: Bus, from: u128) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&stop);
        let task = tokio::spawn(async move {
            let (mut acknowledged, mut longest, mut last) = (Vec::new(), Duration::ZERO, Instant::now());
            for n in from.. {
                let (id, intent) = question(n);
                // Not knowing whether it was stored, it is sent again under the same id.
                while bus.intend(&nobody(), id, &intent, Duration::ZERO).await.is_err() {
                    sleep(Duration::from_millis(20)).await;
                }
                acknowledged.push(id.to_string());
                longest = longest.max(last.elapsed());
                last = Instant::now();
                if until.load(Ordering::Relaxed) {
                    break;
                }
                sleep(Duration::from_millis(20)).await;
            }
            (acknowledged, longest)
        });
        Self { stop, task }
    }

    /// Stops, and says what was acknowledged, and the longest time without an acknowledgement.
    pub(crate) async fn end(self) -> (Vec<String>, Duration) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap()
    }
}

/// How long it takes from now until a message of each partition has been handled by orders, shortest first.
pub(crate) async fn until_every_partition_is_read(bus: &Bus, from: u128) -> Vec<Duration> {
    let start = Instant::now();
    let mut asking = JoinSet::new();
    for partition in 0..bus.partitions {
        let in_it = |n: &u128| partition_of(&question(*n).1.order_id.to_string(), bus.partitions) == partition;
        let n = (from..).find(in_it).unwrap();
        let bus = bus.clone();
        asking.spawn(async move {
            let (id, intent) = question(n);
            loop {
                assert!(start.elapsed() < PATIENCE, "nobody reads partition {partition}");
                let asked = bus.intend(&nobody(), id, &intent, Duration::from_secs(60)).await;
                if matches!(asked, Ok(Intended::Decided(_))) {
                    return start.elapsed();
                }
            }
        });
    }
    let mut times = asking.join_all().await;
    times.sort();
    times
}

/// Prints what was measured, in milliseconds.
pub(crate) fn tell(what: &str, times: &[Duration]) {
    let ms: Vec<u128> = times.iter().map(Duration::as_millis).collect();
    println!("{what}: {ms:?} ms");
}
