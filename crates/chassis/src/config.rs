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

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadSetting {
    /// Missing, or of another type.
    #[error(transparent)]
    Unreadable(#[from] Box<figment::Error>),
    /// Outside of what makes sense.
    #[error("{0} must be {1}")]
    OutOfRange(&'static str, String),
    /// Nothing reads it: probably misspelt.
    #[error("there is no setting {0}; see crates/chassis/src/defaults.toml for all of them")]
    Unknown(String),
}

impl Config {
    /// The defaults and the environment.
    #[must_use]
    pub fn load() -> Self {
        Self(Self::defaults().0.merge(Env::prefixed("CAMPUSG_").split("__").lowercase(true)))
    }

    /// Looks at every setting, so that a bad one is told at once and not when it first matters.
    ///
    /// # Errors
    /// The first one that is unknown, unreadable or outside its range.
    pub fn check(&self) -> Result<(), BadSetting> {
        let defaults = names(&Self::defaults().0)?;
        if let Some(unknown) = names(&self.0)?.into_iter().find(|name| !defaults.contains(name)) {
            return Err(BadSetting::Unknown(variable(&unknown)));
        }
        for (name, least, most) in RANGES {
            let value: u64 = self.section(name)?;
            if !(*least..=*most).contains(&value) {
                return Err(BadSetting::OutOfRange(name, format!("between {least} and {most}, not {value}")));
            }
        }
        let dispatcher: Dispatcher = self.section("dispatcher")?;
        if dispatcher.replica >= dispatcher.replicas {
            let range = format!("below dispatcher.replicas, which is {}", dispatcher.replicas);
            return Err(BadSetting::OutOfRange("dispatcher.replica", range));
        }
        Ok(())
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
        self.0.extract_inner(name).map_err(|error| BadSetting::Unreadable(Box::new(error)))
    }
}

/// Whole numbers, with the least and the most that make sense.
const RANGES: &[(&str, u64, u64)] = &[
    ("nats.replicas", 1, 5),
    ("nats.partitions", 1, 1_024),
    ("nats.ack_timeout_ms", 100, 600_000),
    ("nats.duplicate_window_ms", 1_000, 3_600_000),
    ("database.connections", 1, 1_000),
    ("dispatcher.batch", 1, 10_000),
    ("dispatcher.lanes", 1, 64),
    ("dispatcher.effects", 1, 10_000),
    ("dispatcher.call_patience_ms", 1, 3_600_000),
    ("dispatcher.window", 1, 100_000),
    ("dispatcher.ack_wait_ms", 1_000, 3_600_000),
    ("dispatcher.retry_first_ms", 1, 3_600_000),
    ("dispatcher.retry_cap_ms", 1, 3_600_000),
    ("dispatcher.retry_attempts", 1, 1_000_000),
    ("dispatcher.replicas", 1, 1_000),
    ("dispatcher.grace_ms", 0, 3_600_000),
    ("clock.patience_ms", 1, 3_600_000),
    ("gateway.wait_ms", 0, 3_600_000),
    ("gateway.wait_max_ms", 0, 3_600_000),
    ("gateway.place_wait_ms", 0, 3_600_000),
];

/// The names of all settings in the sections that the defaults know: `nats.url`. Other variables of the environment that
/// begin with CAMPUSG_ have no section and are somebody else's.
fn names(figment: &Figment) -> Result<Vec<String>, BadSetting> {
    use figment::value::{Dict, Value};
    let all: Dict = figment.extract().map_err(Box::new)?;
    let settings = |(section, value): (String, Value)| match value.into_dict() {
        Some(settings) => settings.into_keys().map(|name| format!("{section}.{name}")).collect(),
        None => Vec::new(),
    };
    Ok(all.into_iter().flat_map(settings).collect())
}

fn variable(name: &str) -> String {
    format!("CAMPUSG_{}", name.to_uppercase().replace('.', "__"))
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
    duplicate_window_ms: u64,
}

impl Nats {
    /// How long the broker itself recognises a message that it is given again.
    #[must_use]
    pub fn duplicate_window(&self) -> Duration {
        Duration::from_millis(self.duplicate_window_ms)
    }
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
    call_patience_ms: u64,
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
    /// How long a call to the outside may take.
    #[must_use]
    pub fn call_patience(&self) -> Duration {
        Duration::from_millis(self.call_patience_ms)
    }

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
        assert_eq!(config.section::<Nats>("nats").expect("nats").partitions, 4);
        assert!(config.section::<Database>("database").is_ok());
        let dispatcher = config.section::<Dispatcher>("dispatcher").expect("dispatcher");
        assert_eq!(dispatcher.backoff(1), Duration::from_millis(100));
        assert_eq!(dispatcher.backoff(2), Duration::from_millis(200));
        assert_eq!(dispatcher.backoff(60), Duration::from_secs(30));
    }

    #[test]
    fn bad_settings_are_told() {
        assert!(Config::defaults().check().is_ok());
        let told = |name: &str, value: u64| Config::defaults().with(name, value).check().expect_err("bad").to_string();
        assert_eq!(told("dispatcher.batch", 0), "dispatcher.batch must be between 1 and 10000, not 0");
        assert!(told("dispatcher.replica", 3).contains("below dispatcher.replicas"));
        assert!(told("nats.partitons", 3).contains("CAMPUSG_NATS__PARTITONS"));
    }

    #[test]
    fn one_setting_is_changed_without_touching_its_neighbours() {
        let nats: Nats = Config::defaults().with("nats.url", "nats://there").section("nats").expect("nats");
        assert_eq!((nats.url.as_str(), nats.partitions), ("nats://there", 4));
    }
}
