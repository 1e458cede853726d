//! Rules by given, when, then; whole stories against a sandbox of Stripe's on loopback.

mod books;
mod facts;
mod giving_back;
mod holds;
mod patrons;
mod people;
mod people_stories;
mod random;
mod reconciliation;
mod recorded;
mod scene;
mod settling;
mod stories;
mod tables;
