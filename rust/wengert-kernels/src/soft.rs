//! softmax, log-softmax and log-sum-exp along the middle of outer x n x inner, with their backward passes.
//! Depends on lanes, fold and threads.
//!
//! A line is read while it is in the cache: its maximum, the exponentials and their sum, the result. Lines next to each
//! other (inner > 1) are worked on side by side, row after row.

use crate::drive::GRAIN;
use crate::fold::{Max, RUN, Shared, Sum, grain_for, long, products_kernel, row_kernel, run_kernel};
use crate::lanes::{Math, sums};
use crate::reduce::Buffer;
use crate::threads::for_chunks;

/// Columns side by side.
const WIDTH: usize = 256;
/// Rows added up before their sum moves up a level.
const FAN: usize = 128;

struct Shift<T> {
    by: T,
    total: T,
}

// out = exp(x - by), and its sum; at most RUN elements.
kernels!(exps<T: Math>, 2, |n, out, ins, S| {
    let (x, shift) = (ins[0].cast::<T>(), &mut *(ins[1] as *mut Shift<T>));
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    let by = shift.by;
    for (i, o) in to.iter_mut().enumerate() {
        o.write((*x.add(i) - by).exp_in::<S>());
    }
    let e = out.cast::<T>().cast_const();
    shift.total = sums::<T, 1, 32>(n, crate::compile::keep(#[inline(always)] |i: usize| [*e.add(i)]))[0];
});
// x *= by, in place.
kernels!(scale<T: Math>, 1, |n, out, ins, _S| {
    let by = *ins[0].cast::<T>();
    for v in std::slice::from_raw_parts_mut(out.cast::<T>(), n) {
        *v = *v * by;
    }
});
// out = (x - a) - b, of one line.
kernels!(less<T: Math>, 2, |n, out, ins, _S| {
    let (x, [a, b]) = (ins[0].cast::<T>(), *ins[1].cast::<[T; 2]>());
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    for (i, o) in to.iter_mut().enumerate() {
        o.write((*x.add(i) - a) - b);
    }
});
// out = y (g - s), of one line.
kernels!(soft_back<T: Math>, 3, |n, out, ins, _S| {
    let (y, g, s) = (ins[0].cast::<T>(), ins[1].cast::<T>(), *ins[2].cast::<T>());
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    for (i, o) in to.iter_mut().enumerate() {
        o.write(*y.add(i) * (*g.add(i) - s));
    }
});
// out = g - exp(y) s, of one line.
kernels!(log_back<T: Math>, 3, |n, out, ins, S| {
    let (y, g, s) = (ins[0].cast::<T>(), ins[1].cast::<T>(), *ins[2].cast::<T>());
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    for (i, o) in to.iter_mut().enumerate() {
        o.write(*g.add(i) - (*y.add(i)).exp_in::<S>() * s);
    }
});
// The same for a row of columns, each with numbers of its own.
kernels!(exps_row<T: Math>, 3, |n, out, ins, S| {
    let (x, by) = (ins[0].cast::<T>(), ins[1].cast::<T>());
    let total = std::slice::from_raw_parts_mut(ins[2] as *mut T, n);
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    for (i, (o, t)) in to.iter_mut().zip(total).enumerate() {
        let e = (*x.add(i) - *by.add(i)).exp_in::<S>();
        o.write(e);
        *t += e;
    }
});
kernels!(scale_row<T: Math>, 1, |n, out, ins, _S| {
    let by = ins[0].cast::<T>();
    for (i, v) in std::slice::from_raw_parts_mut(out.cast::<T>(), n).iter_mut().enumerate() {
        *v = *v * *by.add(i);
    }
});
kernels!(less_row<T: Math>, 3, |n, out, ins, _S| {
    let [x, a, b] = ins.map(|p| p.cast::<T>());
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    for (i, o) in to.iter_mut().enumerate() {
        o.write((*x.add(i) - *a.add(i)) - *b.add(i));
    }
});
kernels!(products_row<T: Math>, 2, |n, out, ins, _S| {
    let [a, b] = ins.map(|p| p.cast::<T>());
    for (i, v) in std::slice::from_raw_parts_mut(out.cast::<T>(), n).iter_mut().enumerate() {
        *v += *a.add(i) * *b.add(i);
    }
});
kernels!(soft_back_row<T: Math>, 3, |n, out, ins, _S| {
    let [y, g, s] = ins.map(|p| p.cast::<T>());
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    for (i, o) in to.iter_mut().enumerate() {
        o.write(*y.add(i) * (*g.add(i) - *s.add(i)));
    }
});
kernels!(log_back_row<T: Math>, 3, |n, out, ins, S| {
    let [y, g, s] = ins.map(|p| p.cast::<T>());
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<T>>(), n);
    for (i, o) in to.iter_mut().enumerate() {
        o.write(*g.add(i) - (*y.add(i)).exp_in::<S>() * *s.add(i));
    }
});

/// What is made of the exponentials.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// exp(x) / sum exp(x).
    Soft,
    /// Its logarithm.
    Log,
    /// log(sum exp(x)), one number a line.
    Total,
    /// The maximum and the logarithm of sum exp(x - maximum), two numbers a line: a log-softmax yet to be taken.
    Parts,
}

/// Runs `line` on each line (inner = 1) or `block` on each block of columns.
fn split(
    (outer, n, inner): (usize, usize, usize),
    line: impl Fn(usize) + Sync,
    block: impl Fn(usize, usize, usize) + Sync,
) {
    if inner == 1 {
        return for_chunks(outer, grain_for(n), |range| range.for_each(&line));
    }
    let blocks = inner.div_ceil(WIDTH);
    for_chunks(outer * blocks, grain_for(n * inner.min(WIDTH)), |range| {
        for index in range {
            let first = index % blocks * WIDTH;
            block(index / blocks, first, WIDTH.min(inner - first));
        }
    });
}

/// Adds rows up in two levels: `add(row, low)` adds a row to `low`.
unsafe fn in_levels<T: Math>(n: usize, width: usize, total: &mut Buffer<T, WIDTH>, mut add: impl FnMut(usize, *mut T)) {
    let mut low = Buffer::<T, WIDTH>::new();
    total.fill(width, T::ZERO);
    for start in (0..n).step_by(FAN) {
        low.fill(width, T::ZERO);
        (start..n.min(start + FAN)).for_each(|r| add(r, low.ptr()));
        // SAFETY: two buffers of WIDTH.
        unsafe { row_kernel::<T, Sum>()(width, total.ptr().cast(), [low.ptr() as *const u8]) };
    }
}

/// The shift that keeps exponentials finite: the maximum, unless that is infinite and all that is asked is a total.
fn shift<T: Math>(m: T, form: Form) -> T {
    if form == Form::Total && (m == T::LOWEST || m == T::HIGHEST) { T::ZERO } else { m }
}

/// out = `form` of x; `scales` (one number a line, for `Soft`) multiplies the result where it is given.
///
/// # Safety
/// `x` is readable and `out` writable for outer * n * inner elements (outer * inner for `Total`, twice that for `Parts`),
/// the two disjoint;
/// `scales` is null or readable for outer * inner.
pub unsafe fn soft<T: Math>(
    form: Form,
    sizes @ (outer, n, inner): (usize, usize, usize),
    x: *const T,
    out: *mut T,
    scales: *const T,
) {
    if outer * inner == 0 {
        return;
    }
    let (x, out, scales) = (Shared(x as *mut T), Shared(out), Shared(scales as *mut T));
    let factor = |line: usize, total: T| {
        // SAFETY: a number for each line where there are any.
        let scale = if scales.0.is_null() { T::ONE } else { unsafe { *scales.at(line) } };
        scale / total
    };
    let per_line = match form {
        Form::Total => 1,
        Form::Parts => 2,
        _ => n,
    };
    let line = |o: usize| {
        let (from, to) = (Shared(x.at(o * n)), Shared(out.at(o * per_line)));
        let run = run_kernel::<T, Max>();
        let m = long::<T, Max, _>(
            n,
            |_| (),
            |_, start, len| {
                let mut m = T::LOWEST;
                // SAFETY: elements of the line.
                unsafe { run(len, (&raw mut m).cast(), [from.at(start) as *const u8]) };
                m
            },
        );
        let by = shift(m, form);
        let total = long::<T, Sum, _>(
            n,
            |_| (),
            |_, start, len| {
                let mut stage = Buffer::<T, RUN>::new();
                let mut s = Shift { by, total: T::ZERO };
                let place = if form == Form::Soft { to.at(start) } else { stage.ptr() };
                // SAFETY: elements of the line; the stage holds RUN.
                unsafe {
                    exps::get::<T>()(len, place.cast(), [from.at(start) as *const u8, (&raw mut s) as *const u8])
                };
                s.total
            },
        );
        match form {
            Form::Total => {
                // SAFETY: the number of this line.
                unsafe { to.at(0).write(by + total.ln()) }
            }
            Form::Parts => {
                // SAFETY: the two numbers of this line.
                unsafe { (to.at(0).write(by), to.at(1).write(total.ln())) };
            }
            Form::Soft => {
                let by = factor(o, total);
                for_chunks(n, GRAIN, |r| {
                    // SAFETY: a part of the line, written by nobody else.
                    unsafe { scale::get::<T>()(r.len(), to.at(r.start).cast(), [(&raw const by).cast()]) }
                });
            }
            Form::Log => {
                let by = [m, total.ln()];
                for_chunks(n, GRAIN, |r| {
                    let ins = [from.at(r.start) as *const u8, (&raw const by).cast()];
                    // SAFETY: a part of the line, written by nobody else.
                    unsafe { less::get::<T>()(r.len(), to.at(r.start).cast(), ins) }
                });
            }
        }
    };
    let block = |o: usize, first: usize, width: usize| {
        let at = |r: usize| (o * n + r) * inner + first;
        let [mut m, mut total, mut stage] = [(); 3].map(|_| Buffer::<T, WIDTH>::new());
        m.fill(width, T::LOWEST);
        // SAFETY: rows of a block of the caller's; buffers hold WIDTH >= width.
        unsafe {
            for r in 0..n {
                row_kernel::<T, Max>()(width, m.ptr().cast(), [x.at(at(r)) as *const u8]);
            }
            let m = std::slice::from_raw_parts_mut(m.ptr(), width);
            m.iter_mut().for_each(|m| *m = shift(*m, form));
            in_levels(n, width, &mut total, |r, low| {
                let place = if form == Form::Soft { out.at(at(r)) } else { stage.ptr() };
                let ins = [x.at(at(r)) as *const u8, m.as_ptr().cast(), low as *const u8];
                exps_row::get::<T>()(width, place.cast(), ins);
            });
            let total = std::slice::from_raw_parts_mut(total.ptr(), width);
            for (c, t) in total.iter_mut().enumerate() {
                *t = if form == Form::Soft { factor(o * inner + first + c, *t) } else { t.ln() };
            }
            match form {
                Form::Total => {
                    (0..width).for_each(|c| out.at(o * inner + first + c).write(m[c] + total[c]));
                }
                Form::Parts => (0..width).for_each(|c| {
                    out.at(2 * (o * inner + first + c)).write(m[c]);
                    out.at(2 * (o * inner + first + c) + 1).write(total[c]);
                }),
                Form::Soft => (0..n).for_each(|r| {
                    scale_row::get::<T>()(width, out.at(at(r)).cast(), [total.as_ptr().cast()]);
                }),
                Form::Log => (0..n).for_each(|r| {
                    let ins = [x.at(at(r)) as *const u8, m.as_ptr().cast(), total.as_ptr().cast()];
                    less_row::get::<T>()(width, out.at(at(r)).cast(), ins);
                }),
            }
        }
    };
    split(sizes, line, block);
}

/// out = the gradient of the input of `form` (not `Total`), given its result `y` and the result's gradient `g`.
///
/// # Safety
/// As for `soft`; `out` is disjoint from `y` and `g`.
pub unsafe fn soft_backward<T: Math>(
    form: Form,
    sizes @ (outer, n, inner): (usize, usize, usize),
    y: *const T,
    g: *const T,
    out: *mut T,
) {
    if outer * n * inner == 0 {
        return;
    }
    let (y, g, out) = (Shared(y as *mut T), Shared(g as *mut T), Shared(out));
    let soft = form == Form::Soft;
    let line = |o: usize| {
        let [y, g, out] = [&y, &g, &out].map(|p| Shared(p.at(o * n)));
        let (products, run) = (products_kernel::<T>(), run_kernel::<T, Sum>());
        let s = long::<T, Sum, _>(
            n,
            |_| (),
            |_, start, len| {
                let mut s = T::ZERO;
                let to = (&raw mut s).cast();
                // SAFETY: elements of the line.
                unsafe {
                    if soft {
                        products(len, to, [y.at(start) as *const u8, g.at(start) as *const u8]);
                    } else {
                        run(len, to, [g.at(start) as *const u8]);
                    }
                }
                s
            },
        );
        let kernel = if soft { soft_back::get::<T>() } else { log_back::get::<T>() };
        for_chunks(n, GRAIN, |r| {
            let ins = [y.at(r.start) as *const u8, g.at(r.start) as *const u8, (&raw const s).cast()];
            // SAFETY: a part of the line, written once.
            unsafe { kernel(r.len(), out.at(r.start).cast(), ins) };
        });
    };
    let block = |o: usize, first: usize, width: usize| {
        let at = |r: usize| (o * n + r) * inner + first;
        let mut s = Buffer::<T, WIDTH>::new();
        let kernel = if soft { soft_back_row::get::<T>() } else { log_back_row::get::<T>() };
        // SAFETY: rows of a block of the caller's; buffers hold WIDTH >= width.
        unsafe {
            in_levels(n, width, &mut s, |r, low| {
                let (y, g) = (y.at(at(r)) as *const u8, g.at(at(r)) as *const u8);
                if soft {
                    products_row::get::<T>()(width, low.cast(), [y, g]);
                } else {
                    row_kernel::<T, Sum>()(width, low.cast(), [g]);
                }
            });
            for r in 0..n {
                let ins = [y.at(at(r)) as *const u8, g.at(at(r)) as *const u8, s.ptr() as *const u8];
                kernel(width, out.at(at(r)).cast(), ins);
            }
        }
    };
    split(sizes, line, block);
}
