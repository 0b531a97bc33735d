//! `safelight new`: a folder to rebrand. Nothing that is there is ever written over.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::Path,
};

use anyhow::{Context, bail};

/// What only this command knows.
const OWN: [(&str, &str); 3] = [
    ("safelight.toml", include_str!("../../assets/new/safelight.toml")),
    ("README.md", include_str!("../../assets/new/README.md")),
    ("brand/mails/sign-in.txt", include_str!("../../assets/new/brand/mails/sign-in.txt")),
];

/// Copies of what pages are made of, for those that every operator changes.
const COPIES: [&str; 6] = [
    "static/brand.css",
    "static/img/mark.svg",
    "templates/mark.html",
    "templates/operator.html",
    "templates/terms.html",
    "templates/privacy.html",
];

/// Writes the folder, or copies one more template into it.
pub fn run(dir: &Path, template: Option<&str>) -> anyhow::Result<()> {
    if let Some(name) = template {
        let path = format!("templates/{name}");
        let Some(ours) = safelight_web::original(&path) else {
            bail!("there is no template {name:?}; README.md names some, the pages name the others");
        };
        write(&dir.join("brand").join(&path), &ours)?;
        println!("{}", dir.join("brand").join(path).display());
        return Ok(());
    }
    for (path, text) in OWN {
        write(&dir.join(path), text.as_bytes())?;
    }
    for path in COPIES {
        let ours = safelight_web::original(path).context("a file of ours is missing")?;
        write(&dir.join("brand").join(path), &ours)?;
    }
    println!(
        "{} is a studio to rebrand. Look at its README.md and safelight.toml, then:\n\n  \
         cd {} && safelight serve",
        dir.display(),
        dir.display()
    );
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let named = || path.display().to_string();
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(named)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(bytes).with_context(named),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} is there already and stays as it is", path.display())
        }
        Err(error) => Err(error).with_context(named),
    }
}

#[cfg(test)]
mod tests {
    use safelight_usecases::Letter;

    use super::*;
    use crate::config::Config;

    #[test]
    fn a_new_folder_is_a_configuration_that_holds_and_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        run(dir.path(), None).unwrap();
        let text = fs::read_to_string(dir.path().join("safelight.toml")).unwrap();
        let there = text.replace("dir = \"brand\"", "");
        assert_eq!(Config::parse(&there).unwrap().brand.name, "Your studio");
        // What stands behind a # can be switched on.
        let all: String = there
            .lines()
            .map(|line| {
                line.strip_prefix("# ")
                    .filter(|rest| rest.contains(" = ") || rest.starts_with('['))
                    .unwrap_or(line)
            })
            .flat_map(|line| [line, "\n"])
            .collect();
        Config::parse(&all).unwrap_or_else(|error| panic!("{error:#}\n{all}"));
        assert!(run(dir.path(), None).is_err());
        assert_eq!(fs::read_to_string(dir.path().join("safelight.toml")).unwrap(), text);
    }

    #[test]
    fn one_more_template_is_copied_by_name() {
        let dir = tempfile::tempdir().unwrap();
        run(dir.path(), Some("landing.html")).unwrap();
        let copy = fs::read(dir.path().join("brand/templates/landing.html")).unwrap();
        assert_eq!(Some(copy), safelight_web::original("templates/landing.html"));
        for bad in ["nothing.html", "../config.rs", "/etc/passwd"] {
            assert!(run(dir.path(), Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_mail_it_writes_is_the_usual_one() {
        assert_eq!(Letter::parse(OWN[2].1), Ok(Letter::default()));
    }
}
