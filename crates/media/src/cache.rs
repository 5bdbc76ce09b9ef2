//! The folder in which pictures are kept, within a limit: a file for each address and width. Several processes may share it. What is
//! here can be deleted at any time: it is made again.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use creel_types::{Clock, Time, sha256_hex};
use url::Url;

use crate::{picture::Picture, width::Width};

/// That a picture was used is written down at most so often.
const USED_MS: i64 = 60 * 60 * 1000;
/// A file that nobody finished writing.
const LEFT_MS: i64 = 60 * 60 * 1000;
/// What a file takes up at least, on most disks.
const BLOCK_BYTES: u64 = 4_096;
/// The folder is looked through once this share of its limit was written, and cleared to this share below the limit.
const SWEEP_SHARE: u64 = 16;
/// What the names of unfinished files end with.
const UNFINISHED: &str = "part";

#[derive(Clone)]
pub(crate) struct Cache(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    bytes_max: u64,
    clock: Clock,
    /// Bytes since the last sweep of this process. The first write sweeps: who knows what others left.
    written: AtomicU64,
    sweeping: Mutex<()>,
    unfinished: AtomicU64,
}

impl Cache {
    pub(crate) fn new(folder: PathBuf, bytes_max: u64, clock: Clock) -> Cache {
        Cache(Arc::new(Inner {
            folder,
            bytes_max,
            clock,
            written: AtomicU64::new(u64::MAX / 2),
            sweeping: Mutex::new(()),
            unfinished: AtomicU64::new(0),
        }))
    }

    pub(crate) async fn find(&self, url: &Url, width: Width) -> Option<Picture> {
        if self.0.bytes_max == 0 {
            return None;
        }
        let (inner, path) = (Arc::clone(&self.0), self.0.path(url, width));
        tokio::task::spawn_blocking(move || inner.read(&path)).await.ok().flatten()
    }

    /// Keeps pictures of one address. A folder that cannot be written to costs speed, not pictures.
    pub(crate) async fn keep(&self, url: &Url, pictures: Vec<(Width, Picture)>) {
        if self.0.bytes_max == 0 {
            return;
        }
        let inner = Arc::clone(&self.0);
        let paths: Vec<(PathBuf, Picture)> =
            pictures.into_iter().map(|(width, picture)| (inner.path(url, width), picture)).collect();
        let kept = tokio::task::spawn_blocking(move || {
            paths.iter().try_for_each(|(path, picture)| inner.write(path, picture))?;
            inner.sweep_if_due()
        });
        if let Ok(Err(error)) = kept.await {
            tracing::warn!(%error, folder = %self.0.folder.display(), "pictures of shops cannot be kept");
        }
    }
}

impl Inner {
    /// Two letters of the digest are a folder, so that none grows large.
    fn path(&self, url: &Url, width: Width) -> PathBuf {
        let key = sha256_hex(&format!("{width} {url}"));
        self.folder.join(&key[..2]).join(key)
    }

    fn read(&self, path: &Path) -> Option<Picture> {
        let picture = Picture::read(fs::read(path).ok()?);
        if picture.is_none() {
            let _ = fs::remove_file(path);
        }
        let now = self.clock.now();
        let used = fs::metadata(path).and_then(|metadata| metadata.modified()).map(time).ok()?;
        if now.ms_since(used) > USED_MS {
            let _ = fs::File::options().write(true).open(path).and_then(|file| file.set_modified(instant(now)));
        }
        picture
    }

    /// Whole or not at all: others may read it at the same moment, and the machine may stop.
    fn write(&self, path: &Path, picture: &Picture) -> io::Result<()> {
        let Some(folder) = path.parent() else { return Ok(()) };
        fs::create_dir_all(folder)?;
        let number = self.unfinished.fetch_add(1, Ordering::Relaxed);
        let unfinished = path.with_extension(format!("{}.{number}.{UNFINISHED}", std::process::id()));
        let written = (|| {
            let mut file = fs::File::create(&unfinished)?;
            io::Write::write_all(&mut file, &picture.bytes)?;
            file.set_modified(instant(self.clock.now()))?;
            file.sync_data()?;
            fs::rename(&unfinished, path)
        })();
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        self.written.fetch_add(on_disk(picture.bytes.len() as u64), Ordering::Relaxed);
        written
    }

    fn sweep_if_due(&self) -> io::Result<()> {
        // One sweep at a time; whoever meets another one leaves it to that.
        let Ok(_sweeping) = self.sweeping.try_lock() else { return Ok(()) };
        if self.written.load(Ordering::Relaxed) < self.bytes_max / SWEEP_SHARE {
            return Ok(());
        }
        self.written.store(0, Ordering::Relaxed);
        self.sweep()
    }

    /// Deletes the pictures that were not used for longest, until the rest is well within the limit.
    fn sweep(&self) -> io::Result<()> {
        let mut files = Vec::new();
        let now = self.clock.now();
        for folder in fs::read_dir(&self.folder)?.flatten().filter(|entry| entry.path().is_dir()) {
            for file in fs::read_dir(folder.path())?.flatten() {
                // Another process may have deleted it.
                let Ok(metadata) = file.metadata() else { continue };
                let used = metadata.modified().map(time).unwrap_or(Time(0));
                let path = file.path();
                if path.extension().is_some_and(|extension| extension == UNFINISHED) {
                    if now.ms_since(used) > LEFT_MS {
                        let _ = fs::remove_file(path);
                    }
                    continue;
                }
                files.push((used, on_disk(metadata.len()), path));
            }
        }
        let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        if bytes <= self.bytes_max - self.bytes_max / SWEEP_SHARE {
            return Ok(());
        }
        files.sort_unstable();
        for (_, of_file, path) in files {
            if bytes <= self.bytes_max - 2 * (self.bytes_max / SWEEP_SHARE) {
                break;
            }
            if fs::remove_file(path).is_ok() {
                bytes -= of_file;
            }
        }
        Ok(())
    }
}

fn on_disk(bytes: u64) -> u64 {
    bytes.div_ceil(BLOCK_BYTES) * BLOCK_BYTES
}

fn time(instant: SystemTime) -> Time {
    let ms = instant.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_millis();
    Time(i64::try_from(ms).unwrap_or(i64::MAX))
}

fn instant(time: Time) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(time.0.unsigned_abs())
}

#[cfg(test)]
mod tests;
