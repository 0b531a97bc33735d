//! What every implementer of a port must keep, one test per guard.
//!
//! An adapter's tests name how to make it, and get the whole suite:
//!
//! ```text
//! safelight_testkit::storage_contract!({
//!     let folder = tempfile::tempdir().unwrap();
//!     (Arc::new(DiskStore::open(..).unwrap()), folder)
//! });
//! ```

#![expect(clippy::unused_async, reason = "all guards have one shape, so one macro runs them")]

pub mod payments;
pub mod provider;
pub mod search;
pub mod storage;
pub mod store;
pub mod till;

/// One `#[tokio::test]` per guard of a contract module, each with a subject of its own in an
/// `Arc`, as ports are used.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_tests {
    ($contract:ident, $make:expr, $($guard:ident)*) => {$(
        #[tokio::test]
        async fn $guard() {
            let (subject, beside) = $make;
            $crate::contract::$contract::$guard(&*subject, &beside).await;
        }
    )*};
}
