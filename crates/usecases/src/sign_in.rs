//! Passwordless sign-in: a mailed code and link, bound to the browser that asked.
//!
//! Whoever can read the mail signs in; a new address gets an account. Known and unknown addresses
//! are answered alike, in words and in work.

use std::sync::Arc;

use safelight_domain::{
    Actor, By, Challenge, ChallengeId, Change, Changes, Email, Purpose, Refusal, Session,
    SessionId, Verdict,
};
use safelight_ports::Mail;

use crate::{Accounts, Error, Person, Terms, World, secret};

/// Where a browser goes when it did not say.
const HOME: &str = "/studio";

/// A sign-in that was begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// The attempt; names it in forms and links.
    pub id: ChallengeId,
    /// For the browser's cookie: only this browser can answer.
    pub browser: String,
}

/// A sign-in that was completed.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// For the browser's cookie, never seen again.
    pub token: String,
    /// A path of ours to go to.
    pub return_to: String,
    /// Whether a deletion that was asked for is taken back by this.
    pub stays: bool,
}

/// What an answer came to.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// Signed in.
    Right(Box<SignedIn>),
    /// Wrong code; so many tries are left.
    Wrong(u8),
    /// Too late, too often, used, replaced, or from another browser.
    Dead,
}

/// How a browser proves that its person reads the mail.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// The code, as typed.
    Code(&'a str),
    /// The link's token.
    Link(&'a str),
}

/// Signs people in.
#[derive(Clone)]
pub struct SignIn {
    world: Arc<World>,
    terms: Arc<Terms>,
    accounts: Accounts,
}

impl SignIn {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>, accounts: Accounts) -> Self {
        Self { world, terms, accounts }
    }

    /// Mails a code and a link. An earlier attempt of the same address dies.
    pub async fn send_code(&self, email: Email, return_to: Option<&str>) -> Result<Begun, Error> {
        let browser = secret::token(self.world.entropy.secret());
        let (challenge, code, link) =
            self.challenge(email, Some(&browser), return_to.unwrap_or(HOME));
        let (id, to) = (challenge.id, challenge.email.clone());
        self.world.store.commit(Changes::of_nobody(vec![Change::Challenge(challenge)])).await?;
        let Terms { brand, app_url, sign_in_letter, .. } = &*self.terms;
        let link = format!("{app_url}/sign-in/link/{id}/{link}");
        let (subject, text) = sign_in_letter.filled(brand, &code, &link);
        let mail = Mail { to, subject, text };
        self.world.mailer.send(mail).await?;
        Ok(Begun { id, browser })
    }

    /// A link the operator hands out: it signs in whoever opens it, once, in any browser.
    pub async fn link_for(&self, email: Email) -> Result<String, Error> {
        self.accounts.find(&email).await?;
        let (challenge, _, link) = self.challenge(email, None, HOME);
        let id = challenge.id;
        self.world.store.commit(Changes::of_nobody(vec![Change::Challenge(challenge)])).await?;
        Ok(format!("{}/sign-in/link/{id}/{link}", self.terms.app_url))
    }

    /// Whether a link's page may offer its button: it is this browser's and may still work. Looks
    /// only; mail scanners open every link.
    pub async fn knows(&self, id: ChallengeId, browser: Option<&str>) -> Result<bool, Error> {
        let now = self.world.clock.now();
        let found = self.world.reads.challenge(id).await?;
        Ok(found.is_some_and(|challenge| {
            let browser = browser.map(secret::digest);
            let mine = challenge.browser.is_none() || challenge.browser == browser;
            let fresh = now.duration_since(challenge.created_at) <= Challenge::LIFETIME;
            let for_this = challenge.purpose == Purpose::SignIn;
            mine && fresh && for_this && challenge.consumed_at.is_none()
        }))
    }

    /// Judges an answer; a right one signs the browser in, and opens an account for a new address.
    pub async fn answer(
        &self,
        id: ChallengeId,
        proof: Proof<'_>,
        browser: &str,
        device: &str,
        request: Option<String>,
    ) -> Result<Answer, Error> {
        let by = By::from(Actor::visitor()).request(request);
        let Some(challenge) = self.world.reads.challenge(id).await? else {
            return Ok(Answer::Dead);
        };
        let proof = match proof {
            Proof::Code(code) => self.code_mac(id, &secret::fold_code(code)),
            Proof::Link(token) => secret::digest(token),
        };
        let answer = Change::Answer {
            challenge: id,
            purpose: Purpose::SignIn,
            proof,
            browser: secret::digest(browser),
        };
        let changes = Changes::of_nobody(vec![answer]).by(by.clone());
        let receipt = self.world.store.commit(changes).await?;
        match receipt.verdict {
            Some(Verdict::Right) => {}
            Some(Verdict::Wrong(left)) => return Ok(Answer::Wrong(left)),
            _ => return Ok(Answer::Dead),
        }
        let person = self.person(challenge.email).await?;
        let stays = person.account.closes_at.is_some();
        let token = self.begin_session(&person, device, by).await?;
        let return_to = challenge.return_to;
        Ok(Answer::Right(Box::new(SignedIn { person, token, return_to, stays })))
    }

    async fn person(&self, email: Email) -> Result<Person, Error> {
        match self.accounts.find(&email).await {
            Err(Error::Refused(Refusal::NotFound)) => {}
            found => return found,
        }
        match self.accounts.create(email.clone()).await {
            // Two windows of a new person: the other one was first.
            Err(Error::Refused(Refusal::Taken { .. })) => self.accounts.find(&email).await,
            created => created,
        }
    }

    async fn begin_session(&self, person: &Person, device: &str, by: By) -> Result<String, Error> {
        let token = secret::token(self.world.entropy.secret());
        let now = self.world.clock.now();
        let session = Session {
            id: SessionId(self.world.ids.next()),
            hash: secret::digest(&token),
            account_id: person.account.id,
            user_id: person.user.id,
            device: device.chars().filter(|c| !c.is_control()).take(120).collect(),
            created_at: now,
            seen_at: now,
            proved_at: now,
            ended_at: None,
        };
        let changes = Changes::of(person.account.id, vec![Change::SignIn(session)]).by(by);
        self.world.store.commit(changes).await?;
        Ok(token)
    }

    /// A fresh attempt with its code, as shown, and its link's token.
    fn challenge(
        &self,
        email: Email,
        browser: Option<&str>,
        return_to: &str,
    ) -> (Challenge, String, String) {
        let id = ChallengeId(self.world.ids.next());
        let code = secret::code(&self.world.entropy.secret());
        let link = secret::token(self.world.entropy.secret());
        let challenge = Challenge {
            id,
            email,
            code: self.code_mac(id, &secret::fold_code(&code)),
            link: secret::digest(&link),
            browser: browser.map(secret::digest),
            purpose: Purpose::SignIn,
            return_to: own_path(return_to).unwrap_or(HOME).to_owned(),
            attempts: 0,
            created_at: self.world.clock.now(),
            consumed_at: None,
        };
        (challenge, code, link)
    }

    fn code_mac(&self, id: ChallengeId, code: &str) -> [u8; 32] {
        secret::keyed(self.terms.pepper, id.0.as_bytes(), code)
    }
}

/// `path` when it leads to a page of ours and nowhere else.
pub fn own_path(path: &str) -> Option<&str> {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    (ours && path.len() <= 2_048 && !path.chars().any(char::is_control)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for ours in ["/studio", "/gallery?liked=true", "/images/x#top"] {
            assert_eq!(own_path(ours), Some(ours));
        }
        for theirs in
            ["//evil.example", "https://evil.example", "/\\evil.example", "studio", "", "/a\r\nb"]
        {
            assert_eq!(own_path(theirs), None, "{theirs:?}");
        }
    }
}
