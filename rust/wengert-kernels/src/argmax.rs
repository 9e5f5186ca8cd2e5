//! The first largest element along an axis and its index. Depends on fold, walk and threads.

use crate::element::Element;
use crate::fold::{Fold, Max, RUN, Shared, grain_for, long, run_kernel};
use crate::threads::for_chunks;
use crate::walk::{Order, RANK, Walk, strided_read};
use std::mem::MaybeUninit;

const WIDTH: usize = 256;

// Index of the first element that equals ins[1] or is NaN, or n.
kernels!(find<T: Element>, 2, |n, out, ins, _S| {
    let (x, wanted) = (ins[0].cast::<T>(), *ins[1].cast::<T>());
    let hit = crate::compile::keep(#[inline(always)] |i: usize| { let v = *x.add(i); (v == wanted) | v.is_nan() });
    let mut i = 0;
    while i + 64 <= n && !(i..i + 64).fold(false, |any, i| any | hit(i)) {
        i += 64;
    }
    while i < n && !hit(i) {
        i += 1;
    }
    out.cast::<usize>().write(i);
});

/// What the column kernel updates: the best values, and the index of the row at hand.
struct Best<T> {
    values: *mut T,
    row: i64,
}

// Best values and indices of n columns (out), given one more row (ins[0]) and a `Best` (ins[1]).
kernels!(improve<T: Element>, 2, |n, out, ins, _S| {
    let best = &*ins[1].cast::<Best<T>>();
    let indices = std::slice::from_raw_parts_mut(out.cast::<i64>(), n);
    let values = std::slice::from_raw_parts_mut(best.values, n);
    let x = ins[0].cast::<T>();
    for (i, (at, m)) in indices.iter_mut().zip(values).enumerate() {
        let v = *x.add(i);
        let better = (v > *m || v.is_nan()) && !m.is_nan();
        *m = if better { v } else { *m };
        *at = if better { best.row } else { *at };
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
        let blocks = columns.div_ceil(WIDTH);
        for_chunks(outputs / columns * blocks, grain_for(length * columns.min(WIDTH)), |range| {
            for index in range {
                let first = index / blocks * columns + index % blocks * WIDTH;
                let width = WIDTH.min(columns - index % blocks * WIDTH);
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

unsafe fn by_columns<T: Element>(
    base: *const T,
    ks: isize,
    width: usize,
    stride: isize,
    length: usize,
    values: *mut T,
    indices: *mut i64,
) {
    let kernel = improve::get::<T>();
    let mut stage = MaybeUninit::<[T; WIDTH]>::uninit();
    let mut best = Best { values, row: 0 };
    // SAFETY: the caller's; the stage holds WIDTH elements.
    unsafe {
        strided_read(width, base, ks, values);
        strided_read(width, &0, 0, indices);
        for r in 1..length {
            let mut row = base.offset(r as isize * stride);
            if ks != 1 {
                strided_read(width, row, ks, stage.as_mut_ptr().cast());
                row = stage.as_ptr().cast();
            }
            best.row = r as i64;
            kernel(width, indices.cast(), [row.cast(), (&raw const best).cast()]);
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
