//! The table: what is wrong, where it is known from, and the check that notices it.

use chassis::defects::Defect;
use payments::mutants as money;
use payments::stripe::Request;
use {notifications::mutants as news, orders::mutants as rules, users::mutants as people};

use crate::{Check, Exhibit, How, Mutation, runtime, stories};

macro_rules! story {
    ($name:ident) => {
        Check { name: stringify!($name), how: How::Story(stories::$name) }
    };
}

macro_rules! parts {
    ($name:ident) => {
        Check { name: stringify!($name), how: How::Parts(|| Box::pin(runtime::$name())) }
    };
}

macro_rules! stories {
    ($($name:ident)*) => {
        /// Every story.
        pub(crate) const STORIES: &[Check] = &[$(story!($name)),*];
    };
}

stories! {
    everybody_gets_what_is_theirs
    what_the_till_says_is_what_is_charged
    each_call_counts_once_though_its_answer_is_lost
    the_server_names_the_price
    a_declined_card_ends_the_order
    who_has_no_card_is_told_so
    who_is_shut_out_orders_nothing
    a_bank_that_asks_is_answered_or_let_go
    a_payment_that_nobody_secures_ends_the_order
    a_late_hold_is_given_back
    a_late_no_does_not_touch_a_live_order
    what_is_cancelled_holds_nothing
    what_stripe_does_not_let_go_is_a_task
    an_offer_has_one_winner
    nobody_delivers_to_themselves
    an_offer_ends_with_its_time
    a_deadline_that_no_longer_matters_changes_nothing
    the_refusal_of_one_runner_is_not_anothers
    who_cannot_be_paid_delivers_nothing
    who_is_no_runner_delivers_nothing
    what_is_given_back_is_on_offer_without_its_runner
    what_was_bought_is_neither_called_off_nor_given_back
    only_its_runner_moves_it_step_by_step
    the_door_wants_its_pin
    more_than_is_held_is_asked_for_and_held_first
    silence_is_a_no
    a_bank_that_refuses_more_is_a_no
    nobody_opens_and_it_is_left_at_the_door
    who_does_not_come_can_be_left
    a_hold_does_not_lapse_unseen
    a_hold_that_is_lost_ends_what_was_not_bought
    a_payout_that_fails_is_no_payout
    a_capture_that_fails_is_no_capture
    nobody_is_told_twice
    everybody_is_told_what_concerns_them
    a_refund_takes_it_from_the_runner_first
    what_cannot_be_taken_back_is_not_given_away
    no_more_is_given_back_than_was_taken
    a_delivery_that_is_called_off_is_refunded
    what_stripe_says_twice_counts_once
    what_is_over_stays_over
    a_tip_is_the_runners
    a_tip_that_is_declined_is_none
    who_leaves_is_forgotten
    who_has_no_account_any_more_is_paid_when_there_is_one
    both_sides_have_their_word
    a_customer_says_that_it_is_there
}

const fn row(
    defect: &'static str,
    known_from: &'static str,
    mutation: Mutation,
    check: Check,
    because: &'static str,
) -> Exhibit {
    Exhibit { defect, known_from, mutation, check, because }
}

const fn rule(wrong: fn(chassis::Service) -> chassis::Service) -> Mutation {
    Mutation::Row("orders", wrong)
}

/// All of them.
#[rustfmt::skip]
pub const EXHIBITS: &[Exhibit] = &[
    // the runtime
    row("acknowledged when it arrives", "B36, eShop, OpenTelemetry demo", Mutation::Runtime(Defect::AcknowledgeFirst), parts!(what_was_in_hand_is_not_lost), "calls that were recorded"),
    row("published before it is committed", "issue 4", Mutation::Runtime(Defect::PublishBeforeCommit), parts!(what_is_not_committed_is_not_said), "what was said of it"),
    row("committed, and not known any more what to publish", "B34, eShop's outbox without a relay", Mutation::Runtime(Defect::ForgetWhatWasSaid), parts!(what_is_owed_is_said_after_a_crash), "what was fetched and said"),
    row("no journal: what comes twice is done twice", "B16, ftgogo", Mutation::Runtime(Defect::KeepNoJournal), parts!(what_comes_twice_happens_once), "steps and calls"),
    row("a new id whenever it is published", "B54, B06", Mutation::Runtime(Defect::NewIdEachTime), parts!(what_comes_twice_happens_once), "messages of the log"),
    row("a message overtakes the one in front of it", "B36, B37", Mutation::Runtime(Defect::Overtake), parts!(messages_about_one_entity_keep_their_order), "the order of its calls"),
    row("a poisonous message is acknowledged and dropped", "eShop, OpenTelemetry demo", Mutation::Runtime(Defect::DropPoison), parts!(a_bad_message_is_parked_whole_and_alone), "messages that were parked"),
    row("a poisonous message spoils its neighbours", "ftgo-rust", Mutation::Runtime(Defect::SpoilTheBatch), parts!(a_bad_message_is_parked_whole_and_alone), "messages that were parked"),
    row("a dead letter without what it said", "features 92", Mutation::Runtime(Defect::ParkWithoutPayload), parts!(a_bad_message_is_parked_whole_and_alone), "what was parked cannot be read any more"),
    row("given up on while somebody is away", "B31", Mutation::Runtime(Defect::GiveUpOnWhoIsAway), parts!(who_is_away_is_waited_for), "messages that were parked"),
    row("success is told whatever happened", "B41", Mutation::Runtime(Defect::AlwaysYes), parts!(a_no_is_told), "the verdict is Done"),
    row("a deadline fires when it is delivered", "nats-server after a crash", Mutation::Runtime(Defect::FireAtOnce), parts!(no_deadline_is_early), "deadlines that fired before their time"),
    row("a deadline is lost with the process", "B33, B62", Mutation::Runtime(Defect::DeadlinesInMemory), parts!(no_deadline_is_lost), "deadlines that fired"),
    // the life of an order
    row("the client names the price", "Enatega, eShop", rule(rules::client_names_the_price), story!(the_server_names_the_price), "bad_quote"),
    row("a late hold resurrects a cancelled order", "B11", rule(rules::late_hold_resurrects), story!(a_late_hold_is_given_back), "not Some(Cancelled)"),
    row("a late no ends a live order", "B13", rule(rules::late_no_ends_a_live_order), story!(a_late_no_does_not_touch_a_live_order), "not Some(Created)"),
    row("the branch for a missing card is dead", "B03", rule(rules::nobody_hears_of_a_missing_card), story!(who_has_no_card_is_told_so), "not Some(Cancelled)"),
    row("expiry without a look at the order", "B10", rule(rules::expiry_without_a_look), story!(a_deadline_that_no_longer_matters_changes_nothing), "not Some(Accepted)"),
    row("claimed without a look", "B38, Fleetbase", rule(rules::claim_without_a_look), story!(an_offer_has_one_winner), "already_taken"),
    row("a runner takes their own order", "B43", rule(rules::own_order_is_taken), story!(nobody_delivers_to_themselves), "own_order"),
    row("taken after the offer's end", "choreography 3", rule(rules::overdue_accept_is_taken), story!(an_offer_ends_with_its_time), "past_deadline"),
    row("one runner's refusal wipes another", "B04", rule(rules::refusal_takes_it_from_another), story!(the_refusal_of_one_runner_is_not_anothers), "not Some(Claimed)"),
    row("given back, and kept all the same", "features 27", rule(rules::withdrawing_keeps_the_runner), story!(what_is_given_back_is_on_offer_without_its_runner), "not Some(Created)"),
    row("a runner walks away with the food", "our own rule", rule(rules::withdrawing_with_the_food), story!(what_was_bought_is_neither_called_off_nor_given_back), "already_bought"),
    row("called off for nothing after the purchase", "B09, B10", rule(rules::cancelled_after_the_purchase), story!(what_was_bought_is_neither_called_off_nor_given_back), "runner_has_it"),
    row("refused, and done all the same", "our own rule", rule(rules::refused_and_done_all_the_same), story!(what_was_bought_is_neither_called_off_nor_given_back), "already_bought"),
    row("anybody moves an order on", "B02, B23", rule(rules::anybody_advances), story!(only_its_runner_moves_it_step_by_step), "not_the_runner"),
    row("any step follows any other", "B23, Fleetbase", rule(rules::steps_are_skipped), story!(only_its_runner_moves_it_step_by_step), "wrong_step"),
    row("nobody looks at the PIN", "Fleetbase #428", rule(rules::any_pin_will_do), story!(the_door_wants_its_pin), "wrong_pin"),
    row("a yes counts before the money is held", "features 15, 36", rule(rules::yes_without_the_money), story!(more_than_is_held_is_asked_for_and_held_first), "change_pending"),
    row("the till takes more than is held", "features 36", rule(rules::any_receipt_will_do), story!(more_than_is_held_is_asked_for_and_held_first), "not Some(Accepted)"),
    row("complete when the payout was tried", "B06", rule(rules::complete_when_tried), story!(a_payout_that_fails_is_no_payout), "not Some(Delivered)"),
    row("what is over is called off", "B09, B23", rule(rules::terminal_is_not_terminal), story!(what_is_over_stays_over), "already_completed"),
    // money
    row("the estimate is charged, not the receipt", "features 36", rule(rules::the_estimate_is_charged), story!(what_the_till_says_is_what_is_charged), "sent to the runner"),
    row("the platform keeps the tip", "features 19", rule(rules::the_tip_is_kept), story!(everybody_gets_what_is_theirs), "sent to the runner"),
    row("the fee is lost", "features 74", rule(rules::the_fee_is_lost), story!(everybody_gets_what_is_theirs), "sent to the runner"),
    row("cents by float", "B20, Enatega", Mutation::Request(in_floats), story!(what_the_till_says_is_what_is_charged), "not Some(Completed)"),
    row("no idempotency key", "B15, Fleetbase", Mutation::Request(without_key), story!(each_call_counts_once_though_its_answer_is_lost), "payment_intents"),
    row("a new key at each try: two transfers after a timeout", "B05, B32, issue 4", Mutation::Request(new_key_for_transfers), story!(each_call_counts_once_though_its_answer_is_lost), "transfers_count"),
    row("authorized whatever the bank says", "B17", Mutation::Call(money::authorized_whatever_the_bank_says), story!(a_declined_card_ends_the_order), "not Some(Cancelled)"),
    row("3-D Secure is a failure, and stays open", "B18", Mutation::Call(money::a_question_is_a_no), story!(a_bank_that_asks_is_answered_or_let_go), "not Some(ActionRequired)"),
    row("a cancelled order keeps its hold", "Temporal's sample", Mutation::Call(money::a_cancelled_order_keeps_its_hold), story!(what_is_cancelled_holds_nothing), "held"),
    row("a release that failed is booked", "B12", Mutation::Call(money::a_failed_release_is_a_release), story!(what_stripe_does_not_let_go_is_a_task), "tasks"),
    row("holds lapse unseen", "B21, CoopCycle #2481", Mutation::Call(money::holds_lapse_unseen), story!(a_hold_does_not_lapse_unseen), "not Some(Cancelled)"),
    row("a payout that failed is booked", "B07, B08", Mutation::Call(money::a_failed_payout_is_a_payout), story!(a_payout_that_fails_is_no_payout), "not Some(Delivered)"),
    row("a capture that failed is booked", "B64, Fleetbase", Mutation::Call(money::a_failed_capture_is_a_capture), story!(a_capture_that_fails_is_no_capture), "not Some(Delivered)"),
    row("a payout that nobody writes down", "B17's kin", Mutation::Call(money::a_payout_is_not_booked), story!(everybody_gets_what_is_theirs), "with the runner, by our books,"),
    row("a tip is charged and goes nowhere", "features 20", Mutation::Call(money::a_charged_tip_is_declined), story!(a_tip_is_the_runners), "tips that were told"),
    row("called off, and nothing is refunded", "Enatega, OpenTelemetry demo", Mutation::Call(money::cancelling_refunds_nothing), story!(a_delivery_that_is_called_off_is_refunded), "refunded"),
    row("a refund without its reversal", "B09, B14", Mutation::Call(money::a_refund_without_its_reversal), story!(a_refund_takes_it_from_the_runner_first), "taken back from the runner"),
    row("the reversal after the refund", "B14, issue 4", Mutation::Call(money::the_reversal_after_the_refund), story!(what_cannot_be_taken_back_is_not_given_away), "refunded"),
    row("refunded beyond what was taken", "choreography 4", Mutation::Call(money::refunded_beyond_what_was_taken), story!(no_more_is_given_back_than_was_taken), "already_refunded"),
    row("a webhook counts twice", "B19, features 58", Mutation::Call(money::a_webhook_counts_again), story!(what_stripe_says_twice_counts_once), "refunds that were told"),
    row("a late failure undoes a success", "B13, B19", Mutation::Call(money::a_late_failure_counts), story!(a_late_no_does_not_touch_a_live_order), "held_is_booked"),
    // people
    row("who is shut out orders", "B01", Mutation::Row("users", people::the_suspended_order), story!(who_is_shut_out_orders_nothing), "not Some(Cancelled)"),
    row("who cannot be paid delivers", "B07", Mutation::Row("users", people::the_unpayable_deliver), story!(who_cannot_be_paid_delivers_nothing), "not Some(Created)"),
    row("anybody delivers", "B01", Mutation::Row("users", people::anybody_delivers), story!(who_is_no_runner_delivers_nothing), "not Some(Created)"),
    row("told twice", "Enatega", Mutation::Row("notifications", news::told_again), story!(nobody_is_told_twice), "times that ray was told"),
    // what nobody hears
    row("nobody reacts to a payout", "ftgo-rust", Mutation::Missing("orders", "complete"), story!(everybody_gets_what_is_theirs), "not Some(Completed)"),
    row("nobody tells anybody", "B57", Mutation::Missing("notifications", "tell-delivered"), story!(everybody_is_told_what_concerns_them), "times that alice was told Delivered"),
];

fn without_key(request: &mut Request, _: u64) {
    request.key = None;
}

fn new_key_for_transfers(request: &mut Request, n: u64) {
    if request.path == "/transfers"
        && let Some(key) = &mut request.key
    {
        key.push_str(&format!(":{n}"));
    }
}

/// As if an amount had been a price in between.
#[expect(clippy::cast_possible_truncation, reason = "that is the defect")]
fn in_floats(request: &mut Request, _: u64) {
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(&request.form).unwrap_or_default();
    let in_floats = |(name, value): (String, String)| match value.parse::<i32>() {
        Ok(cents) if name.starts_with("amount") => (name, ((f64::from(cents) / 100.0 * 100.0) as i64).to_string()),
        Ok(_) | Err(_) => (name, value),
    };
    let fields: Vec<_> = fields.into_iter().map(in_floats).collect();
    request.form = serde_urlencoded::to_string(fields).unwrap_or_default();
}
