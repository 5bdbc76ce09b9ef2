//! Captures written to a file or standard output, as JSON lines or CSV.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use creel_store::Store;
use creel_types::{Capture, RunId};

use crate::{cli::Format, exit::Failure};

/// Captures read from the database at a time.
const CHUNK: i64 = 200;

const COLUMNS: [&str; 16] = [
    "id",
    "store",
    "url",
    "canonical_url",
    "extracted_at",
    "product_id",
    "title",
    "brand",
    "price",
    "full_price",
    "max_price",
    "currency",
    "available",
    "sku_count",
    "image_url",
    "breadcrumbs",
];

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
    if format == Format::Csv {
        write_row(&mut out, &COLUMNS)?;
    }
    loop {
        let captures = store.list_captures_of_run(run, after, CHUNK).await?;
        let Some(last) = captures.last() else { break };
        after = Some(last.id);
        written += captures.len();
        for capture in &captures {
            match format {
                Format::Jsonl => {
                    serde_json::to_writer(&mut out, capture).map_err(std::io::Error::from)?;
                    out.write_all(b"\n")?;
                }
                Format::Csv => write_row(&mut out, &csv_row(capture))?,
            }
        }
    }
    out.flush()?;
    Ok(written)
}

fn write_row<T: AsRef<[u8]>>(out: &mut impl Write, row: &[T]) -> Result<(), Failure> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out);
    writer.write_record(row).map_err(|error| Failure::from(std::io::Error::from(error)))?;
    writer.flush()?;
    Ok(())
}

fn csv_row(capture: &Capture) -> Vec<String> {
    let product = &capture.product;
    let chosen = product.skus.iter().find(|sku| sku.selected).or(product.skus.first());
    let price = chosen.and_then(|sku| sku.offers.first()).and_then(|offer| offer.price.as_ref());
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    vec![
        capture.id.to_string(),
        capture.store.clone(),
        capture.url.clone(),
        capture.canonical_url.clone(),
        capture.extracted_at.to_string(),
        text(&product.product_id),
        product.title.clone(),
        text(&product.brand),
        price.map(|price| price.amount.to_string()).unwrap_or_default(),
        price.and_then(|price| price.full_amount).map(|full| full.to_string()).unwrap_or_default(),
        product.max_price.map(|price| price.to_string()).unwrap_or_default(),
        product.currency.map(|currency| currency.to_string()).unwrap_or_default(),
        product.available.to_string(),
        product.sku_count.to_string(),
        text(&product.image_url),
        product.breadcrumbs.join(" > "),
    ]
}
