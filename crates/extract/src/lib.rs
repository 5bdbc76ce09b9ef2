//! From a page to what it says: the parser and its query interface (`tape`), and the sources of product data that read through it.
//! Pure: no I/O, no clock, no randomness, no globals. A bad page is a value with reasons, never an error.

pub mod tape;
