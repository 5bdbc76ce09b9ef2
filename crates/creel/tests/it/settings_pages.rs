//! The pages of settings: what they show to whom, what they refuse and where, and that a secret stands on one page once.

use serde_json::{Value, json};

use crate::{
    browser::{Browser, Seen},
    pages::{form_token, look, page},
    people::{PASSWORD, joined, with_owner},
};

const NOBODYS: &str = "0190aaaa-0000-7000-8000-000000000000";

/// Sends a form of a page with fields that are chosen, not typed.
fn post(browser: &mut Browser, seen: &str, path: &str, fields: &[(&str, &str)]) -> Seen {
    let form = [fields, &[("form_token", form_token(seen))]].concat();
    browser.send("POST", path, |request| request.header("sec-fetch-site", "same-origin").form(&form))
}

fn done(seen: &Seen, location: &str) {
    assert_eq!((seen.status, seen.location()), (303, location), "{}", seen.text);
}

/// What stands behind the first `before` of a page, up to a quotation mark or a tag.
fn behind<'a>(page: &'a str, before: &str) -> &'a str {
    let rest = page.split_once(before).unwrap_or_else(|| panic!("no {before} in {page}")).1;
    rest.split(['"', '<']).next().unwrap()
}

/// Which edition of a thing the first form of a page was made from.
fn edition(page: &str) -> String {
    format!("\"{}\"", behind(page, "name=\"etag\" value=\"&#34;").split('&').next().unwrap())
}

/// Sends a new name for what a page shows, as that page would.
fn rename(browser: &mut Browser, seen: &str, path: &str, name: &str) -> Seen {
    let etag = edition(seen);
    post(browser, seen, path, &[("etag", etag.as_str()), ("name", name)])
}

#[test]
fn two_who_rename_an_organization_are_told_of_each_other() {
    let (_server, mut ann) = with_owner("");
    let first = look(&mut ann, "/settings", 200);
    assert!(first.contains("Danger zone") && first.contains("value=\"Shop\""), "{first}");
    let refused = page(rename(&mut ann, &first, "/settings", "a\u{202e}b"), 422);
    assert!(refused.contains("id=\"name-error\"") && refused.contains("aria-invalid"), "{refused}");
    done(&rename(&mut ann, &first, "/settings", "Acme & Co."), "/settings?done=renamed");
    let second = page(rename(&mut ann, &first, "/settings", "Other"), 409);
    assert!(second.contains("It was changed meanwhile, by ann@shop.example"), "{second}");
    assert!(second.contains("value=\"Other\"") && second.contains("Acme &#38; Co."), "both are seen: {second}");
    // Whoever has seen it may.
    done(&rename(&mut ann, &second, "/settings", "Other"), "/settings?done=renamed");
    assert!(look(&mut ann, "/settings?done=renamed", 200).contains("has its new name"));
    let last = page(post(&mut ann, &first, "/settings/leave", &[]), 409);
    assert!(last.contains("last owner"), "{last}");
}

#[test]
fn members_are_invited_given_roles_and_removed() {
    let (server, mut ann) = with_owner("");
    let seen = look(&mut ann, "/settings/members", 200);
    assert!(seen.contains("No mail server is set up here") && seen.contains("ann@shop.example"), "{seen}");
    let fields = [("email", "no address"), ("role", "admin")];
    let refused = page(post(&mut ann, &seen, "/settings/members", &fields), 422);
    assert!(refused.contains("id=\"email-error\"") && refused.contains("value=\"no address\""), "{refused}");
    assert!(refused.contains("<option value=\"admin\" selected>"), "{refused}");
    let fields = [("email", "new@shop.example"), ("role", "member")];
    let made = page(post(&mut ann, &seen, "/settings/members", &fields), 200);
    let link = behind(&made, "/invitation?token=").to_owned();
    assert!(link.len() > 20 && made.contains("Hand this link to new@shop.example"), "{made}");
    let listed = look(&mut ann, "/settings/members", 200);
    assert!(listed.contains("new@shop.example") && !listed.contains("token="), "the link was shown once");
    let id = behind(&listed, "/settings/invitations/").split('/').next().unwrap().to_owned();
    let again = page(post(&mut ann, &listed, &format!("/settings/invitations/{id}/resend"), &[]), 200);
    assert_ne!(behind(&again, "/invitation?token="), link);
    let revoke = format!("/settings/invitations/{id}/revoke");
    done(&post(&mut ann, &listed, &revoke, &[]), "/settings/members?done=revoked");

    let mut bob = joined(&server, &mut ann, "bob@shop.example", "member");
    let bobs = look(&mut bob, "/settings/members", 200);
    assert!(bobs.contains("ann@shop.example") && bobs.contains("Admins and owners invite people"), "{bobs}");
    assert!(!bobs.contains("/settings/invitations") && !bobs.contains("/remove") && !bobs.contains("<select"), "{bobs}");
    let person = bob.ask("GET", "/v1/session", &Value::Null).json()["person"]["id"].as_str().unwrap().to_owned();
    let role = format!("/settings/members/{person}/role");
    page(post(&mut bob, &bobs, &role, &[("role", "owner")]), 403);
    page(post(&mut ann, &listed, &role, &[("role", "king")]), 422);
    done(&post(&mut ann, &listed, &role, &[("role", "admin")]), "/settings/members?done=role");
    assert!(look(&mut bob, "/settings/members", 200).contains("Invite somebody"));
    let remove = format!("/settings/members/{person}/remove");
    done(&post(&mut ann, &listed, &remove, &[]), "/settings/members?done=removed");
    assert_eq!(bob.send("GET", "/settings/members", |request| request).location(), "/");
    page(post(&mut ann, &listed, &format!("/settings/members/{NOBODYS}/remove"), &[]), 404);
}

#[test]
fn the_secret_of_a_key_is_shown_once() {
    let (server, mut ann) = with_owner("");
    let form = look(&mut ann, "/settings/api-keys/new", 200);
    let fields = [("name", " "), ("role", "member"), ("expires_at", "2020-01-01")];
    let refused = page(post(&mut ann, &form, "/settings/api-keys/new", &fields), 422);
    assert!(refused.contains("id=\"name-error\"") && refused.contains("value=\"2020-01-01\""), "{refused}");
    let fields = [("name", "Import"), ("role", "member"), ("expires_at", "2020-01-01")];
    let over = page(post(&mut ann, &form, "/settings/api-keys/new", &fields), 409);
    assert!(over.contains("id=\"expires_at-error\"") && over.contains("value=\"Import\""), "{over}");
    let fields = [("name", "Import <b>"), ("role", "member")];
    let made = page(post(&mut ann, &form, "/settings/api-keys/new", &fields), 200);
    let secret = format!("crl_{}", behind(&made, "<code>crl_"));
    assert!(made.contains("shown this once") && made.contains("/v1/billing/balance"), "{made}");
    assert_eq!(server.ask("GET", "/v1/billing/balance", None, Some(&secret)).status, 200, "it works");

    let list = look(&mut ann, "/settings/api-keys", 200);
    assert!(list.contains("Import &#60;b&#62;") && list.contains(&secret[..12]) && !list.contains(&secret), "{list}");
    let path = format!("/settings/api-keys/0{}", behind(&list, "href=\"/settings/api-keys/0"));
    let key = look(&mut ann, &path, 200);
    assert!(!key.contains(&secret) && key.contains("crl_"), "{key}");
    done(&rename(&mut ann, &key, &path, "Import"), &format!("{path}?done=renamed"));
    let stale = page(rename(&mut ann, &key, &path, "Export"), 409);
    assert!(stale.contains("It was changed meanwhile") && stale.contains("value=\"Export\""), "{stale}");
    let wrong = page(post(&mut ann, &key, &format!("{path}/rotate"), &[("overlap_seconds", "x")]), 422);
    assert!(wrong.contains("id=\"overlap_seconds-error\""), "{wrong}");
    let rotated = page(post(&mut ann, &key, &format!("{path}/rotate"), &[("overlap_seconds", "3600")]), 200);
    let next = format!("crl_{}", behind(&rotated, "<code>crl_"));
    assert!(next != secret && rotated.contains("The old secret works until"), "{rotated}");
    for good in [&secret, &next] {
        assert_eq!(server.ask("GET", "/v1/billing/balance", None, Some(good)).status, 200);
    }
    assert!(look(&mut ann, &path, 200).contains("The secret before works"));
    done(&post(&mut ann, &key, &format!("{path}/revoke"), &[]), "/settings/api-keys?done=revoked");
    for bad in [&secret, &next] {
        assert_eq!(server.ask("GET", "/v1/billing/balance", None, Some(bad)).status, 401);
    }
    look(&mut ann, &path, 404);
}

#[test]
fn webhooks_are_made_changed_tested_and_their_log_read() {
    let (_server, mut ann) = with_owner("");
    assert!(look(&mut ann, "/settings/webhooks", 200).contains("No webhooks yet"));
    let form = look(&mut ann, "/settings/webhooks/new", 200);
    let fields =
        [("url", "http://shop.example/"), ("description", "Ours"), ("events", "run.failed"), ("events", "credits.low")];
    let refused = page(post(&mut ann, &form, "/settings/webhooks/new", &fields), 422);
    assert!(refused.contains("id=\"url-error\"") && refused.contains("value=\"Ours\""), "{refused}");
    assert!(refused.contains("value=\"credits.low\" checked") && !refused.contains("value=\"run.completed\" checked"));
    let fields = [("url", "https://127.0.0.1:9/hook"), ("description", "Ours"), ("events", "run.failed")];
    let made = page(post(&mut ann, &form, "/settings/webhooks/new", &fields), 200);
    let secret = format!("whsec_{}", behind(&made, "<code>whsec_"));
    let path = format!("/settings/webhooks/0{}", behind(&made, "href=\"/settings/webhooks/0"));
    let seen = look(&mut ann, &path, 200);
    assert!(!seen.contains(&secret) && seen.contains("value=\"run.failed\" checked"), "{seen}");

    let changed = [("url", "https://127.0.0.1:9/other"), ("description", "")];
    let etag = edition(&seen);
    let with_etag = [&changed[..], &[("etag", etag.as_str())]].concat();
    done(&post(&mut ann, &seen, &path, &with_etag), &format!("{path}?done=changed"));
    let stale = page(post(&mut ann, &seen, &path, &with_etag), 409);
    assert!(stale.contains("It was changed meanwhile"), "{stale}");
    let now = look(&mut ann, &path, 200);
    assert!(
        now.contains("https://127.0.0.1:9/other") && !now.contains("value=\"run.failed\" checked"),
        "everything is told: {now}"
    );

    let tested = post(&mut ann, &seen, &format!("{path}/test"), &[]);
    assert_eq!(tested.status, 303, "{}", tested.text);
    let delivery = tested.location().to_owned();
    let log = look(&mut ann, &delivery, 200);
    assert!(log.contains("A test event is on its way") && log.contains("webhook.test"), "{log}");
    assert!(look(&mut ann, &path, 200).contains("webhook.test"));
    let plain = delivery.split('?').next().unwrap().to_owned();
    done(&post(&mut ann, &log, &format!("{plain}/replay"), &[]), &format!("{plain}?done=replayed"));
    done(&post(&mut ann, &seen, &format!("{path}/status"), &[("status", "disabled")]), &format!("{path}?done=disabled"));
    assert!(look(&mut ann, &path, 200).contains("Somebody disabled it"));
    let refused = page(post(&mut ann, &seen, &format!("{path}/test"), &[]), 409);
    assert!(refused.contains("disabled"), "{refused}");
    let rotated = page(post(&mut ann, &seen, &format!("{path}/rotate"), &[("overlap_seconds", "0")]), 200);
    assert!(rotated.contains("whsec_") && !rotated.contains(&secret), "{rotated}");
    done(&post(&mut ann, &seen, &format!("{path}/delete"), &[]), "/settings/webhooks?done=deleted");
    look(&mut ann, &path, 404);
    look(&mut ann, &plain, 404);
}

#[test]
fn members_see_what_is_theirs_and_nothing_of_another_organization() {
    let (server, mut ann) = with_owner("");
    let key = ann.ask("POST", "/v1/api-keys", &json!({"name": "Ann's"})).json()["id"].as_str().unwrap().to_owned();
    let hook = json!({"url": "https://127.0.0.1:9/hook"});
    let hook = ann.ask("POST", "/v1/webhooks", &hook).json()["id"].as_str().unwrap().to_owned();
    let mut bob = joined(&server, &mut ann, "bob@shop.example", "member");
    for (path, says) in [
        ("/settings/api-keys", "Admins and owners of the organization make and see API keys"),
        ("/settings/webhooks", "Admins and owners of the organization make and see webhooks"),
        ("/settings/audit", "Admins and owners of the organization see the audit log"),
        ("/settings", "Admins and owners rename the organization"),
    ] {
        let seen = look(&mut bob, path, 200);
        assert!(seen.contains(says) && !seen.contains("Ann&#39;s") && !seen.contains("127.0.0.1:9"), "{path}: {seen}");
    }
    let own = look(&mut bob, "/settings", 200);
    for path in
        [format!("/settings/api-keys/{key}"), format!("/settings/webhooks/{hook}"), "/settings/api-keys/new".to_owned()]
    {
        look(&mut bob, &path, 403);
        let refused = post(&mut bob, &own, &path, &[("name", "x"), ("url", "https://a.example/"), ("role", "member")]);
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
    }
    // An owner of another organization finds nothing, whatever the id is.
    assert_eq!(bob.ask("POST", "/v1/organizations", &json!({"name": "Bob's"})).status, 201);
    for path in [
        format!("/settings/api-keys/{key}"),
        format!("/settings/webhooks/{hook}"),
        format!("/settings/webhooks/{NOBODYS}"),
        "/settings/webhooks/x".to_owned(),
    ] {
        look(&mut bob, &path, 404);
    }
    let nobody = Browser::of(&server).send("GET", "/settings/api-keys", |request| request);
    assert_eq!((nobody.status, nobody.location()), (303, "/sign-in?next=%2Fsettings%2Fapi-keys"));
    // A form that was made for the one organization is not sent to the other.
    let told = page(post(&mut bob, &own, "/settings", &[("name", "Mine")]), 409);
    assert!(told.contains("In another tab you went on to another organization"), "{told}");
}

#[test]
fn the_audit_log_is_filtered_by_whom_and_what() {
    let (_server, mut ann) = with_owner("");
    ann.ask("POST", "/v1/api-keys", &json!({"name": "Night"}));
    let all = look(&mut ann, "/settings/audit", 200);
    assert!(all.contains("API key created") && all.contains("Signed in") && all.contains("Night"), "{all}");
    let keys = look(&mut ann, "/settings/audit?action=api_key.created", 200);
    assert!(keys.contains("Night") && !keys.contains("how: password"), "{keys}");
    let none = look(&mut ann, "/settings/audit?from=2020-01-01&to=2020-01-02", 200);
    assert!(none.contains("Nothing fits"), "{none}");
    let actor = behind(&all, "/settings/audit?actor=").to_owned();
    assert!(look(&mut ann, &format!("/settings/audit?actor={actor}"), 200).contains("Night"));
}

#[test]
fn people_change_their_name_password_notices_and_sessions() {
    let (server, mut ann) = with_owner("");
    let mut other = Browser::of(&server);
    assert_eq!(other.sign_in("ann@shop.example", PASSWORD).status, 200);
    let seen = look(&mut ann, "/settings/account", 200);
    assert!(seen.contains("(this one)") && seen.contains("Sign out everywhere else"), "{seen}");
    done(&post(&mut ann, &seen, "/settings/account", &[("name", "Ann B.")]), "/settings/account?done=renamed");
    assert_eq!(ann.ask("GET", "/v1/session", &Value::Null).json()["person"]["name"], "Ann B.");
    let refused = page(post(&mut ann, &seen, "/settings/account", &[("name", "a\nb")]), 422);
    assert!(refused.contains("id=\"name-error\""), "{refused}");

    let wrong = [("old_password", "not this one at all"), ("new_password", "another few words")];
    let refused = page(post(&mut ann, &seen, "/settings/account/password", &wrong), 409);
    assert!(refused.contains("id=\"old_password-error\"") && !refused.contains("another few words"), "{refused}");
    let short = [("old_password", PASSWORD), ("new_password", "short")];
    assert!(page(post(&mut ann, &seen, "/settings/account/password", &short), 422).contains("id=\"new_password-error\""));

    done(&post(&mut ann, &seen, "/settings/account/notices", &[("credits", "true")]), "/settings/account?done=notices");
    let wants = ann.ask("GET", "/v1/session/notices", &Value::Null).json();
    assert_eq!((&wants["credits"], &wants["webhooks"]), (&json!(true), &json!(false)));

    let sessions = ann.ask("GET", "/v1/sessions", &Value::Null).json();
    let others: Vec<&Value> = sessions["rows"].as_array().unwrap().iter().filter(|row| row["is_current"] == false).collect();
    assert_eq!(others.len(), 1);
    let end = format!("/settings/account/sessions/{}/end", others[0]["id"].as_str().unwrap());
    done(&post(&mut ann, &seen, &end, &[]), "/settings/account?done=ended");
    assert_eq!(other.ask("GET", "/v1/session", &Value::Null).status, 401);
    page(post(&mut ann, &seen, &end, &[]), 404);
    assert_eq!(other.sign_in("ann@shop.example", PASSWORD).status, 200);
    done(&post(&mut ann, &seen, "/settings/account/sessions/end", &[]), "/settings/account?done=others");
    assert_eq!(other.ask("GET", "/v1/session", &Value::Null).status, 401);
    assert_eq!(ann.ask("GET", "/v1/session", &Value::Null).status, 200, "this one goes on");

    let right = [("old_password", PASSWORD), ("new_password", "another few words")];
    done(&post(&mut ann, &seen, "/settings/account/password", &right), "/settings/account?done=password");
    let made = post(&mut ann, &seen, "/settings/account/organizations", &[("organization_name", "Second")]);
    done(&made, "/settings/account?done=organization");
    assert!(look(&mut ann, "/settings/account", 200).contains("Second"));
}
