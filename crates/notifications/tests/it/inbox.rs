//! What becomes of what people are told.

use chassis::{Change, Cx, Entity, Sealer};
use contracts::notifications::{ListNotifications, MarkRead, News, Notifications, Told};
use contracts::users::UserClosed;
use contracts::{Id, MessageId, OrderId, Principal, UserId};
use jiff::Timestamp;
use notifications::inbox::{self, KEPT};
use notifications::{Inbox, Refusal};

const AT: Timestamp = Timestamp::constant(1_772_712_000, 5_000_000);

fn ada() -> UserId {
    UserId::of_subject("test", "ada")
}

/// The `n`-th message.
fn message(n: u64) -> MessageId {
    MessageId::of_stored("TEST", n)
}

fn order(n: u64) -> OrderId {
    message(n).derive("order")
}

fn ask<R>(principal: Principal, message_id: MessageId, rule: impl FnOnce(&Cx<'_>) -> R) -> R {
    let sealer = Sealer::from_hex(&"0".repeat(64)).expect("a key");
    rule(&Cx { message_id, ..Cx::for_test(AT, principal, &sealer) })
}

/// The `n`-th message tells of the `n`-th order.
fn keep(inbox: Option<Inbox>, n: u64, news: News) -> Change<Inbox> {
    keep_of(inbox, n, news, order(n))
}

fn keep_of(inbox: Option<Inbox>, n: u64, news: News, order_id: OrderId) -> Change<Inbox> {
    let told = Told { user_id: ada(), news, order_id, at: AT };
    ask(Principal::System("notifications".into()), message(n), |cx| inbox::keep(cx, inbox, told)).expect("no fault")
}

/// An inbox into which these messages went.
fn with(numbers: impl IntoIterator<Item = u64>) -> Inbox {
    let kept = |inbox, n| keep(Some(inbox), n, News::Accepted).state().cloned().expect("an inbox");
    numbers.into_iter().fold(Inbox::empty(ada()), kept)
}

fn read(inbox: Inbox, up_to: Option<u64>) -> Change<Inbox> {
    let intent = MarkRead { user_id: ada(), up_to: up_to.map(message) };
    ask(Principal::User(ada()), message(900), |cx| inbox::mark_read(cx, Some(inbox), intent)).expect("done")
}

fn read_to(inbox: Inbox, up_to: Option<u64>) -> Inbox {
    read(inbox, up_to).state().cloned().expect("an inbox")
}

fn page(inbox: &Inbox, before: Option<u64>, limit: u32) -> Notifications {
    inbox.page(&ListNotifications { user_id: ada(), before: before.map(message), limit })
}

#[track_caller]
fn check_ids(page: &Notifications, expected: &[u64]) {
    let ids: Vec<_> = page.notifications.iter().map(|one| one.id).collect();
    assert_eq!(ids, expected.iter().copied().map(message).collect::<Vec<_>>());
}

#[test]
fn what_somebody_is_told_is_in_their_inbox_under_the_messages_own_id() {
    let inbox = keep(None, 1, News::Delivered).state().cloned().expect("an inbox");
    let page = page(&inbox, None, 20);
    check_ids(&page, &[1]);
    let one = &page.notifications[0];
    assert_eq!((one.news, one.order_id, one.at, one.read), (News::Delivered, order(1), AT, false));
    assert_eq!((page.unread, page.more), (1, false));
}

#[test]
fn the_same_message_again_changes_nothing() {
    for inbox in [with([1, 2]), read_to(with([1, 2]), None)] {
        let again = keep(Some(inbox), 1, News::Accepted);
        assert_eq!((again.state(), again.types().len()), (None, 0));
    }
}

#[test]
fn what_was_not_even_seen_is_not_said_twice() {
    let first = keep_of(None, 1, News::PayoutHeld, order(7)).state().cloned().expect("an inbox");
    assert_eq!(keep_of(Some(first.clone()), 2, News::PayoutHeld, order(7)).state(), None);
    assert!(keep_of(Some(first.clone()), 2, News::PaidOut, order(7)).state().is_some());
    assert!(keep_of(Some(first.clone()), 2, News::PayoutHeld, order(8)).state().is_some());
    // But once it was seen.
    assert!(keep_of(Some(read_to(first, None)), 2, News::PayoutHeld, order(7)).state().is_some());
}

#[test]
fn pages_go_from_the_newest_to_the_oldest() {
    let inbox = with(1..=5);
    let first = page(&inbox, None, 2);
    check_ids(&first, &[5, 4]);
    assert!(first.more);
    let second = page(&inbox, Some(4), 2);
    check_ids(&second, &[3, 2]);
    assert!(second.more);
    let last = page(&inbox, Some(2), 2);
    check_ids(&last, &[1]);
    assert!(!last.more);
    check_ids(&page(&inbox, Some(1), 2), &[]);
    check_ids(&page(&inbox, Some(99), 2), &[]);
}

#[test]
fn a_page_has_one_to_a_hundred() {
    let inbox = with(1..=150);
    assert_eq!(page(&inbox, None, 0).notifications.len(), 1);
    assert_eq!(page(&inbox, None, 100_000).notifications.len(), 100);
}

#[test]
fn whoever_was_never_told_anything_has_an_empty_inbox() {
    let page = page(&Inbox::empty(ada()), None, 20);
    assert_eq!((page.notifications.len(), page.unread, page.more), (0, 0, false));
}

#[test]
fn reading_up_to_one_leaves_the_newer_ones() {
    let inbox = read_to(with(1..=4), Some(2));
    let page = page(&inbox, None, 20);
    check_ids(&page, &[4, 3, 2, 1]);
    let read: Vec<_> = page.notifications.iter().map(|one| one.read).collect();
    assert_eq!((read, page.unread), (vec![false, false, true, true], 2));
}

#[test]
fn reading_without_an_end_reads_all() {
    assert_eq!(page(&read_to(with(1..=4), None), None, 20).unread, 0);
}

#[test]
fn reading_again_changes_nothing() {
    assert_eq!(read(read_to(with(1..=4), Some(2)), Some(2)).state(), None);
    assert_eq!(read(read_to(with(1..=4), Some(2)), Some(1)).state(), None);
    assert_eq!(read(read_to(with(1..=4), None), None).state(), None);
    assert_eq!(read(with(1..=4), Some(99)).state(), None);
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
        let decision = ask(principal, message(900), |cx| inbox::mark_read(cx, Some(with([1])), intent));
        assert_eq!(decision.err(), Some(Refusal::NotAllowed));
    }
    let nothing = MarkRead { user_id: ada(), up_to: None };
    let decision = ask(Principal::User(ada()), message(900), |cx| inbox::mark_read(cx, None, nothing));
    assert_eq!(decision.expect("done").state(), None);
}

#[test]
fn the_newest_two_hundred_are_kept() {
    let count = KEPT as u64;
    let inbox = with(1..=count + 5);
    assert_eq!(page(&inbox, None, 1).unread, 200);
    check_ids(&page(&inbox, Some(8), 10), &[7, 6]);
    // What was read goes first, being older.
    let inbox = keep(Some(read_to(with(1..=count), Some(3))), 500, News::Rated).state().cloned().expect("an inbox");
    assert_eq!(page(&inbox, None, 1).unread, 198);
    check_ids(&page(&inbox, Some(4), 10), &[3, 2]);
}

#[test]
fn an_inbox_survives_being_stored_and_stays_small() {
    let inbox = read_to(with(1..=250), Some(100));
    let stored = serde_json::to_string(&inbox).expect("JSON");
    assert_eq!(serde_json::from_str::<Inbox>(&stored).expect("an inbox"), inbox);
    assert!(stored.len() < 32 * 1024, "{} bytes", stored.len());
}

#[test]
fn what_is_left_unread_is_the_answer_to_reading() {
    let view = read_to(with(1..=4), Some(1)).view(2, &Principal::User(ada()));
    assert_eq!(serde_json::to_value(view).expect("JSON"), serde_json::json!({ "unread": 3 }));
}

#[test]
fn who_is_gone_was_told_nothing_and_is_told_nothing() {
    let forget = |inbox| {
        let closed = UserClosed { user_id: ada() };
        ask(Principal::System("users".into()), message(900), |cx| inbox::forget(cx, inbox, closed)).expect("no fault")
    };
    for before in [None, Some(with([1, 2]))] {
        let gone = forget(before).state().cloned().expect("an inbox that is closed");
        assert_eq!(page(&gone, None, 50), page(&Inbox::empty(ada()), None, 50));
        assert_eq!(forget(Some(gone.clone())).state(), None);
        let told = Told { user_id: ada(), news: News::Accepted, order_id: message(7).derive("order"), at: AT };
        let late = ask(Principal::System("notifications".into()), message(7), |cx| inbox::keep(cx, Some(gone), told));
        assert_eq!(late.expect("no fault").state(), None);
    }
    assert_eq!(ada().uuid(), Inbox::empty(ada()).id().uuid());
}
