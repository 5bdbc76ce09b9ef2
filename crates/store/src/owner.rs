//! Which processes share a data folder, and which of them are alive: each holds a lock on a file of its own, which the
//! operating system lets go when the process dies, however it dies.
//!
//! So a run that was in the hands of a killed process goes on at once instead of when its lease runs out.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
};

use creel_types::{Random, Time};
use uuid::Uuid;

use crate::StoreError;

/// This process, as other processes on the folder see it.
#[derive(Debug)]
pub struct Owner {
    pub id: Uuid,
    folder: PathBuf,
    /// Held open: the lock lives as long as the handle.
    _lock: File,
}

impl Owner {
    /// Registers this process in `DIR/processes`.
    pub fn register(dir: &Path, random: &Random, now: Time) -> Result<Owner, StoreError> {
        let folder = dir.join("processes");
        let failed = |source| StoreError::Folder { path: folder.display().to_string(), source };
        fs::create_dir_all(&folder).map_err(failed)?;
        let id: Uuid = random.id(now);
        let file = OpenOptions::new().create_new(true).write(true).open(folder.join(id.to_string())).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(Owner { id, folder, _lock: file })
    }

    /// A judge of other processes on the same folder, to hand to [`crate::Store::claim_run`].
    pub fn judge(&self) -> impl Fn(Uuid) -> bool + Send + Sync + Clone + 'static {
        let folder = self.folder.clone();
        move |other| is_gone(&folder, other)
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // A file that stays behind does no harm: it is unlocked, and so says "gone" as well as a missing one.
        let _ = fs::remove_file(self.folder.join(self.id.to_string()));
    }
}

/// Whether the process is known to be gone: its file is missing, or nobody holds the lock on it.
fn is_gone(folder: &Path, process: Uuid) -> bool {
    match File::open(folder.join(process.to_string())) {
        Ok(file) => file.try_lock_shared().is_ok(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_there_until_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let random = Random::seeded(1);
        let first = Owner::register(folder.path(), &random, Time(0)).unwrap();
        let second = Owner::register(folder.path(), &random, Time(0)).unwrap();
        let judge = second.judge();
        assert!(!judge(first.id));
        let id = first.id;
        drop(first);
        assert!(judge(id));
        assert!(judge(random.id(Time(0))), "one that never was");
    }
}
