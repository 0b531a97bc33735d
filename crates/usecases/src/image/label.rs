//! What a stored file says of its making: the original all of it, its small copies and a clean
//! download nothing of a person's.

use safelight_domain::Order;
use safelight_ports::Ingested;
use safelight_provenance::{Mark, Parameters, Source, Unreadable, read, write};

use crate::Terms;

/// Labels the files of a picture that was made from `order`. Only what the order says goes in, so
/// that storing twice stores the same bytes.
pub fn label(
    picture: Ingested,
    order: &Order,
    source: Source,
    terms: &Terms,
) -> Result<Ingested, Unreadable> {
    let words = parameters(order, (picture.width, picture.height), terms).write();
    let clean = Mark { source, system: &order.model.0, tool: &terms.brand, parameters: None };
    let mut picture = picture;
    for small in [&mut picture.w320, &mut picture.w640] {
        small.bytes = write(&small.bytes, &clean)?;
    }
    picture.original = write(&picture.original, &Mark { parameters: Some(&words), ..clean })?;
    Ok(picture)
}

/// The same file without what it was made from.
pub fn clean(file: &[u8], model: &str, terms: &Terms) -> Result<Vec<u8>, Unreadable> {
    // What was stored before files were labelled came from a model.
    let source = read(file)?.source.unwrap_or(Source::TrainedAlgorithmicMedia);
    write(file, &Mark { source, system: model, tool: &terms.brand, parameters: None })
}

fn parameters(order: &Order, (width, height): (u32, u32), terms: &Terms) -> Parameters {
    let mut values = Vec::new();
    let mut value = |name: &str, value: String| values.push((name.to_owned(), value));
    let model = terms.catalog.model(&order.model.0).ok();
    if let Some(steps) = model.and_then(|model| model.steps) {
        value("Steps", steps.to_string());
    }
    if let Some(tenths) = model.and_then(|model| model.guidance_tenths) {
        value("CFG scale", format!("{}.{}", tenths / 10, tenths % 10));
    }
    value("Seed", order.seed.to_string());
    value("Size", format!("{width}x{height}"));
    value("Model", order.model.0.clone());
    value("Preset", order.size.as_str().to_owned());
    let negative = order.negative.as_ref().map(|words| words.as_str().to_owned());
    Parameters { prompt: order.prompt.as_str().to_owned(), negative, values }
}
