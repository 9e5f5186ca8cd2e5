//! Copies of transposes, rows beside matrices, results past the caches and listed blocks against plain loops.

use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::{Element, Map2, Real, copy, index, map, threads};

struct Less;
impl Map2 for Less {
    #[inline(always)]
    fn call<R: Real>(a: R, b: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        a - b
    }
}

/// Row-major strides of `shape` when its dimensions lie in memory in the order `order`.
fn strides(shape: &[usize], order: &[usize]) -> Vec<isize> {
    let mut out = vec![0; shape.len()];
    let mut step = 1;
    for &d in order.iter().rev() {
        out[d] = step as isize;
        step *= shape[d];
    }
    out
}

fn turned<T: Element>(shape: &[usize], from: &[usize], to: &[usize]) {
    let n: usize = shape.iter().product();
    let x: Vec<T> = (0..n).map(|i| T::from_i64((i.wrapping_mul(7919) % 127) as i64)).collect();
    let mut out = vec![T::ZERO; n + 1];
    let (xs, os) = (strides(shape, from), strides(shape, to));
    for shift in [0, 1] {
        // SAFETY: both hold n elements from there.
        unsafe { copy::copy(shape, out.as_mut_ptr().add(shift), &os, x.as_ptr(), &xs) };
        for i in 0..n {
            let (mut rest, mut a, mut b) = (i, 0, 0);
            for d in (0..shape.len()).rev() {
                let at = (rest % shape[d]) as isize;
                rest /= shape[d];
                (a, b) = (a + at * xs[d], b + at * os[d]);
            }
            assert!(out[b as usize + shift] == x[a as usize], "{shape:?} {from:?} {to:?} at {i}");
        }
    }
}

#[test]
fn copies_of_transposes() {
    fn all<T: Element>() {
        for (m, n) in [(8, 8), (16, 16), (17, 23), (64, 64), (200, 9), (7, 100), (130, 257)] {
            turned::<T>(&[m, n], &[1, 0], &[0, 1]);
            turned::<T>(&[m, n], &[0, 1], &[1, 0]);
        }
        for to in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            for from in [[0, 1, 2], [0, 2, 1], [2, 1, 0], [1, 0, 2]] {
                turned::<T>(&[9, 21, 18], &from, &to);
                turned::<T>(&[1, 70, 12], &from, &to);
                turned::<T>(&[0, 70, 12], &from, &to);
            }
        }
    }
    all::<u8>();
    all::<bool>();
    all::<i16>();
    all::<f32>();
    all::<f64>();
    // Past the caches.
    turned::<f32>(&[1024, 4112], &[1, 0], &[0, 1]);
    turned::<f64>(&[2048, 1032], &[1, 0], &[0, 1]);
}

/// Rows of whole multiples of 64 are read where they lie, others are staged; both over several chunks and large results.
#[test]
fn rows_and_columns_beside_matrices() {
    for (m, n) in [(3, 64), (700, 64), (300, 192), (40, 2048), (300, 1000), (50, 63), (4100, 1024), (3, 1_500_003)] {
        let x: Vec<f32> = (0..m * n).map(|i| (i % 8191) as f32).collect();
        let line: Vec<f32> = (0..m.max(n)).map(|i| (i % 4093) as f32 * 0.5).collect();
        let mut out = vec![0.0f32; m * n + 1];
        for (column, shift) in [(false, 0), (true, 0), (false, 1)] {
            let ls = if column { [1, 0] } else { [0, 1] };
            let s = [n as isize, 1];
            // SAFETY: sizes as allocated.
            unsafe {
                let out = out.as_mut_ptr().add(shift);
                map::map2::<Less, f32>(&[m, n], out, &s, x.as_ptr(), &s, line.as_ptr(), &ls);
            }
            for i in 0..m * n {
                let want = x[i] - line[if column { i / n } else { i % n }];
                assert!(out[i + shift] == want, "{m} {n} {column} at {i}");
            }
        }
    }
}

/// Contiguous operands, of a size that is written past the caches and is no multiple of anything.
#[test]
fn results_past_the_caches() {
    let n = (16 << 20) / 4 + 12_347;
    let x: Vec<f32> = (0..n).map(|i| (i % 65_521) as f32).collect();
    let y: Vec<f32> = (0..n).map(|i| (i % 8191) as f32).collect();
    for count in [1, 2] {
        threads::set_num_threads(count);
        let mut out = vec![-1.0f32; n + 1];
        // SAFETY: all hold n elements.
        unsafe { map::map2_flat::<Less, f32>(n, out.as_mut_ptr(), x.as_ptr(), y.as_ptr()) };
        assert!((0..n).all(|i| out[i] == x[i] - y[i]) && out[n] == -1.0);
        // The result in the place of an operand.
        let mut z = x.clone();
        // SAFETY: as above; the two coincide.
        unsafe { map::map2_flat::<Less, f32>(n, z.as_mut_ptr(), z.as_ptr(), y.as_ptr()) };
        assert!(z[..] == out[..n]);
    }
    threads::set_num_threads(1);
}

#[test]
fn listed_blocks_to_the_last() {
    for (rows, width) in [(3, 64), (1000, 64), (50, 300), (20, 5)] {
        let x: Vec<f32> = (0..rows * width).map(|i| i as f32).collect();
        let at: Vec<i64> = (0..2 * rows).map(|i| (i * 7919 % rows) as i64).collect();
        let places = index::Places { at: &at, stride: width as isize };
        let mut out = vec![0.0f32; at.len() * width];
        let mut sums = vec![0.0f32; rows * width];
        // SAFETY: every place is a row of x and of the sums.
        unsafe {
            index::gather::<f32>(&[0], places, &[width], x.as_ptr(), &[1], out.as_mut_ptr());
            index::scatter_add::<f32>(&[0], places, &[width], sums.as_mut_ptr(), &[1], out.as_ptr());
        }
        let mut counts = vec![0.0; rows];
        for (i, &p) in at.iter().enumerate() {
            counts[p as usize] += 1.0;
            assert!(out[i * width..(i + 1) * width] == x[p as usize * width..(p as usize + 1) * width]);
        }
        for (i, s) in sums.iter().enumerate() {
            assert!(*s == x[i] * counts[i / width], "{rows} {width} at {i}");
        }
    }
}
