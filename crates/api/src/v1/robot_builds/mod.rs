//! Robot builds: the analysis that makes a robot.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
