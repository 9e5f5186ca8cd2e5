//! Running results along one axis: sums, products, extremes, linear recurrences. Depends on threads.
//!
//! The data are `outer` x `n` x `inner`, contiguous. A line is never cut: what segments start from would have to be joined,
//! and a product of segments may overflow where the running product is 0. Several lines are scanned side by side, so
//! that the latency of one step is hidden.

use crate::drive::{GRAIN, Kernel};
use crate::element::Element;
use crate::fold::Shared;
use crate::threads::for_chunks;

/// A running result over elements `x` (and companions `a`).
pub trait Scan<T: Element>: 'static {
    /// What is carried from element to element.
    type State: Copy + Send + Sync + 'static;
    /// What is written.
    type Out: Copy + 'static;
    /// Before the first element.
    fn start() -> Self::State;
    /// After element number `i`.
    fn step(state: Self::State, x: T, a: T, i: usize) -> Self::State;
    /// What stands at the place of the last element.
    fn value(state: Self::State) -> Self::Out;
    /// A kernel for whole lines that is quicker than steps: elements, output, and whether it runs from the end.
    #[doc(hidden)]
    fn whole() -> Option<WholeOf<T, Self::Out>> {
        None
    }
}

/// See `Scan::whole`.
pub type WholeOf<T, U> = unsafe fn(usize, *const T, *mut U, bool);

/// Below this a line is scanned step by step.
const SHORT: usize = 64;
/// Lines side by side.
const LINES: usize = 4;
/// Columns side by side.
const WIDTH: usize = 256;

/// What a kernel is told besides pointers: distances between elements and lines, the first element's number.
struct Task<S> {
    states: *mut S,
    step: isize,
    line: isize,
    first: usize,
}

// `n` steps of LINES lines side by side.
kernels!(lines<T: Element, O: Scan<T>>, 3, |n, out, ins, _S| {
    let Task { step, line, .. } = *ins[2].cast::<Task<O::State>>();
    let (mut x, mut a, mut out) = (ins[0].cast::<T>(), ins[1].cast::<T>(), out.cast::<O::Out>());
    let mut states = [O::start(); LINES];
    for i in 0..n {
        for (l, s) in states.iter_mut().enumerate() {
            let at = l as isize * line;
            *s = O::step(*s, *x.offset(at), *a.offset(at), i);
            out.offset(at).write(O::value(*s));
        }
        (x, a, out) = (x.wrapping_offset(step), a.wrapping_offset(step), out.wrapping_offset(step));
    }
});

// `n` steps of one line.
kernels!(line<T: Element, O: Scan<T>>, 3, |n, out, ins, _S| {
    let step = (*ins[2].cast::<Task<O::State>>()).step;
    let (x, a, out) = (ins[0].cast::<T>(), ins[1].cast::<T>(), out.cast::<O::Out>());
    let mut state = O::start();
    for i in 0..n {
        let at = i as isize * step;
        state = O::step(state, *x.offset(at), *a.offset(at), i);
        out.offset(at).write(O::value(state));
    }
});

// One step of `n` neighbouring columns.
kernels!(columns<T: Element, O: Scan<T>>, 3, |n, out, ins, _S| {
    let task = &*ins[2].cast::<Task<O::State>>();
    let states = std::slice::from_raw_parts_mut(task.states, n);
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<O::Out>>(), n);
    let (x, a) = (ins[0].cast::<T>(), ins[1].cast::<T>());
    for (i, (s, o)) in states.iter_mut().zip(to).enumerate() {
        *s = O::step(*s, *x.add(i), *a.add(i), task.first);
        o.write(O::value(*s));
    }
});

/// out = the running results of `O` along the middle of (outer, n, inner), from the end if `reverse`.
///
/// # Safety
/// `x` and `a` are readable for outer * n * inner elements, `out` writable and disjoint.
#[allow(clippy::too_many_arguments)]
pub unsafe fn scan<T: Element, O: Scan<T>>(
    (outer, n, inner): (usize, usize, usize),
    reverse: bool,
    x: *const T,
    a: *const T,
    out: *mut O::Out,
) {
    if outer * n * inner == 0 {
        return;
    }
    let (x, a, out) = (Shared(x as *mut T), Shared(a as *mut T), Shared(out));
    let step = if reverse { -(inner as isize) } else { inner as isize };
    let begin = |o: usize| o * n * inner + if reverse { (n - 1) * inner } else { 0 };
    if inner > 1 {
        let blocks = inner.div_ceil(WIDTH);
        for_chunks(outer * blocks, (GRAIN / (n * inner.min(WIDTH))).max(1), |range| {
            let kernel = columns::get::<T, O>();
            let mut states = [O::start(); WIDTH];
            for index in range {
                let first = index % blocks * WIDTH;
                let width = WIDTH.min(inner - first);
                let from = begin(index / blocks) + first;
                states.fill(O::start());
                for i in 0..n {
                    let at = from.wrapping_add_signed(i as isize * step);
                    let task = Task { states: states.as_mut_ptr(), step: 1, line: 0, first: i };
                    // SAFETY: a row of a block of columns; blocks do not overlap.
                    unsafe {
                        let ins = [x.at(at) as *const u8, a.at(at) as *const u8, (&raw const task).cast()];
                        kernel(width, out.at(at).cast(), ins);
                    }
                }
            }
        });
        return;
    }
    let task = Task { states: std::ptr::null_mut::<O::State>(), step, line: n as isize, first: 0 };
    let task = Shared(&raw const task as *mut Task<O::State>);
    if let Some(whole) = O::whole().filter(|_| n >= SHORT) {
        for_chunks(outer, (GRAIN / n).max(1), |range| {
            for o in range {
                // SAFETY: a line of the caller's.
                unsafe { whole(n, x.at(o * n), out.at(o * n), reverse) };
            }
        });
        return;
    }
    for_chunks(outer.div_ceil(LINES), (GRAIN / (LINES * n)).max(1), |range| {
        let (one, several) = (line::get::<T, O>(), lines::get::<T, O>());
        for group in range {
            let first = group * LINES;
            let run = |kernel: Kernel<3>, at: usize| {
                let ins = [x.at(at) as *const u8, a.at(at) as *const u8, task.at(0) as *const u8];
                // SAFETY: steps inside lines of the caller's data.
                unsafe { kernel(n, out.at(at).cast(), ins) }
            };
            if first + LINES <= outer {
                run(several, begin(first));
            } else {
                (first..outer).for_each(|l| run(one, begin(l)));
            }
        }
    });
}
