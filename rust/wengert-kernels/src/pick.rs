//! Elements at given places along one axis, and the adjoint: additions to such places. Depends on walk and threads.

use crate::drive::GRAIN;
use crate::element::Element;
use crate::fold::Shared;
use crate::threads::for_chunks;
use crate::walk::{Order, RANK, Walk};

/// Most dimensions of a shape given here.
pub const MOST_DIMS: usize = RANK;

fn walk(shape: &[usize], strides: &[isize]) -> Walk {
    let mut order = Order { rank: 0, dim: [0; RANK] };
    for d in (0..shape.len().min(RANK)).filter(|&d| shape[d] != 1) {
        order.dim[order.rank] = d as u8;
        order.rank += 1;
    }
    Walk::new(shape, strides, &order)
}

/// out[i] = x at i, moved by index[i] steps; `out` and `index` are contiguous in `shape`, `strides` lead through `x`.
///
/// # Safety
/// At most [`MOST_DIMS`] dimensions; every place so reached in `x` is readable; `out` is writable and disjoint.
pub unsafe fn pick<T: Element>(
    shape: &[usize],
    x: *const T,
    strides: &[isize],
    step: isize,
    index: *const i64,
    out: *mut T,
) {
    let n = shape.iter().product();
    let whole = walk(shape, strides);
    let (x, index, out) = (Shared(x as *mut T), Shared(index as *mut i64), Shared(out));
    for_chunks(n, GRAIN, |range| {
        let mut walk = whole;
        walk.seek(range.start);
        walk.pieces(range.len(), |done, offset, stride, count| {
            for i in 0..count {
                let at = range.start + done + i;
                // SAFETY: the caller's; each output is written once.
                unsafe {
                    let places = *index.at(at) as isize * step;
                    out.at(at).write(*x.at(0).offset(offset + i as isize * stride + places));
                }
            }
        });
    });
}

/// x at i, moved by index[i] steps, += g[i]; `g` and `index` are contiguous in `shape`.
///
/// # Safety
/// As for `pick`, with `x` writable and `g` readable.
pub unsafe fn add_at<T: Element>(
    shape: &[usize],
    x: *mut T,
    strides: &[isize],
    step: isize,
    index: *const i64,
    g: *const T,
) {
    walk(shape, strides).pieces(shape.iter().product(), |done, offset, stride, count| {
        for i in 0..count {
            // SAFETY: the caller's.
            unsafe {
                let places = *index.add(done + i) as isize * step;
                let to = x.offset(offset + i as isize * stride + places);
                *to = (*to).plus(*g.add(done + i));
            }
        }
    });
}
