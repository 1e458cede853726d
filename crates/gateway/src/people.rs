//! The people of the development sign-in: everybody that a story on one machine needs, as data.

use std::borrow::Cow;
use std::time::Duration;

use chassis::{Bus, BusError, Shutdown};
use contracts::users::{PayoutRef, RegisterUser, Role};
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
    /// The account at Stripe that they bring along to be paid on. The sandbox takes what its name says for what it is:
    /// `acct_ready_…` can be paid at once, `acct_restricted_…` not yet.
    pub payout_account: Option<Cow<'static, str>>,
}

/// A card that works.
const GOOD: Option<&str> = Some("pm_card_visa");
/// A card that Stripe takes and every bank declines.
const DECLINED: Option<&str> = Some("pm_card_chargeCustomerFail");
/// A card for which the bank wants to see its owner every time (3-D Secure).
const SECURED: Option<&str> = Some("pm_card_authenticationRequired");
/// A card whose owner takes every payment back.
const DISPUTED: Option<&str> = Some("pm_card_createDispute");

impl Person {
    /// Their id: the same on every machine.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        UserId::of_subject("dev", &self.name)
    }

    /// Whether they can be paid as soon as they are known.
    #[must_use]
    pub fn can_be_paid(&self) -> bool {
        self.payout_account.as_ref().is_some_and(|account| account.starts_with("acct_ready_"))
    }

    const fn with(name: &'static str, roles: &'static [Role]) -> Self {
        Self { name: Cow::Borrowed(name), roles, payment_method: None, payout_account: None }
    }

    const fn customer(name: &'static str, payment_method: Option<&'static str>) -> Self {
        Self { name: Cow::Borrowed(name), roles: &[Role::Customer], payment_method, payout_account: None }
    }

    const fn runner(name: &'static str, account: &'static str) -> Self {
        let payout_account = Some(Cow::Borrowed(account));
        Self { name: Cow::Borrowed(name), roles: &[Role::Runner], payment_method: None, payout_account }
    }
}

/// All of them.
pub static PEOPLE: [Person; 13] = [
    Person::customer("alice", GOOD),
    Person::customer("bob", GOOD),
    Person::runner("ray", "acct_ready_ray"),
    Person::runner("rio", "acct_ready_rio"),
    // Has no account, so may not deliver.
    Person::with("rex", &[Role::Runner]),
    // Has one that cannot be paid yet, so may not either.
    Person::runner("rob", "acct_restricted_rob"),
    // Has no card, so cannot pay.
    Person::customer("carl", None),
    Person::customer("dora", DECLINED),
    Person::customer("tess", SECURED),
    Person::customer("dana", DISPUTED),
    // Orders today and delivers tomorrow.
    Person {
        name: Cow::Borrowed("mia"),
        roles: &[Role::Customer, Role::Runner],
        payment_method: GOOD,
        payout_account: Some(Cow::Borrowed("acct_ready_mia")),
    },
    Person::with("olga", &[Role::Operator]),
    Person::with("fay", &[Role::Finance]),
];

/// How many of each kind there are beside them, for whoever needs a crowd.
const CROWD: u16 = 10_000;

/// The one with this name: one of [`PEOPLE`], or one of the crowd. Of each kind there are ten thousand, `runner-0` to
/// `runner-9999`: `customer`, `runner`, and customers whose card is declined (`decline`), needs 3-D Secure (`secure`), or is not
/// there (`broke`).
#[must_use]
pub fn find(name: &str) -> Option<Person> {
    PEOPLE.iter().find(|person| person.name == name).cloned().or_else(|| of_the_crowd(name))
}

fn of_the_crowd(name: &str) -> Option<Person> {
    let (kind, number) = name.split_once('-')?;
    let number: u16 = number.parse().ok().filter(|number| *number < CROWD)?;
    // Written anew, so that `runner-07` and `runner-7` are not two people of one name.
    let name = format!("{kind}-{number}");
    let like = match kind {
        "customer" => Person::customer("", GOOD),
        "decline" => Person::customer("", DECLINED),
        "secure" => Person::customer("", SECURED),
        "broke" => Person::customer("", None),
        "runner" => {
            let payout_account = Some(Cow::Owned(format!("acct_ready_{name}")));
            Person { payout_account, ..Person::with("", &[Role::Runner]) }
        }
        _ => return None,
    };
    Some(Person { name: Cow::Owned(name), ..like })
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
        wants_payouts: false,
        payout_account: person.payout_account.as_deref().map(|account| PayoutRef(account.to_owned())),
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

    #[test]
    fn each_of_the_crowd_has_what_their_kind_says() {
        let card = |name| find(name).expect("somebody").payment_method;
        assert_eq!(card("customer-1"), GOOD);
        assert_eq!(card("decline-1"), DECLINED);
        assert_eq!(card("secure-1"), SECURED);
        assert_eq!(card("broke-1"), None);
        let runner = find("runner-07").expect("somebody");
        assert_eq!((runner.payout_account.as_deref(), runner.can_be_paid()), (Some("acct_ready_runner-7"), true));
    }

    #[test]
    fn no_two_people_share_a_name_or_an_account() {
        for (n, person) in PEOPLE.iter().enumerate() {
            let others = &PEOPLE[n + 1..];
            assert!(others.iter().all(|other| other.name != person.name), "{}", person.name);
            let shares =
                |other: &Person| other.payout_account.is_some() && other.payout_account == person.payout_account;
            assert!(!others.iter().any(shares), "{}", person.name);
        }
    }

    #[test]
    fn an_account_that_is_restricted_cannot_be_paid() {
        let can_be_paid = |name| find(name).expect("somebody").can_be_paid();
        assert_eq!(["ray", "mia", "rob", "rex", "alice"].map(can_be_paid), [true, true, false, false, false]);
    }
}
