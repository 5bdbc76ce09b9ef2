//! What tests and `creel demo` need from outside, built in: a shop on loopback whose truth is known.
//! Imports only `creel-types` of the workspace, so that what is tested can never shape what it is tested against.

pub mod shop;
