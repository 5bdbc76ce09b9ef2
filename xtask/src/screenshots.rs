//! `cargo xtask screenshots`: pictures of every page, wide and narrow, light and dark, with nothing to show and with much. The
//! tests that look at every page take them.

use std::{fs, path::PathBuf};

use crate::{sh, toolbox};

/// Where the tests write pictures, where it is set.
const FOLDER: &str = "CREEL_SCREENSHOTS";

pub fn take() -> Result<(), String> {
    let toolbox = toolbox::set_up()?;
    let folder = folder();
    // Pages that are no more leave no pictures.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut test = sh::cargo();
    test.args(["test", "--locked", "-p", "creel", "--test", "it", "--", "pages_seen::", "--test-threads", "2"]);
    let done = sh::run(test.envs(toolbox.variables()).env(FOLDER, &folder));
    let pictures = fs::read_dir(&folder).map_or(0, Iterator::count);
    println!("{pictures} pictures are in {}", folder.display());
    done
}

fn folder() -> PathBuf {
    sh::target_folder().join("screenshots")
}
