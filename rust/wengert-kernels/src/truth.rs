//! Reductions to a truth value (any, all) and products. Depends on fold and reduce.

use crate::element::{Element, Kind};
use crate::fold::{Fold, Max, Min};
use crate::reduce::{Each, reduce};

struct Product;

impl Fold for Product {
    #[inline(always)]
    fn identity<T: Element>() -> T {
        T::ONE
    }
    #[inline(always)]
    fn join<T: Element>(a: T, b: T) -> T {
        a.times(b)
    }
}

// One where an element is not zero (NaN is not), else zero.
kernels!(truth<T: Element>, 1, |n, out, ins, _S| {
    let (to, x) = (std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n), ins[0].cast::<T>());
    for (i, o) in to.iter_mut().enumerate() {
        o.write(if *x.add(i) != T::ZERO { T::ONE } else { T::ZERO });
    }
});

// The same folded over a run. No loop with an early end: one without is in vectors.
kernels!(truth_run<T: Element, O: Fold>, 1, |n, out, ins, _S| {
    let x = std::slice::from_raw_parts(ins[0].cast::<T>(), n);
    let zero = x.iter().fold(0u32, |count, v| count + u32::from(*v == T::ZERO)) as usize;
    let (some, none) = (O::join(T::ZERO, T::ONE), O::identity::<T>());
    *out.cast::<T>() = match zero {
        0 if n == 0 => none,
        0 => T::ONE,
        z if z == n => T::ZERO,
        _ => some,
    };
});

fn each<T: Element, O: Fold>() -> Option<Each> {
    (T::KIND != Kind::Bool).then(|| Each { first: truth::get::<T>(), run: truth_run::get::<T, O>() })
}

/// out = the product over the axes marked in `reduced`; `out` is contiguous over the kept axes.
///
/// # Safety
/// As for `reduce::sum`.
pub unsafe fn prod<T: Element>(shape: &[usize], x: *const T, xs: &[isize], reduced: &[bool], out: *mut T) {
    // SAFETY: the caller's.
    unsafe { reduce::<T, Product>(shape, x, xs, reduced, out, None) }
}

/// out > 0 where any element is not zero.
///
/// # Safety
/// As for `reduce::sum`.
pub unsafe fn any<T: Element>(shape: &[usize], x: *const T, xs: &[isize], reduced: &[bool], out: *mut T) {
    // SAFETY: the caller's.
    unsafe { reduce::<T, Max>(shape, x, xs, reduced, out, each::<T, Max>()) }
}

/// out > 0 where no element is zero.
///
/// # Safety
/// As for `reduce::sum`.
pub unsafe fn all<T: Element>(shape: &[usize], x: *const T, xs: &[isize], reduced: &[bool], out: *mut T) {
    // SAFETY: the caller's.
    unsafe { reduce::<T, Min>(shape, x, xs, reduced, out, each::<T, Min>()) }
}
