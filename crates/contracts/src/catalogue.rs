//! Every message and question there is, with schema and sample: what `campusg contracts` writes to `streams/`.

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};

use crate::{Kind, Message, Question};

/// A typical value, for documentation and for the test that every sample ever published still parses.
pub trait Sample {
    /// The value; always the same.
    fn sample() -> Self;
}

/// One row of the catalogue.
pub struct Entry {
    /// Intent, event, deadline or question.
    pub kind: Kind,
    /// The service that decides, says or answers.
    pub owner: &'static str,
    /// Verb, fact or kind.
    pub name: &'static str,
    /// The payload's version.
    pub version: u8,
    /// JSON Schema of the payload.
    pub schema: Schema,
    /// JSON Schema of the answer, for questions.
    pub answer: Option<Schema>,
    /// A typical payload.
    pub sample: serde_json::Value,
    /// Whether a payload can be read as this type.
    pub parses: fn(&[u8]) -> Result<(), serde_json::Error>,
    /// Reads a payload as this type and writes it again.
    pub rewrites: fn(&[u8]) -> Result<Vec<u8>, serde_json::Error>,
}

impl Entry {
    pub(crate) fn of<M: Message>() -> Self {
        Self {
            kind: M::KIND,
            owner: M::OWNER,
            name: M::NAME,
            version: M::VERSION,
            schema: generator().into_root_schema_for::<M>(),
            answer: None,
            sample: serde_json::to_value(M::sample()).unwrap_or_default(),
            parses: |bytes| serde_json::from_slice::<M>(bytes).map(drop),
            rewrites: |bytes| serde_json::to_vec(&serde_json::from_slice::<M>(bytes)?),
        }
    }

    pub(crate) fn question<Q: Question>() -> Self {
        Self {
            kind: Kind::Question,
            owner: Q::OWNER,
            name: Q::NAME,
            version: Q::VERSION,
            schema: generator().into_root_schema_for::<Q>(),
            answer: Some(generator().into_root_schema_for::<Q::Answer>()),
            sample: serde_json::to_value(Q::sample()).unwrap_or_default(),
            parses: |bytes| serde_json::from_slice::<Q>(bytes).map(drop),
            rewrites: |bytes| serde_json::to_vec(&serde_json::from_slice::<Q>(bytes)?),
        }
    }

    /// `<kind>.<owner>.<name>.v<version>`: the name of its files under `streams/`.
    #[must_use]
    pub fn file_stem(&self) -> String {
        let kind = match self.kind {
            Kind::Intent => "intent",
            Kind::Event => "event",
            Kind::Deadline => "deadline",
            Kind::Question => "ask",
        };
        format!("{kind}.{}.{}.v{}", self.owner, self.name, self.version)
    }
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

/// Everything, owner by owner.
#[must_use]
pub fn all() -> Vec<Entry> {
    [
        crate::orders::messages(),
        crate::orders::questions(),
        crate::payments::messages(),
        crate::payments::questions(),
        crate::users::messages(),
        crate::users::questions(),
        crate::notifications::messages(),
        crate::notifications::questions(),
        crate::repairs::messages(),
        crate::repairs::questions(),
        crate::timers::messages(),
        crate::timers::deadlines(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_reads_as_its_type() {
        for entry in all() {
            let bytes = serde_json::to_vec(&entry.sample).expect("a JSON value");
            (entry.parses)(&bytes).unwrap_or_else(|error| panic!("{}: {error}", entry.file_stem()));
        }
    }

    #[test]
    fn no_two_messages_share_a_name() {
        let mut stems: Vec<_> = all().iter().map(Entry::file_stem).collect();
        stems.sort();
        let count = stems.len();
        stems.dedup();
        assert_eq!(stems.len(), count);
    }
}
