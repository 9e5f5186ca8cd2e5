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
}

impl Group {
    pub(crate) fn new(base: Array, edge: Edge, written: u32) -> Group {
        Group { base, state: Mutex::new(State { edge, written }) }
    }

    pub(crate) fn base(&self) -> &Array {
        &self.base
    }

    /// The base's edge and when it was last written.
    pub(crate) fn get(&self) -> (Edge, u32) {
        let s = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (s.edge.clone(), s.written)
    }

    /// Shows the base's edge; nothing while somebody is at work on it.
    pub(crate) fn look(&self, each: &mut dyn FnMut(&Edge)) {
        if let Ok(s) = self.state.try_lock() {
            each(&s.edge);
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
