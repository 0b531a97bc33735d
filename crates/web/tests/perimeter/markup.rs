//! What people write is shown as they wrote it and is never markup.

use poem::http::Method;
use safelight_domain::{Actor, FolderName, KeyScope, ModelSlug, Prompt, Seed};
use safelight_testkit::{people::ada, picture};
use safelight_usecases::{Import, KeyTerms, Source};

use crate::{
    matrix::routes,
    sample::Sample,
    site::{Reply, Site},
    things::Things,
    who::Who,
};

/// Ways out of text, of attributes in either quote, of titles, styles, scripts and comments. Each
/// would leave an element or an attribute named `xss` if it worked.
const CORPUS: [&str; 14] = [
    "<xss>",
    "<xss onload=alert(1)>",
    "\"><xss>",
    "'><xss>",
    "\" xss=1 \"",
    "' xss=1 '",
    "</title><xss>",
    "</textarea><xss>",
    "</script><xss>",
    "</style><xss>",
    "--><xss>",
    "<![CDATA[<xss>]]>",
    "{{ '<xss>' | safe }}{% raw %}<xss>",
    "&lt;xss&gt;<xss\u{2028}>",
];

#[track_caller]
fn harmless(reply: &Reply, told: &str) {
    if !reply.header("content-type").starts_with("text/html") {
        return;
    }
    for out in ["<xss", "\" xss=", "' xss=", "\"xss=", "{{ '"] {
        let found = reply.text.find(out).filter(|_| out != "{{ '");
        let around = found
            .map(|at| reply.text[at.saturating_sub(80)..].chars().take(200).collect::<String>());
        assert_eq!(around, None, "{told}");
    }
    // What a template leaves unquoted, a space would end.
    for tag in reply.text.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let mut quoted = None;
        let mut last = ' ';
        for c in tag.chars() {
            match quoted {
                Some(quote) if c == quote => quoted = None,
                None if matches!(c, '"' | '\'') => quoted = Some(c),
                None => assert!(last != '=' || c.is_ascii_digit() || c == '=', "{told}: <{tag}>"),
                Some(_) => {}
            }
            last = c;
        }
    }
}

async fn show_all(site: &Site, things: &Things, written: &str) {
    for (_, route) in routes().into_iter().filter(|(method, _)| method == "GET") {
        for who in [Who::Owner, Who::Visitor] {
            let reply =
                site.send(site.request(who, Method::GET, &things.path(&route)).finish()).await;
            harmless(&reply, &format!("{route} shows {written:?}"));
        }
    }
}

#[tokio::test]
async fn what_was_written_is_text_on_every_page() {
    for written in CORPUS {
        let site = Site::open().await;
        let (studio, account) = (&site.studio.studio, ada().account.id);
        let mut things = Things::of(&site).await;
        let name = FolderName::parse(written).unwrap();
        let folder = studio.folders.create(account, name, None).await.unwrap();
        let import = Import {
            bytes: picture(Seed(7)),
            prompt: Prompt::parse(written).unwrap(),
            model: ModelSlug("flux-schnell".to_owned()),
            seed: Seed(7),
            folder_id: Some(folder.id),
            source: Source::TrainedAlgorithmicMedia,
        };
        let image = studio.images.import(account, import, Actor::system()).await.unwrap();
        things.image = image.id.to_string();
        studio
            .keys
            .create(account, KeyTerms::new(written, &[KeyScope::Library]), Actor::cli())
            .await
            .unwrap();
        let credits = safelight_domain::Credits::ONE;
        studio.ledger.grant(account, credits, written.to_owned(), Actor::cli()).await.unwrap();
        let link = studio.sign_in.link_for(ada().user.email).await.unwrap();
        let follow = site.request(
            Who::Visitor,
            Method::POST,
            link.strip_prefix("http://localhost").unwrap(),
        );
        let follow = follow.header("user-agent", written.replace('\u{2028}', ""));
        assert_eq!(site.send(Sample::Form(vec![]).into(follow)).await.status, 303);
        let fields = [("prompt", written), ("negative_prompt", written), ("model", "flux-dev")];
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let asked = site.request(Who::Owner, Method::POST, "/studio");
        let asked = site.send(Sample::Form(fields).into(asked)).await;
        if let Some(id) =
            asked.header("location").rsplit('/').next().filter(|_| asked.status == 303)
        {
            things.generation = id.to_owned();
        }
        show_all(&site, &things, written).await;
        let page =
            site.request(Who::Owner, Method::GET, &format!("/gallery?folder_id={}", folder.id));
        let page = site.send(page.finish()).await;
        harmless(&page, written);
        assert!(page.text.contains("xss"), "it is shown: {written:?}");
    }
}

#[tokio::test]
async fn what_was_typed_comes_back_as_text() {
    let site = Site::open().await;
    let things = Things::of(&site).await;
    for written in CORPUS {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for field in [
            "q",
            "return_to",
            "prompt",
            "negative_prompt",
            "seed",
            "undo",
            "model",
            "from",
            "email",
        ] {
            query.append_pair(field, written);
        }
        let query = query.finish();
        for (_, route) in routes().into_iter().filter(|(method, _)| method == "GET") {
            let place = things.path_with(&route, &query);
            let reply = site
                .send(
                    site.request(Who::Owner, Method::GET, &place)
                        .header("accept", "text/html")
                        .finish(),
                )
                .await;
            harmless(&reply, &format!("{route}?{written}"));
            let reply = site
                .send(
                    site.request(Who::Visitor, Method::GET, &place)
                        .header("accept", "text/html")
                        .finish(),
                )
                .await;
            harmless(&reply, &format!("{route}?{written}"));
        }
        for (method, route) in routes().into_iter().filter(|(method, _)| method == "POST") {
            let Sample::Form(fields) = Sample::of(&method, &route, &things) else { continue };
            if route.ends_with("sign-out") || route.contains("/sessions/") {
                continue;
            }
            let more = [
                "name",
                "email",
                "code",
                "challenge",
                "prompt",
                "seed",
                "key",
                "folder_id",
                "scope",
                "act",
            ];
            let mut fields: Vec<_> =
                fields.into_iter().map(|(name, _)| (name, written.to_owned())).collect();
            fields.extend(more.map(|name| (name, written.to_owned())));
            let request = site.request(Who::Owner, Method::POST, &things.path(&route));
            let reply =
                site.send(Sample::Form(fields).into(request.header("accept", "text/html"))).await;
            harmless(&reply, &format!("{route} with {written:?}"));
        }
    }
}
