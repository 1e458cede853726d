//! Vendors' price lists: what orders from a catalogue are priced by.

use std::collections::HashSet;

use chassis::{Change, Cx, Entity};
use contracts::orders::{Menu, MenuItem, PublishMenu, Vendor};
use contracts::place::Store;
use contracts::{Cents, Currency, Principal, VendorId};
use serde::{Deserialize, Serialize};

use crate::quote::ITEM_MAX;
use crate::refusal::Refusal;

pub(crate) mod table {
    chassis::plain_table!("menus");
}

const ITEMS_MAX: usize = 500;

/// A vendor and what they sell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceList {
    /// Who.
    pub vendor_id: VendorId,
    /// Where.
    pub store: Store,
    /// Whether they take orders now.
    pub open: bool,
    /// In the vendor's own order.
    pub items: Vec<MenuItem>,
}

/// Sets a vendor's whole list.
///
/// # Errors
/// When neither an operator nor the platform asks, or the list makes no sense.
pub fn publish(cx: &Cx<'_>, list: Option<PriceList>, intent: PublishMenu) -> Result<Change<PriceList>, Refusal> {
    match cx.principal {
        Principal::Operator(_) | Principal::System(_) => {}
        Principal::User(_) | Principal::Finance(_) => return Err(Refusal::NotAllowed),
    }
    let PublishMenu { vendor_id, store, open, items } = intent;
    let mut names = HashSet::new();
    let sound = |item: &MenuItem| item.price_cents >= Cents(0) && item.price_cents <= ITEM_MAX;
    let unique = items.iter().all(|item| names.insert(item.item_id.as_str().to_owned()));
    if items.len() > ITEMS_MAX || !unique || !items.iter().all(sound) {
        return Err(Refusal::BadMenu);
    }
    let new = PriceList { vendor_id, store, open, items };
    Ok(if list.as_ref() == Some(&new) { Change::none() } else { Change::to(new) })
}

impl PriceList {
    pub(crate) fn vendor(&self) -> Vendor {
        Vendor { vendor_id: self.vendor_id, store: self.store.clone(), open: self.open }
    }

    pub(crate) fn menu(&self, version: u64) -> Menu {
        Menu { vendor: self.vendor(), items: self.items.clone(), currency: Currency::default(), version }
    }
}

impl Entity for PriceList {
    type Id = VendorId;
    type Table = table::Entity;
    type View = Menu;

    fn id(&self) -> VendorId {
        self.vendor_id
    }

    fn view(&self, version: u64, _: &Principal) -> Menu {
        self.menu(version)
    }
}
