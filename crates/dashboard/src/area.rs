//! The pages of one part of the dashboard, each with its path: pages somebody can open, and what belongs to them.

use axum::{Router, routing::MethodRouter};

use crate::Dashboard;

/// Routes, and which of them are pages.
pub(crate) struct Area {
    pub(crate) router: Router<Dashboard>,
    pub(crate) pages: Vec<&'static str>,
}

impl Area {
    pub(crate) fn new() -> Area {
        Area { router: Router::new(), pages: Vec::new() }
    }

    /// A page that somebody opens, with the forms that are sent to its path.
    pub(crate) fn page(mut self, path: &'static str, methods: MethodRouter<Dashboard>) -> Area {
        self.pages.push(path);
        self.route(path, methods)
    }

    /// What is no page by itself: a form's target, a part of a page, a file.
    pub(crate) fn route(self, path: &'static str, methods: MethodRouter<Dashboard>) -> Area {
        Area { router: self.router.route(path, methods), pages: self.pages }
    }

    pub(crate) fn and(mut self, other: Area) -> Area {
        self.pages.extend(other.pages);
        Area { router: self.router.merge(other.router), pages: self.pages }
    }
}
