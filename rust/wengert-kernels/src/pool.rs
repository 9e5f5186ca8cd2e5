//! Blocks under 1 KiB in 8-byte classes: intrusive free lists refilled from slabs, which are never
//! given back. Depends on std.

use std::alloc::{Layout, alloc as system_alloc};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Blocks of this size and more are not for this pool.
pub const SMALL: usize = 1024;
const STEP: usize = 8;
const CLASSES: usize = SMALL / STEP;
const SLAB: usize = 32 * 1024;

struct Link {
    next: *mut Link,
}

/// Slabs had so far.
static SLABS: AtomicUsize = AtomicUsize::new(0);

/// Bytes of all slabs.
pub(crate) fn slab_bytes() -> usize {
    SLABS.load(Ordering::Relaxed) * SLAB
}

/// Free blocks of one class that a thread keeps for itself; what it frees beyond that is for all.
#[cfg(not(feature = "gil"))]
const KEPT: u32 = 16 * 1024;

struct Lists {
    free: [*mut Link; CLASSES],
    /// Blocks freed more than taken, of each class.
    #[cfg(not(feature = "gil"))]
    surplus: [u32; CLASSES],
    /// What is left of the newest slab.
    rest: *mut u8,
    left: usize,
}

impl Lists {
    const fn new() -> Self {
        Lists {
            free: [std::ptr::null_mut(); CLASSES],
            #[cfg(not(feature = "gil"))]
            surplus: [0; CLASSES],
            rest: std::ptr::null_mut(),
            left: 0,
        }
    }

    #[inline(always)]
    fn take(&mut self, class: usize) -> Option<NonNull<u8>> {
        let head = self.free[class];
        if head.is_null() {
            return self.carve(class);
        }
        #[cfg(not(feature = "gil"))]
        {
            self.surplus[class] = self.surplus[class].saturating_sub(1);
        }
        // SAFETY: blocks in the list are free, ours, and hold a link.
        self.free[class] = unsafe { (*head).next };
        NonNull::new(head.cast())
    }

    #[inline(always)]
    fn give(&mut self, ptr: NonNull<u8>, class: usize) {
        let link = ptr.as_ptr().cast::<Link>();
        // A thread that only frees must leave its blocks behind too.
        #[cfg(not(feature = "gil"))]
        if self.free[class].is_null() {
            lists::watch();
        }
        // SAFETY: a block has at least 8 bytes, aligned to 8, and is the caller's no more.
        unsafe { link.write(Link { next: self.free[class] }) };
        self.free[class] = link;
        #[cfg(not(feature = "gil"))]
        {
            self.surplus[class] += 1;
            if self.surplus[class] > KEPT {
                // A thread that frees what others allocate: they must get it back.
                self.surplus[class] = 0;
                orphans::leave(self, class);
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn carve(&mut self, class: usize) -> Option<NonNull<u8>> {
        let size = (class + 1) * STEP;
        #[cfg(not(feature = "gil"))]
        if let Some(block) = orphans::adopt(self, class) {
            return Some(block);
        }
        if self.left < size {
            // 64 keeps blocks of 64 bytes in one cache line.
            let layout = Layout::from_size_align(SLAB, 64).ok()?;
            // SAFETY: not zero-sized.
            let mut slab = NonNull::new(unsafe { system_alloc(layout) });
            if slab.is_none() {
                // What is kept for large arrays may be what is missing.
                super::memory::empty_cache();
                // SAFETY: as above.
                slab = NonNull::new(unsafe { system_alloc(layout) });
            }
            let slab = slab?;
            SLABS.fetch_add(1, Ordering::Relaxed);
            if self.left > 0
                && let Some(rest) = NonNull::new(self.rest)
            {
                self.give(rest, self.left / STEP - 1);
            }
            (self.rest, self.left) = (slab.as_ptr(), SLAB);
        }
        let block = self.rest;
        self.rest = self.rest.wrapping_add(size);
        self.left -= size;
        NonNull::new(block)
    }
}

#[inline(always)]
fn class_of(bytes: usize) -> usize {
    bytes.saturating_sub(1) / STEP
}

/// A block of at least `bytes` bytes, aligned to 8. From 1 KiB on this is `memory::alloc`.
#[inline]
pub fn small_alloc(bytes: usize) -> Option<NonNull<u8>> {
    let class = class_of(bytes);
    if class >= CLASSES {
        return super::memory::alloc(bytes);
    }
    lists::with(|l| l.take(class))
}

/// Gives a block back, on any thread.
///
/// # Safety
/// `ptr` came from `small_alloc` with the same `bytes` and is not used afterwards.
#[inline]
pub unsafe fn small_free(ptr: NonNull<u8>, bytes: usize) {
    let class = class_of(bytes);
    if class >= CLASSES {
        // SAFETY: the caller's.
        return unsafe { super::memory::free(ptr, bytes) };
    }
    lists::with(|l| l.give(ptr, class))
}

#[cfg(feature = "gil")]
mod lists {
    use super::Lists;
    use std::cell::UnsafeCell;

    struct Held(UnsafeCell<Lists>);
    // SAFETY: feature `gil`: the embedding holds one lock around every call.
    unsafe impl Sync for Held {}
    static LISTS: Held = Held(UnsafeCell::new(Lists::new()));

    #[inline(always)]
    pub(super) fn with<R>(f: impl FnOnce(&mut Lists) -> R) -> R {
        debug_assert!(!crate::interrupt::is_away(), "the lock was given up");
        // SAFETY: as above; `f` never calls back into this module.
        f(unsafe { &mut *LISTS.0.get() })
    }
}

#[cfg(not(feature = "gil"))]
mod lists {
    use super::{Lists, orphans};
    use std::cell::{Cell, UnsafeCell};

    struct Mine {
        lists: UnsafeCell<Lists>,
    }

    thread_local! {
        // No destructor, so that access is a plain load and works while a thread dies.
        static MINE: Mine = const { Mine { lists: UnsafeCell::new(Lists::new()) } };
        static WATCHED: Cell<bool> = const { Cell::new(false) };
        static LEAVER: Leaver = const { Leaver };
    }

    /// Hands the lists of a dying thread to the next one in need.
    struct Leaver;
    impl Drop for Leaver {
        fn drop(&mut self) {
            // SAFETY: this thread's own; no borrow is live inside a destructor.
            MINE.with(|m| orphans::bequeath(unsafe { &mut *m.lists.get() }));
        }
    }

    /// Arms the destructor; called when a list is empty, not on every access.
    #[inline]
    pub(super) fn watch() {
        if !WATCHED.replace(true) {
            let _ = LEAVER.try_with(|_| ());
        }
    }

    #[inline(always)]
    pub(super) fn with<R>(f: impl FnOnce(&mut Lists) -> R) -> R {
        // SAFETY: this thread's own; `f` never calls back into `with`.
        MINE.with(|m| f(unsafe { &mut *m.lists.get() }))
    }
}

#[cfg(not(feature = "gil"))]
mod orphans {
    use super::{CLASSES, Link, Lists, STEP};
    use std::ptr::NonNull;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Mutex, PoisonError};

    struct Left([*mut Link; CLASSES]);
    // SAFETY: the blocks belong to nobody else.
    unsafe impl Send for Left {}
    static LEFT: Mutex<Left> = Mutex::new(Left([std::ptr::null_mut(); CLASSES]));
    static ANY: AtomicBool = AtomicBool::new(false);

    /// Takes over a class that dead threads left behind.
    pub(super) fn adopt(to: &mut Lists, class: usize) -> Option<NonNull<u8>> {
        super::lists::watch();
        if !ANY.load(Ordering::Acquire) {
            return None;
        }
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        let head = std::mem::replace(&mut left.0[class], std::ptr::null_mut());
        if left.0.iter().all(|p| p.is_null()) {
            ANY.store(false, Ordering::Release);
        }
        let block = NonNull::new(head)?;
        // SAFETY: a free block holds a link.
        to.free[class] = unsafe { block.as_ref().next };
        Some(block.cast())
    }

    pub(super) fn bequeath(from: &mut Lists) {
        while from.left >= STEP {
            let size = from.left.min(CLASSES * STEP);
            let Some(rest) = NonNull::new(from.rest) else {
                break;
            };
            from.give(rest, size / STEP - 1);
            from.rest = from.rest.wrapping_add(size);
            from.left -= size;
        }
        for class in 0..CLASSES {
            leave(from, class);
        }
    }

    /// Leaves a thread's blocks of one class to whoever needs them.
    #[cold]
    #[inline(never)]
    pub(super) fn leave(from: &mut Lists, class: usize) {
        let head = std::mem::replace(&mut from.free[class], std::ptr::null_mut());
        if head.is_null() {
            return;
        }
        let mut last = head;
        // SAFETY: a chain of free blocks, ours until it is linked below.
        unsafe {
            while !(*last).next.is_null() {
                last = (*last).next;
            }
        }
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: as above.
        unsafe { (*last).next = left.0[class] };
        left.0[class] = head;
        ANY.store(true, Ordering::Release);
    }
}
