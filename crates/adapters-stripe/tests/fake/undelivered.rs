//! What was missed is found, oldest first, page by page.

use safelight_ports::{Notice, Payments, Topic};
use serde_json::json;

use super::Bench;

/// All of it, and how many pages it took.
async fn all(bench: &Bench) -> (Vec<Notice>, u32) {
    let (mut notices, mut next, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = bench.stripe.undelivered(next.as_deref()).await.unwrap();
        notices.extend(page.notices);
        pages += 1;
        match page.next {
            Some(place) => next = Some(place),
            None => return (notices, pages),
        }
    }
}

fn gone(bench: &Bench, n: usize) -> String {
    bench.fake.emit("customer.deleted", &json!({"id": format!("cus_{n}"), "object": "customer"}))
}

#[tokio::test]
async fn oldest_first_over_all_pages() {
    let bench = Bench::new();
    bench.fake.listen("http://127.0.0.1:9/");
    bench.fake.hold();
    for count in [0, 1, 99, 100, 101, 250, 300] {
        let have = bench.fake.held().len();
        (have..count).for_each(|n| drop(gone(&bench, n)));
        let (notices, pages) = all(&bench).await;
        let ids: Vec<_> = notices.iter().map(|notice| notice.id.clone()).collect();
        let held: Vec<_> = bench.fake.held().into_iter().map(|push| push.event).collect();
        assert_eq!(ids, held, "{count}");
        assert_eq!(pages, u32::try_from(count.div_ceil(100).max(1)).unwrap(), "{count}");
    }
}

#[tokio::test]
async fn what_was_taken_and_what_is_not_ours_is_left_out() {
    let bench = Bench::new();
    bench.fake.listen("http://127.0.0.1:9/");
    bench.fake.hold();
    let missed = gone(&bench, 1);
    bench.fake.emit("invoice.upcoming", &json!({"object": "invoice"}));
    let taken = gone(&bench, 2);
    let push = bench.fake.take_held().into_iter().find(|push| push.event == taken).unwrap();
    bench.fake.taken_in(&push);
    let (notices, _) = all(&bench).await;
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].id, missed);
    assert_eq!(notices[0].topic, Topic::CustomerGone("cus_1".to_owned()));
    let kept: serde_json::Value = serde_json::from_slice(&notices[0].body).unwrap();
    assert_eq!(kept["id"], missed, "the body is kept for whoever asks later");
}

/// While pages are read, what was missed is delivered, and more is missed.
#[tokio::test]
async fn a_page_goes_on_where_the_last_one_ended() {
    let bench = Bench::new();
    bench.fake.listen("http://127.0.0.1:9/");
    bench.fake.hold();
    (0..150).for_each(|n| drop(gone(&bench, n)));
    let first = bench.stripe.undelivered(None).await.unwrap();
    for push in bench.fake.held().iter().take(first.notices.len()) {
        bench.fake.taken_in(push);
    }
    let late = gone(&bench, 150);
    let (mut seen, mut next) = (first.notices, first.next);
    while let Some(place) = next {
        let page = bench.stripe.undelivered(Some(&place)).await.unwrap();
        seen.extend(page.notices);
        next = page.next;
    }
    assert_eq!((seen.len(), &seen.last().unwrap().id), (151, &late));
}
