//! The accounts that runners are paid on, and the payouts that wait for them.

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::payments::{
    OnboardingReady, OnboardingRequested, PayoutAccountClosed, PayoutAccountOpened, PayoutHeld, RecordAccount,
    SettlementRetried, StartOnboarding,
};
use contracts::users::{PayoutAccountReady, PayoutRef, PayoutRequested};
use contracts::{OrderId, UserId};

use crate::facts::only_stripe;
use crate::fault::{fault, no_or_fault};
use crate::patron::{Account, Page, Patron, only};
use crate::refusal::Refusal;
use crate::settlement::NO_ACCOUNT;
use crate::stripe::{self, Stripe};

// --- accounts --------------------------------------------------------------------------------------------------------

/// The account that they have, or that they bring if Stripe knows it, or a new one. Who has one keeps it: nobody redirects
/// payouts by bringing another (predecessor.md B26).
pub(crate) async fn open_account(
    stripe: Arc<Stripe>,
    patron: Option<Patron>,
    requested: PayoutRequested,
) -> Result<stripe::Account, Fault> {
    let PayoutRequested { user_id, account } = requested;
    let known = patron.and_then(|patron| patron.account).map(|account| account.id);
    if let (None, Some(brought)) = (&known, account)
        && let Ok(account) =
            no_or_fault(stripe.label_account(&brought, user_id, &format!("{user_id}:label:{}", brought.0)).await)?
    {
        return Ok(account);
    }
    account_of(&stripe, known, user_id).await
}

async fn account_of(stripe: &Stripe, known: Option<PayoutRef>, user_id: UserId) -> Result<stripe::Account, Fault> {
    match known {
        Some(id) => stripe.account(&id).await.map_err(fault),
        None => stripe.open_account(user_id, &format!("{user_id}:account")).await.map_err(fault),
    }
}

pub(crate) fn record_account_opened(
    _: &Cx<'_>,
    patron: Option<Patron>,
    requested: PayoutRequested,
    account: stripe::Account,
) -> Result<Change<Patron>, Fault> {
    Ok(opened(Patron::or_new(patron, requested.user_id), account))
}

/// Says so only when it is news, and only when they can be paid (predecessor.md B07).
fn opened(mut patron: Patron, found: stripe::Account) -> Change<Patron> {
    let (user_id, was_payable) = (patron.user_id, patron.is_payable());
    let at = patron.account.and_then(|account| account.at);
    let stripe::Account { id, payable } = found;
    patron.account = Some(Account { id: id.clone(), payable, at });
    let change = Change::to(patron);
    match (was_payable, payable) {
        (false, true) => change.say(PayoutAccountOpened { user_id, account: id }),
        (true, false) => change.say(PayoutAccountClosed { user_id }),
        (true, true) | (false, false) => change,
    }
}

pub(crate) fn record_account(
    cx: &Cx<'_>,
    patron: Option<Patron>,
    told: RecordAccount,
) -> Result<Change<Patron>, Refusal> {
    only_stripe(&cx.principal)?;
    let RecordAccount { user_id: _, account: id, payable, at } = told;
    let patron = patron.ok_or(Refusal::UnknownAccount)?;
    let Some(account) = patron.account.clone().filter(|account| account.id == id) else {
        return Err(Refusal::UnknownAccount);
    };
    if account.at.is_some_and(|last| last > at) {
        return Ok(Change::none());
    }
    let patron_now = Patron { account: Some(Account { at: Some(at), ..account }), ..patron };
    Ok(opened(patron_now, stripe::Account { id, payable }))
}

// --- onboarding ------------------------------------------------------------------------------------------------------

pub(crate) fn start_onboarding(
    cx: &Cx<'_>,
    patron: Option<Patron>,
    asked: StartOnboarding,
) -> Result<Change<Patron>, Refusal> {
    let user_id = asked.user_id;
    only(user_id, &cx.principal)?;
    let mut patron = Patron::or_new(patron, user_id);
    patron.asked.onboarding_pages += 1;
    let number = patron.asked.onboarding_pages;
    Ok(Change::to(patron).say(OnboardingRequested { user_id, number }))
}

/// An account, and the page on which its owner completes it.
pub(crate) type Opened = (stripe::Account, stripe::Page);

pub(crate) async fn open_onboarding_page(
    stripe: Arc<Stripe>,
    patron: Option<Patron>,
    requested: OnboardingRequested,
) -> Result<Opened, Fault> {
    let OnboardingRequested { user_id, number } = requested;
    let known = patron.and_then(|patron| patron.account).map(|account| account.id);
    let account = account_of(&stripe, known, user_id).await?;
    let key = format!("{user_id}:onboarding:{number}");
    let page = stripe.open_onboarding_page(&account.id, &key).await.map_err(fault)?;
    Ok((account, page))
}

pub(crate) fn record_onboarding_page(
    _: &Cx<'_>,
    patron: Option<Patron>,
    requested: OnboardingRequested,
    (account, page): Opened,
) -> Result<Change<Patron>, Fault> {
    let OnboardingRequested { user_id, number } = requested;
    let mut patron = Patron::or_new(patron, user_id);
    patron.onboarding_page = Some(Page { number, url: page.url, until: page.until });
    Ok(opened(patron, account).say(OnboardingReady { user_id, number }))
}

// --- payouts that wait -----------------------------------------------------------------------------------------------

/// Remembers a payout that waits. One that nobody could try because there was no account, though there is one by now, goes
/// on at once; one that Stripe refused has its own deadline, or it would be refused in circles.
pub(crate) fn note_held(_: &Cx<'_>, patron: Option<Patron>, held: PayoutHeld) -> Result<Change<Patron>, Fault> {
    let mut patron = Patron::or_new(patron, held.runner_id);
    let payable = patron.account.clone().filter(|account| account.payable && held.code == NO_ACCOUNT);
    if let Some(account) = payable {
        return Ok(Change::none().say(retried(held.order_id, account.id)));
    }
    let news = patron.held.insert(held.order_id);
    Ok(if news { Change::to(patron) } else { Change::none() })
}

pub(crate) fn retry_held(
    _: &Cx<'_>,
    patron: Option<Patron>,
    ready: PayoutAccountReady,
) -> Result<Change<Patron>, Fault> {
    let Some(mut patron) = patron.filter(|patron| !patron.held.is_empty()) else { return Ok(Change::none()) };
    let held = std::mem::take(&mut patron.held);
    let again = held.into_iter().map(|order_id| retried(order_id, ready.account.clone()));
    Ok(again.fold(Change::to(patron), Change::say))
}

fn retried(order_id: OrderId, account: PayoutRef) -> SettlementRetried {
    SettlementRetried { order_id, account: Some(account) }
}
