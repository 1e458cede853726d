//! Payout accounts: opened and completed on pages of Stripe's.

use std::sync::Arc;

use contracts::payments::{Page, StartOnboarding};
use contracts::users::Role;
use poem::web::Data;
use poem_openapi::param::Header;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::auth::SignedIn;
use crate::docs::Tag;
use crate::idempotency::OptionalKey;
use crate::problem::{Documented, Failure};
use crate::refusals::{AWAY, AWAY_REPEAT, INTERNAL, PARKED, REUSED, Row, UNAUTHENTICATED, UNREADABLE};
use crate::scalars::Time;
use crate::{Shared, pages};

/// Whether somebody can be paid.
#[derive(Debug, Object)]
pub(crate) struct PayoutAccount {
    /// Whether there is an account, and Stripe pays to it.
    payable: bool,
}

/// Where an account is opened or completed.
#[derive(Debug, Object)]
pub(crate) struct OnboardingPage {
    /// Send the person here; Stripe sends them back.
    url: String,
    /// Until when the page can be used.
    until: Time,
    /// Whether they can be paid already.
    payable: bool,
}

impl OnboardingPage {
    fn new(page: Page, payable: bool) -> Self {
        Self { url: page.url, until: Time(page.until), payable }
    }
}

/// A page, or the promise of one.
#[derive(ApiResponse)]
pub(crate) enum Onboarding {
    /// The page is there.
    #[oai(status = 200)]
    Ready(Json<OnboardingPage>),
    /// Stored, but Stripe takes longer than the time to wait. Ask for another page in a while.
    #[oai(status = 202)]
    Stored,
}

pub(crate) struct Looking;

impl Documented for Looking {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, INTERNAL, AWAY];
}

pub(crate) struct Opening;

impl Documented for Opening {
    const PROBLEMS: &'static [Row] =
        &[UNREADABLE, UNAUTHENTICATED, (403, "`forbidden`: not a runner; `not_allowed`"), REUSED, PARKED, AWAY_REPEAT];
}

pub(crate) struct PayoutsApi;

#[OpenApi(tag = "Tag::Money")]
impl PayoutsApi {
    /// Can I be paid?
    #[oai(path = "/api/v1/payout-account", method = "get", operation_id = "getPayoutAccount")]
    async fn look(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
    ) -> Result<Json<PayoutAccount>, Failure<Looking>> {
        Ok(Json(PayoutAccount { payable: pages::of(shared, &caller).await?.payable }))
    }

    /// Open or complete my payout account
    ///
    /// For runners. Answers with a page of Stripe's on which that is done; Stripe tells the platform when it is.
    #[oai(path = "/api/v1/payout-account", method = "post", operation_id = "openPayoutAccount")]
    async fn open(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
        /// Makes repeating the request safe.
        #[oai(name = "Idempotency-Key")]
        key: OptionalKey,
        /// `wait=N`: seconds to wait for the page.
        #[oai(name = "Prefer", validator(max_length = 200))]
        prefer: Header<Option<String>>,
    ) -> Result<Onboarding, Failure<Opening>> {
        caller.must_be(Role::Runner)?;
        let id = key.message_id(&caller.principal(), "payments.start_onboarding");
        let intent = StartOnboarding { user_id: caller.user_id };
        let prefer = prefer.0.as_deref();
        let page = pages::new_page(shared, &caller, id, &intent, prefer, |pages| pages.onboarding, "onboarding_page");
        match page.await? {
            Some(page) => {
                let payable = pages::of(shared, &caller).await?.payable;
                Ok(Onboarding::Ready(Json(OnboardingPage::new(page, payable))))
            }
            None => Ok(Onboarding::Stored),
        }
    }
}
