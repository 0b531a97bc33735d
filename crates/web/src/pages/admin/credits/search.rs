//! Which lines are looked for.

use poem::Request;
use safelight_domain::{AccountId, Email, Refusal, TxnKind};
use safelight_usecases::{Cursor, Error, LineFilter, Studio};
use serde::Serialize;

use super::word;
use crate::{page::ListOf, problem::Problem, query::Query};

/// What was filled in, and what it means.
pub struct Search {
    /// None when there is no such account.
    pub filter: Option<LineFilter>,
    /// As it was typed.
    pub account: String,
    pub cursor: Option<Cursor>,
    kind: Option<TxnKind>,
}

#[derive(Serialize)]
pub struct SearchView {
    account: String,
    /// The account that was found.
    found: Option<String>,
    /// What is wrong with what was typed.
    trouble: Option<&'static str>,
    kinds: Vec<KindView>,
    /// Whether lines are looked for among some of one account's.
    partial: bool,
}

#[derive(Serialize)]
struct KindView {
    value: &'static str,
    name: &'static str,
    current: bool,
}

impl Search {
    /// Reads the query, whose parameters are `known`.
    pub async fn of(request: &Request, known: &[&str], studio: &Studio) -> Result<Self, Problem> {
        let query = Query::of(request, known)?;
        let kinds = TxnKind::ALL.map(|kind| (Some(kind), kind.as_str()));
        let kind = query.one_of("kind", &[&[(None, "")], &kinds[..]].concat())?;
        let account = query.text("account").to_owned();
        let filter = if account.is_empty() {
            Some(LineFilter { account: None, kind })
        } else {
            let found = find(studio, &account).await?;
            found.map(|id| LineFilter { account: Some(id), kind })
        };
        let cursor = query.cursor("cursor", list(filter))?;
        Ok(Self { filter, account, cursor, kind })
    }

    /// The list that was found, as cursors know it: each filter numbers its lines another way.
    pub fn list(&self) -> ListOf {
        list(self.filter)
    }

    /// The kind as queries name it.
    pub fn kind(&self) -> &'static str {
        self.kind.map_or("", TxnKind::as_str)
    }

    pub fn view(self) -> SearchView {
        let every = (None, "", "Every kind");
        let kinds = TxnKind::ALL.map(|kind| (Some(kind), kind.as_str(), word(kind)));
        let view = |(kind, value, name)| KindView { value, name, current: kind == self.kind };
        let account = self.filter.and_then(|filter| filter.account);
        SearchView {
            found: account.map(|id| id.to_string()),
            trouble: self.filter.is_none().then_some("Nobody has this id or address."),
            kinds: std::iter::once(every).chain(kinds).map(view).collect(),
            partial: account.is_some() && self.kind.is_some(),
            account: self.account,
        }
    }
}

fn list(filter: Option<LineFilter>) -> ListOf {
    match filter {
        Some(LineFilter { account: Some(account), .. }) => ListOf::mine("lines", account),
        Some(LineFilter { account: None, kind: Some(_) }) => ListOf::all("lines of a kind"),
        Some(LineFilter { account: None, kind: None }) | None => ListOf::all("lines"),
    }
}

/// The account with this id, or of the person with this address.
async fn find(studio: &Studio, text: &str) -> Result<Option<AccountId>, Problem> {
    let found = match (text.parse::<AccountId>(), Email::parse(text)) {
        (Ok(id), _) => studio.accounts.get(id).await,
        (_, Ok(email)) => studio.accounts.find(&email).await,
        _ => return Ok(None),
    };
    match found {
        Ok(person) => Ok(Some(person.account.id)),
        Err(Error::Refused(Refusal::NotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
