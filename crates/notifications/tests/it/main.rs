//! The rules of notifications: who is told what, and what becomes of it.

mod inbox;
mod random;
mod table;
