//! Templates: embedded, overridable one by one from the brand folder, escaped by default.

use std::{path::PathBuf, sync::Arc};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use rust_embed::RustEmbed;
use tokio::sync::Semaphore;

use crate::problem::{Problem, chain};

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Embedded;

/// All templates.
#[derive(Clone)]
pub struct Templates {
    environment: Arc<Environment<'static>>,
    /// Pages that are rendered at once: as many as there are cores. More only fight over them.
    places: Arc<Semaphore>,
}

impl Templates {
    /// Ours, and those of the brand instead where it has them.
    pub fn new(brand: Option<PathBuf>, assets: &str) -> Self {
        let mut environment = Environment::new();
        // A name a template misspells is an error of ours, never an empty place on a page.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_loader(move |name| Ok(load(brand.as_deref(), name)));
        let assets = assets.to_owned();
        // Names of our own files need no escaping, and a slash would be escaped.
        let asset = move |name: String| Value::from_safe_string(format!("{assets}/{name}"));
        environment.add_function("asset", asset);
        environment.add_filter("thousands", thousands);
        environment.add_filter("coded", coded);
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { environment: Arc::new(environment), places: Arc::new(Semaphore::new(cores)) }
    }

    /// Renders `name`, off the async threads: forty pictures take longer than a request may block.
    /// Who goes away before it began leaves the line, and nothing is rendered for them.
    pub async fn render(&self, name: &'static str, context: Value) -> Result<String, Problem> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|closed| Problem::internal(chain(&closed)))?;
        let environment = Arc::clone(&self.environment);
        let rendered = tokio::task::spawn_blocking(move || {
            // It stays taken until the work is done, also when nobody waits for it any more.
            let _place = place;
            environment.get_template(name)?.render(context)
        });
        match rendered.await {
            Ok(Ok(html)) => Ok(html),
            Ok(Err(error)) => Err(Problem::internal(chain(&error))),
            Err(error) => Err(Problem::internal(chain(&error))),
        }
    }
}

fn load(brand: Option<&std::path::Path>, name: &str) -> Option<String> {
    let own = brand.and_then(|dir| std::fs::read_to_string(dir.join("templates").join(name)).ok());
    own.or_else(|| {
        let file = Embedded::get(name)?;
        String::from_utf8(file.data.into_owned()).ok()
    })
}

/// A template as it is when no brand replaces it.
pub fn original(name: &str) -> Option<Vec<u8>> {
    Embedded::get(name).map(|file| file.data.into_owned())
}

/// `1840` as `1,840`.
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = if number < 0 { "−".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Text with what stands between backticks as code.
fn coded(text: &str) -> Value {
    let piece = |(place, text): (usize, &str)| {
        let safe = minijinja::HtmlEscape(text);
        if place % 2 == 1 { format!("<code>{safe}</code>") } else { safe.to_string() }
    };
    Value::from_safe_string(text.split('`').enumerate().map(piece).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_840, "1,840"), (-12_345_678, "−12,345,678")]
        {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn code_is_marked_and_stays_text() {
        let html = coded("send `a<b` & wait").to_string();
        assert_eq!(html, "send <code>a&lt;b</code> &amp; wait");
    }

    #[test]
    fn every_template_compiles() {
        let templates = Templates::new(None, "/static/x");
        for name in Embedded::iter() {
            templates
                .environment
                .get_template(&name)
                .unwrap_or_else(|error| panic!("{name}: {error:#}"));
        }
    }

    #[tokio::test]
    async fn what_people_typed_is_escaped_and_what_is_missing_is_told() {
        let brand = tempfile::tempdir().unwrap();
        std::fs::create_dir(brand.path().join("templates")).unwrap();
        std::fs::write(brand.path().join("templates/x.html"), "<p>{{ text }}</p>").unwrap();
        let templates = Templates::new(Some(brand.path().to_owned()), "/static/x");
        let context = minijinja::context! { text => "<script>alert(1)</script>" };
        let html = templates.render("x.html", context).await.unwrap();
        assert_eq!(html, "<p>&lt;script&gt;alert(1)&lt;&#x2f;script&gt;</p>");
        assert!(templates.render("x.html", minijinja::context! {}).await.is_err());
        assert!(templates.render("gone.html", minijinja::context! {}).await.is_err());
    }
}
