//! What belongs to somebody else does not exist, and without a session nothing does.

use safelight_domain::FolderName;
use safelight_testkit::people::{ada, grace};

use crate::browser::Site;

#[tokio::test]
async fn what_is_somebody_elses_is_not_found_on_any_route() {
    let site = Site::open().await;
    let hers = site.picture(&grace(), "hers", None).await;
    let name = FolderName::parse("Hers").unwrap();
    let folders = &site.studio.studio.folders;
    let folder = folders.create(grace().account.id, name, None).await.unwrap();
    let mine = site.picture(&ada(), "mine", None).await.id.to_string();
    let browser = site.sign_in(&ada(), "Firefox").await;
    let (image, id) = (hers.id.to_string(), folder.id.to_string());

    for path in [
        format!("/images/{image}"),
        format!("/images/{image}/urls"),
        format!("/images/{image}/download"),
        format!("/images/{image}/download?variant=clean"),
        format!("/gallery?folder_id={id}"),
        "/images/x".to_owned(),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(!page.text.contains("hers") && !page.text.contains("Hers"), "{path}");
    }
    let name = [("name", "Mine now")];
    let to = [("folder_id", id.as_str())];
    let top = [("folder_id", "")];
    for (path, fields) in [
        (format!("/images/{image}/like"), &[("liked", "true")][..]),
        (format!("/images/{image}/move"), &top),
        (format!("/images/{image}/trash"), &[]),
        (format!("/images/{image}/restore"), &[]),
        (format!("/images/{mine}/move"), &to),
        (format!("/folders/{id}/rename"), &name),
        (format!("/folders/{id}/move"), &top),
        (format!("/folders/{id}/delete"), &[]),
        ("/folders".to_owned(), &[("name", "Under hers"), ("parent_id", id.as_str())]),
        ("/gallery/bulk".to_owned(), &[("act", "trash"), ("image", image.as_str())]),
        ("/images/x/trash".to_owned(), &[]),
        ("/folders/x/delete".to_owned(), &[]),
    ] {
        assert_eq!(browser.post(&path, fields).await.status, 404, "{path}");
    }
    let images = &site.studio.studio.images;
    assert_eq!(images.get(grace().account.id, hers.id).await.unwrap(), hers);
    assert_eq!(folders.get(grace().account.id, folder.id).await.unwrap(), folder);
    assert!(folders.list(ada().account.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn without_a_session_everybody_is_led_to_the_sign_in_and_back() {
    let site = Site::open().await;
    let picture = site.picture(&ada(), "a lamp", None).await.id;
    let stranger = site.stranger();
    let image = format!("/images/{picture}");
    for (path, back) in [
        ("/gallery?liked=true", "%2Fgallery%3Fliked%3Dtrue"),
        (&*image, &*image.replace('/', "%2F")),
        ("/billing", "%2Fbilling"),
        ("/account", "%2Faccount"),
    ] {
        let reply = stranger.get(path).await;
        assert_eq!(reply.leads_to(), format!("/sign-in?return_to={back}"), "{path}");
    }
    let reply = stranger.post(&format!("{image}/trash"), &[]).await;
    assert!(reply.leads_to().starts_with("/sign-in"));
    let image = site.studio.studio.images.get(ada().account.id, picture).await.unwrap();
    assert_eq!(image.trashed_at, None);
}
