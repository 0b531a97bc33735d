//! A call from its first byte to its answer: who asks, what goes wrong, whether it was asked
//! before, and only then what it asks.

use serde_json::{Value, json};

use super::{
    Shared, Trouble, VERSION,
    fields::texts,
    form::{pairs, tree},
    refused::Refused,
    replay::Found,
    state::State,
};
use crate::{Received, Reply};

impl Shared {
    pub(super) fn serve(&self, request: &Received) -> Reply {
        if request.path.starts_with("/v1/") {
            return self.state().call(request);
        }
        if request.path.starts_with("/control/") {
            return self.control(request);
        }
        self.page(request)
    }
}

impl State {
    fn call(&mut self, request: &Received) -> Reply {
        if self.down {
            return Reply::HangUp;
        }
        let request_id = self.new_id("req");
        let trouble = self.troubles.pop_front();
        if let Some(trouble) = trouble.filter(|trouble| !trouble.is_after()) {
            return trouble.reply().with("request-id", request_id);
        }
        // Who may not ask is told so before anything is kept.
        if let Err(refused) = self.admit(request) {
            return reply(Err(refused)).with("request-id", request_id);
        }
        let (key, of) = (request.header("idempotency-key").map(str::to_owned), same(request));
        if let Some(key) = &key {
            match self.replays.find(key, &of) {
                Found::New => {}
                // What was done before can be lost on its way again.
                Found::Replay(reply) => {
                    let answer = trouble.map_or(reply, Trouble::reply);
                    return answer.with("request-id", request_id);
                }
                Found::Other => {
                    let message = "Keys for idempotent requests can only be used with the same \
                                   parameters they were first used with. Try using a key other \
                                   than the one you used originally.";
                    return reply(Err(Refused::other(400, "idempotency_error", message)))
                        .with("request-id", request_id);
                }
            }
        }
        self.request = (Some(request_id.clone()), key.clone());
        let done = self.answer(request);
        self.request = (None, None);
        let is_begun = !matches!(&done, Err(refused) if refused.unbegun);
        let mut answer = reply(done);
        if let Some(trouble) = trouble {
            // A lost answer is kept as it was made; a broken one as it was told.
            if trouble == Trouble::HangUpAfter {
                self.keep_reply(key.as_deref(), &of, &request_id, &answer);
                return Reply::HangUp;
            }
            answer = trouble.reply();
        }
        if is_begun {
            self.keep_reply(key.as_deref(), &of, &request_id, &answer);
        }
        answer.with("request-id", request_id).with("stripe-version", VERSION)
    }

    fn keep_reply(&mut self, key: Option<&str>, of: &str, request_id: &str, reply: &Reply) {
        if let Some(key) = key {
            self.replays.keep(key, of, request_id, reply);
        }
    }

    fn admit(&self, request: &Received) -> Result<(), Refused> {
        let invalid = |message| Refused::other(401, "invalid_request_error", message);
        let Some(header) = request.header("authorization") else {
            let message = "You did not provide an API key. You need to provide your API key in \
                           the Authorization header, using Bearer auth.";
            return Err(invalid(message.to_owned()));
        };
        if !bears(header, &self.key) {
            let message = "Invalid API Key provided: sk_test_********".to_owned();
            return Err(invalid(message));
        }
        if self.forbidden.iter().any(|path| request.path.starts_with(path.as_str())) {
            let message = "The provided key 'rk_test_********' does not have the required \
                           permissions for this endpoint.";
            return Err(Refused::other(403, "invalid_request_error", message));
        }
        match request.header("stripe-version") {
            Some(version) if !is_version(version) => {
                Err(Refused::other(400, "invalid_request_error", "Invalid Stripe API version"))
            }
            _ => Ok(()),
        }
    }

    fn answer(&mut self, request: &Received) -> Result<Value, Refused> {
        self.lapse_sessions();
        let is_post = request.method == "POST";
        let text = if is_post { request.body.as_slice() } else { request.query.as_bytes() };
        if is_post && !text.is_empty() {
            let kind = request.header("content-type").unwrap_or_default();
            if !kind.starts_with("application/x-www-form-urlencoded") {
                let message = "Invalid request body: it must be form-encoded.";
                return Err(Refused::other(400, "invalid_request_error", message));
            }
        }
        let pairs = pairs(text);
        let form = tree(&pairs);
        let mut found = self.act(&request.method, &request.path, &pairs, &form)?;
        for path in texts(&form, "expand") {
            self.unfold(&mut found, &path)?;
        }
        Ok(found)
    }

    fn unfold(&self, found: &mut Value, path: &str) -> Result<(), Refused> {
        if path == "line_items" {
            let id = found["id"].as_str().unwrap_or_default().to_owned();
            found["line_items"] = self.list_items(&id)?;
            return Ok(());
        }
        let is_there = self.expand(found, path);
        // An empty list has nothing to expand, and says no more.
        if is_there || path.starts_with("data") {
            return Ok(());
        }
        let message = format!("This property cannot be expanded ({path}).");
        Err(Refused::parameter("parameter_invalid", "expand", message))
    }
}

fn reply(done: Result<Value, Refused>) -> Reply {
    match done {
        Ok(value) => Reply::json(200, &value),
        Err(refused) => Reply::json(refused.status, &json!({ "error": refused.error })),
    }
}

/// `Bearer KEY`, or `Basic` with the key as the user's name.
fn bears(header: &str, key: &str) -> bool {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let basic = header.strip_prefix("Basic ").and_then(|text| STANDARD.decode(text.trim()).ok());
    header.strip_prefix("Bearer ") == Some(key)
        || basic.is_some_and(|pair| pair == format!("{key}:").as_bytes())
}

/// A date, and since 2024 a release's name.
fn is_version(text: &str) -> bool {
    let (date, name) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<_> = date.split('-').collect();
    matches!(parts.as_slice(), [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2))
        && name.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// What makes a request the same as another one: all but the order of its parameters.
fn same(request: &Received) -> String {
    let mut parameters = pairs(&request.body);
    parameters.sort();
    format!("{} {} {parameters:?}", request.method, request.path)
}
