//! Price lists and saved baskets.

use contracts::orders::{AskQuote, DeleteSaved, PublishMenu, RenameSaved, SaveBasket};
use contracts::quote::{Basis, Pick};
use contracts::{Cents, Id, Message, Principal, SavedId, Text};
use jiff::SignedDuration;
use orders::menus::{self, PriceList};
use orders::policy::Policy;
use orders::saved::{self, Shelf};
use orders::{Refusal, quote};

use crate::scene::*;

const NOW: SignedDuration = SignedDuration::ZERO;

fn operator() -> Principal {
    Principal::Operator(user("olga"))
}

fn list() -> PriceList {
    let change = ask_as(operator(), NOW, |cx| menus::publish(cx, None, PublishMenu::sample())).expect("published");
    change.state().cloned().expect("a list")
}

fn picks(item: &str, quantity: u32) -> AskQuote {
    let list = list();
    let picks = vec![Pick { item_id: Text::new(item).expect("an item"), quantity }];
    AskQuote { items: Vec::new(), vendor_id: Some(list.vendor_id), picks, ..a_basket("alice") }
}

#[test]
fn the_vendors_own_prices_count() {
    let quote = quote::price(&scene_policy(), picks("Alice", 3), Some(&list()), T0).expect("a price");
    assert_eq!(
        (quote.basis, quote.price.items_cents, quote.price.buffer_cents),
        (Basis::Catalogue, Cents(1_350), Cents(0))
    );
    assert_eq!((quote.price.policy, quote.price.hold_cents()), (7, Cents(1_550)));
}

#[track_caller]
fn check_picks(ask: AskQuote, list: Option<&PriceList>, code: &str) {
    let refused = quote::price(&scene_policy(), ask, list, T0).map_err(|refused| refused.code);
    assert_eq!(refused, Err(code.to_owned()));
}

#[test]
fn what_is_not_on_the_list_cannot_be_had() {
    check_picks(picks("Alice", 1), None, "vendor_unknown");
    check_picks(picks("Bob", 1), Some(&list()), "item_unknown");
    check_picks(picks("Alice", 0), Some(&list()), "quantity_out_of_range");
    check_picks(picks("Alice", 1), Some(&PriceList { open: false, ..list() }), "vendor_closed");
    let mut sold_out = list();
    sold_out.items[0].available = false;
    check_picks(picks("Alice", 1), Some(&sold_out), "item_unavailable");
    check_picks(AskQuote { items: a_basket("alice").items, ..picks("Alice", 1) }, Some(&list()), "basis_mixed");
    check_picks(AskQuote { vendor_id: None, ..picks("Alice", 1) }, None, "basis_mixed");
}

#[test]
fn the_platforms_share_and_the_buffer_follow_from_the_policy() {
    let policy = Policy { platform_fee_basis_points: 250, platform_fee_fixed_cents: Cents(10), ..scene_policy() };
    // 2.5 % of 8.90 are 22.25 cents: rounded up.
    let price = quote::price(&policy, a_basket("alice"), None, T0).expect("a price").price;
    assert_eq!((price.platform_fee_cents, price.total_cents), (Cents(33), Cents(1_123)));
    assert_eq!((price.payout_cents, price.buffer_cents), (Cents(1_090), Cents(178)));
}

#[test]
fn b28_a_price_list_that_makes_no_sense_is_refused() {
    let publish = |intent: PublishMenu, who| ask_as(who, NOW, |cx| menus::publish(cx, None, intent));
    let mut negative = PublishMenu::sample();
    negative.items[0].price_cents = Cents(-1);
    assert_eq!(publish(negative, operator()).err(), Some(Refusal::BadMenu));
    let mut twice = PublishMenu::sample();
    twice.items.push(twice.items[0].clone());
    assert_eq!(publish(twice, operator()).err(), Some(Refusal::BadMenu));
    assert_eq!(publish(PublishMenu::sample(), Principal::User(user("bob"))).err(), Some(Refusal::NotAllowed));
    let again = ask_as(operator(), NOW, |cx| menus::publish(cx, Some(list()), PublishMenu::sample()));
    assert!(again.expect("the same").state().is_none());
}

fn save(n: u128) -> SaveBasket {
    SaveBasket {
        user_id: user("alice"),
        saved_id: SavedId::from_uuid(uuid::Uuid::from_u128(n)),
        ..SaveBasket::sample()
    }
}

#[test]
fn a_shelf_of_saved_baskets_is_ones_own_and_has_an_end() {
    let mut shelf: Option<Shelf> = None;
    for n in 0..50 {
        shelf = ask("alice", NOW, |cx| saved::save(cx, shelf.clone(), save(n))).expect("saved").state().cloned();
    }
    assert_eq!(ask("alice", NOW, |cx| saved::save(cx, shelf.clone(), save(99))).err(), Some(Refusal::TooManySaved));
    assert!(ask("alice", NOW, |cx| saved::save(cx, shelf.clone(), save(7))).expect("the same").state().is_none());
    assert_eq!(ask("bob", NOW, |cx| saved::save(cx, None, save(1))).err(), Some(Refusal::NotAllowed));
    let rename =
        RenameSaved { user_id: user("alice"), saved_id: save(7).saved_id, name: Text::new("Lunch").expect("a name") };
    let renamed = ask("alice", NOW, |cx| saved::rename(cx, shelf.clone(), rename.clone())).expect("renamed");
    assert!(renamed.state().expect("a shelf").saved.iter().any(|saved| saved.name.as_str() == "Lunch"));
    let unknown = RenameSaved { saved_id: save(99).saved_id, ..rename };
    assert_eq!(ask("alice", NOW, |cx| saved::rename(cx, shelf.clone(), unknown)).err(), Some(Refusal::NotFound));
    let delete = || DeleteSaved { user_id: user("alice"), saved_id: save(7).saved_id };
    let deleted = ask("alice", NOW, |cx| saved::delete(cx, shelf.clone(), delete())).expect("deleted");
    assert_eq!(deleted.state().expect("a shelf").saved.len(), 49);
    let again = ask("alice", NOW, |cx| saved::delete(cx, deleted.state().cloned(), delete())).expect("gone");
    assert!(again.state().is_none());
}
