//! select_scatter, slice_scatter and diagonal_scatter: a tensor with the part that a view shows replaced.

use crate::array::layout::{show, wrap_dim};
use crate::array::{Layout, Strides};
use crate::error::{Error, Result};
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::ops::view::{select, slice};
use crate::tensor::Tensor;
use smallvec::smallvec;

const SELECT: (&str, &str) = ("select_scatter", "SelectScatterBackward0");
const SLICE: (&str, &str) = ("slice_scatter", "SliceScatterBackward0");

/// `x` with the part that `view`, of a tensor like it, shows replaced by `source`.
#[track_caller]
fn replaced(
    names: (&'static str, &'static str),
    x: &Tensor,
    view: impl Fn(&Tensor) -> Result<Tensor>,
    source: &Tensor,
) -> Result<Tensor> {
    let zero = Tensor::scalar(x.dtype(), crate::Scalar::Int(0))?;
    let strides: Strides = smallvec![0; x.ndim()];
    // Of the shape of `x`, and no view itself: the part's chain of views begins here.
    let model = Tensor::from_array(zero.array().view(Layout::strided(x.shape(), &strides), 0));
    let part = view(&model)?;
    if part.shape() != source.shape() {
        return Err(Error::runtime(format!(
            "expected src to have a size equal to the slice of self. src size = {}, slice size = {}",
            show(source.shape()),
            show(part.shape())
        )));
    }
    let source = crate::ops::cast(source, x.dtype())?;
    crate::ops::write::scatter_as(names, part.chain(), x, &source)
}

fn bounds(a: &Args<'_>) -> Result<(usize, usize, usize, usize)> {
    let x = a.tensor(0)?;
    let dim = wrap_dim("slice_scatter", a.maybe_int(2)?.unwrap_or(0), x.ndim())?;
    if x.ndim() == 0 {
        return Err(Error::index(
            "slice_scatter: Dimension specified as 0 but tensor has no dimensions; got a 0-d tensor",
        ));
    }
    let (n, step) = (x.shape()[dim] as i64, a.maybe_int(5)?.unwrap_or(1));
    if step <= 0 {
        return Err(Error::value(format!("slice step must be positive; got {step}")));
    }
    let clip = |v: i64| (if v < 0 { v + n } else { v }).clamp(0, n);
    let (from, to) = (clip(a.maybe_int(3)?.unwrap_or(0)), clip(a.maybe_int(4)?.unwrap_or(n)));
    let len = if to > from { (to - from - 1) / step + 1 } else { 0 };
    Ok((dim, from as usize, len as usize, step as usize))
}

/// The row of the table.
pub static SELECT_SCATTER: OpInfo = OpInfo {
    name: "select_scatter",
    doc: "`input` with `input.select(dim, index)` replaced by `src`, which has that shape.\n\n\
          >>> import wengert\n\
          >>> wengert.select_scatter(wengert.zeros(2, 2), wengert.ones(2), 0, 1).tolist()\n\
          [[0.0, 0.0], [1.0, 1.0]]\n",
    signature: "input: Tensor, src: Tensor, dim: int, index: int",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let (dim, at) = (a.int(2)?, a.int(3)?);
        replaced(SELECT, a.tensor(0)?, |x| select(x, dim, at), a.tensor(1)?).map(Value::from)
    }),
    samples: &["f(2, 3), f(3), 0, 1", "f(2, 3), f(2), -1, -2", "f(3), f(), 0, 0"],
};

/// The row of the table.
pub static SLICE_SCATTER: OpInfo = OpInfo {
    name: "slice_scatter",
    doc: "`input` with the slice `start:end:step` of `dim` replaced by `src`, which has its shape.\n\n\
          >>> import wengert\n\
          >>> wengert.slice_scatter(wengert.zeros(4), wengert.ones(2), start=1, end=3)\n\
          tensor([0., 1., 1., 0.])\n",
    signature: "input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let (dim, from, len, step) = bounds(a)?;
        replaced(SLICE, a.tensor(0)?, |x| slice(x, dim, from, len, step), a.tensor(1)?).map(Value::from)
    }),
    samples: &["f(4, 2), f(2, 2), 0, 1, 3", "f(2, 5), f(2, 2), dim=1, start=1, step=2", "f(3), f(1), 0, -1"],
};

/// The row of the table.
pub static DIAGONAL_SCATTER: OpInfo = OpInfo {
    name: "diagonal_scatter",
    doc: "`input` with the diagonal of `dim1` and `dim2`, `offset` above the main one, replaced by `src`.\n\n\
          >>> import wengert\n\
          >>> wengert.diagonal_scatter(wengert.zeros(2, 2), wengert.ones(2)).tolist()\n\
          [[1.0, 0.0], [0.0, 1.0]]\n",
    signature: "input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let x = a.tensor(0)?;
        let or = |i: usize, v: i64| a.maybe_int(i).map(|given| given.unwrap_or(v));
        let (d1, d2) =
            (wrap_dim("diagonal_scatter", or(3, 0)?, x.ndim())?, wrap_dim("diagonal_scatter", or(4, 1)?, x.ndim())?);
        if d1 == d2 {
            return Err(Error::runtime(format!(
                "diagonal dimensions cannot be identical {}, {}",
                or(3, 0)?,
                or(4, 1)?
            )));
        }
        let offset = or(2, 0)?;
        let (down, right) = ((-offset).max(0) as usize, offset.max(0) as usize);
        let len = x.shape()[d1].saturating_sub(down).min(x.shape()[d2].saturating_sub(right));
        // The diagonal's index counts both dimensions, after the others.
        let rows: Vec<i64> = (0..len).map(|i| (down + i) as i64).collect();
        let columns: Vec<i64> = (0..len).map(|i| (right + i) as i64).collect();
        let mut order: Vec<i64> = (0..x.ndim() as i64).filter(|&d| d != d1 as i64 && d != d2 as i64).collect();
        order.extend([d1 as i64, d2 as i64]);
        let moved = crate::ops::view::permute(x, &order)?;
        let mut entries = vec![None; x.ndim() - 2];
        entries.push(Some(Tensor::literal(&rows, &[len])?));
        entries.push(Some(Tensor::literal(&columns, &[len])?));
        let source = a.tensor(1)?;
        let mut wanted: Vec<usize> = moved.shape()[..x.ndim() - 2].to_vec();
        wanted.push(len);
        if source.shape() != wanted {
            return Err(Error::runtime(format!(
                "expected src to have a size equal to the slice of self. src size = {}, slice size = {}",
                show(source.shape()),
                show(&wanted)
            )));
        }
        let source = crate::ops::cast(source, x.dtype())?;
        let out = super::index_put(&moved, &entries, &source, false)?;
        let mut back = vec![0i64; order.len()];
        order.iter().enumerate().for_each(|(i, &d)| back[d as usize] = i as i64);
        crate::ops::contiguous(&crate::ops::view::permute(&out, &back)?).map(Value::from)
    }),
    samples: &["f(2, 3), f(2)", "f(3, 3), f(2), offset=-1", "f(2, 3, 2), f(3, 2), 0, 0, 2"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&SELECT_SCATTER, &SLICE_SCATTER, &DIAGONAL_SCATTER];
