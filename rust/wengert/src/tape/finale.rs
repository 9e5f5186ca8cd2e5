//! What is to run when the sweep under way has succeeded. Depends on the error type.

use crate::error::{Error, Result};
use std::cell::RefCell;

/// Runs once, after a sweep.
pub type Callback = Box<dyn FnOnce() -> Result<()>>;

thread_local! {
    /// Of each sweep under way on this thread, the innermost last.
    static QUEUES: RefCell<Vec<Vec<Callback>>> = const { RefCell::new(Vec::new()) };
}

/// Has `callback` run when the innermost sweep of this thread has succeeded; an error where there is none.
pub fn queue(callback: Callback) -> Result<()> {
    QUEUES.with_borrow_mut(|q| match q.last_mut() {
        Some(last) => {
            last.push(callback);
            Ok(())
        }
        None => Err(Error::runtime(
            "Final callbacks can only be installed during backward pass: there is none on this thread",
        )),
    })
}

/// The callbacks of one sweep.
pub(super) struct Queue(usize);

impl Queue {
    pub(super) fn open() -> Queue {
        QUEUES.with_borrow_mut(|q| {
            q.push(Vec::new());
            Queue(q.len())
        })
    }

    /// What was queued; nothing more can be.
    pub(super) fn close(self) -> Vec<Callback> {
        let depth = self.0;
        QUEUES.with_borrow_mut(|q| {
            q.truncate(depth);
            q.pop().unwrap_or_default()
        })
    }
}

impl Drop for Queue {
    /// After a panic as well: the sweep's callbacks go with it.
    fn drop(&mut self) {
        let old = QUEUES.with_borrow_mut(|q| if q.len() >= self.0 { q.split_off(self.0 - 1) } else { Vec::new() });
        drop(old);
    }
}

/// Runs callbacks in their order; the first error ends it.
#[cold]
pub(super) fn run(callbacks: Vec<Callback>) -> Result<()> {
    callbacks.into_iter().try_for_each(|callback| callback())
}
