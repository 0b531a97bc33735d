//! The model: what one account has, counted in whole numbers.

use std::collections::BTreeMap;

use safelight_domain::{BodyHash, Changes, Key, OrderId, Receipt, RenderId};

const DAY: i64 = 86_400;

/// A lot by what orders it: when it burns, when it dies, as which it came.
pub type LotKey = (u8, i64, usize);
/// What each lot gave.
pub type Paid = Vec<(LotKey, u32)>;

/// What one account has, as a child would count it: so many credits until such a time.
#[derive(Debug, Default)]
pub struct Purse {
    lots: BTreeMap<LotKey, u32>,
    /// Renders that have not ended, with what paid for them.
    pub renders: Vec<(RenderId, Paid)>,
    /// Requests under a key, with their answers.
    pub keyed: Vec<(Key, BodyHash, Changes, Receipt)>,
    /// What is owed.
    pub debt: u32,
    /// Orders: which, what it gave, its lots, and what was taken of it.
    pub orders: Vec<Bought>,
    came: usize,
}

/// An order as the model counts it.
#[derive(Debug)]
pub struct Bought {
    pub id: OrderId,
    pub credits: u32,
    pub captured: u64,
    pub dies: i64,
    pub lots: Vec<LotKey>,
    /// What the model took of it, what of that was lent, and what died in its lots.
    pub taken: u32,
    pub owed: u32,
    pub lost: u32,
    pub returned: bool,
}

impl Purse {
    pub fn alive(&self, now: i64) -> u32 {
        self.lots.iter().filter(|((_, dies, _), _)| *dies > now).map(|(_, left)| left).sum()
    }

    /// What every spend and every sweep does first.
    pub fn sweep(&mut self, now: i64) {
        for (lot, left) in self.lots.iter_mut().filter(|((_, dies, _), _)| *dies <= now) {
            if let Some(order) = self.orders.iter_mut().find(|order| order.lots.contains(lot)) {
                order.lost += *left;
            }
            *left = 0;
        }
    }

    pub fn add(&mut self, priority: u8, dies: i64, amount: u32) -> LotKey {
        self.came += 1;
        self.lots.insert((priority, dies, self.came), amount);
        (priority, dies, self.came)
    }

    /// A pack was paid: its credits, less what is owed.
    pub fn buy(&mut self, id: OrderId, credits: u32, dies: i64, captured: u64) {
        let lot = self.add(50, dies, credits);
        let order = Bought {
            id,
            credits,
            captured,
            dies,
            lots: vec![lot],
            taken: 0,
            owed: 0,
            lost: 0,
            returned: false,
        };
        self.orders.push(order);
        self.repay(&[lot]);
    }

    fn repay(&mut self, lots: &[LotKey]) {
        // Sorted as the burn order is.
        for lot in lots {
            let held = self.lots.get_mut(lot).unwrap();
            let part = self.debt.min(*held);
            *held -= part;
            self.debt -= part;
        }
    }

    /// So much of an order's money is back in all.
    pub fn reverse(&mut self, now: i64, which: usize, back: u64) {
        self.sweep(now);
        let order = &mut self.orders[which];
        order.returned = order.captured > 0 && back >= order.captured;
        let credits = u64::from(order.credits);
        let target =
            if order.captured == 0 { 0 } else { (credits * back).div_ceil(order.captured) };
        let target = u32::try_from(target).unwrap();
        if target > order.taken {
            let mut more = target - order.taken;
            let mut lots = order.lots.clone();
            lots.sort_unstable();
            for lot in lots {
                let held = self.lots.get_mut(&lot).unwrap();
                let part = more.min(*held);
                *held -= part;
                more -= part;
                order.taken += part;
            }
            let held: u32 = order.lots.iter().map(|lot| self.lots[lot]).sum();
            let lent =
                more.min(order.credits - (order.lost + order.taken + held).min(order.credits));
            order.taken += lent;
            order.owed += lent;
            self.debt += lent;
        } else {
            let less = order.taken - target;
            order.taken = target;
            let forgiven = less.min(order.owed).min(self.debt);
            order.owed -= forgiven;
            self.debt -= forgiven;
            let rest = less - forgiven;
            if rest > 0 {
                let dies = self.orders[which].dies.max(now + 7 * DAY);
                let lot = self.add(50, dies, rest);
                self.orders[which].lots.push(lot);
                self.repay(&[lot]);
            }
        }
    }

    fn stands(&self, lot: &LotKey) -> bool {
        !self.orders.iter().any(|order| order.returned && order.lots.contains(lot))
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
        let mut lots = Vec::new();
        let mut grace = 0;
        for (lot, amount) in paid {
            if lot.1 > now + DAY && self.stands(&lot) {
                *self.lots.get_mut(&lot).unwrap() += amount;
                lots.push(lot);
            } else {
                grace += amount;
            }
        }
        if grace > 0 {
            lots.push(self.add(5, now + 7 * DAY, grace));
        }
        self.repay(&lots);
    }
}
