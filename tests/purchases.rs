//! Buying: whatever way and however often the provider tells of it, one grant, and as much taken
//! back as has gone back. Names with `os688`, `os727` and `lf` are those of the threads other
//! projects learnt them in; see docs/decisions/0012-inbox.md.

#[path = "purchases/buying.rs"]
mod buying;
#[path = "purchases/inbox.rs"]
mod inbox;
#[path = "purchases/known.rs"]
mod known;
#[path = "purchases/panics.rs"]
mod panics;
#[path = "purchases/returns.rs"]
mod returns;
#[path = "purchases/shop.rs"]
mod shop;
