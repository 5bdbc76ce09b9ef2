//! Access as the database decides it: keys and their overlap, sessions and memberships, owners, links that work once, throttling,
//! the outbox of mail, and a line in the audit log for each deed.

mod invitations;
mod keys;
mod mails;
mod members;
mod people;
mod set_up;
mod throttle;

use creel_store::{
    Store, StoreError,
    access::{
        Token,
        audit::{AuditAction, AuditFilter},
        people::{NewPerson, PasswordHash, Person, SignUp},
        sessions::{Browser, Proof},
    },
    database::Engine,
    organizations::Start,
};
use creel_types::{By, Clock, Credits, Email, OrganizationId, Random, Role, Time};

use crate::shop::TestDatabase;

const START: Start = Start::Credits(Credits(100));

/// A database with people in it.
struct House {
    /// Outlives the store.
    database: TestDatabase,
    store: Store,
}

impl House {
    async fn new(engine: Engine) -> House {
        let database = TestDatabase::new(engine).await;
        let store = database.store(Clock::fixed(Time(1_000_000_000)), Random::seeded(7)).await;
        House { database, store }
    }

    /// Another process on the same database, with its own randomness.
    async fn neighbour(&self) -> Store {
        self.database.store(self.store.clock.clone(), Random::seeded(8)).await
    }

    /// Somebody with an organization of their own.
    async fn person(&self, name: &str) -> (Person, OrganizationId) {
        let new = new_person(name);
        let made = self.store.sign_up(&new, name, SignUp::AtOnce(START), None).await.unwrap().unwrap();
        let own = self.store.list_organizations_of(made.id).await.unwrap();
        assert_eq!((own.len(), own[0].role), (1, Role::Owner));
        (made, own[0].id)
    }

    /// A member of somebody's organization.
    async fn member(&self, organization: OrganizationId, owner: &Person, name: &str, role: Role) -> Person {
        let (person, _) = self.person(name).await;
        self.join(organization, owner, &person, role).await;
        person
    }

    async fn join(&self, organization: OrganizationId, owner: &Person, person: &Person, role: Role) {
        use creel_store::access::invitations::{Accepting, Sending};
        let email = person.email.parse().unwrap();
        let (_, token) =
            self.store.create_invitation(organization, &email, role, Sending::ByHand, &by(owner)).await.unwrap();
        let token = token.unwrap();
        let accepted =
            self.store.accept_invitation(token.as_str(), Accepting::SignedIn(person.id), START, None).await.unwrap();
        assert_eq!(accepted.unwrap().1, organization);
    }

    async fn sign_in(&self, person: &Person) -> Token {
        self.store.begin_session(person.id, &Browser::default(), Proof::Link).await.unwrap().1
    }

    /// What was done in the organization, oldest first.
    async fn deeds(&self, organization: OrganizationId) -> Vec<AuditAction> {
        let mut lines = self.store.list_audit(organization, &AuditFilter::default(), None, 500).await.unwrap();
        // Ids of one instant are in no order.
        lines.sort_by_key(|line| (line.at, line.action));
        lines.into_iter().map(|line| line.action).collect()
    }

    fn pass_ms(&self, ms: i64) {
        self.store.clock.advance_ms(ms);
    }
}

fn email(name: &str) -> Email {
    format!("{name}@shop.example").parse().unwrap()
}

fn new_person(name: &str) -> NewPerson {
    NewPerson { email: email(name), name: name.to_owned(), password: Some(hash(name)) }
}

fn hash(of: &str) -> PasswordHash {
    PasswordHash(format!("hash of {of}"))
}

fn by(person: &Person) -> By {
    person.by(Some("192.0.2.1".to_owned()))
}

fn is_forbidden<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Forbidden(_)))
}

fn is_missing<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::NotFound { .. }))
}

fn is_conflict<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Conflict(_)))
}
