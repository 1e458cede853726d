//! An inbox against the simplest one that could be: a list of what was said, and how much of it was seen.

use chassis::{Change, Cx, Sealer};
use contracts::notifications::{ListNotifications, MarkRead, News, Told};
use contracts::users::UserClosed;
use contracts::{MessageId, OrderId, Principal, UserId};
use fuzz::config;
use jiff::{SignedDuration, Timestamp};
use notifications::Inbox;
use notifications::inbox::{self, KEPT};
use proptest::prelude::*;

const AT: Timestamp = Timestamp::constant(1_772_712_000, 5_000_000);

/// Messages and orders are few, so that the same comes again.
#[derive(Clone, Debug)]
enum Happening {
    Told { message: u64, news: News, order: u64 },
    Reads { up_to: Option<u64> },
    Leaves,
}

fn happening() -> impl Strategy<Value = Happening> {
    let news = prop::sample::select(vec![News::Accepted, News::PayoutHeld, News::Delivered]);
    prop_oneof![
        300 => (0..400_u64, news, 0..90_u64)
            .prop_map(|(message, news, order)| Happening::Told { message, news, order }),
        20 => prop::option::of(0..400_u64).prop_map(|up_to| Happening::Reads { up_to }),
        1 => Just(Happening::Leaves),
    ]
}

fn ada() -> UserId {
    UserId::of_subject("test", "ada")
}

fn message(n: u64) -> MessageId {
    MessageId::of_stored("TEST", n)
}

fn order(n: u64) -> OrderId {
    message(n).derive("order")
}

/// What was said, oldest first, and whether it was seen.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    id: MessageId,
    news: News,
    order_id: OrderId,
    read: bool,
}

/// What the list becomes, as the README of an inbox would say it.
fn expected(lines: &[Line], happening: &Happening) -> Vec<Line> {
    let mut lines = lines.to_vec();
    match *happening {
        Happening::Told { message: n, news, order: o } => {
            let line = Line { id: message(n), news, order_id: order(o), read: false };
            let told = |known: &Line| !known.read && (known.news, known.order_id) == (news, line.order_id);
            if !lines.iter().any(|known| known.id == line.id || told(known)) {
                lines.push(line);
            }
            lines.drain(..lines.len().saturating_sub(KEPT));
        }
        Happening::Reads { up_to } => {
            let last = match up_to {
                None => Some(lines.len()),
                Some(n) => lines.iter().position(|line| line.id == message(n) && !line.read).map(|place| place + 1),
            };
            for line in lines.iter_mut().take(last.unwrap_or(0)) {
                line.read = true;
            }
        }
        Happening::Leaves => lines.clear(),
    }
    lines
}

fn apply(inbox: Option<Inbox>, happening: &Happening, who: Principal) -> Option<Change<Inbox>> {
    let sealer = Sealer::from_hex(&"0".repeat(64)).expect("a key");
    let cx = |id| Cx { message_id: id, ..Cx::for_test(AT, who.clone(), &sealer) };
    match *happening {
        Happening::Told { message: n, news, order: o } => {
            let at = AT + SignedDuration::from_secs(i64::try_from(n).expect("few"));
            inbox::keep(&cx(message(n)), inbox, Told { user_id: ada(), news, order_id: order(o), at }).ok()
        }
        Happening::Reads { up_to } => {
            let up_to = up_to.map(message);
            inbox::mark_read(&cx(message(999)), inbox, MarkRead { user_id: ada(), up_to }).ok()
        }
        Happening::Leaves => inbox::forget(&cx(message(998)), inbox, UserClosed { user_id: ada() }).ok(),
    }
}

/// Everything in it, oldest first, page by page.
fn read_all(inbox: &Inbox, limit: u32) -> (Vec<Line>, u32) {
    let mut lines = Vec::new();
    let (mut before, mut unread) = (None, 0);
    loop {
        let page = inbox.page(&ListNotifications { user_id: ada(), before, limit });
        unread = page.unread.max(unread);
        before = page.notifications.last().map(|one| one.id);
        lines.extend(page.notifications.into_iter().map(|one| Line {
            id: one.id,
            news: one.news,
            order_id: one.order_id,
            read: one.read,
        }));
        if !page.more {
            break;
        }
    }
    lines.reverse();
    (lines, unread)
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn an_inbox_is_the_list_that_it_seems_to_be(
        happenings in prop::collection::vec((happening(), any::<bool>()), 1..500), limit in 0..150_u32,
    ) {
        let (mut inbox, mut lines, mut gone): (Option<Inbox>, Vec<Line>, bool) = (None, Vec::new(), false);
        for (happening, by_another) in happenings {
            if by_another && matches!(happening, Happening::Reads { .. }) {
                let eve = Principal::User(UserId::of_subject("test", "eve"));
                prop_assert!(apply(inbox.clone(), &happening, eve).is_none(), "somebody else read it");
                prop_assert!(apply(inbox.clone(), &happening, Principal::Operator(ada())).is_none());
                continue;
            }
            let change = apply(inbox.clone(), &happening, Principal::User(ada())).expect("no refusal");
            prop_assert!(change.types().is_empty(), "an inbox says nothing");
            let next = change.state().cloned().or_else(|| inbox.clone());
            // Late news for somebody who is gone come to nobody.
            gone |= matches!(happening, Happening::Leaves);
            lines = if gone { Vec::new() } else { expected(&lines, &happening) };
            let again = apply(next.clone(), &happening, Principal::User(ada())).expect("no refusal");
            prop_assert!(again.state().is_none(), "{:?} again changed something", happening);
            inbox = next;
        }
        let (found, unread) = read_all(&inbox.unwrap_or_else(|| Inbox::empty(ada())), limit);
        prop_assert_eq!(unread as usize, lines.iter().filter(|line| !line.read).count());
        prop_assert_eq!(found, lines);
    }
}
