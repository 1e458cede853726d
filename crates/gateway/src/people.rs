//! The people of the development sign-in: everybody that a story on one machine needs, as data.

use std::borrow::Cow;
use std::time::Duration;

use chassis::{Bus, BusError, Shutdown};
use contracts::users::{RegisterUser, Role};
use contracts::{MessageId, Principal, Text, UserId};
use tracing::{debug, error};

/// Somebody who can be signed in by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What they are called, and what they sign in with.
    pub name: Cow<'static, str>,
    /// What they may do.
    pub roles: &'static [Role],
    /// The payment method at Stripe that they bring along.
    pub payment_method: Option<&'static str>,
    /// Whether they want to be paid, and so get a payout account.
    pub wants_payouts: bool,
}

impl Person {
    /// Their id: the same on every machine.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        UserId::of_subject("dev", &self.name)
    }

    const fn customer(name: &'static str, payment_method: Option<&'static str>) -> Self {
        Self { name: Cow::Borrowed(name), roles: &[Role::Customer], payment_method, wants_payouts: false }
    }

    const fn runner(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), roles: &[Role::Runner], payment_method: None, wants_payouts: true }
    }
}

/// All of them.
pub static PEOPLE: [Person; 8] = [
    Person::customer("alice", Some("pm_card_visa")),
    Person::customer("bob", Some("pm_card_visa")),
    Person::runner("ray"),
    Person::runner("rio"),
    // Cannot be paid, so may not deliver.
    Person { name: Cow::Borrowed("rex"), roles: &[Role::Runner], payment_method: None, wants_payouts: false },
    // Has no card, so cannot pay.
    Person::customer("carl", None),
    // Has a card that Stripe takes and every bank declines.
    Person::customer("dora", Some("pm_card_chargeCustomerFail")),
    Person { name: Cow::Borrowed("olga"), roles: &[Role::Operator], payment_method: None, wants_payouts: false },
];

/// How many customers and how many runners there are beside them, for whoever needs a crowd.
const CROWD: u16 = 10_000;

/// The one with this name: one of [`PEOPLE`], or one of the crowd, `customer-0` and `runner-0` to `runner-9999`.
#[must_use]
pub fn find(name: &str) -> Option<Person> {
    PEOPLE.iter().find(|person| person.name == name).cloned().or_else(|| of_the_crowd(name))
}

fn of_the_crowd(name: &str) -> Option<Person> {
    let (kind, number) = name.split_once('-')?;
    let number: u16 = number.parse().ok().filter(|number| *number < CROWD)?;
    let like = match kind {
        "customer" => Person::customer("", Some("pm_card_visa")),
        "runner" => Person::runner(""),
        _ => return None,
    };
    // Written anew, so that `runner-07` and `runner-7` are not two people of one name.
    Some(Person { name: Cow::Owned(format!("{kind}-{number}")), ..like })
}

/// Makes [`PEOPLE`] known to users, however long the broker stays away. Doing so again changes nothing.
pub(crate) async fn seed(bus: Bus, shutdown: Shutdown) {
    for person in &PEOPLE {
        while let Err(error) = register(&bus, person).await {
            debug!(error = %error, "the people of the development sign-in are not registered yet");
            tokio::select! {
                () = shutdown.soft() => return,
                () = tokio::time::sleep(Duration::from_millis(250)) => {}
            }
        }
    }
}

/// Makes one person known to users. Doing so again changes nothing.
pub(crate) async fn register(bus: &Bus, person: &Person) -> Result<(), BusError> {
    let seed = Principal::System("seed".to_owned());
    let Ok(name) = Text::new(&person.name) else {
        error!(person = %person.name, "a person of the development sign-in has no proper name");
        return Ok(());
    };
    let intent = RegisterUser {
        user_id: person.user_id(),
        name,
        roles: person.roles.to_vec(),
        payment_method: person.payment_method.map(str::to_owned),
        wants_payouts: person.wants_payouts,
    };
    let id = MessageId::of_request(&seed, "users.register", &person.name);
    bus.intend(&seed, id, &intent, Duration::ZERO).await.map(drop)
}

/// Whether somebody has to be made known when they sign in: [`PEOPLE`] are from the start.
pub(crate) fn is_of_the_crowd(person: &Person) -> bool {
    !PEOPLE.contains(person)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_has_one_person_per_name() {
        assert_eq!(find("runner-07"), find("runner-7"));
        assert_ne!(find("runner-7"), find("customer-7"));
        assert_eq!(find("runner-10000"), None);
        assert_eq!(find("waiter-1"), None);
    }
}
