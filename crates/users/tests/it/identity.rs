//! Who people are, and who may say so.

use chassis::Change;
use contracts::users::{
    IdentityFact, PayoutRef, RecordIdentity, RegisterUser, ReinstateUser, Role, SetPreferences, SuspendUser,
};
use contracts::{Principal, UserId};
use jiff::SignedDuration;
use users::{Refusal, User, identity};

use crate::scene::*;

fn registration() -> RegisterUser {
    RegisterUser {
        user_id: id(),
        name: text("Ada"),
        roles: vec![Role::Customer],
        payment_method: None,
        wants_payouts: false,
        payout_account: None,
    }
}

#[track_caller]
fn register(user: Option<User>, intent: RegisterUser) -> Change<User> {
    ask(system("seed"), |cx| identity::register(cx, user, intent)).expect("registered")
}

fn known(name: &str, roles: &[Role], barred: bool) -> IdentityFact {
    IdentityFact::Known { name: text(name), roles: roles.to_vec(), barred }
}

fn record(user: Option<User>, after_seconds: i64, fact: IdentityFact) -> Change<User> {
    let intent = RecordIdentity { user_id: id(), at: T0 + SignedDuration::from_secs(after_seconds), fact };
    ask(system("clerk"), |cx| identity::record_identity(cx, user, intent)).expect("recorded")
}

fn suspend(user: Option<User>) -> Result<Change<User>, Refusal> {
    let intent = SuspendUser { user_id: id(), reason: text("fights") };
    ask(operator(), |cx| identity::suspend(cx, user, intent))
}

fn reinstate(user: Option<User>) -> Result<Change<User>, Refusal> {
    ask(operator(), |cx| identity::reinstate(cx, user, ReinstateUser { user_id: id() }))
}

// --- made known ------------------------------------------------------------------------------------------------------

#[test]
fn the_platform_makes_a_person_known() {
    check(&register(None, registration()), Some(&ada(&[Role::Customer])), &["registered"]);
}

#[test]
fn registering_again_changes_the_words_or_nothing() {
    let ada_now = ada(&[Role::Customer]);
    check(&register(Some(ada_now.clone()), registration()), None, &[]);
    let renamed = RegisterUser { name: text("Ada L."), ..registration() };
    let expected = User { name: text("Ada L."), ..ada_now.clone() };
    check(&register(Some(ada_now.clone()), renamed), Some(&expected), &["registered"]);
    let runs_too = RegisterUser { roles: vec![Role::Customer, Role::Runner], ..registration() };
    check(&register(Some(ada_now), runs_too), Some(&ada(&[Role::Customer, Role::Runner])), &["registered"]);
}

#[test]
fn nobody_registers_themselves_or_from_an_office() {
    for principal in [Principal::User(id()), operator(), finance()] {
        let decision = ask(principal, |cx| identity::register(cx, None, registration()));
        check_refused(decision, Refusal::NotAllowed);
    }
}

#[test]
fn a_card_and_an_account_that_somebody_brings_are_passed_on_until_they_have_one() {
    let account = PayoutRef("acct_ready_ray".into());
    let intent = RegisterUser {
        payment_method: Some("pm_card_visa".into()),
        payout_account: Some(account.clone()),
        ..registration()
    };
    let change = register(None, intent.clone());
    check(&change, Some(&ada(&[Role::Customer])), &["registered", "card_added", "payout_requested"]);
    assert_eq!(change.said()[2].1["account"], account.0);
    let has_both = User { roles: vec![Role::Customer], ..whole() };
    check(&register(Some(has_both), intent), None, &[]);
}

#[test]
fn who_wants_payouts_without_an_account_gets_one_opened() {
    let change = register(None, RegisterUser { wants_payouts: true, ..registration() });
    check(&change, Some(&ada(&[Role::Customer])), &["registered", "payout_requested"]);
    assert!(change.said()[1].1.get("account").is_none());
}

#[test]
fn two_people_of_one_name_are_two_people() {
    // predecessor.md B48: nothing here is unique but the id.
    let other = RegisterUser { user_id: UserId::of_subject("test", "another"), ..registration() };
    assert_ne!(register(None, other).state(), register(None, registration()).state());
}

// --- told of by the identity provider --------------------------------------------------------------------------------

#[test]
fn the_identity_provider_makes_people_known_and_changes_them() {
    let first = User { recorded_at: Some(T0), ..ada(&[Role::Customer]) };
    check(&record(None, 0, known("Ada", &[Role::Customer], false)), Some(&first), &["registered"]);
    let renamed = User { name: text("Ada L."), recorded_at: Some(T0 + SignedDuration::from_secs(5)), ..first.clone() };
    let change = record(Some(first.clone()), 5, known("Ada L.", &[Role::Customer], false));
    check(&change, Some(&renamed), &["registered"]);
    // The same again changes nothing: predecessor.md B50.
    check(&record(Some(first.clone()), 0, known("Ada", &[Role::Customer], false)), None, &[]);
    // Something that does not matter here changed: remembered, and no news.
    let change = record(Some(first.clone()), 5, known("Ada", &[Role::Customer], false));
    check(&change, Some(&User { recorded_at: Some(T0 + SignedDuration::from_secs(5)), ..first }), &[]);
}

#[test]
fn an_older_fact_than_the_last_one_is_dropped() {
    let user = User { recorded_at: Some(T0), ..ada(&[Role::Runner]) };
    check(&record(Some(user), -1, known("Old", &[Role::Customer], true)), None, &[]);
}

#[test]
fn cards_and_accounts_outlive_what_the_provider_says() {
    let change = record(Some(whole()), 0, known("Ada", &[Role::Operator], false));
    let expected = User { roles: vec![Role::Operator], recorded_at: Some(T0), ..whole() };
    check(&change, Some(&expected), &["registered"]);
}

#[test]
fn a_first_request_that_comes_after_the_provider_knows_less_than_it() {
    let user = User { recorded_at: Some(T0), ..ada(&[Role::Runner]) };
    check(&register(Some(user), RegisterUser { name: text("Student"), ..registration() }), None, &[]);
}

#[test]
fn whoever_the_provider_bars_is_shut_out_until_it_lets_them_in() {
    let roles = [Role::Customer];
    let change = record(None, 0, known("Ada", &roles, true));
    let inside = User { recorded_at: Some(T0), ..ada(&roles) };
    let outside = barred(inside.clone());
    check(&change, Some(&outside), &["registered", "suspended"]);
    check(&record(Some(inside.clone()), 0, known("Ada", &roles, true)), Some(&outside), &["suspended"]);
    check(&record(Some(outside.clone()), 0, known("Ada", &roles, false)), Some(&inside), &["reinstated"]);
    // Whom an operator has shut out as well stays out.
    let change = record(Some(suspended(outside)), 0, known("Ada", &roles, false));
    check(&change, Some(&suspended(inside)), &[]);
}

#[test]
fn who_is_deleted_there_is_erased_here_and_stays_so() {
    let user = User { ratings: 3, stars: 12, ..suspended(whole()) };
    let change = record(Some(user), 0, IdentityFact::Deleted);
    let left = User { closed: true, recorded_at: Some(T0), ..User::new(id(), text("Deleted user"), vec![]) };
    check(&change, Some(&left), &["closed"]);
    for late in [IdentityFact::Deleted, known("Ada", &[Role::Customer], false)] {
        check(&record(Some(left.clone()), 60, late), None, &[]);
    }
    let decision = ask(system("gateway"), |cx| identity::register(cx, Some(left), registration()));
    check_refused(decision, Refusal::Closed);
}

#[test]
fn a_farewell_counts_whenever_it_comes() {
    // Clerk tells the time of a deletion in whole seconds, so that it may seem older than the last change.
    let user = User { recorded_at: Some(T0), ..ada(&[Role::Customer]) };
    assert!(record(Some(user), -1, IdentityFact::Deleted).state().is_some_and(|user| user.closed));
    assert!(record(None, 0, IdentityFact::Deleted).state().is_some_and(|user| user.closed));
}

#[test]
fn only_the_identity_providers_webhook_records_identities() {
    for principal in [Principal::User(id()), operator(), finance(), system("seed"), system("gateway")] {
        let intent = RecordIdentity { user_id: id(), at: T0, fact: IdentityFact::Deleted };
        let decision = ask(principal, |cx| identity::record_identity(cx, Some(whole()), intent));
        check_refused(decision, Refusal::NotAllowed);
    }
}

// --- shut out and let in ---------------------------------------------------------------------------------------------

#[test]
fn an_operator_shuts_people_out_and_lets_them_in() {
    check(&suspend(Some(whole())).expect("done"), Some(&suspended(whole())), &["suspended"]);
    check(&reinstate(Some(suspended(whole()))).expect("done"), Some(&whole()), &["reinstated"]);
}

#[test]
fn doing_so_again_changes_nothing() {
    check(&suspend(Some(suspended(whole()))).expect("done"), None, &[]);
    check(&reinstate(Some(whole())).expect("done"), None, &[]);
    let otherwise = User { suspended: Some(text("another reason")), ..whole() };
    check(&suspend(Some(otherwise)).expect("done"), Some(&suspended(whole())), &[]);
}

#[test]
fn whom_the_provider_bars_no_operator_lets_in() {
    check(&suspend(Some(barred(whole()))).expect("done"), Some(&suspended(barred(whole()))), &[]);
    check(&reinstate(Some(suspended(barred(whole())))).expect("done"), Some(&barred(whole())), &[]);
}

#[test]
fn shutting_out_is_an_operators_office() {
    let suspension = || SuspendUser { user_id: id(), reason: text("fights") };
    for principal in [Principal::User(id()), finance()] {
        let decision = ask(principal.clone(), |cx| identity::suspend(cx, Some(whole()), suspension()));
        check_refused(decision, Refusal::NotAllowed);
        let again = ReinstateUser { user_id: id() };
        let decision = ask(principal, |cx| identity::reinstate(cx, Some(suspended(whole())), again));
        check_refused(decision, Refusal::NotAllowed);
    }
    assert!(ask(system("ops"), |cx| identity::suspend(cx, Some(whole()), suspension())).is_ok());
}

#[test]
fn who_is_not_there_cannot_be_shut_out() {
    check_refused(suspend(None), Refusal::NotFound);
    check_refused(reinstate(None), Refusal::NotFound);
    check_refused(suspend(Some(closed())), Refusal::Closed);
    check_refused(reinstate(Some(closed())), Refusal::Closed);
}

// --- how they like it ------------------------------------------------------------------------------------------------

fn wish() -> SetPreferences {
    SetPreferences { user_id: id(), role: None, language: None, available: None }
}

#[test]
fn preferences_are_merged() {
    let set = |user: User, wish| ask(Principal::User(id()), |cx| identity::set_preferences(cx, Some(user), wish));
    let first = set(whole(), SetPreferences { role: Some(Role::Runner), available: Some(false), ..wish() });
    let first = first.expect("set").state().cloned().expect("a person");
    let second = set(first, SetPreferences { language: Some(text("de")), available: Some(true), ..wish() });
    let second = second.expect("set").state().cloned().expect("a person");
    let preferences = &second.preferences;
    assert_eq!(
        (preferences.role, &preferences.language, preferences.available),
        (Some(Role::Runner), &Some(text("de")), Some(true))
    );
    let again = set(second, SetPreferences { language: Some(text("de")), ..wish() }).expect("set");
    check(&again, None, &[]);
}

#[test]
fn a_role_that_is_not_theirs_is_nobodys_preference() {
    let wish = SetPreferences { role: Some(Role::Operator), ..wish() };
    let decision = ask(Principal::User(id()), |cx| identity::set_preferences(cx, Some(whole()), wish));
    check_refused(decision, Refusal::RoleNotHeld);
}

#[test]
fn preferences_are_ones_own() {
    for principal in [Principal::User(UserId::of_subject("test", "mallory")), operator(), system("seed")] {
        let decision = ask(principal, |cx| identity::set_preferences(cx, Some(whole()), wish()));
        check_refused(decision, Refusal::NotAllowed);
    }
    let decision = |user| ask(Principal::User(id()), |cx| identity::set_preferences(cx, user, wish()));
    check_refused(decision(None), Refusal::NotFound);
    check_refused(decision(Some(closed())), Refusal::Closed);
}

// --- what was stored before ------------------------------------------------------------------------------------------

#[test]
fn a_person_who_was_stored_by_an_older_version_still_reads() {
    let stored = serde_json::json!({
        "id": id(), "name": "Ada", "roles": ["customer"], "card": null, "payout": "acct_1",
    });
    let user: User = serde_json::from_value(stored).expect("a person");
    assert_eq!(user, User { payout: Some(PayoutRef("acct_1".into())), ..ada(&[Role::Customer]) });
}
