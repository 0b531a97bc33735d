//! What is shown: filters, days, pages, neighbours.

use safelight_domain::{FolderName, ImageId, SignedDuration};
use safelight_testkit::people::{ada, grace};
use safelight_usecases::Act;

use crate::browser::Site;

#[tokio::test]
async fn a_filter_shows_what_it_says_and_nothing_of_anybody_else() {
    let site = Site::open().await;
    let ada = ada();
    let studio = &site.studio.studio;
    let name = FolderName::parse("Foxes").unwrap();
    let folder = studio.folders.create(ada.account.id, name, None).await.unwrap().id;
    let fox = site.picture_by(&ada, "a red fox", "flux-dev", Some(folder)).await.id;
    let hare = site.picture(&ada, "a brown hare", None).await.id;
    let gone = site.picture(&ada, "a red herring", None).await.id;
    site.picture(&grace(), "a red fox of hers", None).await;
    studio.images.act(ada.account.id, &[fox], Act::Like(true)).await.unwrap();
    studio.images.act(ada.account.id, &[gone], Act::Trash).await.unwrap();

    let browser = site.sign_in(&ada, "Firefox").await;
    let in_folder = format!("?folder_id={folder}");
    let nothing: &[ImageId] = &[];
    for (query, shown) in [
        ("", &[hare, fox][..]),
        ("?liked=true", &[fox]),
        (&in_folder, &[fox]),
        ("?model=flux-dev", &[fox]),
        ("?model=flux-schnell", &[hare]),
        ("?q=red", &[fox]),
        ("?q=BROWN+ha", &[hare]),
        ("?q=red&model=flux-schnell", nothing),
        ("?trashed=true", &[gone]),
        ("?ratio=&model=&q=&cursor=", &[hare, fox]),
    ] {
        let page = browser.get(&format!("/gallery{query}")).await;
        assert_eq!((page.status, page.tiles().as_slice()), (200, shown), "{query}");
        assert_eq!(page.text.contains("No pictures match"), shown.is_empty(), "{query}");
    }
    assert_eq!(browser.get("/gallery?cursor=x").await.status, 422);
}

#[tokio::test]
async fn pages_have_neither_gaps_nor_doubles_and_days_have_headings() {
    let site = Site::open().await;
    let ada = ada();
    let mut made = Vec::new();
    // 1, 2 and 3 January: 70 pictures, 30, 5. A page holds 60.
    for count in [70, 30, 5] {
        for _ in 0..count {
            made.push(site.picture(&ada, "a lamp", None).await.id);
        }
        site.studio.setup.clock.advance(SignedDuration::from_hours(24));
    }
    made.reverse();
    let browser = site.sign_in(&ada, "Firefox").await;
    let first = browser.get("/gallery").await;
    let heads = |reply: &crate::browser::Reply| {
        reply
            .all("<h2>", "</section>")
            .iter()
            .map(|day| {
                let mut parts = day.split("</h2>");
                let heading = parts.next().unwrap().to_owned();
                let counted =
                    parts.next().unwrap().split('>').nth(1).unwrap().split('<').next().unwrap();
                (heading, counted.trim().to_owned())
            })
            .collect::<Vec<_>>()
    };
    let told = |heading: &str, count: &str| (heading.to_owned(), count.to_owned());
    assert_eq!(
        heads(&first),
        [
            told("Yesterday", "5 pictures"),
            told("Friday 2 January", "30 pictures"),
            told("Thursday 1 January", "")
        ]
    );
    let second = browser.get(&first.link("next").expect("there is more")).await;
    assert_eq!(
        heads(&second),
        [told("Thursday 1 January", "")],
        "nobody counted what is elsewhere"
    );
    assert_eq!(second.link("next"), None);
    assert_eq!([first.tiles(), second.tiles()].concat(), made);
    let dimensions = first.text.matches("width=\"64\" height=\"64\"").count();
    assert_eq!(dimensions, 2 * 60, "every picture and every placeholder holds its place");
}

#[tokio::test]
async fn previous_and_next_stay_within_the_filter() {
    let site = Site::open().await;
    let ada = ada();
    let mut ids = Vec::new();
    for prompt in ["a fox", "a hare", "a fox again", "a fox at last"] {
        ids.push(site.picture(&ada, prompt, None).await.id);
    }
    let browser = site.sign_in(&ada, "Firefox").await;
    let beside = async |id: ImageId, query: &str| {
        let page = browser.get(&format!("/images/{id}{query}")).await;
        assert_eq!(page.status, 200);
        (page.link("prev"), page.link("next"))
    };
    let link = |n: usize, query: &str| Some(format!("/images/{}{query}", ids[n]));
    assert_eq!(beside(ids[0], "").await, (link(1, ""), None));
    assert_eq!(beside(ids[1], "").await, (link(2, ""), link(0, "")));
    assert_eq!(beside(ids[3], "").await, (None, link(2, "")));
    let fox = "?q=fox";
    assert_eq!(beside(ids[2], fox).await, (link(3, fox), link(0, fox)));
    let page = browser.get(&format!("/gallery{fox}")).await;
    assert!(
        page.text.contains(&format!("href=\"/images/{}{fox}\"", ids[2])),
        "the filter goes along"
    );
}

#[tokio::test]
async fn one_jumps_to_a_month_and_hears_of_what_is_new() {
    let site = Site::open().await;
    let ada = ada();
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(site.picture(&ada, "a lamp", None).await.id);
        site.studio.setup.clock.advance(SignedDuration::from_hours(31 * 24));
    }
    let browser = site.sign_in(&ada, "Firefox").await;
    let page = browser.get("/gallery").await;
    let months = page.text.split("name=\"cursor\"").nth(1).unwrap();
    let months = months.split("</select>").next().unwrap();
    let options: Vec<_> = months
        .split("value=\"")
        .skip(2)
        .map(|option| option.split_once("\">").unwrap())
        .map(|(cursor, rest)| (cursor.to_owned(), rest.split('<').next().unwrap().to_owned()))
        .collect();
    let names: Vec<_> = options.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["March 2026", "February 2026", "January 2026"]);
    for (n, (cursor, name)) in options.iter().enumerate() {
        let there = browser.get(&format!("/gallery?cursor={cursor}")).await;
        assert_eq!(there.tiles()[0], made[2 - n], "{name}");
        assert!(there.text.contains(&format!("selected>{name}")), "{name}");
    }

    let news = page.all("data-news=\"", "\"")[0].clone();
    let count = async || {
        let told = browser.get(&news).await;
        serde_json::from_str::<serde_json::Value>(&told.text).unwrap()["count"].clone()
    };
    assert_eq!(count().await, 0);
    site.picture(&ada, "a fox", None).await;
    site.picture(&grace(), "hers", None).await;
    assert_eq!(count().await, 1);
    assert_eq!(browser.get("/gallery/news?than=x").await.status, 422);
}

#[tokio::test]
async fn a_picture_tells_its_facts_and_leads_to_its_files() {
    let site = Site::open().await;
    let ada = ada();
    let made = site.studio.request(&ada, 2, 40).await;
    site.studio.settle().await;
    let status = site.studio.generation(ada.account.id, made.status.generation.id).await;
    let id = status.renders[1].image_id.unwrap();
    let browser = site.sign_in(&ada, "Firefox").await;
    let page = browser.get(&format!("/images/{id}")).await;
    for says in [
        "a lamp",
        "FLUX.1 schnell",
        "<span id=\"seed\">41</span>",
        "64 × 64",
        "Picture 2 of 2",
        "<b>−1</b>",
        &format!("/studio?remix={id}\""),
        &format!("/images/{id}/download?variant=clean"),
        "Made together",
        &format!("/studio/generations/{}", status.generation.id),
    ] {
        assert!(page.text.contains(says), "{says} in {}", page.text);
    }
    let fresh = browser.get(&format!("/images/{id}/urls")).await;
    let urls: serde_json::Value = serde_json::from_str(&fresh.text).unwrap();
    for size in ["original", "w320", "w640"] {
        assert!(page.text.contains(urls[size].as_str().unwrap()), "{size}");
    }
    let saved = browser.get(&format!("/images/{id}/download")).await;
    assert!(saved.leads_to().contains("a-lamp-41.png"), "{}", saved.leads_to());
}
