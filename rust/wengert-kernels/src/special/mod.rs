//! Special functions of one number after the other, in f64 throughout (f32 is rounded once at the end), and the loops that
//! run such functions over contiguous elements. Depends on `threads` and `element`.

mod bessel;
mod error;
mod gamma;

pub use bessel::{bessel_i, bessel_ie};
pub use error::{erfc, erfcx, erfinv, log_ndtr, ndtr, ndtri};
pub use gamma::{digamma, igamma, igammac, lgamma, polygamma, zeta};

use crate::element::Element;
use crate::threads::for_chunks;

/// Elements of a chunk: fixed, so that results do not depend on the number of threads.
const GRAIN: usize = 4096;

/// A pointer that the threads of one loop share.
#[derive(Clone, Copy)]
struct Shared<T>(*mut T);
// SAFETY: chunks are disjoint, and the loop ends before the memory does.
unsafe impl<T> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn at(self, i: usize) -> *mut T {
        self.0.wrapping_add(i)
    }
}

/// `out[i] = f(x[i])` for `n` contiguous elements.
///
/// # Safety
/// Both have `n` elements; they coincide or are disjoint.
pub unsafe fn each1<T: Element, U: Element>(n: usize, out: *mut U, x: *const T, f: impl Fn(T) -> U + Sync) {
    let (out, x) = (Shared(out), Shared(x.cast_mut()));
    for_chunks(n, GRAIN, |chunk| {
        for i in chunk {
            // SAFETY: i < n.
            unsafe { out.at(i).write(f(x.at(i).read())) }
        }
    });
}

/// `out[i] = f(a[i], b[i])` for `n` contiguous elements.
///
/// # Safety
/// All have `n` elements; `out` coincides with or is disjoint from each other one.
pub unsafe fn each2<T: Element, V: Element, U: Element>(
    n: usize,
    out: *mut U,
    a: *const T,
    b: *const V,
    f: impl Fn(T, V) -> U + Sync,
) {
    let (out, a, b) = (Shared(out), Shared(a.cast_mut()), Shared(b.cast_mut()));
    for_chunks(n, GRAIN, |chunk| {
        for i in chunk {
            // SAFETY: i < n.
            unsafe { out.at(i).write(f(a.at(i).read(), b.at(i).read())) }
        }
    });
}

/// sin(pi x) and cos(pi x), exact where x is a multiple of a half.
fn sin_cos_pi(x: f64) -> (f64, f64) {
    // x = r + k / 2 with |r| <= 1/4.
    let r = x % 2.0;
    let k = (2.0 * r).round();
    let (s, c) = (std::f64::consts::PI * (r - 0.5 * k)).sin_cos();
    match (k as i64).rem_euclid(4) {
        0 => (s, c),
        1 => (c, -s),
        2 => (-s, -c),
        _ => (-c, s),
    }
}
