//! `LeafCell`: where a gradient is kept. Owned by the tensor, known to the node only weakly, so that a gradient that
//! has a graph of its own makes no cycle. Depends on `tensor`.

use crate::tensor::Tensor;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The place of a tensor's `.grad`.
#[derive(Default)]
pub struct LeafCell {
    grad: Mutex<Option<Tensor>>,
}

impl LeafCell {
    /// An empty cell.
    pub fn new() -> Arc<LeafCell> {
        Arc::new(LeafCell::default())
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
