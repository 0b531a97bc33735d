//! The mailer that needs no server: mails are kept in a folder where the operator reads them, on a
//! page of the studio or with `safelight mail outbox`, another process.
//!
//! Invariant: their codes and links open accounts, so the files are their owner's alone, few, and
//! gone once nothing in any mail can work any more.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use safelight_domain::{Email, SignedDuration, Timestamp};
use safelight_ports::{Clock, Fault, Kept, Mail, Mailer, Outbox, chain};
use serde::{Deserialize, Serialize};

/// How many mails are kept; older ones are deleted.
const KEPT: usize = 50;
/// How long a mail is kept: the link that takes an account back works longest, three days.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(72);
/// What a whole file's name ends with.
const WHOLE: &str = ".json";

/// Keeps mails in a folder.
pub struct Drawer {
    folder: Arc<PathBuf>,
    clock: Arc<dyn Clock>,
    sent: AtomicU64,
}

/// A mail on file.
#[derive(Serialize, Deserialize)]
struct MailRow {
    to: String,
    subject: String,
    text: String,
    /// RFC 3339.
    at: String,
}

impl Drawer {
    /// The mails in `folder`, which is made with the first one.
    pub fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self { folder: Arc::new(folder), clock, sent: AtomicU64::new(0) }
    }

    /// Sorts by time, and among mails of one moment by the order they came in.
    fn name(&self, at: Timestamp) -> String {
        let nth = self.sent.fetch_add(1, Ordering::Relaxed);
        format!("{:020}-{nth:06}-{}{WHOLE}", at.as_microsecond(), std::process::id())
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let folder = Arc::clone(&self.folder);
        match tokio::task::spawn_blocking(move || work(&folder)).await {
            Ok(done) => done.map_err(|error| Fault::passing("mail", error)),
            Err(stopped) => Err(Fault::passing("mail", stopped)),
        }
    }
}

#[async_trait]
impl Mailer for Drawer {
    async fn send(&self, mail: Mail) -> Result<(), Fault> {
        let at = self.clock.now();
        let name = self.name(at);
        self.blocking(move |folder| {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            let Mail { to, subject, text } = mail;
            let row = MailRow { to: to.as_str().to_owned(), subject, text, at: at.to_string() };
            // A reader sees whole files only.
            let (new, whole) = (folder.join(format!("{name}.new")), folder.join(name));
            let mut file =
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
            file.write_all(&serde_json::to_vec(&row)?)?;
            fs::rename(new, whole)?;
            prune(folder, at)
        })
        .await
    }
}

impl Drawer {
    /// The latest mails, newest first.
    pub async fn read(&self) -> Result<Vec<Kept>, Fault> {
        let now = self.clock.now();
        self.blocking(move |folder| {
            prune(folder, now)?;
            let mut kept = Vec::new();
            for path in newest_first(folder)? {
                match fs::read(&path) {
                    Ok(bytes) => kept.extend(mail_of(&bytes)),
                    // Another process deleted it meanwhile.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(kept)
        })
        .await
    }
}

#[async_trait]
impl Outbox for Drawer {
    async fn kept(&self) -> Vec<Kept> {
        let kept = self.read().await;
        kept.inspect_err(|fault| tracing::error!(error = %chain(fault), "mails cannot be read"))
            .unwrap_or_default()
    }
}

/// A file that is none of ours is no mail.
fn mail_of(bytes: &[u8]) -> Option<Kept> {
    let row: MailRow = serde_json::from_slice(bytes).ok()?;
    let (to, at) = (Email::parse(&row.to).ok()?, row.at.parse().ok()?);
    Some(Kept { mail: Mail { to, subject: row.subject, text: row.text }, at })
}

fn newest_first(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if sent_at(&path).is_some() {
            names.push(path);
        }
    }
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}

/// When a file of ours was written, by its name.
fn sent_at(path: &Path) -> Option<Timestamp> {
    let name = path.file_name()?.to_str()?.strip_suffix(WHOLE)?;
    Timestamp::from_microsecond(name.split('-').next()?.parse().ok()?).ok()
}

/// Deletes what is too much or too old.
fn prune(folder: &Path, now: Timestamp) -> io::Result<()> {
    let lapsed = |path: &Path| sent_at(path).is_none_or(|at| now.duration_since(at) > KEPT_FOR);
    for (nth, path) in newest_first(folder)?.into_iter().enumerate() {
        if nth < KEPT && !lapsed(&path) {
            continue;
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use safelight_testkit::ManualClock;

    use super::*;

    fn mail(subject: &str) -> Mail {
        let to = Email::parse("ada@example.com").unwrap();
        Mail { to, subject: subject.to_owned(), text: "Your code is ABCD-EFGH\n".to_owned() }
    }

    async fn subjects(drawer: &Drawer) -> Vec<String> {
        drawer.read().await.unwrap().into_iter().map(|kept| kept.mail.subject).collect()
    }

    #[tokio::test]
    async fn the_newest_comes_first_and_old_ones_go() {
        let dir = tempfile::tempdir().unwrap();
        let drawer = Drawer::new(dir.path().join("outbox"), Arc::new(ManualClock::new()));
        assert_eq!(subjects(&drawer).await, [""; 0]);
        for n in 0..=KEPT {
            drawer.send(mail(&format!("mail {n}"))).await.unwrap();
        }
        let kept = drawer.kept().await;
        assert_eq!((kept.len(), &*kept[0].mail.subject), (KEPT, "mail 50"));
        assert_eq!(kept[0].at, ManualClock::START);
        assert_eq!(fs::read_dir(dir.path().join("outbox")).unwrap().count(), KEPT);
    }

    #[tokio::test]
    async fn another_process_reads_them_and_nobody_else_does() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("outbox");
        let clock = Arc::new(ManualClock::new());
        Drawer::new(folder.clone(), clock.clone()).send(mail("a code")).await.unwrap();
        assert_eq!(subjects(&Drawer::new(folder.clone(), clock)).await, ["a code"]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        for path in newest_first(&folder).unwrap() {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }

    #[tokio::test]
    async fn a_mail_goes_once_nothing_in_it_works_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new());
        let drawer = Drawer::new(dir.path().join("outbox"), clock.clone());
        drawer.send(mail("old")).await.unwrap();
        clock.advance(KEPT_FOR);
        drawer.send(mail("new")).await.unwrap();
        assert_eq!(subjects(&drawer).await, ["new", "old"]);
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(subjects(&drawer).await, ["new"]);
        assert_eq!(fs::read_dir(dir.path().join("outbox")).unwrap().count(), 1, "and its file");
    }

    #[tokio::test]
    async fn what_else_lies_in_the_folder_stays_and_is_no_mail() {
        let dir = tempfile::tempdir().unwrap();
        let drawer = Drawer::new(dir.path().to_owned(), Arc::new(ManualClock::new()));
        for name in ["notes.txt", "x.json", "00000000000000000001-1.json.new"] {
            fs::write(dir.path().join(name), "{}").unwrap();
        }
        drawer.send(mail("a code")).await.unwrap();
        assert_eq!(subjects(&drawer).await, ["a code"]);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
    }
}
