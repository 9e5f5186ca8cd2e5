//! exp, log, tanh, sin, cos and pow as straight-line code that compilers vectorise: no tables, no
//! saturating casts, no calls. Polynomials are minimax fits (Remez). Depends on real::InstructionSet.

pub(crate) mod f32;
pub(crate) mod f64;

use crate::real::InstructionSet;

pub(crate) trait Elementary: Copy {
    /// a * b + c, fused where the instruction set can (the library call elsewhere would cost 30 ns).
    fn fma<I: InstructionSet>(a: Self, b: Self, c: Self) -> Self;
    /// c[0] + c[1] x + c[2] x^2 + ...
    #[inline(always)]
    fn polynomial<I: InstructionSet, const N: usize>(x: Self, c: [Self; N]) -> Self {
        let mut sum = c[N - 1];
        for k in (0..N - 1).rev() {
            sum = Self::fma::<I>(sum, x, c[k]);
        }
        sum
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
