//! Reads what a person typed into the search.
//!
//! Invariant: what cannot be read is refused, never left out: a search must not find more than its
//! words say. Only punctuation is left out, because it separates words.

use jiff::{civil, tz::TimeZone};

use super::{Phrase, Search, Term, Wanted, may_go_on, words};
use crate::{Invalid, Seed, Timestamp, closest};

/// The names before a colon that are read.
const FIELDS: [&str; 5] = ["seed", "model", "liked", "before", "after"];
/// Names that one might try, and what does it instead.
const ELSEWHERE: [(&str, &str); 3] = [
    ("folder", "choose the folder in the list of folders, or with folder_id"),
    ("ratio", "choose the shape beside the search box, or with ratio"),
    ("trashed", "open the trash, or ask with trashed=true"),
];
/// The most words all terms have together.
const WORDS: usize = 256;

/// A part of what was typed, between blanks or in quotes.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    minus: bool,
    /// The name before the colon, in lower case, when there is one.
    field: Option<String>,
    quoted: bool,
    /// What follows, without quotes.
    text: String,
}

pub fn search(typed: &str) -> Result<Option<Search>, Invalid> {
    // The bytes first: counting the characters of a very long text is work.
    if typed.len() > 4 * Search::MAX || typed.chars().count() > Search::MAX {
        let says = format!("the search is longer than {} characters; shorten it", Search::MAX);
        return Err(no(says));
    }
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let mut reading = Reading::new(typed);
    let pieces = pieces(typed);
    for piece in &pieces {
        reading.take(piece)?;
    }
    if reading.ors && pieces.iter().any(Piece::is_bracketed) {
        return Err(no("brackets cannot group a search; leave them out, \
                       `red OR blue fox` already means a fox that is red or blue"));
    }
    reading.done().map(Some)
}

impl Piece {
    fn is_bracketed(&self) -> bool {
        !self.quoted && (self.text.starts_with('(') || self.text.ends_with(')'))
    }
}

fn no(says: impl Into<String>) -> Invalid {
    Invalid::new("q", says)
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '＂' | '«' | '»')
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '–' | '−' | '－')
}

fn pieces(typed: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = typed.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let second = after.chars().next();
        let minus = is_minus(first) && second.is_some_and(|c| !c.is_whitespace() && !is_minus(c));
        let body = if minus { after } else { rest };
        let (piece, end) = piece(body, minus);
        pieces.push(piece);
        rest = body[end..].trim_start();
    }
    pieces
}

/// The piece `body` begins with, and where it ends.
fn piece(body: &str, minus: bool) -> (Piece, usize) {
    let blank = body.find(char::is_whitespace).unwrap_or(body.len());
    let colon = body[..blank].char_indices().find(|(_, c)| matches!(c, ':' | '：'));
    let named = colon.filter(|(at, _)| {
        *at > 0 && body[..*at].chars().all(|c| c.is_ascii_alphabetic() || c == '_')
    });
    let start = named.map_or(0, |(at, c)| at + c.len_utf8());
    let field = named.map(|(at, _)| body[..at].to_ascii_lowercase());
    let (text, end, quoted) = match body[start..].chars().next().filter(|c| is_quote(*c)) {
        // A quote that nobody closed goes on to the end.
        Some(quote) => {
            let start = start + quote.len_utf8();
            let inner = body[start..].char_indices().find(|(_, c)| is_quote(*c));
            let (close, end) = inner.map_or((body.len(), body.len()), |(at, c)| {
                (start + at, start + at + c.len_utf8())
            });
            (&body[start..close], end, true)
        }
        None => (&body[start..blank], blank, false),
    };
    (Piece { minus, field, quoted, text: text.to_owned() }, end)
}

/// What was read so far.
struct Reading {
    search: Search,
    /// `OR` stands between the last term and the next.
    joins: bool,
    /// `NOT` stands before the next term.
    negates: bool,
    last: Last,
    ors: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    /// A term that `OR` can join, and whether more letters may be typed to it.
    Term {
        open: bool,
    },
    /// A condition on the whole search.
    Condition,
}

impl Reading {
    fn new(typed: &str) -> Self {
        let search = Search {
            typed: typed.to_owned(),
            groups: Vec::new(),
            liked: None,
            since: None,
            until: None,
        };
        let last = Last::Nothing;
        Self { search, joins: false, negates: false, last, ors: false }
    }

    fn take(&mut self, piece: &Piece) -> Result<(), Invalid> {
        if piece.field.is_none() && !piece.quoted && !piece.minus {
            match piece.text.as_str() {
                "OR" => {
                    if self.last == Last::Condition {
                        return Err(apart());
                    }
                    self.joins = self.last != Last::Nothing;
                    self.ors |= self.joins;
                    return Ok(());
                }
                "AND" => return Ok(()),
                "NOT" => {
                    self.negates = true;
                    return Ok(());
                }
                _ => {}
            }
        }
        let negated = piece.minus != std::mem::take(&mut self.negates);
        let joins = std::mem::take(&mut self.joins);
        let field = piece.field.clone().unwrap_or_default();
        match field.as_str() {
            "seed" => self.term(joins, negated, Some(Wanted::Seed(seed(&piece.text)?))),
            "model" => {
                let model = phrase(&piece.text);
                let model = model.ok_or_else(|| no("write a model as in model:flux-dev"))?;
                self.term(joins, negated, Some(Wanted::Model(model)));
            }
            "liked" => {
                let liked = liked(&piece.text)? != negated;
                if self.search.liked.is_some_and(|before| before != liked) {
                    return Err(no("liked: is asked for both ways; leave one out"));
                }
                self.search.liked = Some(liked);
                self.condition(joins)?;
            }
            "before" | "after" => {
                let at = date(&field, &piece.text)?;
                // A search without what is before a day is one for what is after.
                if (field == "after") == negated {
                    let until = self.search.until.map_or(at, |until| until.min(at));
                    self.search.until = Some(until);
                } else {
                    let since = self.search.since.map_or(at, |since| since.max(at));
                    self.search.since = Some(since);
                }
                self.condition(joins)?;
            }
            _ => {
                self.prompt(joins, negated, piece)?;
            }
        }
        Ok(())
    }

    /// A piece that is no field: words of the prompt, with what stands before the colon.
    fn prompt(&mut self, joins: bool, negated: bool, piece: &Piece) -> Result<(), Invalid> {
        let mut text = piece.text.clone();
        if let Some(field) = &piece.field {
            misspelt(field, &piece.text)?;
            text = format!("{field} {text}");
        }
        let open = !piece.quoted && !negated;
        self.term(joins, negated, phrase(&text).map(Wanted::Prompt));
        if let Last::Term { open: may } = &mut self.last {
            *may = open;
        }
        Ok(())
    }

    fn term(&mut self, joins: bool, negated: bool, wanted: Option<Wanted>) {
        // Punctuation alone is no term.
        let Some(wanted) = wanted else {
            self.last = Last::Nothing;
            return;
        };
        let term = Term { negated, wanted };
        match self.search.groups.last_mut().filter(|_| joins) {
            Some(group) => group.push(term),
            None => self.search.groups.push(vec![term]),
        }
        self.last = Last::Term { open: false };
    }

    fn condition(&mut self, joins: bool) -> Result<(), Invalid> {
        self.last = Last::Condition;
        if joins { Err(apart()) } else { Ok(()) }
    }

    fn done(mut self) -> Result<Search, Invalid> {
        let terms = self.search.groups.iter().map(Vec::len).sum::<usize>();
        let words = |term: &Term| match &term.wanted {
            Wanted::Prompt(phrase) | Wanted::Model(phrase) => phrase.words.len(),
            Wanted::Seed(_) => 1,
        };
        let words = self.search.groups.iter().flatten().map(words).sum::<usize>();
        if terms > Search::TERMS || words > WORDS {
            let says = format!("the search has more than {} words; leave some out", Search::TERMS);
            return Err(no(says));
        }
        let last = self.search.groups.last_mut().and_then(|group| group.last_mut());
        if let (Last::Term { open: true }, Some(Term { wanted: Wanted::Prompt(phrase), .. })) =
            (self.last, last)
        {
            phrase.open = phrase.words.last().is_some_and(|word| may_go_on(word));
        }
        Ok(self.search)
    }
}

fn apart() -> Invalid {
    no("OR cannot join liked:, before: or after:; they hold for the whole search, \
        so write them without OR")
}

fn phrase(text: &str) -> Option<Phrase> {
    let words = words(text);
    (!words.is_empty()).then_some(Phrase { words, open: false })
}

fn seed(text: &str) -> Result<Seed, Invalid> {
    let says = format!("write a seed as in seed:48151, a whole number up to {}", u64::MAX);
    Seed::parse(text).map_err(|_| no(says))
}

fn liked(text: &str) -> Result<bool, Invalid> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(no("write liked:yes or liked:no")),
    }
}

/// The first moment of a day, a month or a year, in UTC.
fn date(field: &str, text: &str) -> Result<Timestamp, Invalid> {
    let says = || {
        no(format!(
            "write {field}: with a date such as {field}:2026-11-30, {field}:2026-11 or {field}:2026"
        ))
    };
    let mut parts = text.split('-');
    let mut number = |digits: usize| -> Result<Option<i16>, Invalid> {
        let Some(part) = parts.next() else { return Ok(None) };
        let fits = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| fits).map(Some).ok_or_else(says)
    };
    let year = number(4)?.ok_or_else(says)?;
    let (month, day) = (number(2)?.unwrap_or(1), number(2)?.unwrap_or(1));
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return Err(says()) };
    if parts.next().is_some() {
        return Err(says());
    }
    let date = civil::Date::new(year, month, day).map_err(|_| says())?;
    let zoned = date.to_zoned(TimeZone::UTC).map_err(|_| says())?;
    Ok(zoned.timestamp())
}

/// Refuses a name that looks like a field that was misspelt, and one that is chosen elsewhere. Any
/// other word before a colon is a word like others.
fn misspelt(field: &str, value: &str) -> Result<(), Invalid> {
    if value.is_empty() {
        return Ok(());
    }
    if let Some((_, instead)) = ELSEWHERE.iter().find(|(name, _)| *name == field) {
        return Err(no(format!("a search does not read {field}:; {instead}")));
    }
    let near = closest(field, FIELDS)
        .filter(|known| field.len() > 2 && strsim::damerau_levenshtein(known, field) == 1);
    match near {
        Some(known) => Err(no(format!(
            "a search does not read {field}:; did you mean {known}:? Put it in quotes to look for the words"
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
