//! Whatever happens to an order's money, in whatever order: the books are right.

use chassis::Change;
use contracts::Cents;
use contracts::payments::{Bearer, RefundPayment, RefundRequested, Reversal, StripeFact};
use contracts::{Message as _, Principal};
use proptest::prelude::*;

use super::scene::*;
use crate::give_back::{GivenBack, Plan};
use crate::hold::{self, Holding};
use crate::payment::{No, Payment, Sent, Share, Stage, Standing};
use crate::release::Release;
use crate::settlement::{Ending, Settlement};
use crate::tip::{self, Tipping};
use crate::{Account, again, dues, refund};

/// What may happen. Amounts are shares of what there is, in percent: Stripe does not say what cannot be.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Holds,
    AsksCustomer,
    Declines,
    ToldHeld,
    ToldFailed,
    ToldCanceled,
    ToldCaptured(i64),
    MoreAgreed(i64),
    Settles,
    CaptureFails,
    TransferFails,
    Tips(i64),
    TipWaits(i64),
    RefundAsked(i64, Bearer),
    RefundDone,
    RefundStuck,
    ToldRefunded(i64),
    ToldRefundFailed,
    ToldReversed(i64),
    ToldDisputed,
    ToldWon,
    ToldLost,
    Cancelled,
    LapseNears,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    let bearer = prop_oneof![Just(Bearer::Runner), Just(Bearer::Platform)];
    prop_oneof![
        6 => Just(Holds),
        2 => Just(AsksCustomer),
        1 => Just(Declines),
        3 => Just(ToldHeld),
        1 => Just(ToldFailed),
        1 => Just(ToldCanceled),
        1 => (1..=100_i64).prop_map(ToldCaptured),
        2 => (1..=500_i64).prop_map(MoreAgreed),
        6 => Just(Settles),
        1 => Just(CaptureFails),
        2 => Just(TransferFails),
        2 => (1..=500_i64).prop_map(Tips),
        1 => (1..=500_i64).prop_map(TipWaits),
        3 => (1..=100_i64, bearer).prop_map(|(share, bearer)| RefundAsked(share, bearer)),
        3 => Just(RefundDone),
        1 => Just(RefundStuck),
        1 => (1..=100_i64).prop_map(ToldRefunded),
        1 => Just(ToldRefundFailed),
        1 => (1..=100_i64).prop_map(ToldReversed),
        1 => Just(ToldDisputed),
        1 => Just(ToldWon),
        1 => Just(ToldLost),
        2 => Just(Cancelled),
        1 => Just(LapseNears),
    ]
}

fn share(of: Cents, percent: i64) -> Cents {
    Cents(of.0 * percent / 100)
}

fn record_hold(payment: Option<Payment>, holding: Holding) -> Option<Change<Payment>> {
    // What is known is not asked for again.
    let holding = if payment.is_some() { Holding::NotNeeded } else { holding };
    told(|cx| hold::record_hold(cx, payment, payer(), holding)).ok()
}

/// A delivery that settling makes something of, as the effect would find it.
fn delivered(payment: Option<Payment>) -> Option<Payment> {
    let mut payment = payment.filter(|payment| payment.over_since.is_none())?;
    let payee = unpaid().payee.filter(|_| payment.payee.is_none());
    payment.payee = payee.or(payment.payee);
    let settled = payment.paid_out_at.is_some() && !payment.is_unsettled();
    (!settled && dues::takings(&payment).is_ok()).then_some(payment)
}

fn refund_of(payment: Option<Payment>, done: impl FnOnce(&Plan) -> GivenBack) -> Option<Change<Payment>> {
    let refunding = payment.clone()?.refunding?;
    let requested = RefundRequested { number: refunding.number, ..RefundRequested::sample() };
    let mut given = done(&refunding.plan);
    // Another refund or reversal may have been quicker; Stripe gives nothing twice.
    let payment = payment?;
    let room = |charge: &str| {
        let charges = payment.charges();
        let found = charges.into_iter().find(|(_, known)| known.id == charge);
        found.map_or(Cents(0), |(payment_intent, known)| payment.refundable_cents(payment_intent, known))
    };
    let left =
        |id: &str| payment.transfers.iter().find(|sent| sent.id == id).map_or(Cents(0), |sent| sent.left_cents());
    given.reversals.retain(|(transfer, reversal)| reversal.amount_cents <= left(transfer));
    given.refunds.retain(|(charge, refund)| refund.amount_cents <= room(charge));
    // Ids of Stripe's are never used twice.
    for (_, reversal) in &mut given.reversals {
        reversal.id = format!("{}_{}", reversal.id, refunding.number);
    }
    for (_, refund) in &mut given.refunds {
        refund.id = format!("{}_{}", refund.id, refunding.number);
    }
    told(|cx| refund::record_refund(cx, Some(payment), requested, refund::Giving::Given(given))).ok()
}

fn tip_of(payment: Option<Payment>, tip_cents: Cents, sent: Result<Sent, No>) -> Option<Change<Payment>> {
    let delivered = |payment: &Payment| payment.paid_out_at.is_some() && payment.over_since.is_none();
    let payment = payment.filter(|payment| payment.tip.is_none() && delivered(payment))?;
    let tipping = Tipping::Charged { captured: captured("pi_9", tip_cents), sent };
    told(|cx| tip::record_tip(cx, Some(payment), tip_agreed(tip_cents), tipping)).ok()
}

fn disputed(payment: Option<Payment>, status: &str) -> Option<Change<Payment>> {
    let known = payment.clone()?;
    let (payment_intent, charge) = known.charges().into_iter().next()?;
    let (payment_intent, amount_cents) = (payment_intent.to_owned(), charge.captured_cents);
    let told = StripeFact::Disputed { payment_intent, dispute: "dp_1".into(), amount_cents, status: status.to_owned() };
    Some(fact(payment, told))
}

#[expect(clippy::too_many_lines, reason = "one arm per thing that may happen")]
fn apply(payment: Option<Payment>, happening: Happening, n: usize) -> Option<Change<Payment>> {
    let main = || "pi_1".to_owned();
    match happening {
        Happening::Holds => record_hold(payment, Holding::Held { payment_intent: main() }),
        Happening::AsksCustomer => record_hold(payment, Holding::ActionRequired { payment_intent: main(), url: url() }),
        Happening::Declines => record_hold(payment, Holding::Declined(no("card_declined"))),
        Happening::ToldHeld => {
            Some(fact(payment, StripeFact::Held { payment_intent: main(), capturable_cents: TOTAL }))
        }
        Happening::ToldFailed => {
            let (code, message) = ("authentication_failed".to_owned(), String::new());
            Some(fact(payment, StripeFact::Failed { payment_intent: main(), code, message }))
        }
        Happening::ToldCanceled => Some(fact(payment, StripeFact::Canceled { payment_intent: main(), reason: None })),
        Happening::ToldCaptured(percent) => {
            let captured_cents = share(TOTAL, percent).max(Cents(1));
            let charge = "ch_1".to_owned();
            Some(fact(payment, StripeFact::Captured { payment_intent: main(), charge, captured_cents }))
        }
        Happening::MoreAgreed(cents) => {
            let payment = payment.filter(|payment| payment.stage() == Stage::Held && payment.over_since.is_none())?;
            let more = Holding::Held { payment_intent: format!("pi_2{n}") };
            told(|cx| hold::record_excess(cx, Some(payment), excess_agreed(Cents(cents)), more)).ok()
        }
        Happening::Settles => {
            let payment = delivered(payment)?;
            let settlement = all_settled(&payment);
            Some(settle(payment, settlement))
        }
        Happening::CaptureFails => Some(settle(delivered(payment)?, capture_failed())),
        Happening::TransferFails => {
            let payment = delivered(payment)?;
            let ending = Ending::PayoutHeld(no("account_closed"));
            let settlement = Settlement { sent: Vec::new(), ending, ..all_settled(&payment) };
            Some(settle(payment, settlement))
        }
        Happening::Tips(cents) => tip_of(payment, Cents(cents), Ok(sent("ch_9", Share::Tip, Cents(cents)))),
        Happening::TipWaits(cents) => tip_of(payment, Cents(cents), Err(no("account_closed"))),
        Happening::RefundAsked(percent, bearer) => {
            let left = payment.as_ref().map(|payment| payment.captured_cents() - payment.refunded_cents())?;
            let amount_cents = Some(share(left, percent));
            let asked = RefundPayment { amount_cents, bearer, ..RefundPayment::sample() };
            as_of(Principal::Finance(user("fay")), |cx| refund::refund(cx, payment, asked)).ok()
        }
        Happening::RefundDone => refund_of(payment, all_of),
        Happening::RefundStuck => refund_of(payment, |plan| GivenBack {
            refunds: Vec::new(),
            failed: Some(no("charge_disputed")),
            ..all_of(plan)
        }),
        Happening::ToldRefunded(percent) => {
            let known = payment.clone()?;
            let (payment_intent, charge) = known.charges().into_iter().next()?;
            let amount_cents = share(known.refundable_cents(payment_intent, charge), percent);
            let (payment_intent, refund) = (payment_intent.to_owned(), format!("re_told_{n}"));
            let status = "succeeded".to_owned();
            Some(fact(payment, StripeFact::Refunded { payment_intent, refund, amount_cents, status }))
        }
        Happening::ToldRefundFailed => {
            let given = payment.clone()?.refunds.into_iter().find(crate::payment::Refunded::arrives)?;
            let (payment_intent, refund, amount_cents) = (given.payment_intent, given.id, given.amount_cents);
            let status = "failed".to_owned();
            Some(fact(payment, StripeFact::Refunded { payment_intent, refund, amount_cents, status }))
        }
        Happening::ToldReversed(percent) => {
            let sent = payment.clone()?.transfers.into_iter().next()?;
            let amount_cents = share(sent.left_cents(), percent);
            let mut reversals = sent.reversals;
            reversals.push(Reversal { id: format!("trr_told_{n}"), amount_cents });
            Some(fact(payment, StripeFact::Reversed { transfer: sent.id, reversals }))
        }
        Happening::ToldDisputed => disputed(payment, "needs_response"),
        Happening::ToldWon => disputed(payment, "won"),
        Happening::ToldLost => disputed(payment, "lost"),
        Happening::Cancelled => {
            let release = payment.as_ref().map(|payment| {
                let given_back = GivenBack { failed: None, ..all_of(&Plan::everything(payment)) };
                Release { given_back, ..let_go(payment) }
            });
            Some(cancel(payment, release.unwrap_or_default()))
        }
        Happening::LapseNears => {
            let elapsed = contracts::timers::HoldElapsed::sample();
            told(|cx| again::renew_or_release(cx, payment, elapsed)).ok()
        }
    }
}

/// What holds at every moment, whatever went before.
fn check_books(before: Option<&Payment>, payment: &Payment) -> Result<(), TestCaseError> {
    let audit = crate::audit::audit(payment);
    let wrong: Vec<_> = audit.checks.iter().filter(|check| !check.ok).collect();
    prop_assert!(wrong.is_empty(), "{wrong:?}\n{payment:#?}");
    let balance = |account| payment.ledger.balance(account);
    let total: Cents = Account::ALL.into_iter().map(balance).sum();
    prop_assert_eq!(total, Cents(0));
    let shared = balance(Account::Runner)
        + balance(Account::Platform)
        + balance(Account::StripeFees)
        + balance(Account::Disputes)
        + balance(Account::Stripe);
    prop_assert_eq!(shared, payment.captured_cents() - payment.refunded_cents());
    if payment.over_since.is_some() {
        prop_assert!(payment.holds.iter().all(|hold| !hold.is_open()), "{payment:#?}");
    }
    for hold in before.iter().flat_map(|before| &before.holds) {
        let now = payment.holds.iter().find(|now| now.payment_intent == hold.payment_intent);
        let now = now.map(|now| &now.standing);
        let over = matches!(hold.standing, Standing::Released | Standing::Captured(_));
        prop_assert!(now.is_some() && (!over || now.is_some_and(|now| same_end(now, &hold.standing))), "backwards");
    }
    Ok(())
}

fn same_end(now: &Standing, before: &Standing) -> bool {
    std::mem::discriminant(now) == std::mem::discriminant(before)
}

proptest! {
    #![proptest_config(fuzz::config(500))]
    #[test]
    fn whatever_happens_every_cent_is_accounted_for(happenings in prop::collection::vec(happening(), 1..40)) {
        let mut payment: Option<Payment> = None;
        for (n, happening) in happenings.into_iter().enumerate() {
            let Some(change) = apply(payment.clone(), happening, n) else { continue };
            let Some(next) = change.state().cloned() else { continue };
            check_books(payment.as_ref(), &next)?;
            payment = Some(next);
        }
    }
}
