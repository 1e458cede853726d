//! Who is told what: the whole table. A row reads "of this event, these people are told that".

use contracts::notifications::News;
use contracts::orders::{
    About, OrderAccepted, OrderActionRequired, OrderCancelled, OrderChangeAgreed, OrderChangeProposed,
    OrderChangeRefused, OrderCompleted, OrderDelivered, OrderDeparted, OrderOverdue, OrderProblemReported,
    OrderProblemResolved, OrderPurchased, OrderRated, OrderReopened, OrderRunnerWaits,
};
use contracts::payments::{
    PaymentRefunded, PayoutHeld, PayoutReturned, PayoutReversed, PayoutSent, TipDeclined, TipPaid,
};
use contracts::{Cents, Event, OrderId, UserId};

/// An event that concerns people.
pub trait Concerns: Event<Key = OrderId> {
    /// Who is told what.
    fn tells(&self) -> Vec<(UserId, News)>;
}

macro_rules! table {
    ($($event:ident: $it:ident => $told:expr;)*) => {
        $(impl Concerns for $event {
            fn tells(&self) -> Vec<(UserId, News)> {
                let $it = self;
                $told
            }
        })*
    };
}

table! {
    // before there is a runner
    OrderActionRequired:  it => customer(&it.about, News::ActionRequired);
    OrderAccepted:        it => customer(&it.about, News::Accepted);
    // Whoever gave it back knows; whoever was not allowed to have it does not.
    OrderReopened:        it => match it.reason.as_str() {
        "withdrawn" => customer(&it.about, News::Reopened),
        _ => vec![(it.was_claimed_by, News::ClaimRejected)],
    };
    // on the way
    OrderPurchased:       it => customer(&it.about, News::Purchased);
    OrderDeparted:        it => customer(&it.about, News::Departed);
    OrderRunnerWaits:     it => customer(&it.about, News::RunnerWaits);
    OrderChangeProposed:  it => customer(&it.about, News::ChangeProposed);
    OrderChangeAgreed:    it => runner(&it.about, News::ChangeAgreed);
    OrderChangeRefused:   it => runner(&it.about, News::ChangeRefused);
    OrderOverdue:         it => both(&it.about, News::Overdue);
    // the end
    OrderDelivered:       it => customer(&it.about, News::Delivered);
    OrderCompleted:       it => customer(&it.about, News::Completed);
    OrderCancelled:       it => both(&it.about, News::Cancelled);
    // afterwards
    OrderProblemReported: it => other_side(&it.about, it.by, News::ProblemReported);
    OrderProblemResolved: it => both(&it.about, News::ProblemResolved);
    OrderRated:           it => vec![(it.of, News::Rated)];
    // money
    // Nothing is left for a runner who bears a refund.
    PayoutSent:           it => (it.paid_cents > Cents(0)).then_some((it.runner_id, News::PaidOut)).into_iter().collect();
    PayoutHeld:           it => vec![(it.runner_id, News::PayoutHeld)];
    PayoutReversed:       it => vec![(it.runner_id, News::PayoutReversed)];
    PayoutReturned:       it => vec![(it.runner_id, News::PayoutReturned)];
    PaymentRefunded:      it => vec![(it.customer_id, News::Refunded)];
    TipPaid:              it => vec![(it.runner_id, News::Tipped)];
    TipDeclined:          it => vec![(it.customer_id, News::TipDeclined)];
}

fn customer(about: &About, news: News) -> Vec<(UserId, News)> {
    vec![(about.customer_id, news)]
}

fn runner(about: &About, news: News) -> Vec<(UserId, News)> {
    about.runner_id.map(|runner_id| (runner_id, news)).into_iter().collect()
}

fn both(about: &About, news: News) -> Vec<(UserId, News)> {
    [customer(about, news), runner(about, news)].concat()
}

/// Whichever of the two did not do it themselves; both, if it was neither.
fn other_side(about: &About, by: UserId, news: News) -> Vec<(UserId, News)> {
    both(about, news).into_iter().filter(|(user_id, _)| *user_id != by).collect()
}
