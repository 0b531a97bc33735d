use async_trait::async_trait;
use safelight_domain::{AccountId, Email, PaymentMode};
use safelight_ports::{
    Checkout, NewCheckout, OpenCheckout, Payment, PaymentError, Payments, Price, Undelivered,
};

use super::Faulty;

#[async_trait]
impl Payments for Faulty<dyn Payments> {
    fn mode(&self) -> PaymentMode {
        self.inner.mode()
    }

    async fn customer(&self, account: AccountId, email: &Email) -> Result<String, PaymentError> {
        self.call(self.inner.customer(account, email), |_, fault| fault.into()).await
    }

    async fn prices(&self, names: &[String]) -> Result<Vec<Price>, PaymentError> {
        self.call(self.inner.prices(names), |_, fault| fault.into()).await
    }

    async fn open(&self, new: &NewCheckout) -> Result<OpenCheckout, PaymentError> {
        self.call(self.inner.open(new), |_, fault| fault.into()).await
    }

    async fn checkout(&self, id: &str) -> Result<Checkout, PaymentError> {
        self.call(self.inner.checkout(id), |_, fault| fault.into()).await
    }

    async fn checkout_of(&self, payment: &str) -> Result<Option<Checkout>, PaymentError> {
        self.call(self.inner.checkout_of(payment), |_, fault| fault.into()).await
    }

    async fn payment(&self, id: &str) -> Result<Payment, PaymentError> {
        self.call(self.inner.payment(id), |_, fault| fault.into()).await
    }

    async fn refund(
        &self,
        payment: &str,
        minor: Option<u64>,
        key: &str,
    ) -> Result<(), PaymentError> {
        self.call(self.inner.refund(payment, minor, key), |_, fault| fault.into()).await
    }

    async fn undelivered(&self, after: Option<&str>) -> Result<Undelivered, PaymentError> {
        self.call(self.inner.undelivered(after), |_, fault| fault.into()).await
    }
}
