//! Reading, and what everybody does, without any script.

use super::{ann_at_work, sign_in};
use crate::demo_shop::DemoShop;

#[test]
fn reading_and_the_core_flows_need_no_script() {
    let shop = DemoShop::start();
    let (server, chromium, _) = ann_at_work();
    let tab = chromium.person(&server).without_scripts();
    tab.open("/runs");
    tab.at("/sign-in");
    sign_in(&tab, "ann@shop.example");
    tab.at("/runs");
    assert_eq!(tab.answer("document.documentElement.classList.contains('scripted')"), false, "no script ran");
    tab.open("/");
    tab.fill("Address of a product page", &shop.address_of(&shop.expected()[0].path));
    tab.press("Learn this shop");
    let build = tab.under("/robots/builds/");
    tab.until_open(&format!("/robots/builds/{build}"), "Start a run");
    tab.press("Start a run");
    tab.press("Start run");
    tab.see("The run is made");
    let run = tab.under("/runs/");
    // It is stopped while it runs; a run that was quicker is as it is.
    if tab.text().contains("Stop") {
        tab.press("Stop");
        tab.see("It ends at once");
        tab.expect(409);
        tab.pick("dialog[popover] form button.danger");
        tab.loaded();
    }
    tab.until_open(&format!("/runs/{run}"), "Every page");
    tab.open("/runs");
    tab.fill("Status", "Failed");
    tab.press("Apply");
    tab.at("/runs?status=failed&robot=");
    tab.see("Apply");
    for path in ["/captures", "/billing", "/billing/statement", "/settings/members", "/schedules", "/design"] {
        tab.open(path);
        assert_eq!(tab.overflow(), Vec::<String>::new());
        // What only a script could do is not offered.
        assert_eq!(
            tab.answer(
                "[...document.querySelectorAll('.needs-script, [data-copy]')].every((one) => !one.checkVisibility())"
            ),
            true,
            "{path}"
        );
    }
}
