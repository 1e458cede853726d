//! Who people are: made known by the platform, told of by the identity provider, shut out and let in by operators.

use chassis::{Change, Cx};
use contracts::users::{
    CardAdded, IdentityFact, PayoutRequested, Preferences, RecordIdentity, RegisterUser, ReinstateUser, Role,
    SetPreferences, SuspendUser, UserClosed, UserRegistered, UserReinstated, UserSuspended,
};
use contracts::{Principal, Text, UserId};
use jiff::Timestamp;

use crate::user::{Decision, Refusal, User};

/// The part of the platform that passes on what the identity provider says.
const PROVIDER: &str = "clerk";
/// What somebody is called who is gone.
const NOBODY: &str = "Deleted user";

/// Makes a person known; again with other words, changes the words.
///
/// # Errors
/// When somebody else than the platform asks, or the person is gone.
pub fn register(cx: &Cx<'_>, user: Option<User>, intent: RegisterUser) -> Decision {
    match cx.principal {
        Principal::System(_) => {}
        Principal::User(_) | Principal::Operator(_) | Principal::Finance(_) => return Err(Refusal::NotAllowed),
    }
    let RegisterUser { user_id, name, roles, payment_method, wants_payouts, payout_account } = intent;
    let known = user.clone().unwrap_or_else(|| User::new(user_id, name.clone(), roles.clone()));
    if known.closed {
        return Err(Refusal::Closed);
    }
    let (needs_card, needs_account) = (known.card.is_none(), known.payout.is_none());
    // Whoever the identity provider has spoken of is who it says: a first request that comes late knows less.
    let next = if known.recorded_at.is_some() { known } else { User { name, roles, ..known } };
    let mut change = become_known(user, next);
    if let Some(payment_method) = payment_method.filter(|_| needs_card) {
        change = change.say(CardAdded { user_id, payment_method });
    }
    if (wants_payouts || payout_account.is_some()) && needs_account {
        change = change.say(PayoutRequested { user_id, account: payout_account });
    }
    Ok(change)
}

/// Records what the identity provider says: in the order of its own times, and nothing after a farewell.
///
/// # Errors
/// When somebody else than the identity provider's webhook asks.
pub fn record_identity(cx: &Cx<'_>, user: Option<User>, intent: RecordIdentity) -> Decision {
    match &cx.principal {
        Principal::System(name) if name == PROVIDER => {}
        Principal::System(_) | Principal::User(_) | Principal::Operator(_) | Principal::Finance(_) => {
            return Err(Refusal::NotAllowed);
        }
    }
    if user.as_ref().is_some_and(|user| user.closed) {
        return Ok(Change::none());
    }
    let RecordIdentity { user_id, at, fact } = intent;
    match fact {
        IdentityFact::Known { name, roles, barred } => Ok(record_known(user, user_id, at, name, roles, barred)),
        // A farewell is never too late: the provider tells its time less precisely than that of other facts.
        IdentityFact::Deleted => Ok(Change::to(erased(user_id, at)).say(UserClosed { user_id })),
    }
}

fn record_known(
    user: Option<User>,
    user_id: UserId,
    at: Timestamp,
    name: Text<100>,
    roles: Vec<Role>,
    barred: bool,
) -> Change<User> {
    let known = user.clone().unwrap_or_else(|| User::new(user_id, name.clone(), roles.clone()));
    if known.recorded_at.is_some_and(|recorded_at| at < recorded_at) {
        return Change::none();
    }
    let was_shut_out = known.is_shut_out();
    let next = User { name, roles, barred, recorded_at: Some(at), ..known };
    let is_shut_out = next.is_shut_out();
    say_who_is_in(become_known(user, next), user_id, was_shut_out, is_shut_out)
}

/// The person's new state, and that they are known if that is news.
fn become_known(before: Option<User>, next: User) -> Change<User> {
    let registered = UserRegistered { user_id: next.id, roles: next.roles.clone() };
    match before {
        Some(before) if before == next => Change::none(),
        Some(before) if (&before.name, &before.roles) == (&next.name, &next.roles) => Change::to(next),
        Some(_) | None => Change::to(next).say(registered),
    }
}

/// What is left of somebody who is gone: that they are.
fn erased(user_id: UserId, at: Timestamp) -> User {
    let name = Text::new(NOBODY).expect("a constant of ours is a name");
    User { closed: true, recorded_at: Some(at), ..User::new(user_id, name, Vec::new()) }
}

/// Shuts a person out.
///
/// # Errors
/// When neither an operator nor the platform asks, or there is no such person, or no longer.
pub fn suspend(cx: &Cx<'_>, user: Option<User>, intent: SuspendUser) -> Decision {
    check_office(&cx.principal, intent.user_id)?;
    let user = present(user)?;
    let (user_id, was_shut_out) = (user.id, user.is_shut_out());
    if user.suspended.as_ref() == Some(&intent.reason) {
        return Ok(Change::none());
    }
    let next = User { suspended: Some(intent.reason), ..user };
    Ok(say_who_is_in(Change::to(next), user_id, was_shut_out, true))
}

/// Lets a person in again; not if the identity provider has shut them out as well.
///
/// # Errors
/// When neither an operator nor the platform asks, or there is no such person, or no longer.
pub fn reinstate(cx: &Cx<'_>, user: Option<User>, intent: ReinstateUser) -> Decision {
    check_office(&cx.principal, intent.user_id)?;
    let user = present(user)?;
    if user.suspended.is_none() {
        return Ok(Change::none());
    }
    let next = User { suspended: None, ..user };
    let (user_id, is_shut_out) = (next.id, next.is_shut_out());
    Ok(say_who_is_in(Change::to(next), user_id, true, is_shut_out))
}

/// Remembers how somebody likes it.
///
/// # Errors
/// When it is not themselves who ask, or there is no such person, or no longer, or the role is not theirs.
pub fn set_preferences(cx: &Cx<'_>, user: Option<User>, intent: SetPreferences) -> Decision {
    if cx.principal.user() != Some(intent.user_id) {
        return Err(Refusal::NotAllowed);
    }
    let user = present(user)?;
    let SetPreferences { user_id: _, role, language, available } = intent;
    if role.is_some_and(|role| !user.roles.contains(&role)) {
        return Err(Refusal::RoleNotHeld);
    }
    let old = &user.preferences;
    let preferences = Preferences {
        role: role.or(old.role),
        language: language.or_else(|| old.language.clone()),
        available: available.or(old.available),
    };
    if preferences == user.preferences {
        return Ok(Change::none());
    }
    Ok(Change::to(User { preferences, ..user }))
}

/// Two may shut a person out, and only the first and the last of that is news.
fn say_who_is_in(change: Change<User>, user_id: UserId, was_shut_out: bool, is_shut_out: bool) -> Change<User> {
    match (was_shut_out, is_shut_out) {
        (false, true) => change.say(UserSuspended { user_id }),
        (true, false) => change.say(UserReinstated { user_id }),
        (false, false) | (true, true) => change,
    }
}

/// Operators and the platform; nobody about themselves.
fn check_office(principal: &Principal, about: UserId) -> Result<(), Refusal> {
    match principal {
        Principal::Operator(id) if *id == about => Err(Refusal::NotAllowed),
        Principal::Operator(_) | Principal::System(_) => Ok(()),
        Principal::User(_) | Principal::Finance(_) => Err(Refusal::NotAllowed),
    }
}

fn present(user: Option<User>) -> Result<User, Refusal> {
    let user = user.ok_or(Refusal::NotFound)?;
    if user.closed { Err(Refusal::Closed) } else { Ok(user) }
}
