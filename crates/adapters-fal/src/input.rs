//! What a model is sent: the fields it declares and no others (fal docs: model pages).

use safelight_domain::{Model, NegativePrompts, Order, Safety, SizeMode};
use serde_json::{Map, Value};

/// Not the strictest, not the laxest: fal's own default. A string: a number is refused.
const SAFETY_TOLERANCE: &str = "2";
/// A tenth of a PNG's bytes; every model offers it.
const OUTPUT_FORMAT: &str = "jpeg";

/// The body of a submit: one picture. Never `sync_mode`, which would put the bytes into the JSON.
pub(crate) fn input(model: &Model, order: &Order) -> Value {
    let mut fields = Map::new();
    let mut field = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    field("prompt", order.prompt.as_str().into());
    match model.size_mode {
        SizeMode::Preset => field("image_size", order.size.as_str().into()),
        SizeMode::Ratio => field("aspect_ratio", order.size.ratio().into()),
    }
    field("seed", order.seed.0.into());
    field("output_format", OUTPUT_FORMAT.into());
    if model.takes_count {
        field("num_images", 1.into());
    }
    if let Some(steps) = model.steps {
        field("num_inference_steps", steps.into());
    }
    if let Some(tenths) = model.guidance_tenths {
        field("guidance_scale", (f64::from(tenths) / 10.0).into());
    }
    if let (NegativePrompts::Native, Some(negative)) = (model.negative_prompts, &order.negative) {
        field("negative_prompt", negative.as_str().into());
    }
    if matches!(model.safety, Safety::Checker | Safety::Both) {
        field("enable_safety_checker", true.into());
    }
    if matches!(model.safety, Safety::Tolerance | Safety::Both) {
        field("safety_tolerance", SAFETY_TOLERANCE.into());
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use safelight_domain::{Catalog, ModelSlug, Prompt, Seed, Size};
    use serde_json::json;

    use super::*;

    fn order(model: &Model) -> Order {
        let reads = model.negative_prompts == NegativePrompts::Native;
        Order {
            prompt: Prompt::parse("a \"red\" fox").unwrap(),
            negative: reads.then(|| Prompt::parse("text").unwrap()),
            model: ModelSlug(model.slug.0.clone()),
            size: Size::Portrait169,
            seed: Seed(u64::MAX),
        }
    }

    #[test]
    fn every_model_is_sent_this() {
        let all = |more: Value| {
            let mut body = json!({
                "prompt": "a \"red\" fox", "seed": u64::MAX, "output_format": "jpeg",
            });
            let own = body.as_object_mut().unwrap();
            own.extend(more.as_object().unwrap().clone());
            body
        };
        let size = "portrait_16_9";
        let expected = [
            (
                "flux-schnell",
                json!({"image_size": size, "num_images": 1,
                "num_inference_steps": 4, "enable_safety_checker": true}),
            ),
            (
                "flux-dev",
                json!({"image_size": size, "num_images": 1, "num_inference_steps": 28,
                "guidance_scale": 3.5, "enable_safety_checker": true}),
            ),
            ("flux-pro", json!({"image_size": size, "num_images": 1, "safety_tolerance": "2"})),
            (
                "flux-pro-ultra",
                json!({"aspect_ratio": "9:16", "num_images": 1,
                "safety_tolerance": "2"}),
            ),
            (
                "flux-2",
                json!({"image_size": size, "num_images": 1, "num_inference_steps": 28,
                "guidance_scale": 2.5, "enable_safety_checker": true}),
            ),
            (
                "flux-2-pro",
                json!({"image_size": size, "enable_safety_checker": true,
                "safety_tolerance": "2"}),
            ),
            (
                "flux-2-flex",
                json!({"image_size": size, "num_inference_steps": 28,
                "guidance_scale": 3.5, "enable_safety_checker": true, "safety_tolerance": "2"}),
            ),
            (
                "flux-2-max",
                json!({"image_size": size, "enable_safety_checker": true,
                "safety_tolerance": "2"}),
            ),
            (
                "flux-2-klein",
                json!({"image_size": size, "num_images": 1,
                "num_inference_steps": 28, "guidance_scale": 5.0, "negative_prompt": "text",
                "enable_safety_checker": true}),
            ),
        ];
        let catalog = Catalog::flux();
        assert_eq!(catalog.models().len(), expected.len(), "a new model needs its line here");
        for (slug, more) in expected {
            let model = catalog.model(slug).unwrap();
            assert_eq!(input(model, &order(model)), all(more), "{slug}");
        }
        let schnell = catalog.model("flux-schnell").unwrap();
        let sent = input(schnell, &order(schnell)).to_string();
        assert!(sent.contains(r#""seed":18446744073709551615"#), "a seed is exact: {sent}");
    }

    /// Against the schemas of fal's own JavaScript client, where they are at hand.
    #[test]
    fn every_field_is_in_its_models_schema() {
        let path = "../../../shared/fixtures/fal/fal_image_model_schemas.json";
        let Ok(text) = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)) else {
            eprintln!("not run: fal's schemas are not at hand");
            return;
        };
        let schemas: Value = serde_json::from_slice(&text).unwrap();
        for model in Catalog::flux().models() {
            // The client names only the smaller of the two klein bases; they take the same fields.
            let endpoint = model.endpoint.replace("klein/9b/base", "klein/4b/base");
            let schema = &schemas["endpoints"][&endpoint]["input"];
            assert!(schema.is_object(), "{endpoint} has no schema");
            for size in Size::ALL {
                let order = Order { size, ..order(model) };
                for (name, value) in input(model, &order).as_object().unwrap() {
                    let kind = schema[name]["type"].as_str();
                    let kind = kind.unwrap_or_else(|| panic!("{endpoint} has no field {name}"));
                    let fits = match value {
                        Value::Bool(_) => kind == "boolean",
                        Value::Number(_) => kind == "number",
                        Value::String(text) => {
                            let text = format!("\"{text}\"");
                            kind == "string" || kind.split(" | ").any(|one| one == text)
                        }
                        _ => false,
                    };
                    assert!(fits, "{endpoint}: {name} = {value} is not {kind}");
                }
            }
            for (name, field) in schema.as_object().unwrap() {
                if field["required"] == true {
                    assert!(
                        !input(model, &order(model))[name].is_null(),
                        "{endpoint} needs {name}"
                    );
                }
            }
        }
    }
}
