//! The running results there are: sum, product, index of the extreme, log-sum-exp, linear recurrences.
//! Depends on scan, windows and element. Floats are carried in double precision.

use crate::element::{Element, Kind};
use crate::scan::{Scan, WholeOf};

/// What sums and products are carried in: double precision for floats, the numbers themselves otherwise.
pub trait Carried: Element {
    type Wide: Element;
    fn widen(self) -> Self::Wide;
    fn narrow(v: Self::Wide) -> Self;
    /// A kernel for running sums of whole lines.
    #[doc(hidden)]
    fn sums() -> Option<WholeOf<Self, Self>> {
        None
    }
}
macro_rules! carried {
    ($($t:ty => $w:ty $(, $sums:expr)?);*) => {$(
        impl Carried for $t {
            type Wide = $w;
            #[inline(always)]
            fn widen(self) -> $w { self as $w }
            #[inline(always)]
            fn narrow(v: $w) -> Self { v as $t }
            $(fn sums() -> Option<WholeOf<$t, $t>> { Some($sums) })?
        }
    )*};
}
carried!(f32 => f64, crate::windows::sums; f64 => f64; i64 => i64);

/// Sum of the elements so far.
pub struct CumSum;
impl<T: Carried> Scan<T> for CumSum {
    type State = T::Wide;
    type Out = T;
    #[inline(always)]
    fn start() -> T::Wide {
        T::Wide::ZERO
    }
    #[inline(always)]
    fn step(s: T::Wide, x: T, _: T, _: usize) -> T::Wide {
        s.plus(x.widen())
    }
    #[inline(always)]
    fn value(s: T::Wide) -> T {
        T::narrow(s)
    }
    fn whole() -> Option<WholeOf<T, T>> {
        T::sums()
    }
}

/// Product of the elements so far.
pub struct CumProd;
impl<T: Carried> Scan<T> for CumProd {
    type State = T::Wide;
    type Out = T;
    #[inline(always)]
    fn start() -> T::Wide {
        T::Wide::ONE
    }
    #[inline(always)]
    fn step(s: T::Wide, x: T, _: T, _: usize) -> T::Wide {
        s.times(x.widen())
    }
    #[inline(always)]
    fn value(s: T::Wide) -> T {
        T::narrow(s)
    }
}

/// Index of the largest element so far, the last of equal ones; NaN counts as largest.
pub struct CumMax;
impl<T: Element> Scan<T> for CumMax {
    type State = (T, i64);
    type Out = i64;
    #[inline(always)]
    fn start() -> (T, i64) {
        (T::LOWEST, 0)
    }
    #[inline(always)]
    fn step((best, at): (T, i64), x: T, _: T, i: usize) -> (T, i64) {
        if x.is_nan() || (!best.is_nan() && x >= best) { (x, i as i64) } else { (best, at) }
    }
    #[inline(always)]
    fn value((_, at): (T, i64)) -> i64 {
        at
    }
}

/// Logarithm of the sum of exponentials so far.
pub struct CumLogSumExp;
impl<T: Element> Scan<T> for CumLogSumExp {
    type State = (f64, f64);
    type Out = T;
    #[inline(always)]
    fn start() -> (f64, f64) {
        (f64::NEG_INFINITY, 0.0)
    }
    #[inline(always)]
    fn step((m, s): (f64, f64), x: T, _: T, _: usize) -> (f64, f64) {
        let x = x.to_f64();
        if x == m {
            // Also two infinities of one sign, whose difference is no number.
            return (m, s + 1.0);
        }
        if x > m { (x, s * (m - x).exp() + 1.0) } else { (m, s + (x - m).exp()) }
    }
    #[inline(always)]
    fn value((m, s): (f64, f64)) -> T {
        T::from_f64(if m == f64::NEG_INFINITY && !s.is_nan() { m } else { m + s.ln() })
    }
}

/// s[k] = x[k] + a[k] s[k - 1].
pub struct Recurrence;
impl<T: Element> Scan<T> for Recurrence {
    type State = f64;
    type Out = T;
    #[inline(always)]
    fn start() -> f64 {
        0.0
    }
    #[inline(always)]
    fn step(s: f64, x: T, a: T, i: usize) -> f64 {
        if i == 0 { x.to_f64() } else { x.to_f64() + a.to_f64() * s }
    }
    #[inline(always)]
    fn value(s: f64) -> T {
        const { assert!(matches!(T::KIND, Kind::Float)) };
        T::from_f64(s)
    }
}

/// s[k] = x[k] + a[k + 1] s[k + 1], to be run from the end.
pub struct Adjoint;
impl<T: Element> Scan<T> for Adjoint {
    type State = (f64, f64);
    type Out = T;
    #[inline(always)]
    fn start() -> (f64, f64) {
        (0.0, 0.0)
    }
    #[inline(always)]
    fn step((s, link): (f64, f64), x: T, a: T, i: usize) -> (f64, f64) {
        (if i == 0 { x.to_f64() } else { x.to_f64() + link * s }, a.to_f64())
    }
    #[inline(always)]
    fn value((s, _): (f64, f64)) -> T {
        T::from_f64(s)
    }
}
