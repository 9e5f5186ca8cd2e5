//! Whether operations are recorded, and whether tensors are made for inference only: modes of each thread. Depends on
//! nothing.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// What one thread was told.
#[derive(Clone, Copy)]
struct Mode {
    /// Whether operations are recorded: what was asked for, outside inference mode.
    enabled: bool,
    asked: bool,
    inference: bool,
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode { enabled: true, asked: true, inference: false }) };
}
/// How many threads are in inference mode or record a graph: these look on where memory is made.
static INFERRING: AtomicU32 = AtomicU32::new(0);

/// Whether this thread records.
#[inline(always)]
pub fn grad_enabled() -> bool {
    MODE.with(|m| m.get().enabled)
}

/// Whether this thread was told to record; in inference mode it does not in any case.
pub fn grad_asked() -> bool {
    MODE.with(|m| m.get().asked)
}

/// Sets whether this thread records; returns what was asked for before.
pub fn set_grad_enabled(on: bool) -> bool {
    MODE.with(|m| {
        let before = m.get();
        m.set(Mode { enabled: on && !before.inference, asked: on, ..before });
        before.asked
    })
}

/// Whether this thread is in inference mode: nothing is recorded, and what is made stays out of every graph.
pub fn is_inference() -> bool {
    INFERRING.load(Ordering::Relaxed) != 0 && MODE.with(|m| m.get().inference)
}

/// Whether any thread is in inference mode or records a graph.
#[inline(always)]
pub(crate) fn any_watch() -> bool {
    INFERRING.load(Ordering::Relaxed) != 0
}

/// One more thread looks on where memory is made, or one fewer.
pub(crate) fn watch(more: bool) {
    if more {
        INFERRING.fetch_add(1, Ordering::Relaxed);
    } else {
        INFERRING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Takes this thread into inference mode or out of it; returns what was. Recording is not asked for inside.
pub fn set_inference(on: bool) -> bool {
    let before = MODE.with(Cell::get);
    MODE.with(|m| m.set(Mode { inference: on, enabled: before.asked && !on, ..before }));
    match (before.inference, on) {
        (false, true) => drop(INFERRING.fetch_add(1, Ordering::Relaxed)),
        (true, false) => drop(INFERRING.fetch_sub(1, Ordering::Relaxed)),
        _ => {}
    }
    before.inference
}

/// Sets the mode while it lives.
pub struct GradMode(bool);

impl GradMode {
    /// Records or not, until dropped.
    #[must_use]
    pub fn set(on: bool) -> GradMode {
        GradMode(set_grad_enabled(on))
    }
}

impl Drop for GradMode {
    fn drop(&mut self) {
        set_grad_enabled(self.0);
    }
}

/// Runs `f` without recording.
pub fn no_grad<R>(f: impl FnOnce() -> R) -> R {
    let _mode = GradMode::set(false);
    f()
}
