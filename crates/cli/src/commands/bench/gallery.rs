//! Pages and searches of a small and of a large gallery: the work must not grow with it.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use anyhow::Context;
use poem::{Endpoint, Request};
use safelight_adapters_sqlite::Sqlite;
use safelight_domain::{
    AccountId, Changes, Credits, Email, GenerationChange, Image, ImageFilter, ImageId, Search,
};
use safelight_ports::{Cursor, Ids, Page, Reads, Store};
use safelight_usecases::Images;
use serde_json::json;

use super::{
    super::serve,
    asking::{cookie, often},
    fill,
};
use crate::{
    args::Args,
    config::Config,
    output::print,
    wire::{self, Places},
    world::V7Ids,
};

const SIZES: [u32; 2] = [100, 50_000];
const ROUNDS: u32 = 200;
const WORDS: [&str; 16] = [
    "lighthouse",
    "fox",
    "harbour",
    "lamp",
    "forest",
    "glacier",
    "teapot",
    "bridge",
    "orchard",
    "kite",
    "violin",
    "desert",
    "otter",
    "market",
    "comet",
    "staircase",
];

/// One thing asked of a gallery, with its median time at each size.
struct Asked {
    name: &'static str,
    medians: [Duration; 2],
}

pub async fn run(args: &Args) -> anyhow::Result<()> {
    let scratch = args.data_dir.join(format!("bench-{}", std::process::id()));
    let mut measured = Vec::new();
    for size in SIZES {
        let places = Places::within(&scratch.join(size.to_string()))?;
        let store = wire::open_store(&places)?;
        let account = fill(&store, size).await?;
        measured.push(measure(&places, &store, account).await?);
    }
    std::fs::remove_dir_all(&scratch)?;
    let [small, large] = <[_; 2]>::try_from(measured).ok().context("two sizes were measured")?;
    let all: Vec<_> = small
        .into_iter()
        .zip(large)
        .map(|((name, small), (_, large))| Asked { name, medians: [small, large] })
        .collect();
    report(args, &all);
    Ok(())
}

fn report(args: &Args, all: &[Asked]) {
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let rows: Vec<_> = all
        .iter()
        .map(|asked| {
            let [small, large] = asked.medians.map(micros);
            json!({ "asked": asked.name, "small_us": small, "large_us": large, "ratio": large / small })
        })
        .collect();
    print(args.json, &json!({ "sizes": SIZES, "measured": rows }), || {
        let mut text = format!("{:<28}{:>12}{:>12}{:>8}\n", "median us", SIZES[0], SIZES[1], "x");
        for asked in all {
            let [small, large] = asked.medians.map(micros);
            let _ = writeln!(
                text,
                "{:<28}{small:>12.0}{large:>12.0}{:>8.2}",
                asked.name,
                large / small
            );
        }
        text
    });
}

/// A gallery of `size` pictures whose prompts share words.
async fn fill(store: &Sqlite, size: u32) -> anyhow::Result<AccountId> {
    let account = fill::open_accounts(store, 1).await?[0];
    let mut storing = tokio::task::JoinSet::new();
    for n in 0..size {
        let store = store.clone();
        storing.spawn(async move { store.commit(picture(account, n)).await });
        while storing.len() >= 256 {
            storing.join_next().await.context("some are under way")???;
        }
    }
    while let Some(stored) = storing.join_next().await {
        stored??;
    }
    Ok(account)
}

fn picture(account: AccountId, n: u32) -> Changes {
    let word = |step: u32| WORDS[(n / step) as usize % WORDS.len()];
    let prompt = format!("a {} and a {} by the {}, number {n}", word(1), word(16), word(256));
    let request = fill::request(account, &prompt, Credits::ZERO);
    let generation = &request.generation;
    let image = Image {
        id: ImageId(V7Ids.next()),
        account_id: account,
        render_id: request.ids[0].0,
        generation_id: generation.id,
        prompt: generation.order.prompt.clone(),
        model: generation.order.model.clone(),
        seed: generation.order.seed,
        width: 1024,
        height: [768, 1024, 1365][n as usize % 3],
        bytes: 120_000,
        media_type: "image/jpeg".to_owned(),
        thumbhash: vec![0x59, 0x26, 0x0e, 0x0f, 0x06, 0x59, 0x79, 0x87, 0x78, 0x78, 0x80],
        liked: false,
        folder_id: None,
        trashed_at: None,
        created_at: generation.created_at,
    };
    Changes::of(account, [GenerationChange::Import { request: Box::new(request), image }])
}

async fn measure(
    places: &Places,
    store: &Sqlite,
    account: AccountId,
) -> anyhow::Result<Vec<(&'static str, Duration)>> {
    let page = |after| Page { after, limit: 40 };
    let first = store.images(account, &ImageFilter::default(), page(None)).await?;
    let middle = first.next.map(|Cursor(newest)| Cursor(newest / 2));
    let search =
        |text| Search::parse(text).map(|search| ImageFilter { search, ..ImageFilter::default() });
    let mut all = Vec::new();
    for (name, filter, after) in [
        ("first page", ImageFilter::default(), None),
        ("page in the middle", ImageFilter::default(), middle),
        ("search, a common word", search("fox")?, None),
        ("search, two words", search("fox comet")?, None),
        ("search, start of a word", search("light")?, None),
        ("search, one picture", search("number 77")?, None),
    ] {
        let ask = || async { store.images(account, &filter, page(after)).await.map(drop) };
        all.push((name, median(ask).await?));
    }
    let all_of = |filter: ImageFilter| {
        move || {
            let filter = filter.clone();
            async move { store.image_ids(account, &filter, None, Images::ALL).await.map(drop) }
        }
    };
    let fox = ImageFilter { search: Search::parse("fox")?, ..ImageFilter::default() };
    all.push(("ids of all, at most 20,000", median(all_of(ImageFilter::default())).await?));
    all.push(("ids of a search", median(all_of(fox.clone())).await?));
    let oldest =
        *store.image_ids(account, &fox, None, Images::ALL).await?.last().context("a fox")?;
    let newer = || async { store.newer_images(account, &fox, oldest, 100).await.map(drop) };
    all.push(("how many are new, at most 100", median(newer).await?));
    all.push(("months", median(|| async { store.months(account).await.map(drop) }).await?));
    let url = "http://localhost";
    let config = Config::default();
    let wired = wire::studio(&config, places, store, url)?;
    let cookie = cookie(&wired.studio, Email::parse("bench-0@example.com")?).await?;
    let (_stop, stopping) = tokio::sync::watch::channel(false);
    let app = Arc::new(safelight_web::app(serve::web(&config, &wired, url, stopping)?));
    let ask = || async {
        let request = Request::builder().uri_str("/gallery").header("Cookie", &cookie).finish();
        let answer = app.call(request).await?;
        anyhow::ensure!(answer.status().is_success(), "the gallery answered {}", answer.status());
        answer.into_body().into_bytes().await?;
        anyhow::Ok(())
    };
    all.push(("the whole page, rendered", median(ask).await?));
    Ok(all)
}

async fn median<F, E>(ask: impl FnMut() -> F) -> Result<Duration, E>
where
    F: Future<Output = Result<(), E>>,
{
    let took = often(ROUNDS, ask).await?;
    Ok(took[took.len() / 2])
}
