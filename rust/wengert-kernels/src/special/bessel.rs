//! Modified Bessel functions of the first kind, of any whole order. Depends on std.

use std::f64::consts::PI;

/// I_n(x) for 0 <= x, times e^-x if `scaled`: the power series (DLMF 10.25.2), whose terms are positive, and for large x the
/// asymptotic series (DLMF 10.40.1).
fn of_positive(n: u32, x: f64, scaled: bool) -> f64 {
    let order = f64::from(n);
    if x <= 40.0 + order * order {
        let half = 0.5 * x;
        let mut term = 1.0;
        for k in 1..=n {
            term *= half / f64::from(k);
        }
        let square = half * half;
        let mut sum = term;
        let mut k = 0.0;
        while term > 1e-18 * sum {
            k += 1.0;
            term *= square / (k * (k + order));
            sum += term;
        }
        return if scaled { sum * (-x).exp() } else { sum };
    }
    let four = 4.0 * order * order;
    let (mut term, mut sum): (f64, f64) = (1.0, 1.0);
    for k in 1..80 {
        let odd = f64::from(2 * k - 1);
        let next = -term * (four - odd * odd) / (8.0 * x * f64::from(k));
        // The series diverges in the end.
        if next.abs() > term.abs() || next.abs() < 1e-18 {
            break;
        }
        term = next;
        sum += term;
    }
    let root = sum / (2.0 * PI * x).sqrt();
    if scaled {
        root
    } else {
        // In two halves, since e^x is infinite before I_n(x) is.
        let half = (0.5 * x).exp();
        half * root * half
    }
}

fn signed(n: u32, x: f64, scaled: bool) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x.is_infinite() {
        let size = if scaled { 0.0 } else { f64::INFINITY };
        return if x < 0.0 && n % 2 == 1 { -size } else { size };
    }
    let value = of_positive(n, x.abs(), scaled);
    if x < 0.0 && n % 2 == 1 { -value } else { value }
}

/// I_n(x).
pub fn bessel_i(n: u32, x: f64) -> f64 {
    signed(n, x, false)
}

/// e^-|x| I_n(x).
pub fn bessel_ie(n: u32, x: f64) -> f64 {
    signed(n, x, true)
}
