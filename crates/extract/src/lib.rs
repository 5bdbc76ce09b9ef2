//! A page of a shop in, what it says out: kind, draft, links, reasons. Pure: never fails, never does I/O.

pub mod reading;
