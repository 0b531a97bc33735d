//! Failures of fal, in whichever of its shapes, and what each means for a picture
//! (fal docs: errors, request errors).

use safelight_outbound::Answer;
use serde::Deserialize;

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The checker would not have it.
    Filtered,
    /// Nothing came out.
    NoPicture,
    /// The input was bad. As people's input is checked here first, this is our mistake.
    BadInput,
    /// A picture that was handed in could not be used.
    BadPicture,
    /// It did not begin in the time we gave it.
    TooLate,
    /// The model or fal's machinery broke; fal has tried again itself.
    Broken,
    /// It was cancelled.
    Cancelled,
}

/// The three shapes, and none.
#[derive(Deserialize, Default)]
struct FailureWire {
    detail: Option<DetailWire>,
    error_type: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DetailWire {
    Model(Vec<ComplaintWire>),
    Plain(String),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct ComplaintWire {
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// A failure as read: its kinds, which are fal's words, and its plain text.
pub(crate) struct Failure {
    status: u16,
    kinds: Vec<String>,
    plain: String,
    /// Whether fal answered, rather than something in front of it.
    from_fal: bool,
    own_deadline: bool,
}

impl Failure {
    pub fn read(answer: &Answer) -> Self {
        let wire: FailureWire = serde_json::from_slice(&answer.body).unwrap_or_default();
        let mut kinds = Vec::new();
        let mut plain = String::new();
        match wire.detail {
            Some(DetailWire::Model(list)) => {
                kinds.extend(list.into_iter().filter_map(|complaint| complaint.kind));
            }
            Some(DetailWire::Plain(text)) => plain = text,
            Some(DetailWire::Other(_)) | None => {}
        }
        kinds.extend(wire.error_type.or(wire.kind));
        kinds.extend(answer.header("x-fal-error-type").map(str::to_owned));
        Self {
            status: answer.status,
            kinds,
            plain,
            from_fal: answer.header("x-fal-request-id").is_some(),
            own_deadline: answer.header("x-fal-request-timeout-type") == Some("user"),
        }
    }

    /// fal's word for it, for the log.
    pub fn kind(&self) -> &str {
        self.kinds.first().map_or("unknown", String::as_str)
    }

    /// Whether the plain text holds `words`, in any case.
    pub fn says(&self, words: &str) -> bool {
        self.plain.to_ascii_lowercase().contains(words)
    }

    /// What it means as the result of a request; none when nothing can be said about the request.
    pub fn meaning(&self) -> Option<Meaning> {
        let known = self.kinds.iter().filter_map(|kind| self.meaning_of(kind));
        // A hit of the checker outweighs whatever else is complained of.
        let known = known.reduce(|one, two| if two == Meaning::Filtered { two } else { one });
        known.or_else(|| self.meaning_of_status())
    }

    fn meaning_of(&self, kind: &str) -> Option<Meaning> {
        Some(match kind {
            "content_policy_violation" => Meaning::Filtered,
            "no_media_generated" => Meaning::NoPicture,
            "client_cancelled" | "client_disconnected" => Meaning::Cancelled,
            "request_timeout" if self.own_deadline => Meaning::TooLate,
            "image_too_small"
            | "image_too_large"
            | "image_load_error"
            | "file_download_error"
            | "file_too_large"
            | "unsupported_image_format"
            | "face_detection_error" => Meaning::BadPicture,
            "missing"
            | "less_than"
            | "less_than_equal"
            | "greater_than"
            | "greater_than_equal"
            | "multiple_of"
            | "one_of"
            | "literal_error"
            | "sequence_too_long"
            | "sequence_too_short"
            | "feature_not_supported"
            | "bad_request" => Meaning::BadInput,
            "internal_server_error"
            | "generation_timeout"
            | "downstream_service_error"
            | "downstream_service_unavailable"
            | "request_timeout"
            | "startup_timeout"
            | "internal_error" => Meaning::Broken,
            kind if kind.starts_with("value_error") => Meaning::BadInput,
            kind if kind.starts_with("runner_") => Meaning::Broken,
            _ => return None,
        })
    }

    fn meaning_of_status(&self) -> Option<Meaning> {
        match self.status {
            499 => Some(Meaning::Cancelled),
            401 | 402 | 403 | 404 | 408 | 409 | 429 => None,
            400..500 => Some(Meaning::BadInput),
            500.. if self.from_fal => Some(Meaning::Broken),
            _ => None,
        }
    }
}
