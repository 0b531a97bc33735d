//! Passwordless sign-in: a mailed code and link, bound to the browser that asked.
//!
//! Whoever can read the mail signs in; a new address gets an account. Known and unknown addresses
//! are answered alike, in words and in work.

use std::{net::IpAddr, sync::Arc};

use safelight_domain::{
    Actor, AttemptChange, Begin, By, Challenge, ChallengeId, Changes, Email, Mac, Purpose, Quota,
    Refusal, Session, SessionChange, SessionId, UnownedChange, Verdict,
};
use safelight_ports::Mail;

use crate::{
    Accounts, Device, Devices, Error, NoBonus, Opened, Person, Quotas, Terms, World, secret,
};

/// Where a browser goes when it did not say.
const HOME: &str = "/studio";

/// What a browser brings along when it asks or answers: its cookies, and where it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Visit<'a> {
    /// The cookie of the sign-in it began before.
    pub browser: Option<&'a str>,
    /// The cookie of whoever signed in with it before.
    pub device: Option<&'a str>,
    /// Where it is; none for this machine.
    pub from: Option<IpAddr>,
}

/// What asking for a code came to.
#[derive(Clone, PartialEq, Eq)]
pub enum Asked {
    /// One is under way.
    Begun(Begun),
    /// Too many were asked for.
    TooMany(Quota),
}

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
    /// Why a new account starts without the bonus others start with.
    pub no_bonus: Option<NoBonus>,
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
    quotas: Quotas,
    devices: Devices,
}

impl SignIn {
    pub(crate) fn new(
        world: Arc<World>,
        terms: Arc<Terms>,
        accounts: Accounts,
        quotas: Quotas,
        devices: Devices,
    ) -> Self {
        Self { world, terms, accounts, quotas, devices }
    }

    /// Mails a code and a link, within the limits. Another attempt of the same browser ends.
    pub async fn ask(
        &self,
        typed: Email,
        return_to: Option<&str>,
        visit: Visit<'_>,
    ) -> Result<Asked, Error> {
        let (email, device) = self.addressee(typed, visit.device).await?;
        let quota = match &device {
            Some(device) => self.quotas.code_by_device(device, visit.from).await?,
            None => self.quotas.code(&email, visit.from).await?,
        };
        if !quota.allowed {
            return Ok(Asked::TooMany(quota));
        }
        let at_most = if device.is_some() { Challenge::OF_ALL } else { Challenge::OF_STRANGERS };
        let instead_of = visit.browser.map(secret::digest);
        self.mail(email, return_to, instead_of, Some(at_most)).await.map(Asked::Begun)
    }

    /// Mails a code and a link, to a browser that asked for none before. Nothing is counted.
    pub async fn send_code(&self, typed: Email, return_to: Option<&str>) -> Result<Begun, Error> {
        let (email, _) = self.addressee(typed, None).await?;
        self.mail(email, return_to, None, None).await
    }

    /// Where the mail goes: the address on file when an account has the one that was typed, and
    /// whether the browser is known to it.
    async fn addressee(
        &self,
        typed: Email,
        device: Option<&str>,
    ) -> Result<(Email, Option<Device>), Error> {
        let (email, account) = match self.accounts.find(&typed).await {
            Ok(person) => (person.user.email, Some(person.account.id)),
            Err(Error::Refused(Refusal::NotFound)) => (typed, None),
            Err(error) => return Err(error),
        };
        Ok((email, self.devices.known(device, account)))
    }

    async fn mail(
        &self,
        email: Email,
        return_to: Option<&str>,
        instead_of: Option<Mac>,
        at_most: Option<usize>,
    ) -> Result<Begun, Error> {
        let browser = secret::token(self.world.entropy.secret());
        let (challenge, code, link) =
            self.challenge(email, Some(&browser), return_to.unwrap_or(HOME));
        let (id, to) = (challenge.id, challenge.email.clone());
        let begin = Box::new(Begin { challenge, instead_of, at_most });
        self.world.store.commit(Changes::unowned([AttemptChange::Begin(begin)])).await?;
        let Terms { brand, app_url, sign_in_letter, .. } = &*self.terms;
        let link = format!("{app_url}/sign-in/link/{id}/{link}");
        let (subject, text) = sign_in_letter.filled(brand, &code, &link);
        let mail = Mail { to, subject, text };
        self.world.mailer.send(mail).await?;
        Ok(Begun { id, browser })
    }

    /// A link the operator hands out: it signs in whoever opens it, once, in any browser.
    pub async fn link_for(&self, email: Email) -> Result<String, Error> {
        let person = self.accounts.find(&email).await?;
        self.link_to(&person).await
    }

    /// The same, for a person however they were found.
    pub async fn link_to(&self, person: &Person) -> Result<String, Error> {
        let (challenge, _, link) = self.challenge(person.user.email.clone(), None, HOME);
        let id = challenge.id;
        let begin = Box::new(Begin::alone(challenge));
        self.world.store.commit(Changes::unowned([AttemptChange::Begin(begin)])).await?;
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
            mine && challenge.purpose == Purpose::SignIn && challenge.waits(now)
        }))
    }

    /// Counts an answer that is about to be given. A code that waits in the browser that answers
    /// is counted by its address or by the known browser; anything else, by where it comes from.
    pub async fn count_answer(
        &self,
        id: Option<ChallengeId>,
        visit: Visit<'_>,
    ) -> Result<Option<Quota>, Error> {
        let now = self.world.clock.now();
        let found = match id {
            Some(id) => self.world.reads.challenge(id).await?,
            None => None,
        };
        let browser = visit.browser.map(secret::digest);
        let waits = found.filter(|challenge| {
            challenge.waits(now) && (challenge.browser.is_none() || challenge.browser == browser)
        });
        match (waits, visit.from) {
            // The operator's link is known to nobody else, and takes five tries in all.
            (Some(Challenge { browser: None, .. }), _) | (None, None) => Ok(None),
            (Some(challenge), _) => {
                let (email, device) = self.addressee(challenge.email, visit.device).await?;
                self.quotas.answer(&email, device.as_ref()).await.map(Some)
            }
            (None, Some(from)) => self.quotas.try_from(from).await.map(Some),
        }
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
        self.answer_from(None, id, proof, browser, device, request).await
    }

    /// The same, from a place, which counts the bonuses of new accounts.
    pub async fn answer_from(
        &self,
        from: Option<IpAddr>,
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
        let answer = UnownedChange::Attempt(AttemptChange::Answer {
            challenge: id,
            purpose: Purpose::SignIn,
            proof,
            browser: secret::digest(browser),
        });
        let changes = Changes::unowned(vec![answer]).by(by.clone());
        let receipt = self.world.store.commit(changes).await?;
        match receipt.verdict {
            Some(Verdict::Right) => {}
            Some(Verdict::Wrong(left)) => return Ok(Answer::Wrong(left)),
            _ => return Ok(Answer::Dead),
        }
        let Opened { person, no_bonus } = self.person(challenge.email, from).await?;
        let stays = person.account.closes_at.is_some();
        let token = self.begin_session(&person, device, by).await?;
        let return_to = challenge.return_to;
        Ok(Answer::Right(Box::new(SignedIn { person, token, return_to, stays, no_bonus })))
    }

    async fn person(&self, email: Email, from: Option<IpAddr>) -> Result<Opened, Error> {
        let known = |person| Opened { person, no_bonus: None };
        match self.accounts.find(&email).await {
            Err(Error::Refused(Refusal::NotFound)) => {}
            found => return found.map(known),
        }
        match self.accounts.open(email.clone(), from).await {
            // Two windows of a new person: the other one was first.
            Err(Error::Refused(Refusal::Taken { .. })) => {
                self.accounts.find(&email).await.map(known)
            }
            opened => opened,
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
        let changes = Changes::of(person.account.id, [SessionChange::Begin(session)]).by(by);
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
