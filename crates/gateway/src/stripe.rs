//! What Stripe tells us: signed webhooks, which become intents of payments under an id that follows from Stripe's own, so that
//! a delivery that is repeated changes nothing.
//!
//! How they are signed: <https://docs.stripe.com/webhooks#verify-manually>. Bodies are never logged.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use chassis::Config;
use contracts::payments::{FindPayment, RecordAccount, RecordCardSetup, RecordStripeEvent, Reversal, StripeFact};
use contracts::users::PayoutRef;
use contracts::{Cents, Intent, MessageId, OrderId, Principal, UserId};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use poem::http::StatusCode;
use poem::web::Data;
use poem_openapi::param::Header;
use poem_openapi::{ApiResponse, OpenApi};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sha2::Sha256;

use crate::Shared;
use crate::body::RawBody;
use crate::docs::Tag;
use crate::problem::{Documented, Failure, Problem};
use crate::refusals::Row;

/// Whose key and secret everybody knows.
const SANDBOX_KEY: &str = "sk_test_campusg_sandbox";
const SANDBOX_SECRET: &str = "whsec_campusg_sandbox";
/// Signatures that are looked at; Stripe sends two while a secret is being changed.
const SIGNATURES: usize = 8;

/// `[stripe]`, as far as webhooks go.
#[derive(Deserialize)]
struct Settings {
    key: String,
    webhook_secret: String,
    webhook_tolerance_s: u32,
}

/// Takes Stripe's webhooks.
pub(crate) struct Hook {
    secret: String,
    /// How old a signature may be, in seconds; any when zero.
    tolerance: i64,
}

impl Hook {
    /// Reads the secret from its setting.
    ///
    /// # Errors
    /// When the secret is missing, or known to everybody while the key is not.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let settings: Settings = config.section("stripe")?;
        ensure!(!settings.webhook_secret.is_empty(), "stripe.webhook_secret is empty: anybody could sign with it");
        ensure!(
            settings.key == SANDBOX_KEY || settings.webhook_secret != SANDBOX_SECRET,
            "stripe.key is a key of your own, so stripe.webhook_secret must be a secret of your own"
        );
        Ok(Self { secret: settings.webhook_secret, tolerance: settings.webhook_tolerance_s.into() })
    }

    /// Whether Stripe has signed this, and not long ago.
    fn check(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<(), Problem> {
        let parts = || signature.split(',').filter_map(|part| part.trim().split_once('='));
        let at = parts().find(|(name, _)| *name == "t").map(|(_, at)| at);
        let mut signatures = parts().filter(|(name, _)| *name == "v1").take(SIGNATURES);
        let is_good = at.is_some_and(|at| signatures.any(|(_, hex)| self.has_signed(at, body, hex)));
        let signed_at = at.and_then(|at| at.parse::<i64>().ok());
        let Some(signed_at) = signed_at.filter(|_| is_good) else {
            let detail = "This was not signed with the secret that is shared with Stripe.";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_signature", detail));
        };
        if self.tolerance > 0 && now.as_second().saturating_sub(signed_at) > self.tolerance {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "stale_webhook", "This was signed too long ago."));
        }
        Ok(())
    }

    /// In a time that does not depend on how much of it is right.
    fn has_signed(&self, at: &str, body: &[u8], hex: &str) -> bool {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()) else { return false };
        let mac = mac.chain_update(at).chain_update(b".").chain_update(body);
        bytes(hex).is_some_and(|signature| mac.verify_slice(&signature).is_ok())
    }
}

/// The 32 bytes of a signature.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    (0..64).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok()).collect()
}

/// An event of Stripe's, as far as it matters here.
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    /// Seconds since 1970.
    created: i64,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: Value,
}

/// What we wrote on Stripe's objects ourselves.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    order_id: Option<String>,
    user_id: Option<String>,
}

#[derive(Deserialize)]
struct PaymentIntent {
    id: String,
    #[serde(default, deserialize_with = "amount")]
    amount_capturable: i64,
    #[serde(default, deserialize_with = "amount")]
    amount_received: i64,
    latest_charge: Option<String>,
    cancellation_reason: Option<String>,
    last_payment_error: Option<PaymentError>,
}

#[derive(Default, Deserialize)]
struct PaymentError {
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
}

/// A refund or a dispute: both are about a charge.
#[derive(Deserialize)]
struct AboutCharge {
    id: String,
    #[serde(deserialize_with = "amount")]
    amount: i64,
    status: String,
    payment_intent: Option<String>,
}

#[derive(Deserialize)]
struct Transfer {
    id: String,
    reversals: Reversals,
}

#[derive(Deserialize)]
struct Reversals {
    data: Vec<OneReversal>,
}

#[derive(Deserialize)]
struct OneReversal {
    id: String,
    #[serde(deserialize_with = "amount")]
    amount: i64,
}

#[derive(Deserialize)]
struct CheckoutSession {
    mode: String,
    client_reference_id: Option<String>,
    setup_intent: Option<String>,
}

#[derive(Deserialize)]
struct Account {
    id: String,
    #[serde(default)]
    capabilities: Capabilities,
}

#[derive(Default, Deserialize)]
struct Capabilities {
    transfers: Option<String>,
}

/// The largest amount that Stripe knows, in the minor unit: eight digits
/// (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>), and some room.
const AMOUNT_MAX: i64 = 999_999_999_999;

/// An amount as Stripe writes it: whole, and never negative.
fn amount<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let amount = i64::deserialize(from)?;
    if (0..=AMOUNT_MAX).contains(&amount) {
        Ok(amount)
    } else {
        Err(serde::de::Error::custom("an amount that cannot be"))
    }
}

/// What an event means to us.
#[derive(Debug, PartialEq)]
enum Meaning {
    /// Something happened to an order's money. `stripe_id` finds the order if the object does not name it.
    Money { order_id: Option<OrderId>, stripe_id: String, fact: StripeFact },
    /// Somebody set up a card.
    Card(RecordCardSetup),
    /// Something is different about a payout account.
    Account(RecordAccount),
    /// Nothing.
    Nothing,
}

impl Event {
    /// # Errors
    /// When an object is not as Stripe's documentation has it.
    fn meaning(&self) -> Result<Meaning, serde_json::Error> {
        let meaning = match self.kind.as_str() {
            "payment_intent.amount_capturable_updated" => self.money(self.object()?, held),
            "payment_intent.payment_failed" => self.money(self.object()?, failed),
            "payment_intent.canceled" => self.money(self.object()?, canceled),
            "payment_intent.succeeded" => self.money(self.object()?, captured),
            "refund.created" | "refund.updated" | "refund.failed" => self.money(self.object()?, refunded),
            "charge.dispute.created"
            | "charge.dispute.updated"
            | "charge.dispute.funds_withdrawn"
            | "charge.dispute.funds_reinstated"
            | "charge.dispute.closed" => self.money(self.object()?, disputed),
            "transfer.reversed" => self.money(self.object()?, reversed),
            "checkout.session.completed" => self.card(self.object()?),
            "account.updated" => self.account(self.object()?)?,
            _ => Meaning::Nothing,
        };
        Ok(meaning)
    }

    fn object<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.data.object)
    }

    fn metadata(&self) -> Metadata {
        Metadata::deserialize(&self.data.object["metadata"]).unwrap_or_default()
    }

    fn money<T>(&self, object: T, fact: fn(T) -> Option<(String, StripeFact)>) -> Meaning {
        let order_id = self.metadata().order_id.and_then(|id| id.parse().ok());
        match fact(object) {
            Some((stripe_id, fact)) => Meaning::Money { order_id, stripe_id, fact },
            None => Meaning::Nothing,
        }
    }

    fn card(&self, session: CheckoutSession) -> Meaning {
        let user_id = session.client_reference_id.and_then(|id| id.parse().ok()).or_else(|| self.user_id());
        match (session.mode.as_str(), user_id, session.setup_intent) {
            ("setup", Some(user_id), Some(setup_intent)) => Meaning::Card(RecordCardSetup { user_id, setup_intent }),
            // A page of somebody else's.
            _ => Meaning::Nothing,
        }
    }

    fn account(&self, account: Account) -> Result<Meaning, serde_json::Error> {
        let Some(user_id) = self.user_id() else { return Ok(Meaning::Nothing) };
        let payable = account.capabilities.transfers.as_deref() == Some("active");
        let at = self.at()?;
        Ok(Meaning::Account(RecordAccount { user_id, account: PayoutRef(account.id), payable, at }))
    }

    fn user_id(&self) -> Option<UserId> {
        self.metadata().user_id?.parse().ok()
    }

    fn at(&self) -> Result<Timestamp, serde_json::Error> {
        Timestamp::from_second(self.created).map_err(serde::de::Error::custom)
    }
}

fn held(intent: PaymentIntent) -> Option<(String, StripeFact)> {
    let fact =
        StripeFact::Held { payment_intent: intent.id.clone(), capturable_cents: Cents(intent.amount_capturable) };
    Some((intent.id, fact))
}

fn failed(intent: PaymentIntent) -> Option<(String, StripeFact)> {
    let error = intent.last_payment_error.unwrap_or_default();
    let code = error.decline_code.or(error.code).unwrap_or_else(|| "payment_failed".to_owned());
    let message = error.message.unwrap_or_else(|| "The payment failed.".to_owned());
    Some((intent.id.clone(), StripeFact::Failed { payment_intent: intent.id, code, message }))
}

fn canceled(intent: PaymentIntent) -> Option<(String, StripeFact)> {
    let fact = StripeFact::Canceled { payment_intent: intent.id.clone(), reason: intent.cancellation_reason };
    Some((intent.id, fact))
}

fn captured(intent: PaymentIntent) -> Option<(String, StripeFact)> {
    let fact = StripeFact::Captured {
        payment_intent: intent.id.clone(),
        charge: intent.latest_charge?,
        captured_cents: Cents(intent.amount_received),
    };
    Some((intent.id, fact))
}

/// Of charges without a PaymentIntent there are none of ours.
fn refunded(refund: AboutCharge) -> Option<(String, StripeFact)> {
    let payment_intent = refund.payment_intent?;
    let fact = StripeFact::Refunded {
        payment_intent: payment_intent.clone(),
        refund: refund.id,
        amount_cents: Cents(refund.amount),
        status: refund.status,
    };
    Some((payment_intent, fact))
}

fn disputed(dispute: AboutCharge) -> Option<(String, StripeFact)> {
    let payment_intent = dispute.payment_intent?;
    let fact = StripeFact::Disputed {
        payment_intent: payment_intent.clone(),
        dispute: dispute.id,
        amount_cents: Cents(dispute.amount),
        status: dispute.status,
    };
    Some((payment_intent, fact))
}

fn reversed(transfer: Transfer) -> Option<(String, StripeFact)> {
    let reversals = transfer.reversals.data.into_iter();
    let reversals = reversals.map(|one| Reversal { id: one.id, amount_cents: Cents(one.amount) }).collect();
    Some((transfer.id.clone(), StripeFact::Reversed { transfer: transfer.id, reversals }))
}

/// How a webhook was received.
#[derive(ApiResponse)]
pub(crate) enum Taken {
    /// Stored, or nothing that matters here.
    #[oai(status = 204)]
    Taken,
}

pub(crate) struct Taking;

impl Documented for Taking {
    const PROBLEMS: &'static [Row] = &[
        (400, "`bad_signature`; `stale_webhook`: signed too long ago; `bad_event`: not as Stripe documents it"),
        (413, "`too_large`"),
        (500, "`internal`"),
        (503, "`broker_away`, `service_away`: deliver it again"),
    ];
    const RATED: bool = false;
}

pub(crate) struct StripeApi;

#[OpenApi(tag = "Tag::Webhooks")]
impl StripeApi {
    /// Stripe's webhook
    ///
    /// Takes what concerns orders, cards and payout accounts; everything else is received and ignored.
    #[oai(path = "/webhooks/stripe", method = "post", operation_id = "stripeWebhook")]
    async fn take(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        /// `t=…,v1=…`: when it was signed, and the signatures.
        #[oai(name = "Stripe-Signature", validator(max_length = 2_000))]
        signature: Header<Option<String>>,
        RawBody(body): RawBody,
    ) -> Result<Taken, Failure<Taking>> {
        // A header that is missing is as good as one that is wrong.
        shared.stripe.check(signature.0.as_deref().unwrap_or_default(), &body, shared.clock.now())?;
        // The cause stays out of the log: it may quote what it could not read.
        let bad_event = |_| Problem::new(StatusCode::BAD_REQUEST, "bad_event", "This is not an event of Stripe's.");
        let event: Event = serde_json::from_slice(&body).map_err(bad_event)?;
        match event.meaning().map_err(bad_event)? {
            Meaning::Nothing => {}
            Meaning::Card(intent) => record(shared, &event, None, &intent).await?,
            Meaning::Account(intent) => record(shared, &event, None, &intent).await?,
            Meaning::Money { order_id, stripe_id, fact } => {
                let at = event.at().map_err(bad_event)?;
                if let Some(order_id) = find(shared, order_id, stripe_id).await? {
                    record(shared, &event, Some(order_id), &RecordStripeEvent { order_id, at, fact }).await?;
                }
            }
        }
        Ok(Taken::Taken)
    }
}

/// The order that it is about; nothing if it is none of ours.
async fn find(shared: &Shared, named: Option<OrderId>, stripe_id: String) -> Result<Option<OrderId>, Problem> {
    if named.is_some() {
        return Ok(named);
    }
    match shared.ask(&FindPayment { stripe_id }).await? {
        Ok(found) => Ok(Some(found.order_id)),
        Err(refused) if refused.code == "not_found" => Ok(None),
        Err(refused) => Err(refused.into()),
    }
}

/// Hands it to payments. That the broker has stored it is enough: what payments makes of it is no business of Stripe's.
async fn record<I: Intent>(shared: &Shared, event: &Event, about: Option<OrderId>, intent: &I) -> Result<(), Problem> {
    let stripe = Principal::System("stripe".to_owned());
    let id = MessageId::of_request(&stripe, "webhook", &event.id);
    let id = about.map_or(id, |order_id| id.about(order_id));
    shared.connected().await?;
    shared.bus.intend(&stripe, id, intent, Duration::ZERO).await?;
    Ok(())
}
