//! Blocks gathered from and scattered to element offsets. Depends on walk.

use crate::walk::{Order, RANK, Walk, strided_read, strided_write};

/// Calls `row(offset, stride, count)` for each straight piece of one inner block.
fn inner_rows(shape: &[usize], strides: &[isize], mut row: impl FnMut(isize, isize, usize)) {
    if shape.contains(&0) {
        return;
    }
    peel(shape, strides, 0, &mut row);

    fn peel(shape: &[usize], strides: &[isize], at: isize, row: &mut impl FnMut(isize, isize, usize)) {
        if shape.len() > RANK {
            for i in 0..shape[0] {
                peel(&shape[1..], &strides[1..], at + i as isize * strides[0], row);
            }
            return;
        }
        let order = Order { rank: shape.len(), dim: std::array::from_fn(|d| d as u8) };
        let n: usize = shape.iter().product();
        Walk::new(shape, strides, &order).pieces(n, |_, offset, stride, count| row(at + offset, stride, count));
    }
}

/// The straight pieces of one inner block, (offset, stride, count) each: the same for every block.
fn pieces(shape: &[usize], strides: &[isize]) -> Vec<(isize, isize, usize)> {
    let mut rows = Vec::new();
    inner_rows(shape, strides, |offset, stride, count| rows.push((offset, stride, count)));
    rows
}

/// out[i] = the inner block of `src` at offsets[i]; `out` is contiguous.
///
/// # Safety
/// Each offset plus the inner nest is inside `src`; `out` holds offsets.len() blocks and is disjoint.
pub unsafe fn gather<T: Copy>(
    offsets: &[isize],
    inner_shape: &[usize],
    src: *const T,
    inner_src_strides: &[isize],
    out: *mut T,
) {
    let rows = pieces(inner_shape, inner_src_strides);
    if let [(0, _, 1)] = rows[..] {
        for (i, &at) in offsets.iter().enumerate() {
            // SAFETY: the caller's.
            unsafe { out.add(i).write(*src.offset(at)) };
        }
        return;
    }
    let mut done = 0;
    for &at in offsets {
        for &(offset, stride, count) in &rows {
            // SAFETY: the caller's.
            unsafe { strided_read(count, src.offset(at + offset), stride, out.add(done)) };
            done += count;
        }
    }
}

/// The inner block of `dst` at offsets[i] = src[i]; the last write wins.
///
/// # Safety
/// As for `gather`, with the directions exchanged.
pub unsafe fn scatter<T: Copy>(
    offsets: &[isize],
    inner_shape: &[usize],
    dst: *mut T,
    inner_dst_strides: &[isize],
    src: *const T,
) {
    let rows = pieces(inner_shape, inner_dst_strides);
    let mut done = 0;
    for &at in offsets {
        for &(offset, stride, count) in &rows {
            // SAFETY: the caller's.
            unsafe { strided_write(count, dst.offset(at + offset), stride, src.add(done)) };
            done += count;
        }
    }
}

/// The inner block of `dst` at offsets[i] += src[i], in order.
///
/// # Safety
/// As for `scatter`.
pub unsafe fn scatter_add<T: crate::Element>(
    offsets: &[isize],
    inner_shape: &[usize],
    dst: *mut T,
    inner_dst_strides: &[isize],
    src: *const T,
) {
    let rows = pieces(inner_shape, inner_dst_strides);
    let mut done = 0;
    for &at in offsets {
        for &(offset, stride, count) in &rows {
            for j in 0..count {
                // SAFETY: the caller's.
                unsafe {
                    let to = dst.offset(at + offset + j as isize * stride);
                    *to = (*to).plus(*src.add(done + j));
                }
            }
            done += count;
        }
    }
}
