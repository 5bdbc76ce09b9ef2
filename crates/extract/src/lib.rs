//! A page of a shop in, what it says out: kind, draft, links, reasons. Pure: never fails, never does I/O.
//!
//! ```
//! # use creel_extract::{Extractor, PageInput};
//! let url = url::Url::parse("https://shop.example/p/1").unwrap();
//! let mut extractor = Extractor::new();
//! let reading = extractor.read(&PageInput { url: &url, html: "", country: creel_types::Country::US, program: None, status: 200 });
//! assert!(!reading.is_capture());
//! ```

pub mod availability;
pub mod classify;
pub mod country;
pub mod extractor;
pub mod gate;
pub mod gtin;
pub mod json;
pub mod links;
pub mod merge;
pub mod page;
pub mod prices;
pub mod reading;
pub mod sources;
pub mod tape;

pub use country::country_of;
pub use extractor::Extractor;
pub use gate::GateFailure;
pub use page::{Link, PageInput, PageReading};
