//! Hooks on saved tensors: what stands in for the values that nodes keep. Depends on nodes.
//!
//! A node keeps its values as always when it is recorded, and is noted here; the hooks run when the embedding says that no
//! operation is under way (`flush`), for they may do anything to the tensors that an operation looks at.

use super::edge::Edge;
use crate::array::{Array, DType, Layout};
use crate::error::{Error, Result};
use crate::mode::GradMode;
use crate::tensor::Tensor;
use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

/// Foreign code that packs what nodes would keep.
pub trait SaveHooks: Send + Sync {
    /// Takes a value without history; what it returns is kept instead.
    fn pack(&self, value: Tensor) -> Result<Arc<dyn Packed>>;
}

/// What is kept instead of a value.
pub trait Packed: Send + Sync {
    /// The value again, for each rule that reads it.
    fn unpack(&self) -> Result<Tensor>;
    /// Shows the foreign objects behind it, for garbage collectors.
    fn foreign(&self, each: &mut dyn FnMut(&(dyn Any + Send + Sync)));
}

/// A packed value, and what it looked like.
#[derive(Clone)]
pub(super) struct PackedValue {
    pub(super) packed: Arc<dyn Packed>,
    pub(super) layout: Layout,
    pub(super) dtype: DType,
}

/// Hooks that a thread is under; None where values are to be kept as they are.
type Active = Option<Arc<dyn SaveHooks>>;

thread_local! {
    static STACK: RefCell<Vec<Active>> = const { RefCell::new(Vec::new()) };
    static NOTED: RefCell<Vec<(Edge, Arc<dyn SaveHooks>)>> = const { RefCell::new(Vec::new()) };
    static REFUSED: RefCell<Option<Error>> = const { RefCell::new(None) };
    static DISABLED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Puts hooks above those that this thread is under; None: values are kept as they are.
pub fn push(hooks: Active) -> Result<()> {
    if let Some(message) = DISABLED.with_borrow(Clone::clone) {
        return Err(Error::runtime(message));
    }
    enter(hooks);
    Ok(())
}

/// `push(None)` that is never disabled: for the library's own work.
pub fn pause() {
    enter(None);
}

fn enter(hooks: Active) {
    super::witness::change(true);
    STACK.with_borrow_mut(|s| s.push(hooks));
}

/// Takes the innermost hooks of this thread away.
pub fn pop() {
    let old = STACK.with_borrow_mut(Vec::pop);
    if old.is_some() {
        super::witness::change(false);
    }
    drop(old);
}

/// The innermost hooks of this thread.
pub fn active() -> Active {
    STACK.with_borrow(|s| s.last().cloned().flatten())
}

/// Has `push` fail with a message, or work again; returns what was. Fails with the message where hooks are active and
/// `fail_if_active`.
pub fn disable(message: Option<String>, fail_if_active: bool) -> Result<Option<String>> {
    if let Some(m) = &message
        && fail_if_active
        && STACK.with_borrow(|s| !s.is_empty())
    {
        return Err(Error::runtime(m.clone()));
    }
    Ok(DISABLED.with_borrow_mut(|d| std::mem::replace(d, message)))
}

/// Notes a node that was just recorded, for the hooks that this thread is under.
pub(super) fn note(edge: &Edge) {
    if edge.node().is_some_and(|n| n.keeps() != 0)
        && let Some(hooks) = active()
    {
        NOTED.with_borrow_mut(|noted| noted.push((edge.clone(), hooks)));
    }
}

/// How many counts of a node belong to what is noted.
pub(super) fn holds(edge: &Edge) -> u32 {
    if !super::witness::any() {
        return 0;
    }
    NOTED.with_borrow(|noted| noted.iter().filter(|(e, _)| e.same(edge)).count() as u32)
}

/// Runs the hooks for what was recorded since the last time; the first error ends it.
#[inline(always)]
pub fn flush() -> Result<()> {
    if super::witness::any() { flush_noted() } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn flush_noted() -> Result<()> {
    if let Some(error) = REFUSED.take() {
        super::witness::change(false);
        drop(NOTED.take());
        return Err(error);
    }
    // What the hooks themselves record is theirs to flush.
    for (edge, hooks) in NOTED.take() {
        if let Some(node) = edge.node() {
            node.pack(u32::MAX, &*hooks)?;
        }
    }
    Ok(())
}

/// Has the operation under way fail when it is over.
#[cold]
pub(super) fn refuse(error: Error) {
    if REFUSED.replace(Some(error)).is_none() {
        super::witness::change(true);
    }
}

/// Packs one value with its history: nothing is recorded meanwhile, and the value is not to be written to.
pub fn pack(hooks: &dyn SaveHooks, value: &Array, history: Edge) -> Result<Arc<dyn Packed>> {
    let _mode = GradMode::set(false);
    let version = value.version();
    let packed = hooks.pack(Tensor::with_edge(value.clone(), history))?;
    if value.version() != version {
        return Err(Error::runtime(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook can not be \
             modified by in-place operations as this can lead to unexpected side-effects; try clone() in the hook",
        ));
    }
    Ok(packed)
}
