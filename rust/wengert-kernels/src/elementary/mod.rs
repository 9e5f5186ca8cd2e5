//! exp, log, tanh, sin, cos and pow, and in `more` the rarer ones, as straight-line code that compilers vectorise: no tables, no
//! saturating casts, no calls. Polynomials are minimax fits (Remez). Depends on real::InstructionSet.

pub(crate) mod f32;
pub(crate) mod f64;
pub(crate) mod gauss;
pub(crate) mod more;
pub(crate) mod power;
pub(crate) mod wide;

use crate::real::InstructionSet;

pub(crate) trait Elementary: Copy {
    /// a * b + c, fused where the instruction set can (the library call elsewhere would cost 30 ns).
    fn fma<I: InstructionSet>(a: Self, b: Self, c: Self) -> Self;
    /// c[0] + c[1] x + c[2] x^2 + ...; `square` is x^2.
    ///
    /// Even and odd terms are two chains: a CPU looks about a hundred instructions ahead, and one long
    /// chain of multiply-adds in each of the few elements that fit there would leave it waiting.
    #[inline(always)]
    fn polynomial<I: InstructionSet, const N: usize>(x: Self, square: Self, c: [Self; N]) -> Self {
        if N < 6 {
            let mut sum = c[N - 1];
            for k in (0..N - 1).rev() {
                sum = Self::fma::<I>(sum, x, c[k]);
            }
            return sum;
        }
        let (mut one, mut other) = (c[N - 1], c[N - 2]);
        for k in (0..N - 2).rev() {
            let next = Self::fma::<I>(one, square, c[k]);
            (one, other) = (other, next);
        }
        // `other` ends with c[0], `one` with c[1].
        Self::fma::<I>(one, x, other)
    }
}

macro_rules! elementary {
    ($($t:ident)*) => {$(
        impl Elementary for $t {
            #[inline(always)]
            fn fma<I: InstructionSet>(a: $t, b: $t, c: $t) -> $t {
                if I::FMA { a.mul_add(b, c) } else { a * b + c }
            }
        }
    )*};
}
elementary!(f32 f64);
