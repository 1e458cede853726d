//! What becomes of what people are told.

use chassis::{Change, Cx, Sealer};
use contracts::notifications::{ListNotifications, MarkRead, News, Notifications};
use contracts::orders::{About, OrderAccepted, OrderCancelled, OrderDelivered};
use contracts::payments::PayoutHeld;
use contracts::users::UserClosed;
use contracts::{Message, MessageId, OrderId, Principal, UserId};
use jiff::{SignedDuration, Timestamp};
use notifications::inbox::{self, SHOWN};
use notifications::notice::{self, Notice};
use notifications::table::Concerns;
use notifications::{Inbox, Refusal};

const AT: Timestamp = Timestamp::constant(1_772_712_000, 5_000_000);

fn ada() -> UserId {
    UserId::of_subject("test", "ada")
}

fn ray() -> UserId {
    UserId::of_subject("test", "ray")
}

fn order(n: u64) -> OrderId {
    MessageId::of_stored("TEST", n).derive("order")
}

fn at(minute: i64) -> Timestamp {
    AT + SignedDuration::from_mins(minute)
}

fn ask<R>(principal: Principal, said_at: Timestamp, rule: impl FnOnce(&Cx<'_>) -> R) -> R {
    let sealer = Sealer::from_hex(&"0".repeat(64)).expect("a key");
    rule(&Cx::for_test(said_at, principal, &sealer))
}

fn tell<E: Concerns>(notice: Option<Notice>, minute: i64, event: E) -> Change<Notice> {
    ask(Principal::System("orders".into()), at(minute), |cx| notice::tell(cx, notice, event)).expect("no fault")
}

fn accepted(n: u64) -> OrderAccepted {
    let about = About { order_id: order(n), customer_id: ada(), ..OrderAccepted::sample().about };
    OrderAccepted { about, ..OrderAccepted::sample() }
}

/// What Ada is told of the `n`-th order in the `n`-th minute.
fn told(n: u64) -> Notice {
    let minute = i64::try_from(n).expect("few");
    tell(None, minute, accepted(n)).state().cloned().expect("a notice")
}

fn read(inbox: Option<Inbox>, up_to: Option<i64>, minute: i64) -> Change<Inbox> {
    let intent = MarkRead { user_id: ada(), up_to: up_to.map(at) };
    ask(Principal::User(ada()), at(minute), |cx| inbox::mark_read(cx, inbox, intent)).expect("done")
}

fn read_to(up_to: Option<i64>, minute: i64) -> Inbox {
    read(None, up_to, minute).state().cloned().expect("an inbox")
}

fn page(inbox: &Inbox, notices: &[Notice], before: Option<MessageId>, limit: u32) -> Notifications {
    inbox.page(notices, &ListNotifications { user_id: ada(), before, limit })
}

#[track_caller]
fn check_orders(page: &Notifications, expected: &[u64]) {
    let orders: Vec<_> = page.notifications.iter().map(|one| one.order_id).collect();
    assert_eq!(orders, expected.iter().copied().map(order).collect::<Vec<_>>());
}

#[test]
fn what_somebody_is_told_is_in_their_list() {
    let page = page(&Inbox::empty(ada()), &[told(1)], None, 20);
    let one = &page.notifications[0];
    assert_eq!((one.news, one.order_id, one.at, one.read), (News::Accepted, order(1), at(1), false));
    assert_eq!((page.notifications.len(), page.unread, page.more), (1, 1, false));
}

#[test]
fn of_one_event_each_person_has_their_own_part() {
    let about = About { customer_id: ada(), runner_id: Some(ray()), ..OrderCancelled::sample().about };
    let notice =
        tell(None, 1, OrderCancelled { about, ..OrderCancelled::sample() }).state().cloned().expect("a notice");
    for (user_id, count) in [(ada(), 1), (ray(), 1), (UserId::of_subject("test", "eve"), 0)] {
        let ask = ListNotifications { user_id, before: None, limit: 20 };
        assert_eq!(Inbox::empty(user_id).page(std::slice::from_ref(&notice), &ask).notifications.len(), count);
    }
}

#[test]
fn the_same_event_again_changes_nothing_and_says_nothing() {
    for minute in [0, 1] {
        let again = tell(Some(told(1)), minute, accepted(1));
        assert_eq!((again.state(), again.types().len()), (None, 0));
    }
}

#[test]
fn what_happens_again_is_told_again_and_is_in_the_list_once() {
    let again = tell(Some(told(1)), 9, accepted(1));
    assert_eq!(again.types(), ["notifications.told.v1"]);
    let again = again.state().cloned().expect("a notice");
    assert_eq!(Notice::of(&accepted(1)), Notice::of(&accepted(1)));
    assert_ne!(Notice::of(&accepted(1)), Notice::of(&accepted(2)));
    let delivered = OrderDelivered { about: accepted(1).about, ..OrderDelivered::sample() };
    assert_ne!(Notice::of(&accepted(1)), Notice::of(&delivered), "other news");
    // It is news again, though it had been seen.
    let page = page(&read_to(None, 5), &[again], None, 20);
    assert_eq!((page.notifications[0].at, page.notifications[0].read, page.unread), (at(9), false, 1));
}

#[test]
fn a_payout_that_is_held_again_and_again_is_told_once_a_day() {
    let held = || PayoutHeld { order_id: order(1), runner_id: ray(), ..PayoutHeld::sample() };
    let first = tell(None, 0, held()).state().cloned().expect("a notice");
    let again = tell(Some(first.clone()), 24 * 60 - 1, held());
    assert_eq!((again.state(), again.types().len()), (None, 0));
    assert_eq!(tell(Some(first), 24 * 60, held()).types().len(), 1);
}

#[test]
fn pages_go_from_the_newest_to_the_oldest() {
    let notices: Vec<_> = (1..=5).map(told).collect();
    let id = |n: u64| Some(Notice::of(&accepted(n)));
    let inbox = Inbox::empty(ada());
    for (before, orders, more) in [
        (None, vec![5, 4], true),
        (id(4), vec![3, 2], true),
        (id(2), vec![1], false),
        (id(1), vec![], false),
        (id(99), vec![], false),
    ] {
        let page = page(&inbox, &notices, before, 2);
        check_orders(&page, &orders);
        assert_eq!(page.more, more);
    }
}

#[test]
fn a_page_has_at_least_one_and_at_most_what_is_shown() {
    let notices: Vec<_> = (1..=150).map(told).collect();
    let inbox = Inbox::empty(ada());
    assert_eq!(page(&inbox, &notices, None, 0).notifications.len(), 1);
    let all = page(&inbox, &notices, None, 100_000);
    assert_eq!((all.notifications.len(), all.unread as usize), (SHOWN, SHOWN));
}

#[test]
fn of_what_happened_at_once_the_later_in_an_orders_life_comes_first() {
    let delivered = OrderDelivered { about: accepted(1).about, ..OrderDelivered::sample() };
    let delivered = tell(None, 1, delivered).state().cloned().expect("a notice");
    let news: Vec<_> = page(&Inbox::empty(ada()), &[delivered, told(1)], None, 9).notifications;
    assert_eq!(news.iter().map(|one| one.news).collect::<Vec<_>>(), [News::Delivered, News::Accepted]);
}

#[test]
fn reading_up_to_one_leaves_the_newer_ones() {
    let notices: Vec<_> = (1..=4).map(told).collect();
    let page = page(&read_to(Some(2), 9), &notices, None, 20);
    check_orders(&page, &[4, 3, 2, 1]);
    let read: Vec<_> = page.notifications.iter().map(|one| one.read).collect();
    assert_eq!((read, page.unread), (vec![false, false, true, true], 2));
}

#[test]
fn reading_without_an_end_reads_all_until_then() {
    let notices: Vec<_> = (1..=4).map(told).collect();
    assert_eq!(page(&read_to(None, 4), &notices, None, 20).unread, 0);
    assert_eq!(page(&read_to(None, 3), &notices, None, 20).unread, 1);
}

#[test]
fn nobody_has_seen_what_has_not_happened() {
    let notices: Vec<_> = (1..=4).map(told).collect();
    assert_eq!(page(&read_to(Some(1_000), 3), &notices, None, 20).unread, 1);
}

#[test]
fn reading_again_changes_nothing() {
    for (before, up_to) in [(Some(2), Some(2)), (Some(2), Some(1)), (None, None)] {
        assert_eq!(read(Some(read_to(before, 9)), up_to, 9).state(), None);
    }
}

#[test]
fn only_oneself_reads_ones_own() {
    let mallory = UserId::of_subject("test", "mallory");
    for principal in [
        Principal::User(mallory),
        Principal::Operator(ada()),
        Principal::Finance(ada()),
        Principal::System("gateway".into()),
    ] {
        let intent = MarkRead { user_id: ada(), up_to: None };
        let decision = ask(principal, at(9), |cx| inbox::mark_read(cx, None, intent));
        assert_eq!(decision.err(), Some(Refusal::NotAllowed));
    }
}

#[test]
fn who_is_gone_was_told_nothing_and_is_told_nothing() {
    let forget = |inbox| {
        let closed = UserClosed { user_id: ada() };
        ask(Principal::System("users".into()), at(5), |cx| inbox::forget(cx, inbox, closed)).expect("no fault")
    };
    for before in [None, Some(read_to(None, 3))] {
        let gone = forget(before).state().cloned().expect("an inbox that is closed");
        assert_eq!(page(&gone, &[told(1), told(7)], None, 50), page(&Inbox::empty(ada()), &[], None, 50));
        assert_eq!(forget(Some(gone.clone())).state(), None);
        assert_eq!(read(Some(gone), None, 9).state(), None);
    }
}
