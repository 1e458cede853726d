//! Refunds: captured money on its way back to the card.
//!
//! See <https://docs.stripe.com/refunds>. What Stripe took for the charge is not given back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::balance::{self, Entry, Movement};
use crate::cards::Behaviour;
use crate::charges::Charge;
use crate::disputes;
use crate::error::Error;
use crate::events::{emit, emit_change};
use crate::form::Form;
use crate::money;
use crate::payment_intents::PaymentIntent;
use crate::store::{Resource, Store, new_id, wire};

/// How long the refund of a card that fails refunds looks like it succeeded.
const SECONDS_UNTIL_FAILURE: i64 = 2;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Refund {
    id: String,
    amount: i64,
    balance_transaction: Option<String>,
    charge: String,
    created: i64,
    currency: String,
    destination_details: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_balance_transaction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
    metadata: BTreeMap<String, String>,
    payment_intent: String,
    reason: Option<String>,
    receipt_number: Option<String>,
    source_transfer_reversal: Option<String>,
    status: String,
    transfer_reversal: Option<String>,
    /// When it turns out to have failed.
    #[serde(rename = "sandbox_fails_at")]
    fails_at: Option<i64>,
}

impl Resource for Refund {
    const OBJECT: &'static str = "refund";
    const PREFIX: &'static str = "re_";

    fn id(&self) -> &str {
        &self.id
    }

    fn due(&self) -> Option<i64> {
        self.fails_at.filter(|_| self.status != "failed")
    }
}

/// What to refund of a charge.
#[derive(Debug, Default)]
pub(crate) struct Order<'a> {
    /// Everything that is left, if absent.
    pub(crate) amount: Option<i64>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) metadata: BTreeMap<String, String>,
}

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(&[
        "amount",
        "charge",
        "metadata",
        "payment_intent",
        "reason",
        "refund_application_fee",
        "reverse_transfer",
    ])?;
    let amount = money::optional_amount(form, "amount")?;
    let reason = form.choice("reason", &["duplicate", "fraudulent", "requested_by_customer"])?;
    let metadata = form.metadata()?;
    let (reverse, refund_fee) = (form.flag("reverse_transfer")?, form.flag("refund_application_fee")?);
    let charge = charge_of(store, form)?;
    // Both are about destination charges; the sandbox has only separate charges and transfers.
    if reverse {
        let message = format!("The charge {} has no transfer of its own that could be reversed with it.", charge.id);
        return Err(Error::invalid(message).param("reverse_transfer"));
    }
    if refund_fee {
        let message = format!("The charge {} has no application fee that could be refunded.", charge.id);
        return Err(Error::invalid(message).param("refund_application_fee"));
    }
    make(store, charge, Order { amount, reason, metadata })
}

fn charge_of(store: &Store, form: &Form) -> Result<Charge, Error> {
    match (form.text("charge"), form.text("payment_intent")) {
        (Some(id), None) => store.find_param(id, "charge"),
        (None, Some(id)) => {
            let intent: PaymentIntent = store.find_param(id, "payment_intent")?;
            of_intent(store, &intent)
        }
        (Some(_), Some(_)) | (None, None) => {
            let message = "One of the following params should be provided for this request: payment_intent or charge.";
            Err(Error::invalid(message).code("parameter_missing"))
        }
    }
}

/// The charge of a PaymentIntent that money can be given back from.
pub(crate) fn of_intent(store: &Store, intent: &PaymentIntent) -> Result<Charge, Error> {
    let charge: Option<Charge> = intent.latest_charge.as_deref().and_then(|id| store.get(id));
    charge.filter(|charge| charge.captured).ok_or_else(|| {
        let message = format!("This PaymentIntent ({}) does not have a successful charge to refund.", intent.id);
        Error::invalid(message).code("payment_intent_unexpected_state")
    })
}

/// Gives money back, within what was captured and not given back yet.
pub(crate) fn make(store: &mut Store, mut charge: Charge, order: Order) -> Result<Value, Error> {
    let amount = refundable(store, &charge, order.amount)?;
    let id = new_id(Refund::PREFIX);
    let entry = Entry { movement: Movement::Refund, source: &id, amount: -amount, fee: 0, currency: &charge.currency };
    let refund = Refund {
        amount,
        balance_transaction: Some(balance::book_id(store, &entry)),
        charge: charge.id.clone(),
        created: store.now,
        currency: charge.currency.clone(),
        destination_details: json!({
            "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" },
            "type": "card",
        }),
        failure_balance_transaction: None,
        failure_reason: None,
        metadata: order.metadata,
        payment_intent: charge.payment_intent.clone(),
        reason: order.reason.map(str::to_owned),
        receipt_number: None,
        source_transfer_reversal: None,
        status: "succeeded".to_owned(),
        transfer_reversal: None,
        fails_at: (charge.behaviour(store) == Behaviour::RefundsFail).then_some(store.now + SECONDS_UNTIL_FAILURE),
        id,
    };
    let before = wire(&charge);
    charge.amount_refunded += amount;
    charge.refunded = charge.refundable() == 0;
    let charge = store.put(&charge);
    let value = store.put(&refund);
    emit(store, "refund.created", &value);
    emit_change(store, "charge.refunded", &before, &charge);
    Ok(value)
}

fn refundable(store: &Store, charge: &Charge, amount: Option<i64>) -> Result<i64, Error> {
    if !charge.captured {
        let message = format!(
            "The charge {} is not captured. Cancel its PaymentIntent ({}) to release the hold instead of refunding it.",
            charge.id, charge.payment_intent,
        );
        return Err(Error::invalid(message).code("payment_intent_unexpected_state"));
    }
    if disputes::is_charged_back(store, &charge.id) {
        let message = format!("The charge {} has been charged back; cannot issue a refund.", charge.id);
        return Err(Error::invalid(message).code("charge_disputed"));
    }
    let left = charge.refundable();
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", charge.id);
        return Err(Error::invalid(message).code("charge_already_refunded"));
    }
    let amount = amount.unwrap_or(left);
    if amount > left {
        let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).");
        return Err(Error::invalid(message).param("amount"));
    }
    Ok(amount)
}

pub(crate) fn update(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&["metadata"])?;
    let mut refund: Refund = store.find(id)?;
    let before = wire(&refund);
    form.update_metadata(&mut refund.metadata)?;
    let value = store.put(&refund);
    emit_change(store, "refund.updated", &before, &value);
    Ok(value)
}

/// Lets a refund fail that was to fail by now.
pub(crate) fn lapse(store: &mut Store, id: &str) {
    let Some(refund) = store.get::<Refund>(id) else { return };
    if refund.due().is_some_and(|due| due <= store.now) {
        bring_back(store, refund);
    }
}

/// Lets a refund fail: <https://docs.stripe.com/refunds#failed-refunds>. A second time changes nothing.
pub(crate) fn fail(store: &mut Store, id: &str) -> Result<Value, Error> {
    let refund: Refund = store.find(id)?;
    Ok(if refund.status == "failed" { wire(&refund) } else { bring_back(store, refund) })
}

fn bring_back(store: &mut Store, mut refund: Refund) -> Value {
    let before = wire(&refund);
    let entry = Entry {
        movement: Movement::RefundFailure,
        source: &refund.id,
        amount: refund.amount,
        fee: 0,
        currency: &refund.currency,
    };
    refund.failure_balance_transaction = Some(balance::book_id(store, &entry));
    refund.failure_reason = Some("lost_or_stolen_card".to_owned());
    refund.status = "failed".to_owned();
    if let Some(mut charge) = store.get::<Charge>(&refund.charge) {
        charge.amount_refunded -= refund.amount;
        charge.refunded = false;
        store.put(&charge);
    }
    let value = store.put(&refund);
    emit_change(store, "refund.updated", &before, &value);
    emit(store, "refund.failed", &value);
    value
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["charge", "created", "ending_before", "limit", "payment_intent", "starting_after"])?;
    store.list::<Refund>(form, "/v1/refunds", &["charge", "payment_intent"])
}
