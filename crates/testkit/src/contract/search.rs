//! What a search finds: one list of cases, for every store.
//!
//! Every case is asked of the store and of [`Search::matches`]: a store that cannot search by itself
//! may use the latter, and the two can never differ.

mod cases;

use safelight_domain::{
    AccountId, Change, Image, ImageChange, ImageFilter, ImageId, ModelSlug, Order, Prompt,
    RenderChange, Search, Seed, SignedDuration,
};
use safelight_ports::Page;

use self::cases::{CASES, NOTHING, PICTURES};
use crate::{
    Darkroom,
    contract::provider::order,
    people::{ada, grace},
};

/// Tests of the contract for `$make`, an expression giving an `Arc<Darkroom>` on an empty store and
/// what it stands on.
#[macro_export]
macro_rules! search_contract {
    ($make:expr) => {
        $crate::contract_tests!(search, $make,
            a_search_finds_what_it_says_and_nothing_else
            a_search_that_holds_nothing_to_look_for_finds_nothing
            a_search_goes_with_every_filter_and_every_question
            a_search_meets_only_ones_own_pictures
        );
    };
}

struct Shelf {
    ada: AccountId,
    images: Vec<(&'static str, Image)>,
}

async fn picture(
    room: &Darkroom,
    of: AccountId,
    (prompt, seed, model): (&str, u64, &str),
) -> Image {
    let order = Order {
        prompt: Prompt::parse(prompt).unwrap(),
        seed: Seed(seed),
        model: ModelSlug(model.to_owned()),
        ..order()
    };
    let (changes, renders) = room.request_for(of, 1, 0, order.clone());
    room.record(changes).await.unwrap();
    let mut handed = room.dispatch(u16::MAX).await.into_iter();
    let render = handed.find(|one| one.id == renders[0]).unwrap();
    room.submitted(&render).await;
    let (_, mut store) = room.store_of(&render);
    let Change::Render(RenderChange::Store { image, .. }) = &mut store else { panic!("{store:?}") };
    image.prompt = order.prompt;
    image.model = order.model;
    let image = image.clone();
    room.commit(of, vec![store]).await.unwrap();
    image
}

impl Shelf {
    /// The pictures of the cases, a day between two; the first two are liked.
    async fn fill(room: &Darkroom) -> Self {
        let ada = room.join(&ada()).await;
        let mut images = Vec::new();
        for (name, prompt, seed, model) in PICTURES {
            let mut image = picture(room, ada, (prompt, seed, model)).await;
            if ["fox", "lamp"].contains(&name) {
                image.liked = true;
                room.commit(ada, vec![Change::Image(ImageChange::Like(image.id, true))])
                    .await
                    .unwrap();
            }
            images.push((name, image));
            room.clock.advance(SignedDuration::from_hours(24));
        }
        Self { ada, images }
    }

    fn names(&self, ids: &[ImageId]) -> String {
        let name = |id: &ImageId| {
            let found = self.images.iter().find(|(_, image)| image.id == *id);
            found.map_or("a stranger's", |(name, _)| *name)
        };
        ids.iter().map(name).collect::<Vec<_>>().join(" ")
    }
}

async fn find(room: &Darkroom, of: AccountId, filter: &ImageFilter) -> Vec<ImageId> {
    let page = Page { after: None, limit: 100 };
    let found = room.reads.images(of, filter, page).await.unwrap();
    found.items.iter().map(|image| image.id).collect()
}

fn filter(typed: &str) -> ImageFilter {
    let search = Search::parse(typed).unwrap_or_else(|no| panic!("{typed}: {}", no.says));
    assert!(search.is_some(), "{typed}");
    ImageFilter { search, ..ImageFilter::default() }
}

/// The list of cases, each asked of the store and of the rule.
pub async fn a_search_finds_what_it_says_and_nothing_else<K>(room: &Darkroom, _: &K) {
    let shelf = Shelf::fill(room).await;
    let mut wrong = Vec::new();
    for (typed, expected) in CASES {
        let filter = filter(typed);
        let found = shelf.names(&find(room, shelf.ada, &filter).await);
        if found != *expected {
            wrong.push(format!("{typed}: the store finds [{found}], not [{expected}]"));
        }
        let search = filter.search.as_ref().unwrap();
        let newest = shelf.images.iter().rev();
        let judged = newest.filter(|(_, image)| search.matches(image)).map(|(name, _)| *name);
        let judged = judged.collect::<Vec<_>>().join(" ");
        if judged != *expected {
            wrong.push(format!("{typed}: the rule finds [{judged}], not [{expected}]"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // What a search finds and what it leaves out are everything, once.
    let with = find(room, shelf.ada, &filter("fox")).await;
    let without = find(room, shelf.ada, &filter("-fox")).await;
    assert_eq!(with.len() + without.len(), PICTURES.len());
}

/// Not everything: what cannot be looked for is in no picture.
pub async fn a_search_that_holds_nothing_to_look_for_finds_nothing<K>(room: &Darkroom, _: &K) {
    let shelf = Shelf::fill(room).await;
    let (oldest, newest) = (shelf.images[0].1.id, shelf.images[PICTURES.len() - 1].1.id);
    for typed in NOTHING {
        for trashed in [false, true] {
            let filter = ImageFilter { trashed, ..filter(typed) };
            assert_eq!(find(room, shelf.ada, &filter).await, [], "{typed}");
            let ids = room.reads.image_ids(shelf.ada, &filter, None, 100).await.unwrap();
            assert_eq!(ids, [], "{typed}");
            let beside = room.reads.neighbours(shelf.ada, &filter, newest).await.unwrap();
            assert_eq!((beside.newer, beside.older), (None, None), "{typed}");
            let newer = room.reads.newer_images(shelf.ada, &filter, oldest, 9).await.unwrap();
            assert_eq!(newer, 0, "{typed}");
        }
    }
}

/// Pages, neighbours, ids and counts are all of the same pictures, and other filters narrow them.
pub async fn a_search_goes_with_every_filter_and_every_question<K>(room: &Darkroom, _: &K) {
    let shelf = Shelf::fill(room).await;
    for typed in ["model:schnell", "-fox", "a OR 猫", "after:2026", "before:2027 -fog", "liked:no"]
    {
        let filter = filter(typed);
        let whole = find(room, shelf.ada, &filter).await;
        assert!(whole.len() > 3, "{typed}");
        every_page(room, shelf.ada, &filter, &whole).await;
        for (at, id) in whole.iter().enumerate() {
            let beside = room.reads.neighbours(shelf.ada, &filter, *id).await.unwrap();
            let newer = at.checked_sub(1).map(|at| whole[at]);
            let older = whole.get(at + 1).copied();
            assert_eq!((beside.newer, beside.older), (newer, older), "{typed}");
            let count = room.reads.newer_images(shelf.ada, &filter, *id, 100).await.unwrap();
            assert_eq!(count as usize, at, "{typed}");
        }
        let liked = ImageFilter { liked: true, ..filter.clone() };
        assert!(find(room, shelf.ada, &liked).await.len() <= 2, "{typed}");
        let model = Some(ModelSlug("flux-pro".to_owned()));
        let pro = find(room, shelf.ada, &ImageFilter { model, ..filter.clone() }).await;
        assert!(pro.iter().all(|id| whole.contains(id)) && pro.len() < whole.len(), "{typed}");
        assert_eq!(find(room, shelf.ada, &ImageFilter { trashed: true, ..filter }).await, []);
    }
    let fox = shelf.images[0].1.id;
    room.commit(shelf.ada, vec![Change::Image(ImageChange::Trash(fox))]).await.unwrap();
    let trash = ImageFilter { trashed: true, ..filter("before:2100 fox") };
    assert_eq!(find(room, shelf.ada, &trash).await, [fox]);
    assert_eq!(find(room, shelf.ada, &filter("seed:48151")).await, []);
}

/// Page by page, and the ids from each page on.
async fn every_page(room: &Darkroom, of: AccountId, filter: &ImageFilter, whole: &[ImageId]) {
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let rest = room.reads.image_ids(of, filter, after, 100).await.unwrap();
        assert_eq!(rest, whole[seen.len()..], "{filter:?}: the ids from a place on");
        let found = room.reads.images(of, filter, Page { after, limit: 2 }).await.unwrap();
        seen.extend(found.items.iter().map(|image| image.id));
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, whole, "{filter:?}");
}

/// Nobody's pictures are found by another's words, not even by what is left out.
pub async fn a_search_meets_only_ones_own_pictures<K>(room: &Darkroom, _: &K) {
    let (ada, grace) = (room.join(&ada()).await, room.join(&grace()).await);
    let hers = picture(room, ada, ("a red fox", 7, "flux-dev")).await;
    let others = picture(room, grace, ("a red fox", 7, "flux-dev")).await;
    for typed in ["fox", "-lamp", "seed:7", "lamp OR -owl", "model:dev", "liked:no", "after:2000"] {
        assert_eq!(find(room, ada, &filter(typed)).await, [hers.id], "{typed}");
        assert_eq!(find(room, grace, &filter(typed)).await, [others.id], "{typed}");
    }
    let owner = grace.to_string().replace('-', "");
    for typed in [owner.clone(), format!("owner:{owner}"), format!("\"{owner}\"")] {
        assert_eq!(find(room, ada, &filter(&typed)).await, [], "{typed}");
    }
}
