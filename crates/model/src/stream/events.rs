//! Server-sent events out of bytes that are cut anywhere, by the rules of the WHATWG (HTML, 9.2.6): lines end with CR, LF or both,
//! the lines `data:` of an event are joined, comments and other fields are passed over.

use crate::ModelError;

/// Bytes of one event.
const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// What was read of a stream so far.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The line that is being read.
    line: Vec<u8>,
    /// Lines `data:` of the event that is being read, joined.
    data: Option<Vec<u8>>,
    /// The last byte was a CR, which ended the line: an LF right behind it ends nothing.
    after_cr: bool,
    begun: bool,
}

impl Events {
    /// Takes the next bytes and answers the events that are whole with them.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, ModelError> {
        let mut events = Vec::new();
        for &byte in bytes {
            let ends_line = match byte {
                b'\n' if self.after_cr => {
                    self.after_cr = false;
                    continue;
                }
                b'\n' | b'\r' => true,
                _ => false,
            };
            self.after_cr = byte == b'\r';
            if ends_line {
                events.extend(self.end_line());
            } else if self.line.len() + self.data.as_ref().map_or(0, Vec::len) >= EVENT_BYTES_MAX {
                let reason = format!("an event of it has more than {EVENT_BYTES_MAX} bytes");
                return Err(ModelError::Malformed { reason });
            } else {
                self.line.push(byte);
            }
        }
        Ok(events)
    }

    /// The event that the stream ended in the middle of. The standard drops it; endpoints that leave out the last empty line mean it.
    pub(super) fn finish(&mut self) -> Option<String> {
        self.end_line();
        self.end_line()
    }

    fn end_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let mark: &[u8] = if self.begun { b"" } else { b"\xef\xbb\xbf" };
        self.begun = true;
        let line = line.strip_prefix(mark).unwrap_or(&line);
        if line.is_empty() {
            return self.data.take().map(|data| String::from_utf8_lossy(&data).into_owned());
        }
        if let Some(value) = line.strip_prefix(b"data:") {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let mut events = Events::default();
        let mut read: Vec<String> = pieces.iter().flat_map(|piece| events.push(piece).unwrap()).collect();
        read.extend(events.finish());
        read
    }

    #[test]
    fn lines_end_in_every_way_and_bytes_are_cut_anywhere() {
        let wide = "data: é\n\n: comment\nevent: x\ndata:a\ndata: b\n\nid: 1\n\ndata: last";
        let expected = ["é", "a\nb", "last"];
        for ending in ["\n", "\r\n", "\r"] {
            let text = format!("\u{feff}{}", wide.replace('\n', ending));
            for at in 0..text.len() {
                let (before, behind) = text.as_bytes().split_at(at);
                assert_eq!(read(&[before, behind]), expected, "{ending:?} {at}");
            }
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(read(&bytes), expected, "{ending:?}");
        }
        assert_eq!(read(&[b"\r\n\r\n\n"]), Vec::<String>::new());
    }

    #[test]
    fn an_event_without_an_end_is_refused() {
        let mut events = Events::default();
        let line = vec![b'x'; EVENT_BYTES_MAX];
        assert!(events.push(b"data: ").is_ok());
        assert!(matches!(events.push(&line), Err(ModelError::Malformed { .. })));
    }
}
