//! The contract of [`Store`](safelight_ports::Store), seen through
//! [`Reads`](safelight_ports::Reads). The second argument of every guard only keeps alive what the
//! subject stands on, such as its folder.

use std::collections::BTreeSet;

use safelight_domain::{
    AccountId, BodyHash, Change, ChargeState, Ending, Folder, FolderChange, FolderId, FolderName,
    ImageChange, ImageFilter, Key, LedgerChange, ModelSlug, NEVER, Order, Prompt, Ratio, Refusal,
    Render, RenderChange, RenderId, RenderState, Rule, Search, SignedDuration, Step,
};
use safelight_ports::{Costs, Dispatch, Page};

use crate::{
    Darkroom,
    contract::provider::order,
    darkroom::{DEADLINE, LEASE},
    people::{ada, grace, linus},
};

/// Tests of the contract for `$make`, an expression giving an `Arc<Darkroom>` on an empty store and
/// what it stands on.
#[macro_export]
macro_rules! store_contract {
    ($make:expr) => {
        $crate::contract_tests!(store, $make,
            a_commit_is_all_or_nothing
            a_replay_gets_the_stored_receipt
            a_key_with_another_body_is_refused
            a_key_belongs_to_its_account
            a_refused_commit_keeps_no_key
            somebody_elses_ids_do_not_exist
            a_dispatch_leases_what_it_hands_out
            a_dispatch_is_fair_between_accounts
            a_dispatch_keeps_to_what_the_provider_takes
            the_long_dead_do_not_count_as_live
            those_in_line_see_their_place
            a_claim_leases_what_is_due
            a_claim_ends_those_past_their_deadline
            a_claim_tells_when_to_come_again
            nobody_gets_anothers_render
            pages_tell_everything_once_newest_first
            the_unfinished_are_found_among_the_finished
            endings_are_added_up_by_model
            a_gallery_shows_what_the_filter_says
            a_deleted_folder_leaves_everything_one_floor_up
            a_feed_tells_every_change_until_it_is_pruned
            a_feed_has_no_holes_when_the_clock_went_back
            keys_are_forgotten_when_they_are_old
            a_counter_is_exact_whoever_calls_at_once
            a_counter_is_forgotten_once_it_has_lapsed
        );
    };
}

fn hash(byte: u8) -> BodyHash {
    BodyHash([byte; 32])
}

fn key(text: &str) -> Key {
    Key::parse(text).expect("a key")
}

fn page(limit: u16) -> Page {
    Page { after: None, limit }
}

/// A refusal late in the list undoes what stands before it.
pub async fn a_commit_is_all_or_nothing<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let before = room.reads.lines(ada, page(100)).await.unwrap();
    let (_, small) = room.charge(1);
    let (_, big) = room.charge(1_000);
    let no = room.commit(ada, vec![room.gift(5, NEVER), small, big]).await.unwrap_err();
    assert!(matches!(no, Refusal::Overdrawn { .. }), "{no}");
    assert_eq!(room.balance(ada).await, 10);
    assert_eq!(room.reads.lines(ada, page(100)).await.unwrap(), before);
}

/// The first answer, word for word, whatever happened since; and nothing is done again.
pub async fn a_replay_gets_the_stored_receipt<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let (changes, renders) = room.request(ada, 2, 1);
    let keyed = changes.keyed(Some((key("k"), hash(1))));
    let first = room.record(keyed.clone()).await.unwrap();
    assert!(!first.replayed && first.subject.is_some() && first.balance.get() == 8);
    room.commit(ada, vec![Change::Render(RenderChange::Cancel(renders[0]))]).await.unwrap();
    // A retry may have made other ids for the same request; the stored answer wins.
    let (changes, others) = room.request(ada, 2, 1);
    for again in [keyed, changes.keyed(Some((key("k"), hash(1))))] {
        let receipt = room.record(again).await.unwrap();
        assert!(receipt.replayed);
        assert_eq!((receipt.subject, receipt.balance), (first.subject, first.balance));
    }
    assert_eq!(room.reads.render(ada, others[0]).await.unwrap(), None);
    assert_eq!(room.balance(ada).await, 9);
}

/// The same key for another request is a mistake, not a request.
pub async fn a_key_with_another_body_is_refused<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    for (body, expected) in [(1, Ok(9)), (2, Err(Refusal::KeyReused)), (1, Ok(9))] {
        let (changes, _) = room.request(ada, 1, 1);
        let answer = room.record(changes.keyed(Some((key("k"), hash(body))))).await;
        assert_eq!(answer.map(|receipt| receipt.balance.get()), expected);
    }
    assert_eq!(room.balance(ada).await, 9);
}

/// Two callers may choose the same word.
pub async fn a_key_belongs_to_its_account<K>(room: &Darkroom, _: &K) {
    for person in [ada(), grace()] {
        let account = room.join(&person).await;
        let (changes, _) = room.request(account, 1, 1);
        let receipt = room.record(changes.keyed(Some((key("k"), hash(1))))).await.unwrap();
        assert!(!receipt.replayed);
    }
}

/// Nothing happened, so the same request may come again.
pub async fn a_refused_commit_keeps_no_key<K>(room: &Darkroom, _: &K) {
    let linus = room.join(&linus()).await;
    let (changes, _) = room.request(linus, 1, 1);
    let keyed = changes.keyed(Some((key("k"), hash(1))));
    assert!(room.record(keyed.clone()).await.is_err());
    room.commit(linus, vec![room.gift(1, NEVER)]).await.unwrap();
    assert!(!room.record(keyed).await.unwrap().replayed);
}

/// An id grants nothing: every read and write is scoped by account.
pub async fn somebody_elses_ids_do_not_exist<K>(room: &Darkroom, _: &K) {
    let (ada, grace) = (room.join(&ada()).await, room.join(&grace()).await);
    let image = room.picture(ada).await;
    let waits = room.waiting(ada, 1).await.pop().unwrap();
    let (charge, paid) = room.charge(1);
    let folder = folder(room, ada, None, "hers");
    room.commit(ada, vec![paid, Change::Folder(FolderChange::Create(folder.clone()))])
        .await
        .unwrap();
    let name = FolderName::parse("mine").unwrap();
    let under = Folder { parent_id: Some(folder.id), ..self::folder(room, grace, None, "mine") };
    let later = Step::Later { next_at: room.now() };
    for change in [
        Change::Ledger(LedgerChange::Keep(charge)),
        Change::Ledger(LedgerChange::Refund(charge)),
        Change::Render(RenderChange::Advance(waits.id, later)),
        Change::Render(RenderChange::Cancel(waits.id)),
        Change::Render(RenderChange::End(waits.id, Ending::Filtered)),
        room.store_of(&Render { account_id: grace, ..waits.clone() }).1,
        Change::Image(ImageChange::Like(image, true)),
        Change::Image(ImageChange::File(image, None)),
        Change::Image(ImageChange::Trash(image)),
        Change::Image(ImageChange::TrashUnliked(image)),
        Change::Image(ImageChange::Restore(image)),
        Change::Folder(FolderChange::Create(under)),
        Change::Folder(FolderChange::Rename(folder.id, name)),
        Change::Folder(FolderChange::Move(folder.id, None)),
        Change::Folder(FolderChange::Delete(folder.id)),
    ] {
        let told = format!("{change:?}");
        assert_eq!(room.commit(grace, vec![change]).await, Err(Refusal::NotFound), "{told}");
    }
    assert!(room.reads.image(grace, image).await.unwrap().is_none());
    assert!(room.reads.render(grace, waits.id).await.unwrap().is_none());
    assert!(room.reads.generation(grace, waits.generation_id).await.unwrap().is_none());
    assert!(room.reads.charge(grace, charge).await.unwrap().is_none());
    assert!(room.reads.folders(grace).await.unwrap().is_empty());
    let mut words = ImageFilter::default();
    assert!(room.reads.images(grace, &words, page(9)).await.unwrap().items.is_empty());
    words.search = Search::parse("fox").unwrap();
    assert!(room.reads.images(grace, &words, page(9)).await.unwrap().items.is_empty());
    assert_eq!(room.shown(ada, waits.id).await.render.state, RenderState::Waiting);
}

/// What was handed out is on its way, and nobody gets it again.
pub async fn a_dispatch_leases_what_it_hands_out<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let asked = room.ask(ada, 1).await;
    for attempt in 1..=2 {
        room.clock.advance(SignedDuration::from_secs(1));
        let render = room.dispatch(4).await.pop().unwrap();
        assert_eq!(render.id, asked[0]);
        assert_eq!((render.state, render.attempt), (RenderState::Submitting, attempt));
        assert_eq!(render.begun_at, Some(room.now()));
        assert_eq!(render.next_at, Some(room.now() + LEASE));
        assert_eq!(room.shown(ada, render.id).await.render, render, "it answers what it wrote");
        assert!(room.dispatch(4).await.is_empty());
        // Only one that never reached the provider stands in line again, from its time on.
        let next_at = room.now() + SignedDuration::from_secs(1);
        let back =
            Change::Render(RenderChange::Advance(render.id, Step::NotSent { attempt, next_at }));
        room.commit(ada, vec![back]).await.unwrap();
        assert!(room.dispatch(4).await.is_empty(), "its time has not come");
    }
}

/// Forty in one account do not starve the one of another, nor the next one after that.
pub async fn a_dispatch_is_fair_between_accounts<K>(room: &Darkroom, _: &K) {
    let (ada, grace) = (room.join(&ada()).await, room.join(&grace()).await);
    room.commit(ada, vec![room.gift(40, NEVER)]).await.unwrap();
    for _ in 0..10 {
        room.ask(ada, 4).await;
    }
    room.ask(grace, 1).await;
    let turns = |renders: Vec<Render>| renders.iter().map(|r| r.account_id).collect::<Vec<_>>();
    assert_eq!(turns(room.dispatch(2).await), [ada, grace], "turn about");
    // Both have one live; the older request is Ada's.
    assert_eq!(turns(room.dispatch(3).await), [ada]);
    room.ask(grace, 1).await;
    assert_eq!(turns(room.dispatch(4).await), [grace], "live ones count as turns had");
}

/// However often it is asked, no more are at the provider than it takes.
pub async fn a_dispatch_keeps_to_what_the_provider_takes<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    for _ in 0..2 {
        room.ask(ada, 4).await;
    }
    let first = room.dispatch(3).await;
    assert_eq!(first.len(), 3);
    assert!(room.dispatch(3).await.is_empty());
    // Submitting, unknown and waiting are at the provider; an ended one has left it.
    room.submitted(&first[0]).await;
    let lost = Step::Lost { attempt: 1, next_at: room.now() };
    room.commit(ada, vec![Change::Render(RenderChange::Advance(first[1].id, lost))]).await.unwrap();
    assert!(room.dispatch(3).await.is_empty());
    room.commit(ada, vec![Change::Render(RenderChange::End(first[0].id, Ending::Filtered))])
        .await
        .unwrap();
    assert_eq!(room.dispatch(3).await.len(), 1);
}

/// What began before `live_since` no longer holds a place.
pub async fn the_long_dead_do_not_count_as_live<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    room.ask(ada, 2).await;
    assert_eq!(room.dispatch(1).await.len(), 1);
    room.clock.advance(SignedDuration::from_mins(5));
    let due = room.now();
    let order = |live_since| Dispatch { due, until: due + LEASE, in_flight: 1, live_since };
    let back = |minutes| order(due - SignedDuration::from_mins(minutes));
    assert!(room.store.dispatch(back(6)).await.unwrap().is_empty());
    assert_eq!(room.store.dispatch(back(4)).await.unwrap().len(), 1);
}

/// The place in line is the order in which places at the provider will be given.
pub async fn those_in_line_see_their_place<K>(room: &Darkroom, _: &K) {
    let (ada, grace) = (room.join(&ada()).await, room.join(&grace()).await);
    let hers = room.ask(ada, 3).await;
    let other = room.ask(grace, 1).await;
    let mut places = Vec::new();
    for (account, id) in [(ada, hers[0]), (ada, hers[1]), (ada, hers[2]), (grace, other[0])] {
        places.push(room.shown(account, id).await.position);
    }
    assert_eq!(places, [Some(0), Some(2), Some(3), Some(1)]);
    let status = room.reads.generations(ada, page(1)).await.unwrap().items.remove(0);
    let listed: Vec<_> = status.renders.iter().map(|status| status.position).collect();
    assert_eq!(listed, [Some(0), Some(2), Some(3)], "a list tells the same");
    let turns: Vec<_> = room.dispatch(3).await.iter().map(|render| render.id).collect();
    assert_eq!(turns, [hers[0], other[0], hers[1]]);
    assert_eq!(room.shown(ada, hers[0]).await.position, None);
    assert_eq!(room.shown(ada, hers[2]).await.position, Some(0));
}

/// A lease is a while in which nobody else gets it, and afterwards somebody does.
pub async fn a_claim_leases_what_is_due<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let waiting: BTreeSet<_> = room.waiting(ada, 3).await.iter().map(|r| r.id).collect();
    room.ask(ada, 1).await;
    let first = room.claim(2).await.renders;
    assert_eq!(first.len(), 2);
    assert!(first.iter().all(|r| r.next_at == Some(room.now() + LEASE)), "leased");
    let second = room.claim(9).await.renders;
    assert_eq!(second.len(), 1, "the one in line is for dispatch");
    let all: BTreeSet<_> = first.iter().chain(&second).map(|render| render.id).collect();
    assert_eq!(all, waiting);
    assert!(room.claim(9).await.renders.is_empty());
    room.clock.advance(LEASE);
    assert_eq!(room.claim(9).await.renders.len(), 3, "who held them has died");
}

/// One that waited too long for a place is for the sweeper, not for the provider.
pub async fn a_claim_ends_those_past_their_deadline<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let asked = room.ask(ada, 1).await;
    room.clock.advance(DEADLINE);
    assert!(room.dispatch(4).await.is_empty());
    let claimed = room.claim(4).await.renders;
    assert_eq!(
        claimed.iter().map(|r| (r.id, r.state)).collect::<Vec<_>>(),
        [(asked[0], RenderState::Pending)]
    );
    assert!(room.claim(4).await.renders.is_empty(), "it is leased");
    room.clock.advance(LEASE);
    assert_eq!(room.claim(4).await.renders.len(), 1);
}

/// Whoever sleeps until then misses nothing.
pub async fn a_claim_tells_when_to_come_again<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    assert_eq!(room.claim(4).await.next, None);
    let deadline = room.now() + DEADLINE;
    room.ask(ada, 2).await;
    assert_eq!(room.claim(4).await.next, Some(deadline), "the end of waiting in line");
    let render = room.dispatch(1).await.remove(0);
    assert_eq!(room.claim(4).await.next, Some(room.now() + LEASE), "the end of the dispatch");
    room.submitted(&render).await;
    assert_eq!(room.claim(4).await.next, Some(room.now() + LEASE), "the end of this claim");
    room.clock.advance(DEADLINE);
    let next = room.claim(1).await.next;
    assert!(next.is_some_and(|next| next <= room.now()), "one more is due: {next:?}");
}

/// Many callers at once: each render goes to one of them.
pub async fn nobody_gets_anothers_render<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    room.commit(ada, vec![room.gift(90, NEVER)]).await.unwrap();
    for _ in 0..25 {
        room.ask(ada, 4).await;
    }
    let dispatched = together(room, |room| async move { room.dispatch(100).await }).await;
    assert_eq!(dispatched.len(), 100);
    for render in &dispatched {
        room.submitted(render).await;
    }
    assert_eq!(together(room, |room| async move { room.claim(30).await.renders }).await.len(), 100);
}

/// Eight calls at once; every render they got, none of them twice.
async fn together<F>(room: &Darkroom, call: impl Fn(Darkroom) -> F) -> Vec<Render>
where
    F: Future<Output = Vec<Render>> + Send + 'static,
{
    let calls: Vec<_> = (0..8).map(|_| tokio::spawn(call(room.clone()))).collect();
    let mut got = Vec::new();
    for call in calls {
        got.extend(call.await.unwrap());
    }
    let ids: BTreeSet<RenderId> = got.iter().map(|render| render.id).collect();
    assert_eq!(ids.len(), got.len(), "nobody gets another's");
    got
}

/// Page by page or all at once: the same rows in the same order.
pub async fn pages_tell_everything_once_newest_first<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    for _ in 0..5 {
        room.picture(ada).await;
    }
    macro_rules! paged {
        ($read:expr, $place:expr) => {{
            let all: Vec<_> = $read(page(100)).await.unwrap().items.iter().map($place).collect();
            let (mut pieces, mut at) = (Vec::new(), page(2));
            loop {
                let part = $read(at).await.unwrap();
                assert!(part.items.len() <= 2);
                pieces.extend(part.items.iter().map($place));
                let Some(after) = part.next else { break };
                at.after = Some(after);
            }
            assert!(all.len() >= 5 && all.is_sorted_by(|a, b| a > b), "newest first: {all:?}");
            assert_eq!(all, pieces);
        }};
    }
    let filter = ImageFilter::default();
    let words = ImageFilter { search: Search::parse("red fo").unwrap(), ..filter.clone() };
    paged!(|page| room.reads.lines(ada, page), |line| line.seq);
    paged!(|page| room.reads.generations(ada, page), |status| status.generation.id);
    paged!(|page| room.reads.images(ada, &filter, page), |image| image.id);
    paged!(|page| room.reads.images(ada, &words, page), |image| image.id);
}

/// However long ago they were asked for, and nobody else's.
pub async fn the_unfinished_are_found_among_the_finished<K>(room: &Darkroom, _: &K) {
    let (ada, grace) = (room.join(&ada()).await, room.join(&grace()).await);
    let old = room.waiting(ada, 2).await;
    room.commit(ada, vec![Change::Render(RenderChange::End(old[1].id, Ending::Filtered))])
        .await
        .unwrap();
    for _ in 0..3 {
        room.picture(ada).await;
    }
    let new = room.ask(ada, 1).await;
    room.ask(grace, 1).await;
    let found = room.reads.unfinished(ada).await.unwrap();
    let ids: Vec<Vec<_>> =
        found.iter().map(|f| f.renders.iter().map(|r| r.render.id).collect()).collect();
    assert_eq!(ids, [new, old.iter().map(|render| render.id).collect()], "newest first, whole");
    assert!(found.iter().all(safelight_ports::GenerationStatus::is_unfinished));
    room.commit(
        ada,
        vec![Change::Render(RenderChange::End(old[0].id, Ending::Failed("x".to_owned())))],
    )
    .await
    .unwrap();
    assert_eq!(room.reads.unfinished(ada).await.unwrap().len(), 1);
}

/// Everybody's, each in the span it ended in.
pub async fn endings_are_added_up_by_model<K>(room: &Darkroom, _: &K) {
    let (ada, grace) = (room.join(&ada()).await, room.join(&grace()).await);
    let start = room.now();
    let dev = Order { model: ModelSlug("flux-dev".to_owned()), ..order() };
    let (changes, _) = room.request_for(grace, 1, 2, dev.clone());
    room.record(changes).await.unwrap();
    let render = room.dispatch(9).await.remove(0);
    room.submitted(&render).await;
    let store = room.store_of(&render).1;
    room.commit(grace, vec![store]).await.unwrap();
    let renders = room.waiting(ada, 4).await;
    let endings = [Ending::Filtered, Ending::Failed("x".to_owned()), Ending::Cancelled];
    for (render, ending) in renders.iter().zip(endings) {
        room.commit(ada, vec![Change::Render(RenderChange::End(render.id, ending))]).await.unwrap();
    }
    let (_, store) = room.store_of(&renders[3]);
    let Change::Render(RenderChange::Store { image, .. }) = store else {
        unreachable!("it is one")
    };
    room.commit(ada, vec![Change::Render(RenderChange::Store { image, cost_micros: None })])
        .await
        .unwrap();
    room.clock.advance(SignedDuration::from_mins(5));
    let later = room.now();
    room.picture(ada).await;
    room.ask(ada, 1).await;
    let hour = SignedDuration::from_hours(1);

    let first = room.reads.costs(start, later).await.unwrap();
    let one = Costs { stored: 1, credits: 2, cost_micros: 3_000, ..Costs::default() };
    let four = Costs {
        stored: 1,
        failed: 1,
        filtered: 1,
        cancelled: 1,
        credits: 1,
        cost_micros: 0,
        unpriced: 1,
    };
    assert_eq!(first, [(dev.model, one), (order().model, four)], "refunded is not kept");
    let second = room.reads.costs(later, later + hour).await.unwrap();
    let own = Costs { stored: 1, credits: 1, cost_micros: 3_000, ..Costs::default() };
    assert_eq!(second, [(order().model, own)], "what has not ended is nobody's");
    assert_eq!(room.reads.costs(start - hour, start).await.unwrap(), []);
}

/// Hearts, folders, models, the trash and words, alone and together.
pub async fn a_gallery_shows_what_the_filter_says<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let folder = folder(room, ada, None, "best");
    room.commit(ada, vec![Change::Folder(FolderChange::Create(folder.clone()))]).await.unwrap();
    let mut images = Vec::new();
    for prompt in ["a red fox", "a red lamp", "Füchse im Schnee"] {
        let order = Order { prompt: Prompt::parse(prompt).unwrap(), ..order() };
        let (changes, _) = room.request_for(ada, 1, 1, order.clone());
        room.record(changes).await.unwrap();
        let render = room.dispatch(9).await.remove(0);
        room.submitted(&render).await;
        let (id, mut store) = room.store_of(&render);
        if let Change::Render(RenderChange::Store { image, .. }) = &mut store {
            image.prompt = order.prompt;
        }
        room.commit(ada, vec![store]).await.unwrap();
        images.push(id);
    }
    let [fox, lamp, snow] = images[..] else { unreachable!() };
    let like = vec![
        Change::Image(ImageChange::Like(fox, true)),
        Change::Image(ImageChange::Like(lamp, true)),
        Change::Image(ImageChange::File(lamp, Some(folder.id))),
    ];
    room.commit(ada, like).await.unwrap();
    let any = ImageFilter::default;
    let words = |text| ImageFilter { search: Search::parse(text).unwrap(), ..any() };
    let model = |slug: &str| ImageFilter { model: Some(ModelSlug(slug.to_owned())), ..any() };
    let shape = |ratio| ImageFilter { ratio: Some(ratio), ..any() };
    let filed = Some(folder.id);
    for (filter, expected) in [
        (any(), vec![snow, lamp, fox]),
        (ImageFilter { liked: true, ..any() }, vec![lamp, fox]),
        (ImageFilter { folder_id: filed, ..any() }, vec![lamp]),
        (model("flux-schnell"), vec![snow, lamp, fox]),
        (model("another"), vec![]),
        (shape(Ratio::Square), vec![snow, lamp, fox]),
        (shape(Ratio::Portrait), vec![]),
        (words("RED"), vec![lamp, fox]),
        (words("red fo"), vec![fox]),
        (words("re fox"), vec![]),
        (words("füch"), vec![snow]),
        (words("OR red\" * NOT"), vec![lamp, fox]),
        (ImageFilter { liked: true, folder_id: filed, ..words("red l") }, vec![lamp]),
        (
            ImageFilter { liked: true, model: model("flux-schnell").model, ..words("schnee") },
            vec![],
        ),
        (ImageFilter { trashed: true, ..any() }, vec![]),
    ] {
        assert_eq!(gallery(room, ada, &filter).await, expected, "{filter:?}");
    }
    room.commit(ada, vec![Change::Image(ImageChange::Trash(fox))]).await.unwrap();
    let trash = ImageFilter { trashed: true, ..any() };
    assert_eq!(gallery(room, ada, &trash).await, [fox]);
    assert_eq!(gallery(room, ada, &words("red")).await, [lamp]);
    assert_eq!(gallery(room, ada, &ImageFilter { trashed: true, ..words("red") }).await, [fox]);
    room.commit(ada, vec![Change::Image(ImageChange::Restore(fox))]).await.unwrap();
    // Of a choice of many, those that are liked by now stay.
    room.commit(ada, vec![Change::Image(ImageChange::Like(fox, false))]).await.unwrap();
    let many = vec![
        Change::Image(ImageChange::TrashUnliked(lamp)),
        Change::Image(ImageChange::TrashUnliked(fox)),
    ];
    room.commit(ada, many).await.unwrap();
    assert_eq!(gallery(room, ada, &trash).await, [fox]);
    room.commit(ada, vec![Change::Image(ImageChange::Restore(fox))]).await.unwrap();
    assert_eq!(gallery(room, ada, &words("red")).await, [lamp, fox]);
}

async fn gallery(
    room: &Darkroom,
    of: AccountId,
    filter: &ImageFilter,
) -> Vec<safelight_domain::ImageId> {
    let found = room.reads.images(of, filter, page(9)).await.unwrap();
    found.items.iter().map(|image| image.id).collect()
}

fn folder(room: &Darkroom, of: AccountId, parent: Option<FolderId>, name: &str) -> Folder {
    Folder {
        id: FolderId(room.ids.next()),
        account_id: of,
        parent_id: parent,
        name: FolderName::parse(name).unwrap(),
        created_at: room.now(),
    }
}

/// Nothing is lost with a folder, even when names meet.
pub async fn a_deleted_folder_leaves_everything_one_floor_up<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let top = folder(room, ada, None, "top");
    let middle = folder(room, ada, Some(top.id), "same");
    let low = folder(room, ada, Some(middle.id), "same");
    let image = room.picture(ada).await;
    let make =
        [&top, &middle, &low].map(|folder| Change::Folder(FolderChange::Create(folder.clone())));
    room.commit(ada, make.to_vec()).await.unwrap();
    room.commit(ada, vec![Change::Image(ImageChange::File(image, Some(middle.id)))]).await.unwrap();
    room.commit(ada, vec![Change::Folder(FolderChange::Delete(middle.id))]).await.unwrap();
    let left = room.reads.folders(ada).await.unwrap();
    let find = |id| left.iter().find(|folder| folder.id == id);
    assert_eq!((left.len(), find(low.id).unwrap().parent_id), (2, Some(top.id)));
    let filed = room.reads.image(ada, image).await.unwrap().unwrap().folder_id;
    assert_eq!(filed, Some(top.id));
    room.commit(ada, vec![Change::Folder(FolderChange::Delete(top.id))]).await.unwrap();
    let left = room.reads.folders(ada).await.unwrap();
    assert_eq!(left.iter().map(|folder| folder.parent_id).collect::<Vec<_>>(), [None]);
    assert_eq!(room.reads.image(ada, image).await.unwrap().unwrap().folder_id, None);

    // Beside a folder of its name the one that moves up is told apart, and its name still is one.
    let long = "x".repeat(80);
    let upper = folder(room, ada, None, "upper");
    let lower = folder(room, ada, Some(upper.id), "lower");
    let twin = folder(room, ada, Some(lower.id), &long);
    let sibling = folder(room, ada, Some(upper.id), &long);
    let make = [&upper, &lower, &twin, &sibling]
        .map(|folder| Change::Folder(FolderChange::Create(folder.clone())));
    room.commit(ada, make.to_vec()).await.unwrap();
    room.commit(ada, vec![Change::Folder(FolderChange::Delete(lower.id))]).await.unwrap();
    let left = room.reads.folders(ada).await.unwrap();
    let find = |id| left.iter().find(|folder| folder.id == id).unwrap();
    assert_eq!(find(twin.id).parent_id, Some(upper.id));
    assert_eq!(find(sibling.id).name.as_str(), long);
    assert_ne!(find(twin.id).name, find(sibling.id).name);
}

/// In order, each once, only one's own; and a reader who comes too late is told so.
pub async fn a_feed_tells_every_change_until_it_is_pruned<K>(room: &Darkroom, _: &K) {
    let (ada, grace) = (room.join(&ada()).await, room.join(&grace()).await);
    let start = room.reads.last_event(ada).await.unwrap();
    room.ask(grace, 1).await;
    let asked = room.ask(ada, 2).await;
    room.clock.advance(SignedDuration::from_hours(1));
    let middle = room.reads.last_event(ada).await.unwrap();
    room.commit(ada, vec![Change::Render(RenderChange::Cancel(asked[0]))]).await.unwrap();
    let told = room.reads.events(ada, start, 100).await.unwrap().unwrap();
    assert!(told.is_sorted_by(|a, b| a.seq < b.seq) && told.iter().all(|e| e.account_id == ada));
    assert_eq!(told.last().unwrap().seq, room.reads.last_event(ada).await.unwrap());
    let after: Vec<_> = told.iter().filter(|event| event.seq > middle).cloned().collect();
    assert!(after.len() >= 2 && after.len() < told.len());
    assert_eq!(room.reads.events(ada, middle, 100).await.unwrap(), Some(after.clone()));
    assert_eq!(room.reads.events(ada, middle, 1).await.unwrap(), Some(after[..1].to_vec()));
    assert_eq!(room.shown(ada, asked[0]).await.charge, ChargeState::Refunded);

    let hour = room.now();
    assert!(room.store.prune(hour, hour, hour).await.unwrap() > 0);
    assert_eq!(room.reads.events(ada, start, 100).await.unwrap(), None, "it may have missed some");
    assert_eq!(room.reads.events(ada, middle, 100).await.unwrap(), Some(after));
    // However old: the numbering goes on.
    let last = room.reads.last_event(ada).await.unwrap();
    let never = room.now() + SignedDuration::from_hours(99);
    room.store.prune(never, never, never).await.unwrap();
    room.ask(ada, 1).await;
    assert!(room.reads.last_event(ada).await.unwrap() > last);
    assert_eq!(room.reads.lines(ada, page(100)).await.unwrap().items.len(), 5, "the books stay");
}

/// Pruning goes by age, and ages need not be in order: what is left has no hole in it.
pub async fn a_feed_has_no_holes_when_the_clock_went_back<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    room.clock.advance(SignedDuration::from_hours(1));
    let age = room.now();
    room.ask(ada, 1).await;
    let read = room.reads.last_event(ada).await.unwrap();
    room.clock.advance(SignedDuration::from_hours(-2));
    room.ask(ada, 1).await;
    room.clock.advance(SignedDuration::from_hours(3));
    room.ask(ada, 1).await;
    let missed = room.reads.events(ada, read, 100).await.unwrap().unwrap();
    assert_eq!(missed.len(), 4);
    room.store.prune(age, age, age).await.unwrap();
    let told = room.reads.events(ada, read, 100).await.unwrap();
    assert!(told.is_none_or(|told| told == missed), "all of it, or to look again");
}

/// A key is remembered for its time, and then the word is free.
pub async fn keys_are_forgotten_when_they_are_old<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let keyed = |body| room.request(ada, 1, 1).0.keyed(Some((key("k"), hash(body))));
    room.record(keyed(1)).await.unwrap();
    let made = room.now();
    room.store.prune(made, made, made).await.unwrap();
    assert!(room.record(keyed(1)).await.unwrap().replayed);
    let later = made + SignedDuration::from_secs(1);
    assert!(room.store.prune(made, later, made).await.unwrap() >= 1);
    assert!(!room.record(keyed(2)).await.unwrap().replayed);
}

/// Forty callers at once and a limit of ten: ten are within it, and each owner has its own.
pub async fn a_counter_is_exact_whoever_calls_at_once<K>(room: &Darkroom, _: &K) {
    let rule = Rule::a_minute("tries", 10);
    let now = room.now();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let store = room.store.clone();
        calls.spawn(async move { store.take(rule, [1; 32], now).await.unwrap().allowed });
    }
    let allowed = calls.join_all().await.into_iter().filter(|allowed| *allowed).count();
    assert_eq!(allowed, 10);
    assert_eq!(room.store.take(rule, [2; 32], now).await.unwrap().remaining, 9);
    let other = Rule::a_minute("mails", 10);
    assert_eq!(room.store.take(other, [1; 32], now).await.unwrap().remaining, 9);
    let next = now + SignedDuration::from_secs(60);
    assert_eq!(room.store.take(rule, [1; 32], next).await.unwrap().remaining, 9);
}

/// Pruning forgets a window that is over and no other.
pub async fn a_counter_is_forgotten_once_it_has_lapsed<K>(room: &Darkroom, _: &K) {
    let rule = Rule::a_minute("tries", 10);
    let now = room.now();
    room.store.take(rule, [1; 32], now).await.unwrap();
    let lapses = now + SignedDuration::from_secs(60);
    assert_eq!(room.store.prune(lapses, now, now).await.unwrap(), 0);
    assert_eq!(room.store.take(rule, [1; 32], now).await.unwrap().remaining, 8);
    let later = lapses + SignedDuration::from_secs(1);
    assert_eq!(room.store.prune(later, now, now).await.unwrap(), 1);
    assert_eq!(room.store.take(rule, [1; 32], now).await.unwrap().remaining, 9);
}
