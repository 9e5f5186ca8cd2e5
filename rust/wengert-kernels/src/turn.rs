//! Copies between memory that is contiguous along one dimension and memory that is contiguous along another: by squares whose
//! sides are lines of the cache, so that every line is read and written once. Depends on transpose, stream, walk, threads.

use crate::drive::GRAIN;
use crate::element::Element;
use crate::fold::Shared;
use crate::stream;
use crate::threads::for_chunks;
use crate::transpose::transpose;
use crate::walk::{Order, RANK, Walk};
use std::mem::MaybeUninit;

/// Bytes of a line of the cache.
const LINE: usize = 64;

/// A square of the narrowest elements, of which a side has most.
#[repr(align(64))]
struct Square(MaybeUninit<[u8; LINE * LINE]>);

/// Dimensions along which the two lie contiguous, if these are two and long enough.
fn sides<T>(shape: &[usize], os: &[isize], xs: &[isize]) -> Option<(usize, usize)> {
    let side = LINE / size_of::<T>();
    let along = |s: &[isize]| (0..shape.len()).find(|&d| shape[d] >= side.min(8) && s[d] == 1);
    let (o, x) = (along(os)?, along(xs)?);
    (o != x && os[x] != 0 && xs[o] != 0 && shape.len() <= RANK + 2).then_some((o, x))
}

/// out = x where the two are contiguous along different dimensions; whether they were.
///
/// # Safety
/// As for `copy`; `out` and `x` are disjoint.
pub(crate) unsafe fn turned<T: Element>(shape: &[usize], out: *mut T, os: &[isize], x: *const T, xs: &[isize]) -> bool {
    let Some((along_out, along_x)) = sides::<T>(shape, os, xs) else { return false };
    let (wide, tall) = (shape[along_out], shape[along_x]);
    let mut rest = Order { rank: 0, dim: [0; RANK] };
    for d in (0..shape.len()).filter(|&d| d != along_out && d != along_x && shape[d] != 1) {
        rest.dim[rest.rank] = d as u8;
        rest.rank += 1;
    }
    let outer: usize = rest.dim[..rest.rank].iter().map(|&d| shape[d as usize]).product();
    let walks = [os, xs].map(|s| Walk::new(shape, s, &rest));
    let (row, column) = (os[along_x], xs[along_out]);
    let side = LINE / size_of::<T>();
    // Bands of `side` columns of the output, each read along the lines of x.
    let bands = wide.div_ceil(side);
    let past = (row.unsigned_abs() * size_of::<T>()).is_multiple_of(LINE)
        && (out as usize).is_multiple_of(LINE)
        && stream::worthwhile(out, outer * wide * tall * size_of::<T>());
    let (out, x) = (Shared(out), Shared(x as *mut T));
    for_chunks(outer * bands, (GRAIN / (side * tall)).max(1), |range| {
        let mut square = Square(MaybeUninit::uninit());
        let square = square.0.as_mut_ptr().cast::<T>();
        for index in range {
            let (o, j) = (index / bands, index % bands * side);
            let width = side.min(wide - j);
            let [to, from] = [(&out, 0), (&x, 1)].map(|(p, k)| p.at(0).wrapping_offset(walks[k].offset_of(o)));
            let (to, from) = (to.wrapping_add(j), from.wrapping_offset(j as isize * column) as *const T);
            let past = past && (to as usize).is_multiple_of(LINE);
            let mut i = 0;
            while i < tall {
                let height = side.min(tall - i);
                // SAFETY: `height` x `width` elements of both; the square holds side * side. A whole one is told apart so
                // that its sizes are known to the compiler.
                unsafe {
                    if height == side && width == side {
                        turn(side, side, from.add(i), column, square, side);
                    } else {
                        turn(height, width, from.add(i), column, square, side);
                    }
                    for r in 0..height {
                        let (line, to) = (square.add(r * side), to.offset((i + r) as isize * row));
                        if width < side {
                            std::ptr::copy_nonoverlapping(line, to, width);
                        } else if past {
                            stream::copy(LINE, line.cast(), to.cast());
                        } else {
                            std::ptr::copy_nonoverlapping(line, to, side);
                        }
                    }
                }
                i += height;
            }
        }
        if past {
            stream::finish();
        }
    });
    true
}

/// to[i * wide + j] = from[j * stride + i] for i < height and j < width.
#[inline(always)]
unsafe fn turn<T: Element>(height: usize, width: usize, from: *const T, stride: isize, to: *mut T, wide: usize) {
    // SAFETY: the caller's; elements of a size are moved as numbers of that size.
    unsafe {
        match size_of::<T>() {
            4 => transpose::<f32>(height, width, from.cast(), stride, to.cast(), wide),
            8 => transpose::<f64>(height, width, from.cast(), stride, to.cast(), wide),
            _ => {
                for j in 0..width {
                    for i in 0..height {
                        *to.add(i * wide + j) = *from.offset(j as isize * stride + i as isize);
                    }
                }
            }
        }
    }
}
