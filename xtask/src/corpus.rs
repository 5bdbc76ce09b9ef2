//! The corpus of real pages, which lies beside the project and is not part of it.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use crate::sh;

/// The corpus folder: `CREEL_CORPUS`, else `../shared/corpus` beside the workspace.
pub fn folder() -> Result<PathBuf, String> {
    let folder = std::env::var_os("CREEL_CORPUS").map_or_else(|| sh::root().join("../shared/corpus"), PathBuf::from);
    if folder.join("product-pages/truth.json").exists() {
        return Ok(folder);
    }
    Err(format!("no corpus at {}; name its folder in CREEL_CORPUS", folder.display()))
}

/// Unpacks the product pages into a folder of plain HTML, for programs that read nothing else; answers folder and bytes.
pub fn unpacked_product_pages(corpus: &Path) -> Result<(PathBuf, u64), String> {
    let pages = corpus.join("product-pages/html");
    let out = sh::work_folder("product-pages")?;
    let mut bytes = 0;
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    for entry in fs::read_dir(&pages).map_err(|error| failed(&pages, error))? {
        let path = entry.map_err(|error| failed(&pages, error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".gz")) else {
            continue;
        };
        let mut html = Vec::new();
        let file = File::open(&path).map_err(|error| failed(&path, error))?;
        flate2::read::MultiGzDecoder::new(file).read_to_end(&mut html).map_err(|error| failed(&path, error))?;
        bytes += html.len() as u64;
        fs::write(out.join(name), html).map_err(|error| failed(&path, error))?;
    }
    Ok((out, bytes))
}
