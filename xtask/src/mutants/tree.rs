//! A copy of the workspace that may be broken, with a target folder of its own, so that the real one keeps its builds.
//!
//! Only files that differ are written: the next run builds little. A copy that an interrupted run left broken is repaired so.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::sh;

pub struct Tree {
    root: PathBuf,
    target: PathBuf,
}

impl Tree {
    /// Copies what git knows of the workspace, and what it would know after an add, into `folder`.
    pub fn copy(workspace: &Path, folder: &Path) -> Result<Tree, String> {
        let tree = Tree { root: folder.join("tree"), target: folder.join("target") };
        let mut git = Command::new("git");
        git.current_dir(workspace).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = sh::output(&mut git)?;
        let files: BTreeSet<PathBuf> =
            listed.split('\0').map(PathBuf::from).filter(|path| workspace.join(path).is_file()).collect();
        for path in &files {
            let (from, to) = (workspace.join(path), tree.root.join(path));
            if fs::read(&from).ok() != fs::read(&to).ok() {
                if let Some(parent) = to.parent() {
                    fs::create_dir_all(parent).map_err(|error| failed(parent, &error))?;
                }
                fs::copy(&from, &to).map_err(|error| failed(&to, &error))?;
            }
        }
        tree.remove_others(&tree.root, &files)?;
        Ok(tree)
    }

    fn remove_others(&self, folder: &Path, files: &BTreeSet<PathBuf>) -> Result<(), String> {
        for entry in fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
            let path = entry.map_err(|error| failed(folder, &error))?.path();
            if path.is_dir() {
                self.remove_others(&path, files)?;
            } else if !path.strip_prefix(&self.root).is_ok_and(|known| files.contains(known)) {
                fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
            }
        }
        Ok(())
    }

    /// `cargo` in the copy.
    pub fn cargo(&self) -> Command {
        let mut command = sh::cargo();
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// Does something while a file has another text.
    pub fn with<T>(
        &self,
        file: &str,
        change: impl FnOnce(&str) -> Result<String, String>,
        act: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, String> {
        let path = self.root.join(file);
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        let write = |text: &str| fs::write(&path, text).map_err(|error| failed(&path, &error));
        write(&change(&text)?)?;
        let result = act();
        write(&text)?;
        result
    }
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
