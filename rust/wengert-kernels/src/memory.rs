//! Buffers for array data: 64-byte aligned, kept by size class because page faults on fresh memory
//! cost ten times the arithmetic. Blocks under 1 KiB come from `pool`. Depends on std (and madvise).

use std::alloc::{Layout, alloc as system_alloc, dealloc as system_free};
use std::ptr::NonNull;

pub use crate::pool::{small_alloc, small_free};

/// From here on blocks are kept; smaller ones go straight to the system.
const SMALLEST: usize = 1024;
/// Classes: four to a power of two, from 1 KiB to 2^47.
const CLASSES: usize = 4 * 37;
/// From here on a block starts at a huge page and asks for huge pages.
const HUGE: usize = 4 << 20;
const HUGE_PAGE: usize = 2 << 20;
const ALIGN: usize = 64;
const DEFAULT_LIMIT: usize = 1 << 30;

/// What the cache holds and what it has given out, in bytes of whole classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub live: usize,
    pub cached: usize,
    pub limit: usize,
    /// Allocations served from the cache, and from the system.
    pub hits: usize,
    pub misses: usize,
}

/// Free blocks of each class, linked through their first word.
struct Cache {
    free: [*mut Link; CLASSES],
    stats: Stats,
}

struct Link {
    next: *mut Link,
}

impl Cache {
    const fn new() -> Self {
        let stats = Stats { live: 0, cached: 0, limit: DEFAULT_LIMIT, hits: 0, misses: 0 };
        Cache { free: [std::ptr::null_mut(); CLASSES], stats }
    }
}

#[cfg(feature = "gil")]
mod global {
    use super::Cache;
    use std::cell::UnsafeCell;

    struct Held(UnsafeCell<Cache>);
    // SAFETY: feature `gil`: the embedding holds one lock around every call.
    unsafe impl Sync for Held {}
    static CACHE: Held = Held(UnsafeCell::new(Cache::new()));

    #[inline(always)]
    pub(super) fn with<R>(f: impl FnOnce(&mut Cache) -> R) -> R {
        // SAFETY: as above; `f` never calls back into this module.
        f(unsafe { &mut *CACHE.0.get() })
    }
}

#[cfg(not(feature = "gil"))]
mod global {
    use super::Cache;
    use std::sync::{Mutex, PoisonError};

    // SAFETY: the links are owned by the cache.
    unsafe impl Send for Cache {}
    static CACHE: Mutex<Cache> = Mutex::new(Cache::new());

    #[inline(always)]
    pub(super) fn with<R>(f: impl FnOnce(&mut Cache) -> R) -> R {
        f(&mut CACHE.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The class of a size and the bytes of that class: powers of two and their quarter steps.
#[inline]
fn class_of(bytes: usize) -> Option<(usize, usize)> {
    let bytes = bytes.max(SMALLEST);
    let last = bytes - 1;
    let power = usize::BITS as usize - 1 - last.leading_zeros() as usize;
    let step = power.checked_sub(2)?;
    // Which quarter between 2^power and 2^(power + 1) holds it.
    let quarter = (last >> step) & 3;
    let class = (power.checked_sub(9)?) * 4 + quarter;
    let size = (4 + quarter + 1).checked_shl(step as u32)?;
    (class < CLASSES && size >> step == 4 + quarter + 1).then_some((class, size))
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size, if size >= HUGE { HUGE_PAGE } else { ALIGN }).ok()
}

/// A block of at least `bytes` bytes, aligned to 64; None when memory cannot be had.
#[inline]
pub fn alloc(bytes: usize) -> Option<NonNull<u8>> {
    if bytes < SMALLEST {
        let layout = Layout::from_size_align(bytes.max(1), ALIGN).ok()?;
        // SAFETY: the size is not zero.
        return NonNull::new(unsafe { system_alloc(layout) });
    }
    let (class, size) = class_of(bytes)?;
    let found = global::with(|c| {
        let head = c.free[class];
        if head.is_null() {
            return None;
        }
        // SAFETY: blocks in the list are ours and hold a link.
        c.free[class] = unsafe { (*head).next };
        c.stats.cached -= size;
        c.stats.live += size;
        c.stats.hits += 1;
        NonNull::new(head.cast::<u8>())
    });
    found.or_else(|| fresh(size))
}

#[cold]
fn fresh(size: usize) -> Option<NonNull<u8>> {
    let layout = layout(size)?;
    // SAFETY: the size is not zero.
    let mut block = NonNull::new(unsafe { system_alloc(layout) });
    if block.is_none() {
        // Blocks of other classes may be what is missing.
        empty_cache();
        // SAFETY: as above.
        block = NonNull::new(unsafe { system_alloc(layout) });
    }
    let block = block?;
    #[cfg(target_os = "linux")]
    if size >= HUGE {
        // SAFETY: whole pages of a block of ours; advice may fail without harm.
        unsafe { libc::madvise(block.as_ptr().cast(), size & !(HUGE_PAGE - 1), libc::MADV_HUGEPAGE) };
    }
    global::with(|c| {
        c.stats.live += size;
        c.stats.misses += 1;
    });
    Some(block)
}

/// Gives a block back.
///
/// # Safety
/// `ptr` came from `alloc` with the same `bytes` and is not used afterwards.
#[inline]
pub unsafe fn free(ptr: NonNull<u8>, bytes: usize) {
    if bytes < SMALLEST {
        // SAFETY: the layout of `alloc`.
        return unsafe { system_free(ptr.as_ptr(), Layout::from_size_align_unchecked(bytes.max(1), ALIGN)) };
    }
    let Some((class, size)) = class_of(bytes) else {
        return;
    };
    let kept = global::with(|c| {
        c.stats.live = c.stats.live.saturating_sub(size);
        if c.stats.cached + size > c.stats.limit {
            return false;
        }
        let link = ptr.as_ptr().cast::<Link>();
        // SAFETY: the block is at least 1 KiB, aligned and ours.
        unsafe { link.write(Link { next: c.free[class] }) };
        c.free[class] = link;
        c.stats.cached += size;
        true
    });
    if !kept && let Some(layout) = layout(size) {
        // SAFETY: the layout of `fresh`.
        unsafe { system_free(ptr.as_ptr(), layout) };
    }
}

/// Returns all kept blocks to the system.
pub fn empty_cache() {
    let lists = global::with(|c| {
        c.stats.cached = 0;
        std::mem::replace(&mut c.free, [std::ptr::null_mut(); CLASSES])
    });
    for (class, mut head) in lists.into_iter().enumerate() {
        let (power, quarter) = (class / 4 + 9, class % 4);
        let size = (4 + quarter + 1) << (power - 2);
        while !head.is_null() {
            // SAFETY: a kept block of this class, now out of every list.
            unsafe {
                let next = (*head).next;
                if let Some(layout) = layout(size) {
                    system_free(head.cast(), layout);
                }
                head = next;
            }
        }
    }
}

/// Bounds the bytes kept; what is already kept beyond that goes.
pub fn set_cache_limit(bytes: usize) {
    let over = global::with(|c| {
        c.stats.limit = bytes;
        c.stats.cached > bytes
    });
    if over {
        empty_cache();
    }
}

pub fn stats() -> Stats {
    global::with(|c| c.stats)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_grow_by_quarters_and_fit() {
        let mut last = (0, 0);
        for bytes in (1..100_000).chain([1 << 20, (1 << 20) + 1, 1 << 40]) {
            let (class, size) = class_of(bytes).unwrap();
            assert!(size >= bytes, "{bytes} {size}");
            assert!(bytes < SMALLEST || size <= bytes + bytes / 4 + 4, "{bytes} {size}");
            assert!((class, size) >= last);
            assert_eq!(size, (5 + class % 4) << (class / 4 + 7), "the inverse used by empty_cache");
            last = (class, size);
        }
        assert!(class_of(usize::MAX).is_none());
        assert!(class_of(1 << 62).is_none());
    }
}
