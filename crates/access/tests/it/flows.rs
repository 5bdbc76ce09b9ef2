//! Sign-up, sign-in, passwords, invitations, the first owner.

use creel_access::{AccessError, Joining, NewOwner, SignUpForm, SignUpPolicy, SignedUp};
use creel_store::access::mails::Content;
use creel_types::{Actor, By, Role};

use crate::{House, PASSWORD, caller, form, from};

fn field<T: std::fmt::Debug>(answer: Result<T, AccessError>) -> &'static str {
    match answer {
        Err(AccessError::Field { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

fn token_of(link: &str) -> &str {
    link.split_once("?token=").unwrap().1
}

fn operator() -> By {
    By { actor: Actor::CommandLine, name: "operator".to_owned(), address: None }
}

#[tokio::test]
async fn signs_up_in_and_out() {
    let house = House::new(|_| ()).await;
    let access = &house.access;
    let first = house.ann().await;
    let holder = house.holder(&first).await;
    assert_eq!((holder.name.as_str(), holder.organization.as_ref().unwrap().name.as_str()), ("ann", "ann's shop"));
    access.sign_out(&holder, &caller()).await.unwrap();
    assert!(house.store().find_session(first.token.as_str()).await.unwrap().is_none());
    let second = access.sign_in(" ANN@shop.example", PASSWORD, &caller()).await.unwrap();
    assert_eq!(second.person, first.person);
    assert!(matches!(
        access.sign_in("ann@shop.example", "other words", &caller()).await,
        Err(AccessError::WrongCredentials)
    ));
    assert!(matches!(access.sign_in("bob@shop.example", PASSWORD, &caller()).await, Err(AccessError::WrongCredentials)));
    assert_eq!(field(access.sign_in("ann", PASSWORD, &caller()).await), "email");
    assert!(matches!(access.sign_up(&form("ann"), &caller()).await, Err(AccessError::Store(_))));
    assert!(matches!(access.request_password_reset("ann@shop.example").await, Err(AccessError::NoMail)));
}

#[tokio::test]
async fn bad_fields_are_named() {
    let house = House::new(|_| ()).await;
    let up = |change: fn(&mut SignUpForm)| {
        let mut form = form("ann");
        change(&mut form);
        let access = house.access.clone();
        async move { field(access.sign_up(&form, &caller()).await) }
    };
    assert_eq!(up(|form| form.email = "ann".to_owned()).await, "email");
    assert_eq!(up(|form| form.name = "\u{0}".to_owned()).await, "name");
    assert_eq!(up(|form| form.organization = String::new()).await, "organization");
    assert_eq!(up(|form| form.password = "short".to_owned()).await, "password");
    assert!(!house.store().has_person().await.unwrap());
}

#[tokio::test]
async fn a_closed_house_takes_who_is_invited() {
    let house = House::new(|settings| settings.sign_up = SignUpPolicy::Closed).await;
    let access = &house.access;
    assert!(matches!(access.sign_up(&form("ann"), &caller()).await, Err(AccessError::SignUpClosed)));
    let new = NewOwner {
        email: "ann@shop.example".to_owned(),
        name: None,
        organization: "Shop".to_owned(),
        password: None,
        by_provider: false,
        with_key: true,
    };
    let made = access.create_owner(&new, &operator()).await.unwrap();
    let (key, secret) = made.key.unwrap();
    assert_eq!(house.store().find_api_key(&secret).await.unwrap().unwrap().key, key.id);
    let link = made.password_link.unwrap();
    assert!(link.starts_with("https://creel.example/reset-password?token="));
    assert_eq!(field(access.reset_password(token_of(&link), "short", &caller()).await), "password");
    let ann = access.reset_password(token_of(&link), PASSWORD, &caller()).await.unwrap();
    let holder = house.holder(&ann).await;
    assert!(matches!(access.create_organization(&holder, "More", &caller()).await, Err(AccessError::SignUpClosed)));

    let (_, link) = access.invite(made.organization, "bob@shop.example", Role::Member, &caller().by(&holder)).await.unwrap();
    let link = link.unwrap();
    let invited = access.invited(token_of(&link)).await.unwrap();
    assert_eq!((invited.organization_name.as_str(), invited.role), ("Shop", Role::Member));
    let weak = Joining::New { name: "Bob", password: "bob" };
    assert_eq!(field(access.accept_invitation(token_of(&link), weak, &caller()).await), "password");
    let joining = Joining::New { name: "Bob", password: PASSWORD };
    let (organization, bob) = access.accept_invitation(token_of(&link), joining, &caller()).await.unwrap();
    assert_eq!(organization, made.organization);
    assert_eq!(house.holder(&bob.unwrap()).await.organization.unwrap().role, Role::Member);
    let again = access.accept_invitation(token_of(&link), joining, &caller()).await;
    assert!(matches!(again, Err(AccessError::LinkVoid)));
    access.sign_in("bob@shop.example", PASSWORD, &caller()).await.unwrap();
}

#[tokio::test]
async fn tries_are_counted_whether_there_is_an_account_or_not() {
    let house = House::new(|_| ()).await;
    house.ann().await;
    for (name, address) in [("ann", "192.0.2.1"), ("nobody", "192.0.2.2")] {
        let email = format!("{name}@shop.example");
        let there = from(address);
        let wrong = || house.access.sign_in(&email, "wrong words here", &there);
        for _ in 0..5 {
            assert!(matches!(wrong().await, Err(AccessError::WrongCredentials)));
        }
        let Err(AccessError::Throttled { retry_after_seconds }) = wrong().await else { panic!("not throttled") };
        assert_eq!(retry_after_seconds, 30);
    }
    let there = from("192.0.2.3");
    let right = || house.access.sign_in("ann@shop.example", PASSWORD, &there);
    assert!(matches!(right().await, Err(AccessError::Throttled { .. })), "the right one waits too");
    house.store().clock.advance_ms(30_000);
    right().await.unwrap();
    for _ in 0..5 {
        assert!(house.access.sign_in("ann@shop.example", "x", &from("192.0.2.3")).await.is_err());
        house.store().clock.advance_ms(1);
    }
    assert!(matches!(right().await, Err(AccessError::Throttled { .. })));
}

#[tokio::test]
async fn with_mail_an_address_is_proved_first_and_nobody_learns_who_has_an_account() {
    let house = House::new(|settings| settings.sends_mail = true).await;
    let access = &house.access;
    assert!(matches!(access.sign_up(&form("ann"), &caller()).await.unwrap(), SignedUp::CheckMail));
    let here = caller();
    let sign_in = || access.sign_in("ann@shop.example", PASSWORD, &here);
    assert!(matches!(sign_in().await, Err(AccessError::NotVerified)));
    let token = house.mailed().await;
    access.verify_email(token.as_str(), &caller()).await.unwrap();
    assert!(matches!(access.verify_email(token.as_str(), &caller()).await, Err(AccessError::LinkVoid)));
    let ann = house.holder(&sign_in().await.unwrap()).await;
    assert_eq!(ann.organization.unwrap().name, "ann's shop");

    assert!(matches!(access.sign_up(&form("ann"), &caller()).await.unwrap(), SignedUp::CheckMail));
    assert!(matches!(house.letter().await.unwrap().content, Content::AlreadySignedUp { .. }));
    access.request_password_reset("nobody@shop.example").await.unwrap();
    assert!(house.letter().await.is_none());
    for _ in 0..3 {
        access.request_password_reset("ann@shop.example").await.unwrap();
    }
    let flood = |email| access.request_password_reset(email);
    assert!(matches!(flood("ann@shop.example").await, Err(AccessError::Throttled { .. })));
    flood("nobody@shop.example").await.unwrap();
    flood("nobody@shop.example").await.unwrap();
    assert!(matches!(flood("nobody@shop.example").await, Err(AccessError::Throttled { .. })));

    let old = sign_in().await.unwrap();
    let reset = access.reset_password(house.mailed().await.as_str(), "other good words", &caller()).await.unwrap();
    assert!(house.store().find_session(old.token.as_str()).await.unwrap().is_none());
    assert_eq!(house.holder(&reset).await.person, ann.person);
    assert!(matches!(sign_in().await, Err(AccessError::WrongCredentials)));
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let house = House::new(|_| ()).await;
    let access = &house.access;
    let (here, there) = (house.ann().await, access.sign_in("ann@shop.example", PASSWORD, &caller()).await.unwrap());
    let holder = house.holder(&here).await;
    let caller_here = caller();
    let change = |old, new| access.change_password(&holder, old, new, &caller_here);
    assert_eq!(field(change("wrong words here", "other good words").await), "old_password");
    assert_eq!(field(change(PASSWORD, "short").await), "new_password");
    change(PASSWORD, "other good words").await.unwrap();
    assert!(house.store().find_session(here.token.as_str()).await.unwrap().is_some());
    assert!(house.store().find_session(there.token.as_str()).await.unwrap().is_none());
    access.sign_in("ann@shop.example", "other good words", &caller()).await.unwrap();
}

#[tokio::test]
async fn organizations_are_made_and_switched() {
    let house = House::new(|_| ()).await;
    let access = &house.access;
    let ann = house.ann().await;
    let first = house.holder(&ann).await;
    let made = access.create_organization(&first, "Second", &caller()).await.unwrap();
    let second = house.holder(&ann).await;
    assert_eq!(second.organization.as_ref().unwrap().id, made.id);
    access.switch_organization(&second, first.organization.as_ref().unwrap().id).await.unwrap();
    assert_eq!(house.holder(&ann).await.organization, first.organization);
    assert_eq!(field(access.rename_organization(made.id, " ", &caller().by(&first)).await), "name");
    access.rename_organization(made.id, "Third", &caller().by(&first)).await.unwrap();
    let own = house.store().list_organizations_of(ann.person).await.unwrap();
    assert_eq!(own.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Third", "ann's shop"]);
}

#[tokio::test]
async fn the_first_start_has_a_link_for_the_owner() {
    let house = House::new(|settings| settings.sign_up = SignUpPolicy::Closed).await;
    let access = &house.access;
    let link = access.set_up_link().await.unwrap().unwrap();
    assert!(link.starts_with("https://creel.example/set-up?token="));
    assert!(matches!(access.set_up("0", &form("ann"), &caller()).await, Err(AccessError::LinkVoid)));
    let owner = access.set_up(token_of(&link), &form("ann"), &caller()).await.unwrap();
    assert_eq!(house.holder(&owner).await.organization.unwrap().role, Role::Owner);
    assert!(matches!(access.set_up(token_of(&link), &form("bob"), &caller()).await, Err(AccessError::LinkVoid)));
    assert!(access.set_up_link().await.unwrap().is_none());
}
