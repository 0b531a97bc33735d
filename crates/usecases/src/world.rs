//! The ports the use cases stand on, in one struct.

use std::sync::Arc;

use safelight_ports::{
    Clock, Entropy, Feed, Figures, Ids, Imaging, Mailer, PaymentPush, Payments, People, Provider,
    Reads, Storage, Store, Watch,
};

/// Every port the use cases stand on.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the port it names")]
pub struct World {
    pub store: Arc<dyn Store>,
    pub reads: Arc<dyn Reads>,
    pub figures: Arc<dyn Figures>,
    pub people: Arc<dyn People>,
    pub watch: Arc<dyn Watch>,
    pub provider: Arc<dyn Provider>,
    pub storage: Arc<dyn Storage>,
    pub imaging: Arc<dyn Imaging>,
    pub mailer: Arc<dyn Mailer>,
    pub payments: Option<Arc<dyn Payments>>,
    pub payment_push: Option<Arc<dyn PaymentPush>>,
    pub feed: Option<Arc<dyn Feed>>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub entropy: Arc<dyn Entropy>,
}
