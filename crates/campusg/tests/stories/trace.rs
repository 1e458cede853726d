//! One order is one trace across gateway and services, as an OTLP receiver gets it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use testkit::{Db, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A span and the service that sent it.
type Sent = (String, Span);

/// Takes what is posted to `/v1/traces` over plain HTTP.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<Sent>>>);

impl Receiver {
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let receiver = self.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(receiver.clone().serve(connection));
            }
        });
        format!("http://{address}")
    }

    async fn serve(self, mut connection: TcpStream) {
        let mut bytes = Vec::new();
        loop {
            let head = loop {
                if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                    break end + 4;
                }
                let mut chunk = [0; 16_384];
                match connection.read(&mut chunk).await {
                    Ok(0) | Err(_) => return,
                    Ok(count) => bytes.extend_from_slice(&chunk[..count]),
                }
            };
            let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap();
            let end = head + length.trim().parse::<usize>().unwrap();
            while bytes.len() < end {
                let mut chunk = [0; 16_384];
                match connection.read(&mut chunk).await {
                    Ok(0) | Err(_) => return,
                    Ok(count) => bytes.extend_from_slice(&chunk[..count]),
                }
            }
            self.take(&bytes[head..end]);
            bytes.drain(..end);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
            if connection.write_all(answer).await.is_err() {
                return;
            }
        }
    }

    fn take(&self, body: &[u8]) {
        for resource in ExportTraceServiceRequest::decode(body).unwrap().resource_spans {
            let service =
                resource.resource.iter().flat_map(|resource| &resource.attributes).find_map(|attribute| {
                    match (attribute.key.as_str(), attribute.value.as_ref()?.value.as_ref()?) {
                        ("service.name", Value::StringValue(name)) => Some(name.clone()),
                        _ => None,
                    }
                });
            let service = service.expect("a service.name");
            let spans = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
            self.0.lock().unwrap().extend(spans.map(|span| (service.clone(), span)));
        }
    }

    fn sent(&self) -> Vec<Sent> {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_order_is_one_trace() {
    let receiver = Receiver::default();
    let endpoint = receiver.listen().await;
    let world = World::of(Db::Sqlite).as_processes(crate::CAMPUSG).env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    let world = world.start().await;
    let order = crate::forward::carry(&world).await;
    // Stopped processes have sent all they had.
    world.end().await;
    let trace_id = order.strip_prefix("ord_").unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let spans: Vec<Sent> = receiver.sent().into_iter().filter(|(_, span)| hex(&span.trace_id) == trace_id).collect();
    let services: HashSet<&str> = spans.iter().map(|(service, _)| service.as_str()).collect();
    for service in ["campusg-gateway", "campusg-orders", "campusg-users", "campusg-payments"] {
        assert!(services.contains(service), "{service} is missing in {services:?}");
    }
    let by_id: HashMap<&[u8], &Span> = spans.iter().map(|(_, span)| (span.span_id.as_slice(), span)).collect();
    let roots: Vec<_> = spans.iter().filter(|(_, span)| span.parent_span_id.is_empty()).collect();
    assert_eq!(roots.len(), 1, "{:?}", roots.iter().map(|(_, span)| &span.name).collect::<Vec<_>>());
    for (service, span) in &spans {
        let parent = span.parent_span_id.as_slice();
        assert!(parent.is_empty() || by_id.contains_key(parent), "{service}: {} has no parent in the trace", span.name);
    }
    let names: Vec<&str> = spans.iter().map(|(_, span)| span.name.as_str()).collect();
    for name in [
        "process intent.orders.place.v1",
        "process orders.placed.v1",
        "process users.payer_resolved.v1",
        "process payments.authorized.v1",
        "process intent.orders.accept.v1",
        "process users.payee_resolved.v1",
        "process payments.paid_out.v1",
    ] {
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    // Each is told under what caused it: the payment under the payer, the payer under the order.
    let parent_of = |name: &str| {
        let (_, span) = spans.iter().find(|(_, span)| span.name == name).unwrap();
        by_id.get(span.parent_span_id.as_slice()).map(|parent| parent.name.as_str())
    };
    assert_eq!(parent_of("process users.payer_resolved.v1"), Some("process orders.placed.v1"));
    assert_eq!(parent_of("process orders.placed.v1"), Some("process intent.orders.place.v1"));
}
