//! Special functions: the gamma function's relatives, the error function's, Bessel functions. Depends on the kernels of
//! `special` and on operations for the rules, which are recorded.

use crate::array::{Array, Scalar};
use crate::error::Result;
use crate::op::{Batched, Cotangents, Grads, OUTPUT, Op, OpRef};
use crate::ops::rows::rows;
use crate::ops::table::{Args, Body};
use crate::ops::{add, cast, div, exp, log, mul, neg, sign, sub};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::{Layout, with_float};
use smallvec::smallvec;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};
use wengert_kernels::Element;
use wengert_kernels::special as kernel;

pub mod pairs;

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Erfc,
    Erfcx,
    Erfinv,
    Ndtr,
    Ndtri,
    LogNdtr,
    Entr,
    Lgamma,
    /// Digamma and its derivatives, by order.
    Polygamma(u32),
    /// Modified Bessel function of an order, scaled by e^-|x| or not.
    Bessel(u32, bool),
}

/// A special function of each element.
#[derive(Debug)]
struct Special(Kind);

impl Kind {
    fn value(self, x: f64) -> f64 {
        match self {
            Kind::Erfc => kernel::erfc(x),
            Kind::Erfcx => kernel::erfcx(x),
            Kind::Erfinv => kernel::erfinv(x),
            Kind::Ndtr => kernel::ndtr(x),
            Kind::Ndtri => kernel::ndtri(x),
            Kind::LogNdtr => kernel::log_ndtr(x),
            Kind::Entr => match x {
                x if x > 0.0 => -x * x.ln(),
                0.0 => 0.0,
                x if x.is_nan() => x,
                _ => f64::NEG_INFINITY,
            },
            Kind::Lgamma => kernel::lgamma(x),
            Kind::Polygamma(n) => kernel::polygamma(n, x),
            Kind::Bessel(n, false) => kernel::bessel_i(n, x),
            Kind::Bessel(n, true) => kernel::bessel_ie(n, x),
        }
    }

    /// Whether the derivative is stated by the output.
    fn by_output(self) -> bool {
        matches!(self, Kind::Erfinv | Kind::Ndtri)
    }

    /// Whether the derivative names both.
    fn by_both(self) -> bool {
        self == Kind::Erfcx
    }

    /// The derivative, in operations that have derivatives.
    fn slope(self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        match self {
            Kind::Erfc => scaled(&exp(&neg(&mul(x, x)?)?)?, -FRAC_2_SQRT_PI),
            Kind::Erfcx => sub(&scaled(&mul(x, y)?, 2.0)?, &number(x, FRAC_2_SQRT_PI)?),
            Kind::Erfinv => scaled(&exp(&mul(y, y)?)?, 1.0 / FRAC_2_SQRT_PI),
            Kind::Ndtr => scaled(&exp(&scaled(&mul(x, x)?, -0.5)?)?, 0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2),
            Kind::Ndtri => scaled(&exp(&scaled(&mul(y, y)?, 0.5)?)?, (2.0 * PI).sqrt()),
            Kind::LogNdtr => {
                let below = run(Kind::Erfcx, &scaled(x, -FRAC_1_SQRT_2)?)?;
                div(&number(x, FRAC_2_SQRT_PI * FRAC_1_SQRT_2)?, &below)
            }
            Kind::Entr => sub(&neg(&log(x)?)?, &number(x, 1.0)?),
            Kind::Lgamma => run(Kind::Polygamma(0), x),
            Kind::Polygamma(n) => run(Kind::Polygamma(n + 1), x),
            Kind::Bessel(n, scale) => {
                // DLMF 10.29.1, and the derivative of e^-|x|.
                let above = run(Kind::Bessel(n + 1, scale), x)?;
                let mean = match n {
                    0 => above,
                    n => scaled(&add(&run(Kind::Bessel(n - 1, scale), x)?, &above)?, 0.5)?,
                };
                if scale { sub(&mean, &mul(&sign(x)?, &run(Kind::Bessel(n, true), x)?)?) } else { Ok(mean) }
            }
        }
    }
}

fn number(like: &Tensor, v: f64) -> Result<Tensor> {
    Tensor::scalar(like.dtype(), Scalar::Float(v))
}

fn scaled(x: &Tensor, by: f64) -> Result<Tensor> {
    mul(x, &number(x, by)?)
}

/// An output that lies in memory as `x` does, and where to compute it: in itself, or aside in row-major order.
pub(super) fn places_for(x: &Array, dtype: crate::DType) -> Result<(Array, Array)> {
    let out = Array::empty(Layout::over(&[x.layout()], x.shape())?, dtype)?;
    let aside =
        if out.layout().is_contiguous() { out.clone() } else { Array::empty(Layout::contiguous(x.shape())?, dtype)? };
    Ok((out, aside))
}

impl Op for Special {
    fn name(&self) -> &str {
        match self.0 {
            Kind::Erfc => "erfc",
            Kind::Erfcx => "erfcx",
            Kind::Erfinv => "erfinv",
            Kind::Ndtr => "ndtr",
            Kind::Ndtri => "ndtri",
            Kind::LogNdtr => "log_ndtr",
            Kind::Entr => "entr",
            Kind::Lgamma => "lgamma",
            Kind::Polygamma(0) => "digamma",
            Kind::Polygamma(_) => "polygamma",
            Kind::Bessel(0, false) => "i0",
            Kind::Bessel(1, false) => "i1",
            Kind::Bessel(0, true) => "i0e",
            Kind::Bessel(1, true) => "i1e",
            Kind::Bessel(..) => "bessel_i",
        }
    }
    fn grad_name(&self) -> String {
        match self.0 {
            Kind::Erfc => "ErfcBackward0",
            Kind::Erfcx => "SpecialErfcxBackward0",
            Kind::Erfinv => "ErfinvBackward0",
            Kind::Ndtr => "SpecialNdtrBackward0",
            Kind::Ndtri => "SpecialNdtriBackward0",
            Kind::LogNdtr => "SpecialLogNdtrBackward0",
            Kind::Entr => "SpecialEntrBackward0",
            Kind::Lgamma => "LgammaBackward0",
            Kind::Polygamma(0) => "DigammaBackward0",
            Kind::Polygamma(_) => "PolygammaBackward0",
            Kind::Bessel(0, false) => "I0Backward0",
            Kind::Bessel(1, false) => "SpecialI1Backward0",
            Kind::Bessel(0, true) => "SpecialI0EBackward0",
            Kind::Bessel(1, true) => "SpecialI1EBackward0",
            Kind::Bessel(..) => "BesselIBackward0",
        }
        .to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0].contiguous()?;
        let (out, aside) = places_for(inputs[0], x.dtype())?;
        let kind = self.0;
        with_float!(x.dtype(), T => {
            // SAFETY: both row-major with as many elements; fresh memory.
            unsafe { kernel::each1::<T, T>(x.numel(), aside.ptr(), x.ptr(), |v| T::from_f64(kind.value(v.to_f64()))) }
        }, else ());
        if !out.same(&aside) {
            out.write_unseen(&aside);
        }
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        match self.0 {
            kind if kind.by_both() => 1 | OUTPUT,
            kind if kind.by_output() => OUTPUT,
            _ => 1,
        }
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let (x, y) = match self.0 {
            kind if kind.by_both() => (saved.input(0)?, saved.output()?),
            kind if kind.by_output() => (saved.output()?, saved.output()?),
            _ => (saved.input(0)?, saved.input(0)?),
        };
        Ok(smallvec![Some(mul(g, &self.0.slope(&x, &y)?)?)])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let Some(t) = &tangents[0] else { return Ok(None) };
        mul(t, &self.0.slope(inputs[0], out)?).map(Some)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let (x, dim) = &inputs[0];
        Ok(Some((apply(OpRef::new(Special(self.0)), &[x])?, *dim)))
    }
}

#[track_caller]
fn run(kind: Kind, x: &Tensor) -> Result<Tensor> {
    let x = if x.dtype().is_float() { x.clone() } else { cast(x, crate::array::default_dtype())? };
    apply(OpRef::new(Special(kind)), &[&x])
}

/// `polygamma(n, x)`.
fn polygamma(a: &Args<'_>) -> Result<Tensor> {
    let n = a.int(1)?;
    let Ok(n) = u32::try_from(n) else {
        return Err(crate::Error::runtime(format!("polygamma(n, x) does not support negative n; got n = {n}")));
    };
    run(Kind::Polygamma(n), a.tensor(0)?)
}

macro_rules! unary {
    ($kind:expr) => {
        Body::Call(|a| run($kind, a.tensor(0)?).map(Into::into))
    };
}

rows! {
    /// 1 - erf(x) of each element, to full precision where it is small (series of Shepherd and Laframboise, 1981).
    ///
    /// >>> import wengert
    /// >>> wengert.erfc(wengert.tensor([0.0, -1.0, 3.0]))
    /// tensor([1.0000e+00, 1.8427e+00, 2.2090e-05])
    "erfc", "input: Tensor", "Tensor", ELEMENTWISE, true, &["f(2, 3)", "f()", "f(0, 2)", "i(3)"];
        unary!(Kind::Erfc);

    /// exp(x^2) erfc(x) of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.special.erfcx(wengert.tensor([0.0, 10.0]))
    /// tensor([1.0000, 0.0561])
    "_erfcx", "input: Tensor", "Tensor", FUNCTION, true, &["f(2, 3)", "f()", "f(0, 2)", "i(3)"];
        unary!(Kind::Erfcx);

    /// Inverse of the error function: infinite at 1 and -1, nan beyond (Newton's method on erf).
    ///
    /// >>> import wengert
    /// >>> wengert.erfinv(wengert.tensor([0.0, 0.5, -1.0]))
    /// tensor([0.0000, 0.4769,   -inf])
    "erfinv", "input: Tensor", "Tensor", ELEMENTWISE, true, &["f(2, 3, lo=-0.9, hi=0.9)", "f(lo=-0.9, hi=0.9)", "f(0, 2)"];
        unary!(Kind::Erfinv);

    /// Distribution function of the normal distribution, (1 + erf(x / sqrt(2))) / 2, of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.special.ndtr(wengert.tensor([0.0, 1.0]))
    /// tensor([0.5000, 0.8413])
    "_ndtr", "input: Tensor", "Tensor", FUNCTION, true, &["f(2, 3)", "f()", "f(0, 2)", "i(3)"];
        unary!(Kind::Ndtr);

    /// Inverse of `ndtr`: infinite at 0 and 1, nan outside.
    ///
    /// >>> import wengert
    /// >>> wengert.special.ndtri(wengert.tensor([0.0, 0.5, 0.975]))
    /// tensor([  -inf, 0.0000, 1.9600])
    "_ndtri", "input: Tensor", "Tensor", FUNCTION, true, &["f(2, 3, lo=0.1, hi=0.9)", "f(lo=0.1, hi=0.9)", "f(0, 2)"];
        unary!(Kind::Ndtri);

    /// Logarithm of `ndtr`, right where that is too small for a number.
    ///
    /// >>> import wengert
    /// >>> wengert.special.log_ndtr(wengert.tensor([0.0, -20.0]))
    /// tensor([  -0.6931, -203.9172])
    "_log_ndtr", "input: Tensor", "Tensor", FUNCTION, true, &["f(2, 3)", "f()", "f(0, 2)", "i(3)"];
        unary!(Kind::LogNdtr);

    /// Entropy -x log x of each element: 0 at 0, -inf below.
    ///
    /// >>> import wengert
    /// >>> wengert.special.entr(wengert.tensor([0.0, 0.5, 1.0]))
    /// tensor([0.0000, 0.3466, -0.0000])
    "_entr", "input: Tensor", "Tensor", FUNCTION, true, &["pos(2, 3)", "pos()", "f(0, 2)", "i(3)"];
        unary!(Kind::Entr);

    /// Logarithm of the absolute value of the gamma function: infinite at 0 and negative whole numbers (DLMF 5.7.3, 5.11.1).
    ///
    /// >>> import wengert
    /// >>> wengert.lgamma(wengert.tensor([1.0, 5.0]))
    /// tensor([0.0000, 3.1781])
    "lgamma", "input: Tensor", "Tensor", ELEMENTWISE, true, &["pos(2, 3)", "pos()", "f(4, lo=-0.9, hi=-0.1)", "f(0, 2)"];
        unary!(Kind::Lgamma);

    /// Derivative of lgamma: -inf at 0, nan at negative whole numbers (Abramowitz and Stegun 6.3).
    ///
    /// >>> import wengert
    /// >>> wengert.digamma(wengert.tensor([1.0, 0.5]))
    /// tensor([-0.5772, -1.9635])
    "digamma", "input: Tensor", "Tensor", ELEMENTWISE, true, &["pos(2, 3)", "pos()", "f(4, lo=-0.9, hi=-0.1)", "f(0, 2)"];
        unary!(Kind::Polygamma(0));

    /// Derivative of order `n` of digamma (Abramowitz and Stegun 6.4.10).
    ///
    /// >>> import wengert
    /// >>> wengert.polygamma(1, wengert.tensor([1.0, 0.5]))
    /// tensor([1.6449, 4.9348])
    "_polygamma", "input: Tensor, n: int", "Tensor", FUNCTION, true, &["pos(2, 3), 1", "pos(3), 0", "f(lo=1.0, hi=3.0), 2", "f(0, 2), 1"];
        Body::Call(|a| polygamma(a).map(Into::into));

    /// Modified Bessel function of the first kind, of order 0 (DLMF 10.25.2, 10.40.1).
    ///
    /// >>> import wengert
    /// >>> wengert.i0(wengert.tensor([0.0, 1.0]))
    /// tensor([1.0000, 1.2661])
    "i0", "input: Tensor", "Tensor", ELEMENTWISE, true, &["f(2, 3)", "f()", "f(0, 2)", "i(3)"];
        unary!(Kind::Bessel(0, false));

    /// Modified Bessel function of the first kind, of order 0, times e^-|x|.
    ///
    /// >>> import wengert
    /// >>> wengert.special.i0e(wengert.tensor([0.0, 1.0]))
    /// tensor([1.0000, 0.4658])
    "_i0e", "input: Tensor", "Tensor", FUNCTION, true, &["f(2, 3)", "f()", "f(0, 2)", "i(3)"];
        unary!(Kind::Bessel(0, true));

    /// Modified Bessel function of the first kind, of order 1.
    ///
    /// >>> import wengert
    /// >>> wengert.special.i1(wengert.tensor([0.0, 1.0]))
    /// tensor([0.0000, 0.5652])
    "_i1", "input: Tensor", "Tensor", FUNCTION, true, &["f(2, 3)", "f()", "f(0, 2)", "i(3)"];
        unary!(Kind::Bessel(1, false));

    /// Modified Bessel function of the first kind, of order 1, times e^-|x|.
    ///
    /// >>> import wengert
    /// >>> wengert.special.i1e(wengert.tensor([0.0, 1.0]))
    /// tensor([0.0000, 0.2079])
    "_i1e", "input: Tensor", "Tensor", FUNCTION, true, &["f(2, 3)", "f()", "f(0, 2)", "i(3)"];
        unary!(Kind::Bessel(1, true));
}
