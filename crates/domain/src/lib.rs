//! What the studio is, with nothing it runs on: pure types and rules.
//!
//! Invariant: no async, clock, serde, SQL or HTTP here. A decision takes what was seen and the
//! time, and answers what to write or why not. Read the modules in this order.

mod account;
mod actions;
mod api_key;
mod books;
mod catalog;
mod change;
mod charge;
mod clocks;
mod closest;
mod credits;
mod day;
mod decide;
mod deed;
mod delivery;
mod discard;
mod email;
mod event;
mod folder;
mod former;
mod generation;
mod ids;
mod image;
mod key;
mod ledger;
mod lot;
mod month;
mod needs;
mod order;
mod pace;
mod pack;
mod payment_refused;
mod prompt;
mod quota;
mod refusal;
mod render;
mod search;
mod seed;
mod session;
mod sign_in;
mod size;
mod task;
mod till;

pub use account::{Account, AccountStatus, Role, User};
pub use actions::{ActionName, Actions};
pub use api_key::{ApiKey, KeyScope, Spender};
pub use books::Books;
pub use catalog::{Catalog, Model, ModelSlug, NegativePrompts, Quote, Safety, SizeMode};
pub use change::{
    AccountChange, AccountWrite, AttemptChange, AttemptWrite, AuditChange, AuditWrite, BodyHash,
    Change, ChangeList, Changes, DeletionChange, DeletionWrite, EventChange, EventWrite, FeedWrite,
    FolderChange, FolderWrite, GenerationChange, GenerationWrite, ImageChange, ImageWrite,
    KeyChange, KeyWrite, LedgerChange, LedgerWrite, OrderChange, OrderWrite, Receipt, RenderChange,
    RenderWrite, SessionChange, SessionWrite, TaskChange, TaskWrite, UnownedChange,
    UnownedEventChange, Write,
};
pub use charge::{Charge, ChargeState, Paid};
pub use clocks::{Clocks, Doubt, Moment, Reading, Seen, TOLERANCE, is_within, rebased};
pub use closest::closest;
pub use credits::Credits;
pub use day::Day;
pub use decide::IMPORTED;
pub use deed::{By, Deed, DeedName};
pub use delivery::{Delivery, DeliveryState, Effect, EventId, Mark, Topic};
pub use discard::{Discard, TRASH};
pub use email::Email;
pub use event::{Event, EventName};
pub use folder::{Folder, FolderName};
pub use former::Former;
pub use generation::{Count, Generation, Order, Request};
pub use ids::*;
pub use image::{Image, ObjectKey, Thumb, Variant, object_key};
pub use key::Key;
pub use ledger::{Actor, Entry, Line, Txn, TxnKind};
pub use lot::{GRACE_DAYS, Grant, Lot, LotKind, NEVER, SourceRef};
pub use month::Month;
pub use needs::Needs;
pub use order::{OrderState, OrderStep, PackOrder, Paying, Returned};
pub use pace::Pace;
pub use pack::{Money, Pack, PackName, Packs, PaymentMode};
pub use payment_refused::PaymentRefused;
pub use prompt::Prompt;
pub use quota::{Quota, Rule, Window};
pub use refusal::{Invalid, Refusal};
pub use render::{Ending, Render, RenderState, RenderStatus, Step};
pub use search::{ImageFilter, Phrase, Ratio, Search, Term, Wanted, may_go_on, words};
pub use seed::Seed;
pub use session::{Session, SessionHash};
pub use sign_in::{Begin, Challenge, Mac, Purpose, Verdict};
pub use size::Size;
pub use task::{Task, TaskKind};

/// A length of time.
pub use jiff::SignedDuration;
/// An instant in UTC with microsecond precision in storage.
pub use jiff::Timestamp;
