//! The play checkout: payments with nobody's money, for a studio without keys.
//!
//! Invariant: it keeps what it told in one file of the data folder, so a restart forgets no
//! payment; and it pushes the way a provider does, signed, so the studio's inbox sees no difference.

mod page;
mod push;
mod state;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use safelight_domain::{AccountId, Email, Packs, PaymentMode, SignedDuration, Timestamp};
use safelight_ports::{
    Checkout, Clock, Fault, NewCheckout, Notice, OpenCheckout, Payment, PaymentError, Payments,
    Price, Undelivered,
};
use zeroize::Zeroizing;

use state::{Progress, Purchase, State};

/// How long a purchase stays open.
const OPEN_HOURS: i64 = 24;
/// Events on a page of what was not delivered.
const PAGE: usize = 100;

/// The play checkout on one file.
pub struct Play {
    file: Mutex<PathBuf>,
    packs: Packs,
    app_url: String,
    key: Zeroizing<[u8; 32]>,
    clock: Arc<dyn Clock>,
}

impl Play {
    /// A checkout that keeps its purchases in `file`, sells `packs`, signs its pushes with `key`
    /// and is paid at `{app_url}/dev/checkout`.
    pub fn new(
        file: PathBuf,
        packs: Packs,
        app_url: String,
        key: [u8; 32],
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { file: Mutex::new(file), packs, app_url, key: Zeroizing::new(key), clock }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Looks at what is on file.
    fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, Fault> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let state = State::read(&file).map_err(|error| Fault::lasting("payments", error))?;
        Ok(look(&state))
    }

    /// Changes what is on file, before anybody hears of it.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, Fault> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = State::read(&file).map_err(|error| Fault::lasting("payments", error))?;
        let came = change(&mut state);
        state.write(&file).map_err(|error| Fault::passing("payments", error))?;
        Ok(came)
    }

    fn prices_on_sale(&self) -> impl Iterator<Item = Price> {
        self.packs.iter().map(|pack| Price {
            id: format!("price_play_{}", pack.name.as_str()),
            lookup_key: Some(pack.price.clone()),
            amount: pack.money.clone(),
            interval: None,
            active: true,
        })
    }

    fn told(&self, purchase: &Purchase) -> Checkout {
        purchase.checkout(self.now())
    }
}

#[async_trait]
impl Payments for Play {
    fn mode(&self) -> PaymentMode {
        PaymentMode::Play
    }

    async fn customer(&self, account: AccountId, _: &Email) -> Result<String, PaymentError> {
        Ok(format!("cus_play_{account}"))
    }

    async fn prices(&self, names: &[String]) -> Result<Vec<Price>, PaymentError> {
        let wanted = |price: &Price| {
            names.iter().any(|name| *name == price.id || price.lookup_key.as_ref() == Some(name))
        };
        Ok(self.prices_on_sale().filter(wanted).collect())
    }

    async fn open(&self, new: &NewCheckout) -> Result<OpenCheckout, PaymentError> {
        let price = self.prices_on_sale().find(|price| price.id == new.price);
        let amount = price.ok_or(PaymentError::NotFound("price"))?.amount;
        let id = format!("cs_play_{}", new.order);
        let expires_at = self.now() + SignedDuration::from_hours(OPEN_HOURS);
        let expires_at = self.change(|state| {
            if let Some(known) = state.purchase(&id) {
                return known.expires_at();
            }
            state.purchases.push(Purchase::new(&id, new, &amount, expires_at));
            expires_at
        })?;
        Ok(OpenCheckout { url: format!("{}/dev/checkout/{id}", self.app_url), id, expires_at })
    }

    async fn checkout(&self, id: &str) -> Result<Checkout, PaymentError> {
        let found = self.look(|state| state.purchase(id).map(|purchase| self.told(purchase)))?;
        found.ok_or(PaymentError::NotFound("purchase"))
    }

    async fn checkout_of(&self, payment: &str) -> Result<Option<Checkout>, PaymentError> {
        Ok(self.look(|state| state.of_payment(payment).map(|purchase| self.told(purchase)))?)
    }

    async fn payment(&self, id: &str) -> Result<Payment, PaymentError> {
        let receipts = format!("{}/dev/checkout", self.app_url);
        let found = self.look(|state| state.of_payment(id).map(|one| one.as_payment(&receipts)))?;
        found.ok_or(PaymentError::NotFound("payment"))
    }

    async fn refund(
        &self,
        payment: &str,
        minor: Option<u64>,
        key: &str,
    ) -> Result<(), PaymentError> {
        let now = self.now();
        self.change(|state| {
            let known = state.of_payment(payment).map(|one| (one.id.clone(), one.left()));
            let (id, left) = known.ok_or(PaymentError::NotFound("payment"))?;
            if state.purchase(&id).is_some_and(|one| one.refunds.iter().any(|r| r.key == key)) {
                return Ok(());
            }
            let minor = minor.unwrap_or(left);
            if minor == 0 || minor > left {
                let code = "charge_already_refunded".to_owned();
                let says = format!("{left} are left to send back");
                return Err(PaymentError::Refused { code, says });
            }
            state.refund(&id, minor, key, now);
            Ok(())
        })?
    }

    async fn undelivered(&self, after: Option<&str>) -> Result<Undelivered, PaymentError> {
        Ok(self.look(|state| {
            let from = after.and_then(|after| state.events.iter().position(|one| one.id == after));
            let rest = state.events.iter().skip(from.map_or(0, |at| at + 1));
            let lost = rest.filter(|event| !event.delivered);
            let mut notices: Vec<Notice> = lost.take(PAGE + 1).map(push::notice).collect();
            let more = notices.len() > PAGE;
            notices.truncate(PAGE);
            let next = notices.last().filter(|_| more).map(|last| last.id.clone());
            Undelivered { notices, next }
        })?)
    }
}

impl Progress {
    fn is_paid(self) -> bool {
        self == Self::Paid
    }
}

#[cfg(test)]
mod tests;
