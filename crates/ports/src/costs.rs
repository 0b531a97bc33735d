//! What renders brought in, and what they cost the operator.

/// Renders that ended, by their ending, with what both sides paid. Imported pictures are not
/// among them: no provider was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Costs {
    /// Renders with a picture.
    pub stored: u64,
    /// Renders that failed; refunded.
    pub failed: u64,
    /// Renders the provider would not show; refunded. It may want its price all the same, and does
    /// not say so.
    pub filtered: u64,
    /// Renders that were taken back; refunded.
    pub cancelled: u64,
    /// Credits kept for the stored ones.
    pub credits: u64,
    /// The provider's price of the stored ones, in millionths of a US dollar.
    pub cost_micros: u64,
    /// Stored ones whose price is not known: those of a provider that has none.
    pub unpriced: u64,
}

impl Costs {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            stored: self.stored + other.stored,
            failed: self.failed + other.failed,
            filtered: self.filtered + other.filtered,
            cancelled: self.cancelled + other.cancelled,
            credits: self.credits + other.credits,
            cost_micros: self.cost_micros + other.cost_micros,
            unpriced: self.unpriced + other.unpriced,
        }
    }
}
