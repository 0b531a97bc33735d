//! The rule: what a list of changes writes, given what was seen, or why it may not be.

mod delivery;
mod order;
mod person;

use std::collections::HashMap;

use crate::{
    Account, AccountId, ActionName, Actor, Books, By, Change, Changes, Credits, Deed, DeedName,
    Effect, EventName, Folder, FolderId, Image, Invalid, LotKind, Receipt, Refusal, Render,
    RenderId, RenderState, Request, Scope, Step, Timestamp, Uuid, Verdict, Write, rebased,
    till::Till,
};

/// The most folders one account may have: the whole tree is read to judge a move.
const FOLDERS_MAX: usize = 1_000;
/// The most credits one account may hold: sums then never meet a limit.
const BALANCE_MAX: u32 = 900_000_000;
/// The provider's name for a request, where there was no provider: the picture was imported.
pub const IMPORTED: &str = "import";

impl Changes {
    /// Judges the changes against what was seen under the lock, in order, all or nothing.
    ///
    /// `now` is the store's clock. An account's own clock never runs backwards, but it only orders
    /// its txns: whatever is scheduled goes by `now`, and money by the time that is sure.
    pub fn decide(self, seen: &Books, now: Timestamp) -> Result<(Vec<Write>, Receipt), Refusal> {
        let mut writes = Vec::new();
        let mut verdict = None;
        let Scope::Account(id) = self.of else {
            for change in self.list {
                verdict = decide_nobodys(change, seen, now, &self.by, &mut writes);
            }
            let receipt =
                Receipt { subject: self.subject, balance: Credits::ZERO, verdict, replayed: false };
            return Ok((writes, receipt));
        };
        let joins = self.list.iter().find_map(|change| match change {
            Change::Join(account, _) if account.id == id => Some(account.clone()),
            _ => None,
        });
        let account = seen.account.clone().or(joins).ok_or(Refusal::NotFound)?;
        let sure = seen.doubt.map_or(now, |doubt| doubt.sure);
        let since = account.seq;
        let mut desk = Desk {
            till: Till {
                at: sure,
                latest: now.max(sure),
                paused: seen.doubt.is_some(),
                account,
                lots: seen.lots.clone(),
                spenders: seen.spenders.clone(),
                charges: seen.charges.iter().map(|paid| (paid.charge.id, paid.clone())).collect(),
                orders: seen.orders.iter().map(|order| (order.id, order.clone())).collect(),
                returned: seen.returned.iter().map(|books| (books.order, *books)).collect(),
                writes: &mut writes,
                moved: false,
            },
            by: self.by,
            renders: seen.renders.iter().map(|render| (render.id, render.clone())).collect(),
            folders: seen.folders.clone(),
            seen,
            at: now,
            sure,
            since,
        };
        for change in self.list {
            desk.decide(change)?;
        }
        let balance = desk.till.spendable();
        if desk.till.moved {
            desk.till.writes.push(Write::Event(EventName::BalanceChanged, id.0));
        }
        Ok((writes, Receipt { subject: self.subject, balance, verdict: None, replayed: false }))
    }
}

fn decide_nobodys(
    change: Change,
    seen: &Books,
    now: Timestamp,
    by: &By,
    writes: &mut Vec<Write>,
) -> Option<Verdict> {
    match change {
        Change::Challenge(challenge) => {
            writes.push(Write::Challenge(challenge));
            None
        }
        Change::Answer { challenge: id, purpose, proof, browser } => {
            let Some(challenge) = seen.challenges.iter().find(|c| c.id == id) else {
                return Some(Verdict::Dead);
            };
            let verdict = challenge.answer(purpose, proof, browser, now);
            match verdict {
                Verdict::Right => writes.push(Write::ChallengeConsumed(id, now)),
                Verdict::Wrong(left) => {
                    writes.push(Write::ChallengeTried(id));
                    let name = if left == 0 { DeedName::CodeBurnt } else { DeedName::CodeWrong };
                    let by = By { actor: Actor::visitor(), ..by.clone() };
                    writes.push(deed(seen.challenged, name, by, Some(id.0), None, now));
                }
                Verdict::Dead => {}
            }
            Some(verdict)
        }
        Change::Receive(delivery) => {
            writes.extend(delivery::receive(seen, delivery));
            None
        }
        Change::Mark(event, mark) => {
            writes.extend(delivery::mark(seen, event, mark, None));
            None
        }
        Change::Note { name, subject, says } => {
            writes.push(deed(None, name, by.clone(), subject, says, now));
            None
        }
        other => unreachable!("{other:?} belongs to an account"),
    }
}

/// A row of the trail beside which no account's rows change: what was there before is nothing.
fn deed(
    account_id: Option<AccountId>,
    name: DeedName,
    by: By,
    subject: Option<Uuid>,
    after: Option<String>,
    at: Timestamp,
) -> Write {
    Write::Deed(Deed { account_id, name, by, subject, before: None, after, at })
}

/// The working copy of everything one account's commit may touch.
struct Desk<'a> {
    till: Till<'a>,
    renders: HashMap<RenderId, Render>,
    folders: Vec<Folder>,
    seen: &'a Books,
    /// What the clock says.
    at: Timestamp,
    /// The time that is sure: the same, unless the clock is doubted.
    sure: Timestamp,
    /// The number of the journal's last line before this commit.
    since: u32,
    by: By,
}

impl Desk<'_> {
    fn decide(&mut self, change: Change) -> Result<(), Refusal> {
        match change {
            Change::Join(account, user) => return self.join(account, user),
            Change::SetStatus(status) => self.set_status(status)?,
            Change::SetRole(role) => self.set_role(role),
            Change::Grant(grant, actor) => {
                if self.seen.sources.contains(&grant.source) {
                    return Ok(());
                }
                if grant.kind == crate::LotKind::Pack {
                    let says = "packs are bought: an order grants them";
                    return Err(Invalid::new("kind", says).into());
                }
                let sum = self.till.account.balance.plus(grant.amount);
                if grant.amount.is_zero() || sum.is_none_or(|sum| sum.get() > BALANCE_MAX) {
                    let says = format!("grant 1 to {BALANCE_MAX} credits in all");
                    return Err(Invalid::new("amount", says).into());
                }
                let adjusts = grant.kind == LotKind::Admin;
                let (before, reason) = (self.till.spendable(), grant.reason.clone());
                self.till.grant(grant, actor.clone());
                if adjusts {
                    self.adjusted(actor, reason, before);
                }
            }
            Change::Charge { id, action, price, actor } => {
                self.till.charge(id, action, price, actor)?;
            }
            Change::Keep(id) => self.till.keep(id)?,
            Change::Refund(id) => self.till.refund(id)?,
            Change::Take { amount, actor, reason, key } => {
                if amount.is_zero() {
                    return Err(Invalid::new("amount", "take at least one credit").into());
                }
                if reason.trim().is_empty() {
                    return Err(Invalid::new("reason", "an adjustment needs a reason").into());
                }
                if !self.seen.txn_keys.contains(&key) {
                    let before = self.till.spendable();
                    self.till.take_down(amount, actor.clone(), reason.clone(), key)?;
                    self.adjusted(actor, Some(reason), before);
                }
            }
            Change::Expire => self.till.expire(),
            Change::AtMost { unfinished } => self.at_most(unfinished)?,
            Change::Request(request) => self.request(request)?,
            Change::Advance(id, step) => {
                let render = self.render(id)?;
                let next = render.step(step, self.at)?;
                self.move_render(render.state, next);
            }
            Change::Cancel(id) => self.cancel(id)?,
            Change::End(id, ending) => {
                let render = self.render(id)?;
                let next = render.end(&ending, self.at)?;
                self.till.refund(render.charge_id)?;
                self.move_render(render.state, next);
            }
            Change::Store { image, cost_micros } => self.store(image, cost_micros)?,
            Change::Import { request, image } => self.import(*request, image)?,
            other => return self.decide_order(other),
        }
        Ok(())
    }

    fn decide_library(&mut self, change: Change) -> Result<(), Refusal> {
        match change {
            Change::Like(id, liked) => {
                self.image(id)?;
                self.write(Write::ImageLiked(id, liked));
            }
            Change::File(id, folder) => {
                self.image(id)?;
                self.folder(folder)?;
                self.write(Write::ImageFiled(id, folder));
            }
            Change::Trash(id) => {
                // A second delete must not make the first one's thirty days longer.
                if self.image(id)?.trashed_at.is_none() {
                    self.write(Write::ImageTrashed(id, Some(self.sure)));
                }
            }
            // A choice of many: a like that came in between keeps its picture.
            Change::TrashUnliked(id) => {
                let image = self.image(id)?;
                if !image.liked && image.trashed_at.is_none() {
                    self.write(Write::ImageTrashed(id, Some(self.sure)));
                }
            }
            Change::Restore(id) => {
                self.image(id)?;
                self.write(Write::ImageTrashed(id, None));
            }
            Change::MakeFolder(folder) => {
                if self.folders.len() >= FOLDERS_MAX {
                    let says = format!("{FOLDERS_MAX} folders are the most; delete one first");
                    return Err(Invalid::new("name", says).into());
                }
                self.folder(folder.parent_id)?;
                self.free_name(folder.id, folder.parent_id, folder.name.as_str())?;
                self.folders.push(folder.clone());
                self.write(Write::Folder(folder));
            }
            Change::RenameFolder(id, name) => {
                let parent = self.folder(Some(id))?.and_then(|folder| folder.parent_id);
                self.free_name(id, parent, name.as_str())?;
                self.write(Write::FolderRenamed(id, name));
            }
            Change::MoveFolder(id, parent) => self.move_folder(id, parent)?,
            Change::DeleteFolder(id) => {
                self.folder(Some(id))?;
                self.write(Write::FolderDeleted(id));
            }
            other => return self.decide_access(other),
        }
        Ok(())
    }

    fn adjusted(&mut self, actor: Actor, reason: Option<String>, before: Credits) {
        let by = By { actor, reason, request: self.by.request.clone() };
        let after = self.till.spendable();
        let (before, after) = (before.get().to_string(), after.get().to_string());
        self.deed_by(by, DeedName::CreditsAdjusted, None, (Some(before), Some(after)));
    }

    fn join(&mut self, account: Account, user: crate::User) -> Result<(), Refusal> {
        if self.seen.email_taken || self.seen.account.is_some() {
            return Err(Refusal::Taken { what: "this address" });
        }
        self.not_left(None)?;
        self.write(Write::Account(account));
        let subject = Some(user.id.0);
        self.write(Write::User(user));
        self.deed(DeedName::UserCreated, subject, (None, None));
        Ok(())
    }

    /// Counts those in the making with those this commit has begun.
    fn at_most(&self, at_most: u32) -> Result<(), Refusal> {
        let begun = |render: &&Render| self.seen.renders.iter().all(|seen| seen.id != render.id);
        let begun = self.renders.values().filter(begun).count();
        let all = usize::try_from(self.seen.unfinished).unwrap_or(usize::MAX);
        if all.saturating_add(begun) > usize::try_from(at_most).unwrap_or(usize::MAX) {
            return Err(Refusal::TooMany { unfinished: self.seen.unfinished, at_most });
        }
        Ok(())
    }

    fn request(&mut self, request: Request) -> Result<(), Refusal> {
        let Request { generation, ids, each, deadline, actor } = request;
        // A span of time, also when the clock was set since the request was made.
        let deadline = rebased(deadline, generation.created_at, self.at);
        self.folder(generation.folder_id)?;
        generation.remix_of.map_or(Ok(()), |id| self.image(id).map(drop))?;
        let total = each.times(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        let total = total.unwrap_or(Credits::MAX);
        self.till.admit(&actor, total)?;
        self.till.afford(total)?;
        for (_, charge) in &ids {
            self.till.charge(*charge, ActionName::image(), each, actor.clone())?;
        }
        self.write(Write::Generation(generation.clone()));
        for (index, (id, charge_id)) in (0_u8..).zip(ids) {
            let render = Render {
                id,
                generation_id: generation.id,
                account_id: generation.account_id,
                index,
                charge_id,
                seed: generation.order.seed.offset(index),
                state: RenderState::Pending,
                attempt: 0,
                request_id: None,
                next_at: Some(self.at),
                deadline,
                cancel_requested: false,
                error: None,
                cost_micros: None,
                created_at: self.at,
                begun_at: None,
                submitted_at: None,
                ended_at: None,
            };
            self.write(Write::Render(render.clone()));
            self.renders.insert(id, render);
            self.write(Write::Event(EventName::RenderChanged, id.0));
        }
        Ok(())
    }

    fn cancel(&mut self, id: RenderId) -> Result<(), Refusal> {
        let render = self.render(id)?;
        match render.ask_cancel(self.at) {
            Ok(next) => {
                if next.state.is_final() {
                    self.till.refund(render.charge_id)?;
                }
                self.move_render(render.state, next);
                Ok(())
            }
            // Cancelled twice is cancelled: the second click needs no error.
            Err(Refusal::Stale) => Ok(()),
            Err(no) => Err(no),
        }
    }

    fn store(&mut self, image: Image, cost_micros: Option<u64>) -> Result<(), Refusal> {
        let render = self.render(image.render_id)?;
        let next = render.stored(cost_micros, self.at)?;
        // The folder may have been deleted while the picture was made; the picture must not be.
        let exists = |id: &FolderId| self.folders.iter().any(|folder| folder.id == *id);
        let folder_id = image.folder_id.filter(exists);
        self.till.keep(render.charge_id)?;
        self.move_render(render.state, next);
        self.write(Write::Image(Image { folder_id, created_at: self.at, ..image }));
        Ok(())
    }

    /// The same steps every picture goes through, so that every guard sees what it always sees.
    fn import(&mut self, request: Request, image: Image) -> Result<(), Refusal> {
        self.request(request)?;
        let pending = self.render(image.render_id)?;
        let begun = pending.begun(self.at)?;
        self.move_render(pending.state, begun.clone());
        let request_id = IMPORTED.to_owned();
        let step = Step::Submitted { attempt: begun.attempt, request_id, next_at: self.at };
        self.move_render(begun.state, begun.step(step, self.at)?);
        self.store(image, None)
    }

    fn move_folder(&mut self, id: FolderId, parent: Option<FolderId>) -> Result<(), Refusal> {
        let name = self.folder(Some(id))?.map(|folder| folder.name.clone());
        self.folder(parent)?;
        let mut above = parent;
        while let Some(next) = above {
            if next == id {
                let says = "a folder cannot be moved into itself; choose another place";
                return Err(Invalid::new("parent_id", says).into());
            }
            above = self.folders.iter().find(|f| f.id == next).and_then(|f| f.parent_id);
        }
        if let Some(name) = name {
            self.free_name(id, parent, name.as_str())?;
        }
        self.write(Write::FolderMoved(id, parent));
        Ok(())
    }

    fn free_name(&self, id: FolderId, parent: Option<FolderId>, name: &str) -> Result<(), Refusal> {
        let taken = self.folders.iter().any(|folder| {
            folder.id != id && folder.parent_id == parent && folder.name.as_str() == name
        });
        if taken { Err(Refusal::Taken { what: "this folder name" }) } else { Ok(()) }
    }

    fn move_render(&mut self, was: RenderState, next: Render) {
        let id = next.id;
        let shows = next.state != was || next.cancel_requested;
        self.renders.insert(id, next.clone());
        self.write(Write::RenderMoved { render: next, was });
        if shows {
            self.write(Write::Event(EventName::RenderChanged, id.0));
        }
    }

    fn render(&self, id: RenderId) -> Result<Render, Refusal> {
        self.renders.get(&id).cloned().ok_or(Refusal::NotFound)
    }

    fn image(&self, id: crate::ImageId) -> Result<&Image, Refusal> {
        self.seen.images.iter().find(|image| image.id == id).ok_or(Refusal::NotFound)
    }

    fn folder(&self, id: Option<FolderId>) -> Result<Option<&Folder>, Refusal> {
        let Some(id) = id else { return Ok(None) };
        let found = self.folders.iter().find(|folder| folder.id == id);
        found.map(Some).ok_or(Refusal::NotFound)
    }

    /// What this commit moved so far.
    fn effect(&self) -> Option<Effect> {
        let account = &self.till.account;
        let (first, last) = (self.since + 1, account.seq);
        (last >= first).then_some(Effect { account_id: account.id, first, last })
    }

    fn write(&mut self, write: Write) {
        self.till.writes.push(write);
    }
}
