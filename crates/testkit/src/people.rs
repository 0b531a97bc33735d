//! People with the same ids in every test. Ada has 10 credits, Grace has 3, Linus has none.

use safelight_domain::{
    Account, AccountChange, AccountId, Actor, Change, Changes, Credits, Email, Grant, LedgerChange,
    LotId, LotKind, NEVER, Role, SourceRef, User, UserId,
};

use crate::world::{ManualClock, seq_id};

/// Somebody with an account of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their account, as it is before it was given anything.
    pub account: Account,
    /// How they sign in.
    pub user: User,
    /// What they are given when they join.
    pub gift: Option<Grant>,
}

impl Person {
    /// The commit that opens their account and gives them their credits.
    pub fn joining(&self) -> Changes {
        let mut list =
            vec![Change::Account(AccountChange::Open(self.account.clone(), self.user.clone()))];
        list.extend(
            self.gift
                .clone()
                .map(|gift| Change::Ledger(LedgerChange::Grant(gift, Actor::system()))),
        );
        Changes::of(self.account.id, list)
    }
}

/// Ada, a member with 10 credits.
pub fn ada() -> Person {
    person(1, "ada@example.com", Role::Member, 10)
}

/// Grace, an admin with 3 credits.
pub fn grace() -> Person {
    person(2, "grace@example.com", Role::Admin, 3)
}

/// Linus, a member with nothing.
pub fn linus() -> Person {
    person(3, "linus@example.com", Role::Member, 0)
}

/// Ids lie before [`ManualClock::START`], so they never meet those of `SeqIds`.
fn person(n: u64, email: &str, role: Role, credits: u32) -> Person {
    let born = ManualClock::START;
    let id = |kind: u64| seq_id(1_700_000_000_000 + 10 * n + kind);
    let account_id = AccountId(id(0));
    let amount = Credits::new(credits).expect("a small amount");
    Person {
        account: Account::opened(account_id, born),
        user: User {
            id: UserId(id(1)),
            account_id,
            email: Email::parse(email).expect("an address"),
            role,
            created_at: born,
        },
        gift: (!amount.is_zero()).then(|| Grant {
            lot: LotId(id(2)),
            kind: LotKind::Promo,
            amount,
            expires_at: NEVER,
            source: SourceRef::parse(format!("signup:{account_id}")).expect("a source"),
            reason: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use safelight_domain::Books;

    #[test]
    fn nobody_shares_an_id() {
        let ids = [ada(), grace(), linus()].map(|p| [p.account.id.0, p.user.id.0]);
        assert_eq!(ids.into_iter().flatten().collect::<BTreeSet<_>>().len(), 6);
    }

    #[test]
    fn joining_is_accepted_and_gives_what_is_said() {
        for (person, credits) in [(ada(), 10), (grace(), 3), (linus(), 0)] {
            let receipt = person.joining().decide(&Books::default(), ManualClock::START).unwrap().1;
            assert_eq!(receipt.balance.get(), credits, "{:?}", person.user.email);
        }
    }
}
