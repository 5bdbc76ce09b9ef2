//! What goes wrong in real life: sessions end, two tabs stand open, addresses are mistyped. Nothing that was typed is lost, and
//! nothing is done to the wrong thing.

use super::{ann_at_work, sign_in};

#[test]
fn a_session_that_ended_comes_back_to_where_it_was() {
    let (_server, _chromium, tab) = ann_at_work();
    tab.open("/settings/audit");
    tab.forget_cookies();
    tab.open("/settings/audit?action=api_key.created");
    tab.at("/sign-in");
    sign_in(&tab, "ann@shop.example");
    tab.at("/settings/audit?action=api_key.created");

    tab.open("/settings/api-keys/new");
    tab.fill("Name", "Late");
    tab.forget_cookies();
    tab.press("Make the key");
    tab.at("/sign-in");
    sign_in(&tab, "ann@shop.example");
    tab.at("/settings/api-keys/new");
}

#[test]
fn two_tabs_that_change_the_same_thing_are_told() {
    let (_server, chromium, tab) = ann_at_work();
    tab.open("/settings/api-keys/new");
    tab.fill("Name", "First name");
    tab.press("Make the key");
    tab.see("Copy it now");
    tab.open("/settings/api-keys");
    tab.press("First name");
    let id = tab.under("/settings/api-keys/");
    let other = chromium.beside(&tab);
    other.open(&format!("/settings/api-keys/{id}"));
    other.fill("Name", "Second name");
    other.press("Save the name");
    other.until_answer("document.querySelector('h1').textContent.includes('Second name')");
    tab.expect(409);
    tab.expect(412);
    tab.fill("Name", "Third name");
    tab.press("Save the name");
    tab.see("meanwhile");
    other.open(&format!("/settings/api-keys/{id}"));
    other.until_answer("document.querySelector('h1').textContent.includes('Second name')");
}

#[test]
fn an_organization_that_was_switched_in_another_tab_is_not_changed() {
    let (_server, chromium, tab) = ann_at_work();
    tab.open("/settings/account");
    tab.fill("A new organization", "Second");
    tab.press("Make it");
    tab.until_answer("document.querySelector('.switcher .name').textContent.includes('Second')");
    tab.open("/settings/api-keys/new");
    tab.fill("Name", "Meant for the second");
    let other = chromium.beside(&tab);
    other.open("/");
    other.pick(".switcher button");
    other.pick("#organizations button:not([aria-current])");
    other.until_answer("document.querySelector('.switcher .name').textContent.includes('Shop')");
    tab.expect(409);
    tab.press("Make the key");
    tab.see("In another tab you went on to another organization");
    other.open("/settings/api-keys");
    other.see_no("Meant for the second");
}

#[test]
fn what_is_refused_is_said_at_its_field_and_stays() {
    let (_server, _chromium, tab) = ann_at_work();
    tab.expect(422);
    tab.open("/robots/new");
    tab.fill("Address of a product page", "ftp://shop.example/shoe");
    tab.press("Learn this shop");
    tab.see("see below");
    let field = tab.field("Address of a product page");
    assert!(field.is_invalid && field.value == "ftp://shop.example/shoe", "{field:?}");
    assert!(field.said.contains("http"), "{field:?}");
    assert!(tab.answer("document.title").as_str().unwrap().starts_with("Error: "));
    assert_eq!(tab.faults_of_page(), Vec::<String>::new());

    tab.open("/settings/webhooks/new");
    tab.fill("Description (optional)", "Of the warehouse");
    tab.fill("Address", "https://user:secret@hook.example/");
    tab.press("Make the webhook");
    tab.until_answer("document.title.startsWith('Error')");
    let field = tab.field("Address");
    assert!(field.is_invalid && !field.said.is_empty(), "{field:?}");
    assert_eq!(tab.field("Description (optional)").value, "Of the warehouse");
}

#[test]
fn nothing_at_an_address_is_said_with_a_way_on() {
    let (_server, _chromium, tab) = ann_at_work();
    tab.expect(404);
    tab.open("/runs/0190a0a0-0000-7000-8000-000000000000");
    tab.see("There is nothing");
    tab.press("To the start page");
    tab.at("/");
}
