//! What is to run when the sweep under way has succeeded. Depends on the error type.

use crate::error::{Error, Result};
use std::cell::{Cell, RefCell};

/// Runs once, after a sweep.
pub type Callback = Box<dyn FnOnce() -> Result<()>>;

#[derive(Clone, Copy)]
struct Here {
    /// How many sweeps are under way on this thread.
    depth: u32,
    /// Whether anything is queued.
    queued: bool,
}

thread_local! {
    static HERE: Cell<Here> = const { Cell::new(Here { depth: 0, queued: false }) };
    /// Callbacks, each with the depth of its sweep: looked at only where something is queued.
    static QUEUE: RefCell<Vec<(u32, Callback)>> = const { RefCell::new(Vec::new()) };
}

/// Has `callback` run when the innermost sweep of this thread has succeeded; an error where there is none.
pub fn queue(callback: Callback) -> Result<()> {
    let here = HERE.get();
    if here.depth == 0 {
        return Err(Error::runtime(
            "Final callbacks can only be installed during backward pass: there is none on this thread",
        ));
    }
    QUEUE.with_borrow_mut(|q| q.push((here.depth, callback)));
    HERE.set(Here { queued: true, ..here });
    Ok(())
}

/// A sweep under way; what it has queued goes with it unless it is taken.
pub(super) struct Queue(u32);

impl Queue {
    pub(super) fn open() -> Queue {
        let here = HERE.get();
        HERE.set(Here { depth: here.depth + 1, ..here });
        Queue(here.depth)
    }

    /// What was queued; nothing more can be.
    pub(super) fn close(self) -> Vec<Callback> {
        self.end()
    }

    fn end(&self) -> Vec<Callback> {
        let here = HERE.get();
        if !here.queued {
            HERE.set(Here { depth: self.0, ..here });
            return Vec::new();
        }
        self.take()
    }

    #[cold]
    fn take(&self) -> Vec<Callback> {
        QUEUE.with_borrow_mut(|q| {
            let at = q.partition_point(|(depth, _)| *depth <= self.0);
            HERE.set(Here { depth: self.0, queued: at > 0 });
            q.split_off(at).into_iter().map(|(_, callback)| callback).collect()
        })
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let old = self.end();
        drop(old);
    }
}

/// Runs callbacks in their order; the first error ends it.
#[cold]
pub(super) fn run(callbacks: Vec<Callback>) -> Result<()> {
    callbacks.into_iter().try_for_each(|callback| callback())
}
