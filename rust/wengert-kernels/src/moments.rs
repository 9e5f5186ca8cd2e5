//! Mean and sum of squared deviations along the middle of outer x n x inner, in one pass over memory.
//! Depends on lanes, fold and threads.
//!
//! Blocks take two passes of their own, from the cache; blocks are joined in a fixed order, in double precision, as in
//! Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.

use crate::fold::{RUN, Shared, Sum, grain_for, row_kernel};
use crate::lanes::{Math, sums};
use crate::reduce::Buffer;
use crate::threads::for_chunks;

/// Columns side by side, and rows of a block.
const WIDTH: usize = 256;
const ROWS: usize = 32;
/// Blocks in a parallel chunk of a long line.
const BLOCKS: usize = 64;

/// Of some numbers: how many, their mean, the sum of their squared deviations from it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    pub count: f64,
    pub mean: f64,
    pub squares: f64,
}

impl Moments {
    #[inline(always)]
    fn join(self, other: Moments) -> Moments {
        if self.count == 0.0 {
            return other;
        }
        let count = self.count + other.count;
        let (delta, share) = (other.mean - self.mean, other.count / count);
        Moments {
            count,
            mean: self.mean + delta * share,
            squares: self.squares + other.squares + delta * delta * self.count * share,
        }
    }
}

// Moments of at most RUN elements.
kernels!(block<T: Math>, 1, |n, out, ins, _S| {
    let x = ins[0].cast::<T>();
    let count = n as f64;
    let sum = sums::<T, 1, 32>(n, crate::compile::keep(#[inline(always)] |i: usize| [*x.add(i)]))[0];
    let center = T::from_f64(sum.to_f64() / count);
    let deviation = crate::compile::keep(#[inline(always)] |i: usize| { let d = *x.add(i) - center; [d, d * d] });
    let [d, dd] = sums::<T, 2, 32>(n, deviation);
    let (d, dd) = (d.to_f64(), dd.to_f64());
    // The center is rounded; what that leaves is put right. A NaN passes the comparison.
    let squares = dd - d * d / count;
    let squares = if squares < 0.0 { 0.0 } else { squares };
    out.cast::<Moments>().write(Moments { count, mean: center.to_f64() + d / count, squares });
});
// Deviations of a row of columns from their centers, added up with their squares.
kernels!(deviations<T: Math>, 3, |n, out, ins, _S| {
    let (x, center) = (ins[0].cast::<T>(), ins[1].cast::<T>());
    let first = std::slice::from_raw_parts_mut(out.cast::<T>(), n);
    let second = std::slice::from_raw_parts_mut(ins[2] as *mut T, n);
    for (i, (f, s)) in first.iter_mut().zip(second).enumerate() {
        let d = *x.add(i) - *center.add(i);
        *f += d;
        *s += d * d;
    }
});

/// Moments of `n` contiguous elements.
///
/// # Safety
/// `x` is readable for `n` elements.
pub unsafe fn line<T: Math>(n: usize, x: *const T) -> Moments {
    let kernel = block::get::<T>();
    let x = Shared(x as *mut T);
    let part = |start: usize, end: usize| {
        let mut all = Moments::default();
        for at in (start..end).step_by(RUN) {
            let mut one = Moments::default();
            // SAFETY: elements of the line.
            unsafe { kernel(RUN.min(end - at), (&raw mut one).cast(), [x.at(at) as *const u8]) };
            all = all.join(one);
        }
        all
    };
    const CHUNK: usize = BLOCKS * RUN;
    if n <= CHUNK {
        return part(0, n);
    }
    let mut parts = vec![Moments::default(); n.div_ceil(CHUNK)];
    let slots = Shared(parts.as_mut_ptr());
    for_chunks(parts.len(), 1, |range| {
        for i in range {
            // SAFETY: slot i belongs to this chunk alone.
            unsafe { slots.at(i).write(part(i * CHUNK, n.min((i + 1) * CHUNK))) };
        }
    });
    parts.into_iter().fold(Moments::default(), Moments::join)
}

/// Moments of every line of (outer, n, inner).
///
/// # Safety
/// `x` is readable for outer * n * inner elements, `out` writable for outer * inner.
pub unsafe fn moments<T: Math>((outer, n, inner): (usize, usize, usize), x: *const T, out: *mut Moments) {
    let (x, out) = (Shared(x as *mut T), Shared(out));
    if inner == 1 {
        for_chunks(outer, grain_for(n), |range| {
            for o in range {
                // SAFETY: a line of the caller's; each output is written once.
                unsafe { out.at(o).write(line(n, x.at(o * n))) };
            }
        });
        return;
    }
    let blocks = inner.div_ceil(WIDTH);
    for_chunks(outer * blocks, grain_for(n * inner.min(WIDTH)), |range| {
        let [mut center, mut first, mut second] = [(); 3].map(|_| Buffer::<T, WIDTH>::new());
        for index in range {
            let (o, from) = (index / blocks, index % blocks * WIDTH);
            let width = WIDTH.min(inner - from);
            let row = |r: usize| x.at((o * n + r) * inner + from) as *const u8;
            // SAFETY: outputs of this block of columns alone.
            let all = unsafe { std::slice::from_raw_parts_mut(out.at(o * inner + from), width) };
            all.fill(Moments::default());
            for start in (0..n).step_by(ROWS) {
                let end = n.min(start + ROWS);
                let count = (end - start) as f64;
                [&mut center, &mut first, &mut second].into_iter().for_each(|b| b.fill(width, T::ZERO));
                // SAFETY: rows of the block; buffers hold WIDTH >= width.
                unsafe {
                    (start..end).for_each(|r| row_kernel::<T, Sum>()(width, center.ptr().cast(), [row(r)]));
                    for c in std::slice::from_raw_parts_mut(center.ptr(), width) {
                        *c = T::from_f64(c.to_f64() / count);
                    }
                    for r in start..end {
                        let ins = [row(r), center.ptr() as *const u8, second.ptr() as *const u8];
                        deviations::get::<T>()(width, first.ptr().cast(), ins);
                    }
                    for (c, m) in all.iter_mut().enumerate() {
                        let [center, d, dd] =
                            [&mut center, &mut first, &mut second].map(|b| (*b.ptr().add(c)).to_f64());
                        let squares = dd - d * d / count;
                        let squares = if squares < 0.0 { 0.0 } else { squares };
                        *m = m.join(Moments { count, mean: center + d / count, squares });
                    }
                }
            }
        }
    });
}
