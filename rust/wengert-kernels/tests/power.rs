//! Powers against an oracle of higher precision, exact ones, and the special values of IEEE 754, on every instruction set
//! this CPU has.

use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::{Float, Map2, Real, map};

struct Pow;
impl Map2 for Pow {
    #[inline(always)]
    fn call<R: Real>(a: R, b: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        a.pow(b)
    }
}

fn pow<T: Float>(x: &[T], y: &[T]) -> Vec<T> {
    let mut out = vec![T::ZERO; x.len()];
    // SAFETY: all hold x.len() elements.
    unsafe { map::map2_flat::<Pow, T>(x.len(), out.as_mut_ptr(), x.as_ptr(), y.as_ptr()) };
    out
}

fn f64_errors() {
    let number = |s: &str| f64::from_bits(u64::from_str_radix(s, 16).unwrap());
    let rows: Vec<[f64; 4]> = include_str!("data/pow_f64.txt")
        .lines()
        .map(|line| {
            let f: Vec<f64> = line.split(' ').map(number).collect();
            [f[0], f[1], f[2], f[3]]
        })
        .collect();
    let column = |k: usize| rows.iter().map(|r| r[k]).collect::<Vec<f64>>();
    let got = pow(&column(0), &column(1));
    let (mut worst, mut at) = (0.0, [0.0; 2]);
    for (&[x, y, high, low], got) in rows.iter().zip(got) {
        let exponent = ((high.abs().to_bits() >> 52).max(1)) as i32;
        let unit = if exponent > 53 {
            f64::from_bits(((exponent - 52) as u64) << 52)
        } else {
            f64::from_bits(1 << (exponent - 1))
        };
        let error = ((got - high) / unit - low / unit).abs();
        if error > worst || error.is_nan() {
            (worst, at) = (error, [x, y]);
        }
        // What is left of a tiny result may be below every number.
        if low == 0.0 && high.abs() > 1e-280 {
            assert_eq!(got, high, "{x} ** {y} is a number");
        }
    }
    println!("pow f64: {worst:.3} ULP at {at:?}");
    assert!(worst <= 1.0, "{worst} ULP at {at:?}");
}

fn f32_errors() {
    let mut seed = 1u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 40) as f64 / (1u64 << 24) as f64
    };
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for _ in 0..200_000 {
        let a = 2f64.powf(next() * 276.0 - 149.0) as f32;
        x.extend([a, 0.1 + 9.9 * next() as f32, 1.0 + (next() as f32 - 0.5) * 0.01]);
        y.extend([
            (2.0 * next() - 1.0) as f32 * 104.0 / a.ln().abs(),
            20.0 * next() as f32 - 10.0,
            (next() as f32 - 0.5) * 2e5,
        ]);
    }
    let got = pow(&x, &y);
    let (mut worst, mut at) = (0.0, [0.0; 2]);
    for ((&x, &y), got) in x.iter().zip(&y).zip(got) {
        let want = f64::from(x).powf(f64::from(y));
        let rounded = want as f32;
        let exponent = (rounded.abs().to_bits() >> 23).max(1) as i32;
        let error = if got == rounded { 0.0 } else { (f64::from(got) - want).abs() / 2f64.powi(exponent - 127 - 23) };
        if error > worst || error.is_nan() {
            (worst, at) = (error, [x, y]);
        }
    }
    println!("pow f32: {worst:.3} ULP at {at:?}");
    assert!(worst <= 1.0, "{worst} ULP at {at:?}");
}

/// Every pair of telling numbers: what C's pow gives, sign of zero included.
fn special<T: Float>(pow_of_c: fn(T, T) -> T) {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let mut numbers: Vec<T> = [
        0.0,
        0.5,
        1.0,
        1.5,
        2.0,
        3.0,
        4.0,
        7.5,
        1e-30,
        1e30,
        8_388_607.5,
        8_388_609.0,
        16_777_215.0,
        16_777_216.0,
        9_007_199_254_740_991.0,
        9_007_199_254_740_992.0,
        1.0 + f64::EPSILON,
        inf,
        nan,
    ]
    .iter()
    .flat_map(|&v| [T::from_f64(v), T::from_f64(-v)])
    .collect();
    numbers.push(T::from_f64(4_503_599_627_370_497.0));
    let pairs = || numbers.iter().flat_map(|&x| numbers.iter().map(move |&y| (x, y)));
    let (x, y): (Vec<T>, Vec<T>) = pairs().unzip();
    let all = pow(&x, &y);
    for ((x, y), all) in pairs().zip(all) {
        let want = pow_of_c(x, y).to_f64();
        for got in [all, pow(&[x], &[y])[0], pow(&[x; 3], &[y; 3])[1], pow(&[x; 100], &[y; 100])[99]] {
            let got = got.to_f64();
            let close = got == want || (got - want).abs() <= 3e-16 * want.abs() || (got.is_nan() && want.is_nan());
            let near = close || (size_of::<T>() == 4 && (got - want).abs() <= 1.2e-7 * want.abs());
            assert!(
                near && (got.is_nan() || got.is_sign_negative() == want.is_sign_negative()),
                "{x:?} ** {y:?}: {got:e}, not {want:e}"
            );
        }
    }
}

fn exact<T: Float>() {
    let digits = if size_of::<T>() == 4 { 24 } else { 53 };
    for base in 2u64..100 {
        let (mut value, mut exponent) = (base, 1);
        while 64 - value.leading_zeros() - value.trailing_zeros() <= digits && value < 1 << 57 {
            let got = pow(&[T::from_f64(base as f64); 9], &[T::from_f64(exponent as f64); 9])[4];
            assert_eq!(got.to_f64(), value as f64, "{base} ** {exponent}");
            (value, exponent) = (value * base, exponent + 1);
        }
    }
}

#[test]
fn powers() {
    println!("{}", wengert_kernels::isa::features());
    exact::<f32>();
    exact::<f64>();
    special::<f32>(f32::powf);
    special::<f64>(f64::powf);
    f32_errors();
    f64_errors();
}

/// The instruction set is chosen once for a process: so, other processes.
#[test]
fn powers_on_lower_instruction_sets() {
    for cpu in ["baseline", "avx2"] {
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "powers", "--nocapture"])
            .env("WENGERT_CPU", cpu)
            .output()
            .unwrap();
        println!("{}", String::from_utf8_lossy(&run.stdout));
        assert!(run.status.success(), "{cpu}: {}", String::from_utf8_lossy(&run.stderr));
    }
}
