//! Running results along one axis: sums, products, extremes, linear recurrences. Depends on threads.
//!
//! The data are `outer` x `n` x `inner`, contiguous. Many lines are scanned side by side, so that the latency of one
//! step is hidden; a single long line is cut into segments that start from the joined totals of those before them.

use crate::drive::GRAIN;
use crate::element::Element;
use crate::fold::Shared;
use crate::threads::for_chunks;

/// A running result over elements `x` (and companions `a`).
pub trait Scan<T: Element>: 'static {
    /// What is carried from element to element.
    type State: Copy + Send + Sync + 'static;
    /// What is written.
    type Out: Copy + 'static;
    /// Whether states of neighbouring segments can be joined.
    const JOINS: bool = false;
    /// Before the first element.
    fn start() -> Self::State;
    /// After element number `i`.
    fn step(state: Self::State, x: T, a: T, i: usize) -> Self::State;
    /// What stands at the place of the last element.
    fn value(state: Self::State) -> Self::Out;
    /// The state after two segments in a row.
    fn join(first: Self::State, second: Self::State) -> Self::State {
        let _ = first;
        second
    }
}

/// Lines side by side.
const LINES: usize = 8;
/// Elements of a segment of a long line.
const SEGMENT: usize = GRAIN / LINES;
/// Columns side by side.
const WIDTH: usize = 256;

/// What a kernel is told besides pointers: distances between elements and lines, the first element's number.
struct Task<S> {
    states: *mut S,
    step: isize,
    line: isize,
    first: [usize; LINES],
    write: bool,
}

// `n` steps of LINES lines side by side.
kernels!(lines<T: Element, O: Scan<T>>, 3, |n, out, ins, _S| {
    let task = &*ins[2].cast::<Task<O::State>>();
    let (x, a, out) = (ins[0].cast::<T>(), ins[1].cast::<T>(), out.cast::<O::Out>());
    let mut states: [O::State; LINES] = std::array::from_fn(|l| *task.states.add(l));
    for i in 0..n {
        for (l, s) in states.iter_mut().enumerate() {
            let at = i as isize * task.step + l as isize * task.line;
            *s = O::step(*s, *x.offset(at), *a.offset(at), task.first[l] + i);
            if task.write {
                out.offset(at).write(O::value(*s));
            }
        }
    }
    for (l, s) in states.iter().enumerate() {
        *task.states.add(l) = *s;
    }
});

// `n` steps of one line.
kernels!(line<T: Element, O: Scan<T>>, 3, |n, out, ins, _S| {
    let task = &*ins[2].cast::<Task<O::State>>();
    let (x, a, out) = (ins[0].cast::<T>(), ins[1].cast::<T>(), out.cast::<O::Out>());
    let mut state = *task.states;
    for i in 0..n {
        let at = i as isize * task.step;
        state = O::step(state, *x.offset(at), *a.offset(at), task.first[0] + i);
        if task.write {
            out.offset(at).write(O::value(state));
        }
    }
    *task.states = state;
});

// One step of `n` neighbouring columns.
kernels!(columns<T: Element, O: Scan<T>>, 3, |n, out, ins, _S| {
    let task = &*ins[2].cast::<Task<O::State>>();
    let states = std::slice::from_raw_parts_mut(task.states, n);
    let to = std::slice::from_raw_parts_mut(out.cast::<std::mem::MaybeUninit<O::Out>>(), n);
    let (x, a) = (ins[0].cast::<T>(), ins[1].cast::<T>());
    for (i, (s, o)) in states.iter_mut().zip(to).enumerate() {
        *s = O::step(*s, *x.add(i), *a.add(i), task.first[0]);
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
                    let task = Task { states: states.as_mut_ptr(), step: 1, line: 0, first: [i; LINES], write: true };
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
    let run = |lines_at_once: bool, n: usize, at: usize, task: Task<O::State>| {
        let kernel = if lines_at_once { lines::get::<T, O>() } else { line::get::<T, O>() };
        // SAFETY: steps inside the lines of the caller's data.
        unsafe {
            kernel(n, out.at(at).cast(), [x.at(at) as *const u8, a.at(at) as *const u8, (&raw const task).cast()])
        };
    };
    if outer >= LINES || n < 2 * SEGMENT || !O::JOINS {
        let groups = outer.div_ceil(LINES);
        for_chunks(groups, (GRAIN / (LINES * n)).max(1), |range| {
            for group in range {
                let first = group * LINES;
                let mut states = [O::start(); LINES];
                let task = |l: usize, states: &mut [O::State; LINES]| {
                    let states = states[l..].as_mut_ptr();
                    Task { states, step, line: n as isize, first: [0; LINES], write: true }
                };
                if first + LINES <= outer {
                    run(true, n, begin(first), task(0, &mut states));
                } else {
                    for l in 0..outer - first {
                        run(false, n, begin(first + l), task(l, &mut states));
                    }
                }
            }
        });
        return;
    }
    let segments = n / SEGMENT;
    let mut totals: Vec<O::State> = vec![O::start(); segments + 1];
    for o in 0..outer {
        let from = begin(o);
        for write in [false, true] {
            let slots = Shared(totals.as_mut_ptr());
            for_chunks(segments.div_ceil(LINES), 1, |range| {
                for group in range {
                    let first = group * LINES;
                    let at = |s: usize| from.wrapping_add_signed((s * SEGMENT) as isize * step);
                    let task = |s: usize| Task {
                        states: slots.at(s),
                        step,
                        line: SEGMENT as isize * step,
                        first: std::array::from_fn(|l| (s + l) * SEGMENT),
                        write,
                    };
                    if first + LINES <= segments {
                        run(true, SEGMENT, at(first), task(first));
                    } else {
                        (first..segments).for_each(|s| run(false, SEGMENT, at(s), task(s)));
                    }
                }
            });
            if write {
                let rest = segments * SEGMENT;
                let at = from.wrapping_add_signed(rest as isize * step);
                let task = Task { states: slots.at(segments), step, line: 0, first: [rest; LINES], write: true };
                run(false, n - rest, at, task);
            } else {
                // Totals become what each segment starts from.
                let mut state = O::start();
                for t in &mut totals {
                    let next = O::join(state, *t);
                    *t = state;
                    state = next;
                }
            }
        }
        totals.fill(O::start());
    }
}
