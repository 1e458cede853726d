//! The gateway alone: no services, and where a broker is needed, `stage` plays them. Their stories are told with the testkit.

mod auth;
mod baskets;
mod clerk;
mod desk;
mod garbage;
mod issuer;
mod limits;
mod live;
mod matrix;
mod money;
mod ops;
mod orders;
mod parked;
mod people;
mod platform;
mod problems;
mod stage;
mod stripe;
