//! Powers: exp(y log|x|) with the logarithm in more digits than the result has, then the signs and the special values of
//! IEEE 754. f64 carries the logarithm in two numbers (error below 0.6 ULP, so that exact powers come out exact), f32 in one
//! f64. Depends on real::InstructionSet and the parts of exp and log.
#![allow(clippy::excessive_precision, clippy::approx_constant)]

use super::Elementary;
use super::f64::{EXP, LN2_HIGH, LN2_LOW, ROUND};
use crate::real::InstructionSet;

#[inline(always)]
fn fma<I: InstructionSet>(a: f64, b: f64, c: f64) -> f64 {
    f64::fma::<I>(a, b, c)
}

/// a b as a number and what its rounding lost; |a| and |b| below 2^900.
#[inline(always)]
pub(super) fn product<I: InstructionSet>(a: f64, b: f64) -> (f64, f64) {
    let high = a * b;
    if I::FMA {
        return (high, a.mul_add(b, -high));
    }
    // Dekker's product: halves of 26 bits.
    let halves = |v: f64| {
        let t = v * 134_217_729.0;
        let head = t - (t - v);
        (head, v - head)
    };
    let ((ah, al), (bh, bl)) = (halves(a), halves(b));
    (high, al * bl - (((high - ah * bh) - al * bh) - ah * bl))
}

/// Coefficients of s^5, s^7, ... in 2 atanh(s), |s| <= 3 - sqrt(8).
const ATANH: [f64; 8] = [
    0.399_999_999_999_999_998_17,
    0.285_714_285_714_293_668_00,
    0.222_222_222_216_555_396_65,
    0.181_818_183_354_712_403_89,
    0.153_845_949_541_461_379_47,
    0.133_348_051_496_118_739_27,
    0.117_062_241_354_609_422_33,
    0.117_233_062_340_808_491_58,
];
/// The same for f32, and those of r^2, r^3, ... in exp(r), |r| <= ln 2 / 2.
const ATANH_SHORT: [f64; 4] =
    [0.399_999_999_048_942_087, 0.285_715_318_537_644_473, 0.222_047_585_183_189_721, 0.191_205_520_563_876_999];
const EXP_SHORT: [f64; 6] = [
    0.500_000_001_346_580_92,
    0.166_666_666_816_232_314,
    0.041_666_464_925_285_905_4,
    0.008_333_310_925_480_900_83,
    0.001_393_364_999_630_925_04,
    0.000_198_909_908_246_736_538,
];
/// 2/3 in two parts.
const TWO_THIRDS: [f64; 2] = [2.0 / 3.0, 3.700_743_415_417_188_4e-17];

/// k and m of x = 2^k m, m between sqrt(1/2) and sqrt(2), for positive finite x.
#[inline(always)]
fn parts(x: f64) -> (f64, f64) {
    const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    let tiny = x < f64::MIN_POSITIVE;
    let y = if tiny { x * 18_014_398_509_481_984.0 } else { x };
    let bits = y.to_bits().wrapping_sub(ROOT_HALF);
    // As in `log`: k + 2048 is positive and goes to f64 through the bits of 2^52.
    let biased = bits.wrapping_add(1 << 63) >> 52;
    let k = f64::from_bits(biased | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 2048.0);
    let k = k - if tiny { 54.0 } else { 0.0 };
    (k, f64::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF)))
}

/// log(x) in two parts with 65 bits, for positive finite x.
#[inline(always)]
fn log_two<I: InstructionSet>(x: f64) -> (f64, f64) {
    let (k, m) = parts(x);
    // s = (m - 1) / (m + 1), and what its rounding and that of m + 1 lost.
    let f = m - 1.0;
    let d = m + 1.0;
    let d_low = m - (d - 1.0);
    let s = f / d;
    let (p, p_low) = product::<I>(s, d);
    let s_low = (((f - p) - p_low) - s * d_low) / d;
    let (z, z_low) = product::<I>(s, s);
    let z_low = z_low + 2.0 * s * s_low;
    // 2 atanh(s) = 2 s + s^3 (2/3 + z q).
    let q = z * f64::polynomial::<I, 8>(z, z * z, ATANH);
    let w = TWO_THIRDS[0] + q;
    let w_low = ((TWO_THIRDS[0] - w) + q) + TWO_THIRDS[1];
    let (t, t_low) = product::<I>(s, z);
    let t_low = t_low + (s * z_low + s_low * z);
    let (c, c_low) = product::<I>(t, w);
    let c_low = c_low + (t * w_low + t_low * w);
    // k ln 2 + 2 s + c, from the largest.
    let a = k * LN2_HIGH;
    let h1 = a + 2.0 * s;
    let l1 = (a - h1) + 2.0 * s;
    let h2 = h1 + c;
    let l2 = (h1 - h2) + c;
    let low = (l1 + l2) + (fma::<I>(k, LN2_LOW, 2.0 * s_low) + c_low);
    let high = h2 + low;
    (high, (h2 - high) + low)
}

/// exp(high + low), high a number and low a small part of it.
#[inline(always)]
fn exp_two<I: InstructionSet>(high: f64, low: f64) -> f64 {
    // Beyond this the result is 0 or infinity, and the small part of a large number need not be small.
    let low = if high.abs() < 760.0 { low } else { 0.0 };
    let high = if high < -760.0 { -760.0 } else { high };
    let high = if high > 760.0 { 760.0 } else { high };
    let t = fma::<I>(high, std::f64::consts::LOG2_E, ROUND);
    let n = t - ROUND;
    let r = fma::<I>(n, -LN2_HIGH, high);
    let rest = fma::<I>(n, -LN2_LOW, low);
    let r_high = r + rest;
    let r_low = (r - r_high) + rest;
    let square = r_high * r_high;
    let q = fma::<I>(square, f64::polynomial::<I, 10>(r_high, square, EXP), fma::<I>(r_high, r_low, r_low));
    let one = 1.0 + r_high;
    let value = one + (((1.0 - one) + r_high) + q);
    // 2^n in two steps, so that the second alone rounds, overflows or leaves a denormal number.
    let half = fma::<I>(n, 0.5, ROUND);
    let first = f64::from_bits((half.to_bits() << 52).wrapping_add(1.0f64.to_bits()));
    let other = (n - (half - ROUND)) + ROUND;
    let second = f64::from_bits((other.to_bits() << 52).wrapping_add(1.0f64.to_bits()));
    value * first * second
}

macro_rules! power {
    ($name:ident, $t:ident, $whole:literal, |$I:ident, $a:ident, $y:ident| $positive:expr) => {
        /// x to the power of y, with the special values of IEEE 754 (and of C's pow).
        #[inline(always)]
        pub(crate) fn $name<$I: InstructionSet>(x: $t, $y: $t) -> $t {
            // Whether y is a whole number, and an odd one: adding `whole` leaves its last digit in the lowest bit.
            let size = $y.abs();
            let large = size >= $whole;
            let t = size + $whole;
            let is_whole = large | (t - $whole == size);
            let last = if large { size.to_bits() } else { t.to_bits() };
            let odd = is_whole & (size < 2.0 * $whole) & (last & 1 == 1);
            let size_x = x.abs();
            let value = {
                // Anything positive and finite where x is not.
                let $a = if size_x > 0.0 { size_x } else { 1.0 };
                let $a = if $a <= $t::MAX { $a } else { 1.0 };
                $positive
            };
            // 0 and infinity: 0, 1 or infinity, as the sign of y says.
            let grows = (size_x > 1.0) == ($y > 0.0);
            let edge = if grows { $t::INFINITY } else { 0.0 };
            let value = if (size_x == 0.0) | (size_x == $t::INFINITY) { edge } else { value };
            let negative = x.to_bits() > $t::NAN.to_bits();
            let value = if negative & odd { -value } else { value };
            let undefined = (x < 0.0) & (size_x < $t::INFINITY) & !is_whole;
            let value = if undefined { $t::NAN } else { value };
            let value = if x.is_nan() | $y.is_nan() { x + $y } else { value };
            if ($y == 0.0) | (x == 1.0) { 1.0 } else { value }
        }
    };
}

power!(double, f64, 4_503_599_627_370_496.0, |I, a, y| {
    let (high, low) = log_two::<I>(a);
    // Beyond this every power but of 1 overflows or vanishes; NaN passes.
    let y = if y > 1e20 { 1e20 } else { y };
    let y = if y < -1e20 { -1e20 } else { y };
    let (p, p_low) = product::<I>(y, high);
    exp_two::<I>(p, p_low + y * low)
});

power!(single, f32, 8_388_608.0, |I, a, y| {
    let y = if y > 1e20 { 1e20 } else { y };
    let y = if y < -1e20 { -1e20 } else { y };
    let (k, m) = parts(f64::from(a));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let q = z * f64::polynomial::<I, 4>(z, z * z, ATANH_SHORT);
    let log = fma::<I>(k, std::f64::consts::LN_2, fma::<I>(s * z, TWO_THIRDS[0] + q, 2.0 * s));
    let p = f64::from(y) * log;
    let p = if p < -200.0 { -200.0 } else { p };
    let p = if p > 200.0 { 200.0 } else { p };
    let (t, r) = super::f64::split::<I>(p);
    let value = fma::<I>(fma::<I>(f64::polynomial::<I, 6>(r, r * r, EXP_SHORT), r, 1.0), r, 1.0);
    f64::from_bits(value.to_bits().wrapping_add(t.to_bits() << 52)) as f32
});
