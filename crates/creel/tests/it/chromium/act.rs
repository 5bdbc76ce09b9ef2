//! What a person does in a tab: open, press, fill in, type keys. The pointer presses where something is seen, and only where
//! nothing covers it.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::Tab;

/// What can be held while a key is typed, with its bit in the protocol.
const HELD: [(&str, i64); 3] = [("Alt", 1), ("Control", 2), ("Shift", 8)];

impl Tab {
    /// Opens a path of the server, or a whole address, and waits until it is loaded.
    pub fn open(&self, path: &str) {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.address) };
        self.watch.take_weights();
        let went = self.tell("Page.navigate", json!({"url": url}));
        assert!(went["errorText"].is_null(), "{path}: {went}");
        self.loaded();
    }

    /// Waits until what was opened is whole.
    pub fn loaded(&self) {
        self.until("the page is to be loaded", || match self.ask("document.readyState")? {
            state if state == "complete" => Ok(()),
            state => Err(state.to_string()),
        });
    }

    /// Bytes on the wire since the page was opened, without pictures of shops; with what they were for.
    pub fn weight(&self) -> (u64, Vec<(String, u64)>) {
        let parts: Vec<(String, u64)> =
            self.watch.take_weights().into_iter().filter(|(url, _)| !url.contains("/media")).collect();
        (parts.iter().map(|(_, bytes)| bytes).sum(), parts)
    }

    /// Fields filled in and names pressed so far.
    pub fn acts(&self) -> usize {
        self.acts.load(Ordering::Relaxed)
    }

    /// Opens a page again until it says it: where no script follows what happens.
    pub fn until_open(&self, path: &str, text: &str) {
        self.until(&format!("{path} is to say {text:?}"), || {
            self.open(path);
            if self.text().contains(text) { Ok(()) } else { Err("it does not".to_owned()) }
        });
    }

    /// Presses the button or link of this name.
    pub fn press(&self, name: &str) {
        self.acts.fetch_add(1, Ordering::Relaxed);
        let place = self.until(&format!("{name:?} is to be pressed"), || self.look("press", &[json!(name)]));
        self.click(&place);
    }

    /// Presses the first that is seen of a selector.
    pub fn pick(&self, selector: &str) {
        let place = self.until(&format!("{selector} is to be pressed"), || self.look("pick", &[json!(selector)]));
        self.click(&place);
    }

    /// Fills a field in, whatever kind it is.
    pub fn fill(&self, label: &str, value: &str) {
        self.acts.fetch_add(1, Ordering::Relaxed);
        let field = self.until(&format!("the field {label:?} is to be filled in"), || self.look("field", &[json!(label)]));
        match field["kind"].as_str().unwrap_or_default() {
            "select" | "date" | "time" | "datetime-local" => {
                self.until("it is to be chosen", || self.look("set", &[json!(label), json!(value)]));
            }
            "checkbox" | "radio" => {
                if field["value"].as_bool() != Some(value == "true") {
                    self.click(&field);
                }
            }
            _ => {
                self.click(&field);
                self.until("it is to be selected", || self.look("select", &[json!(label)]));
                self.write(value);
                let holds = self.field(label).value;
                assert_eq!(holds.replace('\r', ""), value, "what {label:?} holds");
            }
        }
    }

    /// Types text where the focus is, in the place of what is selected.
    pub fn write(&self, text: &str) {
        if text.is_empty() {
            self.key("Delete");
        } else {
            self.tell("Input.insertText", json!({"text": text}));
        }
    }

    /// Types a key, with what is held meanwhile: `Tab`, `Shift+Tab`, `Control+k`.
    pub fn key(&self, keys: &str) {
        let (held, name) = keys.rsplit_once('+').unwrap_or(("", keys));
        let modifiers: i64 = HELD.iter().filter(|(key, _)| held.contains(key)).map(|(_, bit)| bit).sum();
        let (code, number, text) = match name {
            "Tab" => ("Tab".to_owned(), 9, ""),
            "Enter" => ("Enter".to_owned(), 13, "\r"),
            "Escape" => ("Escape".to_owned(), 27, ""),
            "Space" => ("Space".to_owned(), 32, " "),
            "ArrowUp" => ("ArrowUp".to_owned(), 38, ""),
            "ArrowDown" => ("ArrowDown".to_owned(), 40, ""),
            "Delete" => ("Delete".to_owned(), 46, ""),
            letter => {
                assert_eq!(letter.len(), 1, "no key {letter}");
                (format!("Key{}", letter.to_uppercase()), i64::from(letter.to_uppercase().as_bytes()[0]), letter)
            }
        };
        // With Alt, Control or Meta held no text comes of it.
        let text = if modifiers & 7 == 0 { text } else { "" };
        let key = if name == "Space" { " " } else { name };
        let event = |kind: &str, text: &str| {
            let code =
                json!({"type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers});
            let mut event = code;
            if !text.is_empty() {
                event["text"] = json!(text);
            }
            self.tell("Input.dispatchKeyEvent", event);
        };
        event(if text.is_empty() { "rawKeyDown" } else { "keyDown" }, text);
        event("keyUp", "");
    }

    fn click(&self, place: &Value) {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({"type": kind, "x": place["x"], "y": place["y"], "button": button, "clickCount": 1});
            self.tell("Input.dispatchMouseEvent", event);
        }
    }
}
