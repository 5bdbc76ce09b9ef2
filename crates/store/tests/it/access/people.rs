//! People: sign-up with and without mail, links that prove an address or set a password, accounts that a provider knows.

use creel_store::{
    Store,
    access::{
        Token,
        audit::AuditAction,
        identities::{Identity, Joined, Strangers},
        invitations::Sending,
        mails::Content,
        people::{NewPerson, SignUp},
        sessions::{Browser, Proof},
    },
};
use creel_types::{Role, time::DAY_MS, time::HOUR_MS};

use super::{House, START, by, email, hash, is_conflict, new_person};
use crate::shop::on_both;

/// The token of the mail that was written last.
async fn mailed(store: &Store) -> Token {
    let letter = store.take_mail().await.unwrap().unwrap();
    store.mail_sent(letter.id).await.unwrap();
    match letter.content {
        Content::VerifyEmail { token, .. } | Content::ResetPassword { token, .. } => token,
        other => panic!("{other:?}"),
    }
}

on_both! {
async fn without_mail_an_address_signs_up_once_at_once(engine) {
    let house = House::new(engine).await;
    let (ann, organization) = house.person("ann").await;
    assert_eq!(house.store.balance(organization).await.unwrap().available, creel_types::Credits(100));
    assert_eq!(house.deeds(organization).await, [AuditAction::OrganizationCreated]);
    let again = NewPerson { email: email("ANN"), ..new_person("ann") };
    assert!(is_conflict(house.store.sign_up(&again, "x", SignUp::AtOnce(START), None).await));
    assert_eq!(house.store.find_person_by_email(&email("Ann")).await.unwrap(), Some(ann));
    assert_eq!(house.store.list_organizations().await.unwrap().len(), 1);
}
}

on_both! {
async fn by_mail_the_organization_comes_with_the_proof(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let up = |name: &'static str, password: &'static str, organization: &'static str| async move {
        let new = NewPerson { password: Some(hash(password)), ..new_person(name) };
        assert!(store.sign_up(&new, organization, SignUp::ByMail, None).await.unwrap().is_none());
    };
    up("ann", "of somebody else", "Squat").await;
    let squatter = mailed(store).await;
    up("ann", "of ann", "Shop").await;
    let own = mailed(store).await;
    assert!(store.list_organizations().await.unwrap().is_empty());
    assert!(store.verify_email(squatter.as_str(), START, None).await.unwrap().is_none(), "an earlier sign-up");
    house.pass_ms(DAY_MS - 1);
    let ann = store.verify_email(own.as_str(), START, None).await.unwrap().unwrap();
    assert!(store.verify_email(own.as_str(), START, None).await.unwrap().is_none(), "once");
    let known = store.find_person(ann.id).await.unwrap().unwrap();
    assert_eq!((known.password, known.email_verified_at), (Some(hash("of ann")), Some(store.clock.now())));
    assert_eq!(store.list_organizations_of(ann.id).await.unwrap()[0].name, "Shop");

    // Whoever signs up with the address now only causes a mail that says so.
    up("ann", "of somebody else", "Squat").await;
    let letter = store.take_mail().await.unwrap().unwrap();
    assert!(matches!(letter.content, Content::AlreadySignedUp { .. }));
    store.mail_sent(letter.id).await.unwrap();
    assert_eq!(store.find_person(ann.id).await.unwrap().unwrap().password, Some(hash("of ann")));
    store.queue_verification(&email("ann")).await.unwrap();
    assert!(store.take_mail().await.unwrap().is_none(), "nothing to prove");

    up("bob", "of bob", "Late").await;
    let late = mailed(store).await;
    house.pass_ms(DAY_MS);
    assert!(store.verify_email(late.as_str(), START, None).await.unwrap().is_none(), "past its end");
    store.queue_verification(&email("bob")).await.unwrap();
    assert!(store.verify_email(mailed(store).await.as_str(), START, None).await.unwrap().is_some());
}
}

on_both! {
async fn an_account_from_before_there_was_mail_is_not_taken_over(engine) {
    let house = House::new(engine).await;
    let (ann, _) = house.person("ann").await;
    assert_eq!(ann.email_verified_at, None);
    let new = NewPerson { password: Some(hash("of somebody else")), ..new_person("ann") };
    house.store.sign_up(&new, "Squat", SignUp::ByMail, None).await.unwrap();
    assert_eq!(house.store.find_person(ann.id).await.unwrap().unwrap().password, Some(hash("ann")));
}
}

on_both! {
async fn a_new_password_ends_sessions_and_links(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, organization) = house.person("ann").await;
    let (here, there) = (house.sign_in(&ann).await, house.sign_in(&ann).await);
    let holder = store.find_session(here.as_str()).await.unwrap().unwrap();
    store.queue_password_reset(&email("ann")).await.unwrap();
    let first = mailed(store).await;
    store.change_password(ann.id, &hash("second"), Some(holder.session), &by(&ann)).await.unwrap();
    assert!(store.find_session(here.as_str()).await.unwrap().is_some());
    assert!(store.find_session(there.as_str()).await.unwrap().is_none());
    assert!(store.reset_password(first.as_str(), &hash("x"), START, None).await.unwrap().is_none(), "voided");

    store.queue_password_reset(&email("ann")).await.unwrap();
    let late = mailed(store).await;
    house.pass_ms(HOUR_MS);
    assert!(store.reset_password(late.as_str(), &hash("x"), START, None).await.unwrap().is_none(), "past its end");
    store.queue_password_reset(&email("ann")).await.unwrap();
    let good = mailed(store).await;
    house.pass_ms(HOUR_MS - 1);
    assert!(store.verify_email(good.as_str(), START, None).await.unwrap().is_none(), "of another kind");
    assert!(store.reset_password(good.as_str(), &hash("third"), START, None).await.unwrap().is_some());
    assert!(store.find_session(here.as_str()).await.unwrap().is_none());
    let known = store.find_person(ann.id).await.unwrap().unwrap();
    assert_eq!(known.password, Some(hash("third")));
    assert!(known.email_verified_at.is_some(), "the link was sent there");
    let proof = |password| { let hash = hash(password); async move {
        store.begin_session(ann.id, &Browser::default(), Proof::Password(&hash)).await
    } };
    assert!(is_conflict(proof("second").await), "checked before it was changed");
    assert!(proof("third").await.is_ok());
    store.rehash_password(ann.id, &hash("second"), &hash("old")).await.unwrap();
    assert_eq!(store.find_person(ann.id).await.unwrap().unwrap().password, Some(hash("third")));
    let deeds = house.deeds(organization).await;
    assert_eq!(deeds.iter().filter(|deed| **deed == AuditAction::PersonPasswordChanged).count(), 2);
}
}

on_both! {
async fn of_two_processes_one_uses_a_link(engine) {
    let house = House::new(engine).await;
    let neighbour = house.neighbour().await;
    house.person("ann").await;
    for round in 0..8 {
        house.store.queue_password_reset(&email("ann")).await.unwrap();
        let token = mailed(&house.store).await;
        let (one, other) = (hash(&format!("one {round}")), hash(&format!("other {round}")));
        let (first, second) = tokio::join!(
            house.store.reset_password(token.as_str(), &one, START, None),
            neighbour.reset_password(token.as_str(), &other, START, None)
        );
        let (first, second) = (first.unwrap().is_some(), second.unwrap().is_some());
        assert!(first != second);
        let kept = house.store.find_person_by_email(&email("ann")).await.unwrap().unwrap().password;
        assert_eq!(kept, Some(if first { one } else { other }));
    }
}
}

fn identity(subject: &str, name: &str, email_verified: bool) -> Identity {
    let issuer = "https://id.example".to_owned();
    Identity { issuer, subject: subject.to_owned(), email: email(name), email_verified, name: name.to_owned() }
}

on_both! {
async fn a_provider_joins_by_a_verified_address_only(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let join = |identity: Identity, strangers| async move {
        store.join_by_identity(&identity, strangers, START, None).await.unwrap()
    };
    let (squatter, organization) = house.person("ann").await;
    let session = house.sign_in(&squatter).await;
    assert!(matches!(join(identity("1", "ann", false), Strangers::Welcome).await, Joined::Unverified));
    let Joined::Person(ann) = join(identity("1", "ann", true), Strangers::Refused).await else { panic!() };
    assert_eq!(ann.id, squatter.id);
    let known = store.find_person(ann.id).await.unwrap().unwrap();
    assert_eq!(known.password, None, "whoever set it never proved the address");
    assert!(known.email_verified_at.is_some() && store.find_session(session.as_str()).await.unwrap().is_none());
    assert!(house.deeds(organization).await.contains(&AuditAction::PersonIdentityLinked));

    // By the subject from now on, whatever the provider says of the address.
    let Joined::Person(again) = join(identity("1", "other", false), Strangers::Refused).await else { panic!() };
    assert_eq!(again.id, ann.id);
    assert!(matches!(join(identity("2", "new", true), Strangers::Refused).await, Joined::Closed));
    let Joined::Person(new) = join(identity("2", "new", true), Strangers::Welcome).await else { panic!() };
    assert_eq!(store.list_organizations_of(new.id).await.unwrap()[0].role, Role::Owner);
    assert_eq!(store.list_identities(new.id).await.unwrap(), [("https://id.example".to_owned(), "2".to_owned())]);

    store.create_invitation(organization, &email("guest"), Role::Admin, Sending::ByHand, &by(&ann)).await.unwrap();
    let Joined::Person(guest) = join(identity("3", "guest", true), Strangers::Refused).await else { panic!() };
    let own = store.list_organizations_of(guest.id).await.unwrap();
    assert_eq!((own.len(), own[0].id, own[0].role), (1, organization, Role::Admin));
}
}
