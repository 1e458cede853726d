//! A person, as users keeps them. The rules are in `identity` (who they are), `means` (how they pay and are paid) and `needs`
//! (what orders ask about them). Pure: old state and message in; new state and events out.

use chassis::{Change, Entity, Fault};
use contracts::users::{CardRef, PayoutRef, Preferences, Role, UserView};
use contracts::{Principal, Text, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What to call them.
    pub name: Text<100>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// The card that is charged.
    pub card: Option<CardRef>,
    /// Where they are paid.
    pub payout: Option<PayoutRef>,
    /// Why an operator has shut them out.
    #[serde(default)]
    pub suspended: Option<Text<200>>,
    /// Whether the identity provider has shut them out.
    #[serde(default)]
    pub barred: bool,
    /// When what the identity provider last said of them had happened, UTC.
    #[serde(default)]
    pub recorded_at: Option<Timestamp>,
    /// Whether they are gone. Kept, so that what comes late does not bring them back.
    #[serde(default)]
    pub closed: bool,
    /// How they like it.
    #[serde(default)]
    pub preferences: Preferences,
    /// How often others rated them.
    #[serde(default)]
    pub ratings: u32,
    /// With how many stars altogether.
    #[serde(default)]
    pub stars: u32,
}

impl User {
    /// Somebody of whom nothing but this is known yet.
    #[must_use]
    pub fn new(id: UserId, name: Text<100>, roles: Vec<Role>) -> Self {
        Self {
            id,
            name,
            roles,
            card: None,
            payout: None,
            suspended: None,
            barred: false,
            recorded_at: None,
            closed: false,
            preferences: Preferences::default(),
            ratings: 0,
            stars: 0,
        }
    }

    /// Whether they may neither order nor deliver, whoever has decided that.
    #[must_use]
    pub fn is_shut_out(&self) -> bool {
        self.suspended.is_some() || self.barred
    }
}

/// Why users says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody gives themselves a role, or changes somebody else.
    #[error("This is not for you to change.")]
    NotAllowed,
    /// Nothing was ever heard of them.
    #[error("Nobody knows this person.")]
    NotFound,
    /// Gone for good.
    #[error("This person has left, and their account was closed.")]
    Closed,
    /// Nobody uses a role that is not theirs.
    #[error("This role is not one of theirs.")]
    RoleNotHeld,
}

impl chassis::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::NotFound => "not_found",
            Self::Closed => "closed",
            Self::RoleNotHeld => "role_not_held",
        }
    }
}

/// What an intent's rule returns.
pub type Decision = Result<Change<User>, Refusal>;

/// What an event's rule returns.
pub type Reaction = Result<Change<User>, Fault>;

impl Entity for User {
    type Id = UserId;
    type Table = store::table::Entity;
    type View = UserView;

    fn id(&self) -> UserId {
        self.id
    }

    fn view(&self, version: u64, _: &Principal) -> UserView {
        UserView {
            user_id: self.id,
            name: self.name.clone(),
            roles: self.roles.clone(),
            can_pay: self.card.is_some(),
            can_be_paid: self.payout.is_some(),
            version,
            suspended: self.is_shut_out(),
            preferences: self.preferences.clone(),
            ratings: self.ratings,
            stars: self.stars,
        }
    }
}
