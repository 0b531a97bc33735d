//! The trail of everybody, narrowed down.

use safelight_domain::Actor;
use safelight_testkit::people::{ada, grace, linus};

use crate::browser::Site;

#[tokio::test]
async fn the_trail_is_narrowed_by_deed_actor_and_account() {
    let site = Site::open().await;
    let accounts = &site.studio.studio.accounts;
    for person in [ada(), linus()] {
        accounts.set_blocked(person.account.id, true, Actor::cli()).await.unwrap();
    }
    let admin = site.sign_in(&grace(), "Firefox").await;
    let (ada, linus) = (ada().account.id.to_string(), linus().account.id.to_string());
    let named = async |query: &str| {
        let page = admin.get(&format!("/admin/audit?{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        let of = |id: &str| page.text.matches(&format!("/admin/users/{id}")).count();
        (of(&ada), of(&linus))
    };
    assert_eq!(named("").await, (2, 2), "joined and blocked");
    assert_eq!(named("name=authn_login_lock").await, (1, 1));
    assert_eq!(named("actor=cli").await, (1, 1));
    assert_eq!(named(&format!("account={ada}")).await, (2, 0));
    assert_eq!(named(&format!("account={ada}&name=authn_login_lock&actor=cli")).await, (1, 0));
    assert_eq!(named(&format!("account={ada}&actor=visitor")).await, (0, 0));
    assert_eq!(admin.get("/admin/audit?account=nobody").await.status, 404);
    let file = admin.get(&format!("/admin/audit/deeds.csv?account={linus}&actor=cli")).await;
    assert_eq!(file.text.lines().count(), 2, "{}", file.text);
}
