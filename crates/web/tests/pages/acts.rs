//! Acts on one picture and on many, and where they lead back to.

use safelight_domain::{FolderName, Image, ImageId};
use safelight_testkit::people::ada;

use safelight_usecases::Act;

use crate::browser::{Browser, Site};

async fn image(site: &Site, id: ImageId) -> Image {
    site.studio.studio.images.get(ada().account.id, id).await.unwrap()
}

async fn three(site: &Site) -> [ImageId; 3] {
    let one = async || site.picture(&ada(), "a lamp", None).await.id;
    [one().await, one().await, one().await]
}

#[tokio::test]
async fn a_like_says_what_it_shall_be_and_returns_to_the_picture() {
    let site = Site::open().await;
    let [_, id, _] = three(&site).await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    let path = format!("/images/{id}/like");
    for (liked, wanted) in [("true", true), ("true", true), ("false", false)] {
        let fields = [("liked", liked), ("return_to", "/gallery?q=lamp")];
        let reply = browser.post(&path, &fields).await;
        assert_eq!(reply.leads_to(), format!("/gallery?q=lamp#i-{id}"));
        assert_eq!(image(&site, id).await.liked, wanted);
    }
    let page = browser.get("/gallery").await;
    assert_eq!(page.text.matches("aria-pressed=\"false\"").count(), 3);
    let told = browser.post_by_script(&path, &[("liked", "true")]).await;
    assert_eq!((told.status, told.text.as_str()), (204, ""));
    assert!(image(&site, id).await.liked);
    assert_eq!(browser.post(&path, &[("liked", "perhaps")]).await.status, 422);
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let site = Site::open().await;
    let [id, ..] = three(&site).await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
    {
        let fields = [("liked", "true"), ("return_to", elsewhere)];
        let reply = browser.post(&format!("/images/{id}/like"), &fields).await;
        assert_eq!(reply.leads_to(), format!("/gallery#i-{id}"), "{elsewhere}");
    }
}

#[tokio::test]
async fn trash_shows_the_next_picture_with_a_way_back() {
    let site = Site::open().await;
    let [oldest, middle, newest] = three(&site).await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    let page = browser.get(&format!("/images/{middle}?q=lamp")).await;
    let next = page
        .all("/trash\" method=\"post\"><input type=\"hidden\" name=\"return_to\" value=\"", "\"");
    assert_eq!(next, [format!("/images/{oldest}?q=lamp")]);
    let reply = browser.post(&format!("/images/{middle}/trash"), &[("return_to", &next[0])]).await;
    let place = reply.leads_to().to_owned();
    assert_eq!(place, format!("/images/{oldest}?q=lamp&undo={middle}"));
    assert!(image(&site, middle).await.trashed_at.is_some());
    let page = browser.get(&place).await;
    assert!(page.text.contains("1 picture moved to trash"), "{}", page.text);
    restore_as_offered(&browser, &page.text).await;
    assert_eq!(image(&site, middle).await.trashed_at, None);
    assert_eq!(browser.get("/gallery").await.tiles(), [newest, middle, oldest]);

    browser.post(&format!("/images/{middle}/trash"), &[]).await;
    let trashed = browser.get(&format!("/images/{middle}")).await;
    assert!(trashed.text.contains("In the trash since Today"));
    let back = browser.post(&format!("/images/{middle}/restore"), &[]).await;
    assert_eq!(back.leads_to(), format!("/gallery#i-{middle}"));
}

/// Sends the form behind the notice as it stands on the page.
async fn restore_as_offered(browser: &Browser<'_>, page: &str) {
    let form = page.split("<form id=\"undo\"").nth(1).unwrap().split("</form>").next().unwrap();
    let fields: Vec<_> = form
        .split("name=\"")
        .skip(1)
        .map(|field| field.split_once("\" value=\"").unwrap())
        .map(|(name, rest)| (name, rest.split('"').next().unwrap()))
        .collect();
    assert_eq!(browser.post("/gallery/bulk", &fields).await.status, 303);
}

#[tokio::test]
async fn many_are_changed_at_once_all_or_none() {
    let site = Site::open().await;
    let [oldest, middle, newest] = three(&site).await;
    let studio = &site.studio.studio;
    let name = FolderName::parse("Lamps").unwrap();
    let folder = studio.folders.create(ada().account.id, name, None).await.unwrap().id.to_string();
    let browser = site.sign_in(&ada(), "Firefox").await;
    let (one, two) = (newest.to_string(), middle.to_string());
    let both = [("image", one.as_str()), ("image", two.as_str())];
    let bulk = async |more: &[(&str, &str)]| {
        browser.post("/gallery/bulk", &[&both[..], more].concat()).await
    };

    bulk(&[("act", "like")]).await.leads_to();
    assert_eq!(browser.get("/gallery?liked=true").await.tiles(), [newest, middle]);
    bulk(&[("act", "unlike")]).await.leads_to();
    assert!(browser.get("/gallery?liked=true").await.tiles().is_empty());
    bulk(&[("act", "move"), ("folder_id", &folder)]).await.leads_to();
    let in_folder = format!("/gallery?folder_id={folder}");
    assert_eq!(browser.get(&in_folder).await.tiles(), [newest, middle]);
    bulk(&[("act", "move"), ("folder_id", "")]).await.leads_to();
    assert!(browser.get(&in_folder).await.tiles().is_empty());

    let reply = bulk(&[("act", "trash"), ("return_to", "/gallery")]).await;
    assert_eq!(reply.leads_to(), format!("/gallery?undo={newest}.{middle}#i-{oldest}"));
    let page = browser.get(reply.leads_to()).await;
    assert_eq!(page.tiles(), [oldest]);
    assert!(page.text.contains("2 pictures moved to trash"));
    restore_as_offered(&browser, &page.text).await;
    assert_eq!(browser.get("/gallery").await.tiles(), [newest, middle, oldest]);
    assert_eq!(browser.get("/gallery?undo=x.y").await.text.matches("moved to trash").count(), 0);

    for bad in [
        &[("act", "trash")][..],
        &[("act", "fly"), both[0]],
        &[("act", "move"), both[0]],
        &[("act", "trash"), ("image", "x")],
        &vec![both[0]; 201].into_iter().chain([("act", "trash")]).collect::<Vec<_>>(),
    ] {
        assert_eq!(browser.post("/gallery/bulk", bad).await.status, 422, "{:?}", bad[0]);
    }
    let unknown = seven().to_string();
    let mixed = [both[0], ("image", unknown.as_str()), ("act", "trash")];
    assert_eq!(browser.post("/gallery/bulk", &mixed).await.status, 404);
    assert_eq!(browser.get("/gallery").await.tiles().len(), 3, "all or none");
}

#[tokio::test]
async fn what_is_liked_stays_out_of_the_trash_with_others_and_goes_alone() {
    let site = Site::open().await;
    let [oldest, middle, newest] = three(&site).await;
    site.studio.studio.images.act(ada().account.id, &[middle], Act::Like(true)).await.unwrap();
    let browser = site.sign_in(&ada(), "Firefox").await;
    let ids = [oldest, middle, newest].map(|id| id.to_string());
    let mut fields: Vec<_> = ids.iter().map(|id| ("image", id.as_str())).collect();
    fields.push(("act", "trash"));
    let place = browser.post("/gallery/bulk", &fields).await.leads_to().to_owned();
    let page = browser.get(&place).await;
    assert_eq!(page.tiles(), [middle]);
    assert!(page.text.contains("2 pictures moved to trash, 1 liked picture was kept"));
    restore_as_offered(&browser, &page.text).await;
    let told = browser.post_by_script("/gallery/bulk", &fields).await;
    let told: serde_json::Value = serde_json::from_str(&told.text).unwrap();
    assert_eq!(told, serde_json::json!({ "done": [ids[0], ids[2]], "kept": 1 }));
    browser.post(&format!("/images/{middle}/trash"), &[]).await.leads_to();
    assert!(browser.get("/gallery").await.tiles().is_empty());
}

#[tokio::test]
async fn an_act_on_all_that_match_goes_beyond_the_page() {
    let site = Site::open().await;
    let mut lamps = Vec::new();
    for _ in 0..203 {
        lamps.push(site.picture(&ada(), "a lamp", None).await.id);
    }
    lamps.reverse();
    let fox = site.picture(&ada(), "a fox", None).await.id;
    let hers = site.picture(&safelight_testkit::people::grace(), "a lamp", None).await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    let known = browser.get("/gallery/ids?q=lamp").await;
    let known: serde_json::Value = serde_json::from_str(&known.text).unwrap();
    let wanted: Vec<_> = lamps.iter().map(ToString::to_string).collect();
    assert_eq!(known["ids"], serde_json::json!(wanted));

    let one = lamps[0].to_string();
    let fields = [
        ("image", one.as_str()),
        ("act", "trash"),
        ("all", "true"),
        ("return_to", "/gallery?q=lamp"),
    ];
    let place = browser.post("/gallery/bulk", &fields).await.leads_to().to_owned();
    assert!(browser.get(&place).await.text.contains("203 pictures moved to trash"));
    assert_eq!(browser.get("/gallery").await.tiles(), [fox]);
    let images = &site.studio.studio.images;
    assert_eq!(images.get(hers.account_id, hers.id).await.unwrap().trashed_at, None);
}

#[tokio::test]
async fn chosen_pictures_are_saved_as_one_zip_with_a_manifest() {
    let site = Site::open().await;
    let [oldest, middle, _] = three(&site).await;
    let hers = site.picture(&safelight_testkit::people::grace(), "hers", None).await.id;
    let browser = site.sign_in(&ada(), "Firefox").await;
    let ids = [middle, oldest].map(|id| id.to_string());
    let one = [("image", ids[0].as_str()), ("image", ids[1].as_str()), ("act", "zip")];
    let all = [("all", "true"), ("act", "zip"), ("return_to", "/gallery?q=lamp")];
    for (fields, count) in [(&one, 2), (&all, 3)] {
        let reply = browser.post("/gallery/bulk", fields).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/zip"));
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&reply.bytes)).unwrap();
        assert_eq!(zip.len(), count + 1);
        let told: serde_json::Value =
            serde_json::from_reader(zip.by_name("manifest.json").unwrap()).unwrap();
        let told = told.as_array().unwrap();
        assert_eq!(told.len(), count);
        assert!(told[count - 1]["id"] == ids[1] && told[0]["prompt"] == "a lamp");
        assert_eq!(told[0]["file"], "2026-01-01_0001_a-lamp-7.png");
        for row in told {
            let mut file = Vec::new();
            let mut entry = zip.by_name(row["file"].as_str().unwrap()).unwrap();
            std::io::Read::read_to_end(&mut entry, &mut file).unwrap();
            assert_eq!(row["bytes"], file.len());
            assert_eq!(image::load_from_memory(&file).unwrap().width(), 64);
        }
    }
    let hers = hers.to_string();
    let mixed = [one[0], ("image", hers.as_str()), ("act", "zip")];
    assert_eq!(browser.post("/gallery/bulk", &mixed).await.status, 404);
    assert_eq!(browser.post("/gallery/bulk", &[("act", "zip")]).await.status, 422);
}

#[tokio::test]
async fn pictures_move_into_a_folder_that_is_made_on_the_way() {
    let site = Site::open().await;
    let [oldest, middle, _] = three(&site).await.map(|id| id.to_string());
    let browser = site.sign_in(&ada(), "Firefox").await;
    for id in [&oldest, &middle] {
        let fields =
            [("image", id.as_str()), ("act", "move"), ("folder_id", ""), ("new_folder", " Lamps ")];
        browser.post("/gallery/bulk", &fields).await.leads_to();
    }
    let folders = site.studio.studio.folders.list(ada().account.id).await.unwrap();
    let [folder] = folders.as_slice() else { panic!("the same name is the same folder") };
    assert_eq!(folder.name.as_str(), "Lamps");
    let shown = browser.get(&format!("/gallery?folder_id={}", folder.id)).await.tiles();
    assert_eq!(shown.iter().map(ToString::to_string).collect::<Vec<_>>(), [middle, oldest]);
}

fn seven() -> ImageId {
    ImageId(safelight_domain::Uuid::from_u128(7))
}
