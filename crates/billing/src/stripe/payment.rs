//! How a payment is named: by its payment intent, or by its charge where it has none.

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaymentRef {
    Intent(String),
    Charge(String),
}

impl PaymentRef {
    /// As the field that holds it is called.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            PaymentRef::Intent(_) => "payment_intent",
            PaymentRef::Charge(_) => "charge",
        }
    }

    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            PaymentRef::Intent(id) | PaymentRef::Charge(id) => id,
        }
    }
}
