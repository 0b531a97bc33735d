//! Everybody who may come, by what they carry.

use poem::RequestBuilder;
use safelight_domain::{Actor, Email, KeyScope};
use safelight_testkit::people::{Person, ada, grace, linus};

use crate::site::Site;

/// Who comes. Everything there is belongs to Ada.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// With nothing.
    Visitor,
    /// Ada, signed in.
    Owner,
    /// Linus, signed in.
    Other,
    /// Grace, who is an admin, signed in.
    Admin,
    /// Somebody signed in and blocked since.
    Blocked,
    /// Ada's key for everything.
    Key,
    /// Ada's key that may generate.
    Generate,
    /// Ada's key that may look after pictures.
    Library,
    /// Ada's key that may consume credits.
    Consume,
    /// Linus's key for everything.
    OtherKey,
    /// The blocked one's key for everything.
    BlockedKey,
    /// A key of Ada's that was revoked.
    RevokedKey,
}

impl Who {
    pub const ALL: [(&'static str, Self); 12] = [
        ("visitor", Self::Visitor),
        ("owner", Self::Owner),
        ("other", Self::Other),
        ("admin", Self::Admin),
        ("blocked", Self::Blocked),
        ("key", Self::Key),
        ("generate", Self::Generate),
        ("library", Self::Library),
        ("consume", Self::Consume),
        ("otherkey", Self::OtherKey),
        ("blockedkey", Self::BlockedKey),
        ("revoked", Self::RevokedKey),
    ];

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, who)| *who)
    }
}

/// What they carry.
#[derive(Debug, Clone)]
pub enum Carried {
    Nothing,
    /// The session's token.
    Cookie(String),
    /// The whole key.
    Key(String),
}

impl Carried {
    pub fn on(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Nothing => request,
            Self::Cookie(token) => request.header("cookie", format!("session={token}")),
            Self::Key(key) => request.header("authorization", format!("Bearer {key}")),
        }
    }
}

/// Gives everybody what they carry, in the order of [`Who::ALL`].
pub async fn equip(site: &Site) -> Vec<(Who, Carried)> {
    let accounts = &site.studio.studio.accounts;
    let made = accounts.create(Email::parse("barbara@example.com").unwrap()).await.unwrap();
    let barbara = Person { account: made.account, user: made.user, gift: None };
    let all = &KeyScope::ALL[..];
    let mut carried = vec![(Who::Visitor, Carried::Nothing)];
    for (who, person) in [
        (Who::Owner, ada()),
        (Who::Other, linus()),
        (Who::Admin, grace()),
        (Who::Blocked, barbara.clone()),
    ] {
        carried.push((who, Carried::Cookie(site.sign_in(&person).await)));
    }
    for (who, person, scopes) in [
        (Who::Key, ada(), all),
        (Who::Generate, ada(), &[KeyScope::Generate]),
        (Who::Library, ada(), &[KeyScope::Library]),
        (Who::Consume, ada(), &[KeyScope::Consume]),
        (Who::OtherKey, linus(), all),
        (Who::BlockedKey, barbara.clone(), all),
        (Who::RevokedKey, ada(), all),
    ] {
        carried.push((who, Carried::Key(site.key(&person, scopes).await)));
    }
    if let Some((_, Carried::Key(key))) = carried.last() {
        let keys = &site.studio.studio.keys;
        keys.authenticate(key).await.unwrap().expect("it worked");
        keys.revoke(ada().account.id, keys.id_of(key).unwrap(), Actor::cli()).await.unwrap();
    }
    accounts.set_blocked(barbara.account.id, true, Actor::cli()).await.unwrap();
    carried
}
