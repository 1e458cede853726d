//! The objects the sandbox keeps, as the JSON that Stripe would answer with.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::form::Form;
use crate::journal::Entry;

/// A kind of object. Implementing this is all the store needs to know about it.
pub(crate) trait Resource: Serialize + DeserializeOwned {
    /// The value of `object` in its JSON; also its name in "No such …".
    const OBJECT: &'static str;
    /// What its ids start with, up to and with the underscore.
    const PREFIX: &'static str;

    fn id(&self) -> &str;
}

/// All objects by id. Ids of one kind sort by age.
#[derive(Debug, Default)]
pub(crate) struct Store {
    objects: BTreeMap<String, Value>,
    changed: Vec<String>,
    /// When the call being executed came in, in seconds since 1970.
    pub(crate) now: i64,
}

/// A new id. The time comes first, so ids sort by age and never repeat, not even after the data was deleted.
#[expect(clippy::disallowed_methods, reason = "as with Stripe, only an idempotency key makes a second run the same")]
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}{}", Uuid::now_v7().simple())
}

impl Store {
    pub(crate) fn get<T: Resource>(&self, id: &str) -> Option<T> {
        let object = self.objects.get(id).filter(|object| object["object"] == T::OBJECT)?;
        T::deserialize(object).inspect_err(|error| tracing::error!(%id, %error, "a stored object is unreadable")).ok()
    }

    /// The object whose id is in the path.
    pub(crate) fn find<T: Resource>(&self, id: &str) -> Result<T, Error> {
        self.get(id).ok_or_else(|| Error::no_such(T::OBJECT, id))
    }

    /// The object whose id is the value of `param`.
    pub(crate) fn find_param<T: Resource>(&self, id: &str, param: &str) -> Result<T, Error> {
        self.get(id).ok_or_else(|| Error::no_such_param(T::OBJECT, id, param))
    }

    /// Answers `GET /v1/<kind>/<id>`.
    pub(crate) fn retrieve<T: Resource>(&self, id: &str, form: &Form) -> Result<Value, Error> {
        form.only(&[])?;
        Ok(wire(&self.find::<T>(id)?))
    }

    /// Keeps a new or changed object and returns its JSON.
    pub(crate) fn put<T: Resource>(&mut self, object: &T) -> Value {
        let value = wire(object);
        self.objects.insert(object.id().to_owned(), value.clone());
        self.changed.push(object.id().to_owned());
        value
    }

    /// All objects of a kind, newest first.
    pub(crate) fn all<T: Resource>(&self) -> impl Iterator<Item = &Value> {
        let from = T::PREFIX.to_owned();
        // '`' follows '_' in ASCII, so this range is exactly the ids with the prefix.
        let to = from.replace('_', "`");
        self.objects.range(from..to).rev().map(|(_, object)| object)
    }

    /// A page of a kind, newest first, with Stripe's `limit` and `starting_after`.
    /// Objects are left out where they differ from one of the `filters` that the form names.
    pub(crate) fn list<T: Resource>(&self, form: &Form, url: &str, filters: &[&str]) -> Result<Value, Error> {
        let limit = form.integer("limit")?.unwrap_or(10);
        let Some(limit) = usize::try_from(limit).ok().filter(|limit| (1..=100).contains(limit)) else {
            return Err(Error::invalid("This value must be between 1 and 100.").param("limit"));
        };
        let asked: Vec<(&str, &str)> = filters.iter().filter_map(|name| Some((*name, form.text(name)?))).collect();
        let after = form.text("starting_after");
        let mut data: Vec<&Value> = self
            .all::<T>()
            .filter(|object| after.is_none_or(|after| object["id"].as_str().is_some_and(|id| id < after)))
            .filter(|object| asked.iter().all(|(name, value)| object[*name] == *value))
            .take(limit + 1)
            .collect();
        let has_more = data.len() > limit;
        data.truncate(limit);
        Ok(json!({ "object": "list", "url": url, "has_more": has_more, "data": data }))
    }

    /// What was put since the last time, for the journal.
    pub(crate) fn take_changed(&mut self) -> Vec<Value> {
        let changed = std::mem::take(&mut self.changed);
        changed.iter().filter_map(|id| self.objects.get(id).cloned()).collect()
    }

    pub(crate) fn restore(&mut self, objects: Vec<Value>) {
        for object in objects {
            if let Some(id) = object["id"].as_str() {
                self.objects.insert(id.to_owned(), object);
            }
        }
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.objects.values().map(|object| Entry { objects: vec![object.clone()], answer: None })
    }
}

fn wire<T: Resource>(object: &T) -> Value {
    let mut value = json!(object);
    value["object"] = json!(T::OBJECT);
    value
}
