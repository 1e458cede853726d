//! Ids and times as OpenAPI knows them.

use std::borrow::Cow;

use contracts::Id;
use jiff::Timestamp;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type};
use serde_json::Value;

/// An id of ours in its shown form, `ord_…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ref<I>(pub(crate) I);

impl<I: Id> Type for Ref<I> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        format!("string_{}", I::PREFIX).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            pattern: Some(format!("^{}_[0-9a-f]{{32}}$", I::PREFIX)),
            min_length: Some(36),
            max_length: Some(36),
            ..MetaSchema::new("string")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<I: Id> ParseFromParameter for Ref<I> {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        value.parse().map(Self).map_err(|_| ParseError::custom("not an id"))
    }
}

impl<I: Id> ParseFromJSON for Ref<I> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        Self::parse_from_parameter(value.as_ref().and_then(Value::as_str).unwrap_or_default())
    }
}

impl<I: Id> ToJSON for Ref<I> {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.to_string()))
    }
}

/// A moment, RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Timestamp);

impl Type for Time {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string_date-time".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        // RFC 3339 with nanoseconds and an offset.
        let schema = MetaSchema { max_length: Some(40), ..MetaSchema::new_with_format("string", "date-time") };
        MetaSchemaRef::Inline(Box::new(schema))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for Time {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let text = value.as_ref().and_then(Value::as_str).unwrap_or_default();
        text.parse().map(Self).map_err(|_| ParseError::custom("not a time"))
    }
}

impl ToJSON for Time {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.to_string()))
    }
}
