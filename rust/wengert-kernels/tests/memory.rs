//! The buffer cache and the small-block pool, alone and under threads.
// With feature `gil` a lock stands for the interpreter's.

use std::sync::Mutex;
use wengert_kernels::memory::{
    alloc, empty_cache, free, reset_peak, return_idle, set_cache_limit, small_alloc, small_free, stats,
};

static LOCK: Mutex<()> = Mutex::new(());

fn locked<R>(f: impl FnOnce() -> R) -> R {
    let guard = if cfg!(feature = "gil") { Some(LOCK.lock().unwrap_or_else(|e| e.into_inner())) } else { None };
    let r = f();
    drop(guard);
    r
}

#[test]
fn blocks_are_aligned_apart_and_whole() {
    let sizes = [0usize, 1, 15, 16, 17, 100, 500, 1023, 1024, 1025, 5000, 70_000, 1 << 20, 5 << 20];
    for &bytes in &sizes {
        let blocks: Vec<_> = (0..5).map(|_| locked(|| alloc(bytes)).unwrap()).collect();
        for (i, b) in blocks.iter().enumerate() {
            assert_eq!(b.as_ptr() as usize % 64, 0);
            // SAFETY: `bytes` bytes are ours.
            unsafe { b.as_ptr().write_bytes(i as u8, bytes) };
        }
        for (i, b) in blocks.into_iter().enumerate() {
            // SAFETY: as above; freed once.
            unsafe {
                assert!(std::slice::from_raw_parts(b.as_ptr(), bytes).iter().all(|&v| v == i as u8));
                locked(|| free(b, bytes));
            }
        }
    }
    assert!(locked(|| alloc(usize::MAX)).is_none());
    assert!(locked(|| alloc(isize::MAX as usize)).is_none());
    assert!(locked(|| alloc(1 << 60)).is_none());
    locked(|| {
        set_cache_limit(1 << 20);
        let block = alloc(8 << 20).unwrap();
        // SAFETY: freed once.
        unsafe { free(block, 8 << 20) };
        assert!(stats().limit == 1 << 20);
        set_cache_limit(1 << 30);
        empty_cache();
    });
}

#[test]
fn small_blocks_cross_threads() {
    type Block = (usize, usize, u8);
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..4).map(|_| std::sync::mpsc::channel::<Block>()).unzip();
    std::thread::scope(|s| {
        for (t, inbox) in receivers.into_iter().enumerate() {
            let senders = senders.clone();
            s.spawn(move || {
                let mut state = t as u64 + 1;
                for round in 0..20_000u64 {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let bytes = (state >> 40) as usize % 1100 + 1;
                    let block = locked(|| small_alloc(bytes)).unwrap();
                    assert_eq!(block.as_ptr() as usize % 8, 0);
                    // SAFETY: `bytes` bytes are ours.
                    unsafe { block.as_ptr().write_bytes(round as u8, bytes) };
                    let to = (state >> 20) as usize % senders.len();
                    senders[to].send((block.as_ptr() as usize, bytes, round as u8)).ok();
                    while let Ok((p, bytes, fill)) = inbox.try_recv() {
                        let block = std::ptr::NonNull::new(p as *mut u8).unwrap();
                        // SAFETY: the sender's block, now ours; freed once.
                        unsafe {
                            assert!(std::slice::from_raw_parts(block.as_ptr(), bytes).iter().all(|&v| v == fill));
                            locked(|| small_free(block, bytes));
                        }
                    }
                }
            });
        }
        drop(senders);
    });
    // Threads that come later find what dead ones left.
    for _ in 0..50 {
        std::thread::spawn(|| {
            let p: Vec<_> = (0..100).map(|_| locked(|| small_alloc(48)).unwrap()).collect();
            // SAFETY: freed once.
            p.into_iter().for_each(|p| unsafe { locked(|| small_free(p, 48)) });
        })
        .join()
        .unwrap();
    }
}

#[test]
fn what_lies_idle_is_returned_and_the_peak_is_told() {
    // Blocks of a class of its own, as other tests use the cache meanwhile.
    const BYTES: usize = 77 << 20;
    locked(|| {
        reset_peak();
        let before = stats();
        let blocks = [alloc(BYTES).unwrap(), alloc(BYTES).unwrap()];
        assert!(stats().live >= before.live + 2 * BYTES && stats().peak >= stats().live);
        for block in blocks {
            // SAFETY: freed once.
            unsafe { free(block, BYTES) };
        }
        assert!(stats().peak >= before.live + 2 * BYTES, "the peak is past");
    });
    if !cfg!(feature = "gil") {
        return;
    }
    locked(|| {
        set_cache_limit(1 << 30);
        empty_cache();
        let block = alloc(BYTES).unwrap();
        // SAFETY: freed once.
        unsafe { free(block, BYTES) };
        return_idle();
        let cached = stats().cached;
        assert!(cached >= BYTES, "given back since the last look");
        let (block, misses) = (alloc(BYTES).unwrap(), stats().misses);
        // SAFETY: freed once.
        unsafe { free(block, BYTES) };
        return_idle();
        assert!(stats().cached >= BYTES, "used since the last look");
        return_idle();
        assert!(stats().cached < BYTES, "idle from one look to the next");
        assert!(stats().returned >= BYTES);
        let block = alloc(BYTES).unwrap();
        assert_eq!(stats().misses, misses + 1);
        // SAFETY: freed once.
        unsafe { free(block, BYTES) };
        empty_cache();
    });
}
