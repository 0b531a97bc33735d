//! A doctor who finds what a test wants shown, and can be held up.

use futures_util::future::{BoxFuture, FutureExt};
use safelight_web::{Check, Checkup, Level};
use tokio::sync::Mutex;

#[derive(Default)]
pub struct Doctor {
    /// Whoever has this holds the doctor up.
    pub held: Mutex<()>,
}

impl Checkup for Doctor {
    fn look(&self) -> BoxFuture<'_, Vec<Check>> {
        async {
            let _free = self.held.lock().await;
            [
                ("database", Level::Ok, "opened, schema 13"),
                ("address", Level::Ok, "https://studio.example.com"),
                ("provider", Level::Info, "dormant"),
                ("wal", Level::Warn, "the log of ada@example.com is 300 MB; restart the server"),
                ("journal", Level::Fail, "delete, must be wal"),
            ]
            .map(|(id, level, says)| Check { id: id.to_owned(), level, says: says.to_owned() })
            .into()
        }
        .boxed()
    }
}
