//! Answers about an organization's own data.
//!
//! [`tools`] are what a model may call, ours or that of a client over MCP. They read and draft; nothing here makes, changes or
//! debits anything.

pub mod tools;
