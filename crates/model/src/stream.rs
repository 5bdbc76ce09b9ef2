//! An answer that is read while it comes. Whoever drops it ends the request: nobody is left talking to nobody.

mod assembly;
mod events;
#[cfg(test)]
mod tests;

use std::{collections::VecDeque, sync::Arc};

use creel_fetch::{OperatorRequest, OperatorStream};
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    Answer, Ask, ModelClient, ModelError,
    client::{ANSWER_BYTES_MAX, Patience},
};
use assembly::Assembly;
use events::Events;

/// From the first byte to the last.
pub const STREAM_MS_MAX: u64 = 8 * 60 * 1_000;
/// What a stream may have beside the answer itself: each piece of it is wrapped.
const WRAPPING: usize = 16;

/// An answer while it comes.
pub struct Stream {
    /// Null where it came in one piece.
    source: Option<OperatorStream>,
    events: Events,
    assembly: Assembly,
    /// Pieces of text that were read and not given out yet.
    pieces: VecDeque<String>,
    /// What ended it; told when everything that came before was given out.
    failed: Option<ModelError>,
    is_over: bool,
    _turn: Arc<OwnedSemaphorePermit>,
}

impl ModelClient {
    /// Asks, and answers when the answer begins to come. Asks again where that may help, as long as nothing has come.
    pub async fn stream(&self, ask: &Ask) -> Result<Stream, ModelError> {
        let turn = Arc::new(self.turn().await?);
        let mut patience = Patience::new(self);
        loop {
            let (body, manner) = self.streamed_body(ask);
            let opened = match self.open(body).await {
                Ok((source, assembly)) => Stream::begin(source, assembly, Arc::clone(&turn)).await,
                Err(error) => Err(error),
            };
            match opened {
                Ok(stream) => return Ok(stream),
                Err(error) if self.learn_manners(&error, manner) => {}
                Err(error) => patience.wait(error).await?,
            }
        }
    }

    async fn open(&self, body: String) -> Result<(Option<OperatorStream>, Assembly), ModelError> {
        let request = OperatorRequest::new(self.url()).json(body).timeout_ms(self.settings().timeout_ms);
        let request = request.bytes_max(ANSWER_BYTES_MAX * WRAPPING).accept("text/event-stream");
        let request = match &self.settings().key {
            Some(key) => request.bearer(key.as_str()),
            None => request,
        };
        let opened = self.http().open(&request, STREAM_MS_MAX).await;
        let mut source = opened.map_err(|error| ModelError::from_fetch(&error))?;
        if !matches!(source.status, 200..=299) {
            let seconds = source.header("Retry-After").and_then(|text| text.trim().parse::<u64>().ok());
            let words = source.rest().await.unwrap_or_default();
            return Err(ModelError::from_status(source.status, &words, seconds.map(|s| s.saturating_mul(1_000))));
        }
        // Some endpoints do not stream whatever they are asked.
        if source.header("Content-Type").is_some_and(|kind| kind.trim_start().starts_with("application/json")) {
            let body = source.rest().await.map_err(|error| ModelError::from_fetch(&error))?;
            return Ok((None, Assembly::whole(Answer::read(&body)?)));
        }
        Ok((Some(source), Assembly::new()))
    }
}

impl Stream {
    /// Reads until something has come; an error before that is nothing of an answer.
    async fn begin(
        source: Option<OperatorStream>,
        assembly: Assembly,
        turn: Arc<OwnedSemaphorePermit>,
    ) -> Result<Stream, ModelError> {
        let pieces = VecDeque::from([assembly.answer().text.clone()]);
        let is_over = source.is_none();
        let mut stream = Stream { source, events: Events::default(), assembly, pieces, failed: None, is_over, _turn: turn };
        while !stream.has_begun() && !stream.is_over {
            let read = stream.read().await;
            match read {
                Err(error) if !stream.has_begun() => return Err(error),
                read => stream.end_with(read),
            }
        }
        Ok(stream)
    }

    /// The next piece of text; nothing once the answer is whole.
    pub async fn next(&mut self) -> Result<Option<String>, ModelError> {
        loop {
            if let Some(piece) = self.pieces.pop_front() {
                if piece.is_empty() {
                    continue;
                }
                return Ok(Some(piece));
            }
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            if self.is_over {
                return Ok(None);
            }
            let read = self.read().await;
            self.end_with(read);
        }
    }

    /// What has come so far, also after an error.
    #[must_use]
    pub fn so_far(&self) -> &Answer {
        self.assembly.answer()
    }

    /// Whether its end was said: what it took before that may be told too early.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.assembly.is_ended()
    }

    /// Whether anything has come that takes tokens.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.assembly.has_begun()
    }

    /// Nothing is read behind an error; it is told when all that came before it was.
    fn end_with(&mut self, read: Result<(), ModelError>) {
        if let Err(error) = read {
            (self.failed, self.is_over, self.source) = (Some(error), true, None);
        }
    }

    async fn read(&mut self) -> Result<(), ModelError> {
        let Some(source) = &mut self.source else {
            self.is_over = true;
            return Ok(());
        };
        let chunk = match source.chunk().await {
            Ok(chunk) => chunk,
            // The answer is whole: how the connection ends is nobody's trouble.
            Err(_) if self.assembly.is_ended() => None,
            Err(error) => return Err(ModelError::from_fetch(&error)),
        };
        let events = match &chunk {
            Some(bytes) => self.events.push(bytes)?,
            None => self.events.finish().into_iter().collect(),
        };
        for event in events {
            if event.trim() == "[DONE]" {
                self.is_over = true;
                self.source = None;
                return Ok(());
            }
            let piece = self.assembly.push(&event)?;
            self.pieces.push_back(piece);
        }
        if chunk.is_none() {
            self.is_over = true;
            if !self.assembly.is_ended() {
                return Err(ModelError::Unavailable { reason: "it broke off in the middle of its answer".to_owned() });
            }
        }
        Ok(())
    }
}
