//! Images, folders and models.

use poem::http::Method;
use safelight_domain::KeyScope;
use safelight_testkit::people::grace;
use serde_json::{Value, json};

use crate::{
    document::{document, operations},
    site::Site,
};

const IMAGES: &str = "/api/v1/images";

async fn ids(site: &Site, query: &str) -> Vec<String> {
    let reply = site.get(&format!("{IMAGES}{query}")).await;
    let items = reply.data()["items"].as_array().unwrap().clone();
    items.iter().map(|image| image["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_picture_is_shown_liked_filed_trashed_and_restored() {
    let site = Site::open().await;
    let generation = site.stored("a red fox", 2).await;
    let id = generation["renders"][0]["image_id"].as_str().unwrap();
    let path = format!("{IMAGES}/{id}");
    let image = site.get(&path).await;
    let view = image.data();
    assert_eq!((view["prompt"].as_str(), view["seed"].as_str()), (Some("a red fox"), Some("100")));
    assert_eq!((view["width"].clone(), view["height"].clone()), (json!(64), json!(64)));
    assert_eq!(view["generation_id"], generation["id"]);
    for size in ["original", "w320", "w640"] {
        assert!(view["urls"][size].as_str().unwrap().starts_with("memory://images/"), "{size}");
    }

    let folder = site.post("/api/v1/folders", json!({ "name": "Foxes" })).await;
    let folder = folder.data()["id"].clone();
    let edit = |body: Value| site.call(Method::PATCH, &path, body);
    let edited = edit(json!({ "liked": true, "folder_id": folder })).await;
    assert_eq!(
        (edited.data()["liked"].clone(), &edited.data()["folder_id"]),
        (json!(true), &folder)
    );
    assert_eq!(edit(json!({})).await.data()["folder_id"], folder, "what is absent stays");
    assert_eq!(ids(&site, "?liked=true").await, [id]);
    assert_eq!(ids(&site, &format!("?folder_id={}", folder.as_str().unwrap())).await, [id]);
    assert_eq!(edit(json!({ "folder_id": null })).await.data()["folder_id"], Value::Null);

    let trashed = site.call(Method::DELETE, &path, Value::Null).await;
    assert_eq!(trashed.data()["trashed_at"].as_str().map(|at| at.ends_with('Z')), Some(true));
    assert_eq!(ids(&site, "?trashed=true").await, [id]);
    assert_eq!(ids(&site, "").await.len(), 1);
    let restored = site.post(&format!("{path}/restore"), Value::Null).await;
    assert_eq!(restored.data()["trashed_at"], Value::Null);
}

#[tokio::test]
async fn lists_are_found_by_words_and_turned_page_by_page() {
    let site = Site::open().await;
    site.stored("a red fox", 3).await;
    site.stored("a hare", 1).await;
    assert_eq!(ids(&site, "?q=red%20fo").await.len(), 3);
    assert_eq!(ids(&site, "?q=owl").await.len(), 0);
    assert_eq!(ids(&site, "?model=flux-schnell").await.len(), 4);
    let all = ids(&site, "").await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = site.get(&format!("{IMAGES}?limit=3{cursor}")).await;
        seen.extend(page.data()["items"].as_array().unwrap().iter().map(|i| i["id"].clone()));
        let Some(next) = page.data()["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, all);
    assert_eq!(
        site.get("/api/v1/generations?limit=1").await.data()["items"][0]["prompt"],
        "a hare"
    );
}

#[tokio::test]
async fn a_download_leads_to_a_link_that_saves() {
    let site = Site::open().await;
    let id = site.stored("A red fox!", 1).await["renders"][0]["image_id"].clone();
    let path = format!("{IMAGES}/{}/download", id.as_str().unwrap());
    let found = site.get(&path).await;
    assert_eq!((found.status, found.text.as_str()), (303, ""));
    assert!(found.header("location").ends_with("&save=a-red-fox-100.png"), "{found:?}");
    assert_eq!(site.get(&format!("{path}?variant=original")).await.status, 303);
    let clean = site.get(&format!("{path}?variant=clean")).await;
    assert_eq!((clean.status, clean.header("content-type")), (200, "image/png"));
    assert!(clean.header("content-disposition").starts_with("attachment; filename=\"picture-"));
    assert_eq!(clean.header("cache-control"), "private, no-store");
    assert!(clean.text.contains("trainedAlgorithmicMedia") && !clean.text.contains("fox"));
    let refused = site.get(&format!("{path}?variant=huge")).await;
    assert_eq!(refused.problem(), (422, "invalid-input", Some("variant")));
}

#[tokio::test]
async fn folders_are_made_renamed_moved_and_deleted() {
    let site = Site::open().await;
    let make = |body: Value| site.post("/api/v1/folders", body);
    let top = make(json!({ "name": "Animals" })).await;
    assert_eq!(top.status, 201);
    let (top_path, top) = (top.header("location").to_owned(), top.data()["id"].clone());
    let inner = make(json!({ "name": "Foxes", "parent_id": top })).await;
    assert_eq!(inner.data()["parent_id"], top);
    let path = inner.header("location").to_owned();
    assert_eq!(make(json!({ "name": "Animals" })).await.problem(), (409, "taken", None));
    assert_eq!(make(json!({ "name": " " })).await.problem(), (422, "invalid-input", Some("name")));

    let moved =
        site.call(Method::PATCH, &path, json!({ "name": "Hares", "parent_id": null })).await;
    assert_eq!(
        (moved.data()["name"].as_str(), &moved.data()["parent_id"]),
        (Some("Hares"), &Value::Null)
    );
    assert_eq!(site.get("/api/v1/folders").await.data()["items"].as_array().unwrap().len(), 2);
    let deleted = site.call(Method::DELETE, &top_path, Value::Null).await;
    assert_eq!((deleted.status, deleted.data()["name"].as_str()), (200, Some("Animals")));
    assert_eq!(site.get(&top_path).await.problem(), (404, "not-found", None));
}

#[tokio::test]
async fn models_tell_what_they_can() {
    let site = Site::open().await;
    let models = site.get("/api/v1/models").await;
    let first = &models.data()["items"][0];
    assert_eq!((first["slug"].as_str(), first["price"].clone()), (Some("flux-schnell"), json!(1)));
    assert_eq!(
        (first["negative_prompt"].clone(), first["max_count"].clone()),
        (json!(false), json!(4))
    );
    assert_eq!(first["sizes"][0], json!({ "slug": "square_hd", "width": 1024, "height": 1024 }));
}

/// Every operation on one thing, with ids of somebody else's things and of nothing at all.
#[tokio::test]
async fn what_is_somebody_elses_does_not_exist() {
    let site = Site::open().await;
    let stranger = site.new_key(&grace(), &KeyScope::ALL).await;
    let generation = site.stored("a fox", 1).await;
    let folder = site.post("/api/v1/folders", json!({ "name": "Mine" })).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let render = &generation["renders"][0];
    let mut asked = 0;
    for (method, path, _) in operations(&document()) {
        let own = match path.split('/').nth(3) {
            Some("generations") => text(&generation["id"]),
            Some("renders") => text(&render["id"]),
            Some("images") => text(&render["image_id"]),
            Some("folders") => text(&folder.data()["id"]),
            _ => continue,
        };
        let Some((before, after)) = path.split_once('{') else { continue };
        let after = after.split_once('}').unwrap().1;
        for id in [&*own, "0198c2f0-5b0e-7a52-9d6b-3f0c2a7d4e11", "x", "%00", "1' or '1'='1"] {
            let id = id.replace(' ', "%20");
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = if method == Method::PATCH { json!({ "liked": true }) } else { Value::Null };
            let body = if path.contains("folders") && method == Method::PATCH {
                json!({ "name": "x" })
            } else {
                body
            };
            let reply = site
                .call_as(&stranger, method.clone(), &format!("{before}{id}{after}"), body)
                .await;
            assert_eq!(
                reply.problem(),
                (404, "not-found", None),
                "{method} {path} {id}: {}",
                reply.text
            );
            asked += 1;
        }
    }
    assert_eq!(asked, 11 * 5);
    for body in [json!({ "prompt": "x", "folder_id": folder.data()["id"] })] {
        let reply = site.call_as(&stranger, Method::POST, "/api/v1/generations", body).await;
        assert_eq!(reply.problem(), (404, "not-found", None));
    }
    let body = json!({ "prompt": "x", "remix_of": text(&render["image_id"]) });
    let reply = site.call_as(&stranger, Method::POST, "/api/v1/generations", body).await;
    assert_eq!(reply.problem(), (404, "not-found", None), "{}", reply.text);
}
