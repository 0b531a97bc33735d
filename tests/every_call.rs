//! A strike at the first port call of a story, then at the second, and so on to the last.

/// More calls than one generation of two pictures makes, with what a fault adds.
const MOST: u64 = 200;
/// Fewer than it makes.
const LEAST: u64 = 15;

/// Runs the story with call `n` struck, for every `n` until `story` answers that it made no such
/// call. Answers how many it made.
pub async fn every_call(mut story: impl AsyncFnMut(u64) -> bool) -> u64 {
    for n in 1..MOST {
        if !story(n).await {
            assert!(n > LEAST, "only {n} calls were tried: the injector does not see the ports");
            return n - 1;
        }
    }
    panic!("the story never ends: every call was struck and there was always one more");
}
