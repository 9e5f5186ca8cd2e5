//! The algebra formulas are written in: machine numbers that carry an instruction set in their type.
//! Depends on elementary functions of this crate only.

use crate::elementary::{Elementary, f32 as single, f64 as double, gauss, more, power};
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// What the compiled body may use; part of the type, so that the choice costs nothing at run time.
pub trait InstructionSet: Copy + 'static {
    /// Fused multiply-add exists in hardware.
    const FMA: bool;
    /// Sine and cosine take any argument (scalar code); otherwise huge ones give NaN.
    const WIDE: bool = false;
}

/// No fused multiply-add.
#[derive(Clone, Copy)]
pub struct Base;
/// Fused multiply-add.
#[derive(Clone, Copy)]
pub struct Fma;
/// The same arithmetic, for single elements that need the whole range of sine and cosine.
#[derive(Clone, Copy)]
pub struct Wide<I>(PhantomData<I>);

impl InstructionSet for Base {
    const FMA: bool = false;
}
impl InstructionSet for Fma {
    const FMA: bool = true;
}
impl<I: InstructionSet> InstructionSet for Wide<I> {
    const FMA: bool = I::FMA;
    const WIDE: bool = true;
}

/// One real number, or something that computes like one.
pub trait Real:
    Copy
    + 'static
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    fn lit(v: f64) -> Self;
    /// self * a + b; rounded once where the instruction set can, twice elsewhere.
    fn mul_add(self, a: Self, b: Self) -> Self;
    fn exp(self) -> Self;
    fn log(self) -> Self;
    fn tanh(self) -> Self;
    /// 1 / (1 + e^-self).
    fn sigmoid(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn sqrt(self) -> Self;
    fn abs(self) -> Self;
    /// max(self, 0); NaN stays NaN, -0 becomes 0.
    fn relu(self) -> Self;
    /// -1, 0 or 1; NaN stays NaN.
    fn sign(self) -> Self;
    fn recip(self) -> Self;
    /// The larger; NaN if either is.
    fn max(self, other: Self) -> Self;
    /// The smaller; NaN if either is.
    fn min(self, other: Self) -> Self;
    fn pow(self, exponent: Self) -> Self;
    fn exp2(self) -> Self;
    /// e^self - 1, right near 0.
    fn expm1(self) -> Self;
    /// log(1 + self), right near 0.
    fn log1p(self) -> Self;
    fn log2(self) -> Self;
    fn log10(self) -> Self;
    fn tan(self) -> Self;
    fn asin(self) -> Self;
    fn acos(self) -> Self;
    fn atan(self) -> Self;
    fn sinh(self) -> Self;
    fn cosh(self) -> Self;
    fn asinh(self) -> Self;
    fn acosh(self) -> Self;
    fn atanh(self) -> Self;
    fn erf(self) -> Self;
    /// self Phi(self), Phi the distribution function of the normal distribution.
    fn gelu(self) -> Self;
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn trunc(self) -> Self;
    /// To the nearest integer; halves to the even one.
    fn round(self) -> Self;
    /// The angle of the point (other, self).
    fn atan2(self, other: Self) -> Self;
    fn hypot(self, other: Self) -> Self;
    /// Remainder with the sign of self (C's fmod).
    fn fmod(self, other: Self) -> Self;
    /// The magnitude of self with the sign of other.
    fn copysign(self, other: Self) -> Self;
    fn lt(self, other: Self) -> bool;
    fn gt(self, other: Self) -> bool;
    fn eq(self, other: Self) -> bool;
    fn pick(c: bool, a: Self, b: Self) -> Self;
}

/// A machine number with an instruction set.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Lane<T, I>(pub T, PhantomData<I>);

impl<T, I> Lane<T, I> {
    #[inline(always)]
    pub fn new(v: T) -> Self {
        Lane(v, PhantomData)
    }
}

macro_rules! operator {
    ($t:ident: $($trait:ident $method:ident $op:tt),*) => {$(
        impl<I: InstructionSet> $trait for Lane<$t, I> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: Self) -> Self { Lane::new(self.0 $op o.0) }
        }
        impl<I: InstructionSet> $trait<f64> for Lane<$t, I> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: f64) -> Self { Lane::new(self.0 $op o as $t) }
        }
        impl<I: InstructionSet> $trait<Lane<$t, I>> for f64 {
            type Output = Lane<$t, I>;
            #[inline(always)]
            fn $method(self, o: Lane<$t, I>) -> Lane<$t, I> { Lane::new(self as $t $op o.0) }
        }
    )*};
}

macro_rules! more {
    ($functions:ident: $($f:ident)*) => {$(
        #[inline(always)]
        fn $f(self) -> Self { Lane::new(more::$functions::$f::<I>(self.0)) }
    )*};
}

macro_rules! lane {
    ($t:ident, $functions:ident) => {
        operator!($t: Add add +, Sub sub -, Mul mul *, Div div /);
        impl<I: InstructionSet> Neg for Lane<$t, I> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self { Lane::new(-self.0) }
        }
        impl<I: InstructionSet> Real for Lane<$t, I> {
            #[inline(always)]
            fn lit(v: f64) -> Self { Lane::new(v as $t) }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                Lane::new(<$t as Elementary>::fma::<I>(self.0, a.0, b.0))
            }
            #[inline(always)]
            fn exp(self) -> Self { Lane::new($functions::exp::<I>(self.0)) }
            #[inline(always)]
            fn log(self) -> Self { Lane::new($functions::log::<I>(self.0)) }
            #[inline(always)]
            fn tanh(self) -> Self { Lane::new($functions::tanh::<I>(self.0)) }
            #[inline(always)]
            fn sigmoid(self) -> Self { Lane::new($functions::sigmoid::<I>(self.0)) }
            #[inline(always)]
            fn sin(self) -> Self { Lane::new($functions::sin::<I>(self.0)) }
            #[inline(always)]
            fn cos(self) -> Self { Lane::new($functions::cos::<I>(self.0)) }
            #[inline(always)]
            fn sqrt(self) -> Self { Lane::new(self.0.sqrt()) }
            #[inline(always)]
            fn abs(self) -> Self { Lane::new(self.0.abs()) }
            #[inline(always)]
            fn relu(self) -> Self { Lane::new(if self.0 <= 0.0 { 0.0 } else { self.0 }) }
            #[inline(always)]
            fn sign(self) -> Self {
                // Selects, not branches; NaN fails both tests and x * 0 keeps it.
                let x = self.0;
                let s = if x > 0.0 { 1.0 } else if x < 0.0 { -1.0 } else { x };
                Lane::new(if x == 0.0 { 0.0 } else { s })
            }
            #[inline(always)]
            fn recip(self) -> Self { Lane::new(1.0 / self.0) }
            #[inline(always)]
            fn max(self, o: Self) -> Self {
                let m = if self.0 > o.0 { self.0 } else { o.0 };
                Lane::new(if self.0.is_nan() { self.0 } else { m })
            }
            #[inline(always)]
            fn min(self, o: Self) -> Self {
                let m = if self.0 < o.0 { self.0 } else { o.0 };
                Lane::new(if self.0.is_nan() { self.0 } else { m })
            }
            #[inline(always)]
            fn pow(self, e: Self) -> Self { Lane::new(power::$functions::<I>(self.0, e.0)) }
            #[inline(always)]
            fn gelu(self) -> Self { Lane::new(gauss::$t::<I>(self.0)) }
            more!($functions: exp2 expm1 log1p log2 log10 tan asin acos atan sinh cosh asinh acosh atanh erf);
            #[inline(always)]
            fn floor(self) -> Self { Lane::new(self.0.floor()) }
            #[inline(always)]
            fn ceil(self) -> Self { Lane::new(self.0.ceil()) }
            #[inline(always)]
            fn trunc(self) -> Self { Lane::new(self.0.trunc()) }
            #[inline(always)]
            fn round(self) -> Self { Lane::new(self.0.round_ties_even()) }
            #[inline(always)]
            fn atan2(self, o: Self) -> Self { Lane::new(more::$functions::atan2::<I>(self.0, o.0)) }
            #[inline(always)]
            fn hypot(self, o: Self) -> Self { Lane::new(more::$functions::hypot(self.0, o.0)) }
            #[inline(always)]
            fn fmod(self, o: Self) -> Self { Lane::new(self.0 % o.0) }
            #[inline(always)]
            fn copysign(self, o: Self) -> Self { Lane::new(self.0.copysign(o.0)) }
            #[inline(always)]
            fn lt(self, o: Self) -> bool { self.0 < o.0 }
            #[inline(always)]
            fn gt(self, o: Self) -> bool { self.0 > o.0 }
            #[inline(always)]
            fn eq(self, o: Self) -> bool { self.0 == o.0 }
            #[inline(always)]
            fn pick(c: bool, a: Self, b: Self) -> Self { if c { a } else { b } }
        }
    };
}

lane!(f32, single);
lane!(f64, double);

/// What a formula is, when it is one function of its argument and nothing else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    Argument,
    Exp,
    Log,
    Sqrt,
    /// Anything else.
    Mixed,
}

/// Runs a formula to learn what it takes. Every method is a constant or an `or`, so the answer is known when the
/// kernel is compiled.
#[derive(Clone, Copy)]
pub(crate) struct Probe {
    /// It has a sine or cosine.
    pub trigonometric: bool,
    pub whole: Whole,
}

impl Probe {
    pub const ARGUMENT: Probe = Probe { trigonometric: false, whole: Whole::Argument };
    const LITERAL: Probe = Probe { trigonometric: false, whole: Whole::Mixed };

    #[inline(always)]
    fn with(self, o: Self) -> Self {
        Probe { trigonometric: self.trigonometric | o.trigonometric, whole: Whole::Mixed }
    }
    #[inline(always)]
    fn of(self, f: Whole) -> Self {
        Probe { whole: if matches!(self.whole, Whole::Argument) { f } else { Whole::Mixed }, ..self }
    }
}

macro_rules! probe {
    (named $($n:ident $Name:ident)*; unary $($f:ident)*; trigonometric $($g:ident)*; binary $($b:ident)*;
     operators $($trait:ident $method:ident)*) => {
        impl Real for Probe {
            #[inline(always)]
            fn lit(_: f64) -> Self { Probe::LITERAL }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self { self.with(a).with(b) }
            $(#[inline(always)] fn $n(self) -> Self { self.of(Whole::$Name) })*
            $(#[inline(always)] fn $f(self) -> Self { self.with(self) })*
            $(#[inline(always)] fn $g(self) -> Self { Probe { trigonometric: true, whole: Whole::Mixed } })*
            $(#[inline(always)] fn $b(self, o: Self) -> Self { self.with(o) })*
            #[inline(always)]
            fn lt(self, _: Self) -> bool { false }
            #[inline(always)]
            fn gt(self, _: Self) -> bool { false }
            #[inline(always)]
            fn eq(self, _: Self) -> bool { false }
            #[inline(always)]
            fn pick(_: bool, a: Self, b: Self) -> Self { a.with(b) }
        }
        impl Neg for Probe {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self { self.with(self) }
        }
        $(
            impl $trait for Probe {
                type Output = Self;
                #[inline(always)]
                fn $method(self, o: Self) -> Self { self.with(o) }
            }
            impl $trait<f64> for Probe {
                type Output = Self;
                #[inline(always)]
                fn $method(self, _: f64) -> Self { self.with(self) }
            }
            impl $trait<Probe> for f64 {
                type Output = Probe;
                #[inline(always)]
                fn $method(self, o: Probe) -> Probe { o.with(o) }
            }
        )*
    };
}
probe!(named exp Exp log Log sqrt Sqrt; unary tanh sigmoid abs relu sign recip exp2 expm1 log1p log2 log10 asin acos atan sinh cosh asinh acosh atanh erf gelu
    floor ceil trunc round;
    trigonometric sin cos tan; binary max min pow atan2 hypot fmod copysign; operators Add add Sub sub Mul mul Div div);
