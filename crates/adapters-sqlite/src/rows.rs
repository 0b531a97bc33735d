//! Values as SQLite keeps them: 16-byte ids, microseconds, the bits of a u64, words for states.

use rusqlite::Row;
use safelight_domain::{
    Account, AccountId, AccountStatus, ActionName, Actor, ApiKey, By, Challenge, ChallengeId,
    Charge, ChargeId, ChargeState, Count, Credits, Deed, DeedName, Email, Event, EventName, Folder,
    FolderId, FolderName, Former, Generation, GenerationId, Image, ImageId, KeyId, KeyScope, Lot,
    LotId, LotKind, ModelSlug, Month, Order, OrderId, Prompt, Purpose, Render, RenderId,
    RenderState, Role, Seed, Session, SessionId, Size, SourceRef, Spender, Timestamp, TxnKind,
    User, UserId, Uuid,
};

use crate::error::{Foreign, Sql};

mod money;

pub use money::{delivery, delivery_state, event_id, mode, order, returned, task, topic_words};

pub fn id(id: Uuid) -> [u8; 16] {
    id.into_bytes()
}

pub fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// u64 seeds keep their bits; SQLite only knows i64.
pub fn bits(seed: Seed) -> i64 {
    seed.0.cast_signed()
}

pub fn uuid(row: &Row<'_>, column: &str) -> Sql<Uuid> {
    Ok(Uuid::from_bytes(row.get(column)?))
}

pub fn uuid_or_none(row: &Row<'_>, column: &str) -> Sql<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
}

pub fn time(row: &Row<'_>, column: &str) -> Sql<Timestamp> {
    instant(row.get(column)?)
}

pub fn time_or_none(row: &Row<'_>, column: &str) -> Sql<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)?.map(instant).transpose()
}

fn instant(micros: i64) -> Sql<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| foreign("the instant", micros))
}

pub fn credits(row: &Row<'_>, column: &str) -> Sql<Credits> {
    let amount = row.get(column)?;
    Credits::new(amount).map_err(|_| foreign("the amount", amount))
}

pub fn credits_or_none(row: &Row<'_>, column: &str) -> Sql<Option<Credits>> {
    let amount: Option<u32> = row.get(column)?;
    amount.map(|amount| Credits::new(amount).map_err(|_| foreign("the amount", amount))).transpose()
}

pub fn foreign(what: &str, value: impl std::fmt::Display) -> rusqlite::Error {
    Foreign(format!("{what} {value}")).into()
}

/// The value whose word a column holds.
fn word<T: Copy>(
    row: &Row<'_>,
    column: &str,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
) -> Sql<T> {
    let text = row.get_ref(column)?.as_str()?;
    let found = all.iter().copied().find(|value| as_str(*value) == text);
    found.ok_or_else(|| foreign(column, text))
}

pub fn status(row: &Row<'_>, column: &str) -> Sql<AccountStatus> {
    use AccountStatus::{Closed, Frozen, Open};
    word(row, column, &[Open, Frozen, Closed], AccountStatus::as_str)
}

pub fn charge_state(row: &Row<'_>, column: &str) -> Sql<ChargeState> {
    use ChargeState::{Kept, Open, Refunded};
    word(row, column, &[Open, Kept, Refunded], ChargeState::as_str)
}

pub fn render_state(row: &Row<'_>, column: &str) -> Sql<RenderState> {
    word(row, column, &RenderState::ALL, RenderState::as_str)
}

pub fn lot_word(kind: LotKind) -> &'static str {
    match kind {
        LotKind::Period => "period",
        LotKind::Rollover => "rollover",
        LotKind::Pack => "pack",
        LotKind::Promo => "promo",
        LotKind::Admin => "admin",
        LotKind::Refund => "refund",
    }
}

/// A query for accounts with their users, as [`account`] and [`user`] read them.
macro_rules! select_person {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.status, a.balance, a.debt, a.seq, a.last_at, ",
            "a.created_at AS opened_at, a.closes_at, a.closing, u.id AS user_id, u.email, u.canonical, u.role, u.created_at ",
            "FROM account a JOIN user u ON u.account_id = a.id ",
            $rest
        )
    };
}
pub(crate) use select_person;

pub fn account(row: &Row<'_>) -> Sql<Account> {
    Ok(Account {
        id: AccountId(uuid(row, "id")?),
        status: status(row, "status")?,
        balance: credits(row, "balance")?,
        debt: credits(row, "debt")?,
        seq: row.get("seq")?,
        last_at: time(row, "last_at")?,
        created_at: time(row, "opened_at")?,
        closes_at: time_or_none(row, "closes_at")?,
        closing: row.get("closing")?,
    })
}

pub fn user(row: &Row<'_>) -> Sql<User> {
    Ok(User {
        id: UserId(uuid(row, "user_id")?),
        account_id: AccountId(uuid(row, "id")?),
        email: email(row)?,
        role: word(row, "role", &[Role::Member, Role::Admin], Role::as_str)?,
        created_at: time(row, "created_at")?,
    })
}

pub fn lot(row: &Row<'_>) -> Sql<Lot> {
    use LotKind::{Admin, Pack, Period, Promo, Refund, Rollover};
    Ok(Lot {
        id: LotId(uuid(row, "id")?),
        account_id: AccountId(uuid(row, "account_id")?),
        kind: word(row, "kind", &[Period, Rollover, Pack, Promo, Admin, Refund], lot_word)?,
        priority: row.get("priority")?,
        granted: credits(row, "granted")?,
        remaining: credits(row, "remaining")?,
        expires_at: time(row, "expires_at")?,
        source: SourceRef::recorded(row.get("source")?),
        order: uuid_or_none(row, "order_id")?.map(OrderId),
    })
}

pub fn charge(row: &Row<'_>) -> Sql<Charge> {
    let action: String = row.get("action")?;
    Ok(Charge {
        id: ChargeId(uuid(row, "id")?),
        account_id: AccountId(uuid(row, "account_id")?),
        action: ActionName::parse(&action).map_err(|_| foreign("the action", &action))?,
        price: credits(row, "price")?,
        state: charge_state(row, "state")?,
    })
}

pub fn txn_kind(row: &Row<'_>, column: &str) -> Sql<TxnKind> {
    word(row, column, &TxnKind::ALL, TxnKind::as_str)
}

pub fn render(row: &Row<'_>) -> Sql<Render> {
    Ok(Render {
        id: RenderId(uuid(row, "id")?),
        generation_id: GenerationId(uuid(row, "generation_id")?),
        account_id: AccountId(uuid(row, "account_id")?),
        index: row.get("idx")?,
        charge_id: ChargeId(uuid(row, "charge_id")?),
        seed: seed(row, "seed")?,
        state: render_state(row, "state")?,
        attempt: row.get("attempt")?,
        request_id: row.get("request_id")?,
        next_at: time_or_none(row, "next_at")?,
        deadline: time(row, "deadline")?,
        cancel_requested: row.get("cancel_requested")?,
        error: row.get("error")?,
        cost_micros: row.get("cost_micros")?,
        created_at: time(row, "created_at")?,
        begun_at: time_or_none(row, "begun_at")?,
        submitted_at: time_or_none(row, "submitted_at")?,
        ended_at: time_or_none(row, "ended_at")?,
    })
}

pub fn seed(row: &Row<'_>, column: &str) -> Sql<Seed> {
    Ok(Seed(row.get::<_, i64>(column)?.cast_unsigned()))
}

/// What to make, from a generation's columns.
pub fn wish(row: &Row<'_>) -> Sql<Order> {
    let negative: Option<String> = row.get("negative")?;
    let size: String = row.get("size")?;
    Ok(Order {
        prompt: prompt(row)?,
        negative: negative.and_then(|text| Prompt::parse_negative(&text).ok().flatten()),
        model: ModelSlug(row.get("model")?),
        size: Size::parse(&size).map_err(|_| foreign("the size", &size))?,
        seed: seed(row, "seed")?,
    })
}

fn prompt(row: &Row<'_>) -> Sql<Prompt> {
    let text = row.get_ref("prompt")?.as_str()?;
    Prompt::parse(text).map_err(|_| foreign("a prompt", "it cannot read"))
}

pub fn generation(row: &Row<'_>) -> Sql<Generation> {
    let count: i64 = row.get("count")?;
    Ok(Generation {
        id: GenerationId(uuid(row, "id")?),
        account_id: AccountId(uuid(row, "account_id")?),
        order: wish(row)?,
        count: Count::new(count).map_err(|_| foreign("the count", count))?,
        folder_id: uuid_or_none(row, "folder_id")?.map(FolderId),
        remix_of: uuid_or_none(row, "remix_of")?.map(ImageId),
        created_at: time(row, "created_at")?,
    })
}

/// A query for pictures with their prompts, as [`image`] reads them.
macro_rules! select_image {
    ($from:literal) => {
        concat!(
            "SELECT i.n, i.id, i.account_id, i.render_id, i.generation_id, g.prompt, i.model, ",
            "i.seed, i.width, i.height, i.bytes, i.media_type, i.thumbhash, i.liked, ",
            "i.folder_id, i.trashed_at, i.created_at FROM ",
            $from
        )
    };
}
pub(crate) use select_image;

pub fn image(row: &Row<'_>) -> Sql<Image> {
    Ok(Image {
        id: ImageId(uuid(row, "id")?),
        account_id: AccountId(uuid(row, "account_id")?),
        render_id: RenderId(uuid(row, "render_id")?),
        generation_id: GenerationId(uuid(row, "generation_id")?),
        prompt: prompt(row)?,
        model: ModelSlug(row.get("model")?),
        seed: seed(row, "seed")?,
        width: row.get("width")?,
        height: row.get("height")?,
        bytes: row.get("bytes")?,
        media_type: row.get("media_type")?,
        thumbhash: row.get("thumbhash")?,
        liked: row.get("liked")?,
        folder_id: uuid_or_none(row, "folder_id")?.map(FolderId),
        trashed_at: time_or_none(row, "trashed_at")?,
        created_at: time(row, "created_at")?,
    })
}

pub fn folder(row: &Row<'_>) -> Sql<Folder> {
    let name: String = row.get("name")?;
    Ok(Folder {
        id: FolderId(uuid(row, "id")?),
        account_id: AccountId(uuid(row, "account_id")?),
        parent_id: uuid_or_none(row, "parent_id")?.map(FolderId),
        name: FolderName::parse(&name).map_err(|_| foreign("the folder name", &name))?,
        created_at: time(row, "created_at")?,
    })
}

pub fn event(row: &Row<'_>) -> Sql<Event> {
    use EventName::{BalanceChanged, RenderChanged};
    Ok(Event {
        account_id: AccountId(uuid(row, "account_id")?),
        seq: row.get("n")?,
        name: word(row, "name", &[RenderChanged, BalanceChanged], EventName::as_str)?,
        subject: uuid(row, "subject")?,
        at: time(row, "at")?,
    })
}

pub fn api_key(row: &Row<'_>) -> Sql<ApiKey> {
    let scopes: String = row.get("scopes")?;
    let scopes: Result<_, _> = scopes.split_whitespace().map(KeyScope::parse).collect();
    Ok(ApiKey {
        id: KeyId(uuid(row, "id")?),
        account_id: AccountId(uuid(row, "account_id")?),
        name: row.get("name")?,
        secret_hash: row.get("secret_hash")?,
        last4: row.get("last4")?,
        scopes: scopes.map_err(|no| foreign("a key with", no))?,
        cap: credits_or_none(row, "cap")?,
        expires_at: time_or_none(row, "expires_at")?,
        last_used_at: time_or_none(row, "last_used_at")?,
        revoked_at: time_or_none(row, "revoked_at")?,
        created_at: time(row, "created_at")?,
    })
}

/// A query for keys with what they have spent, as [`spender`] reads them.
macro_rules! select_spender {
    ($rest:literal) => {
        concat!(
            "SELECT k.*, m.month, m.spent FROM api_key k LEFT JOIN key_month m ON m.key_id = k.id ",
            "AND m.month = (SELECT max(month) FROM key_month WHERE key_id = k.id) ",
            $rest
        )
    };
}
pub(crate) use select_spender;

pub fn spender(row: &Row<'_>) -> Sql<Spender> {
    let month = time_or_none(row, "month")?.map(Month::of);
    Ok(Spender { key: api_key(row)?, last: month.zip(credits_or_none(row, "spent")?) })
}

pub fn session(row: &Row<'_>) -> Sql<Session> {
    Ok(Session {
        id: SessionId(uuid(row, "id")?),
        hash: row.get("hash")?,
        account_id: AccountId(uuid(row, "account_id")?),
        user_id: UserId(uuid(row, "user_id")?),
        device: row.get("device")?,
        created_at: time(row, "created_at")?,
        seen_at: time(row, "seen_at")?,
        proved_at: time(row, "proved_at")?,
        ended_at: time_or_none(row, "ended_at")?,
    })
}

pub fn challenge(row: &Row<'_>) -> Sql<Challenge> {
    Ok(Challenge {
        id: ChallengeId(uuid(row, "id")?),
        email: email(row)?,
        code: row.get("code")?,
        link: row.get("link")?,
        browser: row.get("browser")?,
        purpose: word(row, "purpose", &Purpose::ALL, Purpose::as_str)?,
        return_to: row.get("return_to")?,
        attempts: row.get("attempts")?,
        created_at: time(row, "created_at")?,
        consumed_at: time_or_none(row, "consumed_at")?,
    })
}

pub fn former(row: &Row<'_>) -> Sql<Former> {
    Ok(Former {
        account_id: AccountId(uuid(row, "account_id")?),
        email: email(row)?,
        token: row.get("token")?,
        left_at: time(row, "left_at")?,
    })
}

pub fn email(row: &Row<'_>) -> Sql<Email> {
    Ok(Email::on_file(row.get("email")?, row.get("canonical")?))
}

pub fn deed(row: &Row<'_>) -> Sql<Deed> {
    Ok(Deed {
        account_id: uuid_or_none(row, "account_id")?.map(AccountId),
        name: word(row, "name", DeedName::ALL, DeedName::as_str)?,
        by: By {
            actor: Actor(row.get("actor")?),
            reason: row.get("reason")?,
            request: row.get("request_id")?,
        },
        subject: uuid_or_none(row, "subject")?,
        before: row.get("before")?,
        after: row.get("after")?,
        at: time(row, "at")?,
    })
}
