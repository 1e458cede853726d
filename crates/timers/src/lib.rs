//! Says when the time of a deadline has come. It keeps nothing: the broker's delayed redelivery is its memory and its clock.

use chassis::Service;
use contracts::timers::{
    AcceptanceDeadline, ActionDeadline, ConsentDeadline, DeliveryDeadline, HoldDeadline, NoShowDeadline,
    ReconciliationDeadline, SettleDeadline,
};

/// The service.
#[must_use]
pub fn service() -> Service {
    Service::new("timers")
        .watches::<AcceptanceDeadline>()
        .watches::<ActionDeadline>()
        .watches::<ConsentDeadline>()
        .watches::<DeliveryDeadline>()
        .watches::<HoldDeadline>()
        .watches::<NoShowDeadline>()
        .watches::<ReconciliationDeadline>()
        .watches::<SettleDeadline>()
}
