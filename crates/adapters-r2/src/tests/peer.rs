//! An S3 server nobody here wrote, in process, on a port of its own.

use safelight_testkit::bucket::BucketServer;

use super::{ACCESS_KEY_ID, BUCKET, OffClock, R2, SECRET, brisk, config, open, true_clock};
use crate::R2Config;

/// s3s-fs over an empty bucket.
pub(super) struct Peer(BucketServer);

impl Peer {
    pub(super) fn start() -> Self {
        Self(BucketServer::start(BUCKET, ACCESS_KEY_ID, SECRET))
    }

    pub(super) fn config(&self) -> R2Config {
        config(&self.0.endpoint())
    }

    /// Our side, with the right keys and the right time.
    pub(super) fn bucket(&self) -> R2 {
        self.bucket_at(true_clock())
    }

    pub(super) fn bucket_at(&self, clock: OffClock) -> R2 {
        open(&self.config(), clock, brisk())
    }

    /// Puts empty files there, behind the server's back.
    pub(super) fn place(&self, folder: &str, count: usize) {
        let folder = self.0.folder().join(folder);
        std::fs::create_dir(&folder).expect("a folder");
        for n in 0..count {
            std::fs::write(folder.join(format!("{n:04}.png")), "").expect("a file");
        }
    }

    /// Takes the bucket away, with all that is in it.
    pub(super) fn lose_bucket(&self) {
        std::fs::remove_dir_all(self.0.folder()).expect("it was there");
    }
}
