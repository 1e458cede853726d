//! The rules of users: given a person, when something is said or asked, then this.

mod identity;
mod means;
mod needs;
mod random;
mod scene;
