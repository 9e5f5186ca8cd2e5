//! A matrix turned over into a buffer, in squares that fit registers. Depends on map::Float.

use crate::map::Float;

/// to[p * wide + j] = from[j * stride + p] for p < k and j < width.
///
/// # Safety
/// Pointers are valid for that.
pub(crate) unsafe fn transpose<T: Float>(
    k: usize,
    width: usize,
    from: *const T,
    stride: isize,
    to: *mut T,
    wide: usize,
) {
    let side = 16 / size_of::<T>();
    let mut j = 0;
    while j < width {
        let columns = side.min(width - j);
        let mut p = 0;
        // SAFETY: the caller's.
        unsafe {
            let (from, to) = (from.offset(j as isize * stride), to.add(j));
            if columns == side {
                while p + side <= k {
                    square(from.add(p), stride, to.add(p * wide), wide);
                    p += side;
                }
            }
            while p < k {
                for j in 0..columns {
                    to.add(p * wide + j).write(*from.offset(j as isize * stride + p as isize));
                }
                p += 1;
            }
        }
        j += columns;
    }
}

/// A square whose rows are registers of 16 bytes.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn square<T: Float>(from: *const T, stride: isize, to: *mut T, wide: usize) {
    use std::arch::x86_64::*;
    // SAFETY: the caller's; SSE2 is always there.
    unsafe {
        if size_of::<T>() == 4 {
            let (from, to) = (from.cast::<f32>(), to.cast::<f32>());
            let a = _mm_loadu_ps(from);
            let b = _mm_loadu_ps(from.offset(stride));
            let c = _mm_loadu_ps(from.offset(2 * stride));
            let d = _mm_loadu_ps(from.offset(3 * stride));
            let (ab, cd) = (_mm_unpacklo_ps(a, b), _mm_unpacklo_ps(c, d));
            _mm_storeu_ps(to, _mm_movelh_ps(ab, cd));
            _mm_storeu_ps(to.add(wide), _mm_movehl_ps(cd, ab));
            let (ab, cd) = (_mm_unpackhi_ps(a, b), _mm_unpackhi_ps(c, d));
            _mm_storeu_ps(to.add(2 * wide), _mm_movelh_ps(ab, cd));
            _mm_storeu_ps(to.add(3 * wide), _mm_movehl_ps(cd, ab));
        } else {
            let (from, to) = (from.cast::<f64>(), to.cast::<f64>());
            let (a, b) = (_mm_loadu_pd(from), _mm_loadu_pd(from.offset(stride)));
            _mm_storeu_pd(to, _mm_unpacklo_pd(a, b));
            _mm_storeu_pd(to.add(wide), _mm_unpackhi_pd(a, b));
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
unsafe fn square<T: Float>(from: *const T, stride: isize, to: *mut T, wide: usize) {
    let side = 16 / size_of::<T>();
    for j in 0..side {
        for p in 0..side {
            // SAFETY: the caller's.
            unsafe { to.add(p * wide + j).write(*from.offset(j as isize * stride + p as isize)) };
        }
    }
}
