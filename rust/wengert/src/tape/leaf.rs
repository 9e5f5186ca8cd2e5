//! `LeafCell`: what the tape knows of a leaf: its value and where its gradient is kept. Depends on `tensor`.
//!
//! A leaf's node holds its cell, so that a graph keeps its leaves; the cell holds no node, so that this is no cycle. The one
//! exception would be a gradient with a graph of its own (`create_graph`), which leads back to the node: the cell keeps
//! such a gradient only while the program has a handle of the leaf.

use crate::array::{Array, Layout};
use crate::tensor::Tensor;
use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What an embedding language leaves with a leaf whose handles are all gone.
pub type Keepsake = Box<dyn Any + Send + Sync>;

/// The place of a tensor's `.grad`.
#[derive(Default)]
pub struct LeafCell {
    grad: Mutex<Option<Tensor>>,
    value: Mutex<Option<Array>>,
    keepsake: Mutex<Option<Keepsake>>,
    /// How many `CellHandle`s there are.
    handles: AtomicUsize,
    owner: AtomicUsize,
}

impl LeafCell {
    /// An empty cell.
    pub fn new() -> Arc<LeafCell> {
        Arc::new(LeafCell::default())
    }

    /// What the embedding language knows the leaf by (an address; 0 for nothing).
    pub fn owner(&self) -> usize {
        self.owner.load(Ordering::Relaxed)
    }

    /// Sets what the embedding language knows the leaf by.
    pub fn set_owner(&self, owner: usize) {
        self.owner.store(owner, Ordering::Relaxed);
    }

    /// The gradient now.
    pub fn get(&self) -> Option<Tensor> {
        lock(&self.grad).clone()
    }

    /// Puts another gradient in place.
    pub fn set(&self, grad: Option<Tensor>) {
        let grad = grad.filter(|g| !g.requires_grad() || self.handles.load(Ordering::Relaxed) > 0);
        replace(&self.grad, grad);
    }

    /// The leaf's value.
    pub(crate) fn value(&self) -> Option<Array> {
        lock(&self.value).clone()
    }

    /// The layout of the leaf's value where it is dense and not row-major: gradients are to lie alike.
    pub(super) fn own_layout(&self) -> Option<Layout> {
        let value = lock(&self.value);
        let layout = value.as_ref()?.layout();
        (!layout.is_contiguous() && layout.is_dense()).then(|| layout.clone())
    }

    pub(crate) fn set_value(&self, value: Array) {
        replace(&self.value, Some(value));
    }

    /// Leaves something for whoever makes a handle of the leaf again.
    pub fn leave(&self, keepsake: Keepsake) {
        replace(&self.keepsake, Some(keepsake));
    }

    /// Takes what was left.
    pub fn take_left(&self) -> Option<Keepsake> {
        lock(&self.keepsake).take()
    }

    /// Shows a gradient with a graph of its own to its handle: it goes with that. Nothing while somebody is at work on it.
    pub(crate) fn look_recorded(&self, grad: &mut dyn FnMut(&Tensor)) {
        if self.handles.load(Ordering::Relaxed) == 1 {
            self.look_grad(true, grad);
        }
    }

    fn look_grad(&self, recorded: bool, grad: &mut dyn FnMut(&Tensor)) {
        if let Some(g) = self.grad.try_lock().ok().as_deref().and_then(Option::as_ref)
            && g.requires_grad() == recorded
        {
            grad(g);
        }
    }

    /// Shows a gradient without history and what was left; nothing while somebody is at work on them.
    pub(crate) fn look(&self, grad: &mut dyn FnMut(&Tensor), left: &mut dyn FnMut(&(dyn Any + Send + Sync))) {
        self.look_grad(false, grad);
        if let Some(k) = self.keepsake.try_lock().ok().as_deref().and_then(Option::as_deref) {
            left(k);
        }
    }
}

/// A tensor's hold on a cell.
#[derive(Debug)]
pub(crate) struct CellHandle(Arc<LeafCell>);

impl CellHandle {
    pub(crate) fn new(cell: Arc<LeafCell>) -> CellHandle {
        cell.handles.fetch_add(1, Ordering::Relaxed);
        CellHandle(cell)
    }

    pub(crate) fn cell(&self) -> &Arc<LeafCell> {
        &self.0
    }
}

impl Drop for CellHandle {
    /// With the last handle goes a gradient that leads back to it.
    fn drop(&mut self) {
        if self.0.handles.fetch_sub(1, Ordering::AcqRel) == 1 {
            let old = lock(&self.0.grad).take_if(|g| g.requires_grad());
            drop(old);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was there is dropped with the lock open: foreign code may run.
fn replace<T>(mutex: &Mutex<T>, value: T) {
    let old = std::mem::replace(&mut *lock(mutex), value);
    drop(old);
}

impl std::fmt::Debug for LeafCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeafCell")
    }
}

/// What a node that is no leaf knows of the cell of a tensor with `retain_grad`.
pub type LeafSink = Weak<LeafCell>;
