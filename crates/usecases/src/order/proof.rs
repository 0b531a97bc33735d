//! Whether a purchase at the payment provider is an order's own.
//!
//! The provider account may be shared with other products, and whoever holds a key to it can write
//! our order's id into a purchase of theirs. So the id of the purchase that we recorded when we
//! opened it is the first proof. When the process died between opening and recording, everything else
//! must be told and must fit: metadata, customer, price, quantity, amount, currency, mode.
//!
//! Invariant: nothing of an order moves before its purchase is proven, and no credit before the
//! payment is.

use safelight_domain::{PackOrder, PaymentMode};
use safelight_ports::{Checkout, CheckoutState, Money, Payment};

/// What looking at a purchase showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is the order's own.
    Ours,
    /// It fits the order in everything, and the order was opened as another purchase.
    Second,
    /// It is somebody else's, for this reason.
    Foreign(String),
    /// It is the order's own, and the provider's answer lacks what must be known. Asked again later.
    Unreadable(&'static str),
}

/// What an order is compared with.
pub(super) struct Claim<'a> {
    pub order: &'a PackOrder,
    /// The customer it was opened for; for older orders, the account's customer now.
    pub customer: Option<&'a str>,
    pub told: &'a Checkout,
}

/// Stops at the first reason.
type Checked = Result<(), Proof>;

impl Claim<'_> {
    /// Whether the purchase itself is the order's.
    pub fn purchase(&self) -> Proof {
        let (order, told) = (self.order, self.told);
        let checked = self
            .kind()
            .and_then(|()| self.names(told.order == Some(order.id), told.order.is_some(), "order"))
            .and_then(|()| {
                let same = told.account == Some(order.account_id);
                self.names(same, told.account.is_some(), "account")
            })
            .and_then(|()| self.customer(told.customer.as_deref(), "purchase"))
            .and_then(|()| self.items())
            .and_then(|()| self.sums());
        match checked {
            Err(proof) => proof,
            Ok(()) if self.is_opened() || order.checkout.is_none() => Proof::Ours,
            Ok(()) => Proof::Second,
        }
    }

    /// Whether the money of a paid purchase, which was proven, came by this payment.
    pub fn payment(&self, paid: Option<&Payment>) -> Proof {
        let (told, order) = (self.told, self.order);
        let Some(total) = &told.total else { return Proof::Unreadable("amount") };
        let checked = match paid {
            // A code that made it free.
            None if total.minor == 0 => Ok(()),
            None => Err(Proof::Unreadable("payment")),
            Some(paid) => self
                .mode(paid.live, "payment")
                .and_then(|()| {
                    self.names(
                        paid.order == Some(order.id),
                        paid.order.is_some(),
                        "payment's order",
                    )
                })
                .and_then(|()| self.customer(paid.customer.as_deref(), "payment"))
                .and_then(|()| {
                    let same = paid.captured == *total;
                    self.foreign_unless(same, || {
                        format!("its payment is of {}, and it came to {total}", paid.captured)
                    })
                }),
        };
        checked.err().unwrap_or(Proof::Ours)
    }

    /// Whether we recorded this purchase when we opened it.
    fn is_opened(&self) -> bool {
        self.order.checkout.as_ref() == Some(&self.told.id)
    }

    fn kind(&self) -> Checked {
        self.foreign_unless(self.told.once, || "it is not paid once".to_owned())?;
        self.mode(self.told.live, "purchase")
    }

    fn mode(&self, live: Option<bool>, what: &str) -> Checked {
        let ours = self.order.mode == PaymentMode::Live;
        let fits = live.map_or(self.is_opened(), |live| live == ours);
        self.foreign_unless(fits, || {
            let (ours, theirs) = if ours { ("live", "test") } else { ("test", "live") };
            format!("the {what} is of {theirs} mode, or does not tell; the order is of {ours} mode")
        })
    }

    /// What our metadata names. It may be missing only from what we know by its id.
    fn names(&self, same: bool, named: bool, what: &str) -> Checked {
        let fits = same || (!named && self.is_opened());
        self.foreign_unless(fits, || {
            let says = if named { "names another" } else { "does not name ours" };
            format!("its metadata {says} ({what})")
        })
    }

    fn customer(&self, told: Option<&str>, what: &str) -> Checked {
        let fits = match (self.customer, told) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (None, _) | (_, None) => self.is_opened(),
        };
        self.foreign_unless(fits, || {
            format!("the {what}'s customer is {}, not the account's", told.unwrap_or("nobody"))
        })
    }

    /// One of the order's price, and nothing else.
    fn items(&self) -> Checked {
        let Some(items) = &self.told.items else {
            let says = || "it does not tell what was bought".to_owned();
            return self.foreign_unless(self.is_opened(), says);
        };
        let fits = match (items.as_slice(), &self.order.price) {
            ([item], Some(price)) => item.quantity == 1 && item.price == *price,
            // Older orders did not record their price: its amount is compared below.
            ([item], None) => item.quantity == 1,
            _ => false,
        };
        self.foreign_unless(fits, || {
            let named = |item: &safelight_ports::CheckoutItem| {
                format!("{} of {}", item.quantity, item.price)
            };
            let sold: Vec<_> = items.iter().map(named).collect();
            format!("it sells {}, not one of the order's price", sold.join(", "))
        })
    }

    /// What it came to is the order's price, less a discount and with tax.
    fn sums(&self) -> Checked {
        let (told, price) = (self.told, &self.order.money);
        let opened = self.is_opened();
        let Some(total) = &told.total else {
            // Nothing is decided by the amount of what nobody has paid.
            if opened {
                let paid = told.state == CheckoutState::Paid;
                return if paid { Err(Proof::Unreadable("amount")) } else { Ok(()) };
            }
            return Err(Proof::Foreign("it does not tell its amount".to_owned()));
        };
        let money = |minor| Money { minor, currency: total.currency.clone() };
        self.foreign_unless(total.currency == price.currency, || {
            format!("it is in {}, the order in {}", total.currency, price.currency)
        })?;
        let subtotal = told.subtotal.or(opened.then_some(price.minor));
        self.foreign_unless(subtotal == Some(price.minor), || match subtotal {
            Some(minor) => format!("its items come to {}, the order to {price}", money(minor)),
            None => "it does not tell what its items come to".to_owned(),
        })?;
        // We open no purchase with a discount or a field for codes.
        self.foreign_unless(told.discount == 0 || opened, || {
            format!("{} were taken off, and we opened none like that", money(told.discount))
        })?;
        let least = price.minor.saturating_sub(told.discount);
        let most = least.saturating_add(told.extra);
        // Tax that is part of the price is told as well, and adds nothing.
        self.foreign_unless((least..=most).contains(&total.minor), || {
            format!("it came to {total}, which {price} less the discount does not explain")
        })
    }

    #[expect(clippy::unused_self, reason = "reads as the other checks do")]
    fn foreign_unless(&self, fits: bool, says: impl FnOnce() -> String) -> Checked {
        if fits { Ok(()) } else { Err(Proof::Foreign(says())) }
    }
}
