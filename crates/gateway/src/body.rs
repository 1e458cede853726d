//! Reading a request's body: bounded, and held against the very schema that the API publishes.

use poem::http::StatusCode;
use poem::{Request, RequestBody};
use poem_openapi::error::ContentTypeError;
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::{Any, ParseFromJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

use crate::docs;
use crate::problem::Problem;

/// What a body may measure.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// A JSON body. Unlike [`Json`] it is bounded, and says which field is wrong.
pub(crate) struct Body<T>(pub(crate) T);

/// A JSON body that may be left out, which means the same as `{}`.
pub(crate) struct OptionalBody<T>(pub(crate) T);

/// A body as it came, for it is what was signed. Those who sign send more at once than people do.
pub(crate) struct RawBody(pub(crate) Vec<u8>);

/// What a [`RawBody`] may measure.
const MAX_RAW_BYTES: usize = 256 * 1024;

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest { description: None, content: content::<T>(), required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let bytes = read(request, body, MAX_BYTES).await?;
        check_content_type(request)?;
        Ok(Self(parse(&bytes)?))
    }
}

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for OptionalBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest { description: None, content: content::<T>(), required: false })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let bytes = read(request, body, MAX_BYTES).await?;
        if bytes.is_empty() {
            return Ok(Self(parse(b"{}")?));
        }
        check_content_type(request)?;
        Ok(Self(parse(&bytes)?))
    }
}

impl<'a> ApiExtractor<'a> for RawBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest { description: None, content: content::<Any<Value>>(), required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self(read(request, body, MAX_RAW_BYTES).await?))
    }
}

fn content<T: Type>() -> Vec<MetaMediaType> {
    vec![MetaMediaType { content_type: "application/json", schema: T::schema_ref() }]
}

async fn read(request: &Request, body: &mut RequestBody, max: usize) -> poem::Result<Vec<u8>> {
    let announced = request.header("content-length").and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(Problem::too_large().into());
    }
    Ok(body.take()?.into_bytes_limit(max).await?.into())
}

fn check_content_type(request: &Request) -> Result<(), ContentTypeError> {
    match request.content_type() {
        Some(content_type) if Json::<String>::check_content_type(content_type) => Ok(()),
        Some(content_type) => Err(ContentTypeError::NotSupported { content_type: content_type.to_owned() }),
        None => Err(ContentTypeError::ExpectContentType),
    }
}

fn parse<T: ParseFromJSON>(bytes: &[u8]) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let detail = format!("The body is not JSON: {error}.");
        Problem::new(StatusCode::BAD_REQUEST, "malformed_json", detail)
    })?;
    let schema = match T::schema_ref() {
        MetaSchemaRef::Reference(name) => docs::schema(&name),
        MetaSchemaRef::Inline(_) => None,
    };
    if let Some(schema) = schema {
        check("", schema, &value)?;
    }
    // Whatever the schema cannot say is said here, without a field.
    T::parse_from_json(Some(value)).map_err(|error| Problem::invalid_field("", error.into_message()))
}

/// Holds a value against a schema of ours; the first field that does not fit is named. Covers what our schemas use.
fn check(pointer: &str, schema: &Value, value: &Value) -> Result<(), Problem> {
    let schema = resolve(schema);
    let invalid = |detail: String| Err(Problem::invalid_field(pointer, detail));
    if let Some(allowed) = schema["enum"].as_array() {
        let names: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
        return if allowed.contains(value) { Ok(()) } else { invalid(format!("Must be one of {}.", names.join(", "))) };
    }
    match (schema["type"].as_str().unwrap_or_default(), value) {
        ("object", Value::Object(_)) => check_object(pointer, schema, value),
        ("array", Value::Array(items)) => {
            if schema["minItems"].as_u64().is_some_and(|min| (items.len() as u64) < min) {
                return invalid(format!("Must have at least {} items.", schema["minItems"]));
            }
            if schema["maxItems"].as_u64().is_some_and(|max| items.len() as u64 > max) {
                return invalid(format!("Must have at most {} items.", schema["maxItems"]));
            }
            items.iter().enumerate().try_for_each(|(n, item)| check(&format!("{pointer}/{n}"), &schema["items"], item))
        }
        ("string", Value::String(text)) => match bad_text(schema, text) {
            Some(detail) => invalid(detail),
            None => Ok(()),
        },
        ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => match bad_amount(schema, number) {
            Some(detail) => invalid(detail),
            None => Ok(()),
        },
        ("boolean", Value::Bool(_)) => Ok(()),
        (expected, _) => invalid(format!("Must be of type {expected}.")),
    }
}

fn check_object(pointer: &str, schema: &Value, value: &Value) -> Result<(), Problem> {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none_or(Value::is_null) {
            return Err(Problem::invalid_field(format!("{pointer}/{name}"), "Must be given."));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        match value.get(name) {
            Some(Value::Null) | None => {}
            Some(value) => check(&format!("{pointer}/{name}"), schema, value)?,
        }
    }
    Ok(())
}

/// A reference, also when it stands in an `allOf` beside a description.
fn resolve(schema: &Value) -> &Value {
    let named = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    named.and_then(|name| docs::schema(name.rsplit('/').next().unwrap_or_default())).unwrap_or(schema)
}

fn bad_text(schema: &Value, text: &str) -> Option<String> {
    if let Some(prefix) = schema["pattern"].as_str().and_then(id_prefix) {
        let hex = text.strip_prefix(prefix).filter(|hex| hex.len() == 32);
        let is_id = hex.is_some_and(|hex| hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        return (!is_id).then(|| format!("Must be an id: {prefix} and 32 hexadecimal digits."));
    }
    bad_length(schema, text.chars().count() as u64)
}

/// `^ord_[0-9a-f]{32}$` → `ord_`. Of patterns, those of ids are all that our bodies have.
fn id_prefix(pattern: &str) -> Option<&str> {
    pattern.strip_prefix('^')?.strip_suffix("[0-9a-f]{32}$")
}

fn bad_length(schema: &Value, length: u64) -> Option<String> {
    if schema["minLength"].as_u64().is_some_and(|min| length < min) {
        return Some("Must not be empty.".to_owned());
    }
    let max = schema["maxLength"].as_u64().filter(|max| length > *max)?;
    Some(format!("Must have at most {max} characters."))
}

fn bad_amount(schema: &Value, number: &serde_json::Number) -> Option<String> {
    let number = number.as_f64()?;
    if let Some(min) = schema["minimum"].as_f64().filter(|min| number < *min) {
        return Some(format!("Must be at least {min}."));
    }
    let max = schema["maximum"].as_f64().filter(|max| number > *max)?;
    Some(format!("Must be at most {max}."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn points_at(value: &Value, pointer: &str) {
        let schema = docs::schema("NewQuote").expect("a schema");
        let problem = check("", schema, value).expect_err("a problem");
        let response = problem.into_response_of(None);
        let body = futures::executor::block_on(response.into_body().into_string()).expect("a body");
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(body["pointer"], pointer, "{body}");
    }

    fn quote() -> Value {
        json!({
            "store": { "name": "Deck", "location": "NUS" },
            "deliver_to": { "building": "COM1", "room": "02-01" },
            "items": [{ "name": "Rice", "quantity": 1, "price_cents": 400 }],
            "vendor_id": "ven_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f",
        })
    }

    #[test]
    fn the_first_wrong_field_is_named() {
        let schema = docs::schema("NewQuote").expect("a schema");
        assert!(check("", schema, &quote()).is_ok());
        for (pointer, wrong) in [
            ("/store/name", json!("x".repeat(101))),
            ("/store/name", json!("")),
            ("/store/name", json!(5)),
            ("/deliver_to", json!(null)),
            ("/items/0/price_cents", json!(-1)),
            ("/items/0/price_cents", json!(1.5)),
            ("/items/0/quantity", json!("1")),
            ("/items", json!({})),
            ("/vendor_id", json!("ven_x")),
            ("/vendor_id", json!("ord_0198c2f6a1b37c3e8d5f6a7b8c9d0e1f")),
        ] {
            let mut quote = quote();
            *quote.pointer_mut(pointer).expect("a field") = wrong;
            points_at(&quote, pointer);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        points_at(&json!({}), "/deliver_to");
        points_at(&json!([]), "");
    }
}
