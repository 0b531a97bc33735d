//! Proving oneself anew at a signed-in browser: before what cannot be undone, and at a new address.
//!
//! Invariant: a code is bound to its purpose, its account and the browser it was asked from, and a
//! right one gives the browser another cookie. Here no link is mailed: the window is open already.

use std::sync::Arc;

use safelight_domain::{
    AccountChange, AccountId, AttemptChange, Begin, By, Challenge, ChallengeId, Change, Changes,
    Email, Former, Purpose, Refusal, Session, SessionChange, SessionId, UnownedChange, Verdict,
};
use safelight_ports::Mail;

use crate::{Begun, Error, Member, Terms, World, secret};

/// What a typed code came to.
#[derive(Clone, PartialEq, Eq)]
pub enum Proved {
    /// Right: from now on the browser carries this token.
    Right(String),
    /// Wrong; so many tries are left.
    Wrong(u8),
    /// Too late, too often, used, replaced, or from another browser.
    Dead,
}

/// A code that waits to be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Where it was mailed.
    pub email: Email,
    /// A path of ours to go to afterwards.
    pub return_to: String,
    /// Wrong tries so far.
    pub attempts: u8,
}

/// Mails codes to people who are signed in, and judges them.
#[derive(Clone)]
pub struct Confirm {
    world: Arc<World>,
    terms: Arc<Terms>,
}

impl Confirm {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>) -> Self {
        Self { world, terms }
    }

    /// Mails a code to the account's own address.
    pub async fn send(
        &self,
        member: &Member,
        return_to: &str,
        before: Option<&str>,
    ) -> Result<Begun, Error> {
        let email = member.user.email.clone();
        self.begin(member, email, Purpose::Confirm, return_to, before).await
    }

    /// Mails a code to an address the account is to move to. The answer is the same whether or not
    /// the address belongs to somebody: only who reads its mail learns that.
    pub async fn send_to(
        &self,
        member: &Member,
        email: Email,
        before: Option<&str>,
    ) -> Result<Begun, Error> {
        if email == member.user.email {
            let says = "this is the account's address already";
            return Err(safelight_domain::Invalid::new("email", says).into());
        }
        // Somebody's address is written as they have it on file.
        let on_file = self.world.reads.account_of(email.canonical()).await?;
        let email = on_file.map_or(email, |(_, user)| user.email);
        self.begin(member, email, Purpose::Address, "/account", before).await
    }

    /// The code that waits in this browser.
    pub async fn waiting(
        &self,
        id: ChallengeId,
        browser: Option<&str>,
        purpose: Purpose,
    ) -> Result<Option<Waiting>, Error> {
        let now = self.world.clock.now();
        let found = self.world.reads.challenge(id).await?;
        let browser = browser.map(secret::digest);
        let mine = found.filter(|challenge| {
            let bound = challenge.browser.is_some() && challenge.browser == browser;
            bound && challenge.purpose == purpose && challenge.waits(now)
        });
        Ok(mine.map(|Challenge { email, return_to, attempts, .. }| Waiting {
            email,
            return_to,
            attempts,
        }))
    }

    /// Judges a code from the account's own address; a right one renews the session.
    pub async fn confirm(
        &self,
        member: &Member,
        id: ChallengeId,
        code: &str,
        browser: &str,
        by: impl Into<By>,
    ) -> Result<Proved, Error> {
        let by = by.into();
        let verdict = self.judge(member, id, Purpose::Confirm, code, browser, &by).await?;
        match verdict {
            Verdict::Right => self.renew(member, Vec::new(), by).await.map(Proved::Right),
            no => Ok(told(no)),
        }
    }

    /// Judges a code from a new address; a right one moves the account there. Every other browser
    /// is signed out, and the old address is mailed a link that takes it all back.
    pub async fn change_address(
        &self,
        member: &Member,
        id: ChallengeId,
        code: &str,
        browser: &str,
        by: impl Into<By>,
    ) -> Result<Proved, Error> {
        let by = by.into();
        let Some(challenge) = self.world.reads.challenge(id).await? else {
            return Ok(Proved::Dead);
        };
        let verdict = self.judge(member, id, Purpose::Address, code, browser, &by).await?;
        if verdict != Verdict::Right {
            return Ok(told(verdict));
        }
        let to = challenge.email;
        if self.world.reads.account_of(to.canonical()).await?.is_some() {
            return Err(Refusal::Taken { what: "this address" }.into());
        }
        let token = secret::token(self.world.entropy.secret());
        let former = Former {
            account_id: member.account_id(),
            email: member.user.email.clone(),
            token: secret::digest(&token),
            left_at: self.world.clock.now(),
        };
        // First the mail: should the change fail after it, its link undoes nothing. The other way
        // round the old address might never hear of it.
        self.tell_former(&former.email, &to, &token).await?;
        let moved = vec![Change::Account(AccountChange::ChangeEmail { to, former })];
        self.renew(member, moved, by).await.map(Proved::Right)
    }

    /// Whether an undo link may offer its button.
    pub async fn can_undo(&self, token: &str) -> Result<bool, Error> {
        let now = self.world.clock.now();
        let found = self.world.reads.former(secret::digest(token)).await?;
        Ok(found.is_some_and(|former| former.works(now)))
    }

    /// Takes an account back to its former address: every browser is signed out and every key made
    /// since is revoked.
    pub async fn undo(&self, token: &str, by: impl Into<By>) -> Result<(), Error> {
        let token = secret::digest(token);
        let found = self.world.reads.former(token).await?.ok_or(Refusal::NotFound)?;
        let changes = Changes::of(found.account_id, [AccountChange::UndoEmail(token)]).by(by);
        self.world.store.commit(changes).await?;
        Ok(())
    }

    async fn begin(
        &self,
        member: &Member,
        email: Email,
        purpose: Purpose,
        return_to: &str,
        before: Option<&str>,
    ) -> Result<Begun, Error> {
        let why = match purpose {
            Purpose::SignIn => "It signs you in.",
            Purpose::Confirm => "It confirms that it is you who asks.",
            Purpose::Address => "It moves your account to this address.",
        };
        let browser = secret::token(self.world.entropy.secret());
        let code = secret::code(&self.world.entropy.secret());
        let id = ChallengeId(self.world.ids.next());
        let challenge = Challenge {
            id,
            email: email.clone(),
            code: self.mac(id, member.account_id(), &code),
            // Nobody knows what has this digest.
            link: self.world.entropy.secret(),
            browser: Some(secret::digest(&browser)),
            purpose,
            return_to: crate::own_path(return_to).unwrap_or("/account").to_owned(),
            attempts: 0,
            created_at: self.world.clock.now(),
            consumed_at: None,
        };
        let instead_of = before.map(secret::digest);
        // How many wait is bounded by how many an account may ask for.
        let begin = Box::new(Begin { challenge, instead_of, at_most: None });
        self.world.store.commit(Changes::unowned([AttemptChange::Begin(begin)])).await?;
        let brand = &self.terms.brand;
        let mail = Mail {
            to: email,
            subject: format!("{code} is your {brand} code"),
            text: format!(
                "Your code is {code}\n\n{why} Type it in the window where you asked for it. It works \
                 once, for ten minutes. If you did not ask, do nothing, and look who is signed in: \
                 {}/account\n",
                self.terms.app_url
            ),
        };
        self.world.mailer.send(mail).await?;
        Ok(Begun { id, browser })
    }

    async fn judge(
        &self,
        member: &Member,
        id: ChallengeId,
        purpose: Purpose,
        code: &str,
        browser: &str,
        by: &By,
    ) -> Result<Verdict, Error> {
        let proof = self.mac(id, member.account_id(), code);
        let browser = secret::digest(browser);
        let answer = UnownedChange::Attempt(AttemptChange::Answer {
            challenge: id,
            purpose,
            proof,
            browser,
        });
        let changes = Changes::unowned(vec![answer]).by(by.clone());
        let receipt = self.world.store.commit(changes).await?;
        Ok(receipt.verdict.unwrap_or(Verdict::Dead))
    }

    /// Puts another token in the place of the browser's, after `first`.
    async fn renew(&self, member: &Member, first: Vec<Change>, by: By) -> Result<String, Error> {
        let token = secret::token(self.world.entropy.secret());
        let now = self.world.clock.now();
        let old = &member.session;
        let to = Session {
            id: SessionId(self.world.ids.next()),
            hash: secret::digest(&token),
            created_at: now,
            seen_at: now,
            proved_at: now,
            ..old.clone()
        };
        let mut list = first;
        list.push(Change::Session(SessionChange::Renew { from: old.id, to }));
        self.world.store.commit(Changes::of(member.account_id(), list).by(by)).await?;
        Ok(token)
    }

    async fn tell_former(&self, old: &Email, new: &Email, token: &str) -> Result<(), Error> {
        let Terms { brand, app_url, .. } = &*self.terms;
        let new = new.masked();
        let mail = Mail {
            to: old.clone(),
            subject: format!("The address of your {brand} account was changed"),
            text: format!(
                "Your account now has the address {new}. If that was you, there is nothing to do.\n\n\
                 If it was not, take it back within 72 hours:\n\n{app_url}/account/address/undo/{token}\n\n\
                 Every browser is then signed out and every key made since is revoked.\n"
            ),
        };
        Ok(self.world.mailer.send(mail).await?)
    }

    fn mac(&self, id: ChallengeId, account: AccountId, code: &str) -> [u8; 32] {
        let purpose = [id.0.into_bytes(), account.0.into_bytes()].concat();
        secret::keyed(self.terms.pepper, &purpose, &secret::fold_code(code))
    }
}

fn told(verdict: Verdict) -> Proved {
    match verdict {
        Verdict::Wrong(left) if left > 0 => Proved::Wrong(left),
        _ => Proved::Dead,
    }
}
