//! People over the API: sessions, invitations, roles, passwords, and keys whose ends are kept to the moment.

use serde_json::{Value, json};

use crate::{browser::Browser, command::finish, server::Server};

const CLOSED: &str = "sign_up = \"closed\"\n";
pub const PASSWORD: &str = "a few good words";

/// A server with its owner, who is signed in.
pub fn with_owner(settings: &str) -> (Server, Browser) {
    let server = Server::configured(settings);
    let words = ["admin", "create-owner", "--email", "ann@shop.example", "--organization", "Shop"];
    let made = finish(server.creel.command(&words).env("CREEL_OWNER_PASSWORD", PASSWORD).output().unwrap());
    assert_eq!(made.code, 0, "{}", made.err);
    let mut ann = Browser::of(&server);
    assert_eq!(ann.sign_in("ann@shop.example", PASSWORD).status, 200);
    (server, ann)
}

pub fn token(link: &str) -> &str {
    link.split_once("?token=").unwrap().1
}

fn invited(ann: &mut Browser, email: &str, role: &str) -> String {
    let sent = ann.ask("POST", "/v1/invitations", &json!({"email": email, "role": role}));
    assert_eq!(sent.status, 201, "{}", sent.text);
    sent.json()["link"].as_str().unwrap().to_owned()
}

/// Somebody new, in Ann's organization.
pub fn joined(server: &Server, ann: &mut Browser, email: &str, role: &str) -> Browser {
    let link = invited(ann, email, role);
    let mut new = Browser::of(server);
    let person = json!({"name": "Bob", "password": PASSWORD});
    let accepted = new.ask("POST", "/v1/invitations/accept", &json!({"token": token(&link), "person": person}));
    assert_eq!(accepted.status, 200, "{}", accepted.text);
    assert_eq!(accepted.json()["organization"]["role"], role);
    let again = Browser::of(server).ask("POST", "/v1/invitations/accept", &json!({"token": token(&link), "person": person}));
    assert_eq!(again.status, 404, "a link works once");
    new
}

#[test]
fn a_session_is_a_cookie_and_proves_where_it_comes_from() {
    let (server, mut ann) = with_owner("");
    let seen = ann.sign_in("ann@shop.example", PASSWORD);
    let cookie = seen.header("set-cookie");
    assert!(cookie.starts_with("creel_session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    assert!(!cookie.contains("Secure"), "over plain http on loopback a browser would not keep it");
    assert_eq!(seen.json()["person"]["email"], "ann@shop.example");
    assert_eq!(seen.json()["organization"]["role"], "owner");
    assert_eq!(ann.ask("GET", "/v1/session", &Value::Null).json()["csrf_token"], seen.json()["csrf_token"]);
    assert_eq!(ann.ask("GET", "/v1/billing/balance", &Value::Null).json()["available"], 5_000);

    let csrf = ann.csrf.take();
    for (method, path) in [("POST", "/v1/api-keys"), ("DELETE", "/v1/session"), ("POST", "/v1/organizations")] {
        let refused = ann.ask(method, path, &json!({"name": "x"}));
        assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("cross_site")), "{path}");
    }
    ann.csrf = csrf;
    assert_eq!(ann.ask("POST", "/v1/api-keys", &json!({"name": "x"})).status, 201);

    // A key is no person, and nobody is nobody.
    assert_eq!(server.get("/v1/session").status, 403);
    assert_eq!(server.ask("GET", "/v1/session", None, None).status, 401);
    assert_eq!(server.ask("GET", "/v1/session", None, Some("crl_x")).status, 401);
    let kept = ann.cookies();
    let left = ann.ask("DELETE", "/v1/session", &Value::Null);
    assert_eq!((left.status, left.header("set-cookie").contains("Max-Age=0")), (204, true));
    let replayed = ann.send("GET", "/v1/session", |request| request.header("cookie", kept));
    assert_eq!(replayed.status, 401, "the session itself is over");
}

#[test]
fn whoever_joins_may_what_their_role_says_until_removed() {
    let (server, mut ann) = with_owner(CLOSED);
    let mut bob = joined(&server, &mut ann, "bob@shop.example", "member");
    assert_eq!(bob.ask("GET", "/v1/members", &Value::Null).json()["rows"].as_array().unwrap().len(), 2);
    for (method, path) in [("GET", "/v1/api-keys"), ("GET", "/v1/invitations"), ("GET", "/v1/audit")] {
        assert_eq!(bob.ask(method, path, &Value::Null).status, 403, "{path}");
    }
    let mut admin = joined(&server, &mut ann, "eve@shop.example", "admin");
    let above = admin.ask("POST", "/v1/invitations", &json!({"email": "new@shop.example", "role": "owner"}));
    assert_eq!(above.status, 403, "nobody invites above themselves");
    assert_eq!(admin.ask("POST", "/v1/invitations", &json!({"email": "ann@shop.example"})).status, 409, "a member");

    let link = invited(&mut ann, "carl@shop.example", "member");
    let open = ann.ask("GET", "/v1/invitations", &Value::Null).json();
    let id = open["rows"][0]["id"].as_str().unwrap().to_owned();
    assert!(!open.to_string().contains("token"));
    let again = ann.ask("POST", &format!("/v1/invitations/{id}/resend"), &Value::Null);
    assert_ne!(again.json()["link"].as_str().unwrap(), link);
    assert_eq!(ann.ask("DELETE", &format!("/v1/invitations/{id}"), &Value::Null).status, 204);
    let mut nobody = Browser::of(&server);
    let void = nobody.ask("POST", "/v1/invitations/accept", &json!({"token": token(&link)}));
    assert_eq!(void.status, 401, "neither somebody new nor somebody signed in");
    let person = json!({"name": "C", "password": PASSWORD});
    assert_eq!(nobody.ask("POST", "/v1/invitations/accept", &json!({"token": token(&link), "person": person})).status, 404);

    let bobs = bob.ask("GET", "/v1/session", &Value::Null).json()["person"]["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.ask("DELETE", &format!("/v1/members/{bobs}"), &Value::Null).status, 204);
    assert_eq!(bob.ask("GET", "/v1/billing/balance", &Value::Null).status, 403, "with the next request");
    assert_eq!(bob.ask("GET", "/v1/session", &Value::Null).json()["organization"], Value::Null);
    // Who has an account joins with it, and finds both organizations.
    let link = invited(&mut ann, "bob@shop.example", "member");
    let person = json!({"name": "Bob", "password": PASSWORD});
    let taken = nobody.ask("POST", "/v1/invitations/accept", &json!({"token": token(&link), "person": person}));
    assert_eq!(taken.status, 409, "the address has an account");
    assert_eq!(bob.ask("POST", "/v1/invitations/accept", &json!({"token": token(&link)})).status, 200);
    assert_eq!(bob.ask("POST", "/v1/organizations", &json!({"name": "Own"})).status, 403, "sign-up is closed");
    let mine = bob.ask("GET", "/v1/organizations", &Value::Null).json();
    let shop = mine["rows"][0]["id"].clone();
    assert_eq!(bob.ask("POST", "/v1/session/organization", &json!({"organization_id": shop})).status, 200);
    let other = json!({"organization_id": bobs});
    assert_eq!(bob.ask("POST", "/v1/session/organization", &other).status, 404);
}

#[test]
fn another_password_ends_the_other_sessions() {
    let (server, mut ann) = with_owner("");
    let mut elsewhere = Browser::of(&server);
    elsewhere.sign_in("ann@shop.example", PASSWORD);
    let change = |old: &str, new: &str| json!({"old_password": old, "new_password": new});
    let mut refused = |old: &str, new: &str| {
        let seen = ann.ask("POST", "/v1/session/password", &change(old, new));
        (seen.status, seen.json()["field"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused("wrong", "other good words"), (409, "old_password".to_owned()));
    assert_eq!(refused(PASSWORD, "passwordpassword"), (409, "new_password".to_owned()));
    assert_eq!(refused(PASSWORD, "short"), (422, "new_password".to_owned()));
    assert_eq!(ann.ask("POST", "/v1/session/password", &change(PASSWORD, "other good words")).status, 204);
    assert_eq!(ann.ask("GET", "/v1/session", &Value::Null).status, 200);
    assert_eq!(elsewhere.ask("GET", "/v1/session", &Value::Null).status, 401);
    assert_eq!(elsewhere.sign_in("ann@shop.example", PASSWORD).status, 401);
    assert_eq!(elsewhere.sign_in("ann@shop.example", "other good words").status, 200);
}

#[test]
fn guessing_is_slowed_and_says_for_how_long() {
    let (server, _) = with_owner("");
    let mut stranger = Browser::of(&server);
    let throttled =
        (0..60).map(|_| stranger.sign_in("bob@shop.example", "wrong words here")).find(|seen| seen.status != 401);
    let throttled = throttled.expect("sixty guesses are too many");
    assert_eq!((throttled.status, throttled.json()["code"].as_str()), (429, Some("too_many_requests")));
    assert!(throttled.header("retry-after").parse::<u64>().unwrap() > 0);
}

#[test]
fn strangers_stay_outside_unless_sign_up_is_open() {
    let form = json!({"email": "new@shop.example", "name": "New", "password": PASSWORD, "organization": "New & Co."});
    let (closed, _) = with_owner(CLOSED);
    assert_eq!(Browser::of(&closed).ask("POST", "/v1/sign-up", &form).status, 403);
    let reset = json!({"email": "ann@shop.example"});
    assert_eq!(Browser::of(&closed).ask("POST", "/v1/password-reset", &reset).status, 409, "it has no mail");
    let (open, _) = with_owner("");
    let mut new = Browser::of(&open);
    assert_eq!(new.ask("POST", "/v1/sign-up", &form).status, 201);
    assert_eq!(new.ask("GET", "/v1/organization", &Value::Null).json()["name"], "New & Co.");
    assert_eq!(Browser::of(&open).ask("POST", "/v1/sign-up", &form).status, 409);
    let made = new.ask("POST", "/v1/organizations", &json!({"name": "Second"}));
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(new.ask("GET", "/v1/session", &Value::Null).json()["organization"]["name"], "Second");
    for (field, value) in [("email", "new"), ("name", " "), ("password", "short"), ("organization", "a\nb"), ("more", "x")] {
        let mut wrong = form.clone();
        wrong[field] = json!(value);
        let refused = Browser::of(&open).ask("POST", "/v1/sign-up", &wrong);
        assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some(field)), "{}", refused.text);
    }
}

#[test]
fn keys_are_rotated_revoked_and_end() {
    let (server, mut ann) = with_owner("");
    let works = |secret: &str| server.ask("GET", "/v1/organization", None, Some(secret)).status == 200;
    let made = ann.ask("POST", "/v1/api-keys", &json!({"name": "shop floor"})).json();
    let (id, first) = (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned());
    let mut rotated = |overlap: i64| {
        let answer = ann.ask("POST", &format!("/v1/api-keys/{id}/rotate"), &json!({"overlap_seconds": overlap}));
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["secret"].as_str().unwrap().to_owned()
    };
    let second = rotated(3_600);
    assert!(works(&first) && works(&second), "both work for the overlap");
    let third = rotated(0);
    assert!(!works(&first) && !works(&second) && works(&third), "without an overlap only the newest works");
    assert_eq!(ann.ask("DELETE", &format!("/v1/api-keys/{id}"), &Value::Null).status, 204);
    assert!(!works(&third), "from the next request on");
    let over = ann.ask("POST", "/v1/api-keys", &json!({"name": "late", "expires_at": "2020-01-01T00:00:00Z"}));
    assert_eq!((over.status, over.json()["field"].as_str()), (409, Some("expires_at")));
}
