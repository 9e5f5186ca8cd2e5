//! `LeafCell`: where a gradient is kept. Owned by the tensor, known to the node only weakly, so that a gradient that
//! has a graph of its own makes no cycle. Depends on `tensor`.

use crate::tensor::Tensor;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The place of a tensor's `.grad`.
#[derive(Default)]
pub struct LeafCell {
    grad: Mutex<Option<Tensor>>,
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
        self.grad.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another gradient in place.
    pub fn set(&self, grad: Option<Tensor>) {
        let old = std::mem::replace(&mut *self.grad.lock().unwrap_or_else(PoisonError::into_inner), grad);
        drop(old);
    }
}

impl std::fmt::Debug for LeafCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeafCell")
    }
}

/// What a node knows of the cell.
pub type LeafSink = Weak<LeafCell>;
