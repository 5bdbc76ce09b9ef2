//! What is seen in a tab: text, fields with their errors, where the focus is, and whether the page is as every page must be.

use std::time::Instant;

use base64::Engine as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{PATIENCE_MAX, Tab};

const LOOK: &str = include_str!("look.js");
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/// What may move while a page is loaded, as browsers count it.
const SHIFT_MAX: f64 = 0.01;
/// Pixels of a picture's height.
const PICTURE_HEIGHT_MAX: f64 = 6_000.0;

/// A field as it stands in a form.
#[derive(Debug, Deserialize)]
pub struct Said {
    pub said: String,
    #[serde(rename = "isInvalid")]
    pub is_invalid: bool,
    pub value: String,
}

/// What the keyboard is at.
#[derive(Debug, Deserialize)]
pub struct Focus {
    pub name: String,
    /// Inside the window, with a ring around it.
    #[serde(rename = "isSeen")]
    pub is_seen: bool,
    #[serde(default)]
    pub shown: String,
}

impl Tab {
    /// Waits until the page says it.
    pub fn see(&self, text: &str) {
        self.until(&format!("{text:?} is to be seen"), || {
            let shown = self.look("text", &[])?;
            holds(&shown, text).then_some(()).ok_or_else(|| "it is not there".to_owned())
        });
    }

    /// Waits until the page does not say it any more.
    pub fn see_no(&self, text: &str) {
        self.until(&format!("{text:?} is to go"), || {
            let shown = self.look("text", &[])?;
            if holds(&shown, text) { Err("it is there".to_owned()) } else { Ok(()) }
        });
    }

    pub fn text(&self) -> String {
        self.until("a page is to be there", || self.look("text", &[])).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the address is this one: its path, with its query where one is asked for.
    pub fn at(&self, path: &str) {
        self.until(&format!("the address is to be {path}"), || {
            let is = self.path()?;
            let compared = if path.contains('?') { is.as_str() } else { is.split('?').next().unwrap_or_default() };
            if compared == path { Ok(()) } else { Err(format!("it is {is}")) }
        });
    }

    /// Waits until the address begins so; what follows in its path.
    pub fn under(&self, path: &str) -> String {
        self.until(&format!("the address is to be below {path}"), || {
            let is = self.path()?;
            let rest = is.split('?').next().and_then(|is| is.strip_prefix(path)).map(str::to_owned);
            rest.ok_or_else(|| format!("it is {is}"))
        })
    }

    pub fn path(&self) -> Result<String, String> {
        let is = self.ask("document.readyState === 'complete' ? location.pathname + location.search : ''")?;
        Ok(is.as_str().unwrap_or_default().to_owned())
    }

    /// What is said beside a field.
    pub fn field(&self, label: &str) -> Said {
        self.until(&format!("the field {label:?} is to be there"), || self.look("error", &[json!(label)]).map(read))
    }

    pub fn focus(&self) -> Focus {
        self.until("the focus is to be known", || self.look("focus", &[]).map(read))
    }

    /// An expression, once the page can answer it.
    pub fn answer(&self, expression: &str) -> Value {
        self.until(&format!("{expression} is to be answered"), || self.ask(expression))
    }

    /// Waits until an expression is true.
    pub fn until_answer(&self, expression: &str) {
        self.until(&format!("{expression} is to be true"), || match self.ask(expression)? {
            Value::Bool(true) => Ok(()),
            other => Err(format!("it is {other}")),
        });
    }

    /// What is wrong with the page as it stands: for people who read with a program or without a mouse, or wider than the window.
    pub fn faults_of_page(&self) -> Vec<String> {
        let mut faults = self.axe(&json!({"type": "tag", "values": RULES}));
        faults.extend(self.overflow());
        faults
    }

    /// The same for its colours alone.
    pub fn faults_of_colours(&self) -> Vec<String> {
        self.axe(&json!({"type": "rule", "values": ["color-contrast", "link-in-text-block"]}))
    }

    pub fn overflow(&self) -> Vec<String> {
        strings(&self.until("the width is to be known", || self.look("overflow", &[])))
    }

    /// What moved while the page was loaded.
    pub fn shifts(&self) -> Vec<String> {
        let shifts = self.until("what moved is to be known", || self.look("shifts", &[]));
        let shifts = shifts.as_array().cloned().unwrap_or_default();
        let sum: f64 = shifts.iter().filter_map(|shift| shift["value"].as_f64()).sum();
        if sum <= SHIFT_MAX { Vec::new() } else { vec![format!("the layout shifts by {sum}: {}", Value::Array(shifts))] }
    }

    fn axe(&self, rules: &Value) -> Vec<String> {
        let modules = std::env::var("CREEL_NODE_MODULES").expect("CREEL_NODE_MODULES is set by `cargo xtask test`");
        if self.answer("typeof axe") != "object" {
            let source = std::fs::read_to_string(format!("{modules}/axe-core/axe.min.js")).unwrap();
            self.answer(&format!("{source}; 0"));
        }
        let options = json!({"runOnly": rules, "resultTypes": ["violations"], "preload": false});
        let report = "(found) => found.violations.flatMap((rule) => rule.nodes.map((node) => \
                      `${rule.id} (${rule.impact}): ${rule.help}: ${node.target.join(' ')} ${node.html.slice(0, 160)} ${node.any.concat(node.all, node.none).map((check) => check.message).join('; ')}`))";
        strings(&self.answer(&format!("axe.run(document, {options}).then({report})")))
    }

    /// Writes a picture of the whole page as `NAME.png`.
    pub fn picture(&self, folder: &std::path::Path, name: &str) {
        let size = &self.tell("Page.getLayoutMetrics", json!({}))["cssContentSize"];
        let height = size["height"].as_f64().unwrap().min(PICTURE_HEIGHT_MAX);
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1});
        let taken = self.tell("Page.captureScreenshot", json!({"clip": clip, "captureBeyondViewport": true}));
        let bytes = base64::engine::general_purpose::STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    /// Asks the page about itself; `Err` while that is not what was asked for.
    pub(super) fn look(&self, what: &str, given: &[Value]) -> Result<Value, String> {
        let given: Vec<String> =
            std::iter::once(json!(what)).chain(given.iter().cloned()).map(|value| value.to_string()).collect();
        let found = self.ask(&format!("({LOOK})({})", given.join(", ")))?;
        match found["problem"].as_str() {
            Some(problem) => Err(problem.to_owned()),
            None => Ok(found),
        }
    }

    pub(super) fn ask(&self, expression: &str) -> Result<Value, String> {
        let asked = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.wire.ask(&self.session, "Runtime.evaluate", asked)?;
        let thrown = &answer["exceptionDetails"];
        if thrown.is_object() {
            return Err(format!("{} {}", thrown["text"], thrown["exception"]["description"]));
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Looks again until it is so. A page that is being left answers with an error for a moment.
    pub(super) fn until<T>(&self, what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
        let end = Instant::now() + PATIENCE_MAX;
        loop {
            match look() {
                Ok(found) => return found,
                Err(_) if Instant::now() < end => std::thread::sleep(std::time::Duration::from_millis(15)),
                Err(why) => {
                    let (path, text) = (self.ask("location.href"), self.look("text", &[]));
                    panic!("{what}: {why}\nat {path:?}: {text:?}");
                }
            }
        }
    }
}

fn holds(shown: &Value, text: &str) -> bool {
    shown.as_str().unwrap_or_default().to_lowercase().contains(&text.to_lowercase())
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().map(|all| all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()).unwrap_or_default()
}

fn read<T: for<'de> Deserialize<'de>>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}
