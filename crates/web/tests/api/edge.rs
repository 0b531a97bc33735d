//! What every response carries, and what lies beside the API.

use poem::{Request, http::Method};
use safelight_domain::{ObjectKey, SignedDuration};
use safelight_ports::{Fault, Presign, Storage};
use safelight_testkit::{ManualClock, Strike};
use serde_json::{Value, json};

use crate::site::Site;

async fn bare(site: &Site, method: Method, path: &str) -> crate::site::Reply {
    site.send(Request::builder().method(method).uri_str(path).finish()).await
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_and_405_names_the_methods() {
    let site = Site::open().await;
    for path in ["/nothing", "/api/v1", "/api/v1/nothing", "/api/v2/images", "/.git/config"] {
        assert_eq!(
            bare(&site, Method::GET, path).await.problem(),
            (404, "not-found", None),
            "{path}"
        );
    }
    let id = "0198c2f0-5b0e-7a52-9d6b-3f0c2a7d4e11";
    for (method, path, allow) in [
        (Method::PUT, "/api/v1/images".to_owned(), "GET, HEAD"),
        (Method::TRACE, "/api/v1/generations".to_owned(), "GET, HEAD, POST"),
        (Method::POST, format!("/api/v1/images/{id}"), "DELETE, GET, HEAD, PATCH"),
        (Method::GET, format!("/api/v1/renders/{id}/cancel"), "POST"),
        (Method::OPTIONS, "/api/v1/quote".to_owned(), "POST"),
        (Method::POST, "/healthz".to_owned(), "GET, HEAD"),
        (Method::DELETE, "/api/openapi.json".to_owned(), "GET, HEAD"),
        ("BREW".parse().unwrap(), "/files/a/b.png".to_owned(), "GET, HEAD"),
    ] {
        let reply = bare(&site, method.clone(), &path).await;
        assert_eq!(reply.problem(), (405, "method-not-allowed", None), "{method} {path}");
        assert_eq!(reply.header("allow"), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn every_response_is_guarded_and_has_an_id() {
    let site = Site::open().await;
    let mut ids = std::collections::BTreeSet::new();
    for path in [
        "/healthz",
        "/readyz",
        "/api",
        "/api/openapi.json",
        "/nothing",
        "/api/v1/credits",
        "/problems/stale",
    ] {
        let reply = bare(&site, Method::GET, path).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        assert!(ids.insert(reply.header("x-request-id").to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_studio_whose_task_died_is_not_ready_and_says_which() {
    let site = Site::open().await;
    let vitals = &site.studio.studio.vitals;
    let dies = async || Err(Fault::passing("test", "on purpose"));
    let task = vitals.supervise("a-task", None, || Box::pin(dies()));
    let told = async {
        loop {
            let ready = bare(&site, Method::GET, "/readyz").await;
            if ready.status == 503 {
                return ready;
            }
        }
    };
    let told = tokio::select! { told = told => told, () = task => panic!("it never ends") };
    assert_eq!(told.problem(), (503, "unavailable", None));
    assert!(told.text.contains("a-task"), "{}", told.text);
    assert_eq!(bare(&site, Method::GET, "/readyz").await.status, 200, "nobody waits for it now");
}

#[tokio::test]
async fn a_studio_whose_writer_fails_is_not_ready() {
    let site = Site::open().await;
    site.studio.setup.faults.plan(1, Strike::Before);
    assert_eq!(bare(&site, Method::GET, "/readyz").await.status, 503);
    assert_eq!(bare(&site, Method::GET, "/readyz").await.status, 200);
}

#[tokio::test]
async fn a_clock_that_is_doubted_is_told_and_keeps_nobody_out() {
    let site = Site::open().await;
    site.studio.setup.clock.jump(SignedDuration::from_hours(40 * 24));
    let ready = bare(&site, Method::GET, "/readyz").await;
    assert_eq!((ready.status, &ready.json["ready"]), (200, &json!(true)));
    assert!(ready.json["paused"].as_str().unwrap().contains("clock accept"), "{}", ready.text);
}

#[tokio::test]
async fn health_document_and_reference_are_served() {
    let site = Site::open().await;
    let live = bare(&site, Method::GET, "/healthz").await;
    assert_eq!((live.status, live.text.as_str()), (200, "ok"));
    let ready = bare(&site, Method::GET, "/readyz").await;
    assert_eq!(ready.json, json!({ "ready": true, "pending": 0, "live": 0, "overdue": 0 }));
    let head = bare(&site, Method::HEAD, "/readyz").await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(
        bare(&site, Method::GET, "/api/openapi.json").await.json,
        crate::document::document()
    );
    let page = bare(&site, Method::GET, "/api").await.text;
    assert!(page.contains("<h1>Lamp &amp; Co API</h1>") && !page.contains("<script>"));
    assert!(page.contains("<b>POST</b> &#x2f;api&#x2f;v1&#x2f;generations"), "{page}");
    assert!(page.contains("<th scope=\"row\">402</th><td>Too few credits"), "{page}");
    let problem = bare(&site, Method::GET, "/problems/insufficient-credits").await;
    assert!(problem.text.contains("<h1>insufficient-credits (402)</h1>"), "{}", problem.text);
    assert_eq!(bare(&site, Method::GET, "/problems/nothing").await.status, 404);
}

#[tokio::test]
async fn links_of_the_disk_store_are_served_and_nothing_else_is() {
    let site = Site::open().await;
    let key = ObjectKey("images/a/b/original.png".to_owned());
    site.disk.put(&key, "image/png", b"a picture".to_vec()).await.unwrap();
    let link = |how: &Presign| {
        let url = site.disk.presign(&key, how, ManualClock::START);
        url.strip_prefix("http://localhost").unwrap().to_owned()
    };
    let shown = bare(&site, Method::GET, &link(&Presign::Show)).await;
    assert_eq!((shown.status, shown.text.as_str()), (200, "a picture"));
    assert_eq!(shown.header("content-type"), "image/png");
    assert_eq!(shown.header("cache-control"), "private, max-age=3300");
    assert_eq!(shown.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(
        (shown.header("content-disposition"), shown.header("x-content-type-options")),
        ("", "nosniff")
    );
    let saved = bare(&site, Method::GET, &link(&Presign::Save("fox-7.png".to_owned()))).await;
    assert_eq!(
        saved.header("content-disposition"),
        "attachment; filename=\"fox-7.png\"; filename*=UTF-8''fox-7.png"
    );
    let head = bare(&site, Method::HEAD, &link(&Presign::Show)).await;
    assert_eq!((head.status, head.header("content-type")), (200, "image/png"));

    let altered = link(&Presign::Show).replace("original", "0riginal");
    for path in
        [&*altered, "/files/images/a/b/original.png", "/files/..%2f..%2fetc/passwd", "/files/x"]
    {
        assert_eq!(
            bare(&site, Method::GET, path).await.problem(),
            (403, "link-refused", None),
            "{path}"
        );
    }
    site.disk.delete(&key).await.unwrap();
    assert_eq!(
        bare(&site, Method::GET, &link(&Presign::Show)).await.problem(),
        (404, "not-found", None)
    );
}

#[tokio::test]
async fn a_fault_is_told_without_its_cause() {
    let site = Site::open().await;
    // The first call of a fresh key notes its use; warm it, so that the fault hits the request.
    site.get("/api/v1/credits").await;
    site.studio.setup.faults.plan(1, Strike::Before);
    let reply = site.post("/api/v1/generations", json!({ "prompt": "a fox" })).await;
    assert_eq!(reply.problem(), (503, "unavailable", None));
    assert_eq!(reply.header("retry-after"), "5");
    assert!(!reply.text.contains("planned") && !reply.text.contains("injected"), "{}", reply.text);
    assert_eq!(site.get("/api/v1/generations").await.data()["items"], Value::Array(vec![]));
}
