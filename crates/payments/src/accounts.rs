//! What a person has at Stripe: a customer with a card, an account to be paid on.

use std::sync::Arc;

use chassis::{Change, Cx, Entity, Fault};
use contracts::payments::{CardKept, CardRefused, PayoutAccountOpened};
use contracts::users::{CardAdded, CardRef, PayoutRef, PayoutRequested};
use contracts::{Principal, UserId};
use serde::{Deserialize, Serialize};

use crate::payment::fault;
use crate::store::patrons as store;
use crate::stripe::{CallError, Stripe};

/// A person as Stripe knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patron {
    /// Who.
    pub user_id: UserId,
    /// Stripe's customer.
    pub customer: Option<String>,
    /// Stripe's Connect account.
    pub account: Option<PayoutRef>,
}

/// What keeping a card brought.
#[derive(Clone, Debug)]
pub(crate) enum Keeping {
    Kept(CardRef),
    Refused { customer: String, code: String, message: String },
}

pub(crate) async fn keep_card(stripe: Arc<Stripe>, patron: Option<Patron>, added: CardAdded) -> Result<Keeping, Fault> {
    let CardAdded { user_id, payment_method } = added;
    let customer = match patron.and_then(|patron| patron.customer) {
        Some(customer) => customer,
        None => {
            let key = format!("{user_id}:customer");
            stripe.open_customer(&user_id.to_string(), &key).await.map_err(fault)?
        }
    };
    let key = format!("{user_id}:card:{payment_method}");
    match stripe.attach_card(&customer, &payment_method, &key).await {
        Ok(payment_method) => Ok(Keeping::Kept(CardRef { customer, payment_method })),
        Err(CallError::Refused { code, message }) => Ok(Keeping::Refused { customer, code, message }),
        Err(error @ CallError::TryAgain(_)) => Err(fault(error)),
    }
}

pub(crate) fn record_card(
    _: &Cx<'_>,
    patron: Option<Patron>,
    added: CardAdded,
    keeping: Keeping,
) -> Result<Change<Patron>, Fault> {
    let user_id = added.user_id;
    let patron = patron.unwrap_or(Patron { user_id, customer: None, account: None });
    Ok(match keeping {
        Keeping::Kept(card) => {
            Change::to(Patron { customer: Some(card.customer.clone()), ..patron }).say(CardKept { user_id, card })
        }
        Keeping::Refused { customer, code, message } => {
            Change::to(Patron { customer: Some(customer), ..patron }).say(CardRefused { user_id, code, message })
        }
    })
}

pub(crate) async fn open_account(
    stripe: Arc<Stripe>,
    patron: Option<Patron>,
    requested: PayoutRequested,
) -> Result<PayoutRef, Fault> {
    if let Some(account) = patron.and_then(|patron| patron.account) {
        return Ok(account);
    }
    let user_id = requested.user_id;
    stripe.open_account(&user_id.to_string(), &format!("{user_id}:account")).await.map(PayoutRef).map_err(fault)
}

pub(crate) fn record_account(
    _: &Cx<'_>,
    patron: Option<Patron>,
    requested: PayoutRequested,
    account: PayoutRef,
) -> Result<Change<Patron>, Fault> {
    let user_id = requested.user_id;
    let patron = patron.unwrap_or(Patron { user_id, customer: None, account: None });
    let opened = PayoutAccountOpened { user_id, account: account.clone() };
    Ok(Change::to(Patron { account: Some(account), ..patron }).say(opened))
}

impl Entity for Patron {
    type Id = UserId;
    type Table = store::Entity;
    type View = ();

    fn id(&self) -> UserId {
        self.user_id
    }

    fn view(&self, _: u64, _: &Principal) {}
}
