//! Members, roles and sessions: what changes holds from the next look on, and an organization always has an owner.

use creel_store::access::{
    audit::{AuditAction, AuditFilter},
    sessions::{Browser, Proof, SESSION_IDLE_MS_MAX, SESSION_MS_MAX, SESSIONS_MAX},
};
use creel_types::Role;

use super::{House, by, is_conflict, is_forbidden, is_missing};
use crate::shop::{on_both, operator};

on_both! {
async fn what_a_session_may_do_is_read_with_it(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, organization) = house.person("ann").await;
    let bob = house.member(organization, &ann, "bob", Role::Member).await;
    let token = house.sign_in(&bob).await;
    let holder = || async { store.find_session(token.as_str()).await.unwrap().unwrap() };
    let seen = holder().await;
    assert_eq!((seen.person, seen.email.as_str(), seen.has_password), (bob.id, "bob@shop.example", true));
    assert_ne!(seen.organization.unwrap().id, organization, "one joined first");
    store.switch_organization(seen.session, bob.id, organization).await.unwrap();
    let there = holder().await.organization.unwrap();
    assert_eq!((there.id, there.name.as_str(), there.role), (organization, "ann", Role::Member));

    store.change_member_role(organization, bob.id, Role::Admin, &by(&ann)).await.unwrap();
    assert_eq!(holder().await.organization.unwrap().role, Role::Admin);
    // The organization that was looked at last is where the next session begins.
    let second = house.sign_in(&bob).await;
    assert_eq!(store.find_session(second.as_str()).await.unwrap().unwrap().organization.unwrap().id, organization);
    store.remove_member(organization, bob.id, &by(&ann)).await.unwrap();
    assert_eq!(holder().await.organization, None);
    assert!(is_missing(store.switch_organization(seen.session, bob.id, organization).await));
    assert!(is_missing(store.remove_member(organization, bob.id, &by(&ann)).await));

    store.end_session(bob.id, seen.session, &by(&bob)).await.unwrap();
    assert!(store.find_session(token.as_str()).await.unwrap().is_none());
    assert!(is_missing(store.end_session(bob.id, seen.session, &by(&bob)).await));
    assert!(store.find_session("").await.unwrap().is_none());
}
}

on_both! {
async fn a_session_ends_unused_or_old(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, _) = house.person("ann").await;
    let (used, unused) = (house.sign_in(&ann).await, house.sign_in(&ann).await);
    let begin = store.clock.now();
    house.pass_ms(SESSION_IDLE_MS_MAX - 1);
    assert!(store.find_session(unused.as_str()).await.unwrap().is_some());
    let holder = store.find_session(used.as_str()).await.unwrap().unwrap();
    store.note_session_seen(&holder).await.unwrap();
    house.pass_ms(1);
    assert!(store.find_session(unused.as_str()).await.unwrap().is_none());
    let left = begin.plus_ms(SESSION_MS_MAX).ms_since(store.clock.now());
    for (passed_ms, alive) in [(left / 2, true), (left - left / 2 - 1, true), (1, false)] {
        house.pass_ms(passed_ms);
        let holder = store.find_session(used.as_str()).await.unwrap();
        assert_eq!(holder.is_some(), alive);
        if let Some(holder) = holder {
            store.note_session_seen(&holder).await.unwrap();
        }
    }
    assert!(store.list_sessions(ann.id).await.unwrap().is_empty());
    assert!(store.sweep_access().await.unwrap().changed >= 2);
}
}

on_both! {
async fn the_oldest_of_very_many_sessions_ends(engine) {
    let house = House::new(engine).await;
    let (ann, _) = house.person("ann").await;
    let first = house.sign_in(&ann).await;
    house.pass_ms(1);
    let browser = Browser { user_agent: Some("x".repeat(1000)), address: Some("192.0.2.9".to_owned()) };
    for _ in 0..SESSIONS_MAX {
        house.store.begin_session(ann.id, &browser, Proof::Link).await.unwrap();
    }
    assert!(house.store.find_session(first.as_str()).await.unwrap().is_none());
    let sessions = house.store.list_sessions(ann.id).await.unwrap();
    assert_eq!(sessions.len() as i64, SESSIONS_MAX);
    assert_eq!(sessions[0].user_agent.as_ref().map(String::len), Some(200));
}
}

on_both! {
async fn nobody_touches_who_is_above_them(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, organization) = house.person("ann").await;
    let admin = house.member(organization, &ann, "adam", Role::Admin).await;
    let member = house.member(organization, &ann, "mia", Role::Member).await;
    let (stranger, _) = house.person("sam").await;
    let change = |person, role, by| async move { store.change_member_role(organization, person, role, &by).await };
    assert!(is_forbidden(change(ann.id, Role::Member, by(&admin)).await));
    assert!(is_forbidden(change(member.id, Role::Owner, by(&admin)).await));
    assert!(is_forbidden(change(admin.id, Role::Owner, by(&admin)).await));
    assert!(is_forbidden(change(member.id, Role::Admin, by(&member)).await));
    assert!(is_missing(change(member.id, Role::Admin, by(&stranger)).await));
    assert!(is_missing(change(stranger.id, Role::Admin, by(&ann)).await));
    assert!(is_forbidden(store.remove_member(organization, ann.id, &by(&admin)).await));
    assert!(is_forbidden(store.remove_member(organization, admin.id, &by(&member)).await));
    assert!(is_forbidden(store.rename_organization(organization, "mine", None, &by(&member)).await));
    assert_eq!(change(member.id, Role::Admin, by(&admin)).await.unwrap().role, Role::Admin);
    store.remove_member(organization, member.id, &by(&member)).await.unwrap();
    assert_eq!(store.rename_organization(organization, "Shop & Co", None, &by(&admin)).await.unwrap().name, "Shop & Co");
    let deeds = house.deeds(organization).await;
    for action in [AuditAction::MemberRoleChanged, AuditAction::MemberRemoved, AuditAction::OrganizationRenamed] {
        assert_eq!(deeds.iter().filter(|deed| **deed == action).count(), 1, "{action}: refusals are no deeds");
    }
}
}

on_both! {
async fn the_last_owner_stays(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, organization) = house.person("ann").await;
    assert!(is_conflict(store.change_member_role(organization, ann.id, Role::Admin, &by(&ann)).await));
    assert!(is_conflict(store.remove_member(organization, ann.id, &by(&ann)).await));
    assert!(is_conflict(store.remove_member(organization, ann.id, &operator()).await));
    let bob = house.member(organization, &ann, "bob", Role::Owner).await;
    store.remove_member(organization, ann.id, &by(&bob)).await.unwrap();
    assert!(is_conflict(store.remove_member(organization, bob.id, &by(&bob)).await));
}
}

on_both! {
async fn of_two_owners_who_step_down_at_once_one_stays(engine) {
    let house = House::new(engine).await;
    let neighbour = house.neighbour().await;
    for round in 0..8 {
        let (ann, organization) = house.person(&format!("ann{round}")).await;
        let bob = house.member(organization, &ann, &format!("bob{round}"), Role::Owner).await;
        let (ann_by, bob_by) = (by(&ann), by(&bob));
        let (one, other) = tokio::join!(
            house.store.change_member_role(organization, ann.id, Role::Member, &ann_by),
            async {
                match round % 2 {
                    0 => neighbour.change_member_role(organization, bob.id, Role::Member, &bob_by).await.map(|_| ()),
                    _ => neighbour.remove_member(organization, bob.id, &bob_by).await,
                }
            }
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?}, {other:?}");
        let members = house.store.list_members(organization, None, 10).await.unwrap();
        assert_eq!(members.iter().filter(|member| member.role == Role::Owner).count(), 1);
    }
}
}

on_both! {
async fn the_log_is_read_by_action_actor_and_time_in_pages(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    let (ann, organization) = house.person("ann").await;
    let begin = store.clock.now();
    for at in 0..5 {
        house.pass_ms(10);
        let who = if at % 2 == 0 { by(&ann) } else { operator() };
        store.rename_organization(organization, &format!("name {at}"), None, &who).await.unwrap();
    }
    let list = |filter: AuditFilter, before, limit| async move {
        store.list_audit(organization, &filter, before, limit).await.unwrap()
    };
    let renamed = || AuditFilter { action: Some(AuditAction::OrganizationRenamed), ..AuditFilter::default() };
    let all = list(renamed(), None, 10).await;
    assert_eq!(all.iter().map(|line| line.target_name.as_str()).collect::<Vec<_>>(), ["name 4", "name 3", "name 2", "name 1", "name 0"]);
    assert_eq!((all[0].actor_kind.as_str(), all[0].actor_name.as_str()), ("person", "ann@shop.example"));
    assert_eq!(all[0].address.as_deref(), Some("192.0.2.1"));
    assert_eq!(all[0].details["before"], "name 3");
    assert_eq!((all[1].actor_kind.as_str(), &all[1].actor_id), ("command_line", &None));
    let first = list(renamed(), None, 2).await;
    let next = list(renamed(), Some(first[1].id), 2).await;
    assert_eq!([first, next].concat(), all[..4]);
    let hers = AuditFilter { actor_id: Some(ann.id.to_string()), ..renamed() };
    assert_eq!(list(hers, None, 10).await.len(), 3);
    let between = AuditFilter { from: Some(begin.plus_ms(20)), to: Some(begin.plus_ms(40)), ..AuditFilter::default() };
    assert_eq!(list(between, None, 10).await, all[2..4]);
}
}
