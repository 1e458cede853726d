//! Prices. The server is the only price authority: what a customer sees, pays and disputes is this arithmetic.

use contracts::orders::AskQuote;
use contracts::quote::{Item, Line, Price, Quote};
use contracts::{Cents, Currency, Refused};
use jiff::{SignedDuration, Timestamp};

/// What a quote's seal is for.
pub const SEAL: &str = "quo";
/// How long a quote holds.
pub const VALIDITY: SignedDuration = SignedDuration::from_mins(15);

/// What a runner earns when the customer does not choose: predecessor.md, features.
const DELIVERY_FEE: Cents = Cents(200);
const DELIVERY_FEE_MAX: Cents = Cents(5_000);
const TIP_MAX: Cents = Cents(10_000);
/// What the platform keeps, by policy.
const PLATFORM_FEE: Cents = Cents(0);
const LINES_MAX: usize = 50;
const QUANTITY_MAX: u32 = 99;
const ITEM_MAX: Cents = Cents(100_000);
const TOTAL_MAX: Cents = Cents(200_000);

/// Prices a basket.
///
/// # Errors
/// With a code per broken limit: `empty_basket`, `too_many_items`, `quantity_out_of_range`, `price_out_of_range`,
/// `delivery_fee_out_of_range`, `tip_out_of_range`, `total_out_of_range`.
pub fn price(ask: AskQuote, now: Timestamp) -> Result<Quote, Refused> {
    if ask.items.is_empty() {
        return Err(Refused::new("empty_basket", "There is nothing in the basket."));
    }
    if ask.items.len() > LINES_MAX {
        return Err(Refused::new("too_many_items", format!("A basket holds at most {LINES_MAX} different items.")));
    }
    let lines = ask.items.into_iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let fee = within(
        "delivery_fee_out_of_range",
        "The delivery fee",
        ask.delivery_fee_cents.unwrap_or(DELIVERY_FEE),
        DELIVERY_FEE_MAX,
    )?;
    let tip = within("tip_out_of_range", "The tip", ask.tip_cents.unwrap_or_default(), TIP_MAX)?;
    let items: Cents = lines.iter().map(|line| line.total_cents).sum();
    let total = within("total_out_of_range", "The total", items + fee + tip + PLATFORM_FEE, TOTAL_MAX)?;
    if total < Cents(50) {
        // Stripe's smallest charge: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
        return Err(Refused::new("total_out_of_range", "The total must be at least 0.50."));
    }
    Ok(Quote {
        customer_id: ask.customer_id,
        store: ask.store,
        deliver_to: ask.deliver_to,
        lines,
        price: Price {
            items_cents: items,
            delivery_fee_cents: fee,
            tip_cents: tip,
            platform_fee_cents: PLATFORM_FEE,
            total_cents: total,
            payout_cents: total - PLATFORM_FEE,
            currency: Currency::default(),
        },
        valid_until: now + VALIDITY,
    })
}

fn line(item: Item) -> Result<Line, Refused> {
    if item.quantity == 0 || item.quantity > QUANTITY_MAX {
        let message = format!("The quantity must be between 1 and {QUANTITY_MAX}.");
        return Err(Refused::new("quantity_out_of_range", message));
    }
    let price = within("price_out_of_range", "The price of an item", item.price_cents, ITEM_MAX)?;
    Ok(Line { name: item.name, quantity: item.quantity, price_cents: price, total_cents: price * item.quantity })
}

fn within(code: &str, what: &str, amount: Cents, max: Cents) -> Result<Cents, Refused> {
    if amount < Cents(0) || amount > max {
        return Err(Refused::new(code, format!("{what} must be between 0.00 and {}.00.", max.0 / 100)));
    }
    Ok(amount)
}
