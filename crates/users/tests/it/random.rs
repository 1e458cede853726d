//! What holds whatever happens to a person, in any order, repeated, late, or asked by somebody whom it does not concern.

use std::collections::HashMap;
use std::sync::LazyLock;

use chassis::{Change, Cx, Sealer};
use contracts::orders::{OrderClaimed, OrderDelivered, OrderPlaced, OrderRated};
use contracts::payments::{CardChosen, CardKept, CardRemoved, PayoutAccountClosed, PayoutAccountOpened};
use contracts::users::{
    IdentityFact, PayoutRef, RecordIdentity, RegisterUser, ReinstateUser, Role, SetPreferences, SuspendUser,
};
use contracts::{Message, Principal, UserId};
use fuzz::config;
use jiff::SignedDuration;
use proptest::prelude::*;
use users::{User, identity, means, needs};

use crate::scene::{T0, card, id, system, text};

/// Names of people and cards are few, so that the same comes again.
#[derive(Clone, Debug)]
enum Happening {
    Registers { name: u8, roles: Vec<Role>, brings_card: bool, wants_payouts: bool },
    Known { at: i64, name: u8, roles: Vec<Role>, barred: bool },
    Deleted { at: i64 },
    Suspended { reason: u8 },
    Reinstated,
    Prefers { role: Option<Role>, available: Option<bool> },
    CardKept(u8),
    CardChosen(u8),
    CardRemoved(u8, Option<u8>),
    AccountOpened(u8),
    AccountClosed,
    Orders,
    Claims,
    Delivers,
    Rated(u8),
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    prop::sample::subsequence(vec![Role::Customer, Role::Runner, Role::Operator], 0..=3)
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    prop_oneof![
        4 => (0..3_u8, roles(), any::<bool>(), any::<bool>()).prop_map(|(name, roles, brings_card, wants_payouts)| {
            Registers { name, roles, brings_card, wants_payouts }
        }),
        5 => (0..9_i64, 0..3_u8, roles(), any::<bool>())
            .prop_map(|(at, name, roles, barred)| Known { at, name, roles, barred }),
        1 => (0..9_i64).prop_map(|at| Deleted { at }),
        3 => (0..2_u8).prop_map(|reason| Suspended { reason }),
        3 => Just(Reinstated),
        2 => (prop::option::of(prop::sample::select(vec![Role::Customer, Role::Runner])), any::<Option<bool>>())
            .prop_map(|(role, available)| Prefers { role, available }),
        3 => (0..3_u8).prop_map(CardKept),
        2 => (0..3_u8).prop_map(CardChosen),
        2 => (0..3_u8, prop::option::of(0..3_u8)).prop_map(|(gone, next)| CardRemoved(gone, next)),
        3 => (0..2_u8).prop_map(AccountOpened),
        1 => Just(AccountClosed),
        2 => Just(Orders),
        2 => Just(Claims),
        2 => Just(Delivers),
        1 => (1..=5_u8).prop_map(Rated),
    ]
}

fn anybody() -> impl Strategy<Value = Principal> {
    let other = UserId::of_subject("test", "eve");
    prop::sample::select(vec![
        Principal::User(id()),
        Principal::User(other),
        Principal::Operator(id()),
        Principal::Operator(other),
        Principal::Finance(other),
        system("clerk"),
        system("seed"),
    ])
}

impl Happening {
    /// The row of the table that it belongs to.
    fn row(&self) -> &'static str {
        match self {
            Self::Registers { .. } => "register",
            Self::Known { .. } | Self::Deleted { .. } => "record-identity",
            Self::Suspended { .. } => "suspend",
            Self::Reinstated => "reinstate",
            Self::Prefers { .. } => "set-preferences",
            Self::CardKept(_) => "use-card",
            Self::CardChosen(_) => "use-chosen-card",
            Self::CardRemoved(..) => "drop-card",
            Self::AccountOpened(_) => "use-payout-account",
            Self::AccountClosed => "drop-payout-account",
            Self::Orders => "resolve-payer",
            Self::Claims => "check-runner",
            Self::Delivers => "resolve-payee",
            Self::Rated(_) => "keep-rating",
        }
    }

    /// Whether this is for them to ask; what other services say is asked of nobody.
    fn is_for(&self, who: &Principal) -> bool {
        match self {
            Self::Registers { .. } => matches!(who, Principal::System(_)),
            Self::Known { .. } | Self::Deleted { .. } => *who == system("clerk"),
            Self::Suspended { .. } | Self::Reinstated => match who {
                Principal::Operator(operator) => *operator != id(),
                Principal::System(_) => true,
                Principal::User(_) | Principal::Finance(_) => false,
            },
            Self::Prefers { .. } => *who == Principal::User(id()),
            Self::CardKept(_)
            | Self::CardChosen(_)
            | Self::CardRemoved(..)
            | Self::AccountOpened(_)
            | Self::AccountClosed
            | Self::Orders
            | Self::Claims
            | Self::Delivers
            | Self::Rated(_) => true,
        }
    }

    /// The rule's answer: nothing when it said no, or could not be.
    fn apply(&self, who: &Principal, user: Option<User>) -> Option<Change<User>> {
        let sealer = Sealer::from_hex(&"0".repeat(64)).expect("a key");
        let cx = Cx::for_test(T0, who.clone(), &sealer);
        let user_id = id();
        let pm = |n: u8| format!("pm_{n}");
        match self.clone() {
            Self::Registers { name, roles, brings_card, wants_payouts } => {
                let payment_method = brings_card.then(|| pm(0));
                let name = text(&format!("Ada {name}"));
                let asked = RegisterUser { user_id, name, roles, payment_method, wants_payouts, payout_account: None };
                identity::register(&cx, user, asked).ok()
            }
            Self::Known { at, name, roles, barred } => {
                let fact = IdentityFact::Known { name: text(&format!("Clerk's {name}")), roles, barred };
                let at = T0 + SignedDuration::from_secs(at);
                identity::record_identity(&cx, user, RecordIdentity { user_id, at, fact }).ok()
            }
            Self::Deleted { at } => {
                let at = T0 + SignedDuration::from_secs(at);
                identity::record_identity(&cx, user, RecordIdentity { user_id, at, fact: IdentityFact::Deleted }).ok()
            }
            Self::Suspended { reason } => {
                let reason = text(&format!("reason {reason}"));
                identity::suspend(&cx, user, SuspendUser { user_id, reason }).ok()
            }
            Self::Reinstated => identity::reinstate(&cx, user, ReinstateUser { user_id }).ok(),
            Self::Prefers { role, available } => {
                identity::set_preferences(&cx, user, SetPreferences { user_id, role, language: None, available }).ok()
            }
            Self::CardKept(n) => means::use_card(&cx, user, CardKept { user_id, card: card(&pm(n)) }).ok(),
            Self::CardChosen(n) => means::use_chosen_card(&cx, user, CardChosen { user_id, card: card(&pm(n)) }).ok(),
            Self::CardRemoved(n, next) => {
                let next = next.filter(|next| *next != n).map(|next| card(&pm(next)));
                means::drop_card(&cx, user, CardRemoved { user_id, payment_method: pm(n), next }).ok()
            }
            Self::AccountOpened(n) => {
                let account = PayoutRef(format!("acct_{n}"));
                means::use_payout_account(&cx, user, PayoutAccountOpened { user_id, account }).ok()
            }
            Self::AccountClosed => means::drop_payout_account(&cx, user, PayoutAccountClosed { user_id }).ok(),
            Self::Orders => {
                let mut placed = OrderPlaced::sample();
                placed.about.customer_id = user_id;
                needs::resolve_payer(&cx, user, placed).ok()
            }
            Self::Claims => {
                let claimed = OrderClaimed { claimed_by: user_id, ..OrderClaimed::sample() };
                needs::check_runner(&cx, user, claimed).ok()
            }
            Self::Delivers => {
                let delivered = OrderDelivered { delivered_by: user_id, ..OrderDelivered::sample() };
                needs::resolve_payee(&cx, user, delivered).ok()
            }
            Self::Rated(stars) => {
                needs::keep_rating(&cx, user, OrderRated { of: user_id, stars, ..OrderRated::sample() }).ok()
            }
        }
    }
}

/// What each row may say.
static MAY_SAY: LazyLock<HashMap<&'static str, Vec<String>>> =
    LazyLock::new(|| users::service().reactions().iter().map(|row| (row.name, row.publishes.clone())).collect());

fn check_answers(user: Option<&User>, happening: &Happening, said: &[&str]) -> Result<(), TestCaseError> {
    let present = user.filter(|user| !user.closed);
    let welcome = present.is_some_and(|user| !user.is_shut_out());
    let has = |role| present.is_some_and(|user| user.roles.contains(&role));
    let expected = match happening {
        Happening::Orders if welcome && has(Role::Customer) && present.is_some_and(|user| user.card.is_some()) => {
            "users.payer_resolved.v1"
        }
        Happening::Orders => "users.payer_unavailable.v1",
        Happening::Claims if welcome && has(Role::Runner) && present.is_some_and(|user| user.payout.is_some()) => {
            "users.runner_approved.v1"
        }
        Happening::Claims => "users.runner_rejected.v1",
        Happening::Delivers if user.is_some_and(|user| user.payout.is_some()) => "users.payee_resolved.v1",
        Happening::Delivers => "users.payee_unavailable.v1",
        Happening::Registers { .. }
        | Happening::Known { .. }
        | Happening::Deleted { .. }
        | Happening::Suspended { .. }
        | Happening::Reinstated
        | Happening::Prefers { .. }
        | Happening::CardKept(_)
        | Happening::CardChosen(_)
        | Happening::CardRemoved(..)
        | Happening::AccountOpened(_)
        | Happening::AccountClosed
        | Happening::Rated(_) => return Ok(()),
    };
    prop_assert_eq!(said, [expected], "to {:?}", user);
    Ok(())
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn whatever_happens_to_a_person_the_promises_hold(
        happenings in prop::collection::vec((happening(), anybody(), any::<bool>()), 1..40)
    ) {
        let mut user: Option<User> = None;
        let (mut is_out, mut farewells) = (false, 0);
        for (happening, who, repeats) in happenings {
            let Some(change) = happening.apply(&who, user.clone()) else { continue };
            let said = change.types();
            for kind in &said {
                prop_assert!(MAY_SAY[happening.row()].iter().any(|may| may == kind), "{:?} said {kind}", happening);
            }
            let next = change.state().cloned().or_else(|| user.clone());
            if !happening.is_for(&who) {
                prop_assert!(next == user && said.is_empty(), "{who} did {happening:?}");
            }
            check_answers(user.as_ref(), &happening, &said)?;
            if user.as_ref().is_some_and(|user| user.closed) {
                prop_assert_eq!(&next, &user, "who is gone was changed by {:?}", happening);
            }
            // Being shut out and let in again is told in turns, and only when it is so.
            for kind in &said {
                match *kind {
                    "users.suspended.v1" => { prop_assert!(!is_out); is_out = true; }
                    "users.reinstated.v1" => { prop_assert!(is_out); is_out = false; }
                    "users.closed.v1" => farewells += 1,
                    _ => {}
                }
            }
            let present = next.as_ref().filter(|user| !user.closed);
            if let Some(user) = present {
                prop_assert_eq!(user.is_shut_out(), is_out, "told otherwise");
                prop_assert_eq!(user.id, id());
            }
            prop_assert!(farewells <= 1);
            if let Some(gone) = next.as_ref().filter(|user| user.closed) {
                prop_assert!(gone.card.is_none() && gone.roles.is_empty() && gone.name.as_str() == "Deleted user");
            }
            // The same once more changes nothing; a rating counts again, which the journal keeps from happening.
            if repeats && !matches!(happening, Happening::Rated(_)) {
                let again = happening.apply(&who, next.clone());
                let state = again.and_then(|again| again.state().cloned()).or_else(|| next.clone());
                prop_assert_eq!(&state, &next, "{:?} again", happening);
            }
            user = next;
        }
    }

    /// Webhooks come in any order, and requests that were made before them come in between: who somebody is in the end
    /// follows from what the provider said last.
    #[test]
    fn what_the_identity_provider_says_comes_to_the_same_in_any_order(
        facts in prop::collection::vec((0..3_u8, roles(), any::<bool>()), 1..6),
        deleted in any::<bool>(),
        requests in prop::collection::vec((0..3_u8, roles()), 0..3),
        order in Just(()).prop_perturb(|(), mut random| random.random::<u64>()),
    ) {
        let clerk = system("clerk");
        let last = facts.last().cloned();
        let mut happenings: Vec<Happening> = facts
            .into_iter()
            .zip(0..)
            .map(|((name, roles, barred), at)| Happening::Known { at, name, roles, barred })
            .collect();
        happenings.extend(deleted.then_some(Happening::Deleted { at: 4 }));
        happenings.extend(requests.into_iter().map(|(name, roles)| {
            Happening::Registers { name, roles, brings_card: false, wants_payouts: false }
        }));
        // A permutation that follows from a number.
        let mut rest = order;
        for n in (1..happenings.len()).rev() {
            let count = n as u64 + 1;
            happenings.swap(n, usize::try_from(rest % count).unwrap_or(0));
            rest /= count;
        }
        let user = happenings.iter().fold(None::<User>, |user, happening| {
            let change = happening.apply(&clerk, user.clone());
            change.and_then(|change| change.state().cloned()).or(user)
        });
        let user = user.expect("somebody");
        if deleted {
            prop_assert!(user.closed && user.roles.is_empty());
        } else {
            let (name, roles, barred) = last.expect("a fact");
            prop_assert_eq!(user.name.as_str(), format!("Clerk's {name}"));
            prop_assert_eq!((user.roles, user.barred, user.closed), (roles, barred, false));
        }
    }
}
