//! Folders: made, renamed, moved, deleted, and told why not beside what was typed.

use safelight_domain::{Folder, FolderId};
use safelight_testkit::people::ada;

use crate::browser::{Browser, Reply, Site};

async fn folders(site: &Site) -> Vec<Folder> {
    site.studio.studio.folders.list(ada().account.id).await.unwrap()
}

async fn make(site: &Site, browser: &Browser<'_>, name: &str, parent: &str) -> FolderId {
    let reply = browser.post("/folders", &[("name", name), ("parent_id", parent)]).await;
    assert_eq!(reply.leads_to(), "/gallery");
    folders(site).await.into_iter().find(|folder| folder.name.as_str() == name).unwrap().id
}

fn told(reply: &Reply) -> String {
    reply
        .all("role=\"alert\">", "</p>")
        .iter()
        .map(|text| text.split("</svg> ").nth(1).unwrap())
        .collect()
}

#[tokio::test]
async fn folders_are_made_renamed_moved_and_deleted() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    let coast = make(&site, &browser, "Coast", "").await;
    let boats = make(&site, &browser, "Boats", &coast.to_string()).await;
    let picture = site.picture(&ada(), "a boat", Some(boats)).await.id;
    let page = browser.get(&format!("/gallery?folder_id={boats}")).await;
    assert_eq!(page.tiles(), [picture]);
    assert!(page.text.contains("Coast / Boats"), "{}", page.text);

    let here = format!("/gallery?folder_id={boats}");
    let renamed = browser
        .post(&format!("/folders/{boats}/rename"), &[("name", " Ships "), ("return_to", &here)])
        .await;
    assert_eq!(renamed.leads_to(), here);
    browser.post(&format!("/folders/{boats}/move"), &[("folder_id", "")]).await.leads_to();
    let tree: Vec<_> = folders(&site)
        .await
        .into_iter()
        .map(|f| (f.name.as_str().to_owned(), f.parent_id))
        .collect();
    assert_eq!(tree, [("Coast".to_owned(), None), ("Ships".to_owned(), None)]);

    browser.post(&format!("/folders/{boats}/move"), &[("folder_id", &coast.to_string())]).await;
    browser.post(&format!("/folders/{boats}/delete"), &[]).await.leads_to();
    let above = browser.get(&format!("/gallery?folder_id={coast}")).await;
    assert_eq!(above.tiles(), [picture], "its pictures moved up");
    assert_eq!(browser.get(&here).await.status, 404);
}

#[tokio::test]
async fn what_is_refused_is_told_where_it_was_typed() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    let coast = make(&site, &browser, "Coast", "").await.to_string();
    let boats = make(&site, &browser, "Boats", &coast).await.to_string();
    let posters = make(&site, &browser, "Posters", "").await.to_string();
    let here = format!("/gallery?folder_id={coast}");
    let long = "x".repeat(81);
    let (rename, relocate) = (format!("/folders/{coast}/rename"), format!("/folders/{coast}/move"));
    for (path, field, status, says) in [
        ("/folders", ("name", "Coast"), 409, "This folder name is already taken; choose another."),
        ("/folders", ("name", " "), 422, "The folder needs a name."),
        (&rename, ("name", "Posters"), 409, "This folder name is already taken; choose another."),
        (
            &rename,
            ("name", long.as_str()),
            422,
            "The name is longer than 80 characters; shorten it.",
        ),
        (
            &relocate,
            ("folder_id", boats.as_str()),
            422,
            "A folder cannot be moved into itself; choose another place.",
        ),
    ] {
        let reply = browser.post(path, &[field, ("return_to", &here)]).await;
        let told = told(&reply);
        assert_eq!(reply.status, status, "{path} {field:?}");
        assert!(told.contains(says), "{path} {field:?}: {told}");
        assert!(reply.text.contains("<details class=\"drop\" open>"), "the form is open");
        let kept = field.0 != "name" || reply.text.contains(&format!("value=\"{}\"", field.1));
        assert!(kept, "what was typed stays");
        assert!(reply.text.contains("<h1>Coast</h1>"), "on the page it was sent from");
    }
    assert_eq!(folders(&site).await.len(), 3);
    let elsewhere = [("name", "Coast"), ("parent_id", posters.as_str())];
    assert_eq!(browser.post("/folders", &elsewhere).await.status, 303, "free elsewhere");
}
