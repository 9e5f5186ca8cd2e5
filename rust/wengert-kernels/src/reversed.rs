//! Numbers in the opposite order: what finds the largest finds the smallest of them. Depends on element and reduce.

use crate::element::{Element, Kind};
use std::cmp::Ordering;

/// A number that compares the other way round; NaN stays NaN.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Reversed<T>(pub T);

impl<T: PartialOrd> PartialOrd for Reversed<T> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        other.0.partial_cmp(&self.0)
    }
    // Spelt out, so that a comparison stays one instruction.
    #[inline(always)]
    fn lt(&self, other: &Self) -> bool {
        other.0 < self.0
    }
    #[inline(always)]
    fn le(&self, other: &Self) -> bool {
        other.0 <= self.0
    }
    #[inline(always)]
    fn gt(&self, other: &Self) -> bool {
        other.0 > self.0
    }
    #[inline(always)]
    fn ge(&self, other: &Self) -> bool {
        other.0 >= self.0
    }
}

impl<T: Element> Element for Reversed<T> {
    const KIND: Kind = T::KIND;
    const NAME: &'static str = T::NAME;
    const ZERO: Self = Reversed(T::ZERO);
    const ONE: Self = Reversed(T::ONE);
    const LOWEST: Self = Reversed(T::HIGHEST);
    const HIGHEST: Self = Reversed(T::LOWEST);
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self.0.to_f64()
    }
    #[inline(always)]
    fn to_i64(self) -> i64 {
        self.0.to_i64()
    }
    #[inline(always)]
    fn to_i32(self) -> i32 {
        self.0.to_i32()
    }
    #[inline(always)]
    fn from_f64(v: f64) -> Self {
        Reversed(T::from_f64(v))
    }
    #[inline(always)]
    fn from_i64(v: i64) -> Self {
        Reversed(T::from_i64(v))
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Reversed(self.0.plus(other.0))
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Reversed(self.0.times(other.0))
    }
}

/// The smallest element along `axis` (NaN counts as smallest) and the index of its first place.
///
/// # Safety
/// As for `reduce::max_index`.
pub unsafe fn min_index<T: Element>(
    shape: &[usize],
    x: *const T,
    xs: &[isize],
    axis: usize,
    out_val: *mut T,
    out_idx: *mut i64,
) {
    // SAFETY: the caller's; a `Reversed` lies in memory as what it holds.
    unsafe { crate::reduce::max_index::<Reversed<T>>(shape, x.cast(), xs, axis, out_val.cast(), out_idx) }
}
