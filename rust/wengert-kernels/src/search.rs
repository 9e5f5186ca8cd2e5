//! Binary search in sorted rows, and counts of whole numbers and of intervals. Depends on threads.

use crate::drive::GRAIN;
use crate::element::Element;
use crate::threads::for_chunks;

struct Shared<T>(*mut T);
// SAFETY: chunks write disjoint parts.
unsafe impl<T> Sync for Shared<T> {}
impl<T> Shared<T> {
    fn get(&self) -> *mut T {
        self.0
    }
}

/// Where each value would be inserted into its row of `bounds`: before the first element that is not less (`right`: that
/// is greater). Row r of `n` bounds, sorted by itself or by row r of `sorter`, serves values r * m to (r + 1) * m; with
/// one row of bounds m is their number.
///
/// # Panics
/// Where the rows do not fit each other.
pub fn search<T: Element>(
    bounds: &[T],
    n: usize,
    sorter: Option<&[i64]>,
    values: &[T],
    m: usize,
    right: bool,
    out: &mut [i64],
) {
    assert!(out.len() == values.len() && sorter.is_none_or(|s| s.len() == bounds.len()));
    let to = Shared(out.as_mut_ptr());
    for_chunks(values.len(), GRAIN / 16, |range| {
        for i in range {
            let (row, v) = (i / m * n, values[i]);
            let at = |j: usize| bounds[row + sorter.map_or(j, |s| s[row + j] as usize)];
            let (mut lo, mut hi) = (0, n);
            while lo < hi {
                let mid = lo + (hi - lo) / 2;
                // Written so that NaN among the bounds leads where it leads in PyTorch.
                let stays = if right { at(mid) > v } else { at(mid) >= v };
                (lo, hi) = std::hint::select_unpredictable(stays, (lo, mid), (mid + 1, hi));
            }
            // SAFETY: one place for each value.
            unsafe { to.get().add(i).write(lo as i64) };
        }
    });
}

/// counts[v] += 1 for each value, all of which lie in 0..counts.len().
///
/// # Panics
/// Where one does not.
pub fn count(values: &[i64], counts: &mut [i64]) {
    for &v in values {
        counts[v as usize] += 1;
    }
}

/// counts[v] += weight for each value, in order.
///
/// # Panics
/// As for `count`.
pub fn count_weighted<W: Element>(values: &[i64], weights: &[W], counts: &mut [W]) {
    for (&v, &w) in values.iter().zip(weights) {
        let c = &mut counts[v as usize];
        *c = c.plus(w);
    }
}
