//! `trait Op`: what the tape and the transforms ask of an operation. An instance is plain data (name and attributes).
//! Depends on arrays, tensors and errors only; every op implements it in `ops/`.

use crate::array::Array;
use crate::error::Result;
use crate::saved::Saved;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

/// The bit of the output in a keep mask; bits 0..7 are the inputs'.
pub const OUTPUT: u32 = 1 << 7;

/// Cotangents, one per output; None is zero.
pub type Cotangents = SmallVec<[Option<Tensor>; 1]>;
/// Gradients, one per input; None where none is needed or it is zero.
pub type Grads = SmallVec<[Option<Tensor>; 2]>;

/// Gradients as bare arrays, of at most two inputs.
pub type PlainGrads = [Option<Array>; 2];

/// A value under `vmap` with the dimension that is mapped over, if any.
pub type Batched = (Tensor, Option<usize>);

/// An operation: forward rule on arrays, derivative rules on tensors (so that they can be recorded themselves).
pub trait Op: Debug + Send + Sync + 'static {
    /// Its public name.
    fn name(&self) -> &str;

    /// PyTorch's name of its node.
    fn grad_name(&self) -> String;

    /// Computes the output from inputs of equal dtype. Where the op is a view, the output shares storage.
    fn forward(&self, inputs: &[&Array]) -> Result<Array>;

    /// Overwrites `out` (one of the inputs' storage, coinciding exactly, or disjoint) with the output. The default
    /// computes aside and copies.
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        let value = self.forward(inputs)?;
        out.write_unseen(&value);
        Ok(())
    }

    /// Which values the VJP rule reads, given the mask of inputs that need a gradient: bits of inputs and [`OUTPUT`].
    fn keep(&self, needs: u32) -> u32 {
        let _ = needs;
        0
    }

    /// Vector-Jacobian product: gradients of the needed inputs from the cotangents of the outputs.
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads>;

    /// The same rule on bare arrays, for sweeps that are not recorded: takes `g`, the cotangent of the one output, and
    /// sets the gradients of its inputs (two at most). The default leaves `g` where it is: then `vjp` is run.
    /// Whatever it computes, `vjp` without `create_graph` must compute to the bit.
    fn vjp_plain(&self, saved: &Saved<'_>, g: &mut Option<Array>, grads: &mut PlainGrads) -> Result<()> {
        let _ = (saved, g, grads);
        Ok(())
    }

    /// Jacobian-vector product: tangent of the output; `tangents[i]` is None where input i has none.
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>>;

    /// Batching rule: the op on inputs with a mapped dimension each (or none). None: there is no rule, loop instead.
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let _ = (inputs, size);
        Ok(None)
    }

    /// The dtype it computes in for operands that promote to `dtype`: a quotient of integers is a float.
    fn compute_dtype(&self, dtype: crate::DType) -> crate::DType {
        dtype
    }

    /// Refuses operands of dtypes for which it has no meaning, before they are brought to a common one.
    fn refuse(&self, _dtypes: &[crate::DType]) -> Result<()> {
        Ok(())
    }

    /// Whether the output is a view of the first input.
    fn is_view(&self) -> bool {
        false
    }

    /// Whether the output is one of several views that one function returns: such views are not to be written to.
    fn is_one_of_many(&self) -> bool {
        false
    }

    /// Whether its rules run the user's own code.
    fn calls_back(&self) -> bool {
        false
    }

    /// For such views: why not, and what to do.
    fn why_unwritable(&self) -> &'static str {
        "This view is the output of a function that returns multiple views. Such functions do not allow the output views to be \
         modified inplace. You should replace the inplace operation by an out-of-place one, or take the part by an index"
    }

    /// Whether the output has a derivative at all (comparisons have none).
    fn is_differentiable(&self) -> bool {
        true
    }

    /// Gives the payload's values back, after a backward without `retain_graph`: a rule that misses them says so.
    fn spend_payload(&self, payload: Option<Arc<dyn Any + Send + Sync>>) {
        let _ = payload;
    }
}

/// `vjp` of an op that has a rule on bare arrays.
#[inline(never)]
pub(crate) fn vjp_by_plain(op: &dyn Op, saved: &Saved<'_>, g: Tensor) -> Result<Grads> {
    let mut grads = [None, None];
    op.vjp_plain(saved, &mut Some(g.into_array()), &mut grads)?;
    Ok(grads.into_iter().take(saved.arity()).map(|grad| grad.map(Tensor::from_array)).collect())
}

/// An op instance: static where it has no attributes, counted where it has.
#[derive(Clone, Debug)]
pub enum OpRef {
    /// An op without attributes.
    Static(&'static dyn Op),
    /// An op with attributes.
    Counted(Arc<dyn Op>),
}

impl OpRef {
    /// An op with attributes.
    pub fn new(op: impl Op) -> OpRef {
        OpRef::Counted(Arc::new(op))
    }

    /// The op.
    #[inline(always)]
    pub fn get(&self) -> &dyn Op {
        match self {
            OpRef::Static(op) => *op,
            OpRef::Counted(op) => &**op,
        }
    }

    /// The op as a raw pointer, and whether a count comes with it.
    #[inline(always)]
    pub(crate) fn into_raw(self) -> (*const dyn Op, bool) {
        match self {
            OpRef::Static(op) => (std::ptr::from_ref(op), false),
            OpRef::Counted(op) => (Arc::into_raw(op), true),
        }
    }
}

/// The op of a leaf's node: PyTorch's `AccumulateGrad`. The sweep treats leaves itself; this only names them.
#[derive(Debug)]
pub struct Accumulate;

/// The one instance of [`Accumulate`].
pub static ACCUMULATE: Accumulate = Accumulate;

impl Op for Accumulate {
    fn name(&self) -> &str {
        "accumulate"
    }
    fn grad_name(&self) -> String {
        "AccumulateGrad".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        Ok(inputs[0].clone())
    }
    fn vjp(&self, _: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        Ok(cotangents.into_iter().collect())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(tangents.first().cloned().flatten())
    }
}
