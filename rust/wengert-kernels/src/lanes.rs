//! What kernels of whole lines share: exponentials of any float, sums in many lanes. Depends on real and map.

use crate::map::Float;
use crate::real::{InstructionSet, Lane, Real};

/// f32 and f64, with the functions that line kernels need.
pub trait Math:
    Float
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::AddAssign
{
    #[doc(hidden)]
    fn exp_in<I: InstructionSet>(self) -> Self;
    #[doc(hidden)]
    fn ln(self) -> Self;
}
macro_rules! math {
    ($($t:ident)*) => {$(
        impl Math for $t {
            #[inline(always)]
            fn exp_in<I: InstructionSet>(self) -> Self {
                Real::exp(Lane::<$t, I>::new(self)).0
            }
            #[inline(always)]
            fn ln(self) -> Self {
                $t::ln(self)
            }
        }
    )*};
}
math!(f32 f64);

/// Sums of `K` terms each over 0..n: four registers of the widest kind for each, joined by halves.
#[inline(always)]
pub(crate) fn sums<T: Math, const K: usize, const LANES: usize>(n: usize, at: impl Fn(usize) -> [T; K]) -> [T; K] {
    let mut acc = [[T::ZERO; LANES]; K];
    let whole = n / LANES * LANES;
    let mut i = 0;
    while i < whole {
        for l in 0..LANES {
            let terms = at(i + l);
            for (a, t) in acc.iter_mut().zip(terms) {
                a[l] += t;
            }
        }
        i += LANES;
    }
    // A copy: indexing `acc` itself by a variable would keep it out of registers.
    let mut last = acc;
    for l in 0..n - whole {
        let terms = at(whole + l);
        for (a, t) in last.iter_mut().zip(terms) {
            a[l] += t;
        }
    }
    last.map(|mut v| {
        let mut width = LANES / 2;
        while width > 0 {
            for l in 0..width {
                v[l] += v[l + width];
            }
            width /= 2;
        }
        v[0]
    })
}
