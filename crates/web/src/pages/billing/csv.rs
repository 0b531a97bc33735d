//! The whole ledger as CSV (RFC 4180), sent as it is read.

use std::fmt::Write;

use futures_util::stream;
use poem::{Body, Response, handler, http::header};
use safelight_domain::Line;
use safelight_usecases::Page;

use super::line;
use crate::{problem::Problem, visitor::Member};

/// Lines read at a time.
const AT_A_TIME: u16 = 500;
const HEAD: &str = "line,time,what,reason,credits,balance\r\n";

/// `GET /billing/ledger.csv`: newest first.
#[handler]
pub async fn ledger(member: Member) -> Result<Response, Problem> {
    let (studio, account) = (member.studio().clone(), member.account());
    // The first page is read before the answer begins: what fails then can still say so.
    let first = studio.ledger.lines(account, Page { after: None, limit: AT_A_TIME }).await?;
    let rows = stream::try_unfold(Some((HEAD.to_owned(), first)), move |state| {
        let studio = studio.clone();
        async move {
            let Some((mut text, page)) = state else { return Ok(None) };
            page.items.iter().for_each(|line| row(&mut text, line));
            let next = match page.next {
                None => None,
                after => {
                    let part = Page { after, limit: AT_A_TIME };
                    let read = studio.ledger.lines(account, part).await;
                    Some((String::new(), read.map_err(std::io::Error::other)?))
                }
            };
            Ok::<_, std::io::Error>(Some((text, next)))
        }
    });
    Ok(Response::builder()
        .content_type("text/csv; charset=utf-8; header=present")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_DISPOSITION, "attachment; filename=\"ledger.csv\"")
        .body(Body::from_bytes_stream(rows)))
}

fn row(out: &mut String, line: &Line) {
    let (_, says) = line::says(line);
    let amount = i64::from(line.kind.sign()) * i64::from(line.amount.get());
    let reason = line.reason.as_deref().unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "{},{},{},{},{amount},{}\r\n",
        line.seq,
        line.at,
        cell(&says),
        cell(reason),
        line.balance_after.get()
    );
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
