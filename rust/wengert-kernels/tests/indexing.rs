//! Gather, scatter, scatter_add; chunk boundaries and fork.

use std::sync::Mutex;
use wengert_kernels::{index, threads};

#[test]
fn gather_and_scatter() {
    let src: Vec<f32> = (0..100).map(|v| v as f32).collect();
    let mut out = vec![0f32; 12];
    // Rows of a transposed 10 x 10 matrix, every other element.
    // SAFETY: offsets and inner places lie in src.
    unsafe { index::gather(&[3, 0, 3], &[2, 2], src.as_ptr(), &[40, 20], out.as_mut_ptr()) };
    assert_eq!(out, [3., 23., 43., 63., 0., 20., 40., 60., 3., 23., 43., 63.]);
    let mut dst = vec![0f32; 100];
    // SAFETY: as above.
    unsafe { index::scatter(&[1, 5, 1], &[2], dst.as_mut_ptr(), &[10], [1f32, 2., 3., 4., 5., 6.].as_ptr()) };
    assert_eq!((dst[1], dst[11], dst[5], dst[15]), (5., 6., 3., 4.));
    // SAFETY: as above.
    unsafe { index::scatter_add(&[1, 5, 1], &[2], dst.as_mut_ptr(), &[10], [1f32, 2., 3., 4., 5., 6.].as_ptr()) };
    assert_eq!((dst[1], dst[11], dst[5], dst[15]), (11., 14., 6., 8.));
    // SAFETY: nothing is touched; single elements by an empty inner shape.
    unsafe {
        index::gather(&[1, 2], &[0, 3], src.as_ptr(), &[1, 1], out.as_mut_ptr());
        index::gather(&[7, 9], &[], src.as_ptr(), &[], out.as_mut_ptr());
    }
    assert_eq!(out[..2], [7., 9.]);
}

#[test]
fn chunks_do_not_depend_on_threads() {
    let mut all = Vec::new();
    for n in [1, 2, 5] {
        threads::set_num_threads(n);
        let seen = Mutex::new(Vec::new());
        threads::for_chunks(1003, 100, |r| {
            // Nested use must not deadlock.
            threads::for_chunks(300, 100, |_| ());
            seen.lock().unwrap().push((r.start, r.end));
        });
        let mut seen = seen.into_inner().unwrap();
        seen.sort();
        all.push(seen);
    }
    assert!(all[0].len() == 11 && all[0] == all[1] && all[0] == all[2]);
    threads::for_chunks(0, 10, |_| panic!("nothing to do"));
}

#[cfg(unix)]
#[test]
fn pool_works_after_fork() {
    threads::set_num_threads(2);
    let count = || {
        let total = std::sync::atomic::AtomicUsize::new(0);
        threads::for_chunks(1000, 10, |r| {
            total.fetch_add(r.len(), std::sync::atomic::Ordering::Relaxed);
        });
        total.into_inner()
    };
    assert_eq!(count(), 1000);
    // SAFETY: the child only computes and leaves without unwinding or destructors.
    unsafe {
        let child = libc::fork();
        if child == 0 {
            libc::_exit(if count() == 1000 { 0 } else { 1 });
        }
        let mut status = 0;
        let mut waited = 0;
        while libc::waitpid(child, &mut status, libc::WNOHANG) == 0 && waited < 200 {
            std::thread::sleep(std::time::Duration::from_millis(50));
            waited += 1;
        }
        if waited == 200 {
            libc::kill(child, libc::SIGKILL);
        }
        assert_eq!(status, 0, "the child computes too");
        assert!(waited < 200, "the child hangs");
    }
}
