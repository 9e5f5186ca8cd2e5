//! scatter_reduce: sums, products, means and extremes of what falls on one place.

use super::along::{arguments, constant, reached, scatter_into, take_along};
use super::unequal_dtypes;
use crate::array::{Array, DType, Element, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, OUTPUT, Op, OpRef};
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_dtype;
use smallvec::smallvec;
use wengert_kernels::along::Combine;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reduce {
    Sum,
    Prod,
    Mean,
    Amax,
    Amin,
}

impl Reduce {
    fn parse(text: &str) -> Result<Reduce> {
        Ok(match text {
            "sum" => Reduce::Sum,
            "prod" => Reduce::Prod,
            "mean" => Reduce::Mean,
            "amax" => Reduce::Amax,
            "amin" => Reduce::Amin,
            other => {
                return Err(Error::runtime(format!(
                    "reduce argument must be either sum, prod, mean, amax or amin, got {other}"
                )));
            }
        })
    }
    fn combine(self) -> Combine {
        match self {
            Reduce::Sum | Reduce::Mean => Combine::Add,
            Reduce::Prod => Combine::Mul,
            Reduce::Amax => Combine::Max,
            Reduce::Amin => Combine::Min,
        }
    }
    /// What changes nothing.
    fn neutral(self, dtype: DType) -> Scalar {
        fn limit<T: Element>(v: T) -> Scalar {
            v.to_scalar()
        }
        match self {
            Reduce::Sum | Reduce::Mean => Scalar::Int(0),
            Reduce::Prod => Scalar::Int(1),
            Reduce::Amax => with_dtype!(dtype, T => limit(<T as wengert_kernels::Element>::LOWEST)),
            Reduce::Amin => with_dtype!(dtype, T => limit(<T as wengert_kernels::Element>::HIGHEST)),
        }
    }
}

/// The first input with the third, of the index's shape, joined along `dim` by the second.
#[derive(Clone, Debug)]
struct ScatterReduce {
    dim: usize,
    reduce: Reduce,
    include_self: bool,
}

impl ScatterReduce {
    /// How many values meet at each place, at least one.
    fn counts(&self, x: &Tensor, index: &Tensor) -> Result<Tensor> {
        let first = Tensor::full(x.shape(), x.dtype(), Scalar::Int(i64::from(self.include_self)))?;
        let n = self.added(&first, index, &constant(x, index, 1)?)?;
        let zero = Tensor::scalar(x.dtype(), Scalar::Int(0))?;
        let one = Tensor::scalar(x.dtype(), Scalar::Int(1))?;
        crate::ops::where_(&crate::ops::eq(&n, &zero)?, &one, &n)
    }

    fn added(&self, x: &Tensor, index: &Tensor, source: &Tensor) -> Result<Tensor> {
        apply(OpRef::new(super::along::Scatter { dim: self.dim, add: true, number: false }), &[x, index, source])
    }

    fn again(&self, x: &Tensor, index: &Tensor, source: &Tensor) -> Result<Tensor> {
        apply(OpRef::new(self.clone()), &[x, index, source])
    }

    /// The derivatives by input and source, as factors of a cotangent at their places; None is 1.
    fn weights(&self, x: &Tensor, index: &Tensor, source: &Tensor, out: &Tensor) -> Result<[Option<Tensor>; 2]> {
        use crate::ops::{cast, div, eq, mul, where_};
        let dtype = out.dtype();
        let at = |t: &Tensor| take_along(t, index, self.dim);
        let number = |v: i64| Tensor::scalar(dtype, Scalar::Int(v));
        let (zero, one) = (number(0)?, number(1)?);
        let [of_x, of_source] = match self.reduce {
            Reduce::Sum => [None, None],
            Reduce::Mean => {
                let n = self.counts(&out.detach(), index)?;
                let share = div(&one, &n)?;
                [Some(share.clone()), Some(at(&share)?)]
            }
            Reduce::Prod => {
                // Without its zero a product is what multiplies that zero.
                let no_zero = |t: &Tensor| where_(&eq(t, &zero)?, &one, t);
                let filled = no_zero(x)?;
                let of_x = div(&self.again(&filled, index, source)?, &filled)?;
                let is_zero = eq(source, &zero)?;
                let zeros =
                    self.added(&crate::ops::write::zeros_like(&out.detach())?, index, &cast(&is_zero, dtype)?)?;
                let lone = mul(&is_zero, &eq(&at(&zeros)?, &one)?)?;
                let rest = self.again(x, index, &where_(&lone, &one, source)?)?;
                let ratio = div(&at(out)?, &no_zero(source)?)?;
                [Some(of_x), Some(where_(&lone, &at(&rest)?, &ratio)?)]
            }
            Reduce::Amax | Reduce::Amin => {
                let (fixed, out) = (source.detach(), out.detach());
                let from_x = cast(&eq(&x.detach(), &out)?, dtype)?;
                let from_source = cast(&eq(&fixed, &at(&out)?)?, dtype)?;
                let from_x = if self.include_self { from_x } else { self.emptied(&from_x, index)? };
                let n = self.added(&from_x, index, &from_source)?;
                let n = where_(&eq(&n, &zero)?, &one, &n)?;
                [Some(div(&from_x, &n)?), Some(div(&from_source, &at(&n)?)?)]
            }
        };
        if self.include_self || matches!(self.reduce, Reduce::Amax | Reduce::Amin) {
            // Places that nothing falls on keep what they have.
            return Ok([of_x, of_source]);
        }
        let of_x = match of_x {
            Some(w) => w,
            None => Tensor::full(out.shape(), dtype, Scalar::Int(1))?,
        };
        Ok([Some(self.emptied(&of_x, index)?), of_source])
    }

    /// Zero where anything falls.
    fn emptied(&self, t: &Tensor, index: &Tensor) -> Result<Tensor> {
        let op = super::along::Scatter { dim: self.dim, add: false, number: false };
        apply(OpRef::new(op), &[t, index, &constant(t, index, 0)?])
    }
}

fn times(w: Option<&Tensor>, t: &Tensor) -> Result<Tensor> {
    w.map_or_else(|| Ok(t.clone()), |w| crate::ops::mul(w, t))
}

impl Op for ScatterReduce {
    fn name(&self) -> &str {
        "scatter_reduce"
    }
    fn grad_name(&self) -> String {
        "ScatterReduceBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = inputs[0].copied()?;
        self.forward_into(&[&out, inputs[1], inputs[2]], &out)?;
        Ok(out)
    }
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        if !inputs[0].same(out) {
            out.write_unseen(inputs[0]);
        }
        let (index, source) = (inputs[1], inputs[2]);
        if !self.include_self {
            let neutral = Array::full(index.layout().clone(), out.dtype(), self.reduce.neutral(out.dtype()))?;
            scatter_into(out, self.dim, index, &neutral, Combine::Assign)?;
        }
        scatter_into(out, self.dim, index, source, self.reduce.combine())?;
        if self.reduce == Reduce::Mean {
            let [total, at] = [out, index].map(|a| Tensor::from_array(a.clone()));
            let n = self.counts(&total, &at)?;
            if out.dtype().is_float() {
                out.write_unseen(crate::ops::div(&total, &n)?.array());
            } else {
                let [total, n] = [&total, &n].map(|t| crate::ops::cast(t, DType::I64).and_then(|t| t.to_vec::<i64>()));
                let mean: Vec<i64> = total?.into_iter().zip(n?).map(|(a, b)| a.div_euclid(b)).collect();
                out.write_unseen(&Array::from_slice(&mean, out.shape())?);
            }
        }
        Ok(())
    }
    fn keep(&self, _: u32) -> u32 {
        match self.reduce {
            Reduce::Sum => 1 << 1,
            // The shape and dtype of the output are read where only counts are.
            Reduce::Mean => 1 << 1 | OUTPUT,
            _ => 1 | 1 << 1 | 1 << 2 | OUTPUT,
        }
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let index = saved.input(1)?;
        let [of_x, of_source] = match self.reduce {
            Reduce::Sum => self.weights(g, &index, g, g)?,
            Reduce::Mean => self.weights(g, &index, g, &saved.output()?)?,
            _ => self.weights(&saved.input(0)?, &index, &saved.input(2)?, &saved.output()?)?,
        };
        let x = if saved.needs(0) { Some(times(of_x.as_ref(), g)?) } else { None };
        let source =
            if saved.needs(2) { Some(times(of_source.as_ref(), &take_along(g, &index, self.dim)?)?) } else { None };
        Ok(smallvec![x, None, source])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        if tangents[0].is_none() && tangents[2].is_none() {
            return Ok(None);
        }
        let [of_x, of_source] = self.weights(inputs[0], inputs[1], inputs[2], out)?;
        let x = match &tangents[0] {
            Some(t) => times(of_x.as_ref(), t)?,
            None => crate::ops::write::zeros_like(out)?,
        };
        match &tangents[2] {
            Some(t) => self.added(&x, inputs[1], &times(of_source.as_ref(), t)?).map(Some),
            None => Ok(Some(x)),
        }
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        if inputs.iter().any(|b| b.0.ndim() == usize::from(b.1.is_some())) {
            return Ok(None);
        }
        let all = [0, 1, 2].map(|i| crate::transform::spread(&inputs[i], size));
        let [x, index, source] = all;
        let op = ScatterReduce { dim: self.dim + 1, ..self.clone() };
        Ok(Some((op.again(&x?, &index?, &source?)?, Some(0))))
    }
}

fn prepare(
    name: &str,
    x: &Tensor,
    dim: i64,
    index: &Tensor,
    source: &Tensor,
    reduce: &str,
    include_self: bool,
) -> Result<Option<(OpRef, Tensor, Tensor)>> {
    let reduce = Reduce::parse(reduce)?;
    let (dim, index) = arguments(name, x, dim, index, Some(source.shape()))?;
    if source.dtype() != x.dtype() {
        return Err(unequal_dtypes(name, x, source));
    }
    if index.numel() == 0 && (index.ndim() != x.ndim() || source.ndim() != x.ndim()) {
        return Ok(None);
    }
    let source = reached(source, index.shape())?;
    Ok(Some((OpRef::new(ScatterReduce { dim, reduce, include_self }), index, source)))
}

/// `x` with `source` joined along `dim`, as `scatter` places it; `include_self`: with what is there.
#[track_caller]
pub fn scatter_reduce(
    x: &Tensor,
    dim: i64,
    index: &Tensor,
    source: &Tensor,
    reduce: &str,
    include_self: bool,
) -> Result<Tensor> {
    match prepare("scatter_reduce", x, dim, index, source, reduce, include_self)? {
        None => crate::ops::clone(x),
        Some((op, index, source)) => apply(op, &[x, &index, &source]),
    }
}

/// The same in place.
#[track_caller]
pub(super) fn write(
    x: &mut Tensor,
    dim: i64,
    index: &Tensor,
    source: &Tensor,
    reduce: &str,
    include_self: bool,
) -> Result<()> {
    match prepare("scatter_reduce_", x, dim, index, source, reduce, include_self)? {
        None => Ok(()),
        Some((op, index, source)) => crate::inplace::apply_partial(op, "scatter_reduce_", x, &[&index, &source]),
    }
}

fn words<'a>(a: &'a Args<'_>) -> Result<(&'a str, bool)> {
    match a.get(4) {
        Value::Str(s) => Ok((s, a.flag(5)?)),
        _ => Err(Error::type_("scatter_reduce(): argument 'reduce' must be str; try reduce='sum'")),
    }
}

/// The row of the table.
pub static SCATTER_REDUCE: OpInfo = OpInfo {
    name: "scatter_reduce",
    doc: "`input` with `src` joined along `dim`, placed as `scatter` places it: `reduce` is `'sum'`, `'prod'`, `'mean'`, \
          `'amax'` or `'amin'`.\n\n\
          `include_self`: what stands in `input` takes part; without it only where nothing falls. Means of integers are \
          rounded down. Ties among extremes share the gradient. RuntimeError where an index is out of bounds.\n\n\
          >>> import wengert\n\
          >>> at = wengert.tensor([0, 0, 1])\n\
          >>> wengert.ones(3).scatter_reduce(0, at, wengert.tensor([2.0, 4.0, 5.0]), 'mean', include_self=False)\n\
          tensor([3., 5., 1.])\n",
    signature: "input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Twin(
        |a| {
            let (reduce, include_self) = words(a)?;
            scatter_reduce(a.tensor(0)?, a.int(1)?, a.tensor(2)?, a.tensor(3)?, reduce, include_self).map(Value::from)
        },
        |x, a| {
            let (reduce, include_self) = words(a)?;
            write(x, a.int(1)?, a.tensor(2)?, a.tensor(3)?, reduce, include_self)
        },
    ),
    samples: &[
        "f(3, 2), 0, i(4, 2, hi=3), f(4, 2), 'sum', include_self=False",
        "f(3, 2), 0, i(4, 2, hi=3), f(4, 2), 'prod'",
        "f(3), 0, i(4, hi=3), f(4), 'prod', include_self=False",
        "f(2, 3), 1, i(2, 4, hi=3), f(2, 4), 'mean'",
        "f(3), 0, i(4, hi=3), f(4), 'mean', include_self=False",
        "f(3), 0, i(4, hi=3), f(4), 'amax'",
        "f(3), 0, i(4, hi=3), f(4), 'amin', include_self=False",
        "i(3), 0, i(4, hi=3), i(4), 'mean'",
    ],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&SCATTER_REDUCE];
