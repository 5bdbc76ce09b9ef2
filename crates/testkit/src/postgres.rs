//! A private PostgreSQL cluster on loopback for tests and benchmarks, with the ways to end it that recovery has to stand.
//!
//! It ends with its owner, also with one that dies without a word. It serves nothing that should be kept: a cluster is made
//! where the folder has none, and its files are not synced to the disk before the first start.

mod owner;
mod port;
mod server;

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use owner::Owner;
use port::free_port;
use server::{Server, server_pid};

/// How long a start may take that has to repair a crash first.
const START_S_MAX: u32 = 120;
/// How long killed processes may take to be gone. Where the first process of a container waits for no orphans, they never are.
const GONE_MAX: Duration = Duration::from_secs(10);

/// Many tests at once, each with a pool of its own.
const CONNECTIONS_MAX: u32 = 200;

/// The user and the database that a cluster is made with.
const NAME: &str = "creel";

/// What a commit is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As PostgreSQL comes: a commit is on the disk.
    Durable,
    /// A commit survives the server's death, not the machine's. `synchronous_commit` stays as it is, so that a session can
    /// set it and be measured or tested with it.
    Fast,
}

/// Where the programs of PostgreSQL lie: the newest of Debian's, else whatever the search path has.
pub fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = versions
        .filter(|version| version.path().join("bin/initdb").exists())
        .max_by_key(|version| version.file_name().to_string_lossy().parse::<u32>().unwrap_or_default())
        .map(|version| version.path().join("bin"));
    newest.or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").exists()))
}

/// A running cluster, or a stopped one that can be started again.
#[derive(Debug)]
pub struct Cluster {
    owner: Owner,
    bin: PathBuf,
    /// Everything of the cluster: `data`, the password and the logs.
    place: PathBuf,
    password: String,
    port: u16,
    durability: Durability,
    server: Option<Server>,
    /// Held as long as this process uses the folder.
    _lock: File,
}

impl Cluster {
    /// Starts the folder's cluster on a free port and makes it first where there is none. What an earlier process that was
    /// killed left running there is stopped.
    pub fn start(folder: &Path, durability: Durability) -> Result<Cluster, String> {
        Cluster::start_on(folder, durability, free_port()?)
    }

    /// The same on a port of one's choice.
    pub fn start_on(folder: &Path, durability: Durability, port: u16) -> Result<Cluster, String> {
        let bin = programs().ok_or("PostgreSQL is not installed: there is no initdb")?;
        let lock = lock(folder)?;
        let owner = Owner::of_this_process()?;
        let place = owner.place(folder)?;
        let mut cluster =
            Cluster { owner, bin, place, password: String::new(), port, durability, server: None, _lock: lock };
        cluster.stop_left_over()?;
        cluster.initialize()?;
        cluster.password = cluster.owner.read(&cluster.place.join("password"))?;
        cluster.start_again()?;
        cluster.create_database()?;
        Ok(cluster)
    }

    /// The address of its database, with the password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://{NAME}:{}@127.0.0.1:{}/{NAME}", self.password, self.port)
    }

    /// Ends it in order: connections are cut, everything is written.
    pub fn stop_fast(&mut self) -> Result<(), String> {
        self.stop("fast")
    }

    /// Ends it without writing anything more: the crash that the next start must repair.
    pub fn kill(&mut self) -> Result<(), String> {
        self.stop("immediate")
    }

    /// The same crash without PostgreSQL's knowledge: SIGKILL for all of its processes.
    pub fn kill_hard(&mut self) -> Result<(), String> {
        let Some(server) = self.server.take() else { return Ok(()) };
        let killed = server.kill_hard(&self.owner)?;
        let patience = Instant::now();
        // PostgreSQL takes a number in postmaster.pid for a living server even where only its parent's wait is missing.
        while killed.iter().any(|pid| server::exists(*pid)) && patience.elapsed() < GONE_MAX {
            thread::sleep(Duration::from_millis(5));
        }
        if killed.iter().any(|pid| server::is_alive(*pid)) {
            return Err(format!("processes of PostgreSQL outlive SIGKILL: {killed:?}"));
        }
        if server::exists(server.pid) {
            server::output(self.owner.command("rm").arg("-f").arg(self.data().join("postmaster.pid")))?;
        }
        server.forget();
        Ok(())
    }

    /// Starts it after one of the three ends, on the same port; nothing where it runs.
    pub fn start_again(&mut self) -> Result<(), String> {
        if self.server.is_some() {
            return Ok(());
        }
        let sync = if self.durability == Durability::Durable { "on" } else { "off" };
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections={CONNECTIONS_MAX} \
             -c fsync={sync} -c full_page_writes={sync}",
            self.port
        );
        let log = self.place.join("server.log");
        let mut start = self.pg_ctl();
        start.args(["-w", "-t", &START_S_MAX.to_string(), "-l"]).arg(&log).args(["-o", &options, "start"]);
        server::output(&mut start).map_err(|error| format!("{error}\n{}", self.owner.tail(&log)))?;
        self.server = Some(Server::watch(&self.owner, &self.data())?);
        Ok(())
    }

    /// Runs one statement through psql, a connection of its own, and answers what it prints: rows a line, columns with bars.
    pub fn psql(&self, sql: &str) -> Result<String, String> {
        self.psql_in(NAME, sql)
    }

    fn psql_in(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.env("PGPASSWORD", &self.password)
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(["-U", NAME, "-d", database, "-c", sql]);
        server::output(&mut psql).map(|text| text.trim_end().to_owned())
    }

    fn stop(&mut self, mode: &str) -> Result<(), String> {
        if let Some(server) = self.server.take() {
            // On failure the server is dropped, not forgotten: its watcher then ends it.
            server::output(self.pg_ctl().args(["-m", mode, "-w", "stop"]))?;
            server.forget();
        }
        Ok(())
    }

    fn stop_left_over(&self) -> Result<(), String> {
        if self.pid().is_some() {
            server::output(self.pg_ctl().args(["-m", "fast", "-w", "stop"]))?;
        }
        Ok(())
    }

    /// Made under another name and then renamed, so that a half-made cluster is never taken for one.
    fn initialize(&self) -> Result<(), String> {
        if self.data().exists() {
            return Ok(());
        }
        let (making, password) = (self.place.join("data.new"), self.place.join("password"));
        server::output(self.owner.command("rm").arg("-rf").arg(&making))?;
        self.owner.write_secret(&password)?;
        let mut initdb = self.owner.command(self.bin.join("initdb"));
        initdb.arg("-D").arg(&making).args(["-U", NAME, "-A", "scram-sha-256"]).arg("--pwfile").arg(&password);
        // What is written survives a killed process anyway, and nobody keeps this for the day the power fails.
        server::output(initdb.args(["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]))?;
        server::output(self.owner.command("mv").arg(&making).arg(self.data())).map(|_| ())
    }

    /// Apart from [`Cluster::initialize`], because it needs the running server, which may be killed between the two.
    fn create_database(&self) -> Result<(), String> {
        let known = self.psql_in("postgres", &format!("SELECT 1 FROM pg_database WHERE datname = '{NAME}'"))?;
        if known.is_empty() { self.psql_in("postgres", &format!("CREATE DATABASE {NAME}")).map(|_| ()) } else { Ok(()) }
    }

    fn data(&self) -> PathBuf {
        self.place.join("data")
    }

    fn pid(&self) -> Option<u32> {
        server_pid(&self.owner, &self.data())
    }

    fn pg_ctl(&self) -> Command {
        let mut command = self.owner.command(self.bin.join("pg_ctl"));
        command.arg("-D").arg(self.data());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.stop_fast();
    }
}

/// One process at a time has a folder; the lock goes with its holder's life.
fn lock(folder: &Path) -> Result<File, String> {
    let path = folder.join("lock");
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(folder).map_err(failed)?;
    let lock = File::create(&path).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(format!("another process uses the cluster in {}", folder.display())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own, gone with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let folder = std::env::temp_dir().join(format!("creel-testkit-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Folder(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_was_committed_outlives_every_end() {
        let folder = Folder::new("ends");
        let mut cluster = Cluster::start(&folder.0, Durability::Durable).unwrap();
        assert_eq!(cluster.psql("SHOW fsync").unwrap(), "on");
        assert_eq!(cluster.psql("SHOW server_encoding").unwrap(), "UTF8");
        cluster.psql("CREATE TABLE ends (name text)").unwrap();
        type End = fn(&mut Cluster) -> Result<(), String>;
        let ends: [(&str, End); 3] =
            [("fast", Cluster::stop_fast), ("immediate", Cluster::kill), ("SIGKILL", Cluster::kill_hard)];
        let url = cluster.url();
        for (name, end) in ends {
            cluster.psql(&format!("INSERT INTO ends VALUES ('{name}')")).unwrap();
            end(&mut cluster).unwrap();
            assert!(cluster.psql("SELECT 1").is_err(), "it still answers after {name}");
            cluster.start_again().unwrap();
        }
        assert_eq!(cluster.psql("SELECT name FROM ends").unwrap(), "fast\nimmediate\nSIGKILL");
        assert_eq!(cluster.url(), url, "the address stays");
        let busy = Cluster::start(&folder.0, Durability::Fast).unwrap_err();
        assert!(busy.contains("another process"), "{busy}");
        drop(cluster);
        let again = Cluster::start(&folder.0, Durability::Fast).unwrap();
        assert_eq!(again.psql("SHOW fsync").unwrap(), "off");
        assert_eq!(again.psql("SELECT count(*) FROM ends").unwrap(), "3");
    }

    #[test]
    fn it_ends_with_a_process_that_dies_without_a_word() {
        let folder = Folder::new("orphan");
        let mut cluster = Cluster::start(&folder.0, Durability::Fast).unwrap();
        assert!(cluster.pid().is_some());
        // The system closes a dead process's end of the pipe; here a living one closes it.
        drop(cluster.server.take());
        while cluster.pid().is_some() {
            thread::yield_now();
        }
        // And one that nobody watched, because the watcher was killed too, is stopped by the next start.
        cluster.start_again().unwrap();
        cluster.server.take().unwrap().forget();
        assert!(cluster.pid().is_some());
        drop(cluster);
        let again = Cluster::start(&folder.0, Durability::Fast).unwrap();
        assert_eq!(again.psql("SELECT 1").unwrap(), "1");
    }
}
