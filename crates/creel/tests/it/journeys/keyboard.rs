//! Everything without a pointer: the focus is always seen, and it is never lost.

use super::ann_at_work;
use crate::{chromium::Tab, people::PASSWORD};

/// Tabs until the focus is on what is so called.
fn tab_to(tab: &Tab, name: &str) {
    let mut seen = Vec::new();
    for _ in 0..80 {
        tab.key("Tab");
        let focus = tab.focus();
        if focus.name.starts_with(name) {
            assert!(focus.is_seen, "the focus is not seen on {focus:?}");
            return;
        }
        seen.push(focus.name);
    }
    panic!("the keyboard does not come to {name}, but to {seen:?}");
}

#[test]
fn signed_in_found_and_made_by_keyboard() {
    let (server, chromium, _) = ann_at_work();
    let tab = chromium.person(&server);
    tab.open("/sign-in");
    tab_to(&tab, "E-mail address");
    tab.write("ann@shop.example");
    tab_to(&tab, "Password");
    tab.write(PASSWORD);
    tab.key("Enter");
    tab.see("Begin with one product");

    tab.key("Tab");
    let skip = tab.focus();
    assert!(skip.name == "Skip to the content" && skip.is_seen, "{skip:?}");
    tab.key("Enter");
    assert_eq!(tab.answer("document.activeElement.id"), "content");
    tab.key("Tab");
    assert_eq!(tab.answer("document.activeElement.closest('main') !== null"), true, "it goes on behind the ways");

    // The palette leads anywhere, and gives the focus back.
    tab.key("Control+k");
    tab.until_answer("document.activeElement.id === 'palette-q'");
    tab.write("schedul");
    tab.see("Schedules");
    tab.key("Escape");
    assert_eq!(tab.answer("document.querySelector('dialog:modal') === null"), true);
    assert_eq!(tab.answer("document.activeElement.closest('main') !== null"), true, "where it was");
    tab.key("Control+k");
    tab.until_answer("document.activeElement.id === 'palette-q'");
    tab.write("webhooks");
    tab.until_answer("document.querySelectorAll('#palette-list [role=option] a').length === 1");
    tab.key("Enter");
    tab.at("/settings/webhooks");

    tab.key("g");
    tab.key("r");
    tab.at("/robots");
    tab.key("?");
    tab.see("Single letters are keys");
    tab.key("Escape");
    tab.see_no("Single letters are keys");

    tab.open("/settings/api-keys/new");
    tab_to(&tab, "Name");
    tab.write("By keyboard");
    tab.key("Enter");
    tab.see("Copy it now");
    tab.open("/settings/api-keys");
    tab_to(&tab, "By keyboard");
    tab.key("Enter");
    tab.under("/settings/api-keys/");
    tab_to(&tab, "Revoke the key");
    tab.key("Enter");
    tab.see("This cannot be undone");
    tab_to(&tab, "Cancel");
    tab.key("Escape");
    tab.see_no("This cannot be undone");
    let back = tab.focus();
    assert!(back.name == "Revoke the key" && back.is_seen, "{back:?}");
}

#[test]
fn every_step_of_the_focus_is_seen() {
    let (_server, _chromium, tab) = ann_at_work();
    for path in ["/", "/settings/webhooks/new", "/settings/members", "/billing/usage", "/design"] {
        tab.open(path);
        let (mut steps, mut lost) = (0, Vec::new());
        loop {
            tab.key("Tab");
            let focus = tab.focus();
            // Past the last one the browser's own buttons are next.
            if focus.shown.is_empty() || steps > 150 {
                break;
            }
            steps += 1;
            lost.extend((!focus.is_seen).then_some(focus));
        }
        assert!(steps > 8 && lost.is_empty(), "{path}: {steps} steps, not seen: {lost:#?}");
    }
}
