//! Somebody signs up, invites somebody, who joins, has an organization of their own too, and goes between them.

use super::{ann_at_work, path};
use crate::people::PASSWORD;

#[test]
fn signed_up_invited_and_switched() {
    let (server, chromium, _ann) = ann_at_work();
    let eve = chromium.person(&server);
    eve.open("/sign-up");
    eve.fill("Your name", "Eve");
    eve.fill("E-mail address", "eve@studio.example");
    eve.fill("Name of your organization", "Studio");
    eve.fill("Password", PASSWORD);
    eve.press("Create account");
    eve.see("Begin with one product");
    eve.open("/settings/members");
    eve.fill("E-mail address", "bob@shop.example");
    eve.press("Make the invitation");
    eve.see("Hand this link to bob@shop.example");
    let link = eve.answer("[...document.querySelectorAll('main code, main .secret, main pre')].map((one) => one.value ?? one.textContent).find((text) => text.includes('/invitation'))");
    let link = link.as_str().unwrap().trim();

    let bob = chromium.person(&server);
    bob.open(path(link));
    bob.see("Join Studio");
    bob.fill("Your name", "Bob");
    bob.fill("Password", PASSWORD);
    bob.press("Join");
    bob.at("/");
    eve.open("/settings/members");
    eve.see("bob@shop.example");

    bob.open("/settings/account");
    bob.fill("A new organization", "Bob's own");
    bob.press("Make it");
    bob.until_answer("document.querySelector('.switcher .name').textContent.includes('own')");
    bob.pick(".switcher button");
    bob.see("Studio");
    bob.pick("#organizations button:not([aria-current])");
    bob.at("/");
    assert!(bob.answer("document.querySelector('.switcher .name').textContent").as_str().unwrap().contains("Studio"));
    // A member sees who else there is, and has no buttons for admins.
    bob.open("/settings/members");
    bob.see("Admins and owners invite people");
    bob.see_no("Make the invitation");
}
