//! Connected accounts: who is paid.
//!
//! A new account has to be onboarded on the hosted page before it can receive transfers; `Options` can make that
//! instant. As there are test cards, there are test accounts: any `acct_ready_…` exists and can be paid, any
//! `acct_restricted_…` exists and cannot. `metadata[sandbox]=restricted` makes an account one that cannot be paid, and
//! taking that away makes it ready.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::events::emit_change;
use crate::form::Form;
use crate::store::{Resource, Store, new_id, wire};

/// What ids of test accounts begin with, and how each stands.
const TEST_ACCOUNTS: &[(&str, Standing)] =
    &[("acct_ready_", Standing::Ready), ("acct_restricted_", Standing::Restricted)];

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    id: String,
    business_type: Option<String>,
    capabilities: BTreeMap<String, String>,
    charges_enabled: bool,
    controller: Value,
    country: String,
    created: i64,
    default_currency: String,
    details_submitted: bool,
    email: Option<String>,
    metadata: BTreeMap<String, String>,
    payouts_enabled: bool,
    requirements: Value,
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "sandbox_standing", default)]
    standing: Standing,
}

/// What the account may do, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// Opened, and its owner has not been through onboarding.
    Pending,
    #[default]
    Ready,
    /// Something about it is in doubt.
    Restricted,
}

impl Resource for Account {
    const OBJECT: &'static str = "account";
    const PREFIX: &'static str = "acct_";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Account {
    pub(crate) fn can_receive_transfers(&self) -> bool {
        self.capabilities.get("transfers").is_some_and(|status| status == "active")
    }
}

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(&[
        "business_type",
        "capabilities",
        "controller",
        "country",
        "default_currency",
        "email",
        "metadata",
        "type",
    ])?;
    let kind = form.choice("type", &["custom", "express", "standard"])?;
    let has_controller = ["fees][payer", "losses][payments", "requirement_collection", "stripe_dashboard][type"]
        .iter()
        .any(|inner| form.text(&format!("controller[{inner}]")).is_some());
    if kind.is_some() && has_controller {
        return Err(
            Error::invalid("You may not provide the `type` parameter and `controller` parameters.").param("type")
        );
    }
    let metadata = form.metadata()?;
    let standing = match metadata.get("sandbox").map(String::as_str) {
        Some("restricted") => Standing::Restricted,
        Some(_) | None if store.terms.instant_onboarding => Standing::Ready,
        Some(_) | None => Standing::Pending,
    };
    let mut account = Account {
        business_type: form.text("business_type").map(str::to_owned),
        capabilities: requested_capabilities(form),
        controller: controller(form)?,
        country: form.text("country").unwrap_or("US").to_owned(),
        default_currency: form.text("default_currency").unwrap_or("usd").to_owned(),
        email: form.text("email").map(str::to_owned),
        metadata,
        kind: kind.unwrap_or(if has_controller { "none" } else { "standard" }).to_owned(),
        ..new(new_id(Account::PREFIX), standing, store.now)
    };
    review(&mut account);
    Ok(store.put(&account))
}

fn new(id: String, standing: Standing, now: i64) -> Account {
    Account {
        id,
        business_type: None,
        capabilities: BTreeMap::new(),
        charges_enabled: false,
        controller: controller_of(None, None, None, None),
        country: "US".to_owned(),
        created: now,
        default_currency: "usd".to_owned(),
        details_submitted: false,
        email: None,
        metadata: BTreeMap::new(),
        payouts_enabled: false,
        requirements: Value::Null,
        kind: "express".to_owned(),
        standing,
    }
}

/// The account with this id; a test account is opened when it is first asked for.
pub(crate) fn get(store: &mut Store, id: &str) -> Option<Account> {
    if let Some(account) = store.get(id) {
        return Some(account);
    }
    let (_, standing) =
        TEST_ACCOUNTS.iter().find(|(start, _)| id.strip_prefix(start).is_some_and(|rest| !rest.is_empty()))?;
    let mut account = new(id.to_owned(), *standing, store.now);
    account.capabilities.insert("transfers".to_owned(), "inactive".to_owned());
    review(&mut account);
    store.put(&account);
    Some(account)
}

pub(crate) fn find(store: &mut Store, id: &str) -> Result<Account, Error> {
    get(store, id).ok_or_else(|| Error::no_such(Account::OBJECT, id))
}

pub(crate) fn retrieve(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    Ok(wire(&find(store, id)?))
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["created", "ending_before", "limit", "starting_after"])?;
    store.list::<Account>(form, "/v1/accounts", &[])
}

pub(crate) fn update(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["metadata"])?;
    let mut account = find(store, id)?;
    let before = wire(&account);
    form.update_metadata(&mut account.metadata)?;
    account.standing = match form.text("metadata[sandbox]") {
        Some("restricted") => Standing::Restricted,
        Some(_) => Standing::Ready,
        None => account.standing,
    };
    Ok(keep(store, account, &before))
}

/// Changes what an account may do, and tells so.
pub(crate) fn stand(store: &mut Store, id: &str, standing: Standing) -> Result<Value, Error> {
    let mut account = find(store, id)?;
    let before = wire(&account);
    account.standing = standing;
    Ok(keep(store, account, &before))
}

fn keep(store: &mut Store, mut account: Account, before: &Value) -> Value {
    review(&mut account);
    let value = store.put(&account);
    if value != *before {
        emit_change(store, "account.updated", before, &value);
    }
    value
}

/// `capabilities[transfers][requested]=true` and its like.
fn requested_capabilities(form: &Form) -> BTreeMap<String, String> {
    form.map("capabilities")
        .into_iter()
        .filter(|(_, requested)| requested == "true")
        .filter_map(|(name, _)| Some((name.strip_suffix("][requested")?.to_owned(), "inactive".to_owned())))
        .collect()
}

fn controller(form: &Form) -> Result<Value, Error> {
    let payer = form.choice("controller[fees][payer]", &["account", "application"])?;
    let losses = form.choice("controller[losses][payments]", &["application", "stripe"])?;
    let collection = form.choice("controller[requirement_collection]", &["application", "stripe"])?;
    let dashboard = form.choice("controller[stripe_dashboard][type]", &["express", "full", "none"])?;
    Ok(controller_of(payer, losses, collection, dashboard))
}

fn controller_of(
    payer: Option<&str>,
    losses: Option<&str>,
    collection: Option<&str>,
    dashboard: Option<&str>,
) -> Value {
    json!({
        "type": "application",
        "is_controller": true,
        "fees": { "payer": payer.unwrap_or("account") },
        "losses": { "payments": losses.unwrap_or("stripe") },
        "requirement_collection": collection.unwrap_or("stripe"),
        "stripe_dashboard": { "type": dashboard.unwrap_or("full") },
    })
}

/// Writes down what the account may do.
fn review(account: &mut Account) {
    let is_ready = account.standing == Standing::Ready;
    for status in account.capabilities.values_mut() {
        *status = if is_ready { "active" } else { "inactive" }.to_owned();
    }
    account.payouts_enabled = is_ready;
    account.details_submitted = is_ready;
    account.charges_enabled = is_ready && account.capabilities.contains_key("card_payments");
    let due: &[&str] = match account.standing {
        Standing::Ready => &[],
        Standing::Pending => &["external_account", "tos_acceptance.date", "tos_acceptance.ip"],
        Standing::Restricted => &["external_account", "individual.verification.document"],
    };
    account.requirements = json!({
        "alternatives": [],
        "current_deadline": null,
        "currently_due": due,
        "disabled_reason": (!is_ready).then_some("requirements.past_due"),
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    });
}
