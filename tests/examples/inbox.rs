//! What the inbox takes: 200 notices a second arrive onto a backlog of 2,000, every commit on disk.
//! Nothing may be lost or doubled, whatever the figures are.
//!
//! `cargo run --release -p safelight-tests --example inbox`

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use safelight_adapters_sqlite::Durability;
use safelight_domain::{AccountId, Email};
use safelight_ports::Notice;
use safelight_tests::{Setup, TestStudio};

const ACCOUNTS: usize = 400;
const BACKLOG: usize = 2_000;
const A_SECOND: usize = 200;
const SECONDS: usize = 10;

#[tokio::main]
async fn main() {
    let mut setup = Setup::default();
    setup.durability = Durability::Full;
    let studio = Arc::new(TestStudio::with(setup).await);
    let accounts = accounts(&studio).await;
    let notices = purchases(&studio, &accounts, BACKLOG + A_SECOND * SECONDS).await;
    let (backlog, arriving) = notices.split_at(BACKLOG);
    for notice in backlog {
        receive(&studio, notice).await;
    }
    let from = Instant::now();
    let driver = tokio::spawn({
        let studio = Arc::clone(&studio);
        async move { studio.studio.inbox.drive().await }
    });
    let caught_up = tokio::spawn({
        let studio = Arc::clone(&studio);
        async move {
            // Those that came a moment ago are always in hand.
            while pending(&studio).await > 20 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            from.elapsed()
        }
    });
    let mut waits = arrive(&studio, arriving, from).await;
    let arrived = from.elapsed();
    while pending(&studio).await > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let drained = from.elapsed();
    let caught_up = caught_up.await.expect("it catches up");
    driver.abort();
    let _ = driver.await;
    whole(&studio, &accounts, notices.len()).await;
    waits.sort();
    let at = |part: usize| waits[(waits.len() - 1) * part / 1_000].as_secs_f64() * 1e3;
    println!("backlog {BACKLOG}, then {} in {:.1} s", arriving.len(), arrived.as_secs_f64());
    println!(
        "acknowledged in: p50 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
        at(500),
        at(990),
        at(1_000)
    );
    println!(
        "the backlog was gone after {:.1} s, all {} applied {:.0} ms after the last arrived",
        caught_up.as_secs_f64(),
        notices.len(),
        drained.saturating_sub(arrived).as_secs_f64() * 1e3
    );
    println!("nothing lost, nothing doubled");
}

async fn pending(studio: &TestStudio) -> u64 {
    studio.studio.inbox.load().await.expect("it can be read").pending
}

async fn accounts(studio: &TestStudio) -> Vec<AccountId> {
    let mut all = Vec::new();
    for n in 0..ACCOUNTS {
        let email = Email::parse(&format!("buyer{n}@example.com")).expect("an address");
        all.push(studio.studio.accounts.create(email).await.expect("it opens").account.id);
    }
    all
}

/// So many purchases that were paid and of which nobody was told.
async fn purchases(studio: &TestStudio, accounts: &[AccountId], count: usize) -> Vec<Notice> {
    let email = Email::parse("buyer@example.com").expect("an address");
    let orders = &studio.studio.orders;
    for n in 0..count {
        let account = accounts[n % ACCOUNTS];
        let to_pay = orders.buy(account, &email, "small", None, None).await.expect("it opens");
        let order = orders.get(account, to_pay.order).await.expect("it is there").order;
        studio.setup.payments.pay(&order.checkout.expect("it was opened"));
    }
    let all = studio.setup.payments.notices().into_iter();
    all.filter(|notice| notice.kind == "checkout.session.completed").collect()
}

async fn receive(studio: &TestStudio, notice: &Notice) {
    let (signature, body) = studio.setup.payments.push(notice);
    let inbox = &studio.studio.inbox;
    inbox.receive(Some(signature), String::new(), &body).await.expect("it is kept");
}

/// Each at its time, whether or not the one before was answered; how long each waited.
async fn arrive(studio: &Arc<TestStudio>, notices: &[Notice], from: Instant) -> Vec<Duration> {
    let mut calls = Vec::new();
    for (n, notice) in notices.iter().cloned().enumerate() {
        let due = from + Duration::from_secs(1) * u32::try_from(n).expect("few") / 200;
        tokio::time::sleep_until(due.into()).await;
        let studio = Arc::clone(studio);
        calls.push(tokio::spawn(async move {
            let asked = Instant::now();
            receive(&studio, &notice).await;
            asked.elapsed()
        }));
    }
    let mut waits = Vec::new();
    for call in calls {
        waits.push(call.await.expect("it is answered"));
    }
    waits
}

async fn whole(studio: &TestStudio, accounts: &[AccountId], purchases: usize) {
    let mut credits = 0;
    for account in accounts {
        credits += u64::from(studio.balance(*account).await);
    }
    assert_eq!(credits, purchases as u64 * 100, "each purchase gave its pack once");
}
