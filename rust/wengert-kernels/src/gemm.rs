//! Matrix product: a small unpacked kernel, matrix-vector kernels, and the gemm crate for the rest.
//! The only file that knows that crate.

use crate::element::Element;
use crate::gemv;
use crate::map::Float;
use crate::threads::inside;
use gemm_common::Parallelism;

/// The packed kernel of one element type.
#[derive(Clone, Copy)]
pub struct Gemm<T: Element>(Packed<T>);

/// m, n, k, output, left, right, accumulate, threads.
type Packed<T> = unsafe fn(usize, usize, usize, View<T>, View<T>, View<T>, bool, usize);

/// A matrix: address, row stride, column stride.
#[derive(Clone, Copy)]
pub(crate) struct View<T>(pub *mut T, pub isize, pub isize);

// SAFETY: an address and two numbers; what may be done with them is gemm's contract.
unsafe impl<T> Send for View<T> {}

macro_rules! packed {
    ($t:ident, $krate:ident) => {
        #[allow(non_upper_case_globals)]
        pub(crate) const $t: Gemm<$t> = Gemm({
            #[allow(clippy::too_many_arguments)]
            unsafe fn run(
                m: usize,
                n: usize,
                k: usize,
                o: View<$t>,
                a: View<$t>,
                b: View<$t>,
                add: bool,
                threads: usize,
            ) {
                let parallelism = if threads > 1 { Parallelism::Rayon(threads) } else { Parallelism::None };
                // The crate's alpha scales the old output and its beta the product.
                // SAFETY: the caller's.
                unsafe {
                    $krate::gemm::$t::get_gemm_fn()(
                        m,
                        n,
                        k,
                        o.0,
                        o.2,
                        o.1,
                        add,
                        a.0,
                        a.2,
                        a.1,
                        b.0,
                        b.2,
                        b.1,
                        1.0,
                        1.0,
                        false,
                        false,
                        false,
                        parallelism,
                    )
                }
            }
            run
        });
    };
}
packed!(f32, gemm_f32);
packed!(f64, gemm_f64);

/// Multiply-adds below which one thread is quicker.
const PARALLEL: usize = 160 * 160 * 160;

/// out = a b, or out += a b; strides in elements: rows, then columns.
///
/// # Safety
/// Pointers are valid for m x n, m x k and k x n with their strides; `out` is disjoint from both.
#[allow(clippy::too_many_arguments)]
#[rustfmt::skip]
pub unsafe fn gemm<T: Float>(
    m: usize, n: usize, k: usize,
    out: *mut T, ors: isize, ocs: isize,
    a: *const T, ars: isize, acs: isize,
    b: *const T, brs: isize, bcs: isize,
    accumulate: bool,
) {
    if m == 0 || n == 0 {
        return;
    }
    if k == 0 {
        if !accumulate {
            // SAFETY: the output is valid for m x n.
            unsafe { crate::copy::fill(&[m, n], out, &[ors, ocs], T::ZERO) };
        }
        return;
    }
    let (o, a, b) = (View(out, ors, ocs), View(a as *mut T, ars, acs), View(b as *mut T, brs, bcs));
    let work = m.saturating_mul(n).saturating_mul(k);
    // A vector against contiguous rows.
    if n == 1 && (acs == 1 || k == 1) && (brs == 1 || k <= gemv::LONGEST) {
        // SAFETY: the caller's.
        return unsafe { gemv::run(m, k, a, (b.0, brs), (out, ors), accumulate) };
    }
    if m == 1 && (brs == 1 || k == 1) && (acs == 1 || k <= gemv::LONGEST) {
        let rows = View(b.0, bcs, brs);
        // SAFETY: the caller's, transposed.
        return unsafe { gemv::run(n, k, rows, (a.0, acs), (out, ocs), accumulate) };
    }
    if crate::small_gemm::fits(m, n, k) {
        // SAFETY: the caller's, and k > 0.
        return unsafe { crate::small_gemm::run(m, n, k, o, a, b, accumulate) };
    }
    let run = move |threads| {
        let (o, a, b) = (o, a, b);
        // SAFETY: the caller's.
        unsafe { T::GEMM.0(m, n, k, o, a, b, accumulate, threads) }
    };
    if work < PARALLEL { run(1) } else { inside(run) }
}
