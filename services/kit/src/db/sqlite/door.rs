//! A lock that refuses who holds it already, where a plain one would wait for ever.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::Error;

thread_local! {
    /// Its address is another in every thread.
    static MARK: u8 = const { 0 };
}

/// What one thread at a time may hold. A panic of the holder is no reason to keep others out.
pub(super) struct Door<T> {
    room: Mutex<T>,
    /// The mark of the thread that is inside, or 0.
    holder: AtomicUsize,
}

/// The right to what is behind a door.
pub(super) struct Inside<'a, T> {
    room: MutexGuard<'a, T>,
    holder: &'a AtomicUsize,
}

impl<T> Door<T> {
    /// Puts something behind a door.
    pub(super) fn new(content: T) -> Self {
        Self {
            room: Mutex::new(content),
            holder: AtomicUsize::new(0),
        }
    }

    /// Waits until nobody is inside, and enters.
    pub(super) fn enter(&self) -> Result<Inside<'_, T>, Error> {
        let mark = MARK.with(|mark| std::ptr::from_ref(mark).addr());
        // Only this thread writes its own mark, so the answer cannot change meanwhile.
        if self.holder.load(Ordering::Relaxed) == mark {
            return Err(Error::Nested);
        }
        let room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        self.holder.store(mark, Ordering::Relaxed);
        Ok(Inside {
            room,
            holder: &self.holder,
        })
    }
}

impl<T> Deref for Inside<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.room
    }
}

impl<T> DerefMut for Inside<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.room
    }
}

impl<T> Drop for Inside<'_, T> {
    fn drop(&mut self) {
        self.holder.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_inside_is_refused_and_others_wait() {
        let door = Door::new(0);
        let mut inside = door.enter().unwrap();
        assert!(matches!(door.enter(), Err(Error::Nested)));
        std::thread::scope(|scope| {
            let other = scope.spawn(|| *door.enter().unwrap());
            *inside = 1;
            drop(inside);
            assert_eq!(other.join().unwrap(), 1);
        });
        assert!(door.enter().is_ok());
    }
}
