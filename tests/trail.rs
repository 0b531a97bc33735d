//! From an answer to the log and back: one id on the header, the problem, the page and every line.

use safelight_tests::{Client, Place, Server};
use serde_json::Value;

fn lines(log: &str) -> Vec<Value> {
    log.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// The request a line belongs to, its own or that of a span around it.
fn request(line: &Value) -> Option<&str> {
    let spans = line["spans"].as_array().into_iter().flatten();
    let own = std::iter::once(&line["fields"]);
    own.chain(spans).find_map(|fields| fields["request_id"].as_str())
}

#[test]
fn every_line_about_a_render_leads_back_to_the_request_it_began_in() {
    let place = Place::new("[painter]\nseconds = [0.05, 0.1]");
    let key = place.member("ada@example.com", 10);
    let server = Server::logging_json(&place);
    let client = Client::new(&server.url, &key);
    let body = serde_json::json!({ "prompt": "a very secret fox", "count": 2, "size": "square" });
    let asked = client.post("/api/v1/generations", &body, None).expect("it answers");
    let id = asked.header("x-request-id").expect("an id").to_owned();
    let data = client.wait_for(asked.data()["id"].as_str().expect("an id"));
    assert!(server.terminate());

    let log = place.log();
    let lines = lines(&log);
    for render in data["renders"].as_array().expect("renders") {
        let render = render["id"].as_str().expect("an id");
        let about: Vec<_> =
            lines.iter().filter(|line| line["fields"]["render"] == render).collect();
        let says: Vec<_> = about.iter().map(|line| &line["fields"]["message"]).collect();
        assert_eq!(says, ["submitted", "a render ended"], "{log}");
        assert!(about.iter().all(|line| request(line) == Some(&*id)), "{log}");
    }
    assert!(!log.contains("fox") && !log.contains("sl_live_") && !log.contains('@'), "{log}");
}

#[test]
fn a_problem_and_an_error_page_name_the_request() {
    let place = Place::new("");
    let server = Server::start(&place);
    let client = Client::new(&server.url, "sl_live_nobody");
    let refused = client.get("/api/v1/credits").expect("it answers");
    assert_eq!(refused.status, 401);
    let id = refused.header("x-request-id").expect("an id");
    assert_eq!(refused.body["request_id"], id);

    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let page = agent.post(format!("{}/studio", server.url)).header("Accept", "text/html");
    let mut page = page.header("Origin", "https://elsewhere.example").send_empty().expect("a page");
    assert_eq!(page.status(), 403);
    let id = page.headers()["x-request-id"].to_str().expect("text").to_owned();
    let text = page.body_mut().read_to_string().expect("a page");
    assert!(text.contains(&format!("<code>{id}</code>")), "{text}");
}
