//! A whole site in memory, with every door open that can be.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::{BoxFuture, FutureExt};
use poem::{
    Endpoint, EndpointExt, Request,
    endpoint::BoxEndpoint,
    http::{HeaderMap, Method},
};
use safelight_adapters_local::DiskStore;
use safelight_domain::{Actor, KeyScope};
use safelight_testkit::people::Person;
use safelight_tests::TestStudio;
use safelight_usecases::{Answer, KeyTerms, Proof};
use safelight_web::{About, Check, Checkup, DevToken, Limits, Web};

use crate::who::{Carried, Who, equip};

/// What the token for the stand-ins' pages is made of.
pub const DEV: [u8; 32] = [9; 32];

pub struct Site {
    pub studio: TestStudio,
    app: BoxEndpoint<'static>,
    carried: HashMap<Who, Carried>,
    _folder: tempfile::TempDir,
}

/// A doctor who finds nothing.
struct Healthy;

impl Checkup for Healthy {
    fn look(&self) -> BoxFuture<'_, Vec<Check>> {
        async { Vec::new() }.boxed()
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Site {
    pub async fn open() -> Self {
        Self::at("http://localhost").await
    }

    /// The site at this address, with everybody there.
    pub async fn at(app_url: &str) -> Self {
        let studio = TestStudio::open().await;
        let folder = tempfile::tempdir().unwrap();
        let disk = DiskStore::open(folder.path().into(), app_url.to_owned(), [7; 32]).unwrap();
        let many = u32::MAX;
        let app = safelight_web::app(Web {
            studio: studio.studio.clone(),
            about: About { app_url: app_url.to_owned(), ..About::default() },
            limits: Limits {
                requests_per_minute: many,
                account_requests_per_minute: many,
                address_requests_per_minute: many,
                failures_per_minute: many,
                generations_per_minute: many,
                trusted_proxies: Vec::new(),
            },
            media_origin: None,
            local_files: Some(Arc::new(disk)),
            outbox: Some(studio.setup.outbox.clone()),
            pushes: None,
            play: None,
            dev: Some(DevToken::new(DEV)),
            doctor: Some(Arc::new(Healthy)),
            onlooker: None,
            stopping: tokio::sync::watch::channel(true).1,
        });
        let mut site = Self { studio, app: app.boxed(), carried: HashMap::new(), _folder: folder };
        site.carried = equip(&site).await.into_iter().collect();
        // A first use is noted; from here on, nobody's looking writes anything.
        for (_, who) in Who::ALL {
            site.send(site.request(who, Method::GET, "/api/v1/models").finish()).await;
        }
        site
    }

    /// Signs in; the session's token.
    pub async fn sign_in(&self, person: &Person) -> String {
        let sign_in = &self.studio.studio.sign_in;
        let link = sign_in.link_for(person.user.email.clone()).await.unwrap();
        let mut parts = link.rsplit('/');
        let (proof, id) = (parts.next().unwrap(), parts.next().unwrap().parse().unwrap());
        let answer = sign_in.answer(id, Proof::Link(proof), "any", "Firefox", None).await.unwrap();
        let Answer::Right(signed_in) = answer else { panic!("the link is right") };
        signed_in.token
    }

    /// A key that works.
    pub async fn key(&self, person: &Person, scopes: &[KeyScope]) -> String {
        let keys = &self.studio.studio.keys;
        keys.create(person.account.id, KeyTerms::new("test", scopes), Actor::cli())
            .await
            .unwrap()
            .text
    }

    pub fn carried(&self, who: Who) -> &Carried {
        &self.carried[&who]
    }

    /// A request as our own pages send it, with what `who` carries.
    pub fn request(&self, who: Who, method: Method, path: &str) -> poem::RequestBuilder {
        let request = Request::builder()
            .method(method)
            .uri_str(path)
            .header("host", "localhost")
            .header("sec-fetch-site", "same-origin");
        self.carried[&who].on(request)
    }

    pub async fn send(&self, request: Request) -> Reply {
        let response = self.app.get_response(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().into_vec().await.unwrap();
        Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The answer in a word, as the matrix has it: its status, or `in` for the way to the sign-in.
    pub fn class(&self) -> String {
        let place = self.header("location");
        if self.status == 303 && (place == "/sign-in" || place.starts_with("/sign-in?return_to")) {
            return "in".to_owned();
        }
        self.status.to_string()
    }
}
