//! The story of a parked message, by its rules: given what happened, when somebody asks or something is told, then.

#![expect(clippy::unwrap_used, reason = "tests")]

mod rules;
