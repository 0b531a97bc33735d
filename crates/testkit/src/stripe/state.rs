//! Everything there is, by id and in order of birth.

use std::collections::{BTreeSet, HashMap, VecDeque};

use serde_json::{Value, json};

use super::{VERSION, post::Office, replay::Replays, trouble::Trouble};

/// The fake's whole world.
#[expect(clippy::struct_excessive_bools, reason = "switches of a test, independent of each other")]
pub(super) struct State {
    pub key: String,
    pub live: bool,
    pub url: String,
    /// In seconds; set whenever the state is taken.
    pub now: i64,
    pub stopped: bool,
    objects: Vec<Value>,
    places: HashMap<String, usize>,
    born: u64,
    pub replays: Replays,
    pub troubles: VecDeque<Trouble>,
    pub down: bool,
    /// Paths the key may not use, as a restricted one.
    pub forbidden: BTreeSet<String>,
    pub office: Office,
    /// Whether the customer portal was set up in the dashboard.
    pub portal: bool,
    /// The request under way: told in the events it causes.
    pub request: (Option<String>, Option<String>),
}

impl State {
    pub fn new(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            live: key.contains("_live_"),
            url: String::new(),
            now: 0,
            stopped: false,
            objects: Vec::new(),
            places: HashMap::new(),
            born: 0,
            replays: Replays::default(),
            troubles: VecDeque::new(),
            down: false,
            forbidden: BTreeSet::new(),
            office: Office::default(),
            portal: true,
            request: (None, None),
        }
    }

    /// The next id of that kind: the same in every run.
    pub fn new_id(&mut self, prefix: &str) -> String {
        self.born += 1;
        format!("{prefix}_Fake{:012}", self.born)
    }

    /// Keeps an object, which has its `id` and `object`, and adds what all objects have.
    pub fn keep(&mut self, mut object: Value) -> Value {
        object["livemode"] = self.live.into();
        if object.get("created").is_none() {
            object["created"] = self.now.into();
        }
        let id = text(&object, "id").to_owned();
        self.places.insert(id, self.objects.len());
        self.objects.push(object.clone());
        object
    }

    pub fn find(&self, id: &str) -> Option<&Value> {
        self.places.get(id).map(|place| &self.objects[*place])
    }

    pub fn find_mut(&mut self, id: &str) -> Option<&mut Value> {
        self.places.get(id).map(|place| &mut self.objects[*place])
    }

    /// The object of that id if it is of that kind, and was not deleted.
    pub fn find_of(&self, kind: &str, id: &str) -> Option<&Value> {
        let found = self.find(id).filter(|object| text(object, "object") == kind);
        found.filter(|object| object["deleted"] != true)
    }

    /// Those of a kind that were not deleted, oldest first.
    pub fn of_kind(&self, kind: &str) -> impl DoubleEndedIterator<Item = &Value> {
        let kind = kind.to_owned();
        let own = move |o: &&Value| text(o, "object") == kind && o["deleted"] != true;
        self.objects.iter().filter(own)
    }

    /// Sets members of an object and answers it.
    pub fn set(&mut self, id: &str, members: &Value) -> Value {
        let object = self.find_mut(id).expect("an object that was found before");
        for (name, value) in members.as_object().into_iter().flatten() {
            object[name] = value.clone();
        }
        object.clone()
    }

    /// Something happened to an object: an event, and pushes to whoever listens.
    pub fn emit(&mut self, kind: &str, object: &Value) -> String {
        let id = self.new_id("evt");
        let (request, key) = self.request.clone();
        let event = json!({
            "id": id, "object": "event", "api_version": VERSION, "type": kind,
            "data": { "object": object },
            "request": { "id": request, "idempotency_key": key },
        });
        let listeners: Vec<_> = self
            .of_kind("webhook_endpoint")
            .filter(|endpoint| endpoint["status"] == "enabled")
            .filter(|endpoint| super::endpoint::hears(endpoint, kind))
            .cloned()
            .collect();
        let mut event = self.keep(event);
        event["pending_webhooks"] = listeners.len().into();
        self.set(&id, &json!({ "pending_webhooks": listeners.len() }));
        for endpoint in listeners {
            self.office.post(&event, &endpoint);
        }
        id
    }

    /// Replaces the id at the end of `path` (as in `expand[]`) by the object it names. Answers
    /// whether there was anything to expand.
    pub fn expand(&self, object: &mut Value, path: &str) -> bool {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        if let Value::Array(items) = object {
            let count = items.len();
            return items
                .iter_mut()
                .filter_map(|item| self.expand(item, path).then_some(()))
                .count()
                == count;
        }
        let Some(member) = object.get_mut(name) else { return false };
        if let Some(found) = member.as_str().and_then(|id| self.find(id)) {
            *member = found.clone();
        }
        rest.is_empty() || member.is_null() || self.expand(member, rest)
    }
}

/// A member as text; empty when it is none.
pub(super) fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_default()
}

/// A member as a whole number; 0 when it is none.
pub(super) fn whole(object: &Value, member: &str) -> u64 {
    object[member].as_u64().unwrap_or(0)
}
