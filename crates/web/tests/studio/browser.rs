//! A site in memory and a browser that is signed in to it.

use futures_util::{StreamExt, stream::BoxStream};
use poem::{
    Endpoint, EndpointExt, Request, Response,
    endpoint::BoxEndpoint,
    http::{HeaderMap, Method},
};
use safelight_domain::{AccountId, GenerationId};
use safelight_ports::Outbox;
use safelight_testkit::people::Person;
use safelight_tests::TestStudio;
use safelight_usecases::{Answer, Proof};
use safelight_web::{About, Limits, Web};
use serde_json::Value;
use tokio::{sync::watch, time::timeout};

/// Longer than anything here takes; a stream that tells nothing for so long is stuck.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// A site and the studio behind it.
pub struct Site {
    pub studio: TestStudio,
    /// Sent true, the server stops.
    pub stop: watch::Sender<bool>,
    app: BoxEndpoint<'static>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

/// A browser with a session.
pub struct Browser<'a> {
    site: &'a Site,
    session: String,
    account: AccountId,
}

/// A stream of events, read as it comes.
pub struct Stream {
    body: BoxStream<'static, Result<Vec<u8>, std::io::Error>>,
    read: String,
}

/// One event.
#[derive(Debug, Clone)]
pub struct Told {
    pub id: Option<u64>,
    pub name: String,
    pub data: Value,
}

impl Site {
    pub async fn open() -> Self {
        let studio = TestStudio::open().await;
        let (stop, stopping) = watch::channel(false);
        let about = About {
            brand: "Lamp & Co".to_owned(),
            version: "1.2.3".to_owned(),
            app_url: "http://localhost".to_owned(),
            practice: true,
            ..About::default()
        };
        let app = safelight_web::app(Web {
            studio: studio.studio.clone(),
            about,
            limits: Limits::default(),
            media_origin: None,
            local_files: None,
            outbox: None,
            pushes: None,
            play: None,
            dev: None,
            doctor: None,
            onlooker: None,
            stopping,
        });
        Self { studio, stop, app: app.boxed() }
    }

    /// What a browser without a session sees.
    pub async fn stranger(&self, path: &str) -> Reply {
        let request = Request::builder().uri_str(path).finish();
        Reply::of(self.app.get_response(request).await).await
    }

    /// `person`'s browser.
    pub async fn sign_in(&self, person: &Person) -> Browser<'_> {
        let sign_in = &self.studio.studio.sign_in;
        let begun = sign_in.send_code(person.user.email.clone(), None).await.unwrap();
        let mails = self.studio.setup.outbox.kept().await;
        let text = &mails[0].mail.text;
        let code = text.lines().next().unwrap().trim_start_matches("Your code is ").to_owned();
        let proof = Proof::Code(&code);
        let answer =
            sign_in.answer(begun.id, proof, &begun.browser, "Firefox", None).await.unwrap();
        let Answer::Right(signed_in) = answer else { panic!("the code works") };
        Browser { site: self, session: signed_in.token.clone(), account: person.account.id }
    }
}

impl Browser<'_> {
    pub fn account(&self) -> AccountId {
        self.account
    }

    async fn send(&self, request: Request) -> Response {
        self.site.app.get_response(request).await
    }

    fn request(&self, method: Method, path: &str) -> poem::RequestBuilder {
        Request::builder()
            .method(method)
            .uri_str(path)
            .header("cookie", format!("session={}", self.session))
            .header("sec-fetch-site", "same-origin")
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.send(self.request(Method::GET, path).finish()).await).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .request(Method::POST, path)
            .content_type("application/x-www-form-urlencoded")
            .body(body);
        Reply::of(self.send(request).await).await
    }

    /// Asks for pictures; the generation it leads to.
    pub async fn ask(&self, fields: &[(&str, &str)]) -> GenerationId {
        self.post("/studio", fields).await.leads_to()
    }

    /// Opens the live view; the status when there is nothing to watch.
    pub async fn watch(&self, query: &str, last: Option<u64>) -> Result<Stream, u16> {
        let mut request = self.request(Method::GET, &format!("/events{query}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = self.send(request.finish()).await;
        if response.status() != 200 {
            return Err(response.status().as_u16());
        }
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let bytes = response.into_body().into_bytes_stream();
        let body = bytes.map(|chunk| chunk.map(|chunk| chunk.to_vec())).boxed();
        Ok(Stream { body, read: String::new() })
    }
}

impl Stream {
    /// The next event; none at the end of the stream.
    pub async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let told = Told::parse(block);
                self.read = String::from(rest);
                match told {
                    Some(told) => return Some(told),
                    None => continue,
                }
            }
            let chunk = timeout(PATIENCE, self.body.next()).await.expect("it tells or ends")?;
            self.read.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// All that is still told.
    pub async fn rest(mut self) -> Vec<Told> {
        let mut all = Vec::new();
        while let Some(told) = self.next().await {
            all.push(told);
        }
        all
    }
}

impl Told {
    fn parse(block: &str) -> Option<Self> {
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
        Some(Self {
            id: field("id: ").map(|id| id.parse().unwrap()),
            name: field("event: ")?.to_owned(),
            data: serde_json::from_str(field("data: ")?).unwrap(),
        })
    }
}

impl Reply {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().into_vec().await.unwrap();
        Self { status, headers, text: String::from_utf8(bytes).unwrap() }
    }

    /// Where a form that was taken leads.
    pub fn leads_to(&self) -> GenerationId {
        assert_eq!(self.status, 303, "{}", self.text);
        let place = self.headers["location"].to_str().unwrap();
        place.strip_prefix("/studio/generations/").unwrap().parse().unwrap()
    }

    /// The value of a field of the form on the page.
    pub fn field(&self, name: &str) -> &str {
        let from = self.text.find(&format!("name=\"{name}\" value=\"")).expect(name);
        self.text[from..].split('"').nth(3).unwrap()
    }

    /// The newest event the page knows of.
    pub fn since(&self) -> u64 {
        let (_, rest) = self.text.split_once("data-since=\"").expect("a live page");
        rest.split('"').next().unwrap().parse().unwrap()
    }

    /// Whether all of these are on the page.
    #[track_caller]
    pub fn shows(&self, all: &[&str]) {
        for text in all {
            assert!(self.text.contains(text), "{text:?} is missing in\n{}", self.text);
        }
    }

    /// Whether none of these are on the page.
    #[track_caller]
    pub fn hides(&self, all: &[&str]) {
        for text in all {
            assert!(!self.text.contains(text), "{text:?} should not be in\n{}", self.text);
        }
    }
}
