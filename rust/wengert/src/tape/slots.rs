//! Cotangents under way between nodes, and their sums. Depends on tensors and `record`.

use crate::array::Array;
use crate::error::Result;
use crate::op::Cotangents;
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// What one node has been given so far. The common case is one plain value for output 0: a bare array, so that it is
/// handed on as a pointer (moving whole tensors that were just written costs a stall each).
#[derive(Default)]
pub(super) struct Slot {
    pub plain: Option<Array>,
    /// All outputs, where there is more to them.
    pub full: Option<Box<Cotangents>>,
}

impl Slot {
    #[inline(always)]
    pub(super) fn of(grad: Array) -> Slot {
        Slot { plain: Some(grad), full: None }
    }

    pub(super) fn into_cotangents(self) -> Cotangents {
        if let Some(full) = self.full {
            return *full;
        }
        let mut one = Cotangents::new();
        if let Some(array) = self.plain {
            one.push(Some(Tensor::from_array(array)));
        }
        one
    }

    #[inline(always)]
    pub(super) fn add(&mut self, out: u16, grad: Tensor, on_tensors: bool) -> Result<()> {
        if grad.edge().is_some() || grad.is_lifted() {
            return self.add_full(out, grad, on_tensors);
        }
        self.add_plain(out, grad.into_array(), on_tensors)
    }

    #[inline(always)]
    pub(super) fn add_plain(&mut self, out: u16, grad: Array, on_tensors: bool) -> Result<()> {
        if out != 0 || self.full.is_some() {
            return self.add_full(out, Tensor::from_array(grad), on_tensors);
        }
        self.plain = Some(match self.plain.take() {
            None => grad,
            Some(sum) => add_arrays(sum, grad)?,
        });
        Ok(())
    }

    #[cold]
    fn add_full(&mut self, out: u16, grad: Tensor, on_tensors: bool) -> Result<()> {
        let plain = self.plain.take();
        let full = self.full.get_or_insert_default();
        if let Some(array) = plain {
            full.push(Some(Tensor::from_array(array)));
        }
        while full.len() <= out as usize {
            full.push(None);
        }
        let place = &mut full[out as usize];
        *place = Some(match place.take() {
            None => grad,
            Some(sum) => add_cotangents(sum, grad, on_tensors)?,
        });
        Ok(())
    }
}

/// Cotangents under way, in a slab small enough to stay in cache.
#[derive(Default)]
pub(super) struct Slots {
    pub slots: SmallVec<[Slot; 8]>,
    free: SmallVec<[u32; 16]>,
}

impl Slots {
    #[inline(always)]
    pub(super) fn new_slot(&mut self) -> u32 {
        match self.free.pop() {
            Some(at) => at + 1,
            None => {
                self.slots.push(Slot::default());
                self.slots.len() as u32
            }
        }
    }

    #[inline(always)]
    pub(super) fn take(&mut self, slot: u32) -> Slot {
        if slot == 0 {
            return Slot::default();
        }
        self.free.push(slot - 1);
        std::mem::take(&mut self.slots[slot as usize - 1])
    }
}

/// The sum of two plain cotangents, in place where the first is nobody else's.
#[inline]
fn add_arrays(sum: Array, grad: Array) -> Result<Array> {
    if sum.layout().same_shape(grad.layout()) && sum.dtype() == grad.dtype() {
        if writable(&sum) {
            crate::record::add_into(&sum, &grad);
            return Ok(sum);
        }
        if writable(&grad) {
            crate::record::add_into(&grad, &sum);
            return Ok(grad);
        }
    }
    crate::record::add(&Tensor::from_array(sum), &Tensor::from_array(grad)).map(Tensor::into_array)
}

/// The sum of two cotangents, in place where the first is nobody else's and nothing is recorded or wrapped.
#[inline(always)]
fn add_cotangents(sum: Tensor, grad: Tensor, create_graph: bool) -> Result<Tensor> {
    if !create_graph && writable(sum.array()) && sum.layout().same_shape(grad.layout()) && sum.dtype() == grad.dtype() {
        crate::record::add_into(sum.array(), grad.array());
        return Ok(sum);
    }
    crate::record::add(&sum, &grad)
}

/// Whether an array may be written although it is reachable from here only by chance.
#[inline(always)]
fn writable(array: &Array) -> bool {
    array.is_unique() && array.layout().is_contiguous()
}
