//! What happens by itself when time passes: holds and sessions lapse, a refund turns out to have failed.
//!
//! Nothing waits for it: before every call, and every second, whatever is due by the sandbox's clock happens.

use crate::checkout::{self, Session};
use crate::payment_intents::{self, PaymentIntent};
use crate::refunds::{self, Refund};
use crate::store::{Resource, Store};

/// Lets happen what is due.
pub(crate) fn run(store: &mut Store) {
    while let Some(id) = store.take_due() {
        // Each looks at the object's state first: what was due may have been settled in time.
        if id.starts_with(PaymentIntent::PREFIX) {
            payment_intents::lapse(store, &id);
        } else if id.starts_with(Session::PREFIX) {
            checkout::lapse(store, &id);
        } else if id.starts_with(Refund::PREFIX) {
            refunds::lapse(store, &id);
        }
    }
}

/// Plans it all again after a restart.
pub(crate) fn plan(store: &mut Store) {
    store.plan::<PaymentIntent>();
    store.plan::<Session>();
    store.plan::<Refund>();
}
