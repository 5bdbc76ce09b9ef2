//! Keys and secrets of webhooks are shown once, and never again.

use super::ann_at_work;
use crate::chromium::Tab;

/// What stands on the page as a secret that begins so.
fn secret(tab: &Tab, prefix: &str) -> String {
    tab.see("Copy it now");
    let found = tab.answer(&format!(
        "[...document.querySelectorAll('main code, main .secret, main pre, main input')].map((one) => (one.value ?? one.textContent).trim()).find((text) => text.startsWith('{prefix}'))"
    ));
    found.as_str().unwrap_or_else(|| panic!("no secret on {}", tab.text())).to_owned()
}

/// Nowhere on the page, not even where it is not seen.
fn is_gone(tab: &Tab, secret: &str) {
    assert_eq!(tab.answer(&format!("document.documentElement.outerHTML.includes('{secret}')")), false);
}

#[test]
fn a_key_is_shown_once_works_and_is_rotated() {
    let (server, _chromium, tab) = ann_at_work();
    tab.open("/settings/api-keys");
    tab.press("New API key");
    tab.fill("Name", "Warehouse");
    tab.press("Make the key");
    let first = secret(&tab, "crl_");
    assert_eq!(server.ask("GET", "/v1/organization", None, Some(&first)).status, 200);
    tab.open("/settings/api-keys");
    is_gone(&tab, &first);
    tab.press("Warehouse");
    tab.see("Danger zone");
    is_gone(&tab, &first);
    tab.press("Make a new secret");
    let second = secret(&tab, "crl_");
    assert_ne!(first, second);
    tab.open("/settings/api-keys");
    tab.press("Warehouse");
    tab.press("Revoke the key");
    tab.see("This cannot be undone");
    tab.pick("dialog[popover] form button.danger");
    tab.at("/settings/api-keys");
    assert_eq!(server.ask("GET", "/v1/organization", None, Some(&second)).status, 401);
}

#[test]
fn a_webhook_has_its_secret_shown_once_and_its_deliveries_always() {
    let (_server, _chromium, tab) = ann_at_work();
    tab.open("/settings/webhooks/new");
    tab.fill("Address", "https://127.0.0.1:9/hook");
    tab.press("Make the webhook");
    let first = secret(&tab, "whsec_");
    tab.open("/settings/webhooks");
    is_gone(&tab, &first);
    tab.press("https://127.0.0.1:9/hook");
    is_gone(&tab, &first);
    tab.press("Send a test event");
    tab.see("ping");
}
