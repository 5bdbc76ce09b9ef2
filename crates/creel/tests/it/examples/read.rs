//! The blocks of a document that are examples, each with its mark and what is shown behind it. Refuses one without a mark.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Shell,
    Python,
    TypeScript,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    Run {
        with: Vec<String>,
    },
    /// The reason is for readers of the document's source.
    NotRun,
}

impl Mark {
    pub fn wants(&self, word: &str) -> bool {
        matches!(self, Mark::Run { with } if with.iter().any(|wanted| wanted == word))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Json(String),
    Text(String),
}

/// Where a block begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    document: String,
    line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.document, self.line)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub at: Place,
    pub language: Language,
    pub mark: Mark,
    pub text: String,
    pub shows: Option<Shown>,
}

/// All examples of a document, or everything that is wrong with its marks.
pub fn blocks(document: &str, text: &str) -> Result<Vec<Block>, Vec<String>> {
    let (mut blocks, mut faults): (Vec<Block>, Vec<String>) = (Vec::new(), Vec::new());
    for fence in fences(document, text) {
        let at = fence.at.clone();
        match fence.read() {
            Ok(Some(Read::Example(block))) => blocks.push(block),
            Ok(Some(Read::Shown(shown))) => match blocks.last_mut() {
                Some(block) if block.shows.is_none() && block.mark != Mark::NotRun => block.shows = Some(shown),
                _ => faults.push(format!("{at}: no example that is run goes before what this shows")),
            },
            Ok(None) => {}
            Err(fault) => faults.push(format!("{at}: {fault}")),
        }
    }
    if faults.is_empty() { Ok(blocks) } else { Err(faults) }
}

enum Read {
    Example(Block),
    Shown(Shown),
}

/// A block between fences, with the comment above it.
struct Fence<'a> {
    at: Place,
    word: &'a str,
    comment: Option<&'a str>,
    text: String,
}

fn fences<'a>(document: &str, text: &'a str) -> Vec<Fence<'a>> {
    let mut fences = Vec::new();
    let mut above = "";
    let mut lines = (1..).zip(text.lines());
    while let Some((line, begin)) = lines.next() {
        if let Some(word) = begin.trim_start().strip_prefix("```") {
            let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```");
            let text = inside.map(|line| format!("{line}\n")).collect();
            let comment = above.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).map(str::trim);
            fences.push(Fence { at: Place { document: document.to_owned(), line }, word: word.trim(), comment, text });
        }
        above = begin;
    }
    fences
}

impl Fence<'_> {
    fn read(self) -> Result<Option<Read>, String> {
        let language = match self.word {
            "sh" => Language::Shell,
            "python" => Language::Python,
            "typescript" => Language::TypeScript,
            "bash" | "shell" | "console" | "py" | "ts" | "js" | "javascript" => {
                return Err(format!("`{}` is spelled sh, python or typescript here", self.word));
            }
            word if self.comment == Some("shows") => {
                return match word {
                    "json" => Ok(Some(Read::Shown(Shown::Json(self.text)))),
                    "text" => Ok(Some(Read::Shown(Shown::Text(self.text)))),
                    _ => Err(format!("what is shown is json or text, not {word:?}")),
                };
            }
            _ => return Ok(None),
        };
        let Fence { at, comment, text, .. } = self;
        let mark = mark(comment.unwrap_or_default())?;
        Ok(Some(Read::Example(Block { at, language, mark, text, shows: None })))
    }
}

fn mark(comment: &str) -> Result<Mark, String> {
    if let Some(reason) = comment.strip_prefix("norun:") {
        return if reason.trim().is_empty() { Err("norun without a reason".to_owned()) } else { Ok(Mark::NotRun) };
    }
    let Some(words) = comment.strip_prefix("run:").or_else(|| (comment == "run").then_some("")) else {
        return Err("mark it in the line above: <!-- run: key, shop --> or <!-- norun: REASON -->".to_owned());
    };
    let with: Vec<String> = words.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
    match with.iter().find(|word| !["key", "shop"].contains(&word.as_str())) {
        Some(unknown) => Err(format!("{unknown:?} is nothing that an example runs with: key, shop")),
        None => Ok(Mark::Run { with }),
    }
}

#[test]
fn marks_are_read_and_their_faults_told() {
    let document = "a\n<!-- run: key, shop -->\n```sh\necho 1\n```\n\n<!-- shows -->\n```text\n1\n```\n```rust\nlet x;\n```\n\
                    <!-- norun: it takes a day -->\n```python\nx\n```\n";
    let read = blocks("d.md", document).unwrap();
    assert_eq!(read.len(), 2);
    assert_eq!(
        (read[0].at.to_string().as_str(), read[0].language, read[0].text.as_str()),
        ("d.md:3", Language::Shell, "echo 1\n")
    );
    assert!(read[0].mark.wants("key") && read[0].mark.wants("shop") && !read[1].mark.wants("key"));
    assert_eq!(read[0].shows, Some(Shown::Text("1\n".to_owned())));
    assert_eq!(read[1].mark, Mark::NotRun);
    for (wrong, says) in [
        ("```sh\nx\n```", "mark it in the line above"),
        ("<!-- run: keys -->\n```sh\nx\n```", "\"keys\" is nothing"),
        ("<!-- run: key -->\n\n```sh\nx\n```", "mark it in the line above"),
        ("<!-- norun: -->\n```typescript\nx\n```", "without a reason"),
        ("<!-- run -->\n```bash\nx\n```", "is spelled sh"),
        ("<!-- norun: no -->\n```sh\nx\n```\n<!-- shows -->\n```text\nx\n```", "no example that is run"),
        ("<!-- run -->\n```sh\nx\n```\n<!-- shows -->\n```xml\nx\n```", "is json or text"),
    ] {
        let faults = blocks("d.md", wrong).unwrap_err();
        assert!(faults.len() == 1 && faults[0].contains(says), "{wrong:?}: {faults:?}");
    }
}
