//! Settings from the environment. Each secret can also come from a file named by `NAME_FILE`.

mod database_url;
mod names;
mod origin;

use std::{
    env::{self, VarError},
    fmt::Write as _,
    fs::File,
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use zeroize::Zeroizing;

pub use names::meant;

/// Where a server listens unless something else is asked for.
pub const USUAL_BIND: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The database's file in the data folder, while `DATABASE_URL` names no other.
pub const DATABASE: &str = "safelight.db";
/// The secret's file in the data folder.
pub const SECRET: &str = "app_secret";
/// The most a file that holds one setting may hold: a long key, or a certificate.
const FILE_MAX: u64 = 64 << 10;

/// A setting, from `name` or from the file `name_FILE` points to. Blank means absent; a file that
/// was named and holds nothing is a mistake, as a secret that was never written is.
pub fn setting(name: &str) -> anyhow::Result<Option<Zeroizing<String>>> {
    let file = format!("{name}_FILE");
    match (variable(name)?, variable(&file)?) {
        (Some(_), Some(_)) => bail!("{name} and {file} are both set; keep one"),
        (Some(text), None) => Ok(Some(text)),
        (None, Some(path)) => from_file(&file, Path::new(path.as_str())).map(Some),
        (None, None) => Ok(None),
    }
}

/// A variable of the environment, without blanks around it; none when nothing is left. What is not
/// text is refused: leaving it out would turn a setting off.
pub fn variable(name: &str) -> anyhow::Result<Option<Zeroizing<String>>> {
    let text = match env::var(name) {
        Ok(text) => Zeroizing::new(text),
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(_)) => bail!("{name} is not UTF-8 text; write it anew"),
    };
    let text = Zeroizing::new(text.trim().to_owned());
    Ok((!text.is_empty()).then_some(text))
}

/// What a file holds, without a byte order mark and without blanks and line ends around it.
fn from_file(name: &str, path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let shown = path.display();
    let mut text = Zeroizing::new(String::new());
    File::open(path)
        .and_then(|file| file.take(FILE_MAX + 1).read_to_string(&mut text))
        .with_context(|| format!("{name} names {shown}, which cannot be read"))?;
    ensure!(
        text.len() as u64 <= FILE_MAX,
        "{name} names {shown}, which is too large for a setting; name the file that holds it alone"
    );
    let text = Zeroizing::new(text.trim_start_matches('\u{feff}').trim().to_owned());
    ensure!(
        !text.is_empty(),
        "{name} names {shown}, which is empty; write the setting into it, or leave {name} out"
    );
    Ok(text)
}

/// Where the database is: `DATABASE_URL`, or `safelight.db` in the data folder. A link is followed,
/// as SQLite does: what belongs to the database lies beside the file itself.
pub fn database(data_dir: &Path) -> anyhow::Result<PathBuf> {
    if let Some(url) = setting("DATABASE_URL")? {
        return database_url::resolve(&database_url::parse(&url)?);
    }
    let usual = data_dir.join(DATABASE);
    Ok(if usual.is_symlink() { std::fs::canonicalize(&usual).unwrap_or(usual) } else { usual })
}

/// Where people reach the studio, without a slash at the end; by default where it listens.
pub fn app_url(listens: &str) -> anyhow::Result<String> {
    match setting("APP_URL")? {
        Some(url) => origin::parse("APP_URL", &url),
        None => Ok(format!("http://{listens}")),
    }
}

/// Where a server listens: `BIND`, or the usual address.
pub fn bind() -> anyhow::Result<SocketAddr> {
    match variable("BIND")? {
        Some(text) => address(&text).map_err(|says| anyhow::anyhow!("BIND {says}")),
        None => Ok(USUAL_BIND),
    }
}

/// An address to listen on, from text.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("must be an address and a port, such as {USUAL_BIND} or [::]:8080; it is {text:?}")
    })
}

/// The studio's own secret: 32 bytes, from `APP_SECRET` (at least 32 characters, digested) or made
/// once into the data folder, readable by its owner alone.
pub fn app_secret(data_dir: &Path) -> anyhow::Result<Zeroizing<[u8; 32]>> {
    if variable("APP_SECRET")?.is_none() && variable("APP_SECRET_FILE")?.is_none() {
        let path = data_dir.join(SECRET);
        if !path.exists() {
            make_secret(&path)?;
        }
    }
    let secret = known_secret(data_dir)?;
    secret.context("the secret was taken away just now; start again")
}

/// The secret, when there is one. Makes none.
pub fn known_secret(data_dir: &Path) -> anyhow::Result<Option<Zeroizing<[u8; 32]>>> {
    use sha2::{Digest, Sha256};
    if let Some(text) = setting("APP_SECRET")? {
        if text.len() < 32 {
            bail!("APP_SECRET has {} characters; give it at least 32 random ones", text.len());
        }
        return Ok(Some(Zeroizing::new(Sha256::digest(text.as_bytes()).into())));
    }
    let path = data_dir.join(SECRET);
    if !path.exists() {
        return Ok(None);
    }
    let mode = std::fs::metadata(&path)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("{} can be read by others; run chmod 600 on it", path.display());
    }
    let text = Zeroizing::new(std::fs::read_to_string(&path)?);
    if text.trim().len() < 64 {
        bail!("{} is damaged; restore it, or delete it and lose all open links", path.display());
    }
    Ok(Some(Zeroizing::new(Sha256::digest(text.trim().as_bytes()).into())))
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

    #[test]
    fn a_setting_in_a_file_is_its_text_without_what_editors_add() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("setting");
        for bytes in ["key", "key\n", "key\r\n", "\u{feff}key\r\n", " key \n\n"] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(from_file("FAL_KEY_FILE", &path).unwrap().as_str(), "key", "{bytes:?}");
        }
        let large = "k".repeat(70_000);
        for (bytes, says) in [
            (&b""[..], "is empty"),
            (b"\n", "is empty"),
            ("\u{feff}\r\n".as_bytes(), "is empty"),
            (b"\xff\xfek\0e\0y\0", "cannot be read"),
            (large.as_bytes(), "too large"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let error = format!("{:#}", from_file("FAL_KEY_FILE", &path).unwrap_err());
            assert!(error.contains(says) && error.contains("FAL_KEY_FILE"), "{error}");
        }
        for path in [dir.path().to_owned(), dir.path().join("none")] {
            let error = format!("{:#}", from_file("FAL_KEY_FILE", &path).unwrap_err());
            assert!(error.contains("cannot be read"), "{error}");
        }
    }
}
