//! Pulling the plug on the real binary, again and again, while people use it.
//!
//! `KILL_ROUNDS` sets how often (30); `KILL_SEED` repeats a run.

use std::{
    collections::HashMap,
    env,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use safelight_tests::{Client, Place, Server, is_final};
use serde_json::json;

const CONFIG: &str = "[limits]\nrequests_per_minute = 10000000\nunfinished_renders = 1000000\n[painter]\nseconds = [0.02, 0.25]\n\
    [pipeline]\ndeadline_seconds = 60\nlost_seconds = 5\n";
const CREDITS: u32 = 100_000;
const CALLERS: u64 = 4;

/// What one caller may count on.
#[derive(Default)]
struct Promised {
    /// Generations that were acknowledged, by idempotency key, with their count.
    acknowledged: HashMap<String, (String, u64)>,
    /// Requests whose answer never came: they are repeated with the same key.
    in_doubt: Vec<(String, u64)>,
}

/// A small generator: the point is that a run can be repeated, not that it is random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[test]
fn nothing_acknowledged_is_lost_and_everything_ends() {
    let rounds = number("KILL_ROUNDS").unwrap_or(30);
    // A seed of every run's own: the process's number will do.
    let seed = number("KILL_SEED").unwrap_or_else(|| u64::from(std::process::id()) | 1 << 40);
    println!("KILL_SEED={seed} KILL_ROUNDS={rounds}");
    let mut dice = Dice(seed);
    let place = Place::new(CONFIG);
    let key = place.member("ada@example.com", CREDITS);
    let promised: Arc<Vec<Mutex<Promised>>> =
        Arc::new((0..CALLERS).map(|_| Mutex::default()).collect());
    let serial = Arc::new(AtomicU64::new(0));

    for _ in 0..rounds {
        let server = Server::start(&place);
        let dead = Arc::new(AtomicBool::new(false));
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let client = Client::new(&server.url, &key);
                let (promised, serial, dead) = (promised.clone(), serial.clone(), dead.clone());
                let dice = Dice(seed ^ (serial.load(Ordering::Relaxed) + caller + 1));
                thread::spawn(move || {
                    let mut mine = promised[usize::try_from(caller).unwrap()].lock().unwrap();
                    call(&client, &mut mine, &serial, &dead, dice);
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(60 + dice.roll(600)));
        server.kill();
        dead.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.join().expect("callers only see connections break");
        }
    }
    everything_ended(&place, &key, &promised);
}

/// Asks until the server dies. First repeats what it never heard of.
fn call(
    client: &Client,
    mine: &mut Promised,
    serial: &AtomicU64,
    dead: &AtomicBool,
    mut dice: Dice,
) {
    while !dead.load(Ordering::Relaxed) {
        let (key, count) = mine.in_doubt.pop().unwrap_or_else(|| {
            (format!("k-{}", serial.fetch_add(1, Ordering::Relaxed)), 1 + dice.roll(4))
        });
        let seed = key.trim_start_matches("k-");
        let prompt = ["a lamp", "a lamp [fail]", "a lamp [refuse]", "a lamp [filter]"]
            [usize::try_from(seed.parse::<u64>().unwrap() % 7).unwrap().min(3) % 4];
        let body = json!({ "prompt": prompt, "count": count, "size": "square", "seed": seed });
        let Ok(answer) = client.post("/api/v1/generations", &body, Some(&key)) else {
            mine.in_doubt.push((key, count));
            return;
        };
        assert_eq!(answer.status, 202, "{:#}", answer.body);
        let id = answer.data()["id"].as_str().expect("an id").to_owned();
        mine.acknowledged.insert(key, (id, count));
        thread::sleep(Duration::from_millis(dice.roll(120)));
    }
}

fn everything_ended(place: &Place, key: &str, promised: &[Mutex<Promised>]) {
    let server = Server::start(place);
    let client = Client::new(&server.url, key);
    let (mut renders, mut stored) = (0, 0);
    for mine in promised {
        let mine = mine.lock().unwrap();
        for (id, count) in mine.acknowledged.values() {
            let generation = client.wait_for(id);
            let all = generation["renders"].as_array().expect("renders");
            assert_eq!(all.len() as u64, *count, "{generation:#}");
            renders += count;
        }
    }
    let mut generations = 0;
    let mut next = String::new();
    loop {
        let page = client.get(&format!("/api/v1/generations?limit=100{next}")).expect("a page");
        for generation in page.data()["items"].as_array().expect("items") {
            // Also those whose answer was lost: they were recorded, so they end as well.
            let id = generation["id"].as_str().expect("an id");
            let generation = client.wait_for(id);
            generations += 1;
            for render in generation["renders"].as_array().expect("renders") {
                assert!(is_final(render["state"].as_str().expect("a state")));
                stored += u64::from(render["state"] == "stored");
            }
        }
        match page.data()["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(u64::from(CREDITS) - client.credits(), stored, "paid is what was stored");
    let acknowledged: usize = promised.iter().map(|p| p.lock().unwrap().acknowledged.len()).sum();
    println!(
        "{acknowledged} acknowledged ({renders} renders), {generations} recorded, {stored} stored"
    );
    assert!(acknowledged > 50, "too little happened to prove anything");
    pictures_are_whole(&client, stored);
    drop(server);
    place.audit();
}

/// Every stored picture can be fetched, and is one.
fn pictures_are_whole(client: &Client, stored: u64) {
    let (mut seen, mut next) = (0, String::new());
    loop {
        let page = client.get(&format!("/api/v1/images?limit=100{next}")).expect("a page");
        for image in page.data()["items"].as_array().expect("items") {
            let url = image["urls"]["original"].as_str().expect("a link");
            let (status, bytes) = client.fetch(url);
            assert_eq!((status, bytes.len() as u64), (200, image["bytes"].as_u64().unwrap()));
            seen += 1;
        }
        match page.data()["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, stored);
}
