//! Connected accounts: who is paid.
//!
//! An account is ready as soon as it is opened. With `metadata[sandbox]=restricted` it is like one whose owner has not
//! finished onboarding and cannot receive transfers; an update of that metadata changes it either way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::form::Form;
use crate::store::{Resource, Store, new_id};

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
    let mut account = Account {
        id: new_id(Account::PREFIX),
        business_type: form.text("business_type").map(str::to_owned),
        capabilities: requested_capabilities(form),
        charges_enabled: false,
        controller: controller(form)?,
        country: form.text("country").unwrap_or("US").to_owned(),
        created: store.now,
        default_currency: form.text("default_currency").unwrap_or("usd").to_owned(),
        details_submitted: false,
        email: form.text("email").map(str::to_owned),
        metadata: form.metadata()?,
        payouts_enabled: false,
        requirements: Value::Null,
        kind: kind.unwrap_or(if has_controller { "none" } else { "standard" }).to_owned(),
    };
    review(&mut account);
    Ok(store.put(&account))
}

pub(crate) fn update(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["metadata"])?;
    let mut account: Account = store.find(id)?;
    account.metadata.extend(form.metadata()?);
    // An empty value deletes its key, as everywhere in Stripe.
    account.metadata.retain(|_, value| !value.is_empty());
    review(&mut account);
    Ok(store.put(&account))
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
    Ok(json!({
        "type": "application",
        "is_controller": true,
        "fees": { "payer": payer.unwrap_or("account") },
        "losses": { "payments": losses.unwrap_or("stripe") },
        "requirement_collection": collection.unwrap_or("stripe"),
        "stripe_dashboard": { "type": dashboard.unwrap_or("full") },
    }))
}

/// Decides what the account may do.
fn review(account: &mut Account) {
    let restricted = account.metadata.get("sandbox").is_some_and(|value| value == "restricted");
    for status in account.capabilities.values_mut() {
        *status = if restricted { "inactive" } else { "active" }.to_owned();
    }
    account.payouts_enabled = !restricted;
    account.details_submitted = !restricted;
    account.charges_enabled = !restricted && account.capabilities.contains_key("card_payments");
    let due: &[&str] = if restricted { &["external_account", "individual.verification.document"] } else { &[] };
    account.requirements = json!({
        "alternatives": [],
        "current_deadline": null,
        "currently_due": due,
        "disabled_reason": restricted.then_some("requirements.past_due"),
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    });
}
