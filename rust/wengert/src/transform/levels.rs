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
    /// Of a map: values are the same for all examples, which differ in their tangents only.
    pub same: bool,
}

thread_local! {
    static STACK: RefCell<Vec<Level>> = const { RefCell::new(Vec::new()) };
}
static NEXT: AtomicU64 = AtomicU64::new(2);

/// Starts a transform; returns its level.
pub fn enter(kind: LevelKind) -> u64 {
    push(NEXT.fetch_add(2, Ordering::Relaxed), kind)
}

/// Starts forward mode for whatever runs until [`leave`]: what has a tangent loses it then, and stays usable.
pub fn enter_open() -> u64 {
    push(NEXT.fetch_add(2, Ordering::Relaxed) | 1, LevelKind::Dual)
}

fn push(id: u64, kind: LevelKind) -> u64 {
    STACK.with_borrow_mut(|s| s.push(Level { id, kind, same: false }));
    id
}

/// Whether tensors outlive this level, as those of [`enter_open`] do.
pub(super) fn is_open(id: u64) -> bool {
    id & 1 == 1
}

/// Whether a level is under way on this thread.
pub(super) fn is_active(id: u64) -> bool {
    STACK.with_borrow(|s| s.iter().any(|l| l.id == id))
}

/// Says of the innermost transform, a map, that the values of its examples are the same: it maps over directions.
pub fn mark_same() {
    STACK.with_borrow_mut(|s| {
        if let Some(top) = s.last_mut() {
            top.same = matches!(top.kind, LevelKind::Batch(_));
        }
    });
}

/// Whether the values of a map's examples are the same.
pub(super) fn is_same(id: u64) -> bool {
    STACK.with_borrow(|s| s.iter().any(|l| l.id == id && l.same))
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
