//! Whoever comes first ends a render; whoever comes later changes nothing.

#[path = "common/room.rs"]
mod room;

use room::Room;
use safelight_domain::{Change, ChargeState, Ending, NEVER, Refusal, RenderChange, RenderState};
use safelight_testkit::people::{ada, grace};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_finishers_one_winner() {
    let room = Room::new();
    let (ada, grace) = (room.join(&ada()).await, room.join(&grace()).await);
    for account in [ada, grace] {
        room.commit(account, vec![room.gift(200, NEVER)]).await.unwrap();
    }
    let before = room.balance(ada).await + room.balance(grace).await;
    let mut renders = Vec::new();
    for n in 0..75 {
        renders.extend(room.waiting(if n % 2 == 0 { ada } else { grace }, 4).await);
    }
    assert_eq!(renders.len(), 300);

    let mut races = Vec::new();
    for (n, render) in renders.iter().enumerate() {
        let mut finishers = [
            room.store_of(render).1,
            Change::Render(RenderChange::End(render.id, Ending::Failed("gone".to_owned()))),
            Change::Render(RenderChange::End(render.id, Ending::Cancelled)),
        ];
        // Whoever asks first should not always be the same one.
        finishers.rotate_left(n % 3);
        for finisher in finishers {
            let (dark, account) = (room.dark.clone(), render.account_id);
            races.push(tokio::spawn(async move { dark.commit(account, vec![finisher]).await }));
        }
    }
    let mut won = 0;
    for race in races {
        match race.await.unwrap() {
            Ok(_) => won += 1,
            Err(no) => assert_eq!(no, Refusal::Stale),
        }
    }
    assert_eq!(won, 300, "one winner each");

    let mut paid = 0;
    for render in &renders {
        let status = room.shown(render.account_id, render.id).await;
        let stored = status.render.state == RenderState::Stored;
        assert_eq!(stored, status.image_id.is_some());
        assert_eq!(status.charge, if stored { ChargeState::Kept } else { ChargeState::Refunded });
        paid += u32::from(stored);
    }
    assert!(paid > 0 && paid < 300, "the race is one: {paid} of 300 were stored");
    assert_eq!(room.balance(ada).await + room.balance(grace).await, before - paid);
    assert_eq!(room.audit().await, []);
}

#[tokio::test]
async fn a_click_too_late_is_told_so() {
    let room = Room::new();
    let ada = room.join(&ada()).await;
    let render = room.waiting(ada, 1).await.remove(0);
    // At the provider a click only marks it.
    room.commit(ada, vec![Change::Render(RenderChange::Cancel(render.id))]).await.unwrap();
    assert!(room.shown(ada, render.id).await.render.cancel_requested);
    room.commit(ada, vec![room.store_of(&render).1]).await.unwrap();
    let late = room.commit(ada, vec![Change::Render(RenderChange::Cancel(render.id))]).await;
    assert_eq!(late, Err(Refusal::TooLate));
    assert_eq!(room.balance(ada).await, 9);
    assert_eq!(room.audit().await, []);
}
