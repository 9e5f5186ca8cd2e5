//! Reductions whose kept axis is the inner one: blocks of outputs, row after row.
//! Depends on fold, reduce::View and threads.

use crate::element::Element;
use crate::fold::{Fold, Shared, grain_for, row_kernel, rows4_kernel};
use crate::reduce::{Buffer, View};
use crate::threads::for_chunks;
use crate::walk::strided_read;

/// Columns folded together when the kept axis is the inner one.
const WIDTH: usize = 1024;
/// Rows joined one after another before their sum moves up a level.
const FAN: usize = 128;
impl<T: Element> View<T> {
    /// Blocks of neighbouring outputs together, row after row.
    pub unsafe fn columns<O: Fold>(&self, out: *mut T) {
        let (_, columns, ks) = self.kept.last();
        let outer = self.outputs / columns;
        let blocks = columns.div_ceil(WIDTH);
        let out = Shared(out);
        let one = |index: usize| {
            let (o, block) = (index / blocks, index % blocks);
            let first = block * WIDTH;
            let width = WIDTH.min(columns - first);
            let base = self.x.at(0).wrapping_offset(self.kept.offset_of(o * columns + first));
            // SAFETY: a block of the caller's view; blocks do not overlap.
            unsafe { self.column_block::<O>(base, ks, width, out.at(o * columns + first)) };
        };
        if outer * blocks == 1 {
            one(0);
        } else {
            for_chunks(outer * blocks, grain_for(self.length * columns.min(WIDTH)), |range| range.for_each(one));
        }
    }

    unsafe fn column_block<O: Fold>(&self, base: *const T, ks: isize, width: usize, out: *mut T) {
        let base = Shared(base as *mut T);
        // Narrow dense rows are taken several at a time, as one wide row.
        let (rank, _, rs) = self.reduced.last();
        let dense = ks == 1 && rank == 1 && rs == width as isize && self.each.is_none();
        let group = if dense { (WIDTH / width).max(1) } else { 1 };
        let wide = width * group;
        let rows = self.length / group;
        let chunk_rows = grain_for(wide).next_multiple_of(FAN);
        let mut total = Buffer::<T, WIDTH>::new();
        total.fill(wide, O::identity());
        let join = row_kernel::<T, O>();
        const WAVE: usize = 8;
        let mut wave: [Buffer<T, WIDTH>; WAVE] = std::array::from_fn(|_| Buffer::new());
        let chunks = rows.div_ceil(chunk_rows);
        // SAFETY: rows inside the caller's view, buffers of WIDTH >= wide elements.
        unsafe {
            for first in (0..chunks).step_by(WAVE) {
                let count = WAVE.min(chunks - first);
                let slots = Shared(wave.as_mut_ptr());
                for_chunks(count, 1, |range| {
                    for i in range {
                        let start = (first + i) * chunk_rows;
                        let end = rows.min(start + chunk_rows);
                        self.some_rows::<O>(base.at(0), ks, wide, group, start..end, (*slots.at(i)).ptr());
                    }
                });
                for slot in &mut wave[..count] {
                    join(wide, total.ptr().cast(), [slot.ptr() as *const u8]);
                }
            }
            let total = total.ptr();
            for g in 1..group {
                join(width, total.cast(), [total.add(g * width) as *const u8]);
            }
            for r in rows * group..self.length {
                join(width, total.cast(), [base.at(r * width) as *const u8]);
            }
            std::ptr::copy_nonoverlapping(total, out, width);
        }
    }

    /// Folds rows into `acc` in three levels, so that no sum is long.
    unsafe fn some_rows<O: Fold>(
        &self,
        base: *const T,
        ks: isize,
        wide: usize,
        group: usize,
        rows: std::ops::Range<usize>,
        acc: *mut T,
    ) {
        let (join, join4) = (row_kernel::<T, O>(), rows4_kernel::<T, O>());
        let mut stage: [Buffer<T, WIDTH>; 4] = std::array::from_fn(|_| Buffer::new());
        let mut mapped: [Buffer<T, WIDTH>; 4] = std::array::from_fn(|_| Buffer::new());
        let mut low = Buffer::<T, WIDTH>::new();
        // SAFETY: rows inside the caller's view, buffers of WIDTH >= wide elements.
        unsafe {
            strided_read(wide, &O::identity(), 0, acc);
            let mut r = rows.start;
            while r < rows.end {
                low.fill(wide, O::identity());
                let stop = rows.end.min(r + FAN);
                while r < stop {
                    let n = if stop - r >= 4 { 4 } else { 1 };
                    let mut from = [std::ptr::null::<u8>(); 4];
                    for k in 0..n {
                        let at = if group > 1 { ((r + k) * wide) as isize } else { self.reduced.offset_of(r + k) };
                        let mut p = base.offset(at);
                        if ks != 1 {
                            strided_read(wide, p, ks, stage[k].ptr());
                            p = stage[k].ptr();
                        }
                        if let Some(each) = self.each {
                            (each.first)(wide, mapped[k].ptr().cast(), [p.cast()]);
                            p = mapped[k].ptr();
                        }
                        from[k] = p.cast();
                    }
                    if n == 4 {
                        join4(wide, low.ptr().cast(), from);
                    } else {
                        join(wide, low.ptr().cast(), [from[0]]);
                    }
                    r += n;
                }
                join(wide, acc.cast(), [low.ptr() as *const u8]);
            }
        }
    }
}
