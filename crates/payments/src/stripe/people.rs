//! What people have at Stripe: a customer with cards, an account to be paid on, and pages to fill in.

use contracts::users::PayoutRef;
use contracts::{Currency, UserId};
use jiff::Timestamp;
use stripe::{StripeError, StripeRequest as _};
use stripe_checkout::checkout_session::CreateCheckoutSession;
use stripe_connect::account::{
    CreateAccount, CreateAccountCapabilities, CreateAccountCapabilitiesTransfers, CreateAccountController,
    CreateAccountControllerFees, CreateAccountControllerFeesPayer, CreateAccountControllerLosses,
    CreateAccountControllerLossesPayments, CreateAccountControllerStripeDashboard,
    CreateAccountControllerStripeDashboardType, RetrieveAccount, UpdateAccount,
};
use stripe_connect::account_link::{CreateAccountLink, CreateAccountLinkType};
use stripe_connect::{Account as StripeAccount, AccountCapabilitiesStatus};
use stripe_core::SetupIntentStatus;
use stripe_core::customer::{CreateCustomer, DeleteCustomer};
use stripe_core::setup_intent::RetrieveSetupIntent;
use stripe_payment::PaymentMethod;
use stripe_payment::payment_method::{AttachPaymentMethod, DetachPaymentMethod, RetrievePaymentMethod};

use super::errors::is_missing;
use super::{CallError, Stripe, currency, once};
use crate::Private;

/// A card, as its owner recognises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Stripe's id to charge it with, `pm_…`.
    pub payment_method: String,
    /// `visa`, `mastercard`, ….
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: u32,
    /// Four digits.
    pub exp_year: u32,
}

/// A card that was set up on Stripe's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSetup {
    /// The customer it is attached to.
    pub customer: Option<String>,
    /// The card.
    pub card: Card,
}

/// A Connect account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Stripe's id, `acct_…`.
    pub id: PayoutRef,
    /// Whether money can be transferred to it.
    pub payable: bool,
}

/// A page of Stripe's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where.
    pub url: Private,
    /// Until when it can be used.
    pub until: Timestamp,
}

impl Stripe {
    /// Opens a customer for a user and returns its id, `cus_…`.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn open_customer(&self, user_id: UserId, key: &str) -> Result<String, CallError> {
        let request = CreateCustomer::new().metadata(of(user_id));
        let customer = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        Ok(customer.id.to_string())
    }

    /// Has Stripe forget a customer and their cards. One that is gone is a success too.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn forget_customer(&self, customer: &str, key: &str) -> Result<(), CallError> {
        let request = DeleteCustomer::new(customer);
        gone(request.customize().request_strategy(once(key)?).send(&self.client).await)
    }

    /// Attaches a card to a customer.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn attach_card(&self, customer: &str, payment_method: &str, key: &str) -> Result<Card, CallError> {
        let request = AttachPaymentMethod::new(payment_method).customer(customer);
        card(request.customize().request_strategy(once(key)?).send(&self.client).await?)
    }

    /// Takes a card away from its customer. One that is not there is a success too.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn detach_card(&self, payment_method: &str, key: &str) -> Result<(), CallError> {
        let request = DetachPaymentMethod::new(payment_method);
        match request.customize().request_strategy(once(key)?).send(&self.client).await {
            Err(StripeError::Stripe(..)) if self.is_detached(payment_method).await? => Ok(()),
            answer => gone(answer),
        }
    }

    /// Opens a page on which the customer sets up a card.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn open_card_page(&self, user_id: UserId, customer: &str, key: &str) -> Result<Page, CallError> {
        let request = CreateCheckoutSession::new()
            .mode(stripe_checkout::CheckoutSessionMode::Setup)
            // Without it Stripe does not know which kinds of payment to offer; nothing is charged. What is no card is
            // refused when it is looked up.
            .currency(currency(Currency::default()))
            .customer(customer)
            .client_reference_id(user_id.to_string())
            .success_url(self.page("/cards?setup=done"))
            .cancel_url(self.page("/cards?setup=cancelled"))
            .metadata(of(user_id));
        let session = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        let Some(url) = session.url else {
            return Err(CallError::refused("no_page", format!("{} has no page", session.id)));
        };
        page(url, session.expires_at)
    }

    /// The card that was set up on Stripe's page.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; `setup_intent_<status>` when none was.
    pub async fn set_up_card(&self, setup_intent: &str) -> Result<CardSetup, CallError> {
        let intent = RetrieveSetupIntent::new(setup_intent).send(&self.client).await?;
        let (Some(method), SetupIntentStatus::Succeeded) = (intent.payment_method, &intent.status) else {
            let message = format!("{} is {}", intent.id, intent.status);
            return Err(CallError::refused(format!("setup_intent_{}", intent.status), message));
        };
        let method = RetrievePaymentMethod::new(method.into_id()).send(&self.client).await?;
        Ok(CardSetup { customer: intent.customer.map(|customer| customer.into_id().to_string()), card: card(method)? })
    }

    /// Opens the account a runner is paid on. It can receive transfers as soon as the runner has done Stripe's onboarding.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn open_account(&self, user_id: UserId, key: &str) -> Result<Account, CallError> {
        let request = CreateAccount::new().controller(express()).capabilities(transfers_only()).metadata(of(user_id));
        Ok(account(&request.customize().request_strategy(once(key)?).send(&self.client).await?))
    }

    /// How an account stands.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn account(&self, id: &PayoutRef) -> Result<Account, CallError> {
        Ok(account(&RetrieveAccount::new(id.0.as_str()).send(&self.client).await?))
    }

    /// Writes on an account that somebody brought along whose it is, as it is written on those that are opened here: what
    /// Stripe says of it later is said with that name.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; `account_taken` when it is somebody else's.
    pub async fn label_account(&self, id: &PayoutRef, user_id: UserId, key: &str) -> Result<Account, CallError> {
        let found = RetrieveAccount::new(id.0.as_str()).send(&self.client).await?;
        let owner = found.metadata.and_then(|metadata| metadata.get("user_id").cloned());
        if owner.is_some_and(|owner| owner != user_id.to_string()) {
            return Err(CallError::refused("account_taken", format!("{} is somebody else's", found.id)));
        }
        let request = UpdateAccount::new(id.0.as_str()).metadata(of(user_id));
        Ok(account(&request.customize().request_strategy(once(key)?).send(&self.client).await?))
    }

    /// Opens a page on which a runner opens or completes their account.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn open_onboarding_page(&self, id: &PayoutRef, key: &str) -> Result<Page, CallError> {
        let request = CreateAccountLink::new(id.0.as_str(), CreateAccountLinkType::AccountOnboarding)
            .return_url(self.page("/earnings?onboarding=done"))
            .refresh_url(self.page("/earnings?onboarding=again"));
        let link = request.customize().request_strategy(once(key)?).send(&self.client).await?;
        page(link.url, link.expires_at)
    }

    async fn is_detached(&self, payment_method: &str) -> Result<bool, CallError> {
        match RetrievePaymentMethod::new(payment_method).send(&self.client).await {
            Ok(method) => Ok(method.customer.is_none()),
            Err(error) if is_missing(&error) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}

fn of(user_id: UserId) -> [(String, String); 1] {
    [("user_id".to_owned(), user_id.to_string())]
}

/// Whoever wants something gone does not mind that it is gone already.
fn gone<T>(answer: Result<T, StripeError>) -> Result<(), CallError> {
    match answer {
        Ok(_) => Ok(()),
        Err(error) if is_missing(&error) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn card(method: PaymentMethod) -> Result<Card, CallError> {
    let Some(card) = method.card else {
        return Err(CallError::refused("not_a_card", format!("{} is not a card", method.id)));
    };
    Ok(Card {
        payment_method: method.id.to_string(),
        brand: card.brand,
        last4: card.last4,
        exp_month: u32::try_from(card.exp_month).unwrap_or_default(),
        exp_year: u32::try_from(card.exp_year).unwrap_or_default(),
    })
}

fn account(account: &StripeAccount) -> Account {
    let transfers = account.capabilities.as_ref().and_then(|capabilities| capabilities.transfers.as_ref());
    let payable = transfers == Some(&AccountCapabilitiesStatus::Active);
    Account { id: PayoutRef(account.id.to_string()), payable }
}

fn page(url: String, until: i64) -> Result<Page, CallError> {
    match Timestamp::from_second(until) {
        Ok(until) => Ok(Page { url: Private::new(url), until }),
        Err(error) => Err(CallError::refused("bad_time", error.to_string())),
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
