//! `DATABASE_URL`: the one reader of it.
//!
//! Invariant: an address means the file its writer meant, or it is refused. A path that is read in
//! another way would start a second, empty studio beside the real one.

use std::{
    ffi::OsString,
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};

/// The file an address names. Relative paths start in the working directory.
///
/// Never repeats the address in an error: it may hold another database's password.
pub fn parse(url: &str) -> anyhow::Result<PathBuf> {
    let Some((scheme, rest)) = url.split_once(':') else {
        bail!("DATABASE_URL has no sqlite: in front; write sqlite:PATH, such as sqlite:{url}");
    };
    match scheme.to_ascii_lowercase().as_str() {
        "sqlite" | "file" => {}
        "postgres" | "postgresql" | "mysql" | "mariadb" | "libsql" | "mssql" => bail!(
            "DATABASE_URL names a {} database, which is not supported yet; write sqlite:PATH, or \
             leave it out for safelight.db in the data folder",
            scheme.to_ascii_lowercase()
        ),
        _ => bail!(
            "DATABASE_URL must read sqlite:PATH, such as sqlite:/var/lib/safelight/safelight.db; \
             other databases are not supported yet"
        ),
    }
    if let Some((_, options)) = rest.split_once('?') {
        let names: Vec<_> = options.split('&').filter_map(|one| one.split('=').next()).collect();
        bail!(
            "DATABASE_URL has options that are not supported: {}; leave out everything from the ? \
             on (a ? in the file's name is written %3F)",
            names.join(", ")
        );
    }
    ensure!(
        !rest.contains('#'),
        "DATABASE_URL has a #; leave out what follows it (a # in the file's name is written %23)"
    );
    let path = decoded(without_authority(rest)?)?;
    ensure!(
        !path.is_empty() && path.iter().any(|byte| *byte != b'/'),
        "DATABASE_URL names no file; write sqlite:PATH, such as sqlite:studio.db"
    );
    ensure!(
        !path.starts_with(b":memory:"),
        "DATABASE_URL asks for a database in memory, which every restart would lose; name a file"
    );
    ensure!(
        !path.ends_with(b"/"),
        "DATABASE_URL names a folder; name the file in it, such as safelight.db"
    );
    ensure!(
        !path.starts_with(b"~"),
        "DATABASE_URL begins its path with ~, which only a shell expands; write the whole path"
    );
    ensure!(!path.contains(&0), "DATABASE_URL has a %00, which no file name can hold");
    Ok(PathBuf::from(OsString::from_vec(path)))
}

/// The path without the slashes of an empty host. Three slashes and four both mean an absolute
/// path: programs differ (`sqlite:///x` by RFC 8089, `sqlite:////x` by SQLAlchemy), and no studio
/// means a path relative to nothing. Two slashes begin a relative one, as in sqlx.
fn without_authority(rest: &str) -> anyhow::Result<&str> {
    let Some(behind) = rest.strip_prefix("//") else { return Ok(rest) };
    if behind.starts_with('/') {
        return Ok(&behind[behind.len() - behind.trim_start_matches('/').len() - 1..]);
    }
    let host = behind.split('/').next().unwrap_or_default();
    ensure!(
        !host.eq_ignore_ascii_case("localhost") && !host.contains('@'),
        "DATABASE_URL names a host; a database is a file on this machine: write sqlite:/PATH"
    );
    Ok(behind)
}

fn decoded(text: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut path = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            path.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else {
            bail!("DATABASE_URL has a % without two digits; a % in a file's name is written %25");
        };
        path.push(u8::try_from(high * 16 + low)?);
    }
    Ok(path)
}

/// The file a database is or will be, with every link on the way followed. Refuses what cannot be
/// one: a folder, a device, a link that leads nowhere, a file in a folder that is not there.
pub fn resolve(path: &Path) -> anyhow::Result<PathBuf> {
    let shown = path.display();
    if let Ok(about) = std::fs::metadata(path) {
        ensure!(
            !about.is_dir(),
            "DATABASE_URL names {shown}, which is a folder; name the file in it, such as \
             {}",
            path.join("safelight.db").display()
        );
        ensure!(about.is_file(), "DATABASE_URL names {shown}, which is not a regular file");
        return std::fs::canonicalize(path).with_context(|| format!("{shown} cannot be followed"));
    }
    ensure!(
        std::fs::symlink_metadata(path).is_err(),
        "DATABASE_URL names {shown}, a link to a file that cannot be reached; mend the link"
    );
    let name = path.file_name();
    let name = name.with_context(|| format!("DATABASE_URL names {shown}, which is no file"))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let parent = std::fs::canonicalize(parent).with_context(|| {
        format!(
            "DATABASE_URL names {shown}, and there is no folder {}; make it, or mend the path \
             (a relative one starts in the working directory)",
            parent.display()
        )
    })?;
    Ok(parent.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_url_means_the_file_it_names_or_is_refused() {
        for (url, path) in [
            ("sqlite:studio.db", "studio.db"),
            ("sqlite:./studio.db", "./studio.db"),
            ("sqlite:../data/studio.db", "../data/studio.db"),
            ("sqlite:/var/studio.db", "/var/studio.db"),
            ("sqlite://studio.db", "studio.db"),
            ("sqlite://./data/studio.db", "./data/studio.db"),
            ("sqlite:///var/studio.db", "/var/studio.db"),
            ("sqlite:////var/studio.db", "/var/studio.db"),
            ("sqlite://///var/studio.db", "/var/studio.db"),
            ("SQLite:/var/studio.db", "/var/studio.db"),
            ("sqlite:/my%20studio/a%23b%3Fc%25.db", "/my studio/a#b?c%.db"),
            ("sqlite:b%C3%BCro.db", "büro.db"),
            ("sqlite:büro.db", "büro.db"),
            ("sqlite:/a+b.db", "/a+b.db"),
            ("file:studio.db", "studio.db"),
            ("file:/var/studio.db", "/var/studio.db"),
            ("file:///var/studio.db", "/var/studio.db"),
        ] {
            let found = parse(url).unwrap_or_else(|error| panic!("{url}: {error:#}"));
            assert_eq!(found, Path::new(path), "{url}");
        }
        for (url, says) in [
            ("sqlite:", "names no file"),
            ("sqlite://", "names no file"),
            ("sqlite:///", "names no file"),
            ("sqlite:////", "names no file"),
            ("file:", "names no file"),
            ("/var/studio.db", "sqlite:/var/studio.db"),
            ("studio.db", "sqlite:studio.db"),
            ("postgres://ada:s3cret@db.example/x", "postgres database, which is not supported yet"),
            ("postgresql://x", "not supported yet"),
            ("mysql://x", "not supported yet"),
            ("sqlite3:/var/studio.db", "must read sqlite:PATH"),
            ("\"sqlite:/var/studio.db\"", "must read sqlite:PATH"),
            ("sqlite:/x.db?mode=ro", "not supported: mode;"),
            ("sqlite:/x.db?mode=ro&cache=shared", "not supported: mode, cache;"),
            ("file:/x.db?immutable=1", "immutable"),
            ("sqlite:/x.db?", "leave out everything from the ?"),
            ("sqlite:/x.db#main", "%23"),
            ("sqlite::memory:", "in memory"),
            ("sqlite://:memory:", "in memory"),
            ("file::memory:", "in memory"),
            ("sqlite:/var/", "names a folder"),
            ("sqlite:~/studio.db", "whole path"),
            ("sqlite://localhost/var/studio.db", "names a host"),
            ("sqlite://ada:s3cret@host/x.db", "names a host"),
            ("sqlite:/100%/x.db", "%25"),
            ("sqlite:/x%2", "%25"),
            ("sqlite:/x%00.db", "%00"),
        ] {
            let error = match parse(url) {
                Ok(path) => panic!("{url} is {}", path.display()),
                Err(error) => format!("{error:#}"),
            };
            assert!(error.contains(says), "{url}: {error}");
            assert!(error.contains("DATABASE_URL") && !error.contains("s3cret"), "{url}: {error}");
        }
    }

    #[test]
    fn links_are_followed_and_what_cannot_be_a_database_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let file = root.join("studio.db");
        assert_eq!(resolve(&file).unwrap(), file, "not there yet");
        std::fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink(&file, root.join("link.db")).unwrap();
        assert_eq!(resolve(&root.join("link.db")).unwrap(), file);
        std::os::unix::fs::symlink(root.join("gone.db"), root.join("dangling.db")).unwrap();
        for (path, says) in [
            (root.clone(), "is a folder"),
            (root.join("none/studio.db"), "no folder"),
            (root.join("dangling.db"), "mend the link"),
            (PathBuf::from("/dev/null"), "not a regular file"),
        ] {
            let error = format!("{:#}", resolve(&path).unwrap_err());
            assert!(error.contains(says), "{}: {error}", path.display());
        }
    }
}
