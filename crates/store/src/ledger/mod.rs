//! The ledger's tables: accounts loaded and saved under lock, what a change of credits brings with it, and everything that
//! is asked of the ledger. Debits are made in [`crate::settle`] alone; grants come in through [`change`].

pub(crate) mod account;
pub mod balance;
pub mod change;
pub(crate) mod consequences;
pub mod cycle;
pub(crate) mod entries;
pub mod explain;
pub mod forecast;
pub mod limits;
pub mod past;
pub mod statement;
mod totals;
pub mod unmetered;
pub mod usage;
pub mod verify;

pub use balance::{Balance, BalanceLot, Cycle};
pub use statement::{About, STATEMENT_ROWS_MAX, StatementFilter, StatementRow};
pub use verify::{LedgerFault, VerifiedLedger};
