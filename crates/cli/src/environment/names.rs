//! The names of all settings, and names that look like a misspelled one.

use std::ffi::OsStr;

/// Every setting of the environment. Those the studio reads as text can come from `NAME_FILE` too.
pub const NAMES: &[&str] = &[
    "APP_SECRET",
    "APP_URL",
    "APPLE_PRIVATE_KEY",
    "BIND",
    "DATABASE_URL",
    "DATA_DIR",
    "FAL_JWKS_URL",
    "FAL_KEY",
    "FAL_MEDIA_HOSTS",
    "FAL_QUEUE_URL",
    "FAL_WEBHOOKS",
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
    "MAIL_FROM",
    "METRICS_BIND",
    "R2_ACCESS_KEY_ID",
    "R2_ACCOUNT_ID",
    "R2_BUCKET",
    "R2_ENDPOINT",
    "R2_REGION",
    "R2_SECRET_ACCESS_KEY",
    "SAFELIGHT_BIN",
    "SAFELIGHT_CONFIG",
    "SES_ACCESS_KEY_ID",
    "SES_REGION",
    "SES_SECRET_ACCESS_KEY",
    "SMTP_CA_FILE",
    "SMTP_URL",
    "STRIPE_API_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
];

/// The setting that `name` looks like a misspelling of; none when it is one, or is like none.
pub fn meant(name: &OsStr) -> Option<&'static str> {
    let name = name.to_str()?;
    let bare = name.strip_suffix("_FILE").unwrap_or(name);
    if NAMES.contains(&name) || NAMES.contains(&bare) {
        return None;
    }
    let upper = bare.to_ascii_uppercase();
    let family = |name: &str| name.split('_').next().unwrap_or_default().to_owned();
    let found = NAMES.iter().find(|known| {
        // `API_URL` and `AWS_SECRET_ACCESS_KEY` are somebody else's; `APP_URI` is not. In a short
        // name one letter is much.
        let (family_off, all_off) = match known.len() {
            ..6 => (0, 0),
            6..10 => (0, 1),
            _ => (1, 2),
        };
        let off = strsim::damerau_levenshtein;
        let near =
            off(&family(&upper), &family(known)) <= family_off && off(&upper, known) <= all_off;
        near || upper.replace('_', "") == known.replace('_', "")
    });
    found.copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_setting_is_recognised_and_a_foreign_one_is_not() {
        for (name, known) in [
            ("STRIPE_WEBHOOK_SECRETS", "STRIPE_WEBHOOK_SECRET"),
            ("STRIPE_WEBHOOK_SECRETS_FILE", "STRIPE_WEBHOOK_SECRET"),
            ("STRPE_SECRET_KEY", "STRIPE_SECRET_KEY"),
            ("DATABASE_URI", "DATABASE_URL"),
            ("DATABSE_URL", "DATABASE_URL"),
            ("APP_URI", "APP_URL"),
            ("app_url", "APP_URL"),
            ("FAL_KEYS", "FAL_KEY"),
            ("SAFELIGT_CONFIG", "SAFELIGHT_CONFIG"),
            ("R2_SECRET_ACCES_KEY", "R2_SECRET_ACCESS_KEY"),
            ("DATADIR", "DATA_DIR"),
        ] {
            assert_eq!(meant(OsStr::new(name)), Some(known), "{name}");
        }
        for name in [
            "STRIPE_WEBHOOK_SECRET",
            "STRIPE_WEBHOOK_SECRET_FILE",
            "STRIPE_PUBLISHABLE_KEY",
            "API_URL",
            "AMQP_URL",
            "PATH",
            "HOME",
            "BIN",
            "XDG_DATA_DIRS",
            "AWS_SECRET_ACCESS_KEY",
        ] {
            assert_eq!(meant(OsStr::new(name)), None, "{name}");
        }
    }

    /// A setting that is read and not listed would be warned of as a misspelling of another.
    #[test]
    fn every_setting_that_is_read_is_listed() {
        fn sources(dir: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    sources(&path, found);
                } else {
                    found.push(std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let mut texts = Vec::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut texts);
        let mut read = 0;
        for text in &texts {
            for rest in text.split(concat!("setting", "(\"")).skip(1) {
                let name = rest.split('"').next().unwrap();
                assert!(NAMES.contains(&name), "{name} is not in NAMES");
                read += 1;
            }
        }
        assert!(read > 5, "the settings were not found");
    }
}
