//! The edge to Stripe, and the only file that knows async-stripe.
//!
//! Each function is one call under an idempotency key of the caller's, without retries of its own: trying again is the
//! reaction's business, with the same key. Whatever Stripe answers, only the state that was asked for is a success
//! (predecessor.md B64).
//!
//! Stripe remembers a refusal under its key as it remembers a success (at least 24 hours,
//! <https://docs.stripe.com/api/idempotent_requests>): after [`CallError::TryAgain`] use the same key, and to try again
//! after [`CallError::Refused`] use a new one, or the old refusal comes back although its cause is gone.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use stripe::{
    ApiErrors, ApiErrorsCode, ApiErrorsType, Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError,
    StripeRequest as _,
};
use stripe_connect::account::{
    CreateAccount, CreateAccountCapabilities, CreateAccountCapabilitiesTransfers, CreateAccountController,
    CreateAccountControllerFees, CreateAccountControllerFeesPayer, CreateAccountControllerLosses,
    CreateAccountControllerLossesPayments, CreateAccountControllerStripeDashboard,
    CreateAccountControllerStripeDashboardType,
};
use stripe_connect::transfer::CreateTransfer;
use stripe_core::customer::CreateCustomer;
use stripe_core::payment_intent::{
    CancelPaymentIntent, CapturePaymentIntent, CreatePaymentIntent, CreatePaymentIntentAutomaticPaymentMethods,
    CreatePaymentIntentAutomaticPaymentMethodsAllowRedirects, CreatePaymentIntentOffSession, RetrievePaymentIntent,
};
use stripe_core::{PaymentIntent, PaymentIntentCaptureMethod, PaymentIntentStatus};
use stripe_payment::payment_method::AttachPaymentMethod;
use stripe_types::Currency;

/// An error of any kind that can cross threads.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// How long one call may take. Stripe answers within a few seconds; a longer wait would only hold up the reaction.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Stripe, or the sandbox that speaks its protocol.
#[derive(Clone, Debug)]
pub struct Stripe {
    client: Client,
}

/// Money to hold on a customer's card until the order is delivered.
#[derive(Clone, Debug)]
pub struct Hold {
    /// In the currency's minor unit.
    pub amount_cents: i64,
    /// Three lower-case letters, such as `usd`.
    pub currency: String,
    /// Stripe's id of the customer, `cus_…`.
    pub customer: String,
    /// Stripe's id of a card attached to that customer, `pm_…`.
    pub payment_method: String,
    /// The order it is for: becomes the transfer group, and metadata for people who look into Stripe.
    pub order_id: String,
}

/// What became of a hold. A "no" of the bank is an outcome, not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldOutcome {
    /// The whole amount is held.
    Held {
        /// Stripe's id of the hold, `pi_…`.
        payment_intent: String,
    },
    /// The card was declined; nothing is held.
    Declined {
        /// The decline code where there is one, such as `insufficient_funds`; otherwise the error's code.
        code: String,
        /// A sentence that Stripe wrote for the customer.
        message: String,
    },
    /// The bank wants the customer (3-D Secure); nothing is held until they confirm.
    ActionRequired {
        /// Stripe's id of the hold to be, `pi_…`.
        payment_intent: String,
        /// What the customer's browser confirms it with.
        client_secret: ClientSecret,
    },
}

/// Lets whoever has it confirm the payment, so it never shows in a log (predecessor.md B18).
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(String);

/// A capture that took the whole amount asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Stripe's id of the charge that transfers are paid from, `ch_…`.
    pub charge: String,
}

/// Money to move from a captured charge to a runner.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// In the currency's minor unit.
    pub amount_cents: i64,
    /// Three lower-case letters, the same as the charge's.
    pub currency: String,
    /// Stripe's id of the runner's account, `acct_…`.
    pub destination: String,
    /// The charge it is paid from, `ch_…`; Stripe refuses transfers beyond its amount.
    pub source_charge: String,
    /// The order it is for.
    pub order_id: String,
}

/// Why a call did not end as asked.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody knows whether it happened, or it cannot happen right now. The same call with the same key will tell.
    #[error("stripe could not be asked, or did not answer")]
    TryAgain(#[source] BoxError),
    /// Stripe said no, or something else happened than was asked for. The same call will end the same.
    #[error("stripe refused: {code}: {message}")]
    Refused {
        /// Stripe's error code, or its type where it has no code; `payment_intent_<status>` for a PaymentIntent that
        /// is not where it should be, such as `payment_intent_succeeded` for a release that came after the capture.
        code: String,
        /// For operators, not for customers.
        message: String,
    },
}

/// An answer after which trying again helps, without the objects Stripe attaches: a PaymentIntent has its client secret.
#[derive(Debug, thiserror::Error)]
#[error("stripe answered {status} {code}: {message}")]
struct Unwell {
    status: u16,
    code: String,
    message: String,
}

impl Stripe {
    /// Talks to the API at `base_url` (`https://api.stripe.com`, or a sandbox's URL).
    ///
    /// # Errors
    ///
    /// The URL or the key cannot be used in a request.
    pub fn new(base_url: &str, secret_key: &str) -> Result<Self, BoxError> {
        Self::with_timeout(base_url, secret_key, TIMEOUT)
    }

    /// As [`Stripe::new`], giving up on each call after `timeout`.
    ///
    /// # Errors
    ///
    /// The URL or the key cannot be used in a request.
    pub fn with_timeout(base_url: &str, secret_key: &str, timeout: Duration) -> Result<Self, BoxError> {
        let client = ClientBuilder::new(secret_key).url(base_url).timeout(timeout).build()?;
        Ok(Self { client })
    }

    /// Opens a customer for a user and returns its id, `cus_…`.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn open_customer(&self, user_id: &str, key: &str) -> Result<String, CallError> {
        let request = CreateCustomer::new().metadata([("user_id".to_owned(), user_id.to_owned())]);
        let customer = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        Ok(customer.id.to_string())
    }

    /// Attaches a card to a customer and returns the id to charge it with, `pm_…`.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn attach_card(&self, customer: &str, payment_method: &str, key: &str) -> Result<String, CallError> {
        let request = AttachPaymentMethod::new(payment_method).customer(customer);
        let method = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        Ok(method.id.to_string())
    }

    /// Opens the account a runner is paid on and returns its id, `acct_…`.
    ///
    /// It can receive transfers as soon as the runner has done Stripe's onboarding.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn open_account(&self, user_id: &str, key: &str) -> Result<String, CallError> {
        let request = CreateAccount::new()
            .controller(express())
            .capabilities(transfers_only())
            .metadata([("user_id".to_owned(), user_id.to_owned())]);
        let account = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        Ok(account.id.to_string())
    }

    /// Holds money on a card without the customer being there.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; a declined card is no error.
    pub async fn hold(&self, hold: Hold, key: &str) -> Result<HoldOutcome, CallError> {
        let request = CreatePaymentIntent::new(hold.amount_cents, currency(&hold.currency))
            .capture_method(PaymentIntentCaptureMethod::Manual)
            .automatic_payment_methods(without_redirects())
            .confirm(true)
            .off_session(CreatePaymentIntentOffSession::Bool(true))
            .customer(hold.customer)
            .payment_method(hold.payment_method)
            .transfer_group(hold.order_id.as_str())
            .metadata([("order_id".to_owned(), hold.order_id)]);
        match request.customize().request_strategy(once(key)?).send(&self.client).await {
            Ok(intent) => held(intent, hold.amount_cents),
            Err(StripeError::Stripe(error, _)) if error.type_ == ApiErrorsType::CardError => Ok(declined(*error)),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a hold back. One that was given back before is a success too.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; `payment_intent_succeeded` says that the money was captured and has to be refunded instead.
    pub async fn release(&self, payment_intent: &str, key: &str) -> Result<(), CallError> {
        let request = CancelPaymentIntent::new(payment_intent);
        let answer = request.customize().request_strategy(once(key)?).send(&self.client).await;
        let intent = self.as_it_is_now(payment_intent, answer).await?;
        if intent.status == PaymentIntentStatus::Canceled { Ok(()) } else { Err(not_as_asked(&intent)) }
    }

    /// Takes `amount_cents` of a hold, once, and lets go of the rest. The same capture made before is a success too.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; `payment_intent_canceled` says that the hold is gone, `captured_amount_differs` that another
    /// amount was captured.
    pub async fn capture(&self, payment_intent: &str, amount_cents: i64, key: &str) -> Result<Captured, CallError> {
        let request = CapturePaymentIntent::new(payment_intent).amount_to_capture(amount_cents);
        let answer = request.customize().request_strategy(once(key)?).send(&self.client).await;
        let intent = self.as_it_is_now(payment_intent, answer).await?;
        captured(intent, amount_cents)
    }

    /// Pays a runner out of a captured charge and returns the transfer's id, `tr_…`.
    ///
    /// Only the key keeps it from happening twice, and Stripe forgets keys (after 24 hours at the earliest). Before
    /// trying again later than that, somebody has to look whether the order's transfer group has its transfer.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; `insufficient_capabilities_for_transfer` says that the runner cannot be paid yet.
    pub async fn transfer(&self, transfer: Transfer, key: &str) -> Result<String, CallError> {
        let request = CreateTransfer::new(currency(&transfer.currency), transfer.destination)
            .amount(transfer.amount_cents)
            .source_transaction(transfer.source_charge)
            .transfer_group(transfer.order_id.as_str())
            .metadata([("order_id".to_owned(), transfer.order_id)]);
        let made = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        if made.amount == transfer.amount_cents && !made.reversed {
            return Ok(made.id.to_string());
        }
        let message = format!("{} moved {} cents instead of {}", made.id, made.amount, transfer.amount_cents);
        Err(CallError::Refused { code: "transferred_amount_differs".to_owned(), message })
    }

    /// A PaymentIntent that is not where the call expected it may be where the call wanted it: our own call did it
    /// before a crash, and Stripe has forgotten the key since. So look.
    async fn as_it_is_now(
        &self,
        payment_intent: &str,
        answer: Result<PaymentIntent, StripeError>,
    ) -> Result<PaymentIntent, CallError> {
        match answer {
            Err(StripeError::Stripe(error, _)) if error.code == Some(ApiErrorsCode::PaymentIntentUnexpectedState) => {
                Ok(RetrievePaymentIntent::new(payment_intent).send(&self.client).await?)
            }
            answer => Ok(answer?),
        }
    }
}

impl ClientSecret {
    /// The secret itself, for the customer's own browser only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

impl From<StripeError> for CallError {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Stripe(error, status) if trying_again_helps(status) => {
                let (code, message) = code_and_message(*error);
                Self::TryAgain(Box::new(Unwell { status, code, message }))
            }
            StripeError::Stripe(error, _) => {
                let (code, message) = code_and_message(*error);
                Self::Refused { code, message }
            }
            // An answer that cannot be read may still be the answer to a call that was carried out.
            error @ (StripeError::JSONDeserialize(_)
            | StripeError::ClientError(_)
            | StripeError::ConfigError(_)
            | StripeError::Timeout) => Self::TryAgain(Box::new(error)),
        }
    }
}

/// 401 and 403 are about our key, not about this payment: once the key is mended, the same call goes through.
/// 409 is a key in use by a call that is still under way, 424 somebody Stripe depends on.
fn trying_again_helps(status: u16) -> bool {
    matches!(status, 401 | 403 | 409 | 424 | 429 | 500..)
}

fn code_and_message(error: ApiErrors) -> (String, String) {
    let code = error.code.as_ref().map_or_else(|| error.type_.to_string(), ToString::to_string);
    (code, error.message.unwrap_or_default())
}

fn held(intent: PaymentIntent, amount_cents: i64) -> Result<HoldOutcome, CallError> {
    if intent.status == PaymentIntentStatus::RequiresCapture && intent.amount_capturable == amount_cents {
        return Ok(HoldOutcome::Held { payment_intent: intent.id.to_string() });
    }
    let refused = not_as_asked(&intent);
    if intent.status == PaymentIntentStatus::RequiresAction {
        return action_required(intent).ok_or(refused);
    }
    Err(refused)
}

fn declined(error: ApiErrors) -> HoldOutcome {
    let decline_code = error.decline_code.clone();
    let asks_customer = error.code == Some(ApiErrorsCode::AuthenticationRequired);
    if let Some(outcome) = error.payment_intent.clone().filter(|_| asks_customer).and_then(action_required) {
        return outcome;
    }
    let (code, message) = code_and_message(error);
    HoldOutcome::Declined { code: decline_code.unwrap_or(code), message }
}

fn action_required(intent: PaymentIntent) -> Option<HoldOutcome> {
    let client_secret = ClientSecret(intent.client_secret?);
    Some(HoldOutcome::ActionRequired { payment_intent: intent.id.to_string(), client_secret })
}

fn captured(intent: PaymentIntent, amount_cents: i64) -> Result<Captured, CallError> {
    if intent.status != PaymentIntentStatus::Succeeded {
        return Err(not_as_asked(&intent));
    }
    if intent.amount_received != amount_cents {
        let message = format!("{} took {} cents instead of {amount_cents}", intent.id, intent.amount_received);
        return Err(CallError::Refused { code: "captured_amount_differs".to_owned(), message });
    }
    match intent.latest_charge {
        Some(charge) => Ok(Captured { charge: charge.into_id().to_string() }),
        None => Err(not_as_asked(&intent)),
    }
}

fn not_as_asked(intent: &PaymentIntent) -> CallError {
    let PaymentIntent { id, status, amount_capturable, .. } = intent;
    let message = format!("{id} is {status}, with {amount_capturable} cents to capture");
    CallError::Refused { code: format!("payment_intent_{status}"), message }
}

fn once(key: &str) -> Result<RequestStrategy, CallError> {
    match IdempotencyKey::new(key) {
        Ok(key) => Ok(RequestStrategy::Idempotent(key)),
        Err(error) => {
            Err(CallError::Refused { code: "idempotency_key_unusable".to_owned(), message: error.to_string() })
        }
    }
}

/// A currency Stripe does not know becomes its `Unknown`, and Stripe refuses it.
fn currency(code: &str) -> Currency {
    match code.parse() {
        Ok(currency) => currency,
        Err(never) => match never {},
    }
}

/// A payment method that sends the customer elsewhere makes no sense without the customer.
fn without_redirects() -> CreatePaymentIntentAutomaticPaymentMethods {
    CreatePaymentIntentAutomaticPaymentMethods {
        allow_redirects: Some(CreatePaymentIntentAutomaticPaymentMethodsAllowRedirects::Never),
        enabled: true,
    }
}

/// An account with Stripe's own small dashboard and onboarding, whose fees and losses are the platform's.
fn express() -> CreateAccountController {
    CreateAccountController {
        fees: Some(CreateAccountControllerFees { payer: Some(CreateAccountControllerFeesPayer::Application) }),
        losses: Some(CreateAccountControllerLosses {
            payments: Some(CreateAccountControllerLossesPayments::Application),
        }),
        requirement_collection: None,
        stripe_dashboard: Some(CreateAccountControllerStripeDashboard {
            type_: Some(CreateAccountControllerStripeDashboardType::Express),
        }),
    }
}

/// Runners are paid; they charge nobody.
fn transfers_only() -> CreateAccountCapabilities {
    CreateAccountCapabilities {
        transfers: Some(CreateAccountCapabilitiesTransfers { requested: Some(true) }),
        ..CreateAccountCapabilities::new()
    }
}
