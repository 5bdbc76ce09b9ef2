//! The pages, walked as a browser walks them: forms are read out of the page and sent back.

use crate::{
    browser::{Browser, Seen},
    mailbox::Mailbox,
    people::{PASSWORD, token, with_owner},
    server::Server,
};

/// A page as it must always be: text in one language, one script file, nothing from elsewhere, not kept by the browser.
pub fn page(seen: Seen, status: u16) -> String {
    assert_eq!(seen.status, status, "{}", seen.text);
    let policy = seen.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"));
    assert_eq!((seen.header("cache-control"), seen.header("referrer-policy")), ("no-store", "same-origin"));
    assert!(seen.text.starts_with("<!doctype html>\n<html lang=\"en\">"));
    let scripts: Vec<&str> = seen.text.split("<script").skip(1).collect();
    assert!(
        matches!(scripts.as_slice(), [one] if one.contains("/creel.js\" defer blocking=\"render\"></script>")),
        "one script file, nothing inline"
    );
    assert!(!seen.text.contains(" style=\"") && !seen.text.contains(" onclick="));
    seen.text
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// The first form of a page, filled in: where it goes, and what it carries.
fn filled<'a>(page: &'a str, form: &str, filling: &[(&'a str, &'a str)]) -> (String, Vec<(&'a str, &'a str)>) {
    let found =
        page.split("<form ").find(|text| attribute(&format!(" {text}"), "action").is_some_and(|to| to.ends_with(form)));
    let form = found.unwrap_or_else(|| panic!("no form to {form} in {page}")).split("</form>").next().unwrap();
    let action = form.split_once("action=\"").unwrap().1.split('"').next().unwrap();
    let inputs = form.split("<input").skip(1).map(|tag| tag.split('>').next().unwrap());
    let mut fields = Vec::new();
    for input in inputs {
        let name = attribute(input, "name").unwrap();
        let given = filling.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
        if attribute(input, "type") != Some("hidden") {
            let id = attribute(input, "id").unwrap();
            assert!(form.contains(&format!("<label for=\"{id}\">")), "{id} has a label");
        }
        fields.push((name, given.or_else(|| attribute(input, "value")).unwrap_or("")));
    }
    (action.to_owned(), fields)
}

/// Fills in the form of a page and sends it, as its own site.
pub fn send(browser: &mut Browser, page: &str, form: &str, filling: &[(&str, &str)]) -> Seen {
    let (action, fields) = filled(page, form, filling);
    browser.send("POST", &action, |request| request.header("sec-fetch-site", "same-origin").form(&fields))
}

/// Sends what somebody typed or chose, field by field, with the token that the forms of the page carry.
pub fn typed(browser: &mut Browser, page: &str, path: &str, fields: &[(&str, &str)]) -> Seen {
    let fields = [&[("form_token", form_token(page))], fields].concat();
    browser.send("POST", path, |request| request.header("sec-fetch-site", "same-origin").form(&fields))
}

pub fn look(browser: &mut Browser, path: &str, status: u16) -> String {
    page(browser.send("GET", path, |request| request), status)
}

/// What the forms of a page carry.
pub fn form_token(page: &str) -> &str {
    page.split_once("name=\"form_token\" value=\"").unwrap().1.split('"').next().unwrap()
}

/// The path of a link whose host is the public address, which is not where the test's server listens.
fn path(link: &str) -> &str {
    &link[link.match_indices('/').nth(2).unwrap().0..]
}

#[test]
fn the_first_owner_sets_up_signs_out_and_in_again() {
    let server = Server::start();
    let mut ann = Browser::of(&server);
    assert!(look(&mut ann, "/", 200).contains("follow the set-up link"));
    let away = ann.send("GET", "/billing", |request| request);
    assert_eq!((away.status, away.location()), (303, "/sign-in?next=%2Fbilling"));
    assert!(look(&mut ann, "/sign-in", 200).contains("set-up link"));
    look(&mut ann, "/set-up?token=00", 404);
    let form = look(&mut ann, path(&server.set_up_link), 200);
    let filling =
        [("name", "Ann <b>"), ("email", "ann@shop.example"), ("organization", "Shop & Co."), ("password", "short")];
    let refused = page(send(&mut ann, &form, "/set-up", &filling), 422);
    assert!(refused.contains("aria-describedby=\"password-error password-hint\" aria-invalid=\"true\""), "{refused}");
    assert!(refused.contains("Ann &#60;b&#62;") && !refused.contains("<b>"), "what was filled in stays, as text");
    assert!(!refused.contains("\"short\""), "a password is never sent back");
    let filling = [("name", "Ann"), ("organization", "Shop & Co."), ("password", PASSWORD)];
    let done = send(&mut ann, &refused, "/set-up", &filling);
    assert_eq!((done.status, done.location()), (303, "/"), "{}", done.text);
    let home = look(&mut ann, "/", 200);
    assert!(home.contains("Shop &#38; Co.") && home.contains("<strong>5,000</strong>"), "{home}");
    look(&mut ann, path(&server.set_up_link), 404);

    let forged = ann
        .send("POST", "/sign-out", |request| request.header("sec-fetch-site", "same-origin").form(&[("form_token", "0")]));
    page(forged, 403);
    let left = send(&mut ann, &home, "/sign-out", &[]);
    assert_eq!((left.status, left.location()), (303, "/sign-in?after=sign-out"));
    assert_eq!(ann.cookies(), "");
    let form = look(&mut ann, left.location(), 200);
    assert!(form.contains("You are signed out."));
    let wrong = page(send(&mut ann, &form, "/sign-in", &[("email", "ann@shop.example"), ("password", "wrong")]), 401);
    assert!(wrong.contains("role=\"alert\"") && wrong.contains("value=\"ann@shop.example\""), "{wrong}");
    assert_eq!(send(&mut ann, &wrong, "/sign-in", &[("password", PASSWORD)]).location(), "/");
    look(&mut ann, "/forgot-password", 503);
}

#[test]
fn forms_of_other_sites_are_refused_before_they_are_read() {
    let (server, _) = with_owner("");
    let mut victim = Browser::of(&server);
    let form = [("email", "ann@shop.example"), ("password", PASSWORD)];
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null"), ("x-none", "")]
    {
        page(victim.send("POST", "/sign-in", |request| request.header(name, value).form(&form)), 403);
    }
    assert_eq!(victim.cookies(), "");
    let origin = server.address.clone();
    let own = victim.send("POST", "/sign-in", |request| request.header("origin", origin).form(&form));
    assert_eq!(own.status, 303, "{}", own.text);
    let large = "x".repeat(70_000);
    let large = victim
        .send("POST", "/sign-in", |request| request.header("sec-fetch-site", "same-origin").form(&[("email", &large)]));
    page(large, 413);
}

#[test]
fn somebody_who_is_invited_joins_as_new_or_as_who_they_are() {
    let (server, mut ann) = with_owner("");
    let mut invite = |email: &str| {
        let sent = ann.ask("POST", "/v1/invitations", &serde_json::json!({"email": email}));
        sent.json()["link"].as_str().unwrap().to_owned()
    };
    let (first, second) = (invite("bob@shop.example"), invite("carl@shop.example"));
    let mut bob = Browser::of(&server);
    for _ in 0..2 {
        assert!(look(&mut bob, path(&first), 200).contains("Join Shop"), "looking does not use it up");
    }
    let form = look(&mut bob, path(&first), 200);
    let joined = send(&mut bob, &form, "/invitation", &[("name", "Bob"), ("password", PASSWORD)]);
    assert_eq!((joined.status, joined.location()), (303, "/"), "{}", joined.text);
    look(&mut Browser::of(&server), path(&first), 404);

    // Carl has an account and an organization of his own.
    let mut carl = Browser::of(&server);
    let form = look(&mut carl, "/sign-up", 200);
    let filling = [("name", "Carl"), ("email", "carl@shop.example"), ("organization", "Carl's"), ("password", PASSWORD)];
    assert_eq!(send(&mut carl, &form, "/sign-up", &filling).status, 303);
    let home = look(&mut carl, "/", 200);
    assert!(!home.contains("action=\"/organization\""), "there is nothing to switch to");
    send(&mut carl, &home, "/sign-out", &[]);
    let first_sign_in = look(&mut carl, path(&second), 200);
    let way = format!("/sign-in?invitation={}", token(&second));
    assert!(first_sign_in.contains(&way), "{first_sign_in}");
    let form = look(&mut carl, &way, 200);
    let back = send(&mut carl, &form, "/sign-in", &[("email", "carl@shop.example"), ("password", PASSWORD)]);
    assert_eq!(back.location(), path(&second));
    let form = look(&mut carl, back.location(), 200);
    assert_eq!(send(&mut carl, &form, "/invitation", &[]).location(), "/");
    let home = look(&mut carl, "/", 200);
    assert!(home.contains("<span class=\"name\"><span class=\"unseen\">Organization: </span>Shop</span>"), "{home}");
    let own =
        home.split("<button name=\"organization_id\" value=\"").skip(1).find(|text| text.contains("Carl&#39;s")).unwrap();
    let own = own.split('"').next().unwrap();
    let (action, mut fields) = filled(&home, "/organization", &[]);
    fields.push(("organization_id", own));
    let switched = carl.send("POST", &action, |request| request.header("sec-fetch-site", "same-origin").form(&fields));
    assert_eq!(switched.status, 303, "{}", switched.text);
    assert!(look(&mut carl, "/", 200).contains("</span>Carl&#39;s</span>"));
    // Somebody else's organization is as good as missing.
    fields.pop();
    fields.push(("organization_id", "0190a0a0-0000-7000-8000-000000000000"));
    page(carl.send("POST", &action, |request| request.header("sec-fetch-site", "same-origin").form(&fields)), 404);
    for next in ["//evil.example", "https://evil.example", "x"] {
        let form = look(&mut Browser::of(&server), &format!("/sign-in?invitation={next}"), 200);
        let filling = [("email", "carl@shop.example"), ("password", PASSWORD)];
        assert_eq!(send(&mut Browser::of(&server), &form, "/sign-in", &filling).location(), "/", "{next}");
    }
}

#[test]
fn mails_lead_to_pages_that_prove_an_address_and_set_a_password() {
    let mut mailbox = Mailbox::start();
    let settings = format!(
        "public_url = \"http://creel.example\"\nsmtp_url = \"{}\"\nmail_from = \"creel@shop.example\"\n",
        mailbox.url
    );
    let server = Server::configured(&settings);
    let mut ann = Browser::of(&server);
    let form = look(&mut ann, "/sign-up", 200);
    let filling = [("name", "Ann"), ("email", "ann@shop.example"), ("organization", "Shop"), ("password", PASSWORD)];
    assert!(page(send(&mut ann, &form, "/sign-up", &filling), 200).contains("Look into your mailbox"));
    let form = look(&mut ann, "/sign-in", 200);
    let credentials = [("email", "ann@shop.example"), ("password", PASSWORD)];
    page(send(&mut ann, &form, "/sign-in", &credentials), 403);
    let link = mailbox.link_to("ann@shop.example");
    for _ in 0..2 {
        look(&mut ann, path(&link), 200);
    }
    let verify = look(&mut ann, path(&link), 200);
    assert_eq!(send(&mut ann, &verify, "/verify-email", &[]).location(), "/sign-in?after=verification");
    look(&mut ann, path(&link), 404);
    assert_eq!(send(&mut ann, &form, "/sign-in", &credentials).location(), "/");

    let mut elsewhere = Browser::of(&server);
    let form = look(&mut elsewhere, "/forgot-password", 200);
    let known = page(send(&mut elsewhere, &form, "/forgot-password", &[("email", "ann@shop.example")]), 200);
    let unknown = page(send(&mut elsewhere, &form, "/forgot-password", &[("email", "bob@shop.example")]), 200);
    assert_eq!(known.replace("ann@", "bob@"), unknown, "it does not say who has an account");
    let link = mailbox.link_to("ann@shop.example");
    look(&mut elsewhere, path(&link), 200);
    let form = look(&mut elsewhere, path(&link), 200);
    page(send(&mut elsewhere, &form, "/reset-password", &[("password", "ann@shop.example")]), 422);
    assert_eq!(send(&mut elsewhere, &form, "/reset-password", &[("password", "other good words")]).location(), "/");
    look(&mut elsewhere, "/", 200);
    assert_eq!(ann.send("GET", "/", |request| request).location(), "/sign-in", "every other session is over");

    let invited = elsewhere.ask("GET", "/v1/session", &serde_json::Value::Null);
    assert_eq!(invited.status, 200, "a page's session is a session of the API");
    let sent = elsewhere.ask("POST", "/v1/invitations", &serde_json::json!({"email": "bob@shop.example"}));
    assert_eq!((sent.status, &sent.json()["link"]), (201, &serde_json::Value::Null), "it is mailed");
    assert!(look(&mut Browser::of(&server), path(&mailbox.link_to("bob@shop.example")), 200).contains("Join Shop"));
}

/// Signs in at the certified provider by its own pages, until it sends the browser back: the path with the answer.
fn at_provider(server: &Server, issuer: &str, away: &str, name: &str) -> String {
    let mut browser = Browser::of(server);
    let (mut to, mut prompt) = (away.to_owned(), None);
    for _ in 0..20 {
        let seen = match prompt.take() {
            Some(prompt) => browser
                .send("POST", &to, |request| request.form(&[("prompt", prompt), ("login", name), ("password", "any")])),
            None => browser.send("GET", &to, |request| request),
        };
        match seen.location() {
            "" => prompt = Some(if seen.text.contains("name=\"login\"") { "login" } else { "consent" }),
            at_home if at_home.starts_with("https://creel.example") => return path(at_home).to_owned(),
            within if within.starts_with('/') => to = format!("{issuer}{within}"),
            other => to = other.to_owned(),
        }
    }
    panic!("the provider never sent the browser back; it is at {to}")
}

#[test]
fn somebody_comes_in_through_the_provider() {
    let issuer = std::env::var("CREEL_OIDC")
        .expect("CREEL_OIDC is not set: run `cargo xtask test`, or start `cargo xtask oidc` and set it to what that prints");
    let server = Server::configured(&format!(
        "public_url = \"https://creel.example\"\noidc_issuer = \"{issuer}\"\noidc_client_id = \"creel\"\n\
         oidc_client_secret = \"a secret of the client\"\noidc_label = \"Company\"\n"
    ));
    let walk = |name: &str| {
        let mut person = Browser::of(&server);
        let button = "<a class=\"button\" href=\"/sign-in/oidc\">Sign in with Company</a>";
        assert!(look(&mut person, "/sign-in", 200).contains(button));
        let away = person.send("GET", "/sign-in/oidc", |request| request);
        let cookie = away.header("set-cookie");
        assert!(cookie.starts_with("creel_oidc=") && cookie.contains("HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        assert!(away.location().starts_with(&issuer));
        let answer = at_provider(&server, &issuer, away.location(), name);
        let back = person.send("GET", &answer, |request| request);
        assert!(!person.cookies().contains("creel_oidc"), "it is cleared: {}", person.cookies());
        (person, back, answer)
    };
    let (mut person, done, answer) = walk("pages");
    assert_eq!((done.status, done.location()), (303, "/"), "{}", done.text);
    assert!(person.cookies().starts_with("__Host-creel_session="), "over https the cookie is the host's own");
    assert!(look(&mut person, "/", 200).contains("pages@shop.example"));
    let replayed = page(Browser::of(&server).send("GET", &answer, |request| request), 400);
    assert!(replayed.contains("You are not signed in"), "{replayed}");
    page(walk("unverified-pages").1, 403);
}
