//! Nodes under another name: a function made of several operations, such as a loss, is called by its own name where
//! results are printed and in messages, while its last operation's rule runs. Depends on `op`.

use crate::array::Array;
use crate::error::Result;
use crate::op::{Batched, Cotangents, Grads, Op, OpRef, PlainGrads};
use crate::saved::Saved;
use crate::tensor::Tensor;
use std::any::Any;
use std::sync::Arc;

/// An op with another name of its node.
#[derive(Debug)]
pub(super) struct Renamed {
    pub op: OpRef,
    pub grad_name: &'static str,
}

impl Op for Renamed {
    fn name(&self) -> &str {
        self.op.get().name()
    }
    fn grad_name(&self) -> String {
        self.grad_name.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        self.op.get().forward(inputs)
    }
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        self.op.get().forward_into(inputs, out)
    }
    fn keep(&self, needs: u32) -> u32 {
        self.op.get().keep(needs)
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        self.op.get().vjp(saved, cotangents)
    }
    fn calls_back(&self) -> bool {
        self.op.get().calls_back()
    }
    fn vjp_plain(&self, saved: &Saved<'_>, g: &mut Option<Array>, grads: &mut PlainGrads) -> Result<()> {
        self.op.get().vjp_plain(saved, g, grads)
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        self.op.get().jvp(inputs, out, tangents)
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        self.op.get().batch(inputs, size)
    }
    fn compute_dtype(&self, dtype: crate::DType) -> crate::DType {
        self.op.get().compute_dtype(dtype)
    }
    fn refuse(&self, dtypes: &[crate::DType]) -> Result<()> {
        self.op.get().refuse(dtypes)
    }
    fn is_view(&self) -> bool {
        self.op.get().is_view()
    }
    fn is_one_of_many(&self) -> bool {
        self.op.get().is_one_of_many()
    }
    fn is_differentiable(&self) -> bool {
        self.op.get().is_differentiable()
    }
    fn spend_payload(&self, payload: Option<Arc<dyn Any + Send + Sync>>) {
        self.op.get().spend_payload(payload);
    }
}
