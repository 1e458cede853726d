//! Typed ids. Each shows with a prefix (`ord_…`), so that a log line or a support mail says what it is.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// An id that can stand as one token of a subject and as a key of a table.
pub trait Id: Copy + Eq + Ord + std::hash::Hash + fmt::Debug + fmt::Display + FromStr + Send + Sync + 'static {
    /// What the shown form starts with, for example `ord`.
    const PREFIX: &'static str;

    /// Makes the id that belongs to `uuid`.
    fn from_uuid(uuid: Uuid) -> Self;

    /// The uuid behind the id.
    fn uuid(&self) -> Uuid;
}

/// A text that is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id like {prefix}_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f")]
pub struct NotAnId {
    prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;

            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            fn uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|hex| hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or(NotAnId { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": concat!("^", $prefix, "_[0-9a-f]{32}$") })
            }
        }
    };
}

id!(
    /// An order, from placing to payout.
    OrderId,
    "ord"
);
id!(
    /// A person: customer, runner, operator, or several of these.
    UserId,
    "usr"
);
id!(
    /// Somebody who sells food: a dining hall, a stall.
    VendorId,
    "ven"
);
id!(
    /// A basket that somebody saved for another time.
    SavedId,
    "sav"
);
id!(
    /// A comparison of the books with Stripe's.
    ReconciliationId,
    "rec"
);
id!(
    /// A message that one service gave up on.
    RepairId,
    "rep"
);
id!(
    /// One message. Equal ids mean the same message, however often it is sent.
    MessageId,
    "msg"
);

impl ReconciliationId {
    /// The one that the platform makes by itself on a day, counted from the first of January 1970, UTC.
    #[must_use]
    pub fn of_day(day: i64) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("campusg:reconciliation/{day}").as_bytes()))
    }

    /// The one that a request asked for: asked again, it is the same.
    #[must_use]
    pub fn of_request(id: MessageId) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("campusg:reconciliation/{id}").as_bytes()))
    }
}

/// What follows from `parent` under this name, beginning as it does.
fn child(parent: Uuid, name: &str) -> Uuid {
    beside(Uuid::new_v5(&parent, name.as_bytes()), parent)
}

/// `id`, but beginning as `neighbour` does. What belongs to one order then lies together in every table and index, where ids at
/// random would each touch a page of their own: the more of them, the larger the tables. Four bytes tell more orders apart than
/// an index has pages, and leave 90 bits at random.
fn beside(id: Uuid, neighbour: Uuid) -> Uuid {
    let mut bytes = id.into_bytes();
    bytes[..ALIKE].copy_from_slice(&neighbour.as_bytes()[..ALIKE]);
    Uuid::from_bytes(bytes)
}

const ALIKE: usize = 4;

impl MessageId {
    /// The id of the `n`-th message that `reaction` causes when it handles this one: the same every time.
    #[must_use]
    pub fn caused(self, reaction: &str, n: usize) -> Self {
        Self(child(self.0, &format!("{reaction}#{n}")))
    }

    /// The id of the same request, of which is known what it is about: asked about something else, it is another.
    #[must_use]
    pub fn about(self, id: impl Id) -> Self {
        Self(beside(self.0, id.uuid()))
    }

    /// The id of what `principal` asks for with an idempotency key of their own choice, within one `scope` (a route, a verb).
    #[must_use]
    pub fn of_request(principal: &Principal, scope: &str, idempotency_key: &str) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("campusg:{principal}/{scope}/{idempotency_key}").as_bytes()))
    }

    /// The id of a message that came without one, from where it is stored.
    #[must_use]
    pub fn of_stored(stream: &str, sequence: u64) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("nats:{stream}/{sequence}").as_bytes()))
    }

    /// The id of this message when it is put back for `service` for the `n`-th time, from 1: the same every time.
    #[must_use]
    pub fn redriven(self, service: &str, n: u32) -> Self {
        Self(child(self.0, &format!("redriven for {service}#{n}")))
    }

    /// The id of what is told `whom` about an order: told again, it is the same.
    #[must_use]
    pub fn of_notice(order_id: OrderId, whom: &str) -> Self {
        Self(child(order_id.0, &format!("notice to {whom}")))
    }

    /// An id of another kind that follows from this message: the same every time.
    #[must_use]
    pub fn derive<I: Id>(self, label: &str) -> I {
        I::from_uuid(child(self.0, label))
    }
}

impl UserId {
    /// The id that belongs to a name of the development sign-in or to the subject of an identity provider.
    #[must_use]
    pub fn of_subject(issuer: &str, subject: &str) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{issuer}#{subject}").as_bytes()))
    }
}

/// Who asks: a person, or a part of the platform itself. It stands in the subject of every intent, where the broker's
/// permissions can check it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A signed-in person.
    User(UserId),
    /// A person in their office: looks after orders that went wrong. Shown as `opr_<id>`.
    Operator(UserId),
    /// A person in their office: looks after the money. Shown as `fin_<id>`.
    Finance(UserId),
    /// The platform, for example `seed` or `webhook`. Shown as `sys_<name>`.
    System(String),
}

const COMMAND_LINE: &str = "cli";

impl Principal {
    /// The person, if it is one who acts for themselves.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(*id),
            Self::Operator(_) | Self::Finance(_) | Self::System(_) => None,
        }
    }

    /// Staff at a command line who do not say who they are: `sys_cli`.
    #[must_use]
    pub fn command_line() -> Self {
        Self::System(COMMAND_LINE.to_owned())
    }

    /// Whether they are staff, whose every action is kept for ever.
    #[must_use]
    pub fn is_accountable(&self) -> bool {
        match self {
            Self::Operator(_) | Self::Finance(_) => true,
            Self::System(name) => name == COMMAND_LINE,
            Self::User(_) => false,
        }
    }

    /// Whether they act for the platform: staff in their office, or a part of the platform itself.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        match self {
            Self::Operator(_) | Self::Finance(_) | Self::System(_) => true,
            Self::User(_) => false,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Operator(id) => write!(f, "opr_{}", id.0.simple()),
            Self::Finance(id) => write!(f, "fin_{}", id.0.simple()),
            Self::System(name) => write!(f, "sys_{name}"),
        }
    }
}

impl FromStr for Principal {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let office = |hex: &str| format!("usr_{hex}").parse::<UserId>();
        if let Some(hex) = text.strip_prefix("opr_") {
            return office(hex).map(Self::Operator);
        }
        if let Some(hex) = text.strip_prefix("fin_") {
            return office(hex).map(Self::Finance);
        }
        match text.strip_prefix("sys_") {
            Some(name) if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
                Ok(Self::System(name.to_owned()))
            }
            Some(_) => Err(NotAnId { prefix: "sys" }),
            None => text.parse().map(Self::User),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_what_it_shows() {
        let id: OrderId = MessageId::of_stored("LOG", 7).derive("order");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().starts_with("ord_"));
    }

    #[test]
    fn what_belongs_to_one_order_begins_alike() {
        let request = |key: &str| MessageId::of_request(&Principal::System("seed".into()), "orders.place", key);
        let order_id: OrderId = request("1").derive("order");
        let start = |id: &dyn fmt::Display| id.to_string()[4..4 + 2 * ALIKE].to_owned();
        let accepted = request("2").about(order_id);
        for id in [accepted, accepted.caused("create", 0), request("1").caused("hold", 1).redriven("orders", 2)] {
            assert_eq!(start(&id), start(&order_id));
        }
        assert_eq!(start(&MessageId::of_notice(order_id, "alice")), start(&order_id));
        assert_ne!(start(&request("2")), start(&order_id));
        assert_ne!(accepted, request("3").about(order_id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id: OrderId = MessageId::of_stored("LOG", 7).derive("order");
        assert!(id.to_string().parse::<UserId>().is_err());
        assert!("ord_XYZ".parse::<OrderId>().is_err());
        assert!("ord_*".parse::<OrderId>().is_err());
    }

    #[test]
    fn a_principal_is_a_person_or_the_platform() {
        let alice = UserId::of_subject("dev", "alice");
        assert_eq!(alice.to_string().parse(), Ok(Principal::User(alice)));
        assert_eq!("sys_seed".parse(), Ok(Principal::System("seed".into())));
        let office = Principal::Operator(alice);
        assert_eq!((office.to_string().parse(), office.user()), (Ok(office.clone()), None));
        assert!(office.is_accountable() && Principal::command_line().is_accountable());
        assert!(!Principal::User(alice).is_accountable() && !Principal::System("webhook".into()).is_accountable());
        assert!("sys_".parse::<Principal>().is_err());
        assert!("sys_a.b".parse::<Principal>().is_err());
    }
}
