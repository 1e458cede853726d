//! What each happening does to a payment: its part and its ledger, together, and only once.
//!
//! A happening is told by our own call's answer, by Stripe's webhook, or by both in any order. Who tells it second changes
//! nothing: these functions say whether they were the first.

use contracts::payments::{Bearer, Reversal};
use contracts::{Cents, UserId};
use jiff::Timestamp;

use crate::ledger::Source;
use crate::payment::{Charge, Hold, Payment, RefundOutcome, Refunded, Sent, Share, Standing, Tip};
use crate::stripe::{Captured, Refund};

/// Whether a happening was news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum News {
    /// It was.
    New,
    /// It was known.
    Known,
}

impl News {
    pub(crate) fn is_new(self) -> bool {
        self == Self::New
    }
}

/// How a refund is borne.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Borne {
    /// By whom.
    pub(crate) by: Bearer,
    /// What of the money that was taken back from the runner is meant for something else.
    pub(crate) kept_cents: Cents,
}

impl Payment {
    /// A hold that Stripe has made, or that waits for its customer.
    pub(crate) fn add_hold(&mut self, at: Timestamp, hold: Hold) {
        if hold.standing == Standing::Held {
            let source = Source { at, stripe_id: &hold.payment_intent };
            self.ledger.hold(source, hold.amount_cents);
        }
        self.holds.push(hold);
    }

    /// What was waited for is held.
    pub(crate) fn now_held(&mut self, at: Timestamp, payment_intent: &str, amount_cents: Cents) -> News {
        let Some(hold) = self.hold_mut(payment_intent) else { return News::Known };
        match hold.standing {
            Standing::Waiting { .. } | Standing::Failed => {
                *hold = Hold { payment_intent: payment_intent.to_owned(), amount_cents, standing: Standing::Held };
                self.ledger.hold(Source { at, stripe_id: payment_intent }, amount_cents);
                News::New
            }
            Standing::Held | Standing::Released | Standing::Captured(_) => News::Known,
        }
    }

    /// A hold, or what was to become one, is gone. Returns what was held.
    pub(crate) fn now_released(&mut self, at: Timestamp, payment_intent: &str) -> Cents {
        let Some(hold) = self.hold_mut(payment_intent) else { return Cents(0) };
        if !hold.is_open() {
            return Cents(0);
        }
        let was = std::mem::replace(&mut hold.standing, Standing::Released);
        if was != Standing::Held {
            return Cents(0);
        }
        let held_cents = hold.amount_cents;
        self.ledger.release(Source { at, stripe_id: payment_intent }, held_cents);
        held_cents
    }

    /// A hold was taken, by us or by somebody else. Said again, it may bring the fee that was not known yet.
    pub(crate) fn now_captured(&mut self, at: Timestamp, captured: &Captured) -> News {
        let Some(hold) = self.hold_mut(&captured.payment_intent) else { return News::Known };
        let held = match &hold.standing {
            Standing::Captured(_) => {
                self.now_known(at, captured);
                return News::Known;
            }
            // Stripe takes nothing of what it has let go.
            Standing::Released => return News::Known,
            Standing::Held => hold.amount_cents,
            Standing::Waiting { .. } | Standing::Failed => Cents(0),
        };
        hold.standing = Standing::Captured(charge_of(captured));
        let source = Source { at, stripe_id: &captured.charge };
        self.ledger.capture(source, held, captured.captured_cents);
        self.ledger.fee(source, captured.fee_cents.unwrap_or_default());
        self.level(at);
        News::New
    }

    /// A tip was charged.
    pub(crate) fn now_tipped(&mut self, at: Timestamp, runner_id: UserId, captured: &Captured) -> News {
        if self.tip.is_some() {
            return News::Known;
        }
        let source = Source { at, stripe_id: &captured.charge };
        self.ledger.tip(source, captured.captured_cents);
        self.ledger.fee(source, captured.fee_cents.unwrap_or_default());
        self.tip =
            Some(Tip { runner_id, payment_intent: captured.payment_intent.clone(), charge: charge_of(captured) });
        self.level(at);
        News::New
    }

    /// Money was sent to the runner.
    pub(crate) fn now_sent(&mut self, at: Timestamp, sent: Sent) -> News {
        if self.transfers.iter().any(|known| known.id == sent.id) {
            return News::Known;
        }
        let source = Source { at, stripe_id: &sent.id };
        match sent.share {
            Share::Tip => self.ledger.tip_payout(source, sent.amount_cents),
            Share::Payout => self.ledger.payout(source, sent.amount_cents),
            Share::Back => {
                self.ledger.payout(source, sent.amount_cents);
                self.taken_back_cents = (self.taken_back_cents - sent.amount_cents).max(Cents(0));
            }
        }
        self.transfers.push(sent);
        self.level(at);
        News::New
    }

    /// A transfer that Stripe knows of, with what was taken back of it.
    pub(crate) fn now_found(&mut self, at: Timestamp, mut sent: Sent) -> News {
        let (transfer, reversals) = (sent.id.clone(), std::mem::take(&mut sent.reversals));
        let news = self.now_sent(at, sent);
        for reversal in &reversals {
            let _ = self.now_reversed(at, &transfer, reversal);
        }
        news
    }

    /// Money was taken back from the runner.
    pub(crate) fn now_reversed(&mut self, at: Timestamp, transfer: &str, reversal: &Reversal) -> News {
        let Some(sent) = self.transfers.iter_mut().find(|sent| sent.id == transfer) else { return News::Known };
        if sent.reversals.iter().any(|known| known.id == reversal.id) {
            return News::Known;
        }
        sent.reversals.push(reversal.clone());
        self.ledger.reversal(Source { at, stripe_id: &reversal.id }, reversal.amount_cents);
        self.level(at);
        News::New
    }

    /// Money was given back to the customer; how it is borne is known if it was given here.
    pub(crate) fn now_refunded(
        &mut self,
        at: Timestamp,
        payment_intent: &str,
        refund: &Refund,
        borne: Option<Borne>,
    ) -> News {
        if self.refunds.iter().any(|known| known.id == refund.id) {
            self.now_borne(&refund.id, borne);
            self.level(at);
            return News::Known;
        }
        self.refunds.push(Refunded {
            id: refund.id.clone(),
            payment_intent: payment_intent.to_owned(),
            amount_cents: refund.amount_cents,
            outcome: RefundOutcome::Given,
            bearer: None,
            runner_cents: Cents(0),
        });
        self.ledger.refund(Source { at, stripe_id: &refund.id }, refund.amount_cents);
        self.now_borne(&refund.id, borne);
        self.level(at);
        News::New
    }

    /// What the runner bears of a refund is taken from what was set aside of theirs, and from nobody else's refund.
    fn now_borne(&mut self, refund: &str, borne: Option<Borne>) {
        let unborne = |known: &&mut Refunded| known.id == refund && known.arrives() && known.bearer.is_none();
        let (Some(known), Some(borne)) = (self.refunds.iter_mut().find(unborne), borne) else { return };
        known.bearer = Some(borne.by);
        known.runner_cents = match borne.by {
            Bearer::Runner => (self.taken_back_cents - borne.kept_cents).max(Cents(0)).min(known.amount_cents),
            Bearer::Platform => Cents(0),
        };
        self.taken_back_cents = self.taken_back_cents - known.runner_cents;
    }

    /// A refund came back. One that was not known is remembered, so that its beginning, told late, is not believed.
    pub(crate) fn refund_came_back(
        &mut self,
        at: Timestamp,
        payment_intent: &str,
        id: &str,
        amount_cents: Cents,
    ) -> News {
        match self.refunds.iter_mut().find(|known| known.id == id) {
            None => {
                self.refunds.push(Refunded {
                    id: id.to_owned(),
                    payment_intent: payment_intent.to_owned(),
                    amount_cents,
                    outcome: RefundOutcome::Failed,
                    bearer: None,
                    runner_cents: Cents(0),
                });
                News::New
            }
            Some(known) if known.outcome == RefundOutcome::Failed => News::Known,
            Some(known) => {
                known.outcome = RefundOutcome::Failed;
                let cents = known.amount_cents;
                // What the runner bore is kept for the next try, or sent back to them.
                let borne = std::mem::take(&mut known.runner_cents);
                self.taken_back_cents = self.taken_back_cents + borne;
                self.ledger.refund_failed(Source { at, stripe_id: id }, cents);
                self.level(at);
                News::New
            }
        }
    }

    pub(crate) fn now_known(&mut self, at: Timestamp, captured: &Captured) {
        let charges = self.holds.iter_mut().filter_map(|hold| match &mut hold.standing {
            Standing::Captured(charge) => Some(charge),
            Standing::Waiting { .. } | Standing::Failed | Standing::Held | Standing::Released => None,
        });
        let mut charges = charges.chain(self.tip.iter_mut().map(|tip| &mut tip.charge));
        let unknown = charges.find(|charge| charge.id == captured.charge && charge.fee_cents.is_none());
        if let (Some(charge), Some(fee_cents)) = (unknown, captured.fee_cents) {
            charge.fee_cents = Some(fee_cents);
            self.ledger.fee(Source { at, stripe_id: &captured.charge }, fee_cents);
        }
    }

    fn hold_mut(&mut self, payment_intent: &str) -> Option<&mut Hold> {
        self.holds.iter_mut().find(|hold| hold.payment_intent == payment_intent)
    }
}

fn charge_of(captured: &Captured) -> Charge {
    Charge { id: captured.charge.clone(), captured_cents: captured.captured_cents, fee_cents: captured.fee_cents }
}
