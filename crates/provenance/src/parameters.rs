//! `parameters`: the text other studios write and read too (the Stable Diffusion web UI's
//! `infotext`): the prompt, the negative prompt behind a word of its own, and last one line of names and values.

/// What a picture was made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters {
    /// What to picture.
    pub prompt: String,
    /// What to avoid.
    pub negative: Option<String>,
    /// Names and values, in order. Neither may hold a comma, a colon, a quote or a line break.
    pub values: Vec<(String, String)>,
}

const NEGATIVE: &str = "Negative prompt: ";

impl Parameters {
    /// As one text.
    pub fn write(&self) -> String {
        let mut text = self.prompt.clone();
        if let Some(negative) = &self.negative {
            text.push('\n');
            text.push_str(NEGATIVE);
            text.push_str(negative);
        }
        let values: Vec<_> =
            self.values.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        format!("{text}\n{}", values.join(", "))
    }

    /// From one text, ours or of the same kind.
    pub fn read(text: &str) -> Option<Self> {
        let (words, last) = text.trim_end().rsplit_once('\n')?;
        let pair = |pair: &str| {
            let (name, value) = pair.split_once(": ")?;
            Some((name.trim().to_owned(), value.trim().to_owned()))
        };
        let values = last.split(", ").map(pair).collect::<Option<Vec<_>>>()?;
        let (prompt, negative) = match words.split_once(&format!("\n{NEGATIVE}")) {
            Some((prompt, negative)) => (prompt, Some(negative.to_owned())),
            None => (words, None),
        };
        Some(Self { prompt: prompt.to_owned(), negative, values })
    }

    /// The value of `name`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
