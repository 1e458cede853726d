//! Prices. The server is the only price authority: what a customer sees, pays and disputes is this arithmetic.

use contracts::orders::AskQuote;
use contracts::place::Store;
use contracts::quote::{Basis, Item, Line, Pick, Price, Quote};
use contracts::{Cents, Currency, Refused};
use jiff::{SignedDuration, Timestamp};

use crate::menus::PriceList;
use crate::policy::Policy;

/// What a quote's seal is for.
pub const SEAL: &str = "quo";
/// How long a quote holds.
pub const VALIDITY: SignedDuration = SignedDuration::from_mins(15);

/// The most that one item costs.
pub const ITEM_MAX: Cents = Cents(100_000);
/// The most that an order costs.
pub const TOTAL_MAX: Cents = Cents(200_000);
/// Stripe's smallest charge: <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
pub const TOTAL_MIN: Cents = Cents(50);
const DELIVERY_FEE_MAX: Cents = Cents(5_000);
const TIP_MAX: Cents = Cents(10_000);
const LINES_MAX: usize = 50;
const QUANTITY_MAX: u32 = 99;

/// Prices a basket: an errand by the customer's estimates, or picks from a vendor's price list.
///
/// # Errors
/// With a code per broken limit: `empty_basket`, `too_many_items`, `quantity_out_of_range`, `price_out_of_range`,
/// `delivery_fee_out_of_range`, `tip_out_of_range`, `total_out_of_range`; `basis_mixed`, `vendor_unknown`, `vendor_closed`,
/// `item_unknown`, `item_unavailable`.
pub fn price(policy: &Policy, ask: AskQuote, list: Option<&PriceList>, now: Timestamp) -> Result<Quote, Refused> {
    let mixed = !ask.items.is_empty() && (ask.vendor_id.is_some() || !ask.picks.is_empty());
    if mixed || (ask.vendor_id.is_none() && !ask.picks.is_empty()) {
        return Err(Refused::new("basis_mixed", "Send either items, or a vendor and picks from their price list."));
    }
    if ask.items.is_empty() && ask.picks.is_empty() {
        return Err(Refused::new("empty_basket", "There is nothing in the basket."));
    }
    if ask.items.len() > LINES_MAX || ask.picks.len() > LINES_MAX {
        return Err(Refused::new("too_many_items", format!("A basket holds at most {LINES_MAX} different items.")));
    }
    let (basis, store, lines) = match ask.vendor_id {
        None => (Basis::Errand, ask.store, ask.items.into_iter().map(estimated).collect::<Result<Vec<_>, _>>()?),
        Some(_) => {
            let (store, lines) = picked(ask.picks, list)?;
            (Basis::Catalogue, store, lines)
        }
    };
    let fee = within(
        "delivery_fee_out_of_range",
        "The delivery fee",
        ask.delivery_fee_cents.unwrap_or(policy.delivery_fee_cents),
        DELIVERY_FEE_MAX,
    )?;
    let tip = within("tip_out_of_range", "The tip", ask.tip_cents.unwrap_or_default(), TIP_MAX)?;
    let items: Cents = lines.iter().map(|line| line.total_cents).sum();
    let platform_fee = policy.platform_fee(items);
    let total = within("total_out_of_range", "The total", items + fee + tip + platform_fee, TOTAL_MAX)?;
    if total < TOTAL_MIN {
        return Err(Refused::new("total_out_of_range", "The total must be at least 0.50."));
    }
    let buffer = match basis {
        Basis::Errand => policy.buffer(items),
        Basis::Catalogue => Cents(0),
    };
    Ok(Quote {
        customer_id: ask.customer_id,
        store,
        deliver_to: ask.deliver_to,
        lines,
        price: Price {
            items_cents: items,
            delivery_fee_cents: fee,
            tip_cents: tip,
            platform_fee_cents: platform_fee,
            total_cents: total,
            payout_cents: total - platform_fee,
            currency: Currency::default(),
            buffer_cents: buffer,
            policy: policy.version,
        },
        basis,
        vendor_id: ask.vendor_id,
        valid_until: now + VALIDITY,
    })
}

fn estimated(item: Item) -> Result<Line, Refused> {
    let price = within("price_out_of_range", "The price of an item", item.price_cents, ITEM_MAX)?;
    line(item.name, item.quantity, price)
}

/// The vendor's own prices, whatever the customer thinks that they are.
fn picked(picks: Vec<Pick>, list: Option<&PriceList>) -> Result<(Store, Vec<Line>), Refused> {
    let list = list.ok_or_else(|| Refused::new("vendor_unknown", "There is no such vendor."))?;
    if !list.open {
        return Err(Refused::new("vendor_closed", "This vendor takes no orders at the moment."));
    }
    let lines = picks.into_iter().map(|pick| {
        let item = list.items.iter().find(|item| item.item_id == pick.item_id);
        let item = item.ok_or_else(|| Refused::new("item_unknown", "The vendor does not have one of these items."))?;
        if !item.available {
            return Err(Refused::new("item_unavailable", format!("{} cannot be had today.", item.name)));
        }
        line(item.name.clone(), pick.quantity, item.price_cents)
    });
    Ok((list.store.clone(), lines.collect::<Result<_, _>>()?))
}

fn line(name: contracts::Text<100>, quantity: u32, price_cents: Cents) -> Result<Line, Refused> {
    if quantity == 0 || quantity > QUANTITY_MAX {
        let message = format!("The quantity must be between 1 and {QUANTITY_MAX}.");
        return Err(Refused::new("quantity_out_of_range", message));
    }
    Ok(Line { name, quantity, price_cents, total_cents: price_cents * quantity })
}

fn within(code: &str, what: &str, amount: Cents, max: Cents) -> Result<Cents, Refused> {
    if amount < Cents(0) || amount > max {
        return Err(Refused::new(code, format!("{what} must be between 0.00 and {}.00.", max.0 / 100)));
    }
    Ok(amount)
}
