//! Reference counts by compile-time policy, and `Shared`, the counted pointer built on them.
//! Depends on the kernels' small-block pool. The one place where a count changes.
//!
//! With feature `gil` the embedding promises one global lock around every call, so a count is a plain cell;
//! without it a count is atomic and everything built on it is `Send + Sync`.

use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;
#[cfg(not(feature = "gil"))]
use std::sync::atomic::AtomicU32;
use std::sync::atomic::{AtomicPtr, Ordering};
use wengert_kernels::memory;

/// A reference count.
#[cfg(feature = "gil")]
#[derive(Debug)]
pub struct Count(std::cell::Cell<u32>);
/// A reference count.
#[cfg(not(feature = "gil"))]
#[derive(Debug)]
pub struct Count(AtomicU32);

// SAFETY: under feature `gil` the embedding holds one global lock around every call that may touch a count.
#[cfg(feature = "gil")]
unsafe impl Sync for Count {}

#[cfg(feature = "gil")]
impl Count {
    /// A count of `n`.
    pub const fn new(n: u32) -> Self {
        Count(std::cell::Cell::new(n))
    }
    /// One more.
    #[inline(always)]
    pub fn inc(&self) {
        debug_assert!(!wengert_kernels::interrupt::is_away(), "the lock was given up");
        self.0.set(self.0.get() + 1);
    }
    /// One fewer; true when none is left.
    #[inline(always)]
    #[must_use]
    pub fn dec(&self) -> bool {
        debug_assert!(!wengert_kernels::interrupt::is_away(), "the lock was given up");
        let n = self.0.get() - 1;
        self.0.set(n);
        n == 0
    }
    /// How many.
    #[inline(always)]
    pub fn get(&self) -> u32 {
        self.0.get()
    }
    /// Sets the count.
    #[inline(always)]
    pub fn set(&self, n: u32) {
        self.0.set(n);
    }
}

#[cfg(not(feature = "gil"))]
impl Count {
    /// A count of `n`.
    pub const fn new(n: u32) -> Self {
        Count(AtomicU32::new(n))
    }
    /// One more.
    #[inline(always)]
    pub fn inc(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    /// One fewer; true when none is left. Releases, and acquires on the last one, as `Arc` does.
    #[inline(always)]
    #[must_use]
    pub fn dec(&self) -> bool {
        if self.0.fetch_sub(1, Ordering::Release) == 1 {
            std::sync::atomic::fence(Ordering::Acquire);
            return true;
        }
        false
    }
    /// How many.
    #[inline(always)]
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
    /// Sets the count.
    #[inline(always)]
    pub fn set(&self, n: u32) {
        self.0.store(n, Ordering::Release);
    }
}

#[repr(C)]
struct Counted<T> {
    count: Count,
    value: T,
}

/// A counted pointer to an immutable `T`, in a block of the small pool: `Rc` or `Arc` by policy.
#[repr(transparent)]
pub struct Shared<T>(NonNull<Counted<T>>);

// SAFETY: the count is atomic, or guarded by the embedding's lock; the value is only ever shared by reference.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// Moves `value` into a new counted block.
    ///
    /// # Panics
    /// Aborts through the global allocator's handler when not even a small block can be had.
    pub fn new(value: T) -> Self {
        const { assert!(std::mem::align_of::<Counted<T>>() <= 8) };
        let size = std::mem::size_of::<Counted<T>>();
        let block = memory::small_alloc(size)
            .unwrap_or_else(|| std::alloc::handle_alloc_error(std::alloc::Layout::new::<Counted<T>>()))
            .cast::<Counted<T>>();
        // SAFETY: a fresh block of at least `size` bytes, 8-byte aligned, which is enough (checked above).
        unsafe { block.write(Counted { count: Count::new(1), value }) };
        Shared(block)
    }

    /// Whether both point to the same block.
    #[inline(always)]
    pub fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// How many handles there are.
    #[inline(always)]
    pub fn handles(&self) -> u32 {
        // SAFETY: a handle keeps the block alive.
        unsafe { self.0.as_ref() }.count.get()
    }
}

impl<T> Clone for Shared<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        // SAFETY: a handle keeps the block alive.
        unsafe { self.0.as_ref() }.count.inc();
        Shared(self.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a handle keeps the block alive.
        unsafe { &self.0.as_ref().value }
    }
}

impl<T> Drop for Shared<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the last handle; the block came from `small_alloc` with this size.
        unsafe {
            if self.0.as_ref().count.dec() {
                std::ptr::drop_in_place(&mut (*self.0.as_ptr()).value);
                memory::small_free(self.0.cast(), std::mem::size_of::<Counted<T>>());
            }
        }
    }
}

/// A place for a `Shared`, set once: one pointer wide, unlike `OnceLock`.
pub struct OnceShared<T>(AtomicPtr<Counted<T>>, PhantomData<Shared<T>>);

impl<T> OnceShared<T> {
    /// An empty place.
    #[inline(always)]
    pub const fn new() -> Self {
        OnceShared(AtomicPtr::new(std::ptr::null_mut()), PhantomData)
    }

    /// A place that is set.
    pub fn of(value: Shared<T>) -> Self {
        let value = std::mem::ManuallyDrop::new(value);
        OnceShared(AtomicPtr::new(value.0.as_ptr()), PhantomData)
    }

    /// What is there.
    #[inline(always)]
    pub fn get(&self) -> Option<&T> {
        // SAFETY: set once, and the place holds a handle until it is dropped.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }.map(|counted| &counted.value)
    }

    /// The handle that is there.
    pub fn shared(&self) -> Option<&Shared<T>> {
        self.get()?;
        // SAFETY: set once; a place that is set is a pointer as a handle is one, and owns a count as a handle does.
        Some(unsafe { &*std::ptr::from_ref(&self.0).cast::<Shared<T>>() })
    }

    /// What is there, made if nothing is.
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let fresh = std::mem::ManuallyDrop::new(Shared::new(make()));
        let mine = fresh.0.as_ptr();
        match self.0.compare_exchange(std::ptr::null_mut(), mine, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: published just now; the place holds the handle.
            Ok(_) => unsafe { &(*mine).value },
            Err(other) => {
                drop(std::mem::ManuallyDrop::into_inner(fresh));
                // SAFETY: set once, as above.
                unsafe { &(*other).value }
            }
        }
    }
}

impl<T> Default for OnceShared<T> {
    fn default() -> Self {
        OnceShared::new()
    }
}

impl<T> Clone for OnceShared<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        let p = self.0.load(Ordering::Acquire);
        // SAFETY: the place holds a handle of what it points to.
        if let Some(counted) = unsafe { p.as_ref() } {
            counted.count.inc();
        }
        OnceShared(AtomicPtr::new(p), PhantomData)
    }
}

impl<T> Drop for OnceShared<T> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(p) = NonNull::new(*self.0.get_mut()) {
            drop(Shared(p));
        }
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for OnceShared<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}
