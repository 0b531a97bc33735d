//! `safelight new`: a folder to rebrand. Nothing that is there is ever written over.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

use crate::output::{quoted, say};

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
        say(&dir.join("brand").join(path).display().to_string());
        return Ok(());
    }
    for (path, text) in OWN {
        write(&dir.join(path), text.as_bytes())?;
    }
    for path in COPIES {
        let ours = safelight_web::original(path).context("a file of ours is missing")?;
        write(&dir.join("brand").join(path), &ours)?;
    }
    // After `cd`, a path to this program that starts here would lead nowhere.
    let program = std::env::args_os().next().map(PathBuf::from);
    let program = program.filter(|path| path.components().count() > 1);
    let program = program.and_then(|path| std::path::absolute(path).ok());
    let program = program.map_or_else(|| "safelight".to_owned(), |path| path.display().to_string());
    say(&format!(
        "{} is a studio to rebrand. Look at its README.md and safelight.toml, then:\n\n  \
         cd {} && {} serve",
        dir.display(),
        quoted(&dir.to_string_lossy()),
        quoted(&program)
    ));
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
    use crate::{
        config::{Config, Limits, MetricsTerms},
        metrics::Bind,
    };

    #[test]
    fn a_new_folder_is_a_configuration_that_holds_and_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        run(dir.path(), None).unwrap();
        let text = fs::read_to_string(dir.path().join("safelight.toml")).unwrap();
        let there = text.replace("dir = \"brand\"", "");
        assert_eq!(Config::parse(&there).unwrap().brand.name, "Your studio");
        assert!(run(dir.path(), None).is_err());
        assert_eq!(fs::read_to_string(dir.path().join("safelight.toml")).unwrap(), text);
    }

    /// The sample with its lines behind `marks` switched on, and with those behind no mark when
    /// `own`. Prose behind `# ` is left out: a setting has a name, and a table stands alone.
    fn switched_on(marks: &[&str], own: bool) -> String {
        let is_setting = |line: &str| {
            let name = line.split(" = ").next().unwrap_or_default();
            let is_name = |name: &str| {
                !name.is_empty()
                    && name
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            };
            line.starts_with('[') || line.contains(" = ") && is_name(name)
        };
        let mut text = String::new();
        for line in OWN[0].1.lines() {
            let marked = marks.iter().find_map(|mark| line.strip_prefix(mark));
            let taken = match marked {
                Some(rest) => is_setting(rest).then_some(rest),
                // What follows in a table needs its head.
                None => (own && !line.starts_with('#') || line.starts_with('[')).then_some(line),
            };
            if let Some(line) = taken {
                text += line;
                text += "\n";
            }
        }
        text
    }

    #[test]
    fn every_value_the_sample_calls_usual_holds_without_it() {
        let text = switched_on(&["# "], false);
        let (usual, written) = (Config::default(), Config::parse(&text).unwrap());
        // Those that follow from another one are compared by what they come to.
        let limits = |config: &Config| {
            let rest = (config.limits.unfinished_renders, config.limits.mails_per_hour);
            format!("{:?} {rest:?}", config.limits.web().unwrap())
        };
        assert_eq!(limits(&written), limits(&usual), "{text}");
        assert_eq!(Some(Bind::asked(&written).unwrap().addr()), Some(Bind::Usual.addr()));
        let rest = |mut config: Config| {
            (config.limits, config.metrics) = (Limits::default(), MetricsTerms::default());
            format!("{config:#?}")
        };
        assert_eq!(rest(written), rest(usual), "{text}");
    }

    /// A limit that is not in the sample is one that nobody finds.
    #[test]
    fn the_sample_shows_every_setting_that_has_a_usual_value() {
        let text = switched_on(&["# "], true);
        for known in [
            known_fields("[limits]"),
            known_fields("[account]"),
            known_fields("[pipeline]"),
            known_fields("[metrics]"),
            known_fields("[painter]"),
            known_fields("[brand]"),
        ] {
            for name in known {
                let shown = text.lines().any(|line| line.starts_with(&format!("{name} = ")));
                assert!(shown, "{name} is not in the sample");
            }
        }
    }

    /// The names a table knows, as its own error tells them.
    fn known_fields(table: &str) -> Vec<String> {
        let error =
            format!("{:#}", Config::parse(&format!("{table}\nnobody_knows_this = 1")).unwrap_err());
        let expected =
            error.split("expected").nth(1).unwrap().split("did you mean").next().unwrap();
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn the_examples_of_the_sample_can_be_switched_on() {
        let text = switched_on(&["#: "], false);
        let config = Config::parse(&text).unwrap_or_else(|error| panic!("{error:#}\n{text}"));
        let offered: Vec<_> =
            config.catalog().unwrap().models().iter().map(|model| model.slug.0.clone()).collect();
        assert_eq!(offered, ["flux-schnell", "flux-dev"], "only what is named is offered");
        assert_eq!(config.packs().unwrap().iter().count(), 1);
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
