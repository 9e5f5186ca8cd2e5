//! The private thread pool and the one way kernels split work.
//! Depends on `interrupt`, rayon and, for the process id after fork, on std.

use crate::interrupt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// Pools are kept by size, so that changing the number of threads back and forth is cheap.
const MOST: usize = 256;

struct Pool {
    pid: u32,
    pool: rayon::ThreadPool,
}

// A pool is never dropped: its threads sleep, and a forked child must not join its parent's.
static POOLS: [AtomicPtr<Pool>; MOST + 1] = [const { AtomicPtr::new(std::ptr::null_mut()) }; MOST + 1];
/// 0 means not chosen yet.
static THREADS: AtomicUsize = AtomicUsize::new(0);
static WARNED: AtomicBool = AtomicBool::new(false);

/// Threads that kernels use.
#[inline]
pub fn num_threads() -> usize {
    match THREADS.load(Ordering::Relaxed) {
        0 => first_choice(),
        n => n,
    }
}

/// Sets the number of threads (at least 1, at most 256).
pub fn set_num_threads(n: usize) {
    THREADS.store(n.clamp(1, MOST), Ordering::Relaxed);
}

#[cold]
fn first_choice() -> usize {
    let asked = std::env::var_os("WENGERT_NUM_THREADS").filter(|text| !text.is_empty());
    let wanted = asked.as_ref().and_then(|text| text.to_str()?.trim().parse::<usize>().ok()).filter(|&n| n > 0);
    if let (Some(text), None) = (&asked, wanted) {
        eprintln!("wengert: WENGERT_NUM_THREADS: got {text:?}, wanted a number from 1 to {MOST}; using all processors");
    }
    let n = wanted.or_else(|| std::thread::available_parallelism().ok().map(|n| n.get())).unwrap_or(1).min(MOST);
    // Another thread may have set a number meanwhile; that one stays.
    match THREADS.compare_exchange(0, n, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => n,
        Err(now) => now,
    }
}

/// The pool of the wanted size, or None if threads cannot be had.
fn pool(threads: usize) -> Option<&'static rayon::ThreadPool> {
    let slot = &POOLS[threads.min(MOST)];
    let pid = std::process::id();
    let found = slot.load(Ordering::Acquire);
    // SAFETY: entries are leaked boxes, never freed.
    if let Some(p) = unsafe { found.as_ref() }
        && p.pid == pid
    {
        return Some(&p.pool);
    }
    let built = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("wengert-{i}")).build();
    let Ok(pool) = built else {
        if !WARNED.swap(true, Ordering::Relaxed) {
            eprintln!("wengert: could not start {threads} threads; computing on one");
        }
        THREADS.store(1, Ordering::Relaxed);
        return None;
    };
    let fresh = Box::into_raw(Box::new(Pool { pid, pool }));
    match slot.compare_exchange(found, fresh, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: just leaked.
        Ok(_) => Some(unsafe { &(*fresh).pool }),
        Err(winner) => {
            // SAFETY: ours again, nobody saw it; the winner is a leaked box of this process.
            unsafe {
                drop(Box::from_raw(fresh));
                Some(&(*winner).pool)
            }
        }
    }
}

/// Runs `f` over 0..n in chunks of `grain`, in parallel if there is more than one chunk and thread.
/// Chunk boundaries depend on `n` and `grain` alone. Between chunks the work may be cut short by unwinding.
pub fn for_chunks(n: usize, grain: usize, f: impl Fn(Range<usize>) + Sync) {
    let grain = grain.max(1);
    if n == 0 {
        return;
    }
    if n <= grain {
        return f(0..n);
    }
    split(n, grain, &f);
}

/// The work of `for_chunks` on several chunks: compiled once, not for each of some thousand loops.
fn split(n: usize, grain: usize, f: &(dyn Fn(Range<usize>) + Sync)) {
    let chunks = n.div_ceil(grain);
    let chunk = |i: usize| f(i * grain..n.min((i + 1) * grain));
    let mut here = interrupt::Work::begin();
    interrupt::checkpoint();
    let threads = num_threads().min(chunks);
    let pool = if threads > 1 { pool(num_threads()) } else { None };
    let Some(pool) = pool else {
        for i in 0..chunks {
            chunk(i);
            here.go_on();
        }
        return;
    };
    let (next, left) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = |between: &mut dyn FnMut()| {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= chunks {
                break;
            }
            chunk(i);
            between();
        }
    };
    // The caller works too, so a late waking thread costs nothing but its own share.
    pool.in_place_scope(|s| {
        for _ in 1..threads {
            s.spawn(|_| interrupt::working_for(&left, || work(&mut interrupt::checkpoint)));
        }
        let leaving = interrupt::Leaving(&left);
        work(&mut || here.go_on());
        std::mem::forget(leaving);
    });
}
