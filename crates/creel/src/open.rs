//! Opens a data folder: settings, store, and where pages are crawled also the committer and the crawler.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use creel_assistant::Assistant;
use creel_crawl::{CrawlSettings, Crawler};
use creel_enrich::{Enricher, Improver};
use creel_fetch::Fetcher;
use creel_frontier::PaceSettings;
use creel_media::{Media, MediaSettings};
use creel_model::ModelClient;
use creel_store::{Owner, Store, organizations::Organization, settle::Committer};
use creel_types::{Clock, OrganizationId, Random};
use tokio::task::JoinHandle;

use crate::{cli::Common, exit::Failure, settings::Settings};

/// Where pictures of shops are kept, below the data folder.
const MEDIA_FOLDER: &str = "media";

pub struct Opened {
    pub settings: Settings,
    pub folder: PathBuf,
    pub store: Store,
}

/// The data folder that is meant.
pub fn folder(common: &Common) -> PathBuf {
    common.data.clone().unwrap_or_else(|| PathBuf::from("data"))
}

impl Opened {
    pub async fn open(common: &Common) -> Result<Opened, Failure> {
        Opened::open_folder(common, &folder(common)).await
    }

    pub async fn open_folder(common: &Common, folder: &Path) -> Result<Opened, Failure> {
        Opened::open_with(Settings::read(common.config.as_deref())?, folder, Clock::system()).await
    }

    /// The same with settings and a time of the caller's.
    pub async fn open_with(settings: Settings, folder: &Path, clock: Clock) -> Result<Opened, Failure> {
        let random = Random::system();
        let mut store = match settings.database_url.as_str() {
            "" => Store::open(folder, clock, random).await?,
            url => Store::connect(url, clock, random).await?,
        };
        store.thresholds = settings.thresholds().into();
        store.concurrency = settings.concurrency()?;
        store.apply_billing_mode(settings.billing_mode()?).await?;
        Ok(Opened { settings, folder: folder.to_owned(), store })
    }

    /// The organization that is meant: the named one, else the only one; an empty folder gets its first.
    pub async fn organization(&self, named: Option<OrganizationId>) -> Result<Organization, Failure> {
        if let Some(id) = named {
            return Ok(self.store.get_organization(id).await?);
        }
        let mut all = self.store.list_organizations().await?;
        match all.len() {
            0 => Ok(self.store.default_organization(self.settings.start()?).await?),
            1 => Ok(all.remove(0)),
            _ => {
                let names: Vec<String> = all.iter().map(|one| format!("  {}  {}", one.id, one.name)).collect();
                let list = names.join("\n");
                Err(Failure::usage(format!("several organizations are here; name one with --organization:\n{list}")))
            }
        }
    }

    /// The organization whose first key is still to be made; `None` once there is any key.
    pub async fn organization_for_first_key(&self) -> Result<Option<OrganizationId>, Failure> {
        if self.store.has_api_key().await? {
            return Ok(None);
        }
        Ok(Some(self.store.default_organization(self.settings.start()?).await?.id))
    }

    pub fn crawl_settings(&self, allow_private: bool) -> CrawlSettings {
        let fetch = self.settings.fetch_settings(allow_private);
        let pace = PaceSettings { delay_ms_floor: self.settings.request_delay_ms, ..PaceSettings::default() };
        CrawlSettings { fetch, pace }
    }

    /// Pictures of shops, where pages show them. What the guard lets crawls contact it lets them contact, and nothing else.
    pub fn media(&self, allow_private: bool) -> Result<Option<Media>, Failure> {
        if !self.settings.media {
            return Ok(None);
        }
        let clock = self.store.clock.clone();
        let fetcher = Fetcher::new(self.settings.fetch_settings(allow_private), clock.clone())
            .map_err(|error| Failure::usage(error.to_string()))?;
        let cache_bytes_max = self.settings.media_cache_mb.unsigned_abs() * 1024 * 1024;
        let settings = MediaSettings { folder: self.folder.join(MEDIA_FOLDER), cache_bytes_max };
        Ok(Some(Media::new(fetcher, settings, clock)))
    }

    /// What makes items, with the model where one is configured.
    pub fn enricher(&self, owner: Arc<Owner>) -> Result<Enricher, Failure> {
        let asks = self.settings.model_enrich;
        let improver = self.model()?.filter(|_| asks).map(Improver::new);
        Ok(Enricher::new(self.store.clone(), owner, improver))
    }

    /// The language model, where one is configured.
    pub fn model(&self) -> Result<Option<ModelClient>, Failure> {
        let client = self.settings.model()?.map(|settings| ModelClient::new(settings, Random::system()));
        client.transpose().map_err(|error| Failure::usage(format!("--config: {error}")))
    }

    /// What answers questions, with the model where one is configured.
    pub fn assistant(&self) -> Result<Assistant, Failure> {
        Ok(Assistant::new(self.store.clone(), self.model()?))
    }

    /// Starts what crawling needs. Await the handle after dropping the crawler, so that everything settles.
    pub async fn crawler(&self, settings: CrawlSettings) -> Result<(Crawler, JoinHandle<()>), Failure> {
        let owner = Owner::register(&self.store, &self.folder).await?;
        let (committer, task) = Committer::start(self.store.clone());
        let crawler = Crawler::new(self.store.clone(), committer, Arc::new(owner), settings)
            .map_err(|error| Failure::usage(error.to_string()))?;
        Ok((crawler, task))
    }
}
