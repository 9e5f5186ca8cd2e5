//! Matrix times vector, and vector times matrix, where the rows of the matrix are contiguous.
//! Depends on fold and map.

use crate::fold::{Shared, Sum, grain_for, tree};
use crate::gemm::View;
use crate::map::Float;
use crate::threads::for_chunks;
use std::mem::MaybeUninit;

/// Rows taken together: each is an accumulator of its own, which hides the latency of the adds.
const ROWS: usize = 8;
/// Longest vector with gaps that is packed first.
pub(crate) const LONGEST: usize = 2048;

/// Addresses of ROWS rows.
struct Rows<T>([*const T; ROWS]);

macro_rules! rows_times_vector {
    ($name:ident, $t:ty, $width:literal) => {
        // ROWS dot products of length n: ins[0] is a `Rows`, ins[1] the vector, out ROWS sums.
        kernels!($name, 2, |n, out, ins, S| {
            let (rows, v) = (&(*ins[0].cast::<Rows<$t>>()).0, ins[1].cast::<$t>());
            let mut acc = [[0.0 as $t; $width]; ROWS];
            let whole = n / $width * $width;
            let mut p = 0;
            while p < whole {
                let x = *v.add(p).cast::<[$t; $width]>();
                for (a, row) in acc.iter_mut().zip(rows) {
                    let row = *row.add(p).cast::<[$t; $width]>();
                    for l in 0..$width {
                        a[l] = <$t>::fused::<S>(row[l], x[l], a[l]);
                    }
                }
                p += $width;
            }
            let out = out.cast::<$t>();
            for (r, (a, row)) in acc.iter().zip(rows).enumerate() {
                let mut last = [0.0 as $t; $width];
                for l in 0..n - whole {
                    last[l] = *row.add(whole + l) * *v.add(whole + l);
                }
                for l in 0..$width {
                    last[l] += a[l];
                }
                out.add(r).write(tree::<$t, Sum, $width>(last));
            }
        });
    };
}
// Eight lanes for both: wider ones do not stay in registers, and memory is the limit anyway.
rows_times_vector!(single, f32, 8);
rows_times_vector!(double, f64, 8);

/// out = m v or out += m v, `m` of `count` contiguous rows, `v` and `out` of any stride.
///
/// # Safety
/// Pointers are valid for count x k, k and count elements; `out` is disjoint; k <= LONGEST unless
/// `v` is contiguous.
pub(crate) unsafe fn run<T: Float>(
    count: usize,
    k: usize,
    m: View<T>,
    v: (*mut T, isize),
    out: (*mut T, isize),
    add: bool,
) {
    let mut packed = MaybeUninit::<[T; LONGEST]>::uninit();
    let mut from = v.0 as *const T;
    if v.1 != 1 {
        // SAFETY: k <= LONGEST elements.
        unsafe { crate::walk::strided_read(k.min(LONGEST), from, v.1, packed.as_mut_ptr().cast()) };
        from = packed.as_ptr().cast();
    }
    let kernel = if size_of::<T>() == 4 { single::get() } else { double::get() };
    let (m0, from, o) = (Shared(m.0), Shared(from as *mut T), Shared(out.0));
    let (stride, step) = (m.1, out.1);
    for_chunks(count.div_ceil(ROWS), grain_for(k * ROWS), |range| {
        for block in range {
            let first = block * ROWS;
            // The last block repeats its last row.
            let row = |r: usize| m0.at(0).wrapping_offset((first + r).min(count - 1) as isize * stride) as *const T;
            let rows = Rows::<T>(std::array::from_fn(row));
            let mut sums = [T::ZERO; ROWS];
            // SAFETY: ROWS rows and a vector of k elements each.
            unsafe { kernel(k, sums.as_mut_ptr().cast(), [(&raw const rows).cast(), from.at(0) as *const u8]) };
            for (r, &sum) in sums.iter().enumerate().take(count - first) {
                let to = o.at(0).wrapping_offset((first + r) as isize * step);
                // SAFETY: output first + r, which belongs to this block.
                unsafe { to.write(if add { (*to).plus(sum) } else { sum }) };
            }
        }
    });
}

/// Columns from which on `sum_rows` is quicker than tiles.
pub(crate) const BROAD: usize = 64;
/// Columns taken together.
const COLUMNS: usize = 512;

/// Rows, their factors, and whether to add to what is there.
struct Terms<T>([*const T; ROWS], [T; ROWS], bool);

macro_rules! sum_of_rows {
    ($name:ident, $t:ty, $count:literal, $width:literal) => {
        // out[j] = the sum over rows of factor row[j], on top of what is there if wanted: ins[0] is a `Terms`.
        kernels!($name, 1, |n, out, ins, S| {
            let Terms(rows, factors, add) = &*ins[0].cast::<Terms<$t>>();
            let (out, whole) = (out.cast::<$t>(), n / $width * $width);
            let mut j = 0;
            while j < whole {
                let to = out.add(j).cast::<[$t; $width]>();
                let mut acc = if *add { *to } else { [0.0; $width] };
                for r in 0..$count {
                    let row = *rows[r].add(j).cast::<[$t; $width]>();
                    for l in 0..$width {
                        acc[l] = <$t>::fused::<S>(factors[r], row[l], acc[l]);
                    }
                }
                to.write(acc);
                j += $width;
            }
            while j < n {
                let mut acc = if *add { *out.add(j) } else { 0.0 };
                for r in 0..$count {
                    acc = <$t>::fused::<S>(factors[r], *rows[r].add(j), acc);
                }
                out.add(j).write(acc);
                j += 1;
            }
        });
    };
}
sum_of_rows!(single_all, f32, 8, 16);
sum_of_rows!(single_one, f32, 1, 16);
sum_of_rows!(double_all, f64, 8, 8);
sum_of_rows!(double_one, f64, 1, 8);

/// out = v m or out += v m, `m` of `count` contiguous rows of n elements, `out` contiguous.
///
/// # Safety
/// Pointers are valid for count x n, count and n elements; `out` is disjoint.
pub(crate) unsafe fn sum_rows<T: Float>(
    count: usize,
    n: usize,
    v: (*mut T, isize),
    m: View<T>,
    out: *mut T,
    add: bool,
) {
    let (all, one) = if size_of::<T>() == 4 {
        (single_all::get(), single_one::get())
    } else {
        (double_all::get(), double_one::get())
    };
    let (m0, v0, o) = (Shared(m.0), Shared(v.0), Shared(out));
    let (stride, step) = (m.1, v.1);
    for_chunks(n.div_ceil(COLUMNS), grain_for(count * COLUMNS), |range| {
        for part in range {
            let j = part * COLUMNS;
            let width = COLUMNS.min(n - j);
            let mut terms = Terms([std::ptr::null(); ROWS], [T::ZERO; ROWS], add);
            let mut p = 0;
            while p < count {
                let rows = if count - p >= ROWS { ROWS } else { 1 };
                for r in 0..rows {
                    terms.0[r] = m0.at(j).wrapping_offset((p + r) as isize * stride);
                    // SAFETY: element p + r of the vector.
                    terms.1[r] = unsafe { *v0.at(0).offset((p + r) as isize * step) };
                }
                let kernel = if rows == ROWS { all } else { one };
                // SAFETY: `width` elements of each row and of the output, which are this part's.
                unsafe { kernel(width, o.at(j).cast(), [(&raw const terms).cast()]) };
                (p, terms.2) = (p + rows, true);
            }
        }
    });
}
