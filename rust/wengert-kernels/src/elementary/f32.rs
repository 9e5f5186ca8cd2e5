//! Elementary functions of f32, errors below 1.5 ULP. Depends on real::InstructionSet.
// Constants are written with all the digits of the fit or with exactly the bits a product may have.
#![allow(clippy::excessive_precision, clippy::approx_constant)]

use super::Elementary;
use crate::real::InstructionSet;

/// 1.5 * 2^23: adding it rounds to an integer and leaves that integer in the low bits.
const ROUND: f32 = 12_582_912.0;
const LOG2_E: f32 = 1.442_695_040_888_963_4;
/// ln 2 in two parts; the first has 9 bits, so that its product with an exponent is exact.
const LN2_HIGH: f32 = 0.693_359_375;
const LN2_LOW: f32 = -0.000_212_194_440_054_690_57;
const SIGN: u32 = 0x8000_0000;

#[inline(always)]
fn fma<I: InstructionSet>(a: f32, b: f32, c: f32) -> f32 {
    f32::fma::<I>(a, b, c)
}

/// 2^k for a normal result.
#[inline(always)]
fn power_of_two(k: i32) -> f32 {
    f32::from_bits((k.wrapping_add(127) as u32) << 23)
}

/// The integer k nearest to x / ln 2 and exp(x - k ln 2), for |x| < 200.
#[inline(always)]
fn exp_parts<I: InstructionSet>(x: f32) -> (i32, f32) {
    let t = fma::<I>(x, LOG2_E, ROUND);
    let n = t - ROUND;
    let r = fma::<I>(n, -LN2_LOW, fma::<I>(n, -LN2_HIGH, x));
    let q = f32::polynomial::<I, 5>(
        r,
        [
            0.499_999_930_507_285_712_42,
            0.166_665_147_922_290_885_28,
            0.041_668_456_780_148_637_003,
            0.008_369_418_779_237_439_699_9,
            0.001_381_314_518_900_477_179_5,
        ],
    );
    let k = (t.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    (k, 1.0 + fma::<I>(r * r, q, r))
}

#[inline(always)]
pub(crate) fn exp<I: InstructionSet>(x: f32) -> f32 {
    // Beyond these the result is 0 or infinite anyway; the comparisons let NaN pass.
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let (k, p) = exp_parts::<I>(x);
    // In two steps, because 2^k alone may overflow, and a denormal result must round once.
    let half = k >> 1;
    p * power_of_two(half) * power_of_two(k - half)
}

#[inline(always)]
pub(crate) fn log<I: InstructionSet>(x: f32) -> f32 {
    const ROOT_HALF: u32 = 0x3f35_04f3;
    let tiny = x < f32::MIN_POSITIVE;
    let y = if tiny { x * 8_388_608.0 } else { x };
    let bits = y.to_bits().wrapping_sub(ROOT_HALF);
    // x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).
    let k = ((bits as i32) >> 23) as f32 - if tiny { 23.0 } else { 0.0 };
    let f = f32::from_bits((bits & 0x007f_ffff).wrapping_add(ROOT_HALF)) - 1.0;
    let p = f32::polynomial::<I, 8>(
        f,
        [
            0.333_333_317_073_003_281_9,
            -0.250_008_210_297_729_658_62,
            0.200_012_270_005_974_108_26,
            -0.166_233_575_782_613_327_85,
            0.142_017_548_314_777_641_18,
            -0.131_601_768_852_898_963_77,
            0.127_615_978_970_590_762_83,
            -0.076_345_373_020_556_896_357,
        ],
    );
    let square = f * f;
    let rest = fma::<I>(square, f * p, k * LN2_LOW);
    let rest = fma::<I>(square, -0.5, rest);
    let value = fma::<I>(k, LN2_HIGH, f + rest);
    let value = if x == f32::INFINITY { x } else { value };
    let value = if x == 0.0 { f32::NEG_INFINITY } else { value };
    // Negative numbers and NaN.
    if x >= 0.0 { value } else { f32::NAN }
}

#[inline(always)]
pub(crate) fn tanh<I: InstructionSet>(x: f32) -> f32 {
    let a = x.abs();
    // Near zero an odd polynomial, which keeps relative accuracy; else 1 - 2 / (exp(2a) + 1).
    let z = a * a;
    let p = f32::polynomial::<I, 6>(
        z,
        [
            -0.333_333_315_041_393_828_07,
            0.133_332_190_091_563_180_47,
            -0.053_947_223_630_753_299_531,
            0.021_698_854_261_563_112_058,
            -0.008_165_287_487_696_152_686,
            0.002_126_945_424_918_878_531_7,
        ],
    );
    let near = fma::<I>(a * z, p, a);
    let (k, e) = exp_parts::<I>(if a > 10.0 { 20.0 } else { a + a });
    let far = 1.0 - 2.0 / fma::<I>(e, power_of_two(k), 1.0);
    let value = if a < 0.625 { near } else { far };
    f32::from_bits(value.to_bits() | (x.to_bits() & SIGN))
}

/// sin(r + quarter pi / 2), |r| a little over pi / 4 at most.
#[inline(always)]
fn sin_reduced<I: InstructionSet>(r: f32, quarter: u32) -> f32 {
    let z = r * r;
    let p = f32::polynomial::<I, 3>(
        z,
        [-0.166_666_546_670_857_943, 0.008_332_100_462_653_092_953_1, -0.000_195_038_961_921_930_370_51],
    );
    let q = f32::polynomial::<I, 3>(
        z,
        [0.041_666_654_644_613_373_354, -0.001_388_765_389_276_189_142_4, 0.000_024_463_770_328_904_252_409],
    );
    let sin = fma::<I>(r * z, p, r);
    // 1 - z / 2 with the rounding error of the difference put back.
    let half = 0.5 * z;
    let near_one = 1.0 - half;
    let cos = near_one + fma::<I>(z * z, q, (1.0 - near_one) - half);
    let value = if quarter & 1 == 0 { sin } else { cos };
    f32::from_bits(value.to_bits() ^ ((quarter >> 1) << 31))
}

/// x - n pi / 2, exact but for the last rounding.
#[inline(always)]
fn subtract_quarters<I: InstructionSet>(x: f32, n: f32) -> f32 {
    if I::FMA {
        let r = fma::<I>(n, -1.570_796_251_296_997, x);
        let r = fma::<I>(n, -7.549_789_415_861_596e-8, r);
        fma::<I>(n, -5.390302858158119e-15, r)
    } else {
        // 11 bits a part but the last: products are exact up to `limit`.
        let r = x - n * 1.570_312_5;
        let r = r - n * 0.000_483_751_296_997_070_3;
        let r = r - n * 7.549_533_620_476_723e-8;
        r - n * 2.563344151594519e-12
    }
}

/// The largest argument that `subtract_quarters` reduces well.
#[inline(always)]
fn limit<I: InstructionSet>() -> f32 {
    if I::FMA { 1e5 } else { 1e4 }
}

#[inline(always)]
pub(crate) fn sin<I: InstructionSet>(x: f32) -> f32 {
    let a = x.abs();
    if I::WIDE && a > limit::<I>() {
        return x.sin();
    }
    let t = fma::<I>(a, std::f32::consts::FRAC_2_PI, ROUND);
    let r = subtract_quarters::<I>(a, t - ROUND);
    let value = sin_reduced::<I>(r, t.to_bits());
    let value = f32::from_bits(value.to_bits() ^ (x.to_bits() & SIGN));
    if a <= limit::<I>() { value } else { f32::NAN }
}

#[inline(always)]
pub(crate) fn cos<I: InstructionSet>(x: f32) -> f32 {
    let a = x.abs();
    if I::WIDE && a > limit::<I>() {
        return x.cos();
    }
    let t = fma::<I>(a, std::f32::consts::FRAC_2_PI, ROUND);
    let r = subtract_quarters::<I>(a, t - ROUND);
    let value = sin_reduced::<I>(r, t.to_bits().wrapping_add(1));
    if a <= limit::<I>() { value } else { f32::NAN }
}

#[inline(always)]
pub(crate) fn pow(x: f32, y: f32) -> f32 {
    x.powf(y)
}
