//! The real binary's log, after everything there is was done with words nobody else uses: none of
//! them is in it, at the most talkative our own crates can be.

use safelight_tests::{Client, Place, Server, secrets};
use serde_json::json;
use ureq::{Agent, Body, http::Response};

const CONFIG: &str = "signup_bonus = 10\n[limits]\nrequests_per_minute = 1000000\n\
                      [painter]\nseconds = [0.01, 0.02]\n[actions]\nexport = 1\n";

/// Words that are somebody's own.
const MAIL: &str = "quillon";
const PROMPT: &str = "zephyrwort";
const FOLDER: &str = "marrowfen";
const QUERY: &str = "tansydell";

struct Browser {
    agent: Agent,
    url: String,
    cookie: String,
}

impl Browser {
    fn new(url: &str) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self { agent: agent.into(), url: url.to_owned(), cookie: String::new() }
    }

    fn get(&self, path: &str) -> (u16, String) {
        let call = self.agent.get(format!("{}{path}", self.url)).header("Cookie", &self.cookie);
        let call = call.header("Accept", "text/html").header("User-Agent", QUERY);
        text(call.call().expect("it answers"))
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response<Body> {
        let call = self.agent.post(format!("{}{path}", self.url)).header("Cookie", &self.cookie);
        let call = call.header("Sec-Fetch-Site", "same-origin").header("User-Agent", QUERY);
        call.send_form(fields.iter().copied()).expect("it answers")
    }
}

fn text(mut response: Response<Body>) -> (u16, String) {
    let status = response.status().as_u16();
    (status, response.body_mut().read_to_string().unwrap_or_default().replace("&#x2f;", "/"))
}

/// The value of the cookie of that name.
fn cookie(response: &Response<Body>, name: &str) -> String {
    let all = response.headers().get_all("set-cookie").iter();
    let pairs = all.filter_map(|line| line.to_str().ok()?.split(';').next()?.split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next().expect(name)
}

fn between<'a>(text: &'a str, before: &str, after: char) -> &'a str {
    text.split(before).nth(1).and_then(|rest| rest.split(after).next()).expect(before)
}

#[test]
fn no_line_of_the_servers_log_tells_a_secret() {
    let place = Place::new(CONFIG).with(&[("RUST_LOG", "info,safelight=trace")]);
    let address = format!("{MAIL}@example.com");
    let key = place.member(&address, 50);
    let server = Server::start(&place);
    let mut known = vec![MAIL.to_owned(), PROMPT.into(), FOLDER.into(), QUERY.into(), key.clone()];

    // By mail: the code, the link, both cookies.
    let mut browser = Browser::new(&server.url);
    let begun =
        browser.post("/sign-in", &[("email", &address), ("return_to", &format!("/{QUERY}"))]);
    let pending = cookie(&begun, "browser");
    browser.cookie = format!("browser={pending}");
    // The form for the code is a page of its own.
    let leads_to = begun.headers()["location"].to_str().expect("text");
    let challenge = between(leads_to, "challenge=", '&').to_owned();
    let dev_link = place.dev_link().expect("it prints one");
    let (_, drawer) =
        browser.get(dev_link.strip_prefix(&server.url).expect("an address of its own"));
    known.push(between(&dev_link, "dev=", '&').to_owned());
    let code = between(&drawer, "Your code is ", '\n').split('<').next().unwrap().trim().to_owned();
    let link = between(&drawer, "/sign-in/link/", '"').split('<').next().unwrap().trim().to_owned();
    browser.get(&format!("/sign-in/link/{link}"));
    browser.get(&format!("/sign-in/link/{link}/"));
    let wrong = browser.post("/sign-in/code", &[("challenge", &challenge), ("code", QUERY)]);
    assert_eq!(wrong.status(), 422);
    let right = browser.post(&format!("/sign-in/link/{link}"), &[]);
    assert_eq!(right.status(), 303, "{link}");
    let session = cookie(&right, "session");
    browser.cookie = format!("session={session}");
    known.extend([pending, session, code, link.rsplit('/').next().unwrap().to_owned()]);

    // By key and by hand: every kind of ending, and what is refused.
    let client = Client::new(&server.url, &key);
    for kind in ["", " [fail]", " [refuse]", " [filter]", " [lost]"] {
        let made = client.generate(&format!("{PROMPT}{kind}"), 1);
        if kind != " [lost]" {
            client.wait_for(made["id"].as_str().expect("an id"));
        }
    }
    client.post("/api/v1/folders", &json!({ "name": FOLDER }), Some(QUERY)).expect("it answers");
    client.post("/api/v1/folders", &json!({ "name": FOLDER, QUERY: 1 }), None).expect("it answers");
    browser.post("/folders", &[("name", FOLDER)]);
    browser.post("/studio", &[("prompt", PROMPT), ("negative_prompt", QUERY)]);
    let (_, made) = text(browser.post("/account/keys", &[("name", FOLDER), ("scope", "library")]));
    known.push(between(&made, "id=\"made-key\" tabindex=\"0\">", '<').to_owned());
    Client::new(&server.url, QUERY).get("/api/v1/credits").expect("it answers");

    // Everything else, with a word in the query; and keys where none belong.
    let image = client.get("/api/v1/images").expect("it answers").data()["items"][0].clone();
    for (method, route) in safelight_web::routes() {
        if method == "HEAD" || route == "/sign-out" || route == "/events" {
            continue;
        }
        let path = route.replace("{id}", image["id"].as_str().expect("an id"));
        let path = format!("{path}?q={QUERY}&email={address}&key={key}");
        if method == "GET" {
            browser.get(&path);
            client.get(&path).expect("it answers");
        } else {
            browser.post(&path, &[("name", PROMPT), ("email", &address)]);
            client
                .post(&path, &json!({ "prompt": PROMPT, "name": FOLDER }), None)
                .expect("it answers");
        }
    }
    for path in
        [format!("/{key}"), format!("/api/v1/images/{key}"), format!("/images/{}", known[5])]
    {
        browser.get(&path);
    }
    assert_eq!(browser.post("/sign-out", &[]).status(), 303);
    assert!(server.terminate());

    let log = place.log();
    assert!(log.lines().count() > 150, "too little was logged to prove anything");
    for word in &known {
        let told = log.lines().find(|line| line.contains(word.as_str()));
        assert_eq!(told, None, "{word} was logged");
    }
}

#[test]
fn the_scan_sees_what_it_should() {
    let token = "5a".repeat(32);
    let log = format!(
        "path=/images/0198c2f0-5b0e-7a52-9d6b-3f0c2a7d4e11/like to=a***@example.com ms=1.2\n\
         a@example.com \"b@example.com\" path=/sign-in/link/x/{token} key=sl_live_x"
    );
    assert_eq!(secrets(&log).len(), 4, "{:?}", secrets(&log));
}
