//! Operator tasks in the back office: what was paid and cannot be delivered, with a refund at hand.

use safelight_domain::{Change, Changes, DeletionChange, SignedDuration};
use safelight_ports::Store;
use safelight_testkit::people::{grace, linus};
use safelight_usecases::{Page, Tasks};

use crate::browser::Site;

/// Linus's account was closed after he was sent to the checkout; then he paid. Answers the task's
/// path and the payment.
async fn paid_too_late(site: &Site) -> (String, String) {
    let studio = &site.studio.studio;
    let (account, email) = (linus().account.id, linus().user.email);
    let order = studio.orders.buy(account, &email, "small", None, None).await.unwrap().order;
    let checkout = studio.orders.get(account, order).await.unwrap().order.checkout.unwrap();
    let leave = Change::Deletion(DeletionChange::Request { grace: SignedDuration::ZERO });
    for change in
        [leave, Change::Deletion(DeletionChange::Begin), Change::Deletion(DeletionChange::Finish)]
    {
        site.studio.store.commit(Changes::of(account, vec![change])).await.unwrap();
    }
    site.studio.setup.payments.pay(&checkout);
    site.studio.setup.clock.advance(SignedDuration::from_mins(16));
    studio.inbox.catch_up().await.unwrap();
    let all = Page { after: None, limit: 10 };
    let task = studio.tasks.list(Tasks::ToDo, all).await.unwrap().items.remove(0);
    (format!("/admin/tasks/{}", task.id), format!("pi_{checkout}"))
}

#[tokio::test]
async fn a_payment_that_cannot_be_delivered_is_shown_and_sent_back_once() {
    let site = Site::open().await;
    let admin = site.sign_in(&grace(), "Firefox").await;
    assert!(admin.get("/admin/tasks").await.text.contains("Nothing is to be done."));
    let (place, payment) = paid_too_late(&site).await;
    // Whoever acts on money has proven themselves lately.
    let late = admin.post(&format!("{place}/refund"), &[("reason", "late")]).await;
    assert!(late.leads_to().starts_with("/account/confirm"), "{}", late.leads_to());
    let admin = site.sign_in(&grace(), "Firefox").await;
    let list = admin.get("/admin/tasks").await.text;
    assert!(list.contains(&place) && list.contains("Paid, and not delivered"), "{list}");
    let page = admin.get(&place).await.text;
    let there = format!("https://dashboard.stripe.com/test/payments/{payment}");
    assert!(page.contains(&there) && page.contains("Send the payment back"), "{page}");
    let silent = admin.post(&format!("{place}/refund"), &[]).await;
    assert_eq!(silent.status, 422, "a reason is asked for");
    let sent = admin.post(&format!("{place}/refund"), &[("reason", "the account is closed")]).await;
    assert_eq!(sent.leads_to(), place);
    let paid = site.studio.setup.payments.paid();
    let back: Vec<_> = paid.iter().flat_map(|(_, paid)| paid).map(|p| p.refunded_minor).collect();
    assert_eq!(back, [999]);
    let page = admin.get(&place).await.text;
    assert!(page.contains("Done ") && !page.contains("/refund\""), "{page}");
    let again = admin.post(&format!("{place}/refund"), &[("reason", "again")]).await;
    assert_eq!(again.status, 409);
    assert!(admin.get("/admin/tasks").await.text.contains("Nothing is to be done."));
    assert!(admin.get("/admin/tasks?which=all").await.text.contains(&place));
    let trail = admin.get("/admin/audit").await.text;
    assert!(trail.contains("payment_refunded") && trail.contains("task_done"), "{trail}");
}

#[tokio::test]
async fn a_task_is_marked_as_done_for_a_reason() {
    let site = Site::open().await;
    let (place, _) = paid_too_late(&site).await;
    let admin = site.sign_in(&grace(), "Firefox").await;
    assert_eq!(admin.post(&format!("{place}/done"), &[]).await.status, 422);
    let done = admin.post(&format!("{place}/done"), &[("reason", "refunded at Stripe")]).await;
    assert!(admin.get(done.leads_to()).await.text.contains("Done "));
    let trail = admin.get("/admin/audit?name=task_done").await.text;
    assert!(trail.contains("refunded at Stripe"), "{trail}");
    let nothing = "/admin/tasks/0198c2f0-5b0e-7a52-9d6b-3f0c2a7d4e11";
    assert_eq!(admin.get(nothing).await.status, 404);
    assert_eq!(admin.post(&format!("{nothing}/done"), &[("reason", "x")]).await.status, 404);
}
