//! Copies, casts and fills over any strides. Depends on drive and turn.

use crate::drive::{Kernel, Operand, drive};
use crate::element::{Element, Kind};
use std::mem::MaybeUninit;

/// out = x.
///
/// # Safety
/// As for `map::map1`.
pub unsafe fn copy<T: Element>(shape: &[usize], out: *mut T, os: &[isize], x: *const T, xs: &[isize]) {
    unsafe fn block<T>(n: usize, out: *mut u8, [x]: [*const u8; 1]) {
        // SAFETY: Kernel's contract; `copy` also allows the one-element coincidence.
        unsafe { std::ptr::copy(x.cast::<T>(), out.cast::<T>(), n) }
    }
    let kernel: Kernel<1> = block::<T>;
    // SAFETY: the caller's. What coincides exactly has the same strides, so it is not turned.
    unsafe {
        if crate::turn::turned(shape, out, os, x, xs) {
            return;
        }
    }
    // SAFETY: the caller's.
    unsafe { drive(shape, Operand::new(out, os), [Operand::new(x, xs)], kernel) }
}

#[inline(always)]
fn cast_one<T: Element, U: Element>(x: T) -> U {
    match (T::KIND, U::KIND) {
        (_, Kind::Bool) => U::from_bool(x != T::ZERO),
        (Kind::Float, Kind::Float) => U::from_f64(x.to_f64()),
        // As torch on x86, and the vector registers have this conversion.
        (Kind::Float, Kind::Int) if size_of::<U>() <= 4 => U::from_i64(x.to_i32() as i64),
        _ => U::from_i64(x.to_i64()),
    }
}

kernels!(convert<T: Element, U: Element>, 1, |n, out, ins, _S| {
    let (to, x) = (out.cast::<U>(), ins[0].cast::<T>());
    if n == 1 {
        to.write(cast_one(*x));
    } else {
        let to = std::slice::from_raw_parts_mut(to.cast::<MaybeUninit<U>>(), n);
        for (i, o) in to.iter_mut().enumerate() {
            o.write(cast_one(*x.add(i)));
        }
    }
});

/// out = x as another type: floats truncate towards zero, wide integers keep their low bits, anything but zero is true.
/// Floats that do not fit `i32` become `i32::MIN` (`i64`: `i64::MIN`), of which narrower integers keep the low bits.
///
/// # Safety
/// As for `map::map1`; `out` and `x` are disjoint unless of the same size.
pub unsafe fn cast<T: Element, U: Element>(shape: &[usize], out: *mut U, os: &[isize], x: *const T, xs: &[isize]) {
    // SAFETY: the caller's.
    unsafe { drive(shape, Operand::new(out, os), [Operand::new(x, xs)], convert::get::<T, U>()) }
}

/// out = v.
///
/// # Safety
/// `out` is valid for the shape and strides.
pub unsafe fn fill<T: Element>(shape: &[usize], out: *mut T, os: &[isize], v: T) {
    let zero = [0isize; 16];
    if shape.len() <= zero.len() {
        // SAFETY: the caller's; v outlives the call.
        unsafe { copy(shape, out, os, &v, &zero[..shape.len()]) }
    } else {
        for i in 0..shape[0] {
            // SAFETY: a sub-nest of the caller's.
            unsafe { fill(&shape[1..], out.offset(i as isize * os[0]), &os[1..], v) }
        }
    }
}
