//! Says when the time of a deadline has come. It keeps nothing: the broker's delayed redelivery is its memory and its clock.

use chassis::Service;
use contracts::timers::{AcceptanceDeadline, DeliveryDeadline};

/// The service.
#[must_use]
pub fn service() -> Service {
    Service::new("timers").watches::<AcceptanceDeadline>().watches::<DeliveryDeadline>()
}
