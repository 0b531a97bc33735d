//! Where pictures lie: R2 or any S3 once its keys are set, the data folder until then.

use std::{path::Path, sync::Arc};

use anyhow::{Context, bail};
use safelight_adapters_local::DiskStore;
use safelight_adapters_r2::{R2, R2Config};
use safelight_outbound::Step;
use safelight_ports::Storage;
use safelight_usecases::LocalFiles;

use crate::{
    environment::setting,
    world::{SystemClock, SystemEntropy},
};

/// The storage, and what pages must know of it.
pub struct Bucket {
    /// The port.
    pub storage: Arc<dyn Storage>,
    /// The disk store's door, when it serves.
    pub local_files: Option<Arc<dyn LocalFiles>>,
    /// Where links lead, when that is not here.
    pub origin: Option<String>,
}

/// The settings that together name a bucket.
const KEYS: [&str; 3] = ["R2_BUCKET", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"];

/// The bucket the environment names; none when it names nothing. Half of the keys is a mistake
/// that must not end on a disk.
pub fn configured() -> anyhow::Result<Option<R2Config>> {
    let (endpoint, account) = (setting("R2_ENDPOINT")?, setting("R2_ACCOUNT_ID")?);
    let [bucket, id, secret] = KEYS.map(setting);
    let (bucket, id, secret) = (bucket?, id?, secret?);
    let place = endpoint.is_some() || account.is_some();
    if !place && bucket.is_none() && id.is_none() && secret.is_none() {
        return Ok(None);
    }
    let missing = |name: &str| format!("{name} is not set, but other R2 settings are; set it too");
    let bucket = bucket.with_context(|| missing(KEYS[0]))?;
    let id = id.with_context(|| missing(KEYS[1]))?;
    let secret = secret.with_context(|| missing(KEYS[2]))?;
    let mut config = match (endpoint, account) {
        (Some(_), Some(_)) => bail!("R2_ENDPOINT and R2_ACCOUNT_ID are both set; keep one"),
        (None, None) => bail!("{}", missing("R2_ENDPOINT (or R2_ACCOUNT_ID)")),
        (None, Some(account)) => {
            R2Config::for_account(&account, bucket.as_str(), id.as_str(), secret.as_str())?
        }
        (Some(endpoint), None) => R2Config {
            endpoint: endpoint.to_string(),
            bucket: bucket.to_string(),
            region: "auto".to_owned(),
            access_key_id: id.to_string(),
            secret_access_key: secret,
            path_style: true,
        },
    };
    if let Some(region) = setting("R2_REGION")? {
        config.region = region.to_string();
    }
    Ok(Some(config))
}

/// The storage to serve from.
pub fn open(data_dir: &Path, app_url: &str, link_key: [u8; 32]) -> anyhow::Result<Bucket> {
    if let Some(r2) = remote()? {
        let origin = Some(r2.origin());
        return Ok(Bucket { storage: Arc::new(r2), local_files: None, origin });
    }
    let root = data_dir.join("objects");
    let disk = Arc::new(DiskStore::open(root, app_url.to_owned(), link_key)?);
    Ok(Bucket { storage: disk.clone(), local_files: Some(disk), origin: None })
}

/// What trying the bucket out showed; none while the disk serves.
pub async fn probe() -> anyhow::Result<Option<Vec<Step>>> {
    let Some(r2) = remote()? else { return Ok(None) };
    Ok(Some(r2.probe().await))
}

fn remote() -> anyhow::Result<Option<R2>> {
    let Some(config) = configured()? else { return Ok(None) };
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    Ok(Some(R2::new(&config, clock, entropy).context("the R2 settings")?))
}
