//! What arguments a recorded way through a function is for. Depends on the tap.

use crate::array::{Array, DType, Layout};
use crate::error::{Error, Result};
use crate::tap::{Notes, Origin};
use crate::tape::LeafCell;
use crate::tensor::Tensor;
use std::sync::Arc;

/// Arguments and captured state that a path was recorded for.
pub(super) struct Signature {
    inputs: Vec<(DType, Layout)>,
    grad: (bool, bool),
    /// Captured leaves: their cells know whether they were given other memory.
    leaves: Vec<(Arc<LeafCell>, usize)>,
    /// Gradients that were looked at.
    cells: Vec<Held>,
    /// Whether memory from outside is written: then arguments must be apart from each other and from it.
    pub(super) writes: bool,
    outside: Vec<usize>,
}

struct Held {
    cell: Arc<LeafCell>,
    held: Option<Array>,
    /// Whether the gradient is found anew at each run; else it must be the very one.
    moves: bool,
}

fn modes() -> (bool, bool) {
    (crate::mode::grad_asked(), crate::mode::is_inference())
}

/// A copy of an argument in memory of its own, laid out alike, without history.
pub(super) fn stand_in(x: &Tensor) -> Result<Tensor> {
    x.no_transform("record()")?;
    let x = x.current()?.detach();
    if x.layout().is_contiguous() {
        return Ok(Tensor::from_array(x.array().copied()?));
    }
    if x.layout().is_dense() {
        let copy = Array::empty(x.layout().clone(), x.dtype())?;
        copy.write_unseen(x.array());
        return Ok(Tensor::from_array(copy));
    }
    x.placed_in(&x.copy_storage()?)
}

impl Signature {
    pub(super) fn new(notes: &Notes, inputs: &[Tensor]) -> Result<Signature> {
        let outside = |origin: &Origin| matches!(origin, Origin::Outside | Origin::Cell(_) | Origin::Input(_));
        let mut leaves = Vec::new();
        let mut seen = Vec::new();
        for slot in &notes.slots {
            if !matches!(slot.origin, Origin::Outside) {
                continue;
            }
            seen.push(slot.array.storage_id());
            if let Some(cell) = slot.tensor.as_ref().and_then(|t| t.node()?.leaf_sink()) {
                leaves.push((cell, slot.array.storage_id()));
            }
        }
        let mut cells = Vec::new();
        for note in &notes.cells {
            let Some(held) = &note.before else { continue };
            let moves = held.as_ref().is_some_and(|a| {
                notes
                    .by_storage
                    .get(&a.storage_id())
                    .is_some_and(|&at| matches!(notes.slots[at].origin, Origin::Cell(_)))
            });
            cells.push(Held { cell: note.cell.clone(), held: held.clone(), moves });
        }
        let signature = Signature {
            inputs: inputs.iter().map(|t| (t.dtype(), t.layout().clone())).collect(),
            grad: modes(),
            leaves,
            cells,
            writes: notes.slots.iter().any(|s| s.written && outside(&s.origin)),
            outside: seen,
        };
        if inputs.iter().any(Tensor::is_lifted) {
            return Err(Error::runtime(
                "record() of arguments under a transform; record the transformed function instead",
            ));
        }
        Ok(signature)
    }

    /// Whether a call is one that the path was recorded for.
    pub(super) fn fits(&self, inputs: &[Tensor]) -> bool {
        self.is_for(inputs) && (!self.writes || self.apart(inputs))
    }

    /// Whether a call would be one but for memory that is shared and written.
    pub(super) fn is_entangled(&self, inputs: &[Tensor]) -> bool {
        self.writes && self.is_for(inputs) && !self.apart(inputs)
    }

    fn is_for(&self, inputs: &[Tensor]) -> bool {
        self.inputs.len() == inputs.len()
            && self.grad == modes()
            && self
                .inputs
                .iter()
                .zip(inputs)
                .all(|((dtype, layout), t)| *dtype == t.dtype() && layout.alike(t.layout()) && !t.is_lifted())
            && self.leaves.iter().all(|(cell, id)| cell.value().is_none_or(|a| a.storage_id() == *id))
            && self.cells.iter().all(Held::fits)
    }

    /// Whether arguments and gradients share no memory with each other or with what is captured.
    pub(super) fn apart(&self, inputs: &[Tensor]) -> bool {
        let mut seen = self.outside.clone();
        let grads = self.cells.iter().filter(|c| c.moves).filter_map(|c| c.cell.get());
        for t in inputs.iter().cloned().chain(grads) {
            let id = t.array().storage_id();
            if seen.contains(&id) {
                return false;
            }
            seen.push(id);
        }
        true
    }
}

impl Held {
    fn fits(&self) -> bool {
        match (&self.held, self.cell.get()) {
            (None, None) => true,
            (Some(a), Some(t)) => {
                !t.requires_grad()
                    && !t.is_lifted()
                    && if self.moves {
                        a.dtype() == t.dtype() && a.layout().alike(t.layout())
                    } else {
                        a.storage_id() == t.array().storage_id() && a.data_ptr() == t.array().data_ptr()
                    }
            }
            _ => false,
        }
    }
}
