//! The pictures a demo begins with: drawn and rendered for this project, by no model.

use safelight_domain::{AccountId, Actor, FolderId, FolderName, ModelSlug, Prompt, Seed};
use safelight_usecases::{Act, Import, Source, Studio};

/// What they are said to be made by: not one of the models on offer.
const MODEL: &str = "sample";

/// The folders they lie in.
const FOLDERS: [&str; 3] = ["Coast", "Posters", "Still life"];

struct Sample {
    bytes: &'static [u8],
    prompt: &'static str,
    seed: u64,
    folder: Option<&'static str>,
    liked: bool,
}

macro_rules! sample {
    ($file:literal, $prompt:literal, $seed:literal, $folder:expr, $liked:literal) => {
        Sample {
            bytes: include_bytes!(concat!("../../../assets/samples/", $file, ".webp")),
            prompt: $prompt,
            seed: $seed,
            folder: $folder,
            liked: $liked,
        }
    };
}

/// In the order of the gallery, newest first.
const SAMPLES: [Sample; 12] = [
    sample!(
        "lighthouse",
        "A lighthouse on a rock at first light, the lamp just lit, a calm sea and thin fog",
        48151,
        Some("Coast"),
        true
    ),
    sample!(
        "balloons",
        "Hot-air balloons drifting over a misty valley at sunrise",
        90210,
        None,
        false
    ),
    sample!(
        "boat",
        "A red rowing boat on a still lake, morning mist, far hills",
        31007,
        Some("Coast"),
        false
    ),
    sample!(
        "papercut",
        "Layered paper mountains, a red paper sun, a flock leaving",
        7719,
        Some("Posters"),
        true
    ),
    sample!(
        "moonsea",
        "Linocut of a full moon over a quiet sea, one white sail",
        2215,
        Some("Posters"),
        false
    ),
    sample!(
        "stairs",
        "A coral courtyard at noon, stairs to nowhere, one potted palm, hard shadows",
        66120,
        None,
        true
    ),
    sample!(
        "bottles",
        "Seven glass bottles on a window sill, late sun through them",
        51877,
        Some("Still life"),
        false
    ),
    sample!(
        "blossom",
        "A cherry branch in a green glazed vase, plaster wall, window light",
        80811,
        Some("Still life"),
        false
    ),
    sample!("cyano", "Cyanotype of three fern fronds on deckled paper", 1842, None, false),
    sample!(
        "aurora",
        "Aurora over a black lake, snow on the far ridge",
        71190,
        Some("Coast"),
        false
    ),
    sample!(
        "poster",
        "Exhibition poster: a red sun, a yellow sail, green hills, no words",
        1919,
        Some("Posters"),
        false
    ),
    sample!(
        "pears",
        "Three pears on a stone ledge, north light, still life",
        27182,
        Some("Still life"),
        true
    ),
];

/// Makes the folders and takes the pictures in, as any other picture is.
pub async fn hang(studio: &Studio, account: AccountId) -> anyhow::Result<()> {
    let mut folders: Vec<(&str, FolderId)> = Vec::new();
    for name in FOLDERS {
        let folder = studio.folders.create(account, FolderName::parse(name)?, None).await?;
        folders.push((name, folder.id));
    }
    let id = |name: &str| folders.iter().find(|(known, _)| *known == name).map(|(_, id)| *id);
    let mut liked = Vec::new();
    for sample in SAMPLES.iter().rev() {
        let import = Import {
            bytes: sample.bytes.to_vec(),
            prompt: Prompt::parse(sample.prompt)?,
            model: ModelSlug(MODEL.to_owned()),
            seed: Seed(sample.seed),
            source: Source::AlgorithmicMedia,
            folder_id: sample.folder.and_then(id),
        };
        let image = studio.images.import(account, import, Actor::system()).await?;
        liked.extend(sample.liked.then_some(image.id));
    }
    studio.images.act(account, &liked, Act::Like(true)).await?;
    Ok(())
}
