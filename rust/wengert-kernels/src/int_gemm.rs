//! Products of integer matrices, exact modulo the width of the type. Depends on compile, walk and threads.

use crate::drive::GRAIN;
use crate::element::Int;
use crate::fold::Shared;
use crate::interrupt;
use crate::threads::for_chunks;
use crate::walk::strided_read;
use std::mem::MaybeUninit;

/// Rows of the second factor that go into the output in one pass over it.
const ROWS: usize = 4;

/// Rows of the output computed together, at least.
const TOGETHER: usize = 16;

/// Elements of a row taken at a time, so that what is read again stays in the first-level cache.
const WIDTH: usize = 512;

/// What a pass adds: a number times each of up to four rows. Missing rows have the number 0.
struct Rows<T> {
    factors: [T; ROWS],
    rows: [*const T; ROWS],
}

// n outputs, each with the four products added; ins[0] is a `Rows`.
kernels!(add_rows<T: Int>, 1, |n, out, ins, _S| {
    let Rows { factors: [f, g, h, k], rows: [a, b, c, d] } = *ins[0].cast::<Rows<T>>();
    let out = std::slice::from_raw_parts_mut(out.cast::<T>(), n);
    for (i, o) in out.iter_mut().enumerate() {
        let low = f.wrapping_mul(*a.add(i)).wrapping_add(g.wrapping_mul(*b.add(i)));
        let high = h.wrapping_mul(*c.add(i)).wrapping_add(k.wrapping_mul(*d.add(i)));
        *o = o.wrapping_add(low.wrapping_add(high));
    }
});

// The sum of n products.
kernels!(products<T: Int>, 2, |n, out, ins, _S| {
    let (a, b) = (ins[0].cast::<T>(), ins[1].cast::<T>());
    let mut sum = T::ZERO;
    for i in 0..n {
        sum = sum.wrapping_add((*a.add(i)).wrapping_mul(*b.add(i)));
    }
    out.cast::<T>().write(sum);
});

/// `n` elements in a row: as they lie, or read into the stage. n <= WIDTH.
unsafe fn straight<T: Int>(n: usize, from: *const T, stride: isize, stage: *mut T) -> *const T {
    if stride == 1 || n == 1 {
        return from;
    }
    // SAFETY: n elements of the caller's, and room for them.
    unsafe { strided_read(n, from, stride, stage) };
    stage
}

/// Multiply-adds from which on the work may be cut short after them.
const PIECE: usize = 1 << 18;

/// out (m x n, row-major) = a (m x k) b (k x n); `rs` and `cs` are strides of rows and columns.
///
/// # Safety
/// Pointers are valid for these sizes and strides; `out` is disjoint from both factors.
#[allow(clippy::too_many_arguments)]
#[rustfmt::skip]
pub unsafe fn int_gemm<T: Int>(
    m: usize, n: usize, k: usize, out: *mut T,
    a: *const T, a_rs: isize, a_cs: isize, b: *const T, b_rs: isize, b_cs: isize,
) {
    let (out, a, b) = (Shared(out), Shared(a as *mut T), Shared(b as *mut T));
    let grain = (GRAIN / n.saturating_mul(k).max(1)).max(1);
    if n == 1 {
        let kernel = products::get::<T>();
        return for_chunks(m, grain, |range| {
            let mut stages = [MaybeUninit::<[T; WIDTH]>::uninit(); 2];
            for i in range {
                let mut sum = T::ZERO;
                for l in (0..k).step_by(WIDTH) {
                    let (width, mut part) = (WIDTH.min(k - l), T::ZERO);
                    let row = a.at(0).wrapping_offset(i as isize * a_rs + l as isize * a_cs);
                    let column = b.at(0).wrapping_offset(l as isize * b_rs);
                    // SAFETY: a part of row i and of the one column.
                    unsafe {
                        let row = straight(width, row, a_cs, stages[0].as_mut_ptr().cast());
                        let column = straight(width, column, b_rs, stages[1].as_mut_ptr().cast());
                        kernel(width, (&raw mut part).cast(), [row.cast(), column.cast()]);
                    }
                    sum = sum.wrapping_add(part);
                }
                // SAFETY: output i is this chunk's.
                unsafe { out.at(i).write(sum) };
            }
        });
    }
    let kernel = add_rows::get::<T>();
    // Rows of b are read once for all rows of a chunk.
    for_chunks(m, grain.max(TOGETHER), |range| {
        let mut stages = [MaybeUninit::<[T; WIDTH]>::uninit(); ROWS];
        for first in (0..n).step_by(WIDTH) {
            let width = WIDTH.min(n - first);
            for i in range.clone() {
                // SAFETY: a part of row i of the output.
                unsafe { strided_read(width, &T::ZERO, 0, out.at(i * n + first)) };
            }
            for l in (0..k).step_by(ROWS) {
                let count = ROWS.min(k - l);
                let mut rows = [std::ptr::null(); ROWS];
                for (j, (row, stage)) in rows.iter_mut().zip(&mut stages).enumerate() {
                    // Where there is none: any row, times 0.
                    let at = (l + j.min(count - 1)) as isize * b_rs + first as isize * b_cs;
                    // SAFETY: a part of a row of b.
                    *row = unsafe { straight(width, b.at(0).wrapping_offset(at), b_cs, stage.as_mut_ptr().cast()) };
                }
                for i in range.clone() {
                    let from = a.at(0).wrapping_offset(i as isize * a_rs + l as isize * a_cs);
                    // SAFETY: the elements l..l + count of row i.
                    let factor = |j: usize| if j < count { unsafe { *from.offset(j as isize * a_cs) } } else { T::ZERO };
                    let part = Rows { factors: std::array::from_fn(factor), rows };
                    // SAFETY: a part of row i of the output, and of four rows of b.
                    unsafe { kernel(width, out.at(i * n + first).cast(), [(&raw const part).cast()]) };
                }
            }
            if range.len() * width * k > PIECE {
                interrupt::checkpoint();
            }
        }
    });
}
