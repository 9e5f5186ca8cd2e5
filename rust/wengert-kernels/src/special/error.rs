//! The complement of the error function, its scaled form and its inverses; the normal distribution. Depends on std.
#![allow(clippy::excessive_precision)]

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, PI, SQRT_2};

/// Coefficients of the Chebyshev series of `(1 + 2 x) erfcx(x)` in `(x - 3.75) / (x + 3.75)`, for x >= 0: the form of M. M.
/// Shepherd and J. G. Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x" (1981); computed to 50 digits.
const SERIES: [f64; 25] = [
    1.1775789345674017541,
    -0.0045900545806464773309,
    -0.084249133366517915584,
    0.059209939998191890498,
    -0.026658668435305752277,
    0.0090749976707052650939,
    -0.0024131635404176081909,
    0.00049077583652580863229,
    -0.000069169733025012063671,
    4.1390279860730101675e-6,
    7.7403830661984906686e-7,
    -2.1886401049234395661e-7,
    1.0764999465670910377e-8,
    4.5219598112182868979e-9,
    -7.7544002088313511065e-10,
    -6.3180883408866844944e-11,
    2.8687950109306698981e-11,
    1.945586854577734723e-13,
    -9.6546967484334389059e-13,
    3.2525481481487398415e-14,
    3.3478119482868053878e-14,
    -1.8645628804193131015e-15,
    -1.2507950530688647085e-15,
    7.418235256624043463e-17,
    5.0681489047961113168e-17,
];

/// erfcx for x >= 0, by Clenshaw's recurrence.
fn scaled(x: f64) -> f64 {
    if x > 1e8 {
        // The first term of the asymptotic series (DLMF 7.12.1).
        return 0.5 * FRAC_2_SQRT_PI / x;
    }
    let t = (x - 3.75) / (x + 3.75);
    let (mut one, mut two) = (0.0, 0.0);
    for c in SERIES.iter().skip(1).rev() {
        (one, two) = (2.0 * t * one - two + c, one);
    }
    (t * one - two + SERIES[0]) / (1.0 + 2.0 * x)
}

/// exp(-x^2).
fn gauss(x: f64) -> f64 {
    gauss_of(x, 1.0)
}

/// exp(-x^2 by), by = 1 or 1/2, with the square's rounding error made up for: x is split into a part whose square is exact and
/// a rest.
fn gauss_of(x: f64, by: f64) -> f64 {
    let high = f64::from_bits(x.to_bits() & !0x7ff_ffff);
    (-high * high * by).exp() * (-(x - high) * (x + high) * by).exp()
}

/// The error function for |x| < 1, by its power series (DLMF 7.6.1).
fn erf_small(x: f64) -> f64 {
    let square = x * x;
    let (mut term, mut sum) = (x, x);
    for n in 1..40 {
        let n = f64::from(n);
        term *= -square / n;
        let next = sum + term / (2.0 * n + 1.0);
        if next == sum {
            break;
        }
        sum = next;
    }
    FRAC_2_SQRT_PI * sum
}

/// 1 - erf(x), to full precision where it is small.
pub fn erfc(x: f64) -> f64 {
    if x.is_nan() {
        x
    } else if x < -0.5 {
        2.0 - if x < -6.0 { 0.0 } else { gauss(x) * scaled(-x) }
    } else if x < 0.5 {
        1.0 - erf_small(x)
    } else if x > 27.3 {
        0.0
    } else {
        gauss(x) * scaled(x)
    }
}

/// exp(x^2) erfc(x).
pub fn erfcx(x: f64) -> f64 {
    if x.is_nan() {
        x
    } else if x >= 0.5 {
        if x.is_infinite() { 0.0 } else { scaled(x) }
    } else if x < -26.7 {
        f64::INFINITY
    } else if x > -0.5 {
        (x * x).exp() * (1.0 - erf_small(x))
    } else {
        2.0 / gauss(x) - scaled(-x)
    }
}

/// The x > 0 with erfc(x) = c, for 0 < c <= 1/2, by Newton's method on log erfc, which is nearly a parabola.
fn erfc_inverse(c: f64) -> f64 {
    let log = c.ln();
    // Of the asymptotic form exp(-x^2) / (x sqrt(pi)).
    let mut x = (-(log + 0.5 * (-log * PI).ln())).max(0.2).sqrt();
    for _ in 0..30 {
        let e = scaled(x);
        // log erfc(x) = log e - x^2 has the derivative -2 / (sqrt(pi) e).
        let step = ((e.ln() - log) - x * x) * e / FRAC_2_SQRT_PI;
        x += step;
        if step.abs() <= 1e-16 * x {
            break;
        }
    }
    x
}

/// The x with erf(x) = y; infinite at 1 and -1, NaN beyond.
pub fn erfinv(y: f64) -> f64 {
    let size = y.abs();
    if y.is_nan() || size > 1.0 {
        f64::NAN
    } else if size == 1.0 {
        y * f64::INFINITY
    } else if size < 0.5 {
        // Newton's method on the series, from its first two terms inverted (DLMF 7.17.2).
        let z = size / FRAC_2_SQRT_PI;
        let mut x = z * (1.0 + z * z / 3.0);
        for _ in 0..8 {
            let step = (size - erf_small(x)) / (FRAC_2_SQRT_PI * (-x * x).exp());
            x += step;
            if step.abs() <= 1e-16 * x {
                break;
            }
        }
        x.copysign(y)
    } else {
        erfc_inverse(1.0 - size).copysign(y)
    }
}

/// The distribution function of the normal distribution.
pub fn ndtr(x: f64) -> f64 {
    if x < -1.0 {
        if x < -39.0 { 0.0 } else { 0.5 * gauss_of(x, 0.5) * scaled(-x * FRAC_1_SQRT_2) }
    } else if x > 1.0 {
        1.0 - ndtr(-x)
    } else {
        0.5 * erfc(-x * FRAC_1_SQRT_2)
    }
}

/// The x whose `ndtr` is p: infinite at 0 and 1, NaN outside.
pub fn ndtri(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        f64::NAN
    } else if p == 0.0 {
        f64::NEG_INFINITY
    } else if p == 1.0 {
        f64::INFINITY
    } else if p < 0.25 {
        -SQRT_2 * erfc_inverse(2.0 * p)
    } else {
        SQRT_2 * erfinv(2.0 * p - 1.0)
    }
}

/// Logarithm of `ndtr`, right where that is too small for a number.
pub fn log_ndtr(x: f64) -> f64 {
    if x < -1.0 {
        let t = -x * FRAC_1_SQRT_2;
        scaled(t).ln() - LN_2 - 0.5 * x * x
    } else {
        (-ndtr(-x)).ln_1p()
    }
}
