//! People's cards: kept at Stripe, chosen, taken away (predecessor.md B29, B61).

use std::sync::Arc;

use chassis::{Change, Cx, Fault};
use contracts::UserId;
use contracts::payments::{
    CardChosen, CardKept, CardRefused, CardRemovalRequested, CardRemoved, CardSetUp, CardSetupReady,
    CardSetupRequested, ChooseCard, RecordCardSetup, RemoveCard, SetUpCard,
};
use contracts::users::{CardAdded, UserClosed};

use crate::facts::only_stripe;
use crate::fault::{fault, no_or_fault};
use crate::patron::{Card, Page, Patron, only};
use crate::payment::No;
use crate::refusal::Refusal;
use crate::stripe::{self, Stripe};

/// What keeping a card brought.
#[derive(Clone, Debug)]
pub(crate) struct Keeping {
    pub(crate) customer: Option<String>,
    pub(crate) kept: Result<stripe::Card, No>,
}

// --- a card that somebody brings -------------------------------------------------------------------------------------

pub(crate) async fn keep_card(stripe: Arc<Stripe>, patron: Option<Patron>, added: CardAdded) -> Result<Keeping, Fault> {
    let CardAdded { user_id, payment_method } = added;
    let customer = customer_of(&stripe, patron, user_id).await?;
    let key = format!("{user_id}:card:{payment_method}");
    let kept = no_or_fault(stripe.attach_card(&customer, &payment_method, &key).await)?;
    Ok(Keeping { customer: Some(customer), kept })
}

/// Their customer at Stripe; a new one the first time.
async fn customer_of(stripe: &Stripe, patron: Option<Patron>, user_id: UserId) -> Result<String, Fault> {
    match patron.and_then(|patron| patron.customer) {
        Some(customer) => Ok(customer),
        None => stripe.open_customer(user_id, &format!("{user_id}:customer")).await.map_err(fault),
    }
}

pub(crate) fn record_card(
    _: &Cx<'_>,
    patron: Option<Patron>,
    added: CardAdded,
    keeping: Keeping,
) -> Result<Change<Patron>, Fault> {
    Ok(kept(Patron::or_new(patron, added.user_id), keeping))
}

/// The newest card is the one that is charged.
fn kept(patron: Patron, keeping: Keeping) -> Change<Patron> {
    let user_id = patron.user_id;
    let mut patron = Patron { customer: keeping.customer.or(patron.customer), ..patron };
    match keeping.kept {
        Err(No { code, message }) => Change::to(patron).say(CardRefused { user_id, code, message }),
        Ok(stripe::Card { payment_method, brand, last4, exp_month, exp_year }) => {
            if patron.card(&payment_method).is_none() {
                let payment_method = payment_method.clone();
                patron.cards.push(Card { payment_method, brand, last4, exp_month, exp_year });
            }
            patron.default = Some(payment_method.clone());
            match patron.card(&payment_method) {
                Some(card) => Change::to(patron).say(CardKept { user_id, card }),
                None => Change::to(patron),
            }
        }
    }
}

// --- a card that is set up on Stripe's page ---------------------------------------------------------------------------

pub(crate) fn set_up_card(cx: &Cx<'_>, patron: Option<Patron>, asked: SetUpCard) -> Result<Change<Patron>, Refusal> {
    let user_id = asked.user_id;
    only(user_id, &cx.principal)?;
    let mut patron = Patron::or_new(patron, user_id);
    patron.asked.card_pages += 1;
    let number = patron.asked.card_pages;
    Ok(Change::to(patron).say(CardSetupRequested { user_id, number }))
}

/// A page, and whose customer it is for.
pub(crate) type Opened = (String, stripe::Page);

pub(crate) async fn open_setup_page(
    stripe: Arc<Stripe>,
    patron: Option<Patron>,
    requested: CardSetupRequested,
) -> Result<Opened, Fault> {
    let CardSetupRequested { user_id, number } = requested;
    let customer = customer_of(&stripe, patron, user_id).await?;
    let key = format!("{user_id}:card-page:{number}");
    let page = stripe.open_card_page(user_id, &customer, &key).await.map_err(fault)?;
    Ok((customer, page))
}

pub(crate) fn record_setup_page(
    _: &Cx<'_>,
    patron: Option<Patron>,
    requested: CardSetupRequested,
    (customer, page): Opened,
) -> Result<Change<Patron>, Fault> {
    let CardSetupRequested { user_id, number } = requested;
    let patron = Patron::or_new(patron, user_id);
    let card_page = Some(Page { number, url: page.url, until: page.until });
    let ready = CardSetupReady { user_id, number };
    Ok(Change::to(Patron { customer: Some(customer), card_page, ..patron }).say(ready))
}

pub(crate) fn record_card_setup(
    cx: &Cx<'_>,
    _: Option<Patron>,
    told: RecordCardSetup,
) -> Result<Change<Patron>, Refusal> {
    only_stripe(&cx.principal)?;
    let RecordCardSetup { user_id, setup_intent } = told;
    Ok(Change::none().say(CardSetUp { user_id, setup_intent }))
}

pub(crate) async fn look_up_card(
    stripe: Arc<Stripe>,
    patron: Option<Patron>,
    set_up: CardSetUp,
) -> Result<Keeping, Fault> {
    let customer = patron.and_then(|patron| patron.customer);
    let kept = match no_or_fault(stripe.set_up_card(&set_up.setup_intent).await)? {
        Ok(setup) if setup.customer.is_some() && setup.customer == customer => Ok(setup.card),
        Ok(_) => Err(somebody_elses()),
        Err(no) => Err(no),
    };
    Ok(Keeping { customer, kept })
}

fn somebody_elses() -> No {
    No { code: "not_your_card".to_owned(), message: "This card was set up for somebody else.".to_owned() }
}

pub(crate) fn record_set_up_card(
    _: &Cx<'_>,
    patron: Option<Patron>,
    set_up: CardSetUp,
    keeping: Keeping,
) -> Result<Change<Patron>, Fault> {
    let patron = Patron::or_new(patron, set_up.user_id);
    let known = keeping.kept.as_ref().is_ok_and(|card| patron.card(&card.payment_method).is_some());
    // Stripe tells of a card twice: as a setup intent and as a page that was filled in.
    Ok(if known { Change::none() } else { kept(patron, keeping) })
}

// --- choosing and removing -------------------------------------------------------------------------------------------

pub(crate) fn choose_card(cx: &Cx<'_>, patron: Option<Patron>, chosen: ChooseCard) -> Result<Change<Patron>, Refusal> {
    let ChooseCard { user_id, payment_method } = chosen;
    only(user_id, &cx.principal)?;
    let patron = patron.ok_or(Refusal::NoSuchCard)?;
    let card = patron.card(&payment_method).ok_or(Refusal::NoSuchCard)?;
    if patron.default.as_deref() == Some(payment_method.as_str()) {
        return Ok(Change::none());
    }
    Ok(Change::to(Patron { default: Some(payment_method), ..patron }).say(CardChosen { user_id, card }))
}

pub(crate) fn remove_card(cx: &Cx<'_>, patron: Option<Patron>, asked: RemoveCard) -> Result<Change<Patron>, Refusal> {
    let RemoveCard { user_id, payment_method } = asked;
    only(user_id, &cx.principal)?;
    let mut patron = patron.ok_or(Refusal::NoSuchCard)?;
    patron.card(&payment_method).ok_or(Refusal::NoSuchCard)?;
    patron.cards.retain(|card| card.payment_method != payment_method);
    if patron.default.as_deref() == Some(payment_method.as_str()) {
        patron.default = patron.cards.last().map(|card| card.payment_method.clone());
    }
    patron.leaving.insert(payment_method.clone());
    Ok(Change::to(patron).say(CardRemovalRequested { user_id, payment_method }))
}

pub(crate) async fn detach_card(
    stripe: Arc<Stripe>,
    _: Option<Patron>,
    requested: CardRemovalRequested,
) -> Result<(), Fault> {
    let CardRemovalRequested { user_id, payment_method } = requested;
    stripe.detach_card(&payment_method, &format!("{user_id}:detach:{payment_method}")).await.map_err(fault)
}

pub(crate) fn record_removal(
    _: &Cx<'_>,
    patron: Option<Patron>,
    requested: CardRemovalRequested,
    (): (),
) -> Result<Change<Patron>, Fault> {
    let CardRemovalRequested { user_id, payment_method } = requested;
    let mut patron = Patron::or_new(patron, user_id);
    patron.leaving.remove(&payment_method);
    let next = patron.default.clone().and_then(|default| patron.card(&default));
    Ok(Change::to(patron).say(CardRemoved { user_id, payment_method, next }))
}

// --- somebody who leaves ---------------------------------------------------------------------------------------------

pub(crate) async fn forget(stripe: Arc<Stripe>, patron: Option<Patron>, closed: UserClosed) -> Result<(), Fault> {
    let Some(customer) = patron.and_then(|patron| patron.customer) else { return Ok(()) };
    // Their cards go with them.
    stripe.forget_customer(&customer, &format!("{}:forget", closed.user_id)).await.map_err(fault)
}

/// The payout account stays known: it is a contract between the person and Stripe, and a payout may be under way.
pub(crate) fn record_forgotten(
    _: &Cx<'_>,
    patron: Option<Patron>,
    closed: UserClosed,
    (): (),
) -> Result<Change<Patron>, Fault> {
    let Some(Patron { account, held, asked, .. }) = patron else { return Ok(Change::none()) };
    Ok(Change::to(Patron { account, held, asked, ..Patron::new(closed.user_id) }))
}
