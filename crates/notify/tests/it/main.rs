//! Mail through a real SMTP server (aiosmtpd, which `CREEL_PYTHON` has), on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

use std::process::Stdio;

use creel_notify::{Letters, MailSettings, Mailer, Nudge, deliver_mail};
use creel_store::{
    Store,
    access::people::{NewPerson, SignUp},
    organizations::Start,
};
use creel_types::{Clock, Credits, Random};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    task::JoinHandle,
    time::{Duration, timeout},
};
use tokio_util::sync::CancellationToken;

/// A server that says what it takes.
struct Server {
    says: Lines<BufReader<ChildStdout>>,
    url: String,
    /// Ends with it.
    _child: Child,
}

impl Server {
    async fn start() -> Server {
        let python = std::env::var("CREEL_PYTHON")
            .expect("CREEL_PYTHON is not set: run `cargo xtask test`, or set it to a Python that has aiosmtpd");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/smtp_server.py");
        let mut child =
            Command::new(python).arg(script).stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("CREEL_PYTHON starts");
        let mut says = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = said(&mut says).await;
        Server { says, url: format!("smtp://127.0.0.1:{port}"), _child: child }
    }

    async fn mail(&mut self) -> Value {
        serde_json::from_str(&said(&mut self.says).await).unwrap()
    }
}

async fn said(says: &mut Lines<BufReader<ChildStdout>>) -> String {
    timeout(Duration::from_secs(60), says.next_line()).await.expect("the server says something").unwrap().expect("it lives")
}

struct House {
    store: Store,
    nudge: Nudge,
    stop: CancellationToken,
    delivering: JoinHandle<()>,
    _folder: TempDir,
}

impl House {
    async fn new(smtp_url: &str) -> House {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Clock::system(), Random::system()).await.unwrap();
        let settings = MailSettings { smtp_url: smtp_url.to_owned(), from: "Creel <creel@shop.example>".to_owned() };
        let (nudge, stop) = (Nudge::default(), CancellationToken::new());
        let (mailer, letters) = (Mailer::new(&settings).unwrap(), Letters::new("https://creel.example"));
        let (mails, woken, stopped) = (store.clone(), nudge.clone(), stop.clone());
        let delivering = tokio::spawn(async move {
            while !stopped.is_cancelled() {
                if !deliver_mail(&mails, &mailer, &letters).await.unwrap().more {
                    let _ = timeout(Duration::from_millis(100), woken.nudged()).await;
                }
            }
        });
        House { store, nudge, stop, delivering, _folder: folder }
    }

    async fn sign_up(&self, email: &str, name: &str) {
        let new = NewPerson { email: email.parse().unwrap(), name: name.to_owned(), password: None };
        self.store.sign_up(&new, "Shop", SignUp::ByMail, None).await.unwrap();
        self.nudge.nudge();
    }

    /// What became of the mail to an address, once something did.
    async fn became(&self, to: &str) -> (String, String) {
        let sql = "SELECT state, COALESCE(last_error, '') AS said FROM mails WHERE to_address = $1 AND (state <> 'queued' OR last_error IS NOT NULL)";
        for _ in 0..600 {
            if let Some(row) = self.store.database.row(sql, creel_store::args![to]).await.unwrap() {
                return (row.text("state").unwrap(), row.text("said").unwrap());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nothing became of the mail to {to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_arrives_and_its_link_works() {
    let mut server = Server::start().await;
    let house = House::new(&server.url).await;
    house.sign_up("ann@shop.example", "Änn <b>").await;
    let mail = server.mail().await;
    assert_eq!(mail["from"], "Creel <creel@shop.example>");
    assert_eq!(mail["to"], serde_json::json!(["ann@shop.example"]));
    assert_eq!(mail["subject"], "Confirm your e-mail address");
    assert!(mail["html"].as_str().unwrap().contains("Hello Änn &lt;b&gt;,"));
    assert!(mail["headers"].as_array().unwrap().contains(&"date".into()));
    let plain = mail["plain"].as_str().unwrap();
    let (_, token) = plain.split_once("https://creel.example/verify-email?token=").expect(plain);
    let token: String = token.chars().take_while(char::is_ascii_alphanumeric).collect();
    let verified = house.store.verify_email(&token, Start::Credits(Credits(1)), None).await.unwrap();
    assert_eq!(verified.unwrap().email, "ann@shop.example");
    assert_eq!(house.became("ann@shop.example").await.0, "sent");
    house.stop.cancel();
    timeout(Duration::from_secs(10), house.delivering).await.expect("it stops").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_tried_again_or_given_up() {
    let mut server = Server::start().await;
    let house = House::new(&server.url).await;
    house.sign_up("later@shop.example", "later").await;
    house.sign_up("never@shop.example", "never").await;
    house.sign_up("ann@shop.example", "ann").await;
    assert_eq!(server.mail().await["to"], serde_json::json!(["ann@shop.example"]), "the others do not stand in the way");
    let (later, never) = (house.became("later@shop.example").await, house.became("never@shop.example").await);
    assert!(later.0 == "queued" && later.1.contains("come back later"), "{later:?}");
    assert!(never.0 == "failed" && never.1.contains("nobody of that name"), "{never:?}");
    for mail in [later, never] {
        assert!(!mail.1.contains("token"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_tried_again() {
    let house = House::new("smtp://127.0.0.1:9").await;
    house.sign_up("ann@shop.example", "ann").await;
    assert_eq!(house.became("ann@shop.example").await.0, "queued");
    house.stop.cancel();
    timeout(Duration::from_secs(10), house.delivering).await.expect("it stops").unwrap();
}
