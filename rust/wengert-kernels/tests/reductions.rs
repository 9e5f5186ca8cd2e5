//! Reductions against a plain oracle over every subset of axes and several layouts.

use wengert_kernels::{Element, layer, reduce, scan, scans, threads};

fn numbers(n: usize) -> Vec<f64> {
    let mut x = vec![0.0; n];
    wengert_kernels::random::fill_normal(3, 0, &mut x);
    x
}

/// Kept index and offset of every element.
fn positions(shape: &[usize], strides: &[isize], reduced: &[bool]) -> Vec<(usize, isize)> {
    let n: usize = shape.iter().product();
    (0..n)
        .map(|mut i| {
            let (mut at, mut o, mut scale) = (0, 0, 1);
            for d in (0..shape.len()).rev() {
                let j = i % shape[d];
                i /= shape[d];
                at += j as isize * strides[d];
                if !reduced[d] {
                    o += j * scale;
                    scale *= shape[d];
                }
            }
            (o, at)
        })
        .collect()
}

fn check<T: Element>(x: &[T], shape: &[usize], strides: &[isize], tolerance: f64) {
    for mask in 0..1u32 << shape.len() {
        let reduced: Vec<bool> = (0..shape.len()).map(|d| mask >> d & 1 == 1).collect();
        let outputs: usize = shape.iter().zip(&reduced).filter(|(_, r)| !**r).map(|(d, _)| *d).product();
        let (mut sum, mut size) = (vec![0.0; outputs], vec![0.0; outputs]);
        let (mut max, mut min) = (vec![T::LOWEST; outputs], vec![T::HIGHEST; outputs]);
        for (o, at) in positions(shape, strides, &reduced) {
            let v = x[(at + x.len() as isize / 2) as usize];
            sum[o] += v.to_f64();
            size[o] += v.to_f64().abs();
            max[o] = if v > max[o] { v } else { max[o] };
            min[o] = if v < min[o] { v } else { min[o] };
        }
        let base = x.as_ptr().wrapping_add(x.len() / 2);
        let mut got = vec![T::ZERO; outputs];
        // SAFETY: the oracle above indexed the same places with bounds checks.
        unsafe {
            reduce::sum(shape, base, strides, &reduced, got.as_mut_ptr());
            for o in 0..outputs {
                let error = (got[o].to_f64() - sum[o]).abs();
                assert!(
                    error <= tolerance * size[o],
                    "sum {shape:?} {strides:?} {reduced:?} [{o}]: {:?} {}",
                    got[o],
                    sum[o]
                );
            }
            reduce::max(shape, base, strides, &reduced, got.as_mut_ptr());
            assert_eq!(got, max, "max {shape:?} {strides:?} {reduced:?}");
            reduce::min(shape, base, strides, &reduced, got.as_mut_ptr());
            assert_eq!(got, min, "min {shape:?} {strides:?} {reduced:?}");
        }
    }
}

#[test]
fn every_subset_of_axes() {
    let x64 = numbers(60_000);
    let x32: Vec<f32> = x64.iter().map(|&v| v as f32).collect();
    let x_int: Vec<i64> = x64.iter().map(|&v| (v * 1000.0) as i64).collect();
    let layouts: [(&[usize], &[isize]); 13] = [
        (&[], &[]),
        (&[0, 3], &[3, 1]),
        (&[3, 0], &[1, 1]),
        (&[1], &[1]),
        (&[7000], &[1]),
        (&[7000], &[-3]),
        (&[3, 5], &[5, 1]),
        (&[600, 17], &[17, 1]),
        (&[17, 600], &[1, 17]),
        (&[2000, 3], &[3, 1]),
        (&[3, 1300], &[0, 2]),
        (&[6, 35, 40], &[1400, 40, 1]),
        (&[4, 3, 5, 6, 7], &[1, 4, 12, 60, 360]),
    ];
    for (shape, strides) in layouts {
        check(&x64, shape, strides, 1e-15);
        check(&x32, shape, strides, 6e-7);
        check(&x_int, shape, strides, 0.0);
    }
}

#[test]
fn more_axes_than_a_walk_holds() {
    let x: Vec<i64> = (0..2048).map(|i| i * 7919 % 2003).collect();
    let strides: Vec<isize> = (0..10).map(|d| 512 >> d).collect();
    for mask in [0usize, 1, 341, 682, 1022, 1023] {
        let reduced: Vec<bool> = (0..10).map(|d| mask >> d & 1 == 1).collect();
        let outputs = 1 << reduced.iter().filter(|r| !**r).count();
        let (mut want, mut got) = (vec![0; outputs], vec![0; outputs]);
        for (o, at) in positions(&[2; 10], &strides, &reduced) {
            want[o] += x[at as usize];
        }
        // SAFETY: 1024 elements.
        unsafe { reduce::sum(&[2; 10], x.as_ptr(), &strides, &reduced, got.as_mut_ptr()) };
        assert_eq!(got, want);
    }
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let x: Vec<f32> = numbers(3_000_000).iter().map(|&v| v as f32).collect();
    let views: [(&[usize], &[isize], &[bool]); 6] = [
        (&[3_000_000], &[1], &[true]),
        (&[1_000_000], &[3], &[true]),
        (&[3000, 1000], &[1000, 1], &[true, false]),
        (&[3000, 1000], &[1000, 1], &[false, true]),
        (&[750_000, 4], &[4, 1], &[true, false]),
        (&[1_000_000, 3], &[3, 1], &[false, true]),
    ];
    for (shape, strides, reduced) in views {
        let outputs: usize = shape.iter().zip(reduced).filter(|(_, r)| !**r).map(|(d, _)| *d).product();
        let mut all = Vec::new();
        for threads in [1, 2, 3] {
            threads::set_num_threads(threads);
            let mut out = vec![0f32; outputs];
            // SAFETY: views of 3e6 elements.
            unsafe { reduce::sum(shape, x.as_ptr(), strides, reduced, out.as_mut_ptr()) };
            all.push(out.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
        }
        threads::set_num_threads(1);
        assert!(all[0] == all[1] && all[0] == all[2], "{shape:?}");
    }
    // The long sum is accurate too.
    let (mut s, exact) = (0f32, x.iter().map(|&v| v as f64).sum::<f64>());
    // SAFETY: all of x.
    unsafe { reduce::sum(&[x.len()], x.as_ptr(), &[1], &[true], &mut s) };
    let size = x.iter().map(|&v| v.abs() as f64).sum::<f64>();
    assert!((s as f64 - exact).abs() < 2e-7 * size, "{s} {exact}");
}

#[test]
fn nan_wins_and_first_index_wins() {
    let mut x: Vec<f32> = (0..5000).map(|i| (i * 37 % 1001) as f32).collect();
    let run = |x: &[f32], n: usize, stride: isize| {
        let (mut v, mut i) = (0f32, 0i64);
        // SAFETY: inside x.
        unsafe { reduce::max_index(&[n], x.as_ptr(), &[stride], 0, &mut v, &mut i) };
        (v, i)
    };
    let first = x.iter().position(|&v| v == 1000.0).unwrap() as i64;
    assert_eq!(run(&x, 5000, 1), (1000.0, first));
    x[3333] = f32::NAN;
    x[4444] = f32::NAN;
    let (v, i) = run(&x, 5000, 1);
    assert!(v.is_nan() && i == 3333);
    let (v, i) = run(&x, 1250, 4);
    assert!(v.is_nan() && i == 1111);
    let (mut max, mut min) = (0f32, 0f32);
    // SAFETY: all of x.
    unsafe {
        reduce::max(&[5000], x.as_ptr(), &[1], &[true], &mut max);
        reduce::min(&[5000], x.as_ptr(), &[1], &[true], &mut min);
    }
    assert!(max.is_nan() && min.is_nan());
}

#[test]
fn max_index_along_each_axis() {
    let x: Vec<i64> = (0..30_000).map(|i: i64| i * 7919 % 53).collect();
    let views: [(&[usize], &[isize]); 4] = [
        (&[20, 30, 40], &[1200, 40, 1]),
        (&[300, 7], &[1, 300]),
        (&[70, 300], &[300, 1]),
        (&[2; 10], &[512, 256, 128, 64, 32, 16, 8, 4, 2, 1]),
    ];
    for (shape, strides) in views {
        for axis in 0..shape.len() {
            let reduced: Vec<bool> = (0..shape.len()).map(|d| d == axis).collect();
            let outputs = shape.iter().product::<usize>() / shape[axis];
            let (mut v, mut i) = (vec![0i64; outputs], vec![0i64; outputs]);
            let (mut wv, mut wi, mut seen) = (vec![i64::MIN; outputs], vec![0i64; outputs], vec![0i64; outputs]);
            for (o, at) in positions(shape, strides, &reduced) {
                if x[at as usize] > wv[o] {
                    (wv[o], wi[o]) = (x[at as usize], seen[o]);
                }
                seen[o] += 1;
            }
            // SAFETY: the view lies in x.
            unsafe { reduce::max_index(shape, x.as_ptr(), strides, axis, v.as_mut_ptr(), i.as_mut_ptr()) };
            assert_eq!((v, i), (wv, wi), "{shape:?} axis {axis}");
        }
    }
}

#[test]
fn dot_of_any_strides() {
    let x = numbers(9000);
    for (n, sa, sb) in [(0, 1, 1), (1, 5, 7), (15, 1, 1), (100, 1, 2), (3000, 3, 1), (4500, 2, 2)] {
        let want: f64 = (0..n).map(|i| x[i * sa] * x[i * sb]).sum();
        // SAFETY: inside x.
        let got = unsafe { reduce::dot(n, x.as_ptr(), sa as isize, x.as_ptr(), sb as isize) };
        assert!((got - want).abs() <= 1e-12 * (n as f64 + 1.0), "{n} {sa} {sb}");
    }
}

/// Running results of lines along the last axis, from the end if `reverse`.
fn running<T: Element, O: scan::Scan<T, Out = T>>(lines: usize, n: usize, reverse: bool, x: &[T]) -> Vec<T> {
    let mut out = vec![T::ZERO; lines * n];
    // SAFETY: lines * n elements each.
    unsafe { scan::scan::<T, O>((lines, n, 1), reverse, x.as_ptr(), x.as_ptr(), out.as_mut_ptr()) };
    out
}

#[test]
fn running_sums_of_lines() {
    for n in [1, 7, 63, 64, 65, 71, 72, 255, 256, 257, 263, 512, 1000, 5003] {
        for lines in [1, 3, 4, 9] {
            // Integers, so that every order of additions gives the same.
            let x: Vec<f32> = (0..lines * n).map(|i| (i * 7919 % 2003) as f32 - 1000.0).collect();
            for reverse in [false, true] {
                let (y, wide) = (
                    running::<f32, scans::CumSum>(lines, n, reverse, &x),
                    running::<f64, scans::CumSum>(lines, n, reverse, &x.iter().map(|v| *v as f64).collect::<Vec<_>>()),
                );
                for l in 0..lines {
                    let mut sum = 0.0;
                    for k in 0..n {
                        let i = l * n + if reverse { n - 1 - k } else { k };
                        sum += x[i] as f64;
                        assert_eq!((y[i], wide[i]), (sum as f32, sum), "{lines} x {n}, reverse {reverse}, at {i}");
                    }
                }
            }
        }
    }
    // Carried in double precision: of 2^24 and ones none is lost. What is no number stays so to the end.
    let mut x = vec![1.0f32; 300];
    x[0] = 16_777_216.0;
    assert_eq!(running::<f32, scans::CumSum>(1, 300, false, &x)[299], 16_777_216.0 + 299.0 + 1.0);
    x[100] = f32::INFINITY;
    x[200] = f32::NEG_INFINITY;
    let y = running::<f32, scans::CumSum>(1, 300, false, &x);
    assert!(
        y[99].is_finite() && y[100..200].iter().all(|v| *v == f32::INFINITY) && y[200..].iter().all(|v| v.is_nan())
    );
}

#[test]
fn a_running_product_of_zero_stays_zero() {
    let mut x = vec![10.0f64; 20_000];
    x[5] = 0.0;
    assert!(running::<f64, scans::CumProd>(1, x.len(), false, &x)[5..].iter().all(|v| *v == 0.0));
}

#[test]
fn layer_norm_gradient_of_the_input_alone() {
    let (rows, n) = (9, 1100);
    let draw = |k: usize| (0..rows * n).map(|i| ((i * k) % 1009) as f64 / 500.0 - 1.0).collect::<Vec<f64>>();
    let (x, g, w) = (draw(7919), draw(6007), draw(4001));
    let gradient = |dw: *mut f64, db: *mut f64| {
        let mut dx = vec![0.0; rows * n];
        // SAFETY: rows * n elements each, n of the weights and of their gradients.
        unsafe {
            let (x, w, g) = (x.as_ptr(), w.as_ptr(), g.as_ptr());
            layer::layer_norm_backward(rows, n, 1e-5, x, w, g, dx.as_mut_ptr(), dw, db).unwrap()
        };
        dx
    };
    let (mut dw, mut db) = (vec![0.0; n], vec![0.0; n]);
    let all = gradient(dw.as_mut_ptr(), db.as_mut_ptr());
    let alone = gradient(std::ptr::null_mut(), std::ptr::null_mut());
    for (i, (a, b)) in all.iter().zip(&alone).enumerate() {
        assert!((a - b).abs() <= 4.0 * f64::EPSILON * a.abs().max(1.0), "at {i}: {a} and {b}");
    }
    assert!(dw.iter().all(|v| *v != 0.0) && db.iter().any(|v| *v != 0.0));
}
