//! Cutting long work short, and giving up the embedding's lock meanwhile. Loops that take long call `checkpoint` between
//! pieces of a millisecond or less; when the embedding wants the work to end, the loop is left by unwinding. Depends on std.
//!
//! Unwinding rather than a flag: what a kernel had half-way is then never used, whatever calls it.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the embedding is asked.
pub const PERIOD: Duration = Duration::from_millis(20);

/// Work that takes longer gives the lock up, where it may.
const LONG: Duration = Duration::from_millis(1);

/// What unwinds: the work was cut short because the embedding asked for it.
pub struct Interrupted;

/// Whether the work of the calling thread is to end. It may run no code of the program's.
pub type Check = fn() -> bool;
static CHECK: OnceLock<Check> = OnceLock::new();

/// Sets what is asked, once. Without it nothing is ever cut short.
pub fn set_check(check: Check) {
    let _ = CHECK.set(check);
}

/// How the embedding's lock is given up and taken back. What `give` returns goes to `take`; null: it stays held.
pub struct Lock {
    pub give: fn() -> *mut (),
    pub take: fn(*mut ()),
}
static LOCK: OnceLock<Lock> = OnceLock::new();

/// Sets how the lock is given up, once. Without it, it never is.
pub fn set_lock(lock: Lock) {
    let _ = LOCK.set(lock);
}

thread_local! {
    /// Whether the work under way may run without the lock.
    static MAY: Cell<bool> = const { Cell::new(false) };
    /// What `give` returned while the lock is given up; null while it is held.
    static AWAY: Cell<*mut ()> = const { Cell::new(std::ptr::null_mut()) };
    /// How many callers have asked not to be cut short.
    static SHIELDS: Cell<u32> = const { Cell::new(0) };
    /// Of a thread that works for another one: whether that one has left.
    static LEFT: Cell<*const AtomicBool> = const { Cell::new(std::ptr::null()) };
    static ASKED: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Between two pieces of work: leaves by unwinding if it is to end.
#[inline]
pub fn checkpoint() {
    if CHECK.get().is_some() {
        look();
    }
}

#[inline(never)]
fn look() {
    let left = LEFT.get();
    if !left.is_null() {
        // SAFETY: set by `working_for`, whose flag outlives the work.
        if unsafe { &*left }.load(Ordering::Relaxed) {
            leave();
        }
        return;
    }
    if SHIELDS.get() == 0 && due() && asks() {
        leave();
    }
}

/// Asks, with the lock.
fn asks() -> bool {
    let Some(check) = CHECK.get() else { return false };
    match (LOCK.get(), AWAY.get()) {
        (Some(lock), token) if !token.is_null() => {
            AWAY.set(std::ptr::null_mut());
            (lock.take)(token);
            let wanted = check();
            if !wanted {
                AWAY.set((lock.give)());
            }
            wanted
        }
        _ => check(),
    }
}

/// Runs `f`, which has hold of all that it uses by counts of its own, so that its kernels may run without the lock.
pub fn without_lock<R>(f: impl FnOnce() -> R) -> R {
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            MAY.set(self.0);
        }
    }
    let _back = Back(MAY.replace(true));
    f()
}

/// Runs `f`, which may run the program's own code, in which nothing is ours alone.
pub fn with_lock<R>(f: impl FnOnce() -> R) -> R {
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            MAY.set(self.0);
        }
    }
    let _back = Back(MAY.replace(false));
    f()
}

/// Whether this thread has given the lock up: it may touch neither counts nor free lists.
pub fn is_away() -> bool {
    !AWAY.get().is_null()
}

/// One kernel's work on the calling thread: gives the lock up when it has taken long, and has it back when it goes.
pub(crate) struct Work {
    begun: Option<Instant>,
    gave: bool,
}

impl Work {
    pub(crate) fn begin() -> Work {
        Work { begun: MAY.get().then(Instant::now), gave: false }
    }

    /// Between pieces.
    #[inline]
    pub(crate) fn go_on(&mut self) {
        if let Some(begun) = self.begun
            && begun.elapsed() >= LONG
        {
            self.give();
        }
        checkpoint();
    }

    /// The same for work that is known to take long.
    #[cold]
    pub(crate) fn give(&mut self) {
        // Once; what runs inside work that has given it up has nothing to give.
        if self.begun.take().is_some()
            && !is_away()
            && let Some(lock) = LOCK.get()
        {
            AWAY.set((lock.give)());
            self.gave = is_away();
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.gave
            && let Some(lock) = LOCK.get()
        {
            // Null where a look took it back to leave.
            let token = AWAY.replace(std::ptr::null_mut());
            if !token.is_null() {
                (lock.take)(token);
            }
        }
    }
}

#[cold]
fn leave() -> ! {
    resume_unwind(Box::new(Interrupted))
}

/// Whether this thread has asked long enough ago to ask again.
fn due() -> bool {
    let now = Instant::now();
    let due = ASKED.get().is_none_or(|before| now.duration_since(before) >= PERIOD);
    if due {
        ASKED.set(Some(now));
    }
    due
}

/// Runs `f` to its end, whatever the embedding wants: for work that must not stop half-way.
pub fn shielded<R>(f: impl FnOnce() -> R) -> R {
    struct Shield;
    impl Drop for Shield {
        fn drop(&mut self) {
            SHIELDS.set(SHIELDS.get() - 1);
        }
    }
    SHIELDS.set(SHIELDS.get() + 1);
    let _shield = Shield;
    f()
}

/// Runs `f`; None if it was cut short. Other panics pass.
#[inline(always)]
pub fn caught<R>(f: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => Some(value),
        Err(payload) if is_interruption(&*payload) => None,
        Err(payload) => resume_unwind(payload),
    }
}

/// Leaves again, after [`caught`].
#[cold]
pub fn resume() -> ! {
    leave()
}

/// Whether a panic is a work's being cut short.
pub fn is_interruption(payload: &(dyn Any + Send)) -> bool {
    payload.is::<Interrupted>()
}

/// Runs `f` for another thread, which may leave.
pub(crate) fn working_for(left: &AtomicBool, f: impl FnOnce()) {
    struct Back(*const AtomicBool);
    impl Drop for Back {
        fn drop(&mut self) {
            LEFT.set(self.0);
        }
    }
    let _back = Back(LEFT.replace(left));
    f();
}

/// Sets a flag unless it is forgotten: a thread that leaves tells those that work for it.
pub(crate) struct Leaving<'a>(pub &'a AtomicBool);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
