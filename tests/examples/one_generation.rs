//! One generation of two pictures as a process of its own, which may die at a port call:
//! `one_generation FOLDER QUEUE MEDIA [CALL before|after]`.
//!
//! Without a call to die at, it goes on with whatever lies in the folder; with one, it starts
//! there. It drives a studio on a database, a disk store and fal until nothing is unfinished, and
//! prints one JSON line about what became of everything.

use std::{path::Path, sync::Arc, time::Duration};

use safelight_adapters_fal::{Fal, FalSettings};
use safelight_adapters_imaging::Imager;
use safelight_adapters_local::{DiskStore, Drawer};
use safelight_adapters_sqlite::{Durability, Options, Sqlite};
use safelight_domain::{Actor, RenderState, SignedDuration, Variant, object_key};
use safelight_ports::{Clock, Page, Reads, Storage, Store};
use safelight_testkit::{Faults, FixedEntropy, SeqIds, Strike, people::ada};
use safelight_tests::{SystemClock, ask, terms};
use safelight_usecases::{Studio, Timing, World};
use serde_json::{Value, json};

/// More ids than any process before this one used.
const USED: u64 = 1_000_000;

struct Process {
    store: Sqlite,
    storage: Arc<dyn Storage>,
    studio: Studio,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, queue, media, death @ ..] = &arguments[..] else { panic!("who, what, where?") };
    let faults = Faults::new();
    let begins = if let [call, strike] = death {
        let strike = if strike == "before" { Strike::Before } else { Strike::After };
        faults.plan_death(call.parse().expect("a number"), strike);
        true
    } else {
        false
    };
    let process = open(Path::new(folder), (queue, media), &faults, begins);
    if begins {
        process.store.commit(ada().joining()).await.expect("Ada joins");
        let actor = Actor::user(ada().user.id);
        let asked = ask("a lamp", 2, 1);
        let request = process.studio.generations.request(ada().account.id, asked, None, actor);
        request.await.expect("it is paid");
        println!("requested");
    }
    process.studio.pipeline.drive(process.settled()).await;
    println!("{}", process.report().await);
}

fn open(
    folder: &Path,
    (queue, media): (&str, &str),
    faults: &Arc<Faults>,
    begins: bool,
) -> Process {
    let clock = Arc::new(SystemClock);
    let database = folder.join("safelight.db");
    Sqlite::migrate(&database, clock.now()).expect("the schema");
    let options = Options { durability: Durability::Off, ..Options::default() };
    let store = Sqlite::open(&database, clock.clone(), &options).expect("the store opens");
    let settings = FalSettings {
        key: "id:secret",
        queue_url: Some(queue),
        media_hosts: Some(media),
        app_url: "http://127.0.0.1",
        ..FalSettings::default()
    };
    let mut fal = settings.check().expect("settings");
    fal.limits.poll_gap = Duration::from_millis(5);
    let fal = Arc::new(Fal::new(fal, clock.clone()).expect("a provider"));
    let disk = DiskStore::open(folder.join("objects"), "http://127.0.0.1".to_owned(), [7; 32]);
    let storage: Arc<dyn Storage> = Arc::new(disk.expect("a disk store"));
    let world = World {
        store: faults.store(Arc::new(store.clone())),
        reads: Arc::new(store.clone()),
        figures: Arc::new(store.clone()),
        people: Arc::new(store.clone()),
        watch: Arc::new(store.clone()),
        provider: faults.provider(fal),
        storage: faults.storage(storage.clone()),
        imaging: faults.imaging(Arc::new(Imager::new(1))),
        mailer: Arc::new(Drawer::new(folder.join("outbox"), clock.clone())),
        payments: None,
        payment_push: None,
        feed: store.feed(),
        clock,
        ids: Arc::new(SeqIds::after(if begins { 0 } else { USED })),
        entropy: Arc::new(FixedEntropy::new()),
    };
    let timing = Timing {
        look_soonest: SignedDuration::from_millis(20),
        lost: SignedDuration::from_millis(200),
        ..Timing::default()
    };
    Process { store, storage, studio: Studio::new(world, terms(timing)) }
}

impl Process {
    async fn settled(&self) {
        loop {
            let load = self.store.load(SystemClock.now()).await.expect("the store answers");
            if load.pending + load.live == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn report(&self) -> Value {
        let account = ada().account.id;
        let page = Page { after: None, limit: 100 };
        let all = self.studio.generations.list(account, page).await.expect("a list");
        let mut states = Vec::new();
        let mut unreachable = Vec::new();
        for status in all.items.iter().flat_map(|generation| &generation.renders) {
            let render = &status.render;
            states.push(render.state.as_str());
            if render.state != RenderState::Stored {
                continue;
            }
            for variant in [Variant::Original, Variant::W320, Variant::W640] {
                let key = object_key(account, render.id, variant, "image/jpeg");
                let bytes = self.storage.get(&key, 1 << 20).await.expect("the store answers");
                if bytes.is_none_or(|bytes| bytes.is_empty()) {
                    unreachable.push(key.0);
                }
            }
        }
        let balance = self.studio.ledger.balance(account).await.map(|b| b.credits.get());
        let findings = self.store.audit(SystemClock.now()).await.expect("the audit runs");
        json!({
            "states": states,
            "unreachable": unreachable,
            // None: Ada never came to be.
            "balance": balance.ok(),
            "findings": format!("{findings:?}"),
        })
    }
}
