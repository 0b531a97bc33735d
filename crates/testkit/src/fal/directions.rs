//! How a prompt directs what happens to its request.

use serde_json::Value;

/// Words in square brackets, such as `[late 3]`.
///
/// On submit: `[lost]` accepts and hangs up; `[silent]` accepts and never answers; `[answer NAME]`
/// refuses with [`answer`](super::answer) NAME; `[nameless]` answers without a request id;
/// `[brief]` answers with nothing else; `[garbled]` answers with half a JSON; `[moved]` redirects;
/// `[strange-urls]` names URLs on another host.
/// In the queue: `[late N]` takes N milliseconds; `[stuck]` never begins; `[never]` never ends;
/// `[obeys]` can be cancelled while it is worked on; `[dark]` cannot be looked at until it was
/// pushed.
/// As a result: `[error NAME]` fails with `answer` NAME; `[nsfw N]` blackens and flags picture N;
/// `[black]` blackens them all and flags none;
/// `[empty]` has no picture; `[at URL]` says the pictures lie there.
/// Media: `[media missing|short|huge|endless|svg|html|moved|teapot]`.
/// Pushes: `[push early|twice|stale|foreign|null|forged]`.
/// `[for SEED]`: all of this only for the request with that seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directions(Vec<(String, String)>);

impl Directions {
    /// Reads them from a prompt.
    pub fn of(prompt: &str) -> Self {
        let inside = prompt.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
        let pair = |text: &str| {
            let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
            (word.to_owned(), rest.to_owned())
        };
        Self(inside.map(|(text, _)| pair(text)).collect())
    }

    /// Those of a request: none when they are meant for another seed.
    pub(super) fn of_body(body: &Value) -> Self {
        let all = Self::of(body["prompt"].as_str().unwrap_or_default());
        let own = body["seed"].as_u64();
        let meant =
            all.get("for").is_none_or(|seed| own.is_some_and(|own| seed.parse() == Ok(own)));
        if meant { all } else { Self(Vec::new()) }
    }

    /// What follows a word, empty when nothing does; none when the word is not there.
    pub fn get(&self, word: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == word).map(|(_, rest)| rest.as_str())
    }

    /// Whether a word is there.
    pub fn say(&self, word: &str) -> bool {
        self.get(word).is_some()
    }

    /// Whether a word is there, followed by `rest`.
    pub fn say_of(&self, word: &str, rest: &str) -> bool {
        self.0.iter().any(|(own, what)| own == word && what == rest)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Directions;

    #[test]
    fn they_may_be_meant_for_one_seed() {
        let of = |seed| Directions::of_body(&json!({"prompt": "[nsfw][for 8]", "seed": seed}));
        assert!(of(8_u64).say("nsfw"));
        assert!(!of(u64::MAX).say("nsfw"));
    }

    #[test]
    fn directions() {
        let directions = Directions::of("a fox [lost] in [late 30][push twice] snow [");
        assert!(directions.say("lost"));
        assert_eq!(directions.get("late"), Some("30"));
        assert!(directions.say_of("push", "twice"));
        assert!(!directions.say("twice"));
        assert_eq!(Directions::of("a fox").get("lost"), None);
    }
}
