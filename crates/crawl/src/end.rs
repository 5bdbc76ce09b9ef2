//! Why a run without captures failed, judged from what became of its pages.

use creel_store::StoreError;
use creel_types::{RunError, RunErrorCode};

use crate::run::Crawl;

/// `None` for a run that captured something, or whose products were all captured before.
pub(crate) async fn error_of_run(crawl: &Crawl) -> Result<Option<RunError>, StoreError> {
    let store = crawl.crawler.store();
    let run = store.get_run(crawl.run.organization, crawl.run.id).await?;
    if run.extracted > 0 {
        return Ok(None);
    }
    let counts = store.error_counts(crawl.run.id).await?;
    let pages_read: i64 = counts.iter().filter(|count| count.error_code.is_none()).map(|count| count.count).sum();
    // The most frequent trouble names the failure, unless most pages could be read.
    let trouble = counts.iter().filter(|count| count.error_code.is_some()).max_by_key(|count| count.count);
    if let Some(trouble) = trouble.filter(|trouble| trouble.count > pages_read)
        && let Some(code) = trouble.error_code
    {
        let reason = trouble.reason.as_deref().unwrap_or("no reason was given");
        let message = format!("{} pages, for example {}: {reason}", trouble.count, trouble.example);
        return Ok(Some(RunError { code, message }));
    }
    let pages: i64 = counts.iter().map(|count| count.count).sum();
    let message = format!("{pages} pages were looked at and none of them is a product page that passes the quality gate");
    Ok(Some(RunError { code: RunErrorCode::NoProducts, message }))
}
