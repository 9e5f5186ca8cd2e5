//! Buffers for array data: 64-byte aligned, kept by size class because page faults on fresh memory
//! cost ten times the arithmetic. Blocks under 1 KiB come from `pool`. Depends on `system` and std.

use std::alloc::{Layout, alloc as system_alloc, dealloc as system_free};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub use crate::pool::{small_alloc, small_free};

/// From here on blocks are kept; smaller ones go straight to the system.
const SMALLEST: usize = 1024;
/// Classes: four to a power of two, from 1 KiB to 2^47.
const CLASSES: usize = 4 * 37;
/// From here on a block starts at a huge page and asks for huge pages.
const HUGE: usize = 4 << 20;
const HUGE_PAGE: usize = 2 << 20;
const ALIGN: usize = 64;
/// Bytes kept at most unless told otherwise; less on a machine of less than eight times as much.
const DEFAULT_LIMIT: usize = 1 << 30;
/// In place of a limit that nobody has asked for yet.
const UNSET: usize = 0;
/// Blocks that nobody needed for so long go back to the system: faulting them in again costs a few hundredths of that.
const IDLE: Duration = Duration::from_secs(5);
/// How often the clock is read: at every block of this size, and at every so many others.
const LARGE: usize = 64 << 10;
const SELDOM: u32 = 64;
/// From here on the system is asked what it has left before a fresh block is taken beside a full cache.
const WEIGHTY: usize = 32 << 20;

/// What the cache holds and what it has given out, in bytes of whole classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub live: usize,
    /// The most that was live at once.
    pub peak: usize,
    pub cached: usize,
    pub limit: usize,
    /// Allocations served from the cache, and from the system.
    pub hits: usize,
    pub misses: usize,
    /// Bytes of all allocations so far.
    pub served: usize,
    /// Bytes returned to the system so far.
    pub returned: usize,
    /// Bytes of the slabs that blocks under 1 KiB are cut from; never given back.
    pub small: usize,
}

/// Free blocks of each class, linked through their first word.
struct Cache {
    free: [*mut Link; CLASSES],
    /// How many of each class, and the fewest there were since the last look.
    count: [u32; CLASSES],
    fewest: [u32; CLASSES],
    looked: Option<Instant>,
    /// Blocks given back since the clock was read.
    given: u32,
    stats: Stats,
}

/// Chains of blocks that are in no list any more.
type Chains = [*mut Link; CLASSES];
const NONE: Chains = [std::ptr::null_mut(); CLASSES];

struct Link {
    next: *mut Link,
}

impl Cache {
    const fn new() -> Self {
        let stats =
            Stats { live: 0, peak: 0, cached: 0, limit: UNSET, hits: 0, misses: 0, served: 0, returned: 0, small: 0 };
        Cache { free: NONE, count: [0; CLASSES], fewest: [0; CLASSES], looked: None, given: 0, stats }
    }

    fn take_live(&mut self, size: usize) {
        self.stats.live += size;
        self.stats.served = self.stats.served.wrapping_add(size);
        self.stats.peak = self.stats.peak.max(self.stats.live);
    }

    /// Whether `size` more bytes may be kept.
    #[inline(always)]
    fn has_room(&mut self, size: usize) -> bool {
        self.stats.cached + size <= self.stats.limit || self.has_room_after_all(size)
    }

    #[cold]
    fn has_room_after_all(&mut self, size: usize) -> bool {
        self.choose_limit();
        self.stats.cached + size <= self.stats.limit
    }

    fn choose_limit(&mut self) {
        if self.stats.limit == UNSET {
            self.stats.limit = crate::system::total().map_or(DEFAULT_LIMIT, |total| (total / 8).min(DEFAULT_LIMIT));
        }
    }

    /// Takes out what lay unused since the last look, if that was long enough ago.
    #[cold]
    #[inline(never)]
    fn look(&mut self, idle: Duration) -> Option<Chains> {
        self.given = 0;
        let now = Instant::now();
        match self.looked {
            Some(before) if now.duration_since(before) >= idle => {}
            Some(_) => return None,
            None => {
                // Blocks in the lists are younger than the first look.
                self.looked = Some(now);
                self.fewest = self.count;
                return None;
            }
        }
        self.looked = Some(now);
        let mut out = NONE;
        for (class, chain) in out.iter_mut().enumerate() {
            for _ in 0..self.fewest[class] {
                let block = self.free[class];
                // SAFETY: `count`, and so `fewest`, says how many blocks the list has; each holds a link.
                unsafe {
                    self.free[class] = (*block).next;
                    (*block).next = *chain;
                }
                *chain = block;
            }
            self.count[class] -= self.fewest[class];
            self.stats.cached -= self.fewest[class] as usize * size_of_class(class);
            self.fewest[class] = self.count[class];
        }
        Some(out)
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
        debug_assert!(!crate::interrupt::is_away(), "the lock was given up");
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
        c.count[class] -= 1;
        c.fewest[class] = c.fewest[class].min(c.count[class]);
        c.stats.cached -= size;
        c.take_live(size);
        c.stats.hits += 1;
        NonNull::new(head.cast::<u8>())
    });
    found.or_else(|| fresh(size))
}

#[cold]
fn fresh(size: usize) -> Option<NonNull<u8>> {
    let layout = layout(size)?;
    if size >= WEIGHTY && global::with(|c| c.stats.cached) > 0 {
        // Systems promise more than they have and then end processes: what is kept here must not be the reason.
        let wanted = size.saturating_add(size / 8);
        if crate::system::available().is_some_and(|left| left < wanted) {
            empty_cache();
        }
    }
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
        c.take_live(size);
        c.stats.misses += 1;
    });
    if TOLD.load(Ordering::Relaxed) {
        eprintln!("wengert memory: {size} bytes from the system; {}", told());
    }
    Some(block)
}

/// Whether misses and what is returned are told on standard error.
static TOLD: AtomicBool = AtomicBool::new(false);

/// Tells misses of the cache, and what it returns, on standard error.
pub fn tell(on: bool) {
    TOLD.store(on, Ordering::Relaxed);
}

fn told() -> String {
    let s = stats();
    format!("live {}, cached {}, hits {}, misses {}", s.live, s.cached, s.hits, s.misses)
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
    let mut idle = None;
    let kept = global::with(|c| {
        c.stats.live = c.stats.live.saturating_sub(size);
        let kept = c.has_room(size);
        if kept {
            let link = ptr.as_ptr().cast::<Link>();
            // SAFETY: the block is at least 1 KiB, aligned and ours.
            unsafe { link.write(Link { next: c.free[class] }) };
            c.free[class] = link;
            c.count[class] += 1;
            c.stats.cached += size;
        } else {
            c.stats.returned += size;
        }
        c.given += 1;
        if size >= LARGE || c.given >= SELDOM {
            idle = c.look(IDLE);
        }
        kept
    });
    if !kept && let Some(layout) = layout(size) {
        // SAFETY: the layout of `fresh`.
        unsafe { system_free(ptr.as_ptr(), layout) };
    }
    if let Some(chains) = idle {
        release(chains);
    }
}

/// Bytes of a block of a class.
fn size_of_class(class: usize) -> usize {
    let (power, quarter) = (class / 4 + 9, class % 4);
    (4 + quarter + 1) << (power - 2)
}

/// Returns blocks to the system.
#[cold]
fn release(chains: Chains) {
    let mut bytes = 0;
    for (class, mut head) in chains.into_iter().enumerate() {
        let size = size_of_class(class);
        while !head.is_null() {
            // SAFETY: a kept block of this class, now out of every list.
            unsafe {
                let next = (*head).next;
                if let Some(layout) = layout(size) {
                    system_free(head.cast(), layout);
                }
                head = next;
            }
            bytes += size;
        }
    }
    if bytes > 0 {
        global::with(|c| c.stats.returned += bytes);
        if TOLD.load(Ordering::Relaxed) {
            eprintln!("wengert memory: {bytes} bytes returned to the system; {}", told());
        }
    }
}

/// Returns all kept blocks to the system.
pub fn empty_cache() {
    release(global::with(|c| {
        c.stats.cached = 0;
        c.count = [0; CLASSES];
        c.fewest = [0; CLASSES];
        std::mem::replace(&mut c.free, NONE)
    }));
}

/// Returns what lay unused since the last look. It happens by itself, when a block is given back five seconds later.
pub fn return_idle() {
    if let Some(chains) = global::with(|c| c.look(Duration::ZERO)) {
        release(chains);
    }
}

/// Bounds the bytes kept; what is already kept goes if it is more.
pub fn set_cache_limit(bytes: usize) {
    let over = global::with(|c| {
        // Zero keeps nothing, as no block is smaller than a byte.
        c.stats.limit = bytes.max(1);
        c.stats.cached > bytes
    });
    if over {
        empty_cache();
    }
}

/// What is live, kept, and was served so far.
pub fn stats() -> Stats {
    let stats = global::with(|c| {
        c.choose_limit();
        c.stats
    });
    Stats { small: crate::pool::slab_bytes(), ..stats }
}

/// Forgets the most that was live: what is live now is the most so far.
pub fn reset_peak() {
    global::with(|c| c.stats.peak = c.stats.live);
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
            assert_eq!(size, size_of_class(class));
            last = (class, size);
        }
        assert!(class_of(usize::MAX).is_none());
        assert!(class_of(1 << 62).is_none());
    }
}
