//! Running sums of a line of f32, carried in double precision. Depends on compile.
//!
//! Sums of WINDOW neighbours are had by doubling, from loads at a distance of 1, 2, ...; each running sum is then that of
//! WINDOW places before it and the window between: additions side by side, where one after another would wait.

const WINDOW: usize = 8;
/// Elements worked on at a time, in the first-level cache.
const BLOCK: usize = 256;

/// A block after what stands before it, or before what stands behind it when it runs from the end.
#[repr(align(64))]
struct Line([f64; BLOCK + 2 * WINDOW]);

/// to[i] = from[i] + from[i - by], or from[i + by].
#[inline(always)]
fn double<const BY: usize, const REVERSE: bool>(start: usize, n: usize, from: &Line, to: &mut Line) {
    let shift = if REVERSE { start + BY } else { start - BY };
    let (near, far) = (&from.0[start..start + n], &from.0[shift..shift + n]);
    for ((to, near), far) in to.0[start..start + n].iter_mut().zip(near).zip(far) {
        *to = near + far;
    }
}

#[inline(always)]
unsafe fn run<const REVERSE: bool>(n: usize, x: *const f32, out: *mut f32) {
    let mut sums = [0.0f64; WINDOW];
    let [mut one, mut two, mut four] = [const { Line([0.0; BLOCK + 2 * WINDOW]) }; 3];
    let mut block = [0.0f32; BLOCK + 2 * WINDOW];
    let mut done = 0;
    while done < n {
        let m = BLOCK.min(n - done);
        let whole = m.next_multiple_of(WINDOW);
        // From the end, blocks lie at the end of the buffer, and what fills up the last one in front of its elements.
        let (at, start, first) =
            if REVERSE { (n - done - m, WINDOW + BLOCK - whole, WINDOW + BLOCK - m) } else { (done, WINDOW, WINDOW) };
        // SAFETY: m elements of the line.
        let from = unsafe { std::slice::from_raw_parts(x.add(at), m) };
        for (w, x) in one.0[first..first + m].iter_mut().zip(from) {
            *w = *x as f64;
        }
        double::<1, REVERSE>(start, whole, &one, &mut two);
        double::<2, REVERSE>(start, whole, &two, &mut four);
        for k in 0..whole / WINDOW {
            let near = start + WINDOW * if REVERSE { whole / WINDOW - 1 - k } else { k };
            let far = if REVERSE { near + 4 } else { near - 4 };
            for (l, s) in sums.iter_mut().enumerate() {
                *s += four.0[near + l] + four.0[far + l];
                block[near + l] = *s as f32;
            }
        }
        // SAFETY: as above.
        unsafe { std::ptr::copy_nonoverlapping(block.as_ptr().add(first), out.add(at), m) };
        for line in [&mut one, &mut two, &mut four] {
            if REVERSE {
                line.0.copy_within(WINDOW..2 * WINDOW, WINDOW + BLOCK);
            } else {
                line.0.copy_within(BLOCK..BLOCK + WINDOW, 0);
            }
        }
        done += m;
    }
}

kernels!(ahead, 1, |n, out, ins, _S| run::<false>(n, ins[0].cast(), out.cast()));
kernels!(back, 1, |n, out, ins, _S| run::<true>(n, ins[0].cast(), out.cast()));

/// Running sums of `n` numbers, from the end if `reverse`.
///
/// # Safety
/// `x` is readable and `out` writable for `n` elements; they are disjoint.
pub(crate) unsafe fn sums(n: usize, x: *const f32, out: *mut f32, reverse: bool) {
    let kernel = if reverse { back::get() } else { ahead::get() };
    // SAFETY: the caller's.
    unsafe { kernel(n, out.cast(), [x.cast()]) }
}
