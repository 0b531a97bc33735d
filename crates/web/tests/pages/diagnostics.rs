//! The doctor in the browser.

use futures_util::future::Either;
use safelight_testkit::people::grace;

use crate::browser::Site;

#[tokio::test]
async fn the_doctor_tells_what_is_wrong_first_and_what_to_give_away_is_masked() {
    let site = Site::open().await;
    let admin = site.sign_in(&grace(), "Firefox").await;
    let before = admin.get("/admin/diagnostics").await;
    assert!(before.text.contains("Look it over") && !before.text.contains("schema 13"));
    let page = admin.post("/admin/diagnostics/run", &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("2 to mend") && page.text.contains("3 as they should be"));
    let at = |text: &str| page.text.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(at("delete, must be wal") < at("opened, schema 13"));
    assert!(page.text.contains("What this checks"), "each leads to its document");
    let support = page.text.split("id=\"support\"").nth(1).unwrap();
    let support = support.split("</pre>").next().unwrap();
    assert!(support.contains("warn  wal"), "{support}");
    assert!(!support.contains("ada@") && !support.contains("studio.example"), "{support}");
}

#[tokio::test]
async fn one_looks_at_a_time() {
    let site = Site::open().await;
    let admin = site.sign_in(&grace(), "Firefox").await;
    let held = site.doctor.held.lock().await;
    let one = Box::pin(admin.post("/admin/diagnostics/run", &[]));
    let other = Box::pin(admin.post("/admin/diagnostics/run", &[]));
    // Whichever came first is held up: only the one that is sent away can answer.
    let (second, first) = match futures_util::future::select(one, other).await {
        Either::Left(answered) | Either::Right(answered) => answered,
    };
    drop(held);
    let first = first.await;
    assert_eq!((first.status, second.status), (200, 409));
    assert!(second.text.contains("Somebody has it looked over just now"));
    assert_eq!(admin.post("/admin/diagnostics/run", &[]).await.status, 200);
}
