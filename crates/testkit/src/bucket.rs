//! A bucket that verifies signatures: s3s-fs, which nobody here wrote, in process on loopback.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};

/// An S3 server over one bucket. Lives on a thread of its own, so that clients may block.
pub struct BucketServer {
    address: SocketAddr,
    bucket: PathBuf,
    _folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl BucketServer {
    /// Starts a server with an empty bucket of this name, for the owner of these keys.
    pub fn start(bucket: &str, access_key_id: &str, secret: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(bucket);
        std::fs::create_dir(&path).expect("a bucket");
        let files = FileSystem::new(folder.path()).expect("a file system");
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(access_key_id, secret));
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
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(serve);
        });
        let address = told.recv().expect("it listens");
        Self { address, bucket: path, _folder: folder, stop: Some(stop), thread: Some(thread) }
    }

    /// Where it is, as `http://127.0.0.1:4711`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where its objects lie on the disk, to look behind its back.
    pub fn folder(&self) -> &PathBuf {
        &self.bucket
    }
}

impl Drop for BucketServer {
    fn drop(&mut self) {
        let stopping = self.stop.take().map(|stop| stop.send(()).is_ok());
        let ended = self.thread.take().map(|thread| thread.join().is_ok());
        // A second panic would hide the first.
        assert!(thread::panicking() || (stopping, ended) == (Some(true), Some(true)));
    }
}
