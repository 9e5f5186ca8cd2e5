//! Blocks read from and written to listed places. Depends on compile, drive, walk and threads.

use crate::drive::GRAIN;
use crate::element::Element;
use crate::threads::{for_chunks, num_threads};
use crate::walk::{Order, RANK, Walk, strided_read, strided_write};

/// Where blocks lie: `at[i] * stride` elements from the start.
#[derive(Clone, Copy)]
pub struct Places<'a> {
    pub at: &'a [i64],
    pub stride: isize,
}

impl Places<'_> {
    #[inline(always)]
    fn get(&self, i: usize) -> isize {
        self.at[i] as isize * self.stride
    }
}

/// One straight piece of a block.
#[derive(Clone, Copy)]
struct Piece {
    /// Elements of the block before it.
    done: usize,
    offset: isize,
    stride: isize,
    count: usize,
}

/// The straight pieces of one block: the same for every block.
fn pieces(shape: &[usize], strides: &[isize]) -> Vec<Piece> {
    fn peel(shape: &[usize], strides: &[isize], at: isize, rows: &mut Vec<Piece>) {
        if shape.len() > RANK {
            for i in 0..shape[0] {
                peel(&shape[1..], &strides[1..], at + i as isize * strides[0], rows);
            }
            return;
        }
        let order = Order { rank: shape.len(), dim: std::array::from_fn(|d| d as u8) };
        let n: usize = shape.iter().product();
        let before = rows.last().map_or(0, |p| p.done + p.count);
        Walk::new(shape, strides, &order).pieces(n, |done, offset, stride, count| {
            rows.push(Piece { done: before + done, offset: at + offset, stride, count });
        });
    }
    let mut rows = Vec::new();
    if !shape.contains(&0) {
        peel(shape, strides, 0, &mut rows);
    }
    rows
}

/// A pointer that chunks share.
struct Shared<T>(*mut T);
// SAFETY: chunks write disjoint parts.
unsafe impl<T> Sync for Shared<T> {}
impl<T> Shared<T> {
    fn get(&self) -> *mut T {
        self.0
    }
}

/// out[o][i] = the block of `src` at outers[o] and place i; `out` is contiguous.
///
/// # Safety
/// Each outer offset plus each place plus the inner nest is inside `src`; `out` holds as many blocks and is disjoint.
pub unsafe fn gather<T: Element>(
    outers: &[isize],
    places: Places<'_>,
    inner: &[usize],
    src: *const T,
    strides: &[isize],
    out: *mut T,
) {
    let rows = pieces(inner, strides);
    let (block, n) = (inner.iter().product::<usize>(), places.at.len());
    let (src, out) = (Shared(src.cast_mut()), Shared(out));
    for_chunks(outers.len() * n, (GRAIN / block.max(1)).max(1), |range| {
        let mut from = range.start;
        while from < range.end {
            let o = from / n;
            let to = range.end.min((o + 1) * n);
            let src = src.get().cast_const().wrapping_offset(outers[o]);
            // SAFETY: the caller's; chunks write blocks of their own.
            unsafe { gather_some(places, from - o * n..to - o * n, &rows, block, src, out.get().add(from * block)) };
            from = to;
        }
    });
}

/// How many places ahead memory is asked for: listed blocks lie anywhere, and a miss takes as long as several of them.
const AHEAD: usize = 8;
/// Blocks up to this many bytes are asked for whole; of longer ones the hardware sees where they go on.
const FETCHED: usize = 512;

/// Asks for the memory of a block.
#[inline(always)]
fn fetch<T>(block: *const T, count: usize) {
    #[cfg(target_arch = "x86_64")]
    for at in (0..(count * size_of::<T>()).min(FETCHED)).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(block.cast::<i8>().wrapping_add(at)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (block, count);
}

/// # Safety
/// As for `gather`, for the places in `range`.
unsafe fn gather_some<T: Copy>(
    places: Places<'_>,
    range: std::ops::Range<usize>,
    rows: &[Piece],
    block: usize,
    src: *const T,
    mut out: *mut T,
) {
    // SAFETY: the caller's.
    unsafe {
        match rows {
            [Piece { count: 1, .. }] => {
                for (j, i) in range.enumerate() {
                    out.add(j).write(*src.offset(places.get(i)));
                }
            }
            [Piece { stride: 1, count, .. }] => {
                for i in range {
                    let ahead = (i + AHEAD).min(places.at.len() - 1);
                    fetch(src.wrapping_offset(places.get(ahead)), *count);
                    std::ptr::copy_nonoverlapping(src.offset(places.get(i)), out, *count);
                    out = out.add(block);
                }
            }
            _ => {
                for i in range {
                    for p in rows {
                        strided_read(p.count, src.offset(places.get(i) + p.offset), p.stride, out.add(p.done));
                    }
                    out = out.add(block);
                }
            }
        }
    }
}

// out += ins[0], n elements.
kernels!(add_row<T: Element>, 1, |n, out, ins, _S| {
    let to = std::slice::from_raw_parts_mut(out.cast::<T>(), n);
    let x = std::slice::from_raw_parts(ins[0].cast::<T>(), n);
    for (o, &v) in to.iter_mut().zip(x) {
        *o = o.plus(v);
    }
});

/// Calls `each(outer, place, piece)` in the order of the places. Blocks may fall on each other, so threads share outer
/// positions or the elements of a block among them, never the places: every element sees its writes in order whatever
/// the number of threads.
fn in_order(outers: usize, n: usize, rows: &[Piece], each: impl Fn(usize, usize, Piece) + Sync) {
    if let ([row], 1) = (rows, outers)
        && row.count >= 64
    {
        // A share of each block is a visit to each block: one thread takes them whole.
        let share = if num_threads() == 1 { row.count } else { (GRAIN / n.max(1)).max(32) };
        for_chunks(row.count, share, |part| {
            let (done, count) = (part.start, part.len());
            let part = Piece { done, offset: row.offset + done as isize * row.stride, stride: row.stride, count };
            (0..n).for_each(|i| each(0, i, part));
        });
        return;
    }
    let block: usize = rows.iter().map(|p| p.count).sum();
    for_chunks(outers, (GRAIN / (n * block).max(1)).max(1), |range| {
        for o in range {
            for i in 0..n {
                rows.iter().for_each(|&p| each(o, i, p));
            }
        }
    });
}

/// The block of `dst` at outers[o] and place i = src[o][i]; the last write wins.
///
/// # Safety
/// As for `gather`, with the directions exchanged; what different outers reach is disjoint.
pub unsafe fn scatter<T: Element>(
    outers: &[isize],
    places: Places<'_>,
    inner: &[usize],
    dst: *mut T,
    strides: &[isize],
    src: *const T,
) {
    let rows = pieces(inner, strides);
    let (block, n) = (inner.iter().product::<usize>(), places.at.len());
    let (src, dst) = (Shared(src.cast_mut()), Shared(dst));
    if let ([Piece { count: 1, .. }], [outer]) = (&rows[..], outers) {
        for i in 0..n {
            // SAFETY: the caller's.
            unsafe { *dst.get().offset(outer + places.get(i)) = *src.get().add(i) };
        }
        return;
    }
    in_order(outers.len(), n, &rows, |o, i, p| {
        // SAFETY: the caller's.
        unsafe {
            let to = dst.get().offset(outers[o] + places.get(i) + p.offset);
            let from = src.get().add((o * n + i) * block + p.done);
            strided_write(p.count, to, p.stride, from);
        }
    });
}

/// The block of `dst` at outers[o] and place i += src[o][i], in order.
///
/// # Safety
/// As for `scatter`.
pub unsafe fn scatter_add<T: Element>(
    outers: &[isize],
    places: Places<'_>,
    inner: &[usize],
    dst: *mut T,
    strides: &[isize],
    src: *const T,
) {
    let rows = pieces(inner, strides);
    let (block, n) = (inner.iter().product::<usize>(), places.at.len());
    let add = add_row::get::<T>();
    let (src, dst) = (Shared(src.cast_mut()), Shared(dst));
    if let ([Piece { count: 1, .. }], [outer]) = (&rows[..], outers) {
        for i in 0..n {
            // SAFETY: the caller's.
            unsafe {
                let to = dst.get().offset(outer + places.get(i));
                *to = (*to).plus(*src.get().add(i));
            }
        }
        return;
    }
    in_order(outers.len(), n, &rows, |o, i, p| {
        // SAFETY: the caller's.
        unsafe {
            let to = dst.get().offset(outers[o] + places.get(i) + p.offset);
            let from = src.get().add((o * n + i) * block + p.done);
            if p.stride == 1 && p.count > 4 {
                let ahead = places.get((i + AHEAD).min(n - 1));
                fetch(dst.get().wrapping_offset(outers[o] + ahead + p.offset).cast_const(), p.count);
                return add(p.count, to.cast(), [from.cast_const().cast()]);
            }
            for j in 0..p.count {
                let to = to.offset(j as isize * p.stride);
                *to = (*to).plus(*from.add(j));
            }
        }
    });
}

/// Whether all of `at` lie in `lo..hi`.
pub fn all_within(at: &[i64], lo: i64, hi: i64) -> bool {
    let span = hi.wrapping_sub(lo) as u64;
    at.chunks(1024).all(|c| !c.iter().fold(false, |bad, &i| bad | (i.wrapping_sub(lo) as u64 >= span)))
}

/// The positions of what is true, appended to a block of memory at `out`; gives their number.
///
/// # Safety
/// `out` holds one more element than there are true ones.
pub unsafe fn positions(mask: &[bool], out: *mut i64) -> usize {
    let mut count = 0;
    for (i, &on) in mask.iter().enumerate() {
        // Written without a branch: a mask is unpredictable.
        // SAFETY: at most one place beyond the true ones.
        unsafe { out.add(count).write(i as i64) };
        count += usize::from(on);
    }
    count
}

/// How many are true.
pub fn count_true(mask: &[bool]) -> usize {
    mask.chunks(128).map(|c| c.iter().fold(0u8, |n, &on| n + u8::from(on)) as usize).sum()
}
