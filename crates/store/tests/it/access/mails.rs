//! The outbox of mail: taken by one, again after its lease, given up at last; never with a link in it.

use std::collections::BTreeSet;

use creel_store::access::{
    mails::{Content, MAIL_ATTEMPTS_MAX, MailState},
    people::SignUp,
};

use super::{House, email, new_person};
use crate::shop::on_both;

on_both! {
async fn each_mail_is_taken_by_one(engine) {
    let house = House::new(engine).await;
    let neighbour = house.neighbour().await;
    for at in 0..12 {
        let new = new_person(&format!("p{at}"));
        house.store.sign_up(&new, "shop", SignUp::ByMail, None).await.unwrap();
    }
    let take_all = |store: creel_store::Store| async move {
        let mut taken = Vec::new();
        while let Some(letter) = store.take_mail().await.unwrap() {
            taken.push(letter.id);
        }
        taken
    };
    let (one, other) = tokio::join!(take_all(house.store.clone()), take_all(neighbour));
    let all: BTreeSet<_> = one.iter().chain(&other).collect();
    // On PostgreSQL whoever meets a row in another's hands passes over it, and may find no other in that moment.
    assert_eq!(all.len(), one.len() + other.len());
    assert_eq!(all.len() + take_all(house.store.clone()).await.len(), 12);
}
}

on_both! {
async fn a_mail_is_tried_again_and_given_up_at_last(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, _) = house.person("ann").await;
    store.queue_password_reset(&email("ANN")).await.unwrap();
    store.queue_password_reset(&email("nobody")).await.unwrap();
    let mut tokens = BTreeSet::new();
    let mut ends = MailState::Queued;
    for attempt in 1..=MAIL_ATTEMPTS_MAX {
        let letter = store.take_mail().await.unwrap().unwrap_or_else(|| panic!("try {attempt}"));
        assert_eq!(letter.to, ann.email);
        let Content::ResetPassword { token, .. } = letter.content else { panic!() };
        assert!(tokens.insert(token.as_str().to_owned()));
        assert!(store.take_mail().await.unwrap().is_none(), "it is in hand");
        ends = store.mail_failed(letter.id, "421 later", false).await.unwrap();
        assert!(store.take_mail().await.unwrap().is_none(), "it waits");
        if let Some(due) = store.next_mail_at().await.unwrap() {
            house.pass_ms(due.ms_since(store.clock.now()));
        }
    }
    assert_eq!(ends, MailState::Failed);
    assert_eq!(store.next_mail_at().await.unwrap(), None);
    // A mail whose sender died is taken by the next one.
    store.queue_password_reset(&email("ann")).await.unwrap();
    let first = store.take_mail().await.unwrap().unwrap();
    house.pass_ms(2 * 60_000);
    let second = store.take_mail().await.unwrap().unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(store.mail_failed(second.id, "550 no such mailbox", true).await.unwrap(), MailState::Failed);
    let kept = store.database.rows("SELECT CAST(COUNT(*) AS BIGINT) AS links FROM one_time_links", vec![]).await.unwrap();
    assert_eq!(kept[0].int("links").unwrap(), MAIL_ATTEMPTS_MAX + 2);
    for token in tokens {
        let sql = "SELECT 1 AS one FROM one_time_links WHERE token_hash = $1";
        assert!(store.database.row(sql, creel_store::args![token]).await.unwrap().is_none(), "a token in clear");
    }
}
}
