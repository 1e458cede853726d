//! What somebody is shown against the simplest list that could be: what was said last of each thing, and how much of it was seen.

use chassis::{Cx, Sealer};
use contracts::notifications::{ListNotifications, MarkRead, News};
use contracts::orders::{About, OrderAccepted, OrderDelivered};
use contracts::users::UserClosed;
use contracts::{Message, MessageId, OrderId, Principal, UserId};
use fuzz::config;
use jiff::{SignedDuration, Timestamp};
use notifications::inbox::{self, SHOWN};
use notifications::notice::{self, Notice};
use notifications::{Inbox, table};
use proptest::prelude::*;

const AT: Timestamp = Timestamp::constant(1_772_712_000, 5_000_000);

/// Orders are few, so that the same comes again.
#[derive(Clone, Debug)]
enum Happening {
    Accepted { order: u64 },
    Delivered { order: u64 },
    Reads { ago: Option<i64> },
    Leaves,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        200 => (0..60_u64).prop_map(|order| Happening::Accepted { order }),
        100 => (0..60_u64).prop_map(|order| Happening::Delivered { order }),
        20 => prop::option::of(-5..60_i64).prop_map(|ago| Happening::Reads { ago }),
        1 => Just(Happening::Leaves),
    ]
}

fn ada() -> UserId {
    UserId::of_subject("test", "ada")
}

fn about(n: u64) -> About {
    let order_id = MessageId::of_stored("TEST", n).derive("order");
    About { order_id, customer_id: ada(), ..OrderAccepted::sample().about }
}

/// What was said, oldest first.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    news: News,
    order_id: OrderId,
    at: Timestamp,
    read: bool,
}

/// What the list becomes, as the README of an inbox would say it.
fn expect(lines: &mut Vec<Line>, happening: &Happening, now: Timestamp) {
    let (news, order) = match *happening {
        Happening::Accepted { order } => (News::Accepted, order),
        Happening::Delivered { order } => (News::Delivered, order),
        Happening::Reads { ago } => {
            let until = now - SignedDuration::from_secs(ago.unwrap_or_default().max(0));
            for line in lines.iter_mut().filter(|line| line.at <= until) {
                line.read = true;
            }
            return;
        }
        Happening::Leaves => return lines.clear(),
    };
    let order_id = about(order).order_id;
    lines.retain(|known| (known.news, known.order_id) != (news, order_id));
    lines.push(Line { news, order_id, at: now, read: false });
}

/// What is kept: notices by id, and an inbox.
#[derive(Default)]
struct Kept {
    notices: Vec<Notice>,
    inbox: Option<Inbox>,
}

impl Kept {
    /// Says whether anything changed or was said.
    fn tell<E: table::Concerns>(&mut self, cx: &Cx<'_>, event: E) -> bool {
        let id = Notice::of(&event);
        let place = self.notices.iter().position(|notice| chassis::Entity::id(notice) == id);
        let known = place.map(|place| self.notices[place].clone());
        let change = notice::tell(cx, known, event).expect("no fault");
        let Some(notice) = change.state().cloned() else { return !change.types().is_empty() };
        match place {
            Some(place) => self.notices[place] = notice,
            None => self.notices.push(notice),
        }
        true
    }

    /// Nothing when it is refused.
    fn apply(&mut self, happening: &Happening, now: Timestamp, who: Principal) -> Option<bool> {
        let sealer = Sealer::from_hex(&"0".repeat(64)).expect("a key");
        let cx = Cx::for_test(now, who, &sealer);
        let change = match *happening {
            Happening::Accepted { order } => {
                return Some(self.tell(&cx, OrderAccepted { about: about(order), ..OrderAccepted::sample() }));
            }
            Happening::Delivered { order } => {
                return Some(self.tell(&cx, OrderDelivered { about: about(order), ..OrderDelivered::sample() }));
            }
            Happening::Reads { ago } => {
                let up_to = ago.map(|ago| now - SignedDuration::from_secs(ago));
                inbox::mark_read(&cx, self.inbox.clone(), MarkRead { user_id: ada(), up_to }).ok()?
            }
            Happening::Leaves => {
                inbox::forget(&cx, self.inbox.clone(), UserClosed { user_id: ada() }).expect("no fault")
            }
        };
        assert!(change.types().is_empty(), "an inbox says nothing");
        let next = change.state().cloned();
        let is_changed = next.is_some();
        self.inbox = next.or_else(|| self.inbox.clone());
        Some(is_changed)
    }

    /// Everything that is shown, oldest first, page by page.
    fn read_all(&self, limit: u32) -> (Vec<Line>, u32) {
        let inbox = self.inbox.clone().unwrap_or_else(|| Inbox::empty(ada()));
        let mut lines = Vec::new();
        let (mut before, mut unread) = (None, 0);
        loop {
            let page = inbox.page(&self.notices, &ListNotifications { user_id: ada(), before, limit });
            unread = page.unread.max(unread);
            before = page.notifications.last().map(|one| one.id);
            lines.extend(page.notifications.into_iter().map(|one| Line {
                news: one.news,
                order_id: one.order_id,
                at: one.at,
                read: one.read,
            }));
            if !page.more {
                break;
            }
        }
        lines.reverse();
        (lines, unread)
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn an_inbox_is_the_list_that_it_seems_to_be(
        happenings in prop::collection::vec((happening(), any::<bool>()), 1..500), limit in 0..150_u32,
    ) {
        let (mut kept, mut lines, mut is_gone) = (Kept::default(), Vec::new(), false);
        for (second, (happening, by_another)) in happenings.into_iter().enumerate() {
            let now = AT + SignedDuration::from_secs(i64::try_from(second).expect("few"));
            if by_another && matches!(happening, Happening::Reads { .. }) {
                let eve = Principal::User(UserId::of_subject("test", "eve"));
                prop_assert!(kept.apply(&happening, now, eve).is_none(), "somebody else read it");
                prop_assert!(kept.apply(&happening, now, Principal::Operator(ada())).is_none());
                continue;
            }
            kept.apply(&happening, now, Principal::User(ada())).expect("no refusal");
            expect(&mut lines, &happening, now);
            let again = kept.apply(&happening, now, Principal::User(ada()));
            prop_assert_eq!(again, Some(false), "{:?} again changed something", happening);
            // Late news for somebody who is gone are shown to nobody.
            is_gone |= matches!(happening, Happening::Leaves);
        }
        let shown = if is_gone { &[] } else { &lines[lines.len().saturating_sub(SHOWN)..] };
        let (found, unread) = kept.read_all(limit);
        prop_assert_eq!(unread as usize, shown.iter().filter(|line| !line.read).count());
        prop_assert_eq!(found, shown);
    }
}
