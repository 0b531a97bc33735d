//! Lots as the page shows them, in the order they are spent.

use safelight_domain::{Lot, LotKind};
use serde::Serialize;

use crate::pages::moment;

/// How wide all lots together are drawn.
const WIDTH: u64 = 1_000;
/// The gap between two.
const GAP: u64 = 4;

/// A lot, with its place in the bar.
#[derive(Serialize)]
pub struct LotView {
    name: &'static str,
    remaining: u32,
    granted: u32,
    expires: Option<String>,
    class: &'static str,
    x: u64,
    width: u64,
}

/// The living lots in burn order, their widths in proportion to what is left in them.
pub fn lots(lots: &[Lot]) -> Vec<LotView> {
    let sum: u64 = lots.iter().map(|lot| u64::from(lot.remaining.get())).sum();
    let room = WIDTH.saturating_sub(GAP * (lots.len() as u64).saturating_sub(1));
    let mut x = 0;
    let view = |(place, lot): (usize, &Lot)| {
        let width = (room * u64::from(lot.remaining.get()) / sum.max(1)).max(1);
        let view = LotView {
            name: name(lot.kind),
            remaining: lot.remaining.get(),
            granted: lot.granted.get(),
            expires: moment::date(lot.expires_at),
            // The one spent next has the lamp; the others take turns.
            class: if place == 0 { "lot-1" } else { ["lot-2", "lot-3"][(place - 1) % 2] },
            x,
            width,
        };
        x += width + GAP;
        view
    };
    lots.iter().enumerate().map(view).collect()
}

fn name(kind: LotKind) -> &'static str {
    match kind {
        LotKind::Period => "Plan, this period",
        LotKind::Rollover => "Plan, carried over",
        LotKind::Pack => "Pack",
        LotKind::Promo => "Gift",
        LotKind::Admin => "From the operator",
        LotKind::Refund => "Returned",
    }
}

#[cfg(test)]
mod tests {
    use safelight_domain::{AccountId, Credits, LotId, NEVER, SourceRef, Uuid};

    use super::*;

    #[test]
    fn the_bar_is_as_wide_as_what_is_left() {
        let lot = |kind: LotKind, remaining: u32| Lot {
            id: LotId(Uuid::nil()),
            account_id: AccountId(Uuid::nil()),
            kind,
            priority: kind.priority(),
            granted: Credits::new(100).unwrap(),
            remaining: Credits::new(remaining).unwrap(),
            expires_at: NEVER,
            source: SourceRef::parse("x").unwrap(),
            order: None,
        };
        let drawn = lots(&[lot(LotKind::Promo, 10), lot(LotKind::Pack, 30), lot(LotKind::Pack, 0)]);
        let bars: Vec<_> = drawn.iter().map(|lot| (lot.class, lot.x, lot.width)).collect();
        assert_eq!(bars, [("lot-1", 0, 248), ("lot-2", 252, 744), ("lot-3", 1000, 1)]);
        assert!(lots(&[]).is_empty());
    }
}
