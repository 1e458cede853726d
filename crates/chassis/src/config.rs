//! Settings: defaults compiled in from `defaults.toml`, overridden by `CAMPUSG_<SECTION>__<NAME>`.

use std::path::PathBuf;
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Every setting, section by section.
#[derive(Clone, Debug)]
pub struct Config(Figment);

/// A setting that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("bad setting: {0}")]
pub struct BadSetting(#[from] Box<figment::Error>);

impl Config {
    /// The defaults and the environment.
    #[must_use]
    pub fn load() -> Self {
        Self(Self::defaults().0.merge(Env::prefixed("CAMPUSG_").split("__").lowercase(true)))
    }

    /// The defaults alone, for tests.
    #[must_use]
    pub fn defaults() -> Self {
        Self(Figment::from(Toml::string(include_str!("defaults.toml"))))
    }

    /// The same with one setting changed, for example `("nats.url", "nats://…")`.
    #[must_use]
    pub fn with(self, name: &str, value: impl serde::Serialize) -> Self {
        Self(self.0.merge(Serialized::default(name, value)))
    }

    /// One section.
    ///
    /// # Errors
    /// When a value is missing or of another type.
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> Result<T, BadSetting> {
        self.0.extract_inner(name).map_err(|error| BadSetting(Box::new(error)))
    }
}

/// `[nats]`
#[derive(Clone, Debug, Deserialize)]
pub struct Nats {
    /// Where the broker is; several addresses separated by commas.
    pub url: String,
    /// Path of a credentials file, or empty.
    pub credentials: String,
    /// Copies that each stream keeps.
    pub replicas: usize,
    /// Partitions of the log.
    pub partitions: u16,
    /// Milliseconds that a publish may wait for its acknowledgement.
    pub ack_timeout_ms: u64,
}

/// `[database]`
#[derive(Clone, Debug, Deserialize)]
pub struct Database {
    /// With `{service}` and `{data}`.
    pub url: String,
    /// Connections per service (PostgreSQL) or readers (SQLite).
    pub connections: u32,
}

/// `[platform]`
#[derive(Clone, Debug, Deserialize)]
pub struct Platform {
    /// Where an embedded platform keeps everything.
    pub data: PathBuf,
}

/// `[dispatcher]`; see `defaults.toml` for the units.
#[derive(Clone, Debug, Deserialize)]
pub struct Dispatcher {
    /// Messages per transaction.
    pub batch: usize,
    /// Writers per service.
    pub lanes: u16,
    /// Outside calls under way per service.
    pub effects: usize,
    /// Messages under way per partition.
    pub window: i64,
    ack_wait_ms: u64,
    retry_first_ms: u64,
    retry_cap_ms: u64,
    /// Tries before a message is parked.
    pub retry_attempts: u32,
    /// This replica's place.
    pub replica: u16,
    /// How many there are.
    pub replicas: u16,
    grace_ms: u64,
    /// For tests: deliver everything twice.
    pub deliver_twice: bool,
}

impl Dispatcher {
    /// When an unacknowledged message is delivered again.
    #[must_use]
    pub fn ack_wait(&self) -> Duration {
        Duration::from_millis(self.ack_wait_ms)
    }

    /// How long a soft shutdown waits.
    #[must_use]
    pub fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }

    /// How long to wait before the `attempt`-th new try, counted from 1.
    #[must_use]
    pub fn backoff(&self, attempt: u32) -> Duration {
        let doubled = self.retry_first_ms.saturating_mul(1 << attempt.saturating_sub(1).min(20));
        Duration::from_millis(doubled.min(self.retry_cap_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_reads_from_the_defaults() {
        let config = Config::defaults();
        assert_eq!(config.section::<Nats>("nats").expect("nats").partitions, 16);
        assert!(config.section::<Database>("database").is_ok());
        let dispatcher = config.section::<Dispatcher>("dispatcher").expect("dispatcher");
        assert_eq!(dispatcher.backoff(1), Duration::from_millis(100));
        assert_eq!(dispatcher.backoff(2), Duration::from_millis(200));
        assert_eq!(dispatcher.backoff(60), Duration::from_secs(30));
    }

    #[test]
    fn one_setting_is_changed_without_touching_its_neighbours() {
        let nats: Nats = Config::defaults().with("nats.url", "nats://there").section("nats").expect("nats");
        assert_eq!((nats.url.as_str(), nats.partitions), ("nats://there", 16));
    }
}
