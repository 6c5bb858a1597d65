//! Turns: a few work at once, a few more wait, and the rest are sent away.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Gives out turns.
pub(super) struct Turns {
    at_once: usize,
    waiting_max: usize,
    taken: Mutex<Taken>,
    freed: Condvar,
}

#[derive(Default)]
struct Taken {
    working: usize,
    waiting: usize,
}

/// A turn; it ends when it is dropped.
pub(super) struct Turn<'a>(&'a Turns);

impl Turns {
    /// Makes room for so many who work, and so many who wait.
    pub(super) fn new(at_once: usize, waiting_max: usize) -> Self {
        Self {
            at_once,
            waiting_max,
            taken: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Takes a turn, after waiting for it if need be; none, and at once, where too many wait.
    pub(super) fn take(&self) -> Option<Turn<'_>> {
        let mut taken = self.lock();
        if taken.working >= self.at_once {
            if taken.waiting >= self.waiting_max {
                return None;
            }
            taken.waiting += 1;
            let full = |taken: &mut Taken| taken.working >= self.at_once;
            let woken = self.freed.wait_while(taken, full);
            taken = woken.unwrap_or_else(PoisonError::into_inner);
            taken.waiting -= 1;
        }
        taken.working += 1;
        Some(Turn(self))
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().working -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Far more than it takes; without it, a test of broken code would hang.
    const PATIENCE: Duration = Duration::from_secs(30);

    #[test]
    fn who_finds_no_place_to_wait_is_sent_away_and_who_waits_comes_in() {
        let turns = Turns::new(2, 3);
        let working = [turns.take(), turns.take()];
        assert!(working.iter().all(Option::is_some));
        let (told, outcomes) = mpsc::channel();
        let next = || outcomes.recv_timeout(PATIENCE);
        thread::scope(|scope| {
            for _ in 0..7 {
                let (turns, told) = (&turns, told.clone());
                scope.spawn(move || told.send(turns.take().is_some()));
            }
            // Nobody's turn ends yet, so whoever is answered was sent away.
            let sent_away: Vec<_> = (0..4).map(|_| next()).collect();
            drop(working);
            let came_in: Vec<_> = (0..3).map(|_| next()).collect();
            assert_eq!(sent_away, [Ok(false); 4]);
            assert_eq!(came_in, [Ok(true); 3]);
        });
        let again = [turns.take(), turns.take()];
        assert!(again.iter().all(Option::is_some));
    }
}
