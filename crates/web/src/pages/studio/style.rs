//! Styles: words added to a prompt, chosen from a card with a sample.
//!
//! Invariant: what is sent to the model is what is kept. A style is written into the prompt when the
//! form is sent, so a remix and the API see the very words that made the picture.

use safelight_domain::Invalid;
use serde::Serialize;

use crate::form::Form;

/// A style to choose.
#[derive(Debug, Serialize)]
pub struct StyleChoice {
    pub slug: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    pub chosen: bool,
}

/// Name, word for a form, and the words it adds. The samples are `static/img/styles/{slug}.webp`.
const STYLES: [(&str, &str, &str); 11] = [
    (
        "photograph",
        "Photograph",
        "photograph, soft window light, 50 mm lens, shallow depth of field",
    ),
    ("night", "Night", "night photograph, deep shadows, warm points of light, film grain"),
    ("render", "Render", "clean 3D render, glossy materials, soft studio light, plain background"),
    (
        "surreal",
        "Dreamlike",
        "surreal desert stillness, mirrored surfaces, pastel sky, long shadows",
    ),
    ("linocut", "Linocut", "linocut print, bold carved lines, three ink colours, visible paper"),
    ("cyanotype", "Cyanotype", "cyanotype, white shapes on Prussian blue, deckled paper edge"),
    ("papercut", "Paper cut", "layered paper cut, soft shadows between sheets, warm palette"),
    ("inkwash", "Ink wash", "ink wash painting, fading layers of mist, one vermilion accent"),
    ("risograph", "Risograph", "risograph print, four inks slightly out of register, grainy paper"),
    ("poster", "Poster", "mid-century poster, flat geometric shapes, limited palette"),
    ("lines", "Lines", "flowing line drawing, short colourful strokes following one current"),
];

/// The cards, with `chosen` among them.
pub fn choices(chosen: &str) -> Vec<StyleChoice> {
    let choice = |(slug, name, words)| StyleChoice { slug, name, words, chosen: slug == chosen };
    STYLES.into_iter().map(choice).collect()
}

/// The form with its style's words in its prompt.
pub fn applied(form: &Form) -> Result<Form, Invalid> {
    let chosen = form.text("style");
    let prompt = form.text("prompt").trim_end();
    if chosen.is_empty() || prompt.is_empty() {
        return Ok(form.clone());
    }
    let style = STYLES.iter().find(|(slug, ..)| *slug == chosen);
    let (.., words) = style.ok_or_else(|| Invalid::new("style", "choose one of the styles"))?;
    let joint = if prompt.ends_with([',', '.', ';', ':']) { " " } else { ", " };
    Ok(form.with("prompt", format!("{prompt}{joint}{words}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_written_into_the_prompt() {
        let prompt = |query: &str| {
            applied(&Form::parse(query.as_bytes())).map(|form| form.text("prompt").to_owned())
        };
        assert_eq!(prompt("prompt=a+fox").unwrap(), "a fox");
        assert_eq!(prompt("prompt=&style=poster").unwrap(), "", "a style alone says nothing");
        let fox = prompt("prompt=a+fox+&style=poster").unwrap();
        assert!(fox.starts_with("a fox, mid-century poster"), "{fox}");
        assert!(prompt("prompt=A+fox.&style=poster").unwrap().starts_with("A fox. mid"));
        assert_eq!(prompt("prompt=a+fox&style=oil").unwrap_err().field, "style");
    }

    #[test]
    fn every_style_has_its_sample() {
        for (slug, ..) in STYLES {
            let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static/img/styles");
            assert!(dir.join(format!("{slug}.webp")).is_file(), "{slug}");
        }
    }
}
