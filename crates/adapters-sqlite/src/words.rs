//! The word index of pictures: what is put into it, and how a search is asked of it.
//!
//! Invariant: both sides go through [`safelight_domain::words`]. The index only cuts at blanks.

use rusqlite::{Connection, params};
use safelight_domain::{AccountId, ModelSlug, Phrase, Search, Seed, Term, Wanted, words};

use crate::{error::Sql, rows};

/// The step of the schema that makes the index.
pub const STEP: u32 = 17;

const INSERT: &str =
    "INSERT INTO image_words(rowid, owner, prompt, model, seed) VALUES(?1, ?2, ?3, ?4, ?5)";

/// Makes the picture with this `n` known by its words.
pub fn add(
    db: &Connection,
    n: i64,
    account: AccountId,
    prompt: &str,
    model: &ModelSlug,
    seed: Seed,
) -> Sql<()> {
    db.prepare_cached(INSERT)?
        .execute(params![
            n,
            owner(account),
            words(prompt).join(" "),
            words(&model.0).join(" "),
            seed.to_string()
        ])
        .map(drop)
}

/// Makes all pictures known, in an index that is empty.
pub fn fill(db: &Connection) -> Sql<()> {
    let mut all = db.prepare(
        "SELECT i.n, i.account_id, i.model, i.seed, g.prompt FROM image i \
         JOIN generation g ON g.id = i.generation_id ORDER BY i.n",
    )?;
    let mut found = all.query([])?;
    while let Some(row) = found.next()? {
        let account = AccountId(rows::uuid(row, "account_id")?);
        let (model, seed) = (ModelSlug(row.get("model")?), rows::seed(row, "seed")?);
        let prompt = row.get_ref("prompt")?.as_str()?;
        add(db, row.get("n")?, account, prompt, &model, seed)?;
    }
    Ok(())
}

fn owner(account: AccountId) -> String {
    account.0.simple().to_string()
}

/// The search as the index reads it: none when it asks for no words.
///
/// All of it stands in one expression, so that the index is walked newest first and a page ends as
/// soon as it is full. What a picture must not have is taken from what the owner has.
pub fn expression(account: AccountId, search: &Search) -> Option<String> {
    if search.groups().is_empty() {
        return None;
    }
    let mine = format!("owner:\"{}\"", owner(account));
    let mut has = vec![mine.clone()];
    let mut lacks = Vec::new();
    for group in search.groups() {
        match group.as_slice() {
            [Term { negated: true, wanted }] => lacks.push(term(wanted)),
            several => {
                let each = several.iter().map(|one| {
                    let wanted = term(&one.wanted);
                    if one.negated { format!("({mine} NOT {wanted})") } else { wanted }
                });
                has.push(format!("({})", each.collect::<Vec<_>>().join(" OR ")));
            }
        }
    }
    let has = has.join(" AND ");
    Some(if lacks.is_empty() { has } else { format!("({has}) NOT ({})", lacks.join(" OR ")) })
}

/// Nothing in a word can end the quotes: it has no sign of ASCII.
fn term(wanted: &Wanted) -> String {
    let phrase = |column: &str, phrase: &Phrase| {
        let open = if phrase.open { " *" } else { "" };
        format!("{column}:\"{}\"{open}", phrase.words.join(" "))
    };
    match wanted {
        Wanted::Prompt(words) => phrase("prompt", words),
        Wanted::Model(words) => phrase("model", words),
        Wanted::Seed(seed) => format!("seed:\"{seed}\""),
    }
}

#[cfg(test)]
mod tests {
    use safelight_domain::Uuid;

    use super::*;

    #[test]
    fn a_search_is_one_expression_of_the_index() {
        let account = AccountId(Uuid::from_u128(7));
        let me = "owner:\"00000000000000000000000000000007\"";
        for (typed, expected) in [
            ("fox", format!("{me} AND (prompt:\"fox\" *)")),
            ("\"red fox\"", format!("{me} AND (prompt:\"red fox\")")),
            ("黒猫 -fog", format!("({me} AND (prompt:\"黒 猫\")) NOT (prompt:\"fog\")")),
            ("-fog -rain", format!("({me}) NOT (prompt:\"fog\" OR prompt:\"rain\")")),
            (
                "seed:7 OR -model:flux-dev",
                format!("{me} AND (seed:\"7\" OR ({me} NOT model:\"flux dev\"))"),
            ),
        ] {
            let search = Search::parse(typed).unwrap().unwrap();
            assert_eq!(expression(account, &search).as_ref(), Some(&expected), "{typed}");
        }
        for typed in ["!!!", "liked:yes", "before:2026"] {
            let search = Search::parse(typed).unwrap().unwrap();
            assert_eq!(expression(account, &search), None, "{typed}");
        }
    }
}
