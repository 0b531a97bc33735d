//! The mailer that needs no server: mails are kept in a drawer the operator can open.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use safelight_ports::{Clock, Fault, Kept, Mail, Mailer, Outbox};

/// How many mails are kept; older ones are forgotten.
const KEPT: usize = 50;

/// Keeps mails in memory. Their codes live ten minutes, so a restart loses nothing of worth.
pub struct Drawer {
    clock: Arc<dyn Clock>,
    mails: Mutex<VecDeque<Kept>>,
}

impl Drawer {
    /// An empty drawer.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, mails: Mutex::default() }
    }

    fn mails(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mailer for Drawer {
    async fn send(&self, mail: Mail) -> Result<(), Fault> {
        let at = self.clock.now();
        let mut mails = self.mails();
        mails.push_front(Kept { mail, at });
        mails.truncate(KEPT);
        Ok(())
    }
}

#[async_trait]
impl Outbox for Drawer {
    async fn kept(&self) -> Vec<Kept> {
        self.mails().iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use safelight_domain::Email;
    use safelight_testkit::ManualClock;

    use super::*;

    #[tokio::test]
    async fn the_newest_lies_on_top_and_old_ones_go() {
        let drawer = Drawer::new(Arc::new(ManualClock::new()));
        for n in 0..=KEPT {
            let to = Email::parse("ada@example.com").unwrap();
            let mail = Mail { to, subject: format!("mail {n}"), text: String::new() };
            drawer.send(mail).await.unwrap();
        }
        let kept = drawer.kept().await;
        assert_eq!((kept.len(), &*kept[0].mail.subject), (KEPT, "mail 50"));
        assert_eq!(kept[0].at, ManualClock::START);
    }
}
