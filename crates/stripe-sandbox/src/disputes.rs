//! Disputes: a cardholder asks the bank for the money, and the bank takes it until it has decided.
//!
//! See <https://docs.stripe.com/disputes/how-disputes-work>.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::balance::{self, Entry, Movement};
use crate::charges::Charge;
use crate::error::Error;
use crate::events::{emit, emit_change};
use crate::form::Form;
use crate::store::{Resource, Store, new_id, wire};

/// How long the platform may object.
const SECONDS_TO_RESPOND: i64 = 7 * 24 * 60 * 60;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Dispute {
    id: String,
    amount: i64,
    balance_transactions: Vec<Value>,
    charge: String,
    created: i64,
    currency: String,
    enhanced_eligibility_types: Vec<String>,
    evidence: Value,
    evidence_details: Value,
    is_charge_refundable: bool,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    payment_intent: String,
    reason: String,
    status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    NeedsResponse,
    Won,
    Lost,
}

/// How a dispute ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Won,
    Lost,
}

impl Resource for Dispute {
    const OBJECT: &'static str = "dispute";
    const PREFIX: &'static str = "dp_";

    fn id(&self) -> &str {
        &self.id
    }
}

/// Whether the bank has the money of this charge.
pub(crate) fn is_charged_back(store: &Store, charge: &str) -> bool {
    store.all::<Dispute>().any(|dispute| dispute["charge"] == charge && dispute["status"] != "won")
}

/// Opens a dispute about `amount` of a captured charge: the money is withdrawn at once, and a fee with it.
pub(crate) fn open(store: &mut Store, mut charge: Charge, amount: i64, reason: &str) -> Value {
    charge.disputed = true;
    store.put(&charge);
    let mut dispute = Dispute {
        id: new_id(Dispute::PREFIX),
        amount,
        balance_transactions: Vec::new(),
        charge: charge.id,
        created: store.now,
        currency: charge.currency,
        enhanced_eligibility_types: Vec::new(),
        evidence: json!({ "enhanced_evidence": {} }),
        evidence_details: json!({
            "due_by": store.now + SECONDS_TO_RESPOND,
            "enhanced_eligibility": {},
            "has_evidence": false,
            "past_due": false,
            "submission_count": 0,
        }),
        is_charge_refundable: false,
        livemode: false,
        metadata: BTreeMap::new(),
        payment_intent: charge.payment_intent,
        reason: reason.to_owned(),
        status: Status::NeedsResponse,
    };
    let fee = i64::from(store.terms.dispute_fee_cents);
    book(store, &mut dispute, Movement::Dispute, fee);
    let value = store.put(&dispute);
    emit(store, "charge.dispute.created", &value);
    emit(store, "charge.dispute.funds_withdrawn", &value);
    value
}

fn book(store: &mut Store, dispute: &mut Dispute, movement: Movement, fee: i64) {
    let amount = if matches!(movement, Movement::Dispute) { -dispute.amount } else { dispute.amount };
    let entry = Entry { movement, source: &dispute.id, amount, fee, currency: &dispute.currency };
    let transaction = balance::book(store, &entry);
    dispute.balance_transactions.push(transaction);
}

/// Closes a dispute. Won, the money comes back, without the fee. A second time changes nothing.
pub(crate) fn close(store: &mut Store, id: &str, verdict: Verdict) -> Result<Value, Error> {
    let mut dispute: Dispute = store.find(id)?;
    let before = wire(&dispute);
    dispute.status = match (dispute.status, verdict) {
        (Status::Won, Verdict::Won) | (Status::Lost, Verdict::Lost) => return Ok(before),
        (Status::Won, Verdict::Lost) | (Status::Lost, Verdict::Won) => {
            return Err(Error::invalid("This dispute is already closed."));
        }
        (Status::NeedsResponse, Verdict::Won) => Status::Won,
        (Status::NeedsResponse, Verdict::Lost) => Status::Lost,
    };
    if verdict == Verdict::Won {
        book(store, &mut dispute, Movement::DisputeReversal, 0);
    }
    let value = store.put(&dispute);
    emit_change(store, "charge.dispute.closed", &before, &value);
    if verdict == Verdict::Won {
        emit(store, "charge.dispute.funds_reinstated", &value);
    }
    Ok(value)
}

/// `POST /v1/disputes/<id>/close`: the platform gives in.
pub(crate) fn give_in(store: &mut Store, id: &str, form: &Form) -> Result<Value, Error> {
    form.only(&[])?;
    close(store, id, Verdict::Lost)
}

pub(crate) fn list(store: &Store, form: &Form) -> Result<Value, Error> {
    form.only(&["charge", "created", "ending_before", "limit", "payment_intent", "starting_after"])?;
    store.list::<Dispute>(form, "/v1/disputes", &["charge", "payment_intent"])
}
