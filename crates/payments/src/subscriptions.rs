//! What payments reacts to.

use std::sync::Arc;

use chassis::{Config, Service};
use contracts::payments::{
    CaptureFailed, CardKept, CardRefused, PaymentAuthorized, PaymentCaptured, PaymentDeclined, PaymentReleased,
    PayoutAccountOpened, PayoutHeld, PayoutSent,
};
use serde::Deserialize;

use crate::accounts::{self, Patron};
use crate::payment::{self, Payment};
use crate::{migrations, stripe::Stripe};

/// `[stripe]`
#[derive(Deserialize)]
struct Settings {
    url: String,
    key: String,
}

/// The service.
///
/// # Errors
/// When Stripe's address or key make no sense.
pub fn service(config: &Config) -> anyhow::Result<Service> {
    let settings: Settings = config.section("stripe")?;
    let stripe = Stripe::new(&settings.url, &settings.key).map_err(anyhow::Error::from_boxed)?;
    Ok(table(&Arc::new(stripe)))
}

fn table(stripe: &Arc<Stripe>) -> Service {
    Service::new("payments")
        .entity::<Payment>()
        .entity::<Patron>()
        .migrations(migrations::all)
        // forward
        .effect("authorize", with(stripe, payment::hold), payment::record_hold)
        .publishes::<(PaymentAuthorized, PaymentDeclined)>()
        .effect("settle", with(stripe, payment::capture_and_transfer), payment::record_settlement)
        .publishes::<(PaymentCaptured, PayoutSent, PayoutHeld, CaptureFailed)>()
        // back
        .effect("release-hold", with(stripe, payment::release_cancelled), payment::record_release)
        .publishes::<(PaymentReleased,)>()
        .effect("release-late-hold", with(stripe, payment::release_late), payment::record_late_release)
        .publishes::<(PaymentReleased,)>()
        // cards and accounts
        .effect("keep-card", with(stripe, accounts::keep_card), accounts::record_card)
        .publishes::<(CardKept, CardRefused)>()
        .effect("open-payout-account", with(stripe, accounts::open_account), accounts::record_account)
        .publishes::<(PayoutAccountOpened,)>()
}

/// Gives a call its Stripe.
fn with<E, M, Called>(
    stripe: &Arc<Stripe>,
    call: fn(Arc<Stripe>, Option<E>, M) -> Called,
) -> impl Fn(Option<E>, M) -> Called + Send + Sync + 'static
where
    E: 'static,
    M: 'static,
    Called: 'static,
{
    let stripe = Arc::clone(stripe);
    move |entity, message| call(Arc::clone(&stripe), entity, message)
}
