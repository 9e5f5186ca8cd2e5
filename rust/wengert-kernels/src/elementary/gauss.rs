//! x Phi(x), Phi the distribution function of the normal distribution, to full precision on both sides. Depends on the parts
//! of exp and on real::InstructionSet.
//!
//! With a = |x| and G = a Phi(-a) it is x - G on the right and -G on the left, so nothing cancels. G = exp(-a^2 / 2) T, where
//! T = a exp(a^2 / 2) Phi(-a) varies little: a minimax fit in a / (a + c). Below 1/2, x / 2 + x^2 P(x^2).
#![allow(clippy::excessive_precision)]

use crate::real::InstructionSet;

macro_rules! gauss {
    ($t:ident, $shift:literal, $end:literal, $lost:expr, $c:literal, $centre:literal, $ne:literal,
     near $nn:literal [$($near:literal),*], far $first:literal $first_low:literal $second:literal $second_low:literal $nf:literal [$($far:literal),*]) => {
        #[inline(always)]
        pub(crate) fn $t<I: InstructionSet>(x: $t) -> $t {
            use super::Elementary;
            use super::$t::{EXP, ROUND, split};
            const FAR: [$t; $nf] = [$($far),*];
            // What the rounding of p = a b lost.
            let lost = crate::compile::keep(#[inline(always)] |a: $t, b: $t, p: $t| -> $t {
                if I::FMA { a.mul_add(b, -p) } else { $lost(a, b, p) }
            });
            let a = x.abs();
            let a = if a > $end { $end } else { a };
            let z = a * a;
            let z_low = lost(a, a, z);
            let p = <$t>::polynomial::<I, $nn>(z, z * z, [$($near),*]);
            let near = <$t>::fma::<I>(z, p, <$t>::fma::<I>(z_low, p, 0.5 * x));
            // The sign of zero.
            let near = if z == 0.0 { 0.5 * x } else { near };
            // exp(-z / 2) = 2^n (1 + q), with what the sum loses.
            let (t, r) = split::<I>(-0.5 * z);
            let n = t - ROUND;
            let r = <$t>::fma::<I>(-0.5, z_low, r);
            let q = <$t>::fma::<I>(r * r, <$t>::polynomial::<I, $ne>(r, r * r, EXP), r);
            let e = 1.0 + q;
            let e_low = (1.0 - e) + q;
            // v = a / (a + c), and what its roundings lost.
            let d = a + $c;
            let d_low = a - (d - $c);
            let inverse = 1.0 / d;
            let v = a * inverse;
            let p = v * d;
            let v_low = (((a - p) - lost(v, d, p)) - v * d_low) * inverse;
            // T = first + w (second + w (...)), with what these constants and steps lose, and its slope times that of v.
            let w = v - $centre;
            let far = w * <$t>::polynomial::<I, $nf>(w, w * w, FAR);
            let p = $second + far;
            let p_low = (($second - p) + far) + $second_low;
            let u = w * p;
            let slope = <$t>::fma::<I>(w, <$t>::fma::<I>(w, 3.0 * FAR[1], 2.0 * FAR[0]), $second);
            let u_low = lost(w, p, u) + <$t>::fma::<I>(w, p_low, slope * v_low);
            let s = $first + u;
            let s_low = (($first - s) + u) + (u_low + $first_low);
            let g = <$t>::fma::<I>(e, s, <$t>::fma::<I>(e, s_low, e_low * s));
            // 2^n in two steps, so that a denormal result is rounded once.
            let half = <$t>::fma::<I>(n, 0.5, ROUND);
            let one = (1.0 as $t).to_bits();
            let g = g * <$t>::from_bits((half.to_bits() << $shift).wrapping_add(one));
            let other = (n - (half - ROUND)) + ROUND;
            let g = g * <$t>::from_bits((other.to_bits() << $shift).wrapping_add(one));
            let far = if x < 0.0 { -g } else { x - g };
            let value = if a < 0.5 { near } else { far };
            // As PyTorch: a product of infinity and 0.
            if x >= -$t::MAX { value } else { $t::NAN }
        }
    };
}

gauss! {
    f32, 23, 15.0, |a: f32, b: f32, p: f32| (f64::from(a) * f64::from(b) - f64::from(p)) as f32, 2.5, 0.375, 5,
    near 5 [0.398_942_280_383_847_89, -0.066_490_376_562_726_465, 0.009_973_445_114_822_653_6,
        -0.001_186_074_827_659_476_6, 0.000_109_675_086_607_391_27],
    far 0.308_671_000_978_525_6 3.358_896_697_31e-9 0.450_391_978_105_608_45 8.017_205_079_67e-11 9 [
        -0.815_003_259_536_425_68, 0.548_999_124_777_452_78, 0.116_808_258_767_014_46, -0.250_568_048_560_376_87,
        -0.114_762_243_652_515_61, 0.106_938_823_044_581_05, 0.136_607_614_407_052_49, -0.027_830_668_719_034_858,
        -0.082_684_183_045_218_39]
}
gauss! {
    f64, 52, 39.5, |a: f64, b: f64, _: f64| super::power::product::<I>(a, b).1, 3.5, 0.375, 10,
    near 10 [0.398_942_280_401_432_677_939_936_9, -0.066_490_380_066_905_446_316_002_74,
        0.009_973_557_010_035_815_985_647_079, -0.001_187_328_215_480_405_272_671_218,
        0.000_115_434_687_614_820_997_126_585_8, -0.000_009_444_656_240_543_882_858_617_063,
        6.659_691_796_483_137_815_978_265e-7, -4.122_570_762_764_955_563_736_208e-8,
        2.270_240_768_106_697_634_748_463e-9, -1.067_837_873_053_861_242_304_145e-10],
    far 0.340_273_056_099_339_669_682_385_2 3.890_326_757_13e-18 0.347_911_581_555_667_200_071_983_5 -4.152_152_453_45e-18 23 [
        -0.880_248_507_966_125_384_874_269, 1.245_719_393_444_657_832_830_204, -0.987_887_700_366_279_372_081_377_1,
        0.230_649_882_649_986_598_107_546_9, 0.288_670_998_014_316_568_888_199_1, -0.164_353_689_638_468_433_315_767,
        -0.128_516_955_678_285_903_341_974_8, 0.077_499_926_802_751_624_756_779_37, 0.085_219_747_619_708_268_955_680_12,
        -0.022_317_068_339_579_482_964_574_59, -0.060_734_642_691_266_278_893_800_3, -0.012_222_783_954_565_715_799_367_96,
        0.034_539_850_791_826_379_516_842, 0.028_214_442_170_046_695_910_008_02, -0.007_509_269_128_802_492_321_773_619,
        -0.024_240_725_528_016_243_481_713_09, -0.010_086_945_906_865_480_536_658_69, -0.005_510_505_208_939_982_935_796_68,
        0.025_194_186_527_352_246_984_103_79, 0.057_925_690_030_664_079_410_379_16, -0.114_944_654_324_507_944_036_983_4,
        0.063_815_989_900_765_172_418_677_64, -0.010_384_898_301_902_590_631_998_89]
}
