//! What is on file: purchases and events, as JSON, replaced as a whole.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use safelight_domain::{Money, Timestamp};
use safelight_ports::{Checkout, CheckoutItem, CheckoutState, NewCheckout, Payment};
use serde::{Deserialize, Serialize};

/// Everything.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub purchases: Vec<Purchase>,
    pub events: Vec<Event>,
}

/// How far a purchase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    Open,
    Unpaid,
    Paid,
    Failed,
}

/// A purchase, and its payment once it is paid.
#[derive(Debug, Serialize, Deserialize)]
pub struct Purchase {
    pub id: String,
    pub order: String,
    /// Empty in files from before it was kept.
    #[serde(default)]
    pub account: String,
    pub customer: String,
    /// The price's id; empty as above.
    #[serde(default)]
    pub price: String,
    pub minor: u64,
    pub currency: String,
    pub success_url: String,
    pub cancel_url: String,
    /// Seconds since 1970.
    pub expires: i64,
    pub progress: Progress,
    pub refunds: Vec<Refund>,
}

/// Money that went back, unless the bank sent it back again.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refund {
    pub key: String,
    pub minor: u64,
    pub failed: bool,
}

/// Something that happened to a purchase.
#[derive(Debug, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub kind: String,
    /// Whether it is about the payment rather than the purchase.
    pub payment: bool,
    pub purchase: String,
    pub customer: String,
    /// Seconds since 1970.
    pub created: i64,
    pub delivered: bool,
}

impl State {
    /// What is on file; nothing when there is none yet.
    pub fn read(file: &Path) -> io::Result<Self> {
        match fs::read(file) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Replaces the file. It is on disk, old or new, whenever the plug is pulled.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        let new = file.with_extension("new");
        let mut out = File::create(&new)?;
        out.write_all(&serde_json::to_vec_pretty(self)?)?;
        out.sync_all()?;
        fs::rename(&new, file)?;
        match file.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }

    pub fn purchase(&self, id: &str) -> Option<&Purchase> {
        self.purchases.iter().find(|purchase| purchase.id == id)
    }

    pub fn purchase_mut(&mut self, id: &str) -> Option<&mut Purchase> {
        self.purchases.iter_mut().find(|purchase| purchase.id == id)
    }

    pub fn of_payment(&self, payment: &str) -> Option<&Purchase> {
        let paid = |one: &&Purchase| one.progress.is_paid() && one.payment_id() == payment;
        self.purchases.iter().find(paid)
    }

    /// Sends money back, at most what is left; the caller has looked.
    pub fn refund(&mut self, id: &str, minor: u64, key: &str, now: Timestamp) {
        if let Some(purchase) = self.purchase_mut(id) {
            purchase.refunds.push(Refund { key: key.to_owned(), minor, failed: false });
            self.happened(id, "charge.refunded", true, now);
        }
    }

    pub fn happened(&mut self, id: &str, kind: &str, payment: bool, now: Timestamp) {
        let Some(purchase) = self.purchase(id) else { return };
        let event = Event {
            id: format!("evt_play_{}", self.events.len() + 1),
            kind: kind.to_owned(),
            payment,
            purchase: id.to_owned(),
            customer: purchase.customer.clone(),
            created: now.as_second(),
            delivered: false,
        };
        self.events.push(event);
    }
}

impl Purchase {
    pub fn new(id: &str, new: &NewCheckout, amount: &Money, expires_at: Timestamp) -> Self {
        Self {
            id: id.to_owned(),
            order: new.order.to_string(),
            account: new.account.to_string(),
            customer: new.customer.clone(),
            price: new.price.clone(),
            minor: amount.minor,
            currency: amount.currency.clone(),
            success_url: new.success_url.replace("{CHECKOUT_SESSION_ID}", id),
            cancel_url: new.cancel_url.clone(),
            expires: expires_at.as_second(),
            progress: Progress::Open,
            refunds: Vec::new(),
        }
    }

    pub fn amount(&self) -> Money {
        Money { minor: self.minor, currency: self.currency.clone() }
    }

    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_second(self.expires).unwrap_or_default()
    }

    pub fn payment_id(&self) -> String {
        self.id.replacen("cs_", "pi_", 1)
    }

    /// What has gone back.
    pub fn refunded(&self) -> u64 {
        self.refunds.iter().filter(|refund| !refund.failed).map(|refund| refund.minor).sum()
    }

    /// What can still go back.
    pub fn left(&self) -> u64 {
        self.minor.saturating_sub(self.refunded())
    }

    pub fn checkout(&self, now: Timestamp) -> Checkout {
        let paid = self.progress.is_paid();
        let state = match self.progress {
            Progress::Open if now >= self.expires_at() => CheckoutState::Expired,
            Progress::Open => CheckoutState::Open,
            Progress::Unpaid => CheckoutState::Unpaid,
            Progress::Paid => CheckoutState::Paid,
            Progress::Failed => CheckoutState::Failed,
        };
        Checkout {
            id: self.id.clone(),
            order: self.order.parse().ok(),
            account: self.account.parse().ok(),
            customer: Some(self.customer.clone()),
            once: true,
            items: (!self.price.is_empty())
                .then(|| vec![CheckoutItem { price: self.price.clone(), quantity: 1 }]),
            state,
            payment: paid.then(|| self.payment_id()),
            subtotal: Some(self.minor),
            discount: 0,
            extra: 0,
            total: Some(self.amount()),
            live: Some(false),
        }
    }

    pub fn as_payment(&self, receipts: &str) -> Payment {
        Payment {
            id: self.payment_id(),
            captured: self.amount(),
            refunded_minor: self.refunded(),
            order: self.order.parse().ok(),
            customer: Some(self.customer.clone()),
            receipt_url: Some(format!("{receipts}/{}", self.id)),
            live: Some(false),
        }
    }
}
