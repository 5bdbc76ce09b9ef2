//! A real browser, driven as a person uses it: one process a test, a person a tab with cookies of their own. Whatever a person
//! would not see but must not happen (an error on the console, a request to another host, something that the policy refused)
//! fails the test at its end. Nothing here knows a page.

mod act;
mod look;
mod watch;
mod wire;

use std::{
    cell::Cell,
    os::unix::fs::MetadataExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, atomic::AtomicUsize},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use self::{watch::Watch, wire::Wire};
use crate::{browser::Browser, server::Server};

/// How long anything may take on a machine that builds something else meanwhile.
pub const PATIENCE_MAX: Duration = Duration::from_secs(20);

/// Width and height of a window.
pub type Window = (i64, i64);
pub const WIDE: Window = (1440, 900);
pub const NARROW: Window = (390, 844);

/// Nothing that asks other hosts by itself, and the same letters on every machine.
const FLAGS: [&str; 19] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-startup-window",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--mute-audio",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-breakpad",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];

/// Keeps what moves while a page is loaded.
const SHIFTS: &str = "window.creelShifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (shift.hadRecentInput) continue;
    const moved = shift.sources.map((source) => source.node?.outerHTML?.slice(0, 120) ?? source.node?.textContent?.slice(0, 60));
    creelShifts.push({ value: shift.value, moved });
  }
}).observe({ type: 'layout-shift', buffered: true });";

/// The browser's process. Dropped, it ends, and says what its tabs saw that must not be.
pub struct Chromium {
    wire: Arc<Wire>,
    child: Child,
    tabs: Mutex<Vec<(String, Arc<Watch>)>>,
    folder: TempDir,
}

/// What a person looks at.
pub struct Tab {
    wire: Arc<Wire>,
    watch: Arc<Watch>,
    session: String,
    context: String,
    address: String,
    acts: AtomicUsize,
    window: Cell<Window>,
}

impl Chromium {
    pub fn start() -> Chromium {
        let folder = tempfile::tempdir().unwrap();
        let mut child = launch(&folder.path().join("profile"));
        let wire = Wire::over(child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Chromium { wire, child, tabs: Mutex::default(), folder }
    }

    /// Somebody new, without cookies, before an empty wide page.
    pub fn person(&self, server: &Server) -> Tab {
        self.person_at(&server.address)
    }

    pub fn person_at(&self, address: &str) -> Tab {
        let context = self.wire.ask("", "Target.createBrowserContext", json!({})).unwrap();
        let context = text(&context["browserContextId"]);
        let path = self.downloads().display().to_string();
        let downloads = json!({"behavior": "allow", "browserContextId": context, "downloadPath": path});
        self.wire.ask("", "Browser.setDownloadBehavior", downloads).unwrap();
        self.tab(context, address)
    }

    /// Somebody who is signed in already.
    pub fn signed_in(&self, server: &Server, as_whom: &Browser) -> Tab {
        let tab = self.person(server);
        for cookie in as_whom.cookies().split("; ").filter(|cookie| !cookie.is_empty()) {
            let (name, value) = cookie.split_once('=').unwrap();
            tab.tell("Network.setCookie", json!({"name": name, "value": value, "url": server.address, "httpOnly": true}));
        }
        tab
    }

    /// Another tab of the same person.
    pub fn beside(&self, tab: &Tab) -> Tab {
        self.tab(tab.context.clone(), &tab.address)
    }

    /// Where files are that somebody downloaded.
    pub fn downloads(&self) -> std::path::PathBuf {
        self.folder.path().join("downloads")
    }

    /// The text of the only file that was downloaded, once it is whole.
    pub fn downloaded(&self) -> String {
        let end = Instant::now() + PATIENCE_MAX;
        loop {
            let files: Vec<_> =
                std::fs::read_dir(self.downloads()).into_iter().flatten().map(|file| file.unwrap().path()).collect();
            match files.as_slice() {
                [file] if file.extension().is_none_or(|extension| extension != "crdownload") => {
                    return std::fs::read_to_string(file).unwrap();
                }
                _ => assert!(Instant::now() < end, "no single file was downloaded: {files:?}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn tab(&self, context: String, address: &str) -> Tab {
        let made =
            self.wire.ask("", "Target.createTarget", json!({"url": "about:blank", "browserContextId": context})).unwrap();
        let attached = json!({"targetId": made["targetId"], "flatten": true});
        let session = text(&self.wire.ask("", "Target.attachToTarget", attached).unwrap()["sessionId"]);
        let watch = Arc::new(Watch::of(address));
        self.wire.follow(&session, Arc::clone(&watch));
        self.tabs.lock().unwrap().push((session.clone(), Arc::clone(&watch)));
        let tab = Tab {
            wire: Arc::clone(&self.wire),
            watch,
            session,
            context,
            address: address.to_owned(),
            acts: AtomicUsize::new(0),
            window: Cell::new(WIDE),
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.tell(&format!("{domain}.enable"), json!({}));
        }
        tab.tell("Page.addScriptToEvaluateOnNewDocument", json!({"source": SHIFTS}));
        tab.resize(WIDE);
        tab
    }
}

impl Tab {
    pub fn resize(&self, window: Window) {
        self.window.set(window);
        self.stretch(window);
    }

    fn stretch(&self, (width, height): Window) {
        let window = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.tell("Emulation.setDeviceMetricsOverride", window);
    }

    /// The colours that the person prefers: `light` or `dark`.
    pub fn prefer(&self, scheme: &str) {
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.tell("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    /// From the next page on no script runs.
    pub fn without_scripts(self) -> Tab {
        self.tell("Emulation.setScriptExecutionDisabled", json!({"value": true}));
        self
    }

    /// Answers of this status are what the test is after.
    pub fn expect(&self, status: i64) {
        self.watch.expect_status(status);
    }

    /// Another host that this person is led to, as to pages of Stripe.
    pub fn may_go_to(&self, address: &str) {
        self.watch.allow(address);
    }

    /// The browser forgets who the person is.
    pub fn forget_cookies(&self) {
        self.tell("Network.clearBrowserCookies", json!({}));
    }

    fn tell(&self, method: &str, given: Value) -> Value {
        self.wire.ask(&self.session, method, given).unwrap_or_else(|error| panic!("{method}: {error}"))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let mut faults = Vec::new();
        for (session, watch) in std::mem::take(&mut *self.tabs.lock().unwrap()) {
            // Whatever the tab reported comes before its answer.
            let _ = self.wire.ask(&session, "Runtime.evaluate", json!({"expression": "0"}));
            faults.extend(watch.faults());
        }
        let _ = self.wire.ask("", "Browser.close", json!({}));
        let end = Instant::now() + PATIENCE_MAX;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("what the browser reported: {faults:#?}");
        } else {
            assert!(faults.is_empty(), "the browser reported: {faults:#?}");
        }
    }
}

/// Starts the browser with its wire as its third and fourth file: it ends with whoever holds the other end.
fn launch(profile: &Path) -> Child {
    let program =
        std::env::var("CREEL_CHROMIUM").expect("CREEL_CHROMIUM is set by `cargo xtask test`; or see `cargo xtask toolbox`");
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null"]).arg(program).args(FLAGS);
    command.arg(format!("--user-data-dir={}", profile.display()));
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    if is_root {
        command.arg("--no-sandbox");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
