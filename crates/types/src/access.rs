//! Who may do what, and who did it: roles and actors. Refuses to know how anybody proves who they are.

use std::fmt;

use crate::{ApiKeyId, PersonId};

crate::words! {
    /// What somebody may do in an organization; each role may do all that the ones before it may.
    Role {
        /// Works with data: robots, runs, captures; reads credits and members.
        Member = "member",
        /// Also keys, invitations, members below owner, settings and the audit log.
        Admin = "admin",
        /// Also other owners.
        Owner = "owner",
    }
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Person(PersonId),
    ApiKey(ApiKeyId),
    /// Whoever works at the machine itself.
    CommandLine,
    /// Creel by itself: what is due, what follows.
    System,
}

impl Actor {
    /// Which kind of actor, as the audit log names it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Actor::Person(_) => "person",
            Actor::ApiKey(_) => "api_key",
            Actor::CommandLine => "command_line",
            Actor::System => "system",
        }
    }

    /// The id of a person or key.
    #[must_use]
    pub fn id(self) -> Option<String> {
        match self {
            Actor::Person(id) => Some(id.to_string()),
            Actor::ApiKey(id) => Some(id.to_string()),
            Actor::CommandLine | Actor::System => None,
        }
    }
}

/// Who did something, as they were called then, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    pub actor: Actor,
    /// A person's e-mail address, a key's name, a user of the machine.
    pub name: String,
    /// The network address that it came from, where it came over the network.
    pub address: Option<String>,
}

impl By {
    /// Creel by itself.
    #[must_use]
    pub fn system() -> By {
        By { actor: Actor::System, name: "Creel".to_owned(), address: None }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn each_role_holds_the_ones_before_it() {
        assert!(Role::Owner > Role::Admin && Role::Admin > Role::Member);
    }
}
