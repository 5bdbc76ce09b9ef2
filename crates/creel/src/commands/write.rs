//! Captures written to a file or standard output, as JSON lines or CSV.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use creel_store::Store;
use creel_transfer::{RowPer, Table, write_json_line};
use creel_types::RunId;

use crate::{cli::Format, exit::Failure};

/// Captures read from the database at a time.
const CHUNK: i64 = 200;

/// Where captures go: a file that appears whole or not at all, or standard output.
pub struct Output {
    format: Format,
    file: Option<(PathBuf, PathBuf, File)>,
}

impl Output {
    /// Opens the file before anything is crawled, so that a wrong path costs nothing.
    pub fn prepare(format: Format, path: Option<PathBuf>) -> Result<Output, Failure> {
        let Some(path) = path else { return Ok(Output { format, file: None }) };
        let mut partial = path.clone().into_os_string();
        partial.push(".partial");
        let cannot =
            |error: std::io::Error| Failure::usage(format!("--output {} cannot be written: {error}", path.display()));
        if path.is_dir() {
            return Err(Failure::usage(format!("--output {} is a folder", path.display())));
        }
        let file = File::create(&partial).map_err(cannot)?;
        Ok(Output { format, file: Some((path, partial.into(), file)) })
    }

    /// Writes all captures of the run and answers how many.
    pub async fn write(mut self, store: &Store, run: RunId) -> Result<usize, Failure> {
        match self.file.take() {
            None => match write_to(store, run, self.format, BufWriter::new(std::io::stdout())).await {
                // Whoever read our output has had enough.
                Err(failure) if failure.is_broken_pipe => Ok(0),
                written => written,
            },
            Some((path, partial, file)) => {
                let written = write_to(store, run, self.format, BufWriter::new(file)).await?;
                std::fs::rename(&partial, &path)?;
                Ok(written)
            }
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some((_, partial, _)) = &self.file {
            let _ = std::fs::remove_file(partial);
        }
    }
}

async fn write_to(store: &Store, run: RunId, format: Format, mut out: impl Write) -> Result<usize, Failure> {
    let mut written = 0;
    let mut after = None;
    let table = Table::new(RowPer::Product);
    let mut buffer = Vec::new();
    if format == Format::Csv {
        table.write_head(&mut buffer)?;
    }
    loop {
        let captures = store.list_captures_of_run(run, after, CHUNK).await?;
        for capture in &captures {
            match format {
                Format::Jsonl => write_json_line(capture, None, &mut buffer).map_err(std::io::Error::from)?,
                Format::Csv => table.write_rows(capture, &mut buffer)?,
            }
        }
        out.write_all(&buffer)?;
        buffer.clear();
        let Some(last) = captures.last() else { break };
        after = Some(last.id);
        written += captures.len();
    }
    out.flush()?;
    Ok(written)
}
