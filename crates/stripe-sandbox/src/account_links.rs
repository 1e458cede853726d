//! Account links: the way to the hosted onboarding of a connected account.
//!
//! See <https://docs.stripe.com/api/account_links>. A link works once and for a few minutes; who comes later is sent to
//! the platform's `refresh_url`, which is expected to make a new one.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::accounts::{self, Standing};
use crate::error::Error;
use crate::form::Form;
use crate::store::{Resource, Store, new_id};

const SECONDS_VALID: i64 = 5 * 60;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AccountLink {
    id: String,
    account: String,
    created: i64,
    expires_at: i64,
    refresh_url: String,
    return_url: String,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Fresh,
    /// The page was opened; it is not opened again.
    Opened,
    /// The owner has left, one way or the other.
    Left,
}

/// What the account's owner does on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Finish,
    Leave,
}

impl Resource for AccountLink {
    const OBJECT: &'static str = "account_link";
    const PREFIX: &'static str = "link_";

    fn id(&self) -> &str {
        &self.id
    }
}

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(&["account", "collection_options", "refresh_url", "return_url", "type"])?;
    let id = form.required("account")?;
    let account = accounts::get(store, id).ok_or_else(|| Error::no_such_param("account", id, "account"))?;
    form.required("type")?;
    form.choice("type", &["account_onboarding"])?;
    let link = AccountLink {
        id: new_id(AccountLink::PREFIX),
        account: account.id().to_owned(),
        created: store.now,
        expires_at: store.now + SECONDS_VALID,
        refresh_url: form.required_url("refresh_url")?.to_owned(),
        return_url: form.required_url("return_url")?.to_owned(),
        state: State::Fresh,
    };
    store.put(&link);
    let url = format!("{}/hosted/onboarding/{}", store.terms.base_url, link.id);
    Ok(json!({ "object": AccountLink::OBJECT, "created": link.created, "expires_at": link.expires_at, "url": url }))
}

/// What a visitor of the link finds.
#[derive(Debug)]
pub(crate) enum Visit {
    /// The page about this account.
    Page { account: String },
    /// Nothing any more; the platform makes a new link there.
    TooLate { refresh_url: String },
}

pub(crate) fn open(store: &mut Store, id: &str) -> Result<Visit, Error> {
    let mut link: AccountLink = store.find(id)?;
    if link.state != State::Fresh || link.expires_at <= store.now {
        return Ok(Visit::TooLate { refresh_url: link.refresh_url });
    }
    link.state = State::Opened;
    store.put(&link);
    Ok(Visit::Page { account: link.account })
}

/// Ends the visit; returns where the owner goes.
pub(crate) fn leave(store: &mut Store, id: &str, choice: Choice) -> Result<String, Error> {
    let mut link: AccountLink = store.find(id)?;
    if link.state == State::Left || link.expires_at <= store.now {
        return Ok(link.refresh_url);
    }
    link.state = State::Left;
    store.put(&link);
    match choice {
        Choice::Finish => drop(accounts::stand(store, &link.account, Standing::Ready)?),
        Choice::Leave => {}
    }
    Ok(link.return_url)
}
