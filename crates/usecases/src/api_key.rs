//! API keys: `<prefix><id><secret><check>`, shown once, kept as a digest.
//!
//! The id is the key row's (22 characters of base 62), the secret is 32 characters (190 bits), the
//! check is 6 characters that let a typo be told from a stranger without a look at the store.

use std::sync::Arc;

use safelight_domain::{
    AccountId, AccountStatus, Actor, ApiKey, By, Changes, Credits, Invalid, KeyChange, KeyId,
    KeyScope, Refusal, SignedDuration, Spender, Timestamp, Uuid,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Error, Terms, World};

const ID: usize = 22;
const SECRET: usize = 32;
const CHECK: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// A key's last use is noted to within this.
const TOUCH: SignedDuration = SignedDuration::from_mins(5);

/// What a new key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTerms {
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// The most credits it may spend in a calendar month.
    pub cap: Option<Credits>,
}

impl KeyTerms {
    /// A key that works until it is revoked and may spend all there is.
    pub fn new(name: &str, scopes: &[KeyScope]) -> Self {
        Self { name: name.to_owned(), scopes: scopes.to_vec(), expires_at: None, cap: None }
    }

    fn check(&self, now: Timestamp) -> Result<(), Invalid> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
            let says = "a key's name is 1 to 80 characters without control characters";
            return Err(Invalid::new("name", says));
        }
        if self.scopes.is_empty() {
            return Err(Invalid::new("scope", "a key needs at least one scope"));
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(Invalid::new("expires", "a key cannot expire before it is made"));
        }
        if self.cap.is_some_and(Credits::is_zero) {
            let says = "a cap is at least one credit; leave it out for none";
            return Err(Invalid::new("cap", says));
        }
        Ok(())
    }
}

/// A key that was just made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The row.
    pub key: ApiKey,
    /// The whole key, never seen again.
    pub text: String,
}

/// Who calls, once their key was found to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Whose credits are spent.
    pub account_id: AccountId,
    /// By which key.
    pub key_id: KeyId,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
}

impl Caller {
    /// Who to name in the books.
    pub fn actor(&self) -> Actor {
        Actor::key(self.key_id)
    }
}

/// Makes, knows and revokes keys.
#[derive(Clone)]
pub struct Keys {
    world: Arc<World>,
    terms: Arc<Terms>,
}

impl Keys {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>) -> Self {
        Self { world, terms }
    }

    /// Makes a key. The text is in the answer and nowhere else.
    pub async fn create(
        &self,
        account: AccountId,
        terms: KeyTerms,
        by: impl Into<By>,
    ) -> Result<NewKey, Error> {
        let now = self.world.clock.now();
        terms.check(now)?;
        let KeyTerms { name, scopes, expires_at, cap } = terms;
        let id = KeyId(self.world.ids.next());
        let secret = base62(&self.world.entropy.secret(), SECRET);
        let body = format!("{}{}{secret}", self.terms.key_prefix, base62(id.0.as_bytes(), ID));
        let text = format!("{body}{}", check(&body));
        let key = ApiKey {
            id,
            account_id: account,
            name: name.trim().to_owned(),
            secret_hash: Sha256::digest(&secret).into(),
            last4: text[text.len() - 4..].to_owned(),
            scopes,
            cap,
            expires_at,
            last_used_at: None,
            revoked_at: None,
            created_at: now,
        };
        let changes = Changes::of(account, [KeyChange::Create(key.clone())]).by(by);
        self.world.store.commit(changes).await?;
        Ok(NewKey { key, text })
    }

    /// The account's keys with what they have spent, newest first.
    pub async fn list(&self, account: AccountId) -> Result<Vec<Spender>, Error> {
        Ok(self.world.reads.keys(account).await?)
    }

    /// One of the account's keys with what it has spent.
    pub async fn get(&self, account: AccountId, id: KeyId) -> Result<Spender, Error> {
        self.world.reads.spender(account, id).await?.ok_or(Refusal::NotFound.into())
    }

    /// Revokes a key, at once. Revoking again is fine.
    pub async fn revoke(
        &self,
        account: AccountId,
        id: KeyId,
        by: impl Into<By>,
    ) -> Result<(), Error> {
        let changes = Changes::of(account, [KeyChange::Revoke(id)]).by(by);
        self.world.store.commit(changes).await?;
        Ok(())
    }

    /// Whose key it is, for the operator.
    pub async fn owner(&self, id: KeyId) -> Result<AccountId, Error> {
        let found = self.world.reads.key(id).await?;
        Ok(found.ok_or(Refusal::NotFound)?.0.account_id)
    }

    /// The id inside a key's text, when the text is whole. Grants nothing.
    pub fn id_of(&self, text: &str) -> Option<KeyId> {
        self.take_apart(text).map(|(id, _)| id)
    }

    /// Who calls with this key: none when it is not a working one; refused when the account is
    /// blocked. A key that works leaves a trace of its use.
    pub async fn authenticate(&self, text: &str) -> Result<Option<Caller>, Error> {
        let Some((id, secret)) = self.take_apart(text) else { return Ok(None) };
        let Some((key, status)) = self.world.reads.key(id).await? else { return Ok(None) };
        let now = self.world.clock.now();
        let digest: [u8; 32] = Sha256::digest(secret).into();
        if !bool::from(digest.ct_eq(&key.secret_hash)) || !key.works(now) {
            return Ok(None);
        }
        if status != AccountStatus::Open {
            return Err(Refusal::Blocked.into());
        }
        if key.last_used_at.is_none_or(|last| now.duration_since(last) >= TOUCH) {
            let touch = Changes::of(key.account_id, [KeyChange::Touch(id)]);
            // A note, not a fact: a full disk must not lock a reader out.
            if let Err(fault) = self.world.store.commit(touch).await {
                tracing::warn!(%fault, "a key's use was not noted");
            }
        }
        let ApiKey { account_id, id: key_id, scopes, .. } = key;
        Ok(Some(Caller { account_id, key_id, scopes }))
    }

    fn take_apart<'a>(&self, text: &'a str) -> Option<(KeyId, &'a str)> {
        let rest = text.strip_prefix(self.terms.key_prefix.as_str())?;
        if rest.len() != ID + SECRET + CHECK || !rest.bytes().all(|b| DIGITS.contains(&b)) {
            return None;
        }
        let (body, sum) = text.split_at(text.len() - CHECK);
        (check(body) == sum).then_some(())?;
        let id = from_base62(&rest[..ID])?;
        Some((KeyId(Uuid::from_u128(id)), &rest[ID..ID + SECRET]))
    }
}

fn check(body: &str) -> String {
    base62(&Sha256::digest(body)[..8], CHECK)
}

/// The last `length` base 62 digits of the big-endian number `bytes`.
fn base62(bytes: &[u8], length: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![b'0'; length];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = (rest << 8) | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        *digit = DIGITS[rest as usize];
    }
    digits.into_iter().map(char::from).collect()
}

fn from_base62(text: &str) -> Option<u128> {
    text.bytes().try_fold(0_u128, |sum, byte| {
        let digit = DIGITS.iter().position(|d| *d == byte)?;
        sum.checked_mul(62)?.checked_add(digit as u128)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_62_of_an_id_comes_back() {
        for id in [0, 1, 61, 62, u128::MAX, 0x0198_c2f0_5b0e_7a52_9d6b_3f0c_2a7d_4e11] {
            let text = base62(&id.to_be_bytes(), ID);
            assert_eq!((text.len(), from_base62(&text)), (ID, Some(id)));
        }
        assert_eq!(from_base62("zzzzzzzzzzzzzzzzzzzzzz"), None);
    }
}
