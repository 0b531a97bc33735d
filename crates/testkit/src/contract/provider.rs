//! The contract of [`Provider`]. The second argument of every guard makes what was submitted get
//! done: until it is called, nothing is.

use safelight_domain::{ModelSlug, Order, Prompt, RenderId, Seed, Size};
use safelight_ports::{Cancelled, Delivery, Looked, Provider, SubmitError};

use crate::world::seq_id;

/// Tests of the contract for `$make`, an expression giving a provider that has finished nothing
/// yet, and a closure that lets it finish.
#[macro_export]
macro_rules! provider_contract {
    ($make:expr) => {
        $crate::contract_tests!(provider, $make,
            a_request_is_worked_on_then_done
            looking_changes_nothing
            a_delivery_can_be_fetched_again
            every_submit_is_a_request_of_its_own
            what_was_cancelled_in_time_says_so
            what_is_done_is_not_cancelled
            what_it_will_not_show_is_filtered
            it_works_on_something
        );
    };
}

/// An order any provider takes.
pub fn order() -> Order {
    Order {
        prompt: Prompt::parse("a red fox in the snow").expect("a prompt"),
        negative: None,
        model: ModelSlug("flux-schnell".to_owned()),
        size: Size::Square,
        seed: Seed(101),
    }
}

fn render(n: u64) -> RenderId {
    RenderId(seq_id(1_800_000_000_000 + n))
}

async fn delivered(provider: &dyn Provider, request_id: &str) -> Delivery {
    match provider.look(&order(), request_id).await.unwrap() {
        Looked::Done(delivery) => delivery,
        other => panic!("{request_id} should be done and is {other:?}"),
    }
}

/// Working first, done later.
pub async fn a_request_is_worked_on_then_done(provider: &dyn Provider, finish: &impl Fn()) {
    let id = provider.submit(render(1), &order()).await.unwrap();
    assert!(matches!(provider.look(&order(), &id).await.unwrap(), Looked::Working(_)));
    finish();
    assert!(!delivered(provider, &id).await.location.is_empty());
}

/// Two looks see the same, whatever the first one saw.
pub async fn looking_changes_nothing(provider: &dyn Provider, finish: &impl Fn()) {
    let id = provider.submit(render(1), &order()).await.unwrap();
    finish();
    assert_eq!(delivered(provider, &id).await, delivered(provider, &id).await);
}

/// A fetch that was cut off can be made again and gives the same bytes.
pub async fn a_delivery_can_be_fetched_again(provider: &dyn Provider, finish: &impl Fn()) {
    let id = provider.submit(render(1), &order()).await.unwrap();
    finish();
    let delivery = delivered(provider, &id).await;
    let bytes = provider.fetch(&order(), &delivery).await.unwrap();
    assert!(image::guess_format(&bytes).is_ok(), "the bytes begin like a picture");
    assert!(provider.fetch(&order(), &delivery).await.unwrap() == bytes);
}

/// Two renders of one order are two requests.
pub async fn every_submit_is_a_request_of_its_own(provider: &dyn Provider, finish: &impl Fn()) {
    let one = provider.submit(render(1), &order()).await.unwrap();
    let two = provider.submit(render(2), &order()).await.unwrap();
    assert_ne!(one, two);
    provider.cancel(&order(), &one).await.unwrap();
    finish();
    assert!(!delivered(provider, &two).await.location.is_empty());
}

/// A cancel that was in time is confirmed by every later look.
pub async fn what_was_cancelled_in_time_says_so(provider: &dyn Provider, finish: &impl Fn()) {
    let id = provider.submit(render(1), &order()).await.unwrap();
    assert_eq!(provider.cancel(&order(), &id).await.unwrap(), Cancelled::Asked);
    assert_eq!(provider.look(&order(), &id).await.unwrap(), Looked::Cancelled);
    finish();
    assert_eq!(provider.look(&order(), &id).await.unwrap(), Looked::Cancelled);
}

/// A cancel that came too late takes nothing away.
pub async fn what_is_done_is_not_cancelled(provider: &dyn Provider, finish: &impl Fn()) {
    let id = provider.submit(render(1), &order()).await.unwrap();
    finish();
    assert_eq!(provider.cancel(&order(), &id).await.unwrap(), Cancelled::TooLate);
    assert!(!delivered(provider, &id).await.location.is_empty());
}

/// At the submit or at the look, and never as a failure or a picture. The prompt holds the words
/// by which the painter and the fakes filter.
pub async fn what_it_will_not_show_is_filtered(provider: &dyn Provider, finish: &impl Fn()) {
    let prompt = Prompt::parse("a red fox [filter] [nsfw]").expect("a prompt");
    let order = Order { prompt, ..order() };
    match provider.submit(render(1), &order).await {
        Err(SubmitError::Filtered) => {}
        Ok(id) => {
            finish();
            assert_eq!(provider.look(&order, &id).await.unwrap(), Looked::Filtered);
        }
        Err(error) => panic!("it should be filtered: {error}"),
    }
}

/// A provider that takes nothing would leave every render pending.
pub async fn it_works_on_something(provider: &dyn Provider, _: &impl Fn()) {
    assert!(provider.in_flight() >= 1);
}
