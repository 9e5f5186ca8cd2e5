//! Blocks at listed places, gather and scatter along a dimension, sorting; chunk boundaries and fork.

use std::sync::Mutex;
use wengert_kernels::index::{Places, gather, scatter, scatter_add};
use wengert_kernels::{along, sort, threads};

fn at(at: &[i64]) -> Places<'_> {
    Places { at, stride: 1 }
}

#[test]
fn blocks() {
    let src: Vec<f32> = (0..100).map(|v| v as f32).collect();
    let mut out = vec![0f32; 12];
    // Rows of a transposed 10 x 10 matrix, every other element.
    // SAFETY: places and inner nests lie in src.
    unsafe { gather(&[0], at(&[3, 0, 3]), &[2, 2], src.as_ptr(), &[40, 20], out.as_mut_ptr()) };
    assert_eq!(out, [3., 23., 43., 63., 0., 20., 40., 60., 3., 23., 43., 63.]);
    let mut dst = vec![0f32; 100];
    // SAFETY: as above.
    unsafe { scatter(&[0], at(&[1, 5, 1]), &[2], dst.as_mut_ptr(), &[10], [1f32, 2., 3., 4., 5., 6.].as_ptr()) };
    assert_eq!((dst[1], dst[11], dst[5], dst[15]), (5., 6., 3., 4.));
    // SAFETY: as above.
    unsafe { scatter_add(&[0], at(&[1, 5, 1]), &[2], dst.as_mut_ptr(), &[10], [1f32, 2., 3., 4., 5., 6.].as_ptr()) };
    assert_eq!((dst[1], dst[11], dst[5], dst[15]), (11., 14., 6., 8.));
    // SAFETY: nothing is touched; single elements by an empty inner shape; a stride of the places.
    unsafe {
        gather(&[0], at(&[1, 2]), &[0, 3], src.as_ptr(), &[1, 1], out.as_mut_ptr());
        gather(&[0], Places { at: &[7, 9], stride: 10 }, &[], src.as_ptr(), &[], out.as_mut_ptr());
    }
    assert_eq!(out[..2], [70., 90.]);
    // More dimensions than a walk holds: a block of 3 x 2^8 elements in a nest of stride 1.
    let (shape, mut strides) = ([3, 2, 2, 2, 2, 2, 2, 2, 2], [0isize; 9]);
    (0..9).rev().fold(2, |s, d| {
        strides[d] = s;
        s * shape[d] as isize
    });
    let src: Vec<i64> = (0..2 * 768 * 2).collect();
    let mut out = vec![0i64; 768];
    // SAFETY: the nest lies in src.
    unsafe { gather(&[0], at(&[1]), &shape, src.as_ptr(), &strides, out.as_mut_ptr()) };
    let wanted = |i: usize| {
        (0..9).rev().fold((i, 1i64), |(i, sum), d| (i / shape[d], sum + (i % shape[d]) as i64 * strides[d] as i64)).1
    };
    assert!((0..768).all(|i| out[i] == wanted(i)));
}

#[test]
fn sums_are_the_same_bits_at_any_number_of_threads() {
    let (n, width, targets) = (4000usize, 96usize, 50usize);
    let places: Vec<i64> = (0..n as i64).map(|i| (i * 7919) % targets as i64).collect();
    let src: Vec<f32> = (0..n * width).map(|i| ((i * 2_654_435_761) % 1000) as f32 * 1e-3 + 1e-6).collect();
    let mut all = Vec::new();
    for threads in [1, 2, 5] {
        threads::set_num_threads(threads);
        let mut dst = vec![0f32; targets * width];
        // SAFETY: places times the width lie in dst.
        unsafe {
            scatter_add(
                &[0],
                Places { at: &places, stride: width as isize },
                &[width],
                dst.as_mut_ptr(),
                &[1],
                src.as_ptr(),
            );
        }
        all.push(dst.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
    }
    assert!(all[0] == all[1] && all[0] == all[2]);
}

#[test]
fn along_a_dimension() {
    use along::Combine;
    let x: Vec<f64> = (0..12).map(f64::from).collect();
    let index = [2i64, 0, 1, 1];
    let mut out = [0f64; 4];
    // SAFETY: (2, 2) indices into the first dimension of (3, 4).
    unsafe { along::gather(&[2, 2], 0, x.as_ptr(), &[4, 1], index.as_ptr(), out.as_mut_ptr()) };
    assert_eq!(out, [8., 1., 4., 5.]);
    let cases = [
        (Combine::Assign, [4., 2., f64::NAN]),
        (Combine::Add, [8., 12., f64::NAN]),
        (Combine::Mul, [12., 20., f64::NAN]),
        (Combine::Max, [4., 10., f64::NAN]),
        (Combine::Min, [1., 2., f64::NAN]),
    ];
    for (combine, wanted) in cases {
        let mut dst = [1f64, 10., 5.];
        // SAFETY: five indices into three elements.
        unsafe {
            along::scatter(
                combine,
                &[5],
                0,
                dst.as_mut_ptr(),
                &[1],
                [0i64, 1, 2, 0, 2].as_ptr(),
                [3f64, 2., f64::NAN, 4., f64::NAN].as_ptr(),
            );
        }
        assert!(dst.iter().zip(wanted).all(|(a, b)| *a == b || (a.is_nan() && b.is_nan())), "{combine:?}: {dst:?}");
    }
}

/// Sorting by standard means: NaN last, -0.0 equal to 0.0, stable.
fn order_of(x: &[f32], descending: bool) -> Vec<i64> {
    let key = |i: &i64| x[*i as usize];
    let mut at: Vec<i64> = (0..x.len() as i64).collect();
    at.sort_by(|a, b| {
        let (a, b) = (key(a), key(b));
        let ascending = a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()));
        if descending { ascending.reverse() } else { ascending }
    });
    at
}

#[test]
fn sorting() {
    for n in [1usize, 2, 50, 1023, 5000] {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        let x: Vec<f32> = (0..n)
            .map(|_| match next() % 9 {
                0 => f32::NAN,
                1 => -0.0,
                2 => 0.0,
                3 => f32::NEG_INFINITY,
                4 => (next() % 7) as f32 - 3.0,
                _ => next() as f32 - 8e6,
            })
            .collect();
        let wide: Vec<f64> = x.iter().map(|&v| f64::from(v)).collect();
        for descending in [false, true] {
            let wanted = order_of(&x, descending);
            let (mut values, mut at) = (vec![0f32; n], vec![0i64; n]);
            let (mut values64, mut at64) = (vec![0f64; n], vec![0i64; n]);
            // SAFETY: one row of n elements each.
            unsafe {
                sort::sort_rows(1, n, x.as_ptr(), descending, values.as_mut_ptr(), at.as_mut_ptr()).unwrap();
                sort::sort_rows(1, n, wide.as_ptr(), descending, values64.as_mut_ptr(), at64.as_mut_ptr()).unwrap();
            }
            assert!(at == wanted && at64 == wanted, "{n} {descending}");
            assert!(values.iter().zip(&at).all(|(v, &i)| v.to_bits() == x[i as usize].to_bits()));
            for k in [1, 2, n / 3, n] {
                if k == 0 || k > n {
                    continue;
                }
                // SAFETY: k of n elements.
                unsafe {
                    sort::top_rows(1, n, k, x.as_ptr(), descending, values.as_mut_ptr(), at.as_mut_ptr()).unwrap()
                };
                assert_eq!(at[..k], wanted[..k], "{k} of {n} {descending}");
                if !descending {
                    // SAFETY: the k-th of n elements.
                    unsafe {
                        sort::nth_rows(1, n, k - 1, wide.as_ptr(), values64.as_mut_ptr(), at64.as_mut_ptr()).unwrap()
                    };
                    assert_eq!(at64[0], wanted[k - 1]);
                }
            }
        }
    }
    let ints = [3i64, i64::MIN, -1, i64::MAX, 0];
    let (mut values, mut at) = ([0i64; 5], [0i64; 5]);
    // SAFETY: five elements.
    unsafe { sort::sort_rows(1, 5, ints.as_ptr(), false, values.as_mut_ptr(), at.as_mut_ptr()).unwrap() };
    assert_eq!(values, [i64::MIN, -1, 0, 3, i64::MAX]);
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
