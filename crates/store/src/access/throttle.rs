//! How often something may fail: by account and by network address, for all processes together. A try is counted before it is
//! made, so that many at once are not all the first; what succeeds is taken back.

use std::net::IpAddr;

use creel_types::Time;

use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Tx},
};

/// Failures after which further ones wait.
pub const ACCOUNT_FAILURES_MAX: i64 = 5;
pub const ADDRESS_FAILURES_MAX: i64 = 20;
/// Failures are forgotten when this time has passed without one, and without a wait.
pub const FORGOTTEN_AFTER_MS: i64 = 15 * 60_000;
/// The first wait; each further failure doubles it.
const WAIT_MS: i64 = 30_000;
pub const WAIT_MS_MAX: i64 = 15 * 60_000;

/// What is counted, and how many failures of it are free.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    subject: String,
    free: i64,
}

/// The account with this address, whether there is one or not.
#[must_use]
pub fn account(email_key: &str) -> Counted {
    Counted { subject: format!("account {email_key}"), free: ACCOUNT_FAILURES_MAX }
}

/// Something else that may be done only so often: `what` says what, with for whom or from where.
#[must_use]
pub fn errand(what: &str, counted: &Counted, free: i64) -> Counted {
    Counted { subject: format!("{what} {}", counted.subject), free }
}

/// The network that an address belongs to: itself, or the /64 of IPv6, which one customer has whole.
#[must_use]
pub fn network(address: IpAddr) -> Counted {
    let subject = match address.to_canonical() {
        IpAddr::V4(address) => format!("address {address}"),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("address {a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    };
    Counted { subject, free: ADDRESS_FAILURES_MAX }
}

/// How long somebody waits after so many failures.
fn wait_ms(failures: i64, free: i64) -> i64 {
    match failures - free {
        beyond if beyond < 0 => 0,
        beyond => {
            WAIT_MS.checked_shl(u32::try_from(beyond).unwrap_or(u32::MAX).min(16)).unwrap_or(i64::MAX).min(WAIT_MS_MAX)
        }
    }
}

/// Failures that still count.
fn remembered(failures: i64, last_failed_at: Time, free: i64, now: Time) -> i64 {
    if now.ms_since(last_failed_at) >= wait_ms(failures, free) + FORGOTTEN_AFTER_MS { 0 } else { failures }
}

impl Store {
    /// Counts a try of all of these, unless one of them has to wait: then the answer is for how many milliseconds, and nothing
    /// is counted.
    pub async fn count_attempt(&self, counted: &[Counted]) -> Result<Option<i64>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let mut sorted = counted.to_vec();
        sorted.sort();
        let mut given = Given::new(&[("subject", Kind::Text), ("failures", Kind::Int), ("last_failed_at", Kind::Int)]);
        for one in &sorted {
            given.push(args![one.subject.as_str(), 0i64, now]);
        }
        tx.insert_given("attempts", given, "ON CONFLICT (subject) DO NOTHING").await?;
        let mut wait = None;
        let mut failures = Vec::new();
        for one in &sorted {
            let sql = format!("SELECT a.failures, a.last_failed_at FROM attempts a WHERE a.subject = $1{}", tx.lock("a"));
            let Some(row) = tx.row(&sql, args![one.subject.as_str()]).await? else { continue };
            let last_failed_at = row.time("last_failed_at")?;
            let before = remembered(row.int("failures")?, last_failed_at, one.free, now);
            let left = last_failed_at.plus_ms(wait_ms(before, one.free)).ms_since(now);
            wait = wait.max(Some(left).filter(|left| *left > 0 && before > 0));
            failures.push((one, before + 1));
        }
        if wait.is_some() {
            return Ok(wait);
        }
        for (one, failures) in failures {
            let sql = "UPDATE attempts SET failures = $2, last_failed_at = $3 WHERE subject = $1";
            tx.execute(sql, args![one.subject.as_str(), failures, now]).await?;
        }
        tx.commit().await?;
        Ok(None)
    }

    /// A try succeeded: the account begins anew, the network has one failure less.
    pub async fn attempt_succeeded(&self, account: &Counted, network: Option<&Counted>) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        forget(&mut tx, account).await?;
        if let Some(network) = network {
            let sql = "UPDATE attempts SET failures = failures - 1 WHERE subject = $1 AND failures > 0";
            tx.execute(sql, args![network.subject.as_str()]).await?;
        }
        tx.commit().await
    }
}

pub(crate) async fn forget(tx: &mut Tx, counted: &Counted) -> Result<(), StoreError> {
    tx.execute("DELETE FROM attempts WHERE subject = $1", args![counted.subject.as_str()]).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (3..13).map(|failures| wait_ms(failures, 5) / 1000).collect();
        assert_eq!(waits, [0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(wait_ms(i64::MAX, 5), WAIT_MS_MAX);
    }

    #[test]
    fn a_network_is_an_address_or_a_64() {
        for (address, subject) in [
            ("192.0.2.7", "address 192.0.2.7"),
            ("::ffff:192.0.2.7", "address 192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "address 2001:db8:1:2::/64"),
        ] {
            assert_eq!(network(address.parse().unwrap()).subject, subject);
        }
    }
}
