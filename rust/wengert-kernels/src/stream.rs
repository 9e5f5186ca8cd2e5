//! Results too large for the caches, written past them: a store that goes by the cache first reads the line it is about to
//! replace, a third of the traffic of a sum of two arrays. Depends on nothing.

/// From here on a result is written past the caches: whoever reads it would not find its beginning there anyway.
const LARGE: usize = 16 << 20;

/// Whether a contiguous result of `bytes` bytes at `out` is to be written by `copy`.
#[inline]
pub(crate) fn worthwhile<T>(out: *mut T, bytes: usize) -> bool {
    cfg!(target_arch = "x86_64") && bytes >= LARGE && (out as usize).is_multiple_of(16)
}

/// Copies `bytes` bytes past the caches.
///
/// # Safety
/// Readable and writable, disjoint, `to` at a multiple of 16. `finish` follows before another thread reads.
#[inline]
pub(crate) unsafe fn copy(bytes: usize, from: *const u8, to: *mut u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_stream_si128};
        let whole = bytes / 64 * 64;
        let mut at = 0;
        while at < whole {
            // SAFETY: the caller's.
            unsafe {
                let (from, to) = (from.add(at).cast::<__m128i>(), to.add(at).cast::<__m128i>());
                let line: [__m128i; 4] = std::array::from_fn(|k| _mm_loadu_si128(from.add(k)));
                for (k, v) in line.into_iter().enumerate() {
                    _mm_stream_si128(to.add(k), v);
                }
            }
            at += 64;
        }
        // SAFETY: the caller's.
        unsafe { std::ptr::copy_nonoverlapping(from.add(whole), to.add(whole), bytes - whole) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    // SAFETY: the caller's.
    unsafe {
        std::ptr::copy_nonoverlapping(from, to, bytes);
    }
}

/// Orders what `copy` wrote before whatever the thread does next.
#[inline]
pub(crate) fn finish() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: SSE is always there.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}
