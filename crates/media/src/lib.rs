//! Pictures of shops: from an address to a small picture that pages may show, fetched through the guard, read behind limits, written
//! anew and kept in a folder. The one place that decodes bytes of strangers; knows no pages, no sessions and no SQL, and hands on
//! nothing as it came.

mod cache;
mod error;
mod failures;
mod picture;
mod shrink;
mod turns;
mod width;

use std::{path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use creel_fetch::{Fetched, Fetcher, GetOptions};
use creel_types::{Clock, metric};
use tokio::sync::Semaphore;
use url::Url;

pub use error::MediaError;
pub use picture::{Picture, PictureKind};
pub use width::Width;

use crate::{cache::Cache, failures::Failures, turns::Turns};

/// Bytes of an address; shops name pictures at length, but not longer.
pub const ADDRESS_BYTES_MAX: usize = 4_096;
/// Bytes of a picture as a shop sends it.
pub const PICTURE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// From asking a shop to its last byte.
pub const FETCH_TIMEOUT_MS: u64 = 10_000;
pub const REDIRECTS_MAX: usize = 5;
/// Pictures that are fetched at once, and of them from one host: a slow shop must not hold up all others.
pub const FETCHES_MAX: usize = 16;
pub const FETCHES_OF_HOST_MAX: usize = 4;
/// How long somebody waits, turns of others included.
pub const WAIT_MS_MAX: u64 = 20_000;
/// Megapixels that are held in memory at once, at some ten bytes each while a picture is read.
const MEGAPIXELS_AT_ONCE: u32 = (shrink::PIXELS_MAX / 1_000_000) as u32;
/// What even a small picture counts as, so that reading pictures leaves processors to others.
const MEGAPIXELS_LEAST: u32 = 10;
/// What is asked for; newer formats, which only some hosts would send, are not read here.
const ACCEPT: &str = "image/webp,image/png,image/jpeg,image/gif;q=0.9,*/*;q=0.1";

/// Where pictures are kept, and how much of them.
#[derive(Clone, Debug)]
pub struct MediaSettings {
    pub folder: PathBuf,
    /// Nothing is kept where this is zero.
    pub cache_bytes_max: u64,
}

/// Makes and keeps the pictures. Cheap to clone.
#[derive(Clone)]
pub struct Media(Arc<Inner>);

struct Inner {
    fetcher: Fetcher,
    cache: Cache,
    failures: Failures,
    /// One at a time for each address.
    addresses: Turns,
    hosts: Turns,
    fetches: Semaphore,
    megapixels: Arc<Semaphore>,
}

impl Media {
    #[must_use]
    pub fn new(fetcher: Fetcher, settings: MediaSettings, clock: Clock) -> Media {
        Media(Arc::new(Inner {
            fetcher,
            cache: Cache::new(settings.folder, settings.cache_bytes_max, clock.clone()),
            failures: Failures::new(clock),
            addresses: Turns::new(1),
            hosts: Turns::new(FETCHES_OF_HOST_MAX),
            fetches: Semaphore::new(FETCHES_MAX),
            megapixels: Arc::new(Semaphore::new(MEGAPIXELS_AT_ONCE as usize)),
        }))
    }

    /// The picture at this address, no wider and no higher than asked for. Of several who ask for one address at once, one fetches.
    pub async fn picture(&self, address: &str, width: Width) -> Result<Picture, MediaError> {
        let url = readable(address)?;
        let found = self.0.kept(&url, width).await;
        let (result, picture) = match found {
            Some(picture) => ("kept", Ok(picture)),
            None => {
                let made = tokio::time::timeout(Duration::from_millis(WAIT_MS_MAX), self.0.in_turn(&url, width)).await;
                let made = made.unwrap_or(Err(MediaError::Busy));
                (if made.is_ok() { "made" } else { "failed" }, made)
            }
        };
        metrics::counter!(metric::PICTURES, "result" => result).increment(1);
        picture
    }
}

impl Inner {
    async fn kept(&self, url: &Url, width: Width) -> Option<Picture> {
        self.cache.find(url, width).await
    }

    /// Waits for whoever fetches the same address, and uses what they made or met.
    async fn in_turn(&self, url: &Url, width: Width) -> Result<Picture, MediaError> {
        let _turn = self.addresses.take(url.as_str()).await;
        if let Some(picture) = self.kept(url, width).await {
            return Ok(picture);
        }
        if let Some(error) = self.failures.find(url) {
            return Err(error);
        }
        let made = self.make(url, width).await;
        if let Err(error) = &made {
            tracing::debug!(%url, %error, "a picture cannot be shown");
            self.failures.note(url, error.clone());
        }
        made
    }

    /// Fetches the picture and makes it small; smaller ones of it are kept beside, since they are nearly free now.
    async fn make(&self, url: &Url, width: Width) -> Result<Picture, MediaError> {
        let bytes = self.fetch(url).await?;
        let pictures = self.shrink(bytes, width).await?;
        let asked = pictures.last().map(|(_, picture)| picture.clone());
        self.cache.keep(url, pictures).await;
        asked.ok_or(MediaError::Unreadable { reason: "nothing came of it".to_owned() })
    }

    async fn fetch(&self, url: &Url) -> Result<Bytes, MediaError> {
        let _of_host = self.hosts.take(url.host_str().unwrap_or("")).await;
        let _of_all = self.fetches.acquire().await;
        let options = GetOptions {
            accept: Some(ACCEPT),
            redirects_max: Some(REDIRECTS_MAX),
            body_bytes_max: Some(PICTURE_BYTES_MAX),
            wire_bytes_max: Some(PICTURE_BYTES_MAX),
            total_timeout_ms: Some(FETCH_TIMEOUT_MS),
            ..GetOptions::default()
        };
        let fetched = self.fetcher.get(url, &options).await?;
        refuse_other_answers(&fetched)?;
        Ok(fetched.body)
    }

    /// Beside the tasks of the runtime, and only as much at once as there is memory for.
    async fn shrink(&self, bytes: Bytes, width: Width) -> Result<Vec<(Width, Picture)>, MediaError> {
        let measured = bytes.clone();
        let pixels = aside(move || shrink::measure(&measured)).await?;
        let megapixels = u32::try_from(pixels / 1_000_000).unwrap_or(u32::MAX);
        let permits = megapixels.clamp(MEGAPIXELS_LEAST, MEGAPIXELS_AT_ONCE);
        let permit = Arc::clone(&self.megapixels).acquire_many_owned(permits).await;
        aside(move || {
            // Held until the memory is free, also when nobody waits for the picture any more.
            let _permit = permit;
            shrink::shrink(&bytes, width)
        })
        .await
    }
}

/// Runs a computation that bytes of strangers go into; should it panic, the picture is at fault.
async fn aside<T: Send + 'static>(
    compute: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    let done = tokio::task::spawn_blocking(compute).await;
    done.unwrap_or_else(|error| Err(MediaError::Unreadable { reason: error.to_string() }))
}

/// The address without what is not sent; credentials in an address are not the shop's.
fn readable(address: &str) -> Result<Url, MediaError> {
    let refused = |reason: &str| MediaError::Address { reason: reason.to_owned() };
    if address.len() > ADDRESS_BYTES_MAX {
        return Err(refused("it is too long"));
    }
    let mut url = Url::parse(address).map_err(|error| refused(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return Err(refused("it is no plain http or https address"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// What a shop sends instead of a picture, or says to be none. What is a picture is decided by its bytes.
fn refuse_other_answers(fetched: &Fetched) -> Result<(), MediaError> {
    if !fetched.is_success() {
        return Err(MediaError::Status { status: fetched.status });
    }
    let content_type = fetched.content_type.as_deref().unwrap_or("").split(';').next().unwrap_or("");
    let content_type = content_type.trim().to_ascii_lowercase();
    let unsaid = ["", "application/octet-stream", "binary/octet-stream"].contains(&content_type.as_str());
    let other = !unsaid && !content_type.starts_with("image/");
    if other || content_type.starts_with("image/svg") {
        return Err(MediaError::OtherType { content_type });
    }
    if fetched.truncated { Err(MediaError::Unreadable { reason: "it broke off".to_owned() }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
