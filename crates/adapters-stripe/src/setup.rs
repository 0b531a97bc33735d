//! What Stripe must know of a studio: a product and a price for every pack, and where to push to.
//! First a plan, which changes nothing; done twice, the second plan is empty.

use std::fmt;

use safelight_domain::{Money, Pack};
use safelight_ports::{PaymentError, PaymentMode, Payments, Price};

use crate::{Endpoint, NewEndpoint, NewPrice, Stripe};

/// What to set up, and with what.
pub struct Setup<'a> {
    /// Stripe, with a key that may write.
    pub stripe: &'a Stripe,
    /// What is on sale.
    pub packs: &'a [Pack],
    /// `APP_URL`, without a slash at its end.
    pub app_url: &'a str,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Make a product.
    MakeProduct {
        /// Its id, which is ours.
        id: String,
        /// What a buyer reads.
        name: String,
    },
    /// Put an archived product on sale again.
    ReviveProduct(String),
    /// Make a price; amounts of old ones never change.
    MakePrice {
        /// The price.
        new: NewPrice,
        /// What the lookup key leads to so far.
        instead_of: Option<Money>,
    },
    /// Register where to push to.
    MakeEndpoint(String),
    /// Let an endpoint push, and push all of ours.
    MendEndpoint {
        /// Its id.
        id: String,
        /// All types it is to push.
        events: Vec<String>,
    },
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MakeProduct { id, name } => write!(f, "make the product {id} ({name})"),
            Self::ReviveProduct(id) => write!(f, "put the product {id} on sale again"),
            Self::MakePrice { new, instead_of: None } => {
                write!(f, "make the price {}: {}", new.lookup_key, new.amount)
            }
            Self::MakePrice { new, instead_of: Some(old) } => {
                write!(f, "move the price {} from {old} to {}", new.lookup_key, new.amount)
            }
            Self::MakeEndpoint(url) => write!(f, "push to {url}"),
            Self::MendEndpoint { id, events } => {
                write!(f, "let {id} push {} types of events", events.len())
            }
        }
    }
}

/// What would be done, and what a person should know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order of doing.
    pub acts: Vec<Act>,
    /// What is there already, in words.
    pub kept: Vec<String>,
    /// What only a person can mend.
    pub notes: Vec<String>,
}

/// What an act came to.
#[derive(Debug)]
pub enum Made {
    /// It is done.
    Done,
    /// An endpoint was made: its secret is told now and never again.
    Endpoint(NewEndpoint),
}

/// The path pushes come in by.
const PUSH_PATH: &str = "/webhooks/stripe";

impl Setup<'_> {
    /// Looks, and changes nothing.
    pub async fn plan(&self) -> Result<Plan, PaymentError> {
        let mut plan = Plan::default();
        let names: Vec<_> = self.packs.iter().map(|pack| pack.price.clone()).collect();
        let prices = self.stripe.prices(&names).await?;
        for pack in self.packs {
            let price = prices.iter().find(|price| is_of(price, pack));
            self.plan_pack(&mut plan, pack, price).await?;
        }
        self.plan_endpoint(&mut plan).await?;
        Ok(plan)
    }

    async fn plan_pack(
        &self,
        plan: &mut Plan,
        pack: &Pack,
        price: Option<&Price>,
    ) -> Result<(), PaymentError> {
        let Some(amiss) = amiss(pack, price) else {
            plan.kept.push(format!("the price {}: {}", pack.price, pack.money));
            return Ok(());
        };
        if pack.price.starts_with("price_") {
            // An id is Stripe's to give: what it leads to cannot be set up.
            plan.notes.push(format!("packs.{}: {amiss}", pack.name.as_str()));
            return Ok(());
        }
        let id = format!("safelight_pack_{}", pack.name.as_str());
        match self.stripe.product(&id).await? {
            None => {
                let name = format!("{} credits", pack.credits.get());
                plan.acts.push(Act::MakeProduct { id: id.clone(), name });
            }
            Some(product) if !product.active => plan.acts.push(Act::ReviveProduct(id.clone())),
            Some(_) => {}
        }
        let same = |price: &&Price| price.amount == pack.money && price.interval.is_none();
        if price.is_none_or(|price| !same(&price) || !price.active) {
            let (lookup_key, amount) = (pack.price.clone(), pack.money.clone());
            let instead_of = price.map(|price| price.amount.clone());
            let new = NewPrice { product: id, lookup_key, amount };
            plan.acts.push(Act::MakePrice { new, instead_of });
        }
        Ok(())
    }

    async fn plan_endpoint(&self, plan: &mut Plan) -> Result<(), PaymentError> {
        let url = push_url(self.app_url);
        let found = self.stripe.endpoints().await?;
        let own: Vec<&Endpoint> = found.iter().filter(|endpoint| endpoint.url == url).collect();
        let Some(endpoint) = own.first() else {
            match unreachable(self.stripe, self.app_url) {
                Some(why) => plan.notes.push(why),
                None => plan.acts.push(Act::MakeEndpoint(url)),
            }
            return Ok(());
        };
        if own.len() > 1 {
            let count = own.len();
            plan.notes.push(format!("{count} endpoints push to {url}; one is enough"));
        }
        let lacks = endpoint.lacks();
        if lacks.is_empty() && endpoint.enabled {
            plan.kept.push(format!("{} pushes to {url}", endpoint.id));
        } else {
            let mut events = endpoint.events.clone();
            events.extend(lacks.into_iter().map(str::to_owned));
            plan.acts.push(Act::MendEndpoint { id: endpoint.id.clone(), events });
        }
        Ok(())
    }

    /// Does one act of a plan.
    pub async fn apply(&self, act: &Act) -> Result<Made, PaymentError> {
        match act {
            Act::MakeProduct { id, name } => self.stripe.make_product(id, name).await.map(drop)?,
            Act::ReviveProduct(id) => self.stripe.revive_product(id).await.map(drop)?,
            Act::MakePrice { new, .. } => self.stripe.make_price(new).await.map(drop)?,
            Act::MakeEndpoint(url) => {
                return Ok(Made::Endpoint(self.stripe.make_endpoint(url).await?));
            }
            Act::MendEndpoint { id, events } => {
                self.stripe.mend_endpoint(id, events).await.map(drop)?;
            }
        }
        Ok(Made::Done)
    }
}

/// Where a studio takes pushes.
pub(crate) fn push_url(app_url: &str) -> String {
    format!("{}{PUSH_PATH}", app_url.trim_end_matches('/'))
}

/// Whether a pack names this price.
pub(crate) fn is_of(price: &Price, pack: &Pack) -> bool {
    price.id == pack.price || price.lookup_key.as_ref() == Some(&pack.price)
}

/// Why a pack cannot be sold as it is shown, if so.
pub(crate) fn amiss(pack: &Pack, price: Option<&Price>) -> Option<String> {
    let (name, shown) = (&pack.price, &pack.money);
    let Some(price) = price else {
        return Some(format!("Stripe has no price {name} with a fixed amount"));
    };
    if price.interval.is_some() {
        return Some(format!("{name} is paid again and again, and a pack is paid once"));
    }
    if price.amount != *shown {
        return Some(format!("{name} costs {} and is shown at {shown}", price.amount));
    }
    (!price.active).then(|| format!("{name} is archived, or its product is"))
}

/// Why Stripe could not push to a studio, if so. A stand-in on this machine can.
pub(crate) fn unreachable(stripe: &Stripe, app_url: &str) -> Option<String> {
    if stripe.local || app_url.starts_with("https://") {
        return None;
    }
    if stripe.mode == PaymentMode::Live {
        return Some(format!("APP_URL is {app_url}: in live mode Stripe pushes to https alone"));
    }
    let host = app_url.trim_start_matches("http://");
    let inside = ["127.", "localhost", "[::1]", "10.", "192.168.", "0.0.0.0"];
    inside
        .iter()
        .any(|start| host.starts_with(start))
        .then(|| format!("Stripe cannot push to {app_url}; `stripe listen` can, or set APP_URL"))
}
