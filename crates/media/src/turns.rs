//! Turns at things that have names: so many at once for each, the others wait in line. Names that nobody wants any more are
//! forgotten, also when whoever waited went away.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Clone)]
pub(crate) struct Turns {
    at_once: usize,
    gates: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
}

/// A turn, or the wait for one, until it is dropped.
pub(crate) struct Turn {
    turns: Turns,
    name: String,
    gate: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub(crate) fn new(at_once: usize) -> Turns {
        Turns { at_once, gates: Arc::default() }
    }

    pub(crate) async fn take(&self, name: &str) -> Turn {
        let gate = {
            let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(gates.entry(name.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.at_once))))
        };
        let waiting = Arc::clone(&gate);
        let mut turn = Turn { turns: self.clone(), name: name.to_owned(), gate: Some(gate), permit: None };
        // A gate is never closed.
        turn.permit = waiting.acquire_owned().await.ok();
        turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        drop(self.permit.take());
        drop(self.gate.take());
        let mut gates = self.turns.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.get(&self.name).is_some_and(|gate| Arc::strong_count(gate) == 1) {
            gates.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn others_wait_and_nothing_stays() {
        let turns = Turns::new(1);
        let first = turns.take("a").await;
        let other = turns.take("b").await;
        let waits = tokio::time::timeout(Duration::from_millis(5), turns.take("a")).await;
        assert!(waits.is_err(), "one at a time");
        drop(other);
        let (second, ()) = tokio::join!(turns.take("a"), async { drop(first) });
        assert_eq!(turns.gates.lock().unwrap().len(), 1);
        drop(second);
        assert!(turns.gates.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_leaves_no_name() {
        let turns = Turns::new(1);
        let first = turns.take("a").await;
        let waiting = turns.clone();
        let waiter = tokio::spawn(async move { waiting.take("a").await });
        tokio::task::yield_now().await;
        drop(first);
        waiter.abort();
        let _ = waiter.await;
        assert!(turns.gates.lock().unwrap().is_empty());
    }
}
