//! Logs and traces. One order is one trace: its trace id is the order's own uuid, so that a support mail's `ord_…` finds it.

use std::cell::Cell;
use std::io::IsTerminal;

use contracts::envelope;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceId, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, SdkTracerProvider};
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Flushes what has not been exported yet when it is dropped.
#[must_use]
#[derive(Debug)]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take() {
            drop(provider.shutdown());
        }
    }
}

/// Starts logging to standard error (`RUST_LOG`, `CAMPUSG_LOG_FORMAT=json`), and tracing to an OTLP receiver when the
/// standard settings name one (`OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`).
///
/// # Errors
/// When a receiver is named but its settings make no sense.
pub fn start(service: &str) -> anyhow::Result<Telemetry> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new("info,sqlx=warn,async_nats=warn,stripe=error,sea_orm_migration=warn,poem=warn")
    });
    let json = std::env::var("CAMPUSG_LOG_FORMAT").is_ok_and(|format| format == "json");
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let log = if json { log.json().boxed() } else { log.compact().boxed() };
    // A log line says what it has to say itself; the spans around it are for the traces.
    let log = log.with_filter(filter).with_filter(tracing_subscriber::filter::filter_fn(|meta| meta.is_event()));
    let provider = otlp_is_named().then(|| exporter(service)).transpose()?;
    let trace = provider.as_ref().map(|provider| {
        let spans =
            tracing_subscriber::filter::filter_fn(|meta| meta.is_span() && meta.target().starts_with("campusg"));
        // Entering a span must not start it: a request joins its order's story only once it is known which.
        let layer =
            tracing_opentelemetry::layer().with_tracer(provider.tracer("campusg")).with_context_activation(false);
        layer.with_filter(spans)
    });
    tracing_subscriber::registry().with(log).with(trace).try_init()?;
    Ok(Telemetry(provider))
}

fn otlp_is_named() -> bool {
    let named = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
    named("OTEL_EXPORTER_OTLP_ENDPOINT") || named("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
}

fn exporter(service: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().build()?;
    let resource = Resource::builder()
        .with_attribute(KeyValue::new("service.namespace", "campusg"))
        .with_attribute(KeyValue::new("service.name", service.to_owned()))
        .build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_id_generator(StoryIds::default())
        .with_resource(resource)
        .build())
}

thread_local! {
    /// The ids of the next span that this thread starts, when they are not to be random.
    static NEXT: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// Random ids, except for the root of a story.
#[derive(Clone, Debug, Default)]
struct StoryIds(RandomIdGenerator);

impl IdGenerator for StoryIds {
    fn new_trace_id(&self) -> TraceId {
        NEXT.get().map_or_else(|| self.0.new_trace_id(), |(trace, _)| trace)
    }

    fn new_span_id(&self) -> SpanId {
        NEXT.get().map_or_else(|| self.0.new_span_id(), |(_, span)| span)
    }
}

/// The root of an entity's trace: its trace id is the entity's uuid, its span id the uuid's lower half.
fn story(uuid: uuid::Uuid) -> (TraceId, SpanId) {
    let (_, low) = uuid.as_u64_pair();
    (TraceId::from(uuid.as_u128()), SpanId::from(low))
}

/// Writes the root span of a new entity's trace.
pub fn begin_story(name: &str, id: &impl contracts::Id) {
    NEXT.set(Some(story(id.uuid())));
    let root = info_span!(target: "campusg", parent: None, "story", otel.name = name, entity.id = %id);
    // The ids are taken when the span starts, which asking for its context makes it do.
    drop(root.context());
    NEXT.set(None);
}

/// Makes the current span, which must not have started yet, part of an entity's trace.
pub fn join_story(id: &impl contracts::Id) {
    let (trace, span) = story(id.uuid());
    let root = SpanContext::new(trace, span, opentelemetry::TraceFlags::SAMPLED, true, Default::default());
    drop(Span::current().set_parent(Context::new().with_remote_span_context(root)));
}

/// Makes a span, which must not have started yet, part of the trace that a caller names in W3C form.
pub fn follow(span: &Span, traceparent: &str) {
    drop(span.set_parent(context_of(traceparent)));
}

/// The id of a span's trace as receivers show it, if it is traced. Starts the span.
#[must_use]
pub fn trace_id(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span().span_context().clone();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// W3C trace context of a span, if it is traced.
pub(crate) fn traceparent(span: &Span) -> Option<String> {
    let mut carrier = OneHeader(None);
    TraceContextPropagator::new().inject_context(&span.context(), &mut carrier);
    carrier.0
}

fn context_of(traceparent: &str) -> Context {
    TraceContextPropagator::new().extract(&OneHeader(Some(traceparent.to_owned())))
}

struct OneHeader(Option<String>);

impl Injector for OneHeader {
    fn set(&mut self, key: &str, value: String) {
        if key == envelope::TRACEPARENT {
            self.0 = Some(value);
        }
    }
}

impl Extractor for OneHeader {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.as_deref().filter(|_| key == envelope::TRACEPARENT)
    }

    fn keys(&self) -> Vec<&str> {
        vec![envelope::TRACEPARENT]
    }
}

/// The span in which `service` handles a message: a child of the one in which it was published.
pub(crate) fn process_span(service: &str, reaction: &str, route: &str, parent: Option<&str>) -> Span {
    let span = info_span!(
        target: "campusg",
        parent: None,
        "process",
        otel.name = format!("process {route}"),
        otel.kind = "consumer",
        messaging.system = "nats",
        messaging.destination.name = route,
        campusg.service = service,
        campusg.reaction = reaction,
        campusg.outcome = tracing::field::Empty,
    );
    if let Some(parent) = parent {
        drop(span.set_parent(context_of(parent)));
    }
    span
}

/// The span in which a deadline fires: a new trace that links back to where it was promised.
pub(crate) fn fire_span(class: &str, promised: Option<&str>) -> Span {
    let span = info_span!(
        target: "campusg",
        parent: None,
        "fire",
        otel.name = format!("fire {class}"),
        otel.kind = "producer",
        messaging.system = "nats",
        campusg.service = "timers",
    );
    if let Some(promised) = promised {
        span.add_link(context_of(promised).span().span_context().clone());
    }
    span
}

/// The span in which a question is answered.
pub(crate) fn answer_span(subject: &str, headers: Option<&async_nats::HeaderMap>) -> Span {
    let span = info_span!(
        target: "campusg",
        parent: None,
        "answer",
        otel.name = format!("answer {subject}"),
        otel.kind = "server",
        messaging.system = "nats",
    );
    if let Some(parent) = headers.and_then(|headers| headers.get(envelope::TRACEPARENT)) {
        drop(span.set_parent(context_of(parent.as_str())));
    }
    span
}
