//! What measurements fill a store with.

use safelight_adapters_sqlite::Sqlite;
use safelight_domain::{
    Account, AccountChange, AccountId, Actor, Change, Changes, ChargeId, Count, Credits, Email,
    Generation, GenerationId, Grant, LedgerChange, LotId, LotKind, ModelSlug, NEVER, Order, Prompt,
    RenderId, Request, Role, Seed, SignedDuration, Size, SourceRef, User, UserId,
};
use safelight_ports::{Clock, Ids, Store};

use crate::world::{SystemClock, V7Ids};

/// Opens accounts, each with two lots that will not run out.
pub async fn open_accounts(store: &Sqlite, count: usize) -> anyhow::Result<Vec<AccountId>> {
    let mut accounts = Vec::new();
    let mut joining = tokio::task::JoinSet::new();
    for n in 0..count {
        let (id, changes) = joined(n)?;
        accounts.push(id);
        let store = store.clone();
        joining.spawn(async move { store.commit(changes).await });
    }
    while let Some(joined) = joining.join_next().await {
        joined??;
    }
    Ok(accounts)
}

fn joined(n: usize) -> anyhow::Result<(AccountId, Changes)> {
    let now = SystemClock.now();
    let id = AccountId(V7Ids.next());
    let account = Account::opened(id, now);
    let user = User {
        id: UserId(V7Ids.next()),
        account_id: id,
        email: Email::parse(&format!("bench-{n}@example.com"))?,
        role: Role::Member,
        created_at: now,
    };
    let lot = |kind, source: &str| {
        let grant = Grant {
            lot: LotId(V7Ids.next()),
            kind,
            amount: Credits::new(10_000_000)?,
            expires_at: NEVER,
            source: SourceRef::parse(source)?,
            reason: None,
        };
        Ok::<_, safelight_domain::Invalid>(Change::Ledger(LedgerChange::Grant(grant, Actor::cli())))
    };
    let list = vec![
        Change::Account(AccountChange::Open(account, user)),
        lot(LotKind::Promo, "bench:1")?,
        lot(LotKind::Admin, "bench:2")?,
    ];
    Ok((id, Changes::of(id, list)))
}

/// A request of one picture, as the use case makes it.
pub fn request(account: AccountId, prompt: &str, each: Credits) -> Request {
    let now = SystemClock.now();
    Request {
        generation: Generation {
            id: GenerationId(V7Ids.next()),
            account_id: account,
            order: Order {
                prompt: Prompt::parse(prompt).expect("a prompt"),
                negative: None,
                model: ModelSlug("flux-schnell".to_owned()),
                size: Size::SquareHd,
                seed: Seed(7),
            },
            count: Count::ONE,
            folder_id: None,
            remix_of: None,
            created_at: now,
        },
        ids: vec![(RenderId(V7Ids.next()), ChargeId(V7Ids.next()))],
        each,
        deadline: now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now),
        actor: Actor::cli(),
    }
}
