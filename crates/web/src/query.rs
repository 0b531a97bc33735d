//! The query of an address, read strictly: one rule for every list and for the whole API.
//!
//! Invariant: what cannot be read never widens a list. A name that is not known, a name that comes
//! twice and bytes that are no text are refused by name.

use std::borrow::Cow;

use poem::{Endpoint, IntoEndpoint, Request, Result, http::Method};
use safelight_domain::closest;
use safelight_usecases::Cursor;
use serde_json::Value;

use crate::{form::Form, openapi::PREFIX, page::ListOf, problem::Problem, wire::Wire};

/// The longest part of a name that is said again.
const SAID: usize = 40;

/// Why a query is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    name: String,
    says: String,
}

impl Fault {
    /// The answer that names the parameter.
    pub fn problem(&self) -> Problem {
        Problem::invalid(self.name.clone(), self.says.clone())
    }
}

/// The first fault of a query whose parameters are `known`, each once.
fn fault(query: &str, known: &[&str]) -> Option<Fault> {
    let mut seen: Vec<Cow<'_, str>> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, _) = form_urlencoded::parse(pair.as_bytes()).next()?;
        let said = || name.chars().take(SAID).collect::<String>();
        let no = |says: String| Some(Fault { name: said(), says });
        if !is_text(pair) {
            return no(format!("{} is not UTF-8 text; encode it anew", said()));
        }
        if !known.contains(&&*name) {
            return no(unknown(&said(), known));
        }
        if seen.contains(&name) {
            return no(format!("{name} is given twice; give it once"));
        }
        seen.push(name);
    }
    None
}

/// The first value that is blank: a program leaves out what it does not ask for.
fn blank(query: &str) -> Option<Fault> {
    let mut all = form_urlencoded::parse(query.as_bytes());
    let (name, _) = all.find(|(_, value)| value.trim().is_empty())?;
    let says = format!("{name} is blank; give it a value or leave it out");
    Some(Fault { name: name.into_owned(), says })
}

fn unknown(name: &str, known: &[&str]) -> String {
    match closest(name, known.iter().copied()) {
        None => format!("{name} is not known here, where nothing can be asked for; leave it out"),
        Some(near) => {
            let all = known.join(", ");
            format!("{name} is not known here; did you mean {near}? There are: {all}")
        }
    }
}

/// Whether the encoded bytes are UTF-8.
fn is_text(encoded: &str) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = encoded.bytes().collect::<std::collections::VecDeque<_>>();
    let mut text = Vec::with_capacity(bytes.len());
    while let Some(byte) = bytes.pop_front() {
        let both =
            bytes.front().copied().and_then(digit).zip(bytes.get(1).copied().and_then(digit));
        match both.filter(|_| byte == b'%') {
            Some((high, low)) => {
                bytes.drain(..2);
                text.push(high << 4 | low);
            }
            None => text.push(byte),
        }
    }
    String::from_utf8(text).is_ok()
}

/// The query of a list on a page.
#[derive(Debug, Default)]
pub struct Query(Form);

impl Query {
    /// The query of a request whose parameters are `known`.
    pub fn of(request: &Request, known: &[&str]) -> Result<Self, Problem> {
        Self::parse(request.uri().query().unwrap_or_default(), known)
    }

    /// The same, of the text after the question mark.
    pub fn parse(query: &str, known: &[&str]) -> Result<Self, Problem> {
        match fault(query, known) {
            Some(fault) => Err(fault.problem()),
            None => Ok(Self(Form::parse(query.as_bytes()))),
        }
    }

    /// The value, if it is given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// The value without blanks around it, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.0.text(name).trim()
    }

    /// As the form it was sent by.
    pub fn form(&self) -> &Form {
        &self.0
    }

    /// The value of a field that our forms send blank when nothing is chosen.
    pub fn choice<T: Wire>(&self, name: &'static str) -> Result<Option<T>, Problem> {
        let chosen = Some(self.text(name)).filter(|text| !text.is_empty());
        Ok(chosen.map(T::read).transpose()?)
    }

    /// The value of a field that is left out when it is not meant: blank is no value of it.
    pub fn value<T: Wire>(&self, name: &'static str) -> Result<Option<T>, Problem> {
        Ok(self.get(name).map(T::read).transpose()?)
    }

    /// Whether a field is `true`.
    pub fn flag(&self, name: &'static str) -> Result<bool, Problem> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::invalid(name, format!("{name} is true, or left out"))),
        }
    }

    /// The one of `all` that a field names; the first when it is left out or blank.
    pub fn one_of<T: Copy>(
        &self,
        name: &'static str,
        all: &[(T, &'static str)],
    ) -> Result<T, Problem> {
        let text = self.text(name);
        let word = |(_, word): &&(T, &str)| *word == text;
        let chosen = if text.is_empty() { all.first() } else { all.iter().find(word) };
        chosen.map(|(chosen, _)| *chosen).ok_or_else(|| {
            let words: Vec<_> =
                all.iter().map(|(_, word)| *word).filter(|w| !w.is_empty()).collect();
            Problem::invalid(name, format!("{name} is one of {}", words.join(", ")))
        })
    }

    /// A number up to `most`; none when it is left out or blank.
    pub fn number(&self, name: &'static str, most: u32) -> Result<Option<u32>, Problem> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|n| digits && *n <= most);
        let says = || Problem::invalid(name, format!("{name} is a number from 0 to {most}"));
        number.map(Some).ok_or_else(says)
    }

    /// The place in `list` that a field names; its beginning when it is left out or blank.
    pub fn cursor(&self, name: &'static str, list: ListOf) -> Result<Option<Cursor>, Problem> {
        let place = Some(self.text(name)).filter(|text| !text.is_empty());
        Ok(place.map(|text| list.read(name, text)).transpose()?)
    }
}

/// The names that each operation of the API takes in its query, by its method and path.
pub struct Strict<E> {
    inner: E,
    operations: Vec<(Method, Vec<String>, Vec<String>)>,
}

impl<E: Endpoint> Strict<E> {
    /// Lets `inner` know what is wrong with a query, as `document` describes its operations. It is
    /// told after the key was looked at: [`crate::auth::ApiKey`] refuses with it.
    pub fn new(inner: impl IntoEndpoint<Endpoint = E>, document: &Value) -> Self {
        let inner = inner.into_endpoint();
        let mut operations = Vec::new();
        for (path, of_path) in document["paths"].as_object().into_iter().flatten() {
            let own = path.strip_prefix(PREFIX).unwrap_or(path);
            let parts: Vec<_> = own.split('/').map(str::to_owned).collect();
            for (method, operation) in of_path.as_object().into_iter().flatten() {
                let Ok(method) = method.to_uppercase().parse() else { continue };
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let names = parameters
                    .filter(|parameter| parameter["in"] == "query")
                    .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned));
                operations.push((method, parts.clone(), names.collect()));
            }
        }
        Self { inner, operations }
    }

    fn fault(&self, request: &Request) -> Option<Fault> {
        let query = request.uri().query()?;
        // The prefix was taken off on the way here.
        let path: Vec<_> = request.uri().path().split('/').collect();
        let method = match request.method() {
            &Method::HEAD => &Method::GET,
            other => other,
        };
        let fits = |parts: &[String]| {
            parts.len() == path.len()
                && parts.iter().zip(&path).all(|(want, part)| want == part || want.starts_with('{'))
        };
        let (.., names) =
            self.operations.iter().find(|(of, parts, _)| of == method && fits(parts))?;
        let known: Vec<_> = names.iter().map(String::as_str).collect();
        fault(query, &known).or_else(|| blank(query))
    }
}

impl<E: Endpoint> Endpoint for Strict<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<E::Output> {
        if let Some(fault) = self.fault(&request) {
            request.set_data(fault);
        }
        self.inner.call(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_taken_whole_or_refused_by_name() {
        let known = ["liked", "folder_id", "q"];
        for (query, told) in [
            ("", None),
            ("&&", None),
            ("q=a+b&liked=true", None),
            ("q=", None),
            ("q=%C3%A9&liked=%zz%4", None),
            ("folder=7", Some(("folder", "did you mean folder_id?"))),
            ("q=a&trash=true", Some(("trash", "not known here"))),
            ("=7", Some(("", "not known here"))),
            ("Q=a", Some(("Q", "did you mean q?"))),
            ("liked=true&q=a&liked=false", Some(("liked", "given twice"))),
            ("q=%FF", Some(("q", "not UTF-8"))),
            ("q=%C3%28", Some(("q", "not UTF-8"))),
            ("%FF=1", Some(("\u{fffd}", "not UTF-8"))),
            ("q[]=a", Some(("q[]", "not known here"))),
        ] {
            let found = fault(query, &known);
            let found = found.as_ref().map(|fault| (fault.name.as_str(), fault.says.as_str()));
            match (found, told) {
                (None, None) => {}
                (Some((name, says)), Some((wanted, part))) => {
                    assert!(name == wanted && says.contains(part), "{query}: {name}: {says}");
                }
                other => panic!("{query}: {other:?}"),
            }
        }
        assert_eq!(blank("q=a&liked=+").map(|fault| fault.name), Some("liked".to_owned()));
        let long = fault(&"x".repeat(9_000), &[]).unwrap();
        assert!(long.name.len() == SAID && long.says.len() < 200);
    }

    #[test]
    fn words_numbers_and_flags_are_read_or_refused() {
        let known = ["order", "older", "liked"];
        let read = |query: &str| Query::parse(query, &known).unwrap();
        let order = |query: &str| read(query).one_of("order", &[(1, ""), (2, "oldest")]).ok();
        assert_eq!(["", "order=", "order=oldest"].map(order), [Some(1), Some(1), Some(2)]);
        assert_eq!(order("order=newest"), None);
        let minutes = |query: &str| read(query).number("older", 90).ok();
        assert_eq!(["", "older=90"].map(minutes), [Some(None), Some(Some(90))]);
        assert_eq!(["older=-1", "older=91", "older=%2B5", "older=x"].map(minutes), [None; 4]);
        let liked = |query: &str| read(query).flag("liked").ok();
        assert_eq!(
            ["", "liked=false", "liked=true"].map(liked),
            [Some(false), Some(false), Some(true)]
        );
        assert_eq!(["liked=", "liked=yes", "liked=1"].map(liked), [None; 3]);
    }
}
