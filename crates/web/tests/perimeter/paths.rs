//! Nothing of the machine is served.

use poem::http::Method;

use crate::{site::Site, who::Who};

#[tokio::test]
async fn no_file_of_the_machine_is_served() {
    let site = Site::open().await;
    let set = site.send(site.request(Who::Visitor, Method::GET, "/").finish()).await.text;
    let set = set.replace("&#x2f;", "/");
    let set = set.split("/static/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let inside = [".git/config", ".env", "safelight.toml", "data/safelight.db", "Cargo.toml"];
    let climbs = [
        "",
        "../",
        "../../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..\\",
        "..%5c",
        "....//",
        "%252e%252e%252f",
    ];
    let under =
        [String::new(), "static/".to_owned(), format!("static/{set}/"), "files/".to_owned()];
    let mut tried = 0;
    for place in &under {
        for climb in climbs {
            for file in inside {
                let path = format!("/{place}{climb}{file}");
                let Ok(uri) = path.parse::<poem::http::Uri>() else { continue };
                let request = site.request(Who::Owner, Method::GET, "/").uri(uri).finish();
                let reply = site.send(request).await;
                assert!([403, 404].contains(&reply.status), "{path}: {}", reply.status);
                tried += 1;
            }
        }
    }
    for path in [
        "/.well-known/",
        "/.DS_Store",
        "/.htaccess",
        "/wp-login.php",
        "/phpinfo.php",
        "/server-status",
        "/metrics",
        "/debug/pprof/",
        "/actuator/env",
        "/admin",
        "/static/",
        "/files/",
        "/api/v1/",
        "/swagger",
        "/docs",
        "/etc/passwd",
        "//etc/passwd",
        "/robots.txt~",
        "/index.html.bak",
    ] {
        let reply = site.send(site.request(Who::Visitor, Method::GET, path).finish()).await;
        assert!([403, 404].contains(&reply.status), "{path}: {}", reply.status);
    }
    assert!(tried > 100, "too little was tried: {tried}");
}
