//! The rules of orders: given an order, when something is said or asked, then this.

mod around;
mod baskets;
mod changes;
mod prices;
mod random;
mod rules;
mod scene;
mod shelves;
