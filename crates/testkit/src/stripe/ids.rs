//! Ids that look like Stripe's, from a seed, so that a run repeats to the letter.

use creel_types::Random;

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// As many letters as one draw of randomness gives.
const DRAW: usize = 32;

/// What begins an id, and how many letters follow.
#[derive(Clone, Copy, Debug)]
pub(super) struct IdShape(pub &'static str, pub usize);

pub(super) const ACCOUNT: IdShape = IdShape("acct_1", 15);
pub(super) const CUSTOMER: IdShape = IdShape("cus_", 14);
pub(super) const PRODUCT: IdShape = IdShape("prod_", 14);
pub(super) const PRICE: IdShape = IdShape("price_1", 23);
pub(super) const SUBSCRIPTION: IdShape = IdShape("sub_1", 23);
pub(super) const SUBSCRIPTION_ITEM: IdShape = IdShape("si_", 14);
pub(super) const SCHEDULE: IdShape = IdShape("sub_sched_1", 23);
pub(super) const INVOICE: IdShape = IdShape("in_1", 23);
pub(super) const INVOICE_LINE: IdShape = IdShape("il_1", 23);
pub(super) const INVOICE_ITEM: IdShape = IdShape("ii_1", 23);
pub(super) const INVOICE_PAYMENT: IdShape = IdShape("inpay_1", 23);
pub(super) const PAYMENT_INTENT: IdShape = IdShape("pi_3", 23);
pub(super) const PAYMENT_METHOD: IdShape = IdShape("pm_1", 23);
pub(super) const CHARGE: IdShape = IdShape("ch_3", 23);
pub(super) const REFUND: IdShape = IdShape("re_3", 23);
pub(super) const DISPUTE: IdShape = IdShape("du_1", 23);
pub(super) const EVENT: IdShape = IdShape("evt_1", 23);
pub(super) const WEBHOOK_ENDPOINT: IdShape = IdShape("we_1", 23);
pub(super) const WEBHOOK_SECRET: IdShape = IdShape("whsec_", 32);
pub(super) const PORTAL_CONFIGURATION: IdShape = IdShape("bpc_1", 23);
pub(super) const PORTAL_SESSION: IdShape = IdShape("bps_1", 23);
pub(super) const TEST_SESSION: IdShape = IdShape("cs_test_a1", 58);
pub(super) const LIVE_SESSION: IdShape = IdShape("cs_live_a1", 58);
pub(super) const REQUEST: IdShape = IdShape("req_", 14);

/// A fresh id of that shape.
pub(super) fn draw(random: &Random, shape: IdShape) -> String {
    let mut id = String::from(shape.0);
    let mut left = shape.1;
    while left > 0 {
        let now = left.min(DRAW);
        id.extend(random.bytes().iter().take(now).map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])));
        left -= now;
    }
    id
}
