//! How people pay and are paid: payments says which card and which account there are; users remembers them.

use chassis::{Change, Cx, Fault};
use contracts::payments::{CardChosen, CardKept, CardRemoved, PayoutAccountClosed, PayoutAccountOpened};
use contracts::users::{CardRef, PayoutAccountReady, PayoutRef};

use crate::user::{Reaction, User};

/// A new card is at Stripe: it is charged from now on.
///
/// # Errors
/// When nobody knows this person.
pub fn use_card(_: &Cx<'_>, user: Option<User>, kept: CardKept) -> Reaction {
    Ok(charge(known(user)?, Some(kept.card)))
}

/// They chose another of their cards.
///
/// # Errors
/// When nobody knows this person.
pub fn use_chosen_card(_: &Cx<'_>, user: Option<User>, chosen: CardChosen) -> Reaction {
    Ok(charge(known(user)?, Some(chosen.card)))
}

/// A card is gone. If it was the one that is charged, the next one is, if there is one.
///
/// # Errors
/// When nobody knows this person.
pub fn drop_card(_: &Cx<'_>, user: Option<User>, removed: CardRemoved) -> Reaction {
    let user = known(user)?;
    let is_current = user.card.as_ref().is_some_and(|card| card.payment_method == removed.payment_method);
    Ok(if is_current { charge(user, removed.next) } else { Change::none() })
}

/// Their payout account is open.
///
/// # Errors
/// When nobody knows this person.
pub fn use_payout_account(_: &Cx<'_>, user: Option<User>, opened: PayoutAccountOpened) -> Reaction {
    let user = known(user)?;
    let ready = PayoutAccountReady { user_id: user.id, account: opened.account.clone() };
    Ok(if user.closed { Change::none() } else { pay_to(user, Some(opened.account)).say(ready) })
}

/// Stripe wants something of them before they can be paid again.
///
/// # Errors
/// When nobody knows this person.
pub fn drop_payout_account(_: &Cx<'_>, user: Option<User>, _: PayoutAccountClosed) -> Reaction {
    Ok(pay_to(known(user)?, None))
}

/// Whoever is gone has no card any more, however late the news of one comes.
fn charge(user: User, card: Option<CardRef>) -> Change<User> {
    if user.closed || user.card == card { Change::none() } else { Change::to(User { card, ..user }) }
}

fn pay_to(user: User, payout: Option<PayoutRef>) -> Change<User> {
    if user.payout == payout { Change::none() } else { Change::to(User { payout, ..user }) }
}

fn known(user: Option<User>) -> Result<User, Fault> {
    user.ok_or_else(|| Fault::give_up("nobody knows this person"))
}
