//! An S3 server nobody here wrote, in process, on a port of its own.

use std::{net::SocketAddr, sync::mpsc, thread::JoinHandle};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};

use super::{ACCESS_KEY_ID, BUCKET, OffClock, R2, SECRET, brisk, config, open, true_clock};
use crate::R2Config;

/// s3s-fs over an empty bucket. Lives on a thread of its own, so that clients may block.
pub(super) struct Peer {
    address: SocketAddr,
    folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Peer {
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        let files = FileSystem::new(folder.path()).expect("a file system");
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET));
        let service = builder.build();
        let (tell, told) = mpsc::channel();
        let (stop, mut stopped) = oneshot::channel();
        let serve = async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            tell.send(listener.local_addr().expect("an address")).expect("somebody waits");
            loop {
                let accepted = tokio::select! {
                    _ = &mut stopped => return,
                    accepted = listener.accept() => accepted,
                };
                let (socket, _) = accepted.expect("a connection");
                let service = service.clone();
                tokio::spawn(async move {
                    let http = Builder::new(TokioExecutor::new());
                    drop(http.serve_connection(TokioIo::new(socket), service).await);
                });
            }
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(serve);
        });
        let address = told.recv().expect("it listens");
        Self { address, folder, stop: Some(stop), thread: Some(thread) }
    }

    pub(super) fn config(&self) -> R2Config {
        config(&format!("http://{}", self.address))
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
        let folder = self.folder.path().join(BUCKET).join(folder);
        std::fs::create_dir(&folder).expect("a folder");
        for n in 0..count {
            std::fs::write(folder.join(format!("{n:04}.png")), "").expect("a file");
        }
    }

    /// Takes the bucket away, with all that is in it.
    pub(super) fn lose_bucket(&self) {
        std::fs::remove_dir_all(self.folder.path().join(BUCKET)).expect("it was there");
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let stopping = self.stop.take().expect("dropped once").send(());
        let ended = self.thread.take().expect("dropped once").join();
        // A second panic would hide the first.
        assert!(std::thread::panicking() || (stopping.is_ok() && ended.is_ok()));
    }
}
