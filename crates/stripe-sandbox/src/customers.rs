//! Customers: who pays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::form::Form;
use crate::store::{Resource, Store, new_id};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Customer {
    id: String,
    created: i64,
    description: Option<String>,
    email: Option<String>,
    livemode: bool,
    metadata: BTreeMap<String, String>,
    name: Option<String>,
    phone: Option<String>,
}

impl Resource for Customer {
    const OBJECT: &'static str = "customer";
    const PREFIX: &'static str = "cus_";

    fn id(&self) -> &str {
        &self.id
    }
}

pub(crate) fn create(store: &mut Store, form: &Form) -> Result<Value, Error> {
    form.only(&["description", "email", "metadata", "name", "phone"])?;
    let text = |name: &str| form.text(name).map(str::to_owned);
    let customer = Customer {
        id: new_id(Customer::PREFIX),
        created: store.now,
        description: text("description"),
        email: text("email"),
        livemode: false,
        metadata: form.metadata()?,
        name: text("name"),
        phone: text("phone"),
    };
    Ok(store.put(&customer))
}
