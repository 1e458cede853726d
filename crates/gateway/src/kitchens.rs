//! The vendors of the development platform: something to order from a price list. Vendors' own systems publish theirs with
//! the same intent.

use std::time::Duration;

use chassis::{Bus, BusError, Shutdown};
use contracts::orders::{MenuItem, PublishMenu};
use contracts::place::Store;
use contracts::{Cents, MessageId, Principal, Text, VendorId};
use tracing::debug;

/// A vendor: name, place, and what they sell, each with its stable name and its price in cents.
type Kitchen = (&'static str, &'static str, &'static [(&'static str, &'static str, i64)]);

const KITCHENS: [Kitchen; 3] = [
    (
        "Noodle Bar",
        "Block 3, level 1",
        &[
            ("laksa", "Laksa", 620),
            ("wonton", "Wonton noodles", 550),
            ("veg", "Vegetable noodles", 480),
            ("barley", "Barley water", 180),
        ],
    ),
    (
        "Kopi Corner",
        "Library, ground floor",
        &[("kopi", "Kopi", 160), ("teh", "Teh tarik", 180), ("kaya", "Kaya toast set", 420)],
    ),
    (
        "Green Plate",
        "Student union",
        &[("bowl", "Grain bowl", 890), ("soup", "Soup of the day", 520), ("fruit", "Cut fruit", 300)],
    ),
];

/// Publishes the price lists, however long the broker stays away. Doing so again changes nothing.
pub(crate) async fn seed(bus: Bus, shutdown: Shutdown) {
    for kitchen in &KITCHENS {
        while let Err(error) = publish(&bus, kitchen).await {
            debug!(error = %error, "the vendors of the development platform are not published yet");
            tokio::select! {
                () = shutdown.soft() => return,
                () = tokio::time::sleep(Duration::from_millis(250)) => {}
            }
        }
    }
}

async fn publish(bus: &Bus, (name, location, items): &Kitchen) -> Result<(), BusError> {
    let seed = Principal::System("seed".to_owned());
    let id = MessageId::of_request(&seed, "orders.publish_menu", name);
    let Some(intent) = menu(id.derive("vendor"), name, location, items) else { return Ok(()) };
    bus.intend(&seed, id, &intent, Duration::ZERO).await.map(drop)
}

/// Nothing if one of the names above were not a proper text; the test below says that all are.
fn menu(vendor_id: VendorId, name: &str, location: &str, items: &[(&str, &str, i64)]) -> Option<PublishMenu> {
    let item = |(item_id, name, cents): &(&str, &str, i64)| {
        let (item_id, name) = (Text::new(item_id).ok()?, Text::new(name).ok()?);
        Some(MenuItem { item_id, name, price_cents: Cents(*cents), available: true })
    };
    let store = Store { name: Text::new(name).ok()?, location: Text::new(location).ok()? };
    Some(PublishMenu { vendor_id, store, open: true, items: items.iter().map(item).collect::<Option<_>>()? })
}

#[cfg(test)]
mod tests {
    use contracts::Message;

    use super::*;

    #[test]
    fn every_kitchen_can_be_published() {
        for (name, location, items) in &KITCHENS {
            assert!(menu(PublishMenu::sample().vendor_id, name, location, items).is_some(), "{name}");
        }
    }
}
