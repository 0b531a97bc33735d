use async_trait::async_trait;
use safelight_ports::{Fault, Mail, Mailer};

use super::Metered;
use crate::metrics::Outcome;

#[async_trait]
impl Mailer for Metered<dyn Mailer> {
    async fn send(&self, mail: Mail) -> Result<(), Fault> {
        let answer = self.inner.send(mail).await;
        let outcome = if answer.is_ok() { "sent" } else { "fault" };
        self.metrics.mails.get_or_create(&Outcome { outcome }).inc();
        answer
    }
}
