//! The model: what one account has, counted in whole numbers.

use std::collections::BTreeMap;

use safelight_domain::{BodyHash, Changes, Key, Receipt, RenderId};

const DAY: i64 = 86_400;

/// A lot by what orders it: when it burns, when it dies, as which it came.
type LotKey = (u8, i64, usize);
/// What each lot gave.
pub type Paid = Vec<(LotKey, u32)>;

/// What one account has, as a child would count it: so many credits until such a time.
#[derive(Debug, Default)]
pub struct Purse {
    /// The account's own clock, which never runs backwards.
    pub last: i64,
    lots: BTreeMap<LotKey, u32>,
    /// Renders that have not ended, with what paid for them.
    pub renders: Vec<(RenderId, Paid)>,
    /// Requests under a key, with their answers.
    pub keyed: Vec<(Key, BodyHash, Changes, Receipt)>,
    came: usize,
}

impl Purse {
    pub fn alive(&self, now: i64) -> u32 {
        self.lots.iter().filter(|((_, dies, _), _)| *dies > now).map(|(_, left)| left).sum()
    }

    /// What every spend and every sweep does first.
    pub fn sweep(&mut self, now: i64) {
        self.lots.retain(|(_, dies, _), left| {
            *left = if *dies > now { *left } else { 0 };
            true
        });
        self.last = now;
    }

    pub fn add(&mut self, priority: u8, dies: i64, amount: u32) {
        self.came += 1;
        self.lots.insert((priority, dies, self.came), amount);
    }

    /// Takes from what burns first, or last; answers what each gave.
    pub fn take(&mut self, now: i64, amount: u32, backwards: bool) -> Paid {
        let mut order: Vec<_> =
            self.lots.keys().copied().filter(|(_, dies, _)| *dies > now).collect();
        if backwards {
            order.reverse();
        }
        let (mut left, mut gave) = (amount, Vec::new());
        for lot in order {
            let held = self.lots.get_mut(&lot).unwrap();
            let part = left.min(*held);
            *held -= part;
            left -= part;
            if part > 0 {
                gave.push((lot, part));
            }
        }
        gave
    }

    pub fn back(&mut self, now: i64, paid: Paid) {
        for (lot, amount) in paid {
            if lot.1 > now + DAY {
                *self.lots.get_mut(&lot).unwrap() += amount;
            } else {
                self.add(5, now + 7 * DAY, amount);
            }
        }
    }
}
