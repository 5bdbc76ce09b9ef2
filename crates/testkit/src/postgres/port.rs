//! A port for a cluster that has to be found at the same place after every start.

use std::{
    net::TcpListener,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

/// A port below those that the system gives to outgoing connections: one of those could sit on it between an end and the next
/// start.
pub(super) fn free_port() -> Result<u16, String> {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    static STARTED: AtomicU32 = AtomicU32::new(0);
    // Whoever looks at the same time, in this process or in another, begins at another place.
    let looked = STARTED.fetch_add(1, Ordering::Relaxed);
    let begin = (process::id().wrapping_mul(31).wrapping_add(looked) % u32::from(COUNT)) as u16;
    (0..COUNT)
        .map(|step| FIRST + (begin + step) % COUNT)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .ok_or_else(|| "no port is free on loopback".to_owned())
}
