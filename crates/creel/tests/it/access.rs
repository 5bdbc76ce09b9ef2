//! Access from the command line: owners who are made, links that are printed, and no secret in what is kept.

use std::{
    io::{BufRead, BufReader},
    process::Child,
};

use crate::command::{Creel, finish};

const PASSWORD: &str = "a few good words";

fn stop(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What a starting server says until it waits for requests.
fn greeting(creel: &Creel, words: usize) -> Vec<String> {
    let mut child = creel.start(&["serve", "--listen", "127.0.0.1:0"]);
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let said = lines.filter(|line| !line.starts_with("Note:")).take(words).collect();
    stop(child);
    said
}

#[test]
fn an_owner_is_made_with_a_key_that_is_shown_once() {
    let creel = Creel::new();
    let words = ["admin", "create-owner", "--email", "ann@shop.example", "--organization", "Shop", "--with-key", "--json"];
    let made = finish(creel.command(&words).env("CREEL_OWNER_PASSWORD", PASSWORD).output().unwrap());
    assert_eq!(made.code, 0, "{}", made.err);
    let made = &made.lines()[0];
    assert_eq!((&made["organization"], &made["password_link"]), (&"Shop".into(), &serde_json::Value::Null));
    let secret = made["api_key"]["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("crl_") && secret.len() == 68);
    assert_eq!(creel.verified_balance(), 5_000, "the starting credits");

    // The same again is the same owner; without a password somebody new gets a link.
    let again = creel.run(&["admin", "create-owner", "--email", "ann@shop.example", "--organization", "Shop", "--json"]);
    assert_eq!(again.lines()[0]["person_id"], made["person_id"]);
    let bob = creel.run(&["admin", "create-owner", "--email", "bob@shop.example", "--organization", "Shop"]);
    assert!(bob.out.contains("http://127.0.0.1:8080/reset-password?token="), "{}", bob.out);
    let forgot = creel.run(&["admin", "password-link", "--email", "ANN@shop.example", "--json"]);
    assert!(forgot.lines()[0]["password_link"].as_str().unwrap().contains("/reset-password?token="));
    assert_eq!(creel.run(&["admin", "password-link", "--email", "nobody@shop.example"]).code, 2);
    let said = greeting(&creel, 1).join("\n");
    assert!(said.contains("listens on") && !said.contains("token="), "there is an owner: {said}");
    let token = bob.out.split_once("?token=").unwrap().1.trim();
    for file in ["creel.db", "creel.db-wal"] {
        let kept = std::fs::read(creel.folder().join("data").join(file)).unwrap_or_default();
        for secret in [PASSWORD, &secret, token] {
            let found = kept.windows(secret.len()).any(|piece| piece == secret.as_bytes());
            assert!(!found, "{file} holds a secret in clear");
        }
    }
}

#[test]
fn bad_words_are_named() {
    let creel = Creel::new();
    let own = |email: &str, organization: &str, password: &str| {
        let words = ["admin", "create-owner", "--email", email, "--organization", organization];
        finish(creel.command(&words).env("CREEL_OWNER_PASSWORD", password).output().unwrap())
    };
    for (email, organization, password, names) in [
        ("ann", "Shop", PASSWORD, "email"),
        ("ann@shop.example", " ", PASSWORD, "organization"),
        ("ann@shop.example", "Shop", "short", "password"),
    ] {
        let refused = own(email, organization, password);
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(refused.err.contains(names) && !refused.err.contains(password), "{}", refused.err);
    }
    assert_eq!(own("ann@shop.example", "Shop", PASSWORD).code, 0);
}

#[test]
fn each_start_without_a_person_prints_a_new_link() {
    let creel = Creel::new();
    let link = |said: &[String]| said.iter().find_map(|line| Some(line.split_once("/set-up?token=")?.1.to_owned())).unwrap();
    let (first, second) = (link(&greeting(&creel, 4)), link(&greeting(&creel, 2)));
    assert_ne!(first, second);
    assert!(first.len() == 64 && second.len() == 64);
}
