//! Writes as rows, in order. Whatever slips past the rules meets the schema's guards here.

mod money;
mod person;

use rusqlite::{Connection, Params, params};
use safelight_domain::{
    AccountId, ApiKey, Challenge, Charge, Credits, Folder, FolderId, Generation, Image, Lot,
    Render, RenderState, Scope, SessionId, Timestamp, Txn, User, Write,
};

use crate::{
    error::Sql,
    rows::{self, bits, id, micros},
};

/// Records `writes` of one commit.
pub fn all(connection: &Connection, of: Scope, writes: &[Write], now: Timestamp) -> Sql<()> {
    let account = match of {
        Scope::Account(account) => account,
        Scope::Nobody => AccountId(safelight_domain::Uuid::nil()),
    };
    let desk = Desk { db: connection, account, now };
    writes.iter().try_for_each(|write| desk.record(write))
}

struct Desk<'a> {
    db: &'a Connection,
    account: AccountId,
    now: Timestamp,
}

impl Desk<'_> {
    /// A statement that may touch any number of rows.
    fn run(&self, sql: &str, params: impl Params) -> Sql<usize> {
        self.db.prepare_cached(sql)?.execute(params)
    }

    /// A statement that must touch exactly one row: the decision saw it a moment ago.
    fn one(&self, sql: &str, params: impl Params) -> Sql<()> {
        match self.run(sql, params)? {
            1 => Ok(()),
            n => Err(rusqlite::Error::StatementChangedRows(n)),
        }
    }

    fn record(&self, write: &Write) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            Write::Account(account) => self.one(
                "INSERT INTO account(id, status, last_at, created_at) VALUES(?1, ?2, ?3, ?4)",
                params![
                    id(account.id.0),
                    account.status.as_str(),
                    micros(account.last_at),
                    micros(account.created_at)
                ],
            ),
            Write::User(user) => self.user(user),
            Write::AccountStatus(status) => self
                .one("UPDATE account SET status = ?2 WHERE id = ?1", params![me, status.as_str()]),
            Write::UserRole(role) => self
                .one("UPDATE user SET role = ?2 WHERE account_id = ?1", params![me, role.as_str()]),
            Write::Lot(lot) => self.lot(lot),
            Write::Txn(txn) => self.txn(txn),
            Write::Charge(charge) => self.charge(charge),
            Write::ChargeState(charge, state) => self.one(
                "UPDATE charge SET state = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(charge.0), me, state.as_str()],
            ),
            Write::Generation(generation) => self.generation(generation),
            Write::Render(render) => self.render(render),
            Write::RenderMoved { render, was } => self.render_moved(render, *was),
            other => self.record_money(other),
        }
    }

    fn record_library(&self, write: &Write) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            Write::Image(image) => self.image(image),
            Write::ImageLiked(image, liked) => self.one(
                "UPDATE image SET liked = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(image.0), me, liked],
            ),
            Write::ImageFiled(image, folder) => self.one(
                "UPDATE image SET folder_id = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(image.0), me, folder.map(|f| id(f.0))],
            ),
            Write::ImageTrashed(image, at) => self.one(
                "UPDATE image SET trashed_at = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(image.0), me, at.map(micros)],
            ),
            Write::Folder(folder) => self.folder(folder),
            Write::FolderRenamed(folder, name) => self.one(
                "UPDATE folder SET name = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(folder.0), me, name.as_str()],
            ),
            Write::FolderMoved(folder, parent) => self.one(
                "UPDATE folder SET parent_id = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(folder.0), me, parent.map(|f| id(f.0))],
            ),
            Write::FolderDeleted(folder) => self.folder_deleted(*folder),
            Write::Event(name, subject) => self.one(
                "INSERT INTO event(account_id, name, subject, at) VALUES(?1, ?2, ?3, ?4)",
                params![me, name.as_str(), id(*subject), micros(self.now)],
            ),
            other => self.record_access(other),
        }
    }

    fn record_access(&self, write: &Write) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            Write::Key(key) => self.key(key),
            Write::KeyRevoked(key, at) => self.one(
                "UPDATE api_key SET revoked_at = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(key.0), me, micros(*at)],
            ),
            Write::KeyTouched(key, at) => self.run_any(
                "UPDATE api_key SET last_used_at = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(key.0), me, micros(*at)],
            ),
            Write::KeySpent { key, month, amount } => self.one(
                "INSERT INTO key_month(key_id, month, spent) VALUES(?1, ?2, ?3) \
                 ON CONFLICT DO UPDATE SET spent = spent + excluded.spent",
                params![id(key.0), micros(month.begins()), amount.get()],
            ),
            Write::KeyRefunded { key, month, amount } => self.one(
                "UPDATE key_month SET spent = spent - ?3 WHERE key_id = ?1 AND month = ?2",
                params![id(key.0), micros(month.begins()), amount.get()],
            ),
            Write::Challenge(challenge) => self.challenge(challenge),
            Write::ChallengeTried(challenge) => self.one(
                "UPDATE challenge SET attempts = attempts + 1 WHERE id = ?1",
                params![id(challenge.0)],
            ),
            Write::ChallengeConsumed(challenge, at) => self.one(
                "UPDATE challenge SET consumed_at = ?2 WHERE id = ?1 AND consumed_at IS NULL",
                params![id(challenge.0), micros(*at)],
            ),
            Write::Session(session) => self.one(
                "INSERT INTO session(id, hash, account_id, user_id, device, created_at, seen_at, \
                 proved_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    id(session.id.0),
                    session.hash,
                    me,
                    id(session.user_id.0),
                    session.device,
                    micros(session.created_at),
                    micros(session.seen_at),
                    micros(session.proved_at)
                ],
            ),
            Write::SessionTouched(session, at) => self.run_any(
                "UPDATE session SET seen_at = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(session.0), me, micros(*at)],
            ),
            Write::SessionEnded(session, at) => self.session_ended(*session, *at),
            Write::SessionsEnded { but, at } => self.run_any(
                "UPDATE session SET ended_at = ?3 WHERE account_id = ?1 AND ended_at IS NULL \
                 AND id IS NOT ?2",
                params![me, but.map(|s| id(s.0)), micros(*at)],
            ),
            other => self.record_person(other),
        }
    }

    /// A statement that may find nothing to do.
    fn run_any(&self, sql: &str, params: impl Params) -> Sql<()> {
        self.run(sql, params).map(drop)
    }

    fn user(&self, user: &User) -> Sql<()> {
        self.one(
            "INSERT INTO user(id, account_id, email, canonical, role, created_at) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                id(user.id.0),
                id(user.account_id.0),
                user.email.as_str(),
                user.email.canonical(),
                user.role.as_str(),
                micros(user.created_at)
            ],
        )
    }

    fn lot(&self, lot: &Lot) -> Sql<()> {
        self.one(
            "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source, \
             order_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                id(lot.id.0),
                id(lot.account_id.0),
                rows::lot_word(lot.kind),
                lot.priority,
                lot.granted.get(),
                micros(lot.expires_at),
                lot.source.0,
                lot.order.map(|order| id(order.0))
            ],
        )
    }

    /// Entries first; the txn seals them, and triggers move the lots, the account and the charge.
    fn txn(&self, txn: &Txn) -> Sql<()> {
        let number: i64 = self
            .db
            .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM txn")?
            .query_row([], |row| row.get(0))?;
        for entry in &txn.entries {
            self.one(
                "INSERT INTO entry(txn_id, lot_id, delta, lot_after) VALUES(?1, ?2, ?3, ?4)",
                params![number, id(entry.lot.0), entry.delta, entry.lot_after.get()],
            )?;
        }
        self.one(
            "INSERT INTO txn(id, account_id, seq, kind, amount, balance_after, debt_after, \
             charge_id, key, actor, reason, at, order_id, decided_at) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                number,
                id(txn.account_id.0),
                txn.seq,
                txn.kind.as_str(),
                txn.amount.get(),
                txn.balance_after.get(),
                txn.debt_after.get(),
                txn.charge.map(|charge| id(charge.0)),
                txn.key,
                txn.actor.0,
                txn.reason,
                micros(txn.at),
                txn.order.map(|order| id(order.0)),
                (txn.decided_at < txn.at).then_some(micros(txn.decided_at))
            ],
        )
    }

    fn charge(&self, charge: &Charge) -> Sql<()> {
        self.one(
            "INSERT INTO charge(id, account_id, action, price) VALUES(?1, ?2, ?3, ?4)",
            params![
                id(charge.id.0),
                id(charge.account_id.0),
                charge.action.as_str(),
                charge.price.get()
            ],
        )
    }

    fn generation(&self, generation: &Generation) -> Sql<()> {
        let order = &generation.order;
        self.one(
            "INSERT INTO generation(id, account_id, prompt, negative, model, size, seed, count, \
             folder_id, created_at, remix_of) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                id(generation.id.0),
                id(generation.account_id.0),
                order.prompt.as_str(),
                order.negative.as_ref().map(safelight_domain::Prompt::as_str),
                order.model.0,
                order.size.as_str(),
                bits(order.seed),
                generation.count.get(),
                generation.folder_id.map(|f| id(f.0)),
                micros(generation.created_at),
                generation.remix_of.map(|image| id(image.0))
            ],
        )
    }

    fn render(&self, render: &Render) -> Sql<()> {
        self.one(
            "INSERT INTO render(id, generation_id, account_id, idx, charge_id, seed, state, \
             next_at, deadline, created_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                id(render.id.0),
                id(render.generation_id.0),
                id(render.account_id.0),
                render.index,
                id(render.charge_id.0),
                bits(render.seed),
                render.state.as_str(),
                render.next_at.map(micros),
                micros(render.deadline),
                micros(render.created_at)
            ],
        )
    }

    fn render_moved(&self, render: &Render, was: RenderState) -> Sql<()> {
        self.one(
            "UPDATE render SET state = ?3, request_id = ?4, next_at = ?5, cancel_requested = ?6, \
             error = ?7, cost_micros = ?8, submitted_at = ?9, ended_at = ?10 \
             WHERE id = ?1 AND state = ?2",
            params![
                id(render.id.0),
                was.as_str(),
                render.state.as_str(),
                render.request_id,
                render.next_at.map(micros),
                render.cancel_requested,
                render.error,
                render.cost_micros,
                render.submitted_at.map(micros),
                render.ended_at.map(micros)
            ],
        )
    }

    fn image(&self, image: &Image) -> Sql<()> {
        self.one(
            "INSERT INTO image(id, account_id, render_id, generation_id, model, seed, width, \
             height, bytes, media_type, thumbhash, liked, folder_id, created_at) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                id(image.id.0),
                id(image.account_id.0),
                id(image.render_id.0),
                id(image.generation_id.0),
                image.model.0,
                bits(image.seed),
                image.width,
                image.height,
                image.bytes,
                image.media_type,
                image.thumbhash,
                image.liked,
                image.folder_id.map(|f| id(f.0)),
                micros(image.created_at)
            ],
        )?;
        self.one(
            "INSERT INTO image_words(rowid, owner, prompt) VALUES(?1, ?2, ?3)",
            params![
                self.db.last_insert_rowid(),
                image.account_id.0.simple().to_string(),
                image.prompt.as_str()
            ],
        )
    }

    fn folder(&self, folder: &Folder) -> Sql<()> {
        self.one(
            "INSERT INTO folder(id, account_id, parent_id, name, created_at) \
             VALUES(?1, ?2, ?3, ?4, ?5)",
            params![
                id(folder.id.0),
                id(folder.account_id.0),
                folder.parent_id.map(|f| id(f.0)),
                folder.name.as_str(),
                micros(folder.created_at)
            ],
        )
    }

    /// A moved-up folder keeps its name when it can; beside a sibling of that name its id tells
    /// them apart, within the 80 characters of a name.
    fn folder_deleted(&self, folder: FolderId) -> Sql<()> {
        let (me, gone) = (id(self.account.0), id(folder.0));
        // A folder may hold one of its own name: it gives the name up first.
        let rename = "UPDATE folder SET name = hex(id) WHERE account_id = ?1 AND id = ?2";
        self.one(rename, params![me, gone])?;
        let parent = "(SELECT parent_id FROM folder WHERE account_id = ?1 AND id = ?2)";
        self.run(
            &format!(
                "UPDATE folder SET name = CASE WHEN EXISTS(SELECT 1 FROM folder s \
                 WHERE s.account_id = ?1 AND s.parent_id IS {parent} AND s.name = folder.name \
                 AND s.id <> ?2) \
                 THEN substr(name, 1, 71) || ' (' || substr(lower(hex(id)), -6) || ')' \
                 ELSE name END, parent_id = {parent} WHERE account_id = ?1 AND parent_id = ?2"
            ),
            params![me, gone],
        )?;
        self.run(
            &format!(
                "UPDATE image SET folder_id = {parent} WHERE account_id = ?1 AND folder_id = ?2"
            ),
            params![me, gone],
        )?;
        self.one("DELETE FROM folder WHERE account_id = ?1 AND id = ?2", params![me, gone])
    }

    fn key(&self, key: &ApiKey) -> Sql<()> {
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        self.one(
            "INSERT INTO api_key(id, account_id, name, secret_hash, last4, scopes, cap, \
             expires_at, created_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                id(key.id.0),
                id(self.account.0),
                key.name,
                key.secret_hash,
                key.last4,
                scopes.join(" "),
                key.cap.map(Credits::get),
                key.expires_at.map(micros),
                micros(key.created_at)
            ],
        )
    }

    fn challenge(&self, challenge: &Challenge) -> Sql<()> {
        let canonical = challenge.email.canonical();
        self.run("DELETE FROM challenge WHERE canonical = ?1", params![canonical])?;
        self.one(
            "INSERT INTO challenge(id, email, canonical, code, link, browser, return_to, \
             attempts, created_at, purpose) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                id(challenge.id.0),
                challenge.email.as_str(),
                canonical,
                challenge.code,
                challenge.link,
                challenge.browser,
                challenge.return_to,
                challenge.attempts,
                micros(challenge.created_at),
                challenge.purpose.as_str()
            ],
        )
    }

    fn session_ended(&self, session: SessionId, at: Timestamp) -> Sql<()> {
        self.run_any(
            "UPDATE session SET ended_at = ?3 WHERE id = ?1 AND account_id = ?2 \
             AND ended_at IS NULL",
            params![id(session.0), id(self.account.0), micros(at)],
        )
    }
}

/// The number of the newest feed row: where a feed that starts now stands.
pub fn newest_event(connection: &Connection) -> Sql<u64> {
    let sql = "SELECT coalesce(max(n), 0) FROM event";
    connection.prepare_cached(sql)?.query_row([], |row| row.get(0))
}
