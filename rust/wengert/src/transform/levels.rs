//! The stack of transforms under way on this thread. Level numbers are never reused, so that a tensor which escapes its
//! transform is told from those of later ones. Depends on nothing.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a level does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelKind {
    /// Forward mode.
    Dual,
    /// A map over a dimension of this size.
    Batch(usize),
}

/// A transform under way.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// Larger than that of every transform it runs inside of.
    pub id: u64,
    /// What it does.
    pub kind: LevelKind,
}

thread_local! {
    static STACK: RefCell<Vec<Level>> = const { RefCell::new(Vec::new()) };
}
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Starts a transform; returns its level.
pub fn enter(kind: LevelKind) -> u64 {
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    STACK.with_borrow_mut(|s| s.push(Level { id, kind }));
    id
}

/// Ends a transform, and any inside it that were left by an error.
pub fn leave(id: u64) {
    STACK.with_borrow_mut(|s| {
        if let Some(at) = s.iter().rposition(|l| l.id == id) {
            s.truncate(at);
        }
    });
}

/// The transforms under way, outermost first.
pub fn active() -> Vec<Level> {
    STACK.with_borrow(Clone::clone)
}
