//! Short stories on the stage: each is a check, and fails when something in it is not as it should be.

use chassis::rehearsal::Ending;
use contracts::notifications::{ListNotifications, News, Notifications, Told};
use contracts::orders::{
    AnswerChange, CancelReason, ConfirmDelivery, ProblemKind, ProposeChange, RateOrder, ReportArrival, ReportProblem,
    ResolveProblem, SaveBasket, Status, Step, TipOrder,
};
use contracts::payments::{
    Bearer, PayoutAccountClosed, PayoutAccountOpened, RecordStripeEvent, RefundPayment, StripeFact,
};
use contracts::users::{IdentityFact, RecordIdentity, Role, RunnerProblem, RunnerRejected, SuspendUser};
use contracts::{Cents, Message as _, Principal, Text};
use jiff::SignedDuration;
use notifications::{Inbox, Notice};
use orders::Stage as At;
use reqwest::Method;
use serde_json::json;

use crate::people::{EARNS, ITEMS, Seen, equal, fay, hold, olga, order_id, person, sealed, user};
use crate::stage::Stage;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn refused(ending: &Ending, code: &str) -> Seen {
    equal("the answer", ending, &Ending::Refused(code.to_owned()))
}

fn done(ending: &Ending) -> Seen {
    equal("the answer", ending, &Ending::Done)
}

fn reason(stage: &Stage, expected: CancelReason) -> Seen {
    let order = stage.order_now();
    let why = order.and_then(|order| match order.stage {
        At::Cancelled { reason, .. } => Some(reason),
        At::Pending
        | At::ActionRequired { .. }
        | At::Open { .. }
        | At::Claimed { .. }
        | At::UnderWay { .. }
        | At::Delivered { .. }
        | At::Completed { .. } => None,
    });
    equal("the reason of its end", why, Some(expected))
}

// --- from placing to payout --------------------------------------------------------------------------------------------

pub(crate) fn everybody_gets_what_is_theirs(stage: &mut Stage) -> Seen {
    stage.carry();
    stage.stands(Status::Completed)?;
    equal("taken from the customer", stage.book("captured"), ITEMS + EARNS + Cents(crate::stage::FEE_CENTS))?;
    equal("sent to the runner", stage.book("transferred"), ITEMS + EARNS)
}

pub(crate) fn what_the_till_says_is_what_is_charged(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(Cents(595));
    stage.hand_over();
    stage.stands(Status::Completed)?;
    equal("sent to the runner", stage.book("transferred"), Cents(595) + EARNS)?;
    equal("taken from the customer", stage.book("captured"), Cents(595) + EARNS + Cents(crate::stage::FEE_CENTS))
}

pub(crate) fn each_call_counts_once_though_its_answer_is_lost(stage: &mut Stage) -> Seen {
    stage.with_people();
    for path in ["/v1/payment_intents", "/v1/payment_intents/*/capture", "/v1/transfers"] {
        let fault = json!({ "path": path, "method": "POST", "mode": "fail_after" });
        stage.order(Method::PUT, "fault", &fault);
    }
    stage.place();
    stage.bring(ITEMS);
    stage.hand_over();
    stage.stands(Status::Completed)?;
    let summary = stage.look("summary");
    for what in ["payment_intents", "captured_count", "transfers_count"] {
        equal(what, &summary[what], &json!(1))?;
    }
    Ok(())
}

// --- before the offer --------------------------------------------------------------------------------------------------

pub(crate) fn the_server_names_the_price(stage: &mut Stage) -> Seen {
    stage.with_people();
    let mut quoted = stage.quoted("alice");
    let (_, mac) =
        sealed(&quoted).split_once('.').map(|(body, mac)| (body.to_owned(), mac.to_owned())).unwrap_or_default();
    quoted.price.total_cents = Cents(100);
    quoted.price.buffer_cents = Cents(0);
    let cheaper = sealed(&quoted);
    let body = cheaper.split('.').next().unwrap_or_default();
    refused(&stage.place_on("alice", format!("{body}.{mac}")), "bad_quote")?;
    let hers = sealed(&stage.quoted("alice"));
    refused(&stage.place_on("ray", hers), "not_your_quote")
}

pub(crate) fn a_declined_card_ends_the_order(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.with_card("pm_card_visa");
    let fault = json!({ "path": "/v1/payment_intents", "method": "POST", "mode": "fail", "status": 402, "times": 9 });
    stage.order(Method::PUT, "fault", &fault);
    stage.place();
    stage.stands(Status::Cancelled)?;
    reason(stage, CancelReason::PaymentDeclined)
}

pub(crate) fn who_has_no_card_is_told_so(stage: &mut Stage) -> Seen {
    stage.enters("alice", vec![Role::Customer], None, false);
    stage.place();
    stage.stands(Status::Cancelled)?;
    reason(stage, CancelReason::NoPaymentMethod)
}

pub(crate) fn who_is_shut_out_orders_nothing(stage: &mut Stage) -> Seen {
    stage.with_people();
    let reason_given = Text::new("fraud").map_err(|_| "a reason")?;
    done(&stage.ask(&olga(), &SuspendUser { user_id: user("alice"), reason: reason_given }))?;
    stage.place();
    stage.stands(Status::Cancelled)?;
    reason(stage, CancelReason::Operator)
}

pub(crate) fn a_bank_that_asks_is_answered_or_let_go(stage: &mut Stage) -> Seen {
    stage.with_card("pm_card_authenticationRequired");
    stage.place();
    stage.stands(Status::ActionRequired)?;
    stage.advance(11 * MINUTE);
    stage.stands(Status::Cancelled)?;
    reason(stage, CancelReason::ActionTimedOut)?;
    equal("PaymentIntents that were let go", &stage.look("summary")["canceled_count"], &json!(1))
}

pub(crate) fn a_payment_that_nobody_secures_ends_the_order(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.leave("payments");
    stage.place();
    stage.advance(11 * MINUTE);
    stage.stands(Status::Cancelled)?;
    stage.come_back("payments");
    equal("held", stage.book("held"), Cents(0))
}

pub(crate) fn a_late_hold_is_given_back(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.leave("payments");
    stage.place();
    done(&stage.cancel(&person("alice")))?;
    stage.come_back("payments");
    stage.stands(Status::Cancelled)?;
    equal("held", stage.book("held"), Cents(0))
}

pub(crate) fn a_late_no_does_not_touch_a_live_order(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    let payment_intent = stage.payment_intent();
    let (code, message) = ("card_declined".to_owned(), "No.".to_owned());
    fact(stage, StripeFact::Failed { payment_intent, code: code.clone(), message: message.clone() });
    stage.tell(&contracts::payments::PaymentDeclined { order_id: order_id(), code, message });
    stage.stands(Status::Created)
}

fn fact(stage: &mut Stage, fact: StripeFact) {
    let at = stage.now;
    let event = RecordStripeEvent { order_id: order_id(), at, fact };
    let _ = stage.ask(&Principal::System("stripe".to_owned()), &event);
}

pub(crate) fn what_is_cancelled_holds_nothing(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.stands(Status::Created)?;
    done(&stage.cancel(&person("alice")))?;
    stage.stands(Status::Cancelled)?;
    equal("held", stage.book("held"), Cents(0))?;
    equal("releases that were told", stage.said("payments.released").len(), 1)
}

pub(crate) fn what_stripe_does_not_let_go_is_a_task(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    let path = "/v1/payment_intents/*/cancel";
    let fault = json!({ "path": path, "method": "POST", "mode": "fail", "status": 400, "times": 9 });
    stage.order(Method::PUT, "fault", &fault);
    done(&stage.cancel(&person("alice")))?;
    let troubles = stage.payment().map_or(0, |payment| payment.troubles.len());
    equal("tasks", troubles, 1)?;
    // Once Stripe does, the deadline of the hold finds it.
    stage.order(Method::DELETE, "fault", &json!(null));
    stage.advance(SignedDuration::from_hours(6 * 24 + 1));
    equal("held", stage.book("held"), Cents(0))
}

// --- the offer ---------------------------------------------------------------------------------------------------------

pub(crate) fn an_offer_has_one_winner(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    done(&stage.accept("ray"))?;
    refused(&stage.accept("rio"), "already_taken")?;
    equal("its runner", stage.order_now().and_then(|order| order.runner()), Some(user("ray")))
}

pub(crate) fn nobody_delivers_to_themselves(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    refused(&stage.accept("alice"), "own_order")
}

pub(crate) fn an_offer_ends_with_its_time(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    // The tick is late, and somebody asks a moment after the end.
    stage.leave("timers");
    stage.now += 31 * MINUTE;
    refused(&stage.accept("ray"), "past_deadline")?;
    stage.advance(MINUTE);
    stage.stands(Status::Cancelled)?;
    reason(stage, CancelReason::Expired)
}

pub(crate) fn a_deadline_that_no_longer_matters_changes_nothing(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.accept("ray");
    stage.advance(31 * MINUTE);
    stage.stands(Status::Accepted)
}

pub(crate) fn the_refusal_of_one_runner_is_not_anothers(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.leave("users");
    stage.accept("ray");
    let (order_id, runner_id, problem) = (order_id(), user("rio"), RunnerProblem::Suspended);
    stage.tell(&RunnerRejected { order_id, runner_id, problem });
    stage.stands(Status::Claimed)?;
    stage.come_back("users");
    stage.stands(Status::Accepted)
}

pub(crate) fn who_cannot_be_paid_delivers_nothing(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.enters("rob", vec![Role::Runner], None, false);
    stage.place();
    done(&stage.accept("rob"))?;
    stage.stands(Status::Created)
}

pub(crate) fn who_is_no_runner_delivers_nothing(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.enters("bob", vec![Role::Customer], None, true);
    stage.place();
    done(&stage.accept("bob"))?;
    stage.stands(Status::Created)
}

pub(crate) fn what_is_given_back_is_on_offer_without_its_runner(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.accept("ray");
    done(&stage.withdraw("ray"))?;
    stage.stands(Status::Created)?;
    equal("its runner", stage.order_now().and_then(|order| order.runner()), None)?;
    done(&stage.accept("rio"))?;
    stage.stands(Status::Accepted)
}

// --- under way ---------------------------------------------------------------------------------------------------------

pub(crate) fn what_was_bought_is_neither_called_off_nor_given_back(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.accept("ray");
    stage.buy("ray", ITEMS);
    refused(&stage.cancel(&person("alice")), "runner_has_it")?;
    refused(&stage.withdraw("ray"), "already_bought")?;
    stage.stands(Status::Placed)
}

pub(crate) fn only_its_runner_moves_it_step_by_step(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.accept("ray");
    refused(&stage.buy("rio", ITEMS), "not_the_runner")?;
    refused(&stage.hand_over(), "wrong_step")?;
    stage.stands(Status::Accepted)
}

pub(crate) fn the_door_wants_its_pin(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(ITEMS);
    refused(&stage.advance_to("ray", Step::Delivered, Some("none".to_owned()), None), "wrong_pin")?;
    refused(&stage.advance_to("ray", Step::Delivered, None, None), "pin_required")?;
    stage.stands(Status::OnTheWay)
}

pub(crate) fn more_than_is_held_is_asked_for_and_held_first(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.accept("ray");
    done(&stage.buy("ray", Cents(1_500)))?;
    stage.stands(Status::Accepted)?;
    stage.leave("payments");
    done(&stage.ask(&person("alice"), &AnswerChange { order_id: order_id(), agree: true }))?;
    refused(&stage.buy("ray", Cents(1_500)), "change_pending")?;
    stage.come_back("payments");
    done(&stage.buy("ray", Cents(1_500)))?;
    stage.stands(Status::Placed)?;
    stage.advance_to("ray", Step::OnTheWay, None, None);
    stage.hand_over();
    stage.stands(Status::Completed)
}

pub(crate) fn silence_is_a_no(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.accept("ray");
    let note = Text::new("no rice left").ok();
    done(&stage.ask(&person("ray"), &ProposeChange { order_id: order_id(), items_cents: ITEMS, note }))?;
    stage.advance(6 * MINUTE);
    let answer = AnswerChange { order_id: order_id(), agree: true };
    hold(matches!(stage.ask(&person("alice"), &answer), Ending::Refused(_)), || "a yes after the time".to_owned())?;
    equal("refusals that were told", stage.said("orders.change_refused").len(), 1)
}

pub(crate) fn a_bank_that_refuses_more_is_a_no(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.accept("ray");
    stage.buy("ray", Cents(1_500));
    let fault = json!({ "path": "/v1/payment_intents", "method": "POST", "mode": "fail", "status": 402, "times": 9 });
    stage.order(Method::PUT, "fault", &fault);
    done(&stage.ask(&person("alice"), &AnswerChange { order_id: order_id(), agree: true }))?;
    equal("refusals that were told", stage.said("orders.change_refused").len(), 1)?;
    done(&stage.buy("ray", ITEMS))
}

pub(crate) fn nobody_opens_and_it_is_left_at_the_door(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(ITEMS);
    done(&stage.ask(&person("ray"), &ReportArrival { order_id: order_id() }))?;
    refused(&stage.advance_to("ray", Step::Delivered, None, None), "pin_required")?;
    stage.advance(11 * MINUTE);
    equal("no-shows that were told", stage.said("orders.no_show").len(), 1)?;
    done(&stage.advance_to("ray", Step::Delivered, None, None))?;
    stage.stands(Status::Completed)
}

pub(crate) fn who_does_not_come_can_be_left(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.accept("ray");
    stage.advance(91 * MINUTE);
    done(&stage.cancel(&person("alice")))?;
    stage.stands(Status::Cancelled)?;
    reason(stage, CancelReason::RunnerFailed)
}

pub(crate) fn a_hold_does_not_lapse_unseen(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(ITEMS);
    stage.advance(SignedDuration::from_hours(7 * 24));
    stage.stands(Status::Cancelled)?;
    equal("held", stage.book("held"), Cents(0))
}

pub(crate) fn a_hold_that_is_lost_ends_what_was_not_bought(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    let payment_intent = stage.payment_intent();
    stage.order(Method::POST, "dashboard/cancel", &json!({ "payment_intent": payment_intent }));
    fact(stage, StripeFact::Canceled { payment_intent, reason: None });
    stage.stands(Status::Cancelled)
}

// --- settling ----------------------------------------------------------------------------------------------------------

fn let_be_paid(stage: &Stage, runner: &str, transfers: &str) -> Seen {
    let ray: users::User = stage.kept("users", 0, &user(runner).to_string()).ok_or("nobody of this name")?;
    let account = ray.payout.ok_or("no account")?.0;
    stage.order(Method::PUT, &format!("accounts/{account}"), &json!({ "transfers": transfers }));
    Ok(())
}

pub(crate) fn a_payout_that_fails_is_no_payout(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(ITEMS);
    let_be_paid(stage, "ray", "inactive")?;
    stage.hand_over();
    stage.stands(Status::Delivered)?;
    equal("sent to the runner", stage.book("transferred"), Cents(0))?;
    equal("payouts that were told", stage.said("payments.paid_out").len(), 0)?;
    says_what_is_in_the_way(stage)?;
    let_be_paid(stage, "ray", "active")?;
    stage.advance(10 * MINUTE);
    stage.stands(Status::Completed)?;
    equal("sent to the runner", stage.book("transferred"), ITEMS + EARNS)
}

fn says_what_is_in_the_way(stage: &Stage) -> Seen {
    let problem = stage.order_now().is_some_and(|order| matches!(order.stage, At::Delivered { problem: Some(_), .. }));
    hold(problem, || "the order does not say what is in the way of its money".to_owned())
}

pub(crate) fn who_has_no_account_any_more_is_paid_when_there_is_one(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(ITEMS);
    let ray: users::User = stage.kept("users", 0, &user("ray").to_string()).ok_or("nobody of this name")?;
    stage.tell(&PayoutAccountClosed { user_id: user("ray") });
    stage.leave("payments");
    stage.hand_over();
    says_what_is_in_the_way(stage)?;
    stage.come_back("payments");
    equal("captures that were told", stage.said("payments.captured").len(), 1)?;
    stage.tell(&PayoutAccountOpened { user_id: user("ray"), account: ray.payout.ok_or("no account")? });
    stage.stands(Status::Completed)?;
    equal("sent to the runner", stage.book("transferred"), ITEMS + EARNS)
}

pub(crate) fn a_capture_that_fails_is_no_capture(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(ITEMS);
    let payment_intent = stage.payment_intent();
    stage.order(Method::POST, "dashboard/cancel", &json!({ "payment_intent": payment_intent }));
    stage.hand_over();
    stage.stands(Status::Delivered)?;
    equal("payouts that were told", stage.said("payments.paid_out").len(), 0)?;
    equal("failures that were told", stage.said("payments.capture_failed").len(), 1)
}

pub(crate) fn nobody_is_told_twice(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(ITEMS);
    let_be_paid(stage, "ray", "inactive")?;
    stage.hand_over();
    stage.advance(SignedDuration::from_mins(20));
    hold(stage.said("payments.payout_held").len() > 1, || "the payout was tried once".to_owned())?;
    equal("times that ray was told", told(stage, "ray", News::PayoutHeld), 1)?;
    equal("times that it is in his list", news_of(stage, "ray", News::PayoutHeld), 1)
}

fn told(stage: &Stage, name: &str, news: News) -> usize {
    let told =
        stage.said("notifications.told").into_iter().filter_map(|told| serde_json::from_value::<Told>(told).ok());
    told.filter(|told| (told.user_id, told.news) == (user(name), news)).count()
}

fn news_of(stage: &Stage, name: &str, news: News) -> usize {
    list_of(stage, name).notifications.iter().filter(|one| one.news == news).count()
}

fn list_of(stage: &Stage, name: &str) -> Notifications {
    let user_id = user(name);
    let inbox: Option<Inbox> = stage.kept("notifications", 1, &user_id.to_string());
    let notices: Vec<Notice> = stage.all("notifications", 0);
    let ask = ListNotifications { user_id, before: None, limit: 100 };
    inbox.unwrap_or_else(|| Inbox::empty(user_id)).page(&notices, &ask)
}

pub(crate) fn everybody_is_told_what_concerns_them(stage: &mut Stage) -> Seen {
    stage.carry();
    for news in [News::Accepted, News::Purchased, News::Departed, News::Delivered, News::Completed] {
        equal(&format!("times that alice was told {news:?}"), news_of(stage, "alice", news), 1)?;
    }
    equal("times that ray was told of his payout", news_of(stage, "ray", News::PaidOut), 1)
}

// --- back --------------------------------------------------------------------------------------------------------------

fn give_back(stage: &mut Stage, amount_cents: Option<Cents>, bearer: Bearer) -> Result<Ending, String> {
    let reason = Text::new("spilt").map_err(|_| "a reason")?;
    Ok(stage.ask(&fay(), &RefundPayment { order_id: order_id(), amount_cents, bearer, reason }))
}

pub(crate) fn a_refund_takes_it_from_the_runner_first(stage: &mut Stage) -> Seen {
    stage.carry();
    done(&give_back(stage, Some(Cents(400)), Bearer::Runner)?)?;
    equal("refunded", stage.book("refunded"), Cents(400))?;
    equal("taken back from the runner", stage.book("reversed"), Cents(400))
}

pub(crate) fn what_cannot_be_taken_back_is_not_given_away(stage: &mut Stage) -> Seen {
    stage.carry();
    let path = "/v1/transfers/*/reversals";
    let fault = json!({ "path": path, "method": "POST", "mode": "fail", "status": 400, "times": 9 });
    stage.order(Method::PUT, "fault", &fault);
    done(&give_back(stage, Some(Cents(400)), Bearer::Runner)?)?;
    equal("refunded", stage.book("refunded"), Cents(0))?;
    equal("failures that were told", stage.said("payments.refund_failed").len(), 1)
}

pub(crate) fn no_more_is_given_back_than_was_taken(stage: &mut Stage) -> Seen {
    stage.carry();
    refused(&give_back(stage, Some(Cents(9_999)), Bearer::Platform)?, "refund_too_large")?;
    done(&give_back(stage, None, Bearer::Platform)?)?;
    refused(&give_back(stage, None, Bearer::Platform)?, "already_refunded")
}

pub(crate) fn a_delivery_that_is_called_off_is_refunded(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(ITEMS);
    let_be_paid(stage, "ray", "inactive")?;
    stage.hand_over();
    hold(stage.book("captured") > Cents(0), || "nothing was taken".to_owned())?;
    done(&stage.cancel(&olga()))?;
    stage.stands(Status::Cancelled)?;
    equal("refunded", stage.book("refunded"), stage.book("captured"))
}

pub(crate) fn what_stripe_says_twice_counts_once(stage: &mut Stage) -> Seen {
    stage.carry();
    let payment_intent = stage.payment_intent();
    let refunding = json!({ "payment_intent": payment_intent, "amount": 300 });
    stage.order(Method::POST, "dashboard/refund", &refunding);
    for _ in 0..2 {
        let (refund, status) = ("re_1".to_owned(), "succeeded".to_owned());
        let payment_intent = payment_intent.clone();
        fact(stage, StripeFact::Refunded { payment_intent, refund, amount_cents: Cents(300), status });
    }
    equal("refunds that were told", stage.said("payments.refunded").len(), 1)
}

// --- afterwards --------------------------------------------------------------------------------------------------------

pub(crate) fn what_is_over_stays_over(stage: &mut Stage) -> Seen {
    stage.carry();
    refused(&stage.cancel(&olga()), "already_completed")?;
    refused(&stage.cancel(&person("alice")), "already_delivered")?;
    stage.stands(Status::Completed)
}

pub(crate) fn a_tip_is_the_runners(stage: &mut Stage) -> Seen {
    stage.carry();
    done(&stage.ask(&person("alice"), &TipOrder { order_id: order_id(), tip_cents: Cents(250) }))?;
    equal("sent to the runner", stage.book("transferred"), ITEMS + EARNS + Cents(250))?;
    equal("tips that were told", stage.said("payments.tip_paid").len(), 1)?;
    equal("the tip, by the order,", stage.order_now().and_then(|order| order.tip?.paid), Some(true))
}

pub(crate) fn a_tip_that_is_declined_is_none(stage: &mut Stage) -> Seen {
    stage.carry();
    let fault = json!({ "path": "/v1/payment_intents", "method": "POST", "mode": "fail", "status": 402, "times": 9 });
    stage.order(Method::PUT, "fault", &fault);
    done(&stage.ask(&person("alice"), &TipOrder { order_id: order_id(), tip_cents: Cents(250) }))?;
    equal("the tip, by the order,", stage.order_now().and_then(|order| order.tip?.paid), Some(false))?;
    equal("times that alice was told", news_of(stage, "alice", News::TipDeclined), 1)
}

pub(crate) fn who_leaves_is_forgotten(stage: &mut Stage) -> Seen {
    stage.carry();
    let alice = user("alice");
    done(&stage.ask(&person("alice"), &SaveBasket { user_id: alice, ..SaveBasket::sample() }))?;
    let gone = RecordIdentity { user_id: alice, at: stage.now, fact: IdentityFact::Deleted };
    done(&stage.ask(&Principal::System("clerk".to_owned()), &gone))?;
    equal("what is left in her inbox", list_of(stage, "alice").notifications.len(), 0)?;
    let saved: Option<orders::saved::Shelf> = stage.kept("orders", 2, &alice.to_string());
    equal("her saved baskets", saved.map(|shelf| shelf.saved.len()), Some(0))?;
    let patron: Option<payments::Patron> = stage.kept("payments", 2, &alice.to_string());
    equal("her cards", patron.map(|patron| patron.cards.len()), Some(0))
}

pub(crate) fn both_sides_have_their_word(stage: &mut Stage) -> Seen {
    stage.carry();
    done(&stage.ask(&person("alice"), &RateOrder { order_id: order_id(), stars: 5, comment: None }))?;
    let report = ReportProblem { order_id: order_id(), kind: ProblemKind::Quality, text: None };
    done(&stage.ask(&person("alice"), &report))?;
    let note = Text::new("talked to both").map_err(|_| "a note")?;
    done(&stage.ask(&olga(), &ResolveProblem { order_id: order_id(), note }))?;
    let ray: users::User = stage.kept("users", 0, &user("ray").to_string()).ok_or("nobody of this name")?;
    equal("ray's stars", ray.stars, 5)?;
    for (name, news) in [("ray", News::Rated), ("ray", News::ProblemReported), ("alice", News::ProblemResolved)] {
        equal(&format!("times that {name} was told {news:?}"), news_of(stage, name, news), 1)?;
    }
    Ok(())
}

pub(crate) fn a_customer_says_that_it_is_there(stage: &mut Stage) -> Seen {
    stage.with_people();
    stage.place();
    stage.bring(ITEMS);
    done(&stage.ask(&person("alice"), &ConfirmDelivery { order_id: order_id() }))?;
    stage.stands(Status::Completed)
}
