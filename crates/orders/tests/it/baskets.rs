//! What holds for prices, quotes, price lists and saved baskets, whatever is asked by whom and in which order.

use chassis::Change;
use contracts::orders::{AskQuote, DeleteSaved, MenuItem, PlaceOrder, PublishMenu, RenameSaved, SaveBasket};
use contracts::quote::{Item, Pick, Quote, SealedQuote};
use contracts::users::UserClosed;
use contracts::{Cents, Id, Message, OrderId, Principal, Question, SavedId, Text, UserId, VendorId};
use fuzz::config;
use jiff::SignedDuration;
use orders::menus::{self, PriceList};
use orders::policy::Policy;
use orders::quote::{self, ITEM_MAX, TOTAL_MAX, TOTAL_MIN, VALIDITY};
use orders::saved::{self, Shelf};
use orders::{Refusal, placing};
use proptest::prelude::*;
use uuid::Uuid;

use crate::scene::{T0, ask, ask_as, scene_policy, sealer, user};

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).expect("a text")
}

/// Amounts as people send them: mostly sound, sometimes at a limit or beyond.
fn amount(max: i64) -> impl Strategy<Value = Cents> {
    let odd = prop::sample::select(vec![-1, 0, 1, max - 1, max, max + 1, i64::MAX, i64::MIN]);
    prop_oneof![6 => (0..=max).prop_map(Cents), 1 => odd.prop_map(Cents)]
}

fn quantity() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 1..5_u32, 1 => prop::sample::select(vec![0, 99, 100, u32::MAX])]
}

fn policy() -> impl Strategy<Value = Policy> {
    let share = || 0..=10_000_u32;
    (share(), 0..=500_i64, share(), 0..=1_000_i64).prop_map(|(fee, fixed, buffer, delivery)| Policy {
        platform_fee_basis_points: fee,
        platform_fee_fixed_cents: Cents(fixed),
        errand_buffer_basis_points: buffer,
        delivery_fee_cents: Cents(delivery),
        ..scene_policy()
    })
}

fn vendor(n: u128) -> VendorId {
    VendorId::from_uuid(Uuid::from_u128(n))
}

fn list() -> impl Strategy<Value = PriceList> {
    let item = (0..5_u8, amount(3_000), any::<bool>());
    (prop::collection::vec(item, 0..5), prop::bool::weighted(0.9)).prop_map(|(items, open)| {
        let item = |(n, price_cents, available): (u8, Cents, bool)| MenuItem {
            item_id: text(&format!("item-{n}")),
            price_cents: Cents(price_cents.0.clamp(0, ITEM_MAX.0)),
            available,
            ..PublishMenu::sample().items[0].clone()
        };
        PriceList {
            vendor_id: vendor(1),
            store: PublishMenu::sample().store,
            open,
            items: items.into_iter().map(item).collect(),
        }
    })
}

fn basket() -> impl Strategy<Value = AskQuote> {
    let items = prop::collection::vec((quantity(), amount(3_000)), 0..6);
    let picks = prop::collection::vec((0..6_u8, quantity()), 0..4);
    let fees = (prop::option::of(amount(5_000)), prop::option::of(amount(10_000)));
    (items, picks, fees, 0..5_u8).prop_map(|(items, picks, (delivery_fee_cents, tip_cents), kind)| {
        let items =
            items.into_iter().map(|(quantity, price_cents)| Item { name: text("Laksa"), quantity, price_cents });
        let picks = picks.into_iter().map(|(n, quantity)| Pick { item_id: text(&format!("item-{n}")), quantity });
        AskQuote {
            customer_id: user("alice"),
            // An errand, a catalogue order, or a mixture that is neither.
            items: if kind == 1 || kind == 2 { Vec::new() } else { items.collect() },
            picks: if kind == 3 || kind == 4 { Vec::new() } else { picks.collect() },
            vendor_id: matches!(kind, 0..=2).then(|| vendor(1)),
            delivery_fee_cents,
            tip_cents,
            ..AskQuote::sample()
        }
    })
}

fn check_price(quote: &Quote, list: &PriceList) -> Result<(), TestCaseError> {
    let price = &quote.price;
    let parts = [price.items_cents, price.delivery_fee_cents, price.tip_cents, price.platform_fee_cents];
    prop_assert_eq!(parts.into_iter().sum::<Cents>(), price.total_cents);
    prop_assert_eq!(price.payout_cents + price.platform_fee_cents, price.total_cents);
    prop_assert!(parts.into_iter().chain([price.buffer_cents, price.payout_cents]).all(|cents| cents >= Cents(0)));
    prop_assert!((TOTAL_MIN..=TOTAL_MAX).contains(&price.total_cents));
    prop_assert!(price.hold_cents() >= price.total_cents && price.spendable_cents() >= price.items_cents);
    prop_assert_eq!(quote.lines.iter().map(|line| line.total_cents).sum::<Cents>(), price.items_cents);
    for line in &quote.lines {
        prop_assert_eq!(line.price_cents * line.quantity, line.total_cents);
        prop_assert!((1..=99).contains(&line.quantity));
        // What comes from a price list costs what the list says, whatever the customer sent.
        let listed = quote.vendor_id.is_none() || list.items.iter().any(|item| item.price_cents == line.price_cents);
        prop_assert!(listed, "{line:?} is not in {list:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn a_price_adds_up_and_a_quote_is_worth_something_to_one_person_for_a_while(
        policy in policy(), basket in basket(), list in list(), seconds in 0..1_800_i64, order in any::<u128>(),
    ) {
        let Ok(quote) = quote::price(&policy, basket, Some(&list), T0) else { return Ok(()) };
        check_price(&quote, &list)?;
        let sealed = sealer().seal(quote::SEAL, &quote).expect("a seal");
        let order_id = OrderId::from_uuid(Uuid::from_u128(order));
        let place = || PlaceOrder { order_id, quote: SealedQuote(sealed.clone()) };
        let after = SignedDuration::from_secs(seconds);
        let by = |who: &str| ask(who, after, |cx| placing::place(cx, None, place()));
        prop_assert!(by("bob").is_err(), "somebody else's quote");
        prop_assert!(ask_as(Principal::Operator(user("alice")), after, |cx| placing::place(cx, None, place())).is_err());
        match by("alice") {
            Ok(placed) => {
                prop_assert!(after <= VALIDITY, "a quote of {seconds} s ago");
                let order = placed.state().cloned().expect("an order");
                prop_assert_eq!(order.customer_id, user("alice"));
                // The same request once more is the same order.
                let again = ask("alice", after, |cx| placing::place(cx, Some(order), place()));
                prop_assert!(again.is_ok_and(|again| again.state().is_none() && again.types().is_empty()));
            }
            Err(refusal) => prop_assert!(after > VALIDITY, "{refusal:?} after {seconds} s"),
        }
    }

    #[test]
    fn a_quote_that_was_changed_anywhere_is_worth_nothing(
        place in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_.-]", cut in any::<bool>(),
    ) {
        let quote = quote::price(&scene_policy(), AskQuote { customer_id: user("alice"), ..AskQuote::sample() }, None, T0);
        let sealed = sealer().seal(quote::SEAL, &quote.expect("a price")).expect("a seal");
        let mut changed = sealed.clone();
        let at = place.index(sealed.len());
        if cut { changed.truncate(at) } else { changed.replace_range(at..=at, &letter) }
        let placed = ask("alice", SignedDuration::ZERO, |cx| {
            placing::place(cx, None, PlaceOrder { quote: SealedQuote(changed.clone()), ..PlaceOrder::sample() })
        });
        prop_assert!(placed.is_err() || changed == sealed, "{changed} was taken for {sealed}");
    }
}

/// What may happen to a price list and a shelf.
#[derive(Clone, Debug)]
enum Happening {
    Publishes { items: Vec<(u8, Cents)>, open: bool },
    Saves(u8),
    Renames(u8, u8),
    Deletes(u8),
    Leaves,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    prop_oneof![
        2 => (prop::collection::vec((0..4_u8, amount(ITEM_MAX.0)), 0..4), any::<bool>())
            .prop_map(|(items, open)| Publishes { items, open }),
        8 => (0..70_u8).prop_map(Saves),
        2 => (0..70_u8, 0..3_u8).prop_map(|(n, name)| Renames(n, name)),
        2 => (0..70_u8).prop_map(Deletes),
        1 => Just(Leaves),
    ]
}

fn anybody() -> impl Strategy<Value = Principal> {
    let (alice, eve) = (user("alice"), user("eve"));
    let rarely = vec![
        Principal::User(eve),
        Principal::Operator(alice),
        Principal::Finance(eve),
        Principal::System("seed".into()),
    ];
    prop_oneof![3 => Just(Principal::User(alice)), 1 => Just(Principal::Operator(eve)), 1 => prop::sample::select(rarely)]
}

fn saved_id(n: u8) -> SavedId {
    SavedId::from_uuid(Uuid::from_u128(n.into()))
}

fn on_shelf(shelf: Option<Shelf>, happening: &Happening, who: &Principal) -> Option<Result<Change<Shelf>, Refusal>> {
    let user_id: UserId = user("alice");
    let asked = |rule: &dyn Fn(&chassis::Cx<'_>) -> Result<Change<Shelf>, Refusal>| {
        ask_as(who.clone(), SignedDuration::ZERO, rule)
    };
    Some(match *happening {
        Happening::Saves(n) => {
            let intent = SaveBasket { user_id, saved_id: saved_id(n), ..SaveBasket::sample() };
            asked(&|cx| saved::save(cx, shelf.clone(), intent.clone()))
        }
        Happening::Renames(n, name) => {
            let intent = RenameSaved { user_id, saved_id: saved_id(n), name: text(&format!("Lunch {name}")) };
            asked(&|cx| saved::rename(cx, shelf.clone(), intent.clone()))
        }
        Happening::Deletes(n) => {
            asked(&|cx| saved::delete(cx, shelf.clone(), DeleteSaved { user_id, saved_id: saved_id(n) }))
        }
        Happening::Leaves => {
            asked(&|cx| Ok(saved::forget(cx, shelf.clone(), UserClosed { user_id }).expect("no fault")))
        }
        Happening::Publishes { .. } => return None,
    })
}

fn publish(
    list: Option<PriceList>,
    items: &[(u8, Cents)],
    open: bool,
    who: &Principal,
) -> Result<Change<PriceList>, Refusal> {
    let item = |(n, price_cents): &(u8, Cents)| MenuItem {
        item_id: text(&format!("item-{n}")),
        price_cents: *price_cents,
        ..PublishMenu::sample().items[0].clone()
    };
    let intent = PublishMenu { open, items: items.iter().map(item).collect(), ..PublishMenu::sample() };
    ask_as(who.clone(), SignedDuration::ZERO, |cx| menus::publish(cx, list, intent))
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn shelves_and_price_lists_are_changed_by_whom_they_concern_and_stay_sound(
        happenings in prop::collection::vec((happening(), anybody()), 1..120)
    ) {
        let (mut shelf, mut list): (Option<Shelf>, Option<PriceList>) = (None, None);
        for (happening, who) in happenings {
            if let Happening::Publishes { items, open } = &happening {
                let Ok(change) = publish(list.clone(), items, *open, &who) else { continue };
                prop_assert!(matches!(who, Principal::Operator(_) | Principal::System(_)), "{who} set prices");
                let next = change.state().cloned().or(list).expect("a list");
                let mut names: Vec<_> = next.items.iter().map(|item| item.item_id.as_str().to_owned()).collect();
                names.sort();
                names.dedup();
                prop_assert_eq!(names.len(), next.items.len(), "an item is there twice");
                prop_assert!(next.items.iter().all(|item| (Cents(0)..=ITEM_MAX).contains(&item.price_cents)));
                let again = publish(Some(next.clone()), items, *open, &who).expect("the same");
                prop_assert!(again.state().is_none());
                list = Some(next);
                continue;
            }
            let Some(Ok(change)) = on_shelf(shelf.clone(), &happening, &who) else { continue };
            let by_owner = who == Principal::User(user("alice")) || matches!(happening, Happening::Leaves);
            prop_assert!(by_owner, "{who} did {happening:?}");
            prop_assert!(change.types().is_empty());
            let next = change.state().cloned().or(shelf);
            let saved = next.iter().flat_map(|shelf| &shelf.saved);
            let mut ids: Vec<_> = saved.map(|saved| saved.saved_id).collect();
            prop_assert!(ids.len() <= 50);
            ids.sort();
            let count = ids.len();
            ids.dedup();
            prop_assert_eq!(ids.len(), count, "a basket is there twice");
            let there = |n: u8| ids.contains(&saved_id(n));
            match happening {
                Happening::Saves(n) => prop_assert!(there(n)),
                Happening::Deletes(n) => prop_assert!(!there(n)),
                Happening::Leaves => prop_assert!(ids.is_empty()),
                Happening::Renames(..) | Happening::Publishes { .. } => {}
            }
            if let Some(Ok(again)) = on_shelf(next.clone(), &happening, &who) {
                let state = again.state().cloned().or_else(|| next.clone());
                prop_assert_eq!(&state, &next, "{:?} again", happening);
            }
            shelf = next;
        }
    }
}
