//! The gamma function's logarithm, its derivatives, the zeta function of Hurwitz and the incomplete gamma functions.
//! Depends on std and `sin_cos_pi`.
#![allow(clippy::excessive_precision)]

use super::sin_cos_pi;
use std::f64::consts::PI;

/// Euler's constant from 1: the first coefficient of log gamma at 2.
const ONE_LESS_EULER: f64 = 0.42278433509846713939;

/// zeta(k) - 1 for k = 2, 3, ...
const ZETA: [f64; 32] = [
    0.64493406684822643647,
    0.2020569031595942854,
    0.082323233711138191516,
    0.036927755143369926331,
    0.017343061984449139715,
    0.0083492773819228268398,
    0.0040773561979443393787,
    0.0020083928260822144179,
    0.00099457512781808533715,
    0.0004941886041194645587,
    0.00024608655330804829864,
    0.00012271334757848914675,
    0.000061248135058704829259,
    0.000030588236307020493552,
    0.000015282259408651871733,
    7.6371976378997622736e-6,
    3.8172932649998398565e-6,
    1.9082127165539389257e-6,
    9.5396203387279611315e-7,
    4.7693298678780646312e-7,
    2.3845050272773299e-7,
    1.1921992596531107307e-7,
    5.9608189051259479612e-8,
    2.9803503514652280186e-8,
    1.4901554828365041235e-8,
    7.450711789835429492e-9,
    3.7253340247884570548e-9,
    1.8626597235130490064e-9,
    9.3132743241966818287e-10,
    4.656629065033784073e-10,
    2.328311833676505492e-10,
    1.1641550172700519776e-10,
];

/// B(2k) / (2k (2k - 1)): Stirling's series (DLMF 5.11.1).
const STIRLING: [f64; 10] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360360.0,
    1.0 / 156.0,
    -3617.0 / 122400.0,
    43867.0 / 244188.0,
    -174611.0 / 125400.0,
];

/// B(2k) / (2k)!: the Euler-Maclaurin formula.
const MACLAURIN: [f64; 12] = [
    1.0 / 12.0,
    -1.0 / 720.0,
    1.0 / 30240.0,
    -1.0 / 1209600.0,
    1.0 / 47900160.0,
    -691.0 / 1307674368000.0,
    1.0 / 74724249600.0,
    -3617.0 / 10670622842880000.0,
    43867.0 / 5109094217170944000.0,
    -174611.0 / 802857662698291200000.0,
    77683.0 / 14101100039391805440000.0,
    -236364091.0 / 1693824136731743669452800000.0,
];

/// log gamma(2 + z) for |z| <= 1/2, by its power series (DLMF 5.7.3).
fn lgamma_at_two(z: f64) -> f64 {
    let (mut sum, mut power) = (0.0, -z);
    for (k, zeta) in ZETA.iter().enumerate() {
        power *= -z;
        sum += zeta * power / (k as f64 + 2.0);
    }
    z * ONE_LESS_EULER + sum
}

/// log gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2), for x >= 8.
fn stirling(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    STIRLING.iter().rev().fold(0.0, |sum, c| sum * square + c) / x
}

/// log |gamma(x)|; infinite at 0 and negative whole numbers.
pub fn lgamma(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x.is_infinite() {
        return f64::INFINITY;
    }
    if x <= 0.0 {
        if x == x.floor() {
            return f64::INFINITY;
        }
        // gamma(x) gamma(1 - x) = pi / sin(pi x), with gamma(1 - x) = -x gamma(-x).
        return (PI / (x * sin_cos_pi(x).0).abs()).ln() - lgamma(-x);
    }
    if x < 0.5 {
        return lgamma_at_two(x) - x.ln_1p() - x.ln();
    }
    if x < 1.5 {
        return lgamma_at_two(x - 1.0) - (x - 1.0).ln_1p();
    }
    if x <= 2.5 {
        return lgamma_at_two(x - 2.0);
    }
    if x < 8.0 {
        let (mut at, mut product) = (x, 1.0);
        while at > 2.5 {
            at -= 1.0;
            product *= at;
        }
        return lgamma_at_two(at - 2.0) + product.ln();
    }
    (x - 0.5) * x.ln() - x + 0.91893853320467274178 + stirling(x)
}

/// The derivative of log gamma: -inf at 0, NaN at negative whole numbers (Abramowitz and Stegun 6.3.5, 6.3.7, 6.3.18).
pub fn digamma(x: f64) -> f64 {
    if x == 0.0 {
        return f64::INFINITY.copysign(-x);
    }
    if x < 0.0 {
        if x == x.floor() {
            return f64::NAN;
        }
        let (s, c) = sin_cos_pi(x);
        return digamma(1.0 - x) - PI * c / s;
    }
    let (mut at, mut sum) = (x, 0.0);
    while at < 12.0 {
        sum -= 1.0 / at;
        at += 1.0;
    }
    let square = 1.0 / (at * at);
    // B(2k) / (2k) is (2k - 1) times a coefficient of Stirling's series.
    let series = STIRLING.iter().enumerate().rev().fold(0.0, |s, (k, c)| s * square + c * (2 * k + 1) as f64) * square;
    sum + at.ln() - 0.5 / at - series
}

/// The zeta function of Hurwitz, the sum of (q + k)^-x, by the Euler-Maclaurin formula (DLMF 25.11.7). Infinite at x = 1 and at
/// q = 0, -1, ...; NaN for x < 1, and for negative q where x is not whole.
pub fn zeta(x: f64, q: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    if x.is_nan() || x < 1.0 || q.is_nan() {
        return f64::NAN;
    }
    if q <= 0.0 {
        if q == q.floor() {
            return f64::INFINITY;
        }
        if x != x.floor() {
            return f64::NAN;
        }
    }
    if q > 1e8 {
        // The integral and half of the first term.
        return (1.0 / (x - 1.0) + 1.0 / (2.0 * q)) * q.powf(1.0 - x);
    }
    let (mut at, mut sum, mut terms) = (q, 0.0, 0);
    // From there on a term of the formula is a tenth of the one before, or less.
    let far = 14.0 + x.min(1e3);
    while at < far {
        let term = at.powf(-x);
        sum += term;
        at += 1.0;
        terms += 1;
        if at > 1.0 && term.abs() < 1e-18 * f64::abs(sum) {
            return sum;
        }
        if terms > 1_000_000 {
            return f64::NAN;
        }
    }
    let first = at.powf(-x);
    sum += first * at / (x - 1.0) + 0.5 * first;
    let (mut factor, mut power) = (x, first / at);
    for (k, c) in MACLAURIN.iter().enumerate() {
        let term = c * factor * power;
        sum += term;
        if term.abs() < 1e-17 * f64::abs(sum) {
            break;
        }
        let k = 2.0 * k as f64;
        factor *= (x + k + 1.0) * (x + k + 2.0);
        power /= at * at;
    }
    sum
}

/// The derivative of order n of digamma (Abramowitz and Stegun 6.4.10).
pub fn polygamma(n: u32, x: f64) -> f64 {
    if n == 0 {
        return digamma(x);
    }
    if n == 1 && x < 0.5 && x != x.floor() {
        // Abramowitz and Stegun 6.4.7.
        let s = sin_cos_pi(x).0;
        return PI * PI / (s * s) - polygamma(1, 1.0 - x);
    }
    let order = f64::from(n);
    let sign = if n.is_multiple_of(2) { -1.0 } else { 1.0 };
    let z = zeta(order + 1.0, x);
    let small: f64 = (2..=n.min(170)).map(f64::from).product();
    if n <= 170 && (small * z).is_finite() { sign * small * z } else { sign * (lgamma(order + 1.0) + z.ln()).exp() }
}

/// log(1 + d) - d, right near 0.
fn log1p_less(d: f64) -> f64 {
    if d.abs() > 0.3 {
        return d.ln_1p() - d;
    }
    // With r = d / (2 + d): log(1 + d) = 2 (r + r^3 / 3 + ...), and 2 r - d = -r d.
    let r = d / (2.0 + d);
    let square = r * r;
    let (mut term, mut sum) = (r * square, 0.0);
    for k in 1..60 {
        let part = term / f64::from(2 * k + 1);
        sum += part;
        term *= square;
        if part.abs() <= 1e-18 * f64::abs(sum) {
            break;
        }
    }
    2.0 * sum - r * d
}

/// x^a e^-x / gamma(a + 1), without the cancellation of its logarithms.
fn power_over_gamma(a: f64, x: f64) -> f64 {
    if a < 8.0 {
        return (a * x.ln() - x - lgamma(a + 1.0)).exp();
    }
    (a * log1p_less((x - a) / a) - stirling(a)).exp() / (2.0 * PI * a).sqrt()
}

/// The lower function P by its series (DLMF 8.7.1).
fn lower(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0, 1.0, a);
    for _ in 0..2_000_000 {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term <= 1e-17 * sum {
            break;
        }
    }
    power_over_gamma(a, x) * sum
}

/// The upper function Q by its continued fraction (DLMF 8.9.2), in Lentz's way.
fn upper(a: f64, x: f64) -> f64 {
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..2_000_000 {
        let i = f64::from(i);
        let top = -i * (i - a);
        b += 2.0;
        d = top * d + b;
        d = 1.0 / if d.abs() < tiny { tiny } else { d };
        c = b + top / c;
        c = if c.abs() < tiny { tiny } else { c };
        let step = c * d;
        h *= step;
        if (step - 1.0).abs() <= 1e-16 {
            break;
        }
    }
    power_over_gamma(a, x) * a * h
}

/// What P and Q are where no series is needed: P at the edges of its domain.
fn edge(a: f64, x: f64) -> Option<f64> {
    if !(a >= 0.0 && x >= 0.0) || (a == 0.0 && x == 0.0) || (a.is_infinite() && x.is_infinite()) {
        Some(f64::NAN)
    } else if a == 0.0 || x.is_infinite() {
        Some(1.0)
    } else if x == 0.0 || a.is_infinite() {
        Some(0.0)
    } else {
        None
    }
}

/// The regularized lower incomplete gamma function P(a, x).
pub fn igamma(a: f64, x: f64) -> f64 {
    edge(a, x).unwrap_or_else(|| if x < a + 1.0 { lower(a, x) } else { 1.0 - upper(a, x) })
}

/// The regularized upper incomplete gamma function Q(a, x).
pub fn igammac(a: f64, x: f64) -> f64 {
    match edge(a, x) {
        Some(p) => 1.0 - p,
        None if x < a + 1.0 => {
            if x < 1.1 && a < 1.0 {
                complement(a, x)
            } else {
                1.0 - lower(a, x)
            }
        }
        None => upper(a, x),
    }
}

/// Q for small a and x, where P is near 1: 1 - x^a / gamma(a + 1) + a x^a / gamma(a + 1) times the alternating rest of DLMF 8.7.3.
fn complement(a: f64, x: f64) -> f64 {
    let (mut power, mut sum) = (1.0, 0.0);
    for n in 1..200 {
        let n = f64::from(n);
        power *= -x / n;
        let part = power / (a + n);
        sum += part;
        if part.abs() <= 1e-18 * f64::abs(sum) {
            break;
        }
    }
    // a + 1 would round what matters here.
    let of_next = if a < 0.5 { lgamma_at_two(a) - a.ln_1p() } else { lgamma(a + 1.0) };
    let log = a * x.ln() - of_next;
    -log.exp_m1() - log.exp() * a * sum
}
