//! What the studio does, as sentences: `studio.generations.request(..)`, `studio.ledger.consume(..)`.
//!
//! Invariant: read, decide, commit. Nothing here spawns a task, opens a transaction or knows an
//! adapter; the composition root spawns [`Studio::drivers`]. Read the modules in this order.

mod account;
mod api_key;
mod confirm;
mod device;
mod error;
mod folder;
mod generation;
mod image;
mod inbox;
mod ledger;
mod letter;
mod live;
mod order;
mod overview;
mod pace;
mod people;
mod pipeline;
mod quota;
mod removal;
mod secret;
mod session;
mod sign_in;
mod studio;
mod sweep;
mod takings;
mod task;
mod terms;
mod vitals;
mod watch;
mod world;

pub use account::{Accounts, NoBonus, Opened, Person};
pub use api_key::{Caller, KeyTerms, Keys, NewKey};
pub use confirm::{Confirm, Proved, Waiting};
pub use device::{Device, Devices};
pub use error::Error;
pub use folder::Folders;
pub use generation::{Ask, Generations, Requested, charged, refunded};
pub use image::{Act, Done, Download, Edit, File, Images, Import, Urls};
pub use inbox::{CaughtUp, Inbox, ReceiveError, Rehearsal};
pub use ledger::{Adjustment, Balance, Consumed, Ledger};
pub use letter::Letter;
pub use live::Live;
pub use order::{Orders, ToPay, Told};
pub use overview::Overview;
pub use pace::Paces;
pub use people::People;
pub use pipeline::Pipeline;
pub use quota::Quotas;
pub use removal::Removals;
pub use secret::Pepper;
pub use session::{Member, Sessions};
pub use sign_in::{Answer, Asked, Begun, Proof, SignIn, SignedIn, Visit, own_path};
pub use studio::{Driver, Readiness, Studio};
pub use takings::{Sheet, Takings};
pub use task::OperatorTasks;
pub use terms::{Terms, Timing};
pub use vitals::{Pulse, Vitals};
pub use watch::Watching;
pub use world::World;

/// What an [`Import`] says of where its picture comes from.
pub use safelight_provenance::Source;

/// What drivers need of the ports: values, and the doors of local stand-ins.
pub use safelight_ports::{
    BookLine, Checkout, CheckoutState, Costs, Crowd, Cursor, DayFigures, DeliveryFilter, Fault,
    GalleryMonth, GenerationStatus, InboxLoad, Intake, Kept, KeyFilter, KeyState, LineFilter,
    LinkError, Load, LocalFile, LocalFiles, Mail, Moved, Neighbours, NoticeRefused, OrderStatus,
    Outbox, Outcomes, OwnedKey, Page, Paged, Payment, PeopleFilter, PlayCheckout, PlayDeed,
    PlayPurchase, PlayPush, Profile, ProviderPush, Push, PushRefused, Pushed, Standing, Tally,
    Tasks, Times, TrailFilter, Watched, chain,
};
