//! Captures, and other rows, on their way out: as JSON lines and as rows of a table. Knows no database, no file and no HTTP; it is
//! handed captures and fills a buffer.

mod columns;
mod items;
mod table;

pub use columns::{COLUMNS, Column, RowPer};
pub use items::ItemTable;
pub use table::{Table, defused, write_json_line, write_record};
