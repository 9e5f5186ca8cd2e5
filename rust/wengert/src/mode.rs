//! Whether operations are recorded: one flag a thread. Depends on nothing.

use std::cell::Cell;

thread_local! {
    static ENABLED: Cell<bool> = const { Cell::new(true) };
}

/// Whether this thread records.
#[inline(always)]
pub fn grad_enabled() -> bool {
    ENABLED.with(Cell::get)
}

/// Sets whether this thread records; returns what was.
pub fn set_grad_enabled(on: bool) -> bool {
    ENABLED.with(|e| e.replace(on))
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
