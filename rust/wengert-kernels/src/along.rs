//! gather and scatter along one dimension, an index for each element. Depends on drive, walk and threads.

use crate::drive::GRAIN;
use crate::element::Element;
use crate::threads::for_chunks;
use crate::walk::{Order, RANK, Walk};

/// How what is scattered meets what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// Replaces it; the last wins.
    Assign,
    Add,
    Mul,
    /// The larger; NaN wins.
    Max,
    /// The smaller; NaN wins.
    Min,
}

struct Shared<T>(*mut T);
// SAFETY: chunks write disjoint parts.
unsafe impl<T> Sync for Shared<T> {}
impl<T> Shared<T> {
    fn get(&self) -> *mut T {
        self.0
    }
}

/// Calls `run(done, offset, stride, count)` for the straight pieces of `range` of a nest in row-major order.
fn nest(
    shape: &[usize],
    strides: &[isize],
    range: std::ops::Range<usize>,
    run: &mut impl FnMut(usize, isize, isize, usize),
) {
    fn go(
        shape: &[usize],
        strides: &[isize],
        range: std::ops::Range<usize>,
        done: usize,
        at: isize,
        run: &mut impl FnMut(usize, isize, isize, usize),
    ) {
        if range.is_empty() {
            return;
        }
        if shape.len() > RANK {
            let each: usize = shape[1..].iter().product();
            for i in range.start / each..range.end.div_ceil(each) {
                let part = range.start.max(i * each) - i * each..range.end.min((i + 1) * each) - i * each;
                let at = at + i as isize * strides[0];
                go(&shape[1..], &strides[1..], part, done + i * each, at, run);
            }
            return;
        }
        let order = Order { rank: shape.len(), dim: std::array::from_fn(|d| d as u8) };
        let mut walk = Walk::new(shape, strides, &order);
        walk.seek(range.start);
        walk.pieces(range.len(), |d, offset, stride, count| run(done + range.start + d, at + offset, stride, count));
    }
    go(shape, strides, range, 0, 0, run);
}

/// Strides of the other dimensions, and that of `dim`.
fn split(strides: &[isize], dim: usize) -> (Vec<isize>, isize) {
    let mut others = strides.to_vec();
    let along = std::mem::replace(&mut others[dim], 0);
    (others, along)
}

/// out[.., j, ..] = x[.., index[.., j, ..], ..] with the index in `dim`; `index` and `out` are row-major of `shape`.
///
/// # Safety
/// Every index lies in x's dimension `dim`, `shape` is no larger than x's in the others; `out` is disjoint.
pub unsafe fn gather<T: Element>(
    shape: &[usize],
    dim: usize,
    x: *const T,
    strides: &[isize],
    index: *const i64,
    out: *mut T,
) {
    let (others, along) = split(strides, dim);
    let (x, index, out) = (Shared(x.cast_mut()), Shared(index.cast_mut()), Shared(out));
    for_chunks(shape.iter().product(), GRAIN, |range| {
        nest(shape, &others, range, &mut |done, offset, stride, count| {
            // SAFETY: the caller's.
            unsafe {
                let (x, index, out) = (x.get().offset(offset), index.get().add(done), out.get().add(done));
                for j in 0..count {
                    out.add(j).write(*x.offset(j as isize * stride + *index.add(j) as isize * along));
                }
            }
        });
    });
}

/// dst[.., index[.., j, ..], ..] = src[.., j, ..] joined with what is there, in row-major order.
///
/// # Safety
/// As for `gather`, with the directions exchanged; `src` is row-major of `shape`.
pub unsafe fn scatter<T: Element>(
    combine: Combine,
    shape: &[usize],
    dim: usize,
    dst: *mut T,
    strides: &[isize],
    index: *const i64,
    src: *const T,
) {
    let (others, along) = split(strides, dim);
    // What falls on one place comes from one line along `dim`: the dimensions before it are independent.
    let lines: usize = shape[..dim].iter().product();
    let each: usize = shape[dim..].iter().product();
    let (dst, index, src) = (Shared(dst), Shared(index.cast_mut()), Shared(src.cast_mut()));
    macro_rules! by {
        (|$a:ident, $b:ident| $f:expr) => {
            for_chunks(lines, (GRAIN / each.max(1)).max(1), |range| {
                nest(shape, &others, range.start * each..range.end * each, &mut |done, offset, stride, count| {
                    // SAFETY: the caller's.
                    unsafe {
                        let (dst, index, src) = (dst.get().offset(offset), index.get().add(done), src.get().add(done));
                        for j in 0..count {
                            let to = dst.offset(j as isize * stride + *index.add(j) as isize * along);
                            let ($a, $b) = (*to, *src.add(j));
                            *to = $f;
                        }
                    }
                })
            })
        };
    }
    match combine {
        Combine::Assign => by!(|_a, b| b),
        Combine::Add => by!(|a, b| a.plus(b)),
        Combine::Mul => by!(|a, b| a.times(b)),
        Combine::Max => by!(|a, b| if b > a || b.is_nan() { b } else { a }),
        Combine::Min => by!(|a, b| if b < a || b.is_nan() { b } else { a }),
    }
}
