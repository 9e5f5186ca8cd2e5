//! hstack, vstack, dstack, column_stack, block_diag: tensors joined. Depends on `cat` and views.

use super::*;
use crate::array::{Scalar, promote};
use crate::ops::table::Args;
use crate::ops::view::shapes::atleast;
use crate::ops::view::{reshape, slice};

#[track_caller]
fn joined(a: &Args<'_>, prepare: fn(&Tensor) -> Result<Tensor>, dim: fn(&Tensor) -> i64) -> Result<Value> {
    let tensors = a.tensors(0)?;
    if tensors.is_empty() {
        return Err(Error::runtime(format!("{} expects a non-empty TensorList", a.name)));
    }
    let parts = tensors.iter().map(|t| prepare(t)).collect::<Result<SmallVec<[Tensor; 4]>>>()?;
    let refs: SmallVec<[&Tensor; 4]> = parts.iter().collect();
    crate::ops::cat(&refs, dim(&parts[0])).map(Value::from)
}

fn column(t: &Tensor) -> Result<Tensor> {
    if t.ndim() <= 1 { reshape(t, &[t.numel(), 1]) } else { Ok(t.clone()) }
}

/// Matrices along a diagonal, zeros elsewhere; `sizes` are the inputs'.
#[derive(Clone, Debug)]
struct BlockDiag {
    sizes: Vec<(usize, usize)>,
    /// Leading dimensions that every input has besides (batches).
    lead: Dims,
}

impl BlockDiag {
    /// Where each block begins.
    fn places(&self) -> impl Iterator<Item = ((usize, usize), (usize, usize))> + '_ {
        let mut at = (0, 0);
        self.sizes.iter().map(move |&size| {
            let place = at;
            at = (at.0 + size.0, at.1 + size.1);
            (place, size)
        })
    }
}

impl Op for BlockDiag {
    fn name(&self) -> &str {
        "block_diag"
    }
    fn grad_name(&self) -> String {
        "BlockDiagBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let mut shape = self.lead.clone();
        shape.push(self.sizes.iter().map(|s| s.0).sum());
        shape.push(self.sizes.iter().map(|s| s.1).sum());
        let out = Array::full(Layout::contiguous(&shape)?, inputs[0].dtype(), Scalar::Int(0))?;
        let strides = out.layout().strides();
        let l = self.lead.len();
        for (x, ((row, column), _)) in inputs.iter().zip(self.places()) {
            if x.numel() > 0 {
                let offset = row as isize * strides[l] + column as isize * strides[l + 1];
                out.view(Layout::strided(x.shape(), strides), offset).write_unseen(x);
            }
        }
        Ok(out)
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let l = self.lead.len();
        let block = |((row, column), (rows, columns))| slice(&slice(g, l, row, rows, 1)?, l + 1, column, columns, 1);
        self.places().enumerate().map(|(i, p)| if saved.needs(i) { block(p).map(Some) } else { Ok(None) }).collect()
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let parts = inputs
            .iter()
            .zip(tangents)
            .map(|(x, t)| t.clone().map_or_else(|| crate::ops::write::zeros_like(x), Ok))
            .collect::<Result<SmallVec<[Tensor; 4]>>>()?;
        let refs: SmallVec<[&Tensor; 4]> = parts.iter().collect();
        apply(OpRef::new(self.clone()), &refs).map(Some)
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let parts =
            inputs.iter().map(|b| crate::transform::spread(b, size)).collect::<Result<SmallVec<[Tensor; 4]>>>()?;
        let refs: SmallVec<[&Tensor; 4]> = parts.iter().collect();
        let lead = std::iter::once(size).chain(self.lead.iter().copied()).collect();
        Ok(Some((apply(OpRef::new(BlockDiag { sizes: self.sizes.clone(), lead }), &refs)?, Some(0))))
    }
}

/// Matrices along a diagonal, zeros elsewhere; vectors and 0-d tensors count as rows.
#[track_caller]
pub fn block_diag(tensors: &[&Tensor]) -> Result<Tensor> {
    if tensors.is_empty() {
        return Tensor::full(&[1, 0], crate::array::default_dtype(), Scalar::Int(0));
    }
    let kinds: Vec<_> = tensors.iter().map(|t| (t.dtype(), crate::algebra::weight(t))).collect();
    let dtype = promote(&kinds);
    let mut parts: SmallVec<[Tensor; 4]> = SmallVec::new();
    for (i, t) in tensors.iter().enumerate() {
        if t.ndim() > 2 {
            return Err(Error::runtime(format!(
                "block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {} dimensions",
                t.ndim()
            )));
        }
        parts.push(crate::ops::cast(&atleast(t, 2)?, dtype)?);
    }
    let sizes = parts.iter().map(|t| (t.shape()[0], t.shape()[1])).collect();
    let refs: SmallVec<[&Tensor; 4]> = parts.iter().collect();
    apply(OpRef::new(BlockDiag { sizes, lead: Dims::new() }), &refs)
}

rows! {
    /// Tensors joined along the second dimension (vectors: along the first); dtypes promote.
    ///
    /// >>> import wengert
    /// >>> wengert.hstack((wengert.tensor([1, 2]), wengert.tensor([3])))
    /// tensor([1, 2, 3])
    "hstack", "tensors: Sequence[Tensor]", "Tensor", FUNCTION, true, &["[f(3), f(2)]", "[f(2, 3), f(2, 1)]", "[f(), f()]"];
    Body::Call(|a| joined(a, |t| atleast(t, 1), |first| if first.ndim() == 1 { 0 } else { 1 }));

    /// Tensors joined along the first dimension, vectors as rows; dtypes promote.
    ///
    /// >>> import wengert
    /// >>> wengert.vstack((wengert.tensor([1, 2]), wengert.tensor([[3, 4]]))).tolist()
    /// [[1, 2], [3, 4]]
    "vstack", "tensors: Sequence[Tensor]", "Tensor", FUNCTION, true, &["[f(3), f(3)]", "[f(2, 3), f(3)]", "[f(), f()]"];
    Body::Call(|a| joined(a, |t| atleast(t, 2), |_| 0));

    /// Tensors joined along the third dimension, which smaller ones get; dtypes promote.
    ///
    /// >>> import wengert
    /// >>> wengert.dstack((wengert.tensor([1, 2]), wengert.tensor([3, 4]))).tolist()
    /// [[[1, 3], [2, 4]]]
    "dstack", "tensors: Sequence[Tensor]", "Tensor", FUNCTION, true, &["[f(3), f(3)]", "[f(2, 3), f(2, 3, 2)]", "[f(), f()]"];
    Body::Call(|a| joined(a, |t| atleast(t, 3), |_| 2));

    /// Tensors joined along the second dimension, vectors as columns; dtypes promote.
    ///
    /// >>> import wengert
    /// >>> wengert.column_stack((wengert.tensor([1, 2]), wengert.tensor([3, 4]))).tolist()
    /// [[1, 3], [2, 4]]
    "column_stack", "tensors: Sequence[Tensor]", "Tensor", FUNCTION, true, &["[f(3), f(3)]", "[f(2, 3), f(2)]", "[f(), f()]"];
    Body::Call(|a| joined(a, column, |_| 1));

    /// Matrices along a diagonal, zeros elsewhere; vectors and 0-d tensors count as rows, dtypes promote.
    ///
    /// Raises RuntimeError for more than two dimensions.
    ///
    /// >>> import wengert
    /// >>> wengert.block_diag(wengert.tensor([[1], [2]]), wengert.tensor([3])).tolist()
    /// [[1, 0], [2, 0], [0, 3]]
    "block_diag", "*tensors: Tensor", "Tensor", FUNCTION, true, &["f(2, 3), f(2)", "f(2, 2)", "f(), f(1, 2), f(2, 1)", "f(2, 0), f(1, 2)"];
    Body::Call(|a| block_diag(&a.tensors(0)?).map(Value::from));
}
