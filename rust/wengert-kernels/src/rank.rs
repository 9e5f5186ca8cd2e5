//! Index of the lower median and of the most frequent element of every line of outer x n x inner.
//! Depends on element, threads and the buffers of `sort`.

use crate::element::Element;
use crate::fold::{Shared, grain_for};
use crate::sort::{OutOfMemory, buffer};
use crate::threads::for_chunks;
use std::cmp::Ordering;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// By value, NaN last, equal ones by place.
fn order<T: Element>(a: &(T, usize), b: &(T, usize)) -> Ordering {
    let by_value = a.0.partial_cmp(&b.0).unwrap_or_else(|| a.0.is_nan().cmp(&b.0.is_nan()));
    by_value.then(a.1.cmp(&b.1))
}

unsafe fn each<T: Element>(
    (outer, n, inner): (usize, usize, usize),
    x: *const T,
    out: *mut i64,
    choose: impl Fn(&mut [(T, usize)]) -> usize + Sync,
) -> Result<(), OutOfMemory> {
    let failed = AtomicBool::new(false);
    let (x, out) = (Shared(x as *mut T), Shared(out));
    for_chunks(outer * inner, grain_for(8 * n), |range| {
        let Ok(mut pairs) = buffer::<(T, usize)>(n) else { return failed.store(true, Relaxed) };
        for index in range {
            let base = index / inner * n * inner + index % inner;
            pairs.clear();
            // SAFETY: a line of the caller's; each output is written once.
            unsafe {
                pairs.extend((0..n).map(|i| (*x.at(base + i * inner), i)));
                out.at(index).write(choose(&mut pairs) as i64);
            }
        }
    });
    if failed.into_inner() { Err(OutOfMemory) } else { Ok(()) }
}

/// Index of the lower median of each line, the first of equal ones; of the first NaN if there is one.
///
/// # Safety
/// `x` is readable for outer * n * inner elements (n > 0), `out` writable for outer * inner.
pub unsafe fn median<T: Element>(sizes: (usize, usize, usize), x: *const T, out: *mut i64) -> Result<(), OutOfMemory> {
    // SAFETY: the caller's.
    unsafe {
        each(sizes, x, out, |pairs| {
            if let Some(i) = pairs.iter().position(|p| p.0.is_nan()) {
                return i;
            }
            let middle = (pairs.len() - 1) / 2;
            pairs.select_nth_unstable_by(middle, order).1.1
        })
    }
}

/// Index of the most frequent element of each line, the smallest of equally frequent ones, at its last place.
///
/// # Safety
/// As for `median`.
pub unsafe fn mode<T: Element>(sizes: (usize, usize, usize), x: *const T, out: *mut i64) -> Result<(), OutOfMemory> {
    // SAFETY: the caller's.
    unsafe {
        each(sizes, x, out, |pairs| {
            pairs.sort_unstable_by(order);
            let (mut best, mut most, mut run) = (0, 0, 0);
            for i in 0..pairs.len() {
                run = if i > 0 && pairs[i].0 == pairs[i - 1].0 { run + 1 } else { 1 };
                if run > most {
                    (best, most) = (i, run);
                }
            }
            pairs[best].1
        })
    }
}
