//! Whose turn it is: one sweep at a time keeps its counts in the nodes. Depends on nothing.

use std::sync::atomic::{AtomicBool, Ordering};

/// The right to keep counts in the nodes: one sweep at a time has it.
pub(super) struct Claim {
    pub in_node: bool,
    #[cfg(not(feature = "gil"))]
    _lock: Option<std::sync::MutexGuard<'static, ()>>,
}

static IN_USE: AtomicBool = AtomicBool::new(false);

#[cfg(feature = "gil")]
impl Claim {
    pub(super) fn take() -> Claim {
        Claim { in_node: !IN_USE.swap(true, Ordering::Acquire) }
    }
}

/// Without an embedding's lock, kept values may be given back by one sweep while another reads them: sweeps of
/// different threads take turns.
#[cfg(not(feature = "gil"))]
impl Claim {
    pub(super) fn take() -> Claim {
        static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let nested = DEPTH.with(|d| d.replace(d.get() + 1)) > 0;
        let lock = (!nested).then(|| TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        if !nested {
            IN_USE.store(true, Ordering::Release);
        }
        Claim { in_node: !nested, _lock: lock }
    }
}
#[cfg(not(feature = "gil"))]
thread_local! {
    static DEPTH: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.in_node {
            IN_USE.store(false, Ordering::Release);
        }
        #[cfg(not(feature = "gil"))]
        DEPTH.with(|d| d.set(d.get() - 1));
    }
}
