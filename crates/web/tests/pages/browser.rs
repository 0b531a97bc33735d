//! A signed-in browser without scripts on a whole site in memory, and pictures to look at.

use std::sync::Arc;

use poem::{
    Endpoint, EndpointExt, Request,
    endpoint::BoxEndpoint,
    http::{HeaderMap, Method},
};
use safelight_domain::{Actor, FolderId, Image, ImageId, ModelSlug, Prompt, Seed};
use safelight_testkit::{people::Person, picture};
use safelight_tests::TestStudio;
use safelight_usecases::{Answer, Import, Proof, Source};
use safelight_web::{About, Limits, Web};

use crate::doctor::Doctor;

/// A site and the studio behind it.
pub struct Site {
    pub studio: TestStudio,
    app: BoxEndpoint<'static>,
    /// Looks it over, unless somebody holds it.
    pub doctor: Arc<Doctor>,
}

/// Somebody's browser, by its cookie.
pub struct Browser<'a> {
    site: &'a Site,
    token: String,
}

/// An answer, read whole; what a page escapes in attributes is plain again.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

fn app(studio: &TestStudio, doctor: &Arc<Doctor>) -> BoxEndpoint<'static> {
    let web = Web {
        studio: studio.studio.clone(),
        about: About { app_url: "http://localhost".to_owned(), ..About::default() },
        limits: Limits::default(),
        media_origin: None,
        local_files: None,
        outbox: None,
        pushes: None,
        play: None,
        dev: None,
        doctor: Some(doctor.clone()),
        onlooker: None,
        stopping: tokio::sync::watch::channel(false).1,
    };
    safelight_web::app(web).boxed()
}

impl Site {
    pub async fn open() -> Self {
        let studio = TestStudio::open().await;
        let doctor = Arc::<Doctor>::default();
        let app = app(&studio, &doctor);
        Self { studio, app, doctor }
    }

    /// What the process kept in memory is gone.
    pub fn restart(&mut self) {
        self.app = app(&self.studio, &self.doctor);
    }

    /// Signs `person` in, in a browser that calls itself `agent`.
    pub async fn sign_in(&self, person: &Person, agent: &str) -> Browser<'_> {
        let sign_in = &self.studio.studio.sign_in;
        let link = sign_in.link_for(person.user.email.clone()).await.unwrap();
        let mut parts = link.rsplit('/');
        let (proof, id) = (parts.next().unwrap(), parts.next().unwrap().parse().unwrap());
        let answer = sign_in.answer(id, Proof::Link(proof), "any", agent, None).await.unwrap();
        let Answer::Right(signed_in) = answer else { panic!("the link is right") };
        Browser { site: self, token: signed_in.token }
    }

    /// Somebody without a cookie.
    pub fn stranger(&self) -> Browser<'_> {
        Browser { site: self, token: String::new() }
    }

    /// Takes a picture in for `person`.
    pub async fn picture(&self, person: &Person, prompt: &str, folder: Option<FolderId>) -> Image {
        self.picture_by(person, prompt, "flux-schnell", folder).await
    }

    pub async fn picture_by(
        &self,
        person: &Person,
        prompt: &str,
        model: &str,
        folder_id: Option<FolderId>,
    ) -> Image {
        let import = Import {
            bytes: picture(Seed(7)),
            prompt: Prompt::parse(prompt).unwrap(),
            model: ModelSlug(model.to_owned()),
            seed: Seed(7),
            source: Source::TrainedAlgorithmicMedia,
            folder_id,
        };
        let images = &self.studio.studio.images;
        images.import(person.account.id, import, Actor::system()).await.unwrap()
    }
}

impl Browser<'_> {
    /// The same browser with the cookies an answer set.
    pub fn after(&self, reply: &Reply) -> Self {
        let set = reply.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
        let mut token = self.token.clone();
        for cookie in set {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match name {
                "session" => value.clone_into(&mut token),
                _ if value.is_empty() => {}
                _ => token = format!("{token}; {name}={value}"),
            }
        }
        Self { site: self.site, token }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path).finish()).await
    }

    /// Sends a form from a page of ours.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(self.form(path).finish_with(fields)).await
    }

    /// The same, its answer not read yet.
    pub async fn post_unread(&self, path: &str) -> poem::Response {
        self.site.app.get_response(self.form(path).finish_with(&[])).await
    }

    /// The same, by a module that stays on the page.
    pub async fn post_by_script(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let form = self.form(path).header("accept", "application/json");
        self.send(form.finish_with(fields)).await
    }

    /// A notice of the payment provider, as it pushes one.
    pub async fn push(&self, signature: Option<&str>, body: Vec<u8>) -> Reply {
        let mut request = Request::builder().method(Method::POST).uri_str("/webhooks/stripe");
        if let Some(signature) = signature {
            request = request.header("stripe-signature", signature);
        }
        self.send(request.body(body)).await
    }

    fn form(&self, path: &str) -> poem::RequestBuilder {
        self.request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .content_type("application/x-www-form-urlencoded")
    }

    fn request(&self, method: Method, path: &str) -> poem::RequestBuilder {
        let path = path.split('#').next().unwrap();
        let cookie = format!("session={}", self.token);
        Request::builder().method(method).uri_str(path).header("cookie", cookie)
    }

    async fn send(&self, request: Request) -> Reply {
        let response = self.site.app.get_response(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().into_vec().await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let text = text.replace("&#x2f;", "/").replace("&amp;", "&").replace("&#x27;", "'");
        Reply { status, headers, text, bytes }
    }
}

/// A builder that takes a form's fields as its body.
trait FinishWith {
    fn finish_with(self, fields: &[(&str, &str)]) -> Request;
}

impl FinishWith for poem::RequestBuilder {
    fn finish_with(self, fields: &[(&str, &str)]) -> Request {
        let mut body = form_urlencoded::Serializer::new(String::new());
        self.body(body.extend_pairs(fields).finish())
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads, when it does.
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header("location")
    }

    /// The pictures on the page, in reading order.
    pub fn tiles(&self) -> Vec<ImageId> {
        self.all("\" id=\"i-", "\"").iter().map(|id| id.parse().unwrap()).collect()
    }

    /// Every text between `before` and the next `after`.
    pub fn all(&self, before: &str, after: &str) -> Vec<String> {
        let rest = self.text.split(before).skip(1);
        rest.map(|rest| rest.split(after).next().unwrap().to_owned()).collect()
    }

    /// Where the link of this relation leads.
    pub fn link(&self, rel: &str) -> Option<String> {
        let links = self.all("<a ", ">");
        let mut links = links.iter().filter(|link| link.contains(&format!("rel=\"{rel}\"")));
        links
            .next()
            .map(|link| link.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned())
    }
}
