//! Every page that somebody can open, looked at in a real browser: wide and narrow, light and dark, with nothing to show and with
//! much. No page may break a rule of accessibility, be wider than its window, move while it loads, weigh too much, or ask
//! another host. With `CREEL_SCREENSHOTS=FOLDER` pictures are written there: `cargo xtask screenshots`.

use std::path::PathBuf;

use crate::{
    chromium::{Chromium, NARROW, Tab, WIDE},
    people::with_owner,
    server::Server,
    stocked::Stocked,
    stripe::Shop,
};

/// Bytes on the wire of a page that is opened first, and of one after it, without pictures of shops.
const FIRST_BYTES_MAX: u64 = 100_000;
const LATER_BYTES_MAX: u64 = 20_000;

/// Looks at pages and collects what is wrong with them.
struct Eye {
    folder: Option<PathBuf>,
    faults: Vec<String>,
}

impl Eye {
    fn new() -> Eye {
        let folder = std::env::var_os("CREEL_SCREENSHOTS").map(PathBuf::from);
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).unwrap();
        }
        Eye { folder, faults: Vec::new() }
    }

    fn is_taking_pictures(&self) -> bool {
        self.folder.is_some()
    }

    /// A page in both widths and both schemes.
    fn look(&mut self, tab: &Tab, path: &str, name: &str) {
        tab.resize(WIDE);
        tab.prefer("light");
        tab.open(path);
        let mut faults = tab.faults_of_page();
        faults.extend(loading_faults(tab, FIRST_BYTES_MAX));
        self.keep(tab, &format!("{name}-wide-light"), faults);
        tab.prefer("dark");
        self.keep(tab, &format!("{name}-wide-dark"), tab.faults_of_colours());

        tab.resize(NARROW);
        tab.open(path);
        let mut faults = tab.faults_of_page();
        faults.extend(loading_faults(tab, LATER_BYTES_MAX));
        self.keep(tab, &format!("{name}-narrow-dark"), faults);
        tab.prefer("light");
        self.keep(tab, &format!("{name}-narrow-light"), tab.overflow());
    }

    fn keep(&mut self, tab: &Tab, name: &str, faults: Vec<String>) {
        self.faults.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
        if let Some(folder) = &self.folder {
            tab.picture(folder, name);
        }
    }

    fn judge(self) {
        assert!(self.faults.is_empty(), "{} faults:\n{}", self.faults.len(), self.faults.join("\n"));
    }
}

/// What went wrong while the page was loaded: what moved, what was too heavy.
fn loading_faults(tab: &Tab, bytes_max: u64) -> Vec<String> {
    let (bytes, parts) = tab.weight();
    let mut faults = tab.shifts();
    faults.extend((bytes > bytes_max).then(|| format!("{bytes} bytes on the wire: {parts:?}")));
    faults
}

/// The name of a page's pictures: its path in one word.
fn name_of(path: &str) -> String {
    let words: Vec<&str> = path.split(['/', '{', '}', '?', '=', '&']).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "overview".to_owned() } else { words.join("-") }
}

/// Pages of somebody who is signed in, as templates, and those of strangers.
fn pages() -> (Vec<&'static str>, Vec<&'static str>) {
    const OUTSIDE: [&str; 9] = [
        "/set-up",
        "/sign-in",
        "/sign-up",
        "/forgot-password",
        "/reset-password",
        "/verify-email",
        "/invitation",
        "/crawler",
        "/pricing",
    ];
    let pages = creel_dashboard::pages();
    for path in OUTSIDE {
        assert!(pages.contains(&path), "{path} is no page any more");
    }
    pages.into_iter().partition(|page| !OUTSIDE.contains(page))
}

/// Where a page is that shows one thing.
fn place(stocked: &Stocked, template: &str) -> String {
    let Some((list, rest)) = template.split_once("/{") else { return template.to_owned() };
    let id = stocked.ids.get(list).unwrap_or_else(|| panic!("nothing is known to show at {template}"));
    let rest = rest.split_once('}').unwrap().1;
    format!("{list}/{id}{}", rest.replace("{delivery}", &stocked.ids["delivery"]))
}

/// The path of a link whose host is the public address, which is not where the test's server listens.
fn path(link: &str) -> &str {
    &link[link.match_indices('/').nth(2).unwrap().0..]
}

#[test]
fn pages_of_an_organization_that_has_everything() {
    let mut eye = Eye::new();
    let stocked = Stocked::new(eye.is_taking_pictures());
    let chromium = Chromium::start();
    let tab = chromium.signed_in(&stocked.server, &stocked.owner);
    // Nothing was asked for that a plan could be changed to.
    tab.expect(422);
    for template in pages().0 {
        eye.look(&tab, &place(&stocked, template), &name_of(template));
    }
    tab.expect(404);
    eye.look(&tab, "/captures/0190a0a0-0000-7000-8000-000000000000", "error-404");
    eye.look(&tab, "/captures?q=nothing-has-this-word", "captures-none-found");
    let member = chromium.signed_in(&stocked.server, &stocked.member);
    member.expect(403);
    for path in ["/", "/billing", "/settings", "/settings/members", "/settings/api-keys"] {
        eye.look(&member, path, &format!("member-{}", name_of(path)));
    }
    let stranger = chromium.person(&stocked.server);
    eye.look(&stranger, path(&stocked.invitation), "invitation");
    eye.judge();
}

#[test]
fn pages_of_an_organization_that_has_nothing() {
    let (server, owner) = with_owner("");
    let mut eye = Eye::new();
    let chromium = Chromium::start();
    let tab = chromium.signed_in(&server, &owner);
    for template in pages().0.into_iter().filter(|template| !template.contains('{') && *template != "/billing/change") {
        eye.look(&tab, template, &format!("empty-{}", name_of(template)));
    }
    eye.judge();
}

#[test]
fn pages_of_strangers() {
    let server = Server::start();
    let mut eye = Eye::new();
    let chromium = Chromium::start();
    let stranger = chromium.person(&server);
    eye.look(&stranger, path(&server.set_up_link), "set-up");
    // Links that are used up, mail that is not set up, prices where nobody pays in this mode.
    stranger.expect(404);
    stranger.expect(503);
    for template in pages().1 {
        let name = if template == "/set-up" { "set-up-used-up".to_owned() } else { name_of(template) };
        eye.look(&stranger, template, &name);
    }
    eye.judge();
}

#[test]
fn pages_where_plans_are_sold() {
    let shop = Shop::with_start();
    let owner = crate::billing_pages::owner(&shop);
    let mut eye = Eye::new();
    let chromium = Chromium::start();
    let tab = chromium.signed_in(&shop.server, &owner);
    for path in ["/", "/billing", "/billing/change?plan=scale&quantity=2", "/billing/change?plan=trial"] {
        tab.expect(422);
        eye.look(&tab, path, &format!("sold-{}", name_of(path)));
    }
    let stranger = chromium.person(&shop.server);
    for path in ["/", "/pricing", "/sign-up"] {
        eye.look(&stranger, path, &format!("public-{}", name_of(path)));
    }
    eye.judge();
}
