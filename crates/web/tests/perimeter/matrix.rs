//! Every route, asked by everybody, answers as the matrix says; who is refused has changed nothing.

use std::collections::BTreeSet;

use poem::http::Method;

use crate::{
    dump::dump,
    sample::Sample,
    site::{Reply, Site},
    table::expectations,
    things::Things,
    who::Who,
};

/// `who` tries a route on things of Ada's that are fresh.
pub async fn attempt(site: &Site, who: Who, method: &str, route: &str, things: &Things) -> Reply {
    let request = site.request(who, method.parse().unwrap(), &things.path(route));
    site.send(Sample::of(method, route, things).into(request)).await
}

/// Every route but `HEAD`, which is `GET` without the body.
pub fn routes() -> Vec<(String, String)> {
    safelight_web::routes().into_iter().filter(|(method, _)| method != "HEAD").collect()
}

#[test]
fn every_route_has_an_expectation_and_every_expectation_a_route() {
    let routes: BTreeSet<_> = routes().into_iter().collect();
    let told: BTreeSet<_> = expectations().into_keys().collect();
    let missing: Vec<_> = routes.difference(&told).collect();
    assert!(missing.is_empty(), "say in perimeter/matrix.txt who may: {missing:?}");
    let gone: Vec<_> = told.difference(&routes).collect();
    assert!(gone.is_empty(), "perimeter/matrix.txt speaks of what is not there: {gone:?}");
}

#[tokio::test]
async fn everybody_is_answered_as_the_matrix_says() {
    let mut wrong = Vec::new();
    for ((method, route), row) in expectations() {
        let site = Site::open().await;
        for (who, expected) in row {
            let things = Things::of(&site).await;
            let before = dump(&site);
            let reply = attempt(&site, who, &method, &route, &things).await;
            let class = reply.class();
            if class != expected {
                wrong.push(format!("{method} {route} by {who:?}: {class}, not {expected}"));
            }
            let refused = class == "in" || reply.status >= 400;
            if (refused || method == "GET") && dump(&site) != before {
                wrong.push(format!("{method} {route} by {who:?}: {class}, and something changed"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_not_in_the_table_is_not_done() {
    let site = Site::open().await;
    let things = Things::of(&site).await;
    let all = safelight_web::routes();
    let paths: BTreeSet<_> = all.iter().map(|(_, path)| path.clone()).collect();
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    for path in paths {
        let served: Vec<_> =
            all.iter().filter(|(_, other)| *other == path).map(|(method, _)| &**method).collect();
        let before = dump(&site);
        for method in methods.iter().filter(|method| !served.contains(method)) {
            let method: Method = method.parse().unwrap();
            let who = if path.starts_with("/api/v1") { Who::Key } else { Who::Owner };
            let mut request = site.request(who, method.clone(), &things.path(&path));
            if path.starts_with("/dev/") {
                request = request.header("cookie", format!("dev={}", crate::dev::token()));
            }
            let reply = site.send(request.finish()).await;
            assert_eq!(reply.status, 405, "{method} {path}");
            assert_eq!(reply.header("allow").split(", ").collect::<Vec<_>>(), served, "{path}");
        }
        assert_eq!(dump(&site), before, "{path}");
    }
}
