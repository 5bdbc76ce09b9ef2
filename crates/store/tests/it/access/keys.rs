//! Keys: roles, rotation with its overlap to the millisecond, expiry, revocation at once.

use creel_store::access::{
    audit::AuditAction,
    keys::{NewApiKey, OVERLAP_SECONDS_MAX},
};
use creel_types::{Actor, By, Role, Time};

use super::{House, by, is_forbidden, is_missing};
use crate::shop::on_both;

fn new(role: Role) -> NewApiKey {
    NewApiKey { name: "robots".to_owned(), role, expires_at: None }
}

on_both! {
async fn a_rotated_key_has_two_secrets_until_the_overlap_ends(engine) {
    let house = House::new(engine).await;
    let (ann, organization) = house.person("ann").await;
    let store = &house.store;
    let (key, first) = store.create_api_key(organization, new(Role::Admin), &by(&ann)).await.unwrap();
    assert!(first.starts_with(&key.hint) && key.hint.len() == 12 && key.created_by == ann.email);
    let found = |secret: &str| { let secret = secret.to_owned(); async move { store.find_api_key(&secret).await.unwrap() } };
    let holder = found(&first).await.unwrap();
    assert_eq!((holder.key, holder.organization, holder.role), (key.id, organization, Role::Admin));
    assert!(found(&first[..67]).await.is_none());

    let (rotated, second) = store.rotate_api_key(organization, key.id, 60, &by(&ann)).await.unwrap();
    assert!(second != first && second.starts_with(&rotated.hint) && rotated.id == key.id);
    assert_eq!(rotated.previous_valid_until, Some(store.clock.now().plus_seconds(60)));
    house.pass_ms(59_999);
    assert!(found(&first).await.is_some() && found(&second).await.is_some());
    house.pass_ms(1);
    assert!(found(&first).await.is_none() && found(&second).await.is_some());

    // A second rotation in the overlap ends the first secret; one without overlap leaves only the newest.
    let (_, third) = store.rotate_api_key(organization, key.id, OVERLAP_SECONDS_MAX + 1, &by(&ann)).await.unwrap();
    assert!(found(&second).await.is_some() && found(&third).await.is_some());
    let (_, fourth) = store.rotate_api_key(organization, key.id, 0, &by(&ann)).await.unwrap();
    assert!(found(&second).await.is_none() && found(&third).await.is_none() && found(&fourth).await.is_some());

    let (_, fifth) = store.rotate_api_key(organization, key.id, 60, &by(&ann)).await.unwrap();
    store.revoke_api_key(organization, key.id, &by(&ann)).await.unwrap();
    assert!(found(&fourth).await.is_none() && found(&fifth).await.is_none());
    assert!(is_missing(store.get_api_key(organization, key.id).await));
    assert!(is_missing(store.rotate_api_key(organization, key.id, 0, &by(&ann)).await));
    assert!(is_missing(store.revoke_api_key(organization, key.id, &by(&ann)).await));
    assert!(store.list_api_keys(organization, None, 10).await.unwrap().is_empty());
    let deeds = house.deeds(organization).await;
    let count = |action| deeds.iter().filter(|deed| **deed == action).count();
    assert_eq!(
        [AuditAction::ApiKeyCreated, AuditAction::ApiKeyRotated, AuditAction::ApiKeyRevoked].map(count),
        [1, 4, 1]
    );
}
}

on_both! {
async fn a_key_ends_at_its_instant(engine) {
    let house = House::new(engine).await;
    let (ann, organization) = house.person("ann").await;
    let at = house.store.clock.now().plus_ms(1000);
    let new = NewApiKey { expires_at: Some(at), ..new(Role::Member) };
    let (_, secret) = house.store.create_api_key(organization, new, &by(&ann)).await.unwrap();
    house.pass_ms(999);
    assert!(house.store.find_api_key(&secret).await.unwrap().is_some());
    house.pass_ms(1);
    assert!(house.store.find_api_key(&secret).await.unwrap().is_none());
}
}

on_both! {
async fn nobody_makes_or_changes_a_key_above_their_role(engine) {
    let house = House::new(engine).await;
    let (ann, organization) = house.person("ann").await;
    let admin = house.member(organization, &ann, "adam", Role::Admin).await;
    let member = house.member(organization, &ann, "mia", Role::Member).await;
    let (stranger, _) = house.person("sam").await;
    let store = &house.store;
    let (owners, _) = store.create_api_key(organization, new(Role::Owner), &by(&ann)).await.unwrap();
    let (admins, secret) = store.create_api_key(organization, new(Role::Admin), &by(&admin)).await.unwrap();
    assert!(is_forbidden(store.create_api_key(organization, new(Role::Owner), &by(&admin)).await));
    assert!(is_forbidden(store.rotate_api_key(organization, owners.id, 0, &by(&admin)).await));
    assert!(is_forbidden(store.revoke_api_key(organization, owners.id, &by(&admin)).await));
    assert!(is_forbidden(store.create_api_key(organization, new(Role::Member), &by(&member)).await));
    assert!(is_forbidden(store.rename_api_key(organization, admins.id, "x", None, &by(&member)).await));
    assert!(is_missing(store.create_api_key(organization, new(Role::Member), &by(&stranger)).await));
    assert!(is_missing(store.rotate_api_key(organization, admins.id, 0, &by(&stranger)).await));

    // A key makes keys as a person does, until it is revoked.
    let holder = store.find_api_key(&secret).await.unwrap().unwrap();
    let key = By { actor: Actor::ApiKey(holder.key), name: holder.name, address: None };
    assert!(is_forbidden(store.create_api_key(organization, new(Role::Owner), &key).await));
    store.create_api_key(organization, new(Role::Admin), &key).await.unwrap();
    store.revoke_api_key(organization, admins.id, &by(&ann)).await.unwrap();
    assert!(is_missing(store.create_api_key(organization, new(Role::Admin), &key).await));
}
}

on_both! {
async fn a_use_is_noted_once_a_minute(engine) {
    let house = House::new(engine).await;
    let (ann, organization) = house.person("ann").await;
    let store = &house.store;
    let (key, secret) = store.create_api_key(organization, new(Role::Member), &by(&ann)).await.unwrap();
    let begin = store.clock.now();
    for (passed_ms, noted) in [(0, begin), (59_999, begin), (1, begin.plus_ms(60_000))] {
        house.pass_ms(passed_ms);
        let holder = store.find_api_key(&secret).await.unwrap().unwrap();
        store.note_api_key_used(&holder).await.unwrap();
        let last_used_at: Option<Time> = store.get_api_key(organization, key.id).await.unwrap().last_used_at;
        assert_eq!(last_used_at, Some(noted));
    }
}
}
