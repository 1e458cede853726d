//! What holds for somebody's cards, account and waiting payouts, whatever Stripe and people do in which order.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use chassis::{Change, Config};
use contracts::payments::{
    CardRemovalRequested, CardSetUp, ChooseCard, OnboardingRequested, PayoutHeld, RecordAccount, RecordCardSetup,
    RemoveCard, SetUpCard, StartOnboarding,
};
use contracts::users::{CardAdded, PayoutAccountReady, PayoutRef, PayoutRequested, UserClosed};
use contracts::{Message as _, MessageId, OrderId, Principal, UserId};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::scene::*;
use crate::cards::{self, Keeping};
use crate::settlement::NO_ACCOUNT;
use crate::{Patron, payouts, stripe};

const NOON: Timestamp = Timestamp::constant(1_793_620_800, 0);

/// Cards, orders and times are few, so that the same comes again.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Brings(u8, bool),
    AsksForPage,
    SetsUp(u8, bool),
    SetUpTold,
    Chooses(u8),
    Removes(u8),
    IsDetached(u8),
    OpensAccount(bool),
    AsksForOnboarding,
    OnboardingOpened(bool),
    AccountTold(u8, i64, bool),
    PayoutHeld(u8, bool),
    AccountReady,
    Leaves,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    let yes = any::<bool>;
    prop_oneof![
        4 => (0..4_u8, yes()).prop_map(|(n, kept)| Brings(n, kept)),
        1 => Just(AsksForPage),
        3 => (0..4_u8, yes()).prop_map(|(n, kept)| SetsUp(n, kept)),
        1 => Just(SetUpTold),
        3 => (0..5_u8).prop_map(Chooses),
        4 => (0..5_u8).prop_map(Removes),
        3 => (0..4_u8).prop_map(IsDetached),
        2 => yes().prop_map(OpensAccount),
        1 => Just(AsksForOnboarding),
        1 => yes().prop_map(OnboardingOpened),
        4 => (1..3_u8, 0..9_i64, yes()).prop_map(|(n, at, payable)| AccountTold(n, at, payable)),
        3 => (0..3_u8, yes()).prop_map(|(n, no_account)| PayoutHeld(n, no_account)),
        2 => Just(AccountReady),
        1 => Just(Leaves),
    ]
}

fn anybody() -> impl Strategy<Value = Principal> {
    let (me, eve) = (user("alice"), user("eve"));
    let others =
        [Principal::User(eve), Principal::Operator(me), Principal::Finance(eve), Principal::System("seed".into())];
    prop_oneof![
        4 => Just(Principal::User(me)),
        2 => Just(Principal::System("stripe".into())),
        1 => prop::sample::select(others.to_vec()),
    ]
}

fn me() -> UserId {
    user("alice")
}

fn pm(n: u8) -> String {
    format!("pm_{n}")
}

fn order(n: u8) -> OrderId {
    MessageId::of_stored("TEST", n.into()).derive("order")
}

fn keeping(n: u8, kept: bool) -> Keeping {
    let card = stripe::Card {
        payment_method: pm(n),
        brand: "visa".into(),
        last4: "4242".into(),
        exp_month: 12,
        exp_year: 2030,
    };
    Keeping { customer: Some("cus_1".into()), kept: if kept { Ok(card) } else { Err(no("card_declined")) } }
}

impl Happening {
    fn row(self) -> &'static str {
        match self {
            Self::Brings(..) => "keep-card",
            Self::AsksForPage => "set-up-card",
            Self::SetsUp(..) => "keep-set-up-card",
            Self::SetUpTold => "record-card-setup",
            Self::Chooses(_) => "choose-card",
            Self::Removes(_) => "remove-card",
            Self::IsDetached(_) => "detach-card",
            Self::OpensAccount(_) => "open-account",
            Self::AsksForOnboarding => "start-onboarding",
            Self::OnboardingOpened(_) => "open-onboarding-page",
            Self::AccountTold(..) => "record-account",
            Self::PayoutHeld(..) => "note-held",
            Self::AccountReady => "retry-held",
            Self::Leaves => "forget",
        }
    }

    /// Whether this is for them to ask; what an event says is asked of nobody.
    fn is_for(self, who: &Principal) -> bool {
        match self {
            Self::AsksForPage | Self::Chooses(_) | Self::Removes(_) | Self::AsksForOnboarding => {
                *who == Principal::User(me())
            }
            Self::SetUpTold | Self::AccountTold(..) => *who == Principal::System("stripe".into()),
            Self::Brings(..)
            | Self::SetsUp(..)
            | Self::IsDetached(_)
            | Self::OpensAccount(_)
            | Self::OnboardingOpened(_)
            | Self::PayoutHeld(..)
            | Self::AccountReady
            | Self::Leaves => true,
        }
    }

    /// Whether the same message again is a second one: a page that is asked for again is another page, and what was
    /// told or released once is told again, which the journal keeps from happening.
    fn counts(self) -> bool {
        matches!(self, Self::AsksForPage | Self::AsksForOnboarding | Self::Removes(_))
    }

    /// The rule's answer: nothing when it said no.
    fn apply(self, who: &Principal, patron: Option<Patron>) -> Option<Change<Patron>> {
        let user_id = me();
        let asked = |rule: &dyn Fn(&chassis::Cx<'_>) -> Option<Change<Patron>>| as_of(who.clone(), rule);
        let account = |payable| stripe::Account { id: PayoutRef("acct_1".into()), payable };
        match self {
            Self::Brings(n, kept) => {
                let added = CardAdded { user_id, payment_method: pm(n) };
                told(|cx| cards::record_card(cx, patron, added, keeping(n, kept))).ok()
            }
            Self::AsksForPage => asked(&|cx| cards::set_up_card(cx, patron.clone(), SetUpCard { user_id }).ok()),
            Self::SetsUp(n, kept) => {
                let set_up = CardSetUp { user_id, setup_intent: format!("seti_{n}") };
                told(|cx| cards::record_set_up_card(cx, patron, set_up, keeping(n, kept))).ok()
            }
            Self::SetUpTold => {
                let told = RecordCardSetup { user_id, setup_intent: "seti_1".into() };
                asked(&|cx| cards::record_card_setup(cx, patron.clone(), told.clone()).ok())
            }
            Self::Chooses(n) => {
                asked(&|cx| cards::choose_card(cx, patron.clone(), ChooseCard { user_id, payment_method: pm(n) }).ok())
            }
            Self::Removes(n) => {
                asked(&|cx| cards::remove_card(cx, patron.clone(), RemoveCard { user_id, payment_method: pm(n) }).ok())
            }
            Self::IsDetached(n) => {
                let requested = CardRemovalRequested { user_id, payment_method: pm(n) };
                told(|cx| cards::record_removal(cx, patron, requested, ())).ok()
            }
            Self::OpensAccount(payable) => {
                let requested = PayoutRequested { user_id, account: None };
                told(|cx| payouts::record_account_opened(cx, patron, requested, account(payable))).ok()
            }
            Self::AsksForOnboarding => {
                asked(&|cx| payouts::start_onboarding(cx, patron.clone(), StartOnboarding { user_id }).ok())
            }
            Self::OnboardingOpened(payable) => {
                let page = stripe::Page { url: url(), until: NOON };
                let requested = OnboardingRequested { user_id, number: 1 };
                told(|cx| payouts::record_onboarding_page(cx, patron, requested, (account(payable), page))).ok()
            }
            Self::AccountTold(n, at, payable) => {
                let (account, at) = (PayoutRef(format!("acct_{n}")), NOON + SignedDuration::from_secs(at));
                let told = RecordAccount { user_id, account, payable, at };
                asked(&|cx| payouts::record_account(cx, patron.clone(), told.clone()).ok())
            }
            Self::PayoutHeld(n, no_account) => {
                let code = if no_account { NO_ACCOUNT } else { "account_closed" }.to_owned();
                let held = PayoutHeld { order_id: order(n), runner_id: user_id, code, ..PayoutHeld::sample() };
                told(|cx| payouts::note_held(cx, patron, held)).ok()
            }
            Self::AccountReady => {
                let ready = PayoutAccountReady { user_id, account: PayoutRef("acct_1".into()) };
                told(|cx| payouts::retry_held(cx, patron, ready)).ok()
            }
            Self::Leaves => told(|cx| cards::record_forgotten(cx, patron, UserClosed { user_id }, ())).ok(),
        }
    }
}

static MAY_SAY: LazyLock<HashMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let service = crate::service(&Config::defaults()).expect("a service");
    service.reactions().iter().map(|row| (row.name, row.publishes.clone())).collect()
});

fn check_sound(patron: &Patron) -> Result<(), TestCaseError> {
    let methods: BTreeSet<_> = patron.cards.iter().map(|card| card.payment_method.as_str()).collect();
    prop_assert_eq!(methods.len(), patron.cards.len(), "a card is there twice");
    match patron.default.as_deref() {
        Some(default) => prop_assert!(methods.contains(default), "{default} is charged, which is not there"),
        None => prop_assert!(patron.cards.is_empty(), "nothing is charged, though there are cards"),
    }
    prop_assert!(patron.cards.is_empty() || patron.customer.is_some());
    Ok(())
}

proptest! {
    #![proptest_config(fuzz::config(500))]

    #[test]
    fn whatever_happens_to_a_patron_the_promises_hold(
        happenings in prop::collection::vec((happening(), anybody()), 1..60)
    ) {
        let mut patron: Option<Patron> = None;
        // What users was told: whether they can be paid.
        let mut payable = false;
        let mut waiting = BTreeSet::new();
        for (happening, who) in happenings {
            // Stripe knows nobody's cards before it knows them, and detaches what was asked of it.
            let customer = patron.as_ref().and_then(|patron| patron.customer.as_ref()).is_some();
            let asked = |n| patron.as_ref().is_some_and(|patron| patron.leaving.contains(&pm(n)));
            if matches!(happening, Happening::SetsUp(_, true)) && !customer {
                continue;
            }
            if let Happening::IsDetached(n) = happening && !asked(n) {
                continue;
            }
            let Some(change) = happening.apply(&who, patron.clone()) else { continue };
            let said = change.types();
            for kind in &said {
                prop_assert!(MAY_SAY[happening.row()].iter().any(|may| may == kind), "{:?} said {kind}", happening);
            }
            let next = change.state().cloned().or_else(|| patron.clone());
            if !happening.is_for(&who) {
                prop_assert!(next == patron && said.is_empty(), "{who} did {happening:?}");
            }
            if let Some(patron) = &next {
                check_sound(patron)?;
            }
            for kind in &said {
                match *kind {
                    "payments.payout_account_opened.v1" => { prop_assert!(!payable); payable = true; }
                    "payments.payout_account_closed.v1" => { prop_assert!(payable); payable = false; }
                    _ => {}
                }
            }
            prop_assert_eq!(next.as_ref().is_some_and(Patron::is_payable), payable, "users was told otherwise");
            // No payout that waits is forgotten, and none is tried twice for one account that became ready.
            if let Happening::PayoutHeld(n, _) = happening && said.is_empty() {
                waiting.insert(order(n));
            }
            if matches!(happening, Happening::AccountReady) {
                prop_assert_eq!(said.len(), waiting.len());
                waiting.clear();
            }
            prop_assert_eq!(next.as_ref().map(|patron| patron.held.clone()).unwrap_or_default(), waiting.clone());
            if !happening.counts() {
                let again = happening.apply(&who, next.clone());
                let state = again.and_then(|again| again.state().cloned()).or_else(|| next.clone());
                prop_assert_eq!(&state, &next, "{:?} again", happening);
            }
            patron = next;
        }
    }

    /// Webhooks of an account come in any order; what it is in the end is what Stripe said last.
    #[test]
    fn what_stripe_says_of_an_account_comes_to_the_same_in_any_order(
        said in Just((0..6_i64).collect::<Vec<_>>()).prop_shuffle(), payable in any::<[bool; 6]>(), first in any::<bool>(),
    ) {
        let stripe = Principal::System("stripe".into());
        let opened = Happening::OpensAccount(first).apply(&stripe, None).expect("opened");
        let mut patron = opened.state().cloned();
        for at in said {
            let told = Happening::AccountTold(1, at, payable[usize::try_from(at).expect("few")]);
            patron = told.apply(&stripe, patron.clone()).expect("recorded").state().cloned().or(patron);
        }
        prop_assert_eq!(patron.expect("a patron").is_payable(), payable[5]);
    }
}
