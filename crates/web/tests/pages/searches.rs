//! Searches of the gallery: what is shown, what the links keep, and what an act on all of it does.

use safelight_domain::ImageId;
use safelight_testkit::people::ada;

use crate::browser::{Browser, Site};

async fn in_trash(browser: &Browser<'_>) -> usize {
    browser.get("/gallery?trashed=true").await.tiles().len()
}

async fn pictures(site: &Site) -> [ImageId; 3] {
    let one = async |prompt| site.picture(&ada(), prompt, None).await.id;
    [one("a red fox 🦊 in the fog").await, one("黒猫 on a lamp").await, one("a café!!!").await]
}

/// `text` as a value in a query.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn a_search_that_holds_nothing_to_look_for_shows_nothing_and_acts_on_nothing() {
    let site = Site::open().await;
    let [.., newest] = pictures(&site).await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    for q in ["!!!", "\"\"", "-", "\u{200b}", "OR", "*"] {
        let place = format!("/gallery?q={}", encoded(q));
        let page = browser.get(&place).await;
        assert_eq!((page.status, page.tiles()), (200, vec![]), "{q}");
        assert!(page.text.contains("No pictures match"), "{q}: {}", page.text);
        let ids = browser.get(&place.replace("/gallery?", "/gallery/ids?")).await;
        assert_eq!(ids.text, "{\"ids\":[]}", "{q}");
        for act in ["trash", "like", "zip", "restore", "move"] {
            let fields =
                [("act", act), ("all", "true"), ("folder_id", ""), ("return_to", place.as_str())];
            browser.post("/gallery/bulk", &fields).await;
            assert_eq!(in_trash(&browser).await, 0, "{q}: {act}");
        }
        let liked = browser.get("/gallery?liked=true").await.tiles();
        assert_eq!(liked, [], "{q}");
        let beside = browser.get(&format!("/images/{newest}?q={}", encoded(q))).await;
        assert!(beside.link("next").is_none() && beside.link("prev").is_none(), "{q}");
    }
}

#[tokio::test]
async fn an_act_on_all_without_a_list_that_can_be_read_is_refused() {
    let site = Site::open().await;
    pictures(&site).await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    for return_to in [
        "",
        "/",
        "/studio",
        "/images/x",
        "/gallery/ids?q=fox",
        "https://evil.example/gallery",
        "/gallery?folder=fox",
        "/gallery?trash=true",
        "/gallery?liked=yes",
        "/gallery?liked=",
        "/gallery?folder_id=",
        "/gallery?q=%FF",
        "/gallery?q=fox&q=lamp",
        "/gallery?q=seed:x",
        "/gallery?cursor=1",
        "/gallery?ratio=round",
    ] {
        for act in ["trash", "zip", "like", "restore"] {
            let fields = [("act", act), ("all", "true"), ("return_to", return_to)];
            let reply = browser.post("/gallery/bulk", &fields).await;
            assert_eq!(reply.status, 422, "{act} of {return_to}");
        }
    }
    let silent = browser.post("/gallery/bulk", &[("act", "trash"), ("all", "true")]).await;
    assert_eq!(silent.status, 422);
    assert_eq!(browser.get("/gallery").await.tiles().len(), 3);
    assert_eq!(browser.get("/gallery?liked=true").await.tiles(), []);
}

#[tokio::test]
async fn an_act_on_all_from_a_place_on_spares_what_is_newer() {
    let site = Site::open().await;
    let [oldest, middle, newest] = pictures(&site).await;
    let list = &site.studio.studio.images;
    let page = safelight_usecases::Page { after: None, limit: 1 };
    let any = safelight_domain::ImageFilter::default();
    assert_eq!(list.list(ada().account.id, &any, page).await.unwrap().items[0].id, newest);
    let browser = site.sign_in(&ada(), "Firefox").await;
    for _ in 0..60 {
        site.picture(&ada(), "filler", None).await;
    }
    let first = browser.get("/gallery").await;
    assert!(!first.tiles().contains(&newest), "a page is sixty");
    let next = first.link("next").unwrap();
    assert_eq!(browser.get(&next).await.tiles(), [newest, middle, oldest]);
    let fields = [("act", "trash"), ("all", "true"), ("return_to", next.as_str())];
    browser.post("/gallery/bulk", &fields).await.leads_to();
    assert_eq!(in_trash(&browser).await, 3);
    assert_eq!(browser.get("/gallery").await.tiles().len(), 60);
}

#[tokio::test]
async fn every_kind_of_search_finds_on_the_page_what_it_says() {
    let site = Site::open().await;
    let [fox, cat, cafe] = pictures(&site).await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    for (q, found) in [
        ("🦊", vec![fox]),
        ("猫", vec![cat]),
        ("cafe", vec![cafe]),
        ("cafe\u{301}", vec![cafe]),
        ("-fog", vec![cafe, cat]),
        ("fox OR lamp", vec![cat, fox]),
        ("\"red fox\"", vec![fox]),
        ("\"fox red\"", vec![]),
        ("seed:7", vec![cafe, cat, fox]),
        ("seed:8", vec![]),
        ("model:schnell -猫", vec![cafe, fox]),
        ("after:2026-01-02", vec![]),
        ("before:2026-01-02 a", vec![cafe, cat, fox]),
        ("liked:no fox", vec![fox]),
    ] {
        let page = browser.get(&format!("/gallery?q={}", encoded(q))).await;
        assert_eq!((page.status, page.tiles()), (200, found), "{q}");
    }
    let refused = browser.get("/gallery?q=sed:7").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("did you mean seed:?"), "{}", refused.text);
}

#[tokio::test]
async fn the_search_stays_as_it_was_typed_in_every_link() {
    let site = Site::open().await;
    for _ in 0..61 {
        site.picture(&ada(), "a \"red\" fox & more", None).await;
    }
    let browser = site.sign_in(&ada(), "Firefox").await;
    let q = "\"red fox\" OR fox -fog & more";
    let place = format!("/gallery?q={}", encoded(q));
    let page = browser.get(&place).await;
    assert_eq!(page.tiles().len(), 60);
    let next = page.link("next").unwrap();
    assert!(next.starts_with(&format!("{place}&cursor=")), "{next}");
    assert_eq!(browser.get(&next).await.tiles().len(), 1);
    let kept = encoded(q);
    for before in ["data-here=\"", "data-ids=\"", "data-news=\"", "name=\"return_to\" value=\""] {
        let link = page.all(before, "\"").remove(0);
        assert!(link.contains(&kept), "{before}{link}");
    }
    let tile = page.all("href=\"/images/", "\"").remove(0);
    assert!(tile.contains(&kept), "{tile}");
    let image = browser.get(&format!("/images/{tile}")).await;
    assert!(image.link("next").is_some_and(|link| link.contains(&kept)), "{}", image.text);
    let one = page.tiles()[0].to_string();
    let fields = [("act", "like"), ("image", one.as_str()), ("return_to", place.as_str())];
    let back = browser.post("/gallery/bulk", &fields).await;
    assert!(back.leads_to().contains(&kept), "{}", back.leads_to());
}
