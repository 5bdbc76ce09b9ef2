//! Named places on the path of a page at which a test may make the process die or the disk fail. Nothing stands there
//! otherwise: a store that is opened the ordinary way has none.

use std::{fmt, sync::Arc};

type Reached = dyn Fn(&'static str) + Send + Sync;

#[derive(Clone, Default)]
pub struct FailPoints(Option<Arc<Reached>>);

impl FailPoints {
    /// Calls `reached` with the name of each place that is passed.
    pub fn new(reached: impl Fn(&'static str) + Send + Sync + 'static) -> FailPoints {
        FailPoints(Some(Arc::new(reached)))
    }

    pub fn pass(&self, place: &'static str) {
        if let Some(reached) = &self.0 {
            reached(place);
        }
    }
}

impl fmt::Debug for FailPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "FailPoints(set)" } else { "FailPoints(none)" })
    }
}
