//! Whether a delivery was signed by Stripe: the header `Stripe-Signature`, over the time and the body exactly as they came. Reads
//! nothing of the body.

use creel_types::Time;
use ring::hmac;
use thiserror::Error;

use crate::Secret;

/// How far the time of a signature may lie from now, before and after.
pub const TOLERANCE_MS: i64 = 300_000;
/// Bytes of the header.
pub const HEADER_BYTES_MAX: usize = 4_096;
/// Signatures of the scheme that is known; Stripe makes one for each of an endpoint's secrets, of which there are two for a day.
pub const SIGNATURES_MAX: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    #[error("the request has no Stripe-Signature header")]
    Missing,
    #[error("the Stripe-Signature header is not of the form t=…,v1=… with one time")]
    Malformed,
    #[error("no signature in the Stripe-Signature header was made with a secret that is known here")]
    NoMatch,
    /// A replay, or a clock that is wrong.
    #[error("the signature was made more than {} seconds ago", TOLERANCE_MS / 1000)]
    TooOld,
    #[error("the signature was made more than {} seconds in the future: one of the clocks is wrong", TOLERANCE_MS / 1000)]
    TooNew,
}

/// Checks that one of the `secrets` signed the `body`, not long ago.
pub fn verify(secrets: &[Secret], header: &str, body: &[u8], now: Time) -> Result<(), SignatureError> {
    let Signed { seconds, at, tags } = Signed::read(header)?;
    let message = [seconds.as_bytes(), b".", body].concat();
    // `ring` compares in constant time.
    let is_signed = secrets.iter().filter(|secret| !secret.as_str().is_empty()).any(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_str().as_bytes());
        tags.iter().any(|tag| hmac::verify(&key, &message, tag).is_ok())
    });
    match now.ms_since(at) {
        _ if !is_signed => Err(SignatureError::NoMatch),
        age_ms if age_ms > TOLERANCE_MS => Err(SignatureError::TooOld),
        age_ms if age_ms < -TOLERANCE_MS => Err(SignatureError::TooNew),
        _ => Ok(()),
    }
}

/// The header, read.
struct Signed<'a> {
    /// As they were signed.
    seconds: &'a str,
    at: Time,
    tags: Vec<[u8; 32]>,
}

impl<'a> Signed<'a> {
    fn read(header: &'a str) -> Result<Signed<'a>, SignatureError> {
        if header.trim().is_empty() {
            return Err(SignatureError::Missing);
        }
        if header.len() > HEADER_BYTES_MAX {
            return Err(SignatureError::Malformed);
        }
        let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
        // Other schemes are passed over: `v0` is of test events and weaker, and one of tomorrow is not known.
        let tags: Vec<[u8; 32]> =
            parts().filter(|(name, _)| *name == "v1").take(SIGNATURES_MAX).filter_map(|(_, text)| bytes(text)).collect();
        let mut times = parts().filter(|(name, _)| *name == "t").map(|(_, text)| text);
        let (Some(seconds), None) = (times.next(), times.next()) else { return Err(SignatureError::Malformed) };
        let is_number = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
        let at: i64 = seconds.parse().ok().filter(|_| is_number).ok_or(SignatureError::Malformed)?;
        Ok(Signed { seconds, at: Time(0).plus_seconds(at), tags })
    }
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"id":"evt_1","object":"event","amount":2900}"#;
    const AT: i64 = 1_800_000_000;
    /// Of "1800000000." and the body, by Python's `hmac`; Stripe's own library for Python takes them.
    const FIRST: &str = "16469da870f20b8303f10d45d8a823c121b8076d5a14dc6685792d8e7b21b602";
    const SECOND: &str = "78d452c607f0a0321ad4fc1d6bc3603f20b62ebf884807f74ccc2a7b68f33216";

    fn check(secrets: &[&str], header: &str, body: &str, now_seconds: i64) -> Result<(), SignatureError> {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        verify(&secrets, header, body.as_bytes(), Time(0).plus_seconds(now_seconds))
    }

    #[test]
    fn headers_are_taken_or_refused() {
        use SignatureError::{Malformed, Missing, NoMatch};
        let good = format!("t={AT},v1={FIRST}");
        let flipped = good.replace("16469d", "16469c");
        let many = format!("t={AT}{},v1={FIRST}", format!(",v1={SECOND}").repeat(SIGNATURES_MAX));
        type Case<'a> = (&'a str, &'a [&'a str], String, Result<(), SignatureError>);
        let cases: [Case<'_>; 22] = [
            ("as it is sent", &["whsec_first"], good.clone(), Ok(())),
            ("another secret", &["whsec_other"], good.clone(), Err(NoMatch)),
            ("no secret", &[], good.clone(), Err(NoMatch)),
            ("an empty secret", &[""], good.clone(), Err(NoMatch)),
            ("rotated here", &["whsec_new", "whsec_first"], good.clone(), Ok(())),
            ("rotated there", &["whsec_first"], format!("t={AT},v1={SECOND},v1={FIRST}"), Ok(())),
            ("either of both", &["whsec_second", "whsec_first"], format!("t={AT},v1={SECOND}"), Ok(())),
            ("capital digits", &["whsec_first"], format!("t={AT},v1={}", FIRST.to_uppercase()), Ok(())),
            ("spaces", &["whsec_first"], format!(" t={AT} , v1={FIRST} "), Ok(())),
            ("the time last", &["whsec_first"], format!("v1={FIRST},t={AT}"), Ok(())),
            ("other schemes beside it", &["whsec_first"], format!("t={AT},v0=ab,v2=cd,x,v1={FIRST}"), Ok(())),
            ("only v0", &["whsec_first"], format!("t={AT},v0={FIRST}"), Err(NoMatch)),
            ("one bit", &["whsec_first"], flipped, Err(NoMatch)),
            ("cut", &["whsec_first"], good[..good.len() - 2].to_owned(), Err(NoMatch)),
            ("no digits", &["whsec_first"], format!("t={AT},v1={}", "ä".repeat(32)), Err(NoMatch)),
            ("another time", &["whsec_first"], good.replace("t=18", "t=19"), Err(NoMatch)),
            ("two times", &["whsec_first"], format!("t={AT},t=1,v1={FIRST}"), Err(Malformed)),
            ("no time", &["whsec_first"], format!("v1={FIRST}"), Err(Malformed)),
            ("a signed time", &["whsec_first"], format!("t=+{AT},v1={FIRST}"), Err(Malformed)),
            ("nothing", &["whsec_first"], String::new(), Err(Missing)),
            ("huge", &["whsec_first"], format!("{good},{}", "x".repeat(HEADER_BYTES_MAX)), Err(Malformed)),
            ("more than are looked at", &["whsec_first"], many, Err(NoMatch)),
        ];
        for (what, secrets, header, expected) in cases {
            assert_eq!(check(secrets, &header, BODY, AT), expected, "{what}");
        }
        for garbage in ["=", ",,,", "t", "t=", "t=,v1=", "t=99999999999999999999,v1=", "\u{0}", "🦀=🦀,t=🦀"] {
            assert_eq!(check(&["whsec_first"], garbage, BODY, AT), Err(Malformed), "{garbage}");
        }
    }

    #[test]
    fn the_body_counts_to_the_byte() {
        let header = format!("t={AT},v1={FIRST}");
        let again = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(BODY).unwrap()).unwrap();
        for body in [again.as_str(), &format!("{BODY}\n"), &BODY.replace("2900", "2901"), ""] {
            assert_eq!(check(&["whsec_first"], &header, body, AT), Err(SignatureError::NoMatch));
        }
    }

    #[test]
    fn a_signature_is_good_for_five_minutes() {
        use SignatureError::{NoMatch, TooNew, TooOld};
        let header = format!("t={AT},v1={FIRST}");
        for (seconds, expected) in
            [(0, Ok(())), (299, Ok(())), (300, Ok(())), (301, Err(TooOld)), (-300, Ok(())), (-301, Err(TooNew))]
        {
            assert_eq!(check(&["whsec_first"], &header, BODY, AT + seconds), expected, "{seconds}");
        }
        assert_eq!(check(&["whsec_other"], &header, BODY, AT + 301), Err(NoMatch), "a forgery is told nothing of time");
        let far = format!("t={},v1={FIRST}", i64::MAX);
        assert_eq!(check(&["whsec_first"], &far, BODY, AT), Err(NoMatch));
    }
}
