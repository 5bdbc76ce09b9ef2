//! `creel extract FILE|DIR|URL|-`: what a page says, one line of JSON a page. No credits, no database.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use creel_extract::{Extractor, PageInput, PageReading, country_of, tape::decode};
use creel_fetch::{Fetcher, GetOptions};
use creel_types::{Capture, Clock, Country, Host, PageKind, Random};
use serde_json::{Value, json};
use url::Url;

use crate::{
    cli::{Common, ExtractArgs},
    exit::{Exit, Failure},
    settings::Settings,
};

/// An HTML file larger than this, unpacked, is not read.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Pages that each thread reads before they are printed in order.
const GROUP_PAGES: usize = 16;
/// Where a file without an address is imagined to stand; no shop has this host.
const NO_ADDRESS: &str = "https://page.invalid/";

pub async fn extract(common: &Common, args: ExtractArgs) -> Result<Exit, Failure> {
    let settings = Settings::read(common.config.as_deref())?;
    if args.source == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        return print_one(&args, "-", &bytes, None);
    }
    if args.source.starts_with("http://") || args.source.starts_with("https://") {
        return extract_address(&settings, &args).await;
    }
    let path = PathBuf::from(&args.source);
    if path.is_dir() {
        return extract_folder(&args, &path);
    }
    if args.source.contains("://") {
        return Err(Failure::usage(format!("{} is not an http or https address", args.source)));
    }
    let bytes = read_page_file(&path)?;
    print_one(&args, &args.source, &bytes, None)
}

async fn extract_address(settings: &Settings, args: &ExtractArgs) -> Result<Exit, Failure> {
    let url = creel_crawl::build::shop_address(&args.source).map_err(|error| Failure::usage(error.to_string()))?;
    let settings = settings.fetch_settings(args.private.allow_private);
    let fetcher = Fetcher::new(settings, Clock::system()).map_err(|error| Failure::usage(error.to_string()))?;
    fetcher.guard().check_url(&url).map_err(|error| Failure::usage(error.to_string()))?;
    let options = args.country.map_or_else(GetOptions::default, GetOptions::page);
    let fetched = fetcher.get(&url, &options).await.map_err(|error| Failure::failed(error.to_string()))?;
    let page = Page { file: None, url: fetched.final_url.clone(), country: args.country, status: fetched.status };
    let line = line_for(&mut Extractor::new(), &page, &fetched.body, fetched.charset());
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(Exit::Done)
}

fn print_one(args: &ExtractArgs, file: &str, bytes: &[u8], charset: Option<&str>) -> Result<Exit, Failure> {
    let url = match &args.url {
        Some(text) => Url::parse(text).map_err(|error| Failure::usage(format!("--url {text} is not a URL: {error}")))?,
        None => no_address()?,
    };
    let page = Page { file: Some(file.to_owned()), url, country: args.country, status: 200 };
    writeln!(std::io::stdout().lock(), "{}", line_for(&mut Extractor::new(), &page, bytes, charset))?;
    Ok(Exit::Done)
}

/// Pages in file-name order, read on as many threads as there are cores, printed as they come.
fn extract_folder(args: &ExtractArgs, folder: &Path) -> Result<Exit, Failure> {
    let urls = match &args.urls {
        Some(path) => read_urls(path)?,
        None => HashMap::new(),
    };
    let names = page_files(folder)?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // One for each thread, kept from group to group: making one costs more than reading a page.
    let mut extractors: Vec<Extractor> = (0..threads).map(|_| Extractor::new()).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for group in names.chunks(threads * GROUP_PAGES) {
        let share = group.len().div_ceil(threads).max(1);
        let lines: Vec<Result<Vec<String>, Failure>> = std::thread::scope(|scope| {
            let readers: Vec<_> = group
                .chunks(share)
                .zip(&mut extractors)
                .map(|(names, extractor)| {
                    let urls = &urls;
                    scope.spawn(move || names.iter().map(|name| read_named(extractor, args, folder, name, urls)).collect())
                })
                .collect();
            readers
                .into_iter()
                .map(|reader| reader.join().unwrap_or_else(|_| Err(Failure::failed("a page could not be read"))))
                .collect()
        });
        for lines in lines {
            for line in lines? {
                writeln!(out, "{line}")?;
            }
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn read_named(
    extractor: &mut Extractor,
    args: &ExtractArgs,
    folder: &Path,
    name: &str,
    urls: &HashMap<String, Url>,
) -> Result<String, Failure> {
    let url = match urls.get(name).or_else(|| urls.get(name.trim_end_matches(".gz"))) {
        Some(url) => url.clone(),
        None => no_address()?,
    };
    let page = Page { file: Some(name.to_owned()), url, country: args.country, status: 200 };
    let bytes = match read_page_file(&folder.join(name)) {
        Ok(bytes) => bytes,
        // One unreadable file must not cost the others their lines.
        Err(failure) => {
            let country = args.country.unwrap_or(Country::US);
            return Ok(line(&page, country, PageReading::empty(PageKind::Error, failure.message)).to_string());
        }
    };
    Ok(line_for(extractor, &page, &bytes, None))
}

struct Page {
    file: Option<String>,
    url: Url,
    country: Option<Country>,
    status: u16,
}

fn line_for(extractor: &mut Extractor, page: &Page, bytes: &[u8], charset: Option<&str>) -> String {
    let country = page.country.unwrap_or_else(|| country_of(&page.url));
    let decoded = decode(bytes, charset);
    let input = PageInput { url: &page.url, html: &decoded.text, country, program: None, status: page.status };
    let reading = extractor.read(&input);
    line(page, country, reading).to_string()
}

fn line(page: &Page, country: Country, reading: PageReading) -> Value {
    let is_capture = reading.is_capture();
    let mut capture = None;
    let mut draft = None;
    match reading.draft {
        Some(product) if is_capture => {
            let now = Clock::system().now();
            capture = Some(Capture {
                id: Random::system().id(now),
                run_id: None,
                robot_id: None,
                import_id: None,
                store: Host::of(&page.url).map(|host| host.to_string()).unwrap_or_default(),
                url: page.url.to_string(),
                canonical_url: creel_frontier::canonical_url(&page.url).to_string(),
                country_code: country,
                extracted_at: now,
                product,
            });
        }
        other => draft = other,
    }
    json!({
        "file": page.file, "url": page.url, "kind": reading.kind, "capture": capture, "draft": draft, "reasons": reading.reasons
    })
}

fn no_address() -> Result<Url, Failure> {
    Url::parse(NO_ADDRESS).map_err(|error| Failure::failed(error.to_string()))
}

fn page_files(folder: &Path) -> Result<Vec<String>, Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("{} cannot be read: {error}", folder.display()));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".html") || name.ends_with(".html.gz") {
            names.push(name);
        }
    }
    names.sort();
    if names.is_empty() {
        return Err(Failure::usage(format!("{} holds no *.html or *.html.gz file", folder.display())));
    }
    Ok(names)
}

/// A file's bytes, unpacked where it is gzip, whatever it is called.
fn read_page_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("{} cannot be read: {error}", path.display()));
    let mut bytes = Vec::new();
    File::open(path).map_err(unreadable)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(unreadable)?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .take(FILE_BYTES_MAX)
        .read_to_end(&mut unpacked)
        .map_err(|error| Failure::usage(format!("{} is broken gzip: {error}", path.display())))?;
    Ok(unpacked)
}

/// Lines of file name, tab, URL.
fn read_urls(path: &Path) -> Result<HashMap<String, Url>, Failure> {
    let shown = path.display();
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("--urls {shown} cannot be read: {error}")))?;
    let mut urls = HashMap::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |what: &str| Failure::usage(format!("--urls {shown}, line {}: {what}", at + 1));
        let (name, url) = line.split_once('\t').ok_or_else(|| wrong("not a file name, a tab and a URL"))?;
        let url = Url::parse(url.trim()).map_err(|error| wrong(&format!("not a URL: {error}")))?;
        urls.insert(name.to_owned(), url);
    }
    Ok(urls)
}
