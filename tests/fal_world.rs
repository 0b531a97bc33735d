//! fal and a private bucket around the real binary: fal is our simulator, the bucket a server
//! nobody here wrote.

use std::{path::Path, sync::Arc, thread, time::Duration};

use safelight_domain::Timestamp;
use safelight_ports::Clock;
use safelight_testkit::{
    bucket::BucketServer,
    fal::{Delivered, FalSimulator},
};
use serde_json::{Value, json};

use crate::{Client, Place, Server, is_final};

const CONFIG: &str = "[limits]\nrequests_per_minute = 1000000\n";

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the binary under test asks the system too")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What the binary finds around it.
pub struct FalWorld {
    /// fal.
    pub fal: FalSimulator,
    /// The bucket.
    pub bucket: BucketServer,
    /// A data folder whose settings lead to both.
    pub place: Place,
}

impl FalWorld {
    /// With the usual patience.
    pub fn open() -> Self {
        Self::with("", &[])
    }

    /// With this added to `safelight.toml` and to the settings.
    pub fn with(config: &str, settings: &[(&str, &str)]) -> Self {
        let takes = Duration::from_millis(200);
        let fal = FalSimulator::start("id:secret", takes, Arc::new(SystemClock)).expect("fal");
        let bucket = BucketServer::start("pictures", "owner", "owners-secret");
        let place = Place::new(&format!("{CONFIG}{config}")).with(&[
            ("FAL_KEY", "id:secret"),
            ("FAL_QUEUE_URL", &fal.queue_url()),
            ("FAL_JWKS_URL", &fal.jwks_url()),
            ("FAL_MEDIA_HOSTS", &fal.media_url()),
            ("R2_ENDPOINT", &bucket.endpoint()),
            ("R2_BUCKET", "pictures"),
            ("R2_ACCESS_KEY_ID", "owner"),
            ("R2_SECRET_ACCESS_KEY", "owners-secret"),
        ]);
        Self { fal, bucket, place: place.with(settings) }
    }

    /// A studio that runs in this world, with Ada in it, who has 100 credits.
    pub fn studio(&self) -> FalStudio<'_> {
        let key = self.place.member("ada@example.com", 100);
        let server = Server::start(&self.place);
        FalStudio { world: self, client: Client::new(&server.url, &key), server }
    }

    /// How many objects lie in the bucket.
    pub fn objects(&self) -> usize {
        files(self.bucket.folder())
    }

    /// Waits until fal has pushed `count` times.
    pub fn deliveries(&self, count: usize) -> Vec<Delivered> {
        until("fal pushes", || {
            let deliveries = self.fal.deliveries();
            (deliveries.len() >= count).then_some(deliveries)
        })
    }
}

/// The real binary in a [`FalWorld`], and Ada, who uses it.
pub struct FalStudio<'a> {
    world: &'a FalWorld,
    /// Ada's.
    pub client: Client,
    /// The binary.
    pub server: Server,
}

impl FalStudio<'_> {
    /// Ada asks for a picture, whose id this answers.
    pub fn ask(&self, prompt: &str) -> String {
        let asked = self.client.generate(prompt, 1);
        asked["id"].as_str().expect("an id").to_owned()
    }

    /// Ada asks for pictures with seeds from `seed` on, and waits for their ends.
    pub fn ended(&self, prompt: &str, count: u8, seed: &str) -> Value {
        let body = json!({ "prompt": prompt, "count": count, "size": "square", "seed": seed });
        let asked = self.client.post("/api/v1/generations", &body, None).expect("it answers");
        self.client.wait_for(asked.data()["id"].as_str().expect("an id"))
    }

    /// Waits until fal has accepted `count` requests; answers the last one's id and where fal was
    /// told to push.
    pub fn accepted(&self, count: usize) -> (String, String) {
        let fal = &self.world.fal;
        until("fal accepts", || {
            let (ids, submits) = (fal.accepted(), fal.submits());
            let push = submits.get(count - 1)?.parameter("fal_webhook").unwrap_or_default();
            Some((ids.get(count - 1)?.clone(), push))
        })
    }

    /// The state of the only picture of a generation.
    pub fn state(&self, id: &str) -> String {
        let answer = self.client.get(&format!("/api/v1/generations/{id}")).expect("it answers");
        states(answer.data())[0].to_owned()
    }

    /// Waits until the only picture of a generation is in `state`.
    pub fn wait_for(&self, id: &str, state: &str) {
        until(state, || {
            let now = self.state(id);
            assert!(now == state || !is_final(&now), "it ended {now}, not {state}");
            (now == state).then_some(())
        });
    }

    /// Stops the binary and checks that `stored` pictures were paid for, listed and put in the
    /// bucket, that each can be fetched, and that the books hold.
    pub fn close(self, stored: usize) {
        assert_eq!(self.client.credits(), 100 - stored as u64, "paid is what was stored");
        let page = self.client.get("/api/v1/images?limit=100").expect("it answers");
        let items = page.data()["items"].as_array().expect("items");
        assert_eq!(items.len(), stored, "listed is what was stored");
        for image in items {
            for url in image["urls"].as_object().expect("links").values() {
                let (status, bytes) = self.client.fetch(url.as_str().expect("a link"));
                assert!(status == 200 && !bytes.is_empty(), "{url} was answered {status}");
            }
        }
        assert_eq!(self.world.objects(), 3 * stored, "an original and two small ones each");
        drop(self.server);
        self.world.place.audit();
    }
}

/// How many files lie in a folder and those under it. Notes of whoever keeps them begin with a dot
/// and do not count.
pub fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let counted = entries.map(|entry| match entry.path() {
        path if path.is_dir() => files(&path),
        _ => usize::from(!entry.file_name().to_string_lossy().starts_with('.')),
    });
    counted.sum()
}

/// The states of a generation's renders.
pub fn states(generation: &Value) -> Vec<&str> {
    let renders = generation["renders"].as_array().expect("renders");
    renders.iter().map(|render| render["state"].as_str().expect("a state")).collect()
}

/// Waits for something that happens soon.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..6_000 {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{what}: it never happened");
}
