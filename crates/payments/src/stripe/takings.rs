//! Money from a customer's card: held, taken, charged at once, or let go.

use contracts::users::CardRef;
use contracts::{Cents, Currency, OrderId};
use stripe::{ApiErrors, ApiErrorsCode, ApiErrorsType, StripeError, StripeRequest as _};
use stripe_core::payment_intent::{
    CancelPaymentIntent, CapturePaymentIntent, CreatePaymentIntent, CreatePaymentIntentAutomaticPaymentMethods,
    CreatePaymentIntentAutomaticPaymentMethodsAllowRedirects, CreatePaymentIntentOffSession, ListPaymentIntent,
    RetrievePaymentIntent,
};
use stripe_core::{Charge, PaymentIntent, PaymentIntentCaptureMethod, PaymentIntentStatus};

use super::errors::code_and_message;
use super::{CallError, Stripe, about, currency, once};
use crate::Private;

/// Stripe's fee is on the balance transaction of the charge; expanding it saves two calls.
const WITH_FEE: &str = "latest_charge.balance_transaction";

/// Money to take from a customer's card.
#[derive(Clone, Debug)]
pub struct Take {
    /// The order it is for: becomes the transfer group, and metadata for people who look into Stripe.
    pub order_id: OrderId,
    /// How much.
    pub amount_cents: Cents,
    /// In what.
    pub currency: Currency,
    /// A card attached to its customer.
    pub card: CardRef,
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
        /// Where the customer's browser goes to confirm it; absent when the customer is not there.
        url: Option<Private>,
    },
    /// Neither: it is still under way, or another amount is held. Whoever does not want that has to let it go.
    Odd {
        /// Stripe's id of what is there, `pi_…`.
        payment_intent: String,
        /// `payment_intent_<status>`.
        code: String,
        /// For operators, not for customers.
        message: String,
    },
}

/// Money that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Stripe's id of the payment, `pi_…`.
    pub payment_intent: String,
    /// Stripe's id of the charge that transfers are paid from, `ch_…`.
    pub charge: String,
    /// How much.
    pub captured_cents: Cents,
    /// What Stripe keeps of it; absent while Stripe has not booked it.
    pub fee_cents: Option<Cents>,
}

impl Stripe {
    /// Holds money while the customer is there: their bank may ask them, on a page that leads back to the order's.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; a declined card is no error.
    pub async fn hold(&self, take: &Take, key: &str) -> Result<HoldOutcome, CallError> {
        let request = create(take)
            .capture_method(PaymentIntentCaptureMethod::Manual)
            .automatic_payment_methods(CreatePaymentIntentAutomaticPaymentMethods {
                allow_redirects: None,
                enabled: true,
            })
            .allowed_payment_method_types(vec![stripe_core::PaymentIntentAllowedPaymentMethodTypes::Card])
            .return_url(self.page(&format!("/orders/{}", take.order_id)));
        match self.confirm(request, take, key).await {
            // The key was used with other words: the page to come back to was another one before a restart. It is no "no"
            // of the bank; what that call made is there.
            Err(error @ CallError::Refused { .. }) if error.is_idempotency_conflict() => {
                self.earlier_hold(take).await?.ok_or(error)
            }
            outcome => outcome,
        }
    }

    /// The hold that an earlier call made for the same order.
    async fn earlier_hold(&self, take: &Take) -> Result<Option<HoldOutcome>, CallError> {
        let order_id = take.order_id.to_string();
        let request = ListPaymentIntent::new().customer(take.card.customer.as_str()).limit(100);
        let newest = request.send(&self.client).await?.data;
        let own = newest.into_iter().find(|intent| intent.metadata.get("order_id") == Some(&order_id));
        Ok(own.map(|intent| held(intent, take.amount_cents)))
    }

    /// Holds money without the customer being there.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; a declined card is no error.
    pub async fn hold_off_session(&self, take: &Take, key: &str) -> Result<HoldOutcome, CallError> {
        let request = create(take)
            .capture_method(PaymentIntentCaptureMethod::Manual)
            .automatic_payment_methods(without_redirects())
            .off_session(CreatePaymentIntentOffSession::Bool(true));
        self.confirm(request, take, key).await
    }

    /// Takes money at once without the customer being there.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; [`CallError::Refused`] has the bank's reason, and nothing was taken.
    pub async fn charge(&self, take: &Take, key: &str) -> Result<Captured, CallError> {
        let request = create(take)
            .capture_method(PaymentIntentCaptureMethod::Automatic)
            .automatic_payment_methods(without_redirects())
            .off_session(CreatePaymentIntentOffSession::Bool(true))
            .expand(vec![WITH_FEE.to_owned()]);
        match request.customize().request_strategy(once(key)?).send(&self.client).await {
            Ok(intent) => captured(intent, take.amount_cents),
            Err(StripeError::Stripe(error, _)) if error.type_ == ApiErrorsType::CardError => {
                let (code, message) = decline(*error);
                Err(CallError::Refused { code, message })
            }
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
    pub async fn capture(&self, payment_intent: &str, amount_cents: Cents, key: &str) -> Result<Captured, CallError> {
        let request = CapturePaymentIntent::new(payment_intent)
            .amount_to_capture(amount_cents.0)
            .expand(vec![WITH_FEE.to_owned()]);
        let answer = request.customize().request_strategy(once(key)?).send(&self.client).await;
        let intent = self.as_it_is_now(payment_intent, answer).await?;
        captured(intent, amount_cents)
    }

    /// What was taken with this PaymentIntent, whoever did it.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; `payment_intent_<status>` when nothing was.
    pub async fn taken(&self, payment_intent: &str) -> Result<Captured, CallError> {
        let intent = self.look(payment_intent).await?;
        let amount_cents = Cents(intent.amount_received);
        captured(intent, amount_cents)
    }

    async fn confirm(&self, request: CreatePaymentIntent, take: &Take, key: &str) -> Result<HoldOutcome, CallError> {
        match request.customize().request_strategy(once(key)?).send(&self.client).await {
            Ok(intent) => Ok(held(intent, take.amount_cents)),
            Err(StripeError::Stripe(error, _)) if error.type_ == ApiErrorsType::CardError => Ok(declined(*error)),
            Err(error) => Err(error.into()),
        }
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
                self.look(payment_intent).await
            }
            answer => Ok(answer?),
        }
    }

    async fn look(&self, payment_intent: &str) -> Result<PaymentIntent, CallError> {
        let request = RetrievePaymentIntent::new(payment_intent).expand(vec![WITH_FEE.to_owned()]);
        Ok(request.send(&self.client).await?)
    }
}

fn create(take: &Take) -> CreatePaymentIntent {
    CreatePaymentIntent::new(take.amount_cents.0, currency(take.currency))
        .confirm(true)
        .customer(take.card.customer.as_str())
        .payment_method(take.card.payment_method.as_str())
        .transfer_group(take.order_id.to_string())
        .metadata(about(take.order_id))
}

fn held(intent: PaymentIntent, amount_cents: Cents) -> HoldOutcome {
    if intent.status == PaymentIntentStatus::RequiresCapture && intent.amount_capturable == amount_cents.0 {
        return HoldOutcome::Held { payment_intent: intent.id.to_string() };
    }
    if intent.status == PaymentIntentStatus::RequiresAction {
        return action_required(intent);
    }
    let (code, message) = oddity(&intent);
    HoldOutcome::Odd { payment_intent: intent.id.to_string(), code, message }
}

fn declined(error: ApiErrors) -> HoldOutcome {
    let asks_customer = error.code == Some(ApiErrorsCode::AuthenticationRequired);
    if let Some(intent) = error.payment_intent.clone().filter(|_| asks_customer) {
        return action_required(intent);
    }
    let (code, message) = decline(error);
    HoldOutcome::Declined { code, message }
}

fn decline(error: ApiErrors) -> (String, String) {
    let decline_code = error.decline_code.clone();
    let (code, message) = code_and_message(error);
    (decline_code.unwrap_or(code), message)
}

fn action_required(intent: PaymentIntent) -> HoldOutcome {
    let redirect = intent.next_action.and_then(|action| action.redirect_to_url);
    let url = redirect.and_then(|redirect| redirect.url).map(Private::new);
    HoldOutcome::ActionRequired { payment_intent: intent.id.to_string(), url }
}

fn captured(intent: PaymentIntent, amount_cents: Cents) -> Result<Captured, CallError> {
    if intent.status != PaymentIntentStatus::Succeeded {
        return Err(not_as_asked(&intent));
    }
    if intent.amount_received != amount_cents.0 {
        let message = format!("{} took {} cents instead of {}", intent.id, intent.amount_received, amount_cents.0);
        return Err(CallError::refused("captured_amount_differs", message));
    }
    let payment_intent = intent.id.to_string();
    let refused = not_as_asked(&intent);
    let charge = intent.latest_charge.ok_or(refused)?;
    let fee_cents = charge.as_object().and_then(fee);
    let charge = charge.into_id().to_string();
    Ok(Captured { payment_intent, charge, captured_cents: amount_cents, fee_cents })
}

fn fee(charge: &Charge) -> Option<Cents> {
    let booked = charge.balance_transaction.as_ref()?.as_object()?;
    Some(Cents(booked.fee))
}

fn not_as_asked(intent: &PaymentIntent) -> CallError {
    let (code, message) = oddity(intent);
    CallError::refused(code, message)
}

fn oddity(PaymentIntent { id, status, amount_capturable, .. }: &PaymentIntent) -> (String, String) {
    (format!("payment_intent_{status}"), format!("{id} is {status}, with {amount_capturable} cents to capture"))
}

/// A payment method that sends the customer elsewhere makes no sense without the customer.
fn without_redirects() -> CreatePaymentIntentAutomaticPaymentMethods {
    CreatePaymentIntentAutomaticPaymentMethods {
        allow_redirects: Some(CreatePaymentIntentAutomaticPaymentMethodsAllowRedirects::Never),
        enabled: true,
    }
}
