//! A problem on the wire: `application/problem+json`, its headers, and its place in the document.

use poem::{
    IntoResponse, Response,
    error::ResponseError,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object,
    registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::{ToJSON, Type},
};

use safelight_domain::Timestamp;

use super::{At, Problem, Slug};
use crate::{request_id, wire::Text};

const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not done (RFC 9457).
#[derive(Object)]
#[oai(rename = "Problem", skip_serializing_if_is_none)]
pub struct ProblemView {
    /// Always false.
    ok: bool,
    /// `/problems/` and a slug that never changes its meaning.
    #[oai(rename = "type")]
    kind: String,
    /// A short title, the same for every problem of its type.
    title: String,
    /// The status, once more.
    status: u16,
    /// The fault and the mend, one sentence for a person.
    detail: String,
    /// The field at fault, as the request names it.
    field: Option<String>,
    /// What was asked for, in credits.
    price: Option<u32>,
    /// What is spendable, in credits.
    balance: Option<u32>,
    /// What is owed, in credits.
    debt: Option<u32>,
    /// The most credits the key may spend in a calendar month.
    cap: Option<u32>,
    /// When the key's next month begins.
    resets_at: Option<Text<Timestamp>>,
    /// The scope the key lacks.
    scope: Option<String>,
    /// The id of the request, also in `X-Request-Id`: name it to the operator.
    request_id: Option<String>,
}

/// What the log should know; rides on the response to the edge, never further.
#[derive(Debug, Clone)]
pub struct Cause(pub String);

impl Problem {
    fn view(&self) -> ProblemView {
        let (mut price, mut balance, mut debt) = (None, None, None);
        let (mut field, mut scope) = (None, None);
        let (mut cap, mut resets_at) = (None, None);
        match &self.at {
            At::Nothing => {}
            At::Field(name) => field = Some(name.clone()),
            At::Price { price: p, balance: b } => (price, balance) = (Some(p.get()), Some(b.get())),
            At::Debt(owed) => debt = Some(owed.get()),
            At::Cap { cap: most, resets } => {
                (cap, resets_at) = (Some(most.get()), Some(Text(*resets)));
            }
            At::Scope(word) => scope = Some((*word).to_owned()),
        }
        ProblemView {
            ok: false,
            kind: format!("/problems/{}", self.slug.as_str()),
            title: self.slug.title().to_owned(),
            status: self.status().as_u16(),
            detail: self.detail.clone(),
            field,
            price,
            balance,
            debt,
            cap,
            resets_at,
            scope,
            request_id: request_id::current(),
        }
    }

    fn respond(&self) -> Response {
        let mut response = Response::builder()
            .status(self.status())
            .content_type(MEDIA_TYPE)
            .body(self.view().to_json_string());
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().append(name, value);
            }
        }
        if let Some(cause) = &self.cause {
            response.set_data(Cause(cause.clone()));
        }
        response
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.slug.as_str(), self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.slug.status()
    }

    fn as_response(&self) -> Response {
        self.respond()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.respond()
    }
}

/// As an error type it adds nothing: which statuses can occur is told by the success beside it.
impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        MetaResponses { responses: Vec::new() }
    }

    fn register(registry: &mut Registry) {
        ProblemView::register(registry);
    }
}

/// The document's word on problems of these statuses.
pub fn described(statuses: &[StatusCode]) -> Vec<MetaResponse> {
    let describe = |status: &StatusCode| MetaResponse {
        description: description(*status),
        status: Some(status.as_u16()),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: MEDIA_TYPE,
            schema: ProblemView::schema_ref(),
        }],
        headers: headers(*status),
    };
    statuses.iter().map(describe).collect()
}

fn description(status: StatusCode) -> &'static str {
    let mut kinds = Slug::ALL.iter().filter(|slug| slug.status() == status);
    match status {
        StatusCode::PAYMENT_REQUIRED => {
            "Too few credits, the account owes some, or the key's cap is reached"
        }
        StatusCode::FORBIDDEN => "The key may not do this, or the account is blocked",
        StatusCode::CONFLICT => "It clashes with what is already recorded",
        _ => kinds.next().map_or("", |slug| slug.title()),
    }
}

fn headers(status: StatusCode) -> Vec<MetaHeader> {
    let name = match status {
        StatusCode::UNAUTHORIZED => header::WWW_AUTHENTICATE,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => header::RETRY_AFTER,
        _ => return Vec::new(),
    };
    vec![MetaHeader {
        name: name.to_string(),
        description: None,
        required: true,
        deprecated: false,
        schema: String::schema_ref(),
    }]
}
