//! The form: what it costs, what it refuses, and that nothing typed is ever lost.

use safelight_testkit::people::{ada, grace, linus};

use crate::browser::{Browser, Site};

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_the_sign_in_and_back() {
    let site = Site::open().await;
    let page = site.stranger("/studio?prompt=fox").await;
    assert_eq!(page.status, 303);
    assert_eq!(page.headers["location"], "/sign-in?return_to=%2Fstudio%3Fprompt%3Dfox");
    assert_eq!(site.stranger("/events").await.status, 303);
}

#[tokio::test]
async fn the_button_says_the_price_and_the_form_what_the_models_can() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let page = ada.get("/studio?prompt=a+%3Cfox%3E&model=flux-2-klein&count=3").await;
    page.shows(&[
        "a &lt;fox&gt;</textarea>",
        "Generate <span id=\"count-said\">3</span>",
        ">3 credits</span>",
        "leaves 7 of 10",
        "id=\"model-flux-2-klein\" value=\"flux-2-klein\" data-name=\"FLUX.2 klein\" \
         data-price=\"1\" data-negative checked",
        "id=\"model-flux-dev\" value=\"flux-dev\" data-name=\"FLUX.1 dev\" data-price=\"1\">",
        "This model reads none",
        "<code>FAL_KEY</code>",
    ]);
    assert_eq!(page.text.matches("name=\"size\"").count(), 6);
    assert_eq!(page.text.matches("name=\"count\"").count(), 4);
    page.hides(&["http-equiv=\"refresh\""]);
}

#[tokio::test]
async fn what_cannot_be_used_is_told_under_its_field_and_all_that_was_typed_stays() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let whole = [
        ("prompt", "a red fox"),
        ("negative_prompt", ""),
        ("model", "flux-2-klein"),
        ("size", "portrait_4_3"),
        ("count", "2"),
        ("seed", "77"),
        ("folder_id", ""),
    ];
    let nobodys = "0198c2f0-5b0e-7a52-9d6b-3f0c2a7d4e11";
    for (field, typed, says) in [
        ("prompt", "   ", "The prompt is empty; say what to picture."),
        ("seed", "-1", "A seed is a whole number from 0 to 18446744073709551615."),
        ("count", "5", "5 pictures; ask for 1 to 4."),
        ("count", "two", "Choose 1 to 4 pictures."),
        ("model", "dall-e", "Unknown model; choose one of flux-schnell,"),
        ("size", "huge", "Unknown size; choose one of square_hd,"),
        ("folder_id", "x", "Not an identifier:"),
        ("folder_id", nobodys, "This folder is gone; choose another."),
    ] {
        let mut fields = whole;
        for (name, value) in &mut fields {
            if *name == field {
                *value = typed;
            }
        }
        let page = ada.post("/studio", &fields).await;
        assert_eq!(page.status, 422, "{field}={typed}");
        page.shows(&[&format!("id=\"{field}-error\""), says]);
        if field != "prompt" {
            page.shows(&[">a red fox</textarea>"]);
        }
        if field != "seed" {
            page.shows(&["value=\"77\""]);
        }
        if field != "size" {
            page.shows(&["value=\"portrait_4_3\" data-ratio=\"3:4\" checked"]);
        }
    }
    let seed = ("seed", "x\"><b>");
    ada.post("/studio", &[("prompt", "fox"), seed])
        .await
        .shows(&["value=\"x&quot;&gt;&lt;b&gt;\""]);
    assert_eq!(site.studio.balance(ada.account()).await, 10, "nothing was charged");
}

#[tokio::test]
async fn a_negative_prompt_is_refused_where_it_is_not_read_and_kept() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let fields = [("prompt", "a fox"), ("negative_prompt", "snow"), ("model", "flux-schnell")];
    let page = ada.post("/studio", &fields).await;
    assert_eq!(page.status, 422);
    page.shows(&[
        "id=\"negative_prompt-error\"",
        "leave it blank or choose FLUX.2 klein (flux-2-klein).",
        ">snow</textarea>",
    ]);
    let fields = [("prompt", "a fox"), ("negative_prompt", "snow"), ("model", "flux-2-klein")];
    let id = ada.ask(&fields).await;
    let made = site.studio.generation(ada.account(), id).await;
    assert_eq!(made.generation.order.negative.unwrap().as_str(), "snow");
}

#[tokio::test]
async fn a_form_sent_twice_is_charged_once_and_a_changed_one_again() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let page = ada.get("/studio").await;
    let key = page.field("key").to_owned();
    assert_ne!(key, ada.get("/studio").await.field("key"), "every form has its own");
    let fields = [("key", &*key), ("prompt", "a fox"), ("count", "2"), ("price", "2")];
    let first = ada.ask(&fields).await;
    assert_eq!(ada.ask(&fields).await, first, "the double click");
    assert_eq!(site.studio.balance(ada.account()).await, 8);
    let changed = [("key", &*key), ("prompt", "an owl"), ("count", "2"), ("price", "2")];
    assert_ne!(ada.ask(&changed).await, first, "back, and something else");
    assert_eq!(site.studio.balance(ada.account()).await, 6);
}

#[tokio::test]
async fn another_price_than_the_button_said_is_never_charged() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let page = ada.post("/studio", &[("prompt", "a fox"), ("count", "4"), ("price", "1")]).await;
    assert_eq!(page.status, 422);
    page.shows(&["This costs 4 credits; press again to agree.", ">4 credits</span>"]);
    assert_eq!((page.field("price"), site.studio.balance(ada.account()).await), ("4", 10));
}

#[tokio::test]
async fn out_of_credits_keeps_the_form_and_leads_to_billing() {
    let site = Site::open().await;
    let grace = site.sign_in(&grace()).await;
    let fields = [("prompt", "a lamp"), ("seed", "9"), ("count", "4"), ("price", "4")];
    let page = grace.post("/studio", &fields).await;
    assert_eq!(page.status, 402);
    page.shows(&[
        ">a lamp</textarea>",
        "value=\"9\"",
        "id=\"generate\" type=\"submit\" hidden>",
        "formaction=\"/billing/top-up\" formnovalidate>Top up <span id=\"missing-said\">1 credit</span></button>",
        "you have 3 credits",
    ]);
    assert_eq!(site.studio.balance(grace.account()).await, 3);
    let linus = site.sign_in(&linus()).await;
    linus.get("/studio").await.shows(&["id=\"generate\" type=\"submit\" hidden>", "Top up"]);
}

#[tokio::test]
async fn a_remix_brings_back_all_a_picture_was_made_from() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let fields = [
        ("prompt", "a fox"),
        ("negative_prompt", "snow"),
        ("model", "flux-2-klein"),
        ("size", "landscape_16_9"),
        ("seed", "40"),
        ("count", "2"),
    ];
    let id = ada.ask(&fields).await;
    site.studio.settle().await;
    let made = site.studio.generation(ada.account(), id).await;
    let image = made.renders[1].image_id.unwrap();
    let page = ada.get(&format!("/studio?remix={image}&parts=all")).await;
    page.shows(&[
        ">a fox</textarea>",
        ">snow</textarea>",
        "data-negative checked",
        "value=\"landscape_16_9\" data-ratio=\"16:9\" checked",
        "aria-pressed=\"true\"",
    ]);
    page.shows(&["placeholder=\"random\" value=\"41\""]);
    let page = ada.get(&format!("/studio?remix={image}")).await;
    page.shows(&[
        ">a fox</textarea>",
        "placeholder=\"random\" value=\"\"",
        "aria-pressed=\"false\"",
    ]);
    ada.ask(&[("prompt", "a hare"), ("model", "flux-dev"), ("count", "1")]).await;
    let page = ada.get(&format!("/studio?remix={image}&parts=prompt,size")).await;
    page.shows(&[">a fox</textarea>", "value=\"landscape_16_9\" data-ratio=\"16:9\" checked"]);
    page.shows(&["data-recalled=\"prompt negative_prompt size\""]);
    assert!(!page.text.contains("data-negative checked"), "the model stays as it was");
    assert_eq!(ada.get(&format!("/studio?remix={image}&parts=steps")).await.status, 422);
    let grace = site.sign_in(&grace()).await;
    assert_eq!(grace.get(&format!("/studio?remix={image}")).await.status, 404);
    assert_eq!(ada.get("/studio?remix=nothing").await.status, 404);
}

#[tokio::test]
async fn a_remix_and_what_it_came_from_name_each_other() {
    let site = Site::open().await;
    let (ada, grace) = (site.sign_in(&ada()).await, site.sign_in(&grace()).await);
    let picture = async |of: &Browser<'_>, fields: &[(&str, &str)]| {
        let id = of.ask(fields).await;
        site.studio.settle().await;
        site.studio.generation(of.account(), id).await.renders[0].image_id.unwrap().to_string()
    };
    let first = picture(&ada, &[("prompt", "a fox")]).await;
    let page = ada.get(&format!("/studio?remix={first}")).await;
    assert_eq!(page.field("remix_of"), first);
    let again = ada.get(&format!("/studio?remix={first}&parts=seed")).await;
    assert!(!again.text.contains("remix_of"), "a seed alone is no remix");
    let second = picture(&ada, &[("prompt", "a hare"), ("remix_of", &first)]).await;
    let (old, new) =
        (ada.get(&format!("/images/{first}")).await, ada.get(&format!("/images/{second}")).await);
    old.shows(&["Remixed as", &second]);
    new.shows(&["Remixed from", &first]);
    assert!(!old.text.contains("Remixed from") && !new.text.contains("Remixed as"));
    // A picture of somebody else is none, and what was asked for is made all the same.
    let hers = picture(&grace, &[("prompt", "a heron"), ("remix_of", &first)]).await;
    let page = grace.get(&format!("/images/{hers}")).await;
    assert!(!page.text.contains("Remixed"), "{}", page.text);
    assert!(!ada.get(&format!("/images/{first}")).await.text.contains(&hers));
}

#[tokio::test]
async fn earlier_prompts_are_found_by_their_words_and_are_nobody_elses() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    for prompt in ["a red fox", "a grey heron", "a red fox", "a <b>red</b> lamp"] {
        ada.ask(&[("prompt", prompt), ("size", "portrait_4_3")]).await;
    }
    let page = ada.get("/studio/prompts").await;
    assert_eq!(page.text.matches("class=\"wording\"").count(), 3, "each wording once");
    page.shows(&[
        "a &lt;b&gt;red",
        "prompt=a+grey+heron&amp;model=flux-schnell&amp;size=portrait_4_3",
    ]);
    let page = ada.get("/studio/prompts?q=RED+fox").await;
    page.shows(&["a red fox"]);
    page.hides(&["heron", "lamp"]);
    ada.get("/studio/prompts?q=zebra").await.shows(&["No prompt has all of “zebra”."]);
    let grace = site.sign_in(&grace()).await;
    grace.get("/studio/prompts").await.hides(&["fox", "heron"]);
    assert_eq!(site.stranger("/studio/prompts").await.status, 303);
}

#[tokio::test]
async fn a_style_is_charged_once_kept_with_the_words_and_refused_when_unknown() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let id = ada.ask(&[("prompt", "a fox"), ("style", "poster")]).await;
    let order = site.studio.generation(ada.account(), id).await.generation.order;
    assert!(order.prompt.as_str().starts_with("a fox, mid-century poster"));
    let page = ada.post("/studio", &[("prompt", "a fox"), ("style", "oil")]).await;
    assert_eq!(page.status, 422);
    page.shows(&["Choose one of the styles.", ">a fox</textarea>"]);
    assert_eq!(site.studio.balance(ada.account()).await, 9);
}
