//! Settings from the environment. Each secret can also come from a file named by `NAME_FILE`.

use std::{
    env,
    fmt::Write as _,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use zeroize::Zeroizing;

/// A setting, from `name` or from the file `name_FILE` points to. Blank means absent.
pub fn setting(name: &str) -> anyhow::Result<Option<Zeroizing<String>>> {
    let file = format!("{name}_FILE");
    let text = match (env::var(name).ok(), env::var(&file).ok()) {
        (Some(_), Some(_)) => bail!("{name} and {file} are both set; keep one"),
        (Some(text), None) => Zeroizing::new(text),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(&path);
            Zeroizing::new(
                text.with_context(|| format!("{file} names {path}, which cannot be read"))?,
            )
        }
        (None, None) => return Ok(None),
    };
    let text = Zeroizing::new(text.trim().to_owned());
    Ok((!text.is_empty()).then_some(text))
}

/// Where the database is: `DATABASE_URL`, or `safelight.db` in the data folder.
pub fn database(data_dir: &Path) -> anyhow::Result<PathBuf> {
    let Some(url) = setting("DATABASE_URL")? else { return Ok(data_dir.join("safelight.db")) };
    let path = url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"));
    match path.filter(|path| !path.is_empty()) {
        Some(path) => Ok(PathBuf::from(path)),
        None => bail!("DATABASE_URL must read sqlite:PATH; other databases are not supported yet"),
    }
}

/// Where people reach the studio, without a slash at the end; by default where it listens.
pub fn app_url(listens: &str) -> anyhow::Result<String> {
    let Some(url) = setting("APP_URL")? else { return Ok(format!("http://{listens}")) };
    let url = url.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => {
            Ok(url.to_owned())
        }
        _ => bail!("APP_URL must be like https://studio.example.com, with no path; it is {url:?}"),
    }
}

/// The studio's own secret: 32 bytes, from `APP_SECRET` (at least 32 characters, digested) or made
/// once into the data folder, readable by its owner alone.
pub fn app_secret(data_dir: &Path) -> anyhow::Result<Zeroizing<[u8; 32]>> {
    use sha2::{Digest, Sha256};
    if let Some(text) = setting("APP_SECRET")? {
        if text.len() < 32 {
            bail!("APP_SECRET has {} characters; give it at least 32 random ones", text.len());
        }
        return Ok(Zeroizing::new(Sha256::digest(text.as_bytes()).into()));
    }
    let path = data_dir.join("app_secret");
    if !path.exists() {
        make_secret(&path)?;
    }
    let mode = std::fs::metadata(&path)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("{} can be read by others; run chmod 600 on it", path.display());
    }
    let text = Zeroizing::new(std::fs::read_to_string(&path)?);
    if text.trim().len() < 64 {
        bail!("{} is damaged; restore it, or delete it and lose all open links", path.display());
    }
    Ok(Zeroizing::new(Sha256::digest(text.trim().as_bytes()).into()))
}

/// Writes a new secret beside its place and links it in, so that two processes agree on one.
fn make_secret(path: &Path) -> anyhow::Result<()> {
    let mut secret = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *secret).context("the system gives no randomness")?;
    let mut text = Zeroizing::new(String::with_capacity(64));
    for byte in &*secret {
        // Writing to a String cannot fail.
        let _ = write!(*text, "{byte:02x}");
    }
    let new = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&new, path);
    std::fs::remove_file(&new)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let first = app_secret(dir.path()).unwrap();
        assert_eq!(*first, *app_secret(dir.path()).unwrap());
        let path = dir.path().join("app_secret");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(app_secret(dir.path()).unwrap_err().to_string().contains("chmod 600"));
    }
}
