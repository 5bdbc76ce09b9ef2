//! A browser as far as weight counts: one connection that stays open, packed answers, and the files that a page loads. It counts
//! what goes over the wire, heads included.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use flate2::read::GzDecoder;

/// How long an answer is waited for.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
/// The largest page that is read, unpacked.
const PAGE_BYTES_MAX: u64 = 16 * 1024 * 1024;

pub struct Visitor {
    stream: BufReader<TcpStream>,
    cookie: String,
}

/// An answer.
pub struct Visit {
    pub status: u16,
    /// Its head and body as they came.
    pub wire_bytes: usize,
    head: Vec<String>,
    body: Vec<u8>,
}

impl Visitor {
    pub fn new(address: SocketAddr, cookie: &str) -> Result<Visitor, String> {
        let stream = TcpStream::connect(address).map_err(|error| format!("{address}: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(ANSWER_TIME_MAX)).map_err(|error| error.to_string())?;
        Ok(Visitor { stream: BufReader::new(stream), cookie: cookie.to_owned() })
    }

    pub fn get(&mut self, path: &str) -> Result<Visit, String> {
        let cookie = if self.cookie.is_empty() { String::new() } else { format!("Cookie: {}\r\n", self.cookie) };
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Encoding: gzip\r\n{cookie}\r\n"
        ))
    }

    pub fn post_json(&mut self, path: &str, body: &str) -> Result<Visit, String> {
        let length = body.len();
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ))
    }

    fn ask(&mut self, request: &str) -> Result<Visit, String> {
        self.stream.get_mut().write_all(request.as_bytes()).map_err(|error| error.to_string())?;
        let mut wire_bytes = 0;
        let mut head = Vec::new();
        loop {
            let line = self.line(&mut wire_bytes)?;
            if line.is_empty() {
                break;
            }
            head.push(line);
        }
        let status = head.first().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let mut visit = Visit { status: status.ok_or("an answer without status")?, wire_bytes, head, body: Vec::new() };
        if visit.header("transfer-encoding") == Some("chunked") {
            self.read_chunks(&mut visit)?;
        } else {
            let length = visit.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            self.read_piece(&mut visit, length)?;
        }
        Ok(visit)
    }

    fn read_chunks(&mut self, visit: &mut Visit) -> Result<(), String> {
        loop {
            let length = self.line(&mut visit.wire_bytes)?;
            let length = usize::from_str_radix(&length, 16).map_err(|error| format!("{length:?}: {error}"))?;
            self.read_piece(visit, length)?;
            self.line(&mut visit.wire_bytes)?;
            if length == 0 {
                return Ok(());
            }
        }
    }

    fn read_piece(&mut self, visit: &mut Visit, length: usize) -> Result<(), String> {
        let begin = visit.body.len();
        visit.body.resize(begin + length, 0);
        visit.wire_bytes += length;
        self.stream.read_exact(&mut visit.body[begin..]).map_err(|error| error.to_string())
    }

    fn line(&mut self, wire_bytes: &mut usize) -> Result<String, String> {
        let mut line = String::new();
        *wire_bytes += self.stream.read_line(&mut line).map_err(|error| error.to_string())?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            None => Err("the server closed the connection".to_owned()),
        }
    }
}

impl Visit {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.iter().skip(1).filter_map(|line| line.split_once(':'));
        headers.find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// Unpacked.
    pub fn text(&self) -> Result<String, String> {
        let mut text = String::new();
        let read = match self.header("content-encoding") {
            Some("gzip") => GzDecoder::new(self.body.as_slice()).take(PAGE_BYTES_MAX).read_to_string(&mut text),
            _ => self.body.as_slice().read_to_string(&mut text),
        };
        read.map_err(|error| error.to_string())?;
        Ok(text)
    }

    /// What a browser loads with the page, each once: styles, scripts, pictures of ours. Pictures of shops do not count.
    pub fn files(&self) -> Result<Vec<String>, String> {
        let text = self.text()?;
        let named = text.split(['"', '\'']).filter(|word| word.starts_with("/assets/"));
        let mut files: Vec<String> = named.map(str::to_owned).collect();
        files.sort();
        files.dedup();
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::Visit;

    #[test]
    fn files_are_found_once_and_pictures_of_shops_are_none() {
        let body = r#"<link href="/assets/1/creel.css"><img src="/assets/1/icon.svg"><img src='/assets/1/icon.svg'>
            <img src="/media/x/96?u=https%3A%2F%2Fshop"><a href="/captures">"#;
        let visit = Visit { status: 200, wire_bytes: 0, head: Vec::new(), body: body.into() };
        assert_eq!(visit.files().unwrap(), ["/assets/1/creel.css", "/assets/1/icon.svg"]);
    }
}
