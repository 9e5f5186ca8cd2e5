//! norm: vector p-norms over dimensions. Its own rules, because the derivative at 0 is taken to be 0.

use super::*;
use crate::Scalar;
use crate::ops::{abs, cast, div, max, mul, pow, sign, where_};

/// (sum |x|^p)^(1/p), or the largest or smallest |x|, or the number of non-zeros.
#[derive(Clone, Debug)]
struct Norm {
    p: f64,
    over: Reduced,
}

fn number(like: &Tensor, v: f64) -> Result<Tensor> {
    Tensor::scalar(like.dtype(), Scalar::Float(v))
}

impl Norm {
    /// The value by recorded operations of others; also the forward rule.
    fn compute(&self, x: &Tensor) -> Result<Tensor> {
        let p = self.p;
        let dims: SmallVec<[i64; 4]> = (0..x.ndim() as i64).filter(|&d| self.over.dims[d as usize]).collect();
        let total = |t: &Tensor| {
            if dims.is_empty() { Ok(t.clone()) } else { sum(t, Some(&dims), self.over.keepdim) }
        };
        if p == 2.0 {
            return crate::ops::sqrt(&total(&mul(x, x)?)?);
        }
        if p == 1.0 {
            return total(&abs(x)?);
        }
        if p == 0.0 {
            return total(&cast(&crate::ops::ne(x, &number(x, 0.0)?)?, x.dtype())?);
        }
        let a = abs(x)?;
        if p.is_infinite() {
            return self.extreme(&a);
        }
        pow(&total(&pow(&a, &number(x, p)?)?)?, &number(x, 1.0 / p)?)
    }

    fn extreme(&self, a: &Tensor) -> Result<Tensor> {
        if a.numel() == 0 {
            return Err(Error::runtime(
                "norm: cannot compute an infinite norm of an empty tensor; wanted at least one element",
            ));
        }
        let signed = if self.p > 0.0 { a.clone() } else { crate::ops::neg(a)? };
        let mut at = signed;
        for d in (0..a.ndim()).rev().filter(|&d| self.over.dims[d]) {
            at = max(&at, Some(d as i64), self.over.keepdim)?.0;
        }
        if self.p > 0.0 { Ok(at) } else { crate::ops::neg(&at) }
    }

    /// d norm / dx at each element (0 where the norm is 0), with `y` spread to the shape of `x`.
    fn slope(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        let p = self.p;
        let zero = number(x, 0.0)?;
        if p == 1.0 {
            return sign(x);
        }
        if p == 0.0 {
            return mul(x, &zero);
        }
        let at_zero = crate::ops::eq(&y.detach(), &zero)?;
        if p.is_infinite() {
            let hit = cast(&crate::ops::eq(&abs(&x.detach())?, &y.detach())?, x.dtype())?;
            let ties = self.over.spread(&sum_kept(&hit, &self.over)?, x.shape())?;
            return mul(&sign(x)?, &div(&hit, &ties)?);
        }
        let safe_y = where_(&at_zero, &number(x, 1.0)?, y)?;
        if p == 2.0 {
            return where_(&at_zero, &zero, &div(x, &safe_y)?);
        }
        // sign(x) (|x| / y)^(p - 1), with no infinity at x = 0 when p < 1.
        let x_zero = crate::ops::eq(&x.detach(), &zero)?;
        let safe_x = where_(&x_zero, &number(x, 1.0)?, x)?;
        let ratio = div(&abs(&safe_x)?, &safe_y)?;
        let s = mul(&sign(&safe_x)?, &pow(&ratio, &number(x, p - 1.0)?)?)?;
        where_(&x_zero, &zero, &where_(&at_zero, &zero, &s)?)
    }
}

impl Norm {
    /// The 2-norm in one pass over the input.
    fn euclidean(&self, x: &Array) -> Result<Array> {
        let total = Array::empty(Layout::contiguous(&self.over.shape(x.shape()))?, x.dtype())?;
        with_float!(x.dtype(), T => {
            // SAFETY: fresh row-major output with one element for each of the kept ones.
            unsafe { kernel::sum_squares::<T>(x.shape(), x.ptr(), x.layout().strides(), &self.over.dims, total.ptr()) }
        }, else ());
        crate::ops::unary::Unary::<crate::ops::unary::rows::Sqrt>::OP.forward_into(&[&total], &total)?;
        Ok(total)
    }
}

fn sum_kept(t: &Tensor, over: &Reduced) -> Result<Tensor> {
    apply(OpRef::new(Sum(over.clone())), &[t])
}

impl Op for Norm {
    fn name(&self) -> &str {
        "norm"
    }
    fn grad_name(&self) -> String {
        "LinalgVectorNormBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        if self.p == 2.0 {
            return self.euclidean(inputs[0]);
        }
        let _mode = crate::mode::GradMode::set(false);
        let y = self.compute(&Tensor::from_array(inputs[0].clone()))?;
        y.array().contiguous()
    }
    fn keep(&self, _: u32) -> u32 {
        1 | crate::op::OUTPUT
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let x = saved.input(0)?;
        let y = self.over.spread(&saved.output()?, x.shape())?;
        let g = self.over.spread(g, x.shape())?;
        Ok(smallvec![Some(mul(&g, &self.slope(&x, &y)?)?)])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let Some(t) = &tangents[0] else { return Ok(None) };
        let y = self.over.spread(out, inputs[0].shape())?;
        sum_kept(&mul(t, &self.slope(inputs[0], &y)?)?, &self.over).map(Some)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        if self.p.is_infinite() {
            return Ok(None);
        }
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Norm { p: self.p, over: self.over.below() }), &[&x])?, Some(0))))
    }
}

fn check_dtype(x: &Tensor) -> Result<()> {
    if !x.dtype().is_float() {
        return Err(Error::not_implemented(format!(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got {}; try to(float32)",
            x.dtype().word()
        )));
    }
    Ok(())
}

/// The p-norm over `dims` (all when None); its derivative at 0 is 0.
#[track_caller]
pub fn norm(x: &Tensor, p: f64, dims: Option<&[i64]>, keepdim: bool) -> Result<Tensor> {
    check_dtype(x)?;
    apply(OpRef::new(Norm { p, over: Reduced::new("norm", x, dims, keepdim)? }), &[x])
}

/// The row of the table.
pub static NORM: OpInfo = OpInfo {
    name: "norm",
    doc: "Vector norm (sum |x|^p)^(1/p) over `dim` (all when None); p may be inf, -inf, 0 or 'fro' (2).\n\n\
          The derivative at 0 is 0.\n\n\
          >>> import wengert\n\
          >>> wengert.norm(wengert.tensor([3.0, 4.0]))\n\
          tensor(5.)\n",
    signature: "input: Tensor, p: Number | str | None = 'fro', dim: int | tuple[int, ...] | None = None, keepdim: bool = False, dtype: dtype | None = None",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        let p = match a.get(1) {
            Value::None => 2.0,
            Value::Str(s) if s == "fro" => 2.0,
            Value::Str(s) => return Err(Error::runtime(format!("norm: got p='{s}', wanted a number or 'fro'"))),
            _ => a.number(1)?.as_f64(),
        };
        let x = a.tensor(0)?;
        check_dtype(x)?;
        let x = match a.maybe_dtype(4)? {
            Some(d) => cast(x, d)?,
            None => x.clone(),
        };
        norm(&x, p, a.maybe_ints(2)?.as_deref(), a.flag(3)?).map(Value::from)
    }),
    samples: &["f(2, 3)", "f(2, 3), dim=1", "f(4), p=1", "f(2, 3), p=3, dim=0, keepdim=True", "f(2, 3), p=inf"],
};
