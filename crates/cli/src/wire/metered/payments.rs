use async_trait::async_trait;
use safelight_domain::{AccountId, Email, PaymentMode};
use safelight_ports::{
    Checkout, NewCheckout, OpenCheckout, Payment, PaymentError, Payments, Price, Undelivered,
};

use super::Metered;

impl Metered<dyn Payments> {
    async fn call<T>(
        &self,
        call: &'static str,
        work: impl Future<Output = Result<T, PaymentError>>,
    ) -> Result<T, PaymentError> {
        let mut underway = self.metrics.payments.begin(call);
        let answer = work.await;
        underway.ends(match &answer {
            Ok(_) => "ok",
            Err(PaymentError::NotFound(_)) => "not_found",
            Err(PaymentError::Refused { .. }) => "refused",
            Err(PaymentError::Fault(_)) => "fault",
        });
        answer
    }
}

#[async_trait]
impl Payments for Metered<dyn Payments> {
    fn mode(&self) -> PaymentMode {
        self.inner.mode()
    }

    async fn customer(&self, account: AccountId, email: &Email) -> Result<String, PaymentError> {
        self.call("customer", self.inner.customer(account, email)).await
    }

    async fn prices(&self, names: &[String]) -> Result<Vec<Price>, PaymentError> {
        self.call("prices", self.inner.prices(names)).await
    }

    async fn open(&self, new: &NewCheckout) -> Result<OpenCheckout, PaymentError> {
        self.call("open", self.inner.open(new)).await
    }

    async fn checkout(&self, id: &str) -> Result<Checkout, PaymentError> {
        self.call("checkout", self.inner.checkout(id)).await
    }

    async fn checkout_of(&self, payment: &str) -> Result<Option<Checkout>, PaymentError> {
        self.call("checkout_of", self.inner.checkout_of(payment)).await
    }

    async fn payment(&self, id: &str) -> Result<Payment, PaymentError> {
        self.call("payment", self.inner.payment(id)).await
    }

    async fn refund(
        &self,
        payment: &str,
        minor: Option<u64>,
        key: &str,
    ) -> Result<(), PaymentError> {
        self.call("refund", self.inner.refund(payment, minor, key)).await
    }

    async fn undelivered(&self, after: Option<&str>) -> Result<Undelivered, PaymentError> {
        self.call("undelivered", self.inner.undelivered(after)).await
    }
}
