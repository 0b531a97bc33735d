//! Keys that spend: whether they still work, and what their cap leaves this month.

use super::Till;
use crate::{Actor, Credits, KeyId, KeyWrite, Month, Refusal, Write};

impl Till<'_> {
    /// Refuses unless whoever acts may spend `price`: a key must still work, now that nobody can
    /// revoke it any more, and stay within its month's cap.
    pub fn admit(&self, actor: &Actor, price: Credits) -> Result<(), Refusal> {
        let Some(id) = actor.key_id() else { return Ok(()) };
        let spender = self.spenders.iter().find(|spender| spender.key.id == id);
        let Some(spender) = spender.filter(|spender| spender.key.works(self.at)) else {
            return Err(Refusal::KeyGone);
        };
        let Some(cap) = spender.key.cap else { return Ok(()) };
        let month = Month::of(self.at);
        let spent = spender.spent_in(month).plus(self.spent_now(id)).unwrap_or(Credits::MAX);
        match spent.plus(price) {
            Some(sum) if sum <= cap => Ok(()),
            _ => Err(Refusal::Capped { cap, spent, resets: month.ends() }),
        }
    }

    /// Counts what a key spent.
    pub(super) fn count(&mut self, actor: &Actor, price: Credits) {
        if let Some(key) = actor.key_id() {
            let month = Month::of(self.at);
            self.writes.push(Write::Key(KeyWrite::Spent { key, month, amount: price }));
        }
    }

    /// Gives room back to the key that had spent it, in the month it did.
    pub(super) fn uncount(&mut self, by: Option<(KeyId, Month)>, price: Credits) {
        if let Some((key, month)) = by {
            self.writes.push(Write::Key(KeyWrite::Refunded { key, month, amount: price }));
        }
    }

    /// What this very commit has counted so far.
    fn spent_now(&self, id: KeyId) -> Credits {
        let mine = self.writes.iter().filter_map(|write| match write {
            Write::Key(KeyWrite::Spent { key, amount, .. }) if *key == id => Some(*amount),
            _ => None,
        });
        mine.fold(Credits::ZERO, |sum, amount| sum.plus(amount).unwrap_or(Credits::MAX))
    }
}
