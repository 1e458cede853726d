//! What holds for the whole: the contracts are current, the wiring is complete, the tree is tidy, what is started
//! comes up.

mod bench;
mod chaos;
mod contracts;
mod document;
mod garbage;
mod measures;
mod parked;
mod predecessor;
mod refusals;
mod serve;
mod simulate;
mod tidy;
mod up;
mod wire;
mod wiring;
