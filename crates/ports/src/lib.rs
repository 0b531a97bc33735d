//! The outside world as traits: what the use cases ask for and adapters provide.
//!
//! Invariant: nothing here names a database, a protocol or a vendor. All ports are used as
//! `Arc<dyn _>`.

mod fault;
mod imaging;
mod local;
mod mail;
mod payments;
mod provider;
mod push;
mod reads;
mod storage;
mod store;
mod world;

pub use fault::{Fault, chain};
pub use imaging::{Imaging, IngestError, Ingested, Thumbnail};
pub use local::{LinkError, LocalFile, LocalFiles};
pub use mail::{Kept, Mail, Mailer, Outbox};
pub use payments::{
    Checkout, CheckoutState, Money, NewCheckout, Notice, NoticeRefused, OpenCheckout, Payment,
    PaymentError, PaymentMode, PaymentPush, Payments, Price, Topic, Undelivered,
};
pub use provider::{Cancelled, Delivery, Looked, Provider, SubmitError};
pub use push::{ProviderPush, Push, PushRefused, Pushed};
pub use reads::{Cursor, GenerationStatus, Job, Load, Month, Neighbours, Page, Paged, Reads};
pub use storage::{LINK_SECONDS, Presign, Storage, link_date};
pub use store::{Claimed, CommitError, Dispatch, Feed, Store};
pub use world::{Clock, Entropy, Ids};
