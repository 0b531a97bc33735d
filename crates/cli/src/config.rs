//! `safelight.toml`: what the operator offers, at what price, within what limits.
//!
//! An unknown key is an error that names the nearest known one: a typo must never become a
//! silently ignored setting.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use ipnet::IpNet;
use safelight_domain::{
    ActionName, Actions, Catalog, Credits, Money, Pack, PackName, Packs, SignedDuration,
};
use safelight_usecases::{Letter, Pepper, Terms, Timing};
use serde::Deserialize;

/// The file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Credits a new account starts with.
    pub signup_bonus: u32,
    /// Stand-ins that may serve although `APP_URL` is https: `painter`, `disk`. The play `checkout` may
    /// be named and does not serve there: its page is never mounted over https.
    pub stand_ins: Vec<String>,
    /// How the studio presents itself.
    pub brand: Brand,
    /// What is offered, by model slug; all models at their usual price when absent.
    pub models: BTreeMap<String, ModelTerms>,
    /// Prices of other paid acts, in credits.
    pub actions: BTreeMap<String, u32>,
    /// Credits on sale, by name.
    pub packs: BTreeMap<String, PackTerms>,
    /// What callers may do.
    pub limits: Limits,
    /// What holds for people's accounts.
    pub account: AccountTerms,
    /// How long things may take.
    pub pipeline: PipelineTerms,
    /// Where the process's figures are read.
    pub metrics: MetricsTerms,
    /// The painter that serves while no provider's key is set.
    pub painter: PainterTerms,
}

/// How the studio presents itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Brand {
    /// Its name.
    pub name: String,
    /// What API keys begin with.
    pub key_prefix: String,
    /// A folder whose `templates/`, `static/` and `mails/` files are used instead of ours of the same
    /// name.
    pub dir: Option<PathBuf>,
}

/// A model on offer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelTerms {
    /// Credits for one picture.
    pub price: u32,
    /// Whether people can choose it.
    pub offered: bool,
}

/// Credits on sale.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackTerms {
    /// What a buyer gets.
    pub credits: u32,
    /// What it costs, in the currency's smallest unit: 999 is 9.99 USD.
    pub amount: u64,
    /// ISO 4217 in small letters.
    #[serde(default = "usd")]
    pub currency: String,
    /// The price at the payment provider, by lookup key or id; by default `pack_` and the name.
    pub price: Option<String>,
    /// Days after which the rest dies; never when absent.
    pub expires_days: Option<u32>,
}

/// What callers may do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// API requests a minute, for each key.
    pub requests_per_minute: u32,
    /// API requests a minute of all of an account's keys together; twice one key's by default.
    pub account_requests_per_minute: Option<u32>,
    /// Requests of any kind a minute from one address. This machine's own are not counted.
    pub address_requests_per_minute: u32,
    /// API requests without a working key a minute from one address.
    pub failures_per_minute: u32,
    /// Presses of the button a minute, for each account; a fifth of one key's requests by default.
    pub generations_per_minute: Option<u32>,
    /// Pictures one account may have in the making.
    pub unfinished_renders: u32,
    /// Sign-in mails an hour, to everybody together.
    pub mails_per_hour: u32,
    /// Proxies in front of the studio, as addresses or ranges: what they write in
    /// `X-Forwarded-For` is believed, and nobody else's.
    pub trusted_proxies: Vec<String>,
}

/// How long things may take.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PipelineTerms {
    /// Seconds after which an unfinished picture is given up and refunded.
    pub deadline_seconds: u32,
    /// Seconds a picture whose submit was lost may still turn up.
    pub lost_seconds: u32,
}

/// Where the process's figures are read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsTerms {
    /// An address such as `127.0.0.1:9464`, the usual one, or `off`. `METRICS_BIND` goes first.
    pub bind: Option<String>,
}

/// What holds for people's accounts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountTerms {
    /// Days within which a deletion is taken back by signing in.
    pub grace_days: u16,
}

/// The painter's pace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PainterTerms {
    /// Seconds of the quickest and of the slowest picture.
    pub seconds: [f64; 2],
}

fn usd() -> String {
    "usd".to_owned()
}

impl Default for Brand {
    fn default() -> Self {
        Self { name: "Safelight".to_owned(), key_prefix: "sl_live_".to_owned(), dir: None }
    }
}

impl Default for ModelTerms {
    fn default() -> Self {
        Self { price: 1, offered: true }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let web = safelight_web::Limits::default();
        Self {
            requests_per_minute: web.requests_per_minute,
            account_requests_per_minute: None,
            address_requests_per_minute: web.address_requests_per_minute,
            failures_per_minute: web.failures_per_minute,
            generations_per_minute: None,
            unfinished_renders: 100,
            mails_per_hour: 600,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Default for PipelineTerms {
    fn default() -> Self {
        Self { deadline_seconds: 3_600, lost_seconds: 900 }
    }
}

impl Default for AccountTerms {
    fn default() -> Self {
        Self { grace_days: 30 }
    }
}

impl Default for PainterTerms {
    fn default() -> Self {
        Self { seconds: [1.0, 2.2] }
    }
}

impl Config {
    /// Reads the file named, or `safelight.toml` when there is one, or the defaults.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        let usual = Path::new("safelight.toml");
        let path = match path {
            Some(path) => path,
            None if usual.exists() => usual,
            None => return Ok(Self::default()),
        };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the configuration {} cannot be read", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Reads configuration text.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let config: Self =
            toml::from_str(text).map_err(|error| match nearest(error.message()) {
                Some(name) => anyhow::anyhow!("{error}did you mean `{name}`?"),
                None => anyhow::anyhow!("{error}"),
            })?;
        config.terms("", Pepper([0; 32]))?;
        Ok(config)
    }

    /// The brand's own sign-in mail, or the usual one.
    fn sign_in_letter(&self) -> anyhow::Result<Letter> {
        let own = self.brand.dir.as_deref().map(|dir| dir.join("mails/sign-in.txt"));
        let Some(path) = own.filter(|path| path.exists()) else { return Ok(Letter::default()) };
        let named = || path.display().to_string();
        let text = std::fs::read_to_string(&path).with_context(named)?;
        Letter::parse(&text).with_context(named)
    }

    /// The terms use cases work by.
    pub fn terms(&self, app_url: &str, pepper: Pepper) -> anyhow::Result<Terms> {
        let action = |(name, price): (&String, &u32)| {
            Ok::<_, safelight_domain::Invalid>((ActionName::parse(name)?, Credits::new(*price)?))
        };
        let seconds = |seconds: u32| SignedDuration::from_secs(seconds.max(1).into());
        if self.brand.name.trim().is_empty() || self.brand.name.chars().any(char::is_control) {
            bail!("brand.name is what people call the studio, on one line");
        }
        if let Some(dir) = self.brand.dir.as_deref().filter(|dir| !dir.is_dir()) {
            bail!("brand.dir names {}, which is no folder", dir.display());
        }
        let prefix = &self.brand.key_prefix;
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !(3..=16).contains(&prefix.len()) || !prefix.bytes().all(fits) {
            bail!("brand.key_prefix is 3 to 16 of a-z, 0-9 and _, such as \"sl_live_\"");
        }
        self.limits.web()?;
        let [quickest, slowest] = self.painter.seconds;
        if !(0.0..=3_600.0).contains(&quickest) || !(quickest..=3_600.0).contains(&slowest) {
            bail!("painter.seconds is [quickest, slowest], from 0 to 3600");
        }
        for name in &self.stand_ins {
            if !["painter", "disk", "checkout"].contains(&name.as_str()) {
                bail!("stand_ins knows \"painter\", \"disk\" and \"checkout\", not {name:?}");
            }
        }
        Ok(Terms {
            catalog: self.catalog()?,
            actions: Actions::new(self.actions.iter().map(action).collect::<Result<Vec<_>, _>>()?),
            packs: self.packs()?,
            signup_bonus: Credits::new(self.signup_bonus)?,
            key_prefix: prefix.clone(),
            brand: self.brand.name.clone(),
            sign_in_letter: self.sign_in_letter()?,
            app_url: app_url.to_owned(),
            unfinished: self.limits.unfinished_renders,
            mails_per_hour: self.limits.mails_per_hour,
            pepper,
            timing: Timing {
                deadline: seconds(self.pipeline.deadline_seconds),
                lost: seconds(self.pipeline.lost_seconds),
                grace: SignedDuration::from_hours(24 * i64::from(self.account.grace_days)),
                ..Timing::default()
            },
        })
    }

    /// The packs on sale.
    pub fn packs(&self) -> anyhow::Result<Packs> {
        let mut packs = Vec::new();
        for (name, terms) in &self.packs {
            let pack = (|| {
                let name = PackName::parse(name)?;
                let price =
                    terms.price.clone().unwrap_or_else(|| format!("pack_{}", name.as_str()));
                let money = Money::price(terms.amount, &terms.currency)?;
                let credits = Credits::new(terms.credits)?;
                Pack { name, credits, expires_days: terms.expires_days, money, price }.check()
            })();
            packs.push(pack.with_context(|| format!("packs.{name}"))?);
        }
        Ok(Packs::new(packs))
    }

    /// The models on offer, with their prices.
    pub fn catalog(&self) -> anyhow::Result<Catalog> {
        let all = Catalog::flux();
        for slug in self.models.keys() {
            if all.model(slug).is_err() {
                let known = all.models().iter().map(|model| model.slug.0.as_str());
                let near = closest(slug, known).unwrap_or("flux-schnell");
                bail!("models.{slug}: no model has this name; did you mean `{near}`?");
            }
        }
        let mut models = Vec::new();
        for mut model in all.models().iter().cloned() {
            match self.models.get(&model.slug.0) {
                Some(terms) if !terms.offered => continue,
                Some(terms) => model.price = Credits::new(terms.price)?,
                None if self.models.is_empty() => {}
                None => continue,
            }
            models.push(model);
        }
        Catalog::new(models).context("every model is turned off")
    }
}

impl Limits {
    /// The limits the web keeps.
    pub fn web(&self) -> anyhow::Result<safelight_web::Limits> {
        let of_a_key = self.requests_per_minute;
        let of_an_account = self.account_requests_per_minute.unwrap_or(of_a_key.saturating_mul(2));
        let presses = self.generations_per_minute.unwrap_or(of_a_key.div_ceil(5));
        for (name, limit) in [
            ("requests_per_minute", self.requests_per_minute),
            ("account_requests_per_minute", of_an_account),
            ("address_requests_per_minute", self.address_requests_per_minute),
            ("failures_per_minute", self.failures_per_minute),
            ("generations_per_minute", presses),
            ("unfinished_renders", self.unfinished_renders),
            ("mails_per_hour", self.mails_per_hour),
        ] {
            if limit == 0 {
                bail!("limits.{name} must be at least 1, or nobody gets in");
            }
        }
        let net = |text: &String| match text.parse::<IpAddr>() {
            Ok(ip) => Ok(IpNet::from(ip)),
            Err(_) => text.parse().with_context(|| {
                format!(
                    "limits.trusted_proxies: {text:?} is no address or range such as 10.0.0.0/8"
                )
            }),
        };
        Ok(safelight_web::Limits {
            requests_per_minute: self.requests_per_minute,
            account_requests_per_minute: of_an_account,
            address_requests_per_minute: self.address_requests_per_minute,
            failures_per_minute: self.failures_per_minute,
            generations_per_minute: presses,
            trusted_proxies: self.trusted_proxies.iter().map(net).collect::<anyhow::Result<_>>()?,
        })
    }
}

/// The known key nearest to the unknown one serde complains of.
fn nearest(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (unknown, rest) = rest.split_once('`')?;
    let known: Vec<_> = rest.split('`').skip(1).step_by(2).collect();
    closest(unknown, known.into_iter()).map(str::to_owned)
}

fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |name: &&str| strsim::damerau_levenshtein(word, name);
    known.min_by_key(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        format!("{:#}", Config::parse(text).unwrap_err())
    }

    #[test]
    fn noise_is_no_configuration_and_harms_nobody() {
        let seed = "signup_bonus = 10\nstand_ins = [\"disk\"]\n[brand]\nname = \"Lamp\"\n\
                    key_prefix = \"sl_live_\"\n[models.flux-dev]\nprice = 3\n[actions]\nexport = 2\n\
                    [limits]\nrequests_per_minute = 60\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n\
                    [painter]\nseconds = [0.5, 1e3]\n";
        safelight_testkit::noisy_text(&[seed, ""], |text| {
            let Ok(config) = Config::parse(text) else { return };
            // What is taken can be served.
            config.terms("", Pepper([0; 32])).unwrap();
            config.limits.web().unwrap();
        });
    }

    #[test]
    fn an_unknown_key_is_told_with_its_neighbour() {
        assert!(fault("signup_bonsu = 3").contains("did you mean `signup_bonus`?"));
        let nested = fault("[limits]\nrequests_per_minut = 3");
        assert!(nested.contains("did you mean `requests_per_minute`?"), "{nested}");
        assert!(fault("[models.flux-schnel]").contains("`flux-schnell`"));
        let pack = fault("[packs.small]\ncredits = 100\namount = 999\nexpire_days = 9");
        assert!(pack.contains("did you mean `expires_days`?"), "{pack}");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for text in [
            "signup_bonus = -1",
            "signup_bonus = 2000000000",
            "[limits]\nrequests_per_minute = 0",
            "[limits]\nmails_per_hour = 0",
            "[limits]\ntrusted_proxies = [\"10.0.0.0/33\"]",
            "[brand]\nkey_prefix = \"SL-\"",
            "[brand]\ndir = \"no/such/folder\"",
            "[actions]\n\"no spaces\" = 1",
            "[painter]\nseconds = [2.0, 1.0]",
            "stand_ins = [\"everything\"]",
            "[models.flux-schnell]\noffered = false",
            "[packs.small]\namount = 999",
            "[packs.small]\ncredits = 100",
            "[packs.small]\ncredits = 0\namount = 999",
            "[packs.small]\ncredits = 20000000\namount = 999",
            "[packs.small]\ncredits = 100\namount = 0",
            "[packs.small]\ncredits = 100\namount = 9.99",
            "[packs.small]\ncredits = 100\namount = 999\ncurrency = \"dollar\"",
            "[packs.small]\ncredits = 100\namount = 999\nprice = \"\"",
            "[packs.small]\ncredits = 100\namount = 999\nexpires_days = 0",
            "[packs.\"so small\"]\ncredits = 100\namount = 999",
        ] {
            assert!(Config::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_new_pack_is_a_line_of_configuration() {
        let text = "[packs.large]\ncredits = 1000\namount = 7900\nprice = \"price_1abc\"\n\
                    [packs.small]\ncredits = 100\namount = 999\ncurrency = \"eur\"\nexpires_days = 90";
        let packs = Config::parse(text).unwrap().packs().unwrap();
        let told: Vec<_> = packs
            .iter()
            .map(|p| {
                (p.name.as_str(), p.credits.get(), p.money.to_string(), &*p.price, p.expires_days)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("small", 100, "9.99 EUR".to_owned(), "pack_small", Some(90)),
                ("large", 1000, "79.00 USD".to_owned(), "price_1abc", None),
            ]
        );
        assert!(packs.pack("huge").unwrap_err().says.contains("small, large"));
    }

    #[test]
    fn prices_and_offers_are_the_operators() {
        let text = "signup_bonus = 10\n[models.flux-dev]\nprice = 3\n[actions]\nexport = 2\n\
                    [pipeline]\ndeadline_seconds = 20";
        let terms = |config: Config| config.terms("", Pepper([0; 32])).unwrap();
        let default = terms(Config::default());
        let terms = terms(Config::parse(text).unwrap());
        let models: Vec<_> =
            terms.catalog.models().iter().map(|m| (&*m.slug.0, m.price.get())).collect();
        assert_eq!(models, [("flux-dev", 3)]);
        assert_eq!(terms.signup_bonus.get(), 10);
        assert_eq!(terms.timing.deadline, SignedDuration::from_secs(20));
        assert_eq!(default.catalog, Catalog::flux());
    }
}
