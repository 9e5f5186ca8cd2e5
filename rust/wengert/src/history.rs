//! Alias groups: which node stands for a storage's value after recorded writes through any of its views.
//! Depends on the tape, tensors and `record`.

use crate::array::Array;
use crate::error::{Error, Result};
use crate::op::OpRef;
use crate::tape::Edge;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::sync::{Mutex, PoisonError};

/// View ops from the base of a group to a view.
pub(crate) type Chain = SmallVec<[OpRef; 1]>;

/// A base and all views of it: they see each other's writes, and so does the gradient.
#[derive(Debug)]
pub(crate) struct Group {
    base: Array,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    edge: Edge,
    /// The storage's count of recorded writes at the last one of this group.
    written: u32,
    /// The base's value where a transform has wrapped it, or was written under one.
    present: Option<Tensor>,
}

impl Group {
    pub(crate) fn new(base: Array, edge: Edge, written: u32) -> Group {
        Group { base, state: Mutex::new(State { edge, written, present: None }) }
    }

    /// The base's value, if it is not what lies in the storage of the base.
    pub(crate) fn present(&self) -> Option<Tensor> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).present.clone()
    }

    /// Gives the base a value of its own; `value` is in no group.
    pub(crate) fn set_present(&self, value: Tensor, written: u32) {
        let old = {
            let mut s = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            s.written = written;
            s.present.replace(value)
        };
        drop(old);
    }

    pub(crate) fn base(&self) -> &Array {
        &self.base
    }

    /// The base's edge and when it was last written.
    pub(crate) fn get(&self) -> (Edge, u32) {
        let s = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (s.edge.clone(), s.written)
    }

    /// Shows the base's edge and its value under a transform; nothing while somebody is at work on it.
    pub(crate) fn look(&self, each: &mut dyn FnMut(&Edge, Option<&Tensor>)) {
        if let Ok(s) = self.state.try_lock() {
            each(&s.edge, s.present.as_ref());
        }
    }

    pub(crate) fn set(&self, edge: Edge, written: u32) {
        let old = {
            let mut s = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            s.written = written;
            std::mem::replace(&mut s.edge, edge)
        };
        drop(old);
    }
}

/// `t` with what was written under a transform through its group; None where that is what it has.
pub(crate) fn current_present(t: &Tensor) -> Result<Option<Tensor>> {
    let Some(group) = t.group() else { return Ok(None) };
    let Some(mut at) = group.present() else { return Ok(None) };
    let written = group.get().1;
    if written <= t.seen() {
        return Ok(None);
    }
    for op in t.chain() {
        at = crate::record::apply(op.clone(), &[&at])?;
    }
    Ok(Some(at.without_group().in_group(group, t.chain(), written)))
}

/// The edge that stands for `t` now; None where the present one still does.
pub(crate) fn current_edge(t: &Tensor) -> Result<Option<Edge>> {
    let Some(group) = t.group() else {
        // Under feature `gil` the binding shares every handle before a view is taken: a write that bumped the count of a
        // storage without this handle's group came through a detached alias, and changed no history of this one.
        if t.is_detached() || cfg!(feature = "gil") {
            return Ok(None);
        }
        return Err(Error::runtime(
            "this handle is stale: its storage was modified in place, with gradient, through another handle. \
             Use that handle, or take views with the library's view operations",
        ));
    };
    let (edge, written) = group.get();
    if written <= t.seen() {
        return Ok(None);
    }
    if t.chain().is_empty() {
        return Ok(Some(edge));
    }
    let mut at = Tensor::from_parts(group.base().clone(), edge);
    for op in t.chain() {
        at = crate::record::apply_view_detached(op.clone(), &at)?;
    }
    Ok(Some(at.gradient_edge()))
}
