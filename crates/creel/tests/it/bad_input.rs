//! Bad input gets a clear message and its exit code, and leaves nothing behind.

use std::net::TcpListener;

use crate::command::Creel;

#[test]
fn usage_errors_exit_with_2_and_say_why() {
    let creel = Creel::new();
    for (words, says) in [
        (&["run", "not a url"][..], "is not a URL"),
        (&["run", "ftp://shop.example/"], "not an http or https address"),
        (&["run", "https://"], "no host"),
        (&["run", "https://shop.example/", "--budget", "0"], "--budget"),
        (&["run", "https://shop.example/", "--budget", "x"], "--budget"),
        (&["run", "https://shop.example/", "--country", "XX"], "--country"),
        (&["run", "https://shop.example/", "--format", "xml"], "--format"),
        (&["run", "https://shop.example/", "--no-such-option"], "--no-such-option"),
        (&["run"], "<URL>"),
        (&["no-such-command"], "no-such-command"),
        (&["run", "https://shop.example/", "--config", "/no/such/file"], "/no/such/file"),
        (&["extract", "/no/such/file.html"], "/no/such/file.html"),
        (&["extract", "ftp://shop.example/a.html"], "not an http or https address"),
        (&["extract", "-", "--url", "nonsense"], "--url nonsense"),
        (&["admin", "grant", "--credits", "0", "--reason", "x"], "--credits"),
        (&["admin", "grant", "--credits", "5"], "--reason"),
        (&["admin", "grant", "--credits", "5", "--reason", " "], "--reason"),
        (&["admin", "grant", "--credits", "5", "--reason", "x", "--expires", "soon"], "--expires soon"),
        (&["admin", "adjust", "--credits", "0", "--reason", "x"], "--credits"),
        (&["ledger", "verify", "--organization", "nobody"], "--organization"),
    ] {
        let finished = creel.run(words);
        assert_eq!(finished.code, 2, "{words:?}: {}", finished.err);
        assert!(finished.err.contains(says), "{words:?} should say {says:?}: {}", finished.err);
        assert_eq!(finished.out, "", "{words:?}");
    }
}

#[test]
fn private_addresses_are_refused_unless_allowed() {
    let creel = Creel::new();
    for url in
        ["http://127.0.0.1:9/", "http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "http://0x7f.1/"]
    {
        for command in ["run", "extract"] {
            let finished = creel.run(&[command, url]);
            assert_eq!(finished.code, 2, "{command} {url}: {}", finished.err);
            assert!(finished.err.contains("--allow-private"), "{command} {url}: {}", finished.err);
        }
    }
    let finished = creel.run(&["run", "http://localhost:9/"]);
    assert_eq!(finished.code, 1, "a name is judged when it is resolved: {}", finished.err);
    assert!(finished.err.contains("unreachable") && finished.err.contains("--allow-private"), "{}", finished.err);
}

#[test]
fn a_host_that_does_not_answer_fails_the_run() {
    let creel = Creel::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (captures, finished) = creel.crawl(&format!("http://127.0.0.1:{port}/"), &[], 1);
    assert!(captures.is_empty());
    assert!(finished.err.contains("failed (unreachable)"), "{}", finished.err);
    assert_eq!(creel.verified_balance(), 5_000);
}

#[test]
fn a_server_that_speaks_no_tls_fails_the_run() {
    let creel = Creel::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(20).flatten() {
            let _ = std::io::Write::write_all(&mut &stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let (_, finished) = creel.crawl(&format!("https://127.0.0.1:{port}/"), &[], 1);
    assert!(finished.err.contains("failed (tls)"), "{}", finished.err);
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let creel = Creel::new();
    let file = creel.folder().join("file");
    std::fs::write(&file, "x").unwrap();
    let finished = crate::command::finish(
        std::process::Command::new(env!("CARGO_BIN_EXE_creel"))
            .args(["ledger", "show", "--data"])
            .arg(file.join("data"))
            .output()
            .unwrap(),
    );
    assert_eq!(finished.code, 2, "{}", finished.err);
    assert!(finished.err.contains("cannot be used"), "{}", finished.err);
}

#[test]
fn broken_configuration_names_the_key() {
    let creel = Creel::new();
    let file = creel.folder().join("creel.toml");
    std::fs::write(&file, "starting_credit = 5\n").unwrap();
    let finished = creel.run(&["config", "check", "--config", file.to_str().unwrap()]);
    assert_eq!(finished.code, 2);
    assert!(finished.err.contains("starting_credit"), "{}", finished.err);
    let default = creel.run(&["config", "default"]);
    std::fs::write(&file, &default.out).unwrap();
    assert_eq!(creel.run(&["config", "check", "--config", file.to_str().unwrap()]).code, 0);
}
