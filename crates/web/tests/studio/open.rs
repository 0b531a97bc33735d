//! Pages and documents open to anybody: what they say comes from the studio they are of.

use crate::browser::Site;

#[tokio::test]
async fn the_landing_page_tells_the_studios_own_figures_and_where_it_is() {
    let site = Site::open().await;
    let page = site.stranger("/").await;
    page.shows(&[
        "<span>One credit.</span>",
        "Lamp &amp; Co",
        "<link rel=\"canonical\" href=\"http:&#x2f;&#x2f;localhost/\">",
        "fetchpriority=\"high\"",
        "FLUX.2 klein",
    ]);
    // Nothing was made yet, so nothing is said of how long it takes.
    page.hides(&["usually"]);
}

#[tokio::test]
async fn legal_pages_say_that_the_operator_has_not_written_theirs() {
    let site = Site::open().await;
    for path in ["/terms", "/privacy"] {
        let page = site.stranger(path).await;
        page.shows(&["Whoever runs Lamp &amp; Co has not written"]);
    }
}

#[tokio::test]
async fn programs_are_told_what_is_where() {
    let site = Site::open().await;
    let robots = site.stranger("/robots.txt").await;
    robots.shows(&["Disallow: /studio\n", "Sitemap: http://localhost/sitemap.xml\n"]);
    let map = site.stranger("/sitemap.xml").await;
    assert_eq!(map.text.matches("<loc>http://localhost/").count(), 5, "{}", map.text);
    let manifest = site.stranger("/manifest.webmanifest").await;
    manifest.shows(&["\"name\":\"Lamp & Co\"", "\"start_url\":\"/studio\""]);
    assert_eq!(manifest.headers["content-type"], "application/manifest+json");
}
