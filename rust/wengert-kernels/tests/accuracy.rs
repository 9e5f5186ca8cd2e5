//! Elementary functions against oracles of higher precision, and their special values, on every
//! instruction set this CPU has.

use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::{Float, Map1, Real, map};

macro_rules! formulas {
    ($($op:ident $method:ident),*) => {$(
        struct $op;
        impl Map1 for $op {
            #[inline(always)]
            fn call<R: Real>(x: R) -> R
            where
                f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
            {
                x.$method()
            }
        }
    )*};
}
formulas!(
    Exp exp, Log log, Tanh tanh, Sin sin, Cos cos, Relu relu, Sign sign, Sqrt sqrt, Exp2 exp2, Expm1 expm1, Log1p log1p,
    Log2 log2, Log10 log10, Tan tan, Asin asin, Acos acos, Atan atan, Sinh sinh, Cosh cosh, Asinh asinh, Acosh acosh,
    Atanh atanh, Erf erf, Sigmoid sigmoid, Gelu gelu
);

fn apply<F: Map1, T: Float>(x: &[T]) -> Vec<T> {
    let mut y = vec![T::ZERO; x.len()];
    // SAFETY: both hold x.len() elements.
    unsafe { map::map1_flat::<F, T>(x.len(), y.as_mut_ptr(), x.as_ptr()) };
    y
}

/// Distance in units of the last place of the exact value.
fn ulp32(got: f32, want: f64) -> f64 {
    let rounded = want as f32;
    if got == rounded || (got.is_nan() && want.is_nan()) {
        return 0.0;
    }
    let exponent = (rounded.abs().to_bits() >> 23).max(1) as i32;
    (got as f64 - want).abs() / 2f64.powi(exponent - 127 - 23)
}

fn check32<F: Map1>(name: &str, exact: impl Fn(f64) -> f64, bound: f64, low: f32, high: f32) {
    let mut x: Vec<f32> = (0..200_000).map(|i| low + (high - low) * (i as f32 / 200_000.0)).collect();
    // All exponents and signs too, as far as they lie in the range.
    x.extend((0..60_000u32).map(|i| f32::from_bits(i.wrapping_mul(71_583))).filter(|v| (low..=high).contains(v)));
    x.extend((0..60_000u32).map(|i| -f32::from_bits(i.wrapping_mul(35_791))).filter(|v| (low..=high).contains(v)));
    let y = apply::<F, f32>(&x);
    let (mut worst, mut at) = (0.0, 0.0);
    for (&x, &y) in x.iter().zip(&y) {
        let e = ulp32(y, exact(x as f64));
        if e > worst || e.is_nan() {
            (worst, at) = (e, x);
        }
    }
    println!("{name} f32 {low}..{high}: {worst:.3} ULP at {at:e}");
    assert!(worst <= bound, "{name}: {worst} ULP at {at:e}");
}

fn f32_errors() {
    // Without fused multiply-add the reduction of sine and cosine rounds more often.
    let s = if wengert_kernels::isa() == wengert_kernels::Isa::Baseline { 2.5 } else { 1.7 };
    check32::<Exp>("exp", f64::exp, 1.0, -104.0, 89.0);
    check32::<Log>("log", f64::ln, 1.0, 0.0, 3.4e38);
    check32::<Log>("log", f64::ln, 1.0, 0.2, 4.0);
    check32::<Tanh>("tanh", f64::tanh, 1.5, -10.0, 10.0);
    check32::<Tanh>("tanh", f64::tanh, 1.5, -0.7, 0.7);
    check32::<Sigmoid>("sigmoid", |x| 1.0 / (1.0 + (-x).exp()), 1.5, -104.0, 20.0);
    check32::<Sigmoid>("sigmoid", |x| 1.0 / (1.0 + (-x).exp()), 1.5, -2.0, 2.0);
    // That of f64 is held to its own oracle.
    check32::<Gelu>("gelu", |x| apply::<Gelu, f64>(&[x; 9])[0], s, -14.5, 10.0);
    check32::<Gelu>("gelu", |x| apply::<Gelu, f64>(&[x; 9])[0], s, -1.1, 1.1);
    check32::<Sin>("sin", f64::sin, s, -10.0, 10.0);
    check32::<Sin>("sin", f64::sin, s, -9999.0, 9999.0);
    check32::<Sin>("sin", f64::sin, s, -2e6, 2e6);
    check32::<Sin>("sin", f64::sin, s, -3.4e38, 3.4e38);
    check32::<Cos>("cos", f64::cos, s, -10.0, 10.0);
    check32::<Cos>("cos", f64::cos, s, -9999.0, 9999.0);
    check32::<Cos>("cos", f64::cos, s, -2e6, 2e6);
    check32::<Cos>("cos", f64::cos, s, -3.4e38, 3.4e38);
}

/// The rarer functions against those of f64.
fn f32_errors_more() {
    let big = 3.4e38;
    check32::<Exp2>("exp2", f64::exp2, 1.5, -150.0, 128.0);
    check32::<Expm1>("expm1", f64::exp_m1, 2.5, -20.0, 88.7);
    check32::<Expm1>("expm1", f64::exp_m1, 2.5, -0.6, 0.6);
    check32::<Log1p>("log1p", f64::ln_1p, 2.5, -0.999, 3.0);
    check32::<Log1p>("log1p", f64::ln_1p, 2.5, 0.0, big);
    check32::<Log2>("log2", f64::log2, 2.5, 0.0, big);
    check32::<Log2>("log2", f64::log2, 2.5, 0.2, 4.0);
    check32::<Log10>("log10", f64::log10, 2.5, 0.0, big);
    check32::<Log10>("log10", f64::log10, 2.5, 0.2, 4.0);
    check32::<Tan>("tan", f64::tan, 3.5, -1.5, 1.5);
    check32::<Tan>("tan", f64::tan, 3.5, -1e4, 1e4);
    check32::<Asin>("asin", f64::asin, 2.5, -1.0, 1.0);
    check32::<Acos>("acos", f64::acos, 2.5, -1.0, 1.0);
    check32::<Atan>("atan", f64::atan, 2.5, -10.0, 10.0);
    check32::<Atan>("atan", f64::atan, 2.5, -big, big);
    check32::<Sinh>("sinh", f64::sinh, 2.5, -89.0, 89.0);
    check32::<Sinh>("sinh", f64::sinh, 2.5, -2.0, 2.0);
    check32::<Cosh>("cosh", f64::cosh, 2.5, -89.0, 89.0);
    check32::<Asinh>("asinh", f64::asinh, 3.0, -10.0, 10.0);
    check32::<Asinh>("asinh", f64::asinh, 3.0, -big, big);
    check32::<Acosh>("acosh", f64::acosh, 3.0, 1.0, 10.0);
    check32::<Acosh>("acosh", f64::acosh, 3.0, 1.0, big);
    check32::<Atanh>("atanh", f64::atanh, 3.0, -0.9999, 0.9999);
    // The standard library has no erf; that of f64 is held to its own oracle.
    check32::<Erf>("erf", |x| apply::<Erf, f64>(&[x])[0], 2.5, -1.1, 1.1);
    check32::<Erf>("erf", |x| apply::<Erf, f64>(&[x])[0], 2.5, -5.0, 5.0);
}

fn f64_errors() {
    let data = include_str!("data/elementary_f64.txt");
    let number = |s: &str| f64::from_bits(u64::from_str_radix(s, 16).unwrap());
    let mut worst = std::collections::BTreeMap::<&str, (f64, f64)>::new();
    for line in data.lines() {
        let f: Vec<&str> = line.split(' ').collect();
        let (x, high, low) = (number(f[1]), number(f[2]), number(f[3]));
        // Several at once, so that the vector loop is what runs.
        let xs = [x; 40];
        let got = match f[0] {
            "exp" => apply::<Exp, f64>(&xs),
            "log" => apply::<Log, f64>(&xs),
            "tanh" => apply::<Tanh, f64>(&xs),
            "sigmoid" => apply::<Sigmoid, f64>(&xs),
            "gelu" => apply::<Gelu, f64>(&xs),
            "sin" => apply::<Sin, f64>(&xs),
            "cos" => apply::<Cos, f64>(&xs),
            "exp2" => apply::<Exp2, f64>(&xs),
            "expm1" => apply::<Expm1, f64>(&xs),
            "log1p" => apply::<Log1p, f64>(&xs),
            "log2" => apply::<Log2, f64>(&xs),
            "log10" => apply::<Log10, f64>(&xs),
            "tan" => apply::<Tan, f64>(&xs),
            "asin" => apply::<Asin, f64>(&xs),
            "acos" => apply::<Acos, f64>(&xs),
            "atan" => apply::<Atan, f64>(&xs),
            "sinh" => apply::<Sinh, f64>(&xs),
            "cosh" => apply::<Cosh, f64>(&xs),
            "asinh" => apply::<Asinh, f64>(&xs),
            "acosh" => apply::<Acosh, f64>(&xs),
            "atanh" => apply::<Atanh, f64>(&xs),
            "erf" => apply::<Erf, f64>(&xs),
            other => panic!("{other}"),
        };
        let exponent = ((high.abs().to_bits() >> 52).max(1)) as i32;
        // 2^(exponent - 1023 - 52), which may be the smallest denormal.
        let unit = if exponent > 53 {
            f64::from_bits(((exponent - 52) as u64) << 52)
        } else {
            f64::from_bits(1 << (exponent - 1))
        };
        let error = ((got[7] - high) / unit - low / unit).abs();
        let entry = worst.entry(f[0]).or_default();
        if error > entry.0 || error.is_nan() {
            *entry = (error, x);
        }
    }
    println!("f64 ULP: {worst:?}");
    for (name, (error, x)) in worst {
        assert!(error <= 2.5, "{name}: {error} ULP at {x:e}");
    }
}

fn special<T: Float>() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let check = |name: &str, f: fn(&[T]) -> Vec<T>, table: &[(f64, f64)]| {
        for &(x, want) in table {
            for n in [1, 3, 100] {
                let got = f(&vec![T::from_f64(x); n])[n - 1].to_f64();
                let same = got == want && got.is_sign_negative() == want.is_sign_negative();
                assert!(same || (got.is_nan() && want.is_nan()), "{name}({x}) = {got}, not {want} (n = {n})");
            }
        }
    };
    check(
        "exp",
        apply::<Exp, T>,
        &[(0.0, 1.0), (-0.0, 1.0), (inf, inf), (-inf, 0.0), (nan, nan), (1e30, inf), (-1e30, 0.0)],
    );
    check(
        "log",
        apply::<Log, T>,
        &[(0.0, -inf), (-0.0, -inf), (1.0, 0.0), (inf, inf), (-1.0, nan), (-inf, nan), (nan, nan)],
    );
    check(
        "tanh",
        apply::<Tanh, T>,
        &[(0.0, 0.0), (-0.0, -0.0), (inf, 1.0), (-inf, -1.0), (nan, nan), (50.0, 1.0), (-1e30, -1.0)],
    );
    check(
        "sigmoid",
        apply::<Sigmoid, T>,
        &[(0.0, 0.5), (-0.0, 0.5), (inf, 1.0), (-inf, 0.0), (nan, nan), (1e30, 1.0), (-1e30, 0.0)],
    );
    check("gelu", apply::<Gelu, T>, &[(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, nan), (nan, nan), (-1e30, -0.0)]);
    check("sin", apply::<Sin, T>, &[(0.0, 0.0), (-0.0, -0.0), (inf, nan), (-inf, nan), (nan, nan)]);
    check("cos", apply::<Cos, T>, &[(0.0, 1.0), (-0.0, 1.0), (inf, nan), (-inf, nan), (nan, nan)]);
    check(
        "relu",
        apply::<Relu, T>,
        &[(-0.0, 0.0), (0.0, 0.0), (-3.0, 0.0), (3.0, 3.0), (-inf, 0.0), (inf, inf), (nan, nan)],
    );
    check(
        "sign",
        apply::<Sign, T>,
        &[(-0.0, 0.0), (0.0, 0.0), (-3.0, -1.0), (1e-30, 1.0), (-inf, -1.0), (inf, 1.0), (nan, nan)],
    );
    let of = |name: &str, f: fn(&[T]) -> Vec<T>, table: &[(f64, f64)]| check(name, f, table);
    of(
        "exp2",
        apply::<Exp2, T>,
        &[(0.0, 1.0), (3.0, 8.0), (-1.0, 0.5), (inf, inf), (-inf, 0.0), (nan, nan), (1e30, inf), (-1e30, 0.0)],
    );
    of(
        "expm1",
        apply::<Expm1, T>,
        &[(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -1.0), (nan, nan), (1e30, inf), (-1e30, -1.0)],
    );
    of("log1p", apply::<Log1p, T>, &[(0.0, 0.0), (-0.0, -0.0), (-1.0, -inf), (inf, inf), (-2.0, nan), (nan, nan)]);
    of(
        "log2",
        apply::<Log2, T>,
        &[(1.0, 0.0), (8.0, 3.0), (0.125, -3.0), (0.0, -inf), (inf, inf), (-1.0, nan), (nan, nan)],
    );
    of(
        "log10",
        apply::<Log10, T>,
        &[(1.0, 0.0), (10.0, 1.0), (1000.0, 3.0), (0.0, -inf), (inf, inf), (-1.0, nan), (nan, nan)],
    );
    of("tan", apply::<Tan, T>, &[(0.0, 0.0), (-0.0, -0.0), (inf, nan), (nan, nan)]);
    of("asin", apply::<Asin, T>, &[(0.0, 0.0), (-0.0, -0.0), (1.5, nan), (-1.5, nan), (nan, nan)]);
    of("acos", apply::<Acos, T>, &[(1.0, 0.0), (1.5, nan), (-1.5, nan), (nan, nan)]);
    of("atan", apply::<Atan, T>, &[(0.0, 0.0), (-0.0, -0.0), (nan, nan)]);
    of("sinh", apply::<Sinh, T>, &[(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -inf), (nan, nan), (1e30, inf)]);
    of("cosh", apply::<Cosh, T>, &[(0.0, 1.0), (inf, inf), (-inf, inf), (nan, nan), (-1e30, inf)]);
    of("asinh", apply::<Asinh, T>, &[(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -inf), (nan, nan)]);
    of("acosh", apply::<Acosh, T>, &[(1.0, 0.0), (0.5, nan), (-3.0, nan), (inf, inf), (nan, nan)]);
    of("atanh", apply::<Atanh, T>, &[(0.0, 0.0), (-0.0, -0.0), (1.0, inf), (-1.0, -inf), (2.0, nan), (nan, nan)]);
    of("erf", apply::<Erf, T>, &[(0.0, 0.0), (-0.0, -0.0), (inf, 1.0), (-inf, -1.0), (nan, nan), (30.0, 1.0)]);
    check("sqrt", apply::<Sqrt, T>, &[(-0.0, -0.0), (4.0, 2.0), (-1.0, nan), (inf, inf), (nan, nan)]);
}

/// Arguments whose root lies as close to the middle between two f64 as roots can: M^2 - d = X 2^j for odd M of
/// 54 bits and small d.
fn hard_roots() -> Vec<f64> {
    let mut x = Vec::new();
    for (d, bits) in (-3999i128..4001).step_by(8).flat_map(|d| [(d, 54u32), (d, 55)]) {
        // d is 1 modulo 8, so it has roots modulo each power of 2: r or r + 2^(k - 1) goes on.
        let mut root: i128 = 1;
        for k in 3..bits {
            if (root * root - d) >> k & 1 == 1 {
                root += 1 << (k - 1);
            }
        }
        let modulus = 1i128 << bits;
        for r in [root, -root, root + modulus / 2, modulus / 2 - root] {
            let m = r.rem_euclid(modulus);
            let rest = m * m - d;
            assert_eq!(rest % modulus, 0);
            let head = rest >> bits;
            if (1 << 53..1 << 54).contains(&m) && head < 1 << 53 {
                x.push(if bits == 54 { head as f64 } else { 2.0 * head as f64 });
            }
        }
    }
    x
}

fn roots_are_correctly_rounded() {
    let mut x = hard_roots();
    assert!(x.len() > 1000, "{}", x.len());
    // Neighbours of squares, and all exponents.
    for i in 0..200_000u64 {
        let v = f64::from_bits(i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1);
        let (m, small) = (1.0 + (i as f64) / 200_000.0, (v.to_bits() & 0xff) as f64 * f64::EPSILON);
        x.extend([v, m * m, m * m * (1.0 - small), 2.0 * m * m * (1.0 + small)]);
    }
    x.extend([0.0, -0.0, 5e-324, f64::MIN_POSITIVE, f64::MAX, f64::INFINITY, -1.0, -f64::INFINITY, f64::NAN]);
    let y = apply::<Sqrt, f64>(&x);
    for (&x, &y) in x.iter().zip(&y) {
        assert!(y.to_bits() == x.sqrt().to_bits() || (y.is_nan() && x.sqrt().is_nan()), "sqrt({x:e}) = {y:e}");
    }
}

#[test]
fn elementary_functions() {
    println!("{}", wengert_kernels::isa::features());
    special::<f32>();
    special::<f64>();
    f32_errors();
    f32_errors_more();
    f64_errors();
    roots_are_correctly_rounded();
}

/// The instruction set is chosen once for a process: so, other processes.
#[test]
fn elementary_functions_on_lower_instruction_sets() {
    for cpu in ["baseline", "avx2"] {
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "elementary_functions", "--nocapture"])
            .env("WENGERT_CPU", cpu)
            .output()
            .unwrap();
        println!("{}", String::from_utf8_lossy(&run.stdout));
        assert!(run.status.success(), "{cpu}: {}", String::from_utf8_lossy(&run.stderr));
    }
}
