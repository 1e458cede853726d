//! What the sandbox charges for and grants: the part of its options that calls depend on.

/// The terms of the platform's account.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) fee_basis_points: u32,
    pub(crate) fee_fixed_cents: u32,
    pub(crate) dispute_fee_cents: u32,
    pub(crate) instant_onboarding: bool,
    /// Where browsers reach the hosted pages, without a trailing slash.
    pub(crate) base_url: String,
}

impl Terms {
    /// What a charge costs: a share, rounded half up, and a fixed part.
    pub(crate) fn charge_fee(&self, amount: i64) -> i64 {
        (amount * i64::from(self.fee_basis_points) + 5_000) / 10_000 + i64::from(self.fee_fixed_cents)
    }
}

impl Default for Terms {
    fn default() -> Self {
        // Stripe's card price in Singapore, <https://stripe.com/en-sg/pricing>.
        Self {
            fee_basis_points: 340,
            fee_fixed_cents: 50,
            dispute_fee_cents: 1_500,
            instant_onboarding: true,
            base_url: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Terms;

    #[test]
    fn a_fee_is_a_share_rounded_half_up_and_a_fixed_part() {
        let fee = |amount| Terms::default().charge_fee(amount);
        // 3.4 % of 10.00 is 0.34; of 12.50 it is 0.425, of 12.49 it is 0.42466.
        assert_eq!((fee(1_000), fee(1_250), fee(1_249)), (84, 93, 92));
        let free = Terms { fee_basis_points: 0, fee_fixed_cents: 0, ..Terms::default() };
        assert_eq!(free.charge_fee(1_250), 0);
    }
}
