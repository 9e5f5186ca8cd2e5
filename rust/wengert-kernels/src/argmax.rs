//! The first largest element along an axis and its index. Depends on fold, walk and threads.

use crate::element::Element;
use crate::fold::{Max, RUN, Shared, grain_for, tree};
use crate::threads::{for_chunks, num_threads};
use crate::walk::{Order, RANK, Walk, strided_read};
use std::mem::MaybeUninit;

/// Columns taken together: their values and places stay in the first-level cache.
const WIDTH: usize = 1024;
/// Blocks of columns start at whole vectors.
const STEP: usize = 64;

/// Where the best value of a column was found: as wide as the values, so that one mask serves both.
trait Place: Copy + Default + PartialOrd + 'static {
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

/// A line's best value and its place.
struct Found<T> {
    value: T,
    at: usize,
}

/// `x` instead of `value` if it is larger or the first NaN. A NaN in x fails the comparison.
#[inline(always)]
fn better<T: Element, P: Copy>(value: T, place: P, x: T, number: P) -> (T, P) {
    let keep = (x <= value) | value.is_nan();
    (if keep { value } else { x }, if keep { place } else { number })
}

/// Elements a line is read by.
const LANES: usize = 64;

/// The first largest of n contiguous elements; n is at least LANES and fits P.
#[inline(always)]
unsafe fn first_largest<T: Element, P: Place>(n: usize, x: *const T) -> Found<T> {
    // SAFETY: i < n.
    let at = |i: usize| unsafe { *x.add(i) };
    let mut value: [T; LANES] = std::array::from_fn(at);
    let mut place: [P; LANES] = std::array::from_fn(P::of);
    // Two rows of lanes at a time, so that one load and store serves both. The last may begin before the
    // end of what was seen: that is not larger.
    let mut start = LANES;
    while start < n {
        let rows = [start, start + LANES].map(|s| s.min(n - LANES));
        for k in 0..LANES {
            let (mut v, mut p) = (value[k], place[k]);
            for row in rows {
                (v, p) = better(v, p, at(row + k), P::of(row + k));
            }
            (value[k], place[k]) = (v, p);
        }
        start += 2 * LANES;
    }
    let mut best = tree::<T, Max, LANES>(value);
    if value.iter().fold(false, |any, v| any | v.is_nan()) {
        best = value.iter().copied().find(|v| v.is_nan()).unwrap_or(best);
    }
    let mut first = P::of(n);
    for k in 0..LANES {
        let hit = (value[k] == best) | (value[k].is_nan() & best.is_nan());
        let p = if hit { place[k] } else { P::of(n) };
        first = if p < first { p } else { first };
    }
    Found { value: best, at: first.row() as usize }
}

// The first largest (out) of n elements.
kernels!(largest<T: Element, P: Place>, 1, |n, out, ins, _S| {
    let x = ins[0].cast::<T>();
    let found = if n >= LANES {
        first_largest::<T, P>(n, x)
    } else {
        let mut found = Found { value: *x, at: 0 };
        for i in 1..n {
            (found.value, found.at) = better(found.value, found.at, *x.add(i), i);
        }
        found
    };
    out.cast::<Found<T>>().write(found);
});

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
            (v, p) = better(v, p, *row.add(i), number);
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

/// The first largest element of one line. Runs are joined in order.
unsafe fn line<T: Element>(base: *const T, stride: isize, length: usize) -> (T, usize) {
    let kernel = if size_of::<T>() <= 4 { largest::get::<T, u32>() } else { largest::get::<T, u64>() };
    let base = Shared(base as *mut T);
    let run = |start: usize| {
        let n = RUN.min(length - start);
        let mut from = base.at(0).wrapping_offset(start as isize * stride) as *const T;
        let mut stage = MaybeUninit::<[T; RUN]>::uninit();
        let mut found = Found { value: T::ZERO, at: 0 };
        // SAFETY: n <= RUN elements of the line.
        unsafe {
            if stride != 1 && n > 1 {
                strided_read(n, from, stride, stage.as_mut_ptr().cast());
                from = stage.as_ptr().cast();
            }
            kernel(n, (&raw mut found).cast(), [from.cast()]);
        }
        found
    };
    let mut best = run(0);
    for start in (RUN..length).step_by(RUN) {
        let next = run(start);
        (best.value, best.at) = better(best.value, best.at, next.value, start + next.at);
    }
    (best.value, best.at)
}
