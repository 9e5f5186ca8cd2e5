//! Long work is left when the embedding wants it to end, and not when it is shielded.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use wengert_kernels::interrupt::{self, caught, shielded};
use wengert_kernels::threads::{for_chunks, set_num_threads};

static WANTED: AtomicBool = AtomicBool::new(false);
static ASKED: AtomicUsize = AtomicUsize::new(0);

fn check() -> bool {
    ASKED.fetch_add(1, Ordering::Relaxed);
    WANTED.load(Ordering::Relaxed)
}

/// Chunks that take a millisecond each; how many ran, and whether the work was done.
fn work(chunks: usize, stop_at: usize) -> (usize, bool) {
    let ran = AtomicUsize::new(0);
    let done = caught(|| {
        for_chunks(chunks, 1, |range| {
            for _ in range {
                std::thread::sleep(std::time::Duration::from_millis(1));
                if ran.fetch_add(1, Ordering::Relaxed) + 1 == stop_at {
                    WANTED.store(true, Ordering::Relaxed);
                }
            }
        });
    });
    WANTED.store(false, Ordering::Relaxed);
    (ran.into_inner(), done.is_some())
}

// One test: the check is one for the process.
#[test]
fn work_is_left_and_others_go_on() {
    assert_eq!(work(100, 3), (100, true), "nobody asks");
    interrupt::set_check(check);
    for threads in [1, 4] {
        set_num_threads(threads);
        assert_eq!(work(100, usize::MAX), (100, true), "nobody wants it to end");
        let (ran, done) = work(4000, 3);
        assert!(!done && ran < 4000, "{ran} chunks ran on {threads} threads");
        assert_eq!(shielded(|| work(100, 3)), (100, true), "it must not be left");
        // Work inside of work: the inner one is left too, by whatever thread runs it.
        let inner = AtomicUsize::new(0);
        let done = caught(|| {
            for_chunks(8, 1, |_| {
                for_chunks(1000, 1, |_| {
                    std::thread::sleep(std::time::Duration::from_micros(500));
                    if inner.fetch_add(1, Ordering::Relaxed) == 20 {
                        WANTED.store(true, Ordering::Relaxed);
                    }
                });
            });
        });
        WANTED.store(false, Ordering::Relaxed);
        assert!(done.is_none() && inner.load(Ordering::Relaxed) < 8000);
        assert_eq!(work(50, usize::MAX), (50, true), "and the threads are as before");
    }
    // There is no lock to give up.
    interrupt::without_lock(|| for_chunks(10, 1, |_| assert!(!interrupt::is_away())));
    // Other panics pass through.
    let other = std::panic::catch_unwind(|| caught(|| panic!("of the program's own")));
    assert!(other.is_err());
    assert!(ASKED.load(Ordering::Relaxed) > 0);
}
