//! Robot builds: the analysis that makes a robot.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod get;
