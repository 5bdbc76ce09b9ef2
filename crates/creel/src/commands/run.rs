//! `creel run URL`: a robot if needed, the crawl with its progress, the captures, the statement.

use std::time::{Duration, Instant};

use creel_crawl::{Claimed, Crawler, Ended, build::shop_address, crawl_run};
use creel_store::{
    organizations::Organization,
    runs::{NewRun, Run, RunSettings, RunView},
};
use creel_types::{Action, EndReason, Host, RobotId, RunId, RunStatus};
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{report, write::Output};
use crate::{
    cli::{Common, RunArgs},
    commands::admin::operator,
    exit::{Exit, Failure},
    interrupt,
    open::Opened,
    print::{self, number},
    settings::Settings,
};

/// How often the progress is looked at, and how often it becomes a line where nobody looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const LINE_EVERY: Duration = Duration::from_secs(5);
/// How often a run that waits for its turn asks for it.
const TURN_EVERY: Duration = Duration::from_millis(500);

pub async fn run(common: &Common, args: RunArgs) -> Result<Exit, Failure> {
    let url = shop_address(&args.url).map_err(|error| Failure::usage(error.to_string()))?;
    // Everything that can be wrong with the words of the command is found before anything is made or spent.
    check_address(common, &args, &url)?;
    let output = Output::prepare(args.format, args.output.clone())?;
    let opened = Opened::open(common).await?;
    let (crawler, committing) = opened.crawler(opened.crawl_settings(args.private.allow_private)).await?;
    let organization = opened.organization(args.organization.organization).await?;
    let result = crawl(common, &args, &crawler, &organization, &url, output).await;
    drop(crawler);
    let _ = committing.await;
    opened.store.database.close().await;
    result
}

async fn crawl(
    common: &Common,
    args: &RunArgs,
    crawler: &Crawler,
    organization: &Organization,
    url: &Url,
    output: Output,
) -> Result<Exit, Failure> {
    let stop = interrupt::on_signal();
    let store = crawler.store();
    let spendable = store.spendable(organization.id).await?;
    if spendable < Action::Extract.price() {
        let message = format!(
            "one capture costs {} credits and {spendable} are left; `creel admin grant --credits N --reason TEXT` gives more",
            Action::Extract.price()
        );
        return Err(Failure { exit: Exit::OutOfCredits, ..Failure::failed(message) });
    }
    let built = tokio::select! {
        built = robot_and_start(crawler, organization, url, args) => built,
        () = stop.cancelled() => return Ok(Exit::Interrupted),
    };
    let (robot, start) = built?;
    let new = NewRun {
        by: operator(),
        robot,
        api_key: None,
        schedule: None,
        name: None,
        start_urls: vec![start.to_string()],
        settings: RunSettings::default(),
        budget: args.budget,
    };
    let (id, goes_on) = continue_or_create(crawler, organization, new, args.new).await?;
    let Some(claimed) = take_turn(crawler, organization, id, &stop).await? else { return Ok(Exit::Interrupted) };
    announce(&claimed.run, goes_on);
    let view = crawl_with_progress(crawler, claimed, &stop).await?;
    let written = output.write(store, id).await;
    let shown = written.as_ref().ok().copied();
    report::statement(common, store, organization.id, &view, args.output.as_deref().zip(shown)).await?;
    written?;
    Ok(exit_of(&view))
}

/// The run, once it is its turn: an organization may have only so many at once. `None` where somebody does not want to wait.
async fn take_turn(
    crawler: &Crawler,
    organization: &Organization,
    id: RunId,
    stop: &CancellationToken,
) -> Result<Option<Claimed>, Failure> {
    let mut said = false;
    loop {
        if let Some(claimed) = crawler.claim(id).await? {
            return Ok(Some(claimed));
        }
        let view = crawler.store().get_run_view(organization.id, id).await?;
        if !matches!(view.status, RunStatus::Pending | RunStatus::Restarting) {
            return Err(Failure::failed(format!("run {id} is being crawled by another process; wait for it or give --new")));
        }
        if !said {
            print::say(&format!("Run {id} waits for its turn: as many runs as this organization may have at once go on."));
            said = true;
        }
        tokio::select! {
            () = tokio::time::sleep(TURN_EVERY) => {}
            () = stop.cancelled() => {
                crawler.store().stop_run(organization.id, id, &operator()).await?;
                return Ok(None);
            }
        }
    }
}

fn check_address(common: &Common, args: &RunArgs, url: &Url) -> Result<(), Failure> {
    let settings = Settings::read(common.config.as_deref())?;
    let fetch = settings.fetch_settings(args.private.allow_private);
    let refused = |error: creel_fetch::FetchError| Failure::usage(error.to_string());
    fetch.guard().map_err(refused)?.check_url(url).map_err(refused)?;
    Ok(())
}

/// The robot for the shop, and the address to start from: the given one, or where it redirects to on another host.
async fn robot_and_start(
    crawler: &Crawler,
    organization: &Organization,
    url: &Url,
    args: &RunArgs,
) -> Result<(RobotId, Url), Failure> {
    let (robot, landed) = crawler.find_or_build_robot(organization.id, url, args.country).await?;
    let start = if Host::of(&landed) == Host::of(url) { url.clone() } else { landed };
    Ok((robot, start))
}

/// Goes on with the newest such run where that was stopped, killed or out of credits; else makes one.
async fn continue_or_create(
    crawler: &Crawler,
    organization: &Organization,
    new: NewRun,
    afresh: bool,
) -> Result<(RunId, bool), Failure> {
    let store = crawler.store();
    let same = if afresh { None } else { store.find_same_run(organization.id, &new).await? };
    match same {
        Some(run) if !run.status.is_ended() => Ok((run.id, true)),
        Some(run) if matches!(run.end_reason, Some(EndReason::StoppedByUser | EndReason::InsufficientCredits)) => {
            store.restart_run(organization.id, run.id, None, Some(crawler.owner()), &operator()).await?;
            Ok((run.id, true))
        }
        _ => Ok((store.create_run(organization.id, new, Some(crawler.owner())).await?, false)),
    }
}

fn announce(run: &Run, goes_on: bool) {
    let budget = run.budget.map_or(String::new(), |budget| format!(", budget {}", number(budget)));
    let verb = if goes_on { "goes on" } else { "starts" };
    print::say(&format!("Run {} on {} ({}) {verb}{budget}.", run.id, run.host, run.country));
    if goes_on {
        print::say(&format!("It has {} already; they are not debited again.", print::count(run.extracted, "capture")));
    }
}

/// Crawls until the run ends or is interrupted; an interrupted run is stopped, so that it can go on another time.
pub async fn crawl_with_progress(crawler: &Crawler, claimed: Claimed, stop: &CancellationToken) -> Result<RunView, Failure> {
    let run = claimed.run.clone();
    let (organization, id) = (run.organization, run.id);
    let crawling = tokio::spawn({
        let (crawler, stop) = (crawler.clone(), stop.clone());
        async move { crawl_run(&crawler, run, &stop).await }
    });
    let mut progress = Progress::start();
    while !crawling.is_finished() {
        progress.show(&crawler.store().get_run_view(organization, id).await?);
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let ended = crawling.await.map_err(|error| Failure::failed(format!("the crawl broke off: {error}")))??;
    if ended == Ended::Interrupted {
        crawler.store().stop_run(organization, id, &operator()).await?;
    }
    let view = crawler.store().get_run_view(organization, id).await?;
    progress.finish(&view);
    Ok(view)
}

/// The exit code that a run's end has.
pub fn exit_of(run: &RunView) -> Exit {
    match (run.status, run.end_reason) {
        (_, Some(EndReason::InsufficientCredits)) => Exit::OutOfCredits,
        (RunStatus::Completed, _) => Exit::Done,
        (RunStatus::Stopped, _) => Exit::Interrupted,
        _ => Exit::Failed,
    }
}

/// A bar for a person, a line now and then for a log.
struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
    last_line: Instant,
    pages_before: Option<i64>,
}

impl Progress {
    fn start() -> Progress {
        let bar = print::a_person_looks().then(|| {
            let bar = ProgressBar::new(1000);
            let style =
                ProgressStyle::with_template("{spinner} [{bar:30}] {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style.progress_chars("━━╌"));
            bar
        });
        Progress { bar, started: Instant::now(), last_line: Instant::now(), pages_before: None }
    }

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "for the eye")]
    fn show(&mut self, run: &RunView) {
        let before = *self.pages_before.get_or_insert(run.pages_fetched);
        let rate = (run.pages_fetched - before) as f64 / self.started.elapsed().as_secs_f64().max(0.1);
        let line = format!(
            "{} pages, {} captures, {} in queue, {rate:.0} pages/s, {} credits",
            number(run.pages_fetched),
            number(run.extracted),
            number(run.in_queue),
            number(run.credits_spent.0)
        );
        match &self.bar {
            Some(bar) => {
                bar.set_position((run.progress.unwrap_or(0.0) * 1000.0) as u64);
                bar.set_message(line);
            }
            None if self.last_line.elapsed() >= LINE_EVERY => {
                self.last_line = Instant::now();
                print::say(&line);
            }
            None => {}
        }
    }

    fn finish(&mut self, run: &RunView) {
        self.show(run);
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
