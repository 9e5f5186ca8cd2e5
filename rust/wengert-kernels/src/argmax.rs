//! The first largest element along an axis and its index. Depends on fold, walk and threads.

use crate::element::Element;
use crate::fold::{Fold, Max, RUN, Shared, grain_for, long, run_kernel};
use crate::threads::{for_chunks, num_threads};
use crate::walk::{Order, RANK, Walk, strided_read};
use std::mem::MaybeUninit;

/// Columns taken together: their values and places stay in the first-level cache.
const WIDTH: usize = 1024;
/// Blocks of columns start at whole vectors.
const STEP: usize = 64;

/// The first i below n for which `hit` holds, or n.
#[inline(always)]
fn first(n: usize, hit: impl Fn(usize) -> bool) -> usize {
    let mut i = 0;
    while i + 64 <= n && !(i..i + 64).fold(false, |any, i| any | hit(i)) {
        i += 64;
    }
    while i < n && !hit(i) {
        i += 1;
    }
    i
}

// Index of the first element that equals ins[1], or is NaN if that is NaN, or n.
kernels!(find<T: Element>, 2, |n, out, ins, _S| {
    let (x, wanted) = (ins[0].cast::<T>(), *ins[1].cast::<T>());
    let at = if wanted.is_nan() {
        first(n, #[inline(always)] |i| (*x.add(i)).is_nan())
    } else {
        first(n, #[inline(always)] |i| *x.add(i) == wanted)
    };
    out.cast::<usize>().write(at);
});

/// Where the best value of a column was found: as wide as the values, so that one mask serves both.
trait Place: Copy + Default + 'static {
    fn of(row: usize) -> Self;
    fn row(self) -> i64;
}
macro_rules! place {
    ($($t:ident)*) => {$(
        impl Place for $t {
            #[inline(always)]
            fn of(row: usize) -> Self { row as $t }
            #[inline(always)]
            fn row(self) -> i64 { self as i64 }
        }
    )*};
}
place!(u32 u64);

/// What the column kernel updates, and the number of the first of the rows at hand.
struct Best<T, P> {
    values: *mut T,
    places: *mut P,
    row: usize,
}

// A `Best` (out) of n columns, given two more rows.
kernels!(improve<T: Element, P: Place>, 2, |n, out, ins, _S| {
    let best = &*out.cast::<Best<T, P>>();
    let (values, places) = (std::slice::from_raw_parts_mut(best.values, n), std::slice::from_raw_parts_mut(best.places, n));
    let (rows, numbers) = (ins.map(|p| p.cast::<T>()), [P::of(best.row), P::of(best.row + 1)]);
    for (i, (value, place)) in values.iter_mut().zip(places).enumerate() {
        let (mut v, mut p) = (*value, *place);
        for (row, number) in rows.iter().zip(numbers) {
            let x = *row.add(i);
            // A NaN in x fails the first test; one in v is kept.
            let keep = (x <= v) | v.is_nan();
            v = if keep { v } else { x };
            p = if keep { p } else { number };
        }
        *value = v;
        *place = p;
    }
});

/// The largest element along `axis` (NaN counts as largest) and the index of its first place; both
/// outputs are contiguous over the other axes. An axis of length 0 writes nothing.
///
/// # Safety
/// `x` is readable for the shape and strides, the outputs writable for the other axes and disjoint.
pub unsafe fn max_index<T: Element>(
    shape: &[usize],
    x: *const T,
    xs: &[isize],
    axis: usize,
    out_val: *mut T,
    out_idx: *mut i64,
) {
    let Some((&length, &stride)) = shape.get(axis).zip(xs.get(axis)) else {
        if shape.is_empty() {
            // SAFETY: a 0-d view is one element.
            unsafe {
                out_val.write(*x);
                out_idx.write(0);
            }
        }
        return;
    };
    let outputs: usize = shape.iter().enumerate().filter(|&(d, _)| d != axis).map(|(_, &n)| n).product();
    if outputs == 0 || length == 0 {
        return;
    }
    let mut kept = Order { rank: 0, dim: [0; RANK] };
    for d in (0..shape.len()).filter(|&d| d != axis && shape[d] != 1) {
        if kept.rank == RANK || d > u8::MAX as usize {
            // More axes than a walk holds: peel the first of the others.
            let first = usize::from(axis == 0);
            let rest = |s: &[usize]| [&s[..first], &s[first + 1..]].concat();
            let inner: Vec<isize> = [&xs[..first], &xs[first + 1..]].concat();
            let each = outputs / shape[first];
            for i in 0..shape[first] {
                let at = i as isize * xs[first];
                let axis = if axis > first { axis - 1 } else { axis };
                // SAFETY: a part of the caller's view and outputs.
                unsafe {
                    max_index(&rest(shape), x.offset(at), &inner, axis, out_val.add(i * each), out_idx.add(i * each))
                };
            }
            return;
        }
        kept.dim[kept.rank] = d as u8;
        kept.rank += 1;
    }
    let kept = Walk::new(shape, xs, &kept);
    let (x, out_val, out_idx) = (Shared(x as *mut T), Shared(out_val), Shared(out_idx));
    let (_, columns, ks) = kept.last();
    if columns > 1 && ks.unsigned_abs() < stride.unsigned_abs() {
        // Columns know nothing of each other: how they are cut changes no result.
        let share = columns.div_ceil(num_threads()).next_multiple_of(STEP).min(WIDTH);
        let blocks = columns.div_ceil(share);
        let narrow = size_of::<T>() <= 4 && length <= u32::MAX as usize;
        let by_columns = if narrow { by_columns::<T, u32> } else { by_columns::<T, u64> };
        for_chunks(outputs / columns * blocks, grain_for(length * columns.min(share)), |range| {
            for index in range {
                let first = index / blocks * columns + index % blocks * share;
                let width = share.min(columns - index % blocks * share);
                let base = x.at(0).wrapping_offset(kept.offset_of(first));
                // SAFETY: a block of the caller's view; blocks do not overlap.
                unsafe { by_columns(base, ks, width, stride, length, out_val.at(first), out_idx.at(first)) };
            }
        });
        return;
    }
    for_chunks(outputs, grain_for(length), |range| {
        for o in range {
            let base = x.at(0).wrapping_offset(kept.offset_of(o));
            // SAFETY: one line of the caller's view; each output is written once.
            unsafe {
                let (value, at) = line(base, stride, length);
                out_val.at(o).write(value);
                out_idx.at(o).write(at as i64);
            }
        }
    });
}

unsafe fn by_columns<T: Element, P: Place>(
    base: *const T,
    ks: isize,
    width: usize,
    stride: isize,
    length: usize,
    values: *mut T,
    indices: *mut i64,
) {
    let kernel = improve::get::<T, P>();
    let (mut places, mut stage) = ([P::default(); WIDTH], [const { MaybeUninit::<[T; WIDTH]>::uninit() }; 2]);
    let mut best = Best { values, places: places.as_mut_ptr(), row: 0 };
    // SAFETY: the caller's; stages and places hold WIDTH >= width elements.
    unsafe {
        strided_read(width, base, ks, values);
        for r in (1..length).step_by(2) {
            // An odd last row is given twice: the second time nothing is larger.
            let rows = [r, (r + 1).min(length - 1)].map(|r| base.offset(r as isize * stride));
            let mut from = rows.map(|row| row.cast::<u8>());
            if ks != 1 {
                for k in 0..2 {
                    strided_read(width, rows[k], ks, stage[k].as_mut_ptr().cast());
                    from[k] = stage[k].as_ptr().cast();
                }
            }
            best.row = r;
            kernel(width, (&raw mut best).cast(), from);
        }
        for (i, place) in places[..width].iter().enumerate() {
            indices.add(i).write(place.row());
        }
    }
}

/// Largest value, then its first place: two passes, both vectorised.
unsafe fn line<T: Element>(base: *const T, stride: isize, length: usize) -> (T, usize) {
    let (run, find) = (run_kernel::<T, Max>(), find::get::<T>());
    let base = Shared(base as *mut T);
    let block = |start: usize, n: usize, stage: &mut MaybeUninit<[T; RUN]>| -> *const T {
        let from = base.at(0).wrapping_offset(start as isize * stride);
        if stride == 1 || n == 1 {
            return from;
        }
        // SAFETY: elements of the line; n <= RUN.
        unsafe { strided_read(n, from, stride, stage.as_mut_ptr().cast()) };
        stage.as_ptr().cast()
    };
    let value = long::<T, Max, _>(
        length,
        |_| (),
        |_, start, n| {
            let (mut stage, mut v) = (MaybeUninit::uninit(), Max::identity::<T>());
            // SAFETY: n readable elements.
            unsafe { run(n, (&raw mut v).cast(), [block(start, n, &mut stage).cast()]) };
            v
        },
    );
    for start in (0..length).step_by(RUN) {
        let n = RUN.min(length - start);
        let (mut stage, mut at) = (MaybeUninit::uninit(), n);
        // SAFETY: n readable elements and one value.
        unsafe { find(n, (&raw mut at).cast(), [block(start, n, &mut stage).cast(), (&raw const value).cast()]) };
        if at < n {
            return (value, start + at);
        }
    }
    (value, 0)
}
