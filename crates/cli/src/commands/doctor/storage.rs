//! Where pictures lie: the bucket, tried out with a small object of a random name, or the disk.

use super::Report;
use crate::wire::bucket;

pub async fn check(report: &mut Report) {
    match report.try_get("storage", bucket::probe().await) {
        None => {}
        Some(None) => {
            let says = "dormant, no R2 keys set: pictures are kept in the data folder";
            report.info("storage", says);
        }
        Some(Some(steps)) => {
            report.ok("storage", "a bucket, tried out with a small object of a random name");
            report.steps("storage-", &steps);
        }
    }
}
