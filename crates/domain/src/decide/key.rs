//! The rules of API keys.

use super::decision::Decision;
use crate::{DeedName, KeyChange, KeyWrite, Refusal};

impl Decision<'_> {
    pub(super) fn decide_key(&mut self, change: KeyChange) -> Result<(), Refusal> {
        let at = self.at;
        match change {
            KeyChange::Create(key) => {
                if !self.till.account.may_act() {
                    return Err(Refusal::Blocked);
                }
                let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
                let after = Some(scopes.join(" "));
                self.deed(DeedName::KeyMade, Some(key.id.0), (None, after));
                self.write(KeyWrite::New(key));
            }
            KeyChange::Revoke(id) => {
                let key = self.seen.keys.iter().find(|key| key.id == id);
                if key.ok_or(Refusal::NotFound)?.revoked_at.is_none() {
                    self.write(KeyWrite::Revoked(id, at));
                    self.deed(DeedName::KeyRevoked, Some(id.0), (None, None));
                }
            }
            KeyChange::Touch(id) => self.write(KeyWrite::Touched(id, at)),
        }
        Ok(())
    }
}
