//! The outside world as traits: what the use cases ask for and adapters provide.
//!
//! Invariant: nothing here names a database, a protocol or a vendor. All ports are used as
//! `Arc<dyn _>`.

mod costs;
mod fault;
mod figures;
mod imaging;
mod local;
mod mail;
mod payments;
mod people;
mod provider;
mod push;
mod reads;
mod storage;
mod store;
mod watch;
mod world;

pub use costs::Costs;
pub use fault::{Fault, chain};
pub use figures::{
    BookLine, DayFigures, Figures, Intake, LineFilter, Moved, Outcomes, Times, percentile,
};
pub use imaging::{Imaging, IngestError, Ingested, Thumbnail};
pub use local::{LinkError, LocalFile, LocalFiles, PlayCheckout, PlayDeed, PlayPurchase, PlayPush};
pub use mail::{Kept, Mail, Mailer, Outbox};
pub use payments::{
    Checkout, CheckoutItem, CheckoutState, NewCheckout, Notice, NoticeRefused, OpenCheckout,
    Payment, PaymentError, PaymentPush, Payments, Price, Undelivered,
};
pub use people::{Crowd, KeyFilter, KeyState, OwnedKey, People, PeopleFilter, Profile, Standing};
pub use provider::{Cancelled, Delivery, Looked, Provider, SubmitError};
pub use push::{ProviderPush, Push, PushRefused, Pushed};
pub use reads::{
    Cursor, DeliveryFilter, GalleryMonth, GenerationStatus, InboxLoad, Job, Load, Neighbours,
    OrderStatus, Page, Paged, Reads, TrailFilter,
};
pub use storage::{LINK_SECONDS, Presign, Storage, link_date};
pub use store::{Claimed, ClaimedDeliveries, CommitError, Dispatch, Feed, Store};
pub use watch::{Tally, Tasks, Watch, Watched};
pub use world::{Clock, Entropy, Ids};

/// Values of the domain that payments are told in.
pub use safelight_domain::{Money, PaymentMode, Topic};
