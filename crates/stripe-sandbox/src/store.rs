//! The objects the sandbox keeps, as the JSON that Stripe would answer with.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::form::Form;
use crate::journal::Entry;
use crate::terms::Terms;

/// A kind of object. Implementing this is all the store needs to know about it.
pub(crate) trait Resource: Serialize + DeserializeOwned {
    /// The value of `object` in its JSON; also its name in "No such …".
    const OBJECT: &'static str;
    /// What its ids start with, up to and with the underscore.
    const PREFIX: &'static str;

    fn id(&self) -> &str;

    /// When something happens to it by itself, in seconds since 1970; see `lapses.rs`.
    fn due(&self) -> Option<i64> {
        None
    }
}

/// What the JSON of a deleted object has as its `object`; only here, never in an answer.
const DELETED: &str = "deleted";

/// All objects by id. Ids of one kind sort by age.
#[derive(Debug, Default)]
pub(crate) struct Store {
    objects: BTreeMap<String, Value>,
    changed: Vec<String>,
    /// What happens by itself, the next first.
    due: BTreeSet<(i64, String)>,
    /// Deliveries that are still to be made, by when (milliseconds since 1970, by the machine's clock).
    pub(crate) undelivered: BTreeSet<(i64, String)>,
    /// How many events there are.
    pub(crate) events: usize,
    /// When the call being executed came in, in seconds since 1970, by the sandbox's clock.
    pub(crate) now: i64,
    pub(crate) cause: Cause,
    pub(crate) terms: Terms,
}

/// The request that events are the consequence of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cause {
    pub(crate) request_id: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) data: Vec<&'a Value>,
    pub(crate) has_more: bool,
}

/// A new id. The time comes first, so ids sort by age and never repeat, not even after the data was deleted.
#[expect(clippy::disallowed_methods, reason = "as with Stripe, only an idempotency key makes a second run the same")]
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}{}", Uuid::now_v7().simple())
}

impl Store {
    pub(crate) fn new(terms: Terms) -> Self {
        Self { terms, ..Self::default() }
    }

    pub(crate) fn get<T: Resource>(&self, id: &str) -> Option<T> {
        let object = self.objects.get(id).filter(|object| object["object"] == T::OBJECT)?;
        T::deserialize(object).inspect_err(|error| tracing::error!(%id, %error, "a stored object is unreadable")).ok()
    }

    /// The JSON of an object of any kind.
    pub(crate) fn value(&self, id: &str) -> Option<&Value> {
        self.objects.get(id)
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
        if let Some(due) = object.due() {
            self.due.insert((due, object.id().to_owned()));
        }
        value
    }

    /// Ends an object for good, and returns what Stripe answers to that.
    pub(crate) fn delete<T: Resource>(&mut self, id: &str) -> Value {
        self.objects.insert(id.to_owned(), json!({ "id": id, "object": DELETED }));
        self.changed.push(id.to_owned());
        json!({ "id": id, "object": T::OBJECT, "deleted": true })
    }

    pub(crate) fn is_deleted(&self, id: &str) -> bool {
        self.objects.get(id).is_some_and(|object| object["object"] == DELETED)
    }

    /// Forgets an object. A restart brings it back until it is forgotten again.
    pub(crate) fn forget(&mut self, id: &str) {
        self.objects.remove(id);
    }

    /// All objects of a kind, newest first.
    pub(crate) fn all<T: Resource>(&self) -> impl DoubleEndedIterator<Item = &Value> {
        let from = T::PREFIX.to_owned();
        // '`' follows '_' in ASCII, so this range is exactly the ids with the prefix.
        let to = from.replace('_', "`");
        self.objects.range(from..to).rev().map(|(_, object)| object).filter(|object| object["object"] == T::OBJECT)
    }

    /// A page of a kind as Stripe's list object; `filters` are the fields that the form may name.
    pub(crate) fn list<T: Resource>(&self, form: &Form, url: &str, filters: &[&str]) -> Result<Value, Error> {
        let page = self.page::<T>(form, filters)?;
        Ok(json!({ "object": "list", "url": url, "has_more": page.has_more, "data": page.data }))
    }

    /// A page of a kind, newest first, with Stripe's `limit`, `starting_after`, `ending_before` and `created`.
    /// Objects are left out where they differ from one of the `filters` that the form names.
    pub(crate) fn page<T: Resource>(&self, form: &Form, filters: &[&str]) -> Result<Page<'_>, Error> {
        self.page_where::<T>(form, filters, |_| true)
    }

    /// As [`page`](Self::page), with a filter of its own.
    pub(crate) fn page_where<T: Resource>(
        &self,
        form: &Form,
        filters: &[&str],
        also: impl Fn(&Value) -> bool,
    ) -> Result<Page<'_>, Error> {
        let limit = form.integer("limit")?.unwrap_or(10);
        let Some(limit) = usize::try_from(limit).ok().filter(|limit| (1..=100).contains(limit)) else {
            return Err(Error::invalid("This value must be between 1 and 100.").param("limit"));
        };
        let created = Created::read(form)?;
        let asked: Vec<(&str, &str)> = filters.iter().filter_map(|name| Some((*name, form.text(name)?))).collect();
        let wanted = |object: &&Value| {
            asked.iter().all(|(name, value)| object[*name] == *value)
                && created.includes(&object["created"])
                && also(object)
        };
        let mut data: Vec<&Value> = match (form.text("starting_after"), form.text("ending_before")) {
            (Some(_), Some(_)) => {
                let message = "You can't specify both `starting_after` and `ending_before`.";
                return Err(Error::invalid(message).param("ending_before"));
            }
            (None, Some(before)) => {
                let newer = self.all::<T>().rev().filter(|object| object["id"].as_str() > Some(before));
                newer.filter(wanted).take(limit + 1).collect()
            }
            (after, None) => {
                let older = self.all::<T>().filter(|object| after.is_none() || object["id"].as_str() < after);
                older.filter(wanted).take(limit + 1).collect()
            }
        };
        let has_more = data.len() > limit;
        data.truncate(limit);
        if form.text("ending_before").is_some() {
            data.reverse();
        }
        Ok(Page { data, has_more })
    }

    /// The next object to which something happens by itself, if it is time; it is asked about only once.
    pub(crate) fn take_due(&mut self) -> Option<String> {
        if !self.has_due() {
            return None;
        }
        self.due.pop_first().map(|(_, id)| id)
    }

    pub(crate) fn has_due(&self) -> bool {
        self.due.first().is_some_and(|(at, _)| *at <= self.now)
    }

    /// Plans again, after a restart, what happens by itself to objects of this kind.
    pub(crate) fn plan<T: Resource>(&mut self) {
        let due: Vec<(i64, String)> = self
            .all::<T>()
            .filter_map(|object| T::deserialize(object).ok())
            .filter_map(|object| Some((object.due()?, object.id().to_owned())))
            .collect();
        self.due.extend(due);
    }

    /// What was put since the last time, for the journal.
    pub(crate) fn take_changed(&mut self) -> Vec<Value> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort();
        changed.dedup();
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

/// `created=…`, `created[gte]=…` and their like.
#[derive(Debug)]
struct Created {
    from: i64,
    to: i64,
}

impl Created {
    fn read(form: &Form) -> Result<Self, Error> {
        let exactly = form.integer("created")?;
        let after = form.integer("created[gt]")?.map(|second| second.saturating_add(1));
        let before = form.integer("created[lt]")?.map(|second| second.saturating_sub(1));
        let from = [exactly, after, form.integer("created[gte]")?].into_iter().flatten().max();
        let to = [exactly, before, form.integer("created[lte]")?].into_iter().flatten().min();
        Ok(Self { from: from.unwrap_or(i64::MIN), to: to.unwrap_or(i64::MAX) })
    }

    fn includes(&self, created: &Value) -> bool {
        let created = created.as_i64().unwrap_or_default();
        (self.from..=self.to).contains(&created)
    }
}

/// What the fields begin with that the sandbox keeps in an object for itself.
const OWN: &str = "sandbox_";

/// Takes the sandbox's own fields out of what leaves it.
pub(crate) fn hide_own_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.starts_with(OWN));
            fields.values_mut().for_each(hide_own_fields);
        }
        Value::Array(values) => values.iter_mut().for_each(hide_own_fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An object's JSON, with its `object` field.
pub(crate) fn wire<T: Resource>(object: &T) -> Value {
    let mut value = json!(object);
    value["object"] = json!(T::OBJECT);
    value
}
