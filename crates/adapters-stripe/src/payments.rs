//! The port, each of its methods in the file of its noun.

use async_trait::async_trait;
use safelight_domain::{AccountId, Email};
use safelight_ports::{
    Checkout, NewCheckout, OpenCheckout, Payment, PaymentError, PaymentMode, Payments, Price,
    Undelivered,
};

use crate::Stripe;

#[async_trait]
impl Payments for Stripe {
    fn mode(&self) -> PaymentMode {
        self.mode
    }

    async fn customer(&self, account: AccountId, email: &Email) -> Result<String, PaymentError> {
        self.make_customer(account, email).await
    }

    async fn prices(&self, names: &[String]) -> Result<Vec<Price>, PaymentError> {
        self.find_prices(names).await
    }

    async fn open(&self, new: &NewCheckout) -> Result<OpenCheckout, PaymentError> {
        self.open_checkout(new).await
    }

    async fn checkout(&self, id: &str) -> Result<Checkout, PaymentError> {
        self.find_checkout(id).await
    }

    async fn checkout_of(&self, payment: &str) -> Result<Option<Checkout>, PaymentError> {
        self.find_checkout_of(payment).await
    }

    async fn payment(&self, id: &str) -> Result<Payment, PaymentError> {
        self.find_payment(id).await
    }

    async fn refund(
        &self,
        payment: &str,
        minor: Option<u64>,
        key: &str,
    ) -> Result<(), PaymentError> {
        self.send_back(payment, minor, key).await
    }

    async fn undelivered(&self, after: Option<&str>) -> Result<Undelivered, PaymentError> {
        self.find_undelivered(after).await
    }
}
