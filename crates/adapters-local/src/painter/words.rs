//! What the words of a prompt say about colour and subject.

/// Which kinds of picture there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Aurora,
    Dunes,
    Horizon,
    Mesh,
    Orbs,
    Paper,
    Silk,
}

impl Subject {
    pub const ALL: [Self; 7] =
        [Self::Aurora, Self::Dunes, Self::Horizon, Self::Mesh, Self::Orbs, Self::Paper, Self::Silk];
}

/// A run of hues, from the shadows to the lights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hues {
    /// OKLCH hue in the middle, degrees.
    pub middle: f32,
    /// How far it turns from shadow to light, degrees.
    pub turn: f32,
}

/// All a prompt says.
#[derive(Debug, Clone, Default)]
pub(super) struct Wishes {
    /// Colours named, wide sweeps first; at most two count.
    pub hues: Vec<Hues>,
    /// Below 0 for night, above for snow.
    pub light: f32,
    /// A factor: below 1 for mist, above for neon.
    pub chroma: f32,
    /// What is pictured, the first that was named.
    pub subject: Option<Subject>,
}

impl Wishes {
    pub fn of(text: &str) -> Self {
        let mut wishes = Self { chroma: 1.0, ..Self::default() };
        for word in text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase) {
            let word = word.as_str();
            wishes.hues.extend(hues(word).or_else(|| hues(word.strip_suffix('s')?)));
            let (light, chroma) = mood(word);
            wishes.light += light;
            wishes.chroma *= chroma;
            wishes.subject =
                wishes.subject.or_else(|| subject(word.strip_suffix('s').unwrap_or(word)));
        }
        // A time of day colours everything; what is named beside it becomes the accent.
        wishes.hues.sort_by_key(|hues| hues.turn.abs() < 100.0);
        wishes.hues.truncate(2);
        wishes.light = wishes.light.clamp(-1.0, 1.0);
        wishes.chroma = wishes.chroma.clamp(0.2, 1.5);
        wishes
    }
}

fn hues(word: &str) -> Option<Hues> {
    let (middle, turn) = match word {
        "red" | "crimson" | "scarlet" | "ruby" | "cherry" => (22.0, 35.0),
        "rose" | "pink" | "blossom" | "magenta" | "flower" => (355.0, 45.0),
        "orange" | "amber" | "copper" | "fox" | "pumpkin" | "rust" => (52.0, 45.0),
        "fire" | "flame" | "lava" | "ember" | "volcano" => (40.0, 80.0),
        "gold" | "golden" | "honey" | "wheat" | "autumn" | "brass" => (75.0, 45.0),
        "yellow" | "lemon" | "sun" | "sunny" => (88.0, 50.0),
        "sand" | "desert" | "dune" | "earth" | "clay" | "canyon" => (58.0, 40.0),
        "lime" | "spring" | "grass" | "meadow" => (128.0, -35.0),
        "green" | "emerald" | "leaf" | "moss" | "fern" | "olive" => (148.0, -40.0),
        "forest" | "jungle" | "garden" | "wood" => (152.0, -65.0),
        "teal" | "turquoise" | "mint" | "jade" | "lagoon" => (185.0, -40.0),
        "aurora" | "borealis" => (190.0, -120.0),
        "cyan" | "aqua" | "ice" | "glacier" => (215.0, -30.0),
        "sea" | "ocean" | "water" | "wave" | "lake" | "rain" | "river" => (228.0, -60.0),
        "blue" | "azure" | "sky" | "sapphire" => (248.0, -30.0),
        "navy" | "indigo" | "night" | "midnight" | "winter" => (272.0, 30.0),
        "violet" | "purple" | "lavender" | "amethyst" | "galaxy" | "space" => (302.0, 50.0),
        "plum" | "berry" | "wine" | "orchid" => (338.0, 45.0),
        "sunset" | "sundown" | "evening" => (10.0, 155.0),
        "dusk" | "twilight" => (320.0, 110.0),
        "dawn" | "sunrise" | "morning" => (345.0, 130.0),
        "neon" | "cyberpunk" | "synthwave" => (310.0, 130.0),
        _ => return None,
    };
    Some(Hues { middle, turn })
}

/// What a word adds to the light, and by what it multiplies chroma.
fn mood(word: &str) -> (f32, f32) {
    match word {
        "night" | "midnight" | "dark" | "black" | "galaxy" | "space" => (-0.7, 1.0),
        "dusk" | "twilight" | "shadow" | "deep" | "storm" => (-0.4, 0.9),
        "snow" | "white" | "winter" | "ice" | "porcelain" | "marble" => (0.6, 0.55),
        "mist" | "fog" | "pale" | "soft" | "pastel" | "cloud" | "morning" => (0.4, 0.7),
        "grey" | "gray" | "silver" | "stone" | "concrete" | "monochrome" => (0.0, 0.3),
        "muted" | "dusty" | "vintage" | "faded" => (0.1, 0.6),
        "bright" | "sunny" | "light" => (0.3, 1.1),
        "neon" | "vivid" | "electric" | "cyberpunk" | "synthwave" => (-0.3, 1.4),
        _ => (0.0, 1.0),
    }
}

fn subject(word: &str) -> Option<Subject> {
    Some(match word {
        "aurora" | "borealis" | "northern" | "galaxy" | "star" | "nebula" => Subject::Aurora,
        "dune" | "desert" | "mountain" | "hill" | "valley" | "forest" | "landscape" | "mist" => {
            Subject::Dunes
        }
        "sunset" | "sunrise" | "sea" | "ocean" | "lake" | "horizon" | "dawn" | "dusk" | "beach"
        | "moon" => Subject::Horizon,
        "dream" | "soft" | "gradient" | "blur" | "abstract" | "cloud" => Subject::Mesh,
        "planet" | "bubble" | "orb" | "pearl" | "balloon" | "sphere" | "fruit" | "marble"
        | "lantern" => Subject::Orbs,
        "paper" | "papercut" | "canyon" | "map" | "topographic" | "agate" | "ring" | "cave" => {
            Subject::Paper
        }
        "silk" | "satin" | "fabric" | "velvet" | "wave" | "ribbon" | "dress" | "curtain" => {
            Subject::Silk
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case_number_and_company() {
        let wishes = Wishes::of("Red balloons, over a MIDNIGHT sea (blue)");
        assert_eq!(wishes.hues.len(), 2, "only two count");
        assert!((wishes.hues[0].middle - 22.0).abs() < 0.1);
        assert_eq!(wishes.subject, Some(Subject::Orbs));
        assert!(wishes.light < -0.5);
        let nothing = Wishes::of("a hundred thoughts, reduced");
        assert!(nothing.hues.is_empty() && nothing.subject.is_none(), "{nothing:?}");
    }
}
