//! pow: powers of tensors and numbers. Its rules need care at 0, so it is no row of the binary table.

use crate::array::layout::broadcast_strides;
use crate::array::{Array, Scalar, Weight, promote};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, OUTPUT, Op, OpRef, PlainGrads};
use crate::ops::binary::{operands, output_for, result_layout};
use crate::ops::table::{Args, Body, Face, OpInfo, Operand, Value};
use crate::ops::unary::is_plain;
use crate::record::{apply, apply2};
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::{with_float, with_int};
use smallvec::smallvec;
use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::{IMap2, Int, Map1, Map2, Real, map};

/// `a ** b`.
#[derive(Debug)]
struct Pow {
    /// PyTorch tells powers by a number (0) from powers by a tensor (1) of a number (2... it calls that 1 too).
    scalar_exponent: bool,
}

static POW_TENSOR: Pow = Pow { scalar_exponent: false };
static POW_SCALAR: Pow = Pow { scalar_exponent: true };

struct General;
impl Map2 for General {
    #[inline(always)]
    fn call<R: Real>(a: R, b: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        a.pow(b)
    }
}

macro_rules! shortcuts {
    ($($Type:ident |$x:ident| $e:expr;)*) => {$(
        struct $Type;
        impl Map1 for $Type {
            #[inline(always)]
            fn call<R: Real>($x: R) -> R
            where
                f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
            {
                $e
            }
        }
    )*};
}
shortcuts! {
    Square |x| x * x;
    Cube |x| x * x * x;
    Half |x| x.sqrt();
    Reciprocal |x| 1.0 / x;
    InverseHalf |x| 1.0 / x.sqrt();
    InverseSquare |x| 1.0 / (x * x);
}

/// Gradients of the bases of powers by one number, in one pass over cotangent and base.
macro_rules! slopes {
    ($($Type:ident |$g:ident, $x:ident| $e:expr;)*) => {$(
        struct $Type;
        impl Map2 for $Type {
            #[inline(always)]
            fn call<R: Real>($g: R, $x: R) -> R
            where
                f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
            {
                $e
            }
        }
    )*};
}
slopes! {
    OfSquare |g, x| g * (2.0 * x);
    OfCube |g, x| g * (3.0 * (x * x));
    OfHalf |g, x| g * (0.5 * (1.0 / x.sqrt()));
    OfReciprocal |g, x| g * (-1.0 * (1.0 / (x * x)));
}

struct Whole;
impl IMap2 for Whole {
    #[inline(always)]
    fn call<I: Int>(a: I, b: I) -> I {
        let (mut base, mut left, mut out) = (a, b, I::ONE);
        if left < I::ZERO {
            // Only 1 and -1 have whole inverses; PyTorch gives 0 for the others.
            let odd = left & I::ONE == I::ONE;
            return if a == I::ONE || (a == I::ONE.wrapping_neg() && !odd) {
                I::ONE
            } else if a == I::ONE.wrapping_neg() {
                a
            } else {
                I::ZERO
            };
        }
        while left > I::ZERO {
            if left & I::ONE == I::ONE {
                out = out.wrapping_mul(base);
            }
            base = base.wrapping_mul(base);
            left = left >> 1;
        }
        out
    }
}

impl Op for Pow {
    fn name(&self) -> &str {
        "pow"
    }
    fn grad_name(&self) -> String {
        if self.scalar_exponent { "PowBackward0" } else { "PowBackward1" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = Array::empty(result_layout("pow", inputs[0], inputs[1])?, inputs[0].dtype())?;
        self.forward_into(inputs, &out)?;
        Ok(out)
    }
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        let (a, b) = (inputs[0], inputs[1]);
        let shape = out.shape();
        let (os, sa, sb) =
            (out.layout().strides(), broadcast_strides(a.layout(), shape), broadcast_strides(b.layout(), shape));
        with_float!(a.dtype(), T => {
            // SAFETY: operands broadcast to the output; the same elements or disjoint.
            unsafe {
                let fixed = if b.numel() == 1 && self.scalar_exponent { Some(crate::array::Element::to_scalar(*b.ptr::<T>()).as_f64()) } else { None };
                match fixed {
                    Some(1.0) => out.write_unseen(a),
                    Some(2.0) => map::map1::<Square, T>(shape, out.ptr(), os, a.ptr(), &sa),
                    Some(3.0) => map::map1::<Cube, T>(shape, out.ptr(), os, a.ptr(), &sa),
                    Some(0.5) => map::map1::<Half, T>(shape, out.ptr(), os, a.ptr(), &sa),
                    Some(-1.0) => map::map1::<Reciprocal, T>(shape, out.ptr(), os, a.ptr(), &sa),
                    Some(-0.5) => map::map1::<InverseHalf, T>(shape, out.ptr(), os, a.ptr(), &sa),
                    Some(-2.0) => map::map1::<InverseSquare, T>(shape, out.ptr(), os, a.ptr(), &sa),
                    _ => map::map2::<General, T>(shape, out.ptr(), os, a.ptr(), &sa, b.ptr(), &sb),
                }
            }
        }, else {
            with_int!(a.dtype(), T => {
                // SAFETY: as above.
                unsafe { map::imap2::<Whole, T>(shape, out.ptr(), os, a.ptr(), &sa, b.ptr(), &sb) }
            }, else {
                // A bool to the power of True or False as a number.
                match self.scalar_exponent && b.numel() == 1 {
                    true if b.item()? == Scalar::Bool(true) => out.write_unseen(a),
                    true => out.fill_unseen(Scalar::Bool(true)),
                    false => return Err(Error::not_implemented("\"pow\" not implemented for 'Bool'; try to(int64)")),
                }
            })
        });
        Ok(())
    }
    fn keep(&self, needs: u32) -> u32 {
        if needs & 2 != 0 { 3 | OUTPUT } else { 3 }
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        if !saved.create_graph() && self.has_slope(saved)? {
            return crate::op::vjp_by_plain(self, saved, g.clone());
        }
        let (a, b) = (saved.input(0)?, saved.input(1)?);
        let da = if saved.needs(0) {
            Some(crate::ops::sum_to(self.base_term(g, &a, &b)?, saved.input_layout(0))?)
        } else {
            None
        };
        let db = if saved.needs(1) {
            Some(crate::ops::sum_to(exponent_term(g, &a, &b, &saved.output()?)?, saved.input_layout(1))?)
        } else {
            None
        };
        Ok(smallvec![da, db])
    }
    fn vjp_plain(&self, saved: &Saved<'_>, g: &mut Option<Array>, grads: &mut PlainGrads) -> Result<()> {
        if !self.has_slope(saved)? {
            return Ok(());
        }
        let Some(g) = g.take() else { return Ok(()) };
        let (a, e) = (saved.kept_input(0)?, saved.kept_input(1)?.item()?.as_f64());
        grads[0] = Some(slope(g, &a, e)?);
        Ok(())
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let full = |t: Tensor| if t.shape() == out.shape() { Ok(t) } else { crate::ops::view::expand(&t, out.shape()) };
        let a = tangents[0].as_ref().map(|t| self.base_term(t, inputs[0], inputs[1]).and_then(full)).transpose()?;
        let b = tangents[1].as_ref().map(|t| exponent_term(t, inputs[0], inputs[1], out).and_then(full)).transpose()?;
        match (a, b) {
            (Some(a), Some(b)) => crate::ops::add(&a, &b).map(Some),
            (a, b) => Ok(a.or(b)),
        }
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        if self.scalar_exponent && inputs[1].1.is_none() && inputs[1].0.ndim() == 0 {
            return Ok(Some((apply(OpRef::Static(&POW_SCALAR), &[&inputs[0].0, &inputs[1].0])?, inputs[0].1)));
        }
        let (a, b) = crate::transform::align(&inputs[0], &inputs[1])?;
        Ok(Some((apply(OpRef::Static(&POW_TENSOR), &[&a, &b])?, Some(0))))
    }
}

fn like(t: &Tensor, v: f64) -> Result<Tensor> {
    Tensor::scalar(t.dtype(), Scalar::Float(v))
}

impl Pow {
    /// Whether the gradient is that of the base alone, for an exponent that has a pass of its own.
    fn has_slope(&self, saved: &Saved<'_>) -> Result<bool> {
        if !self.scalar_exponent || saved.needs(1) {
            return Ok(false);
        }
        let (a, b) = (saved.kept_input(0)?, saved.kept_input(1)?);
        let same = a.layout().shape() == saved.input_layout(0).shape();
        Ok(same && a.dtype().is_float() && b.numel() == 1 && WITH_SLOPE.contains(&b.item()?.as_f64()))
    }

    /// g b a^(b-1), and 0 where b is 0.
    fn base_term(&self, g: &Tensor, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        if self.scalar_exponent && !b.is_lifted() && b.numel() == 1 && b.node().is_none() {
            let e = b.item()?.as_f64();
            if e == 0.0 {
                return crate::ops::mul(g, &crate::ops::write::zeros_like(a)?);
            }
            if e == 1.0 {
                return crate::ops::mul(g, &like(a, 1.0)?);
            }
            if WITH_SLOPE.contains(&e)
                && is_plain(g)
                && is_plain(a)
                && g.shape() == a.shape()
                && g.dtype() == a.dtype()
                && a.dtype().is_float()
            {
                return slope(g.array().clone(), a.array(), e).map(Tensor::from_array);
            }
            if e == 2.0 {
                return crate::ops::mul(g, &crate::ops::mul(a, b)?);
            }
            let slope = crate::ops::mul(b, &apply(OpRef::Static(&POW_SCALAR), &[a, &like(b, e - 1.0)?])?)?;
            return crate::ops::mul(g, &slope);
        }
        let zero = like(b, 0.0)?;
        let slope = crate::ops::mul(b, &apply2(&POW_TENSOR, a, &crate::ops::sub(b, &like(b, 1.0)?)?)?)?;
        crate::ops::where_(&crate::ops::eq(&b.detach(), &zero)?, &zero, &crate::ops::mul(g, &slope)?)
    }
}

/// Exponents whose slopes have a pass of their own.
const WITH_SLOPE: [f64; 4] = [2.0, 3.0, 0.5, -1.0];

/// g e a^(e-1) in one pass, for one of these exponents; base and cotangent have one shape.
fn slope(g: Array, a: &Array, e: f64) -> Result<Array> {
    let out = output_for(&g)?;
    let (shape, os) = (out.shape(), out.layout().strides());
    let (gs, sa) = (g.layout().strides(), a.layout().strides());
    with_float!(g.dtype(), T => {
        // SAFETY: fresh output or that of `g` itself; base and cotangent have its shape.
        unsafe {
            match e {
                2.0 => map::map2::<OfSquare, T>(shape, out.ptr(), os, g.ptr(), gs, a.ptr(), sa),
                3.0 => map::map2::<OfCube, T>(shape, out.ptr(), os, g.ptr(), gs, a.ptr(), sa),
                0.5 => map::map2::<OfHalf, T>(shape, out.ptr(), os, g.ptr(), gs, a.ptr(), sa),
                _ => map::map2::<OfReciprocal, T>(shape, out.ptr(), os, g.ptr(), gs, a.ptr(), sa),
            }
        }
    }, else ());
    Ok(out)
}

/// g y log(a), and 0 where a is 0 and b is not negative.
fn exponent_term(g: &Tensor, a: &Tensor, b: &Tensor, y: &Tensor) -> Result<Tensor> {
    let zero = like(a, 0.0)?;
    let a_zero = crate::ops::eq(&a.detach(), &zero)?;
    let b_ok = crate::ops::ge(&b.detach(), &zero)?;
    // `and` of two masks is their product.
    let flat = crate::ops::mul(&a_zero, &b_ok)?;
    let safe = crate::ops::where_(&flat, &like(a, 1.0)?, a)?;
    let term = crate::ops::mul(g, &crate::ops::mul(y, &crate::ops::log(&safe)?)?)?;
    crate::ops::where_(&flat, &zero, &term)
}

/// Powers of elements, with broadcasting and promotion.
#[track_caller]
pub fn pow(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (a, b) = crate::ops::binary::unify(a, b, false)?;
    apply2(&POW_TENSOR, &a, &b)
}

/// Powers by one number.
#[track_caller]
pub fn pow_number(a: &Tensor, e: Scalar) -> Result<Tensor> {
    if let Scalar::Int(n) = e
        && n < 0
        && !a.dtype().is_float()
    {
        return Err(Error::runtime(
            "Integers to negative integer powers are not allowed; try to(float32) or a float exponent",
        ));
    }
    let dtype = promote(&[(a.dtype(), Weight::Dims), (e.dtype(), Weight::Number)]);
    if !dtype.is_float() {
        e.check_fits(dtype)?;
    }
    let (a, b) = (crate::ops::cast(a, dtype)?, Tensor::scalar(dtype, e)?);
    apply2(&POW_SCALAR, &a, &b)
}

fn call(args: &Args<'_>) -> Result<Value> {
    if let (Operand::Tensor(a), Operand::Number(e)) = (args.operand(0)?, args.operand(1)?) {
        return pow_number(a, e).map(Value::from);
    }
    let (a, b) = operands(args)?;
    pow(&a, &b).map(Value::from)
}

/// The row of the table.
pub static POW: OpInfo = OpInfo {
    name: "pow",
    doc: "Power input ** exponent of tensors or numbers, with broadcasting.\n\n\
          The derivative by the base is 0 where the exponent is 0, by the exponent 0 where the base is 0.\n\n\
          >>> import wengert\n\
          >>> wengert.pow(wengert.tensor([2.0, 3.0]), 2)\n\
          tensor([4., 9.])\n",
    signature: "input: Tensor | Number, exponent: Tensor | Number",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Binary(pow, call, &POW_TENSOR),
    samples: &[
        "f(2, 3), 2",
        "f(2, 3), 3.0",
        "pos(2, 3), 0.5",
        "pos(2, 3), f(2, 3)",
        "2.0, f(3)",
        "pos(2, 3), f(3)",
        "pos(3), -1",
    ],
};

/// The op of a power by one number, for in-place use.
pub fn by_number() -> OpRef {
    OpRef::Static(&POW_SCALAR)
}

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&POW];
