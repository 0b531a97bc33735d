//! Why a purchase could not be opened, in words for the buyer.

/// Why the payment provider, or the studio before it, will not sell a pack now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentRefused {
    /// The provider's price is another than the one shown.
    #[error(
        "the price shown here is not the price at the payment provider; nothing was charged, and \
         the operator has to bring the two in line"
    )]
    PriceDiffers,
    /// The provider has no such price, or does not sell it any more.
    #[error(
        "the payment provider does not sell this pack now; nothing was charged, and the operator \
         has to put its price on sale"
    )]
    NoPrice,
    /// The pack costs less than the provider charges at least.
    #[error(
        "this pack costs less than the least the payment provider charges; nothing was charged, \
         choose a larger pack"
    )]
    TooSmall,
    /// The provider does not take the account's mail address.
    #[error(
        "the payment provider does not accept the mail address of this account; nothing was \
         charged, change the address on the account page and buy again"
    )]
    Address,
    /// The account's customer was deleted at the provider: a new one is made at the next try.
    #[error("the payment provider had forgotten this account; nothing was charged, buy again")]
    CustomerGone,
    /// It gave another reason, known by its code.
    #[error(
        "the payment provider refused this purchase ({0}); nothing was charged, and the operator \
         can see why in the log"
    )]
    Other(String),
}
