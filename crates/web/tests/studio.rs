//! The studio's pages over a real database, asked the way a browser asks, scripts or not.

#[path = "studio/browser.rs"]
mod browser;
#[path = "studio/composer.rs"]
mod composer;
#[path = "studio/live.rs"]
mod live;
#[path = "studio/open.rs"]
mod open;
#[path = "studio/slots.rs"]
mod slots;
