//! The books as they are shown.

use poem_openapi::{Enum, Object};
use safelight_domain::{
    ChargeId, GenerationId, Line, Lot, LotId, LotKind, NEVER, RenderId, Timestamp, TxnKind,
};
use safelight_usecases::Balance;

use crate::wire::Text;

/// What an account can spend.
#[derive(Object)]
#[oai(rename = "Credits")]
pub struct CreditsView {
    /// Spendable now.
    balance: u32,
    /// What a returned payment left owing.
    debt: u32,
    /// The living lots, in the order they are spent.
    lots: Vec<LotView>,
}

/// A parcel of credits.
#[derive(Object)]
#[oai(rename = "Lot")]
struct LotView {
    id: Text<LotId>,
    kind: LotKindView,
    granted: u32,
    remaining: u32,
    /// When the rest dies; null for never.
    #[oai(nullable)]
    expires_at: Option<Text<Timestamp>>,
}

/// Where a lot came from.
#[derive(Enum)]
#[oai(remote = "LotKind", rename = "LotKind", rename_all = "snake_case")]
enum LotKindView {
    Period,
    Rollover,
    Pack,
    Promo,
    Admin,
    Refund,
}

impl From<Balance> for CreditsView {
    fn from(balance: Balance) -> Self {
        Self {
            balance: balance.credits.get(),
            debt: balance.debt.get(),
            lots: balance.lots.into_iter().map(LotView::from).collect(),
        }
    }
}

impl From<Lot> for LotView {
    fn from(lot: Lot) -> Self {
        Self {
            id: Text(lot.id),
            kind: lot.kind.into(),
            granted: lot.granted.get(),
            remaining: lot.remaining.get(),
            expires_at: Some(lot.expires_at).filter(|end| *end < NEVER).map(Text),
        }
    }
}

/// One line of the journal. Written once, never changed.
#[derive(Object)]
#[oai(rename = "CreditEntry")]
pub struct EntryView {
    /// Its place in the account's journal, without gaps.
    seq: u32,
    kind: EntryKindView,
    /// What it did to the balance: below zero when it took. Zero when only the debt moved.
    amount: i64,
    balance_after: u32,
    /// What was paid for, such as `image`; for spends and refunds.
    #[oai(nullable)]
    action: Option<String>,
    #[oai(nullable)]
    charge_id: Option<Text<ChargeId>>,
    /// The render the charge paid for, if it was a picture.
    #[oai(nullable)]
    render_id: Option<Text<RenderId>>,
    #[oai(nullable)]
    generation_id: Option<Text<GenerationId>>,
    /// A person's words.
    #[oai(nullable)]
    reason: Option<String>,
    at: Text<Timestamp>,
}

/// What kind of event moved credits.
#[derive(Enum)]
#[oai(remote = "TxnKind", rename = "CreditEntryKind", rename_all = "snake_case")]
enum EntryKindView {
    Grant,
    Refund,
    Spend,
    Expire,
    Clawback,
    AdjustDown,
    Forfeit,
    Debt,
    Repay,
    WriteOff,
}

impl From<Line> for EntryView {
    fn from(line: Line) -> Self {
        Self {
            seq: line.seq,
            amount: i64::from(line.kind.sign()) * i64::from(line.amount.get()),
            kind: line.kind.into(),
            balance_after: line.balance_after.get(),
            action: line.action,
            charge_id: line.charge.map(Text),
            render_id: line.render.map(Text),
            generation_id: line.generation.map(Text),
            reason: line.reason,
            at: Text(line.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem_openapi::types::ToJSON;
    use safelight_domain::Credits;

    #[test]
    fn kinds_have_one_word_everywhere() {
        for kind in TxnKind::ALL {
            assert_eq!(EntryKindView::from(kind).to_json(), Some(kind.as_str().into()));
        }
    }

    #[test]
    fn amounts_are_signed_by_what_they_did_to_the_balance() {
        for (kind, amount) in [(TxnKind::Grant, 3), (TxnKind::Spend, -3), (TxnKind::Debt, 0)] {
            let line = Line {
                seq: 1,
                kind,
                amount: Credits::new(3).unwrap(),
                balance_after: Credits::ZERO,
                action: None,
                charge: None,
                render: None,
                generation: None,
                reason: None,
                key: None,
                at: NEVER,
            };
            assert_eq!(EntryView::from(line).amount, amount);
        }
    }
}
