//! One span and one log line per request. (poem's own feature wants an older OpenTelemetry: architecture.md 7.)

use std::sync::Arc;

use chassis::telemetry;
use contracts::UserId;
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, header};
use poem::{Request, Response};
use tokio::time::Instant;
use tracing::{Instrument, Span, debug, field, info, info_span, warn};

use crate::auth::WhoAsked;
use crate::{docs, problem};

/// Why a response is an error, for the log.
#[derive(Clone, Debug)]
pub(crate) struct Cause(pub(crate) String);

/// Notes who sent a request, once that is known.
pub(crate) fn name_user(request: &Request, user_id: UserId) {
    if let Some(who) = request.data::<WhoAsked>() {
        // A stream's token may be looked at twice; it names the same person.
        let _ = who.set(user_id);
    }
}

/// Traces and logs a request. It joins the caller's trace, unless its handler joins that of an order.
pub(crate) async fn trace(routes: &BoxEndpoint<'static, Response>, mut request: Request) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let found = docs::route_of(request.uri().path());
    let route = found.map_or("unmatched", |route| route.path.as_str());
    let span = info_span!(
        target: "campusg",
        parent: None,
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = %method,
        http.route = route,
        http.response.status_code = field::Empty,
        enduser.id = field::Empty,
    );
    if let Some(traceparent) = request.header("traceparent") {
        telemetry::follow(&span, traceparent);
    }
    let who = WhoAsked::default();
    request.set_data(Arc::clone(&who));
    let mut response =
        problem::answer(routes, request, found.map(|route| route.allow.as_str())).instrument(span.clone()).await;
    let line = Line { method: method.as_str(), route, who: who.get().copied(), started };
    line.write(&span, &response);
    harden(&mut response);
    response
}

struct Line<'a> {
    method: &'a str,
    route: &'a str,
    who: Option<UserId>,
    started: Instant,
}

impl Line<'_> {
    fn write(&self, span: &Span, response: &Response) {
        let Self { method, route, who, started } = self;
        let status = response.status();
        let user = who.map(|user| user.to_string()).unwrap_or_default();
        let error = response.data::<Cause>().map(|cause| cause.0.as_str()).unwrap_or_default();
        let ms = started.elapsed().as_micros() as f64 / 1_000.0;
        span.record("http.response.status_code", status.as_u16());
        if let Some(user) = who {
            span.record("enduser.id", field::display(user));
        }
        let status = status.as_u16();
        let trace_id = telemetry::trace_id(span).unwrap_or_default();
        if matches!(*route, "/healthz" | "/readyz" | "web") {
            // Asked every few seconds by whoever runs the platform, or a dozen at a time by a browser.
            debug!(target: "campusg::http", method, route, status, ms, "{method} {route} {status}");
        } else if status >= 500 {
            span.record("otel.status_code", "ERROR");
            warn!(target: "campusg::http", method, route, status, ms, user, trace_id, error, "{method} {route} {status}");
        } else {
            info!(target: "campusg::http", method, route, status, ms, user, trace_id, "{method} {route} {status}");
        }
    }
}

/// Answers are for the one who asked, and are what they say they are.
fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
