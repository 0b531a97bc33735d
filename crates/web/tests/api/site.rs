//! A whole site in memory, and a client that checks each answer against the document.

use std::sync::Arc;

use poem::{
    Body, Endpoint, EndpointExt, Request,
    endpoint::BoxEndpoint,
    http::{HeaderMap, Method},
};
use safelight_adapters_local::DiskStore;
use safelight_domain::{Actor, KeyScope};
use safelight_testkit::people::{Person, ada};
use safelight_tests::TestStudio;
use safelight_usecases::KeyTerms;
use safelight_web::{About, Limits, Web};
use serde_json::Value;

use crate::{
    document::{check_answer, document},
    logs,
};

pub const PER_MINUTE: u32 = 600;

/// A site, the studio behind it, and Ada's key for everything.
pub struct Site {
    pub studio: TestStudio,
    pub disk: Arc<DiskStore>,
    pub key: String,
    app: BoxEndpoint<'static>,
    document: Value,
    _folder: tempfile::TempDir,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

pub fn about() -> About {
    About {
        brand: "Lamp & Co".to_owned(),
        version: "1.2.3".to_owned(),
        app_url: "http://localhost".to_owned(),
        ..About::default()
    }
}

impl Site {
    pub async fn open() -> Self {
        Self::with_limit(PER_MINUTE).await
    }

    pub async fn with_limit(requests_per_minute: u32) -> Self {
        Self::with_limits(Limits { requests_per_minute, ..Limits::default() }).await
    }

    pub async fn with_limits(limits: Limits) -> Self {
        logs::keep();
        let studio = TestStudio::open().await;
        let folder = tempfile::tempdir().unwrap();
        let disk = DiskStore::open(folder.path().into(), "http://localhost".to_owned(), [7; 32]);
        let disk = Arc::new(disk.unwrap());
        let app = safelight_web::app(Web {
            studio: studio.studio.clone(),
            about: about(),
            limits,
            media_origin: None,
            local_files: Some(disk.clone()),
            outbox: None,
            pushes: None,
            play: None,
            dev: None,
            doctor: None,
            onlooker: None,
            stopping: tokio::sync::watch::channel(false).1,
        });
        let (app, document) = (app.boxed(), document());
        let mut site = Self { studio, disk, key: String::new(), app, document, _folder: folder };
        site.key = site.new_key(&ada(), &KeyScope::ALL).await;
        site
    }

    pub async fn new_key(&self, person: &Person, scopes: &[KeyScope]) -> String {
        let keys = &self.studio.studio.keys;
        keys.create(person.account.id, KeyTerms::new("test", scopes), Actor::cli())
            .await
            .unwrap()
            .text
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request) -> Reply {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.app.get_response(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().into_vec().await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or_default();
        let reply = Reply { status, headers, text, json };
        check_answer(&self.document, &method, &path, &reply);
        reply
    }

    /// Sends with Ada's key, and `body` as JSON unless it is null.
    pub async fn call(&self, method: Method, path: &str, body: Value) -> Reply {
        self.call_as(&self.key, method, path, body).await
    }

    pub async fn call_as(&self, key: &str, method: Method, path: &str, body: Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(request(key, method, path).body(body)).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, body).await
    }

    /// Sends the body as it is.
    pub async fn post_raw(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.send(request(&self.key, Method::POST, path).body(body)).await
    }

    /// One generation of `count` pictures that are all stored; its view.
    pub async fn stored(&self, prompt: &str, count: u8) -> Value {
        let body = serde_json::json!({ "prompt": prompt, "count": count, "seed": "100" });
        let made = self.post("/api/v1/generations", body).await;
        assert_eq!(made.status, 202, "{}", made.text);
        self.studio.settle().await;
        let id = made.data()["id"].as_str().unwrap().to_owned();
        self.get(&format!("/api/v1/generations/{id}")).await.json["data"].take()
    }
}

/// A request with a key and JSON as its content type.
pub fn request(key: &str, method: Method, path: &str) -> poem::RequestBuilder {
    Request::builder()
        .method(method)
        .uri_str(path)
        .header("authorization", format!("Bearer {key}"))
        .content_type("application/json")
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn data(&self) -> &Value {
        &self.json["data"]
    }

    /// The status, the slug and the field at fault.
    pub fn problem(&self) -> (u16, &str, Option<&str>) {
        let slug = self.json["type"].as_str().unwrap_or("").trim_start_matches("/problems/");
        (self.status, slug, self.json["field"].as_str())
    }
}
