//! Every part of the platform, one line each.

use anyhow::Context as _;
use chassis::{Config, Service};

/// Something that `campusg serve` can run.
#[derive(Clone, Copy)]
pub struct Part {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// What a part is.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A table of reactions.
    Service(fn(&Config) -> anyhow::Result<Service>),
    /// HTTP for people and browsers.
    Gateway,
    /// The stand-in for Stripe.
    StripeSandbox,
}

/// The registry: a new service is one line here.
pub const PARTS: &[Part] = &[
    service("notifications", |_| Ok(notifications::service())),
    service("orders", orders::service),
    service("payments", payments::service),
    service("repairs", |_| Ok(repairs::service())),
    service("timers", |_| Ok(timers::service())),
    service("users", |_| Ok(users::service())),
    Part { name: "gateway", kind: Kind::Gateway },
    Part { name: "stripe-sandbox", kind: Kind::StripeSandbox },
];

const fn service(name: &'static str, new: fn(&Config) -> anyhow::Result<Service>) -> Part {
    Part { name, kind: Kind::Service(new) }
}

/// The part of this name.
#[must_use]
pub fn find(name: &str) -> Option<Part> {
    PARTS.iter().find(|part| part.name == name).copied()
}

/// The tables of these parts, as far as they have one.
///
/// # Errors
/// When a service's settings make no sense.
pub fn services_of(parts: &[Part], config: &Config) -> anyhow::Result<Vec<Service>> {
    let mut services = Vec::new();
    for part in parts {
        match part.kind {
            Kind::Service(new) => services.push(new(config).with_context(|| part.name)?),
            Kind::Gateway | Kind::StripeSandbox => {}
        }
    }
    Ok(services)
}

/// Every service's table.
///
/// # Errors
/// When a service's settings make no sense.
pub fn services(config: &Config) -> anyhow::Result<Vec<Service>> {
    services_of(PARTS, config)
}
