//! A provider that does as it is told.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use safelight_domain::{Order, RenderId, Seed};
use safelight_ports::{Cancelled, Delivery, Fault, Looked, Provider, SubmitError};

/// Answers to give instead of the usual one, and a count of the calls that asked.
#[derive(Debug)]
pub struct Script<T>(Mutex<Told<T>>);

#[derive(Debug)]
struct Told<T> {
    calls: HashMap<Seed, usize>,
    any: VecDeque<T>,
    by_seed: HashMap<Seed, VecDeque<T>>,
}

impl<T> Script<T> {
    /// The next call gives `answer`, whichever render it is about.
    pub fn next(&self, answer: T) {
        self.told().any.push_back(answer);
    }

    /// The next call about the render with this seed gives `answer`; this goes before
    /// [`Script::next`].
    pub fn next_for(&self, seed: Seed, answer: T) {
        self.told().by_seed.entry(seed).or_default().push_back(answer);
    }

    /// How often it was called.
    pub fn calls(&self) -> usize {
        self.told().calls.values().sum()
    }

    /// How often it was called about the render with this seed.
    pub fn calls_for(&self, seed: Seed) -> usize {
        self.told().calls.get(&seed).copied().unwrap_or(0)
    }

    fn take(&self, seed: Seed) -> Option<T> {
        let mut told = self.told();
        *told.calls.entry(seed).or_default() += 1;
        let own = told.by_seed.get_mut(&seed).and_then(VecDeque::pop_front);
        own.or_else(|| told.any.pop_front())
    }

    fn told(&self) -> MutexGuard<'_, Told<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Script<T> {
    fn default() -> Self {
        let told = Told { calls: HashMap::new(), any: VecDeque::new(), by_seed: HashMap::new() };
        Self(Mutex::new(told))
    }
}

/// A [`Provider`] that finishes everything at once, unless a script or [`hold`] says otherwise.
///
/// [`hold`]: ScriptedProvider::hold
#[derive(Debug, Default)]
pub struct ScriptedProvider {
    /// What `submit` answers; by default `scripted-{render}`.
    pub submit: Script<Result<String, SubmitError>>,
    /// What `recall` answers; by default nothing is known.
    pub recall: Script<Result<Option<String>, Fault>>,
    /// What `look` answers; by default done, unless it was cancelled in time, and filtered when the
    /// prompt says `[filter]`.
    pub look: Script<Result<Looked, Fault>>,
    /// What `fetch` answers; by default [`picture`] of the seed.
    pub fetch: Script<Result<Vec<u8>, Fault>>,
    /// What `cancel` answers; by default it works while [`hold`](Self::hold) does.
    pub cancel: Script<Result<Cancelled, Fault>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: bool,
    blackens: bool,
    cancelled: BTreeSet<String>,
}

impl ScriptedProvider {
    /// A provider that finishes everything at once.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on nothing gets done.
    pub fn hold(&self) {
        self.state().held = true;
    }

    /// Everything is done again.
    pub fn release(&self) {
        self.state().held = false;
    }

    /// From now on its black pictures are those it filtered.
    pub fn blacken(&self) {
        self.state().blackens = true;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn usual_look(&self, order: &Order, request_id: &str) -> Looked {
        let state = self.state();
        match (state.cancelled.contains(request_id), state.held) {
            (true, _) => Looked::Cancelled,
            (false, true) => Looked::Working(None),
            (false, false) if order.prompt.as_str().contains("[filter]") => Looked::Filtered,
            (false, false) => Looked::Done(Delivery { location: format!("scripted:{request_id}") }),
        }
    }

    fn usual_cancel(&self, request_id: &str) -> Cancelled {
        let mut state = self.state();
        if state.held {
            state.cancelled.insert(request_id.to_owned());
        }
        if state.cancelled.contains(request_id) { Cancelled::Asked } else { Cancelled::TooLate }
    }
}

#[async_trait]
impl Provider for ScriptedProvider {
    async fn submit(&self, render: RenderId, order: &Order) -> Result<String, SubmitError> {
        self.submit.take(order.seed).unwrap_or_else(|| Ok(format!("scripted-{render}")))
    }

    async fn recall(&self, _: RenderId, order: &Order) -> Result<Option<String>, Fault> {
        self.recall.take(order.seed).unwrap_or(Ok(None))
    }

    fn in_flight(&self) -> u16 {
        4
    }

    fn blackens(&self, _: &Order) -> bool {
        self.state().blackens
    }

    async fn look(&self, order: &Order, request_id: &str) -> Result<Looked, Fault> {
        self.look.take(order.seed).unwrap_or_else(|| Ok(self.usual_look(order, request_id)))
    }

    async fn fetch(&self, order: &Order, _: &Delivery) -> Result<Vec<u8>, Fault> {
        self.fetch.take(order.seed).unwrap_or_else(|| Ok(picture(order.seed)))
    }

    async fn cancel(&self, order: &Order, request_id: &str) -> Result<Cancelled, Fault> {
        self.cancel.take(order.seed).unwrap_or_else(|| Ok(self.usual_cancel(request_id)))
    }
}

/// A true PNG of 64 × 64 pixels in a colour of the seed's own.
pub fn picture(seed: Seed) -> Vec<u8> {
    let [red, green, blue, ..] = seed.0.to_le_bytes();
    let pixels = [red, green, blue].repeat(64 * 64);
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(&pixels, 64, 64, ExtendedColorType::Rgb8)
        .expect("a PNG in memory");
    png
}
