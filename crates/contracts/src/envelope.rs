//! The headers that every message carries: CloudEvents attributes, lineage and trace context.

/// The message's id (CloudEvents `id`); `Nats-Msg-Id` holds the same.
pub const ID: &str = "ce-id";
/// `<owner>.<name>.v<version>` (CloudEvents `type`).
pub const TYPE: &str = "ce-type";
/// The service that published it (CloudEvents `source`).
pub const SOURCE: &str = "ce-source";
/// When it was published, RFC 3339 UTC (CloudEvents `time`).
pub const TIME: &str = "ce-time";
/// Always `1.0` (CloudEvents `specversion`).
pub const SPEC_VERSION: &str = "ce-specversion";
/// The story that the message belongs to: the order's id.
pub const CORRELATION: &str = "correlation-id";
/// The id of the message that caused this one.
pub const CAUSATION: &str = "causation-id";
/// W3C trace context.
pub const TRACEPARENT: &str = "traceparent";
/// The core NATS subject on which the sender of an intent waits for its verdict.
pub const VERDICT_TO: &str = "verdict-to";
/// Of a message that was put back after a service gave up on it: the id under which it was first given up on.
pub const REDRIVEN_OF: &str = "redriven-of";
/// The service for which alone it was put back; every other one has handled the message itself, and passes it by.
pub const REDRIVEN_FOR: &str = "redriven-for";
/// The how manyeth time, from 1.
pub const REDRIVEN_NUMBER: &str = "redriven-number";
/// The id of the message that says that it is to be put back.
pub const REDRIVEN_BY: &str = "redriven-by";
