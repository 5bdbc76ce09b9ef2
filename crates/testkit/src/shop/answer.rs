//! What the shop answers to one path and query, without any socket. Refuses to wait: a slow answer only says so.

use super::Shop;

/// One answer, whole in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) slow: bool,
}

impl Shop {
    /// Counts the request and answers it. `origin` is what absolute addresses in the answer begin with.
    pub(crate) fn answer(&self, _origin: &str, path: &str, query: Option<&str>) -> Answer {
        self.0.hits.count(path, query);
        Answer { status: 404, content_type: "text/html; charset=utf-8", headers: Vec::new(), body: Vec::new(), slow: false }
    }
}
