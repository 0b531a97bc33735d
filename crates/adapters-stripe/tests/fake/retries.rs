//! A call that failed is made again, with the same key, where that is worth it; and does its act
//! once, whatever was lost on the way.

use safelight_ports::Payments;
use safelight_testkit::{Received, people::ada, stripe::Trouble};

use super::Bench;

/// Posts of customers so far.
fn posts(bench: &Bench) -> Vec<Received> {
    let all = bench.fake.received().into_iter();
    all.filter(|call| call.method == "POST" && call.path == "/v1/customers").collect()
}

#[tokio::test]
async fn what_passes_is_tried_three_times_with_one_key() {
    use Trouble::{
        Broken, BrokenAfter, Busy, Conflict, Garbled, HangUp, HangUpAfter, Locked, Moved,
        Unavailable,
    };
    for (troubles, tries, works) in [
        (vec![], 1, true),
        (vec![Conflict], 2, true),
        (vec![Locked], 2, true),
        (vec![Unavailable], 2, true),
        (vec![HangUp], 2, true),
        (vec![HangUpAfter], 2, true),
        (vec![HangUpAfter, HangUp], 3, true),
        (vec![Locked, Conflict], 3, true),
        (vec![Locked, Conflict, Unavailable], 3, false),
        (vec![HangUp, HangUp, HangUp], 3, false),
        (vec![Busy], 1, false),
        (vec![Broken], 1, false),
        (vec![BrokenAfter], 1, false),
        (vec![Garbled], 1, false),
        (vec![Moved], 1, false),
    ] {
        let bench = Bench::new();
        bench.fake.trouble(troubles.clone());
        let made = bench.stripe.customer(ada().account.id, &ada().user.email).await;
        assert_eq!(made.is_ok(), works, "{troubles:?}: {made:?}");
        let posts = posts(&bench);
        assert_eq!(posts.len(), tries, "{troubles:?}");
        for post in &posts {
            assert_eq!(post.header("idempotency-key"), posts[0].header("idempotency-key"));
            assert_eq!(post.body, posts[0].body, "{troubles:?}");
        }
        let customers = bench.fake.objects("customer").len();
        assert!(customers <= 1, "{troubles:?} made {customers}");
        if works {
            assert_eq!(bench.fake.object(&made.unwrap()).unwrap()["object"], "customer");
        }
    }
}

#[tokio::test]
async fn a_lost_answer_is_no_second_refund() {
    let bench = Bench::new();
    let (_, payment) = bench.paid().await;
    bench.fake.trouble([Trouble::HangUpAfter]);
    bench.stripe.refund(&payment, Some(700), "once").await.unwrap();
    bench.fake.trouble([Trouble::HangUpAfter; 3]);
    // The whole of it failed here, and had worked there.
    bench.stripe.refund(&payment, Some(300), "again").await.unwrap_err();
    bench.stripe.refund(&payment, Some(300), "again").await.unwrap();
    assert_eq!(bench.stripe.payment(&payment).await.unwrap().refunded_minor, 1_000);
    assert_eq!(bench.fake.objects("refund").len(), 2);
}

#[tokio::test]
async fn a_new_mind_needs_a_new_key() {
    let bench = Bench::new();
    let (_, payment) = bench.paid().await;
    bench.stripe.refund(&payment, Some(1), "mail").await.unwrap();
    let refused = bench.stripe.refund(&payment, Some(2), "mail").await.unwrap_err();
    assert!(refused.to_string().contains("idempotency_error"), "{refused}");
    assert_eq!(bench.stripe.payment(&payment).await.unwrap().refunded_minor, 1);
}
