//! The first owner: one link at a time, good once, void as soon as there is a person; and owners from the command line.

use creel_store::access::people::NewPerson;
use creel_types::Role;

use super::{House, START, hash, new_person};
use crate::shop::{on_both, operator};

on_both! {
async fn the_newest_link_makes_one_owner(engine) {
    let house = House::new(engine).await;
    let neighbour = house.neighbour().await;
    let first_made = house.store.default_organization(START).await.unwrap().id;
    let old = house.store.create_set_up_link().await.unwrap().unwrap();
    let new = neighbour.create_set_up_link().await.unwrap().unwrap();
    let ann = new_person("ann");
    assert!(house.store.set_up(old.as_str(), &ann, "Shop", START, None).await.unwrap().is_none());
    let bob = new_person("bob");
    let (one, other) = tokio::join!(
        house.store.set_up(new.as_str(), &ann, "Shop", START, None),
        neighbour.set_up(new.as_str(), &bob, "Shop", START, None)
    );
    let owners: Vec<_> = [one.unwrap(), other.unwrap()].into_iter().flatten().collect();
    let [(owner, organization)] = owners.as_slice() else { panic!("{owners:?}") };
    assert_eq!(*organization, first_made, "the organization of the first key");
    assert_eq!(house.store.get_organization(first_made).await.unwrap().name, "Shop");
    assert_eq!(house.store.get_member(first_made, owner.id).await.unwrap().role, Role::Owner);
    assert!(owner.email_verified_at.is_some());
    assert!(house.store.create_set_up_link().await.unwrap().is_none(), "there is a person");
}
}

on_both! {
async fn the_command_line_makes_owners(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let own = |new: NewPerson, name: &'static str| async move {
        store.create_owner(&new, name, START, &operator()).await.unwrap()
    };
    let (ann, shop) = own(new_person("ann"), "Shop").await;
    let link = house.store.create_set_up_link().await.unwrap();
    assert!(link.is_none() && ann.email_verified_at.is_some());
    // Again: the same person, the same organization; a password only where one is given.
    let (again, same) = own(NewPerson { password: None, ..new_person("ann") }, "Shop").await;
    assert_eq!((again.id, same.id, again.password), (ann.id, shop.id, Some(hash("ann"))));
    let (_, other) = own(NewPerson { password: Some(hash("new")), ..new_person("ann") }, "Other").await;
    assert_ne!(other.id, shop.id);
    assert_eq!(store.find_person(ann.id).await.unwrap().unwrap().password, Some(hash("new")));
    store.create_organization("default", START).await.unwrap();
    let (bob, third) = own(NewPerson { password: None, ..new_person("bob") }, "Third").await;
    assert_eq!(third.name, "Third", "several organizations: none is taken for another");
    let token = store.create_password_link(bob.id).await.unwrap();
    assert!(store.reset_password(token.as_str(), &hash("bob"), START, None).await.unwrap().is_some());
    assert_eq!(store.list_organizations().await.unwrap().len(), 4);
}
}
