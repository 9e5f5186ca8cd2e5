//! Special functions of two inputs, and elementwise functions of two inputs without derivatives. Depends on `special`.

use super::*;
use crate::array::DType;
use crate::array::layout::broadcast_strides;
use crate::error::Error;
use crate::ops::binary::{operands, result_layout, unify};
use crate::with_int;

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pair {
    Zeta,
    Igamma,
    Igammac,
    Gcd,
    Lcm,
    NextAfter,
}

/// A function of pairs of elements that broadcast.
#[derive(Debug)]
struct OfPairs(Pair);

/// The greatest common divisor of magnitudes, by Euclid.
fn gcd(a: i64, b: i64) -> u64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The least common multiple; wraps where it does not fit.
fn lcm(a: i64, b: i64) -> u64 {
    match gcd(a, b) {
        0 => 0,
        g => (a.unsigned_abs() / g).wrapping_mul(b.unsigned_abs()),
    }
}

/// The neighbour of `a` towards `b` among floats of `bits`.
fn next_after(a: f64, b: f64, single: bool) -> f64 {
    if a.is_nan() || b.is_nan() {
        return f64::NAN;
    }
    if a == b {
        return b;
    }
    if single {
        let a = a as f32;
        return f64::from(if b > f64::from(a) { a.next_up() } else { a.next_down() });
    }
    if b > a { a.next_up() } else { a.next_down() }
}

impl Pair {
    fn name(self) -> &'static str {
        match self {
            Pair::Zeta => "zeta",
            Pair::Igamma => "igamma",
            Pair::Igammac => "igammac",
            Pair::Gcd => "gcd",
            Pair::Lcm => "lcm",
            Pair::NextAfter => "nextafter",
        }
    }

    fn whole(self) -> bool {
        matches!(self, Pair::Gcd | Pair::Lcm)
    }

    /// The derivative with respect to the second input.
    fn slope(self, a: &Tensor, x: &Tensor) -> Result<Tensor> {
        match self {
            Pair::Zeta => neg(&mul(a, &run_pair(Pair::Zeta, &add(a, &number(a, 1.0)?)?, x)?)?),
            // x^(a - 1) e^-x / gamma(a).
            _ => {
                let power = crate::ops::xlogy(&sub(a, &number(a, 1.0)?)?, x)?;
                let density = exp(&sub(&sub(&power, x)?, &run(Kind::Lgamma, a)?)?)?;
                if self == Pair::Igammac { neg(&density) } else { Ok(density) }
            }
        }
    }
}

/// What asking for the derivative with respect to the first input says.
#[cold]
fn no_first(name: &str) -> Error {
    Error::not_implemented(format!(
        "the derivative for 'input' of {name} is not implemented; it has one with respect to the second argument only"
    ))
}

impl Op for OfPairs {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn grad_name(&self) -> String {
        match self.0 {
            Pair::Zeta => "SpecialZetaBackward0",
            Pair::Igamma => "IgammaBackward0",
            Pair::Igammac => "IgammacBackward0",
            Pair::Gcd => "GcdBackward0",
            Pair::Lcm => "LcmBackward0",
            Pair::NextAfter => "NextafterBackward0",
        }
        .to_owned()
    }
    fn is_differentiable(&self) -> bool {
        !self.0.whole() && self.0 != Pair::NextAfter
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let layout = result_layout(self.0.name(), inputs[0], inputs[1])?;
        let shape = layout.shape().to_vec();
        let [a, b] = [0, 1].map(|i| {
            let strides = broadcast_strides(inputs[i].layout(), &shape);
            inputs[i].view(Layout::strided(&shape, &strides), 0).contiguous()
        });
        let (a, b) = (a?, b?);
        let out = Array::empty(layout, a.dtype())?;
        let row_major = out.layout().is_contiguous();
        let aside = if row_major { out.clone() } else { Array::empty(Layout::contiguous(&shape)?, a.dtype())? };
        let (n, pair, single) = (aside.numel(), self.0, a.dtype() == DType::F32);
        let real = |x: f64, y: f64| match pair {
            Pair::Zeta => kernel::zeta(x, y),
            Pair::Igamma => kernel::igamma(x, y),
            Pair::Igammac => kernel::igammac(x, y),
            _ => next_after(x, y, single),
        };
        let whole = |x: i64, y: i64| if pair == Pair::Gcd { gcd(x, y) } else { lcm(x, y) };
        with_float!(a.dtype(), T => {
            // SAFETY: all row-major with as many elements; fresh memory.
            unsafe { kernel::each2::<T, T, T>(n, aside.ptr(), a.ptr(), b.ptr(), |x, y| T::from_f64(real(x.to_f64(), y.to_f64()))) }
        }, else {
            with_int!(a.dtype(), T => {
                // SAFETY: as above.
                unsafe { kernel::each2::<T, T, T>(n, aside.ptr(), a.ptr(), b.ptr(), |x, y| T::from_i64(whole(x.to_i64(), y.to_i64()) as i64)) }
            }, else ())
        });
        if !row_major {
            out.write_unseen(&aside);
        }
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        0b11
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        if saved.needs(0) {
            return Err(no_first(self.0.name()));
        }
        let slope = self.0.slope(&saved.input(0)?, &saved.input(1)?)?;
        Ok(smallvec![None, Some(crate::ops::sum_to(mul(g, &slope)?, saved.input_layout(1))?)])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        if !self.is_differentiable() {
            return Ok(None);
        }
        if tangents[0].is_some() {
            return Err(no_first(self.0.name()));
        }
        let Some(t) = &tangents[1] else { return Ok(None) };
        let moved = mul(t, &self.0.slope(inputs[0], inputs[1])?)?;
        if moved.shape() == out.shape() {
            Ok(Some(moved))
        } else {
            crate::ops::view::expand(&moved, out.shape()).map(Some)
        }
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let (a, b) = crate::transform::align(&inputs[0], &inputs[1])?;
        Ok(Some((apply(OpRef::new(OfPairs(self.0)), &[&a, &b])?, Some(0))))
    }
}

#[track_caller]
fn run_pair(pair: Pair, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (a, b) = unify(a, b, matches!(pair, Pair::Zeta))?;
    let fits = if pair.whole() { !a.dtype().is_float() && a.dtype() != DType::Bool } else { a.dtype().is_float() };
    if !fits {
        return Err(Error::not_implemented(format!(
            "\"{}\" not implemented for '{}'; try to({})",
            pair.name(),
            a.dtype().word(),
            if pair.whole() { "int64" } else { "float32" }
        )));
    }
    apply(OpRef::new(OfPairs(pair)), &[&a, &b])
}

macro_rules! pair {
    ($pair:expr) => {
        Body::Call(|args| {
            let (a, b) = operands(args)?;
            run_pair($pair, &a, &b).map(Into::into)
        })
    };
}

/// The exponent e of x = m 2^e with 1/2 <= |m| < 1, as int32; 0 for 0, infinities and NaN.
#[derive(Debug)]
struct Exponent;

fn exponent(x: f64) -> i32 {
    if x == 0.0 || !x.is_finite() {
        return 0;
    }
    // Denormal numbers are brought among the normal ones first.
    let (x, less) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(54), 54) } else { (x, 0) };
    ((x.to_bits() >> 52) & 0x7ff) as i32 - 1022 - less
}

impl Op for Exponent {
    fn name(&self) -> &str {
        "frexp"
    }
    fn grad_name(&self) -> String {
        "FrexpBackward0".to_owned()
    }
    fn is_differentiable(&self) -> bool {
        false
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0].contiguous()?;
        let (out, aside) = places_for(inputs[0], DType::I32)?;
        with_float!(x.dtype(), T => {
            // SAFETY: both row-major with as many elements; fresh memory.
            unsafe { kernel::each1::<T, i32>(x.numel(), aside.ptr(), x.ptr(), |v| exponent(v.to_f64())) }
        }, else return Err(Error::runtime("torch.frexp() only supports floating-point dtypes; try to(float32)")));
        if !out.same(&aside) {
            out.write_unseen(&aside);
        }
        Ok(out)
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Ok(Grads::new())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let (x, dim) = &inputs[0];
        Ok(Some((apply(OpRef::Static(&Exponent), &[x])?, *dim)))
    }
}

rows! {
    /// The exponents e of the elements m 2^e with 1/2 <= |m| < 1, as int32.
    ///
    /// >>> import wengert
    /// >>> wengert.frexp(wengert.tensor([3.0, 0.25])).exponent
    /// tensor([ 2, -1], dtype=torch.int32)
    "_exponent", "input: Tensor", "Tensor", FUNCTION, false, &["f(2, 3)", "f(4, lo=-1000.0, hi=1000.0)", "f()"];
        Body::Call(|a| apply(OpRef::Static(&Exponent), &[a.tensor(0)?]).map(Into::into));

    /// Zeta function of Hurwitz, the sum of (other + k)^-input over k = 0, 1, ...; derivatives with respect to `other` only
    /// (DLMF 25.11).
    ///
    /// >>> import wengert
    /// >>> wengert.special.zeta(wengert.tensor([2.0]), 1)
    /// tensor([1.6449])
    "_zeta", "input: Tensor | Number, other: Tensor | Number", "Tensor", FUNCTION, true,
        &["i(2, 3, lo=2, hi=5), f(2, 3, lo=0.5, hi=3.0)", "i(2, 3, lo=2, hi=5), f(3, lo=0.5, hi=3.0)", "2, f(2, 3, lo=0.5, hi=3.0)"];
        pair!(Pair::Zeta);

    /// Regularized lower incomplete gamma function P(input, other); derivatives with respect to `other` only (DLMF 8.7, 8.9).
    ///
    /// >>> import wengert
    /// >>> wengert.igamma(wengert.tensor([1.0, 2.0]), wengert.tensor([1.0, 1.0]))
    /// tensor([0.6321, 0.2642])
    "igamma", "input: Tensor, other: Tensor", "Tensor", ELEMENTWISE, true,
        &["i(2, 3, lo=1, hi=5), f(2, 3, lo=0.5, hi=4.0)", "i(3, lo=1, hi=5), f(2, 3, lo=0.5, hi=4.0)"];
        pair!(Pair::Igamma);

    /// Regularized upper incomplete gamma function Q(input, other) = 1 - P; derivatives with respect to `other` only.
    ///
    /// >>> import wengert
    /// >>> wengert.igammac(wengert.tensor([1.0, 2.0]), wengert.tensor([1.0, 1.0]))
    /// tensor([0.3679, 0.7358])
    "igammac", "input: Tensor, other: Tensor", "Tensor", ELEMENTWISE, true,
        &["i(2, 3, lo=1, hi=5), f(2, 3, lo=0.5, hi=4.0)", "i(3, lo=1, hi=5), f(2, 3, lo=0.5, hi=4.0)"];
        pair!(Pair::Igammac);

    /// Greatest common divisor of whole numbers, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.gcd(wengert.tensor([12, -8, 0]), wengert.tensor([18]))
    /// tensor([ 6,  2, 18])
    "gcd", "input: Tensor, other: Tensor", "Tensor", ELEMENTWISE, false, &["i(2, 3, lo=-9, hi=9), i(3, lo=-9, hi=9)", "i(4), i(4)"];
        pair!(Pair::Gcd);

    /// Least common multiple of whole numbers, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.lcm(wengert.tensor([4, 6]), wengert.tensor([6]))
    /// tensor([12,  6])
    "lcm", "input: Tensor, other: Tensor", "Tensor", ELEMENTWISE, false, &["i(2, 3, lo=-9, hi=9), i(3, lo=-9, hi=9)", "i(4), i(4)"];
        pair!(Pair::Lcm);

    /// The next number of the dtype from `input` towards `other`, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.nextafter(wengert.tensor([1.0]), wengert.tensor([2.0])) - 1
    /// tensor([1.1921e-07])
    "nextafter", "input: Tensor, other: Tensor", "Tensor", ELEMENTWISE, false, &["f(2, 3), f(2, 3)", "f(2, 3), f(3)"];
        pair!(Pair::NextAfter);

    /// input log(1 + other), 0 where `input` is 0 (unless `other` is nan), with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.special.xlog1py(wengert.tensor([0.0, 2.0]), wengert.tensor([-1.0, 1.0]))
    /// tensor([0.0000, 1.3863])
    "_xlog1py", "input: Tensor | Number, other: Tensor | Number", "Tensor", FUNCTION, true,
        &["f(2, 3), pos(2, 3)", "f(2, 3), pos(3)", "2, pos(2, 3)", "f(2, 3), 2", "i(3), i(3)"];
        Body::Call(|args| {
            let (a, b) = operands(args)?;
            let (a, b) = unify(&a, &b, true)?;
            crate::ops::binary::extremes::xlog1py(&a, &b).map(Into::into)
        });
}
