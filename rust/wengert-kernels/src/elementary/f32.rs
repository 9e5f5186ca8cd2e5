//! Elementary functions of f32, errors below 1.5 ULP. Depends on real::InstructionSet.
// Constants are written with all the digits of the fit or with exactly the bits a product may have.
#![allow(clippy::excessive_precision, clippy::approx_constant)]

use super::Elementary;
use crate::real::InstructionSet;

/// 1.5 * 2^23: adding it rounds to an integer and leaves that integer in the low bits.
pub(super) const ROUND: f32 = 12_582_912.0;
const LOG2_E: f32 = 1.442_695_040_888_963_4;
/// ln 2 in two parts; the first has 9 bits, so that its product with an exponent is exact.
const LN2_HIGH: f32 = 0.693_359_375;
const LN2_LOW: f32 = -0.000_212_194_440_054_690_57;
pub(super) const SIGN: u32 = 0x8000_0000;

#[inline(always)]
fn fma<I: InstructionSet>(a: f32, b: f32, c: f32) -> f32 {
    f32::fma::<I>(a, b, c)
}

/// x / ln 2 rounded to an integer k, as k + ROUND, and x - k ln 2, for |x| < 200.
#[inline(always)]
pub(super) fn split<I: InstructionSet>(x: f32) -> (f32, f32) {
    let t = fma::<I>(x, LOG2_E, ROUND);
    let n = t - ROUND;
    (t, fma::<I>(n, -LN2_LOW, fma::<I>(n, -LN2_HIGH, x)))
}

/// Coefficients of r^2, r^3, ... in exp(r), |r| <= ln 2 / 2.
pub(super) const EXP: [f32; 5] = [
    0.499_999_930_507_285_712_42,
    0.166_665_147_922_290_885_28,
    0.041_668_456_780_148_637_003,
    0.008_369_418_779_237_439_699_9,
    0.001_381_314_518_900_477_179_5,
];

#[inline(always)]
pub(crate) fn exp<I: InstructionSet>(x: f32) -> f32 {
    // Below this the result is 0 anyway; the comparison lets NaN pass.
    let c = if x < -104.0 { -104.0 } else { x };
    let (t, r) = split::<I>(c);
    let q = f32::polynomial::<I, 5>(r, r * r, EXP);
    // The shorter form rounds once more without fused multiply-add.
    let p = if I::FMA { fma::<I>(fma::<I>(q, r, 1.0), r, 1.0) } else { 1.0 + (r * r * q + r) };
    // ROUND has nothing in its low 9 bits, so this adds k to the exponent; for results that may be
    // denormal k + 64, taken back by a product that rounds once.
    let bits = p.to_bits().wrapping_add(t.to_bits() << 23);
    let low = x < -87.0;
    let value = f32::from_bits(if low { bits.wrapping_add(64 << 23) } else { bits });
    let value = if low { value * 5.421_010_862_427_522e-20 } else { value };
    // Overflow, and NaN, whose bits were spoilt.
    if x <= 88.722_83 { value } else { x + f32::INFINITY }
}

/// top - y d, which is small, exactly.
#[inline(always)]
fn remainder<I: InstructionSet>(top: f32, y: f32, d: f32) -> f32 {
    if I::FMA { d.mul_add(-y, top) } else { (f64::from(top) - f64::from(y) * f64::from(d)) as f32 }
}

/// 1 / (1 + exp(-x)) from exp(-|x|), which neither overflows nor cancels. What 1 + exp(r) loses is carried along, and the
/// quotient mended by its remainder: the last rounding is nearly the only one.
#[inline(always)]
pub(crate) fn sigmoid<I: InstructionSet>(x: f32) -> f32 {
    let c = -x.abs();
    let c = if c < -104.0 { -104.0 } else { c };
    let (t, r) = split::<I>(c);
    let square = r * r;
    let q = fma::<I>(square, f32::polynomial::<I, 5>(r, square, EXP), r);
    let e = 1.0 + q;
    let e_low = (1.0 - e) + q;
    // As in `exp`; where the result is denormal there is nothing below it to carry.
    let low = c < -87.0;
    let bits = e.to_bits().wrapping_add(t.to_bits() << 23);
    let value = f32::from_bits(if low { bits.wrapping_add(64 << 23) } else { bits });
    let value = if low { value * 5.421_010_862_427_522e-20 } else { value };
    let scale = f32::from_bits((t.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    let value_low = if low { 0.0 } else { e_low * scale };
    let (top, top_low) = if x < 0.0 { (value, value_low) } else { (1.0, 0.0) };
    let d = 1.0 + value;
    let d_low = ((1.0 - d) + value) + value_low;
    let inverse = 1.0 / d;
    let y = top * inverse;
    let rest = remainder::<I>(top, y, d) + fma::<I>(-y, d_low, top_low);
    let y = fma::<I>(rest, inverse, y);
    if x.is_nan() { x } else { y }
}

/// Coefficients of f^2, f^3, ... in log(1 + f), 1 + f between sqrt(1/2) and sqrt(2).
pub(super) const LOG: [f32; 9] = [
    -0.499_999_883_463_724_121_42,
    0.333_333_256_921_303_790_41,
    -0.250_015_829_608_798_759_17,
    0.200_019_739_258_269_934_2,
    -0.166_090_825_810_345_235_54,
    0.141_818_252_159_521_825_62,
    -0.132_429_878_799_249_258_56,
    0.129_044_330_988_405_278_97,
    -0.076_217_776_024_029_200_429,
];

#[inline(always)]
pub(crate) fn log<I: InstructionSet>(x: f32) -> f32 {
    const ROOT_HALF: u32 = 0x3f35_04f3;
    let tiny = x < f32::MIN_POSITIVE;
    let y = if tiny { x * 8_388_608.0 } else { x };
    let bits = y.to_bits().wrapping_sub(ROOT_HALF);
    // x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).
    let k = ((bits as i32) >> 23) as f32 - if tiny { 23.0 } else { 0.0 };
    let f = f32::from_bits((bits & 0x007f_ffff).wrapping_add(ROOT_HALF)) - 1.0;
    // log(1 + f) = f + f^2 q.
    let square = f * f;
    let q = f32::polynomial::<I, 9>(f, square, LOG);
    let value = if I::FMA {
        // ln 2 happens to be within a twentieth of a unit of its nearest f32.
        fma::<I>(k, std::f32::consts::LN_2, fma::<I>(square, q, f))
    } else {
        k * LN2_HIGH + (f + (square * q + k * LN2_LOW))
    };
    // Infinity stays; NaN and what is negative become NaN; then zero. Written as comparisons of x with
    // infinity and zero the compiler would gather them into one test of classes, which costs twice as much.
    let value = if x.to_bits() < f32::INFINITY.to_bits() { value } else { fma::<I>(x, f32::INFINITY, f32::INFINITY) };
    if x == 0.0 { f32::NEG_INFINITY } else { value }
}

#[inline(always)]
pub(crate) fn tanh<I: InstructionSet>(x: f32) -> f32 {
    let a = x.abs();
    let a = if a > 10.0 { 10.0 } else { a };
    // Near zero an odd polynomial, which keeps relative accuracy; else 1 - 2 / (exp(2a) + 1).
    let z = a * a;
    let p = f32::polynomial::<I, 5>(
        z,
        z * z,
        [
            -0.333_332_819_420_216_888_44,
            0.133_314_421_984_867_443_86,
            -0.053_739_715_115_858_715_545,
            0.020_639_087_354_184_111_397,
            -0.005_704_987_126_149_348_147_1,
        ],
    );
    let near = fma::<I>(a * z, p, a);
    // a = s + k ln 2 / 2; exp(2s) = 1 + 2s + 4 s^2 (...).
    let t = fma::<I>(a, 2.0 * LOG2_E, ROUND);
    let n = t - ROUND;
    let s = if I::FMA {
        // What one product loses counts for less the larger a is.
        fma::<I>(n, -0.5 * std::f32::consts::LN_2, a)
    } else {
        a - n * (0.5 * LN2_HIGH) - n * (0.5 * LN2_LOW)
    };
    let q =
        f32::polynomial::<I, 5>(s, s * s, [4.0 * EXP[0], 8.0 * EXP[1], 16.0 * EXP[2], 32.0 * EXP[3], 64.0 * EXP[4]]);
    let e = fma::<I>(fma::<I>(q, s, 2.0), s, 1.0);
    let scale = f32::from_bits((t.to_bits() << 23).wrapping_add(1.0f32.to_bits()));
    let far = 1.0 - 2.0 / fma::<I>(scale, e, 1.0);
    let value = if a < 0.625 { near } else { far };
    f32::from_bits(value.to_bits() | (x.to_bits() & SIGN))
}

/// sin(r + quarter pi / 2), |r| a little over pi / 4 at most.
#[inline(always)]
pub(super) fn sin_reduced<I: InstructionSet>(r: f32, quarter: u32) -> f32 {
    let z = r * r;
    let square = z * z;
    let p = f32::polynomial::<I, 3>(
        z,
        square,
        [-0.166_666_546_670_857_943, 0.008_332_100_462_653_092_953_1, -0.000_195_038_961_921_930_370_51],
    );
    let q = f32::polynomial::<I, 3>(
        z,
        square,
        [0.041_666_654_644_613_373_354, -0.001_388_765_389_276_189_142_4, 0.000_024_463_770_328_904_252_409],
    );
    let cos = fma::<I>(fma::<I>(q, z, -0.5), z, 1.0);
    let sin = fma::<I>(r * z, p, r);
    let value = if quarter & 1 == 0 { sin } else { cos };
    f32::from_bits(value.to_bits() ^ ((quarter >> 1) << 31))
}

/// x - n pi / 2, exact but for the last rounding.
#[inline(always)]
pub(super) fn subtract_quarters<I: InstructionSet>(x: f32, n: f32) -> f32 {
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
pub(super) fn limit<I: InstructionSet>() -> f32 {
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
