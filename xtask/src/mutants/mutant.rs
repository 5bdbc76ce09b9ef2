//! One known defect as its file in `xtask/mutants/` describes it.

use std::{fs, path::Path};

const BEFORE: &str = "--- before";
const AFTER: &str = "--- after";

#[derive(Debug)]
pub struct Mutant {
    /// The name of its file.
    pub name: String,
    /// What goes wrong, as one who runs Creel would meet it.
    pub defect: String,
    /// From the workspace's root.
    pub file: String,
    /// Whose tests are built and run.
    pub packages: Vec<String>,
    /// Which of them must notice: a filter of nextest.
    pub tests: String,
    before: Vec<String>,
    after: Vec<String>,
}

/// All mutants of a folder, by name.
pub fn read_all(folder: &Path) -> Result<Vec<Mutant>, String> {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let mut mutants = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        if path.extension().is_none_or(|extension| extension != "mutant") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
        mutants.push(Mutant::parse(name, &text).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    mutants.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(mutants)
}

impl Mutant {
    fn parse(name: String, text: &str) -> Result<Mutant, String> {
        let (head, change) = halves(text, BEFORE)?;
        let (before, after) = halves(&change, AFTER)?;
        let field = |wanted: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(wanted)?.strip_prefix(':'));
            line.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).ok_or(format!("no {wanted}:"))
        };
        let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let mutant = Mutant {
            name,
            defect: field("defect")?,
            file: field("file")?,
            packages: field("packages")?.split_whitespace().map(str::to_owned).collect(),
            tests: field("tests")?,
            before: lines(before),
            after: lines(after),
        };
        if mutant.before.is_empty() || mutant.before == mutant.after {
            Err("it changes nothing".to_owned())
        } else {
            Ok(mutant)
        }
    }

    /// The text with the defect in it: the lines before must stand in it exactly once.
    pub fn applied_to(&self, text: &str) -> Result<String, String> {
        let lines: Vec<&str> = text.lines().collect();
        let found: Vec<usize> =
            (0..lines.len()).filter(|at| lines[*at..].iter().take(self.before.len()).eq(self.before.iter())).collect();
        let [at] = found[..] else {
            return Err(format!("its lines before stand {} times in {}, not once", found.len(), self.file));
        };
        let after = self.after.iter().map(String::as_str);
        let changed = lines[..at].iter().copied().chain(after).chain(lines[at + self.before.len()..].iter().copied());
        Ok(changed.flat_map(|line| [line, "\n"]).collect())
    }
}

/// What stands above and below a line.
fn halves(text: &str, mark: &str) -> Result<(String, String), String> {
    let mut above = true;
    let mut halves = (String::new(), String::new());
    for line in text.lines() {
        if above && line == mark {
            above = false;
            continue;
        }
        let half = if above { &mut halves.0 } else { &mut halves.1 };
        half.push_str(line);
        half.push('\n');
    }
    if above { Err(format!("no line {mark:?}")) } else { Ok(halves) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "defect: Two is three.\nfile: a.rs\npackages: a b\ntests: test(c)\n--- before\n  2\n--- after\n  3\n";

    #[test]
    fn a_mutant_changes_one_place() {
        let mutant = Mutant::parse("m".to_owned(), TEXT).unwrap();
        assert_eq!((mutant.defect.as_str(), mutant.tests.as_str()), ("Two is three.", "test(c)"));
        assert_eq!(mutant.packages, ["a", "b"]);
        assert_eq!(mutant.applied_to("1\n  2\n").unwrap(), "1\n  3\n");
        assert!(mutant.applied_to("  2\n  2\n").unwrap_err().contains("2 times"));
        // Whole lines count, not their parts.
        assert!(mutant.applied_to("1\n   2\n").unwrap_err().contains("0 times"));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (part, message) in
            [("tests: test(c)\n", "no tests:"), ("--- after\n", "no line \"--- after\""), ("  2\n", "nothing")]
        {
            let error = Mutant::parse("m".to_owned(), &TEXT.replace(part, "")).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
