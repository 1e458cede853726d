//! What makes a type a message: an owner, a name, a version and a key.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Id, Principal};

/// Which of the four kinds a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Somebody asks the owner to do something; may be refused.
    Intent,
    /// It happened.
    Event,
    /// A promise with a due time.
    Deadline,
    /// A read, answered at once.
    Question,
}

/// A typed message on a versioned subject.
pub trait Message: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static {
    /// The id of what it is about: one token of its subject, and what its partition follows from.
    type Key: Id;
    /// Intent, event or deadline.
    const KIND: Kind;
    /// The service that decides on it (intents) or that says it (events).
    const OWNER: &'static str;
    /// Verb, fact or kind: `place`, `placed`, `acceptance`.
    const NAME: &'static str;
    /// Raised when the payload's meaning changes in any way but a new optional field.
    const VERSION: u8;

    /// What it is about.
    fn key(&self) -> Self::Key;

    /// A typical one, as published in `streams/samples/`.
    fn sample() -> Self;

    /// `<owner>.<name>.v<version>`: the CloudEvents type.
    #[must_use]
    fn type_name() -> String {
        format!("{}.{}.v{}", Self::OWNER, Self::NAME, Self::VERSION)
    }
}

/// Somebody asks the owner to do something.
pub trait Intent: Message {
    /// The subject it is published on.
    fn subject(&self, principal: &Principal, partitions: u16) -> String {
        let key = self.key().to_string();
        let partition = partition_of(&key, partitions);
        format!("intent.{}.{}.v{}.{partition}.{principal}.{key}", Self::OWNER, Self::NAME, Self::VERSION)
    }
}

/// It happened.
pub trait Event: Message {
    /// The subject it is published on.
    fn subject(&self, partitions: u16) -> String {
        let key = self.key().to_string();
        let partition = partition_of(&key, partitions);
        format!("{}.{}.v{}.{partition}.{key}", Self::OWNER, Self::NAME, Self::VERSION)
    }
}

/// A promise with a due time. Its name is its delay class: all deadlines of one class have the same delay, so that the
/// stream's order is the order of their due times (jetstream.md 1.4).
pub trait Deadline: Message {
    /// What the timers service says when the time has come.
    type Elapsed: Event;

    /// When it is due.
    fn due_at(&self) -> Timestamp;

    /// The event that tells its owner.
    fn elapsed(&self) -> Self::Elapsed;

    /// The subject it is published on.
    fn subject(&self) -> String {
        format!("timers.{}.v{}.{}", Self::NAME, Self::VERSION, self.key())
    }
}

/// A request/reply read, answered by its owner through the NATS service API.
pub trait Question: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What is answered when there is an answer; otherwise a [`crate::Refused`].
    type Answer: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static;
    /// The service that answers.
    const OWNER: &'static str;
    /// The verb.
    const NAME: &'static str;
    /// As for messages.
    const VERSION: u8;

    /// A typical one.
    fn sample() -> Self;

    /// The subject that it is asked on.
    #[must_use]
    fn subject() -> String {
        format!("ask.{}.{}.v{}", Self::OWNER, Self::NAME, Self::VERSION)
    }
}

/// The pattern that matches every message of a type in one partition (`*` for all), for a consumer's filter.
///
/// The partition stands before the key: the broker keeps an index of all subjects by their beginnings, and what is in other
/// partitions is then not looked at when it searches for the next message of a consumer.
#[must_use]
pub fn subject_of(kind: Kind, owner: &str, name: &str, version: u8, partition: &str) -> String {
    match kind {
        Kind::Intent => format!("intent.{owner}.{name}.v{version}.{partition}.*.*"),
        Kind::Event => format!("{owner}.{name}.v{version}.{partition}.*"),
        Kind::Deadline => format!("timers.{name}.v{version}.*"),
        Kind::Question => format!("ask.{owner}.{name}.v{version}"),
    }
}

/// The partition of a key: FNV-1a of its shown form modulo the number of partitions, the same function as
/// `{{partition(P, n)}}` in nats-server (server/subject_transform.go), so that a stream's own transform agrees.
#[must_use]
pub fn partition_of(key: &str, partitions: u16) -> u16 {
    let hash = key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    u16::try_from(hash % u32::from(partitions.max(1))).unwrap_or(0)
}

/// The table of one owner's intents and events: implements [`Message`] and its kind for each row, and lists them for the
/// catalogue.
macro_rules! messages {
    ($owner:literal: $($kind:ident $name:literal $type:ident by $($field:ident).+: $key:ty),* $(,)?) => {
        $(
            impl $crate::Message for $type {
                type Key = $key;
                const KIND: $crate::Kind = $crate::Kind::$kind;
                const OWNER: &'static str = $owner;
                const NAME: &'static str = $name;
                const VERSION: u8 = 1;

                fn key(&self) -> $key {
                    self.$($field).+
                }

                fn sample() -> Self {
                    $crate::catalogue::Sample::sample()
                }
            }

            impl $crate::$kind for $type {}
        )*

        /// Every intent that this owner decides on and every event that it says.
        #[must_use]
        pub fn messages() -> Vec<$crate::catalogue::Entry> {
            vec![$($crate::catalogue::Entry::of::<$type>()),*]
        }
    };
}
pub(crate) use messages;

/// The table of one owner's questions and their answers.
macro_rules! questions {
    ($owner:literal: $($name:literal $type:ident -> $answer:ty),* $(,)?) => {
        $(
            impl $crate::Question for $type {
                type Answer = $answer;
                const OWNER: &'static str = $owner;
                const NAME: &'static str = $name;
                const VERSION: u8 = 1;

                fn sample() -> Self {
                    $crate::catalogue::Sample::sample()
                }
            }
        )*

        /// Every question that this owner answers.
        #[must_use]
        pub fn questions() -> Vec<$crate::catalogue::Entry> {
            vec![$($crate::catalogue::Entry::question::<$type>()),*]
        }
    };
}
pub(crate) use questions;

/// The table of deadlines: what is promised, and the event that says that its time has come.
macro_rules! deadlines {
    ($($name:literal $type:ident, then $elapsed_name:literal $elapsed:ident, by $field:ident: $key:ty),* $(,)?) => {
        $(
            impl $crate::Message for $type {
                type Key = $key;
                const KIND: $crate::Kind = $crate::Kind::Deadline;
                const OWNER: &'static str = "timers";
                const NAME: &'static str = $name;
                const VERSION: u8 = 1;

                fn key(&self) -> $key {
                    self.$field
                }

                fn sample() -> Self {
                    $crate::catalogue::Sample::sample()
                }
            }

            impl $crate::Deadline for $type {
                type Elapsed = $elapsed;

                fn due_at(&self) -> jiff::Timestamp {
                    self.due_at
                }

                fn elapsed(&self) -> $elapsed {
                    $elapsed { $field: self.$field, due_at: self.due_at }
                }
            }
        )*

        $crate::message::messages! { "timers": $(Event $elapsed_name $elapsed by $field: $key),* }

        /// Every deadline.
        #[must_use]
        pub fn deadlines() -> Vec<$crate::catalogue::Entry> {
            vec![$($crate::catalogue::Entry::of::<$type>()),*]
        }
    };
}
pub(crate) use deadlines;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_partition_of_a_key_is_stable() {
        // FNV-1a test vectors (Noll's): "" and "a"; changing this function is a migration.
        assert_eq!(partition_of("", u16::MAX), u16::try_from(0x811c_9dc5_u32 % 0xffff).expect("small"));
        assert_eq!(partition_of("a", u16::MAX), u16::try_from(0xe40c_292c_u32 % 0xffff).expect("small"));
    }
}
