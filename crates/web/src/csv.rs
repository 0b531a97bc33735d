//! A whole list as CSV (RFC 4180), sent as it is read.

use std::{fmt::Write, future::Future};

use futures_util::stream;
use poem::{Body, Response, http::header};
use safelight_usecases::{Error, Page, Paged};

use crate::{problem::Problem, streams::Place};

/// Rows read at a time.
const AT_A_TIME: u16 = 500;

/// The answer that sends the file `name`: a line for its columns, then each thing that `read` finds,
/// as `row` writes its cells. It holds the `place` of a download until it is sent.
pub async fn file<T, R, F>(
    name: &str,
    columns: &str,
    read: R,
    row: fn(&T, &mut Row<'_>),
    place: Place,
) -> Result<Response, Problem>
where
    T: Send + 'static,
    R: Fn(Page) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Paged<T>, Error>> + Send,
{
    // The first page is read before the answer begins: what fails then can still say so.
    let first = read(Page { after: None, limit: AT_A_TIME }).await?;
    let begun = Some((format!("{columns}\r\n"), first, read, place));
    let rows = stream::try_unfold(begun, move |state| async move {
        let Some((mut text, page, read, place)) = state else { return Ok(None) };
        for item in &page.items {
            let mut cells = Row { out: &mut text, begun: false };
            row(item, &mut cells);
            text.push_str("\r\n");
        }
        let next = match page.next {
            None => None,
            after => {
                let part = read(Page { after, limit: AT_A_TIME }).await;
                Some((String::new(), part.map_err(std::io::Error::other)?, read, place))
            }
        };
        Ok::<_, std::io::Error>(Some((text, next)))
    });
    Ok(Response::builder()
        .content_type("text/csv; charset=utf-8; header=present")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .body(Body::from_bytes_stream(rows)))
}

/// The cells of a line, written one after the other.
pub struct Row<'a> {
    out: &'a mut String,
    begun: bool,
}

impl Row<'_> {
    /// A number, a time, an id, a word of ours.
    pub fn plain(&mut self, value: impl std::fmt::Display) {
        self.comma();
        // Writing to a String cannot fail.
        let _ = write!(self.out, "{value}");
    }

    /// A text that somebody wrote.
    pub fn text(&mut self, text: &str) {
        self.comma();
        self.out.push_str(&cell(text));
    }

    fn comma(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            self.out.push(',');
        }
    }
}

/// A text, quoted, and kept from being a formula where a spreadsheet opens it (OWASP: CSV
/// injection).
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn texts_are_texts_in_any_spreadsheet() {
        for (text, written) in [
            ("a mail", "\"a mail\""),
            ("say \"hi\", twice", "\"say \"\"hi\"\", twice\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("", "\"\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
