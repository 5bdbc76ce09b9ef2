//! The names of what Creel measures about itself. They are stable: who draws a graph may count on them. The reference is made
//! from this table, and `/metrics` describes itself with it.

/// How a metric moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Only grows, since the process began.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts of values under each of a row of bounds.
    Histogram,
}

impl MetricKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub kind: MetricKind,
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

macro_rules! metrics {
    ($($id:ident = $kind:ident $name:literal [$($label:literal),*] $help:literal;)*) => {
        $(#[doc = $help] pub const $id: &str = $name;)*

        /// All of them, in the order of the reference.
        pub const METRICS: &[Metric] = &[
            $(Metric { name: $name, kind: MetricKind::$kind, labels: &[$($label),*], help: $help }),*
        ];
    };
}

metrics! {
    BUILD = Gauge "creel_build_info" ["version"] "1, with the version that runs.";
    HTTP_REQUESTS = Counter "creel_http_requests_total" ["method", "route", "status"] "Requests that were answered.";
    HTTP_SECONDS = Histogram "creel_http_request_seconds" ["method", "route"] "How long answers took, from the head of the request to the head of the answer.";
    FETCHES = Counter "creel_fetches_total" ["result"] "Requests to shops by what came of them: a class of status such as 2xx, or error.";
    FETCH_SECONDS = Histogram "creel_fetch_seconds" [] "How long requests to shops took, without the time that politeness waits.";
    PICTURES = Counter "creel_pictures_total" ["result"] "Pictures of shops that pages asked for: kept (from the folder), made or failed.";
    PAGES = Counter "creel_pages_total" ["verdict"] "Pages that were settled, by verdict.";
    CREDITS_DEBITED = Counter "creel_credits_debited_total" ["action"] "Credits that were debited.";
    SETTLE_SECONDS = Histogram "creel_settle_seconds" [] "How long a batch of pages took to be committed.";
    SETTLE_PAGES = Histogram "creel_settle_batch_pages" [] "Pages in a batch that was committed.";
    RUNS_ENDED = Counter "creel_runs_ended_total" ["status"] "Runs that this process crawled to their end.";
    RUNS_BROKEN_OFF = Counter "creel_runs_broken_off_total" [] "Runs that broke off with an error of Creel's own, and are tried again.";
    ENRICHMENTS_ENDED = Counter "creel_enrichments_ended_total" ["status"] "Enrichments that this process worked on to their end.";
    ASSISTANT_MESSAGES = Counter "creel_assistant_messages_total" ["end"] "Messages of the assistant that this process brought to their end, by why they ended.";
    RUNS_IN_HAND = Gauge "creel_runs_in_hand" [] "Runs that this process crawls now.";
    MAILS = Counter "creel_mails_total" ["result"] "Tries to send a mail: sent or failed.";
    WEBHOOK_ATTEMPTS = Counter "creel_webhook_attempts_total" ["result"] "Tries to send an event to a webhook: taken or failed.";
    RECONCILER_PASSES = Counter "creel_reconciler_passes_total" ["reconciler", "result"] "Passes of each reconciler: done or failed.";
    RECONCILER_CHANGED = Counter "creel_reconciler_changed_total" ["reconciler"] "Rows that its passes changed.";
    RECONCILER_SECONDS = Histogram "creel_reconciler_seconds" ["reconciler"] "How long a pass took.";
    RECONCILER_PASSED_AT = Gauge "creel_reconciler_last_pass_timestamp_seconds" ["reconciler"] "When its last good pass ended, in seconds since 1970.";
    QUEUE_WAITING = Gauge "creel_queue_waiting" ["queue"] "What waits in each queue of the database, counted up to 10,000. The same from every process.";
    QUEUE_OLDEST = Gauge "creel_queue_oldest_seconds" ["queue"] "For how long the first of it has waited; 0 where nothing waits.";
}

/// The reference page.
#[must_use]
pub fn reference() -> String {
    let mut text = String::from(REFERENCE_HEAD);
    for Metric { name, kind, labels, help } in METRICS {
        let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        text += &format!("| `{name}` | {} | {} | {help} |\n", kind.as_str(), labels.join(", "));
    }
    text
}

const REFERENCE_HEAD: &str = "# Metrics

`GET /metrics` shows them in the text format of Prometheus: to whoever sends `metrics_token` as a bearer token, or, where none is set, to
whoever asks from the same machine. The names and labels are stable. Each process counts for itself, since it started; queues are the
database's, so that every process shows the same. A histogram has the usual `_bucket`, `_sum` and `_count`. Beside them stand the usual
`process_…` of the operating system's view (memory, processor time, open files).

| name | kind | labels | what it says |
| --- | --- | --- | --- |
";
