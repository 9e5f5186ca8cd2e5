//! Reductions over any axes of any strided view: sum, sum of squares, max, min, index of the maximum, dot.
//! Depends on fold (inner loops), map, walk and threads.

use crate::drive::Kernel;
use crate::element::Element;
use crate::fold::{Fold, Max, Min, RUN, Shared, Sum, grain_for, long, products_kernel, run_kernel, squares_kernel};
use crate::map::{Float, Map1};
use crate::real::Real;
use crate::threads::for_chunks;
use crate::walk::{Order, RANK, Walk, strided_read};
use std::mem::MaybeUninit;
use std::ops::{Add, Div, Mul, Sub};

pub use crate::argmax::max_index;

/// Columns rather than rows when rows are shorter than this.
const SHORT_ROW: usize = 16;

#[repr(align(64))]
pub(crate) struct Buffer<T, const N: usize>(MaybeUninit<[T; N]>);

impl<T: Element, const N: usize> Buffer<T, N> {
    pub fn new() -> Self {
        Buffer(MaybeUninit::uninit())
    }
    pub fn ptr(&mut self) -> *mut T {
        self.0.as_mut_ptr().cast()
    }
    pub fn fill(&mut self, n: usize, v: T) {
        // SAFETY: callers pass n <= N.
        unsafe { strided_read(n.min(N), &v, 0, self.ptr()) }
    }
}

/// A formula of each element to fold: `first` computes it, `run` folds its values of a run in one go.
#[derive(Clone, Copy)]
pub(crate) struct Each {
    pub first: Kernel<1>,
    pub run: Kernel<1>,
}

/// A view to reduce: address, and an optional formula.
pub(crate) struct View<T> {
    pub x: Shared<T>,
    pub kept: Walk,
    pub reduced: Walk,
    pub outputs: usize,
    pub length: usize,
    pub each: Option<Each>,
}

/// The product of sizes; beside a 0 the others may be anything.
fn numel(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(1, usize::saturating_mul)
}

pub(crate) unsafe fn reduce<T: Element, O: Fold>(
    shape: &[usize],
    x: *const T,
    xs: &[isize],
    reduced: &[bool],
    out: *mut T,
    each: Option<Each>,
) {
    let count = |which: bool| numel(shape.iter().zip(reduced).filter(|&(_, &r)| r == which).map(|(&d, _)| d));
    let (outputs, length) = (count(false), count(true));
    if outputs == 0 {
        return;
    }
    if length == 0 {
        // SAFETY: `out` holds one element for each kept position.
        return unsafe { strided_read(outputs, &O::identity(), 0, out) };
    }
    let (mut kept, mut gone) = (Order { rank: 0, dim: [0; RANK] }, Order { rank: 0, dim: [0; RANK] });
    for d in 0..shape.len() {
        let list = if reduced[d] { &mut gone } else { &mut kept };
        if shape[d] == 1 {
            continue;
        }
        if list.rank == RANK || d > u8::MAX as usize {
            // SAFETY: the caller's.
            return unsafe { many_axes::<T, O>(shape, x, xs, reduced, out, each) };
        }
        list.dim[list.rank] = d as u8;
        list.rank += 1;
    }
    // Reduced axes may be visited in any order: largest stride first follows memory.
    gone.dim[..gone.rank].sort_by_key(|&d| std::cmp::Reverse(xs[d as usize].unsigned_abs()));
    let view = View {
        x: Shared(x as *mut T),
        kept: Walk::new(shape, xs, &kept),
        reduced: Walk::new(shape, xs, &gone),
        outputs,
        length,
        each,
    };
    let (_, columns, ks) = view.kept.last();
    let (_, run, rs) = view.reduced.last();
    let by_columns = columns > 1
        && length > 1
        && (ks.unsigned_abs() < rs.unsigned_abs() || (run < SHORT_ROW && columns >= SHORT_ROW));
    // SAFETY: the caller's.
    unsafe { if by_columns { view.columns::<O>(out) } else { view.rows::<O>(out) } }
}

impl<T: Element> View<T> {
    /// One output after the other, each a long run.
    unsafe fn rows<O: Fold>(&self, out: *mut T) {
        let kernel = self.each.map_or_else(run_kernel::<T, O>, |e| e.run);
        let plain = self.reduced.is_contiguous();
        let out = Shared(out);
        for_chunks(self.outputs, grain_for(self.length), |range| {
            let mut kept = self.kept;
            kept.seek(range.start);
            let mut o = range.start;
            kept.pieces(range.len(), |_, offset, stride, count| {
                for i in 0..count as isize {
                    let base = self.x.at(0).wrapping_offset(offset + i * stride) as *const T;
                    // SAFETY: positions inside the caller's view; each output is written once.
                    unsafe {
                        if plain && self.length <= RUN {
                            kernel(self.length, out.at(o).cast(), [base.cast()]);
                        } else {
                            out.at(o).write(self.run::<O>(base, kernel));
                        }
                    }
                    o += 1;
                }
            });
        });
    }

    unsafe fn run<O: Fold>(&self, base: *const T, kernel: Kernel<1>) -> T {
        let base = Shared(base as *mut T);
        let direct = self.reduced.is_contiguous();
        let begin = |start| {
            let mut walk = self.reduced;
            if !direct {
                walk.seek(start);
            }
            walk
        };
        long::<T, O, _>(self.length, begin, |walk, start, n| {
            let mut stage = Buffer::<T, RUN>::new();
            let mut value = O::identity::<T>();
            // SAFETY: elements start..start+n of the reduced axes; the stage holds RUN.
            unsafe {
                let mut from = base.at(start) as *const T;
                if !direct {
                    walk.gather(n, base.at(0), stage.ptr());
                    from = stage.ptr();
                }
                kernel(n, (&raw mut value).cast(), [from.cast()]);
            }
            value
        })
    }
}

/// More axes than a walk holds: element by element, which nobody will notice.
unsafe fn many_axes<T: Element, O: Fold>(
    shape: &[usize],
    x: *const T,
    xs: &[isize],
    reduced: &[bool],
    out: *mut T,
    each: Option<Each>,
) {
    let n = numel(shape.iter().copied());
    let outputs = numel(shape.iter().zip(reduced).filter(|&(_, &r)| !r).map(|(&d, _)| d));
    // SAFETY: positions inside the caller's view.
    unsafe {
        strided_read(outputs, &O::identity(), 0, out);
        for i in 0..n {
            let (mut rest, mut at, mut o, mut scale) = (i, 0isize, 0, 1);
            for d in (0..shape.len()).rev() {
                let j = rest % shape[d];
                rest /= shape[d];
                at += j as isize * xs[d];
                if !reduced[d] {
                    o += j * scale;
                    scale *= shape[d];
                }
            }
            let mut v = *x.offset(at);
            if let Some(each) = each {
                (each.first)(1, (&raw mut v).cast(), [x.offset(at).cast()]);
            }
            out.add(o).write(O::join(*out.add(o), v));
        }
    }
}

/// out = the sum over the axes marked in `reduced`; `out` is contiguous over the kept axes.
///
/// # Safety
/// `x` is readable for the shape and strides, `out` writable for the kept shape and disjoint.
pub unsafe fn sum<T: Element>(shape: &[usize], x: *const T, xs: &[isize], reduced: &[bool], out: *mut T) {
    // SAFETY: the caller's.
    unsafe { reduce::<T, Sum>(shape, x, xs, reduced, out, None) }
}

struct Square;
impl Map1 for Square {
    #[inline(always)]
    fn call<R: Real>(x: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        x * x
    }
}

/// out = the sum of x * x.
///
/// # Safety
/// As for `sum`.
pub unsafe fn sum_squares<T: Float>(shape: &[usize], x: *const T, xs: &[isize], reduced: &[bool], out: *mut T) {
    let each = Each { first: T::kernel1::<Square>(), run: squares_kernel::<T>() };
    // SAFETY: the caller's.
    unsafe { reduce::<T, Sum>(shape, x, xs, reduced, out, Some(each)) }
}

/// out = the largest element; NaN if there is one.
///
/// # Safety
/// As for `sum`.
pub unsafe fn max<T: Element>(shape: &[usize], x: *const T, xs: &[isize], reduced: &[bool], out: *mut T) {
    // SAFETY: the caller's.
    unsafe { reduce::<T, Max>(shape, x, xs, reduced, out, None) }
}

/// out = the smallest element; NaN if there is one.
///
/// # Safety
/// As for `sum`.
pub unsafe fn min<T: Element>(shape: &[usize], x: *const T, xs: &[isize], reduced: &[bool], out: *mut T) {
    // SAFETY: the caller's.
    unsafe { reduce::<T, Min>(shape, x, xs, reduced, out, None) }
}

/// Sum of a[i] b[i].
///
/// # Safety
/// Both are readable for `n` elements by their strides.
pub unsafe fn dot<T: Float>(n: usize, a: *const T, sa: isize, b: *const T, sb: isize) -> T {
    let kernel = products_kernel::<T>();
    let (a, b) = (Shared(a as *mut T), Shared(b as *mut T));
    long::<T, Sum, _>(
        n,
        |_| (),
        |_, start, n| {
            let (mut stage_a, mut stage_b) = (Buffer::<T, RUN>::new(), Buffer::<T, RUN>::new());
            let stage = |p: &Shared<T>, s: isize, buffer: &mut Buffer<T, RUN>| -> *const u8 {
                let from = p.at(0).wrapping_offset(start as isize * s);
                if s == 1 || n == 1 {
                    return from.cast();
                }
                // SAFETY: elements of the caller's vector; n <= RUN.
                unsafe { strided_read(n, from, s, buffer.ptr()) };
                buffer.ptr().cast()
            };
            let from = [stage(&a, sa, &mut stage_a), stage(&b, sb, &mut stage_b)];
            let mut value = T::ZERO;
            // SAFETY: n readable elements each.
            unsafe { kernel(n, (&raw mut value).cast(), from) };
            value
        },
    )
}
