//! An API client as a user would write one.

use std::{thread, time::Duration};

use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};

/// Calls one server with one key.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    url: String,
    key: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as JSON; null when it is none.
    pub body: Value,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The `data` of a success.
    pub fn data(&self) -> &Value {
        assert_eq!(self.body["ok"], true, "{:#}", self.body);
        &self.body["data"]
    }
}

impl Client {
    /// A client of the server at `url`.
    pub fn new(url: &str, key: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into();
        Self { agent, url: url.to_owned(), key: key.to_owned() }
    }

    /// `GET path`.
    pub fn get(&self, path: &str) -> Result<Answer, ureq::Error> {
        let call = self.agent.get(format!("{}{path}", self.url));
        call.header("Authorization", format!("Bearer {}", self.key)).call().map(answer)
    }

    /// `POST path` with a JSON body and, perhaps, an idempotency key.
    pub fn post(&self, path: &str, body: &Value, key: Option<&str>) -> Result<Answer, ureq::Error> {
        let mut call = self.agent.post(format!("{}{path}", self.url));
        call = call.header("Authorization", format!("Bearer {}", self.key));
        if let Some(key) = key {
            call = call.header("Idempotency-Key", key);
        }
        call.header("Content-Type", "application/json").send(body.to_string()).map(answer)
    }

    /// Asks for pictures; the answer must be 202.
    pub fn generate(&self, prompt: &str, count: u8) -> Value {
        let body = json!({ "prompt": prompt, "count": count, "size": "square" });
        let answer = self.post("/api/v1/generations", &body, None).expect("it answers");
        assert_eq!(answer.status, 202, "{:#}", answer.body);
        answer.data().clone()
    }

    /// Waits until a generation has nothing unfinished.
    pub fn wait_for(&self, generation: &str) -> Value {
        for _ in 0..1_200 {
            let answer =
                self.get(&format!("/api/v1/generations/{generation}")).expect("it answers");
            let data = answer.data();
            let renders = data["renders"].as_array().expect("renders");
            if renders.iter().all(|render| is_final(render["state"].as_str().unwrap_or(""))) {
                return data.clone();
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("{generation} never ended");
    }

    /// Fetches a link without a key, as a browser would.
    pub fn fetch(&self, url: &str) -> (u16, Vec<u8>) {
        let mut answer = self.agent.get(url).call().expect("it answers");
        let status = answer.status().as_u16();
        (status, answer.body_mut().read_to_vec().expect("a body"))
    }

    /// Spendable credits.
    pub fn credits(&self) -> u64 {
        let answer = self.get("/api/v1/credits").expect("it answers");
        answer.data()["balance"].as_u64().expect("a balance")
    }
}

/// Whether nothing more will happen to a render in this state.
pub fn is_final(state: &str) -> bool {
    ["stored", "failed", "filtered", "cancelled"].contains(&state)
}

fn answer(mut response: Response<Body>) -> Answer {
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
        .collect();
    let text = response.body_mut().read_to_string().unwrap_or_default();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status: response.status().as_u16(), headers, body }
}
