//! The tools as a model uses them: on a store with something in it, on both databases.

mod red_team;
mod shop;
mod tools;
