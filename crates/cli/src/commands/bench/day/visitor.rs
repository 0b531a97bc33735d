//! Everybody who comes by: members with their cookies, keys and pictures.

use std::{
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};

use super::{class::Class, server::Server};

/// How long the members' first pictures may take.
const PATIENCE: Duration = Duration::from_mins(2);

struct Member {
    cookie: String,
    key: String,
    picture: String,
    thumbnail: String,
}

pub struct Visitor {
    url: String,
    members: Vec<Member>,
    /// Styles and modules, as the first page names them.
    statics: Vec<String>,
    /// Links that sign in, each once.
    links: Mutex<Vec<String>>,
}

impl Visitor {
    /// Members with four pictures each, and links for those who will sign in.
    pub fn settle(server: &Server, members: usize, links: usize) -> anyhow::Result<Self> {
        let url = server.url.clone();
        let agent = Self::agent();
        let mut settled = Vec::new();
        for n in 0..members {
            let email = format!("member-{n}@example.com");
            server.print(&["users", "create", &email])?;
            server.print(&["credits", "grant", &email, "100000", "--reason", "a bench"])?;
            let key = server.print(&["keys", "create", &email])?;
            let cookie = sign_in(&agent, &url, &link(server, &email)?)?;
            settled.push(Member { cookie, key, picture: String::new(), thumbnail: String::new() });
        }
        // Each their own: a new link ends the one before of the same address.
        let link = |n: usize| {
            let email = format!("visitor-{n}@example.com");
            server.print(&["users", "create", &email])?;
            link(server, &email)
        };
        let links = (0..links).map(link).collect::<Result<Vec<_>, _>>()?;
        let front = agent.get(format!("{url}/")).call()?.body_mut().read_to_string()?;
        let statics: Vec<_> = statics(&front).collect();
        ensure!(!statics.is_empty(), "the first page names no styles");
        let mut visitor = Self { url, members: settled, statics, links: Mutex::new(links) };
        visitor.hang_pictures(&agent)?;
        Ok(visitor)
    }

    /// Every member makes four pictures and waits for them.
    fn hang_pictures(&mut self, agent: &Agent) -> anyhow::Result<()> {
        for n in 0..self.members.len() {
            ensure!(self.generate(agent, n, 4), "pictures cannot be asked for");
        }
        let from = Instant::now();
        for n in 0..self.members.len() {
            let items = loop {
                let page = self.api(agent, n, "/api/v1/images")?;
                let items = page["data"]["items"].as_array().cloned().unwrap_or_default();
                if items.len() >= 4 {
                    break items;
                }
                ensure!(from.elapsed() < PATIENCE, "the first pictures never came");
                thread::sleep(Duration::from_millis(100));
            };
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let member = &mut self.members[n];
            member.picture = text(&items[0]["id"]).context("a picture has an id")?;
            member.thumbnail = text(&items[0]["urls"]["w320"]).context("a picture has links")?;
        }
        Ok(())
    }

    /// One connection that is kept.
    pub fn agent() -> Agent {
        Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into()
    }

    /// Makes the `n`-th request; answers whether it went well.
    pub fn visit(&self, agent: &Agent, class: Class, n: usize) -> bool {
        let member = &self.members[n % self.members.len()];
        match class {
            Class::Landing => self.page(agent, ["/", "/pricing"][n % 2], None),
            Class::Static => self.page(agent, &self.statics[n % self.statics.len()], None),
            Class::Studio => self.page(agent, "/studio", Some(member)),
            Class::Gallery => {
                let path = ["/gallery", "/gallery?q=lighthouse"][n % 2];
                self.page(agent, path, Some(member))
            }
            Class::Picture => {
                self.page(agent, &format!("/images/{}", member.picture), Some(member))
            }
            Class::Thumbnail => well(agent.get(&member.thumbnail).call()),
            Class::Api => {
                let path = ["/api/v1/credits", "/api/v1/images", "/api/v1/generations"][n % 3];
                self.api(agent, n % self.members.len(), path).is_ok()
            }
            Class::Generate => self.generate(agent, n % self.members.len(), 1),
            Class::SignIn => {
                let link = self.links.lock().ok().and_then(|mut links| links.pop());
                link.is_some_and(|link| sign_in(agent, &self.url, &link).is_ok())
            }
        }
    }

    fn page(&self, agent: &Agent, path: &str, member: Option<&Member>) -> bool {
        let mut call = agent.get(format!("{}{path}", self.url)).header("Accept", "text/html");
        if let Some(member) = member {
            call = call.header("Cookie", &member.cookie);
        }
        well(call.call())
    }

    fn api(&self, agent: &Agent, member: usize, path: &str) -> anyhow::Result<Value> {
        let call = agent.get(format!("{}{path}", self.url));
        let mut answer = call.header("Authorization", self.bearer(member)).call()?;
        ensure!(answer.status().is_success(), "{path} answered {}", answer.status());
        Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
    }

    fn generate(&self, agent: &Agent, member: usize, count: u8) -> bool {
        let body = json!({ "prompt": "a lighthouse in a storm", "count": count, "size": "square" });
        let call = agent.post(format!("{}/api/v1/generations", self.url));
        let call = call.header("Authorization", self.bearer(member));
        well(call.header("Content-Type", "application/json").send(body.to_string()))
    }

    fn bearer(&self, member: usize) -> String {
        format!("Bearer {}", self.members[member].key)
    }
}

/// The paths of everything static that a page names.
fn statics(page: &str) -> impl Iterator<Item = String> {
    // One attribute may name several, each with its width behind it.
    let named = page.split(['"', '\'', ' ', ',']).filter(|word| word.starts_with("/static/"));
    named.map(|path| path.split('#').next().unwrap_or(path).to_owned())
}

/// A whole answer that is no failure.
fn well(answer: Result<Response<Body>, ureq::Error>) -> bool {
    answer.is_ok_and(|mut answer| {
        answer.status().as_u16() < 400 && answer.body_mut().read_to_vec().is_ok()
    })
}

fn link(server: &Server, email: &str) -> anyhow::Result<String> {
    let link = server.print(&["login-link", email])?;
    let at = link.find("/sign-in").context("a link leads to the sign-in")?;
    Ok(link[at..].to_owned())
}

/// Follows a link; answers the session's cookie.
fn sign_in(agent: &Agent, url: &str, link: &str) -> anyhow::Result<String> {
    let call = agent.post(format!("{url}{link}")).header("Sec-Fetch-Site", "same-origin");
    let answer = call.send_empty()?;
    let cookies = answer.headers().get_all("set-cookie").iter();
    let mut session = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let session = session.rfind(|cookie| cookie.starts_with("session="));
    session.map(str::to_owned).with_context(|| format!("no session: {}", answer.status()))
}
