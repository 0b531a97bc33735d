//! Which parts of a picture's making a link takes: `parts=prompt,size`.

use safelight_domain::Invalid;

use super::draft::Draft;

/// The parts that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one word of the link")]
pub struct Parts {
    prompt: bool,
    model: bool,
    size: bool,
    seed: bool,
}

impl Parts {
    /// All but the seed: something new in the same way.
    const REMIX: Self = Self { prompt: true, model: true, size: true, seed: false };
    /// The same picture again.
    const ALL: Self = Self { seed: true, ..Self::REMIX };

    /// Reads the parts of a link; blank is everything but the seed.
    pub fn read(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Ok(Self::REMIX);
        }
        let mut parts = Self { prompt: false, model: false, size: false, seed: false };
        for word in text.split(',') {
            match word {
                "all" => parts = Self::ALL,
                "prompt" => parts.prompt = true,
                "model" => parts.model = true,
                "size" => parts.size = true,
                "seed" => parts.seed = true,
                _ => {
                    let says = "unknown part; name prompt, model, size, seed or all";
                    return Err(Invalid::new("parts", says));
                }
            }
        }
        Ok(parts)
    }

    /// `kept`, with these parts of `made`. A whole recipe is filed where its picture was; a part of
    /// one leaves the rest as it is.
    pub fn of(self, made: Draft, kept: Draft) -> Draft {
        let mut draft = kept;
        if self.prompt {
            (draft.prompt, draft.negative_prompt) = (made.prompt, made.negative_prompt);
            // A style's words are in the prompt it was chosen for; they must not come twice.
            draft.style = made.style;
            draft.remix_of = made.remix_of;
        }
        if self.model {
            draft.model = made.model;
        }
        if self.size {
            draft.size = made.size;
        }
        if self.seed {
            draft.seed = made.seed;
        }
        if self == Self::REMIX || self == Self::ALL {
            (draft.folder_id, draft.count) = (made.folder_id, made.count);
        }
        draft
    }

    /// The fields of the form these parts fill, for the module that tells what changed.
    pub fn fields(self) -> String {
        let whole = self == Self::REMIX || self == Self::ALL;
        let all = [
            (self.prompt, "prompt negative_prompt"),
            (self.model, "model"),
            (self.size, "size"),
            (self.seed || self == Self::REMIX, "seed"),
            (whole, "count folder_id"),
        ];
        let taken = all.into_iter().filter_map(|(taken, names)| taken.then_some(names));
        taken.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft {
        let text = || text.to_owned();
        Draft {
            prompt: text(),
            negative_prompt: text(),
            model: text(),
            size: text(),
            count: text(),
            seed: text(),
            folder_id: text(),
            style: text(),
            remix_of: text(),
        }
    }

    #[test]
    fn a_link_takes_the_parts_it_names() {
        for (text, prompt, model, size, seed, count) in [
            ("", "made", "made", "made", "kept", "made"),
            ("all", "made", "made", "made", "made", "made"),
            ("prompt", "made", "kept", "kept", "kept", "kept"),
            ("model,size", "kept", "made", "made", "kept", "kept"),
            ("seed", "kept", "kept", "kept", "made", "kept"),
        ] {
            let taken = Parts::read(text).unwrap().of(draft("made"), draft("kept"));
            let told = [taken.prompt, taken.model, taken.size, taken.seed, taken.count];
            assert_eq!(told, [prompt, model, size, seed, count].map(str::to_owned), "{text}");
        }
        assert!(Parts::read("prompt,steps").is_err());
    }
}
