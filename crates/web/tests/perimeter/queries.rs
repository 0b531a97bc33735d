//! A query that nobody understands is refused by the name of what is wrong in it: for the whole API,
//! and for the gallery's and the back office's addresses. It never becomes a longer list.

use poem::http::Method;

use crate::{
    dump::dump,
    matrix::routes,
    sample::Sample,
    site::{Reply, Site},
    things::Things,
    who::Who,
};

/// Who asks of a route whose query is read strictly.
fn strict(method: &str, route: &str) -> Option<Who> {
    match route {
        _ if route.starts_with("/api/v1/") => Some(Who::Key),
        _ if method != "GET" => None,
        _ if route.starts_with("/gallery") || route.starts_with("/images/") => Some(Who::Owner),
        _ if route == "/admin" || route.starts_with("/admin/") => Some(Who::Admin),
        _ => None,
    }
}

async fn ask(site: &Site, who: Who, method: &str, route: &str, query: &str) -> Reply {
    let things = Things::of(site).await;
    let place = things.path_with(route, query);
    let request = site.request(who, method.parse().unwrap(), &place);
    site.send(Sample::of(method, route, &things).into(request)).await
}

#[tokio::test]
async fn a_parameter_that_is_not_known_is_refused_by_name_on_every_strict_route() {
    let site = Site::open().await;
    let mut asked = 0;
    for (method, route) in routes() {
        let Some(who) = strict(&method, &route) else { continue };
        let things = Things::of(&site).await;
        for query in ["nonsense=1", "nonsense", "nonsense=", "utm_source=x", "Cursor=1", "%66oo=1"]
        {
            let before = dump(&site);
            let place = things.path_with(&route, query);
            let request = site.request(who, method.parse().unwrap(), &place);
            let reply = site.send(Sample::of(&method, &route, &things).into(request)).await;
            let name = query.split('=').next().unwrap().replace("%66", "f");
            assert_eq!(reply.status, 422, "{method} {route}?{query}: {}", reply.text);
            assert!(reply.text.contains(&name), "{method} {route}?{query}: {}", reply.text);
            assert_eq!(dump(&site), before, "{method} {route}?{query}");
            asked += 1;
        }
    }
    assert!(asked > 200, "{asked}");
}

#[tokio::test]
async fn pages_for_everybody_and_returns_ignore_what_they_do_not_know() {
    let site = Site::open().await;
    for (method, route) in routes() {
        if method != "GET" || strict(&method, &route).is_some() {
            continue;
        }
        let things = Things::of(&site).await;
        let plain = site.request(Who::Owner, Method::GET, &things.path(&route));
        let plain = site.send(plain.finish()).await.status;
        let place = things.path_with(&route, "utm_source=x&fbclid=%FF&utm_source=y");
        let more = site.send(site.request(Who::Owner, Method::GET, &place).finish()).await.status;
        assert_eq!(more, plain, "{route}");
    }
}

#[tokio::test]
async fn a_stranger_is_not_told_what_an_address_takes() {
    let site = Site::open().await;
    for (who, route, status) in [
        (Who::Visitor, "/api/v1/images", 401),
        (Who::RevokedKey, "/api/v1/images", 401),
        (Who::Consume, "/api/v1/images", 403),
        (Who::Visitor, "/gallery", 303),
        (Who::Owner, "/admin/users", 404),
    ] {
        assert_eq!(ask(&site, who, "GET", route, "nonsense=1").await.status, status, "{route}");
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_read_never_becomes_a_longer_list() {
    let site = Site::open().await;
    let twice = "q=fox&q=lamp";
    let text = "q=%FF";
    for (who, route, queries) in [
        (
            Who::Key,
            "/api/v1/images",
            &[
                twice,
                text,
                "q=",
                "q=%20",
                "cursor=",
                "limit=",
                "limit=1&limit=2",
                "liked=",
                "liked=yes",
                "folder_id=",
                "folder_id=x",
                "model=",
                "ratio=round",
                "trashed=x",
                "q=seed%3Ax",
                "q=folder%3Ax",
                "folder=x",
                "cursor=00000000000000000000000000000001",
            ][..],
        ),
        (Who::Key, "/api/v1/generations", &["cursor=", "limit=0", "limit=1&limit=1"]),
        (Who::Key, "/api/v1/credits/entries", &["cursor=", "limit=", "cursor=x"]),
        (Who::Key, "/api/v1/images/{id}/download", &["variant=", "variant=x"]),
        (
            Who::Owner,
            "/gallery",
            &[
                twice,
                text,
                "liked=",
                "liked=yes",
                "trashed=1",
                "folder_id=",
                "folder_id=x",
                "ratio=round",
                "cursor=x",
                "q=liked%3Amaybe",
                "liked=true&liked=false",
            ],
        ),
        (Who::Owner, "/gallery/ids", &[twice, text, "liked=1", "cursor=x", "trash=true"]),
        (Who::Owner, "/images/{id}", &[twice, text, "liked=1", "folder_id="]),
        (Who::Owner, "/images/{id}/download", &["variant=", "variant=x"]),
        (Who::Owner, "/billing", &["cursor=x"]),
        (Who::Owner, "/account/activity", &["cursor=x"]),
        (Who::Admin, "/admin", &["days=8", "days=x", "days=7&days=30"]),
        (Who::Admin, "/admin/users", &["standing=x", "order=newest", "cursor=x", twice, text]),
        (Who::Admin, "/admin/users/people.csv", &["standing=x", "order=x", "cursor="]),
        (Who::Admin, "/admin/users/{id}", &["lines=x", "generations=x", "deeds=x"]),
        (Who::Admin, "/admin/keys", &["state=x", "cursor=x", twice]),
        (Who::Admin, "/admin/keys/keys.csv", &["state=x"]),
        (Who::Admin, "/admin/webhooks", &["state=x", "cursor=x", "state=dead&state=pending"]),
        (Who::Admin, "/admin/audit", &["name=x", "cursor=x"]),
        (Who::Admin, "/admin/audit/deeds.csv", &["name=x"]),
        (Who::Admin, "/admin/credits", &["kind=x", "cursor=x"]),
        (Who::Admin, "/admin/credits/lines.csv", &["kind=x"]),
        (
            Who::Admin,
            "/admin/generations",
            &["show=x", "show=model:", "older=x", "older=-1", "cursor=x"],
        ),
        (Who::Admin, "/admin/generations/generations.csv", &["show=x", "older=-1"]),
        (Who::Admin, "/admin/generations/{id}", &["looked=x"]),
    ] {
        for query in queries {
            let reply = ask(&site, who, "GET", route, query).await;
            assert_eq!(reply.status, 422, "{route}?{query}: {}", reply.text);
        }
    }
    // What a form of ours sends blank is not chosen.
    for (who, route, query) in [
        (Who::Owner, "/gallery", "q=&model=&ratio=&cursor="),
        (Who::Owner, "/billing", "cursor="),
        (Who::Owner, "/account/activity", "cursor="),
        (Who::Admin, "/admin/users", "q=&standing=&order=&cursor="),
        (Who::Admin, "/admin/keys", "q=&state=&cursor="),
        (Who::Admin, "/admin/webhooks", "state=&kind=&cursor="),
        (Who::Admin, "/admin/audit", "name=&actor=&account=&cursor="),
        (Who::Admin, "/admin/credits", "account=&kind=&cursor="),
        (Who::Admin, "/admin/generations", "show=&older=&cursor="),
    ] {
        assert_eq!(ask(&site, who, "GET", route, query).await.status, 200, "{route}?{query}");
    }
}

/// The cursor that a page of a list leads on with.
async fn next(site: &Site, who: Who, place: &str) -> String {
    let reply = site.send(site.request(who, Method::GET, place).finish()).await;
    let text = reply.text;
    let found = text.split_once("\"next\":\"").expect("another page").1;
    found.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_cursor_of_another_list_or_account_is_refused() {
    let site = Site::open().await;
    for _ in 0..2 {
        Things::of(&site).await;
    }
    let lists = ["/api/v1/images", "/api/v1/generations", "/api/v1/credits/entries"];
    for of in lists {
        let cursor = next(&site, Who::Key, &format!("{of}?limit=1")).await;
        for list in lists {
            for (who, own) in [(Who::Key, true), (Who::OtherKey, false)] {
                let place = format!("{list}?cursor={cursor}");
                let request = site.request(who, Method::GET, &place).finish();
                let status = site.send(request).await.status;
                let expected = if own && list == of { 200 } else { 422 };
                assert_eq!(status, expected, "{of} in {list} by {who:?}");
            }
        }
        for (who, list) in [
            (Who::Owner, "/account/activity"),
            (Who::Admin, "/admin/users"),
            (Who::Admin, "/admin/keys"),
            (Who::Admin, "/admin/webhooks"),
            (Who::Admin, "/admin/audit"),
            (Who::Admin, "/admin/credits"),
            (Who::Admin, "/admin/generations"),
            (Who::Other, "/gallery"),
            (Who::Other, "/billing"),
        ] {
            let place = format!("{list}?cursor={cursor}");
            let reply = site.send(site.request(who, Method::GET, &place).finish()).await;
            assert_eq!(reply.status, 422, "{of} in {list}: {}", reply.text);
        }
    }
}
