//! Stripe: what was paid and what went back, asked for by id; and the proof that a push is its.
//!
//! Invariant: the secret key goes to the configured API and nowhere else, every call that changes
//! something carries an idempotency key (made of our own ids where doing it twice would cost), and
//! a call that is repeated is repeated with the same one. Outside facts are from Stripe's documents and its official clients
//! (stripe-node 23.1.0, stripe-python 16.1.0) as read on 2026-11-23.

mod call;
mod checkout;
mod config;
mod customer;
mod endpoint;
mod event;
mod form;
mod http;
mod invoice;
mod minimum;
mod notice;
mod object;
mod payment;
mod payments;
mod price;
mod probe;
mod product;
mod refund;
mod refusal;
mod retry;
mod settings;
mod setup;
#[cfg(test)]
mod shapes;
mod signature;
mod stripe;
mod subscription;

pub use config::{Limits, StripeConfig};
pub use endpoint::{Endpoint, NewEndpoint};
pub use event::EVENTS;
pub use invoice::{Invoice, Line};
pub use minimum::below_minimum;
pub use notice::StripePush;
pub use product::{NewPrice, Product};
pub use settings::StripeSettings;
pub use setup::{Act, Made, Plan, Setup};
pub use signature::{Unproven, verify};
pub use stripe::{Stripe, VERSION};
pub use subscription::Subscription;
