//! Which processes share a database, and which of them are alive. On a folder each holds a lock on a file of its own, on
//! PostgreSQL an advisory lock in a session of its own: both are let go when the process dies, however it dies.
//!
//! So a run that was in the hands of a killed process goes on at once instead of when its lease runs out. A process that only
//! lost its session takes another with its next heartbeat; should a run have been taken from it meanwhile, it lets that run
//! go, and nothing is stored twice.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{Connection as _, PgConnection};
use tokio::{sync::Mutex, time::timeout};
use uuid::Uuid;

use crate::{
    Store, StoreError, args,
    database::{Engine, Tx},
};

/// The first half of the key of every process's advisory lock.
const PROCESS_LOCKS: i64 = 0x6372_6503;

/// How long the session may take to answer before it is taken for broken; a run's lease lasts three times as long.
const SESSION_ANSWER_MAX: Duration = Duration::from_secs(5);

/// This process, as other processes on the database see it.
#[derive(Debug)]
pub struct Owner {
    pub id: Uuid,
    sign: Sign,
}

/// What shows that the process lives; held as long as the handle.
#[derive(Debug)]
enum Sign {
    File { folder: PathBuf, _lock: File },
    Session(Mutex<PgConnection>),
}

/// How to tell whether a process that holds a run has gone.
#[derive(Clone, Debug)]
pub enum Judge {
    /// Nobody can know: the lease's end decides.
    LeaseOnly,
    /// By the locks on the files of this folder.
    Folder(PathBuf),
    /// By the sessions of the database.
    Sessions,
}

impl Owner {
    /// Registers this process: in `DIR/processes` for a database in that folder, else with the server.
    pub async fn register(store: &Store, dir: &Path) -> Result<Owner, StoreError> {
        let id: Uuid = store.random.id(store.clock.now());
        let sign = match store.database.engine() {
            Engine::Sqlite => {
                let folder = dir.join("processes");
                let lock = lock_file(&folder, id)?;
                Sign::File { folder, _lock: lock }
            }
            Engine::Postgres => {
                let session = store.database.session_with_lock(PROCESS_LOCKS, key(id)).await?;
                Sign::Session(Mutex::new(session))
            }
        };
        Ok(Owner { id, sign })
    }

    /// A judge of other processes on the same database, to hand to [`crate::Store::claim_run`].
    #[must_use]
    pub fn judge(&self) -> Judge {
        match &self.sign {
            Sign::File { folder, .. } => Judge::Folder(folder.clone()),
            Sign::Session(_) => Judge::Sessions,
        }
    }

    /// Looks whether the session still stands and takes another where it broke, as it does when the server is started anew.
    /// A process that never did would be taken for dead for ever, and its runs taken from it as often as it takes them.
    pub async fn renew(&self, store: &Store) -> Result<(), StoreError> {
        let Sign::Session(session) = &self.sign else { return Ok(()) };
        let mut session = session.lock().await;
        // A wire that was cut without a word gives no error either.
        if !matches!(timeout(SESSION_ANSWER_MAX, session.ping()).await, Ok(Ok(()))) {
            *session = store.database.session_with_lock(PROCESS_LOCKS, key(self.id)).await?;
        }
        Ok(())
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if let Sign::File { folder, .. } = &self.sign {
            // A file that stays behind does no harm: it is unlocked, and so says "gone" as well as a missing one.
            let _ = fs::remove_file(folder.join(self.id.to_string()));
        }
    }
}

impl Judge {
    /// Whether the process is known to be gone.
    pub(crate) async fn is_gone(&self, tx: &mut Tx, process: Uuid) -> Result<bool, StoreError> {
        match self {
            Judge::LeaseOnly => Ok(false),
            Judge::Folder(folder) => Ok(is_unlocked(folder, process)),
            Judge::Sessions => {
                let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS living FROM pg_locks WHERE locktype = 'advisory'
                    AND CAST(classid AS BIGINT) = $1 AND CAST(objid AS BIGINT) = $2
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
                let row = tx.row(sql, args![PROCESS_LOCKS, key(process)]).await?;
                Ok(row.map_or(Ok(0), |row| row.int("living"))? == 0)
            }
        }
    }
}

/// The second half of the key: a part of the id's random bits that fits. Two processes that share it would at worst be taken
/// for alive while one of them is, and then the lease's end decides.
fn key(process: Uuid) -> i64 {
    i64::try_from(process.as_u128() & 0x7fff_ffff).unwrap_or(0)
}

fn lock_file(folder: &Path, id: Uuid) -> Result<File, StoreError> {
    let failed = |source| StoreError::Folder { path: folder.display().to_string(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let file = OpenOptions::new().create_new(true).write(true).open(folder.join(id.to_string())).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

/// The process's file is missing, or nobody holds the lock on it.
fn is_unlocked(folder: &Path, process: Uuid) -> bool {
    match File::open(folder.join(process.to_string())) {
        Ok(file) => file.try_lock_shared().is_ok(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}
