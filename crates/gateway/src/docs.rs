//! The API's description, and the pages that show it. No page loads anything from another machine.

use std::sync::LazyLock;

use poem_openapi::payload::{Html, PlainText, Response};
use poem_openapi::{OpenApi, Tags};
use serde_json::Value;

use crate::web;

/// What the description begins with.
pub(crate) const INTRODUCTION: &str = "\
Order food on campus, or deliver it.

**Signing in.** Every call but those under *Platform*, *Sign in* and *Webhooks* needs a token in `Authorization: Bearer …`. The caller is \
always the token's subject.

**Changing something** sends a message and waits for its verdict. `202` means that the platform has stored the request and \
will decide; read the order, or listen to `GET /api/v1/stream`, to learn what became of it. `Prefer: wait=N` says how many \
seconds to wait for the verdict.

**Repeating a request** is safe with the same `Idempotency-Key`: it happens once and has one answer. Repeat after every \
`503` and whenever no answer came. A key is the caller's own, for one operation, and for one order where the path names one; with \
another body it is `422 idempotency_key_reused`.

**Too much at once** is `429 rate_limited`: every person has a rate of their own, and so has every address from which \
nobody is signed in. `Retry-After` says when it is worth trying again.

**Problems** are `application/problem+json` (RFC 9457). Programs go by `code`. Besides those that an operation lists, \
every path may answer `404 not_found`, `405 method_not_allowed` and `503 stopping`.

**In a body**, `null` is as good as leaving a field out. Fields that nobody documents are ignored.

**Amounts** are integers in the currency's minor unit. **Times** are RFC 3339 in UTC.";

/// Chapters of the description.
#[derive(Tags)]
pub(crate) enum Tag {
    /// Who is who.
    People,
    /// For customers, and for whoever takes part in an order.
    Orders,
    /// For runners.
    Delivery,
    /// Cards, payouts, receipts, and what came of it.
    Money,
    /// What happens, as it happens.
    Stream,
    /// For operators and finance.
    Operations,
    /// For other systems, which sign what they send.
    Webhooks,
    /// The platform itself.
    Platform,
}

/// The description, to look things up in.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&crate::openapi_json()).unwrap_or_default());

/// A schema that the description names.
pub(crate) fn schema(name: &str) -> Option<&'static Value> {
    DOCUMENT["components"]["schemas"].get(name)
}

/// One path of the API.
pub(crate) struct Route {
    /// With `:id` where an id stands.
    pub(crate) path: String,
    /// The methods that it takes, as `Allow` lists them.
    pub(crate) allow: String,
}

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    // Pages outside the description can only be read.
    let pages = ["/api/docs", "/api/openapi.json"].map(|page| Route::new(page, vec!["GET".to_owned()]));
    let described = DOCUMENT["paths"].as_object().into_iter().flatten().map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten().map(|(method, _)| method.to_ascii_uppercase());
        Route::new(path, methods.collect())
    });
    pages.into_iter().chain(described).collect()
});

impl Route {
    fn new(path: &str, mut methods: Vec<String>) -> Self {
        if methods.iter().any(|method| method == "GET") {
            methods.push("HEAD".to_owned());
        }
        Self { path: path.replace('{', ":").replace('}', ""), allow: methods.join(", ") }
    }

    fn matches(&self, path: &str) -> bool {
        let (mut pattern, mut path) = (self.path.split('/'), path.split('/'));
        loop {
            match (pattern.next(), path.next()) {
                (None, None) => return true,
                (Some(pattern), Some(part)) if pattern == part || pattern.starts_with(':') && !part.is_empty() => {}
                (Some(_) | None, Some(_) | None) => return false,
            }
        }
    }
}

/// Every file and page of the web app.
static WEB: LazyLock<Route> = LazyLock::new(|| Route::new("web", vec!["GET".to_owned()]));

/// The route that a request's path belongs to. A span must be named before the framework has found out.
pub(crate) fn route_of(path: &str) -> Option<&'static Route> {
    if web::is_of_the_api(path) { ROUTES.iter().find(|route| route.matches(path)) } else { Some(&WEB) }
}

/// Scalar's page has its script inside. Its fonts and its proxy would come from elsewhere, so it is told to do without, and
/// the browser is told to let it.
static REFERENCE: LazyLock<String> = LazyLock::new(|| {
    const MARK: &str = r#"id="api-reference""#;
    const QUIET: &str = r#"id="api-reference" data-configuration='{"withDefaultFonts":false}'"#;
    crate::service().scalar_html().replacen(MARK, QUIET, 1).replacen("<title>Scalar", "<title>CampusG API", 1)
});

const REFERENCE_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; \
    connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

pub(crate) struct DocsApi;

#[OpenApi]
impl DocsApi {
    /// The interactive reference.
    #[oai(path = "/api/docs", method = "get", hidden)]
    async fn reference(&self) -> Response<Html<String>> {
        Response::new(Html(REFERENCE.clone())).header("content-security-policy", REFERENCE_POLICY)
    }

    /// The description.
    #[oai(path = "/api/openapi.json", method = "get", hidden)]
    async fn description(&self) -> Response<PlainText<String>> {
        Response::new(PlainText(crate::openapi_json())).header("content-type", "application/json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_the_same_every_time() {
        assert_eq!(crate::openapi_json(), crate::openapi_json());
        assert!(schema("NewQuote").is_some());
    }

    #[test]
    fn the_reference_is_told_not_to_load_fonts() {
        assert!(REFERENCE.contains(r#"data-configuration='{"withDefaultFonts":false}'"#));
    }

    #[test]
    fn a_path_belongs_to_the_route_that_serves_it() {
        let find = |path| route_of(path).map(|route| (route.path.as_str(), route.allow.as_str()));
        assert_eq!(find("/api/v1/orders"), Some(("/api/v1/orders", "GET, POST, HEAD")));
        assert_eq!(find("/api/v1/orders/ord_1/accept"), Some(("/api/v1/orders/:id/accept", "POST")));
        assert_eq!(find("/api/v1/orders/ord_1"), Some(("/api/v1/orders/:id", "GET, HEAD")));
        assert_eq!(find("/api/docs"), Some(("/api/docs", "GET, HEAD")));
        assert_eq!(find("/"), Some(("web", "GET, HEAD")));
        assert_eq!(find("/api/v1/orders/"), None);
        assert_eq!(find("/api/v1/orders/ord_1/accept/x"), None);
    }

    #[test]
    fn every_operation_has_a_name_and_every_string_that_is_sent_a_bound() {
        for (path, methods) in DOCUMENT["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                assert!(operation["operationId"].is_string(), "{method} {path}");
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let schema = &parameter["schema"];
                    let bounded = schema["type"] != "string" || !schema["maxLength"].is_null();
                    assert!(bounded, "{method} {path}: {}", parameter["name"]);
                }
                let body = &operation["requestBody"]["content"]["application/json"]["schema"];
                if let Some(name) = body["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
                    assert_bounded(name, schema(name).expect("a schema"));
                }
            }
        }
    }

    #[track_caller]
    fn assert_bounded(at: &str, schema: &Value) {
        if let Some(name) = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str()) {
            let name = name.rsplit('/').next().expect("a name");
            return assert_bounded(&format!("{at}.{name}"), super::schema(name).expect("a schema"));
        }
        match schema["type"].as_str() {
            Some("string") => assert!(!schema["maxLength"].is_null() || !schema["enum"].is_null(), "{at}: {schema}"),
            Some("integer") => assert!(!schema["maximum"].is_null(), "{at}: {schema}"),
            Some("array") => {
                assert!(!schema["maxItems"].is_null(), "{at}: {schema}");
                assert_bounded(&format!("{at}[]"), &schema["items"]);
            }
            _ => {
                for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
                    assert_bounded(&format!("{at}.{name}"), schema);
                }
            }
        }
    }
}
