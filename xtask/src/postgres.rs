//! PostgreSQL for the tests, and for whoever runs tests by hand.

use std::thread;

use creel_testkit::postgres::{Cluster, Durability};

use crate::{need, sh};

/// Where tests find the cluster's address.
pub const VARIABLE: &str = "CREEL_POSTGRES";

/// The cluster of one chore, in a work folder of the chore's name: it ends when it is dropped, or with this process.
pub fn start(folder: &str) -> Result<Cluster, String> {
    need::postgres()?;
    Cluster::start(&sh::work_folder(folder)?, Durability::Fast)
}

/// `cargo xtask postgres`.
pub fn serve(port: Option<u16>) -> Result<(), String> {
    need::postgres()?;
    // Not the tests' own folder, so that they can run meanwhile.
    let folder = sh::work_folder("postgres-by-hand")?;
    let cluster = match port {
        Some(port) => Cluster::start_on(&folder, Durability::Fast, port)?,
        None => Cluster::start(&folder, Durability::Fast)?,
    };
    println!("PostgreSQL runs until Ctrl-C; for tests in another terminal:");
    println!("export {VARIABLE}={}", cluster.url());
    // Ctrl-C ends this process, and the cluster ends with it.
    loop {
        thread::park();
    }
}
