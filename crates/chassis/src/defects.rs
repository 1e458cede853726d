//! Faults that other systems have, put into this one on purpose: for the museum (`crates/museum`), which shows the check that
//! notices each. Without the feature `museum`, which no crate of the shipped binary enables, nobody has any of them; with it
//! nobody has one until the museum chooses it.

/// A fault of the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Defect {
    /// A message is acknowledged when it arrives, not when its work is done.
    AcknowledgeFirst = 1,
    /// What a batch says is published before the batch is committed.
    PublishBeforeCommit,
    /// The journal keeps that a message was handled, and not what was to be said about it.
    ForgetWhatWasSaid,
    /// No journal is kept: what comes twice is handled twice.
    KeepNoJournal,
    /// Messages get a new id whenever they are published.
    NewIdEachTime,
    /// Messages about an entity do not wait for the one in front of them.
    Overtake,
    /// A message that nobody can handle is acknowledged and dropped.
    DropPoison,
    /// A statement that fails takes its whole batch with it.
    SpoilTheBatch,
    /// What is given up on is kept without its payload.
    ParkWithoutPayload,
    /// Somebody on the outside who is away counts as a failure.
    GiveUpOnWhoIsAway,
    /// Whoever asks is told yes.
    AlwaysYes,
    /// A deadline fires when it is delivered.
    FireAtOnce,
    /// A deadline is acknowledged and waited for in memory.
    DeadlinesInMemory,
}

#[cfg(feature = "museum")]
static CHOSEN: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Has every runtime of this process have this fault, and no other; none at all for `None`.
#[cfg(feature = "museum")]
pub fn choose(defect: Option<Defect>) {
    CHOSEN.store(defect.map_or(0, |defect| defect as u8), std::sync::atomic::Ordering::SeqCst);
}

#[cfg(feature = "museum")]
pub(crate) fn has(defect: Defect) -> bool {
    CHOSEN.load(std::sync::atomic::Ordering::SeqCst) == defect as u8
}

#[cfg(not(feature = "museum"))]
pub(crate) const fn has(_: Defect) -> bool {
    false
}

/// Has the log take no message that is larger than this, in bytes; any again for `None`. So a check sees what is committed
/// and cannot be said.
///
/// # Errors
/// When the broker does not answer.
#[cfg(feature = "museum")]
pub async fn let_the_log_take(bus: &crate::Bus, largest: Option<i32>) -> Result<(), async_nats::Error> {
    let log = bus.jetstream().get_stream(crate::streams::LOG).await?;
    let mut settings = log.cached_info().config.clone();
    settings.max_message_size = largest.unwrap_or(-1);
    bus.jetstream().update_stream(settings).await?;
    Ok(())
}

/// What a sealed text says, whoever has written it.
#[cfg(feature = "museum")]
#[must_use]
pub fn read_unchecked<T: serde::de::DeserializeOwned>(purpose: &str, sealed: &str) -> Option<T> {
    use base64::Engine as _;
    let (body, _) = sealed.strip_prefix(purpose)?.strip_prefix('_')?.split_once('.')?;
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(feature = "museum")]
impl crate::Service {
    /// The service without one row of its table.
    ///
    /// # Panics
    /// When it has no such row.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        let place = self.place(name);
        self.reactions.remove(place);
        self
    }

    /// The service with another row in the place of one: `wrong` adds it, to the same message. What it may say stays.
    ///
    /// # Panics
    /// When it has no such row, or the other one is not to the same message.
    #[must_use]
    pub fn replacing(mut self, name: &'static str, wrong: impl FnOnce(Self) -> Self) -> Self {
        let place = self.place(name);
        let right = self.reactions.remove(place);
        let mut service = wrong(self);
        let mut row = service.reactions.pop().expect("a row in the place of the other");
        assert_eq!((row.name, row.route()), (right.name, right.route()), "{}: another row", service.name);
        row.publishes = right.publishes;
        service.reactions.insert(place, row);
        service
    }

    fn place(&self, name: &str) -> usize {
        let place = self.reactions.iter().position(|reaction| reaction.name == name);
        place.unwrap_or_else(|| panic!("{} has no row {name}", self.name))
    }
}
