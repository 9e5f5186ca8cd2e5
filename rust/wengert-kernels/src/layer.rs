//! Layer normalisation of rows, forward and backward, each row in one visit. Depends on moments, lanes and threads.

use crate::drive::GRAIN;
use crate::fold::{RUN, Shared, Sum, grain_for, row_kernel};
use crate::lanes::{Math, sums};
use crate::moments::line;
use crate::sort::{OutOfMemory, buffer};
use crate::threads::for_chunks;

struct Row<T> {
    /// The mean in two parts, so that it costs no digits however far it lies from zero.
    mean: T,
    rest: T,
    rstd: T,
    /// Means of g w, and of g w x^.
    terms: [T; 2],
    dw: *mut T,
    db: *mut T,
}

// out = (x - mean) rstd w + b.
kernels!(forward<T: Math>, 4, |n, out, ins, S| {
    let [x, w, b] = [ins[0], ins[1], ins[2]].map(|p| p.cast::<T>());
    let row = &*ins[3].cast::<Row<T>>();
    let (mean, rest, rstd) = (row.mean, row.rest, row.rstd);
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    for (i, o) in to.iter_mut().enumerate() {
        o.write(T::fused::<S>(((*x.add(i) - mean) - rest) * rstd, *w.add(i), *b.add(i)));
    }
});
// Sums of g w and g w x^; at most RUN elements.
kernels!(terms<T: Math>, 4, |n, out, ins, _S| {
    let [x, w, g] = [ins[0], ins[1], ins[2]].map(|p| p.cast::<T>());
    let row = &*ins[3].cast::<Row<T>>();
    let (mean, rest, rstd) = (row.mean, row.rest, row.rstd);
    let at = crate::compile::keep(#[inline(always)] |i: usize| {
        let gw = *g.add(i) * *w.add(i);
        [gw, gw * (((*x.add(i) - mean) - rest) * rstd)]
    });
    out.cast::<[T; 2]>().write(sums::<T, 2, 32>(n, at));
});
// out = rstd (g w - mean(g w) - x^ mean(g w x^)); dw += g x^; db += g.
kernels!(backward<T: Math>, 4, |n, out, ins, _S| {
    let [x, w, g] = [ins[0], ins[1], ins[2]].map(|p| p.cast::<T>());
    let row = &*ins[3].cast::<Row<T>>();
    let (mean, rest, rstd, [a, b]) = (row.mean, row.rest, row.rstd, row.terms);
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    let (dw, db) = (std::slice::from_raw_parts_mut(row.dw, n), std::slice::from_raw_parts_mut(row.db, n));
    for (i, ((o, dw), db)) in to.iter_mut().zip(dw).zip(db).enumerate() {
        let (g, x) = (*g.add(i), ((*x.add(i) - mean) - rest) * rstd);
        o.write(rstd * (g * *w.add(i) - a - x * b));
        *dw += g * x;
        *db += g;
    }
});

// out = rstd (g w - mean(g w) - x^ mean(g w x^)) alone.
kernels!(input<T: Math>, 4, |n, out, ins, _S| {
    let [x, w, g] = [ins[0], ins[1], ins[2]].map(|p| p.cast::<T>());
    let row = &*ins[3].cast::<Row<T>>();
    let (mean, rest, rstd, [a, b]) = (row.mean, row.rest, row.rstd, row.terms);
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    for (i, o) in to.iter_mut().enumerate() {
        let x = ((*x.add(i) - mean) - rest) * rstd;
        o.write(rstd * (*g.add(i) * *w.add(i) - a - x * b));
    }
});

unsafe fn row<T: Math>(n: usize, x: *const T, eps: f64) -> Row<T> {
    // SAFETY: the caller's.
    let m = unsafe { line(n, x) };
    let rstd = 1.0 / (m.squares / n as f64 + eps).sqrt();
    let none = std::ptr::null_mut();
    let mean = T::from_f64(m.mean);
    let rest = T::from_f64(m.mean - mean.to_f64());
    Row { mean, rest, rstd: T::from_f64(rstd), terms: [T::ZERO; 2], dw: none, db: none }
}

/// out = (x - mean) / sqrt(variance + eps) * w + b, row by row.
///
/// # Safety
/// `x` is readable and `out` writable for rows * n elements, `w` and `b` readable for n; `out` is disjoint.
pub unsafe fn layer_norm<T: Math>(rows: usize, n: usize, eps: f64, x: *const T, w: *const T, b: *const T, out: *mut T) {
    let [x, w, b] = [x, w, b].map(|p| Shared(p as *mut T));
    let out = Shared(out);
    for_chunks(rows, grain_for(n), |range| {
        for r in range {
            let from = Shared(x.at(r * n));
            // SAFETY: a row of the caller's, each part written once.
            unsafe {
                let row = row::<T>(n, from.at(0), eps);
                let row = Shared(&raw const row as *mut Row<T>);
                for_chunks(n, GRAIN, |c| {
                    let c0 = c.start;
                    let ins = [
                        from.at(c0) as *const u8,
                        w.at(c0) as *const u8,
                        b.at(c0) as *const u8,
                        row.at(0) as *const u8,
                    ];
                    forward::get::<T>()(c.len(), out.at(r * n + c0).cast(), ins);
                });
            }
        }
    });
}

/// Gradients of `x`, `w` and `b`, given the result's, `g`; of `x` alone if `dw` is null.
///
/// # Safety
/// As for `layer_norm`; `dx` is writable for rows * n elements, `dw` and `db` for n unless `dw` is null; all disjoint.
#[allow(clippy::too_many_arguments)]
pub unsafe fn layer_norm_backward<T: Math>(
    rows: usize,
    n: usize,
    eps: f64,
    x: *const T,
    w: *const T,
    g: *const T,
    dx: *mut T,
    dw: *mut T,
    db: *mut T,
) -> Result<(), OutOfMemory> {
    // Rows whose gradients of `w` and `b` are added up one after another; then those sums, by halves.
    let each = grain_for(n).clamp(8, 128);
    let chunks = rows.div_ceil(each).max(1);
    let alone = dw.is_null();
    let room = if alone { 0 } else { chunks * n * 2 };
    let mut parts = buffer::<T>(room)?;
    parts.resize(room, T::ZERO);
    let [x, w, g] = [x, w, g].map(|p| Shared(p as *mut T));
    let (dx, slots) = (Shared(dx), Shared(parts.as_mut_ptr()));
    for_chunks(chunks, 1, |range| {
        for chunk in range {
            for r in chunk * each..rows.min((chunk + 1) * each) {
                // SAFETY: a row of the caller's, and the sums of this chunk alone.
                unsafe {
                    let mut row = row::<T>(n, x.at(r * n), eps);
                    let ins = |at: usize, row: *const Row<T>| {
                        [
                            x.at(r * n + at) as *const u8,
                            w.at(at) as *const u8,
                            g.at(r * n + at) as *const u8,
                            row.cast(),
                        ]
                    };
                    let mut total = [0.0f64; 2];
                    for at in (0..n).step_by(RUN) {
                        let mut part = [T::ZERO; 2];
                        terms::get::<T>()(RUN.min(n - at), (&raw mut part).cast(), ins(at, &raw const row));
                        total[0] += part[0].to_f64();
                        total[1] += part[1].to_f64();
                    }
                    row.terms = total.map(|t| T::from_f64(t / n as f64));
                    if alone {
                        input::get::<T>()(n, dx.at(r * n).cast(), ins(0, &raw const row));
                        continue;
                    }
                    (row.dw, row.db) = (slots.at(chunk * 2 * n), slots.at(chunk * 2 * n + n));
                    backward::get::<T>()(n, dx.at(r * n).cast(), ins(0, &raw const row));
                }
            }
        }
    });
    if alone {
        return Ok(());
    }
    let mut stride = 1;
    while stride < chunks {
        for i in (0..chunks - stride).step_by(2 * stride) {
            // SAFETY: two different parts of 2 n elements.
            unsafe {
                let (to, from) = (slots.at(i * 2 * n), slots.at((i + stride) * 2 * n));
                row_kernel::<T, Sum>()(2 * n, to.cast(), [from as *const u8]);
            }
        }
        stride *= 2;
    }
    // SAFETY: n elements each.
    unsafe {
        std::ptr::copy_nonoverlapping(parts.as_ptr(), dw, n);
        std::ptr::copy_nonoverlapping(parts.as_ptr().add(n), db, n);
    }
    Ok(())
}
