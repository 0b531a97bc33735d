//! What the painter promises beyond the contract of every provider.

use std::{collections::HashSet, sync::Arc};

use image::{GenericImageView, ImageFormat};
use safelight_domain::{ModelSlug, Order, Prompt, RenderId, Seed, SignedDuration, Size};
use safelight_ports::{Cancelled, Clock, Ids, Looked, Provider, SubmitError};
use safelight_testkit::{ManualClock, SeqIds, contract::provider::order};

use super::{CANCELLED_KEPT, Pace, Painter, easel};

safelight_testkit::provider_contract!({
    let (painter, clock) = painter();
    (Arc::new(painter), move || clock.advance(SignedDuration::from_secs(3)))
});

fn painter() -> (Painter, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new());
    (Painter::new(clock.clone(), Pace::default()), clock)
}

fn render() -> RenderId {
    RenderId(SeqIds::new().next())
}

fn says(prompt: &str) -> Order {
    Order { prompt: Prompt::parse(prompt).unwrap(), ..order() }
}

/// Mean of each channel, 0 to 255.
fn mean(bytes: &[u8]) -> [f64; 3] {
    let picture = image::load_from_memory(bytes).unwrap().into_rgb8();
    let count = f64::from(picture.width() * picture.height());
    let mut sum = [0.0; 3];
    for pixel in picture.pixels() {
        for (total, channel) in sum.iter_mut().zip(pixel.0) {
            *total += f64::from(channel) / count;
        }
    }
    sum
}

#[test]
fn the_same_order_is_the_same_picture_and_any_other_is_not() {
    let first = easel::paint(&order()).unwrap();
    assert!(first == easel::paint(&order()).unwrap());
    let negative = |text| Prompt::parse_negative(text).unwrap();
    let orders = [
        says("a red fox in the snow."),
        Order { negative: negative("dogs"), ..order() },
        Order { negative: negative("cats"), ..order() },
        Order { model: ModelSlug("flux-dev".to_owned()), ..order() },
        Order { seed: Seed(102), ..order() },
        Order { size: Size::SquareHd, ..order() },
    ];
    let mut pictures: HashSet<Vec<u8>> = orders.iter().map(|o| easel::paint(o).unwrap()).collect();
    pictures.insert(first);
    assert_eq!(pictures.len(), orders.len() + 1);
}

#[test]
fn every_preset_has_its_pixels() {
    for size in Size::ALL {
        let bytes = easel::paint(&Order { size, ..order() }).unwrap();
        let picture = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap();
        assert_eq!(picture.dimensions(), size.pixels(), "{}", size.as_str());
    }
}

#[test]
fn colour_words_are_heard_in_both_prompts() {
    let [red, _, blue] = mean(&easel::paint(&says("crimson")).unwrap());
    assert!(red > blue + 30.0, "{red} {blue}");
    let [red, _, blue] = mean(&easel::paint(&says("blue")).unwrap());
    assert!(blue > red + 30.0, "{red} {blue}");
    let negative = Prompt::parse_negative("red, orange").unwrap();
    let [red, green, blue] = mean(&easel::paint(&Order { negative, ..says("crimson") }).unwrap());
    assert!(red < green.max(blue), "{red} {green} {blue}");
    let night: f64 = mean(&easel::paint(&says("silk at night")).unwrap()).iter().sum();
    let snow: f64 = mean(&easel::paint(&says("silk like snow")).unwrap()).iter().sum();
    assert!(night + 90.0 < snow, "{night} {snow}");
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let (painter, clock) = painter();
    let id = painter.submit(render(), &order()).await.unwrap();
    let heir = Painter::new(clock.clone(), Pace::default());
    assert_eq!(heir.look(&order(), &id).await.unwrap(), Looked::Working(None));
    clock.advance(SignedDuration::from_millis(2_200));
    let Looked::Done(delivery) = heir.look(&order(), &id).await.unwrap() else { panic!("done") };
    assert!(heir.fetch(&order(), &delivery).await.unwrap() == easel::paint(&order()).unwrap());
}

#[tokio::test]
async fn every_picture_takes_its_own_time_within_the_pace() {
    let (painter, clock) = painter();
    let id = painter.submit(render(), &order()).await.unwrap();
    let start = clock.now();
    let mut durations = HashSet::new();
    for seed in 0..12 {
        let order = Order { seed: Seed(seed), ..order() };
        let done_at = (0..=2_300).step_by(10).find(|millis| {
            clock.set(start + SignedDuration::from_millis(*millis));
            painter.is_done(&order, super::RequestId::parse(&id).unwrap())
        });
        let done_at = done_at.expect("done by then");
        assert!((1_000..=2_200).contains(&done_at), "{done_at}");
        durations.insert(done_at);
    }
    assert!(durations.len() > 6, "{durations:?}");
}

#[tokio::test]
async fn tokens_direct_the_submit() {
    let (painter, _) = painter();
    let submit = async |prompt: &str| painter.submit(render(), &says(prompt)).await;
    assert!(
        matches!(submit("[refuse]").await, Err(SubmitError::Refused(slug)) if slug == "refused_input")
    );
    assert!(matches!(submit("[forbid]").await, Err(SubmitError::Filtered)));
    assert!(matches!(submit("[busy]").await, Err(SubmitError::NotSent(fault)) if fault.retryable));
    assert!(matches!(submit("[lost]").await, Err(SubmitError::Lost(_))));
    assert!(submit("[lost@102]").await.is_ok(), "another seed's");
    assert_eq!(painter.recall(render(), &says("[lost]")).await.unwrap(), None);
    let recalled = painter.recall(render(), &order()).await.unwrap().expect("it can do it again");
    assert_eq!(painter.look(&order(), &recalled).await.unwrap(), Looked::Working(None));
}

#[tokio::test]
async fn tokens_direct_the_ending() {
    let (painter, clock) = painter();
    let id = painter.submit(render(), &order()).await.unwrap();
    let start = clock.now();
    for (prompt, millis, looked) in [
        ("[filter]", 900, Looked::Working(None)),
        ("[filter]", 2_300, Looked::Filtered),
        ("[fail]", 900, Looked::Working(None)),
        ("[fail]", 2_300, Looked::Failed("provider_failed".to_owned())),
        ("[stall]", 86_400_000, Looked::Working(None)),
        ("[late]", 89_999, Looked::Working(None)),
        ("[late:5]", 4_999, Looked::Working(None)),
    ] {
        clock.set(start + SignedDuration::from_millis(millis));
        assert_eq!(painter.look(&says(prompt), &id).await.unwrap(), looked, "{prompt} {millis}");
    }
    for (prompt, millis) in [("[late]", 90_000), ("[late:5]", 5_000), ("[fail@7]", 2_300)] {
        clock.set(start + SignedDuration::from_millis(millis));
        let looked = painter.look(&says(prompt), &id).await.unwrap();
        assert!(matches!(looked, Looked::Done(_)), "{prompt} {looked:?}");
    }
    assert_eq!(painter.cancel(&says("[stall]"), &id).await.unwrap(), Cancelled::Asked);
    assert_eq!(painter.look(&says("[stall]"), &id).await.unwrap(), Looked::Cancelled);
}

#[tokio::test]
async fn tokens_direct_the_delivery() {
    let (painter, clock) = painter();
    let id = painter.submit(render(), &order()).await.unwrap();
    clock.advance(SignedDuration::from_secs(3));
    for prompt in ["[broken]", "[gone]"] {
        let order = says(prompt);
        let Looked::Done(delivery) = painter.look(&order, &id).await.unwrap() else { panic!() };
        match painter.fetch(&order, &delivery).await {
            Ok(bytes) => assert!(prompt == "[broken]" && image::guess_format(&bytes).is_err()),
            Err(fault) => assert!(prompt == "[gone]" && fault.retryable),
        }
    }
}

#[tokio::test]
async fn names_it_never_gave_are_faults() {
    let (painter, clock) = painter();
    let id = painter.submit(render(), &order()).await.unwrap();
    clock.advance(SignedDuration::from_secs(3));
    for bad in
        ["", "paint-", "paint-x-1", "paint--", "scripted-1", &id[..id.len() - 14], "paint-0-9"]
    {
        assert!(!painter.look(&order(), bad).await.unwrap_err().retryable, "{bad}");
        assert!(!painter.cancel(&order(), bad).await.unwrap_err().retryable, "{bad}");
        let delivery = safelight_ports::Delivery { location: bad.to_owned() };
        assert!(!painter.fetch(&order(), &delivery).await.unwrap_err().retryable, "{bad}");
    }
    let elsewhere = safelight_ports::Delivery { location: format!("https://example.com/{id}") };
    assert!(painter.fetch(&order(), &elsewhere).await.is_err());
}

#[tokio::test]
async fn it_remembers_a_bounded_number_of_cancels() {
    let (painter, _) = painter();
    let ids = SeqIds::new();
    for _ in 0..=CANCELLED_KEPT {
        let id = painter.submit(RenderId(ids.next()), &order()).await.unwrap();
        assert_eq!(painter.cancel(&order(), &id).await.unwrap(), Cancelled::Asked);
        assert_eq!(painter.look(&order(), &id).await.unwrap(), Looked::Cancelled);
    }
    assert_eq!(painter.cancelled.lock().unwrap().len(), CANCELLED_KEPT);
}
