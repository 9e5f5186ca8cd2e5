//! Inner loops of reductions and the fixed tree their partial results are joined by.
//! Depends on compile, drive and threads.

use crate::drive::{GRAIN, Kernel};
use crate::element::{Element, Kind};
use crate::map::Float;
use crate::threads::for_chunks;
use std::mem::MaybeUninit;

/// An associative operation with an identity.
pub(crate) trait Fold: 'static {
    /// `plain` may lose a NaN: whoever uses it looks for NaNs apart.
    const LOSES_NAN: bool = false;
    fn identity<T: Element>() -> T;
    fn join<T: Element>(a: T, b: T) -> T;
    /// `join` of two numbers that are no NaN, in one instruction.
    #[inline(always)]
    fn plain<T: Element>(a: T, b: T) -> T {
        Self::join(a, b)
    }
}

pub(crate) struct Sum;
pub(crate) struct Max;
pub(crate) struct Min;

impl Fold for Sum {
    #[inline(always)]
    fn identity<T: Element>() -> T {
        T::ZERO
    }
    #[inline(always)]
    fn join<T: Element>(a: T, b: T) -> T {
        a.plus(b)
    }
}
impl Fold for Max {
    const LOSES_NAN: bool = true;
    #[inline(always)]
    fn identity<T: Element>() -> T {
        T::LOWEST
    }
    #[inline(always)]
    fn join<T: Element>(a: T, b: T) -> T {
        // The first select is one max instruction, which already lets a NaN in b pass.
        let m = if a > b { a } else { b };
        if a.is_nan() { a } else { m }
    }
    #[inline(always)]
    fn plain<T: Element>(a: T, b: T) -> T {
        if a > b { a } else { b }
    }
}
impl Fold for Min {
    const LOSES_NAN: bool = true;
    #[inline(always)]
    fn identity<T: Element>() -> T {
        T::HIGHEST
    }
    #[inline(always)]
    fn join<T: Element>(a: T, b: T) -> T {
        let m = if a < b { a } else { b };
        if a.is_nan() { a } else { m }
    }
    #[inline(always)]
    fn plain<T: Element>(a: T, b: T) -> T {
        if a < b { a } else { b }
    }
}

/// Elements folded by one call of a run kernel; a power of two.
pub(crate) const RUN: usize = 1024;
/// Below this a plain loop is quicker than setting up the lanes.
const SHORT: usize = 16;

#[inline(always)]
unsafe fn lanes<T: Element, O: Fold, const HALF: usize>(
    n: usize,
    identity: T,
    at: impl Fn(usize) -> T,
    step: impl Fn(T, usize) -> T,
) -> T {
    if n < SHORT {
        let mut sum = if n == 0 { identity } else { at(0) };
        for i in 1..n {
            sum = step(sum, i);
        }
        return sum;
    }
    // Two halves, because a loop over all lanes may be too long for the compiler to unroll, and accumulators
    // that it does not unroll stay in memory.
    let (mut low, mut high) = ([identity; HALF], [identity; HALF]);
    let whole = n / (2 * HALF) * (2 * HALF);
    let mut i = 0;
    while i < whole {
        for (l, a) in low.iter_mut().enumerate() {
            *a = step(*a, i + l);
        }
        for (l, a) in high.iter_mut().enumerate() {
            *a = step(*a, i + HALF + l);
        }
        i += 2 * HALF;
    }
    // Copies: indexing the accumulators themselves by a variable would keep them out of registers.
    let (mut first, mut second) = (low, high);
    let left = n - whole;
    for (l, a) in first.iter_mut().enumerate().take(left) {
        *a = step(*a, whole + l);
    }
    for (l, a) in second.iter_mut().enumerate().take(left.saturating_sub(HALF)) {
        *a = step(*a, whole + HALF + l);
    }
    for (a, b) in first.iter_mut().zip(second) {
        *a = O::plain(*a, b);
    }
    tree::<T, O, HALF>(first)
}

/// The lanes of an accumulator, no NaN if `plain` loses them, joined by halves.
#[inline(always)]
pub(crate) fn tree<T: Element, O: Fold, const N: usize>(mut v: [T; N]) -> T {
    let mut width = N / 2;
    while width > 0 {
        for l in 0..width {
            v[l] = O::plain(v[l], v[l + width]);
        }
        width /= 2;
    }
    v[0]
}

/// Accumulators: four registers of the widest kind, eight of the next.
#[inline(always)]
unsafe fn wide<T: Element, O: Fold>(n: usize, identity: T, at: impl Fn(usize) -> T, step: impl Fn(T, usize) -> T) -> T {
    // SAFETY: the caller's.
    unsafe {
        if size_of::<T>() <= 4 {
            lanes::<T, O, 32>(n, identity, at, step)
        } else {
            lanes::<T, O, 16>(n, identity, at, step)
        }
    }
}

// One value out of n contiguous elements.
kernels!(run<T: Element, O: Fold>, 1, |n, out, ins, _S| {
    let x = ins[0].cast::<T>();
    let at = crate::compile::keep(#[inline(always)] |i: usize| *x.add(i));
    let step = crate::compile::keep(#[inline(always)] |a: T, i: usize| O::plain(a, *x.add(i)));
    let mut value = wide::<T, O>(n, O::identity(), at, step);
    if O::LOSES_NAN && T::KIND == Kind::Float {
        // A second pass over what is in the first-level cache by now.
        let x = std::slice::from_raw_parts(x, n);
        if x.iter().fold(false, |any, v| any | v.is_nan()) {
            value = x.iter().copied().find(|v| v.is_nan()).unwrap_or(value);
        }
    }
    out.cast::<T>().write(value);
});

// The sum of n squares.
kernels!(squares<T: Float>, 1, |n, out, ins, S| {
    let x = ins[0].cast::<T>();
    let value = wide::<T, Sum>(
        n,
        T::ZERO,
        #[inline(always)] |i| (*x.add(i)).times(*x.add(i)),
        #[inline(always)] |sum, i| T::fused::<S>(*x.add(i), *x.add(i), sum),
    );
    out.cast::<T>().write(value);
});

// The sum of n products.
kernels!(products<T: Float>, 2, |n, out, ins, S| {
    let (a, b) = (ins[0].cast::<T>(), ins[1].cast::<T>());
    let value = wide::<T, Sum>(
        n,
        T::ZERO,
        #[inline(always)] |i| (*a.add(i)).times(*b.add(i)),
        #[inline(always)] |sum, i| T::fused::<S>(*a.add(i), *b.add(i), sum),
    );
    out.cast::<T>().write(value);
});

// n accumulators joined with one row, or with four.
kernels!(row<T: Element, O: Fold>, 1, |n, out, ins, _S| {
    let (acc, x) = (std::slice::from_raw_parts_mut(out.cast::<T>(), n), ins[0].cast::<T>());
    for (i, a) in acc.iter_mut().enumerate() {
        *a = O::join(*a, *x.add(i));
    }
});
kernels!(rows4<T: Element, O: Fold>, 4, |n, out, ins, _S| {
    let (acc, x) = (std::slice::from_raw_parts_mut(out.cast::<T>(), n), ins.map(|p| p.cast::<T>()));
    for (i, a) in acc.iter_mut().enumerate() {
        let low = O::join(*x[0].add(i), *x[1].add(i));
        let high = O::join(*x[2].add(i), *x[3].add(i));
        *a = O::join(*a, O::join(low, high));
    }
});

pub(crate) fn run_kernel<T: Element, O: Fold>() -> Kernel<1> {
    run::get::<T, O>()
}
pub(crate) fn squares_kernel<T: Float>() -> Kernel<1> {
    squares::get::<T>()
}
pub(crate) fn products_kernel<T: Float>() -> Kernel<2> {
    products::get::<T>()
}
pub(crate) fn row_kernel<T: Element, O: Fold>() -> Kernel<1> {
    row::get::<T, O>()
}
pub(crate) fn rows4_kernel<T: Element, O: Fold>() -> Kernel<4> {
    rows4::get::<T, O>()
}

/// Joins values in a balanced tree as they come: error grows with the logarithm of their number.
struct Cascade<T> {
    stack: [MaybeUninit<T>; 64],
    count: usize,
}

impl<T: Element> Cascade<T> {
    fn new() -> Self {
        Cascade { stack: [MaybeUninit::uninit(); 64], count: 0 }
    }

    /// The stack holds one value for each bit set in `count`.
    fn push<O: Fold>(&mut self, mut v: T) {
        let mut top = self.count.count_ones() as usize;
        let mut c = self.count;
        while c & 1 == 1 {
            top -= 1;
            // SAFETY: entries below the number of set bits are written.
            v = O::join(unsafe { self.stack[top].assume_init() }, v);
            c >>= 1;
        }
        self.stack[top].write(v);
        self.count += 1;
    }

    fn finish<O: Fold>(&self) -> T {
        let top = self.count.count_ones() as usize;
        let mut v = None;
        for s in self.stack[..top].iter().rev() {
            // SAFETY: as in push.
            let s = unsafe { s.assume_init() };
            v = Some(v.map_or(s, |v| O::join(s, v)));
        }
        v.unwrap_or(O::identity())
    }
}

/// Elements in a parallel chunk of a long run: a power of two of RUNs.
const CHUNK: usize = 64 * RUN;
const WAVE: usize = 64;

pub(crate) struct Shared<T>(pub *mut T);
// SAFETY: threads write to places of their own.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// A method, so that closures capture the whole and not the pointer.
    #[inline(always)]
    pub fn at(&self, i: usize) -> *mut T {
        self.0.wrapping_add(i)
    }
}

/// Folds `n` elements: `begin(start)` makes the state of a chunk, `run(state, start, len)` folds up
/// to RUN elements. The tree of joins depends on `n` only.
pub(crate) fn long<T: Element, O: Fold, S>(
    n: usize,
    begin: impl Fn(usize) -> S + Sync,
    run: impl Fn(&mut S, usize, usize) -> T + Sync,
) -> T {
    let chunk = |start: usize| {
        let end = n.min(start + CHUNK);
        let mut state = begin(start);
        if end - start <= RUN {
            return run(&mut state, start, end - start);
        }
        let mut cascade = Cascade::new();
        for at in (start..end).step_by(RUN) {
            cascade.push::<O>(run(&mut state, at, RUN.min(end - at)));
        }
        cascade.finish::<O>()
    };
    if n <= CHUNK {
        return chunk(0);
    }
    let chunks = n.div_ceil(CHUNK);
    let mut cascade = Cascade::new();
    let mut wave = [T::ZERO; WAVE];
    for first in (0..chunks).step_by(WAVE) {
        let count = WAVE.min(chunks - first);
        let slots = Shared(wave.as_mut_ptr());
        for_chunks(count, 1, |range| {
            for i in range {
                // SAFETY: slot i belongs to this chunk alone.
                unsafe { slots.at(i).write(chunk((first + i) * CHUNK)) };
            }
        });
        for &v in &wave[..count] {
            cascade.push::<O>(v);
        }
    }
    cascade.finish::<O>()
}

/// Whether work on `n` elements is worth threads.
pub(crate) fn grain_for(elements_each: usize) -> usize {
    (GRAIN / elements_each.max(1)).max(1)
}
