//! Input nobody means well with: seeds that are right, bent at random, the same in every run.
//!
//! `PROPTEST_CASES` says how many; a nightly run asks for more than a commit does.

use std::thread;

/// What parsers trip over.
const SPLINTERS: [&[u8]; 30] = [
    b"\0",
    b"\r\n",
    b"\n",
    b"\t",
    b" ",
    b"\x7f",
    b"\xff",
    b"\xc3",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    "é".as_bytes(),
    "𝒳".as_bytes(),
    "\u{feff}".as_bytes(),
    "İ".as_bytes(),
    b"%",
    b"%00",
    b"%2f",
    b"%zz",
    b"/",
    b"//",
    b"\\",
    b"=",
    b";",
    b",",
    b"\"",
    b"{",
    b"[",
    b"-1",
    b"18446744073709551616",
    b"1e999",
];

/// A source of numbers that is the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let below = u64::try_from(sides.max(1)).unwrap_or(u64::MAX);
        usize::try_from((mixed ^ (mixed >> 31)) % below).unwrap_or(0)
    }
}

/// Tells the input when a parser panics on it.
struct Tells<'a>(&'a [u8]);

impl Drop for Tells<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the input was {:?}", String::from_utf8_lossy(self.0));
        }
    }
}

/// Calls `parse` with the seeds as they are and with many things made of them.
pub fn noise(seeds: &[&str], mut parse: impl FnMut(&[u8])) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let mut dice = Dice(seeds.len() as u64);
    for seed in seeds {
        let _tells = Tells(seed.as_bytes());
        parse(seed.as_bytes());
    }
    for _ in 0..cases.unwrap_or(2_000_usize) {
        let mut bytes = seeds.get(dice.roll(seeds.len())).unwrap_or(&"").as_bytes().to_vec();
        for _ in 0..=dice.roll(4) {
            bend(&mut bytes, seeds, &mut dice);
        }
        let _tells = Tells(&bytes);
        parse(&bytes);
    }
}

/// The same, of what is text.
pub fn noisy_text(seeds: &[&str], mut parse: impl FnMut(&str)) {
    noise(seeds, |bytes| parse(&String::from_utf8_lossy(bytes)));
}

fn bend(bytes: &mut Vec<u8>, seeds: &[&str], dice: &mut Dice) {
    let at = dice.roll(bytes.len() + 1);
    match dice.roll(8) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(..at)),
        2 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
        3 if at < bytes.len() => drop(bytes.remove(at)),
        4 => {
            let part = bytes[at..].to_vec();
            let times = [1, 2, 16, 300][dice.roll(4)];
            for _ in 0..times {
                bytes.extend_from_slice(&part[..part.len().min(16)]);
            }
        }
        5 => {
            let other = seeds.get(dice.roll(seeds.len())).unwrap_or(&"").as_bytes();
            bytes.truncate(at);
            bytes.extend_from_slice(&other[dice.roll(other.len() + 1)..]);
        }
        6 => bytes.make_ascii_uppercase(),
        _ => drop(bytes.splice(at..at, SPLINTERS[dice.roll(SPLINTERS.len())].iter().copied())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn noise_is_the_same_in_every_run_and_seldom_repeats() {
        let all = || {
            let mut all = Vec::new();
            noise(&["a=b; c", "x"], |bytes| all.push(bytes.to_vec()));
            all
        };
        let first = all();
        assert_eq!(first, all());
        assert!(first.iter().collect::<BTreeSet<_>>().len() > first.len() / 4);
    }
}
