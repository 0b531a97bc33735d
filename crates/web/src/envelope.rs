//! What every success looks like: `{"ok":true,"data":...,"rate_limit":"58/60","credits_left":7}`.

use std::marker::PhantomData;

use poem::{IntoResponse, Response, http::header};
use poem_openapi::{
    ApiResponse,
    registry::{
        MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
    },
    types::{ToJSON, Type},
};
use safelight_domain::Credits;
use serde_json::json;

use crate::{
    auth::ApiKey,
    manner::Manner,
    problem::{Problem, described},
};

/// JSON is UTF-8; the media type knows no charset (RFC 8259, 11).
const JSON: &str = "application/json";

/// A success, in the manner of `M`.
pub struct Answer<T, M> {
    data: T,
    rate_limit: String,
    credits_left: Credits,
    location: Option<String>,
    manner: PhantomData<M>,
}

impl<A> ApiKey<A> {
    /// A success, with the balance as it is now.
    pub async fn answer<T, M: Manner>(&self, data: T) -> Result<Answer<T, M>, Problem> {
        let balance = self.studio().ledger.balance(self.account).await?;
        Ok(self.answer_at(data, balance.credits))
    }

    /// A success, with the balance the receipt told.
    pub fn answer_at<T, M: Manner>(&self, data: T, credits_left: Credits) -> Answer<T, M> {
        let rate_limit = self.quota.to_string();
        Answer { data, rate_limit, credits_left, location: None, manner: PhantomData }
    }
}

impl<T, M> Answer<T, M> {
    /// The same, telling where the new thing is.
    #[must_use]
    pub fn at(self, location: String) -> Self {
        Self { location: Some(location), ..self }
    }
}

impl<T: ToJSON, M: Manner> IntoResponse for Answer<T, M> {
    fn into_response(self) -> Response {
        let body = json!({
            "ok": true,
            "data": self.data.to_json(),
            "rate_limit": self.rate_limit,
            "credits_left": self.credits_left.get(),
        });
        let mut response =
            Response::builder().status(M::STATUS).content_type(JSON).body(body.to_string());
        if let Some(location) = self.location.and_then(|at| at.parse().ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

impl<T: ToJSON, M: Manner> ApiResponse for Answer<T, M> {
    fn meta() -> MetaResponses {
        let success = MetaResponse {
            description: M::SAYS,
            status: Some(M::STATUS.as_u16()),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: JSON,
                schema: MetaSchemaRef::Reference(schema_name::<T>()),
            }],
            headers: headers::<M>(),
        };
        let mut responses = vec![success];
        responses.extend(described(M::PROBLEMS));
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Answer<T, ()>, _>(schema_name::<T>(), |registry| {
            T::register(registry);
            MetaSchema {
                required: vec!["ok", "data", "rate_limit", "credits_left"],
                properties: vec![
                    ("ok", described_as::<bool>("Always true.")),
                    ("data", T::schema_ref()),
                    ("rate_limit", described_as::<String>("Requests left, of how many a minute.")),
                    ("credits_left", described_as::<u32>("Spendable credits after this call.")),
                ],
                ..MetaSchema::new("object")
            }
        });
    }
}

fn schema_name<T: Type>() -> String {
    format!("{}Answer", T::name())
}

fn described_as<T: Type>(says: &'static str) -> MetaSchemaRef {
    T::schema_ref().merge(MetaSchema { description: Some(says), ..MetaSchema::ANY })
}

fn headers<M: Manner>() -> Vec<MetaHeader> {
    let told = |name: &str, says: &str| MetaHeader {
        name: name.to_owned(),
        description: Some(says.to_owned()),
        required: true,
        deprecated: false,
        schema: String::schema_ref(),
    };
    let mut headers = vec![
        told(
            "RateLimit",
            "Requests left and seconds to the next window: `\"default\";r=598;t=37`.",
        ),
        told("RateLimit-Policy", "Requests a window of seconds: `\"default\";q=600;w=60`."),
    ];
    if M::LOCATES {
        headers.push(told("Location", "Where the new thing is."));
    }
    headers
}
