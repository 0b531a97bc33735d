//! Files say how they were made, and the ones for giving away say nothing else.

use safelight_domain::{Actor, Image, ImageFilter, Seed, Variant};
use safelight_ports::Storage;
use safelight_provenance::{Parameters, Source, read};
use safelight_testkit::{people::ada, picture};
use safelight_tests::TestStudio;
use safelight_usecases::{Import, Page};

/// One picture of Ada's, made by the provider.
async fn made(studio: &TestStudio) -> Image {
    studio.request(&ada(), 1, 100).await;
    studio.settle().await;
    let page = Page { after: None, limit: 1 };
    let images = &studio.studio.images;
    images.list(ada().account.id, &ImageFilter::default(), page).await.unwrap().items.remove(0)
}

async fn file(studio: &TestStudio, image: &Image, variant: Variant) -> Vec<u8> {
    studio.setup.storage.get(&image.key(variant), 1 << 20).await.unwrap().expect("it is stored")
}

fn holds(file: &[u8], text: &str) -> bool {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    [text.as_bytes(), &wide].iter().any(|way| file.windows(way.len()).any(|part| part == *way))
}

#[tokio::test]
async fn the_stored_original_says_what_it_was_made_from() {
    let studio = TestStudio::open().await;
    let image = made(&studio).await;
    let original = file(&studio, &image, Variant::Original).await;
    assert_eq!(image.bytes, original.len() as u64);
    let found = read(&original).unwrap();
    assert_eq!(found.source, Some(Source::TrainedAlgorithmicMedia));
    let parameters = Parameters::read(&found.parameters.unwrap()).unwrap();
    assert_eq!(parameters.prompt, image.prompt.as_str());
    for (name, value) in [
        ("Seed", "100"),
        ("Model", image.model.0.as_str()),
        ("Size", "64x64"),
        ("Preset", "square"),
    ] {
        assert_eq!(parameters.value(name), Some(value), "{name}");
    }
    let pixels = |file: &[u8]| image::load_from_memory(file).unwrap().into_rgb8();
    assert!(pixels(&original) == pixels(&picture(Seed(100))), "not one pixel is another");
}

#[tokio::test]
async fn no_word_of_the_prompt_is_in_a_clean_file_or_a_small_one() {
    let studio = TestStudio::open().await;
    let image = made(&studio).await;
    let prompt = image.prompt.as_str();
    let original = file(&studio, &image, Variant::Original).await;
    assert!(holds(&original, prompt) && prompt.contains("lamp"), "the search works");
    let clean = studio.studio.images.clean(&image).await.unwrap();
    let small = [Variant::W320, Variant::W640].map(|variant| file(&studio, &image, variant));
    let [w320, w640] = small;
    for bytes in [clean.bytes, w320.await, w640.await] {
        assert_eq!(read(&bytes).unwrap().source, Some(Source::TrainedAlgorithmicMedia));
        assert!(!holds(&bytes, "lamp") && !holds(&bytes, "100"));
    }
    assert!(
        !clean.name.contains("lamp") && clean.name.strip_suffix(".png").is_some(),
        "{}",
        clean.name
    );
}

#[tokio::test]
async fn a_file_of_ours_taken_in_again_is_the_same_file() {
    let studio = TestStudio::open().await;
    let image = made(&studio).await;
    let taken_in = async |bytes: Vec<u8>| {
        let import = Import {
            bytes,
            prompt: image.prompt.clone(),
            model: image.model.clone(),
            seed: image.seed,
            source: Source::TrainedAlgorithmicMedia,
            folder_id: None,
        };
        let images = &studio.studio.images;
        let taken = images.import(ada().account.id, import, Actor::system()).await.unwrap();
        file(&studio, &taken, Variant::Original).await
    };
    let once = taken_in(file(&studio, &image, Variant::Original).await).await;
    assert!(taken_in(once.clone()).await == once);
    assert!(taken_in(picture(image.seed)).await == once, "it does not matter what was there");
}
