//! Invitations: replaced, revoked, past their end, accepted once by whoever comes first.

use creel_store::access::{
    Token,
    audit::AuditAction,
    invitations::{Accepting, Sending},
    mails::Content,
};
use creel_types::{Role, time::DAY_MS};

use super::{House, START, by, email, hash, is_conflict, is_forbidden, is_missing};
use crate::shop::on_both;

fn newcomer() -> Accepting {
    Accepting::New { name: "New".to_owned(), password: hash("new") }
}

async fn accept(store: &creel_store::Store, token: &Token) -> Option<Role> {
    let (person, organization) = store.accept_invitation(token.as_str(), newcomer(), START, None).await.unwrap()?;
    assert!(person.email_verified_at.is_some(), "the link was sent to the address");
    Some(store.get_member(organization, person.id).await.unwrap().role)
}

on_both! {
async fn an_invitation_is_replaced_revoked_and_ends(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, organization) = house.person("ann").await;
    let admin = house.member(organization, &ann, "adam", Role::Admin).await;
    let invite = |name: &'static str, role, who| async move {
        store.create_invitation(organization, &email(name), role, Sending::ByHand, &who).await
    };
    assert!(is_forbidden(invite("bob", Role::Owner, by(&admin)).await));
    assert!(is_conflict(invite("ADAM", Role::Member, by(&ann)).await), "a member already");

    let (first, old) = invite("bob", Role::Member, by(&admin)).await.unwrap();
    let (second, new) = invite("Bob", Role::Admin, by(&ann)).await.unwrap();
    let (old, new) = (old.unwrap(), new.unwrap());
    assert_eq!(store.list_invitations(organization, None, 10).await.unwrap(), std::slice::from_ref(&second));
    assert_eq!(store.find_invited(old.as_str()).await.unwrap(), None);
    assert!(is_missing(store.revoke_invitation(organization, first.id, &by(&ann)).await));
    let seen = store.find_invited(new.as_str()).await.unwrap().unwrap();
    assert_eq!((seen.organization_name.as_str(), seen.email.as_str(), seen.role), ("ann", "Bob@shop.example", Role::Admin));
    assert!(!seen.has_account);

    store.revoke_invitation(organization, second.id, &by(&admin)).await.unwrap();
    assert_eq!(accept(store, &new).await, None);
    let (third, token) = invite("bob", Role::Member, by(&ann)).await.unwrap();
    let token = token.unwrap();
    house.pass_ms(7 * DAY_MS - 1);
    assert!(store.find_invited(token.as_str()).await.unwrap().is_some());
    let (again, later) = store.resend_invitation(organization, third.id, Sending::ByHand, &by(&ann)).await.unwrap();
    assert_eq!(again.expires_at, store.clock.now().plus_ms(7 * DAY_MS));
    house.pass_ms(1);
    assert_eq!(accept(store, &token).await, None, "its link is past its end");
    house.pass_ms(7 * DAY_MS - 2);
    assert_eq!(accept(store, &later.unwrap()).await, Some(Role::Member));
    let deeds = house.deeds(organization).await;
    let count = |action| deeds.iter().filter(|deed| **deed == action).count();
    let actions = [
        AuditAction::MemberInvited, AuditAction::InvitationRevoked, AuditAction::InvitationResent, AuditAction::MemberJoined,
    ];
    assert_eq!(actions.map(count), [4, 1, 1, 2]);
}
}

on_both! {
async fn of_two_who_accept_one_invitation_one_joins(engine) {
    let house = House::new(engine).await;
    let neighbour = house.neighbour().await;
    let (ann, organization) = house.person("ann").await;
    for round in 0..8 {
        let (sam, _) = house.person(&format!("sam{round}")).await;
        let guest = email(&format!("guest{round}"));
        let (_, token) = house
            .store
            .create_invitation(organization, &guest, Role::Member, Sending::ByHand, &by(&ann))
            .await
            .unwrap();
        let token = token.unwrap();
        let (one, other) = tokio::join!(
            house.store.accept_invitation(token.as_str(), newcomer(), START, None),
            neighbour.accept_invitation(token.as_str(), Accepting::SignedIn(sam.id), START, None)
        );
        assert!(one.unwrap().is_some() != other.unwrap().is_some());
    }
    assert_eq!(house.store.list_members(organization, None, 100).await.unwrap().len(), 9);
}
}

on_both! {
async fn who_has_an_account_signs_in_to_accept(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, organization) = house.person("ann").await;
    let (bob, _) = house.person("bob").await;
    assert_eq!(bob.email_verified_at, None);
    let (_, token) = store
        .create_invitation(organization, &email("bob"), Role::Member, Sending::ByHand, &by(&ann))
        .await
        .unwrap();
    let token = token.unwrap();
    assert!(store.find_invited(token.as_str()).await.unwrap().unwrap().has_account);
    assert!(is_conflict(store.accept_invitation(token.as_str(), newcomer(), START, None).await));
    let accepted = store.accept_invitation(token.as_str(), Accepting::SignedIn(bob.id), START, None).await.unwrap();
    assert_eq!(accepted.unwrap().1, organization);
    assert!(store.find_person(bob.id).await.unwrap().unwrap().email_verified_at.is_some());
}
}

on_both! {
async fn an_invitation_by_mail_has_its_link_made_when_it_is_taken(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, organization) = house.person("ann").await;
    let (invitation, token) = store
        .create_invitation(organization, &email("bob"), Role::Admin, Sending::ByMail, &by(&ann))
        .await
        .unwrap();
    assert!(token.is_none());
    let letter = store.take_mail().await.unwrap().unwrap();
    assert_eq!(letter.to, "bob@shop.example");
    let Content::Invitation { organization: name, role, invited_by, token } = letter.content else { panic!() };
    assert_eq!((name.as_str(), role, invited_by.as_str()), ("ann", Role::Admin, "ann@shop.example"));
    assert_eq!(store.find_invited(token.as_str()).await.unwrap().unwrap().id, invitation.id);
    store.mail_sent(letter.id).await.unwrap();

    store.resend_invitation(organization, invitation.id, Sending::ByMail, &by(&ann)).await.unwrap();
    store.revoke_invitation(organization, invitation.id, &by(&ann)).await.unwrap();
    assert!(store.take_mail().await.unwrap().is_none(), "what it was about is over");
}
}
