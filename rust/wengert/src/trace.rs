//! What keeps what alive behind tensors, for garbage collectors of embedding languages: the counted things (nodes, alias
//! groups, cells, the extras of tensors), how often each is counted, and what each refers to. Depends on all of these.
//!
//! A collector walks from the handles it knows of. A part that it has met as often as the part is counted belongs to those
//! handles alone: its own references may then be followed, and foreign objects that it holds be taken for theirs.

use crate::count::Shared;
use crate::history::Group;
use crate::tape::{Edge, LeafCell, Node};
use crate::tensor::{Ext, Tensor};
use std::any::Any;
use std::sync::Arc;

/// Something counted that tensors and edges refer to.
#[derive(Clone, Copy, Debug)]
pub struct Part(Kind);

#[derive(Clone, Copy, Debug)]
enum Kind {
    Node(*const Node),
    // Handles are pointed to where they lie: a count belongs to the handle.
    Ext(*const Shared<Ext>),
    Group(*const Shared<Group>),
    Cell(*const Arc<LeafCell>),
}

/// Shows what a tensor refers to, once for each reference.
pub fn of_tensor(t: &Tensor, each: &mut dyn FnMut(Part)) {
    let (node, ext) = t.counted();
    if let Some(node) = node {
        each(Part(Kind::Node(node)));
    }
    if let Some(ext) = ext {
        each(Part(Kind::Ext(ext)));
    }
}

/// Shows what an edge refers to.
pub fn of_edge(edge: &Edge, each: &mut dyn FnMut(Part)) {
    if let Some(node) = edge.node() {
        each(Part(Kind::Node(node)));
    }
}

impl Part {
    /// What tells it from other parts.
    ///
    /// # Safety
    /// Nothing behind tensors has changed since it was shown. So for all methods.
    pub unsafe fn key(&self) -> usize {
        // SAFETY: by the contract every pointer still leads to what it was made from.
        unsafe {
            match self.0 {
                Kind::Node(node) => node as usize,
                Kind::Ext(ext) => std::ptr::from_ref(&**ext) as usize,
                Kind::Group(group) => std::ptr::from_ref(&**group) as usize,
                Kind::Cell(cell) => Arc::as_ptr(&*cell) as usize,
            }
        }
    }

    /// How many references to it there are.
    ///
    /// # Safety
    /// As for [`Part::key`].
    pub unsafe fn references(&self) -> usize {
        // SAFETY: as in `key`.
        unsafe {
            match self.0 {
                Kind::Node(node) => (*node).references() as usize,
                Kind::Ext(ext) => (*ext).handles() as usize,
                Kind::Group(group) => (*group).handles() as usize,
                Kind::Cell(cell) => Arc::strong_count(&*cell),
            }
        }
    }

    /// Shows the parts that it refers to, once for each reference, and the foreign objects that it alone holds.
    ///
    /// # Safety
    /// As for [`Part::key`].
    pub unsafe fn look(&self, each: &mut dyn FnMut(Part), foreign: &mut dyn FnMut(&(dyn Any + Send + Sync))) {
        // SAFETY: as in `key`.
        unsafe {
            match self.0 {
                Kind::Node(node) => {
                    (*node).inputs().iter().for_each(|edge| of_edge(edge, each));
                    if let Some(cell) = (*node).leaf_cell() {
                        each(Part(Kind::Cell(cell)));
                    }
                    (*node).foreign(foreign);
                }
                Kind::Ext(ext) => {
                    let (group, cell, lifted) = (*ext).parts();
                    if let Some(group) = group {
                        each(Part(Kind::Group(group)));
                    }
                    if let Some(cell) = cell {
                        each(Part(Kind::Cell(cell)));
                        cell.look_recorded(&mut |grad| of_tensor(grad, each));
                    }
                    if let Some(lifted) = lifted {
                        lifted.look(&mut |t| of_tensor(t, each));
                    }
                }
                Kind::Group(group) => (*group).look(&mut |edge, present| {
                    of_edge(edge, each);
                    if let Some(present) = present {
                        of_tensor(present, each);
                    }
                }),
                Kind::Cell(cell) => (*cell).look(&mut |grad| of_tensor(grad, each), foreign),
            }
        }
    }
}
