//! Every answer to a cancel, and what a look says afterwards.

use safelight_ports::{Cancelled, Looked, Provider};

use super::{Bench, says};

#[tokio::test]
async fn what_asking_to_stop_comes_to() {
    let bench = Bench::new();
    for (prompt, answer, then_cancelled) in [
        ("[stuck]", Cancelled::Asked, true),
        ("[never][obeys]", Cancelled::Asked, true),
        // Most models go on: asked, and working all the same.
        ("[never]", Cancelled::Asked, false),
        ("a fox", Cancelled::TooLate, false),
        ("[error policy]", Cancelled::TooLate, false),
    ] {
        let id = bench.submit(prompt).await;
        let order = says(prompt);
        assert_eq!(bench.fal.cancel(&order, &id).await.unwrap(), answer, "{prompt}");
        let looked = bench.fal.look(&order, &id).await.unwrap();
        assert_eq!(looked == Looked::Cancelled, then_cancelled, "{prompt}: {looked:?}");
        let sent = bench.simulator.queue_received();
        let put = sent.iter().find(|r| r.method == "PUT" && r.path.contains(&id)).unwrap();
        assert!(put.path.ends_with("/cancel") && put.body.is_empty());
    }
}

#[tokio::test]
async fn what_fal_does_not_know_cannot_be_cancelled() {
    let bench = Bench::new();
    let fault = bench.fal.cancel(&says("a fox"), "764cabcf-0000").await.unwrap_err();
    assert!(!fault.retryable);
}
