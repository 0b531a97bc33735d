//! What a model says about a body it does not like. fal ignores fields it does not know.

use safelight_domain::{Catalog, Size};
use serde_json::Value;

/// Whether there is such an endpoint.
pub(super) fn knows(endpoint: &str) -> bool {
    Catalog::flux().models().iter().any(|model| model.endpoint == endpoint)
}

/// The name of the answer that complains about `body`, if any (fal docs: model pages).
pub(super) fn complaint(endpoint: &str, body: &Value) -> Option<&'static str> {
    let above = |field: &str, most: u64| body[field].as_u64().is_some_and(|n| n > most);
    let steps = if endpoint.ends_with("/schnell") { 12 } else { 50 };
    if body["prompt"].as_str().is_none_or(str::is_empty) {
        return Some("missing");
    }
    if above("num_images", 4) || above("num_inference_steps", steps) {
        return Some("toolarge");
    }
    let tolerance = &body["safety_tolerance"];
    let strictest = if endpoint.contains("flux-2") { "5" } else { "6" };
    let tolerable =
        tolerance.as_str().is_some_and(|text| text.len() == 1 && ("1"..=strictest).contains(&text));
    if !tolerance.is_null() && !tolerable {
        return Some("literal");
    }
    let size = body["image_size"].as_str();
    size.is_some_and(|size| Size::parse(size).is_err()).then_some("literal")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::complaint;

    #[test]
    fn complaints() {
        for (body, expected) in [
            (json!({"prompt": "x", "safety_tolerance": "2", "image_size": "square"}), None),
            (json!({"image_size": "square"}), Some("missing")),
            (json!({"prompt": "x", "num_images": 5}), Some("toolarge")),
            (json!({"prompt": "x", "num_inference_steps": 13}), Some("toolarge")),
            (json!({"prompt": "x", "safety_tolerance": 2}), Some("literal")),
            (json!({"prompt": "x", "safety_tolerance": "7"}), Some("literal")),
            (json!({"prompt": "x", "image_size": "huge"}), Some("literal")),
            (json!({"prompt": "x", "image_size": {"width": 512, "height": 512}}), None),
            (json!({"prompt": "x", "unknown": 1}), None),
        ] {
            assert_eq!(complaint("fal-ai/flux/schnell", &body), expected, "{body}");
        }
        assert_eq!(
            complaint("fal-ai/flux/dev", &json!({"prompt": "x", "num_inference_steps": 13})),
            None
        );
        let six = json!({"prompt": "x", "safety_tolerance": "6"});
        assert_eq!(complaint("fal-ai/flux-pro/v1.1", &six), None);
        assert_eq!(complaint("fal-ai/flux-2-pro", &six), Some("literal"));
    }
}
