//! Faults that other systems have, put into the rules of notifications on purpose: for the museum (`crates/museum`).

use chassis::Service;
use contracts::notifications::Told;
use contracts::payments::PayoutHeld;

use crate::notice::{Notice, tell};

/// People are told again and again what they know.
#[must_use]
pub fn told_again(service: Service) -> Service {
    service.replacing("tell-payout-held", |service| {
        service
            .on_by("tell-payout-held", Notice::of::<PayoutHeld>, |cx, _, event: PayoutHeld| tell(cx, None, event))
            .publishes::<(Told,)>()
    })
}
