//! `safelight costs`: credits kept beside the provider's price, by model.

use std::fmt::Write as _;

use safelight_domain::SignedDuration;
use safelight_usecases::{Costs, Sheet};
use serde_json::{Value, json};

use super::Desk;
use crate::output::print;

pub async fn run(desk: &Desk, days: u16) -> anyhow::Result<()> {
    let span = SignedDuration::from_hours(24 * i64::from(days));
    let sheet = desk.studio.takings.of_last(span).await?;
    print(desk.json, &document(&sheet), || table(&sheet, days));
    Ok(())
}

fn document(sheet: &Sheet) -> Value {
    let view = |costs: &Costs| {
        json!({
            "stored": costs.stored, "failed": costs.failed, "filtered": costs.filtered,
            "cancelled": costs.cancelled, "credits": costs.credits,
            "cost_micros": costs.cost_micros, "unpriced": costs.unpriced,
        })
    };
    let models = sheet.models.iter().map(|(model, costs)| {
        let mut line = view(costs);
        line["model"] = model.0.as_str().into();
        line
    });
    json!({
        "since": sheet.since.to_string(), "until": sheet.until.to_string(),
        "models": models.collect::<Vec<_>>(), "total": view(&sheet.total),
    })
}

fn table(sheet: &Sheet, days: u16) -> String {
    let mut text = format!("what ended in the last {days} days\n");
    let heads = ["model", "stored", "failed", "filtered", "cancelled", "credits", "provider"]
        .map(str::to_owned);
    let models = sheet.models.iter().map(|(model, costs)| (model.0.as_str(), costs));
    let mut rows = vec![heads];
    rows.extend(models.chain([("all", &sheet.total)]).map(|(name, costs)| row(name, costs)));
    for [name, figures @ ..] in rows {
        let _ = write!(text, "{name:<16}");
        for figure in figures {
            let _ = write!(text, "{figure:>11}");
        }
        text.push('\n');
    }
    if sheet.total.unpriced > 0 {
        let _ = writeln!(text, "{} stored pictures have no known price", sheet.total.unpriced);
    }
    if sheet.total.filtered > 0 {
        text.push_str("filtered pictures are refunded; the provider may want its price for them\n");
    }
    text.truncate(text.trim_end().len());
    text
}

fn row(name: &str, costs: &Costs) -> [String; 7] {
    let Costs { stored, failed, filtered, cancelled, credits, .. } = costs;
    let counts = [stored, failed, filtered, cancelled, credits].map(u64::to_string);
    let [stored, failed, filtered, cancelled, credits] = counts;
    [name.to_owned(), stored, failed, filtered, cancelled, credits, dollars(costs.cost_micros)]
}

/// Millionths of a US dollar as dollars to a tenth of a cent, rounded up: a cost is never told
/// lower than it is.
fn dollars(micros: u64) -> String {
    let tenths = micros.div_ceil(1_000);
    format!("${}.{:03}", tenths / 1_000, tenths % 1_000)
}

#[cfg(test)]
mod tests {
    use super::dollars;

    #[test]
    fn dollars_are_told_to_a_tenth_of_a_cent() {
        for (micros, told) in
            [(0, "$0.000"), (1, "$0.001"), (3_000, "$0.003"), (12_345_678, "$12.346")]
        {
            assert_eq!(dollars(micros), told);
        }
    }
}
