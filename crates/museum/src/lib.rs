//! Known defects.
