//! What a basket costs, and which baskets are refused.

use contracts::orders::AskQuote;
use contracts::quote::Item;
use contracts::{Cents, Text};
use orders::quote;
use proptest::prelude::*;

use crate::scene::{T0, a_basket, scene_policy};

fn basket(items: &[(u32, i64)]) -> AskQuote {
    let item = |(quantity, price): &(u32, i64)| Item {
        name: Text::new("Laksa").expect("a name"),
        quantity: *quantity,
        price_cents: Cents(*price),
    };
    AskQuote { items: items.iter().map(item).collect(), ..a_basket("alice") }
}

fn price(ask: AskQuote) -> Result<contracts::quote::Quote, contracts::Refused> {
    quote::price(&scene_policy(), ask, None, T0)
}

#[test]
fn a_basket_costs_its_items_and_the_fees() {
    let quote = price(AskQuote { tip_cents: Some(Cents(50)), ..basket(&[(2, 445)]) }).expect("a price");
    assert_eq!(quote.price.items_cents, Cents(890));
    assert_eq!(quote.price.delivery_fee_cents, Cents(200));
    assert_eq!(quote.price.total_cents, Cents(1_140));
}

#[track_caller]
fn check(ask: AskQuote, code: &str) {
    assert_eq!(price(ask).map_err(|refused| refused.code), Err(code.to_owned()));
}

#[test]
fn every_limit_has_its_code() {
    // predecessor.md B28, B52
    check(basket(&[]), "empty_basket");
    check(basket(&[(1, 100); 51]), "too_many_items");
    check(basket(&[(0, 100)]), "quantity_out_of_range");
    check(basket(&[(100, 100)]), "quantity_out_of_range");
    check(basket(&[(1, -1)]), "price_out_of_range");
    check(basket(&[(1, i64::MAX)]), "price_out_of_range");
    check(basket(&[(99, 100_000)]), "total_out_of_range");
    check(AskQuote { delivery_fee_cents: Some(Cents(-1)), ..basket(&[(1, 100)]) }, "delivery_fee_out_of_range");
    check(AskQuote { tip_cents: Some(Cents(i64::MIN)), ..basket(&[(1, 100)]) }, "tip_out_of_range");
    check(AskQuote { delivery_fee_cents: Some(Cents(0)), ..basket(&[(1, 1)]) }, "total_out_of_range");
}

proptest! {
    #[test]
    fn every_cent_of_the_total_is_somebodys(
        items in prop::collection::vec((1..5_u32, 0..2_000_i64), 1..10),
        fee in 50..2_000_i64,
        tip in 0..2_000_i64,
    ) {
        let ask = AskQuote {
            delivery_fee_cents: Some(Cents(fee)),
            tip_cents: Some(Cents(tip)),
            ..basket(&items)
        };
        let price = price(ask).expect("a price").price;
        let parts = price.items_cents + price.delivery_fee_cents + price.tip_cents + price.platform_fee_cents;
        prop_assert_eq!(parts, price.total_cents);
        prop_assert_eq!(price.payout_cents + price.platform_fee_cents, price.total_cents);
    }
}
