//! What a node keeps for its rule: values with their versions, or what hooks on saved tensors made of them. Depends on
//! `node` and `packing`.

use super::edge::Edge;
use super::node::{MANY, Node, PACKED, SPENT, lock};
use super::packing::{Packed, PackedValue, SaveHooks};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::op::OUTPUT;
use smallvec::SmallVec;
use std::sync::Arc;

/// A value that a rule will need, with the version it had.
pub(super) type KeptMany = SmallVec<[Option<(Array, u32)>; 4]>;

/// A kept value as a rule sees it: where the node holds it, or a handle to what was set aside.
pub(crate) enum Look<'n> {
    Here(&'n Array),
    Own(Array),
}

impl std::ops::Deref for Look<'_> {
    type Target = Array;
    #[inline(always)]
    fn deref(&self) -> &Array {
        match self {
            Look::Here(array) => array,
            Look::Own(array) => array,
        }
    }
}

impl Node {
    /// Keeps the output's value; only before the node is shared.
    #[inline(always)]
    pub(crate) fn keep_output(&self, out: &Array) {
        if self.keep.get() & OUTPUT as u8 == 0 {
            return;
        }
        let (array, version) = keep_array(out);
        if self.flags.get() & MANY != 0 {
            if let Some(ext) = self.ext() {
                lock(&ext.kept).push(Some((array, version)));
            }
            return;
        }
        let at = (self.keep.get() & !(OUTPUT as u8)).count_ones() as usize;
        // SAFETY: the node is not shared yet.
        unsafe { (*self.kept.get())[at] = Some(array) };
        self.versions[at].set(version);
    }

    /// The value kept under `bit` (an input's, or [`OUTPUT`]).
    #[inline]
    pub(crate) fn kept(&self, bit: u32) -> Result<Array> {
        let keep = u32::from(self.keep.get());
        let at = (keep & (bit - 1)).count_ones() as usize;
        let found = if keep & bit == 0 {
            None
        } else if self.flags.get() & PACKED != 0 && self.packed(at).is_some() {
            return self.unpack(at);
        } else if self.flags.get() & MANY != 0 {
            self.ext().and_then(|e| lock(&e.kept).get(at).and_then(|k| k.as_ref().map(|(a, v)| (a.clone(), *v))))
        } else {
            // SAFETY: kept values change only in `spend`, under the sweep's lock, as does this read.
            unsafe { (&*self.kept.get())[at].as_ref().map(|a| (a.clone(), self.versions[at].get())) }
        };
        let Some((array, version)) = found else { return Err(self.spent_error()) };
        if array.version() == version {
            return Ok(array);
        }
        if array.is_lost(version) {
            return Err(self.lost_error(&array, version));
        }
        Ok(array.kept_value(version))
    }

    /// The value kept under `bit`, for a look while the node is not spent.
    #[inline(always)]
    pub(crate) fn look(&self, bit: u32) -> Result<Look<'_>> {
        let keep = u32::from(self.keep.get());
        if keep & bit != 0 && self.flags.get() & (MANY | PACKED) == 0 {
            let at = (keep & (bit - 1)).count_ones() as usize;
            // SAFETY: kept values change only in `spend`, under the sweep's lock and after the rule has run.
            if let Some(array) = unsafe { &(&*self.kept.get())[at] }
                && array.version() == self.versions[at].get()
            {
                return Ok(Look::Here(array));
            }
        }
        self.kept(bit).map(Look::Own)
    }

    /// The value under `bit` among those that a recorded graph has for this node.
    pub(crate) fn replayed<'k>(&self, bit: u32, kept: &'k [(u32, Array)]) -> Result<Look<'k>> {
        match kept.iter().find(|k| k.0 == bit) {
            Some((_, array)) => Ok(Look::Here(array)),
            None => Err(self.spent_error()),
        }
    }

    #[cold]
    fn lost_error(&self, array: &Array, version: u32) -> Error {
        Error::runtime(format!(
            "one of the variables needed for gradient computation has been modified by an inplace operation: {:?} of {}{} is at \
             version {}; expected version {version} instead: the write was told by increment_version() only; try clone() before it",
            array.shape(),
            self.name(),
            super::site::suffix(self.site()),
            array.version()
        ))
        .during(self.name(), self.site())
    }

    #[cold]
    pub(super) fn spent_error(&self) -> Error {
        Error::runtime(format!(
            "Trying to backward through the graph a second time (or directly access saved tensors after they have already been \
             freed): the values kept by {}{} were freed by an earlier backward. \
             Specify retain_graph=True in the first backward if you need to go through the graph again",
            self.name(),
            super::site::suffix(self.site())
        ))
        .during(self.name(), self.site())
    }

    /// Gives the kept values back; a second use is then an error.
    #[inline]
    pub(super) fn spend(&self) {
        self.flags.set(self.flags.get() | SPENT);
        if self.flags.get() & (MANY | PACKED) != 0 {
            self.spend_many();
            if self.flags.get() & MANY != 0 {
                return;
            }
        }
        if self.keep.get() != 0 {
            for at in 0..2 {
                // SAFETY: under the sweep's lock; the value is moved out before anything of it is dropped.
                if let Some(array) = unsafe { (*self.kept.get())[at].take() } {
                    array.unkeep(self.versions[at].get());
                }
            }
        }
    }

    #[cold]
    fn spend_many(&self) {
        if let Some(ext) = self.ext() {
            let packed = std::mem::take(&mut *lock(&ext.packed));
            drop(packed);
            let kept = std::mem::take(&mut *lock(&ext.kept));
            for (array, version) in kept.into_iter().flatten() {
                array.unkeep(version);
            }
            self.op().spend_payload(lock(&ext.payload).clone());
        }
    }

    /// Which values the rule reads: bits of inputs and [`OUTPUT`].
    pub fn keeps(&self) -> u32 {
        u32::from(self.keep.get())
    }

    /// The value kept under `bit`, as its rule would see it.
    pub fn kept_value(&self, bit: u32) -> Result<Array> {
        self.kept(bit)
    }

    /// What hooks made of the value at place `at` among the kept ones.
    #[cold]
    fn packed(&self, at: usize) -> Option<Arc<dyn Packed>> {
        self.ext().and_then(|e| lock(&e.packed).get(at).and_then(|p| p.as_ref().map(|p| p.packed.clone())))
    }

    /// The value that unpacking gives back, which is to fit where the kept one did.
    #[cold]
    fn unpack(&self, at: usize) -> Result<Array> {
        let entry = self.ext().and_then(|e| lock(&e.packed).get(at).cloned().flatten());
        let Some(PackedValue { packed, layout, dtype }) = entry else { return Err(self.spent_error()) };
        let value = packed.unpack()?;
        if value.is_lifted() || !value.layout().same_shape(&layout) || value.dtype() != dtype {
            return Err(Error::runtime(format!(
                "{}: a saved tensor's unpack_hook returned {}: got shape {:?} and dtype {}, wanted {:?} and {}, as it was packed",
                self.name(),
                if value.is_lifted() { "a tensor that is being transformed" } else { "another tensor" },
                value.shape(),
                value.dtype().name(),
                layout.shape(),
                dtype.name()
            )));
        }
        Ok(value.array().clone())
    }

    /// Whether hooks have packed the value kept under `bit`.
    pub fn is_packed(&self, bit: u32) -> bool {
        let at = (self.keeps() & (bit - 1)).count_ones() as usize;
        self.flags.get() & PACKED != 0 && self.packed(at).is_some()
    }

    /// Has `hooks` pack the values kept under the bits of `which`; those that are packed or given back stay as they are.
    #[cold]
    pub fn pack(&self, which: u32, hooks: &dyn SaveHooks) -> Result<()> {
        let keep = self.keeps();
        for bit in (0..8).map(|i| 1 << i).filter(|bit| keep & which & bit != 0) {
            if self.flags.get() & SPENT != 0 {
                return Ok(());
            }
            let at = (keep & (bit - 1)).count_ones() as usize;
            if self.flags.get() & PACKED != 0 && self.packed(at).is_some() {
                continue;
            }
            let value = self.kept(bit)?;
            let number = self.inputs().get(bit.trailing_zeros() as usize).is_some_and(|e| !e.is_some());
            if number && bit != OUTPUT && value.layout().ndim() == 0 && value.sharers() == 3 {
                // Held by this node and here only: a number that was made a tensor for the operation.
                continue;
            }
            let (layout, dtype) = (value.layout().clone(), value.dtype());
            let edge = self.inputs().get(bit.trailing_zeros() as usize).cloned().unwrap_or_default();
            let packed = super::packing::pack(hooks, &value, if bit == OUTPUT { Edge::NONE } else { edge })?;
            drop(value);
            if self.flags.get() & SPENT != 0 {
                // A backward meanwhile has used the values as they were.
                return Ok(());
            }
            let ext = self.ext_or_new();
            let mut all = lock(&ext.packed);
            while all.len() <= at {
                all.push(None);
            }
            all[at] = Some(PackedValue { packed, layout, dtype });
            drop(all);
            self.flags.set(self.flags.get() | PACKED);
            self.let_go(at);
        }
        Ok(())
    }

    /// Gives the value at place `at` back.
    fn let_go(&self, at: usize) {
        if self.flags.get() & MANY != 0 {
            let old = self.ext().and_then(|e| lock(&e.kept).get_mut(at).and_then(Option::take));
            if let Some((array, version)) = old {
                array.unkeep(version);
            }
            return;
        }
        // SAFETY: kept values change only here and in `spend`, neither of which runs while a rule looks at them: rules
        // of one node do not run foreign code between looking and computing.
        if let Some(array) = unsafe { (*self.kept.get())[at].take() } {
            array.unkeep(self.versions[at].get());
        }
    }
}

#[inline(always)]
pub(super) fn keep_array(array: &Array) -> (Array, u32) {
    if array.is_inference() {
        refuse();
    }
    // A small view would hold its whole storage, and a write anywhere in that storage would set all of it aside.
    if array.is_small_view()
        && let Ok(copy) = array.copied()
    {
        let version = copy.keep();
        return (copy, version);
    }
    (array.clone(), array.keep())
}

/// An array that a node cannot keep: the operation that records it fails once it is over.
#[cold]
#[inline(never)]
fn refuse() {
    super::packing::refuse(Error::runtime(
        "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it \
         in autograd",
    ));
}

/// A value kept for a rule that is not the library's own: protected from later writes as those of nodes are.
#[derive(Debug)]
pub struct Kept {
    array: Array,
    version: u32,
}

impl Kept {
    /// Keeps the present value; RuntimeError for one made in inference mode.
    pub fn new(array: &Array) -> Result<Kept> {
        if array.is_inference() {
            refuse();
            super::packing::flush()?;
        }
        let (array, version) = keep_array(array);
        Ok(Kept { array, version })
    }

    /// The value as it was.
    pub fn value(&self) -> Array {
        self.array.kept_value(self.version)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.array.unkeep(self.version);
    }
}
