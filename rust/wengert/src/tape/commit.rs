//! Putting finished gradients into their cells: moved, copied or added in place. Depends on tensors and `record`.

use super::LeafCell;
use crate::array::Array;
use crate::error::Result;
use crate::record;
use crate::tap;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::sync::Arc;

/// What will be done to a cell; prepared first, so that nothing fails half-way.
enum Step {
    /// Put this tensor in place.
    Put(Tensor),
    /// Add to the gradient there, at its address.
    Add(Array, Array),
}

fn prepare(cell: &Arc<LeafCell>, grad: Tensor, create_graph: bool) -> Result<Step> {
    if tap::listening() {
        tap::cell_read(cell);
    }
    let Some(old) = cell.get() else { return Ok(Step::Put(owned(cell, grad, create_graph)?)) };
    if create_graph || old.dtype() != grad.dtype() || !old.layout().same_shape(grad.layout()) || old.is_lifted() {
        return Ok(Step::Put(record::add(&old, &grad)?));
    }
    if let Err(e) = old.array().prepare_write() {
        // A gradient that shares read-only memory cannot be added to in place; a new one can.
        return record::add(&old, &grad).map(Step::Put).map_err(|_| e);
    }
    let source = if shares(old.array(), grad.array()) { grad.array().copied()? } else { grad.array().clone() };
    Ok(Step::Add(old.array().clone(), source))
}

fn shares(a: &Array, b: &Array) -> bool {
    a.storage_id() == b.storage_id() && !a.same(b)
}

/// A gradient that is nobody else's: never the caller's own `gradient`, never an expanded value. In memory it lies as its
/// leaf does.
fn owned(cell: &LeafCell, grad: Tensor, create_graph: bool) -> Result<Tensor> {
    if create_graph {
        return Ok(grad);
    }
    if let Some(layout) = cell.own_layout()
        && layout.same_shape(grad.layout())
    {
        if grad.array().is_unique() && grad.layout().strides() == layout.strides() {
            return Ok(grad);
        }
        let lying = Array::empty(layout, grad.dtype())?;
        lying.write_unseen(grad.array());
        return Ok(Tensor::from_array(lying));
    }
    if grad.array().is_unique() && grad.layout().is_contiguous() {
        return Ok(grad);
    }
    Ok(Tensor::from_array(grad.array().copied()?))
}

fn carry_out(cell: &Arc<LeafCell>, step: Step) {
    match step {
        Step::Put(grad) => {
            if tap::listening() {
                tap::cell_set(cell, Some(&grad));
            }
            cell.set(Some(grad));
        }
        Step::Add(sum, grad) => record::add_into(&sum, &grad),
    }
}

/// Accumulates one gradient.
pub(super) fn accumulate(cell: &Arc<LeafCell>, grad: Tensor, create_graph: bool) -> Result<()> {
    let step = prepare(cell, grad, create_graph)?;
    carry_out(cell, step);
    Ok(())
}

type Staged = SmallVec<[(Arc<LeafCell>, Tensor); 4]>;

/// One entry a cell: a tensor that was a leaf twice (`requires_grad` set anew) has two nodes and one cell.
fn merged(grads: Staged) -> Result<Staged> {
    let mut cells: SmallVec<[*const LeafCell; 16]> = grads.iter().map(|(cell, _)| Arc::as_ptr(cell)).collect();
    cells.sort_unstable();
    if cells.windows(2).all(|w| w[0] != w[1]) {
        return Ok(grads);
    }
    let mut out = Staged::with_capacity(grads.len());
    for (cell, grad) in grads {
        match out.iter_mut().find(|(c, _)| Arc::ptr_eq(c, &cell)) {
            Some((_, sum)) => *sum = record::add(sum, &grad)?,
            None => out.push((cell, grad)),
        }
    }
    Ok(out)
}

/// Accumulates all gradients of a sweep, or none.
pub(super) fn accumulate_all(grads: Staged, create_graph: bool) -> Result<()> {
    let steps = merged(grads)?
        .into_iter()
        .map(|(cell, grad)| prepare(&cell, grad, create_graph).map(|step| (cell, step)))
        .collect::<Result<SmallVec<[_; 4]>>>()?;
    for (cell, step) in steps {
        carry_out(&cell, step);
    }
    Ok(())
}
